import { describe, expect, it } from "vitest";
import { Received } from "../src/received";
import { message } from "./making";

const some = (...seqs: number[]) => seqs.map((seq) => message(seq, "assistant", `number ${seq}`));
const numbers = (received: Received) => received.messages.map((one) => one.seq);

describe("Received", () => {
  it("adds what follows and leaves out what is known", () => {
    const received = new Received();
    received.add(some(1, 2), false);
    expect(received.add(some(2, 3), false)?.map((one) => one.seq)).toEqual([3]);
    expect(numbers(received)).toEqual([1, 2, 3]);
    expect(received.seen).toBe(3);
  });

  it("adds nothing where a number is missing, until the replay brings everything", () => {
    const received = new Received();
    received.add(some(1), false);
    expect(received.add(some(3), false)).toBeNull();
    expect(numbers(received)).toEqual([1]);
    expect(received.add(some(2, 3), true)).toHaveLength(2);
    expect(numbers(received)).toEqual([1, 2, 3]);
  });

  it("takes a replay as complete, wherever it begins", () => {
    const received = new Received();
    expect(received.add(some(4, 5), true)).toHaveLength(2);
  });

  it("does not call a frame without messages a gap", () => {
    expect(new Received().add([], false)).toEqual([]);
  });
});

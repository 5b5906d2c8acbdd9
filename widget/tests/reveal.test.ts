import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { BETWEEN, Reveal } from "../src/reveal";
import type { Message } from "../src/types";
import { message } from "./making";

describe("Reveal", () => {
  let messages: Message[];
  let atOnce: boolean;
  let reveal: Reveal;
  const changed = vi.fn();

  beforeEach(() => {
    vi.useFakeTimers();
    changed.mockReset();
    messages = [message(1, "candidate", "three"), ...[2, 3, 4].map((seq) => message(seq, "assistant", `${seq}`))];
    atOnce = false;
    reveal = new Reveal(
      () => messages,
      () => atOnce,
      changed,
    );
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("shows the first answer at once and the others one after the other", () => {
    reveal.go();
    expect(reveal.shown).toBe(2);
    vi.advanceTimersByTime(BETWEEN);
    expect(reveal.shown).toBe(3);
    vi.advanceTimersByTime(BETWEEN);
    expect(reveal.shown).toBe(4);
    vi.advanceTimersByTime(10 * BETWEEN);
    expect(changed).toHaveBeenCalledTimes(2);
  });

  it("shows everything at once where nobody looks", () => {
    atOnce = true;
    reveal.go();
    expect(reveal.shown).toBe(4);
  });

  it("stops when another place is set", () => {
    reveal.go();
    reveal.upTo(0);
    vi.advanceTimersByTime(10 * BETWEEN);
    expect(reveal.shown).toBe(0);
  });
});

import { describe, expect, it } from "vitest";
import { findEcho } from "../src/echo";
import { Outbox, type Pending } from "../src/outbox";
import { FakeLine, message } from "./making";

/** Turns with these texts; the first is on its way, the others wait. */
function turns(...texts: string[]): Pending[] {
  const line = new FakeLine();
  const outbox = new Outbox(
    () => line,
    () => undefined,
  );
  for (const text of texts) outbox.add({ text }, text);
  outbox.pump();
  return outbox.turns;
}

describe("findEcho, where the service tells the id", () => {
  it("tells two equal turns apart", () => {
    const [first, second] = turns("yes", "yes");
    expect(findEcho([first!, second!], message(5, "candidate", "yes", second!.id), true)).toBe(second);
    expect(findEcho([first!, second!], message(3, "candidate", "yes", first!.id), true)).toBe(first);
  });

  it("leaves our turn alone when another tab said the same", () => {
    expect(findEcho(turns("yes"), message(3, "candidate", "yes", "other-tab-1"), true)).toBeUndefined();
  });

  it("needs no replay", () => {
    const [turn] = turns("hello");
    expect(findEcho([turn!], message(3, "candidate", "hello", turn!.id), false)).toBe(turn);
  });
});

describe("findEcho, where an older service tells no id", () => {
  it("takes the turn on its way for an equal text in a replay", () => {
    const [turn] = turns(" yes ", "yes");
    expect(findEcho([turn!], message(3, "candidate", "yes"), true)).toBe(turn);
  });

  it("takes a turn once only", () => {
    const all = turns("yes", "yes");
    all[0]!.echoed = true;
    expect(findEcho(all, message(4, "candidate", "yes"), true)).toBeUndefined();
  });

  it("takes nothing outside a replay, from others, or for another text", () => {
    expect(findEcho(turns("yes"), message(3, "candidate", "yes"), false)).toBeUndefined();
    expect(findEcho(turns("yes"), message(3, "agent", "yes"), true)).toBeUndefined();
    expect(findEcho(turns("yes"), message(3, "candidate", "no"), true)).toBeUndefined();
  });
});

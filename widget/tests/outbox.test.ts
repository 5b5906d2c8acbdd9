import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../src/api";
import { MAX_RETRIES } from "../src/backoff";
import { Outbox, OVERDUE } from "../src/outbox";
import { FakeLine, message } from "./making";

describe("Outbox", () => {
  let line: FakeLine | null;
  let wire: FakeLine;
  let outbox: Outbox;
  const say = (text: string) => {
    const added = outbox.add({ text }, text);
    outbox.pump();
    return added;
  };
  const confirm = (id: string) => {
    outbox.remove(id);
    outbox.pump();
  };

  beforeEach(() => {
    vi.useFakeTimers();
    line = wire = new FakeLine();
    outbox = new Outbox(
      () => line,
      () => undefined,
    );
    outbox.linked();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("sends one turn at a time, in the order of writing", () => {
    const turns = ["one", "two", "three"].map(say);
    expect(wire.texts).toEqual(["one"]);
    for (const { id } of turns) confirm(id);
    expect(wire.texts).toEqual(["one", "two", "three"]);
    expect(outbox.busy).toBe(false);
  });

  it("gives every turn an id of its own", () => {
    const ids = ["yes", "yes", "yes"].map((text) => say(text).id);
    expect(new Set(ids).size).toBe(3);
  });

  it("waits while there is no conversation and while the line is closed", () => {
    line = null;
    say("early");
    line = wire;
    wire.open = false;
    outbox.pump();
    expect(wire.texts).toEqual([]);
    wire.open = true;
    outbox.pump();
    expect(wire.texts).toEqual(["early"]);
  });

  it("sends again, with the same id, what was on its way when the link broke", () => {
    const { id } = say("cut off");
    outbox.pump();
    expect(wire.sent).toHaveLength(1);
    outbox.linked();
    expect(wire.sent.map((one) => one.id)).toEqual([id, id]);
  });

  it("checks the line when an answer is overdue, and not before", () => {
    say("anybody there?");
    vi.advanceTimersByTime(OVERDUE - 1);
    expect(wire.woken).toBe(0);
    vi.advanceTimersByTime(1);
    expect(wire.woken).toBe(1);
    expect(wire.sent).toHaveLength(1);
  });

  it("retries with growing pauses, up to the limit, and then gives the turn up", () => {
    const turn = say("boom");
    const pauses: number[] = [];
    for (let failure = 0; failure < MAX_RETRIES; failure += 1) {
      expect(outbox.refused(turn.id, new ApiError("internal_error", "broken"), 3)).toBeNull();
      outbox.pump();
      const before = Date.now();
      const sent = wire.sent.length;
      while (wire.sent.length === sent) vi.advanceTimersByTime(100);
      pauses.push(Date.now() - before);
    }
    expect(pauses).toEqual([800, 1_600, 3_200, 6_400]);
    expect(outbox.refused(turn.id, new ApiError("internal_error", "broken"), 3)).toBe(turn);
    expect(turn).toMatchObject({ status: "failed", error: "broken", after: 3 });
    vi.advanceTimersByTime(60_000);
    expect(wire.sent).toHaveLength(1 + MAX_RETRIES);
  });

  it("holds the later turns back while the first one is retried", () => {
    const first = say("first");
    say("second");
    outbox.refused(first.id, new ApiError("unavailable", ""), 0);
    outbox.pump();
    vi.advanceTimersByTime(800);
    expect(wire.texts).toEqual(["first", "first"]);
  });

  it("goes on with the next turn when one is given up, and sends that one last when it is retried", () => {
    const bad = say("bad");
    const good = say("good");
    outbox.refused(bad.id, new ApiError("invalid_request", "no"), 0);
    outbox.pump();
    outbox.retry(bad);
    outbox.pump();
    expect(wire.texts).toEqual(["bad", "good"]);
    confirm(good.id);
    expect(wire.texts).toEqual(["bad", "good", "bad"]);
    expect(bad.error).toBeUndefined();
  });

  it("hides a turn whose stored copy has come, and still waits for its confirmation", () => {
    const turn = say("hello");
    outbox.heard(message(2, "candidate", "hello"), true);
    expect(turn.echoed).toBe(true);
    expect(outbox.busy).toBe(true);
    confirm(turn.id);
    expect(outbox.busy).toBe(false);
  });

  it("drops a turn that counted as failed when its stored copy comes after all", () => {
    const turn = say("hello");
    outbox.refused(turn.id, new ApiError("invalid_request", ""), 0);
    outbox.heard(message(2, "candidate", "hello", turn.id), true);
    expect(outbox.turns).toEqual([]);
  });

  it("takes only what was never sent into another conversation", () => {
    say("sent");
    say("queued");
    outbox.keepUnsent();
    expect(outbox.turns.map((one) => one.label)).toEqual(["queued"]);
  });

  it("knows whether typed text would be lost", () => {
    outbox.add({ choice: "yes" }, "Yes");
    expect(outbox.holdsText).toBe(false);
    say("typed");
    expect(outbox.holdsText).toBe(true);
    outbox.failAll(4);
    expect(outbox.holdsText).toBe(false);
    expect(outbox.turns.map((one) => one.after)).toEqual([4, 4]);
  });
});

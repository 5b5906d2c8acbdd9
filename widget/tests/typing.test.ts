import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SLOW_AFTER, Typing, TYPING_TIME } from "../src/typing";

describe("Typing", () => {
  const slow = vi.fn();
  const expired = vi.fn();
  let typing: Typing;

  beforeEach(() => {
    vi.useFakeTimers();
    slow.mockReset();
    expired.mockReset();
    typing = new Typing(slow, expired);
    typing.start();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("tells that an answer is slow, and goes away by itself later", () => {
    vi.advanceTimersByTime(SLOW_AFTER - 1);
    expect(slow).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(slow).toHaveBeenCalledOnce();
    expect(typing.on).toBe(true);
    vi.advanceTimersByTime(TYPING_TIME - SLOW_AFTER);
    expect(typing.on).toBe(false);
    expect(expired).toHaveBeenCalledOnce();
  });

  it("says nothing any more when the answer has come", () => {
    typing.stop();
    expect(typing.on).toBe(false);
    vi.advanceTimersByTime(TYPING_TIME);
    expect(slow).not.toHaveBeenCalled();
    expect(expired).not.toHaveBeenCalled();
  });

  it("counts from the last turn sent", () => {
    vi.advanceTimersByTime(SLOW_AFTER - 1);
    typing.start();
    vi.advanceTimersByTime(SLOW_AFTER - 1);
    expect(slow).not.toHaveBeenCalled();
  });
});

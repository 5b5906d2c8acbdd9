import { describe, expect, it } from "vitest";
import { share, since, until, words, written } from "../src/format";

describe("days and times", () => {
  it("are shown as they are written, whatever the reader's zone", () => {
    expect(written("2026-03-10")).toBe("Mar 10, 2026");
    expect(written("2026-03-10T13:05:00-06:00")).toBe("Mar 10, 2026, 1:05 PM");
    expect(written("2026-03-10T00:30:00+05:30")).toBe("Mar 10, 2026, 12:30 AM");
  });

  it("end with the day before where they end at midnight", () => {
    expect(until("2026-03-01T00:00:00-06:00")).toBe("through Feb 28, 2026");
    expect(until("2026-03-01T09:00:00-06:00")).toBe("until Mar 1, 2026, 9:00 AM");
  });

  it("are told as time passed, never negative", () => {
    const now = Date.parse("2026-03-10T12:00:00Z");
    const ago = (seconds: number) => since(new Date(now - 1_000 * seconds).toISOString(), now);
    expect([-5, 59, 60, 3_599, 3_600, 86_400].map(ago)).toEqual(["0 s", "59 s", "1 min", "59 min", "1 h", "1 d"]);
  });
});

describe("words and shares", () => {
  it("make a code readable", () => {
    expect(words("content_owner")).toBe("Content owner");
  });

  it("show small shares with a decimal, and no value as a dash", () => {
    expect([0, 0.042, 0.1, 1, null].map(share)).toEqual(["0 %", "4.2 %", "10 %", "100 %", "–"]);
  });
});

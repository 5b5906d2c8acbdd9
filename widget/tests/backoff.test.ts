import { describe, expect, it } from "vitest";
import { ApiError } from "../src/api";
import { MAX_RETRIES, retryWait } from "../src/backoff";

describe("retryWait", () => {
  it("doubles from one retry to the next and ends at the limit", () => {
    const error = new ApiError("unavailable", "");
    expect([0, 1, 2, 3].map((retries) => retryWait(error, retries))).toEqual([800, 1_600, 3_200, 6_400]);
    expect(retryWait(error, MAX_RETRIES)).toBeNull();
  });

  it("waits as long as the service says when there is too much, as often as it takes", () => {
    expect(retryWait(new ApiError("too_many_requests", "", 7), MAX_RETRIES + 1)).toBe(7_000);
    expect(retryWait(new ApiError("too_many_requests", ""), 0)).toBe(3_000);
  });

  it("never repeats what was wrong in itself", () => {
    expect(retryWait(new ApiError("invalid_request", ""), 0)).toBeNull();
  });
});

/** When a turn that the service refused is sent again. */
import type { ApiError } from "./api";

/** How often one turn is sent again after a passing failure of the service. */
export const MAX_RETRIES = 4;
/** Milliseconds before the first retry; each later one waits twice as long. */
const FIRST_WAIT = 800;
/** Seconds to wait when the service asks for fewer turns and names no time itself. */
const BUSY_WAIT = 3;
const PASSING: readonly string[] = ["unavailable", "internal_error"];

/** Milliseconds until a turn is sent again that has failed `retries` times before; null: it is given up. */
export function retryWait(error: ApiError, retries: number): number | null {
  if (error.code === "too_many_requests") return 1_000 * (error.retryAfter || BUSY_WAIT);
  if (!PASSING.includes(error.code) || retries >= MAX_RETRIES) return null;
  return FIRST_WAIT * 2 ** retries;
}

/** The sign that an answer is being written, and when it takes longer than usual. */

/** Milliseconds after which an answer counts as slow. */
export const SLOW_AFTER = 5_000;
/** Milliseconds after which the sign goes away by itself. */
export const TYPING_TIME = 20_000;

export class Typing {
  on = false;
  private slowTimer = 0;
  private endTimer = 0;

  constructor(
    private readonly onSlow: () => void,
    private readonly onExpired: () => void,
  ) {}

  start(): void {
    this.stop();
    this.on = true;
    this.slowTimer = setTimeout(this.onSlow, SLOW_AFTER);
    this.endTimer = setTimeout(() => {
      this.on = false;
      this.onExpired();
    }, TYPING_TIME);
  }

  stop(): void {
    this.on = false;
    clearTimeout(this.slowTimer);
    clearTimeout(this.endTimer);
  }
}

/** Shows what has come, answer by answer where several come at once. */
import type { Message } from "./types";

/** Milliseconds between two answers that came together. */
export const BETWEEN = 380;

export class Reveal {
  /** Messages up to this number may be seen. */
  shown = 0;
  private timer = 0;

  constructor(
    private readonly messages: () => readonly Message[],
    /** Whether nobody looks, or movement is not wanted: then everything is shown at once. */
    private readonly atOnce: () => boolean,
    private readonly changed: () => void,
  ) {}

  /** Show the next answer now and the others one after the other. */
  go(): void {
    clearTimeout(this.timer);
    let voices = 0;
    for (const message of this.messages()) {
      if (message.seq <= this.shown) continue;
      if (message.author !== "candidate") voices += 1;
      if (voices > 1 && !this.atOnce()) {
        this.timer = setTimeout(() => {
          this.go();
          this.changed();
        }, BETWEEN);
        return;
      }
      this.shown = message.seq;
    }
  }

  /** Show messages up to this number at once. */
  upTo(seq: number): void {
    clearTimeout(this.timer);
    this.shown = seq;
  }
}

/** The turns that are not confirmed yet. They are sent one at a time, so that they arrive in the order of writing. */
import type { ApiError } from "./api";
import { retryWait } from "./backoff";
import { findEcho } from "./echo";
import type { Message, TurnBody } from "./types";

/** A turn that is not confirmed yet. */
export interface Pending {
  id: string;
  turn: TurnBody;
  /** What the reader sees of it. */
  label: string;
  /** The number of the message that offered it, where it is a choice. */
  offer?: number;
  /** sent: on its way on the link numbered `link`. */
  status: "queued" | "sent" | "failed";
  link: number;
  sentAt: number;
  retries: number;
  /** Not to be sent before this time, in milliseconds. */
  notBefore: number;
  /** The stored copy is in the conversation already, so this one is not shown. */
  echoed: boolean;
  error?: string;
  /** Where a turn that failed stands: after the message with this number. */
  after?: number;
}

/** What carries turns to the service. */
export interface Line {
  /** Whether a turn can be sent now. */
  readonly open: boolean;
  send(id: string, turn: TurnBody): void;
  /** Check the connection, because an answer is overdue. */
  wake(): void;
}

/** After so many milliseconds without an answer the connection is checked. */
export const OVERDUE = 28_000;

export class Outbox {
  turns: Pending[] = [];
  private link = 0;
  private counter = 0;
  private timer = 0;
  private readonly prefix = Array.from(crypto.getRandomValues(new Uint32Array(3)), (part) => part.toString(36)).join(
    "",
  );

  constructor(
    /** The line of the conversation; null while there is none to talk on. */
    private readonly line: () => Line | null,
    /** Called whenever a turn goes out. */
    private readonly onSent: () => void,
  ) {}

  /** Whether a turn still waits to be sent or confirmed. */
  get busy(): boolean {
    return this.oldest !== undefined;
  }

  /** Whether leaving the page would lose something that was typed. */
  get holdsText(): boolean {
    return this.turns.some((one) => one.status !== "failed" && "text" in one.turn);
  }

  /** A new id for a turn; the service does a turn that comes twice with one id only once. */
  nextId(): string {
    this.counter += 1;
    return `${this.prefix}-${this.counter}`;
  }

  add(turn: TurnBody, label: string, offer?: number): Pending {
    const added: Pending = {
      id: this.nextId(),
      turn,
      label,
      offer,
      status: "queued",
      link: 0,
      sentAt: 0,
      retries: 0,
      notBefore: 0,
      echoed: false,
    };
    this.turns = [...this.turns, added];
    return added;
  }

  /** There is a new link: what was sent on an earlier one is sent again. */
  linked(): void {
    this.link += 1;
    this.pump();
  }

  /** Send the oldest turn that waits; the next one follows when it is confirmed. */
  pump(): void {
    clearTimeout(this.timer);
    const line = this.line();
    const turn = this.oldest;
    if (!line?.open || !turn) return;
    const now = Date.now();
    if (turn.status === "sent" && turn.link === this.link) {
      if (turn.sentAt + OVERDUE <= now) line.wake();
      else this.pumpIn(turn.sentAt + OVERDUE - now);
    } else if (turn.notBefore > now) {
      this.pumpIn(turn.notBefore - now);
    } else {
      Object.assign(turn, { status: "sent", link: this.link, sentAt: now });
      this.pumpIn(OVERDUE);
      this.onSent();
      line.send(turn.id, turn.turn);
    }
  }

  /** Take a turn out: it is confirmed, or the reader gives it up. */
  remove(id: string): void {
    this.turns = this.turns.filter((one) => one.id !== id);
  }

  /** A message of the candidate has come: the turn it is the stored copy of is not shown a second time. */
  heard(message: Message, replay: boolean): void {
    const turn = findEcho(this.turns, message, replay);
    if (turn?.status === "failed") this.remove(turn.id);
    else if (turn) turn.echoed = true;
  }

  /** The service refused a turn: send it again later, or give it up. Returns it where it is given up. */
  refused(id: string, error: ApiError, after: number): Pending | null {
    const turn = this.turns.find((one) => one.id === id);
    if (!turn) return null;
    const wait = retryWait(error, turn.retries);
    if (wait === null) {
      Object.assign(turn, { status: "failed", error: error.message, after });
      return turn;
    }
    if (error.code !== "too_many_requests") turn.retries += 1;
    Object.assign(turn, { status: "queued", notBefore: Date.now() + wait });
    return null;
  }

  /** Send a turn that failed once more, after all others. */
  retry(turn: Pending): void {
    Object.assign(turn, { status: "queued", retries: 0, notBefore: 0, error: undefined, after: undefined });
    this.turns = [...this.turns.filter((one) => one !== turn), turn];
  }

  /** The conversation is over: nothing more is sent. */
  failAll(after: number): void {
    for (const turn of this.turns) Object.assign(turn, { status: "failed", after: turn.after ?? after });
  }

  /** Another conversation goes on: only what was never sent is taken along. */
  keepUnsent(): void {
    this.turns = this.turns.filter((one) => one.status === "queued");
  }

  clear(): void {
    this.turns = [];
  }

  private get oldest(): Pending | undefined {
    return this.turns.find((one) => one.status !== "failed");
  }

  private pumpIn(wait: number): void {
    this.timer = setTimeout(() => this.pump(), wait);
  }
}

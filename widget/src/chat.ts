/** The conversation as this tab knows it: what was said, what is on its way, and where it stands. */
import { Api, ApiError } from "./api";
import { cleanMessages, cleanState, NEW_STATE } from "./clean";
import type { Config, TokenSource } from "./config";
import { Connection, type Link } from "./connection";
import { KEY, markOf, readSession, writeSession, type Session } from "./session";
import type { Choice, Frame, Message, State, TurnBody } from "./types";

/** A turn that is not confirmed yet. */
export interface Pending {
  id: string;
  turn: TurnBody;
  label: string;
  /** sent: on its way on the link numbered `on`. */
  status: "queued" | "sent" | "failed";
  on: number;
  sentAt: number;
  tries: number;
  notBefore: number;
  /** The stored copy has already come by replay; the bubble of this one is hidden. */
  echoed: boolean;
  error?: string;
  /** Where a turn that failed stands: after this message. */
  after?: number;
}

export type Phase = "idle" | "opening" | "active" | "ended" | "failed";

export interface Notice {
  text: string;
  kind: "info" | "warning";
}

/** So long an answer may take before that is said. */
const SLOW_AFTER = 5_000;
/** So long the sign that an answer is being written stays. */
const TYPING_TIME = 20_000;
const UNANSWERED = 28_000;
const MAX_TRIES = 4;
const BETWEEN = 380;

export class Chat {
  messages: Message[] = [];
  pending: Pending[] = [];
  state: State = NEW_STATE;
  phase: Phase = "idle";
  link: Link = "closed";
  notice: Notice | null = null;
  asOf = "";
  unread = 0;
  typing = false;
  /** Messages up to this number were here before anybody looked: neither announced nor moved. */
  history = 0;
  /** Messages up to this number may be seen; the rest follows one by one. */
  shown = 0;
  /** What was asked for by a choice, by the number of the message that offered it. */
  readonly picked = new Map<number, string>();
  readonly ratings = new Map<number, "up" | "down">();
  ownEnd = false;
  watching = false;

  private session: Session | null = null;
  private connection: Connection | null = null;
  private linkNumber = 0;
  private token: TokenSource | null;
  private counter = 0;
  private readonly prefix = Array.from(crypto.getRandomValues(new Uint32Array(3)), (part) => part.toString(36)).join(
    "",
  );
  private pumpTimer = 0;
  private typingTimer = 0;
  private slowTimer = 0;
  private showTimer = 0;
  private readonly listeners = new Set<() => void>();
  private readonly hearers = new Set<(message: Message) => void>();

  constructor(
    private readonly config: Config,
    private readonly api: Api,
    private readonly say: (key: string) => string,
  ) {
    this.token = config.token;
    window.addEventListener("storage", (event) => {
      if (event.key === KEY || event.key === null) this.otherTab();
    });
    window.addEventListener("beforeunload", (event) => {
      if (this.pending.some((one) => one.status !== "failed" && "text" in one.turn)) event.preventDefault();
    });
  }

  // --- listening -------------------------------------------------------------------------------

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Every message that should be heard, once. */
  onHeard(hearer: (message: Message) => void): () => void {
    this.hearers.add(hearer);
    return () => this.hearers.delete(hearer);
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }

  // --- beginning and ending ----------------------------------------------------------------------

  /** Go on with the conversation kept by this browser, if there is one and it is still the same person's. */
  async resume(): Promise<void> {
    const kept = readSession();
    if (!kept || this.phase !== "idle") return;
    if (this.token) {
      const mark = markOf(await this.hostToken(), kept.token);
      if (this.phase !== "idle") return;
      if (mark !== kept.who) {
        writeSession(null);
        return;
      }
    }
    this.adopt(kept);
  }

  /** Start a conversation unless there is one. */
  async begin(): Promise<void> {
    if (this.phase === "active" || this.phase === "opening") return;
    this.phase = "opening";
    this.notice = null;
    this.changed();
    const kept = readSession();
    try {
      let token = await this.hostToken();
      if (kept && (!this.token || markOf(token, kept.token) === kept.who)) {
        this.adopt(kept);
        return;
      }
      let opened;
      try {
        opened = await this.api.open(this.config.locale, token);
      } catch (error) {
        if (!token || (error as ApiError).code !== "unauthorized") throw error;
        token = await this.hostToken();
        opened = await this.api.open(this.config.locale, token).catch((again: ApiError) => {
          if (again.code !== "unauthorized") throw again;
          token = null;
          this.notice = { text: this.say("notice.sign_in_failed"), kind: "warning" };
          return this.api.open(this.config.locale, null);
        });
      }
      const session = { id: opened.conversation_id, token: opened.token, who: markOf(token, opened.token) };
      writeSession(session);
      this.reset(session);
      this.take(opened, false);
      this.connect();
    } catch (error) {
      this.phase = "failed";
      const { code, message } = error as ApiError;
      this.notice = { text: code === "too_many_requests" ? message : this.say("error.open"), kind: "warning" };
      this.changed();
    }
  }

  private adopt(session: Session): void {
    const waiting = this.pending;
    this.reset(session);
    this.pending = waiting.filter((one) => one.status === "queued");
    this.phase = "opening";
    this.history = -1;
    this.connect();
    this.changed();
  }

  private reset(session: Session | null): void {
    this.connection?.stop();
    this.connection = null;
    this.session = session;
    this.messages = [];
    this.state = NEW_STATE;
    this.picked.clear();
    this.ratings.clear();
    this.history = 0;
    this.shown = 0;
    this.unread = 0;
    this.ownEnd = false;
    this.stopTyping();
    clearTimeout(this.showTimer);
    this.phase = session ? "active" : "idle";
  }

  private connect(): void {
    if (!this.session) return;
    const connection: Connection = new Connection(
      this.config.transport === "http" ? withoutSockets(this.api) : this.api,
      this.session,
      {
        seen: () => this.seen,
        frame: (frame, replay) => this.connection === connection && this.take(frame, replay),
        link: (link) => this.connection === connection && this.linked(link),
        refused: (error, id) => this.connection === connection && this.refused(error, id),
      },
      () => (this.pending.length ? 1_000 : this.watching && !document.hidden ? 2_500 : 10_000),
    );
    this.connection = connection;
    connection.start();
  }

  /** End the conversation for good, on the service too. */
  async end(): Promise<void> {
    const { session } = this;
    if (!session || this.phase === "ended") return;
    this.pending = [];
    this.ended(true);
    await this.api.send(session, this.nextId(), { event: "hangup" }).catch(() => undefined);
  }

  private ended(own: boolean): void {
    this.phase = "ended";
    this.ownEnd = own;
    this.connection?.stop();
    this.connection = null;
    this.stopTyping();
    if (readSession()?.id === this.session?.id) writeSession(null);
    for (const one of this.pending) Object.assign(one, { status: "failed", after: one.after ?? this.seen });
    this.shown = this.seen;
    this.changed();
  }

  /** Leave this conversation behind and start a new one. */
  async startAfresh(): Promise<void> {
    const old = this.session;
    const over = this.phase === "ended";
    this.pending = [];
    writeSession(null);
    this.reset(null);
    if (old && !over) void this.api.send(old, this.nextId(), { event: "hangup" }, true).catch(() => undefined);
    await this.begin();
  }

  /** Whoever is signed in on the host page now; null: nobody. A conversation of somebody else is left behind. */
  async setToken(token: TokenSource | null, wanted: boolean): Promise<void> {
    this.token = token;
    const kept = this.session ?? readSession();
    const mark = kept ? markOf(await this.hostToken(), kept.token) : "";
    if (kept && mark === kept.who) {
      if (this.phase === "idle") await this.resume();
      return;
    }
    if (kept && this.phase !== "ended")
      void this.api.send(kept, this.nextId(), { event: "hangup" }, true).catch(() => undefined);
    this.pending = [];
    writeSession(null);
    this.reset(null);
    this.changed();
    if (wanted) await this.begin();
  }

  private async hostToken(): Promise<string | null> {
    try {
      return this.token ? await this.token() : null;
    } catch {
      return null;
    }
  }

  private otherTab(): void {
    const kept = readSession();
    if (kept && kept.id !== this.session?.id) {
      if (this.phase !== "idle" || this.watching) this.adopt(kept);
      else void this.resume();
    } else if (!kept && this.session && this.phase === "active") {
      this.ended(false);
    }
  }

  // --- saying ------------------------------------------------------------------------------------

  tell(text: string): void {
    this.add({ text }, text);
  }

  choose(message: Message, choice: Choice): void {
    if (!this.isLive(message)) return;
    this.picked.set(message.seq, choice.id);
    this.add({ choice: choice.id }, choice.title);
  }

  /** Whether the choices of a message can still be used. */
  isLive(message: Message): boolean {
    if (this.phase !== "active" || this.picked.has(message.seq) || this.pending.some((one) => one.status !== "failed"))
      return false;
    return !this.messages.some((other) => other.seq > message.seq);
  }

  private nextId(): string {
    this.counter += 1;
    return `${this.prefix}-${this.counter}`;
  }

  private add(turn: TurnBody, label: string): void {
    this.pending.push({
      id: this.nextId(),
      turn,
      label,
      status: "queued",
      on: 0,
      sentAt: 0,
      tries: 0,
      notBefore: 0,
      echoed: false,
    });
    this.notice = null;
    if (this.phase === "idle" || this.phase === "failed") void this.begin();
    this.pump();
    this.changed();
  }

  retry(item: Pending): void {
    Object.assign(item, { status: "queued", tries: 0, notBefore: 0, error: undefined, after: undefined });
    this.pending = [...this.pending.filter((one) => one !== item), item];
    this.pump();
    this.changed();
  }

  remove(item: Pending): void {
    this.pending = this.pending.filter((one) => one !== item);
    for (const [seq, id] of this.picked) if ("choice" in item.turn && item.turn.choice === id) this.picked.delete(seq);
    this.pump();
    this.changed();
  }

  async rate(seq: number, rating: "up" | "down", comment = ""): Promise<boolean> {
    if (!this.session) return false;
    try {
      await this.api.feedback(this.session, seq, rating, comment);
      this.ratings.set(seq, rating);
      this.changed();
      return true;
    } catch {
      return false;
    }
  }

  /** Send the oldest turn that waits; the next one follows when it is confirmed, so that order is kept. */
  private pump(): void {
    clearTimeout(this.pumpTimer);
    if (this.phase !== "active" || !this.connection?.open) return;
    const item = this.pending.find((one) => one.status !== "failed");
    if (!item) return;
    const now = Date.now();
    if (item.status === "sent" && item.on === this.linkNumber) {
      const left = item.sentAt + UNANSWERED - now;
      if (left <= 0) this.connection.wake();
      else this.pumpTimer = window.setTimeout(() => this.pump(), left);
      return;
    }
    if (item.notBefore > now) {
      this.pumpTimer = window.setTimeout(() => this.pump(), item.notBefore - now);
      return;
    }
    Object.assign(item, { status: "sent", on: this.linkNumber, sentAt: now });
    if (this.state.owner === "assistant") this.startTyping();
    this.connection.send(item.id, item.turn);
    this.pump();
  }

  // --- hearing -----------------------------------------------------------------------------------

  private get seen(): number {
    return this.messages[this.messages.length - 1]?.seq ?? 0;
  }

  private linked(link: Link): void {
    this.link = link;
    if (link === "live" || link === "polling") {
      this.linkNumber += 1;
      this.pump();
    } else {
      this.stopTyping();
    }
    this.changed();
  }

  private take(frame: Frame, replay: boolean): void {
    const loading = this.history < 0;
    const { seen } = this;
    const fresh = cleanMessages(frame.messages).filter((message) => message.seq > seen);
    const gap = fresh.length > 0 && fresh[0]!.seq !== seen + 1 && !loading;
    if (!gap) this.messages = [...this.messages, ...fresh];
    const state = cleanState(frame.state);
    if (state) this.state = state;
    if (frame.as_of) this.asOf = frame.as_of;
    if (loading) this.history = this.shown = this.seen;
    if (this.phase === "opening") this.phase = "active";
    if (!gap) for (const message of fresh) if (replay && message.author === "candidate") this.echo(message);
    if (frame.client_message_id) this.confirmed(frame.client_message_id);
    if (!loading && !gap) this.arrived(fresh);
    if (gap) this.connection?.catchUp();
    this.changed();
  }

  /** A turn came back by replay before it was confirmed: show it once. */
  private echo(message: Message): void {
    const item = this.pending.find((one) => one.status === "sent" && !one.echoed);
    if (item && (item.label.trim() === message.text.trim() || "choice" in item.turn)) item.echoed = true;
  }

  private confirmed(id: string): void {
    this.pending = this.pending.filter((one) => one.id !== id);
    this.stopTyping();
    this.pump();
  }

  private arrived(fresh: Message[]): void {
    const spoken = fresh.filter((message) => message.author !== "candidate");
    if (spoken.length) this.stopTyping();
    if (!this.watching) this.unread += spoken.length;
    for (const message of spoken) for (const hearer of this.hearers) hearer(message);
    this.reveal();
  }

  /** Show what has come, answer by answer where several come at once. */
  private reveal(): void {
    clearTimeout(this.showTimer);
    let voices = 0;
    for (const message of this.messages) {
      if (message.seq <= this.shown) continue;
      if (message.author !== "candidate") voices += 1;
      if (voices > 1 && this.watching && !document.hidden && !calm()) {
        this.showTimer = window.setTimeout(() => {
          this.shown += 1;
          this.reveal();
          this.changed();
        }, BETWEEN);
        return;
      }
      this.shown = message.seq;
    }
  }

  private refused(error: ApiError, id?: string): void {
    const item = this.pending.find((one) => one.id === id);
    this.stopTyping();
    if (error.code === "unauthorized" && !item) {
      this.gone();
    } else if (error.code === "unauthorized" || error.code === "conversation_ended") {
      this.ended(false);
    } else if (error.code === "too_many_requests") {
      this.notice = { text: error.message, kind: "warning" };
      if (item) Object.assign(item, { status: "queued", notBefore: Date.now() + 1_000 * (error.retryAfter || 3) });
    } else if (item && ["unavailable", "internal_error", "network"].includes(error.code) && item.tries < MAX_TRIES) {
      item.tries += 1;
      Object.assign(item, { status: "queued", notBefore: Date.now() + 400 * 2 ** item.tries });
    } else if (item) {
      Object.assign(item, { status: "failed", error: error.message || this.say("error.send"), after: this.seen });
      for (const [seq, choice] of this.picked)
        if ("choice" in item.turn && item.turn.choice === choice) this.picked.delete(seq);
    }
    this.pump();
    this.changed();
  }

  /** The service does not know this conversation (any more). */
  private gone(): void {
    if (this.messages.length) {
      this.ended(false);
      return;
    }
    writeSession(null);
    this.reset(null);
    if (this.watching || this.pending.length) void this.begin();
    this.changed();
  }

  private startTyping(): void {
    this.typing = true;
    clearTimeout(this.typingTimer);
    clearTimeout(this.slowTimer);
    this.slowTimer = window.setTimeout(() => {
      this.notice = { text: this.say("notice.slow"), kind: "info" };
      this.changed();
    }, SLOW_AFTER);
    this.typingTimer = window.setTimeout(() => {
      this.typing = false;
      this.changed();
    }, TYPING_TIME);
  }

  private stopTyping(): void {
    this.typing = false;
    clearTimeout(this.typingTimer);
    clearTimeout(this.slowTimer);
    if (this.notice?.text === this.say("notice.slow")) this.notice = null;
  }

  /** The panel was opened or closed. */
  watch(open: boolean): void {
    this.watching = open;
    if (open) {
      this.unread = 0;
      if (this.phase === "idle" || this.phase === "failed") void this.begin();
    }
    this.changed();
  }
}

function withoutSockets(api: Api): Api {
  return Object.assign(Object.create(api) as Api, {
    socket: () => {
      throw new Error("not wanted");
    },
  });
}

export const calm = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;

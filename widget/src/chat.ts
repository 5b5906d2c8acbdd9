/** The conversation as this tab knows it: what was said, what is on its way, and where it stands. */
import { Api, ApiError } from "./api";
import { cleanMessages, cleanState, NEW_STATE } from "./clean";
import type { Config, TokenSource } from "./config";
import { Connection, type Link } from "./connection";
import { Outbox, type Pending } from "./outbox";
import { Received } from "./received";
import { Reveal } from "./reveal";
import { KEY, readDraft, readSeen, readSession, writeDraft, writeSeen, writeSession, type Session } from "./session";
import { TitleBadge } from "./title";
import { Typing } from "./typing";
import type { Change, Choice, Frame, Message, State, TurnBody } from "./types";
import { Visitor, type Known } from "./visitor";

/** Milliseconds until it is asked once more who is signed in. */
const CHECK_AGAIN = 1_500;

export type Phase = "idle" | "opening" | "active" | "ended" | "failed";

export interface Notice {
  text: string;
  kind: "info" | "warning";
}

export class Chat {
  state: State = NEW_STATE;
  phase: Phase = "idle";
  link: Link = "closed";
  notice: Notice | null = null;
  asOf = "";
  unread = 0;
  /** Messages up to this number were here before anybody looked: neither announced nor moved. */
  history = 0;
  /** What was asked for by a choice, by the number of the message that offered it. */
  readonly picked = new Map<number, string>();
  readonly ratings = new Map<number, "up" | "down">();
  /** Whether the conversation was ended here, by the reader. */
  ownEnd = false;
  watching = false;
  /** Nobody could tell who is signed in, so a kept conversation waits unseen. */
  unsure = false;

  private session: Session | null = null;
  private connection: Connection | null = null;
  /** Whether a kept conversation is being read; its messages are history. */
  private loading = false;
  private readonly visitor: Visitor;
  private readonly received = new Received();
  private readonly outbox = new Outbox(
    () => (this.phase === "active" ? this.connection : null),
    () => {
      if (this.state.owner === "assistant") this.answering.start();
    },
  );
  private readonly reveal = new Reveal(
    () => this.messages,
    () => !this.watching || document.hidden || calm(),
    () => this.changed(),
  );
  private readonly slow: Notice = { text: "", kind: "info" };
  private readonly badge: TitleBadge;
  private readonly stopping = new AbortController();
  private readonly answering = new Typing(
    () => {
      this.slow.text = this.say("notice.slow");
      this.notice = this.slow;
      this.changed();
    },
    () => this.changed(),
  );
  private readonly listeners = new Set<() => void>();
  private readonly hearers = new Set<(message: Message) => void>();

  constructor(
    private readonly config: Config,
    private readonly api: Api,
    private readonly say: (key: string) => string,
  ) {
    this.visitor = new Visitor(config.token);
    this.badge = new TitleBadge(config.badge);
    const { signal } = this.stopping;
    const on = { signal };
    window.addEventListener(
      "storage",
      (event) => {
        if (event.key === KEY || event.key === null) this.otherTab();
      },
      on,
    );
    window.addEventListener("beforeunload", (event) => this.outbox.holdsText && event.preventDefault(), on);
    document.addEventListener("visibilitychange", () => this.look(), on);
  }

  /** The widget leaves the page; the conversation stays as it is. */
  stop(): void {
    this.stopping.abort();
    this.connection?.stop();
    this.connection = null;
    this.stopTyping();
    this.outbox.clear();
    this.badge.show(0);
    this.listeners.clear();
    this.hearers.clear();
  }

  get messages(): Message[] {
    return this.received.messages;
  }

  /** The number of the conversation; "" before there is one. */
  get id(): string {
    return this.session?.id ?? "";
  }

  /** Messages up to this number may be seen; the rest follows one by one. */
  get shown(): number {
    return this.reveal.shown;
  }

  /** The turns that are not confirmed yet, oldest first. */
  get pending(): readonly Pending[] {
    return this.outbox.turns;
  }

  /** Whether an answer is being written. */
  get typing(): boolean {
    return this.answering.on;
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

  changed(): void {
    for (const listener of this.listeners) listener();
  }

  // --- beginning and ending ----------------------------------------------------------------------

  /** Go on with the conversation kept by this browser, if there is one and it is still the same person's. */
  async resume(): Promise<void> {
    const kept = readSession();
    if (!kept || this.phase !== "idle") return;
    const token = await this.visitor.token();
    if (this.phase !== "idle" || this.stopping.signal.aborted) return;
    const may = this.visitor.mayResume(kept, token);
    if (may) this.adopt(kept);
    else if (may === false) writeSession(null);
    else setTimeout(() => void this.resume(), CHECK_AGAIN);
  }

  /** Start a conversation unless there is one. */
  async begin(): Promise<void> {
    if (this.phase === "active" || this.phase === "opening") return;
    this.phase = "opening";
    this.notice = null;
    this.changed();
    const kept = readSession();
    try {
      let token = await this.visitor.token();
      if (kept && this.visitor.mayResume(kept, token) === undefined) {
        await new Promise((done) => setTimeout(done, CHECK_AGAIN));
        token = await this.visitor.token();
      }
      const may = kept ? this.visitor.mayResume(kept, token) : false;
      if (kept && may) {
        this.adopt(kept);
        return;
      }
      if (may === undefined) {
        this.doubt();
        return;
      }
      if (kept) writeSession(null);
      const { opened, session, refused } = await this.visitor.open(this.api, this.config.locale, token);
      if (refused) this.notice = { text: this.say("notice.sign_in_failed"), kind: "warning" };
      writeSession(session);
      this.reset(session);
      this.take(opened, false);
      this.connect();
    } catch (error) {
      this.phase = "failed";
      const { code, message } = error as ApiError;
      if (code === "network") void this.api.explain();
      this.notice = { text: code === "too_many_requests" ? message : this.say("error.open"), kind: "warning" };
      this.changed();
    }
  }

  /** Nobody can tell who is signed in: the kept conversation is neither shown nor given up. */
  private doubt(): void {
    this.phase = "failed";
    this.unsure = true;
    this.notice = { text: this.say("error.check"), kind: "warning" };
    this.changed();
  }

  /** Leave the kept conversation and begin without being signed in. */
  async beginAnew(): Promise<void> {
    this.forget();
    await this.begin();
  }

  private adopt(session: Session): void {
    this.outbox.keepUnsent();
    this.reset(session);
    this.phase = "opening";
    this.loading = true;
    this.connect();
    this.changed();
  }

  private reset(session: Session | null): void {
    this.connection?.stop();
    this.connection = null;
    this.session = session;
    this.received.clear();
    this.state = NEW_STATE;
    this.picked.clear();
    this.ratings.clear();
    this.loading = false;
    this.unsure = false;
    this.history = 0;
    this.reveal.upTo(0);
    this.unread = 0;
    this.badge.show(0);
    this.ownEnd = false;
    this.stopTyping();
    this.phase = session ? "active" : "idle";
  }

  private connect(): void {
    if (!this.session) return;
    const connection: Connection = new Connection(
      this.config.transport === "http" ? withoutSockets(this.api) : this.api,
      this.session,
      {
        seen: () => this.received.seen,
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
    this.outbox.clear();
    this.ended(true);
    await this.hangUp(session);
  }

  private ended(own: boolean): void {
    this.phase = "ended";
    this.ownEnd = own;
    this.connection?.stop();
    this.connection = null;
    this.stopTyping();
    if (readSession()?.id === this.session?.id) writeSession(null);
    this.outbox.failAll(this.received.seen);
    this.reveal.upTo(this.received.seen);
    this.changed();
  }

  /** Leave this conversation behind and start a new one. */
  async startAfresh(): Promise<void> {
    if (this.session && this.phase !== "ended") void this.hangUp(this.session, true);
    this.forget();
    await this.begin();
  }

  /** Whoever is signed in on the host page now; null: nobody. A conversation of somebody else is left behind. */
  async setToken(source: TokenSource | null, wanted: boolean): Promise<void> {
    this.visitor.become(source);
    const kept = this.session ?? readSession();
    const token: Known = kept ? await this.visitor.token() : null;
    if (kept && token === undefined) {
      if (this.session) return; // as it was: only a token of somebody else, or none, says that it is not theirs
      if (wanted) this.doubt();
      return;
    }
    if (kept && token !== undefined && this.visitor.owns(kept, token)) {
      if (this.phase === "idle") await this.resume();
      return;
    }
    if (kept && this.phase !== "ended") void this.hangUp(kept, true);
    this.forget();
    this.changed();
    if (wanted) await this.begin();
  }

  /** What is being written; kept for this tab until it is sent. */
  get draft(): string {
    return readDraft();
  }

  set draft(text: string) {
    writeDraft(text);
  }

  /** The change that waits for a yes now, with the message that asks for it last; null where none does. */
  get asked(): { change: Change; message: Message } | null {
    const message = this.messages[this.messages.length - 1];
    const ids = message?.choices.map((one) => one.id) ?? [];
    if (!message || !ids.includes("yes") || !ids.includes("no")) return null;
    if (this.state.expects !== "yes_no" || this.state.task?.step !== "confirm") return null;
    const shown = [...this.messages].reverse().find((one) => one.change);
    return shown?.change ? { change: shown.change, message } : null;
  }

  /** Nothing of the conversation stays, neither here nor in the browser. */
  private forget(): void {
    this.outbox.clear();
    writeSession(null);
    this.reset(null);
  }

  /** Tell the service that the conversation is over; with `keepalive` even when the page goes away. */
  private async hangUp(session: Session, keepalive = false): Promise<void> {
    await this.api.send(session, this.outbox.nextId(), { event: "hangup" }, keepalive).catch(() => undefined);
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

  choose(message: Message, choice: Choice, label = choice.title): void {
    if (!this.isLive(message)) return;
    this.picked.set(message.seq, choice.id);
    this.add({ choice: choice.id }, label, message.seq);
  }

  /** Whether the choices of a message can still be used. */
  isLive(message: Message): boolean {
    if (this.phase !== "active" || this.picked.has(message.seq) || this.outbox.busy) return false;
    return this.received.seen <= message.seq;
  }

  private add(turn: TurnBody, label: string, offer?: number): void {
    this.outbox.add(turn, label, offer);
    this.notice = null;
    if (this.phase === "idle" || this.phase === "failed") void this.begin();
    this.outbox.pump();
    this.changed();
  }

  /** Send a turn that failed once more. */
  retry(turn: Pending): void {
    this.outbox.retry(turn);
    this.outbox.pump();
    this.changed();
  }

  /** Give up a turn that failed; what it chose can be chosen again. */
  remove(turn: Pending): void {
    this.outbox.remove(turn.id);
    this.unpick(turn);
    this.outbox.pump();
    this.changed();
  }

  private unpick(turn: Pending): void {
    if (turn.offer !== undefined) this.picked.delete(turn.offer);
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

  // --- hearing -----------------------------------------------------------------------------------

  private linked(link: Link): void {
    this.link = link;
    if (link === "live" || link === "polling") {
      this.outbox.linked();
    } else {
      this.stopTyping();
    }
    this.changed();
  }

  private take(frame: Frame, replay: boolean): void {
    const { loading } = this;
    const fresh = this.received.add(cleanMessages(frame.messages), replay);
    const state = cleanState(frame.state);
    if (state) this.state = state;
    if (frame.as_of) this.asOf = frame.as_of;
    if (loading) {
      this.loading = false;
      this.history = this.received.seen;
      this.reveal.upTo(this.history);
      this.missed();
    }
    if (this.phase === "opening") this.phase = "active";
    for (const message of fresh ?? []) this.outbox.heard(message, replay);
    if (frame.client_message_id) this.confirmed(frame.client_message_id);
    if (!fresh) this.connection?.catchUp();
    else if (!loading) this.arrived(fresh);
    this.changed();
  }

  private confirmed(id: string): void {
    this.outbox.remove(id);
    this.stopTyping();
    this.outbox.pump();
  }

  private arrived(fresh: Message[]): void {
    const spoken = fresh.filter((message) => message.author !== "candidate");
    if (spoken.length) this.stopTyping();
    if (!this.looking) this.unread += spoken.length;
    this.look();
    for (const message of spoken) for (const hearer of this.hearers) hearer(message);
    this.reveal.go();
  }

  private refused(error: ApiError, id?: string): void {
    const known = this.pending.some((one) => one.id === id);
    this.stopTyping();
    if (error.code === "unauthorized" && !known) {
      this.gone();
    } else if (error.code === "unauthorized" || error.code === "conversation_ended") {
      this.ended(false);
    } else {
      if (error.code === "too_many_requests") this.notice = { text: error.message, kind: "warning" };
      const givenUp = id ? this.outbox.refused(id, error, this.received.seen) : null;
      if (givenUp) {
        givenUp.error ||= this.say("error.send");
        this.unpick(givenUp);
      }
    }
    this.outbox.pump();
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

  private stopTyping(): void {
    this.answering.stop();
    if (this.notice === this.slow) this.notice = null;
  }

  private get looking(): boolean {
    return this.watching && !document.hidden;
  }

  /** What came while no page of the site was there to show it. */
  private missed(): void {
    const seen = this.session ? readSeen(this.session.id) : 0;
    this.unread = seen ? this.messages.filter((one) => one.seq > seen && one.author !== "candidate").length : 0;
    this.look();
  }

  /** Whoever looks has seen everything; else the title says how much is new. */
  private look(): void {
    const before = this.unread;
    if (this.looking) {
      this.unread = 0;
      if (this.session && this.phase !== "ended") writeSeen(this.session.id, this.received.seen);
    }
    this.badge.show(this.unread);
    if (before !== this.unread) this.changed();
  }

  /** The panel was opened or closed. */
  watch(open: boolean): void {
    this.watching = open;
    this.look();
    if (open) {
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

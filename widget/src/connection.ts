/** Keeps one conversation connected: a WebSocket, plain HTTP where sockets do not get through, and the way back. */
import { Api, ApiError } from "./api";
import type { Session } from "./session";
import type { Frame, TurnBody } from "./types";

export type Link = "connecting" | "live" | "polling" | "offline" | "closed";

export interface Hooks {
  /** The number of the newest message that is here. */
  seen(): number;
  frame(frame: Frame, replay: boolean): void;
  link(link: Link): void;
  refused(error: ApiError, id?: string): void;
}

const FIRST_FRAME = 8_000;
const TICK = 5_000;
const FROZEN = 12_000;
const AWAY = 10_000;
const SLOWEST = 10_000;
const SOCKET_AGAIN = 30_000;

export class Connection {
  private socket: WebSocket | null = null;
  private current: Link = "closed";
  private failures = 0;
  private timer = 0;
  private ticker = 0;
  private lastTick = 0;
  private hiddenAt = 0;
  private pollAt = 0;
  private polling = false;
  private socketAgainAt = 0;
  private lastFrame = 0;
  private liveSince = 0;
  private readonly stopping = new AbortController();

  constructor(
    private readonly api: Api,
    private readonly session: Session,
    private readonly hooks: Hooks,
    /** Seconds between looks while polling; asked each time. */
    private readonly pace: () => number,
  ) {}

  start(): void {
    const { signal } = this.stopping;
    window.addEventListener("online", () => this.wake(), { signal });
    window.addEventListener("offline", () => this.lost(true), { signal });
    window.addEventListener("pageshow", (event) => event.persisted && this.wake(), { signal });
    document.addEventListener("resume", () => this.wake(), { signal });
    document.addEventListener(
      "visibilitychange",
      () => {
        if (document.hidden) this.hiddenAt = Date.now();
        else if (this.hiddenAt && Date.now() - this.hiddenAt > AWAY) this.wake();
      },
      { signal },
    );
    this.lastTick = Date.now();
    this.ticker = window.setInterval(() => this.tick(), TICK);
    this.connect();
  }

  stop(): void {
    this.stopping.abort();
    clearInterval(this.ticker);
    clearTimeout(this.timer);
    clearTimeout(this.pollAt);
    this.drop();
    this.say("closed");
  }

  get link(): Link {
    return this.current;
  }

  /** Whether a turn can be sent now. */
  get open(): boolean {
    return this.current === "live" || this.current === "polling";
  }

  /** Hand over a turn; what comes of it arrives by the hooks. */
  send(id: string, turn: TurnBody): void {
    if (this.current === "live" && this.socket) {
      this.socket.send(JSON.stringify({ ...turn, client_message_id: id }));
      return;
    }
    this.api.send(this.session, id, turn).then(
      (reply) => {
        if (!this.stopping.signal.aborted) this.hooks.frame({ ...reply, client_message_id: id }, false);
      },
      (error: ApiError) => {
        if (this.stopping.signal.aborted) return;
        if (error.code === "network") this.lost(false);
        else this.hooks.refused(error, id);
      },
    );
  }

  /** Look at once whether we are still connected: after sleep, a frozen page or a change of network. */
  wake(): void {
    if (this.stopping.signal.aborted || (this.current === "live" && Date.now() - this.lastFrame < 1_000)) return;
    this.failures = 0;
    this.drop();
    if (this.current === "live") this.say("connecting");
    this.connect();
  }

  /** Something between is missing: read it. */
  catchUp(): void {
    if (this.current === "polling") {
      void this.poll();
      return;
    }
    this.lastFrame = 0;
    this.wake();
  }

  private tick(): void {
    const late = Date.now() - this.lastTick - TICK;
    this.lastTick = Date.now();
    if (late > FROZEN && !document.hidden) this.wake();
  }

  private connect(): void {
    clearTimeout(this.timer);
    if (this.stopping.signal.aborted) return;
    if (this.current === "closed") this.say("connecting");
    let socket: WebSocket;
    try {
      socket = this.api.socket(this.session);
    } catch {
      this.failed();
      return;
    }
    this.socket = socket;
    let first = true;
    const patience = window.setTimeout(() => this.socket === socket && this.drop(true), FIRST_FRAME);
    socket.onopen = () => socket.send(JSON.stringify({ token: this.session.token, after: this.hooks.seen() }));
    socket.onmessage = (event) => {
      if (this.socket !== socket) return;
      const frame = parse(event.data);
      this.lastFrame = Date.now();
      if (frame.error) {
        this.hooks.refused(
          new ApiError(frame.error.code ?? "internal_error", frame.error.message ?? ""),
          frame.client_message_id,
        );
        return;
      }
      if (first) {
        first = false;
        clearTimeout(patience);
        clearTimeout(this.pollAt);
        this.failures = 0;
        this.liveSince = Date.now();
        this.hooks.frame(frame, true);
        this.say("live");
        return;
      }
      this.hooks.frame(frame, false);
    };
    socket.onclose = (event) => {
      clearTimeout(patience);
      if (this.socket !== socket) return;
      this.socket = null;
      if (event.code === 4401) this.hooks.refused(new ApiError("unauthorized", ""));
      else if (first) this.failed();
      else this.lost(navigator.onLine === false);
    };
  }

  /** The connection broke, or the network is gone. */
  private lost(offline: boolean): void {
    this.drop();
    clearTimeout(this.pollAt);
    this.say(offline ? "offline" : "connecting");
    this.again(offline ? SLOWEST : Date.now() - this.liveSince > 2_000 ? 50 : 250);
  }

  /** A socket did not come about: try again later, and meanwhile over plain HTTP. */
  private failed(): void {
    this.failures += 1;
    if (this.failures >= 2) {
      this.socketAgainAt = Date.now() + SOCKET_AGAIN;
      void this.poll();
    } else {
      this.again(300);
    }
  }

  private again(wait: number): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.connect(), wait);
  }

  private async poll(): Promise<void> {
    clearTimeout(this.pollAt);
    if (this.polling || this.stopping.signal.aborted || this.current === "live") return;
    this.polling = true;
    let wait = this.pace();
    try {
      const frame = await this.api.messages(this.session, this.hooks.seen());
      if (this.stopping.signal.aborted || this.link === "live") return;
      this.failures = 2;
      this.hooks.frame(frame, true);
      this.say("polling");
    } catch (error) {
      if (this.stopping.signal.aborted || this.link === "live") return;
      this.failures += 1;
      wait = Math.min(SLOWEST, 500 * 2 ** (this.failures - 2)) * (0.6 + 0.4 * Math.random());
      const { code } = error as ApiError;
      if (code === "unauthorized") this.hooks.refused(error as ApiError);
      this.say("offline");
    } finally {
      this.polling = false;
    }
    if (Date.now() >= this.socketAgainAt || this.current === "offline") this.again(wait);
    else this.pollAt = window.setTimeout(() => void this.poll(), wait);
  }

  private drop(tell = false): void {
    const { socket } = this;
    clearTimeout(this.timer);
    if (!socket) return;
    this.socket = null;
    socket.close();
    if (tell) this.failed();
  }

  private say(link: Link): void {
    if (this.current === link) return;
    this.current = link;
    this.hooks.link(link);
  }
}

function parse(data: unknown): Frame {
  try {
    return JSON.parse(String(data)) as Frame;
  } catch {
    return {};
  }
}

/** The live view: the inbox, and the conversation in front of the agent. Connects again by itself. */
import type { Line, Message, State } from "./types";

interface Frame {
  inbox?: Line[];
  conversation?: string;
  messages?: Message[];
  state?: State;
}

/** Hears what is new in a conversation that is watched. */
export type TalkListener = (id: string, messages: Message[], state: State) => void;

export class Live {
  private socket: WebSocket | null = null;
  private tries = 0;
  private timer = 0;
  private watched: string | null = null;
  private seen = 0;
  private stopped = false;

  constructor(
    private readonly onInbox: (lines: Line[]) => void,
    private readonly onTalk: TalkListener,
    private readonly onConnected: (connected: boolean) => void,
    private readonly onSignedOut: () => void,
  ) {}

  start(): void {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/agent/api/live`);
    this.socket = socket;
    socket.onopen = () => {
      this.tries = 0;
      this.onConnected(true);
      this.tell();
    };
    socket.onmessage = (event) => {
      const frame = JSON.parse(String(event.data)) as Frame;
      if (frame.inbox) this.onInbox(frame.inbox);
      if (frame.conversation && frame.messages && frame.state) {
        for (const message of frame.messages) this.seen = Math.max(this.seen, message.seq);
        this.onTalk(frame.conversation, frame.messages, frame.state);
      }
    };
    socket.onclose = (event) => {
      if (this.stopped || this.socket !== socket) return;
      this.onConnected(false);
      if (event.code === 4401) {
        this.onSignedOut();
        return;
      }
      this.tries += 1;
      this.timer = window.setTimeout(() => this.start(), Math.min(500 * 2 ** (this.tries - 1), 8_000));
    };
  }

  watch(id: string | null, after: number): void {
    this.watched = id;
    this.seen = after;
    this.tell();
  }

  stop(): void {
    this.stopped = true;
    window.clearTimeout(this.timer);
    this.socket?.close();
  }

  private tell(): void {
    if (this.socket?.readyState === WebSocket.OPEN) {
      this.socket.send(JSON.stringify({ watch: this.watched, after: this.seen }));
    }
  }
}

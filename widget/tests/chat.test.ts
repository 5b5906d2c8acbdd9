/** The whole conversation over a scripted socket: what goes wrong on the way and how it is mended. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Api } from "../src/api";
import { Chat } from "../src/chat";
import type { Config } from "../src/config";
import { writeSession } from "../src/session";
import type { Frame, Message } from "../src/types";
import { message } from "./making";

const CONFIG = { locale: "en", transport: "auto", token: null } as Config;

interface Sent {
  token?: string;
  after?: number;
  text?: string;
  choice?: string;
  client_message_id: string;
}

/** A socket of which the test plays the far end. */
class FakeSocket {
  static all: FakeSocket[] = [];
  readonly sent: Sent[] = [];
  onopen: () => void = () => undefined;
  onmessage: (event: { data: string }) => void = () => undefined;
  onclose: (event: { code: number }) => void = () => undefined;

  constructor() {
    FakeSocket.all.push(this);
  }

  send(data: string): void {
    this.sent.push(JSON.parse(data) as Sent);
  }

  close(): void {
    // The far end hears nothing of it.
  }

  /** Take the connection and replay these messages. */
  accept(...messages: Message[]): void {
    this.onopen();
    this.tell({ messages });
  }

  tell(frame: Frame): void {
    this.onmessage({ data: JSON.stringify(frame) });
  }
}

const socket = () => FakeSocket.all[FakeSocket.all.length - 1]!;
const turns = () => socket().sent.filter((one) => one.token === undefined);

describe("Chat", () => {
  let chat: Chat;
  const shownTurns = () => chat.pending.filter((one) => !one.echoed).map((one) => one.label);
  const texts = () => chat.messages.map((one) => one.text);

  beforeEach(async () => {
    vi.useFakeTimers();
    const page = Object.assign(new EventTarget(), { hidden: false });
    vi.stubGlobal("document", page);
    vi.stubGlobal("navigator", { onLine: true });
    vi.stubGlobal("matchMedia", () => ({ matches: true }));
    vi.stubGlobal("window", {
      addEventListener: () => undefined,
      setTimeout: setTimeout,
      setInterval: setInterval,
    });
    FakeSocket.all = [];
    writeSession(null);
    const api = new Api("http://localhost");
    const opened = { conversation_id: "c1", token: "t1", messages: [message(1, "assistant", "Hello")] };
    vi.spyOn(api, "open").mockResolvedValue(opened);
    vi.spyOn(api, "socket").mockImplementation(() => new FakeSocket() as unknown as WebSocket);
    chat = new Chat(CONFIG, api, (key) => key);
    await chat.begin();
    socket().accept();
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  it("sends what was written in its order, the next one after the answer", () => {
    chat.tell("one");
    chat.tell("two");
    expect(turns().map((one) => one.text)).toEqual(["one"]);
    const [{ client_message_id }] = turns() as [Sent];
    socket().tell({
      messages: [message(2, "candidate", "one"), message(3, "assistant", "You said: one")],
      client_message_id,
    });
    expect(turns().map((one) => one.text)).toEqual(["one", "two"]);
    expect(texts()).toEqual(["Hello", "one", "You said: one"]);
  });

  it("fetches what is missing when a number is left out", () => {
    vi.advanceTimersByTime(2_000);
    socket().tell({ messages: [message(4, "agent", "the later one")] });
    expect(texts()).toEqual(["Hello"]);
    expect(FakeSocket.all).toHaveLength(2);
    socket().onopen();
    expect(socket().sent).toEqual([{ token: "t1", after: 1 }]);
    socket().tell({ messages: [2, 3, 4].map((seq) => message(seq, "agent", `number ${seq}`)) });
    expect(texts()).toEqual(["Hello", "number 2", "number 3", "number 4"]);
  });

  it("shows an own message once that comes back by replay before its confirmation", () => {
    chat.tell("yes");
    const [{ client_message_id }] = turns() as [Sent];
    socket().onclose({ code: 1006 });
    vi.advanceTimersByTime(1_000);
    socket().accept(message(2, "candidate", "yes"));
    expect(shownTurns()).toEqual([]);
    expect(turns()).toEqual([{ text: "yes", client_message_id }]);
    socket().tell({ messages: [], client_message_id });
    expect(chat.pending).toEqual([]);
  });

  it("does not take the equal message of another tab for its own where messages name their sender's id", () => {
    chat.tell("yes");
    const [{ client_message_id }] = turns() as [Sent];
    socket().onclose({ code: 1006 });
    vi.advanceTimersByTime(1_000);
    socket().accept(message(2, "candidate", "yes", "another-tab-1"));
    expect(shownTurns()).toEqual(["yes"]);
    socket().tell({
      messages: [message(3, "candidate", "yes", client_message_id)],
      client_message_id,
    });
    expect(texts()).toEqual(["Hello", "yes", "yes"]);
    expect(chat.pending).toEqual([]);
  });

  it("frees the choices again when the turn with the choice is given up", () => {
    const choices = [{ id: "move", title: "Move it" }];
    const offer = { ...message(2, "assistant", "What next?"), choices };
    socket().tell({ messages: [offer] });
    chat.choose(offer, choices[0]!);
    expect(chat.isLive(offer)).toBe(false);
    const [{ client_message_id }] = turns() as [Sent];
    socket().tell({ error: { code: "invalid_request", message: "Not offered." }, client_message_id });
    expect(chat.pending[0]).toMatchObject({ status: "failed", error: "Not offered.", after: 2 });
    expect(chat.isLive(offer)).toBe(true);
  });

  it("says that an answer is slow, and takes that back when it comes", () => {
    chat.tell("hard question");
    expect(chat.typing).toBe(true);
    vi.advanceTimersByTime(5_000);
    expect(chat.notice?.text).toBe("notice.slow");
    socket().tell({ messages: [message(2, "candidate", "hard question"), message(3, "assistant", "Here it is")] });
    expect(chat.notice).toBeNull();
    expect(chat.typing).toBe(false);
  });

  it("keeps unsent turns as failed when the conversation has ended elsewhere", () => {
    chat.tell("too late");
    const [{ client_message_id }] = turns() as [Sent];
    socket().tell({ error: { code: "conversation_ended", message: "" }, client_message_id });
    expect(chat.phase).toBe("ended");
    expect(chat.pending.map((one) => one.status)).toEqual(["failed"]);
  });
});

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Live } from "../src/live";

/** A socket of which the test plays the far end. */
class FakeSocket {
  static readonly OPEN = 1;
  static all: FakeSocket[] = [];
  readyState = 0;
  readonly sent: unknown[] = [];
  onopen: () => void = () => undefined;
  onmessage: (event: { data: string }) => void = () => undefined;
  onclose: (event: { code: number }) => void = () => undefined;

  constructor(readonly url: string) {
    FakeSocket.all.push(this);
  }

  send(data: string): void {
    this.sent.push(JSON.parse(data));
  }

  close(): void {
    this.onclose({ code: 1000 });
  }

  accept(): void {
    this.readyState = FakeSocket.OPEN;
    this.onopen();
  }
}

const last = () => FakeSocket.all[FakeSocket.all.length - 1]!;

describe("Live", () => {
  const connected = vi.fn();
  const signedOut = vi.fn();
  const talked = vi.fn();
  let live: Live;

  beforeEach(() => {
    vi.useFakeTimers();
    for (const mock of [connected, signedOut, talked]) mock.mockReset();
    FakeSocket.all = [];
    vi.stubGlobal("WebSocket", FakeSocket);
    vi.stubGlobal("location", { protocol: "https:", host: "desk.example.org" });
    vi.stubGlobal("window", { setTimeout, clearTimeout });
    live = new Live(() => undefined, talked, connected, signedOut);
    live.start();
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  it("asks again for what is watched after a new connection, from the newest message on", () => {
    expect(last().url).toBe("wss://desk.example.org/agent/api/live");
    live.watch("c1", 4);
    last().accept();
    last().onmessage({ data: JSON.stringify({ conversation: "c1", messages: [{ seq: 5 }], state: {} }) });
    expect(talked).toHaveBeenCalledOnce();
    last().onclose({ code: 1006 });
    vi.advanceTimersByTime(500);
    last().accept();
    expect(last().sent).toEqual([{ watch: "c1", after: 5 }]);
  });

  it("waits longer from one failure to the next, at most 8 seconds", () => {
    const waits: number[] = [];
    for (let failure = 0; failure < 6; failure += 1) {
      const before = Date.now();
      const count = FakeSocket.all.length;
      last().onclose({ code: 1006 });
      while (FakeSocket.all.length === count) vi.advanceTimersByTime(500);
      waits.push(Date.now() - before);
    }
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 8_000]);
  });

  it("gives up where the session has ended, and after stop", () => {
    last().onclose({ code: 4401 });
    expect(signedOut).toHaveBeenCalledOnce();
    live.stop();
    vi.advanceTimersByTime(60_000);
    expect(FakeSocket.all).toHaveLength(1);
  });
});

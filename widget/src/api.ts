/** The conversation over plain HTTP. Tokens travel in headers and bodies, never in an address. */
import type { Session } from "./session";
import type { Frame, TurnBody } from "./types";

export class ApiError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly retryAfter = 0,
  ) {
    super(message);
  }
}

const TIME = 25_000;

/** The answer to opening a conversation. */
export type Opened = Frame & { conversation_id: string; token: string };

export class Api {
  constructor(private readonly base: string) {}

  open(locale: string, candidateToken: string | null): Promise<Opened> {
    const body: Record<string, string> = { channel: "web", locale };
    if (candidateToken) body.candidate_token = candidateToken;
    return this.call("POST", "", null, body);
  }

  send(session: Session, id: string, turn: TurnBody, keepalive = false): Promise<Frame> {
    return this.call("POST", `/${session.id}/messages`, session, { ...turn, client_message_id: id }, keepalive);
  }

  /** All messages later than `after`, page by page. */
  async messages(session: Session, after: number): Promise<Frame> {
    const frame = await this.call<Frame & { more?: boolean }>("GET", `/${session.id}/messages?after=${after}`, session);
    const page = listOf(frame.messages);
    const last = page[page.length - 1] as { seq?: unknown } | undefined;
    if (frame.more !== true || typeof last?.seq !== "number") {
      return frame;
    }
    const rest = await this.messages(session, last.seq);
    return { ...rest, messages: [...page, ...listOf(rest.messages)] };
  }

  feedback(session: Session, seq: number, rating: "up" | "down", comment: string): Promise<unknown> {
    return this.call("POST", `/${session.id}/feedback`, session, {
      seq,
      rating,
      ...(comment.trim() ? { comment: comment.trim() } : {}),
    });
  }

  socket(session: Session): WebSocket {
    return new WebSocket(`${this.base.replace(/^http/, "ws")}/api/v1/conversations/${session.id}/stream`);
  }

  private async call<T>(
    method: string,
    path: string,
    session: Session | null,
    body?: object,
    keepalive = false,
  ): Promise<T> {
    const headers: Record<string, string> = {};
    if (session) headers.Authorization = `Bearer ${session.token}`;
    if (body) headers["Content-Type"] = "application/json";
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), TIME);
    let answer: Response;
    let data: unknown;
    try {
      answer = await fetch(`${this.base}/api/v1/conversations${path}`, {
        method,
        headers,
        body: body ? JSON.stringify(body) : undefined,
        credentials: "omit",
        cache: "no-store",
        referrerPolicy: "no-referrer",
        keepalive,
        signal: stop.signal,
      });
      data = await answer.json();
    } catch {
      throw new ApiError("network", "");
    } finally {
      clearTimeout(timer);
    }
    if (answer.ok) return { ...(data as T), ...asOf(answer) };
    const error = (data as Frame).error ?? {};
    throw new ApiError(
      error.code ?? "internal_error",
      error.message ?? "",
      Number(answer.headers.get("Retry-After")) || 0,
    );
  }
}

function asOf(answer: Response): { as_of?: string } {
  const moved = answer.headers.get("Assistant-As-Of");
  return moved ? { as_of: moved } : {};
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

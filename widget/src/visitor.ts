/** Who is signed in on the host page, whether a kept conversation is theirs, and a new conversation for them. */
import { ApiError, type Api, type Opened } from "./api";
import type { TokenSource } from "./config";
import { markOf, type Session } from "./session";

/** A conversation that has just been opened. */
export interface Begun {
  opened: Opened;
  session: Session;
  /** Whether the token of who is signed in was refused. */
  refused: boolean;
}

export class Visitor {
  constructor(private source: TokenSource | null) {}

  /** Somebody else may be signed in from now on; null: the page tells nothing any more. */
  become(source: TokenSource | null): void {
    this.source = source;
  }

  /** A fresh token of who is signed in; null where nobody is, or where it cannot be had. */
  async token(): Promise<string | null> {
    try {
      return this.source ? await this.source() : null;
    } catch {
      return null;
    }
  }

  /** Whether a kept conversation is of the person of this token. */
  owns(kept: Session, token: string | null): boolean {
    return markOf(token, kept.token) === kept.who;
  }

  /** The same; on a page that never tells who is signed in, every kept conversation goes on. */
  mayResume(kept: Session, token: string | null): boolean {
    return !this.source || this.owns(kept, token);
  }

  /**
   * Open a conversation for the person of this token. Where it is refused a fresh one is tried, and then it is opened for
   * nobody in particular; `refused` tells so.
   */
  async open(api: Api, locale: string, token: string | null): Promise<Begun> {
    const attempt = async (used: string | null, refused = false): Promise<Begun> => {
      const opened = await api.open(locale, used);
      const session = { id: opened.conversation_id, token: opened.token, who: markOf(used, opened.token) };
      return { opened, session, refused };
    };
    try {
      return await attempt(token);
    } catch (error) {
      if (!token || !isUnauthorized(error)) throw error;
    }
    try {
      return await attempt(await this.token());
    } catch (error) {
      if (!isUnauthorized(error)) throw error;
    }
    return attempt(null, true);
  }
}

const isUnauthorized = (error: unknown): boolean => error instanceof ApiError && error.code === "unauthorized";

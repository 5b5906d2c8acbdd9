/** Who is signed in on the host page, whether a kept conversation is theirs, and a new conversation for them. */
import { ApiError, type Api, type Opened } from "./api";
import type { TokenSource } from "./config";
import { markOf, type Session } from "./session";
import { warn } from "./warn";

/** A conversation that has just been opened. */
export interface Begun {
  opened: Opened;
  session: Session;
  /** Whether the token of who is signed in was refused. */
  refused: boolean;
}

/** A token; null: nobody is signed in; undefined: it cannot be told now. */
export type Known = string | null | undefined;

export class Visitor {
  constructor(private source: TokenSource | null) {}

  /** Somebody else may be signed in from now on; null: the page tells nothing any more. */
  become(source: TokenSource | null): void {
    this.source = source;
  }

  /** A fresh token of who is signed in. */
  async token(): Promise<Known> {
    try {
      return this.source ? await this.source() : null;
    } catch {
      return undefined;
    }
  }

  /** Whether a kept conversation is of the person of this token. */
  owns(kept: Session, token: string | null): boolean {
    return markOf(token, kept.token) === kept.who;
  }

  /**
   * The same; on a page that never tells who is signed in, every kept conversation goes on. Undefined: it cannot be told
   * now, and the conversation is neither shown nor given up.
   */
  mayResume(kept: Session, token: Known): boolean | undefined {
    if (!this.source) return true;
    if (token === undefined) return kept.who === "" ? true : undefined;
    return this.owns(kept, token);
  }

  /**
   * Open a conversation for the person of this token. Where it is refused a fresh one is tried, and then it is opened for
   * nobody in particular; `refused` tells so.
   */
  async open(api: Api, locale: string, token: Known): Promise<Begun> {
    const attempt = async (used: string | null, refused = false): Promise<Begun> => {
      const opened = await api.open(locale, used);
      const session = { id: opened.conversation_id, token: opened.token, who: markOf(used, opened.token) };
      return { opened, session, refused };
    };
    if (token === undefined) return attempt(null, true);
    try {
      return await attempt(token);
    } catch (error) {
      if (!token || !isUnauthorized(error)) throw error;
    }
    try {
      return await attempt((await this.token()) ?? null);
    } catch (error) {
      if (!isUnauthorized(error)) throw error;
      warn(`the sign-in token was refused: ${(error as ApiError).message} docs/channels.md lists its claims.`);
    }
    return attempt(null, true);
  }
}

const isUnauthorized = (error: unknown): boolean => error instanceof ApiError && error.code === "unauthorized";

/** Talks to the service. The session is a cookie that scripts cannot read; what changes something carries its token. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export class Api {
  csrf = "";
  /** Called when the session has ended. */
  onSignedOut: () => void = () => undefined;

  get<T>(path: string): Promise<T> {
    return this.ask<T>("GET", path);
  }

  post<T>(path: string, body: unknown = {}): Promise<T> {
    return this.ask<T>("POST", path, body);
  }

  async ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const headers: Record<string, string> = {};
    if (body !== undefined) headers["Content-Type"] = "application/json";
    if (method !== "GET") headers["X-CSRF-Token"] = this.csrf;
    let answer: Response;
    try {
      answer = await fetch(`/agent/api${path}`, {
        method,
        headers,
        body: body === undefined ? undefined : JSON.stringify(body),
      });
    } catch {
      throw new Refused(0, "offline", "The service cannot be reached. Your words are kept; please try again.");
    }
    const found = (await answer.json().catch(() => ({}))) as { error?: { code: string; message: string } };
    if (!answer.ok) {
      if (answer.status === 401 && path !== "/session") this.onSignedOut();
      throw new Refused(answer.status, found.error?.code ?? "error", found.error?.message ?? "Something went wrong.");
    }
    return found as T;
  }
}

export const api = new Api();

/** A new id for a message, so that sending it twice does nothing twice. */
export function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

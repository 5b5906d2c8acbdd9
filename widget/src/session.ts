/** The one thing kept in the browser: an opaque session token, shared by the tabs and taken away at the end. */

export interface Session {
  id: string;
  token: string;
  /** A mark that tells whether a host token names the same person; says nothing by itself. */
  who: string;
}

export const KEY = "ase-assistant-session";

let memory: string | null = null;

export function readSession(): Session | null {
  let kept = memory;
  try {
    kept = localStorage.getItem(KEY);
  } catch {
    // No storage here: the conversation lasts as long as the page.
  }
  const [id, token, who] = (kept ?? "").split(".");
  return id && token ? { id, token, who: who ?? "" } : null;
}

export function writeSession(session: Session | null): void {
  memory = session ? [session.id, session.token, session.who].join(".") : null;
  try {
    if (memory) localStorage.setItem(KEY, memory);
    else localStorage.removeItem(KEY);
  } catch {
    // As above.
  }
}

/** The mark of the person named by a host token, salted with the conversation's token; "" for nobody. */
export function markOf(hostToken: string | null, salt: string): string {
  const person = hostToken ? subject(hostToken) : "";
  if (!person) return "";
  let hash = 0x811c9dc5;
  for (const char of `${salt}/${person}`) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193);
  return (hash >>> 0).toString(36);
}

function subject(hostToken: string): string {
  try {
    const part = (hostToken.split(".")[1] ?? "").replace(/-/g, "+").replace(/_/g, "/");
    const { sub } = JSON.parse(atob(part)) as { sub?: unknown };
    return typeof sub === "string" || typeof sub === "number" ? String(sub) : "";
  } catch {
    return hostToken;
  }
}

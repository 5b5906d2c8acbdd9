/**
 * What is kept in the browser. Shared by the tabs: an opaque session token and the number of the last message seen; with
 * them the looks that the reader chose. For this tab alone: whether the panel is open, and what is being written.
 */

export interface Session {
  id: string;
  token: string;
  /** A mark that tells whether a host token names the same person; says nothing by itself. */
  who: string;
}

export const KEY = "ase-assistant-session";
const SEEN = "ase-assistant-seen";
const LOOK = "ase-assistant-look";
const TAB = "ase-assistant-tab";

/** Where the browser keeps nothing, it lasts as long as the page. */
const memory = new Map<string, string>();

function read(storage: () => Storage, key: string): string | null {
  try {
    return storage().getItem(key);
  } catch {
    return memory.get(key) ?? null;
  }
}

function write(storage: () => Storage, key: string, value: string | null): void {
  if (value === null) memory.delete(key);
  else memory.set(key, value);
  try {
    if (value === null) storage().removeItem(key);
    else storage().setItem(key, value);
  } catch {
    // As above.
  }
}

const shared = (): Storage => localStorage;
const own = (): Storage => sessionStorage;

export function readSession(): Session | null {
  const [id, token, who] = (read(shared, KEY) ?? "").split(".");
  return id && token ? { id, token, who: who ?? "" } : null;
}

/** Keep a session; null: nothing of the conversation stays. */
export function writeSession(session: Session | null): void {
  write(shared, KEY, session && [session.id, session.token, session.who].join("."));
  if (session) return;
  write(shared, SEEN, null);
  writeDraft("");
}

/** The number of the last message of a conversation that somebody saw in this browser. */
export function readSeen(id: string): number {
  const [of, seq] = (read(shared, SEEN) ?? "").split(".");
  return of === id ? Number(seq) || 0 : 0;
}

export function writeSeen(id: string, seq: number): void {
  if (seq > readSeen(id)) write(shared, SEEN, `${id}.${seq}`);
}

/** How the reader wants it, whatever the page says. */
export interface Look {
  theme?: string;
  sound?: boolean;
}

interface Tab {
  open?: boolean;
  draft?: string;
}

function object<T extends object>(text: string | null): Partial<T> {
  try {
    const found: unknown = JSON.parse(text ?? "{}");
    return typeof found === "object" && found !== null ? found : {};
  } catch {
    return {};
  }
}

export const readLook = (): Look => object<Look>(read(shared, LOOK));

export function writeLook(look: Look): void {
  write(shared, LOOK, JSON.stringify({ ...readLook(), ...look }));
}

const readTab = (): Tab => object<Tab>(read(own, TAB));

function writeTab(tab: Tab): void {
  const now = { ...readTab(), ...tab };
  write(own, TAB, now.open || now.draft ? JSON.stringify(now) : null);
}

/** What was being written in this tab. */
export const readDraft = (): string => String(readTab().draft ?? "");
export const writeDraft = (draft: string): void => writeTab({ draft: draft || undefined });

/** Whether the panel was open in this tab. */
export const wasOpen = (): boolean => readTab().open === true;
export const writeOpen = (open: boolean): void => writeTab({ open: open || undefined });

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

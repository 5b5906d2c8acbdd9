/** What the host page says, with the tag, with an element or in a call. */
import { warn } from "./warn";

export type Corner = "bottom-right" | "bottom-left" | "top-right" | "top-left";
export type Theme = "light" | "dark" | "auto";
export type TokenSource = () => Promise<string | null>;

export interface Config {
  server: string;
  position: Corner;
  theme: Theme;
  locale: string;
  dir: "ltr" | "rtl" | "";
  title: string;
  open: boolean;
  transport: "auto" | "http";
  /** Whether new messages are counted in the page's title. */
  badge: boolean;
  token: TokenSource | null;
}

/** The same in a call of `mount`; everything may be left out. */
export interface Options {
  server?: string;
  tokenUrl?: string;
  position?: string;
  theme?: string;
  locale?: string;
  dir?: string;
  title?: string;
  open?: boolean | string;
  transport?: string;
  badge?: boolean | string;
}

const NAMES = [
  "server",
  "tokenUrl",
  "position",
  "theme",
  "locale",
  "dir",
  "title",
  "open",
  "transport",
  "badge",
] as const;
const CORNERS: readonly string[] = ["bottom-right", "bottom-left", "top-right", "top-left"];

/** The tag that this script came with: in a module there is no current one, so it is looked for by its address. */
export function ownTag(): HTMLScriptElement | null {
  const current = document.currentScript;
  if (current instanceof HTMLScriptElement) return current;
  const tags = document.querySelectorAll<HTMLScriptElement>("script[src]");
  return [...tags].reverse().find((one) => /\/widget[^/]*\.js(\?|#|$)/.test(one.src)) ?? null;
}

/** The options of an element: `data-token-url` of a tag, `token-url` (or the same with `data-`) of our own element. */
export function optionsOf(element: Element | null): Options {
  const found: Options = {};
  for (const name of NAMES) {
    const attribute = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const own = element?.localName === "ase-assistant" && !/^(dir|title)$/.test(name);
    const value = element?.getAttribute(`data-${attribute}`) ?? (own ? element?.getAttribute(attribute) : null);
    if (value !== null && value !== undefined) found[name] = value;
  }
  return found;
}

const isOn = (value: boolean | string | undefined): boolean =>
  value !== undefined && value !== false && value !== "false" && value !== "off";

/** `from`: the address of the script, where the assistant is unless the options say otherwise. */
export function configOf(options: Options, from: string): Config {
  return {
    server: new URL(options.server || "/", options.server ? location.href : from || location.href).origin,
    position: (CORNERS.includes(options.position ?? "") ? options.position : "bottom-right") as Corner,
    theme: asTheme(options.theme),
    locale: options.locale || document.documentElement.lang || "en",
    dir: options.dir === "rtl" || options.dir === "ltr" ? options.dir : "",
    title: options.title ?? "",
    open: isOn(options.open),
    transport: options.transport === "http" ? "http" : "auto",
    badge: options.badge === undefined || isOn(options.badge),
    token: options.tokenUrl ? fromUrl(options.tokenUrl) : null,
  };
}

export function asTheme(value: unknown): Theme {
  return value === "light" || value === "dark" ? value : "auto";
}

/**
 * Asks the host page's own server, with its cookies, for a token of whoever is signed in there. Null for 204 alone;
 * whatever else is no token is an error: nobody knows then who is signed in.
 */
function fromUrl(url: string): TokenSource {
  return async () => {
    const answer = await fetch(url, { method: "POST", credentials: "same-origin", cache: "no-store" });
    if (answer.status === 204) return null;
    let token: unknown = null;
    if (answer.ok) {
      const body: unknown = await answer.json().catch(() => null);
      token = (body as { candidate_token?: unknown } | null)?.candidate_token;
    }
    if (typeof token === "string") return token;
    warn(`POST ${url} answered ${answer.status} without {"candidate_token": "…"}; 204 says that nobody is signed in.`);
    throw new Error("no token");
  };
}

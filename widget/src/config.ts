/** What the host page says with the tag, read once. */

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
  token: TokenSource | null;
}

const CORNERS: readonly string[] = ["bottom-right", "bottom-left", "top-right", "top-left"];

/** `data-server`, `data-position`, `data-theme`, `data-locale`, `data-dir`, `data-title`, `data-open`, `data-token-url`. */
export function readConfig(tag: HTMLScriptElement | null): Config {
  const data = tag?.dataset ?? {};
  const server = new URL(data.server || "/", data.server ? location.href : tag?.src || location.href).origin;
  return {
    server,
    position: (CORNERS.includes(data.position ?? "") ? data.position : "bottom-right") as Corner,
    theme: asTheme(data.theme),
    locale: data.locale || document.documentElement.lang || "en",
    dir: data.dir === "rtl" || data.dir === "ltr" ? data.dir : "",
    title: data.title ?? "",
    open: data.open !== undefined && data.open !== "false",
    transport: data.transport === "http" ? "http" : "auto",
    token: data.tokenUrl ? fromUrl(data.tokenUrl) : null,
  };
}

export function asTheme(value: unknown): Theme {
  return value === "light" || value === "dark" ? value : "auto";
}

/** Asks the host page's own server, with its cookies, for a token of whoever is signed in there. */
function fromUrl(url: string): TokenSource {
  return async () => {
    const answer = await fetch(url, { method: "POST", credentials: "same-origin", cache: "no-store" });
    if (!answer.ok || answer.status === 204) return null;
    const token = ((await answer.json()) as { candidate_token?: unknown }).candidate_token;
    return typeof token === "string" ? token : null;
  };
}

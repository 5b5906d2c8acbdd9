/** The tag's script: makes the widget on the page and gives the page a few words to speak to it. */
import { render } from "preact";
import { Api } from "./api";
import { Chat } from "./chat";
import { asTheme, readConfig, type Config, type Theme, type TokenSource } from "./config";
import { Words } from "./i18n";
import { App, type Handle } from "./ui/app";
import css from "./style.css";

declare global {
  interface Window {
    AseAssistant?: Commands;
  }
}

/** What `window.AseAssistant` offers the host page. */
interface Commands {
  open(): void;
  close(): void;
  toggle(): void;
  /** Open and say this for the reader. */
  ask(text: string): void;
  /** The person who is signed in on the page: a token, or a function that fetches one whenever it is needed. */
  signIn(token: string | (() => Promise<string | null>)): Promise<void>;
  /** Nobody is signed in any more: the conversation ends and nothing of it stays in the browser. */
  signOut(): Promise<void>;
  startAfresh(): Promise<void>;
  setTheme(theme: Theme): void;
}

function start(config: Config): Commands {
  const host = document.createElement("ase-assistant");
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [sheet];
  document.body.append(host);

  const words = new Words(config.locale, config.dir);
  const chat = new Chat(config, new Api(config.server), words.t);
  const handle: Handle = { setOpen: () => undefined, setTheme: () => undefined, isOpen: () => false };
  render(<App chat={chat} words={words} config={config} host={host} handle={handle} />, root);
  setTimeout(() => {
    void chat.resume();
    if (config.open) handle.setOpen(true);
  });

  return {
    open: () => handle.setOpen(true),
    close: () => handle.setOpen(false),
    toggle: () => handle.setOpen(!handle.isOpen()),
    ask: (text) => {
      handle.setOpen(true);
      chat.tell(text);
    },
    signIn: (token) => {
      const source: TokenSource = typeof token === "string" ? () => Promise.resolve(token) : token;
      return chat.setToken(source, handle.isOpen());
    },
    signOut: () => chat.setToken(null, handle.isOpen()),
    startAfresh: () => chat.startAfresh(),
    setTheme: (theme) => handle.setTheme(asTheme(theme)),
  };
}

function boot(config: Config): void {
  if (window.AseAssistant) return;
  window.AseAssistant = start(config);
  window.dispatchEvent(new CustomEvent("ase-assistant:ready"));
}

const config = readConfig(document.currentScript as HTMLScriptElement | null);
if (document.body && document.readyState !== "loading") boot(config);
else document.addEventListener("DOMContentLoaded", () => boot(config), { once: true });

/** The tag's script: puts the widget on the page, keeps it there, and gives the page a few words to speak to it. */
import { render } from "preact";
import type { Assistant as Commands } from "../module/index";
import { Api } from "./api";
import { Chat } from "./chat";
import {
  asTheme,
  configOf,
  optionsOf,
  ownTag,
  type Config,
  type Options,
  type Theme,
  type TokenSource,
} from "./config";
import { Words } from "./i18n";
import { wasOpen } from "./session";
import { App, type Handle } from "./ui/app";
import { warn } from "./warn";
import css from "./style.css";

interface Mounted {
  host: HTMLElement;
  chat: Chat;
  handle: Handle;
  stop(): void;
}

const NAME = "ase-assistant";
/** Keys and what is pasted belong to the chat; a page's shortcuts must not see them. */
const INSIDE = ["keydown", "keyup", "keypress", "paste", "copy", "cut", "beforeinput"];
/** A press so wide that the chat covers the page; then it is open only when asked for. */
const WIDE = "(min-width: 481px) and (min-height: 481px)";

function style(root: ShadowRoot): void {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
  } catch {
    const sheet = document.createElement("style"); // browsers before 2023
    sheet.textContent = css;
    root.append(sheet);
  }
}

function put(config: Config, host: HTMLElement, token: TokenSource | null): Mounted {
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
  style(root);
  for (const kind of INSIDE) root.addEventListener(kind, (event) => event.stopPropagation());
  if (!host.isConnected) document.body.append(host);
  // Sizes follow the browser's default text size, whatever the page sets for its own.
  const size = parseFloat(getComputedStyle(host).fontSize) / 16;
  if (size > 0) host.style.setProperty("--_unit", `${size}px`);

  const words = new Words(config.locale, config.dir);
  const chat = new Chat({ ...config, token: token ?? config.token }, new Api(config.server), words.t);
  const handle: Handle = { setOpen: () => undefined, setTheme: () => undefined, isOpen: () => false };
  void words.load(config.server).then((fresh) => fresh && chat.changed());
  const place = document.createElement("div");
  root.append(place);
  render(<App chat={chat} words={words} config={config} host={host} handle={handle} />, place);
  const timer = setTimeout(() => {
    void chat.resume();
    if (config.open || (wasOpen() && matchMedia(WIDE).matches)) handle.setOpen(true, false);
  });
  const stop = () => {
    clearTimeout(timer);
    render(null, place);
    chat.stop();
    root.replaceChildren();
    root.adoptedStyleSheets = [];
  };
  return { host, chat, handle, stop };
}

class Assistant implements Commands {
  private now: Mounted | null = null;
  private token: TokenSource | null = null;
  private readonly watcher = new MutationObserver((changes) => this.swapped(changes));

  constructor(
    private options: Options,
    private readonly from: string,
  ) {}

  mount(options?: Options, element?: HTMLElement): void {
    if (options) this.options = options;
    if (this.now?.host.isConnected && !element) return;
    if (this.now && !element) {
      document.body.append(this.now.host);
      this.watch();
      return;
    }
    this.now?.stop();
    this.now = put(configOf(this.options, this.from), element ?? made(), this.token);
    this.watch();
  }

  destroy(): void {
    const { now } = this;
    this.watcher.disconnect();
    this.now = null;
    now?.stop();
    if (now && isOurs(now.host)) now.host.remove();
  }

  /** Whether this is the widget's element. */
  lives(element: Element): boolean {
    return this.now?.host === element;
  }

  get mounted(): boolean {
    return this.now?.host.isConnected ?? false;
  }

  private watch(): void {
    this.watcher.disconnect();
    this.watcher.observe(document.documentElement, { childList: true });
    this.watcher.observe(document.body, { childList: true });
  }

  /** Turbo and others change the whole body: then the widget goes along. Taken out alone, it stays out. */
  private swapped(changes: MutationRecord[]): void {
    const host = this.now?.host;
    if (!host || !isOurs(host)) return;
    const whole = changes.some(
      ({ target, addedNodes, removedNodes }) =>
        target === document.documentElement ||
        (addedNodes.length > 0 && [...removedNodes].includes(host)) ||
        [...removedNodes].some((one) => one !== host && one.nodeType === 1),
    );
    if (!host.isConnected && whole) document.body.append(host);
    this.watch();
  }

  private get there(): Mounted {
    this.mount();
    return this.now!;
  }

  open(): void {
    this.there.handle.setOpen(true);
  }

  close(): void {
    this.now?.handle.setOpen(false);
  }

  toggle(): void {
    const { handle } = this.there;
    handle.setOpen(!handle.isOpen());
  }

  ask(text: string): void {
    const { handle, chat } = this.there;
    handle.setOpen(true);
    chat.tell(text);
  }

  signIn(token: string | (() => Promise<string | null>)): Promise<void> {
    this.token = typeof token === "string" ? () => Promise.resolve(token) : token;
    const { chat, handle } = this.there;
    return chat.setToken(this.token, handle.isOpen());
  }

  signOut(): Promise<void> {
    this.token = null;
    const { chat, handle } = this.there;
    return chat.setToken(null, handle.isOpen());
  }

  startAfresh(): Promise<void> {
    return this.there.chat.startAfresh();
  }

  setTheme(theme: Theme): void {
    this.there.handle.setTheme(asTheme(theme));
  }
}

/** Marks the elements that a script of ours made; the page may write others itself. */
const MADE = Symbol.for("ase-assistant.made");
const isOurs = (element: HTMLElement): boolean => MADE in element;

function made(): HTMLElement {
  const host = document.createElement(NAME);
  Object.defineProperty(host, MADE, { value: true });
  return host;
}

/** `<ase-assistant token-url="…">` anywhere on the page: there while the element is. */
function define(assistant: Assistant): void {
  if (customElements.get(NAME)) return;
  customElements.define(
    NAME,
    class extends HTMLElement {
      connectedCallback() {
        if (isOurs(this) || assistant.lives(this)) return;
        if (assistant.mounted) warn("one page has one assistant; a further element does nothing.");
        else assistant.mount(optionsOf(this), this);
      }

      disconnectedCallback() {
        queueMicrotask(() => {
          if (!this.isConnected && !isOurs(this) && assistant.lives(this)) assistant.destroy();
        });
      }
    },
  );
}

const tag = ownTag();

function boot(): void {
  const there = window.AseAssistant as Assistant | undefined;
  if (there) {
    if (there.mounted) warn("one page has one assistant; a further tag does nothing.");
    else there.mount(optionsOf(tag));
    return;
  }
  const assistant = new Assistant(optionsOf(tag), tag?.src ?? "");
  if (!tag) warn("the script does not know where it came from; give data-server.");
  const commands: Commands = assistant;
  window.AseAssistant = commands;
  for (const name of ["mount", "destroy", "open", "close", "toggle", "ask", "signIn", "signOut"] as const) {
    Object.defineProperty(assistant, name, { value: assistant[name].bind(assistant) });
  }
  define(assistant);
  if (!assistant.mounted && tag?.dataset.mount !== "off") assistant.mount();
  window.dispatchEvent(new CustomEvent("ase-assistant:ready"));
}

if (document.body && document.readyState !== "loading") boot();
else document.addEventListener("DOMContentLoaded", boot, { once: true });

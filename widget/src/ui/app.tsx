/** Launcher and panel, and everything about opening, closing, focus, announcements and looks. */
import { useCallback, useEffect, useLayoutEffect, useMemo, useReducer, useRef, useState } from "preact/hooks";
import { Chat } from "../chat";
import { asTheme, type Config, type Theme } from "../config";
import type { Words } from "../i18n";
import { onBack, still } from "../page";
import { readLook, writeLook, writeOpen } from "../session";
import { beep } from "../sound";
import { transcript } from "../transcript";
import { Composer, isComposing } from "./composer";
import { Confirm } from "./confirm";
import { Context, type Here } from "./context";
import { download, Ended } from "./extras";
import { Icon } from "./icons";
import { Log } from "./log";
import { plain } from "./markdown";
import { Menu, type Act } from "./menu";
import { AskPerson, InLine } from "./person";

/** What the page may ask of the widget; filled in when it is drawn. */
export interface Handle {
  /** `focus` false: the reader's place on the page stays as it is. */
  setOpen(open: boolean, focus?: boolean): void;
  setTheme(theme: Theme): void;
  isOpen(): boolean;
}

interface Props {
  chat: Chat;
  words: Words;
  config: Config;
  host: HTMLElement;
  handle: Handle;
}

const HEARD_FOR = 8_000;
const PHONE = "(max-width: 480px), (max-height: 480px)";

function useMedia(query: string): boolean {
  const list = useMemo(() => matchMedia(query), [query]);
  const [fits, setFits] = useState(list.matches);
  useEffect(() => {
    const changed = () => setFits(list.matches);
    list.addEventListener("change", changed);
    return () => list.removeEventListener("change", changed);
  }, [list]);
  return fits;
}

export function App({ chat, words, config, host, handle }: Props) {
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  const [open, setOpen] = useState(false);
  const [menu, setMenu] = useState(false);
  const [sure, setSure] = useState<"" | "restart" | "end">("");
  const [calling, setCalling] = useState(false);
  const [theme, setTheme] = useState(() => (readLook().theme ? asTheme(readLook().theme) : config.theme));
  const [sound, setSound] = useState(() => readLook().sound === true);
  const [heard, setHeard] = useState<{ id: number; text: string }[]>([]);
  const [flash, setFlash] = useState("");
  const input = useRef<HTMLTextAreaElement>(null);
  const panel = useRef<HTMLElement>(null);
  const launcher = useRef<HTMLButtonElement>(null);
  const menuButton = useRef<HTMLButtonElement>(null);
  const counter = useRef(0);
  const soundOn = useRef(false);
  soundOn.current = sound;
  const dark = useMedia("(prefers-color-scheme: dark)");
  const phone = useMedia(PHONE);
  const { t } = words;

  const announce = useCallback((text: string) => {
    counter.current += 1;
    const id = counter.current;
    setHeard((before) => [...before, { id, text }]);
    setTimeout(() => setHeard((before) => before.filter((one) => one.id !== id)), HEARD_FOR);
  }, []);
  const focusInput = useCallback(() => {
    // On a touch screen the keyboard would cover the answer: stay where the message is.
    if (!matchMedia("(pointer: coarse)").matches) input.current?.focus();
  }, []);
  const here = useMemo<Here>(() => ({ chat, words, announce, focusInput }), [chat, words, announce, focusInput]);

  useEffect(() => chat.onChange(() => redraw(0)), [chat]);
  useEffect(
    () =>
      chat.onHeard((message) => {
        const offered = message.choices.length
          ? ` ${t("choices")}: ${message.choices.map((one) => one.title).join("; ")}.`
          : "";
        tellPage(host, "message", { author: message.author, text: message.text });
        announce(`${t(`said.${message.author}`)}: ${plain(message.text)}${offered}`);
        if (soundOn.current) beep();
      }),
    [chat, announce, t, host],
  );

  const takesFocus = useRef(true);
  const show = (wanted: boolean, focus = true) => {
    takesFocus.current = focus;
    setOpen(wanted);
    setMenu(false);
    setSure("");
    setCalling(false);
    writeOpen(wanted);
    chat.watch(wanted);
  };
  const closeRef = useRef(() => undefined as void);
  closeRef.current = () => show(false);
  handle.setOpen = show;
  handle.setTheme = setTheme;
  handle.isOpen = () => open;

  const opened = useRef(false);
  useLayoutEffect(() => {
    if (open && takesFocus.current) {
      if (matchMedia("(pointer: coarse)").matches || !input.current) panel.current?.focus();
      else input.current.focus();
    } else if (!open && opened.current) {
      launcher.current?.focus();
    }
    if (open !== opened.current) tellPage(host, open ? "open" : "close");
    opened.current = open;
  }, [open, host]);

  // On a phone the panel covers the page: that lies still, and Back closes the panel.
  useEffect(() => (open && phone ? still(host) : undefined), [open, phone, host]);
  useEffect(() => (open && phone ? onBack(() => closeRef.current()) : undefined), [open, phone]);

  useEffect(() => tellPage(host, "unread", { count: chat.unread }), [host, chat.unread]);
  const { signed_in: signedIn } = chat.state;
  const before = useRef(signedIn);
  useEffect(() => {
    if (before.current !== signedIn) tellPage(host, signedIn ? "signed-in" : "signed-out");
    before.current = signedIn;
  }, [host, signedIn]);

  useEffect(() => {
    if (!menu) return undefined;
    const outside = (event: Event) => {
      if (!event.composedPath().includes(host)) setMenu(false);
    };
    document.addEventListener("pointerdown", outside, true);
    return () => document.removeEventListener("pointerdown", outside, true);
  }, [menu, host]);

  useLayoutEffect(() => {
    host.dataset.theme = theme === "auto" ? (dark ? "dark" : "light") : theme;
  }, [theme, dark, host]);

  // The panel keeps to what is visible when the keyboard of a phone is open.
  useEffect(() => {
    const view = window.visualViewport;
    if (!view || !open || !phone) return undefined;
    const fit = () => {
      panel.current?.style.setProperty("--_height", `${view.height}px`);
      panel.current?.style.setProperty("--_top", `${view.offsetTop}px`);
    };
    fit();
    view.addEventListener("resize", fit);
    view.addEventListener("scroll", fit);
    return () => {
      view.removeEventListener("resize", fit);
      view.removeEventListener("scroll", fit);
    };
  }, [open, phone]);

  // Whether the connection was away for long enough to say so, and that it is back.
  const unwell = open && chat.phase !== "idle" && (chat.link === "connecting" || chat.link === "offline");
  const [bar, setBar] = useState<"" | "connecting" | "offline" | "back">("");
  const barRef = useRef(bar);
  barRef.current = bar;
  useEffect(() => {
    if (unwell) {
      const kind = chat.link as "connecting" | "offline";
      const timer = setTimeout(
        () => {
          if (barRef.current !== kind) announce(t(`bar.${said(kind)}`));
          setBar(kind);
        },
        barRef.current ? 0 : kind === "offline" ? 300 : 1_200,
      );
      return () => clearTimeout(timer);
    }
    if (barRef.current === "connecting" || barRef.current === "offline") {
      setBar("back");
      announce(t("bar.back"));
      return undefined;
    }
    return undefined;
  }, [unwell, chat.link, announce, t]);
  useEffect(() => {
    if (bar !== "back") return undefined;
    const timer = setTimeout(() => setBar(""), 2_500);
    return () => clearTimeout(timer);
  }, [bar]);
  useEffect(() => {
    if (!flash) return undefined;
    const timer = setTimeout(() => setFlash(""), 3_500);
    return () => clearTimeout(timer);
  }, [flash]);
  const noted = useRef("");
  useEffect(() => {
    const text = chat.notice?.text ?? "";
    if (text && text !== noted.current) announce(text);
    noted.current = text;
  });

  const tell = (text: string) => {
    setFlash(text);
    announce(text);
  };
  const act = async (what: Act) => {
    setMenu(false);
    if (what === "person") {
      setCalling(true);
      return;
    }
    if (what === "restart" || (what === "end" && (chat.state.owner !== "assistant" || chat.asked))) {
      setSure(what);
      return;
    }
    menuButton.current?.focus();
    if (what === "end") await chat.end();
    else if (what === "download") {
      download("ase-conversation.txt", "text/plain;charset=utf-8", transcript(chat, words));
      tell(t("downloaded"));
    } else {
      const copied = await navigator.clipboard?.writeText(transcript(chat, words)).then(
        () => true,
        () => false,
      );
      tell(t(copied ? "copied" : "error.copy"));
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape" && !isComposing(event)) {
      const target = event.target as HTMLElement;
      if (target instanceof HTMLInputElement && target.type === "date") return;
      event.stopPropagation();
      if (menu) {
        setMenu(false);
        menuButton.current?.focus();
      } else if (sure) {
        setSure("");
        menuButton.current?.focus();
      } else if (calling) {
        setCalling(false);
        focusInput();
      } else if (target instanceof HTMLTextAreaElement && target.value.trim()) {
        panel.current?.focus(); // with words in the field the first Escape only leaves it
      } else show(false);
    } else if (event.key === "Tab" && phone) {
      keepInside(event, panel.current);
    }
  };

  const { link, phase, notice, state } = chat;
  const status = phase === "active" || phase === "opening" ? t(`link.${said(link)}`) : "";
  const line =
    phase === "ended"
      ? t("end.title")
      : state.owner !== "assistant"
        ? t(`owner.${state.owner}`)
        : state.signed_in
          ? `${t("signed_in")}${status ? ` · ${status}` : ""}`
          : status || t("subtitle");
  const label = `${t(open ? "launcher.close" : "launcher.open")}${!open && chat.unread ? `, ${t("launcher.unread", { n: chat.unread })}` : ""}`;

  return (
    <Context.Provider value={here}>
      <div
        class={`root ${config.position} ${open ? "open" : ""}`}
        dir={words.dir}
        lang={words.locale}
        onKeyDown={onKeyDown}
      >
        {!(open && phone) && (
          <button
            ref={launcher}
            type="button"
            class="launcher"
            aria-label={label}
            aria-expanded={open}
            aria-controls="ase-panel"
            aria-haspopup="dialog"
            onClick={() => show(!open)}
          >
            <Icon name={open ? "down" : "chat"} size={26} />
            {!open && chat.unread > 0 && (
              <span class="unread" aria-hidden="true">
                {chat.unread > 9 ? "9+" : chat.unread}
              </span>
            )}
          </button>
        )}
        {open && (
          <section
            id="ase-panel"
            ref={panel}
            class="panel"
            role="dialog"
            aria-modal={phone ? "true" : undefined}
            aria-labelledby="ase-title"
            tabIndex={-1}
            onClick={(event) => {
              if (menu && !(event.target as Element).closest(".top")) setMenu(false);
            }}
          >
            <div class="top">
              <span class="brand" aria-hidden="true">
                <Icon name="chat" size={20} />
              </span>
              <div class="names">
                <h2 id="ase-title">{config.title || t("title")}</h2>
                <p class={`status ${phase === "active" ? link : ""}`}>{line}</p>
              </div>
              <button
                ref={menuButton}
                type="button"
                class="icon-button"
                aria-label={t("menu")}
                title={t("menu")}
                aria-expanded={menu}
                aria-controls="ase-menu"
                onClick={() => setMenu(!menu)}
              >
                <Icon name="more" />
              </button>
              <button
                type="button"
                class="icon-button"
                aria-label={t("close")}
                title={t("close")}
                onClick={() => show(false)}
              >
                <Icon name="close" />
              </button>
              {menu && (
                <Menu
                  sound={sound}
                  theme={theme}
                  onSound={(on) => {
                    setSound(on);
                    writeLook({ sound: on });
                  }}
                  onTheme={(one) => {
                    setTheme(one);
                    writeLook({ theme: one });
                  }}
                  onDo={(what) => void act(what)}
                />
              )}
            </div>
            <div class="bars">
              {chat.asOf && <p class="bar clock">{t("as_of", { when: words.moment(chat.asOf) })}</p>}
              {bar && <p class={`bar ${bar}`}>{t(`bar.${said(bar)}`)}</p>}
              {sure && (
                <div class="bar sure" role="group" aria-label={t(`menu.${sure}`)}>
                  <p>{t(sure === "end" ? `end.sure.${state.owner}` : "restart.sure")}</p>
                  <span class="actions">
                    <button
                      type="button"
                      class="primary"
                      ref={(button) => button?.focus()}
                      onClick={() => {
                        setSure("");
                        void (sure === "end" ? chat.end() : chat.startAfresh().then(focusInput));
                      }}
                    >
                      {t(sure === "end" ? "menu.end" : "restart.yes")}
                    </button>
                    <button
                      type="button"
                      class="secondary"
                      onClick={() => {
                        setSure("");
                        focusInput();
                      }}
                    >
                      {t("restart.no")}
                    </button>
                  </span>
                </div>
              )}
            </div>
            <Log />
            <div class="bars">
              <InLine />
              {(notice || flash) && (
                <p class={`bar note ${notice?.kind ?? ""}`}>
                  {notice?.kind === "warning" && <Icon name="alert" size={16} />}
                  {flash || notice?.text}
                </p>
              )}
            </div>
            {chat.asked && (
              <div class="pinned">
                <Confirm change={chat.asked.change} message={chat.asked.message} />
              </div>
            )}
            {phase === "ended" ? (
              <Ended />
            ) : phase === "failed" ? (
              <div class="ended">
                <button type="button" class="primary wide" onClick={() => void chat.begin()}>
                  {t("retry")}
                </button>
                {chat.unsure && (
                  <button type="button" class="secondary wide" onClick={() => void chat.beginAnew()}>
                    {t("check.anew")}
                  </button>
                )}
              </div>
            ) : calling ? (
              <AskPerson onDone={() => setCalling(false)} />
            ) : (
              <Composer input={input} onPerson={() => setCalling(true)} />
            )}
          </section>
        )}
        <div class="sr" role="status" aria-live="polite" aria-atomic="false" data-announcer>
          {heard.map((one) => (
            <p key={one.id}>{one.text}</p>
          ))}
        </div>
      </div>
    </Context.Provider>
  );
}

/** Whether it is the reader's network that is away, or the service. */
const said = (link: string): string => (link === "offline" && navigator.onLine !== false ? "unreachable" : link);

/** An event for the host page: `ase-assistant:open`, `close`, `message`, `unread`, `signed-in`, `signed-out`. */
function tellPage(host: HTMLElement, name: string, detail?: unknown): void {
  host.dispatchEvent(new CustomEvent(`ase-assistant:${name}`, { bubbles: true, detail }));
}

/** On a phone the panel covers the page, so Tab goes round inside it. */
function keepInside(event: KeyboardEvent, panel: HTMLElement | null): void {
  if (!panel) return;
  const all = [
    ...panel.querySelectorAll<HTMLElement>(
      "button:not(:disabled):not([tabindex='-1']), a[href], textarea, input, [tabindex='0']",
    ),
  ].filter((one) => one.offsetParent !== null);
  const now = (panel.getRootNode() as ShadowRoot).activeElement;
  const edge = event.shiftKey ? all[0] : all[all.length - 1];
  if (now === edge || (event.shiftKey && now === panel)) {
    event.preventDefault();
    (event.shiftKey ? all[all.length - 1] : all[0])?.focus();
  }
}

/** What was said, oldest first. */
import { Component, type ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { localDay, type Words } from "../i18n";
import type { Pending } from "../outbox";
import type { Message } from "../types";
import { Case, casesOf } from "./case";
import { Proposed, verb } from "./confirm";
import { useHere } from "./context";
import { Calendar, Choices, Rating, Sources, Starters } from "./extras";
import { Welcome } from "./home";
import { Icon } from "./icons";
import { Prose } from "./markdown";
import { SeatPicker, seatsOf } from "./seats";

/** A card that cannot be drawn is left out; the text of its message stays. */
class OrNothing extends Component<{ children: ComponentChildren }, { broken: boolean }> {
  override state = { broken: false };

  static override getDerivedStateFromError() {
    return { broken: true };
  }

  override render() {
    return this.state.broken ? null : this.props.children;
  }
}

/** Milliseconds within which messages of one author share one time. */
const TOGETHER = 60_000;

/** What a message of the reader says: the answer to a change in the words of its button. */
function ownWords(message: Message, previous: Message | undefined, words: Words): string {
  const choice = previous?.change && previous.choices.find((one) => one.title === message.text);
  return choice && previous.change ? verb(words, previous.change, choice.id) : message.text;
}

function Said({ message, previous, next }: { message: Message; previous?: Message; next?: Message }) {
  const { chat, words } = useHere();
  const mine = message.author === "candidate";
  const first = previous?.author !== message.author;
  const last = next?.author !== message.author;
  const live = chat.phase === "active";
  const cases = casesOf(message);
  const seats = seatsOf(message);
  const asked = chat.asked?.message === message;
  const many = cases.length > MANY;
  const text = mine
    ? ownWords(message, previous, words)
    : message.home
      ? ""
      : many || message.brief === undefined
        ? message.text
        : message.brief;
  const bubble = text && (
    <div class="bubble" dir="auto">
      {mine ? <p class="typed">{text}</p> : <Prose text={text} />}
    </div>
  );
  const asks = seats.length > 0 || message.choices.length > 0;
  const rated =
    message.author === "assistant" &&
    last &&
    !seats.length &&
    !message.change &&
    (message.sources.length > 0 || message.decisions.length > 0);
  const sooner = previous && first && !rated && sameMinute(message, next);
  return (
    <article
      class={`said ${message.author} ${first ? "first" : ""} ${message.seq > chat.history ? "fresh" : ""}`}
      data-seq={message.seq}
    >
      <span class={first && message.author === "agent" ? "who" : "sr"}>
        {words.t(first && message.author === "agent" ? "author.agent" : `said.${message.author}`)}
      </span>
      {message.home && (
        <OrNothing>
          <Welcome home={message.home} message={message} />
        </OrNothing>
      )}
      {(!asks || many) && bubble}
      <OrNothing>
        {many ? (
          <Folded label={words.t("card.details", { n: cases.length })}>
            {cases.map((decisions) => (
              <Case decisions={decisions} message={message} live={live} />
            ))}
          </Folded>
        ) : (
          cases.map((decisions) => <Case decisions={decisions} message={message} live={live} />)
        )}
      </OrNothing>
      <div class="asking" data-asks={asks ? "" : undefined}>
        {asks && !many && bubble}
        {message.change && !asked && (
          <OrNothing>
            <Proposed change={message.change} message={message} />
          </OrNothing>
        )}
        {seats.length > 0 && (
          <OrNothing>
            <SeatPicker message={message} seats={seats} />
          </OrNothing>
        )}
        {seats.length === 0 && !asked && <Choices message={message} />}
      </div>
      <Calendar message={message} />
      {cases.length === 0 && <Sources message={message} />}
      {last && !sooner && !(asks && !rated) && !message.home && (
        <span class="meta">
          <time dateTime={message.at}>{words.here(message.at)}</time>
          {rated && <Rating message={message} />}
        </span>
      )}
    </article>
  );
}

/** More cases than these are a list to read; their cards are one press away. */
const MANY = 2;

function sameMinute(message: Message, next: Message | undefined): boolean {
  return next !== undefined && Math.abs(Date.parse(next.at) - Date.parse(message.at)) < TOGETHER;
}

function Folded({ label, children }: { label: string; children: ComponentChildren }) {
  const [open, setOpen] = useState(false);
  return (
    <div class="folded">
      <button type="button" class="disclosure" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name={open ? "down" : "right"} size={16} />
        {label}
      </button>
      {open && children}
    </div>
  );
}

function Waiting({ item }: { item: Pending }) {
  const { chat, words } = useHere();
  const status =
    item.status === "failed" ? "failed" : item.status === "sent" && chat.link !== "offline" ? "sending" : "queued";
  return (
    <article class={`said candidate first waiting ${status}`}>
      <span class="sr">{words.t("said.candidate")}</span>
      <div class="bubble" dir="auto">
        <p class="typed">{item.label}</p>
      </div>
      <span class="meta">
        {status === "failed" ? (
          <>
            <span class="error">
              <Icon name="alert" size={14} /> {words.t("failed")}. {item.error}
            </span>
            <button type="button" class="text-button" onClick={() => chat.retry(item)}>
              {words.t("retry")}
            </button>
            <button type="button" class="text-button" onClick={() => chat.remove(item)}>
              {words.t("remove")}
            </button>
          </>
        ) : (
          words.t(status)
        )}
      </span>
    </article>
  );
}

const NEAR = 80;
/** Space above what is scrolled to. */
const ABOVE = 12;

/** Scroll so that the newest message is seen: what it asks, whole if it fits; else its beginning. */
function showNewest(log: HTMLElement, article: HTMLElement): void {
  const room = log.clientHeight - 2 * ABOVE;
  const asking = article.querySelector<HTMLElement>("[data-asks]");
  const end = log.scrollHeight - log.clientHeight;
  const start = article.offsetTop - ABOVE;
  if (article.offsetHeight <= room) log.scrollTop = end;
  else if (!asking) log.scrollTop = start;
  else if (asking.offsetHeight <= room) log.scrollTop = Math.min(end, asking.offsetTop + asking.offsetHeight - room);
  else log.scrollTop = asking.offsetTop - ABOVE;
}

export function Log() {
  const { chat, words } = useHere();
  const box = useRef<HTMLDivElement>(null);
  const [away, setAway] = useState(false);
  const [below, setBelow] = useState(0);
  const stick = useRef(true);
  const atBottom = useRef(false);
  const known = useRef(0);
  const shown = chat.messages.filter((message) => message.seq <= chat.shown);
  const pending = chat.pending.filter((item) => !item.echoed);
  const typing =
    chat.typing || (chat.phase === "active" && chat.shown < (chat.messages[chat.messages.length - 1]?.seq ?? 0));
  /** Whether a turn stands at the end; those that failed stay where they failed. */
  const atEnd = pending.some((item) => item.after === undefined);
  const newest = shown[shown.length - 1]?.seq ?? 0;

  const toEnd = () => {
    const log = box.current;
    if (log) log.scrollTop = log.scrollHeight;
  };
  useLayoutEffect(() => {
    const log = box.current;
    if (!log) return;
    const before = known.current;
    const fresh = newest > before && before > 0;
    known.current = newest;
    if (stick.current || atEnd) {
      log.scrollTop = log.scrollHeight;
      const article = log.querySelector<HTMLElement>(`[data-seq="${newest}"]`);
      if (newest === 1 && !atEnd) log.scrollTop = 0;
      else if (article && !atEnd && (fresh || before === 0)) showNewest(log, article);
      setBelow(0);
    } else if (fresh) {
      const voices = chat.messages.filter(
        ({ seq, author }) => seq > before && seq <= newest && author !== "candidate",
      ).length;
      setBelow((count) => count + voices);
    }
  }, [chat, newest, pending.length, typing, atEnd]);
  useEffect(() => {
    const log = box.current;
    if (!log) return undefined;
    const watcher = new ResizeObserver(() => {
      if (!stick.current) return;
      if (atBottom.current) {
        toEnd();
        return;
      }
      const article = log.querySelector<HTMLElement>("article:last-of-type");
      if (article && article.dataset.seq !== "1") showNewest(log, article);
    });
    watcher.observe(log);
    return () => watcher.disconnect();
  }, []);

  return (
    <div class="log-frame">
      <div
        ref={box}
        class="log"
        role="log"
        aria-live="off"
        aria-label={words.t("log")}
        tabIndex={0}
        onScroll={(event) => {
          const log = event.currentTarget;
          const distance = log.scrollHeight - log.scrollTop - log.clientHeight;
          const article = log.querySelector<HTMLElement>("article:last-of-type");
          stick.current = distance < NEAR || (article !== null && log.scrollTop >= article.offsetTop - 2 * ABOVE);
          atBottom.current = distance < 2;
          if (distance < NEAR) setBelow(0);
          setAway(distance > log.clientHeight * 0.9);
        }}
      >
        {chat.phase === "opening" && !shown.length && (
          <div class="skeleton" role="status">
            <span class="sr">{words.t("loading")}</span>
            <i />
            <i />
            <i />
          </div>
        )}
        {shown.map((message, n) => [
          n > 0 && localDay(shown[n - 1]!.at) !== localDay(message.at) && (
            <p class="day-line" key={`day-${message.seq}`}>
              <time dateTime={message.at}>{words.hereDay(message.at)}</time>
            </p>
          ),
          <Said key={message.seq} message={message} previous={shown[n - 1]} next={shown[n + 1]} />,
          ...pending.filter((item) => item.after === message.seq).map((item) => <Waiting key={item.id} item={item} />),
        ])}
        {pending
          .filter((item) => !shown.some((message) => message.seq === item.after))
          .map((item) => (
            <Waiting key={item.id} item={item} />
          ))}
        {shown.length === 1 && !pending.length && <Starters message={shown[0]!} />}
        {typing && (
          <div class="typing" aria-hidden="true" title={words.t("typing")}>
            <i />
            <i />
            <i />
          </div>
        )}
      </div>
      {(away || below > 0) && (
        <button type="button" class="to-end" onClick={toEnd}>
          <Icon name="down" size={16} />
          {below > 0 ? words.t("newest.count", { n: below }) : words.t("newest")}
        </button>
      )}
    </div>
  );
}

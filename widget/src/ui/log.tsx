/** What was said, oldest first. */
import { Component, type ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Pending } from "../outbox";
import type { Message } from "../types";
import { Case, casesOf } from "./case";
import { Confirm, isConfirm, parted } from "./confirm";
import { useHere } from "./context";
import { Calendar, Choices, Rating, Sources, Starters } from "./extras";
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

function Said({ message, previous, next }: { message: Message; previous?: Message; next?: Message }) {
  const { chat, words } = useHere();
  const mine = message.author === "candidate";
  const first = previous?.author !== message.author;
  const last = next?.author !== message.author;
  const live = chat.phase === "active";
  const confirm = isConfirm(message);
  const text = confirm ? parted(message.text)[0] : message.text;
  const seats = seatsOf(message);
  const rated = message.author === "assistant" && last && message.seq > 1 && !confirm && !seats.length;
  return (
    <article
      class={`said ${message.author} ${first ? "first" : ""} ${message.seq > chat.history ? "fresh" : ""}`}
      data-seq={message.seq}
    >
      <span class={first && !mine ? "who" : "sr"}>
        {first && !mine ? words.t(`author.${message.author}`) : words.t(`said.${message.author}`)}
      </span>
      {text && (
        <div class="bubble" dir="auto">
          {mine ? <p class="typed">{text}</p> : <Prose text={text} />}
        </div>
      )}
      {seats.length > 0 && (
        <OrNothing>
          <SeatPicker message={message} seats={seats} />
        </OrNothing>
      )}
      <OrNothing>
        {casesOf(message).map((decisions) => (
          <Case decisions={decisions} message={message} live={live} />
        ))}
      </OrNothing>
      <Sources message={message} />
      {confirm && (
        <OrNothing>
          <Confirm message={message} />
        </OrNothing>
      )}
      <Calendar message={message} />
      {seats.length === 0 && !confirm && <Choices message={message} />}
      {last && (
        <span class="meta">
          <time dateTime={message.at}>{words.here(message.at)}</time>
          {rated && <Rating message={message} />}
        </span>
      )}
    </article>
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

export function Log() {
  const { chat, words } = useHere();
  const box = useRef<HTMLDivElement>(null);
  const [away, setAway] = useState(false);
  const stick = useRef(true);
  const known = useRef(0);
  const below = useRef(0);
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
    const fresh = newest > known.current && known.current > 0;
    if (stick.current || atEnd) {
      log.scrollTop = log.scrollHeight;
      // An answer taller than the window is shown from its beginning.
      const article = fresh ? log.querySelector<HTMLElement>(`[data-seq="${newest}"]`) : null;
      if (article && article.offsetHeight > log.clientHeight - 24) log.scrollTop = article.offsetTop - 12;
      below.current = 0;
    } else if (fresh) {
      below.current += newest - known.current;
    }
    known.current = newest;
  }, [newest, pending.length, typing, atEnd]);
  useEffect(() => {
    const log = box.current;
    if (!log) return undefined;
    const watcher = new ResizeObserver(() => stick.current && toEnd());
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
          stick.current = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR;
          if (stick.current) below.current = 0;
          setAway(!stick.current);
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
      {away && (
        <button type="button" class="to-end" aria-label={below.current ? undefined : words.t("newest")} onClick={toEnd}>
          <Icon name="down" size={18} />
          {below.current > 0 && words.t("newest.count", { n: below.current })}
        </button>
      )}
    </div>
  );
}

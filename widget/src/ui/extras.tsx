/** What may follow an answer: suggested replies, sources, a calendar entry and a rating. */
import { useRef, useState } from "preact/hooks";
import type { Message, Source } from "../types";
import { useHere } from "./context";
import { Icon } from "./icons";
import { Away, safeAddress } from "./markdown";

export function Choices({ message }: { message: Message }) {
  const { chat, words, focusInput } = useHere();
  if (!message.choices.length) return null;
  if (!chat.isLive(message)) return null;
  return (
    <ul class="choices" aria-label={words.t("choices")}>
      {message.choices.map((choice) => (
        <li>
          <button
            type="button"
            class="chip"
            onClick={() => {
              chat.choose(message, choice);
              focusInput();
            }}
          >
            {choice.title}
          </button>
        </li>
      ))}
    </ul>
  );
}

const STARTERS = ["fees", "retest", "results", "master"];

/** What one may begin with, where the greeting offers nothing itself. */
export function Starters({ message }: { message: Message }) {
  const { chat, words, focusInput } = useHere();
  if (
    message.author !== "assistant" ||
    message.choices.length ||
    !chat.isLive(message) ||
    chat.state.expects !== "free"
  )
    return null;
  const names = message.home ? message.home.suggest.filter((name) => words.find(`starter.${name}`)) : STARTERS;
  return (
    <ul class="choices starters" aria-label={words.t("starters")}>
      {names.map((name) => (
        <li>
          <button
            type="button"
            class="chip"
            onClick={() => {
              chat.tell(words.t(`starter.${name}`));
              focusInput();
            }}
          >
            {words.t(`starter.${name}`)}
          </button>
        </li>
      ))}
    </ul>
  );
}

export function Sources({ message }: { message: Message }) {
  const { words } = useHere();
  const [open, setOpen] = useState(false);
  const { sources } = message;
  if (!sources.length) return null;
  const line = (source: Source) => {
    const url = source.url ? safeAddress(source.url) : null;
    return (
      <>
        {url ? <Away href={url}>{source.title}</Away> : source.title}
        {source.as_of && `, ${words.t("source.as_of", { day: words.day(source.as_of, "short") })}`}
      </>
    );
  };
  return (
    <div class="sources">
      <p>
        <Icon name="doc" size={14} />
        <span>
          <span class="sr">{words.t("sources", { n: 1 })}: </span>
          {line(sources[0]!)}
          {sources.length > 1 && !open && " "}
          {sources.length > 1 && !open && (
            <button type="button" class="text-button" aria-expanded={open} onClick={() => setOpen(true)}>
              {words.t("sources.more", { n: sources.length - 1 })}
            </button>
          )}
        </span>
      </p>
      {open &&
        sources.slice(1).map((source) => (
          <p>
            <Icon name="doc" size={14} />
            <span>{line(source)}</span>
          </p>
        ))}
    </div>
  );
}

/** Hand a text to the browser as a file. */
export function download(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

export function Calendar({ message }: { message: Message }) {
  const { words } = useHere();
  const { calendar } = message;
  if (!calendar) return null;
  return (
    <button
      type="button"
      class="chip calendar"
      onClick={() => download("ase-appointment.ics", "text/calendar", calendar)}
    >
      <Icon name="calendar" size={16} />
      {words.t("calendar")}
    </button>
  );
}

export function Rating({ message }: { message: Message }) {
  const { chat, words, announce } = useHere();
  const [asking, setAsking] = useState(false);
  const [comment, setComment] = useState("");
  const [note, setNote] = useState("");
  const form = useRef<HTMLFormElement>(null);
  const given = chat.ratings.get(message.seq);

  const rate = async (rating: "up" | "down", text = "") => {
    const saved = await chat.rate(message.seq, rating, text);
    const said = words.t(saved ? "rate.thanks" : "error.feedback");
    setNote(said);
    announce(said);
    setAsking(saved && rating === "down" && !text);
    if (saved && rating === "down" && !text) setTimeout(() => form.current?.scrollIntoView({ block: "nearest" }));
  };
  const thumb = (rating: "up" | "down") => (
    <button
      type="button"
      class={`icon-button small ${given === rating ? "chosen" : ""}`}
      aria-label={words.t(`rate.${rating}`)}
      title={words.t(`rate.${rating}`)}
      aria-pressed={given === rating}
      onClick={() => void rate(rating)}
    >
      <Icon name={rating === "up" ? "up" : "thumbDown"} size={16} />
    </button>
  );
  return (
    <>
      <span class="rating" role="group" aria-label={words.t("rate.group")}>
        {thumb("up")}
        {thumb("down")}
        {note && !asking && <span class="aside">{note}</span>}
      </span>
      {asking && (
        <form
          class="comment"
          ref={form}
          onSubmit={(event) => {
            event.preventDefault();
            if (comment.trim()) void rate("down", comment);
            else setAsking(false);
          }}
        >
          <label>
            <span>{words.t("rate.ask")}</span>
            <textarea
              rows={2}
              maxLength={2000}
              value={comment}
              onInput={(event) => setComment(event.currentTarget.value)}
            />
          </label>
          <span class="actions">
            <button type="submit" class="primary">
              {words.t("rate.send")}
            </button>
            <button type="button" class="secondary" onClick={() => setAsking(false)}>
              {words.t("rate.skip")}
            </button>
          </span>
        </form>
      )}
    </>
  );
}

/** The chat is over: how was it, and how to go on. */
export function Ended() {
  const { chat, words, announce } = useHere();
  const [said, setSaid] = useState("");
  const last = chat.messages.filter((one) => one.author !== "candidate").pop();
  const rate = async (rating: "up" | "down") => {
    if (!last) return;
    const saved = await chat.rate(last.seq, rating, "The whole conversation.");
    const text = words.t(saved ? "end.thanks" : "error.feedback");
    setSaid(text);
    announce(text);
  };
  return (
    <section class="ended" aria-label={words.t("end.title")}>
      <h3>{words.t("end.title")}</h3>
      {chat.ownEnd && last ? (
        said ? (
          <p>{said}</p>
        ) : (
          <>
            <p id="solved">{words.t("end.solved")}</p>
            <span class="actions" role="group" aria-labelledby="solved">
              <button type="button" class="secondary" onClick={() => void rate("up")}>
                <Icon name="up" size={16} /> {words.t("end.yes")}
              </button>
              <button type="button" class="secondary" onClick={() => void rate("down")}>
                <Icon name="thumbDown" size={16} /> {words.t("end.no")}
              </button>
            </span>
          </>
        )
      ) : (
        <p>{words.t("end.other")}</p>
      )}
      <button type="button" class="primary wide" onClick={() => void chat.startAfresh()}>
        {words.t("end.new")}
      </button>
    </section>
  );
}

/** A change before it is made: what is and what would be, how long the seat is held, and two buttons that say what they do. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Words } from "../i18n";
import type { Change, Message, Place } from "../types";
import { useHere } from "./context";
import { Icon } from "./icons";
import { Prose } from "./markdown";

const WARN_AT = [60, 120];

const secondsUntil = (end: number): number => Math.max(0, Math.round((end - Date.now()) / 1_000));

function useSecondsLeft(until: string | undefined): number | null {
  const end = until ? new Date(until).getTime() : NaN;
  const [seconds, setSeconds] = useState(() => secondsUntil(end));
  useEffect(() => {
    if (Number.isNaN(end)) return undefined;
    setSeconds(secondsUntil(end));
    const timer = setInterval(() => setSeconds(secondsUntil(end)), 500);
    return () => clearInterval(timer);
  }, [end]);
  return Number.isNaN(end) ? null : seconds;
}

/** What a button of a change says: the verb, and the day or amount that makes it plain. */
export function verb(words: Words, change: Change, answer: string): string {
  const kind = change.kind === "undo" ? "undo" : change.kind;
  const side = answer === "yes" ? change.to : change.from;
  const key = `do.${kind}.${answer}`;
  const text = (side && words.find(`${key}.on`) && `${key}.on`) || key;
  return words.find(text)
    ? words.t(text, { day: side ? words.short(side.at) : "", amount: change.total ? words.money(change.total) : "" })
    : words.t(`do.${answer}`);
}

/** The title of a change: "Move A5 Brakes". */
const title = (words: Words, change: Change): string =>
  words.t(words.find(`do.${change.kind}.title`) ? `do.${change.kind}.title` : "confirm", {
    test: change.test ? words.test(change.test) : "",
  });

function Side({ label, side, now }: { label: string; side: Place; now: string }) {
  const { words } = useHere();
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        <time dateTime={side.at}>{words.moment(side.at, now)}</time>
        <span class="aside">{side.place}</span>
      </dd>
    </div>
  );
}

function Rows({ change, now }: { change: Change; now: string }) {
  const { words } = useHere();
  const lines: [string, string][] = [];
  if (change.kind === "cancel_appointment")
    lines.push([words.t("row.keeps"), words.t("row.keeps.test", { day: words.moment(change.last_day, now) })]);
  else if (change.last_day) lines.push([words.t("value.must_test_by"), words.moment(change.last_day, now)]);
  if (change.series.length) lines.push([words.t("row.for"), words.list(change.series.map((id) => words.series(id)))]);
  if (change.total) lines.push([words.t("row.total"), words.money(change.total)]);
  if (change.old_address) lines.push([words.t("row.from"), change.old_address]);
  if (change.address)
    lines.push([words.t(change.kind === "change_address" ? "row.to" : "row.goes_to"), change.address]);
  const both = change.from && change.to;
  return (
    <dl class="rows">
      {change.from && <Side label={words.t(both ? "row.from" : "row.was")} side={change.from} now={now} />}
      {change.to && <Side label={words.t(both ? "row.to" : "row.when")} side={change.to} now={now} />}
      {lines.map(([label, value]) => (
        <div>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** The card of a change that waits for a yes, with its two buttons. */
export function Confirm({ change, message }: { change: Change; message: Message }) {
  const { chat, words, announce, focusInput } = useHere();
  const live = chat.isLive(message);
  const hold = message.hold_until ?? chat.messages.find((one) => one.change === change)?.hold_until;
  const left = useSecondsLeft(hold);
  const warned = useRef<number[]>([]);

  useEffect(() => {
    if (left === null) return;
    for (const at of WARN_AT) {
      if (left <= at && left > at - 5 && !warned.current.includes(at)) {
        warned.current.push(at);
        announce(words.t("confirm.minute", { n: at / 60 }));
      }
    }
    if (left === 0 && !warned.current.includes(0)) {
      warned.current.push(0);
      announce(words.t("confirm.over"));
    }
  }, [left, announce, words]);

  return (
    <section class="card confirm" role="group" aria-label={words.t("confirm")}>
      <div class="confirm-head">
        <h3>{title(words, change)}</h3>
        {left !== null && (
          <p class={`hold ${left === 0 ? "over" : left <= 60 ? "soon" : ""}`} role="timer" aria-live="off">
            <Icon name="clock" size={16} />
            {left === 0
              ? words.t("confirm.over")
              : words.t("confirm.hold", { time: `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}` })}
          </p>
        )}
      </div>
      <Rows change={change} now={message.at} />
      {change.notes.map((note) => (
        <div class="note">
          <Icon name="alert" size={16} />
          <Prose text={note} />
        </div>
      ))}
      <div class="actions">
        {[...message.choices]
          .sort((one) => (one.id === "yes" ? -1 : 1))
          .map((choice) => (
            <button
              type="button"
              class={choice.id === "yes" ? "primary" : "secondary"}
              disabled={!live}
              onClick={() => {
                chat.choose(message, choice, verb(words, change, choice.id));
                focusInput();
              }}
            >
              {verb(words, change, choice.id)}
            </button>
          ))}
      </div>
    </section>
  );
}

/** The same in the log, when it is answered: one line. */
export function Proposed({ change, message }: { change: Change; message: Message }) {
  const { words } = useHere();
  const { from, to } = change;
  const what = [from, to].filter((side) => side !== null).map((side) => words.moment(side.at, message.at));
  return (
    <p class="proposed">
      <strong>{title(words, change)}</strong>
      {what.length > 0 && <span>{what.join(" → ")}</span>}
      {change.total && <span>{words.money(change.total)}</span>}
      {change.kind === "change_address" && <span>{change.address}</span>}
    </p>
  );
}

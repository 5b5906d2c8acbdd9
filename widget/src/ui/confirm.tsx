/** A change shown before it is made: the preview, how long the seat is held, and two clear buttons. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Message } from "../types";
import { useHere } from "./context";
import { Icon } from "./icons";
import { Prose } from "./markdown";

const WARN_AT = [60, 120];

/** Whether a message asks for a yes or no before a change. */
export function isConfirm(message: Message): boolean {
  const ids = message.choices.map((one) => one.id);
  return ids.length === 2 && ids.includes("yes") && ids.includes("no");
}

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

/** So many letters a question has at most that leans on the preview before it ("Should I go ahead?"). */
const LEANS = 20;

/**
 * A message that asks for a yes or no, in two: what it answers first, and what is asked: the last paragraph, with the
 * preview before it where the question does not name the change by itself.
 */
export function parted(text: string): [string, string] {
  const parts = text.trim().split(/\n{2,}/);
  const asked = (parts.at(-1) ?? "").length > LEANS ? 1 : 2;
  return [parts.slice(0, -asked).join("\n\n"), parts.slice(-asked).join("\n\n")];
}

export function Confirm({ message }: { message: Message }) {
  const { chat, words, announce, focusInput } = useHere();
  const live = chat.isLive(message);
  const left = useSecondsLeft(live ? message.hold_until : undefined);
  const warned = useRef<number[]>([]);
  const answered = chat.picked.get(message.seq);

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
    <div class={`card confirm ${live ? "" : "inert"}`} role="group" aria-label={words.t("confirm")}>
      <div class="card-head">
        <Icon name="check" size={18} />
        <h3>{words.t("confirm")}</h3>
      </div>
      <Prose text={parted(message.text)[1]} />
      {left !== null && (
        <p class={`hold ${left === 0 ? "over" : left <= 60 ? "soon" : ""}`} role="timer" aria-live="off">
          <Icon name="clock" size={16} />
          {left === 0
            ? words.t("confirm.over")
            : words.t("confirm.hold", { time: `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}` })}
        </p>
      )}
      <div class="actions">
        {live
          ? [...message.choices]
              .sort((one) => (one.id === "yes" ? -1 : 1))
              .map((choice) => (
                <button
                  type="button"
                  class={choice.id === "yes" ? "primary" : "secondary"}
                  onClick={() => {
                    chat.choose(message, choice);
                    focusInput();
                  }}
                >
                  {choice.title}
                </button>
              ))
          : answered && <p class="inert-note">{words.t(`confirm.done.${answered}`)}</p>}
      </div>
    </div>
  );
}

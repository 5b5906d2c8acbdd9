/** The card of a case: what is decided, the date that matters, the timeline, and on request why and by which rule. */
import { useState } from "preact/hooks";
import type { Decision, Message } from "../types";
import { useHere } from "./context";
import { factRows, keyDate, outcomeLabel, policyRows, policyValue } from "./facts";
import { Icon, type IconName } from "./icons";
import { Prose } from "./markdown";
import { Master } from "./master";
import { Timeline } from "./timeline";

const ICONS: Record<string, IconName> = {
  allowed: "check",
  refused: "cross",
  needs_person: "person",
  cannot_tell: "question",
};

/** The decisions of a message by what they are about, in their order. */
export function casesOf(message: Message): Decision[][] {
  const found = new Map<string, Decision[]>();
  for (const decision of message.decisions) {
    const about = decision.subject.test ?? String(decision.subject.series ?? decision.rule);
    found.set(about, [...(found.get(about) ?? []), decision]);
  }
  return [...found.values()];
}

export function Case({ decisions, message, live }: { decisions: Decision[]; message: Message; live: boolean }) {
  const { words } = useHere();
  const first = decisions[0]!;
  const { test, series } = first.subject;
  const about = test
    ? words.test(test)
    : series
      ? words.list([series].flat().map((id) => words.series(id)))
      : words.label("rule", first.rule);
  const fee = decisions.find((one) => one.fee)?.fee;
  return (
    <div class="card case" role="group" aria-label={`${words.t("card")}: ${about}`}>
      <div class="card-head">
        <Icon name={first.rule === "master_status" ? "medal" : "doc"} size={18} />
        <h3>{about}</h3>
      </div>
      {decisions.map((decision) => (
        <Verdict decision={decision} now={message.at} alone={decisions.length === 1} />
      ))}
      {fee && (
        <p class="fee">
          {words.t("card.fee")} <strong>{words.money(fee)}</strong>
        </p>
      )}
      {decisions
        .filter((one) => one.rule === "master_status")
        .map((one) => (
          <Master decision={one} />
        ))}
      <Why decisions={decisions} message={message} live={live} />
    </div>
  );
}

/** Whether the reader's own clock shows another time than the one that is written. */
function elsewhere(iso: string): boolean {
  const offset = /([+-])(\d\d):(\d\d)$/.exec(iso);
  if (!offset) return false;
  const minutes = (Number(offset[2]) * 60 + Number(offset[3])) * (offset[1] === "-" ? 1 : -1);
  return new Date(iso).getTimezoneOffset() !== minutes;
}

function Verdict({ decision, now, alone }: { decision: Decision; now: string; alone: boolean }) {
  const { words } = useHere();
  const [decisive, ...others] = decision.reasons;
  const date = keyDate(words, decision, now);
  const further = others.map((one) => words.label("reason", one.code));
  return (
    <div class={`verdict ${decision.outcome}`}>
      <span class="mark">
        <Icon name={ICONS[decision.outcome]!} size={16} />
      </span>
      <div class="verdict-body">
        <p class="headline">
          <span class={alone ? "sr" : "aside"}>{words.label("rule", decision.rule)}: </span>
          <span class="sr">{outcomeLabel(words, decision)}. </span>
          {words.label("reason", decisive!.code)}
        </p>
        {date && (
          <p class="key-date">
            <span>{date.label}</span>{" "}
            <strong>
              <time dateTime={date.iso}>{date.when}</time>
            </strong>
            {(date.left !== null || elsewhere(date.iso)) && (
              <span class="aside">
                {date.left !== null ? words.t("left", { n: date.left }) : words.t("card.center")}
              </span>
            )}
          </p>
        )}
        {further.length > 0 && (
          <p class="aside">
            {words.t("card.also")}: {further.join("; ")}
          </p>
        )}
      </div>
    </div>
  );
}

function Why({ decisions, message, live }: { decisions: Decision[]; message: Message; live: boolean }) {
  const { chat, words, focusInput } = useHere();
  const [open, setOpen] = useState(false);
  const facts = [...new Map(decisions.flatMap((one) => factRows(words, one, message.at))).entries()];
  const rows = policyRows(decisions);
  const title = (id: string) =>
    message.sources.find((one) => one.id === id)?.title ?? words.label("source", id.split("/").pop() ?? id);
  const id = `why-${message.seq}-${decisions[0]!.rule}`;
  return (
    <div class="why">
      <button type="button" class="disclosure" aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)}>
        <Icon name={open ? "down" : "right"} size={16} />
        {words.t("card.why")}
      </button>
      <div id={id} hidden={!open}>
        {message.explained && <Prose text={message.explained} />}
        <Timeline decisions={decisions} now={message.at} />
        {facts.length > 0 && (
          <>
            <h4>{words.t("card.facts")}</h4>
            <dl>
              {facts.map(([label, value]) => (
                <div>
                  <dt>{label}</dt>
                  <dd>{value}</dd>
                </div>
              ))}
            </dl>
          </>
        )}
        <h4>{words.t("card.policy")}</h4>
        {rows.length === 0 && <p class="aside">{words.t("card.none")}</p>}
        <dl class="policy">
          {rows.map((row) => (
            <div>
              <dt>
                {words.label("policy", row.id)}
                <span class="aside">
                  {words.t("card.since", { day: words.day(row.from, "short") })}, {title(row.source)}
                </span>
              </dt>
              <dd>{policyValue(words, row)}</dd>
            </div>
          ))}
        </dl>
        {live && (
          <button
            type="button"
            class="text-button"
            onClick={() => {
              chat.tell(words.t("card.explain.say"));
              focusInput();
            }}
          >
            {words.t("card.explain")}
          </button>
        )}
      </div>
    </div>
  );
}

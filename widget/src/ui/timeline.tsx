/** A test on its way: bought, changes until, appointment, results, certificate. */
import { useHere } from "./context";
import type { Decision } from "../types";
import { before, valuesOf } from "./facts";
import { wallClock } from "../i18n";

const STEPS = [
  "purchased_on",
  "certified_on",
  "change_by",
  "starts_at",
  "new_starts_at",
  "taken_on",
  "test_date",
  "missed_on",
  "failed_on",
  "passed_on",
  "posted_on",
  "opens_on",
  "online_by",
  "approved_on",
  "expected_on",
  "due_from",
  "must_test_by",
  "expires_on",
];
const AFTER_TEST = ["taken_on", "test_date", "missed_on", "failed_on", "passed_on"];

interface Step {
  name: string;
  iso: string;
}

export function stepsOf(decisions: Decision[]): Step[] {
  const found = new Map<string, string>();
  for (const decision of decisions) {
    for (const [name, value] of Object.entries(valuesOf(decision))) {
      if (STEPS.includes(name) && typeof value === "string" && wallClock(value) && !found.has(name))
        found.set(name, value);
    }
  }
  const days = new Set<string>();
  return [...found]
    .map(([name, iso]) => ({ name, iso }))
    .sort((one, other) => stamp(one.iso) - stamp(other.iso) || STEPS.indexOf(one.name) - STEPS.indexOf(other.name))
    .filter(
      ({ name, iso }) =>
        !(AFTER_TEST.includes(name) && days.has(iso)) && Boolean(days.add(AFTER_TEST.includes(name) ? iso : name)),
    );
}

const stamp = (iso: string): number => wallClock(iso)?.getTime() ?? 0;

export function Timeline({ decisions, now }: { decisions: Decision[]; now: string }) {
  const { words } = useHere();
  const steps = stepsOf(decisions);
  if (steps.length < 2 || decisions.every((one) => one.rule === "master_status")) return null;
  const next = steps.find(({ iso }) => !before(iso, now));
  return (
    <div class="timeline">
      <h4>{words.t("timeline")}</h4>
      <ol>
        {steps.map((step) => {
          const past = before(step.iso, now);
          return (
            <li class={past ? "past" : step === next ? "next" : ""}>
              <span class="step">
                {(past && step.name === "expires_on" && words.find("past.expires_on")) ||
                  words.label("value", step.name)}
              </span>
              <time dateTime={step.iso}>{words.moment(step.iso, now)}</time>
              <span class="sr">{past ? words.t("timeline.done") : step === next ? words.t("timeline.next") : ""}</span>
            </li>
          );
        })}
      </ol>
    </div>
  );
}

/** What a decision says, made ready for showing: the date that matters, the facts used, the policy values. */
import { hasTime, wallClock, type Words } from "../i18n";
import type { Decision, PolicyRow } from "../types";

const DATES: Record<string, string[]> = {
  purchase_window: ["must_test_by"],
  schedule_test: ["must_test_by"],
  reschedule: ["change_by"],
  cancel_appointment: ["change_by"],
  cancel_test: ["change_by", "must_test_by"],
  retest: ["opens_on", "must_test_by"],
  certification_status: ["expires_on"],
  recertification: ["expires_on"],
  certificate_delivery: ["expected_on", "test_date"],
  results_availability: ["posted_on", "online_by"],
  repurchase_after_no_show: ["posted_on", "missed_on"],
  accommodation: ["decided_on", "submitted_on"],
};
const BY_REASON: Record<string, string[]> = {
  appointment_past: ["starts_at"],
  already_scheduled: ["starts_at"],
  after_window: ["must_test_by"],
  window_expired: ["must_test_by"],
  not_your_purchase: [],
  accommodation_pending: ["submitted_on"],
  address_changed_after_test: ["address_changed_on"],
};
const STATES = [
  "purchase_window",
  "certification_status",
  "master_status",
  "certificate_delivery",
  "results_availability",
  "advanced_prerequisites",
  "test_language",
  "accommodation",
];
const HIDDEN = ["test", "series", "purchase_id", "appointment_id", "site", "new_site", "policy_id", "state"];

/** "Allowed", "Not allowed"; for questions of state "Yes", "No". */
export function outcomeLabel(words: Words, decision: Decision): string {
  return (
    (STATES.includes(decision.rule) && words.find(`state.${decision.outcome}`)) ||
    words.t(`outcome.${decision.outcome}`)
  );
}

/** All values of all reasons, the decisive ones first. */
export function valuesOf(decision: Decision): Record<string, unknown> {
  const all: Record<string, unknown> = {};
  for (const reason of decision.reasons)
    for (const [name, value] of Object.entries(reason.values)) if (!(name in all)) all[name] = value;
  return all;
}

export interface KeyDate {
  label: string;
  when: string;
  left: number | null;
  iso: string;
}

/** The date that matters most, with its label; null where there is none. */
export function keyDate(words: Words, decision: Decision, now: string, near = now): KeyDate | null {
  const values = valuesOf(decision);
  const names = BY_REASON[decision.reasons[0]!.code] ?? DATES[decision.rule] ?? [];
  const name = names.find((one) => typeof values[one] === "string" && wallClock(values[one]));
  if (!name) return null;
  const iso = values[name] as string;
  const over = before(iso, now);
  const label = (over && words.find(`past.${name}`)) || words.label("value", name);
  const counts = ["must_test_by", "expires_on"].includes(name) && typeof values.days_left === "number";
  return { label, when: words.moment(iso, near), left: counts ? (values.days_left as number) : null, iso };
}

/** Whether a day or an instant lies before another instant. A day counts as over when it has ended. */
export function before(iso: string, now: string): boolean {
  if (hasTime(iso)) return new Date(iso).getTime() < new Date(now).getTime();
  return iso.slice(0, 10) < now.slice(0, 10);
}

/** The facts a reader may want to check: label and value in words. */
export function factRows(words: Words, decision: Decision, now: string): [string, string][] {
  return Object.entries(valuesOf(decision))
    .filter(([name, value]) => !HIDDEN.includes(name) && value !== null && value !== undefined)
    .map(([name, value]): [string, string] => [words.label("value", name), inWords(words, name, value, now)])
    .filter(([, value]) => value !== "");
}

export function inWords(words: Words, name: string, value: unknown, now = ""): string {
  if (typeof value === "number") return /days/.test(name) ? words.t("days", { n: value }) : String(value);
  if (typeof value === "string") {
    if (wallClock(value)) return words.moment(value, now);
    if (name === "total" || name.startsWith("fee")) return words.money(value);
    return words.find(`word.${value}`) ?? words.find(`rule.${value}`) ?? value;
  }
  if (Array.isArray(value)) {
    const parts = value.map((one) =>
      Array.isArray(one)
        ? one.map(String).join(` ${words.t("word.or")} `)
        : name === "series" || name === "held"
          ? titled(words, one)
          : inWords(words, name, one),
    );
    return words.list(parts.filter(Boolean));
  }
  if (typeof value === "object" && value !== null && "test" in value) {
    const { test, on } = value as { test: unknown; on?: unknown };
    return typeof on === "string" ? `${String(test)}, ${words.day(on, "short")}` : String(test);
  }
  return "";
}

const titled = (words: Words, id: unknown): string =>
  /^[A-Z]\d/.test(String(id)) ? String(id) : words.series(String(id));

/** A policy value with its unit, as its id says. */
export function policyValue(words: Words, row: PolicyRow): string {
  const { id, value } = row;
  if (id.endsWith(".days") && typeof value === "number") return words.t("days", { n: value });
  if (id.endsWith(".years") && typeof value === "number") return words.t("years", { n: value });
  if (id.includes("fee") && (typeof value === "string" || typeof value === "number")) return words.money(String(value));
  if (Array.isArray(value)) return inWords(words, "tests", value);
  return typeof value === "string"
    ? (words.find(`word.${value}`) ?? value)
    : typeof value === "number"
      ? String(value)
      : "";
}

/** Every policy row of some decisions, each once. */
export function policyRows(decisions: Decision[]): PolicyRow[] {
  const rows = new Map<string, PolicyRow>();
  for (const decision of decisions)
    for (const reason of decision.reasons) for (const row of reason.policy) rows.set(`${row.id} ${row.from}`, row);
  return [...rows.values()];
}

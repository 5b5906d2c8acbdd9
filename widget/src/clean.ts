/** Reads what the service sends without trusting its shape: what is not understood is left out, the text stays. */
import type {
  Author,
  Change,
  Choice,
  Decision,
  Expects,
  Home,
  Message,
  Outcome,
  Place,
  PolicyRow,
  Reason,
  Source,
  State,
} from "./types";

type Loose = Record<string, unknown>;

const isObject = (value: unknown): value is Loose =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const text = (value: unknown): string => (typeof value === "string" ? value : "");
const list = (value: unknown): Loose[] => (Array.isArray(value) ? value.filter(isObject) : []);

const AUTHORS: readonly string[] = ["assistant", "candidate", "agent"];
const OUTCOMES: readonly string[] = ["allowed", "refused", "needs_person", "cannot_tell"];
const EXPECTS: readonly string[] = ["free", "choice", "yes_no", "code", "ase_id", "test", "date", "digits"];

function choice(raw: Loose): Choice | null {
  return text(raw.id) && text(raw.title) ? { id: text(raw.id), title: text(raw.title) } : null;
}

function source(raw: Loose): Source | null {
  if (!text(raw.title)) return null;
  const found: Source = { id: text(raw.id), title: text(raw.title), as_of: text(raw.as_of) };
  if (text(raw.url)) found.url = text(raw.url);
  return found;
}

function policy(raw: Loose): PolicyRow | null {
  return text(raw.id) ? { id: text(raw.id), value: raw.value, from: text(raw.from), source: text(raw.source) } : null;
}

function reason(raw: Loose): Reason | null {
  if (!text(raw.code)) return null;
  return {
    code: text(raw.code),
    values: isObject(raw.values) ? raw.values : {},
    policy: kept(list(raw.policy).map(policy)),
  };
}

function decision(raw: Loose): Decision | null {
  if (!text(raw.rule) || !OUTCOMES.includes(text(raw.outcome))) return null;
  const subject = isObject(raw.subject) ? raw.subject : {};
  const found: Decision = {
    rule: text(raw.rule),
    outcome: raw.outcome as Outcome,
    subject: {},
    reasons: kept(list(raw.reasons).map(reason)),
  };
  if (text(subject.test)) found.subject.test = text(subject.test);
  if (typeof subject.series === "string" || Array.isArray(subject.series))
    found.subject.series = subject.series as string | string[];
  if (text(raw.opens_at)) found.opens_at = text(raw.opens_at);
  if (text(raw.closes_at)) found.closes_at = text(raw.closes_at);
  if (text(raw.fee)) found.fee = text(raw.fee);
  return found.reasons.length ? found : null;
}

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === "string" && one !== "") : [];

const place = (raw: unknown): Place | null =>
  isObject(raw) && text(raw.at) ? { at: text(raw.at), place: text(raw.place) } : null;

function change(raw: unknown): Change | null {
  if (!isObject(raw) || !text(raw.kind)) return null;
  return {
    kind: text(raw.kind),
    undoes: text(raw.undoes),
    test: text(raw.test),
    from: place(raw.from),
    to: place(raw.to),
    last_day: text(raw.last_day),
    series: texts(raw.series),
    total: text(raw.total),
    address: text(raw.address),
    old_address: text(raw.old_address),
    notes: texts(raw.notes),
  };
}

function home(raw: unknown): Home | null {
  if (!isObject(raw)) return null;
  const next = place(raw.appointment);
  const appointment = isObject(raw.appointment) ? raw.appointment : {};
  const deadline = isObject(raw.deadline) ? raw.deadline : {};
  return {
    name: text(raw.name),
    appointment: next && { ...next, test: text(appointment.test), change_by: text(appointment.change_by) },
    deadline: text(deadline.by)
      ? {
          test: text(deadline.test),
          by: text(deadline.by),
          days: typeof deadline.days === "number" ? deadline.days : 0,
        }
      : null,
    suggest: texts(raw.suggest),
  };
}

const kept = <T>(found: (T | null)[]): T[] => found.filter((one): one is T => one !== null);

/** One message, or null where it has no number or author. */
export function cleanMessage(raw: unknown): Message | null {
  if (!isObject(raw) || typeof raw.seq !== "number" || !AUTHORS.includes(text(raw.author))) return null;
  const found: Message = {
    seq: raw.seq,
    author: raw.author as Author,
    at: text(raw.at),
    text: text(raw.text) || text(raw.speech),
    choices: kept(list(raw.choices).map(choice)),
    sources: kept(list(raw.sources).map(source)),
    decisions: kept(list(raw.decisions).map(decision)),
  };
  if (text(raw.client_message_id)) found.client_message_id = text(raw.client_message_id);
  const shown = change(raw.change);
  if (shown) found.change = shown;
  const next = home(raw.home);
  if (next) found.home = next;
  if (typeof raw.brief === "string") found.brief = raw.brief;
  if (text(raw.explained)) found.explained = text(raw.explained);
  if (text(raw.hold_until)) found.hold_until = text(raw.hold_until);
  if (text(raw.calendar).startsWith("BEGIN:VCALENDAR")) found.calendar = text(raw.calendar);
  return found;
}

export function cleanMessages(raw: unknown): Message[] {
  return Array.isArray(raw) ? kept(raw.map(cleanMessage)).sort((one, other) => one.seq - other.seq) : [];
}

export const NEW_STATE: State = { signed_in: false, expects: "free", owner: "assistant" };

export function cleanState(raw: unknown): State | null {
  if (!isObject(raw)) return null;
  const found: State = {
    signed_in: raw.signed_in === true,
    expects: (EXPECTS.includes(text(raw.expects)) ? raw.expects : "free") as Expects,
    owner: raw.owner === "queue" || raw.owner === "agent" ? raw.owner : "assistant",
  };
  if (isObject(raw.task) && text(raw.task.name)) found.task = { name: text(raw.task.name), step: text(raw.task.step) };
  return found;
}

/** The shapes of the HTTP interface, version 1, as far as the widget reads them. */

export interface Choice {
  id: string;
  title: string;
}

export interface Source {
  id: string;
  title: string;
  as_of: string;
  url?: string;
}

export interface PolicyRow {
  id: string;
  value: unknown;
  from: string;
  source: string;
}

export interface Reason {
  code: string;
  values: Record<string, unknown>;
  policy: PolicyRow[];
}

export type Outcome = "allowed" | "refused" | "needs_person" | "cannot_tell";

export interface Decision {
  rule: string;
  outcome: Outcome;
  subject: { test?: string; series?: string | string[]; appointment_id?: string };
  reasons: Reason[];
  opens_at?: string;
  closes_at?: string;
  fee?: string;
}

/** When and where an appointment is. */
export interface Place {
  at: string;
  place: string;
}

/** A change as it is shown before it is made. */
export interface Change {
  kind: string;
  /** Of an undo: the kind of the change that is put back. */
  undoes: string;
  test: string;
  from: Place | null;
  to: Place | null;
  last_day: string;
  series: string[];
  total: string;
  address: string;
  old_address: string;
  notes: string[];
}

/** What matters next to the person who is signed in. */
export interface Home {
  name: string;
  appointment: (Place & { test: string; change_by: string }) | null;
  deadline: { test: string; by: string; days: number } | null;
  suggest: string[];
}

export type Author = "assistant" | "candidate" | "agent";

export interface Message {
  seq: number;
  author: Author;
  /** The id that the sender gave to a message of the candidate; older services do not tell it. */
  client_message_id?: string;
  at: string;
  text: string;
  choices: Choice[];
  sources: Source[];
  decisions: Decision[];
  /** Until when a seat is held for the change shown here, in real time. */
  hold_until?: string;
  /** What a yes would do. */
  change?: Change;
  /** The part of the text that no card says; absent where there are no cards. */
  brief?: string;
  /** The part of the text that the cards of decisions stand for. */
  explained?: string;
  /** On a greeting: what matters next. */
  home?: Home;
  /** An iCalendar file of the appointment just made. */
  calendar?: string;
}

export type Expects = "free" | "choice" | "yes_no" | "code" | "ase_id" | "test" | "date" | "digits";

export interface State {
  signed_in: boolean;
  expects: Expects;
  owner: "assistant" | "queue" | "agent";
  task?: { name: string; step: string };
}

export type TurnBody = { text: string } | { choice: string } | { event: "hangup" };

export interface Frame {
  messages?: unknown;
  state?: unknown;
  turn?: number;
  client_message_id?: string;
  error?: { code?: string; message?: string; field?: string };
  as_of?: string;
}

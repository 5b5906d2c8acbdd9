/** What the service says, as far as the console reads it. */
export type Role = "agent" | "lead" | "content_owner" | "admin";
export type Owner = "assistant" | "queue" | "agent";

export interface Agent {
  id: string;
  name: string;
  role: Role;
}
export interface Session {
  agent: Agent | null;
  csrf?: string;
  as_of?: string;
  single_sign_on?: { name: string; path: string };
  demo?: { password: string; agents: Agent[] };
}
export interface Person {
  ase_id: string;
  name: string;
  masked: boolean;
}

export interface Line {
  id: string;
  channel: string;
  owner: Owner;
  owner_agent: string | null;
  owner_name: string | null;
  person: Person | null;
  opened: boolean;
  topic: string | null;
  reason: string | null;
  requested_at: string | null;
  created_at: string;
  last_active_at: string;
  last_author: string | null;
  last_seq: number;
  ended: boolean;
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
export interface Decision {
  rule: string;
  outcome: string;
  subject: { test?: string; series?: string };
  reasons: Reason[];
  opens_at?: string;
  closes_at?: string;
}
export interface Message {
  seq: number;
  author: "assistant" | "candidate" | "agent";
  at: string;
  text: string;
  choices: { id: string; title: string }[];
  sources: Source[];
  decisions: Decision[];
  intent?: { name: string; confidence: number };
}
export interface State {
  signed_in: boolean;
  expects: string;
  owner: Owner;
  task?: { name: string; step: string };
}
export interface Talk {
  id: string;
  channel: string;
  messages: Message[];
  state: State;
  ended: boolean;
  owner_agent: string | null;
}

export interface Suggestion {
  id: string;
  seq: number;
  kind: string;
  label: string;
  confidence: number;
  low: boolean;
  state: string;
  text: string;
  sources: Source[];
  decisions: Decision[];
}
export interface Macro {
  id: string;
  title: string;
  text: string;
  missing: string[];
}
export interface Found {
  label: string;
  title: string;
  passage: string;
  text: string;
  sources: Source[];
  score: number;
}
export interface Topic {
  label: string;
  title: string;
  meaning: string;
}

export interface When {
  name: string;
  title: string;
  on: string;
  past: boolean;
  deadline: boolean;
  rule: string;
  policy: PolicyRow[];
}
export interface Test {
  test: string;
  title: string;
  purchase_id: string | null;
  which: string | null;
  state: string;
  dates: When[];
}
export interface Told {
  rule: string;
  outcome: string;
  code: string;
  text: string;
  values: Record<string, unknown>;
  policy: PolicyRow[];
  test?: string;
  series?: string;
}
/** An exception from a rule, and its life so far. */
export interface Lifted {
  id: string;
  conversation?: string;
  rule: string;
  code: string;
  subject: { test: string; about: string };
  state: "requested" | "pending" | "granted" | "used" | "withdrawn" | "declined" | "expired";
  reason: string;
  asked_by: string;
  at: string;
  by: string | null;
  granted_at: string | null;
  expires_at: string | null;
  ended_by: string | null;
  ended_why: string | null;
  ended_at: string | null;
}
export interface Act {
  action: string;
  title: string;
  test: string;
  about: string;
  /** Which purchase of the test it is, where there are several. */
  which: string | null;
  needs_seat: boolean;
  outcome: string;
  code: string;
  text: string;
  opens_at?: string;
  closes_at?: string;
  policy: PolicyRow[];
  decision: Decision;
  /** The exception from this rule that is asked for, or holds. */
  exception: { id: string; state: "requested" | "granted" } | null;
}
/** What may be done that is about no single test. */
export interface Own {
  action: string;
  title: string;
  about: string;
  outcome: string;
  code?: string;
  text?: string;
  fee?: string | null;
  policy?: PolicyRow[];
}
export interface Doing {
  action: string;
  title: string;
  about: string;
  test?: string;
  needs_seat?: boolean;
  needs_address?: boolean;
}
export interface Records {
  ase_id: string;
  name: string;
  email: string | null;
  phone: string | null;
  time_zone: string;
  address: string | null;
  experience: string;
  accommodation: string;
  tests: Test[];
  certifications: Told[];
  master: Told[];
  actions: Act[];
  own: Own[];
  waiting: { kind: string; id: string; expires_at: string } | null;
  exceptions: Lifted[];
}
export interface Beside {
  summary: {
    asked: { seq: number; topic: string; text: string }[];
    decided: { rule: string; outcome: string; text: string; why: string; seq: number; subject: { test?: string } }[];
    task: string | null;
    step: string | null;
  };
  person: Records | null;
  stretches: {
    agent: string;
    started_at: string;
    ended_at: string | null;
    how: string | null;
    outcome: string | null;
    note: string | null;
    to: string | null;
  }[];
  requests: { reason: string; at: string; status: string }[];
}
export interface Seat {
  site: string;
  starts_at: string;
  title: string;
  where: string;
  free: number;
  /** So close to its start that it could not be changed any more. */
  closed: boolean;
}

export interface ReviewItem {
  id: string;
  source: string;
  conversation_id: string;
  seq: number;
  text: string;
  heard_as: string | null;
  confidence: number | null;
  model: string | null;
  remark: string | null;
  state: string;
  label: string | null;
  decided_by: string | null;
  patch: string | null;
  at: string;
}
export interface Counted {
  value: number | null;
  count: number;
  of: number;
  conversations: string[];
}
export interface Tile extends Counted {
  id: string;
  title: string;
  unit: string;
  series: (Counted & { day: string })[];
}
export interface Figures {
  days: number;
  conversations: number;
  behind: string[];
  tiles: Tile[];
  topics: {
    days: string[];
    series: {
      label: string;
      title: string;
      counts: number[];
      by_day: string[][];
      total: number;
      conversations: string[];
    }[];
  };
  refusals: { rule: string; code: string; count: number; conversations: string[] }[];
  funnel: { task: string; steps: { step: string; count: number; conversations: string[] }[] }[];
  suggestions: { states: Record<string, number>; behind: Record<string, string[]>; total: number };
}
export interface MastersAtRisk {
  from: string;
  until: string;
  people: { ase_id: string; name: string; series: string; test: string; on: string; decision: Decision }[];
}

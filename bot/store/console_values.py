"""What the console's repositories hand out: frozen values, never rows. Instants are aware (UTC)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from bot.contracts.conversation import ChannelName, Owner

Json = dict[str, Any]
Role = Literal["agent", "lead", "content_owner", "admin"]
ExceptionState = Literal["requested", "pending", "granted", "used", "withdrawn", "declined", "expired"]
Outcome = Literal["solved", "unsolved", "follow_up", "no_answer"]


@dataclass(frozen=True, slots=True)
class Agent:
    """Somebody who may sign in to the console."""

    id: str
    display_name: str
    role: Role
    password_hash: str
    failures: int
    locked_until: datetime | None
    created_at: datetime
    disabled_at: datetime | None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class AgentSession:
    """A session that goes on for as long as it is used; `csrf` has to come back with every change."""

    token_hash: str
    agent_id: str
    csrf: str
    created_at: datetime
    last_seen_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Assignment:
    """The part of a conversation in which a person answered."""

    id: str
    conversation_id: str
    agent_id: str
    waiting_since: datetime | None
    started_at: datetime
    first_answer_at: datetime | None
    ended_at: datetime | None
    ended_how: str | None
    outcome: str | None
    note: str | None
    passed_to: str | None


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the inbox, before anything personal is masked."""

    id: str
    channel: ChannelName
    owner: Owner
    owner_agent: str | None
    person: str | None
    name: str | None
    state: Json
    version: int
    last_seq: int
    created_at: datetime
    last_active_at: datetime
    ended_at: datetime | None
    reason: str | None
    requested_at: datetime | None
    last_author: str | None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A reply suggested to an agent, and what became of it. `body` holds text, sources, decisions."""

    id: str
    conversation_id: str
    seq: int
    agent_id: str
    kind: str
    label: str
    confidence: float
    body: Json
    state: str
    reason: str | None
    shown_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """A message that the assistant may learn from; `text` is without personal data."""

    id: str
    source: str
    conversation_id: str
    seq: int
    text: str
    heard_as: str | None
    confidence: float | None
    model: str | None
    remark: str | None
    state: str
    label: str | None
    decided_by: str | None
    decided_at: datetime | None
    patch: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class LiftedRule:
    """An exception: a refusal that a lead lifts for one purchase of one person, and its life so far.

    `requested` by an agent, or `pending` as a lead's own that waits for the second confirmation; then `granted` until
    `expires_at`, and `used` once by the change `change_key`; or `declined`, `withdrawn`, `expired`.
    """

    id: str
    ase_id: str
    conversation_id: str
    rule: str
    code: str
    test: str
    purchase_id: str
    decision: Json
    state: ExceptionState
    asked_by: str
    asked_why: str
    asked_at: datetime
    granted_by: str | None = None
    granted_at: datetime | None = None
    expires_at: datetime | None = None
    told_at: datetime | None = None
    change_key: str | None = None
    ended_by: str | None = None
    ended_why: str | None = None
    ended_at: datetime | None = None

    def state_at(self, now: datetime) -> ExceptionState:
        """The state as of now: what was granted ends by itself."""
        over = self.state == "granted" and self.expires_at is not None and self.expires_at <= now
        return "expired" if over else self.state


@dataclass(frozen=True, slots=True)
class Events:
    """Raw rows of the log that figures are made from, each as a plain dict."""

    conversations: tuple[Json, ...] = ()
    turns: tuple[Json, ...] = ()
    messages: tuple[Json, ...] = ()
    decisions: tuple[Json, ...] = ()
    assignments: tuple[Json, ...] = ()
    handoffs: tuple[Json, ...] = ()
    feedback: tuple[Json, ...] = ()
    suggestions: tuple[Json, ...] = ()
    confirmations: tuple[Json, ...] = ()

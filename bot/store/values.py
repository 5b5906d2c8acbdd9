"""What repositories hand out: frozen values, never rows. Instants are aware (UTC), JSON is plain dicts and
lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.contracts.conversation import AgentRole, Author, ChannelName, Owner, Rating
from bot.rules.facts import Candidate, Site

Json = dict[str, Any]


# --- records ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Person:
    """A candidate's records, the test centres they mention, and the version of the whole."""

    candidate: Candidate
    sites: Mapping[str, Site]
    version: int


@dataclass(frozen=True, slots=True)
class PersonSummary:
    """One line of a list of people."""

    ase_id: str
    first_name: str | None
    last_name: str | None
    email: str | None


@dataclass(frozen=True, slots=True)
class FreeSeat:
    """A start at a site with `free` slots left (those held for other people are not free)."""

    site: Site
    starts_at: datetime
    """Naive, local at the site."""
    instant: datetime
    free: int


@dataclass(frozen=True, slots=True)
class Erased:
    """What erasing a person touched: `conversations` are the ids whose content is gone, `redacted` those of others out
    of which the mentions were taken."""

    ase_id: str
    conversations: tuple[str, ...]
    redacted: tuple[str, ...] = ()


# --- conversations ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Conversation:
    """One conversation. `version` goes back into `save_state`."""

    id: str
    channel: ChannelName
    locale: str
    token_hash: str
    ase_id: str | None
    signed_in_at: datetime | None
    agent_id: str | None
    agent_role: AgentRole | None
    about: str | None
    owner: Owner
    owner_agent: str | None
    state: Json
    version: int
    last_seq: int
    last_turn: int
    created_at: datetime
    last_active_at: datetime
    ended_at: datetime | None
    from_address: str | None = None
    from_network: str | None = None
    shown_at: datetime | None = None
    used_at: datetime | None = None
    sealed_for: str | None = None
    sealed_seq: int | None = None

    @property
    def person(self) -> str | None:
        """The ASE ID this conversation is about: the one signed in, or the one the agent named."""
        return self.ase_id or self.about


@dataclass(frozen=True, slots=True)
class Line:
    """A message to be stored; it gets its `seq` when it is. `client_message_id`: the client's name for what it sent."""

    author: Author
    at: datetime
    text: str
    speech: str
    payload: Json = field(default_factory=dict)
    client_message_id: str | None = None


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message as stored. `turn` 0 is the opening. `payload`: choices, sources, decisions, intent."""

    conversation_id: str
    seq: int
    turn: int
    author: Author
    at: datetime
    text: str
    speech: str
    payload: Json
    client_message_id: str | None = None


@dataclass(frozen=True, slots=True)
class TurnRecord:
    """One turn of the log. `state` is the published state after it, for saying the same reply again."""

    conversation_id: str
    turn: int
    client_message_id: str
    body_hash: str
    started_at: datetime
    finished_at: datetime | None = None
    intent: str | None = None
    confidence: float | None = None
    decisions: tuple[Json, ...] = ()
    policy_digest: str | None = None
    model: str | None = None
    state: Json | None = None


@dataclass(frozen=True, slots=True)
class Feedback:
    """What somebody thought of one message."""

    conversation_id: str
    seq: int
    rating: Rating
    comment: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class StoredCall:
    """A telephone call. `caller` is a hint, never an identity; `pending` a turn whose answer is still to be spoken."""

    provider: str
    call_id: str
    conversation_id: str
    caller: str | None
    pending: Json | None
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Handoff:
    """A request for a person; `status` is requested, accepted or closed."""

    id: str
    conversation_id: str
    reason: str
    summary: Json
    status: str
    requested_at: datetime
    accepted_at: datetime | None
    agent_id: str | None
    closed_at: datetime | None


# --- outbox, decisions, audit ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a message; `content` is text."""

    name: str
    content_type: str
    content: str


@dataclass(frozen=True, slots=True)
class Mail:
    """A message to be sent. `code` is the one-time code in it, if that is what it carries; after `expires_at` (real
    time) it is worth nothing and does not go out."""

    to: str
    kind: str
    subject: str
    body: str
    code: str | None = None
    attachments: tuple[Attachment, ...] = ()
    ase_id: str | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OutboxWaits:
    """What waits in the outbox: `lag` seconds for the oldest mail that is still tried, and the mails given up."""

    lag: float = 0.0
    given_up: int = 0


@dataclass(frozen=True, slots=True)
class OutboxMail:
    """A message of the outbox; `state` is pending, sending, sent or maybe_sent (may have gone out twice)."""

    id: int
    mail: Mail
    created_at: datetime
    state: str
    sent_at: datetime | None
    attempts: int
    doubtful: bool


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """A decision as told, with all it takes to make it again. `id` 0: not stored yet."""

    rule: str
    subject: Json
    facts: Json
    decision: Json
    as_of: datetime
    policy_digest: str
    at: datetime
    ase_id: str | None = None
    conversation_id: str | None = None
    turn: int | None = None
    what_if: bool = False
    id: int = 0


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """Something worth a line of the audit. `actor_kind`: candidate, agent, system or anonymous.

    `actor_id` names an agent or a program; a candidate acting is named by `subject` alone, so that erasing
    the person needs to empty one place only.
    """

    at: datetime
    actor_kind: str
    channel: str
    action: str
    subject: str | None = None
    actor_id: str | None = None
    conversation_id: str | None = None
    before: Json | None = None
    after: Json | None = None
    decision: Json | None = None
    policy_digest: str | None = None
    model: str | None = None


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """A line of the chain. `erased`: the person's content is gone, the line itself still stands."""

    seq: int
    event: AuditEvent
    content_hash: str
    previous_hash: str
    hash: str
    salt: str | None

    @property
    def erased(self) -> bool:
        """Whether the content was emptied when the person was erased."""
        return self.salt is None


@dataclass(frozen=True, slots=True)
class AuditHead:
    """The end of the chain at some time; `signature` is None where there was no key."""

    seq: int
    hash: str
    signature: str | None = None


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What checking the chain found; no `faults`: it is whole."""

    entries: int
    erased: int
    faults: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """True when nothing is wrong."""
        return not self.faults


# --- changes ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A change shown and waiting for a yes. `state`: pending, committed, refused, declined, expired,
    replaced."""

    id: str
    ase_id: str
    conversation_id: str
    task: str
    preview: Json
    preview_hash: str
    created_at: datetime
    expires_at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class Hold:
    """A free slot kept for one person until `expires_at` (real time). `starts_at` is local at the site."""

    ase_id: str
    site: str
    starts_at: datetime
    conversation_id: str | None
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class StoredChange:
    """The answer given to an idempotency key."""

    key: str
    request_hash: str
    ase_id: str
    kind: str
    outcome: Json
    undone_by: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class RefundDue:
    """Money owed for a cancelled test."""

    ase_id: str
    purchase_id: str
    state: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DuplicateOrder:
    """Duplicate certificates ordered for one series; `fee` is text with two decimals."""

    ase_id: str
    change_key: str
    series: str
    fee: str
    state: str
    at: datetime

"""Values that the dialogue hands around: who is there, whose records, which seats, and what was told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.contracts.changes import Proposal
from bot.contracts.person import Person as Person
from bot.rules.decision import Decision
from bot.rules.facts import Site, Subject


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is there, as the conversation's row says: never taken from a message or a slot."""

    conversation_id: str
    channel: str
    signed_in_as: str | None = None
    agent: str | None = None
    role: str | None = None
    about: str | None = None
    in_line: bool = False
    """Whether a person has been asked for and has not come yet."""

    @property
    def is_agent(self) -> bool:
        """Whether a support agent is asking."""
        return self.agent is not None

    @property
    def subject_id(self) -> str | None:
        """Whose records this conversation may read: the ASE ID, or None."""
        return self.about if self.is_agent else self.signed_in_as


@dataclass(frozen=True, slots=True)
class LeftOpen:
    """A change that a caller was in the middle of when the call broke off, and the test it was about, if known."""

    task: str
    test: str | None


@dataclass(frozen=True, slots=True)
class Standing:
    """What the records say of whoever is there, seen at one moment.

    `sites` are all test centers by id. `pending` is what waits for this person's yes, wherever it was asked;
    `left_open` what a caller was in the middle of when an earlier call broke off.
    """

    sites: Mapping[str, Site] = field(default_factory=dict)
    person: Person | None = None
    pending: Proposal | None = None
    left_open: LeftOpen | None = None
    caller: str | None = None
    """The number of whoever is calling, where the line tells it."""


@dataclass(frozen=True, slots=True)
class FreeSeat:
    """A start with free seats; `starts_at` is naive, local at the site."""

    site: Site
    starts_at: datetime
    free: int


@dataclass(frozen=True, slots=True)
class DecisionTold:
    """A decision that was told, with everything needed to make it again."""

    rule: str
    subject: Subject
    as_of: datetime
    person: Person
    decision: Decision
    what_if: str | None = None


@dataclass(frozen=True, slots=True)
class MailDraft:
    """An e-mail that belongs to a turn, before it is stored with it."""

    kind: str
    to: str
    ase_id: str
    subject: str
    text: str

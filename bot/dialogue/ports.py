"""What the dialogue asks of the world: records, sign-in, changes. Others implement it (bot/adapters)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from bot.answers.answers import Answers
from bot.catalog.model import Catalog
from bot.clock import Clock
from bot.config.opening_hours import OpenHours
from bot.dialogue.values import FreeSeat, LeftOpen, Person, Visitor
from bot.rules.decision import Decision
from bot.rules.facts import Site


BOOK = "book"
RESCHEDULE = "reschedule"
CANCEL_APPOINTMENT = "cancel_appointment"
CANCEL_TEST = "cancel_test"
DUPLICATES = "duplicate_certificate"
ADDRESS = "change_address"

TASK_OF = {
    BOOK: "schedule_test",
    RESCHEDULE: "reschedule",
    CANCEL_APPOINTMENT: "cancel_appointment",
    CANCEL_TEST: "cancel_test",
    DUPLICATES: "duplicate_certificate",
    ADDRESS: "address_change",
}
"""The dialogue's task by the kind of change."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change shown to a person, waiting for a yes until `until` (real time)."""

    id: str
    kind: str
    preview: Mapping[str, Any]
    until: datetime
    conversation_id: str


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a change. `refused` is a reason code; `decision` what the rule now says, if it was the rule.

    `repeated`: it had been done before under this confirmation and nothing was done twice. `calendar`: an iCalendar
    file with the appointment that is booked now. Of the refusals, `not_done` says that the database was away and
    nothing was changed, `not_known` that it went away in the very act.
    """

    kind: str
    key: str
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    refused: str | None = None
    decision: Decision | None = None
    repeated: bool = False
    calendar: str | None = None


class Changes(Protocol):
    """Changes to one person's records, each exactly once."""

    def hold(self, visitor: Visitor, ase_id: str, site: str, starts_at: datetime) -> datetime | None:
        """Keep a seat (local start at the site) for this person; until when (real time), or None if it is gone."""
        ...

    def release(self, ase_id: str) -> None:
        """Let go of the seat this person holds."""
        ...

    def propose(self, visitor: Visitor, ase_id: str, kind: str, preview: Mapping[str, Any]) -> Proposal:
        """A confirmation that waits for a yes; it replaces the one before it."""
        ...

    def pending(self, ase_id: str) -> Proposal | None:
        """What waits for this person's yes, wherever it was asked."""
        ...

    def decline(self, proposal_id: str) -> bool:
        """A no: the confirmation is worth nothing any more. False where a yes had been given to it before."""
        ...

    def commit(self, visitor: Visitor, ase_id: str, proposal_id: str) -> Done:
        """Do what was shown, if the rule still allows it; the same proposal again gives the same answer."""
        ...

    def undo(self, visitor: Visitor, ase_id: str, change_key: str, request_id: str) -> Done:
        """Put a change back, if the rule allows it and the old seat is still free."""
        ...


class People(Protocol):
    """Where records come from."""

    def person(self, ase_id: str) -> Person | None:
        """One person's records, or None."""
        ...

    def sites(self) -> dict[str, Site]:
        """All test centres by id."""
        ...

    def free_seats(
        self,
        *,
        of: str,
        since: datetime,
        until: datetime | None = None,
        site: str | None = None,
        city: str | None = None,
        region: str | None = None,
        limit: int = 200,
    ) -> tuple[FreeSeat, ...]:
        """Seats this person could take, soonest first."""
        ...

    def left_open(self, ase_id: str, conversation_id: str) -> LeftOpen | None:
        """What was in hand when this person's last call, a day ago at most and not this one, broke off."""
        ...


class SignIn(Protocol):
    """One-time codes. Both calls say the same whether or not the ID exists."""

    def request(self, ase_id: str, conversation_id: str) -> str:
        """Send a code: "sent", "locked" or "too_many"."""
        ...

    def check(self, conversation_id: str, code: str) -> tuple[str, str | None]:
        """Compare an entered code: accepted, wrong, expired, locked or malformed; and who signed in by it."""
        ...

    def proven(self, ase_id: str, conversation_id: str) -> bool:
        """Whether a code for this ID was entered right in this conversation a moment ago."""
        ...


@dataclass(frozen=True, slots=True)
class Services:
    """What the dialogue needs from outside, wired once."""

    catalog: Catalog
    answers: Answers
    clock: Clock
    people: People
    sign_in: SignIn
    changes: Changes | None = None
    hours: OpenHours | None = None
    """When people take over; None: nobody has said."""

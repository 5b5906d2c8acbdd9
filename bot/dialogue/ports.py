"""Doing, not only telling: what the dialogue asks of the part that changes records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from bot.rules.decision import Decision
from bot.rules.facts import Site

if TYPE_CHECKING:
    from bot.dialogue.turn_context import Person, Visitor

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
    nothing was changed, `not_known` that it went away in the very act. `person`: the records as they are now, where the
    database answered.
    """

    kind: str
    key: str
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    refused: str | None = None
    decision: Decision | None = None
    repeated: bool = False
    calendar: str | None = None
    person: Person | None = None


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

    def commit(
        self,
        visitor: Visitor,
        ase_id: str,
        proposal_id: str,
        *,
        waiting: Proposal | None = None,
        sites: Mapping[str, Site] | None = None,
    ) -> Done:
        """Do what was shown, if the rule still allows it; the same proposal again gives the same answer.

        `waiting` (what waits for this person's yes) and `sites` (all of them): what this turn has read of them already.
        """
        ...

    def undo(self, visitor: Visitor, ase_id: str, change_key: str, request_id: str) -> Done:
        """Put a change back, if the rule allows it and the old seat is still free."""
        ...

"""What the dialogue asks of the world: records and one-time codes. Others implement it (bot/adapters).

What changes the records stands in bot/contracts/changes.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.answers.answers import Answers
from bot.catalog.model import Catalog
from bot.clock import Clock
from bot.config.opening_hours import OpenHours
from bot.contracts.changes import Changes
from bot.contracts.seats import SOONEST, SeatFilter, SeatOrder
from bot.dialogue.values import FreeSeat, Person, Standing, Visitor
from bot.rules.facts import Site


class SeatReader(Protocol):
    """Free seats as they are at one moment."""

    def sites(self) -> Mapping[str, Site]:
        """All test centers by id."""
        ...

    def any_free(self, several: Sequence[SeatFilter]) -> tuple[bool, ...]:
        """For each filter whether there is any seat."""
        ...

    def free(self, wanted: SeatFilter, *, order: SeatOrder = SOONEST, limit: int | None = None) -> list[FreeSeat]:
        """Seats in this order."""
        ...


class People(Protocol):
    """Where records come from."""

    def person(self, ase_id: str) -> Person | None:
        """One person's records, or None."""
        ...

    def standing(self, visitor: Visitor) -> Standing:
        """All that is known of whoever is there, seen at one moment."""
        ...

    def seats(self, *, of: str, since: datetime) -> AbstractContextManager[SeatReader]:
        """The seats this person could take that start after `since`, all seen at one moment."""
        ...


class SignIn(Protocol):
    """One-time codes. Both calls say the same whether or not the ID exists."""

    def request(self, ase_id: str, conversation_id: str) -> str:
        """Send a code: "sent", "locked", "too_many" or "busy"."""
        ...

    def check(self, conversation_id: str, code: str) -> tuple[str, str | None]:
        """Compare an entered code: accepted, wrong, expired, locked, malformed or busy; and who signed in by it."""
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

"""What the dialogue asks of the world: records and one-time codes. Others implement it (bot/adapters).

What changes the records stands in bot/contracts/changes.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.answers.answers import Answers
from bot.catalog.model import Catalog
from bot.clock import Clock
from bot.config.opening_hours import OpenHours
from bot.contracts.changes import Changes
from bot.dialogue.values import FreeSeat, LeftOpen, Person
from bot.rules.facts import Site


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

"""What a turn goes by: one instant, one look at the records, one time zone. Made once, never changed.

A turn in which somebody signs in, or in which records change, goes on with a new context (`signed_in`, `reread`): what
was read before stays as it was read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from bot.contracts.changes import Done
from bot.dialogue.ports import Services
from bot.dialogue.state import ConversationState
from bot.dialogue.values import Person, Standing, Visitor
from bot.rules.case import Case
from bot.rules.decision import Decision
from bot.rules.facts import Seat, Site, Subject
from bot.rules.policy import TIME_ZONE
from bot.rules.registry import decide
from bot.rules.time import day_at, zone

T = TypeVar("T")


@dataclass(frozen=True)
class TurnContext:
    """Everything a turn may look at. `now` is the instant that every decision, sentence and record of it goes by.

    `real_now` is the instant of the world outside, which holds and codes run by.
    """

    services: Services
    visitor: Visitor
    now: datetime
    real_now: datetime
    standing: Standing = field(default_factory=Standing)
    state: ConversationState = field(default_factory=ConversationState)
    """What the conversation remembers, to be looked at only: what changes comes with the outcome of a step."""
    done_outside: dict[str, Any] = field(default_factory=dict)
    """What was done outside the turn's own transaction, so that serving the turn again does not do it again."""

    @classmethod
    def begin(
        cls,
        services: Services,
        visitor: Visitor,
        *,
        standing: Standing | None = None,
        done_outside: dict[str, Any] | None = None,
    ) -> TurnContext:
        """The context of a turn that begins now; reads the records where `standing` does not hold them already."""
        clock = services.clock
        real_now = clock.real()
        known = services.people.standing(visitor) if standing is None else standing
        outside = {} if done_outside is None else done_outside
        return cls(services, visitor, clock.as_of or real_now, real_now, known, done_outside=outside)

    # --- who, when, where ---------------------------------------------------------------------------

    @cached_property
    def zone(self) -> ZoneInfo:
        """The person's time zone; the policy's own where none is known, before its first day the first."""
        name = self.person.candidate.time_zone if self.person else None
        if name is None:
            policy = self.services.catalog.policy
            row = policy.find(TIME_ZONE, self.now.date()) or policy.rows[TIME_ZONE][0]
            name = str(row.value)
        return zone(name)

    @cached_property
    def today(self) -> date:
        """The person's calendar day: it picks the policy rows and the texts."""
        return day_at(self.now, self.zone)

    @property
    def person(self) -> Person | None:
        """The records of whoever is signed in, or whom an agent asks about; None where nobody is known."""
        return self.standing.person

    @property
    def sites(self) -> Mapping[str, Site]:
        """Every test center by id."""
        return self.standing.sites

    @property
    def channel(self) -> str:
        """Where the conversation is held: "web", "phone" or "agent"."""
        return self.visitor.channel

    @cached_property
    def people_back(self) -> datetime | None:
        """When no one is available, when people are back, in the person's zone; None while they are there."""
        hours = self.services.hours
        if hours is None or hours.open_at(self.now):
            return None
        return hours.next_opening(self.now).astimezone(self.zone)

    # --- the turn goes on with somebody else, or after a change ---------------------------------------

    def signed_in(self, ase_id: str) -> TurnContext:
        """The same turn once this person has proved who they are."""
        return self._for(replace(self.visitor, signed_in_as=ase_id))

    def asked_about(self, ase_id: str) -> TurnContext:
        """The same turn of an agent who has named another person."""
        return self._for(replace(self.visitor, about=ase_id))

    def after(self, done: Done) -> TurnContext:
        """The same turn with the records as they are after a change; nothing waits for a yes any more."""
        if done.person is None:
            return self._for(self.visitor)
        return replace(self, standing=replace(self.standing, person=done.person, pending=None))

    def reread(self) -> TurnContext:
        """The same turn with the records read afresh."""
        return self._for(self.visitor)

    def seeing(self, state: ConversationState) -> TurnContext:
        """The same turn with the conversation as it is remembered now; one that only reads can change nothing."""
        if not state.reads_only or self.services.changes is None:
            return replace(self, state=state)
        return replace(self, state=state, services=replace(self.services, changes=None))

    def _for(self, visitor: Visitor) -> TurnContext:
        return replace(self, visitor=visitor, standing=self.services.people.standing(visitor))

    def once(self, name: str, work: Callable[[], T]) -> T:
        """The outcome of `work` under that name: done the first time, remembered when the turn is served again."""
        if name not in self.done_outside:
            self.done_outside[name] = work()
        outcome: T = self.done_outside[name]
        return outcome

    # --- rules ----------------------------------------------------------------------------------------

    def case(
        self, person: Person, subject: Subject, *, as_of: datetime | None = None, seats: tuple[Seat, ...] | None = None
    ) -> Case:
        """What a rule is asked about."""
        catalog = self.services.catalog
        return Case(person.candidate, as_of or self.now, catalog.policy, catalog.tests, subject, person.sites, seats)

    def judge(
        self,
        rule: str,
        subject: Subject,
        *,
        person: Person | None = None,
        as_of: datetime | None = None,
        seats: tuple[Seat, ...] | None = None,
    ) -> Decision:
        """What the rule says, without telling it. Raises LookupError where nobody is known."""
        who = person or self.person
        if who is None:
            raise LookupError("nobody is signed in")
        return decide(rule, self.case(who, subject, as_of=as_of, seats=seats))

"""One turn at the desk: the state, the person's records and the answer being put together.

Everything a task may do goes through here, so that a task knows neither Rasa nor SQL nor HTTP.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Protocol, TypeVar
from zoneinfo import ZoneInfo

from bot.answers.answer import Answer, joined
from bot.answers.answers import Answers
from bot.catalog.model import Catalog
from bot.clock import Clock
from bot.config.opening_hours import OpenHours
from bot.contracts.seats import SOONEST, SeatFilter, SeatOrder
from bot.dialogue.ports import Changes
from bot.dialogue.state import Choice, ConversationState, Expect, Kept, Question, TaskMemory
from bot.dialogue.understanding.user_message import Entity, Heard
from bot.rules.case import Case
from bot.rules.codec import decision_to_json
from bot.rules.decision import Decision, Value
from bot.rules.facts import Candidate, Seat, Site, Subject
from bot.rules.policy import TIME_ZONE
from bot.rules.registry import decide
from bot.rules.time import day_at, zone

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Person:
    """A candidate's records and the test centres they mention."""

    candidate: Candidate
    sites: Mapping[str, Site]


@dataclass(frozen=True, slots=True)
class LeftOpen:
    """A change that a caller was in the middle of when the call broke off, and the test it was about, if known."""

    task: str
    test: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """A decision that was told, with everything needed to make it again."""

    rule: str
    subject: Subject
    as_of: datetime
    person: Person
    decision: Decision
    what_if: str | None = None


@dataclass(frozen=True, slots=True)
class FreeSeat:
    """A start with free seats; `starts_at` is naive, local at the site."""

    site: Site
    starts_at: datetime
    free: int


class SeatReader(Protocol):
    """Free seats as they are at one moment."""

    def sites(self) -> Mapping[str, Site]:
        """All test centres by id."""
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

    def sites(self) -> dict[str, Site]:
        """All test centres by id."""
        ...

    def seats(self, *, of: str, since: datetime) -> AbstractContextManager[SeatReader]:
        """The seats this person could take that start after `since`, all seen at one moment."""
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


@dataclass(frozen=True, slots=True)
class Letter:
    """An e-mail that belongs to a turn."""

    kind: str
    to: str
    ase_id: str
    subject: str
    text: str


@dataclass(slots=True)
class Visitor:
    """Who is there, as the conversation's row says: never taken from a message or a slot."""

    conversation_id: str
    channel: str
    signed_in_as: str | None = None
    agent: str | None = None
    role: str | None = None
    about: str | None = None

    @property
    def is_agent(self) -> bool:
        return self.agent is not None

    @property
    def subject_id(self) -> str | None:
        """Whose records this conversation may read."""
        return self.about if self.is_agent else self.signed_in_as


@dataclass(slots=True)
class Desk:
    services: Services
    visitor: Visitor
    state: ConversationState
    heard: Heard
    said: list[Answer] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    asked: bool = False
    """Whether this turn has asked something already."""
    hold_until: datetime | None = None
    """Until when a seat is held by this turn's preview (real time)."""
    handoff: dict[str, Any] | None = None
    """A hand-over asked for in this turn: stored together with the turn."""
    opening: tuple[str, dict[str, Any]] | None = None
    """A task that must be done before the one at hand can go on."""
    afterwards: tuple[str, dict[str, Any]] | None = None
    """A task to open once the one at hand is done."""
    rerouted: str | None = None
    """The topic that was meant, once a question about it has been answered."""
    ending: bool = False
    """Whether the conversation is over with this turn."""
    failure: BaseException | None = None
    """What went wrong in an action: Rasa would only log it."""
    asked_before: bool = False
    """Whether an earlier request of the same message left a question open."""
    changed: bool = False
    """Whether this turn has made a change: from then on it cannot be said that nothing was changed."""
    letters: list[Letter] = field(default_factory=list)
    """E-mails asked for in this turn: stored together with it."""
    calendar: str | None = None
    """A calendar file (iCalendar text) that goes with this turn's answer."""
    read: set[str] = field(default_factory=set)
    """Whose records this turn has read."""
    outcomes: dict[str, Any] = field(default_factory=dict)
    """What was done outside the turn's own transaction, so that serving the turn again does not do it again."""
    _person: Person | None = None

    # --- time, policy, person ---------------------------------------------------------------

    @property
    def now(self) -> datetime:
        return self.services.clock.now()

    @property
    def person(self) -> Person | None:
        """The records of the person signed in (or whom the agent asks about), read once a turn."""
        wanted = self.visitor.subject_id
        if wanted is None:
            return None
        if self._person is None or self._person.candidate.ase_id != wanted:
            self._person = self.services.people.person(wanted)
            if self._person is not None:
                self.read.add(wanted)
        return self._person

    def once(self, name: str, work: Callable[[], T]) -> T:
        """The outcome of `work` under that name: done the first time, remembered when the turn is served again."""
        if name not in self.outcomes:
            self.outcomes[name] = work()
        outcome: T = self.outcomes[name]
        return outcome

    def forget_person(self) -> None:
        """Read the records afresh the next time (after a change)."""
        self._person = None

    @property
    def zone(self) -> ZoneInfo:
        """The person's time zone; the policy's own where none is known, before its first day the first."""
        person = self.person
        name = person.candidate.time_zone if person else None
        if name is None:
            policy = self.services.catalog.policy
            row = policy.find(TIME_ZONE, self.now.date()) or policy.rows[TIME_ZONE][0]
            name = str(row.value)
        return zone(name)

    @property
    def today(self) -> date:
        """The person's calendar day: it picks the policy rows and the texts."""
        return day_at(self.now, self.zone)

    # --- rules ------------------------------------------------------------------------------

    def case(
        self, person: Person, subject: Subject, *, as_of: datetime | None = None, seats: tuple[Seat, ...] | None = None
    ) -> Case:
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
        """What the rule says, without telling it. The person must be known."""
        who = person or self.person
        if who is None:
            raise LookupError("nobody is signed in")
        return decide(rule, self.case(who, subject, as_of=as_of, seats=seats))

    def tell(
        self,
        rule: str,
        subject: Subject,
        *,
        person: Person | None = None,
        as_of: datetime | None = None,
        seats: tuple[Seat, ...] | None = None,
        what_if: str | None = None,
        brief: bool = False,
    ) -> Decision:
        """Decide, say it, and remember it for "why?"."""
        decision = self.judge(rule, subject, person=person, as_of=as_of, seats=seats)
        self.record(rule, subject, decision, person=person, as_of=as_of, what_if=what_if)
        answers = self.services.answers
        ahead = (day_at(as_of, self.zone) - self.today).days if as_of is not None else 0
        shown = counted_from_today(decision, ahead) if ahead else decision
        told = answers.brief(shown, day=self.today) if brief else answers.decision(shown, day=self.today)
        self.say(replace(told, decisions=(decision,)))
        return decision

    def record(
        self,
        rule: str,
        subject: Subject,
        decision: Decision,
        *,
        person: Person | None = None,
        as_of: datetime | None = None,
        what_if: str | None = None,
    ) -> None:
        """Remember a decision that is being told."""
        who = person or self.person
        if who is None:
            raise LookupError("nobody is signed in")
        self.told.append(Told(rule, subject, as_of or self.now, who, decision, what_if))

    def keep_for_why(self, decision: Decision) -> None:
        """Remember a decision that was made and stored elsewhere (with a change), for "why?"."""
        self.state.decisions = [
            Kept(decision=decision_to_json(decision), as_of=self.now.isoformat(), zone=zone_of(decision))
        ]

    # --- saying -----------------------------------------------------------------------------

    def say(self, answer: Answer) -> None:
        if answer.text or answer.speech:
            self.said.append(answer)

    @contextmanager
    def as_list(self) -> Iterator[None]:
        """What is said inside becomes the lines of one list."""
        before, self.said = self.said, []
        try:
            yield
        finally:
            lines, self.said = self.said, before
        if lines:
            whole = joined(lines)
            self.say(replace(whole, text="\n".join(f"- {line.text}" for line in lines)))

    @contextmanager
    def as_line(self) -> Iterator[None]:
        """What is said inside becomes one line."""
        before, self.said = self.said, []
        try:
            yield
        finally:
            parts, self.said = self.said, before
        if parts:
            self.say(replace(joined(parts), text=" ".join(part.text for part in parts if part.text)))

    def phrase(self, key: str, **values: Any) -> None:
        """Say a phrase; values that are None are left out."""
        given = {name: value for name, value in values.items() if value is not None}
        self.say(self.services.answers.phrase(key, day=self.today, **given))

    def spoken(self, words: str) -> None:
        """Something for the ear only: what stands on a screen as choices."""
        self.said.append(Answer(text="", speech=f"{words[0].upper()}{words[1:]}."))

    def entry(self, label: str) -> None:
        """Say the text of a label."""
        self.say(self.services.answers.entry(label, self.today))

    def ask(
        self,
        memory: TaskMemory,
        slot: str,
        expects: Expect,
        choices: list[Choice] | None = None,
        *,
        soft: bool = False,
    ) -> None:
        """Leave a question open. Asked again after a misfit, it keeps count."""
        before = memory.question
        misses = before.misses if before and before.slot == slot else 0
        self.asked = True
        memory.question = Question(slot=slot, expects=expects, choices=choices or [], soft=soft, misses=misses)
        if slot not in memory.asked:
            memory.asked.append(slot)

    def first(self, task: str, **slots: Any) -> None:
        """Put another task before the one at hand; that one goes on when the other is done."""
        self.opening = (task, slots)

    def reroute(self, label: str, words: str, values: tuple[Entity, ...] = ()) -> None:
        """Answer `words` with the `values` found in them as `label` once the task at hand is done."""
        self.heard = replace(self.heard, text=words, entities=values, choice=None, digits=None).relabelled(label)
        self.rerouted = label

    def offer_person(self, reason: str) -> None:
        """Ask, once the task at hand is done, whether a person should take over; the question may go unanswered."""
        self.afterwards = ("human_agent", {"reason": reason, "offered": True, "soft": True})

    def hand_over(self, reason: str, **more: Any) -> None:
        """Put the conversation into the queue for a person, with what they need to know."""
        self.handoff = {"reason": reason, "summary": self.summary() | more}

    @property
    def people_back(self) -> datetime | None:
        """Out of hours, when people are back, in the person's zone; None while they are there."""
        hours = self.services.hours
        if hours is None or hours.open_at(self.now):
            return None
        return hours.next_opening(self.now).astimezone(self.zone)

    def summary(self) -> dict[str, Any]:
        """What a person taking over should see at once."""
        task = self.state.task
        return {
            "person": self.visitor.subject_id,
            "channel": self.visitor.channel,
            "asked": self.heard.text,
            "topic": self.state.last_topic,
            "task": {"name": task.name, "slots": task.slots} if task else None,
            "decisions": [kept.decision for kept in self.state.decisions],
        }

    # --- at the end of the turn -------------------------------------------------------------

    def remember_decisions(self) -> None:
        """Keep what was told for "why?"."""
        if self.told:
            self.state.decisions = [
                Kept(
                    decision=decision_to_json(t.decision),
                    as_of=t.as_of.isoformat(),
                    zone=zone_of(t.decision),
                    what_if=t.what_if,
                )
                for t in self.told
            ]
            tests = [t.decision.subject.test for t in self.told if t.decision.subject.test]
            self.state.last_tests = list(dict.fromkeys(tests)) or self.state.last_tests


def zone_of(decision: Decision) -> str | None:
    """The zone in which a decision's instants are told, if it has any."""
    for reason in decision.reasons:
        for value in reason.values.values():
            if isinstance(value, datetime) and isinstance(value.tzinfo, ZoneInfo):
                return value.tzinfo.key
    return None


COUNTDOWNS = {"days_left", "opens_in_days", "window_days_left"}


def counted_from_today(decision: Decision, ahead: int) -> Decision:
    """A decision supposed `ahead` days from today, with its countdowns as they are seen from today."""

    def seen(name: str, value: Value) -> Value:
        return value + ahead if name in COUNTDOWNS and isinstance(value, int) else value

    reasons = tuple(
        replace(reason, values={name: seen(name, value) for name, value in reason.values.items()})
        for reason in decision.reasons
    )
    return replace(decision, reasons=reasons)

"""One turn at the desk: the state, the person's records and the answer being put together.

Everything a task may do goes through here, so that a task knows neither Rasa nor SQL nor HTTP.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from bot.answers import Answer, Answers
from bot.catalog import Catalog
from bot.clock import Clock
from bot.dialogue.heard import Heard
from bot.dialogue.state import Choice, ConversationState, Expect, Kept, Question, TaskMemory
from bot.rules.case import Case
from bot.rules.codec import decision_to_json
from bot.rules.decision import Decision
from bot.rules.facts import Candidate, Seat, Site, Subject
from bot.rules.registry import decide
from bot.rules.time import today_of


@dataclass(frozen=True, slots=True)
class Person:
    """A candidate's records and the test centres they mention."""

    candidate: Candidate
    sites: Mapping[str, Site]


@dataclass(frozen=True, slots=True)
class Told:
    """A decision that was told, with everything needed to make it again."""

    rule: str
    subject: Subject
    as_of: datetime
    person: Person
    decision: Decision
    what_if: str | None = None


class People(Protocol):
    """Where records come from."""

    def person(self, ase_id: str) -> Person | None: ...

    def seats(
        self, *, site: str | None = None, near: Site | None = None, since: datetime, limit: int
    ) -> tuple[tuple[Seat, Site], ...]: ...


class SignIn(Protocol):
    """One-time codes. Both calls say the same whether or not the ID exists."""

    def request(self, ase_id: str, conversation_id: str) -> str: ...

    def check(self, conversation_id: str, code: str) -> tuple[str, str | None]: ...


@dataclass(frozen=True, slots=True)
class Services:
    """What the dialogue needs from outside, wired once."""

    catalog: Catalog
    answers: Answers
    clock: Clock
    people: People
    sign_in: SignIn
    changes: Any = None


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
    handoff: dict[str, Any] | None = None
    """A hand-over asked for in this turn: stored together with the turn."""
    opening: tuple[str, dict[str, Any]] | None = None
    """A task that must be done before the one at hand can go on."""
    rerouted: str | None = None
    """The topic that was meant, once a question about it has been answered."""
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
        return self._person

    def forget_person(self) -> None:
        """Read the records afresh the next time (after a change)."""
        self._person = None

    @property
    def zone(self) -> ZoneInfo:
        person = self.person
        name = person.candidate.time_zone if person else None
        return ZoneInfo(name or "America/New_York")

    @property
    def today(self) -> date:
        person = self.person
        if person is None:
            return self.now.astimezone(self.zone).date()
        return today_of(self.case(person, Subject()))

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
        self.say(answers.brief(decision, day=self.today) if brief else answers.decision(decision, day=self.today))
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

    # --- saying -----------------------------------------------------------------------------

    def say(self, answer: Answer) -> None:
        if answer.text or answer.speech:
            self.said.append(answer)

    def phrase(self, key: str, **values: Any) -> None:
        self.say(self.services.answers.phrase(key, **values))

    def entry(self, label: str) -> None:
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
        memory.question = Question(slot=slot, expects=expects, choices=choices or [], soft=soft, misses=misses)
        if slot not in memory.asked:
            memory.asked.append(slot)

    def first(self, task: str, **slots: Any) -> None:
        """Put another task before the one at hand; that one goes on when the other is done."""
        self.opening = (task, slots)

    def reroute(self, label: str, words: str) -> None:
        """Answer `words` as `label` once the task at hand is done."""
        self.heard = replace(self.heard, text=words, choice=None, digits=None).relabelled(label)
        self.rerouted = label

    def hand_over(self, reason: str) -> None:
        """Put the conversation into the queue for a person, with what they need to know."""
        self.handoff = {"reason": reason, "summary": self.summary()}

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
                Kept(decision=decision_to_json(t.decision), as_of=t.as_of.isoformat(), what_if=t.what_if)
                for t in self.told
            ]
            tests = [t.decision.subject.test for t in self.told if t.decision.subject.test]
            self.state.last_tests = list(dict.fromkeys(tests)) or self.state.last_tests


Managed = AbstractContextManager[Desk]


def with_purchase_changed(person: Person, changed: Callable[[Candidate], Candidate]) -> Person:
    """The same person with changed records: for "what if", touching nothing stored."""
    return replace(person, candidate=changed(person.candidate))

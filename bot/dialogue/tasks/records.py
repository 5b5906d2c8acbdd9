"""Questions about the person as a whole: what is on the account, certifications, Master status, requests."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import cast

from bot.contracts.asking import QuestionKind
from bot.contracts.points import Point
from bot.dialogue.memories import PersonTopicMemory, TopicMemory
from bot.dialogue.outcome import Reply, Step, on_day
from bot.dialogue.state import READ_AT_ONCE, Choice, Expect, Memory, Question
from bot.dialogue.tasks.base import PlainTask
from bot.dialogue.tasks.dated import held_against
from bot.dialogue.tasks.reinterpret import instead_of
from bot.dialogue.tasks.rule_topic import RuleTopic, ask_who, at_the_offer, spoken_of
from bot.dialogue.tasks.subjects import Option, base, booked, certified, matching, open_tests, taken, unsat
from bot.dialogue.tasks.what_if import what_if
from bot.dialogue.turn_context import TurnContext
from bot.dialogue.understanding.supposition import Supposition
from bot.dialogue.understanding.user_act import UserAct
from bot.dialogue.values import Person
from bot.rules.facts import Certification, Subject
from bot.rules.policy import ONLINE_RESULTS
from bot.rules.time import instant_of, zone


@dataclass(frozen=True, slots=True)
class PersonTopic(PlainTask, ABC):
    """A topic about the person, not about one test. `tell` is given by each below."""

    name: str

    @property
    def memory(self) -> type[PersonTopicMemory]:
        """The tests and series named."""
        return PersonTopicMemory

    @property
    def label(self) -> str:
        """The topic's label."""
        return f"account/{self.name}"

    def start(self, turn: TurnContext, act: UserAct) -> PersonTopicMemory:
        """The tests and series named, and what is supposed of them."""
        return PersonTopicMemory(
            tests=act.tests,
            series=act.series,
            refers_back=act.refers_back,
            supposed=act.supposed,
            asked=act.asked,
        )

    def correct(self, turn: TurnContext, memory: Memory, act: UserAct, question: Question | None) -> Memory | None:
        """Other tests or series."""
        known = cast(PersonTopicMemory, memory)
        now = known.having(tests=act.tests or known.tests, series=act.series or known.series, supposed=act.supposed)
        return now if (now.tests, now.series) != (known.tests, known.series) else None

    def aside(self, turn: TurnContext, memory: Memory, act: UserAct, question: Question) -> Step | None:
        """Something about signing in, where that is offered."""
        return at_the_offer(turn, cast(PersonTopicMemory, memory), act, question)

    def about_test(self, memory: Memory) -> str | None:
        """The one test named."""
        tests = cast(PersonTopicMemory, memory).tests
        return tests[0] if len(tests) == 1 else None

    def advance(self, turn: TurnContext, memory: Memory) -> Step:
        """Answer from the records, where it is known whose."""
        known = cast(PersonTopicMemory, memory)
        reply = Reply(turn, known.asked)
        asked = ask_who(reply, known, self.label)
        if asked is not None:
            return asked
        if turn.person is None or what_if(reply, known.supposed, self.name):
            return reply.done()
        return self.tell(reply, known, turn.person)

    @abstractmethod
    def tell(self, reply: Reply, memory: PersonTopicMemory, person: Person) -> Step:
        """Answer from the records of a person who is known."""


class Summary(PersonTopic):
    """Everything open on the account, what is certified and what waits, one line each."""

    def tell(self, reply: Reply, memory: PersonTopicMemory, person: Person) -> Step:
        """A list."""
        today = reply.turn.today
        if not person.candidate.purchases and not person.candidate.certifications:
            reply.phrase("summary_none")
            return reply.done()
        reply.phrase("summary_intro")
        with reply.as_list():
            for option in open_tests(person, today):
                reply.tell("purchase_window", option.subject, brief=True)
            for option in booked(person, today):
                with reply.as_line():
                    reply.tell("purchase_window", option.subject, brief=True)
                    say_appointment(reply, person, option, "summary_appointment")
            for option in taken(person, today):
                with reply.as_line():
                    reply.tell("results_availability", option.subject, brief=True)
                    _say_from_when(reply, person, option)
            for option in certified(person, today):
                reply.tell("certification_status", option.subject, brief=True)
        self._waiting(reply, person)
        return reply.done()

    @staticmethod
    def _waiting(reply: Reply, person: Person) -> None:
        """What is still being looked at, or came back."""
        if person.candidate.accommodation.status in {"in_review", "denied"}:
            reply.tell("accommodation", Subject(), brief=True)
        experience = person.candidate.work_experience
        if experience.status in {"in_review", "returned"}:
            say_experience(reply, person)


def _say_from_when(reply: Reply, person: Person, option: Option) -> None:
    """Of a fail that was not bought again, from when it can be."""
    result = option.purchase.result if option.purchase is not None else None
    if result is None or result.outcome != "fail" or matching(unsat(person, reply.turn.today), option.test):
        return
    opens_on = reply.turn.judge("retest", option.subject).decisive.values.get("opens_on")
    if isinstance(opens_on, date) and opens_on > reply.turn.today:
        reply.phrase("summary_retest", opens_on=opens_on)


class AppointmentDetails(PersonTopic):
    """When and where, and until when it can still be changed."""

    def tell(self, reply: Reply, memory: PersonTopicMemory, person: Person) -> Step:
        """Each appointment, or those named."""
        options = booked(person, reply.turn.today)
        for test in memory.tests:
            if not matching(options, test):
                reply.tell("reschedule", Option(test).subject, brief=len(memory.tests) > 1)
        if memory.tests and reply.said and not any(matching(options, test) for test in memory.tests):
            return reply.done()
        wanted = [o for test in memory.tests for o in matching(options, test)] or options
        if not wanted:
            return self._none(reply, person)
        for option in wanted:
            tell_appointment(reply, person, option)
        return reply.done()

    def _none(self, reply: Reply, person: Person) -> Step:
        reply.phrase("no_appointment")
        still_open = open_tests(person, reply.turn.today)
        for option in still_open:
            reply.tell("purchase_window", option.subject, brief=True)
        if not still_open:
            reply.entry(self.label)
        return reply.done()


class CertificationExpiry(PersonTopic):
    """Which certifications are held, until when."""

    def tell(self, reply: Reply, memory: PersonTopicMemory, person: Person) -> Step:
        """One at length, several as a list; of "it", a test that is bought and not held is meant as bought."""
        if memory.refers_back and not memory.tests:
            held = {option.test for option in certified(person, reply.turn.today)}
            last = [test for test in reply.turn.state.last_tests if base(test) not in held]
            bought = [option for test in last for option in matching(unsat(person, reply.turn.today), test)]
            if bought and len(last) == len(reply.turn.state.last_tests):
                return reply.next("purchase_window", about=bought[0].key)
        options = [Option(base(test)) for test in memory.tests] or certified(person, reply.turn.today)
        if memory.refers_back and not memory.tests and len(options) > 1:
            meant = spoken_of([base(test) for test in reply.turn.state.last_tests], options, [])
            options = [meant] if meant is not None else options
        if not options and unsat(person, reply.turn.today):
            return reply.next("purchase_window")  # with nothing certified, what runs out is a test that was bought
        if not options:
            reply.phrase("nothing_on_record", topic=reply.turn.services.catalog.topics[self.label].title)
            reply.entry(self.label)
            return reply.done()
        if len(options) == 1:
            self._tell_one(reply, options[0])
            return reply.done()
        if reply.turn.channel == "phone" and len(options) > READ_AT_ONCE and not memory.tests:
            self._by_day(reply, options)
            return reply.done()
        with reply.as_list():
            for option in options:
                instead = instead_of(reply.turn, "certification_status", option) if memory.tests else None
                if instead is not None:
                    reply.tell(instead.rule, instead.subject, brief=True)
                reply.tell("certification_status", option.subject, brief=True, silent=instead is not None)
        return reply.done()

    @staticmethod
    def _by_day(reply: Reply, options: Sequence[Option]) -> None:
        """A long list for the ear: what runs out on the same day in one sentence, what has run out first."""
        by_day: dict[tuple[bool, date | None], list[str]] = {}
        for option in options:
            decision = reply.tell("certification_status", option.subject, silent=True)
            last = on_day(decision.decisive.values.get("expires_on"))
            by_day.setdefault((decision.outcome == "allowed", last), []).append(option.test)
        for (current, last), tests in sorted(by_day.items(), key=lambda each: (each[0][0], each[0][1] or date.max)):
            reply.phrase("held_until" if current else "held_ended", tests=tests, on=last)

    @staticmethod
    def _tell_one(reply: Reply, option: Option) -> None:
        if waits_for_experience(reply, option):
            return
        instead = instead_of(reply.turn, "certification_status", option)
        if instead is not None:
            reply.tell(instead.rule, instead.subject)
            asks = reply.asked is not None and reply.asked.kind is not None
            reply.tell("certification_status", option.subject, brief=True, silent=asks)
        elif not held_against(reply, "certification_status", option.subject, reply.asked):
            reply.tell("certification_status", option.subject)


class MasterStatus(PersonTopic):
    """Master status by series: the one asked about, else every series the person is certified in."""

    def tell(self, reply: Reply, memory: PersonTopicMemory, person: Person) -> Step:
        """One decision for each series."""
        tests = reply.turn.services.catalog.tests.tests
        named = [*memory.series, *(tests[base(t)].series for t in memory.tests if base(t) in tests)]
        wanted, counted = named, False
        if memory.asked is not None and Point.COUNTS_FOR in memory.asked.points and memory.tests:
            wanted = [series for series in named if self._has_set(reply.turn, series)]
            reply.phrase("master_counts_yes" if wanted else "master_counts_no", tests=list(memory.tests))
            counted = not wanted
        if not wanted:
            held = dict.fromkeys(tests[base(c.test)].series for c in person.candidate.certifications)
            wanted = [s for s in held if self._has_set(reply.turn, s)] or list(held)[:1] or ["automobile"]
        for series in dict.fromkeys(wanted):
            subject = Subject(series=(series,))
            if not held_against(reply, "master_status", subject, memory.asked):
                over = memory.asked is not None and Point.START_OVER in memory.asked.points
                reply.tell("master_status", subject, silent=counted, closing=not over)
        return reply.done()

    @staticmethod
    def _has_set(turn: TurnContext, series: str) -> bool:
        return f"master_set.{series}" in turn.services.catalog.policy.rows


class AdvancedPrerequisites(PersonTopic):
    """May I take L1, L2, L3, X1, given what I hold."""

    def tell(self, reply: Reply, memory: PersonTopicMemory, person: Person) -> Step:
        """The decision on the tests named, or the question which."""
        tests = memory.tests or ((memory.test,) if memory.test is not None else ())
        if not tests:
            codes = ["L1", "L2", "L3", "X1"]
            reply.phrase("ask_which_test", tests=codes)
            said = [reply.turn.services.answers.say(code, "test") for code in codes]
            choices = [Choice(id=c, title=s.web, spoken=s.voice, value=c) for c, s in zip(codes, said, strict=True)]
            return reply.ask(memory, "test", Expect.CHOICE, choices)
        if memory.refers_back and self._once_held(reply, person, tests):
            return reply.done()
        advanced = [test for test in tests if has_prerequisites(reply.turn, test)]
        for test in advanced or tests:
            if not held_against(reply, "advanced_prerequisites", Subject(test=test), memory.asked):
                reply.tell("advanced_prerequisites", Subject(test=test))
        return reply.done()

    @staticmethod
    def _once_held(reply: Reply, person: Person, tests: Sequence[str]) -> bool:
        """ "If I get A5, can I take it": the test spoken of, with what is named held too. Whether that was asked."""
        turn = reply.turn
        wanted = [test for test in turn.state.last_tests if test not in tests and has_prerequisites(turn, test)]
        if not wanted or any(has_prerequisites(turn, test) for test in tests):
            return False
        held = (*person.candidate.certifications, *(Certification(base(test), turn.today) for test in tests))
        changed = replace(person, candidate=replace(person.candidate, certifications=held))
        subject = Subject(test=wanted[0])
        decision = turn.judge("advanced_prerequisites", subject, person=changed)
        if decision.outcome == "cannot_tell":
            return False
        if decision.outcome == "allowed":
            reply.phrase("prerequisites_once_held", test=wanted[0], tests=list(tests))
        else:
            missing = decision.decisive.values.get("missing")
            reply.phrase("prerequisites_still_missing", test=wanted[0], tests=list(tests), missing=missing)
        named = f"{Supposition.PASS}:{','.join(tests)}:{turn.today}"
        reply.tell("advanced_prerequisites", subject, person=changed, what_if=named, silent=True)
        return True


def has_prerequisites(turn: TurnContext, test: str) -> bool:
    """Whether a test is one that may require others first ("if A5 expires can I still take X1" is about X1)."""
    decision = turn.judge("advanced_prerequisites", Subject(test=test))
    return decision.decisive.code != "no_prerequisites"


class WorkExperience(PersonTopic):
    """Where the work experience review stands, and what it means for a certificate."""

    def tell(self, reply: Reply, memory: PersonTopicMemory, person: Person) -> Step:
        """The review, and the certificate that waits for it."""
        asks = reply.asked is not None and reply.asked.kind is not None
        say_experience(reply, person)
        waiting = [o for o in taken(person, reply.turn.today) if _passed(o)]
        for option in waiting[:1]:
            reply.tell("certificate_delivery", option.subject, brief=True, silent=asks)
        status = person.candidate.work_experience.status
        if status == "not_submitted" or (status == "returned" and not asks):
            reply.entry(self.label)
        return reply.done()


class AccommodationStatus(PersonTopic):
    """Where the accommodation request stands and whether booking may go ahead."""

    def tell(self, reply: Reply, memory: PersonTopicMemory, person: Person) -> Step:
        """The decision; a person is offered where only one can help."""
        decision = reply.tell("accommodation", Subject())
        if decision.outcome != "needs_person":
            return reply.done()
        return reply.next("human_agent", reason=decision.decisive.code, offered=True, soft=True)


def waits_for_experience(reply: Reply, option: Option) -> bool:
    """Passed, and the work experience is not approved: not certified yet, and that is told. Whether it was."""
    decision = reply.turn.judge("certificate_delivery", Subject(test=option.test))
    if decision.decisive.code not in _EXPERIENCE_OPEN:
        return False
    reply.tell("certificate_delivery", Subject(test=option.test))
    return True


_EXPERIENCE_OPEN = {"experience_not_submitted", "experience_in_review", "experience_returned"}


@dataclass(frozen=True, slots=True)
class TestResults(RuleTopic):
    """Where the results are; of a sitting with nothing recorded yet, what comes when."""

    __test__ = False

    def about(self, reply: Reply, memory: TopicMemory) -> Sequence[Option] | Step:
        """A test just sat before any other, where none is named."""
        person, turn = reply.turn.person, reply.turn
        if person is not None and not memory.tests and memory.about is None:
            unrecorded = sat_unrecorded(person, turn.now, turn.today)
            if len(unrecorded) == 1:
                return unrecorded
        return RuleTopic.about(self, reply, memory)

    def answer(self, reply: Reply, memory: TopicMemory, option: Option) -> None:
        """The decision, or that nothing is recorded yet."""
        person, turn = reply.turn.person, reply.turn
        unrecorded = [] if person is None else sat_unrecorded(person, turn.now, turn.today)
        if person is None or option.key not in {each.key for each in unrecorded}:
            RuleTopic.answer(self, reply, memory, option)
            return
        say_nothing_recorded(reply, person, option)
        reply.tell(self.rule, option.subject, silent=True)


@dataclass(frozen=True, slots=True)
class PurchaseWindow(RuleTopic):
    """How long a bought test is good for, and whether it is booked."""

    def answer(self, reply: Reply, memory: TopicMemory, option: Option) -> None:
        """The decision, and the appointment."""
        allowed = reply.turn.judge(self.rule, option.subject).outcome == "allowed"
        if not allowed or memory.asked is None or memory.asked.kind is None:
            RuleTopic.answer(self, reply, memory, option)
        elif not held_against(reply, self.rule, option.subject, memory.asked):
            reply.tell(self.rule, option.subject, closing=False)
        person = reply.turn.person
        if person is None or reply.turn.judge(self.rule, option.subject).outcome != "allowed":
            return
        if option in booked(person, reply.turn.today):
            say_appointment(reply, person, option, "window_booked")
        else:
            reply.phrase("window_not_booked")


@dataclass(frozen=True, slots=True)
class Recertification(RuleTopic):
    """Whether to recertify: for the test named, else for all that are held, the one running out first."""

    def about(self, reply: Reply, memory: TopicMemory) -> Sequence[Option] | Step:
        """The one that is due, where only one is."""
        turn = reply.turn
        if turn.person is None or memory.tests or memory.about:
            return RuleTopic.about(self, reply, memory)
        held = certified(turn.person, turn.today)
        if memory.refers_back:
            meant = spoken_of(turn.state.last_tests, held, [])
            if meant is not None:
                return [meant]
        if len(held) > 1:
            due = [o for o in held if self._due(turn, o)]
            return due if len(due) == 1 else self.ask(reply, memory, held)
        return held or RuleTopic.about(self, reply, memory)

    def answer(self, reply: Reply, memory: TopicMemory, option: Option) -> None:
        """The decision; one who has bought the recertification test is told how that stands instead of to buy it."""
        person, today = reply.turn.person, reply.turn.today
        bought = [] if person is None else [o for o in unsat(person, today) if o.test == f"{base(option.test)}R"]
        allowed = reply.turn.judge(self.rule, option.subject).outcome == "allowed"
        if person is None or not bought or not allowed:
            RuleTopic.answer(self, reply, memory, option)
            return
        reply.tell(self.rule, option.subject, closing=False)
        if bought[0] in booked(person, today):
            say_appointment(reply, person, bought[0])
        else:
            reply.tell("purchase_window", bought[0].subject, brief=True)

    def _due(self, turn: TurnContext, option: Option) -> bool:
        return turn.judge(self.rule, option.subject).decisive.code in {"recert_due", "recert_lapsed"}


def tell_appointment(reply: Reply, person: Person, option: Option) -> None:
    """When and where, the asked one first, and until when it can be changed; one after the last day is warned of."""
    appointment = option.appointment
    if appointment is None:
        return
    decision = reply.turn.judge("reschedule", option.subject)
    starts_at = instant_of(appointment.starts_at, zone(person.sites[appointment.site].time_zone))
    last = on_day(reply.turn.judge("purchase_window", option.subject).decisive.values.get("must_test_by"))
    if starts_at <= reply.turn.now:
        say_nothing_recorded(reply, person, option)
        reply.tell("reschedule", option.subject, silent=True)
    elif last is not None and appointment.starts_at.date() > last:
        reply.phrase("appointment_after_last_day", test=option.test, starts_at=starts_at, must_test_by=last)
        reply.tell("reschedule", option.subject, silent=True)
    elif reply.asked is not None and reply.asked.kind == QuestionKind.WHERE:
        say_appointment(reply, person, option, "appointment_where")
        reply.tell("reschedule", option.subject, silent=True)
    else:
        affirmed = reply.asked is not None and reply.asked.kind == QuestionKind.WHETHER
        say_appointment(reply, person, option, "appointment_yes" if affirmed else "appointment_line")
        reply.tell("reschedule", option.subject, brief=True, silent=decision.outcome == "cannot_tell")


def say_nothing_recorded(reply: Reply, person: Person, option: Option, phrase: str = "nothing_recorded_yet") -> None:
    """The time of the appointment has passed, and nothing is recorded yet: what comes when, and what else it may be."""
    appointment = option.appointment
    if appointment is None:
        return
    row = reply.turn.services.catalog.policy.find(ONLINE_RESULTS, reply.turn.today)
    days = row.value if row is not None and isinstance(row.value, int) else None
    starts_at = instant_of(appointment.starts_at, zone(person.sites[appointment.site].time_zone))
    online_by = None if days is None else appointment.starts_at.date() + timedelta(days=days)
    when = {"starts_at": starts_at} if phrase == "nothing_recorded_yet" else {}
    reply.phrase(phrase, test=option.test, online_by=online_by, **when)


def sat_unrecorded(person: Person, now: datetime, today: date) -> list[Option]:
    """Booked tests whose time has passed with nothing recorded."""
    found = []
    for option in booked(person, today):
        appointment = option.appointment
        if appointment is not None:
            start = instant_of(appointment.starts_at, zone(person.sites[appointment.site].time_zone))
            if start <= now:
                found.append(option)
    return found


def say_appointment(reply: Reply, person: Person, option: Option, phrase: str = "appointment_line") -> None:
    """One line: test, day and time at the site, and where."""
    appointment = option.appointment
    if appointment is None:
        return
    site = person.sites[appointment.site]
    starts_at = instant_of(appointment.starts_at, zone(site.time_zone))
    values = {"test": option.test} if phrase.startswith("appointment_") else {}
    reply.phrase(phrase, starts_at=starts_at, site=f"{site.name}, {site.city}", **values)


def say_experience(reply: Reply, person: Person) -> None:
    """Where the review of the work experience stands."""
    experience = person.candidate.work_experience
    if reply.asked is not None and reply.asked.kind == QuestionKind.WHETHER and Point.MUST not in reply.asked.points:
        reply.phrase("experience_yes" if experience.status == "approved" else "experience_no")
    reply.phrase(
        f"work_experience_{experience.status}",
        submitted_on=experience.submitted_on,
        decided_on=experience.decided_on,
    )


def _passed(option: Option) -> bool:
    result = option.purchase.result if option.purchase else None
    return result is not None and result.outcome == "pass"

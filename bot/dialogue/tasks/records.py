"""Questions about the person as a whole: what is on the account, certifications, Master status, requests."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from bot.dialogue.state import Choice, Expect, TaskMemory
from bot.dialogue.tasks.base import ChangesNothing
from bot.dialogue.tasks.reinterpret import instead_of
from bot.dialogue.tasks.rule_topic import RuleTopic, known_person, refers_back, spoken_of
from bot.dialogue.tasks.subjects import Option, base, booked, certified, matching, open_tests, taken
from bot.dialogue.tasks.what_if import what_if
from bot.dialogue.turn_context import Desk, Person
from bot.dialogue.understanding.user_message import Heard
from bot.rules.facts import Subject
from bot.rules.time import instant_of, zone


@dataclass(frozen=True, slots=True)
class PersonTopic(ChangesNothing, ABC):
    """A topic about the person, not about one test. `tell` is given by each below."""

    name: str

    @property
    def label(self) -> str:
        return f"account/{self.name}"

    def start(self, memory: TaskMemory, heard: Heard) -> None:
        memory.slots["words"] = heard.text
        tests, series = heard.values("test_code"), heard.values("test_series")
        if tests:
            memory.slots["tests"] = [str(t) for t in tests]
        if series:
            memory.slots["series"] = [str(s) for s in series]

    def correct(self, desk: Desk, memory: TaskMemory, heard: Heard) -> bool:
        before = dict(memory.slots)
        self.start(memory, heard)
        return memory.slots.get("series") != before.get("series") or memory.slots.get("tests") != before.get("tests")

    def put_off(self, desk: Desk, memory: TaskMemory) -> None:
        """Nothing is held."""

    def advance(self, desk: Desk, memory: TaskMemory) -> None:
        if not known_person(desk, memory, self.label) or desk.person is None:
            return
        if not what_if(desk, memory, self.name):
            self.tell(desk, memory, desk.person)

    @abstractmethod
    def tell(self, desk: Desk, memory: TaskMemory, person: Person) -> None:
        """Answer from the records of a person who is known."""


class Summary(PersonTopic):
    """Everything open on the account, what is certified and what waits, one line each."""

    def tell(self, desk: Desk, memory: TaskMemory, person: Person) -> None:
        today = desk.today
        if not person.candidate.purchases and not person.candidate.certifications:
            desk.phrase("summary_none")
            return
        desk.phrase("summary_intro")
        with desk.as_list():
            for option in open_tests(person, today):
                desk.tell("purchase_window", option.subject, brief=True)
            for option in booked(person, today):
                with desk.as_line():
                    desk.tell("purchase_window", option.subject, brief=True)
                    say_appointment(desk, person, option, "summary_appointment")
            for option in taken(person, today):
                desk.tell("results_availability", option.subject, brief=True)
            for option in certified(person, today):
                desk.tell("certification_status", option.subject, brief=True)
        self._waiting(desk, person)

    @staticmethod
    def _waiting(desk: Desk, person: Person) -> None:
        """What is still being looked at, or came back."""
        if person.candidate.accommodation.status in {"in_review", "denied"}:
            desk.tell("accommodation", Subject(), brief=True)
        experience = person.candidate.work_experience
        if experience.status in {"in_review", "returned"}:
            say_experience(desk, person)


class AppointmentDetails(PersonTopic):
    """When and where, and until when it can still be changed."""

    def tell(self, desk: Desk, memory: TaskMemory, person: Person) -> None:
        options = booked(person, desk.today)
        for test in memory.slots.get("tests", []):
            if not matching(options, test):
                desk.tell("reschedule", Option(test).subject)
                return
        wanted = [o for t in memory.slots.get("tests", []) for o in matching(options, t)] or options
        if not wanted:
            desk.phrase("no_appointment")
            still_open = open_tests(person, desk.today)
            for option in still_open:
                desk.tell("purchase_window", option.subject, brief=True)
            if not still_open:
                desk.entry(self.label)
            return
        for option in wanted:
            say_appointment(desk, person, option)
            desk.tell("reschedule", option.subject, brief=True)


class CertificationExpiry(PersonTopic):
    """Which certifications are held, until when."""

    def tell(self, desk: Desk, memory: TaskMemory, person: Person) -> None:
        named = [Option(base(t)) for t in memory.slots.get("tests", [])]
        options = named or certified(person, desk.today)
        if not options:
            desk.phrase("nothing_on_record", topic=desk.services.catalog.topics[self.label].title)
            desk.entry(self.label)
            return
        if len(options) == 1:
            self._tell_one(desk, options[0])
            return
        with desk.as_list():
            for option in options:
                desk.tell("certification_status", option.subject, brief=True)

    @staticmethod
    def _tell_one(desk: Desk, option: Option) -> None:
        instead = instead_of(desk, "certification_status", option)
        if instead is not None:
            desk.tell(instead.rule, instead.subject)
        desk.tell("certification_status", option.subject, brief=instead is not None)


class MasterStatus(PersonTopic):
    """Master status by series: the one asked about, else every series the person is certified in."""

    def tell(self, desk: Desk, memory: TaskMemory, person: Person) -> None:
        tests = desk.services.catalog.tests.tests
        wanted = list(memory.slots.get("series", []))
        wanted += [tests[base(t)].series for t in memory.slots.get("tests", []) if base(t) in tests]
        if not wanted:
            held = dict.fromkeys(tests[base(c.test)].series for c in person.candidate.certifications)
            wanted = [s for s in held if self._has_set(desk, s)] or list(held)[:1] or ["automobile"]
        for series in dict.fromkeys(wanted):
            desk.tell("master_status", Subject(series=(series,)))

    @staticmethod
    def _has_set(desk: Desk, series: str) -> bool:
        return f"master_set.{series}" in desk.services.catalog.policy.rows


class AdvancedPrerequisites(PersonTopic):
    """May I take L1, L2, L3, X1, given what I hold."""

    def tell(self, desk: Desk, memory: TaskMemory, person: Person) -> None:
        tests = memory.slots.get("tests") or ([memory.slots["test"]] if "test" in memory.slots else [])
        if not tests:
            codes = ["L1", "L2", "L3", "X1"]
            desk.phrase("ask_which_test", tests=codes)
            said = [desk.services.answers.say(code, "test") for code in codes]
            choices = [Choice(id=c, title=s.web, spoken=s.voice, value=c) for c, s in zip(codes, said, strict=True)]
            desk.ask(memory, "test", Expect.CHOICE, choices)
            return
        for test in tests:
            desk.tell("advanced_prerequisites", Subject(test=test))


class WorkExperience(PersonTopic):
    """Where the work experience review stands, and what it means for a certificate."""

    def tell(self, desk: Desk, memory: TaskMemory, person: Person) -> None:
        say_experience(desk, person)
        waiting = [o for o in taken(person, desk.today) if _passed(o)]
        for option in waiting[:1]:
            desk.tell("certificate_delivery", option.subject, brief=True)
        if person.candidate.work_experience.status in {"not_submitted", "returned"}:
            desk.entry(self.label)


class AccommodationStatus(PersonTopic):
    """Where the accommodation request stands and whether booking may go ahead."""

    def tell(self, desk: Desk, memory: TaskMemory, person: Person) -> None:
        decision = desk.tell("accommodation", Subject())
        if decision.outcome == "needs_person":
            desk.offer_person(decision.decisive.code)


class PurchaseWindow(RuleTopic):
    """How long a bought test is good for, and whether it is booked."""

    def answer(self, desk: Desk, memory: TaskMemory, option: Option) -> None:
        super().answer(desk, memory, option)
        person = desk.person
        if person is None or desk.judge(self.rule, option.subject).outcome != "allowed":
            return
        if option in booked(person, desk.today):
            say_appointment(desk, person, option, "window_booked")
        else:
            desk.phrase("window_not_booked")


class Recertification(RuleTopic):
    """Whether to recertify: for the test named, else for all that are held, the one running out first."""

    def about(self, desk: Desk, memory: TaskMemory) -> list[Option]:
        if desk.person is None or memory.slots.get("tests") or memory.slots.get("about"):
            return list(super().about(desk, memory))
        held = certified(desk.person, desk.today)
        if refers_back(str(memory.slots.get("words", ""))):
            meant = spoken_of(desk.state.last_tests, held, [])
            if meant is not None:
                return [meant]
        if len(held) > 1:
            due = [o for o in held if self._due(desk, o)]
            if len(due) == 1:
                return due
            self.ask(desk, memory, held)
            return []
        return held or list(super().about(desk, memory))

    def _due(self, desk: Desk, option: Option) -> bool:
        return desk.judge(self.rule, option.subject).decisive.code in {"recert_due", "recert_lapsed"}


def say_appointment(desk: Desk, person: Person, option: Option, phrase: str = "appointment_line") -> None:
    """One line: test, day and time at the site, and where."""
    appointment = option.purchase.appointment if option.purchase else None
    if appointment is None:
        return
    site = person.sites[appointment.site]
    starts_at = instant_of(appointment.starts_at, zone(site.time_zone))
    values = {"test": option.test} if phrase == "appointment_line" else {}
    desk.phrase(phrase, starts_at=starts_at, site=f"{site.name}, {site.city}", **values)


def say_experience(desk: Desk, person: Person) -> None:
    """Where the review of the work experience stands."""
    experience = person.candidate.work_experience
    desk.phrase(
        f"work_experience_{experience.status}",
        submitted_on=experience.submitted_on,
        decided_on=experience.decided_on,
    )


def _passed(option: Option) -> bool:
    result = option.purchase.result if option.purchase else None
    return result is not None and result.outcome == "pass"

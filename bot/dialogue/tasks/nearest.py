"""What a person should do next: what waits for them, then whatever has the nearest day."""

from __future__ import annotations

from datetime import date

from bot.contracts.asking import QuestionKind
from bot.dialogue.memories import Asked
from bot.dialogue.outcome import Reply, on_day
from bot.dialogue.tasks.records import (
    sat_unrecorded,
    say_appointment,
    say_nothing_recorded,
    tell_appointment,
    waits_for_experience,
)
from bot.dialogue.tasks.subjects import Option, booked, certified, failed, missed, open_tests, passed
from bot.dialogue.values import Person
from bot.rules.facts import Subject

_DUE = {"recert_due", "recert_lapsed"}


def tell_nearest(reply: Reply, person: Person) -> bool:
    """Tell the one next thing; False where the records ask for nothing."""
    turn = reply.turn
    today = turn.today
    reply.asked = Asked(kind=QuestionKind.WHAT_NEXT.value)
    unrecorded = sat_unrecorded(person, turn.now, today)
    if unrecorded:
        say_nothing_recorded(reply, person, unrecorded[0])
        reply.tell("results_availability", unrecorded[0].subject, silent=True)
        return True
    if any(waits_for_experience(reply, option) for option in passed(person, today)[:1]):
        return True
    if person.candidate.accommodation.status in {"in_review", "denied"}:
        reply.tell("accommodation", Subject())
        return True
    dated = sorted(_dated(reply, person), key=lambda each: each[0])
    if dated:
        _, rule, option = dated[0]
        if rule == "reschedule":
            tell_appointment(reply, person, option)
            return True
        reply.tell(rule, option.subject)
        if rule == "purchase_window":
            reply.phrase("window_not_booked")
        elif rule == "recertification":
            _say_bought(reply, person, option)
        return True
    for rule, options in (("retest", failed), ("repurchase_after_no_show", missed)):
        for option in options(person, today)[:1]:
            reply.tell(rule, option.subject)
            return True
    reply.phrase("nothing_open")
    return True


def _dated(reply: Reply, person: Person) -> list[tuple[date, str, Option]]:
    """What has a day of its own: purchases that run out, appointments, certifications that are due."""
    today = reply.turn.today
    found: list[tuple[date, str, Option]] = []
    for option in open_tests(person, today):
        decision = reply.turn.judge("purchase_window", option.subject)
        last = on_day(decision.decisive.values.get("must_test_by"))
        if last is not None:
            found.append((last, "purchase_window", option))
    for option in booked(person, today):
        if option.booked_day is not None:
            found.append((option.booked_day, "reschedule", option))
    for option in certified(person, today):
        decision = reply.turn.judge("recertification", option.subject)
        last = on_day(decision.decisive.values.get("expires_on"))
        if decision.decisive.code in _DUE and last is not None:
            found.append((max(last, today), "recertification", option))
    return found


def _say_bought(reply: Reply, person: Person, option: Option) -> None:
    """The recertification test that is booked for it already."""
    for each in booked(person, reply.turn.today):
        if each.test == f"{option.test}R":
            say_appointment(reply, person, each)

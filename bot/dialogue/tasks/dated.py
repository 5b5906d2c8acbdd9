"""A day in a question, held against the day of a decision: "tomorrow?", "is it still good on the 30th"."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.contracts.asking import QuestionKind
from bot.contracts.given import Given
from bot.contracts.points import Point
from bot.dialogue.memories import Asked
from bot.dialogue.outcome import Reply, on_day
from bot.rules.decision import Decision, Value
from bot.rules.facts import Subject

_ASK_FOR_A_DAY = {
    QuestionKind.FROM_WHEN,
    QuestionKind.UNTIL_WHEN,
    QuestionKind.HOW_LONG,
    QuestionKind.HOW_MUCH,
    QuestionKind.WHERE,
}
"""Kinds of question that want a day or another thing told, not one judged."""


_NOT_OF_THE_DAY = {Point.LOSE, Point.BACK, Point.PAY, Point.WAIT, Point.GO, Point.START_OVER}
"""Points that a day in the question leaves as they are."""


@dataclass(frozen=True, slots=True)
class _Verdict:
    """The phrase that says whether the day will do, with its values."""

    phrase: str
    values: Mapping[str, Value]


def held_against(reply: Reply, rule: str, subject: Subject, asked: Asked | None, *, only_day: bool = False) -> bool:
    """Say first whether the day in the question will do, where the decision has a day to hold it against.

    `only_day`: the message is no more than the day. True when it was said; the decision is told with it.
    """
    if asked is None or (asked.kind in _ASK_FOR_A_DAY and not only_day) or set(asked.points) & _NOT_OF_THE_DAY:
        return False
    given = Given.of(asked.given)
    day = given.asked or (given.appointment if only_day else None)
    if day is None or given.asked_to is not None:
        return False
    if rule in _ON_THAT_DAY:
        return _as_of(reply, rule, subject, day)
    verdict = _verdict(reply.turn.judge(rule, subject), day)
    if verdict is None:
        return False
    reply.phrase(verdict.phrase, **verdict.values)
    reply.tell(rule, subject, silent=True)
    return True


def _verdict(decision: Decision, day: date) -> _Verdict | None:
    reason = decision.decisive
    judge = _BY_REASON.get(reason.code)
    return judge(reason.values, day) if judge is not None else None


def _opens(values: Mapping[str, Value], day: date) -> _Verdict | None:
    opens = on_day(values.get("opens_on"))
    if opens is None:
        return None
    if day >= opens:
        return _Verdict("reckon_retest_yes", {"asked_on": day, "opens_on": opens})
    return _Verdict("reckon_retest_no", {"opens_on": opens})


def _window(values: Mapping[str, Value], day: date) -> _Verdict | None:
    last = on_day(values.get("must_test_by"))
    if last is None:
        return None
    return _Verdict("reckon_window_yes" if day <= last else "reckon_window_no", {"must_test_by": last})


def _change(values: Mapping[str, Value], day: date) -> _Verdict | None:
    until = values.get("change_by")
    if not isinstance(until, datetime):
        return None
    if day > until.date():
        return _Verdict("reckon_change_no", {"change_on": until.date()})
    return _Verdict("reckon_change_yes", {"change_on": until.date(), "change_at": until})


def _valid(values: Mapping[str, Value], day: date) -> _Verdict | None:
    last = on_day(values.get("expires_on"))
    if last is None:
        return None
    return _Verdict("reckon_current" if day <= last else "day_expired", {"expires_on": last})


def _if_posted(values: Mapping[str, Value], day: date) -> _Verdict | None:
    return _Verdict("day_if_posted", {"test": values["test"], "asked_on": day})


def _expected(name: str) -> Callable[[Mapping[str, Value], date], _Verdict | None]:
    def judge(values: Mapping[str, Value], day: date) -> _Verdict | None:
        about = on_day(values.get(name))
        if about is None:
            return None
        return _Verdict("day_expected_yes" if day >= about else "day_expected_no", {"about": about, "asked_on": day})

    return judge


_BY_REASON: Mapping[str, Callable[[Mapping[str, Value], date], _Verdict | None]] = {
    "retest_wait": _opens,
    "retest_open": _opens,
    "window_open": _window,
    "can_schedule": _window,
    "can_reschedule": _change,
    "inside_change_cutoff": _change,
    "can_cancel_appointment": _change,
    "current": _valid,
    "no_show_not_posted": _if_posted,
    "certificate_expected": _expected("expected_on"),
    "results_emailed_online_soon": _expected("online_by"),
}
"""Reason -> how a day stands to it."""


def day_after(reply: Reply, rule: str, subject: Subject, day: date, asked: Asked) -> bool:
    """Say what the rule says from the end of a day on; a question that hopes for a no ("so I can't …") gets a yes."""
    turn, on = reply.turn, day + timedelta(days=1)
    if rule == "advanced_prerequisites" and (asked.denied or asked.against):
        as_of = datetime.combine(on, time(12), turn.zone)
        missing = turn.judge(rule, subject, as_of=as_of).decisive
        if missing.code == "prerequisite_missing" and day >= turn.today:
            reply.phrase("day_prerequisites_right", test=subject.test, last=day, missing=missing.values["missing"])
            reply.tell(rule, subject, as_of=as_of, silent=True)
            return True
    return _as_of(reply, rule, subject, on)


def _as_of(reply: Reply, rule: str, subject: Subject, day: date) -> bool:
    """What the rule says on that day, by the records as they are."""
    turn = reply.turn
    if day <= turn.today:
        return False
    as_of = datetime.combine(day, time(12), turn.zone)
    decision = turn.judge(rule, subject, as_of=as_of)
    phrase = _ON_THAT_DAY[rule].get(decision.decisive.code)
    if phrase is None:
        return False
    values = decision.decisive.values
    said = {name: values[name] for name in ("missing", "expired") if name in values}
    about = {"series": subject.series[0]} if rule == "master_status" and subject.series else {"test": subject.test}
    reply.phrase(phrase, on=day, **about, **said)
    reply.tell(rule, subject, as_of=as_of, silent=True)
    return True


_ON_THAT_DAY: Mapping[str, Mapping[str, str]] = {
    "advanced_prerequisites": {
        "prerequisites_met": "day_prerequisites_yes",
        "prerequisite_missing": "day_prerequisites_no",
    },
    "master_status": {"master_held": "day_master_yes", "master_lapsed": "day_master_no"},
}
"""Rules that are asked as of the day itself -> the phrase for each reason."""

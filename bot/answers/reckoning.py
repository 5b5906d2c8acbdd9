"""Days worked out from the days that a person names, by the policy values of the day: text only, no decision.

For people who are not signed in, or who ask in general. What the rules decide on somebody's records stays with them.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.contracts.asking import QuestionKind
from bot.contracts.given import Given
from bot.rules import policy as ids
from bot.rules.certifications import expiry
from bot.rules.decision import Value
from bot.rules.policy import PolicyBook, reading, whole_number
from bot.rules.state import change_by
from bot.rules.time import ONE_DAY, add_years, instant_of, zone

_CHANGES = ("account/reschedule", "account/cancel_appointment", "account/cancel_test", "account/appointment_details")
_OWN: Mapping[str, str] = {
    "account/retest": "failed",
    "account/purchase_window": "bought",
    "account/schedule_test": "bought",
    "faq/registration": "bought",
    "account/certification_expiry": "certified",
    "account/recertification": "certified",
    "account/certificate_status": "taken",
    "account/test_results": "taken",
    **dict.fromkeys(_CHANGES, "appointment"),
}
"""Topic -> what happened on a day that is named without saying what."""

_ZONE = "UTC"
"""Clock times are told as they were given, so any zone without clock changes does."""


def own_day(label: str) -> str | None:
    """What happened on a day that is named on this topic without saying what."""
    return _OWN.get(label)


def as_happened(label: str, given: Given, *, day: date) -> Given:
    """A day told without a question ("it was March 3") as the day of what the topic is about."""
    own = _OWN.get(label)
    if own is None or given.asked is None or getattr(given, own) is not None:
        return given
    then = given.asked if own == "appointment" or given.asked <= day else add_years(given.asked, -1)
    return Given.of({**given.as_dict(), own: then.isoformat(), "asked": None})


@dataclass(frozen=True, slots=True)
class Reckoned:
    """The phrase that says it, its values, and the policy values it rests on."""

    phrase: str
    values: Mapping[str, Value]
    policy: tuple[str, ...]

    @property
    def limit(self) -> date | None:
        """The day that it comes to."""
        names = ("must_test_by", "opens_on", "change_on", "expires_on", "expected_on", "online_by")
        return next((value for name in names if isinstance(value := self.values.get(name), date)), None)


def others_of(label: str, given: Given) -> list[Given]:
    """What is given, with each further day on which the same happened in the place of the first."""
    role = next((name for name in (_OWN.get(label), "failed", "bought") if name and getattr(given, name)), None)
    return (
        [] if role is None else [Given.of({**given.as_dict(), role: day.isoformat(), "also": ()}) for day in given.also]
    )


def _near(asked: date | None, left_open: str | None, limit: date) -> date | None:
    """A day named without its month or year: the one nearest to the day that it is held against."""
    if asked is None or left_open is None:
        return asked
    if left_open == "year":
        around = [add_years(asked, limit.year + each - asked.year) for each in (-1, 0, 1)]
    else:
        months = [limit.year * 12 + limit.month - 1 + each for each in (-1, 0, 1)]
        around = [
            date(month // 12, month % 12 + 1, asked.day)
            for month in months
            if asked.day <= monthrange(month // 12, month % 12 + 1)[1]
        ]
    return min(around, key=lambda each: abs(each - limit))


def reckon(label: str, kind: QuestionKind | None, given: Given, *, book: PolicyBook, day: date) -> Reckoned | None:
    """What the given days come to, or None where the topic and the days leave nothing to work out.

    `day` is today for the person. Raises MissingPolicy.
    """
    own = _OWN.get(label)
    if own == "certified" and given.certified is None and given.taken is not None:
        given = Given.of({**given.as_dict(), own: given.taken.isoformat()})
    if given.renews is not None and own == "certified" and kind in _NEW_DATE:
        row = book.on(ids.VALIDITY, day)
        values: dict[str, Value] = {"expires_on": expiry(given.renews, row), "renewed_on": given.renews}
        return Reckoned("reckon_renewed", values, (row.id,))
    if kind != QuestionKind.WHETHER:
        if own == "certified" and given.certified is None and given.asked is not None and given.asked > day:
            return None  # a day to come is when it runs out, not when it began
        given = as_happened(label, given, day=day)
    asks = kind in (QuestionKind.WHETHER, QuestionKind.WHAT_IF, QuestionKind.WHAT_IF_NOT)
    order = [name for name in (own, "failed", "appointment", "bought") if name is not None]
    if given.failed is not None and kind == QuestionKind.FROM_WHEN:
        order.insert(0, "failed")
    for name in order:
        if getattr(given, name) is not None:
            if name == "bought" and kind in (QuestionKind.HOW_MANY, QuestionKind.HOW_LONG) and given.asked is None:
                return _days_left(given.bought, book, day)
            return _BY_DAY[name](label, asks, given, book, day)
    counts = kind in (None, QuestionKind.WHETHER, QuestionKind.WHAT_IF, QuestionKind.HOW_LONG, QuestionKind.FROM_WHEN)
    return _by_number(label, given, book, day) if given.days is not None and counts else None


_NEW_DATE = (
    None,
    QuestionKind.WHEN,
    QuestionKind.UNTIL_WHEN,
    QuestionKind.FROM_WHEN,
    QuestionKind.HOW_LONG,
    QuestionKind.WHICH,
    QuestionKind.WHAT_IF,
    QuestionKind.WHAT_NEXT,
)
"""Kinds of question that the new date answers where somebody recertifies."""


def _days_left(bought: date | None, book: PolicyBook, day: date) -> Reckoned:
    assert bought is not None
    row = book.on(ids.PURCHASE_WINDOW, day)
    last = bought + timedelta(days=whole_number(row))
    if last < day:
        return Reckoned("reckon_window_over", {"must_test_by": last}, (row.id,))
    return Reckoned("reckon_window_left", {"must_test_by": last, "days_left": (last - day).days}, (row.id,))


def _failed(label: str, asks: bool, given: Given, book: PolicyBook, day: date) -> Reckoned:
    assert given.failed is not None
    wait, how = book.on(ids.RETEST_WAIT, day), book.on(ids.RETEST_WAIT_READING, day)
    opens = given.failed + timedelta(days=whole_number(wait))
    if reading(how) == ids.FULL_DAYS:
        opens += ONE_DAY
    rests = (wait.id, how.id)
    asked = _near(given.asked, given.open, opens)
    if asked is None and given.days is not None:
        asked = given.failed + timedelta(days=given.days)
    if asked is None and asks and given.failed <= day:
        return Reckoned("reckon_retest_open" if opens <= day else "reckon_retest_no", {"opens_on": opens}, rests)
    if asked is None:
        return Reckoned("reckon_retest_from", {"opens_on": opens, "failed_on": given.failed}, rests)
    if asked >= opens:
        return Reckoned("reckon_retest_yes", {"asked_on": asked, "opens_on": opens}, rests)
    return Reckoned("reckon_retest_no", {"opens_on": opens}, rests)


def _bought(label: str, asks: bool, given: Given, book: PolicyBook, day: date) -> Reckoned:
    assert given.bought is not None
    row = book.on(ids.PURCHASE_WINDOW, day)
    last = given.bought + timedelta(days=whole_number(row))
    values: dict[str, Value] = {"must_test_by": last}
    asked = _near(given.asked, given.open, last) or given.appointment
    if asked is not None:
        return Reckoned("reckon_window_yes" if asked <= last else "reckon_window_no", values, (row.id,))
    if last < day:
        return Reckoned("reckon_window_over", values, (row.id,))
    if asks:
        return Reckoned("reckon_window_yes", values, (row.id,))
    return Reckoned("reckon_window_until", {**values, "bought_on": given.bought}, (row.id,))


def _appointment(label: str, asks: bool, given: Given, book: PolicyBook, day: date) -> Reckoned | None:
    if label not in _CHANGES or given.appointment is None:
        return None
    row, how = book.on(ids.CHANGE_CUTOFF, day), book.on(ids.CHANGE_CUTOFF_READING, day)
    told = given.at or given.asked_at
    at = told or datetime.min.time()
    start = instant_of(datetime.combine(given.appointment, at), zone(_ZONE))
    closes = change_by(start, whole_number(row), reading(how))
    rests = (row.id, how.id)
    values: dict[str, Value] = {"change_on": closes.date()}
    if told is not None:
        values["change_at"] = closes
    clock = given.asked_at if given.at is not None else None
    asked = _near(given.asked, given.open, closes.date()) or (closes.date() if clock else day if asks else None)
    late = asked == closes.date() and clock is not None and clock > closes.time()
    if asked is not None and (asked > closes.date() or late):
        return Reckoned("reckon_change_no", values, rests)
    asks = asks or clock is not None
    return Reckoned("reckon_change_yes" if asks else "reckon_change_by", values, rests)


def _certified(label: str, asks: bool, given: Given, book: PolicyBook, day: date) -> Reckoned:
    assert given.certified is not None
    row = book.on(ids.VALIDITY, day)
    last = expiry(given.certified, row)
    phrase = (
        "reckon_expired"
        if last < (_near(given.asked, given.open, last) or day)
        else "reckon_current"
        if asks
        else "reckon_expires"
    )
    return Reckoned(phrase, {"expires_on": last}, (row.id,))


def _taken(label: str, asks: bool, given: Given, book: PolicyBook, day: date) -> Reckoned | None:
    assert given.taken is not None
    if label == "account/test_results":
        row = book.on(ids.ONLINE_RESULTS, day)
        return Reckoned("reckon_results", {"online_by": given.taken + timedelta(days=whole_number(row))}, (row.id,))
    if label == "account/certificate_status":
        row = book.on(ids.CERTIFICATE_ESTIMATE, day)
        expected = given.taken + timedelta(days=whole_number(row))
        return Reckoned("reckon_certificate", {"expected_on": expected}, (row.id,))
    return None


def _by_number(label: str, given: Given, book: PolicyBook, day: date) -> Reckoned | None:
    """Whether a number of days is enough, or not too many."""
    assert given.days is not None
    if label == "account/retest":
        wait, how = book.on(ids.RETEST_WAIT, day), book.on(ids.RETEST_WAIT_READING, day)
        least = whole_number(wait) + (1 if reading(how) == ids.FULL_DAYS else 0)
        return Reckoned("reckon_wait_yes" if given.days >= least else "reckon_wait_no", {}, (wait.id, how.id))
    if label in _CHANGES and given.ahead:
        row = book.on(ids.CHANGE_CUTOFF, day)
        return Reckoned("reckon_ahead_yes" if given.days >= whole_number(row) else "reckon_ahead_no", {}, (row.id,))
    if label in ("account/purchase_window", "account/schedule_test", "faq/registration"):
        row = book.on(ids.PURCHASE_WINDOW, day)
        return Reckoned("reckon_days_yes" if given.days <= whole_number(row) else "reckon_days_no", {}, (row.id,))
    return None


_BY_DAY: Mapping[str, Callable[[str, bool, Given, PolicyBook, date], Reckoned | None]] = {
    "failed": _failed,
    "bought": _bought,
    "appointment": _appointment,
    "certified": _certified,
    "taken": _taken,
}

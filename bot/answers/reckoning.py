"""Days worked out from the days that a person names, by the policy values of the day: text only, no decision.

For people who are not signed in, or who ask in general. What the rules decide on somebody's records stays with them.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.contracts.asking import QuestionKind
from bot.contracts.given import Given
from bot.rules import policy as ids
from bot.rules.certifications import expiry
from bot.rules.decision import Value
from bot.rules.policy import PolicyBook, reading, whole_number
from bot.rules.state import change_by
from bot.rules.time import ONE_DAY, add_years, instant_of, zone

MASTER = "account/master_status"
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
    MASTER: "certified",
    **dict.fromkeys(_CHANGES, "appointment"),
}
"""Topic -> what happened on a day that is named without saying what."""

_FAR = timedelta(days=180)
"""A test is to come on a day without a year that is no further ahead than this."""

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
    then, last = given.asked, given.asked_to
    coming = own == "appointment" or (own == "taken" and given.asked - day < _FAR)
    if not coming and given.asked > day and given.open == "month":
        then = _last_of_number(given.asked, day)
    elif not coming and given.asked > day:
        then, last = add_years(then, -1), None if last is None else add_years(last, -1)
    until = given.happened_to if last is None else last if coming else min(last, day)
    found = {**given.as_dict(), own: then, "happened_to": until, "asked": None, "asked_to": None}
    return Given.of({name: each.isoformat() if isinstance(each, date) else each for name, each in found.items()})


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


def _last_of_number(named: date, day: date) -> date:
    """The last day with the same number in its month: "the 18th" on which something has happened."""
    months = (day.year * 12 + day.month - 1 - back for back in range(4))
    found = [
        date(month // 12, month % 12 + 1, named.day)
        for month in months
        if named.day <= monthrange(month // 12, month % 12 + 1)[1]
    ]
    return next((each for each in found if each <= day), named)


_CARRIED: Mapping[str, tuple[str, ...]] = {
    "account/retest": ("failed",),
    "account/purchase_window": ("bought",),
    "account/schedule_test": ("bought", "failed"),
    "faq/registration": ("bought", "failed"),
    **dict.fromkeys(
        ("account/certification_expiry", "account/recertification", MASTER), ("certified", "taken", "expires")
    ),
    **dict.fromkeys(("account/certificate_status", "account/test_results"), ("taken",)),
    **dict.fromkeys(_CHANGES, ("appointment", "at")),
}
"""Topic -> what happened before that its questions are still about."""


def carried(label: str, before: Mapping[str, object]) -> dict[str, object]:
    """Of the days given so far, those that the questions on a topic are still about."""
    names = _CARRIED.get(label, ())
    if not any(before.get(name) for name in names):
        return {}
    return {name: before[name] for name in (*names, "happened_to", "also") if before.get(name)}


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


_NOT_DATED = {"faq/fees", "faq/merchandise", "faq/test_day"}
"""Topics on which a day that is named is not what is asked about."""
_NEVER_DATED = {QuestionKind.HOW_MUCH, QuestionKind.WHY}
"""Kinds of question that no day answers."""
_WHY_NOT_HERE = (QuestionKind.WHY, "account/certificate_status")
"""Why a certificate has not come: by when it was to be expected."""
_OF_MASTER = {QuestionKind.WHEN, QuestionKind.UNTIL_WHEN, QuestionKind.HOW_LONG}
"""Kinds of question that the days of the required certifications answer: not whether one is a Master at all."""


def reckon(label: str, kind: QuestionKind | None, given: Given, *, book: PolicyBook, day: date) -> Reckoned | None:
    """What the given days come to, or None where the topic and the days leave nothing to work out.

    `day` is today for the person. Raises MissingPolicy.
    """
    own = _OWN.get(label)
    if (
        (kind in _NEVER_DATED and (kind, label) != _WHY_NOT_HERE)
        or label in _NOT_DATED
        or (label == MASTER and kind not in _OF_MASTER)
    ):
        return None
    if given.moves_to is not None and given.bought is not None:
        return _bought(label, True, replace(given, asked=given.moves_to, appointment=None), book, day)
    given = _as_told(label, kind, given, day)
    if given.happened_to is not None:
        return _of_a_span(label, kind, given, book=book, day=day)
    if given.asked_to is not None:
        return _against_a_span(label, kind, given, book=book, day=day)
    if given.renews is not None and own == "certified" and kind in _NEW_DATE:
        row = book.on(ids.VALIDITY, day)
        values: dict[str, Value] = {"expires_on": expiry(given.renews, row), "renewed_on": given.renews}
        return Reckoned("reckon_renewed", values, (row.id,))
    if given.expires is not None and given.certified is None and own == "certified":
        return _expires(label, kind, given.expires, given, book, day)
    if label == "account/recertification" and kind in (QuestionKind.WHETHER, QuestionKind.WHAT_IF):
        return None  # whether one may: told of everybody alike
    if kind != QuestionKind.WHETHER:
        if own == "certified" and given.certified is None and given.asked is not None and given.asked > day:
            return None  # a day to come is when it runs out, not when it began
        given = as_happened(label, given, day=day)
    asks = kind in (QuestionKind.WHETHER, QuestionKind.WHAT_IF, QuestionKind.WHAT_IF_NOT)
    first = "failed" if kind == QuestionKind.FROM_WHEN else own
    for name in filter(None, (first, own, "failed", "appointment", "bought")):
        if getattr(given, name) is not None:
            if name in ("bought", "failed") and given.ahead and given.days is not None and given.asked is None:
                return _left(name, given, book, day)
            if name == "bought" and kind in (QuestionKind.HOW_MANY, QuestionKind.HOW_LONG) and given.asked is None:
                return _days_left(given.bought, book, day)
            return _BY_DAY[name](label, asks, given, book, day)
    counts = kind in (None, QuestionKind.WHETHER, QuestionKind.WHAT_IF, QuestionKind.HOW_LONG, QuestionKind.FROM_WHEN)
    return _by_number(label, given, book, day) if given.days is not None and counts else None


def _as_told(label: str, kind: QuestionKind | None, given: Given, day: date) -> Given:
    """What is given, with a past month, or the day a test was passed, as the day of what the topic is about."""
    own = _OWN.get(label)
    if given.asked is not None and given.asked_to is not None and given.asked <= day and own in _PAST_DAYS:
        return given if kind == QuestionKind.WHETHER else as_happened(label, given, day=day)
    spans = given.happened_to is not None or given.asked_to is not None
    if own == "certified" and given.certified is None and given.taken is not None and not spans:
        return replace(given, certified=given.taken)
    return given


_ENDS = {
    "reckon_window_over": "reckon_span_over",
    "reckon_expired": "reckon_span_expired",
    "reckon_ran_out": "reckon_span_ran_out",
    **dict.fromkeys(("reckon_window_yes", "reckon_current", "reckon_runs_to"), "reckon_span_yes"),
    "reckon_retest_open": "reckon_span_open",
    "reckon_retest_yes": "reckon_span_open",
    "reckon_ends_before": "reckon_span_expired",
    "reckon_master_until": "reckon_master_span",
    "reckon_certificate_due": "reckon_span_due",
    "reckon_master_ended": "reckon_span_ran_out",
}
"""What is said where each day of a month comes to the same."""


def _of_a_span(label: str, kind: QuestionKind | None, given: Given, *, book: PolicyBook, day: date) -> Reckoned | None:
    """What the days come to where only the month is known in which it happened."""
    role = next(
        (name for name in ("renews", _OWN.get(label), *_PAST_DAYS) if name and getattr(given, name) is not None), None
    )
    if role is None or role == "appointment":
        return None
    single = replace(given, happened_to=None)
    first = reckon(label, kind, single, book=book, day=day)
    until = Given.of({**single.as_dict(), role: given.happened_to.isoformat()}) if given.happened_to else single
    last = reckon(label, kind, until, book=book, day=day)
    if first is None or last is None or first.limit is None or last.limit is None:
        return None
    values: dict[str, Value] = {"from_day": first.limit, "to_day": last.limit}
    key = _ENDS.get(first.phrase, "reckon_span") if first.phrase == last.phrase else "reckon_span"
    return Reckoned(key, values, first.policy)


_PAST_DAYS = ("failed", "bought", "taken", "certified", "expires")


def _against_a_span(
    label: str, kind: QuestionKind | None, given: Given, *, book: PolicyBook, day: date
) -> Reckoned | None:
    """The same for a month that is asked about: all of it will do, or none of it; else the day that it turns on."""
    single = replace(given, asked_to=None)
    first = reckon(label, kind, single, book=book, day=day)
    last = reckon(label, kind, replace(single, asked=given.asked_to), book=book, day=day)
    if first is None or last is None or first.phrase == last.phrase:
        return first
    return reckon(label, QuestionKind.WHEN, replace(single, asked=None), book=book, day=day)


def _expires(
    label: str, kind: QuestionKind | None, last: date, given: Given, book: PolicyBook, day: date
) -> Reckoned | None:
    """What is told of a certification whose last day is known."""
    rests = (book.on(ids.VALIDITY, day).id,)
    values: dict[str, Value] = {"expires_on": last}
    if kind == QuestionKind.WHETHER and label == "account/certification_expiry":
        over = last < (_near(given.asked, given.open, last) or day)
        gone = "reckon_ran_out" if last < day else "reckon_ends_before"
        return Reckoned(gone if over else "reckon_runs_to", values, rests)
    asks = kind in (QuestionKind.WHEN, QuestionKind.UNTIL_WHEN, QuestionKind.WHICH, QuestionKind.HOW_LONG)
    return Reckoned("reckon_last_day", values, rests) if asks else None


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


def _left(name: str, given: Given, book: PolicyBook, day: date) -> Reckoned | None:
    """Whether as many days are left as are named ("so I've got 12 days left?")."""
    found = _BY_DAY[name]("", False, replace(given, days=None, ahead=False), book, day)
    if found is None or found.limit is None or found.limit < day:
        return found
    left = (found.limit - day).days
    key = "reckon_left_yes" if left == given.days else "reckon_left_no"
    return Reckoned(key, {"days_left": left, "left_on": found.limit}, found.policy)


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
    if asked == opens:
        return Reckoned("reckon_retest_first", {"opens_on": opens}, rests)
    if asked > opens:
        return Reckoned("reckon_retest_yes", {"asked_on": asked, "opens_on": opens}, rests)
    return Reckoned("reckon_retest_no", {"opens_on": opens}, rests)


def _bought(label: str, asks: bool, given: Given, book: PolicyBook, day: date) -> Reckoned:
    assert given.bought is not None
    row = book.on(ids.PURCHASE_WINDOW, day)
    last = given.bought + timedelta(days=whole_number(row))
    values: dict[str, Value] = {"must_test_by": last}
    asked = _near(given.asked, given.open, last) or given.appointment or given.taken
    if asked is None and given.days is not None:
        asked = given.bought + timedelta(days=given.days)
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
    if label == MASTER:
        return Reckoned("reckon_master_ended" if last < day else "reckon_master_until", {"expires_on": last}, (row.id,))
    phrase = (
        ("reckon_expired" if last < day else "reckon_ends_before")
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
        phrase = "reckon_certificate" if expected >= day else "reckon_certificate_due"
        return Reckoned(phrase, {"expected_on": expected}, (row.id,))
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

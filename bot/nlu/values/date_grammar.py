"""How people in the US say days and spans of days; each reader returns a span of days and the place after it.

All readers take the row of words and a place in it. `today` and whether the clause speaks of the past come with
the `Calendar`. Weeks run from Monday to Sunday; "next Friday" is the Friday of next week, "Friday" and "this
Friday" the coming one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from bot.nlu.values.days import UNITS_OF_TIME, Calendar, Days, Read, day
from bot.nlu.values.month_days import (
    CHOSEN,
    MONTHS,
    dated,
    day_first,
    day_of_month,
    iso,
    month_first,
    numeric,
    slashed,
    whole_year,
)
from bot.nlu.values.words import ORDINALS, TENS, UNITS, Word, bag, cardinal, norm, ordinal, touching

WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "monday mon lunes", "tuesday tue tues martes", "wednesday wed weds wednsday wensday miércoles miercoles",
            "thursday thu thur thurs jueves", "friday fri viernes", "saturday sat sábado sabado", "sunday sun domingo",
        )
    )
    for name in names.split()
}  # fmt: skip
_TOMORROW = frozenset(["tomorrow", "tomorow", "tommorow", "tommorrow", "tmrw", "tmr", "tmw", "tomorrows"])
_VAGUE = frozenset({"near", "nearly", "about", "almost", "over", "around", "few", "like", "roughly", "than"})
_ANSWER = 5
"""Words up to which a message is an answer, and "the weekend" the coming one rather than any."""
_ANYBODY = bag("over you open offer run center centers centre centres sites tests ever always usually during")
_ASIDE = frozenset({",", ".", "the", "on"})


_OF_DAYS = (
    frozenset(WEEKDAYS)
    | frozenset(MONTHS)
    | frozenset(UNITS_OF_TIME)
    | frozenset(UNITS)
    | frozenset(TENS)
    | frozenset(ORDINALS)
    | _TOMORROW
    | bag("""tomorrow's today todays today's tonight tonite yesterday yesterdays yesterday's weekend mark morning
        afternoon evening night""")
)


def speaks_of_days(row: Sequence[Word]) -> bool:
    """Whether any word belongs to a day or a number; without one there is nothing to read."""
    return any(word.norm in _OF_DAYS or word.is_number or word.norm.rstrip("s'") in WEEKDAYS for word in row)


def read_day(row: Sequence[Word], at: int, calendar: Calendar) -> Read | None:
    """The longest day or span of days that starts at `at`."""
    if at >= len(row):
        return None
    found = [read for read in (reader(row, at, calendar) for reader in _READERS) if read is not None]
    return max(found, key=lambda read: read[1], default=None)


def _said_day(row: Sequence[Word], at: int, calendar: Calendar) -> Read | None:
    word = norm(row, at)
    today = calendar.today
    if word in {"today", "todays", "today's", "tonight", "tonite"}:
        return day(today), at + 1
    if word in _TOMORROW or word == "tomorrow's":
        return day(today + timedelta(days=1)), at + 1
    if word in {"yesterday", "yesterdays", "yesterday's"}:
        return day(today - timedelta(days=1)), at + 1
    place = at + 1 if word == "the" else at
    if norm(row, place) == "day" and norm(row, place + 1) in {"after", "before"}:
        anchor = read_day(row, place + 2, calendar)
        if anchor is not None and anchor[0].single:
            step = 1 if norm(row, place + 1) == "after" else -1
            return day(anchor[0].first + timedelta(days=step)), anchor[1]
    if word == "this" and norm(row, at + 1) in {"morning", "afternoon", "evening"}:
        return day(today), at + 1
    if word == "mark" and ordinal(row, at + 1):
        return month_first(
            [*row[:at], Word("march", "march", row[at].start, row[at].end), *row[at + 1 :]], at, calendar
        )
    if word == "last" and norm(row, at + 1) == "night":
        return day(today - timedelta(days=1)), at + 1
    return None


def _weekday(row: Sequence[Word], at: int, calendar: Calendar) -> Read | None:
    word = norm(row, at)
    modifier = {"this": "this", "next": "next", "last": "last", "past": "last", "coming": "this", "following": "next",
                "upcoming": "this", "previous": "last"}.get(word, "")  # fmt: skip
    place = at + 1 if modifier else at
    if modifier in {"this", "next", "last"} and norm(row, place) in {"coming", "past", "upcoming"}:
        modifier, place = ("last" if norm(row, place) == "past" else "this"), place + 1
    name = norm(row, place).removesuffix("'s")
    number = WEEKDAYS.get(name, WEEKDAYS.get(name.removesuffix("s")))
    if number is None or (name in {"sat", "sun", "mon", "wed"} and not modifier and is_no_day(row, place)):
        return None
    after = place + 1
    if norm(row, after) == "." and len(name) <= 5 and after + 1 < len(row) and not row[after + 1].text[0].isupper():
        after += 1
    dated = _weekday_with_date(row, after, calendar)
    if dated is not None:
        return dated
    if norm(row, after) == "after" and norm(row, after + 1) == "next":
        return day(calendar.week(2).first + timedelta(days=number)), after + 2
    weeks = _week_after(row, after, calendar)
    if weeks is not None:
        return day(weeks[0].first + timedelta(days=number)), weeks[1]
    if norm(row, after) == "in" and not modifier:
        span = _amount(row, after + 1)
        if span is not None and norm(row, span[1]) in {"week", "weeks"}:
            return day(calendar.weekday(number).first + timedelta(weeks=span[0])), span[1] + 1
    return calendar.weekday(number, modifier), after


def is_no_day(row: Sequence[Word], at: int) -> bool:
    """Whether "sat", "sun", "wed" is a verb or a noun here rather than a day."""
    if (row[at].text[0].isupper() and at > 0) or norm(row, at - 1) in _BEFORE_DAYS:
        return False
    if norm(row, at + 1) == "the" and ordinal(row, at + 2) is not None and norm(row, at - 1) not in _SITTERS:
        return False
    if norm(row, at + 1) in {"for", "the", "in", "my", "it", "through", "that", "a", "down"}:
        return True
    return len(row) > 1 and norm(row, at - 1) in _SITTERS


_BEFORE_DAYS = bag("on this next last by until till every or and coming")
_SITTERS = bag("i i've have has we he she they the never just")


def _weekday_with_date(row: Sequence[Word], after: int, calendar: Calendar) -> Read | None:
    """ "Friday, March 14", "Friday the 14th", "Friday 3/14": the date decides."""
    place = after
    while norm(row, place) in _ASIDE and place < after + 2:
        place += 1
    if place >= len(row):
        return None
    for reader in (iso, numeric, month_first, day_first):
        found = reader(row, place, calendar)
        if found is not None and found[0].kind in {"day", "range"}:
            return found
    number = ordinal(row, place) or _bare_after_the(row, place)
    if number is not None and norm(row, place - 1) != "." and (row[place].is_number or norm(row, place - 1) == "the"):
        if norm(row, number[1]) in CHOSEN:
            return None
        on = calendar.day_of_month(number[0]) if 1 <= number[0] <= 31 else None
        return (on, number[1]) if on else None
    return None


def _bare_after_the(row: Sequence[Word], at: int) -> tuple[int, int] | None:
    """ "(Friday) the thirteen" at the end of what is said."""
    number = cardinal(row, at) if norm(row, at - 1) == "the" else None
    ends = number is not None and norm(row, number[1]) in {"", ",", ".", "?", "!", "at", "please", "for", "works"}
    return number if ends else None


def _week_after(row: Sequence[Word], at: int, calendar: Calendar) -> Read | None:
    """ "(of) next week", "this week", "the week after next" right after a weekday."""
    place = at
    while norm(row, place) in {"of", "in", "the", "on", ","} and place < at + 2:
        place += 1
    if norm(row, place) == "week" and norm(row, place + 1) == "after" and norm(row, place + 2) == "next":
        return calendar.week(2), place + 3
    if norm(row, place) in {"this", "next", "last"} and norm(row, place + 1) == "week":
        return calendar.week({"this": 0, "next": 1, "last": -1}[norm(row, place)]), place + 2
    return None


def _amount(row: Sequence[Word], at: int) -> tuple[int, int] | None:
    """A count of days, weeks, …: "2", "two", "a", "a couple of", "a few"."""
    word = norm(row, at)
    if word in {"a", "an", "one"} and norm(row, at + 1) in {"couple", "few"}:
        after = at + 3 if norm(row, at + 2) == "of" else at + 2
        return (2 if norm(row, at + 1) == "couple" else 3), after
    if word in {"a", "an"}:
        return 1, at + 1
    if word in {"couple", "few"}:
        return (2 if word == "couple" else 3), at + (2 if norm(row, at + 1) == "of" else 1)
    if at < len(row) and row[at].is_number and len(row[at].text) == 3:
        return int(row[at].text), at + 1
    return cardinal(row, at)


def _shift(start: date, count: int, unit: str) -> date:
    shift = {"days": 0, "weeks": 0, "months": 0, "years": 0} | {unit: count}
    moved: date = start + relativedelta(
        days=shift["days"], weeks=shift["weeks"], months=shift["months"], years=shift["years"]
    )
    return moved


def _counted(row: Sequence[Word], at: int, calendar: Calendar) -> Read | None:
    """ "in two weeks", "3 days from now", "a week ago", "two weeks from Friday", "in the next ten days"."""
    word = norm(row, at)
    if at and row[at].is_number and row[at - 1].text.isalpha() and touching(row[at - 1], row[at]):
        return None
    if (
        word in {"in", "within", "over", "during"}
        and norm(row, at + 1) == "the"
        and norm(row, at + 2) in {"next", "coming", "following"}
    ):
        span = _span(row, at + 3)
        return (Days(calendar.today, _shift(calendar.today, *span[0]), "range"), span[1]) if span else None
    if word in {"the", "next"} and (word == "next" or norm(row, at + 1) == "next"):
        span = _span(row, at + (1 if word == "next" else 2))
        return (Days(calendar.today, _shift(calendar.today, *span[0]), "range"), span[1]) if span else None
    place = at + 1 if word == "in" else at
    if word == "in" and norm(row, place) == "about":
        place += 1
    span = _span(row, place) or _one_from(row, at)
    if span is None or (word == "in" and _in_one_day(row, place)):
        return None
    (count, unit), after = span
    if norm(row, after) == "ago" and norm(row, at - 1) not in _VAGUE and unit in {"days", "weeks"}:
        return day(_shift(calendar.today, -count, unit)), after + 1
    if norm(row, after) in {"from", "after", "before"}:
        if norm(row, after + 1) == "now":
            return day(_shift(calendar.today, count, unit)), after + 2
        anchor = read_day(row, after + 1, calendar)
        if anchor is not None and anchor[0].single:
            return day(_shift(anchor[0].first, -count if norm(row, after) == "before" else count, unit)), anchor[1]
    if word == "in" and (unit == "years" or (unit == "days" and count >= 60)):
        return None
    if word == "in" and norm(row, after) not in {"advance", "a", "row"} and count:
        after += norm(row, after) in {"'", "time"}
        return day(_shift(calendar.today, count, unit)), after
    return None


def _span(row: Sequence[Word], at: int) -> tuple[tuple[int, str], int] | None:
    amount = _amount(row, at)
    if amount is None:
        return None
    place = amount[1]
    business = norm(row, place) in {"business", "calendar", "full", "more", "short"}
    unit = UNITS_OF_TIME.get(norm(row, place + business))
    return ((amount[0], unit), place + business + 1) if unit else None


def _one_from(row: Sequence[Word], at: int) -> tuple[tuple[int, str], int] | None:
    """ "week from Friday" without its "a": one week."""
    if norm(row, at) not in {"week", "month"} or norm(row, at + 1) != "from" or norm(row, at - 1) in _WHICH:
        return None
    return (1, UNITS_OF_TIME[norm(row, at)]), at + 1


_WHICH = bag("the this that next last any which what same whole every each")


def _in_one_day(row: Sequence[Word], at: int) -> bool:
    """ "in one day", "in a day": how long something takes, and not tomorrow."""
    return norm(row, at) in {"one", "1", "a", "single"} and norm(row, at + 1) == "day"


def _period(row: Sequence[Word], at: int, calendar: Calendar) -> Read | None:
    """ "next week", "this weekend", "end of March", "early next month", "the week of the 9th"."""
    place = at + 1 if norm(row, at) == "the" else at
    word = norm(row, place)
    part = {"end": 2, "beginning": 0, "start": 0, "middle": 1, "mid": 1, "early": 0, "late": 2,
            "midway": 1, "first part": 0}.get(word)  # fmt: skip
    if part is not None:
        inner = place + 1
        while norm(row, inner) in {"of", "in", "-", "the", "to", "through", "part"}:
            inner += 1
        if norm(row, inner) in {"week", "month", "year"} and norm(row, inner - 1) == "the":
            whole: Read | None = (_running(norm(row, inner), 0, calendar), inner + 1)
        else:
            whole = _period(row, inner, calendar) or month_first(row, inner, calendar)
            whole = whole or whole_year(row, inner, calendar)
        if whole is None or whole[0].kind not in {"week", "month", "year"}:
            return None
        return _third(whole[0], part), whole[1]
    if (
        word == "this"
        and norm(row, place + 1) in {"month", "year"}
        and part is None
        and norm(row, at - 1) not in {"of", "in"}
    ):
        return None
    if word in {"this", "next", "last", "coming", "following", "past"} and norm(row, place + 1) in _PERIODS:
        step = {"next": 1, "following": 1, "last": -1, "past": -1}.get(word, 0)
        running = _running(norm(row, place + 1), step, calendar)
        return _day_within(row, running, place + 2) or (running, place + 2)
    if (
        norm(row, at) == "the"
        and word == "weekend"
        and (len(row) <= _ANSWER or norm(row, at - 1) == "for" or not {w.norm for w in row[:at]} & _ANYBODY)
    ):
        return calendar.weekend(0), place + 1
    if word in {"week", "month", "weekend"} and norm(row, place + 1) == "after" and norm(row, place + 2) == "next":
        return _running(word, 2, calendar), place + 3
    if word in {"week", "weekend"} and norm(row, place + 1) in {"of", "starting", "beginning"}:
        anchor = read_day(row, place + 2, calendar)
        if anchor is None and (number := ordinal(row, place + 3)) and norm(row, place + 2) == "the":
            on = calendar.day_of_month(number[0])
            anchor = (on, number[1]) if on else None
        if anchor is not None and anchor[0].single:
            monday = anchor[0].first - timedelta(days=anchor[0].first.weekday())
            return Days(monday, monday + timedelta(days=6), "week"), anchor[1]
    return None


def _day_within(row: Sequence[Word], week: Days, at: int) -> Read | None:
    """The weekday that follows a week's name: "next week Friday", "next week, on Tuesday"."""
    place = at
    while norm(row, place) in {",", "on"} and place < at + 2:
        place += 1
    number = WEEKDAYS.get(norm(row, place))
    if week.kind != "week" or number is None or (row[place].norm in {"sat", "sun"} and is_no_day(row, place)):
        return None
    return day(week.first + timedelta(days=number)), place + 1


_PERIODS = frozenset({"week", "weekend", "month", "year"})


def _running(name: str, step: int, calendar: Calendar) -> Days:
    table: dict[str, Callable[[int], Days]] = {
        "week": calendar.week, "weekend": calendar.weekend, "month": calendar.months, "year": calendar.years,
    }  # fmt: skip
    return table[name](step)


def _third(whole: Days, part: int) -> Days:
    """The beginning, middle or end of a week (2-3-2 days), month (10-10-rest) or year (4 months each)."""
    first = whole.first
    if whole.kind == "week":
        bounds = ((0, 1), (2, 3), (3, 4))[part]
        return Days(first + timedelta(days=bounds[0]), first + timedelta(days=bounds[1]), "part")
    if whole.kind == "year":
        start = first + relativedelta(months=4 * part)
        return Days(start, start + relativedelta(months=4, days=-1), "part")
    bounds = ((1, 10), (11, 20), (21, whole.last.day))[part]
    return Days(first.replace(day=bounds[0]), first.replace(day=bounds[1]), "part")


def _nth_weekday(row: Sequence[Word], at: int, calendar: Calendar) -> Read | None:
    """ "the first Monday in April", "last Friday of the month", "the last day of March"."""
    place = at + 1 if norm(row, at) == "the" else at
    last = norm(row, place) == "last"
    number = (0, place + 1) if last else ordinal(row, place)
    if number is None:
        return None
    name = norm(row, number[1])
    weekday = WEEKDAYS.get(name)
    if (weekday is None and name not in {"day", "week"}) or norm(row, number[1] + 1) not in {"of", "in"}:
        return None
    inner = number[1] + 2
    if norm(row, inner) in {"the", "this", "next"} and norm(row, inner + 1) == "month":
        month = calendar.months(1 if norm(row, inner) == "next" else 0)
        after = inner + 2
    else:
        read = month_first(row, inner, calendar)
        if read is None or read[0].kind != "month":
            return None
        month, after = read
    if name == "week":
        start = month.last - timedelta(days=6) if last else month.first + timedelta(days=7 * (number[0] - 1))
        return Days(start, min(start + timedelta(days=6), month.last), "week"), after
    if weekday is None:
        return (day(month.last), after) if last else dated(month.first.year, month.first.month, number[0], after)
    if last:
        return day(month.last - timedelta(days=(month.last.weekday() - weekday) % 7)), after
    found = month.first + timedelta(days=(weekday - month.first.weekday()) % 7 + 7 * (number[0] - 1))
    return (day(found), after) if found <= month.last else None


_READERS: tuple[Callable[[Sequence[Word], int, Calendar], Read | None], ...] = (
    iso, numeric, slashed, month_first, day_first, day_of_month, _said_day, _weekday, _counted, _period, _nth_weekday,
    whole_year,
)  # fmt: skip

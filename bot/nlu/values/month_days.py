"""Days by their figures and months: "2026-03-14", "3/14", "March 14th", "the 14th of March", "the 14th"."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date

from bot.nlu.values.days import UNITS_OF_TIME, Calendar, Days, Read, day
from bot.nlu.values.sounds import DIGITS, LETTERS
from bot.nlu.values.words import Word, bag, cardinal, norm, ordinal, touching, year

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan enero", "february feb febuary febrero", "march mar marzo", "april apr abril", "may mayo",
            "june jun junio", "july jul julio", "august aug agosto", "september sep sept septiembre",
            "october oct octubre", "november nov noviembre", "december dec diciembre",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_PREPOSITIONS = bag(
    """in of this next by until till early mid late last since for on before after from during end beginning
    start middle through to between around about and or the"""
)
_NO_CHOICE = 7
"""A number from which "the seventh" is a day rather than one of the choices shown."""
_ENDS = bag(", . ? ! at in please works is if or and then would for") | {""}
CHOSEN = bag("""one ones go try option choice slot time test appointment attempt try question exam part of""")


def iso(row: Sequence[Word], at: int, calendar: Calendar) -> Read | None:
    """ "2026-03-14"."""
    numbers = _numbers(row, at)
    if numbers is None or len(numbers[0]) != 3 or len(row[at].text) != 4:
        return None
    return dated(numbers[0][0], numbers[0][1], numbers[0][2], numbers[2])


def numeric(row: Sequence[Word], at: int, calendar: Calendar) -> Read | None:
    """ "3/14", "3/14/2026", "3-14-26": the month first."""
    numbers = _numbers(row, at)
    if numbers is None or len(row[at].text) > 2:
        return None
    parts, mark, after = numbers
    if len(parts) == 2:
        if mark != "/" or parts == [24, 7] or norm(row, after) in {"hour", "hours", "of", "day", "days"}:
            return None
        if parts[0] > 12 >= parts[1]:
            parts.reverse()
        found = calendar.month_day(parts[0], parts[1], None) if 1 <= parts[0] <= 12 else None
        return (found, after) if found else None
    month, number, in_year = parts
    if month > 12 >= number:
        month, number = number, month
    if len(row[after - 1].text) not in {2, 4}:
        return None
    return dated(in_year + 2000 if in_year < 100 else in_year, month, number, after)


def slashed(row: Sequence[Word], at: int, calendar: Calendar) -> Read | None:
    """ "three slash seventeen"."""
    month = cardinal(row, at)
    number = cardinal(row, month[1] + 1) if month and norm(row, month[1]) in {"slash", "stroke"} else None
    found = calendar.month_day(month[0], number[0], None) if month and number and 1 <= month[0] <= 12 else None
    return (found, number[1]) if found and number else None


def _numbers(row: Sequence[Word], at: int) -> tuple[list[int], str, int] | None:
    """Numbers joined by one kind of mark without a space: "3/14", "03-14-2026"."""
    if not row[at].is_number or (
        at and touching(row[at - 1], row[at]) and row[at - 1].text in {"/", "-", "$", ".", ":"}
    ):
        return None
    mark = norm(row, at + 1)
    if mark not in {"/", "-", "."}:
        return None
    parts, place = [int(row[at].text)], at + 1
    while place + 1 < len(row) and row[place].text == mark and row[place + 1].is_number and len(parts) < 3:
        spaced = row[place].start - row[place - 1].end == row[place + 1].start - row[place].end == 1 and mark == "/"
        if not spaced and not (touching(row[place - 1], row[place]) and touching(row[place], row[place + 1])):
            break
        parts.append(int(row[place + 1].text))
        place += 2
    return (parts, mark, place) if len(parts) >= 2 else None


def dated(in_year: int, month: int, number: int, after: int) -> Read | None:
    """That day and the place after it, or None where the calendar has no such day."""
    try:
        return day(date(in_year, month, number)), after
    except ValueError:
        return None


def _month(row: Sequence[Word], at: int) -> tuple[int, int] | None:
    """A month's name at `at` and the place after it (and after its full stop)."""
    month = MONTHS.get(norm(row, at))
    if month is None:
        return None
    after = at + 1
    if norm(row, after) == "." and len(row[at].norm) <= 4 and after + 1 < len(row):
        after += 1
    return month, after


def month_first(row: Sequence[Word], at: int, calendar: Calendar) -> Read | None:
    """ "March 14th, 2026", "March 3 to 5", and a month alone."""
    named = _month(row, at)
    if named is None:
        return None
    month, after = named
    stuttered = norm(row, after) == norm(row, after + 1)
    spoken_year = (
        None
        if stuttered and ordinal(row, after + 1)
        else year(row, after) or (year(row, after + 1) if norm(row, after) in {"of", ","} else None)
    )
    if spoken_year is not None:
        return calendar.month(month, spoken_year[0]), spoken_year[1]
    place = after + 1 if norm(row, after) in {"the", "-"} else after
    number = ordinal(row, place) or cardinal(row, place)
    if number is None and place == len(row) - 1 and norm(row, place) in DIGITS:
        number = (DIGITS[norm(row, place)], place + 1)
    if number is not None and 1 <= number[0] <= 31 and not _is_clock(row, number[1]):
        number = _said_again(row, number)
        in_year, end = _year_after(row, number[1], calendar)
        last = None if in_year else _range_end(row, end)
        if last is not None:
            in_year, after_range = _year_after(row, last[1], calendar)
            first_day = calendar.month_day(month, number[0], in_year)
            if first_day and number[0] < last[0] <= monthrange(first_day.first.year, month)[1]:
                return Days(first_day.first, first_day.first.replace(day=last[0]), "range"), after_range
        found = calendar.month_day(month, number[0], in_year)
        if found is not None:
            return found, end
    return _month_alone(row, at, after, month, calendar)


def _month_alone(row: Sequence[Word], at: int, after: int, month: int, calendar: Calendar) -> Read | None:
    name = row[at].norm
    if name in {"may", "march", "mar"} and len(row) > 1 and norm(row, at - 1) not in _PREPOSITIONS - {"the"}:
        return None
    if norm(row, at - 1) == "last" and month >= calendar.today.month:
        return calendar.month(month, calendar.today.year - 1), after
    return calendar.month(month, None), after


def _is_clock(row: Sequence[Word], at: int) -> bool:
    return norm(row, at) in {"am", "pm", "a.m", "p.m", "o'clock"} or (
        norm(row, at) == ":" and at + 1 < len(row) and row[at + 1].is_number
    )


def _said_again(row: Sequence[Word], number: tuple[int, int]) -> tuple[int, int]:
    """A day's number as it was said at the second go: "march the 1 8 eighteenth", "march twenty twenty sixth"."""
    for place in (number[1], number[1] + 1):
        again = ordinal(row, place)
        between = row[number[1] : place]
        if again is not None and again[0] <= 31 and all(cardinal([word], 0) for word in between):
            return again
    return number


_YEARS = {"this": 0, "next": 1, "last": -1}


def _year_after(row: Sequence[Word], at: int, calendar: Calendar) -> tuple[int | None, int]:
    place = at + 1 if norm(row, at) in {",", "of", "in"} else at
    if norm(row, place) in _YEARS and norm(row, place + 1) == "year":
        return calendar.today.year + _YEARS[norm(row, place)], place + 2
    found = year(row, place)
    if found is not None:
        return found
    if norm(row, at) == "'" and at + 1 < len(row) and row[at + 1].is_number and len(row[at + 1].text) == 2:
        return 2000 + int(row[at + 1].text), at + 2
    return None, at


def _range_end(row: Sequence[Word], at: int) -> tuple[int, int] | None:
    if norm(row, at) not in {"-", "–", "—", "to", "through", "thru", "until", "till"}:
        return None
    place = at + 1 if norm(row, at + 1) != "the" else at + 2
    number = ordinal(row, place) or cardinal(row, place)
    if number is None or _is_clock(row, number[1]) or norm(row, number[1]) in {"/", *UNITS_OF_TIME}:
        return None
    return number if 1 <= number[0] <= 31 else None


def day_first(row: Sequence[Word], at: int, calendar: Calendar) -> Read | None:
    """ "the 14th of March", "14 March", "the 3rd of next month"."""
    place = at + 1 if norm(row, at) in {"the", "el"} else at
    number = ordinal(row, place) or cardinal(row, place)
    if number is None or not 1 <= number[0] <= 31:
        return None
    if at and len(row[at - 1].norm) == 1 and row[at - 1].norm.isalpha() and touching(row[at - 1], row[at]):
        return None  # "failed A8 january 31": the figure belongs to the test
    after = number[1] + 1 if norm(row, number[1]) in {"of", "de"} else number[1]
    in_words = ordinal(row, place) is None and not row[place].is_number
    if in_words and (norm(row, after) == "may" or norm(row, at - 1) in LETTERS or len(norm(row, at - 1)) == 1):
        return None  # "A five may", "A nine march tenth"
    if in_words and (ordinal(row, after + 1) or (cardinal(row, after + 1) and year(row, after + 1) is None)):
        return None  # "nine, March tenth"
    if norm(row, after) == "day" and norm(row, after + 1) == "of":
        after += 2
    named = _month(row, after)
    if named is None:
        if norm(row, number[1]) == "of" and norm(row, after) in {"this", "next", "the", "last"}:
            return _of_running_month(row, after, number[0], calendar)
        return None
    in_year, end = _year_after(row, named[1], calendar)
    found = calendar.month_day(named[0], number[0], in_year)
    return (found, end) if found else None


def _of_running_month(row: Sequence[Word], at: int, number: int, calendar: Calendar) -> Read | None:
    if norm(row, at + 1) != "month":
        return None
    month = calendar.months({"next": 1, "last": -1}.get(norm(row, at), 0))
    if number > month.last.day:
        return None
    return day(month.first.replace(day=number)), at + 2


def day_of_month(row: Sequence[Word], at: int, calendar: Calendar) -> Read | None:
    """ "the 14th", "on the third", "the 14th to the 16th": the nearest day with that number."""
    before = norm(row, at - 1)
    place = at + 1 if norm(row, at) == "the" else at
    number = ordinal(row, place)
    if number is None or not 1 <= number[0] <= 31 or norm(row, number[1]) in CHOSEN:
        return None
    typed = row[place].is_number
    announced = before in {
        "on",
        "by",
        "until",
        "till",
        "before",
        "after",
        "from",
        "for",
        "since",
        "through",
        "to",
        "between",
    }
    counted = place > at and number[0] >= _NO_CHOICE and (number[0] >= 13 or norm(row, number[1]) in _ENDS)
    if not (typed or announced or counted):
        return None
    if not typed and not counted and number[0] < 13 and not (announced and place > at):
        return None
    if norm(row, number[1]) in {"time", "attempt", "grade", "floor", "street", "avenue", "ave", "st"}:
        return None
    found = calendar.day_of_month(number[0])
    if found is None:
        return None
    last = _range_end(row, number[1])
    if last is not None and last[0] > number[0]:
        end = Calendar(found.first).day_of_month(last[0])
        if end is not None:
            return Days(found.first, end.first, "range"), last[1]
    return found, number[1]


def whole_year(row: Sequence[Word], at: int, calendar: Calendar) -> Read | None:
    """ "in 2026": the whole year."""
    if norm(row, at - 1) not in {"in", "since", "of", "by", "before", "after", "until", "from"}:
        return None
    found = year(row, at)
    if found is None or not 1950 <= found[0] <= 2100 or norm(row, found[1]) in {"-", "/", "questions", "dollars"}:
        return None
    return Days(date(found[0], 1, 1), date(found[0], 12, 31), "year"), found[1]

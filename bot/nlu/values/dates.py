"""Dates in a message, resolved against an instant and a time zone, US reading (month before day).

The grammar of `date_grammar.py` reads what people commonly say; what looks like a date and is not covered by it
goes to dateparser, which is loaded only then.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.nlu.values.date_grammar import WEEKDAYS, is_no_day, read_day, speaks_of_days
from bot.nlu.values.days import Calendar, Days
from bot.nlu.values.hearing import mend
from bot.nlu.values.month_days import MONTHS
from bot.nlu.values.words import (
    ORDINAL_ENDINGS,
    Value,
    Word,
    bag,
    cardinal,
    norm,
    ordinal,
    takes_back,
    words,
)

_PAST = bag(
    """failed flunked passed took missed bought purchased purch paid pd moved was were did didn't received sent tested
    fail fails pass already drove came told lost forgot spent cxld closed sat had certified expired lapsed bombed
    registered walked started ended submitted mailed ordered happened ran went skipped finished completed changed
    cancelled canceled taken ns noshow showed posted results result score recertified arrived called phoned talked
    reported applied emailed uploaded faxed cleared attempted
    compré reprobé pasé tomé presenté hice fallé perdí falté olvidó olvidé pagué mandé"""
)
_AHEAD = bag(
    """booked scheduled appointment will going gonna want wanna need if can could may would should won't plan
    planning trying hoping like looking is move reschedule schedule book"""
)
_CLAUSE_ENDS = bag(", . ? ! ; when can could may will should and but so how is")
_BEFORE = frozenset({"by", "before", "until", "till", "til"})
_AFTER = frozenset({"after", "since", "starting", "from"})
_TO = frozenset({"to", "through", "thru", "until", "till", "-", "–", "—"})
_TAKEN_BACK = bag("""no sorry wait actually rather mean meant scratch not instead correction""")
_SMALL = _TAKEN_BACK | bag(", . - i that the on uh um make it oh for let's say")


def read_dates(text: str, as_of: datetime, zone: str, *, prefer: str = "auto") -> tuple[Value, ...]:
    """Dates in `text` as ISO dates or "first/last" spans, in order.

    `as_of` must be aware; today is its date in `zone` (an IANA name). A date without a year is the next such
    date, except in a clause about the past ("I failed on March 1"); `prefer` "future" or "past" settles it.
    Raises ValueError for a naive instant, ZoneInfoNotFoundError for an unknown zone.
    """
    row = mend(words(text))
    found = date_values(row, as_of=as_of, zone=zone, prefer=prefer)
    return tuple(found or bare_date(row, as_of, zone))


_CLOCK_MINUTES = frozenset({15, 30, 45})
_POLITE = bag("please um uh thanks , . ? !")


def bare_date(row: Sequence[Word], as_of: datetime, zone: str) -> list[Value]:
    """A message of a month's number and a day's, perhaps a year's, and nothing else ("three seventeen", "4 7 26").

    "ten fifteen" is left to the readers of times, and figures below ten after the first may be choices.
    """
    row = [word for word in row if word.norm not in _POLITE]
    month = cardinal(row, 0)
    number = (ordinal(row, month[1]) or cardinal(row, month[1])) if month else None
    if month is None or number is None or not 1 <= month[0] <= 12:
        return []
    today = as_of.astimezone(ZoneInfo(zone)).date()
    short = cardinal(row, number[1])
    in_year = short[0] + 2000 if short and abs(short[0] + 2000 - today.year) <= 5 else None
    after = short[1] if short and in_year else number[1]
    told = in_year is not None or ordinal(row, month[1]) is not None
    if after != len(row) or not (told or (number[0] >= 10 and number[0] not in _CLOCK_MINUTES)):
        return []
    found = Calendar(today).month_day(month[0], number[0], in_year)
    return [Value("date", found.iso(), row[0].start, row[-1].end)] if found else []


def date_values(
    row: Sequence[Word], *, as_of: datetime, zone: str, taken: frozenset[int] = frozenset(), prefer: str = "auto"
) -> list[Value]:
    """`read_dates` over words already cut, leaving the places in `taken` alone."""
    if as_of.tzinfo is None:
        raise ValueError("as_of must be an aware instant")
    today = as_of.astimezone(ZoneInfo(zone)).date()
    if not speaks_of_days(row):
        return []
    found: list[tuple[Days, int, int]] = []
    for span, first, after in _scan(row, today, taken, prefer):
        if found and _joined(row, found[-1], first) and span.single and found[-1][0].single:
            previous, start, _ = found[-1]
            if span.first <= previous.first and norm(row, first) in WEEKDAYS:
                later = span.first + timedelta(days=7)
                span = Days(later, later)
            if previous.first < span.first:
                found[-1] = (Days(previous.first, span.first, "range"), start, after)
                continue
        if found and norm(row, first - 1) in {"or", "and"} and span.single and found[-1][0].single:
            previous, start, ended = found[-1]
            if norm(row, first) in WEEKDAYS and _names_a_week(row, start, ended):
                span = _in_the_week_of(previous, span)
            elif norm(row, start) in WEEKDAYS and _names_a_week(row, first, after):
                found[-1] = (_in_the_week_of(span, previous), start, ended)
        if found and _same(row, found[-1], span, first):
            previous, start, _ = found[-1]
            found[-1] = (span if previous.kind == "week" else previous, start, after)
            continue
        if found and norm(row, first - 1) == "not":
            continue
        if _only_remarked(row, first):
            continue
        if found and (_taken_back(row, found[-1][2], first) or _denied(row, found[-1], first)):
            found.pop()
        found.append((span, first + (row[first].norm == "the" and first + 1 < after), after))
    return [
        Value("date", span.iso(), row[first].start, row[after - 1].end, _bound(row, first))
        for span, first, after in _without_refused(row, found)
    ]


def _without_refused(row: Sequence[Word], found: list[tuple[Days, int, int]]) -> list[tuple[Days, int, int]]:
    """Without days that were only turned down: "not Friday", "not Friday, I work Friday, how about Wednesday"."""
    refused = {span for span, first, _ in found if _refused(row, first)}
    if not refused:
        return found
    kept = [read for read in found if read[0] not in refused]
    return kept if kept or len(row) <= _LITTLE else found


_LITTLE = 4


def _refused(row: Sequence[Word], first: int) -> bool:
    place = first - 1
    while norm(row, place) in {"on", "the"}:
        place -= 1
    return norm(row, place) == "not"


def _scan(row: Sequence[Word], today: date, taken: frozenset[int], prefer: str) -> Iterator[tuple[Days, int, int]]:
    at = 0
    while at < len(row):
        if at in taken:
            at += 1
            continue
        if read_day(row, at, Calendar(today)) is None and not _is_date_word(row[at]):
            at += 1
            continue
        past = prefer == "past" or (prefer == "auto" and _speaks_of_past(row, at))
        read = read_day(row, at, Calendar(today, past))
        if past and prefer == "auto" and read is not None and _long_ago(read[0], today):
            read = read_day(row, at, Calendar(today, False)) or read
        if read is None:
            read = _by_library(row, at, today, past)
        if read is None or any(place in taken for place in range(at, read[1])):
            at += 1
            continue
        yield read[0], at, read[1]
        amended = _amended(row, read, taken)
        if amended is not None:
            yield amended
        at = amended[2] if amended is not None else read[1]


def _amended(row: Sequence[Word], read: tuple[Days, int], taken: frozenset[int]) -> tuple[Days, int, int] | None:
    """Another day of the same month, said in place of the one before: "April third, no, make that the tenth"."""
    days, place = read
    while place < len(row) and row[place].norm in _SMALL - {"the"}:
        place += 1
    number = ordinal(row, place + 1) if norm(row, place) == "the" else _bare_number(row, place)
    if number is None or days.kind != "day" or not _taken_back(row, read[1], place) or place in taken:
        return None
    try:
        on = days.first.replace(day=number[0])
    except ValueError:
        return None
    return (Days(on, on), place, number[1]) if on != days.first else None


def _bare_number(row: Sequence[Word], at: int) -> tuple[int, int] | None:
    """A day's number that ends what is said: "march 17, no, 18"."""
    number = ordinal(row, at) or cardinal(row, at)
    return number if number is not None and norm(row, number[1]) in {"", ".", ",", "please", "at"} else None


def _long_ago(days: Days, today: date) -> bool:
    """Whether a yearless date is so far back that the next such date is meant after all."""
    return days.kind == "day" and 270 < (today - days.first).days < 366


_LONGEST_CLAUSE = 50
"""Words before a day that are looked at."""


def _speaks_of_past(row: Sequence[Word], at: int) -> bool:
    """Whether the clause around a place tells of something that has happened."""
    start = at
    while start > max(0, at - _LONGEST_CLAUSE) and row[start - 1].norm not in _CLAUSE_ENDS:
        start -= 1
    if norm(row, at - 1) == "since":
        return True
    before = {row[place].norm for place in range(start, at) if row[place].norm != "sat" or is_no_day(row, place)}
    if any(_no_show(row, place) for place in range(start, at)):
        return True
    if before & {"if", "should", "when", "once", "unless", "to", "must"}:
        before -= {"fail", "fails", "pass", "passes"}
    clause_word = row[start - 1].norm if start else ""
    if before & _AHEAD or clause_word in {"can", "could", "may", "will", "should", "is"}:
        return bool(before & {"missed", "failed", "took", "was"}) and not before & {"if", "can", "will", "could"}
    end = at
    while end < len(row) and row[end].norm not in _CLAUSE_ENDS and end < at + 8:
        end += 1
    after = {row[place].norm for place in range(at, end) if row[place].norm != "sat" or is_no_day(row, place)}
    return bool(before & _PAST) or "already" in after or bool(not before and after & _PAST)


def _no_show(row: Sequence[Word], at: int) -> bool:
    """Whether "no-show" ends here."""
    return norm(row, at) == "show" and norm(row, at - 1 - (norm(row, at - 1) == "-")) == "no"


def _names_a_week(row: Sequence[Word], first: int, after: int) -> bool:
    return any(word.norm == "week" for word in row[first:after])


def _in_the_week_of(named: Days, other: Days) -> Days:
    """A weekday beside one whose week was named: "next week Tuesday or Thursday", "Tuesday or Thursday next week"."""
    on = named.first + timedelta(days=other.first.weekday() - named.first.weekday())
    return Days(on, on)


def _joined(row: Sequence[Word], previous: tuple[Days, int, int], first: int) -> bool:
    """Whether "to", "through" or "between … and" makes one span of two dates."""
    _, start, after = previous
    link = [word.norm for word in row[after:first] if word.norm not in {"the", "and", "up"} or word.norm == "and"]
    if len(link) == 1 and link[0] in _TO:
        return not (
            link[0] == "to" and any(word.norm in {"move", "change", "switch", "moved", "swap"} for word in row[:start])
        )
    return link == ["and"] and norm(row, start - 1 - (norm(row, start - 1) == "the")) == "between"


def _same(row: Sequence[Word], previous: tuple[Days, int, int], span: Days, first: int) -> bool:
    """Whether the second date only repeats the first ("tomorrow, Tuesday", "next week, on Tuesday")."""
    between = {word.norm for word in row[previous[2] : first]}
    if not between <= {",", "on", "(", "the"}:
        return False
    date = previous[0]
    if norm(row, first) in WEEKDAYS and date.kind == "day" and date.first.weekday() == WEEKDAYS[norm(row, first)]:
        return True  # "march 21, Saturday"
    return previous[0] == span or (previous[0].kind == "week" and previous[0].first <= span.first <= previous[0].last)


def _taken_back(row: Sequence[Word], after: int, first: int) -> bool:
    between = {word.norm for word in row[after:first]}
    if (between & _TAKEN_BACK and between <= _SMALL) or takes_back(row[after:first]):
        return True
    at_once = norm(row, after + (norm(row, after) == ",")) in {"no", "nope", "nah"}
    return at_once and first - after <= _REMARK and not between & {"and", "or"}


_REMARK = 6
"""Words of a reason between a day that is given up and the next: "Sunday, no, that's church, Saturday"."""


def _denied(row: Sequence[Word], previous: tuple[Days, int, int], first: int) -> bool:
    """Whether the earlier of two dates was only said to be wrong ("not Thursday, Friday")."""
    between = {word.norm for word in row[previous[2] : first]}
    return norm(row, previous[1] - 1) == "not" and between <= _SMALL | {"but"}


def _only_remarked(row: Sequence[Word], first: int) -> bool:
    """Whether a weekday is only asked about or remarked: "March 22nd, is that a Sunday?"."""
    before = tuple(norm(row, place) for place in range(first - 3, first))
    told = before[1] in _IT_IS or before[:2] in {("is", "that"), ("is", "it"), ("it", "is"), ("which", "is")}
    remarked = before[1] in _REMARKED or before[:2] in {("falls", "on"), ("lands", "on"), ("fell", "on")}
    return norm(row, first) in WEEKDAYS and before[2] == "a" and (told or remarked)


_REMARKED = bag("is was be")
_IT_IS = bag("its it's thats that's")


def _bound(row: Sequence[Word], first: int) -> str | None:
    before = norm(row, first - 1)
    if before == "the":
        before = norm(row, first - 2)
    if before in _BEFORE:
        return "before"
    return "after" if before in _AFTER else None


def _by_library(row: Sequence[Word], at: int, today: date, past: bool) -> tuple[Days, int] | None:
    """A run of date words that the grammar does not know ("2026/03/14", "14-Mar-2026"), read by dateparser."""
    after = at
    while after < len(row) and after < at + 8 and _is_date_word(row[after]):
        after += 1
    while after > at and not row[after - 1].text.isalnum():
        after -= 1
    part = row[at:after]
    numbers = [word for word in part if word.is_number]
    named = any(word.norm in MONTHS for word in part)
    marked = sum(word.text in {"/", "-", "."} for word in part)
    if not numbers or not ((named and marked) or (marked >= 2 and len(numbers) == 3)) or len(part) < 3:
        return None
    if any(len(word.text) > 4 or len(word.text) == 3 for word in numbers):
        return None
    import dateparser

    written = "".join(word.text + (" " if not _touches(part, place) else "") for place, word in enumerate(part))
    settings = {
        "RELATIVE_BASE": datetime(today.year, today.month, today.day),
        "PREFER_DATES_FROM": "past" if past else "future",
        "DATE_ORDER": "MDY",
        "REQUIRE_PARTS": ["day", "month"],
    }
    found = dateparser.parse(written.strip(), languages=["en"], settings=settings)
    if found is None:
        return None
    return Days(found.date(), found.date()), after


def _is_date_word(word: Word) -> bool:
    return (
        word.is_number
        or word.norm in MONTHS
        or word.norm in WEEKDAYS
        or word.norm in ORDINAL_ENDINGS
        or word.text in {"/", "-", ".", ","}
    )


def _touches(part: Sequence[Word], place: int) -> bool:
    return place + 1 < len(part) and part[place].end == part[place + 1].start

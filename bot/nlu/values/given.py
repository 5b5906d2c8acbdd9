"""Which day of a message is which (bought, failed, taken …), told by the words around it; and numbers of days.

A day with no such word near it is one that is asked about. What happened lies in the past, so a day without a year
that was read as a coming one means the last one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from bot.contracts.given import Given
from bot.nlu.values.words import Value
from bot.rules.time import add_years

_CUES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("failed", re.compile(r"\b(?:failed|fail|flunked|bombed|did(?:n.?t| not) pass|not pass)\b")),
    ("missed", re.compile(r"\b(?:missed|no[ -]?show(?:ed)?|did(?:n.?t| not) (?:show|go|make it))\b")),
    ("bought", re.compile(r"\b(?:bought|purchased|purchase|paid|pay|ordered|registered|signed up|buy)\b")),
    ("certified", re.compile(r"\b(?:certified|recertified|recerted|renewed|certification|certificate|cert|certs)\b")),
    ("taken", re.compile(r"\b(?:passed|pass|took|sat|tested|(?:test|exam) was|did (?:my|the|it))\b")),
    (
        "appointment",
        re.compile(r"\b(?:appointment|appt|booked|scheduled|(?:test|exam|it)(?:'?s| is))\b"),
    ),
)
_TEST_ON = re.compile(r"\b(?:test|exam|testing) (?:on|at)(?: the)?\W*$")
"""An appointment, where no verb says what happened ("I bought my test on May 3")."""
_RUNS_OUT = re.compile(
    r"\b(?:expir\w+|(?:runs?|ran) out|lapse[sd]?|ends|good (?:through|until|till)|valid (?:through|until))"
    r"\W+(?:\w+\W+){0,2}$"
)
"""A day on which something ends: nothing that happened begins there."""
_MAY_BUY = re.compile(
    r"\b(?:can|could|may|should|will|would|do|does) (?:i|he|she|we|they|you|my \w+) (?:\w+ )?"
    r"(?:buy|pay|purchase|order|register|sign up)\b(?!.*\b(?:bought|purchased|paid)\b)"
)
"""Whether one may buy on a day: nothing that happened on it."""
_MOVED_TO = re.compile(
    r"\b(?:mov\w+|reschedul\w+|chang\w+|switch\w*|push\w*|"
    r"bump\w*)\b[^,.;?]{0,30}\bto (?:the )?\W*$"
)
"""A day to which something is moved: not the day of moving it."""
_ASKS_NEXT = re.compile(
    r"(?:[,.;?!]|\b(?:and|so|but|it|that|one|test|exam))\W*+(?:when |how soon )?(?:can|could|may|am|is|are|"
    r"will|would|should) "
    r"(?:i|he|she|they|we|it|that|this)\b"
)
_NOT_PASSED = re.compile(
    r"(?<!\bif i )\b(?:failed|flunked|bombed|did(?:n.?t| not) (?:pass|make it|cut it)|blew it|no luck)\b"
)
_HOLIDAYS: tuple[tuple[re.Pattern[str], tuple[int, int]], ...] = (
    (re.compile(r"\b(?:christmas|xmas) eve\b"), (12, 24)),
    (re.compile(r"\b(?:christmas|xmas)(?: day)?\b(?! eve)"), (12, 25)),
    (re.compile(r"\bnew years?'?s? eve\b|\bnew year's eve\b"), (12, 31)),
    (re.compile(r"\b(?:new years?'?s?|new year's)(?: day)\b"), (1, 1)),
    (re.compile(r"\bhalloween\b"), (10, 31)),
)
_AGO = re.compile(
    r"\b(?:about |like |around )?(?P<n>an?|\d{1,2}|[a-z]+)(?: couple(?: of)?| few)? (?P<unit>months?|years?) ago\b"
)
"""A rough day: nobody who says "two months ago" means it to the day."""
_ROUGHLY = {"month": timedelta(days=8), "year": timedelta(days=31)}
_RENEWS = re.compile(
    r"\b(?:i|we|he|she|they|you) (?:\w+ )?(?:re-?cert(?:if(?:y|ied))?|renew(?:ed)?|re-?take (?:it|the recert)|"
    r"redo it|(?:take|took|pass|passed|do|did) (?:it|that|them|mine|the (?:recert\w*|renewal)))\b"
)
"""Somebody recertifies, or has."""
_RECERT = re.compile(r"\bre-?cert|\brenew")
_NEW_DATE = re.compile(
    r"\b(?:new|next) (?:\w+ )?(?:date|one|expiration|expiry|due)\b|\b(?:good|valid) (?:til|till|until|through|for)\b|"
    r"\b(?:expires?|run(?:s)? out|due)\b"
)
_SOON = re.compile(r"\b(?:today|now|right away|this (?:week|month)|tomorrow)\b")
_TO_COME = re.compile(
    r"\b(?:if i|suppose i|say i|i'?ll|i will|i'?m going to|should i|when i) "
    r"(?:\w+ )?(?:buy|pay|order|register|sign|fail|miss|take|test|pass|sit|recert|recertify|renew)\b"
)
"""What has not happened yet: its day is not moved into the past."""
_PAST = ("bought", "failed", "missed", "taken", "certified")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b|[/-]\d\d\b")
_NUMBERS = {
    name: number
    for number, name in enumerate(
        ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
    )
} | {"a": 1, "thirty": 30, "ninety": 90, "sixty": 60, "twenty": 20}
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_NUMBER = rf"(?P<n>\d{{1,3}}|(?:{'|'.join(_TENS)})[ -](?:{'|'.join(list(_NUMBERS)[1:10])})|{'|'.join(_NUMBERS)})"
_RULES_OWN = r"(?<!\bthe )(?<!\bmy )(?<!\byour )(?<!\bthose )(?<!\bwithin )(?<!\bthis )"
""" "The 90 days" are the rule's own, and nothing to be held against it."""
_DAY_NUMBER = re.compile(rf"\bday (?:number )?{_NUMBER}\b")
_DAYS = re.compile(rf"{_RULES_OWN}\b{_NUMBER}(?: full| calendar| whole)?[ -](?P<unit>days?|weeks?|months?)\b(?! ago)")
_AHEAD = re.compile(r"\W+(?:\w+ )?(?:before|ahead|prior|beforehand|left|notice|out|away)\b")
_NAMED = re.compile(r"\W+(?:ok|fine|enough|too|later|after|long|still|good)\b")
"""What follows "a week" where it is a number of days and no wish to move something by it."""
_THINGS = re.compile(
    rf"\b(?:{_NUMBER} (?:of (?:them|those|these)|copies|copy|certificates|certs|series|duplicates|more)"
    r"|(?P<both>both)\b"
    r"|(?:for|all) (?P<m>two|three|four|five|six|[2-6])(?! ?(?:days?|weeks?|am|pm|a\.m|p\.m|o.?clock)\b)\b)"
)


_ONLY_A_NUMBER = re.compile(
    rf"\W*(?:(?:and|so|ok|what|how|about|for|if|it'?s|all|say|i need)\W+)*{_NUMBER}"
    r"(?: of (?:them|those))?(?: then)?\W*"
)
""" "And three?": how many are meant, where nothing else is said."""
_LENGTH = {"day": 1, "week": 7, "month": 30.44}


def given_of(text: str, values: Sequence[Value], *, as_of: datetime, zone: str) -> Given:
    """What a message gives. `values` are those of the message; `as_of` and `zone` tell today."""
    lowered = text.lower()
    today = as_of.astimezone(ZoneInfo(zone)).date()
    dates = [value for value in values if value.entity == "date"]
    rough = (*_long_ago(lowered, dates, today), *_holidays(lowered, dates, today))
    dates = sorted((*dates, *rough), key=lambda value: value.start)
    found: dict[str, date] = {}
    also: list[date] = []
    left_open: str | None = None
    last_role: str | None = None
    for number, value in enumerate(dates):
        span = _span(value.value)
        if span is None:
            continue
        day, last = span
        before = lowered[dates[number - 1].end if number else 0 : value.start]
        after = lowered[value.end : dates[number + 1].start if number + 1 < len(dates) else len(lowered)]
        if _MOVED_TO.search(before):
            continue
        runs_out = _RUNS_OUT.search(before) is not None
        role = "expires" if runs_out else _role(before, after, alone=len(dates) == 1)
        if role == "asked" and last_role in _PAST and _EACH_OWN.search(before) and _AND_ANOTHER.fullmatch(before):
            role = last_role  # "bought A1 on January 5 and A2 on February 1"
        last_role = role
        if (
            role in _PAST
            and day > today
            and not _TO_COME.search(before)
            and not _YEAR.search(lowered[value.start : value.end])
        ):
            day, last = add_years(day, -1), add_years(last, -1)
        if role in found and role in _PAST and _EACH_OWN.search(before):
            also.append(day)
        if role == "asked" and role not in found:
            left_open = _left_open(lowered[value.start : value.end])
        if last != day and role not in found:
            found["asked_to" if role == "asked" else "happened_to"] = min(last, today) if role in _PAST else last
        found.setdefault(role, day)
    if "taken" in found and "failed" not in found and _NOT_PASSED.search(lowered):
        found["failed"] = found.pop("taken")  # "took it Friday and didn't pass"
    renews = _renews(lowered, found, values, today)
    if renews is not None and "asked" not in found and "asked_to" in found:
        found["happened_to"] = found.pop("asked_to")
    at, asked_at = _clocks(values, found, dates)
    times = [each for each in (at, asked_at) if each is not None]
    days = _DAYS.search(lowered) or _DAY_NUMBER.search(lowered)
    if (
        days is not None
        and days["n"] == "a"
        and not (_AHEAD.match(lowered, days.end()) or _NAMED.match(lowered, days.end()))
    ):
        days = None
    things = _THINGS.search(lowered) or (None if found or times or days else _ONLY_A_NUMBER.fullmatch(lowered))
    return Given(
        **found,
        renews=renews,
        at=at,
        asked_at=asked_at,
        open=left_open,
        also=tuple(also),
        days=None if days is None else round(_number(days["n"]) * _LENGTH[_unit(days)]),
        ahead=days is not None and _AHEAD.match(lowered, days.end()) is not None,
        count=_count(things),
    )


_EACH_OWN = re.compile(r"\b(?:[a-z]\d|one|another|the other|the second)\b")
_AND_ANOTHER = re.compile(
    r"\W*(?:(?:and|then|plus|the|my|on|test|also|one|another|other|second|from|in) ?|[a-z]\d ?|\W+)*\W*"
)
_MONTHLESS = re.compile(r"(?:the )?(?:\d{1,2} ?(?:st|nd|rd|th)|[a-z]+(?:[ -][a-z]+)?(?:st|nd|rd|th))")
_DAY_AND_MONTH = re.compile(r"[a-z]{3,9}\.? (?:the )?\d{1,2}(?:st|nd|rd|th)?|\d{1,2}/\d{1,2}|(?:the )?\d.* of [a-z]+")


def _left_open(said: str) -> str | None:
    """What a day was named without: "the 16th" has no month, "March 1" no year."""
    if _MONTHLESS.fullmatch(said):
        return "month"
    return "year" if _DAY_AND_MONTH.fullmatch(said) else None


def _renews(lowered: str, found: dict[str, date], values: Sequence[Value], today: date) -> date | None:
    """The day on which somebody would recertify, taken out of what was found; None where that is not spoken of."""
    recert = _RECERT.search(lowered) is not None
    if not (recert and (_RENEWS.search(lowered) or _NEW_DATE.search(lowered))) and not (
        _RENEWS.search(lowered) and re.search(r"\b(?:new|next) (?:\w+ )?(?:date|one|expiration|expiry)\b", lowered)
    ):
        return None
    for role in ("asked", "taken", "certified"):
        day = found.get(role)
        if day is not None and (role == "asked" or _RENEWS.search(lowered)):
            return found.pop(role)
    return today if _SOON.search(lowered) and _NEW_DATE.search(lowered) else None


def _clocks(values: Sequence[Value], found: dict[str, date], dates: Sequence[Value]) -> tuple[time | None, time | None]:
    """The clock times of the appointment and of what is asked about."""
    times = sorted((value for value in values if value.entity == "time"), key=lambda value: value.start)
    clocks = [clock for value in times if (clock := _clock(value.value)) is not None]
    if not clocks:
        return None, None
    if "appointment" in found:
        late = len(dates) > 1 and "asked" in found and len(clocks) == 1 and times[0].start > dates[-1].end
        return (None, clocks[0]) if late else (clocks[0], clocks[1] if len(clocks) > 1 else None)
    return None, clocks[0]


def _role(before: str, after: str, *, alone: bool) -> str:
    """What happened on a day: by the last word before it that tells, else, for the only day, by the first after it."""
    last = [(match.end(), role) for role, pattern in _CUES for match in pattern.finditer(before)]
    if last:
        end, found = max(last)
        if found == "appointment" and before[:end].endswith("tests") and len(last) > 1:
            end, found = sorted(last)[-2]  # "bought two tests, one on October 1"
        if found in _PAST and _ASKS_NEXT.search(before, end):
            return "asked"  # "didn't pass, am I allowed next week"
        return "asked" if found == "bought" and _MAY_BUY.search(before) else found
    if _TEST_ON.search(before):
        return "appointment"
    first = [(match.start(), role) for role, pattern in _CUES for match in pattern.finditer(after)] if alone else []
    return min(first)[1] if first and min(first)[0] < 20 else "asked"


def _span(value: str) -> tuple[date, date] | None:
    """The first and the last day of what was named; the same one for a day."""
    first, _, last = value.partition("/")
    try:
        return date.fromisoformat(first), date.fromisoformat(last or first)
    except ValueError:
        return None


def _long_ago(lowered: str, dates: Sequence[Value], today: date) -> list[Value]:
    """What lies months or years back, as the days that it may mean."""
    found = []
    for match in _AGO.finditer(lowered):
        if any(each.start < match.end() and match.start() < each.end for each in dates):
            continue
        number = 2 if "couple" in match.group() else 3 if "few" in match.group() else _number_or_none(match["n"])
        if not number:
            continue
        unit = match["unit"].rstrip("s")
        around = today - relativedelta(**{f"{unit}s": number})
        about = _ROUGHLY[unit]
        found.append(Value("date", f"{around - about}/{min(around + about, today)}", match.start(), match.end()))
    return found


def _holidays(lowered: str, dates: Sequence[Value], today: date) -> list[Value]:
    """Holidays as days: the next one of that name."""
    found = []
    for pattern, (month, number) in _HOLIDAYS:
        for match in pattern.finditer(lowered.replace("’", "'")):
            if any(each.start < match.end() and match.start() < each.end for each in dates):
                continue
            day = date(today.year, month, number)
            day = day if day >= today else add_years(day, 1)
            found.append(Value("date", day.isoformat(), match.start(), match.end()))
    return found


def _number_or_none(said: str) -> int | None:
    return 1 if said == "an" else int(said) if said.isdigit() else _NUMBERS.get(said)


def _unit(days: re.Match[str]) -> str:
    return (days.groupdict().get("unit") or "day").rstrip("s")


def _clock(value: str) -> time | None:
    try:
        return time.fromisoformat(value)
    except ValueError:
        return None


def _count(things: re.Match[str] | None) -> int | None:
    """How many things are meant."""
    if things is None:
        return None
    named = things.groupdict()
    return 2 if named.get("both") else _number(named["n"] or named["m"])


def _number(said: str) -> int:
    if said.isdigit():
        return int(said)
    head, _, last = said.replace("-", " ").partition(" ")
    return _TENS.get(head, 0) + _NUMBERS.get(last, 0) if last else _TENS.get(said, _NUMBERS.get(said, 0))

"""English for the ear: numbers, ordinals, years, clock times, money and digits in words."""

from __future__ import annotations

import unicodedata
from datetime import date, time
from decimal import Decimal

_ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def number(value: int) -> str:
    """A whole number below a million: 42 -> "forty-two", -1 -> "minus one"."""
    if value < 0:
        return f"minus {number(-value)}"
    if value < 20:
        return _ONES[value]
    if value < 100:
        tens, ones = divmod(value, 10)
        return _TENS[tens] + (f"-{_ONES[ones]}" if ones else "")
    for size, name in ((1000, "thousand"), (100, "hundred")):
        if value >= size:
            many, rest = divmod(value, size)
            return f"{number(many)} {name}" + (f" {number(rest)}" if rest else "")
    raise AssertionError(value)


def ordinal(value: int) -> str:
    """21 -> "twenty-first"."""
    head, dash, last = number(value).rpartition("-")
    if not dash:
        head, dash, last = number(value).rpartition(" ")
    if last in _ORDINALS:
        last = _ORDINALS[last]
    elif last.endswith("y"):
        last = f"{last[:-1]}ieth"
    else:
        last = f"{last}th"
    return head + dash + last


def year(value: int) -> str:
    """2026 -> "twenty twenty-six", 2005 -> "two thousand five", 1999 -> "nineteen ninety-nine"."""
    century, rest = divmod(value, 100)
    if not 1000 <= value < 10000 or 2000 <= value < 2010:
        return number(value)
    if rest == 0:
        return number(century // 10) + " thousand" if century % 10 == 0 else f"{number(century)} hundred"
    return f"{number(century)} {'oh ' if rest < 10 else ''}{number(rest)}"


def day(value: date, *, with_year: bool = True, weekday: bool = False) -> str:
    """March 10, 2026 -> "Tuesday, March tenth, twenty twenty-six"."""
    said = f"{MONTHS[value.month - 1]} {ordinal(value.day)}"
    if weekday:
        said = f"{WEEKDAYS[value.weekday()]}, {said}"
    return f"{said}, {year(value.year)}" if with_year else said


def clock(value: time) -> str:
    """9:00 -> "nine in the morning", 13:05 -> "one oh five in the afternoon", 12:00 -> "noon"."""
    if value.minute == 0 and value.hour in (0, 12):
        return "midnight" if value.hour == 0 else "noon"
    said = number(value.hour % 12 or 12)
    if value.minute:
        said += f" {'oh ' if value.minute < 10 else ''}{number(value.minute)}"
    if value.hour < 12:
        return f"{said} in the morning"
    if value.hour < 17:
        return f"{said} in the afternoon"
    return f"{said} in the evening" if value.hour < 21 else f"{said} at night"


def dollars(value: Decimal) -> str:
    """7.50 -> "seven dollars and fifty cents"."""
    whole, cents = divmod(int(value * 100), 100)
    parts = []
    if whole or not cents:
        parts.append(f"{number(whole)} {'dollar' if whole == 1 else 'dollars'}")
    if cents:
        parts.append(f"{number(cents)} {'cent' if cents == 1 else 'cents'}")
    return " and ".join(parts)


def phone(value: str) -> str:
    """877-346-9327 -> "eight seven seven, three four six, nine three two seven"."""
    groups = value.split("-")
    said = []
    for group in groups:
        if len(group) == 3 and group.endswith("00"):
            said.append(f"{_ONES[int(group[0])]} hundred")
        else:
            said.append(" ".join(_ONES[int(digit)] for digit in group))
    return ", ".join(said)


_MARKS = str.maketrans({"[": "(", "]": ")", "<": "(", ">": ")", "*": "", "_": " ", "`": "'"})


def unformatted(text: str) -> str:
    """What somebody else wrote, fit to stand in a text of ours: nothing in it is a link, or bold, or turns the rest.

    >>> unformatted("666 [x](https://evil.example) **St**")
    '666 (x)(https://evil.example) St'
    """
    return "".join(each for each in text.translate(_MARKS) if unicodedata.category(each) != "Cf")

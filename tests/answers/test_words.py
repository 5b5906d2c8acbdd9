"""English for the ear."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal

import pytest

from bot.answers import words

NUMBERS = [
    (0, "zero"),
    (7, "seven"),
    (12, "twelve"),
    (19, "nineteen"),
    (20, "twenty"),
    (42, "forty-two"),
    (90, "ninety"),
    (100, "one hundred"),
    (160, "one hundred sixty"),
    (365, "three hundred sixty-five"),
    (1000, "one thousand"),
    (1826, "one thousand eight hundred twenty-six"),
    (20300, "twenty thousand three hundred"),
    (-1, "minus one"),
]
ORDINALS = [
    (1, "first"),
    (2, "second"),
    (3, "third"),
    (4, "fourth"),
    (5, "fifth"),
    (8, "eighth"),
    (9, "ninth"),
    (11, "eleventh"),
    (12, "twelfth"),
    (20, "twentieth"),
    (21, "twenty-first"),
    (22, "twenty-second"),
    (30, "thirtieth"),
    (31, "thirty-first"),
    (101, "one hundred first"),
]
YEARS = [
    (2026, "twenty twenty-six"),
    (2031, "twenty thirty-one"),
    (2010, "twenty ten"),
    (2009, "two thousand nine"),
    (2000, "two thousand"),
    (1999, "nineteen ninety-nine"),
    (1905, "nineteen oh five"),
    (1900, "nineteen hundred"),
    (2100, "twenty-one hundred"),
]
CLOCKS = [
    (time(9), "nine in the morning"),
    (time(9, 30), "nine thirty in the morning"),
    (time(9, 5), "nine oh five in the morning"),
    (time(0), "midnight"),
    (time(0, 15), "twelve fifteen in the morning"),
    (time(11, 59), "eleven fifty-nine in the morning"),
    (time(12), "noon"),
    (time(12, 30), "twelve thirty in the afternoon"),
    (time(13), "one in the afternoon"),
    (time(16, 45), "four forty-five in the afternoon"),
    (time(17), "five in the evening"),
    (time(20, 59), "eight fifty-nine in the evening"),
    (time(21), "nine at night"),
]
MONEY = [
    ("7.50", "seven dollars and fifty cents"),
    ("15.00", "fifteen dollars"),
    ("1.01", "one dollar and one cent"),
    ("0.75", "seventy-five cents"),
    ("0.00", "zero dollars"),
    ("120.20", "one hundred twenty dollars and twenty cents"),
]
PHONES = [
    ("877-346-9327", "eight seven seven, three four six, nine three two seven"),
    ("1-800-390-6789", "one, eight hundred, three nine zero, six seven eight nine"),
]


@pytest.mark.parametrize(("value", "said"), NUMBERS)
def test_numbers(value: int, said: str) -> None:
    assert words.number(value) == said


@pytest.mark.parametrize(("value", "said"), ORDINALS)
def test_ordinals(value: int, said: str) -> None:
    assert words.ordinal(value) == said


@pytest.mark.parametrize(("value", "said"), YEARS)
def test_years(value: int, said: str) -> None:
    assert words.year(value) == said


@pytest.mark.parametrize(("value", "said"), CLOCKS)
def test_clock_times(value: time, said: str) -> None:
    assert words.clock(value) == said


@pytest.mark.parametrize(("value", "said"), MONEY)
def test_money(value: str, said: str) -> None:
    assert words.dollars(Decimal(value)) == said


@pytest.mark.parametrize(("value", "said"), PHONES)
def test_telephone_numbers(value: str, said: str) -> None:
    assert words.phone(value) == said


def test_days() -> None:
    assert words.day(date(2026, 3, 10), weekday=True) == "Tuesday, March tenth, twenty twenty-six"
    assert words.day(date(2024, 2, 29), with_year=False) == "February twenty-ninth"


def test_found_at_least_so_many_cases() -> None:
    assert sum(len(cases) for cases in (NUMBERS, ORDINALS, YEARS, CLOCKS, MONEY, PHONES)) >= 59

"""Every kind of value, written and spoken."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from bot.answers import Answers, FormatError
from bot.answers.format import FORMATS, Said

TODAY = date(2026, 3, 2)
CHICAGO = ZoneInfo("America/Chicago")
NINE = datetime(2026, 3, 10, 9, tzinfo=CHICAGO)

CASES: list[tuple[object, str | None, str, str]] = [
    # counts
    (12, None, "12", "twelve"),
    (1826, None, "1,826", "one thousand eight hundred twenty-six"),
    (1, "days", "1 day", "one day"),
    (12, "days", "12 days", "twelve days"),
    (0, "days", "0 days", "zero days"),
    (5, "years", "5 years", "five years"),
    (1, "years", "1 year", "one year"),
    (21, "weeks", "3 weeks", "three weeks"),
    (7, "weeks", "1 week", "one week"),
    (20, "weeks", "20 days", "twenty days"),
    (12, "left", "12 days left", "twelve days left"),
    (1, "left", "1 day left", "one day left"),
    (0, "left", "today is the last day", "today is the last day"),
    (90, "number", "90", "ninety"),
    (True, None, "yes", "yes"),
    # money, telephone
    (Decimal("7.50"), None, "$7.50", "seven dollars and fifty cents"),
    (Decimal("15.00"), "money", "$15.00", "fifteen dollars"),
    ("877-346-9327", "phone", "877-346-9327", "eight seven seven, three four six, nine three two seven"),
    # dates: the weekday where they are soon to come, no spoken year where they are near
    (date(2026, 4, 10), None, "Friday, April 10, 2026", "Friday, April tenth"),
    (date(2026, 3, 2), None, "Monday, March 2, 2026", "Monday, March second"),
    (date(2026, 3, 1), None, "March 1, 2026", "March first"),
    (date(2026, 6, 30), None, "Tuesday, June 30, 2026", "Tuesday, June thirtieth"),
    (date(2026, 10, 1), None, "October 1, 2026", "October first, twenty twenty-six"),
    (date(2025, 11, 2), None, "November 2, 2025", "November second"),
    (date(2025, 8, 1), None, "August 1, 2025", "August first, twenty twenty-five"),
    (date(2026, 8, 31), None, "August 31, 2026", "August thirty-first"),
    (date(2025, 9, 1), None, "September 1, 2025", "September first"),
    (date(2026, 3, 16), "month_day", "March 16", "March sixteenth"),
    (date(2031, 11, 22), "date", "November 22, 2031", "November twenty-second, twenty thirty-one"),
    (
        date(2031, 11, 22),
        "weekday",
        "Saturday, November 22, 2031",
        "Saturday, November twenty-second, twenty thirty-one",
    ),
    (NINE, "date", "Tuesday, March 10, 2026", "Tuesday, March tenth"),
    # instants
    (
        NINE,
        None,
        "Tuesday, March 10, 2026 at 9:00 AM, Central time",
        "Tuesday, March tenth, at nine in the morning, Central time",
    ),
    (
        NINE,
        "at_site",
        "Tuesday, March 10, 2026 at 9:00 AM, Central time",
        "Tuesday, March tenth, at nine in the morning",
    ),
    (NINE, "time", "9:00 AM", "nine in the morning"),
    (NINE.replace(hour=13, minute=5), "time", "1:05 PM", "one oh five in the afternoon"),
    (NINE.replace(hour=12), "time", "12:00 PM", "noon"),
    (NINE.replace(hour=0), "time", "midnight", "midnight"),
    (
        NINE.replace(hour=0),
        None,
        "Tuesday, March 10, 2026 at midnight, as the day begins, Central time",
        "Tuesday, March tenth, at midnight, as the day begins, Central time",
    ),
    (
        datetime(2027, 1, 5, 14, tzinfo=ZoneInfo("America/New_York")),
        None,
        "Tuesday, January 5, 2027 at 2:00 PM, Eastern time",
        "Tuesday, January fifth, twenty twenty-seven, at two in the afternoon, Eastern time",
    ),
    (
        datetime(2026, 3, 7, 9, tzinfo=timezone(timedelta(hours=-6))),
        None,
        "Saturday, March 7, 2026 at 9:00 AM, local time",
        "Saturday, March seventh, at nine in the morning, local time",
    ),
    (
        datetime(2026, 3, 7, 9, tzinfo=UTC),
        None,
        "Saturday, March 7, 2026 at 9:00 AM, Universal Time",
        "Saturday, March seventh, at nine in the morning, Universal Time",
    ),
    # tests and series
    ("A5", None, "A5 Brakes", "A five, Brakes"),
    ("A5R", None, "A5 Brakes recertification", "A five, Brakes recertification"),
    (
        "A2",
        "test",
        "A2 Automatic Transmission/Transaxle",
        "A two, Automatic Transmission and Transaxle",
    ),
    ("H4", None, "H4", "H four"),
    ("H4R", None, "H4 recertification", "H four recertification"),
    ("A5", "code", "A5", "A five"),
    ("A5R", "code", "A5R", "A five R"),
    ("A6", "title", "Electrical/Electronic Systems", "Electrical and Electronic Systems"),
    ("H4", "title", "H4", "H four"),
    ("automobile", None, "Automobile and Light Truck", "Automobile and Light Truck"),
    ("medium_heavy_truck", None, "Medium/Heavy Truck", "Medium and Heavy Truck"),
    # lists
    ([], None, "none", "none"),
    (["A5"], None, "A5 Brakes", "A five, Brakes"),
    (["A1", "A5"], None, "A1 Engine Repair and A5 Brakes", "A one, Engine Repair, and A five, Brakes"),
    (
        ["A1", "A5", "A8"],
        None,
        "A1 Engine Repair, A5 Brakes, and A8 Engine Performance",
        "A one, Engine Repair, A five, Brakes, and A eight, Engine Performance",
    ),
    (["A1", "A2", "A3", "A4", "G1"], None, "A1 through A4 and G1", "A one through A four and G one"),
    (["A1", "A3", "A4", "A6"], None, "A1, A3, A4, and A6", "A one, A three, A four, and A six"),
    (("T2", "T3", "T4"), "codes", "T2 through T4", "T two through T four"),
    (["A1R", "A2R", "A3R"], "codes", "A1R, A2R, and A3R", "A one R, A two R, and A three R"),
    ("A5", "codes", "A5", "A five"),
    (
        ["A1", "A2", "A3", "A5"],
        "list",
        "A1 Engine Repair, A2 Automatic Transmission/Transaxle, A3 Manual Drive Train and Axles, and A5 Brakes",
        "A one, Engine Repair, A two, Automatic Transmission and Transaxle, A three, Manual Drive Train and Axles,"
        " and A five, Brakes",
    ),
    (
        ["automobile", "parts"],
        None,
        "Automobile and Light Truck, and Parts Specialist",
        "Automobile and Light Truck, and Parts Specialist",
    ),
    (["the United States", "Canada"], "list", "the United States and Canada", "the United States and Canada"),
    ("certain bases", "list", "certain bases", "certain bases"),
    (
        [["A9", "H2"], ["A6", "T6"]],
        None,
        "one of A9 or H2, and one of A6 or T6",
        "one of A nine or H two, and one of A six or T six",
    ),
    ([["A8"]], None, "A8 Engine Performance", "A eight, Engine Performance"),
    (
        [["A8"], ["A5"]],
        "list",
        "A8 Engine Performance and A5 Brakes",
        "A eight, Engine Performance, and A five, Brakes",
    ),
    (
        {"test": "A5", "on": date(2026, 5, 1)},
        None,
        "A5 Brakes on May 1, 2026",
        "A five, Brakes, on May first",
    ),
    (
        [{"test": "A5", "on": date(2026, 5, 1)}, {"test": "H4", "on": date(2020, 1, 31)}],
        None,
        "A5 Brakes (May 1, 2026), and H4 (January 31, 2020)",
        "A five, Brakes, on May first, and H four, on January thirty-first, twenty twenty",
    ),
    (
        ["cancel_appointment", "cancel_test"],
        None,
        "cancel the appointment, then cancel the test",
        "cancel the appointment, then cancel the test",
    ),
    # texts
    ("no_show", None, "No Show", "No Show"),
    ("pass", None, "pass", "pass"),
    ("America/Chicago", None, "Central time", "Central time"),
    ("Chicago North", None, "Chicago North", "Chicago North"),
]

REFUSED: list[tuple[object, str | None]] = [
    ("A5", "days"),
    (True, "days"),
    (7.5, None),
    (None, None),
    (7, "money"),
    ("ask", "phone"),
    ("tomorrow", "date"),
    (date(2026, 3, 2), "time"),
    (7, "title"),
    (7, "list"),
    ({"test": "A5"}, None),
    ("A5", "shout"),
]


@pytest.mark.parametrize(("value", "how", "web", "voice"), CASES)
def test_a_value_is_written_and_spoken(answers: Answers, value: object, how: str | None, web: str, voice: str) -> None:
    assert answers.say(value, how, day=TODAY) == Said(web, voice)


def test_without_a_day_every_spoken_date_has_its_year(answers: Answers) -> None:
    assert answers.say(date(2026, 3, 3)) == Said("March 3, 2026", "March third, twenty twenty-six")


@pytest.mark.parametrize(("value", "how"), REFUSED)
def test_what_cannot_be_said_so_is_refused(answers: Answers, value: object, how: str | None) -> None:
    with pytest.raises(FormatError):
        answers.say(value, how, day=TODAY)


def test_found_at_least_so_many_cases() -> None:
    assert len(CASES) >= 65
    assert len(REFUSED) >= 12
    assert {how for _, how, _, _ in CASES if how} >= set(FORMATS) - {"instant"}

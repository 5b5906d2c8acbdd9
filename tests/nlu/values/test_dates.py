"""Dates and times in messages, read on Monday, March 2, 2026, at ten in Chicago."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.nlu.values import read_dates, read_times, read_values

NOW = datetime.fromisoformat("2026-03-02T10:00:00-06:00")
ZONE = "America/Chicago"

DATES = {
    "today": "2026-03-02",
    "tomorrow": "2026-03-03",
    "tmrw": "2026-03-03",
    "the day after tomorrow": "2026-03-04",
    "yesterday": "2026-03-01",
    "Friday": "2026-03-06",
    "this Friday": "2026-03-06",
    "next Friday": "2026-03-13",
    "next tuesday morning": "2026-03-10",
    "Monday": "2026-03-09",
    "last Friday": "2026-02-27",
    "a week from Friday": "2026-03-13",
    "Friday after next": "2026-03-20",
    "Tuesday of next week": "2026-03-10",
    "March 14": "2026-03-14",
    "march fourteenth": "2026-03-14",
    "March 14th, 2027": "2027-03-14",
    "the 14th of March": "2026-03-14",
    "14 March 2026": "2026-03-14",
    "Mar. 14": "2026-03-14",
    "Friday, March 13": "2026-03-13",
    "Friday the 13th": "2026-03-13",
    "january fifth": "2027-01-05",
    "april twenty first twenty twenty six": "2026-04-21",
    "3/14": "2026-03-14",
    "3/14/2026": "2026-03-14",
    "03-14-26": "2026-03-14",
    "3 / 16": "2026-03-16",
    "2026-03-14": "2026-03-14",
    "2026/03/14": "2026-03-14",
    "14-Mar-2026": "2026-03-14",
    "25/3": "2026-03-25",
    "the 14th": "2026-03-14",
    "on the twenty first": "2026-03-21",
    "the 1st": "2026-04-01",
    "in two weeks": "2026-03-16",
    "in a couple of days": "2026-03-04",
    "3 days from now": "2026-03-05",
    "two weeks from Friday": "2026-03-20",
    "a week ago": "2026-02-23",
    "next week": "2026-03-09/2026-03-15",
    "this weekend": "2026-03-07/2026-03-08",
    "next month": "2026-04-01/2026-04-30",
    "end of March": "2026-03-21/2026-03-31",
    "early April": "2026-04-01/2026-04-10",
    "in April": "2026-04-01/2026-04-30",
    "March 10 to 12": "2026-03-10/2026-03-12",
    "March 10-12": "2026-03-10/2026-03-12",
    "between Monday and Wednesday": "2026-03-09/2026-03-11",
    "from March 10 through March 12": "2026-03-10/2026-03-12",
    "the first Monday in April": "2026-04-06",
    "last Friday of the month": "2026-03-27",
    "the last day of March": "2026-03-31",
    "the week of the 9th": "2026-03-09/2026-03-15",
    "tomorrow, Tuesday": "2026-03-03",
    "Tuesday, no, Wednesday": "2026-03-04",
    "not Thursday, Friday": "2026-03-06",
    "Monday or Tuesday": "2026-03-09 2026-03-03",
    # what has happened
    "I failed on March 1": "2026-03-01",
    "took it february 20th": "2026-02-20",
    "I passed A5 on Friday": "2026-02-27",
    "if I fail on Friday": "2026-03-06",
    "I'm booked for March 20": "2026-03-20",
    "results for test taken 2/27": "2026-02-27",
    # misspelled and misheard
    "wendsday": "2026-03-04",
    "thrusday": "2026-03-05",
    "marhc 24": "2026-03-24",
    "fry day": "2026-03-06",
    "when's day": "2026-03-04",
    "ape rill ninth": "2026-04-09",
    "three seventeen": "2026-03-17",
    # no dates
    "30 days": "",
    "is it good for 90 days": "",
    "I may come": "",
    "I sat for the exam": "",
    "a 5 day wait": "",
    "24/7": "",
    "the second one": "",
    "two years back": "",
    "1-800-390-6789": "",
    "march into the shop": "",
}

IN_MESSAGES = {
    "my cert expires 2027-02-28": "2027-02-28",
    "book me 4-21-26 please": "2026-04-21",
    "05-14-2026 suits me": "2026-05-14",
    "how about 3.18.26": "2026-03-18",
    "apr 15 1030 A5": "2026-04-15",
    "call me at 312-555-0143": "",
    "phone 630 555 0188": "",
    "week from today": "2026-03-09",
    "wk from fri": "2026-03-13",
    "nxt tuesday": "2026-03-10",
    "wk of april 14": "2026-04-13/2026-04-19",
    "next week friday": "2026-03-13",
    "next week, on Tuesday": "2026-03-10",
    "next week Tuesday or Thursday": "2026-03-10 2026-03-12",
    "Tuesday or Thursday next week": "2026-03-10 2026-03-12",
    "next week monday through friday": "2026-03-09/2026-03-13",
    "I'm free sat the 14th": "2026-03-14",
    "I sat the 14th and failed": "2026-02-14",
    "friday the thirteen please": "2026-03-13",
    "april third, no, make that the tenth": "2026-04-10",
    "locked out since february 27": "2026-02-27",
    "all three in one day": "",
    "cand no-showed A5 2/14": "2026-02-14",
    "sched T1 day after tmrw": "2026-03-04",
    "2mrw": "2026-03-03",
    "the eleventh": "2026-03-11",
    "the eleventh works": "2026-03-11",
    "the eighth person told me that": "",
    "april 20 second": "2026-04-22",
    "next weak": "2026-03-09/2026-03-15",
    "I feel weak": "",
    "four twelve": "2026-04-12",
    "four thirty": "",
    "5 19 26": "2026-05-19",
    "the weekend": "2026-03-07/2026-03-08",
    "do you run tests over the weekend at all": "",
    "between the 18th and the 20th": "2026-03-18/2026-03-20",
    "not Thursday": "",
    "not Thursday, I'm off Thursday, how about Tuesday": "2026-03-03",
    "put me on april sixth, no i mean give me april ninth": "2026-04-09",
    "april fifth, is that a sunday": "2026-04-05",
    "cand no-show 2/26 A4": "2026-02-26",
    "I do test 2/20 already": "2026-02-20",
    "they told me feb 24": "2026-02-24",
    "I pass it december ten but no paper come": "2025-12-10",
    "if I pass it december ten": "2026-12-10",
    "el jueves": "2026-03-05",
    "el 12 de marzo": "2026-03-12",
    "reprobé el 20 de febrero": "2026-02-20",
    "march 14 saturday": "2026-03-14",
    "maybe the weekend, I'm off then": "2026-03-07/2026-03-08",
    "this thirsty": "2026-03-05",
    "I'm thirsty": "",
    "eleven march": "2026-03-11",
    "two april": "2026-04-02",
    "I certified eight november twenty twenty two": "2022-11-08",
    "twenty sicks of april": "2026-04-26",
    "A five may be hard": "",
    "saturday no that's a wedding sunday the fifteenth": "2026-03-15",
    "march twenty forst": "2026-03-21",
    "tuesday march tenth two thousand twenty six": "2026-03-10",
    "resched A8 fri to mon": "2026-03-06/2026-03-09",
    "anything on sat for the a4": "2026-03-07",
    "I sat for the a4": "",
    "it ran out november 30": "2025-11-30",
    "book me for the weekend with the a5": "2026-03-07/2026-03-08",
    "march third of next year": "2027-03-03",
    "april the 1 2 twelfth": "2026-04-12",
    "march twenty twenty seventh": "2026-03-27",
    "april twenty twenty six": "2026-04-01/2026-04-30",
    "march twenty for please": "2026-03-24",
    "march twenty for the a5": "2026-03-20",
    "april tent": "2026-04-10",
    "march twenty seconds": "2026-03-22",
    "wait twenty seconds": "",
    "no show A8 2/25 wants back in": "2026-02-25",
    "purch 12/15 no appt": "2025-12-15",
    "site closed 2/27 needs 3/12": "2026-02-27 2026-03-12",
    "april 14 no 15": "2026-04-15",
    "apr 11th, it's a saturday": "2026-04-11",
    "necks monday": "2026-03-09",
    "four slash nineteen": "2026-04-19",
    "caller pd 1/20 for A1": "2026-01-20",
    "what if I fail on 3/10": "2026-03-10",
}

TIMES_IN_MESSAGES = {
    "sched A5 3/12 0830 Aurora": "08:30",
    "put me down for tuesday at ate 45": "08:45",
    "Evening, I'd like to book": "",
    "A5 in 30 days": "",
    "any time before for pm": "16:00",
    "book it wednesday to p m": "14:00",
}

TIMES = {
    "evening, I work days": "evening",
    "not too late, like 1015": "10:15",
    "fourteen thirty hours": "14:30",
    "it was $1,500": "",
    "10 sharp": "10:00",
    "after 3 because I work": "15:00",
    "after for": "16:00",
    "at too in the afternoon": "14:00",
    "10 is fine": "10:00",
    "not 8, 11": "11:00",
    "can't do ten, can you do two": "14:00",
    "fourteen hundred": "14:00",
    "oh nine hundred hours": "09:00",
    "fifteen hundred dollars": "",
    "too thirty please": "14:30",
    "11 30 if there is one": "11:30",
    "2 45": "14:45",
    "four thirty pm, I get off at four": "16:30",
    "what did we say, okay eleven": "11:00",
    "for 30 days": "",
    "9 am": "09:00",
    "9am": "09:00",
    "9:30": "09:30",
    "9:30 p.m.": "21:30",
    "9 30 am": "09:30",
    "nine thirty": "09:30",
    "nine in the morning": "09:00",
    "three in the afternoon": "15:00",
    "half past nine": "09:30",
    "quarter to ten": "09:45",
    "a quarter after two": "14:15",
    "twenty past eleven": "11:20",
    "ten o'clock": "10:00",
    "at 3": "15:00",
    "at eight": "08:00",
    "noon": "12:00",
    "midnight": "00:00",
    "13:30": "13:30",
    "morning": "morning",
    "tomorrow afternoon": "afternoon",
    "Friday evening": "evening",
    "tomorrow morning at 9": "09:00",
    "between 9 and 11": "09:00/11:00",
    "from 1 to 3 pm": "13:00/15:00",
    "9 to 11 am": "09:00/11:00",
    "eight oh five": "08:05",
    "at nine, no, ten o'clock": "10:00",
    "ten eh em": "10:00",
    "won thirty": "13:30",
    "ate o'clock": "08:00",
    "mornign": "morning",
    # up to noon
    "between eleven and noon": "11:00/12:00",
    "7 to noon": "07:00/12:00",
    "from nine until noon": "09:00/12:00",
    "9 to 12:30 pm": "09:00/12:30",
    "12 to 3 pm": "12:00/15:00",
    # nothing but a time
    "1145": "11:45",
    "0815": "08:15",
    "1330": "13:30",
    "0730": "07:30",
    "830": "08:30",
    "2026": "",
    "8-10": "08:00/10:00",
    "11 to 1": "11:00/13:00",
    "11-9": "",
    "10 or 2": "10:00 14:00",
    "either nine or ten": "09:00 10:00",
    "10 or 11 tests": "",
    # about a time
    "10ish": "10:00",
    "Friday around two ish": "14:00",
    "9ish days": "",
    # typed in haste
    "the 3rd at 10.15": "10:15",
    "Tuesday 10.45": "10:45",
    "at 10.45 dollars": "",
    "by 04.10.26": "",
    "10;15": "10:15",
    "at 945 please": "09:45",
    "Thursday 1300": "13:00",
    "at 0745": "07:45",
    "at 1400 Main Street": "",
    "it costs around 1500": "",
    "the 1st 100 to come": "",
    "Tuesday 1000 questions": "",
    "b/w 2 and 4": "14:00/16:00",
    "btwn 8 and 10": "08:00/10:00",
    "anything in the a.m.": "morning",
    "something in the pm?": "afternoon",
    "questions in the PM inspection": "",
    "an eve seat": "evening",
    "Christmas eve appointment": "",
    # as it was written down by a recogniser
    "wan p m": "13:00",
    "at leaven a m": "11:00",
    "tan thirty a m": "10:30",
    "at for fifteen": "16:15",
    "for am slots": "",
    "move it to pm": "",
    "looked at for thirty minutes": "",
    "half passed eleven": "11:30",
    "quarter passed one": "13:15",
    "half passed ten tests": "",
    "ten fifth teen": "10:15",
    "four": "16:00",
    "good morning": "",
    "six oh nine certificate": "",
    "all morning": "",
    "A5 at the center": "",
    "2 tests": "",
}


@pytest.mark.parametrize(("text", "dates"), DATES.items())
def test_a_message_says_these_dates(text: str, dates: str) -> None:
    assert " ".join(value.value for value in read_dates(text, NOW, ZONE)) == dates


@pytest.mark.parametrize(("text", "dates"), IN_MESSAGES.items())
def test_among_other_values_a_message_says_these_dates(text: str, dates: str) -> None:
    found = read_values(text, as_of=NOW, zone=ZONE)
    assert " ".join(value.value for value in found if value.entity == "date") == dates


@pytest.mark.parametrize(("text", "times"), TIMES_IN_MESSAGES.items())
def test_among_other_values_a_message_says_these_times(text: str, times: str) -> None:
    found = read_values(text, as_of=NOW, zone=ZONE)
    assert " ".join(value.value for value in found if value.entity == "time") == times


@pytest.mark.parametrize(("text", "times"), TIMES.items())
def test_a_message_says_these_times(text: str, times: str) -> None:
    assert " ".join(value.value for value in read_times(text)) == times


@pytest.mark.parametrize(
    ("text", "entity", "said"),
    [
        ("can I come on Friday at 9 am", "date", "Friday"),
        ("can I come on Friday at 9 am", "time", "9 am"),
        ("move it to the 14th please", "date", "14th"),
        ("is half past nine free", "time", "half past nine"),
        ("some time next week?", "date", "next week"),
    ],
)
def test_a_date_stands_where_it_was_said(text: str, entity: str, said: str) -> None:
    value = next(value for value in read_values(text, as_of=NOW, zone=ZONE) if value.entity == entity)
    assert text[value.start : value.end] == said


def test_today_is_the_day_in_the_persons_zone() -> None:
    late = datetime.fromisoformat("2026-03-03T01:00:00+00:00")
    assert read_dates("today", late, "America/Chicago")[0].value == "2026-03-02"
    assert read_dates("today", late, "Europe/Paris")[0].value == "2026-03-03"


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        read_dates("today", NOW.replace(tzinfo=None), ZONE)


@pytest.mark.parametrize(("prefer", "value"), [("future", "2027-02-20"), ("past", "2026-02-20")])
def test_whoever_asks_may_say_which_way_a_date_points(prefer: str, value: str) -> None:
    assert read_dates("February 20", NOW, ZONE, prefer=prefer)[0].value == value


@pytest.mark.parametrize(("text", "bound"), [("after March 10", "after"), ("by Friday", "before"), ("Friday", None)])
def test_a_limit_is_told_from_a_point(text: str, bound: str | None) -> None:
    assert read_dates(text, NOW, ZONE)[0].bound == bound


def test_there_are_cases() -> None:
    assert len(DATES) + len(TIMES) >= 115

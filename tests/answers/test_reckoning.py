"""Days worked out for people who are not signed in: the words, what is given, and the first thing said."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from bot.answers import Answers
from bot.answers.replies import NARROW
from bot.contracts.asking import QuestionKind
from bot.contracts.given import Given
from bot.nlu.values import read_values
from bot.nlu.values.given import given_of

NOW = datetime.fromisoformat("2026-11-30T10:00:00-06:00")
ZONE = "America/Chicago"

# text | topic below account/ | kind | what the answer starts with, or has in it after "…"
CASES = """
bought it on oct 3, when does it run out? | purchase_window | until_when | Friday, January 1, 2027
i bought it september 20 still good | purchase_window | whether | Yes, it's good through Saturday, December 19
bought G1 on august 1, still good? | purchase_window | whether | No, it ran out on Friday, October 30, 2026
purchased oct 10, can i take it january 8 | purchase_window | whether | Yes, it's good through Friday, January 8, 2027
purchased oct 10, can i take it january 9 | purchase_window | whether | No, Friday, January 8, 2027
i paid for it november 1 how long do i have | purchase_window | how_long | Saturday, January 30, 2027
is 89 days ok? | purchase_window | whether | Yes.
is 90 days ok | purchase_window | whether | Yes.
is 91 days too long | purchase_window | whether | No.
can i take it twelve weeks after buying | purchase_window | whether | Yes.
can i wait 13 weeks | purchase_window | whether | No.
failed nov 2. earliest retake? | retest | from_when | From Thursday, December 3, 2026
if I bought on March 3 and failed April 1 when can I retake? | retest | from_when | From Saturday, May 2, 2026
i failed on november 28 when can i take it again | retest | from_when | From Tuesday, December 29, 2026
flunked it yesterday when am i allowed again | retest | from_when | From Wednesday, December 30, 2026
i failed november 5 is december 5 ok | retest | whether | No, not before Sunday, December 6, 2026
i failed november 5 is december 6 ok | retest | whether | Yes, Sunday, December 6, 2026 is the first day
didn't pass on the 3rd of november, can i go december 10 | retest | whether | Yes, Thursday, December 10, 2026
is 30 days after enough | retest | whether | No.
is 31 days enough | retest | whether | Yes.
is two weeks later ok | retest | whether | No.
november 2 | retest | from_when | From Thursday, December 3, 2026
bought two tests, one on oct 1 and one on nov 1 | purchase_window | until_when | …from November 1, 2026: Saturday
took it november 20 and didnt pass, am i allowed next week | retest | whether | No, not before Monday, December 21
failed oct 31, can he buy tomorrow | retest | whether | Yes, Tuesday, December 1, 2026 is the first day
i failed it two months ago can i go again | retest | whether | Yes, by
bought it in june, is it still good | purchase_window | whether | No, it ran out by September 28, 2026 at the latest
bought it in june, until when was it good | purchase_window | until_when | It ran out by September 28, 2026
i bought it in october, until when | purchase_window | until_when | That depends on the exact day
bought october 10, is january ok | purchase_window | whether | Friday, January 8, 2027 is the last day
bought october 10, is february ok | purchase_window | whether | No, Friday, January 8, 2027
bought october 10, is 91 days ok | purchase_window | whether | No, Friday, January 8, 2027
bought october 10, so 39 days left | purchase_window | whether | Yes, 39 days from today
bought october 10, so 30 days left | purchase_window | whether | No, it's 39 days from today
certified march 2021, still good | certification_expiry | whether | No, it expired by March 31, 2026
got certified in april 2022, still current | certification_expiry | whether | Yes, through April 1, 2027
it expires january 15 2027, which day is the last | certification_expiry | which | Friday, January 15, 2027
it expires january 15 2027, is january 20 2027 ok | certification_expiry | whether | No, Friday, January 15, 2027 is
if i test december 3 when are results on my account | test_results | when | …Sunday, December 6, 2026
bought october 2, is new year's eve ok | purchase_window | whether | Yes, it's good through Thursday, December 31
appointment dec 10 at 9 am, last time i can change it? | reschedule | until_when | Until Monday, December 7, 2026, 9:0
test on december 20 at 1 pm how late can i move it | reschedule | until_when | …December 17, 2026, 1:00 PM
my test is december 10 until when can i cancel | cancel_appointment | until_when | Until Monday, December 7, 2026
appointment december 2 can i still move it | reschedule | whether | No. Changes close on Sunday, November 29, 2026
appointment december 10 can i change it on december 7 | reschedule | whether | Yes, until Monday, December 7, 2026
appointment december 10 can i change it on december 8 | reschedule | whether | No. Changes close on Monday, December 7
can i change it 2 days before | reschedule | whether | No.
can i change it 3 days before | reschedule | whether | Yes.
is a week before ok to cancel | cancel_test | whether | Yes.
certified may 1 2022 when does it expire | certification_expiry | until_when | May 1, 2027
i got certified june 3 2021 am i still good | certification_expiry | whether | No, it expired on June 3, 2026
certified february 29 2024, until when | certification_expiry | until_when | February 28, 2029
i was certified march 5 2023 is it still valid | certification_expiry | whether | Yes, through March 5, 2028
passed november 20 when does my certificate come | certificate_status | when | About Friday, December 11, 2026
took it nov 28 when are results on my account | test_results | when | By e-mail right after the test
took it nov 28 when are results on my account | test_results | when | …Tuesday, December 1, 2026
renewed A3 on nov 16, what is the new date | recertification | which | November 16, 2031
failed A7 october 31. is it open again | retest | whether | No, not before Tuesday, December 1
bought it november 20, is the 19th ok | purchase_window | whether | No, Thursday, February 18
appointment december 10 at 9 am, is the 7th fine | reschedule | whether | Yes, until Monday, December 7
"""


def cases() -> list[tuple[str, str, QuestionKind, str]]:
    rows = [[part.strip() for part in line.split("|")] for line in CASES.strip().splitlines()]
    return [(text, f"account/{topic}", QuestionKind(kind), said) for text, topic, kind, said in rows]


@pytest.mark.parametrize(("text", "label", "kind", "said"), cases())
def test_the_day_comes_first(answers: Answers, text: str, label: str, kind: QuestionKind, said: str) -> None:
    given = given_of(text, read_values(text, as_of=NOW, zone=ZONE), as_of=NOW, zone=ZONE)
    answer = answers.reckon(label, kind, given, day=NOW.date())
    assert answer is not None, given
    plain = answer.text.replace("**", "")
    assert said[1:] in plain if said.startswith("…") else plain.startswith(said)
    assert answer.decisions == ()
    assert answer.sources
    assert len(plain.split()) <= NARROW[0]


def test_nothing_given_gives_nothing(answers: Answers) -> None:
    assert answers.reckon("account/retest", QuestionKind.FROM_WHEN, Given(), day=NOW.date()) is None
    assert answers.reckon("faq/merchandise", QuestionKind.WHEN, Given(asked=NOW.date()), day=NOW.date()) is None


def test_before_the_first_policy_row_nothing_is_claimed(answers: Answers) -> None:
    told = answers.reckon(
        "account/retest", QuestionKind.FROM_WHEN, Given(failed=date(2020, 1, 2)), day=date(2020, 1, 3)
    )
    assert told is not None
    assert "can't tell" in told.text


@pytest.mark.parametrize(
    ("text", "days", "ahead"),
    [
        ("is 2 days before ok", 2, True),
        ("is a week ahead enough", 7, True),
        ("is 89 days ok", 89, False),
        ("can i move it a week", None, False),
        ("push it back a week", None, False),
        ("i failed 3 days ago", None, False),
        ("twenty-nine days", 29, False),
    ],
)
def test_a_number_of_days(text: str, days: int | None, ahead: bool) -> None:
    given = given_of(text, read_values(text, as_of=NOW, zone=ZONE), as_of=NOW, zone=ZONE)
    assert (given.days, given.ahead) == (days, ahead)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("how much for three of them", 3),
        ("two copies please", 2),
        ("for 3 what is it", 3),
        ("what for two", 2),
        ("all four", 4),
        ("how much for both", 2),
        ("book it for 3 pm", None),
        ("is 3 days ok", None),
        ("the first one", None),
    ],
)
def test_a_number_of_things(text: str, count: int | None) -> None:
    given = given_of(text, read_values(text, as_of=NOW, zone=ZONE), as_of=NOW, zone=ZONE)
    assert given.count == count


def test_what_is_given_survives_being_stored() -> None:
    text = "bought it oct 3, failed nov 2, my appointment is dec 10 at 9 am, is 31 days ok for two of them"
    given = given_of(text, read_values(text, as_of=NOW, zone=ZONE), as_of=NOW, zone=ZONE)
    assert given.bought == date(2026, 10, 3)
    assert given.failed == date(2026, 11, 2)
    assert Given.of(given.as_dict()) == given


def test_found_at_least_so_many_cases() -> None:
    assert len(cases()) >= 35

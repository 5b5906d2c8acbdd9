"""Answers to prompts: ASE IDs, codes, choices, yes and no."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.nlu.values import read_ase_id, read_choice, read_code, read_values, read_yes_no

NOW = datetime.fromisoformat("2026-03-02T10:00:00-06:00")

IDS = {
    "three one zero four uh two two no sorry two nine five five": "ASE-3104-2955",
    "ASE-l000-0O01": "ASE-1000-0001",
    "its ASE 1OOO OOO4": "ASE-1000-0004",
    "l0000O02": "ASE-1000-0002",
    "Ill be 1000 there": None,
    "two oh four eight three three one eight, no, nine": "ASE-2048-3319",
    "two thousand forty eight thirty three nineteen": None,
    "ASE-1000-0001": "ASE-1000-0001",
    "ase 1000 0001": "ASE-1000-0001",
    "ase10000001": "ASE-1000-0001",
    "10000001": "ASE-1000-0001",
    "1000-0001": "ASE-1000-0001",
    "ase_1000_0001": "ASE-1000-0001",
    "my id is 1000 0001": "ASE-1000-0001",
    "a s e one zero zero zero dash zero zero zero one": "ASE-1000-0001",
    "one oh oh oh, oh oh oh one": "ASE-1000-0001",
    "a s e one triple zero triple zero one": "ASE-1000-0001",
    "double five one two three four five six": "ASE-5512-3456",
    "fifty five twelve thirty four fifty six": "ASE-5512-3456",
    "ay ess ee two zero zero eight one one nine one": "ASE-2008-1191",
    "ace one thousand zero zero zero one": "ASE-1000-0001",
    "ASE-1000-0001, no sorry, ASE-1000-0002": "ASE-1000-0002",
    "1000 001": None,
    "123456": None,
    "no idea": None,
    "03-14-2026": None,
    "1-800-390-6789": None,
}

SIX_DIGITS = {
    "482913": "482913",
    "482 913": "482913",
    "4 8 2 9 1 3": "482913",
    "48-29-13": "482913",
    "it's 482913": "482913",
    "four eight two nine one three": "482913",
    "forty eight twenty nine thirteen": "482913",
    "double four double five double six": "445566",
    "oh oh one two three four": "001234",
    "tree three seven too oh sicks": "337206",
    "one two three four five seven no six": "123456",
    "12345": None,
    "1234567": None,
    "I did not get a code": None,
}

CHOICES = {
    ("2", 3): 2,
    ("number two", 3): 2,
    ("tree please", 4): 3,
    ("the 2nd 1", 3): 2,
    ("bee as in boy", 3): 2,
    ("the second one", 3): 2,
    ("second", 3): 2,
    ("option 3", 3): 3,
    ("option b", 3): 2,
    ("the last one", 4): 4,
    ("second to last", 4): 3,
    ("the former", 2): 1,
    ("the latter", 2): 2,
    ("the first", 3): 1,
    ("one", 3): 1,
    ("number 1 please", 3): 1,
    ("frist one", 3): 1,
    ("the sec end one", 3): 2,
    ("the thirsty one", 3): 3,
    ("teh last 1", 3): 3,
    ("#2", 3): 2,
    ("the middle one", 3): 2,
    ("el segundo", 3): 2,
    ("not the second, the other one", 2): 1,
    ("the other one, not the first", 3): None,
    ("not the last one", 2): None,
    ("the first, not the second", 2): 1,
    ("I don't want number one, number three", 3): 3,
    ("why not the second", 3): 2,
    ("the one after the second", 4): 3,
    ("the one before the last", 4): 3,
    ("the one after the last", 4): None,
    ("the one after the 3rd", 4): 3,
    ("the earlier one", 2): None,
    ("5", 3): None,
    ("that one", 3): None,
    ("none of them", 3): None,
    ("A5", 3): None,
}

YES = """
yes | Yeah | yep | sure | ok | okay, go ahead | yes please | that's right | correct | do it | sounds good |
absolutely | uh huh | mm hmm | of course | why not | no problem | yse | yeh | sí | you got it | book it |
please do | no, I mean yes | that'll work | it should do | hold on, yes |
yeah no, that's great | no yeah do it | why yes, please | you betcha | that works | I do | con firm | y |
👍 | 👍🏽👍🏽 | shore | oak hay | can't argue with that | I can't say no to that
"""
NO = """
no | nope | nah | no thanks | don't | not now | please don't | I don't think so | that's wrong | absolutely
not | never mind | no way | leave it | uh uh | yes, no wait, no | not really | wait | I changed my mind | naah
| know | no gracias | no, book it for ten instead | hang on a second, no
| yeah no that one's wrong | of course not | do not cancel it | nvm | 👎
"""
NEITHER = """
A5 | when is it | maybe | I don't know | next Friday | what do you mean | North Shore | 👍 or 👎 |
I suppose | I think so | write | hold on | one second | let me think about it | uh not sure, let me ask my wife |
will I lose my money if I do | can I do it later | is that the right one |
wait when does it start | uh i don't know what that costs
"""


def listed(text: str) -> list[str]:
    return [" ".join(part.split()) for part in text.split("|")]


YES_NO = {
    **dict.fromkeys(listed(YES), True),
    **dict.fromkeys(listed(NO), False),
    **dict.fromkeys(listed(NEITHER), None),
}


@pytest.mark.parametrize(
    "text",
    [
        "i have two accounts",
        "i would like a different time",
        "i am a diesel tech",
        "i will be in texas",
        "i have a question",
    ],
)
def test_a_statement_is_no_yes(text: str) -> None:
    assert read_yes_no(text) is None


@pytest.mark.parametrize(("text", "value"), IDS.items())
def test_an_ase_id_is_read(text: str, value: str | None) -> None:
    assert read_ase_id(text) == value


@pytest.mark.parametrize(("text", "value"), SIX_DIGITS.items())
def test_a_code_of_six_digits_is_read(text: str, value: str | None) -> None:
    assert read_code(text) == value


@pytest.mark.parametrize(("text", "count", "choice"), [(*given, choice) for given, choice in CHOICES.items()])
def test_a_choice_is_read(text: str, count: int, choice: int | None) -> None:
    assert read_choice(text, count) == choice


@pytest.mark.parametrize(
    ("text", "choice"),
    [("the brakes one", 2), ("Friday", 3), ("the A5", 2), ("engine repair please", 1), ("the test", None)],
)
def test_a_choice_is_known_by_the_words_only_it_has(text: str, choice: int | None) -> None:
    titles = ["A1 Engine Repair test", "A5 Brakes test", "A6 on Friday test"]
    assert read_choice(text, 3, titles) == choice


@pytest.mark.parametrize(("text", "answer"), YES_NO.items())
def test_yes_and_no_are_told_apart(text: str, answer: bool | None) -> None:
    assert read_yes_no(text) is answer


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("candidate ASE-1000-0001 wants a refund", "ASE-1000-0001"),
        ("id is ase 1000 0001 thanks", "ase 1000 0001"),
        (
            "this is a s e one zero zero zero zero zero zero five calling",
            "a s e one zero zero zero zero zero zero five",
        ),
    ],
)
def test_an_id_in_a_message_stands_where_it_was_said(text: str, said: str) -> None:
    found = [value for value in read_values(text, as_of=NOW, zone="America/Chicago") if value.entity == "ase_id"]
    assert [text[value.start : value.end] for value in found] == [said]


def test_there_are_cases() -> None:
    assert len(IDS) + len(SIX_DIGITS) + len(CHOICES) + len(YES_NO) >= 110

"""What counts as a yes to a change: nothing but a yes. Questions, conditions and remarks never do."""

from __future__ import annotations

import pytest

from bot.dialogue.state import Choice, Expect, Question
from bot.dialogue.understanding.answers import Fit, read
from bot.dialogue.understanding.user_message import Entity, UserMessage
from bot.dialogue.understanding.yes_no import is_question, refuses

CONFIRM = Question(slot="confirm", expects=Expect.YES_NO)
TASKS = ("account/cancel_test", "account/reschedule", "account/schedule_test", "account/duplicate_certificate")

YES = """
yes | yep do it | yeah go ahead | yeah go ahed | sure why not | ok do it please | yes please | absolutely | correct
go for it | you bet | please do | yep | yes, thank you
yes i would like to go ahead with it please thank you
sure go ahead please that works for me | yes exactly
sí | 👍 | of course
"""
NO = """
no | nope | no thanks | don't | actually dont cancel anything | don't do it | please don't move it | leave it as it is
no leave it | never mind | do not change anything | keep it
"""
NO_ANSWER = """
is that the right one | is that ok | is that for sure | do i lose my money if i do | wait what was the cutoff again
will it be moved now | does that cost anything | so thats the 22nd right | that's the last day ok | are you sure
can i still change it after | would that be final | what happens to my fee | how long does the refund take
yes but only if it's free | if it's refundable yes | i guess | maybe | probably | yes if i can change it later
could you tell me the time again | isnt that too late | am i getting a refund | is this the real one
yes the thing is i might not make it | ok but hold on a second please
uh huh | mm hmm | right | got it | i see | yes once my boss agrees
i thought it was on friday | my wife says ok | i need to ask my boss | hmm let me see | does my boss get told
and i get all of it back right | when would i know | should i | do i have to | is it gonna be gone for good
"""


def listed(text: str) -> list[str]:
    return [" ".join(part.split()) for line in text.strip().splitlines() for part in line.split("|")]


def said(text: str, label: str = "affirm", confidence: float = 0.9) -> UserMessage:
    return UserMessage(text, label, confidence)


@pytest.mark.parametrize("text", listed(YES))
@pytest.mark.parametrize("task", TASKS)
def test_a_plain_yes_is_one(text: str, task: str) -> None:
    answered = read(CONFIRM, said(text), task)
    assert (answered.fit, answered.value) == (Fit.ANSWER, True)


@pytest.mark.parametrize("text", listed(NO))
@pytest.mark.parametrize("label", ["deny", "stop"])
def test_a_no_is_one(text: str, label: str) -> None:
    answered = read(CONFIRM, said(text, label), "account/reschedule")
    assert (answered.fit, answered.value) == (Fit.ANSWER, False) or label == "stop"
    assert answered.value is not True


@pytest.mark.parametrize("text", listed(NO_ANSWER))
@pytest.mark.parametrize("label", ["affirm", "inform", "out_of_scope", "account/cancel_test", "account/reschedule"])
@pytest.mark.parametrize("task", TASKS)
def test_what_is_no_plain_yes_changes_nothing(text: str, label: str, task: str) -> None:
    """However sure the model is that it is a yes."""
    for confidence in (0.4, 0.99):
        assert read(CONFIRM, said(text, label, confidence), task).value is not True


def test_a_question_is_seen_without_its_mark() -> None:
    assert is_question(said("is that the right one"))
    assert is_question(said("ok and do i lose my money"))
    assert not is_question(said("do it"))
    assert not is_question(said("could you please book it"))
    assert not is_question(said("that's right"))


def test_turning_down_is_no_question_about_turning_down() -> None:
    assert refuses(said("actually don't cancel anything, when is it"))
    assert not refuses(said("don't i lose my money"))


SEATS = Question(
    slot="seat",
    expects=Expect.CHOICE,
    choices=[
        Choice(
            id=f"s{n}", title=f"Seat {n}", spoken=f"seat {n}", value={"site": "X", "starts_at": f"2026-12-0{n}T09:00"}
        )
        for n in range(1, 7)
    ],
)
PICKS = {"2": 2, "number 3": 3, "the second one": 2, "option 4 please": 4, "i'll take the last one": 6, "the third": 3}
NO_PICKS = """
is the dec 5 one a saturday | does the 3 day rule still apply | my other test is A2, is that ok | i have 2 kids
how about in 3 weeks | i work 5 days a week | ok back to the a1 | my code is 4 | i mean the A4 | it was in 2 parts
i called 3 times already | i have been waiting for 4 hours | what about section 5 | there are 6 of us in the shop
"""


@pytest.mark.parametrize(("text", "place"), PICKS.items())
def test_choosing_words_pick(text: str, place: int) -> None:
    assert read(SEATS, said(text, "inform"), "account/reschedule").value == SEATS.choices[place - 1].value


@pytest.mark.parametrize("text", listed(NO_PICKS))
@pytest.mark.parametrize("label", ["inform", "affirm", "out_of_scope", "account/reschedule"])
def test_a_number_in_a_sentence_picks_nothing(text: str, label: str) -> None:
    code = next((word for word in text.split() if word.upper().strip(",") in {"A1", "A2", "A4"}), None)
    at = text.index(code) if code else 0
    entities = (Entity("test_code", code.upper().strip(","), at, at + len(code)),) if code else ()
    answered = read(SEATS, UserMessage(text, label, 0.9, entities=entities), "account/reschedule")
    assert answered.fit is not Fit.ANSWER


def test_there_were_enough_cases() -> None:
    assert len(listed(YES)) >= 20
    assert len(listed(NO_ANSWER)) >= 30
    assert len(listed(NO_PICKS)) >= 12

"""Which messages only ask for a moment, and which look alike and ask for something."""

from __future__ import annotations

import pytest

from bot.dialogue.understanding.repairs import Repair, repair_of
from bot.dialogue.understanding.user_message import UserMessage

A_MOMENT = """
hold on | hang on a second | one moment please | um let me think | just a minute | bear with me | let me ask my wife
okay let me look at that | hang on, let me grab my card | give me a sec | not sure, let me check
"""
NO_MOMENT = """
hold on, I meant A6 | let me see my appointments | let me find a test center | let me get a refund | a second test
wait, the A6 | can you hold my seat | one more test | let me ask you something about A5 | let me check my results
"""


def listed(text: str) -> list[str]:
    return [" ".join(part.split()) for line in text.strip().splitlines() for part in line.split("|")]


@pytest.mark.parametrize("text", listed(A_MOMENT))
def test_a_moment_is_asked_for(text: str) -> None:
    assert repair_of(UserMessage(text, "inform")) is Repair.WAIT


@pytest.mark.parametrize("text", listed(NO_MOMENT))
def test_something_else_is_asked_for(text: str) -> None:
    assert repair_of(UserMessage(text, "inform")) is not Repair.WAIT

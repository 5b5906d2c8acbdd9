"""What a message says for programs that draw cards: the change that waits for a yes, and what is left to say."""

from __future__ import annotations

import asyncio
from typing import Any

from bot.contracts.conversation import Identity, Message
from tests.conversations.harness import do
from tests.dialogues.playing import prepared, talk_on

DANA = "ASE-1000-0001"


def said(*lines: dict[str, Any]) -> list[Message]:
    """The last message of each answer, and before them the greeting."""

    async def play() -> list[Message]:
        with prepared() as folder, talk_on(folder) as talk:
            await talk.open("web", Identity(DANA))
            assert talk.reply is not None
            found = [talk.reply.messages[-1]]
            for line in lines:
                found.append((await do(line, talk)).messages[-1])
            return found

    return asyncio.run(play())


def test_a_move_has_both_sides_and_its_words_are_on_the_card() -> None:
    greeting, asked, shown, left = said({"say": "can I still move my A5?"}, {"press": "2"}, {"say": "no"})
    assert greeting.home is not None
    assert greeting.home["appointment"]["at"] == "2026-03-10T09:00:00-05:00"
    assert greeting.home["suggest"][0] == "move"
    assert asked.change is None
    assert asked.brief is not None
    assert "March 7" not in asked.brief, "the card of the decision says it"
    assert "March 7" in (asked.explained or "")
    change = shown.change
    assert change is not None
    assert (change["kind"], change["test"]) == ("reschedule", "A5")
    assert change["from"]["at"] == "2026-03-10T09:00:00-05:00"
    assert change["to"]["at"] == "2026-03-11T13:00:00-05:00"
    assert shown.brief == ""
    assert shown.hold_until is not None
    assert left.change is None
    assert left.brief is None


def test_an_order_has_its_price_and_where_it_goes() -> None:
    *_, shown = said({"say": "order a duplicate certificate"})
    assert shown.change is not None
    assert shown.change["total"] == "7.50"
    assert "Aurora" in shown.change["address"]


def test_a_question_that_changes_nothing_is_no_change() -> None:
    *_, asked = said({"say": "can somebody help me with this, a real person maybe?"})
    assert asked.change is None

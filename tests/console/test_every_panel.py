"""The panel beside a conversation, and "why?", after every change topic, for everybody of the demo."""

from __future__ import annotations

import pytest

from bot.changes.kinds import CHANGE_KINDS
from tests.console.conftest import House, SignIn

LINES = (
    "order duplicate certificates",
    "what do duplicates cost me",
    "when does my A1 expire",
    "can I cancel my test for a refund",
    "when can I retake it",
    "am I still Master",
)
"""What tells every kind of value: money, days, instants, lists of tests with days."""


@pytest.mark.parametrize("part", range(4))
async def test_everybody_may_be_looked_at_and_asks_why(part: int, house: House, sign_in: SignIn) -> None:
    anna = await sign_in("anna")
    with house.store.unit_of_work(write=False) as uow:
        people = [person.ase_id for person in uow.records.people()][part::4]
    assert len(people) >= 5
    told = 0
    for who in people:
        talk = await house.open(who)
        for line in LINES:
            await house.say(talk, line)
            why = await house.say(talk, "why?")
            assert why.messages
        await anna.post(f"/conversations/{talk}/open")
        view = await anna.get(f"/conversations/{talk}/beside")
        assert view["person"] is not None, who
        told += len(view["summary"]["decided"])
        assert all(each["text"] and each["why"] for each in view["summary"]["decided"])
    assert told >= len(people)
    assert len(CHANGE_KINDS) == 6

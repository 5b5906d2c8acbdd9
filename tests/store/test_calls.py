"""A call belongs to the conversation that it began with, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.store import Store

NOW = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)


def test_the_first_conversation_of_a_call_stays(store: Store) -> None:
    with store.unit_of_work() as uow:
        for number in (1, 2):
            uow.conversations.create(f"c{number}", channel="phone", locale="en-US", token_hash=f"t{number}", at=NOW)
        assert uow.calls.add("twilio", "CA1", "c1", caller=None, at=NOW)
        assert not uow.calls.add("twilio", "CA1", "c2", caller=None, at=NOW)
        found = uow.calls.find("twilio", "CA1")
    assert found is not None
    assert found.conversation_id == "c1"

"""Calls in the database: one conversation a call whoever comes first, and nothing of an erased person left."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.adapters.calls import SILENCES, CallsInStore
from bot.contracts.calls import Inbound, SpokenChoice
from bot.contracts.conversation import AssistantUnavailable
from bot.dialogue.memories import SeatMemory
from bot.dialogue.state import Choice, ConversationState, Expect, OpenTask, Question
from bot.store import Store

AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(f"sqlite:///{tmp_path / 'calls.db'}")
    store.migrate()
    yield store
    store.close()


def converse(
    store: Store, conversation_id: str, state: ConversationState | None = None, ase_id: str | None = None
) -> None:
    """Put a conversation there."""
    with store.unit_of_work() as uow:
        uow.conversations.create(
            conversation_id,
            channel="phone",
            locale="en-US",
            token_hash=f"hash of {conversation_id}",
            at=AT,
            ase_id=ase_id,
            state=(state or ConversationState()).model_dump(mode="json"),
        )
        uow.commit()


async def test_the_first_conversation_of_a_call_stays(store: Store) -> None:
    calls = CallsInStore(store)
    converse(store, "c1")
    converse(store, "c2")
    assert await calls.find("twilio", "CA1") is None
    first = await calls.add("twilio", "CA1", "c1", "+13125550101", AT)
    assert (first.conversation_id, first.turns, first.caller) == ("c1", 0, "+13125550101")
    assert await calls.add("twilio", "CA1", "c2", None, AT) == first
    other = await calls.add("audiocodes", "CA1", "c2", None, AT)
    assert other.conversation_id == "c2"
    assert await calls.find("twilio", "CA1") == first
    with store.unit_of_work(write=False) as uow:
        assert [call.call_id for call in uow.calls.of("c1")] == ["CA1"]


async def test_another_process_finds_the_call_and_what_is_owed(store: Store) -> None:
    converse(store, "c1")
    call = await CallsInStore(store).add("twilio", "CA1", "c1", None, AT)
    pending = Inbound("turn-1", "text", "when does it expire", 0.61)
    await CallsInStore(store).put_off(call, pending)
    again = Store(str(store.engine.url))
    found = await CallsInStore(again).find("twilio", "CA1")
    assert found is not None
    assert found.pending == pending
    await CallsInStore(again).put_off(found, None)
    again.close()
    found = await CallsInStore(store).find("twilio", "CA1")
    assert found is not None
    assert found.pending is None


async def test_a_call_ends_once_and_owes_nothing_then(store: Store) -> None:
    calls = CallsInStore(store)
    converse(store, "c1")
    call = await calls.add("twilio", "CA1", "c1", None, AT)
    await calls.put_off(call, Inbound("turn-1", "silence"))
    await calls.end(call, AT)
    await calls.end(call, datetime(2026, 3, 3, tzinfo=UTC))
    await calls.put_off(call, Inbound("turn-2", "silence"))
    found = await calls.find("twilio", "CA1")
    assert found is not None
    assert (found.ended, found.pending) == (True, None)
    with store.unit_of_work(write=False) as uow:
        kept = uow.calls.find("twilio", "CA1")
    assert kept is not None
    assert kept.ended_at == AT


async def test_what_matters_to_the_voice_is_read_from_the_dialogue(store: Store) -> None:
    choices = [Choice(id=str(n), title=f"T{n}", spoken=f"tee {n}", value=n) for n in range(5)]
    question = Question(slot="which", expects=Expect.CHOICE, choices=choices, misses=2)
    task = OpenTask(name="reschedule", question=question, memory=SeatMemory(tests=("A5",), read_from=3))
    converse(store, "c1", ConversationState(tasks=[task], silences=1, slow=True))
    converse(store, "c2", ConversationState(silences=SILENCES))
    call = await CallsInStore(store).add("twilio", "CA1", "c1", None, AT)
    assert (call.slow, call.silences, call.misses, call.first, call.over) == (True, 1, 2, 3, False)
    assert call.choices[1] == SpokenChoice("1", "tee 1")
    assert (await CallsInStore(store).add("twilio", "CA2", "c2", None, AT)).over


async def test_erasing_a_person_forgets_the_call_and_the_number(store: Store) -> None:
    calls = CallsInStore(store)
    converse(store, "c1", ase_id="ASE-1000-0001")
    await calls.add("twilio", "CA1", "c1", "+13125550101", AT)
    with store.unit_of_work() as uow:
        assert uow.erase("ASE-1000-0001", at=AT) is not None
        uow.commit()
    store.scrub()
    assert await calls.find("twilio", "CA1") is None
    assert "+13125550101" not in Path(str(store.engine.url.database)).read_bytes().decode("latin-1")


async def test_a_database_that_is_away(tmp_path: Path) -> None:
    calls = CallsInStore(Store(f"sqlite:///{tmp_path}"))
    with pytest.raises(AssistantUnavailable):
        await calls.find("twilio", "CA1")

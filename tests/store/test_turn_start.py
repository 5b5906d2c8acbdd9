"""What a turn begins with: one transaction, few statements, and the token checked on the way."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.adapters.turn_start import TurnStart, begin_turn
from bot.auth.tokens import token_hash
from bot.clock import Clock
from bot.contracts.changes import BookRequest, Proposal
from bot.contracts.conversation import ConversationEnded, ConversationNotFound, DuplicateMismatch, Turn
from bot.dialogue.memories import SeatMemory
from bot.dialogue.state import ConversationState, OpenTask
from bot.dialogue.values import LeftOpen, Standing
from bot.store import Store
from bot.store.values import Line, TurnRecord
from tests.store.costs import counted
from tests.store.facts import CHICAGO, DANA, NOW, fill

TURN = Turn("c1", "m1", "text", "hello", None, "hash of hello")
CLOCK = Clock(NOW, real=lambda: NOW)


def opened(store: Store, conversation_id: str = "c1", **more: object) -> None:
    with store.unit_of_work() as unit:
        given: dict[str, object] = {"channel": "web", "locale": "en-US", "at": NOW, **more}
        unit.conversations.create(conversation_id, token_hash=token_hash(f"token of {conversation_id}"), **given)  # type: ignore[arg-type]
        unit.commit()


def test_a_visitor_brings_nobody(store: Store) -> None:
    fill(store)
    opened(store, state={"tasks": []})
    begun = begin_turn(store, CLOCK, TURN, "token of c1")
    assert begun.conversation.id == "c1"
    assert set(begun.standing.sites) == {"CHI-01", "HNL-01", "YYZ-01"}
    assert (begun.earlier, begun.standing) == (None, Standing(begun.standing.sites))


@pytest.mark.parametrize(
    "who", [{"ase_id": DANA.ase_id}, {"channel": "agent", "agent_id": "kim", "agent_role": "agent"}]
)
def test_who_is_signed_in_or_asked_about_comes_with_records_and_what_waits(store: Store, who: dict[str, str]) -> None:
    fill(store)
    opened(store, **who, **({"about": DANA.ase_id} if "agent_id" in who else {}))
    opened(store, "c2")
    now, request = CLOCK.real(), BookRequest("A5", "P-1", "CHI-01", datetime(2026, 3, 20, 9))
    with store.unit_of_work() as unit:
        kept, until = request.to_json(), now + timedelta(minutes=9)
        unit.confirmations.propose("k1", DANA.ase_id, "c2", "book", kept, at=now, until=until)
        unit.commit()
    begun = begin_turn(store, CLOCK, TURN)
    person = begun.standing.person
    assert person is not None
    assert person.candidate == DANA
    assert person.sites["CHI-01"] == CHICAGO
    assert begun.standing.pending == Proposal("k1", "book", request, until, "c2")


def test_a_caller_brings_what_an_earlier_call_left_open(store: Store) -> None:
    fill(store)
    opened(store, ase_id=DANA.ase_id, channel="phone")
    state = ConversationState(tasks=[OpenTask(name="reschedule", memory=SeatMemory(tests=("A5",)))])
    opened(store, "c0", ase_id=DANA.ase_id, channel="phone", state=state.model_dump(mode="json"))
    with store.unit_of_work() as unit:
        unit.conversations.end("c0", at=NOW - timedelta(hours=1))
        unit.commit()
    assert begin_turn(store, CLOCK, TURN).standing.left_open == LeftOpen("reschedule", "A5")
    assert begin_turn(store, Clock(NOW + timedelta(days=2), real=lambda: NOW), TURN).standing.left_open is None


def test_the_same_turn_again_brings_what_it_was_answered(store: Store) -> None:
    opened(store, ase_id=DANA.ase_id)
    said = [Line("candidate", NOW, "hello", "hello", client_message_id="m1"), Line("assistant", NOW, "Hi.", "Hi.")]
    with store.unit_of_work() as unit:
        stored = unit.conversations.append("c1", 1, said)
        record = TurnRecord("c1", 1, "m1", "hash of hello", NOW, decisions=(), state={"signed_in": True})
        unit.conversations.record_turn(record)
        unit.conversations.end("c1", at=NOW)
        unit.commit()
    begun = begin_turn(store, CLOCK, TURN, "token of c1")
    assert begun.earlier is not None
    assert begun.earlier.record == record
    assert begun.earlier.messages == stored
    assert [message.client_message_id for message in stored] == ["m1", None]
    with pytest.raises(DuplicateMismatch):
        begin_turn(store, CLOCK, Turn("c1", "m1", "text", "bye", None, "hash of bye"))
    with pytest.raises(ConversationEnded):
        begin_turn(store, CLOCK, Turn("c1", "m2", "text", "bye", None, "hash of bye"))


@pytest.mark.parametrize(
    ("conversation_id", "token"), [("c1", "token of c2"), ("c9", "token of c9"), ("c9", None), ("c1", "")]
)
def test_a_wrong_token_looks_like_no_conversation(store: Store, conversation_id: str, token: str | None) -> None:
    opened(store)
    opened(store, "c2")
    with pytest.raises(ConversationNotFound):
        begin_turn(store, CLOCK, Turn(conversation_id, "m1", "text", "hello", None, "hash"), token)


@pytest.mark.parametrize(
    ("who", "statements"),
    [
        ({}, 3),
        ({"ase_id": DANA.ase_id}, 8),
        ({"ase_id": DANA.ase_id, "channel": "phone"}, 10),  # the caller's number, and what a call before left open
    ],
)
def test_one_transaction_and_few_statements(store: Store, who: dict[str, str], statements: int) -> None:
    fill(store)
    opened(store, **who)

    def begin() -> TurnStart:
        return begin_turn(store, CLOCK, TURN, "token of c1")

    begin()  # the sites are read once by each process
    with counted(store) as cost:
        begin()
    assert (cost.transactions, cost.statements) == (1, statements), cost.sent

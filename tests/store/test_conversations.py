"""Conversations: numbered messages, states that are compared before they are replaced, requests for a person."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.store import ConcurrentTurn, ConstraintRefused, Store, UnitOfWork
from bot.store.values import Line, TurnRecord
from tests.store.costs import counted
from tests.store.facts import NOW
from tests.threads import at_once


def start(unit: UnitOfWork, conversation_id: str = "c1", **more: Any) -> None:
    unit.conversations.create(
        conversation_id, channel="web", locale="en-US", token_hash=f"hash of {conversation_id}", at=NOW, **more
    )


def line(text: str) -> Line:
    return Line("assistant", NOW, text, text, {"choices": [{"id": "a", "title": "Ä"}]})


@pytest.fixture
def begun(store: Store) -> Store:
    with store.unit_of_work() as unit:
        start(unit, state={"tasks": []})
        unit.commit()
    return store


def test_a_conversation_is_found_by_id_and_by_token(begun: Store) -> None:
    with begun.unit_of_work(write=False) as unit:
        found = unit.conversations.get("c1")
        assert found is not None
        assert found == unit.conversations.by_token_hash("hash of c1")
        assert unit.conversations.get("c2") is None
        assert unit.conversations.by_token_hash("c1") is None
    assert (found.channel, found.owner, found.version, found.person) == ("web", "assistant", 1, None)
    assert found.created_at == NOW
    assert found.created_at.utcoffset() == timedelta(0)
    assert found.state == {"tasks": []}


def test_messages_are_numbered_without_gaps_and_replayed_after_a_number(begun: Store) -> None:
    with begun.unit_of_work() as unit:
        unit.conversations.append("c1", 0, [line("one")])
        unit.conversations.append("c1", 1, [line("two"), line("three")])
        unit.commit()
    with begun.unit_of_work(write=False) as unit:
        assert [(m.seq, m.turn, m.text) for m in unit.conversations.messages_after("c1")] == [
            (1, 0, "one"),
            (2, 1, "two"),
            (3, 1, "three"),
        ]
        assert [m.seq for m in unit.conversations.messages_after("c1", 2)] == [3]
        assert [m.seq for m in unit.conversations.messages_of_turn("c1", 1)] == [2, 3]
        assert unit.conversations.messages_after("c1")[0].payload == {"choices": [{"id": "a", "title": "Ä"}]}
        found = unit.conversations.get("c1")
    assert found is not None
    assert found.last_seq == 3


def test_no_message_without_a_conversation(store: Store) -> None:
    with pytest.raises(LookupError), store.unit_of_work() as unit:
        unit.conversations.append("none", 0, [line("x")])


def test_text_that_no_database_takes_is_cleaned(begun: Store) -> None:
    with begun.unit_of_work() as unit:
        unit.conversations.append("c1", 1, [line("a\x00b\ud800c 😀")])
        unit.commit()
    with begun.unit_of_work(write=False) as unit:
        assert unit.conversations.messages_after("c1")[0].text == "ab?c 😀"


def test_messages_of_many_writers_get_different_numbers(begun: Store) -> None:
    def write(_: int) -> None:
        for _ in range(5):
            with begun.unit_of_work() as unit:
                unit.conversations.append("c1", 1, [line("x")])
                unit.commit()

    at_once(5, write)
    with begun.unit_of_work(write=False) as unit:
        assert [m.seq for m in unit.conversations.messages_after("c1")] == list(range(1, 26))


def test_a_state_is_stored_only_over_the_one_it_was_worked_out_from(begun: Store) -> None:
    with begun.unit_of_work() as unit:
        assert unit.conversations.save_state("c1", 1, {"n": 1}, at=NOW, turn=1) == 2
        unit.commit()
    with pytest.raises(ConcurrentTurn), begun.unit_of_work() as unit:
        unit.conversations.save_state("c1", 1, {"n": 2}, at=NOW)
    with begun.unit_of_work(write=False) as unit:
        found = unit.conversations.get("c1")
    assert found is not None
    assert (found.state, found.version, found.last_turn) == ({"n": 1}, 2, 1)


def test_of_two_turns_at_once_one_is_told_to_try_again(begun: Store) -> None:
    with begun.unit_of_work(write=False) as unit:
        found = unit.conversations.get("c1")
        assert found is not None

    def turn(number: int) -> str:
        try:
            with begun.unit_of_work() as unit:
                unit.conversations.save_state("c1", found.version, {"n": number}, at=NOW)
                unit.commit()
            return "stored"
        except ConcurrentTurn:
            return "again"

    assert sorted(at_once(4, turn)) == ["again", "again", "again", "stored"]


def test_a_turn_is_found_by_the_clients_id_of_its_message(begun: Store) -> None:
    turn = TurnRecord(
        "c1",
        1,
        "m1",
        "hash",
        NOW,
        NOW + timedelta(seconds=1),
        "account/reschedule",
        0.93,
        ({"rule": "reschedule"},),
        "digest",
        "model",
        {"expects": "free"},
    )
    with begun.unit_of_work() as unit:
        unit.conversations.record_turn(turn)
        unit.commit()
    with begun.unit_of_work(write=False) as unit:
        assert unit.conversations.turn_by_client_message_id("c1", "m1") == turn
        assert unit.conversations.turn("c1", 1) == turn
        assert unit.conversations.turn_by_client_message_id("c1", "m2") is None
        assert unit.conversations.turn_by_client_message_id("c2", "m1") is None
    with pytest.raises(ConstraintRefused), begun.unit_of_work() as unit:
        unit.conversations.record_turn(TurnRecord("c1", 2, "m1", "hash", NOW))


def test_a_turn_is_finished_in_three_statements_and_only_over_what_it_began_with(begun: Store) -> None:
    with begun.unit_of_work() as unit:
        unit.conversations.append("c1", 0, [line("Hello")])
        unit.commit()
    with begun.unit_of_work(write=False) as unit:
        first = unit.conversations.get("c1")
    assert first is not None
    with begun.unit_of_work() as unit:  # an agent writes meanwhile: the numbers go on after that
        unit.conversations.append("c1", 0, [line("Kim here")])
        unit.commit()
    turn = TurnRecord("c1", 1, "m1", "hash", NOW)
    with counted(begun) as cost, begun.unit_of_work() as unit:
        said = [Line("candidate", NOW, "hi\x00", "hi", client_message_id="m1"), line("Hi.")]
        stored = unit.conversations.finish_turn(first, turn, {"n": 1}, said, at=NOW)
        unit.commit()
    assert cost.statements == 3
    with begun.unit_of_work(write=False) as unit:
        kept, now = unit.conversations.messages_of_turn("c1", 1), unit.conversations.get("c1")
        assert unit.conversations.turn("c1", 1) == turn
    assert kept == stored
    assert [(m.seq, m.text, m.client_message_id) for m in kept] == [(3, "hi", "m1"), (4, "Hi.", None)]
    assert now is not None
    assert (now.state, now.version, now.last_turn, now.last_seq) == ({"n": 1}, 2, 1, 4)
    with pytest.raises(ConcurrentTurn), begun.unit_of_work() as unit:
        unit.conversations.finish_turn(first, turn, {}, [], at=NOW)
    with begun.unit_of_work() as unit:
        unit.conversations.set_owner("c1", "agent", "kim")
        unit.commit()
    with pytest.raises(ConcurrentTurn), begun.unit_of_work() as unit:
        unit.conversations.finish_turn(now, turn, {}, [], at=NOW)


def test_signing_in_and_out_and_who_it_is_about(store: Store) -> None:
    with store.unit_of_work() as unit:
        start(unit)
        unit.conversations.sign_in("c1", "ASE-1", at=NOW)
        unit.conversations.create(
            "c2",
            channel="agent",
            locale="en-US",
            token_hash="t2",
            at=NOW + timedelta(minutes=1),
            agent_id="kim",
            agent_role="lead",
        )
        unit.conversations.set_about("c2", "ASE-1")
        unit.commit()
    with store.unit_of_work() as unit:
        assert [c.id for c in unit.conversations.of_person("ASE-1")] == ["c2", "c1"]
        unit.conversations.sign_out("c1")
        unit.conversations.end("c2", at=NOW)
        assert unit.conversations.of_person("ASE-1") == ()
        found = unit.conversations.get("c2")
        assert found is not None
        assert found.person == "ASE-1"
        with pytest.raises(LookupError):
            unit.conversations.end("none", at=NOW)


def test_feedback_belongs_to_a_message_and_the_last_word_counts(begun: Store) -> None:
    with begun.unit_of_work() as unit:
        unit.conversations.append("c1", 0, [line("Hello")])
        unit.conversations.feedback("c1", 1, "down", "no\x00", at=NOW)
        unit.conversations.feedback("c1", 1, "up", None, at=NOW)
        unit.commit()
    with begun.unit_of_work() as unit:
        assert [(f.seq, f.rating, f.comment) for f in unit.conversations.feedback_of("c1")] == [(1, "up", None)]
        with pytest.raises(LookupError):
            unit.conversations.feedback("c1", 2, "up", None, at=NOW)


def test_a_request_for_a_person_is_made_once_taken_once_and_closed(begun: Store) -> None:
    with begun.unit_of_work() as unit:
        first = unit.handoffs.request("h1", "c1", reason="asked", summary={"a": 1}, at=NOW)
        assert unit.handoffs.request("h2", "c1", reason="again", summary={}, at=NOW) == first
        unit.commit()
    with begun.unit_of_work() as unit:
        assert [h.id for h in unit.handoffs.queue()] == ["h1"]
        assert unit.handoffs.accept("h1", "kim", at=NOW) is True
        assert unit.handoffs.accept("h1", "lee", at=NOW) is False
        assert unit.handoffs.queue() == ()
        unit.conversations.set_owner("c1", "agent", "kim")
        unit.commit()
    with begun.unit_of_work() as unit:
        assert unit.handoffs.close("h1", at=NOW) is True
        assert unit.handoffs.close("h1", at=NOW) is False
        assert unit.handoffs.open_of("c1") is None
        unit.handoffs.request("h3", "c1", reason="asked", summary={}, at=NOW)
        assert [(h.id, h.status) for h in unit.handoffs.of("c1")] == [("h1", "closed"), ("h3", "requested")]
        unit.commit()

"""What the console keeps, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.store import ConstraintRefused, Store
from bot.store.console_values import LiftedRule, ReviewItem, Suggestion
from bot.store.values import Line, TurnRecord
from tests.threads import at_once

NOW = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)


def _fill(store: Store) -> None:
    with store.unit_of_work() as uow:
        for name in ("anna", "ben"):
            uow.agents.add(name, display_name=name.title(), role="agent", password_hash="x", at=NOW)
        uow.conversations.create("c1", channel="web", locale="en-US", token_hash="t1", at=NOW)
        stored = uow.conversations.append(
            "c1", 1, [Line("candidate", NOW, "flurb", "flurb"), Line("assistant", NOW, "Sorry?", "Sorry?")]
        )
        uow.conversations.record_turn(
            TurnRecord("c1", 1, "m1", "h", NOW, NOW, intent="out_of_scope", confidence=0.2, model="m")
        )
        uow.conversations.feedback("c1", stored[1].seq, "down", "no", at=NOW)
        uow.handoffs.request("h1", "c1", reason="human_agent", summary={}, at=NOW)
        uow.conversations.set_owner("c1", "queue")
        uow.commit()


def test_the_owner_is_compared_and_set_and_the_version_moves_on(store: Store) -> None:
    _fill(store)
    with store.unit_of_work() as uow:
        before = uow.conversations.get("c1")
        assert before is not None
        assert not uow.console.pass_on("c1", was=("assistant", None), now=("agent", "anna"))
        assert uow.console.pass_on("c1", was=("queue", None), now=("agent", "anna"))
        assert not uow.console.pass_on("c1", was=("queue", None), now=("agent", "ben"))
        assert not uow.console.pass_on("c1", was=("agent", "ben"), now=("queue", None))
        after = uow.conversations.get("c1")
        assert after is not None
        assert (after.owner, after.owner_agent, after.version) == ("agent", "anna", before.version + 1)
        uow.conversations.end("c1", at=NOW)
        assert not uow.console.pass_on("c1", was=("agent", "anna"), now=("queue", None))


def test_one_stretch_at_a_time(store: Store) -> None:
    _fill(store)
    with store.unit_of_work() as uow:
        uow.console.begin("s1", "c1", "anna", waiting_since=NOW, at=NOW)
        uow.console.answered("c1", at=NOW + timedelta(seconds=5))
        uow.console.answered("c1", at=NOW + timedelta(seconds=9))
        uow.commit()
    with pytest.raises(ConstraintRefused), store.unit_of_work() as uow:
        uow.console.begin("s2", "c1", "ben", waiting_since=None, at=NOW)
    with store.unit_of_work() as uow:
        assert uow.console.finish("c1", how="handed_back", at=NOW, note="n")
        assert not uow.console.finish("c1", how="handed_back", at=NOW)
        [assignment] = uow.console.assignments("c1")
    assert assignment.first_answer_at == NOW + timedelta(seconds=5)


def test_the_list_the_queue_for_review_and_the_raw_events(store: Store) -> None:
    _fill(store)
    with store.unit_of_work() as uow:
        [line] = uow.console.listed(since=NOW - timedelta(days=1))
        assert (line.id, line.owner, line.reason, line.last_author) == ("c1", "queue", "human_agent", "assistant")
        assert uow.console.open("anna", "c1", at=NOW)
        assert not uow.console.open("anna", "c1", at=NOW)
        assert uow.console.opened("anna") == {"c1"}
        found = uow.console.to_review()
        assert sorted((f["source"], f["text"], f["comment"]) for f in found) == [
            ("not_understood", "flurb", None),
            ("thumb_down", "flurb", "no"),
        ]
        values: dict[str, Any] = {
            "id": "r1", "source": "not_understood", "conversation_id": "c1", "seq": 1, "text": "flurb",
            "heard_as": None, "confidence": None, "model": None, "remark": None, "state": "open", "label": None,
            "decided_by": None, "decided_at": None, "patch": None, "at": NOW,
        }  # fmt: skip
        assert uow.console.put_up(ReviewItem(**values))
        assert not uow.console.put_up(ReviewItem(**{**values, "id": "r2"}))
        assert [f["source"] for f in uow.console.to_review()] == ["thumb_down"]
        assert uow.console.settle("r1", state="accepted", label="faq/fees", text="x", by="olga", at=NOW)
        uow.console.exported(["r1"], "p1")
        assert not uow.console.settle("r1", state="dismissed", label=None, text="x", by="olga", at=NOW)
        suggestion = Suggestion("g1", "c1", 1, "anna", "faq", "faq/fees", 0.4, {"text": "x"}, "shown", None, NOW, NOW)
        uow.console.suggest([suggestion])
        assert uow.console.mark("g1", "sent", at=NOW)
        assert not uow.console.mark("g1", "rejected", at=NOW, reason="late")
        events = uow.console.events(since=NOW - timedelta(days=1), until=NOW + timedelta(days=1))
        assert [len(part) for part in (events.conversations, events.turns, events.messages)] == [1, 1, 2]
        assert [len(part) for part in (events.feedback, events.suggestions, events.handoffs)] == [1, 1, 1]


def test_an_exception_goes_its_way_once(store: Store) -> None:
    _fill(store)
    asked = LiftedRule(
        "x1",
        "ASE-1000-0001",
        "c1",
        "reschedule",
        "inside_change_cutoff",
        "A5",
        "P-1",
        {},
        "requested",
        "anna",
        "why",
        NOW,
    )
    until = NOW + timedelta(days=7)
    with store.unit_of_work() as uow:
        uow.exceptions.add(asked)
        assert not uow.exceptions.use("x1", "key", "anna", at=NOW)
        assert uow.exceptions.grant("x1", "anna", {"a": 1}, at=NOW, until=until)
        assert not uow.exceptions.grant("x1", "anna", {}, at=NOW, until=until)
        assert not uow.exceptions.end("x1", "declined", "anna", "too late for that", at=NOW)
        assert uow.exceptions.tell("x1", at=NOW)
        assert not uow.exceptions.tell("x1", at=NOW)
        uow.exceptions.add(replace(asked, id="x2", asked_at=NOW + timedelta(minutes=1)))
        uow.commit()
    with store.unit_of_work(write=False) as uow:
        assert [(e.id, e.state_at(NOW), e.state_at(until)) for e in uow.exceptions.of("ASE-1000-0001")] == [
            ("x1", "granted", "expired"),
            ("x2", "requested", "requested"),
        ]
        assert [e.id for e in uow.exceptions.all(limit=5)] == ["x2", "x1"]
    with store.unit_of_work() as uow:
        assert not uow.exceptions.use("x1", "key", "anna", at=until)
        uow.commit()

    def use(number: int) -> bool:
        with store.unit_of_work() as uow:
            used = uow.exceptions.use("x1", f"key{number}", None, at=NOW)
            uow.commit()
        return used

    assert sorted(at_once(4, use)) == [False, False, False, True]

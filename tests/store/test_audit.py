"""The audit shows every alteration, and survives the erasure of a person."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.store import Store, UnitOfWork
from bot.store.records_io import erase_person
from bot.store.values import AuditEvent, DecisionRecord, Line, Mail, StoredChange, TurnRecord
from tests.store.conftest import everything
from tests.store.facts import BARE, DANA, NOW, SEATS, fill
from tests.threads import at_once

EVENT = AuditEvent(
    NOW,
    "agent",
    "agent",
    "reschedule",
    subject=DANA.ase_id,
    actor_id="kim",
    conversation_id="c1",
    before={"n": 1.5, "ü": [None, True]},
    after={"z": 1, "a": 2},
    decision={"outcome": "allowed"},
    policy_digest="d",
    model="m",
)


def append(store: Store, *events: AuditEvent) -> None:
    with store.unit_of_work() as unit:
        for event in events:
            unit.audit.append(event)
        unit.commit()


def faults(store: Store) -> tuple[str, ...]:
    with store.unit_of_work(write=False) as unit:
        return unit.audit.verify().faults


def test_lines_come_back_as_written_and_chained(store: Store) -> None:
    append(store, EVENT, replace(EVENT, subject=BARE.ase_id, before=None))
    append(store, replace(EVENT, subject=None))
    with store.unit_of_work(write=False) as unit:
        entries = list(unit.audit.entries(batch=2))
        report = unit.audit.verify()
        mine = list(unit.audit.entries(DANA.ase_id))
        assert list(unit.audit.entries(after=2)) == entries[2:]
    assert [entry.seq for entry in entries] == [1, 2, 3]
    assert entries[0].event == EVENT
    assert entries[1].previous_hash == entries[0].hash
    assert mine == entries[:1]
    assert report.whole
    assert (report.entries, report.erased) == (3, 0)


def test_an_empty_audit_is_whole(store: Store) -> None:
    assert faults(store) == ()


def test_what_is_not_committed_leaves_no_line(store: Store) -> None:
    with store.unit_of_work() as unit:
        unit.audit.append(EVENT)
        unit.rollback()
    with store.unit_of_work() as unit:
        unit.audit.append(EVENT)
    with store.unit_of_work(write=False) as unit:
        assert list(unit.audit.entries()) == []


ALTERATIONS = {
    "another action": "UPDATE audit SET action = 'x' WHERE seq = 2",
    "another instant": "UPDATE audit SET at = '2020-01-01 00:00:00' WHERE seq = 2",
    "another actor": "UPDATE audit SET actor_id = 'lee' WHERE seq = 2",
    "another person": "UPDATE audit SET subject = 'ASE-2' WHERE seq = 2",
    "another content": "UPDATE audit SET after = '{\"z\": 2}' WHERE seq = 2",
    "content taken out": (
        "UPDATE audit SET salt = NULL, subject = NULL, before = NULL, after = NULL, decision = NULL WHERE seq = 2"
    ),
    "a line taken out": "DELETE FROM audit WHERE seq = 2",
    "the last line taken out": "DELETE FROM audit WHERE seq = 3",
    "all lines taken out": "DELETE FROM audit",
    "another end": "UPDATE audit_head SET seq = 2",
}


@pytest.mark.parametrize("what", ALTERATIONS)
def test_an_alteration_behind_the_back_of_the_database_is_found(store: Store, what: str) -> None:
    append(store, EVENT, EVENT, EVENT)
    with store.engine.begin() as connection:
        if store.backend == "sqlite":
            connection.execute(text("DROP TRIGGER audit_kept"))
            connection.execute(text("DROP TRIGGER audit_unaltered"))
        else:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(ALTERATIONS[what]))
    assert faults(store) != ()


def test_many_writers_make_one_chain(store: Store) -> None:
    def write(_: int) -> None:
        for _ in range(5):
            append(store, EVENT, EVENT)

    at_once(5, write)
    assert faults(store) == ()
    with store.unit_of_work(write=False) as unit:
        assert len(list(unit.audit.entries())) == 50


PLANTED = ["ASE-1000-0001", "dana@example.org", "Reyes", "Dana", "3125550101", "60505", "Aurora", "1 Main St", "zebra"]


def plant(unit: UnitOfWork) -> None:
    """Traces of Dana in every table that can hold one; "zebra" is said in her conversations only."""
    who = DANA.ase_id
    c = unit.conversations
    c.create("own", channel="web", locale="en", token_hash="t1", at=NOW, ase_id=who, state={"said": "zebra"})
    c.append("own", 1, [Line("candidate", NOW, "zebra", "zebra", {"decisions": ["zebra"]})])
    c.record_turn(TurnRecord("own", 1, "zebra", "h", NOW, decisions=({"who": "Dana"},), state={"x": "zebra"}))
    c.feedback("own", 1, "up", "zebra", at=NOW)
    unit.handoffs.request("h", "own", reason="zebra", summary={"who": who}, at=NOW)
    c.create(
        "agents", channel="agent", locale="en", token_hash="t2", at=NOW, agent_id="kim", agent_role="agent", about=who
    )
    c.append("agents", 1, [Line("assistant", NOW, "Dana Reyes lives in Aurora", "x")])
    c.set_about("agents", BARE.ase_id)
    c.create("tried", channel="phone", locale="en", token_hash="t3", at=NOW)
    c.append("tried", 1, [Line("candidate", NOW, f"I am {who.lower()}", "x"), Line("candidate", NOW, "hello", "x")])
    c.create("other", channel="web", locale="en", token_hash="t4", at=NOW, ase_id=BARE.ase_id)
    c.append("other", 1, [Line("candidate", NOW, "hello", "hello")])
    until = NOW.replace(hour=23)
    unit.confirmations.propose("k", who, "own", "book", {"name": "Dana"}, at=NOW, until=until)
    unit.seats.hold("CHI-01", SEATS[0].starts_at, of=who, now=NOW, until=until, conversation_id="own")
    unit.done.keep(StoredChange("key", "h", who, "book", {"after": "1 Main St"}, None, NOW))
    unit.done.owe_refund("key", who, "P-1", at=NOW)
    unit.done.order_duplicates("key", who, [("automobile", "7.50")], at=NOW)
    unit.outbox.add(Mail("DANA@example.org", "notice", "Dana", "Dana"), at=NOW)
    unit.outbox.add(Mail("x@example.org", "notice", "s", "zebra", ase_id=who), at=NOW)
    facts = {"name": "Dana"}
    unit.decisions.add(DecisionRecord("r", {}, facts, {}, NOW, "d", NOW, who, "own"))
    unit.decisions.add(DecisionRecord("r", {}, facts, {}, NOW, "d", NOW, None, "own"))
    unit.decisions.add(DecisionRecord("r", {}, {"name": "other"}, {}, NOW, "d", NOW, BARE.ase_id, "agents"))
    unit.audit.append(EVENT)
    unit.audit.append(replace(EVENT, subject=None, after={"to": "dana@example.org"}))
    unit.audit.append(replace(EVENT, subject=BARE.ase_id))


def test_erasing_a_person_leaves_no_trace_and_a_whole_audit(store: Store) -> None:
    fill(store, DANA, BARE)
    with store.unit_of_work() as unit:
        plant(unit)
        unit.commit()
    before = str(everything(store))
    assert all(value in before for value in PLANTED)
    erased = erase_person(store, DANA.ase_id)
    assert erased is not None
    assert (erased.conversations, erased.redacted) == (("own",), ("agents", "tried"))
    after = str(everything(store))
    assert [value for value in PLANTED if value.lower() in after.lower()] == []
    with store.unit_of_work(write=False) as unit:
        report = unit.audit.verify()
        assert (report.faults, report.entries, report.erased) == ((), 4, 2)
        assert unit.records.person(BARE.ase_id) is not None
        assert [m.text for m in unit.conversations.messages_after("other")] == ["hello"]
        assert len(list(unit.decisions.all(BARE.ase_id))) == 1
        own = unit.conversations.get("own")
        assert own is not None
        assert own.ended_at is not None
    assert erase_person(store, DANA.ase_id) is None


def test_erasing_leaves_no_trace_in_the_file_either(tmp_path: Path, sqlite_template: Path) -> None:
    path = tmp_path / "erased.db"
    path.write_bytes(sqlite_template.read_bytes())
    store = Store(f"sqlite:///{path}")
    fill(store, DANA, BARE)
    with store.unit_of_work() as unit:
        plant(unit)
        unit.commit()
    erase_person(store, DANA.ase_id)
    store.close()
    content = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert [value for value in PLANTED if value.encode() in content] == []

"""Wrong states are refused by the database itself, whoever writes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from bot.store import ConstraintRefused, Store, UnitOfWork
from bot.store.store import translated
from tests.store.facts import DANA, NOW, fill

WHO = DANA.ase_id
AT = "'2026-03-02 15:00:00'"
LATER = "'2026-03-02 16:00:00'"

WRONG = {
    "a second live appointment of a purchase": (
        "INSERT INTO appointments (ase_id, id, purchase_id, number, site_id, starts_at, starts_utc, status, version)"
        f" VALUES ('{WHO}', 'AP-9', 'P-1', 2, 'CHI-01', '2026-03-20T13:00:00', {AT}, 'booked', 1)"
    ),
    "an appointment kept beside a booked one": (
        "INSERT INTO appointments (ase_id, id, purchase_id, number, site_id, starts_at, starts_utc, status, version)"
        f" VALUES ('{WHO}', 'AP-9', 'P-1', 2, 'CHI-01', '2026-03-20T13:00:00', {AT}, 'kept', 1)"
    ),
    "an appointment twice": (
        "INSERT INTO appointments (ase_id, id, purchase_id, number, site_id, starts_at, starts_utc, status, version)"
        f" VALUES ('{WHO}', 'AP-1', 'P-2', 1, 'CHI-01', '2026-03-20T13:00:00', {AT}, 'booked', 1)"
    ),
    "an appointment at no site": "UPDATE appointments SET site_id = 'XXX-99'",
    "an appointment of no purchase": "UPDATE appointments SET purchase_id = 'P-99'",
    "an appointment in no known state": "UPDATE appointments SET status = 'maybe'",
    "less than no seat": "UPDATE seats SET capacity = -1",
    "a seat at no site": (
        f"INSERT INTO seats (site_id, starts_at, starts_utc, capacity) VALUES ('XXX', '2026-03-20T13:00:00', {AT}, 1)"
    ),
    "a slot twice": (
        "INSERT INTO seats (site_id, starts_at, starts_utc, capacity)"
        f" VALUES ('CHI-01', '2026-03-20T13:00:00', {AT}, 1)"
    ),
    "a purchase twice": (
        "INSERT INTO purchases (ase_id, id, position, test, purchased_on, paid_by)"
        f" VALUES ('{WHO}', 'P-1', 9, 'A5', '2026-01-10', 'candidate')"
    ),
    "a purchase of nobody": (
        "INSERT INTO purchases (ase_id, id, position, test, purchased_on, paid_by)"
        " VALUES ('ASE-9', 'P-1', 0, 'A5', '2026-01-10', 'candidate')"
    ),
    "a payer who is neither": "UPDATE purchases SET paid_by = 'bank'",
    "a result in no known state": "UPDATE results SET outcome = 'perhaps'",
    "two results of a purchase": (
        f"INSERT INTO results (ase_id, purchase_id, outcome, taken_on) VALUES ('{WHO}', 'P-3', 'fail', '2026-01-10')"
    ),
    "a person twice": (
        "INSERT INTO candidates (ase_id, experience_status, accommodation_status, version)"
        f" VALUES ('{WHO}', 'approved', 'none', 1)"
    ),
    "half an address": "UPDATE candidates SET address_city = NULL",
    "half a name": "UPDATE candidates SET last_name = NULL",
    "experience in no known state": "UPDATE candidates SET experience_status = 'lost'",
    "a person gone while their purchases stay": "DELETE FROM candidates",
    "a conversation on no known channel": "UPDATE conversations SET channel = 'fax'",
    "a conversation owned by nobody known": "UPDATE conversations SET owner = 'cat'",
    "somebody signed in at no time": "UPDATE conversations SET signed_in_at = NULL",
    "an agent on the web": "UPDATE conversations SET agent_id = 'a', agent_role = 'agent'",
    "an owning agent without a name": "UPDATE conversations SET owner = 'agent'",
    "a token twice": (
        "INSERT INTO conversations (id, channel, locale, token_hash, owner, state, version, last_seq, last_turn,"
        f" created_at, last_active_at) VALUES ('c2', 'web', 'en-US', 'hash', 'assistant', '{{}}', 1, 0, 0, {AT}, {AT})"
    ),
    "a message number twice": (
        "INSERT INTO messages (conversation_id, seq, turn, author, at, text, speech, payload)"
        f" VALUES ('c1', 1, 0, 'assistant', {AT}, '', '', '{{}}')"
    ),
    "a message by nobody known": "UPDATE messages SET author = 'ghost'",
    "a client_message_id twice": (
        "INSERT INTO turns (conversation_id, turn, client_message_id, body_hash, decisions, started_at)"
        f" VALUES ('c1', 2, 'm1', 'h', '[]', {AT})"
    ),
    "a confidence above one": "UPDATE turns SET confidence = 1.5",
    "feedback on no message": (
        f"INSERT INTO feedback (conversation_id, seq, rating, at) VALUES ('c1', 99, 'up', {AT})"
    ),
    "two open requests for a person": (
        "INSERT INTO handoffs (id, conversation_id, reason, summary, status, requested_at)"
        f" VALUES ('h2', 'c1', 'x', '{{}}', 'requested', {AT})"
    ),
    "two pending confirmations of a person": (
        "INSERT INTO confirmations (id, ase_id, conversation_id, task, preview, preview_hash, created_at, expires_at,"
        f" state) VALUES ('k2', '{WHO}', 'c1', 'book', '{{}}', 'h', {AT}, {LATER}, 'pending')"
    ),
    "a confirmation that ends before it begins": f"UPDATE confirmations SET expires_at = {AT}, created_at = {LATER}",
    "two holds of a person": (
        "INSERT INTO holds (ase_id, site_id, starts_at, created_at, expires_at)"
        f" VALUES ('{WHO}', 'HNL-01', '2026-03-20T09:00:00', {AT}, {LATER})"
    ),
    "a hold on no slot": "UPDATE holds SET starts_at = '2030-01-01T09:00:00'",
    "a key answered twice": (
        "INSERT INTO changes (key, request_hash, ase_id, kind, outcome, at)"
        f" VALUES ('key', 'h', '{WHO}', 'book', '{{}}', {AT})"
    ),
    "a refund twice": (
        "INSERT INTO refunds_due (change_key, ase_id, purchase_id, state, at)"
        f" VALUES ('other', '{WHO}', 'P-1', 'due', {AT})"
    ),
    "a message sent at no time": "UPDATE outbox SET state = 'sent'",
    "two ends of the audit": "INSERT INTO audit_head (id, seq, hash) VALUES (2, 0, 'x')",
    "an audit line gone": "DELETE FROM audit",
    "an audit line altered": "UPDATE audit SET action = 'nothing'",
    "an audit line's content altered": "UPDATE audit SET subject = 'ASE-2'",
    "an audit line half emptied": "UPDATE audit SET salt = NULL, before = NULL, after = NULL, decision = NULL",
}


@pytest.fixture
def filled(store: Store) -> Store:
    fill(store)
    with store.unit_of_work() as unit:
        some_of_everything(unit)
        unit.commit()
    return store


def some_of_everything(unit: UnitOfWork) -> None:
    from datetime import timedelta

    from bot.store.values import AuditEvent, Line, Mail, StoredChange, TurnRecord

    later = NOW + timedelta(minutes=10)
    unit.conversations.create("c1", channel="web", locale="en-US", token_hash="hash", at=NOW, ase_id=WHO)
    unit.conversations.append("c1", 0, [Line("assistant", NOW, "Hello", "Hello")])
    unit.conversations.record_turn(TurnRecord("c1", 1, "m1", "h", NOW))
    unit.handoffs.request("h1", "c1", reason="asked", summary={}, at=NOW)
    unit.confirmations.propose("k1", WHO, "c1", "book", {}, at=NOW, until=later)
    from tests.store.facts import SEATS

    unit.seats.hold("CHI-01", SEATS[0].starts_at, of=WHO, now=NOW, until=later)
    unit.done.keep(StoredChange("key", "h", WHO, "book", {}, None, NOW))
    unit.done.owe_refund("key", WHO, "P-1", at=NOW)
    unit.outbox.add(Mail("a@example.org", "notice", "s", "b"), at=NOW)
    unit.audit.append(AuditEvent(NOW, "candidate", "web", "book", subject=WHO, before={"a": 1}))


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_state_is_refused(filled: Store, what: str) -> None:
    before = rows(filled)
    with pytest.raises(ConstraintRefused), translated(), filled.engine.begin() as connection:
        connection.execute(text(WRONG[what]))
    assert rows(filled) == before


def test_there_were_enough_wrong_states() -> None:
    assert len(WRONG) >= 40


def rows(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    from tests.store.conftest import everything

    return everything(store)


NAIVE: dict[str, Callable[[UnitOfWork], object]] = {
    "an instant without a zone": lambda unit: unit.conversations.create(
        "c1", channel="web", locale="en", token_hash="h", at=NOW.replace(tzinfo=None)
    ),
    "a local time with a zone": lambda unit: unit.seats.seat("CHI-01", NOW, now=NOW),
    "an audit line without a zone": lambda unit: unit.audit.append(_event_without_zone()),
}


def _event_without_zone() -> Any:
    from bot.store.values import AuditEvent

    return AuditEvent(NOW.replace(tzinfo=None), "system", "web", "x")


@pytest.mark.parametrize("what", NAIVE)
def test_times_of_the_wrong_sort_are_refused(store: Store, what: str) -> None:
    fill(store)
    with pytest.raises(ValueError, match="zone"), store.unit_of_work() as unit:
        NAIVE[what](unit)

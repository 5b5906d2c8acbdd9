"""Outbox, decisions, confirmations and holds."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.store import Store
from bot.store.repositories.confirmations import preview_hash
from bot.store.values import Attachment, DecisionRecord, Mail
from tests.store.facts import BARE, DANA, NOW, SEATS, fill

MINUTE = timedelta(minutes=1)
MAIL = Mail(
    "dana@example.org",
    "sign_in_code",
    "Your code",
    "It is 123456.",
    "123456",
    (Attachment("a.ics", "text/calendar", "BEGIN"),),
    DANA.ase_id,
)


def test_a_message_is_claimed_by_one_sender_and_sent_once(store: Store) -> None:
    with store.unit_of_work() as unit:
        first = unit.outbox.add(MAIL, at=NOW)
        unit.outbox.add(Mail("b@example.org", "notice", "s", "b"), at=NOW)
        unit.commit()
    with store.unit_of_work() as unit:
        claimed = unit.outbox.claim(at=NOW)
        assert claimed is not None
        assert (claimed.id, claimed.mail, claimed.attempts) == (first, MAIL, 1)
        other = unit.outbox.claim(at=NOW)
        assert other is not None
        assert other.id != first
        assert unit.outbox.claim(at=NOW) is None
        unit.commit()
    with store.unit_of_work() as unit:
        assert unit.outbox.sent(first, at=NOW) == "sent"
        with pytest.raises(LookupError):
            unit.outbox.sent(first, at=NOW)
        unit.outbox.failed(other.id, "refused")
        again = unit.outbox.claim(at=NOW)
        assert again is not None
        assert (again.id, again.attempts, again.doubtful) == (other.id, 2, False)
        assert unit.outbox.sent(again.id, at=NOW) == "sent"


def test_a_sender_that_vanished_leaves_a_doubt(store: Store) -> None:
    with store.unit_of_work() as unit:
        number = unit.outbox.add(MAIL, at=NOW)
        unit.outbox.claim(at=NOW)
        unit.commit()
    with store.unit_of_work() as unit:
        assert unit.outbox.recover(before=NOW) == 0
        assert unit.outbox.recover(before=NOW + MINUTE) == 1
        assert unit.outbox.claim(at=NOW + MINUTE) is not None
        assert unit.outbox.sent(number, at=NOW + MINUTE) == "maybe_sent"
        unit.commit()
    with store.unit_of_work(write=False) as unit:
        assert [m.state for m in unit.outbox.list()] == ["maybe_sent"]


def test_the_outbox_is_listed_oldest_first_and_by_address(store: Store) -> None:
    with store.unit_of_work() as unit:
        for number, to in enumerate(["a@x.org", "b@x.org", "a@x.org"]):
            unit.outbox.add(Mail(to, "notice", str(number), ""), at=NOW)
        unit.commit()
    with store.unit_of_work(write=False) as unit:
        assert [m.mail.subject for m in unit.outbox.list()] == ["0", "1", "2"]
        assert [m.mail.subject for m in unit.outbox.list("A@x.org")] == ["0", "2"]
        assert [m.mail.subject for m in unit.outbox.list(states=["sent"])] == []
        assert len(unit.outbox.list(limit=2)) == 2


def test_decisions_are_kept_whole_and_in_order(store: Store) -> None:
    records = [
        DecisionRecord(
            rule="reschedule",
            subject={"test": "A5"},
            facts={"candidates": [number, 0.1, "ü"]},
            decision={"outcome": "allowed"},
            as_of=NOW,
            policy_digest="d1",
            at=NOW,
            ase_id=DANA.ase_id if number % 2 else None,
            what_if=bool(number % 3),
        )
        for number in range(7)
    ]
    with store.unit_of_work() as unit:
        for record in records:
            unit.decisions.add(record)
        unit.decisions.keep_policy("d1", {"rows": [1]}, at=NOW)
        unit.decisions.keep_policy("d1", {"rows": [2]}, at=NOW)
        unit.commit()
    with store.unit_of_work(write=False) as unit:
        found = list(unit.decisions.all(batch=3))
        assert [f.facts for f in found] == [r.facts for r in records]
        assert len({f.id for f in found}) == 7
        assert len(list(unit.decisions.all(DANA.ase_id, batch=2))) == 3
        assert unit.decisions.policy("d1") == {"rows": [1]}
        assert unit.decisions.policy("d2") is None


def test_one_confirmation_of_a_person_is_pending_whatever_the_channel(store: Store) -> None:
    fill(store)
    with store.unit_of_work() as unit:
        for name in ("c1", "c2"):
            unit.conversations.create(name, channel="web", locale="en", token_hash=name, at=NOW)
        until = NOW + 10 * MINUTE
        propose = unit.confirmations.propose
        propose("k1", DANA.ase_id, "c1", "reschedule", {"a": 1}, at=NOW, until=until)
        second = propose("k2", DANA.ase_id, "c2", "reschedule", {"b": 2, "a": 1}, at=NOW, until=until)
        assert unit.confirmations.pending(DANA.ase_id, now=NOW) == second
        assert unit.confirmations.pending(DANA.ase_id, now=until) is None
        first = unit.confirmations.get("k1")
        assert first is not None
        assert first.state == "replaced"
        assert unit.confirmations.settle("k1", "committed") is False
        assert unit.confirmations.settle("k2", "declined") is True
        assert unit.confirmations.pending(DANA.ase_id, now=NOW) is None
        propose("k3", DANA.ase_id, "c1", "reschedule", {}, at=NOW, until=until)
        assert unit.confirmations.sweep(now=until) == 1
        assert unit.confirmations.get("k4") is None
    assert second.preview_hash == preview_hash({"a": 1, "b": 2})


def test_a_held_slot_is_free_to_its_holder_alone_and_only_for_a_while(store: Store) -> None:
    fill(store, DANA, BARE)
    only = SEATS[1]
    until = NOW + 5 * MINUTE
    with store.unit_of_work() as unit:
        assert unit.seats.hold(only.site, only.starts_at, of=DANA.ase_id, now=NOW, until=until) is not None
        unit.commit()
    with store.unit_of_work() as unit:
        seats = unit.seats
        assert seats.hold(only.site, only.starts_at, of=BARE.ase_id, now=NOW, until=until) is None
        assert seats.take(only.site, only.starts_at, of=BARE.ase_id, now=NOW) is False
        assert only.starts_at not in {s.starts_at for s in seats.free(now=NOW, of=BARE.ase_id)}
        assert only.starts_at not in {s.starts_at for s in seats.free(now=NOW)}
        assert only.starts_at in {s.starts_at for s in seats.free(now=NOW, of=DANA.ase_id)}
        assert only.starts_at in {s.starts_at for s in seats.free(now=until, of=BARE.ase_id)}
        for who, now, left in ((BARE, NOW, 0), (DANA, NOW, 1), (BARE, until, 1)):
            seat = seats.seat(only.site, only.starts_at, now=now, of=who.ase_id)
            assert seat is not None
            assert seat.capacity == left
        held = seats.held(DANA.ase_id, now=NOW)
        assert held is not None
        assert (held.starts_at, held.expires_at) == (only.starts_at, until)
        assert seats.held(DANA.ase_id, now=until) is None
        assert [s.free for s in seats.left("CHI-01")] == [2, 1]
        assert seats.take(only.site, only.starts_at, of=BARE.ase_id, now=until) is True
        assert seats.take(only.site, only.starts_at, of=DANA.ase_id, now=until) is False


def test_a_new_hold_lets_go_of_the_old_one(store: Store) -> None:
    fill(store, DANA, BARE)
    until = NOW + 5 * MINUTE
    with store.unit_of_work() as unit:
        for seat in (SEATS[1], SEATS[2]):
            assert unit.seats.hold(seat.site, seat.starts_at, of=DANA.ase_id, now=NOW, until=until) is not None
        assert unit.seats.hold(SEATS[1].site, SEATS[1].starts_at, of=BARE.ase_id, now=NOW, until=until) is not None
        unit.seats.release(DANA.ase_id)
        assert unit.seats.held(DANA.ase_id, now=NOW) is None
        assert unit.seats.sweep(now=until) == 1
        assert unit.seats.hold("CHI-01", SEATS[2].starts_at, of=DANA.ase_id, now=NOW, until=until) is None


def test_a_slot_given_back_is_there_again_also_where_there_was_no_row(store: Store) -> None:
    fill(store)
    with store.unit_of_work() as unit:
        site = unit.records.sites()["CHI-01"]
        unit.seats.give_back(site, SEATS[0].starts_at)
        booked = DANA.purchases[0].appointment
        assert booked is not None
        unit.seats.give_back(site, booked.starts_at)
        assert [(s.starts_at, s.free) for s in unit.seats.left("CHI-01")] == [
            (booked.starts_at, 1),
            (SEATS[0].starts_at, 3),
            (SEATS[1].starts_at, 1),
        ]

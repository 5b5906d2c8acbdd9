"""Changes are done exactly once, whole or not at all, and only as the preview showed them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from bot.rules.facts import Address, Appointment, AppointmentStatus, Candidate, Purchase, Seat
from bot.store import KeyReused, Store
from bot.store.changes import (
    Allowed,
    CaseFacts,
    Change,
    Order,
    Refusal,
    book,
    cancel_appointment,
    cancel_test,
    change_address,
    move,
    order_duplicates,
    undo,
)
from bot.store.values import AuditEntry, Mail
from tests.store.conftest import everything
from tests.store.facts import BARE, DANA, NOW, SEATS, fill
from tests.threads import at_once

WHO = DANA.ase_id
OLD = ("CHI-01", datetime(2026, 3, 10, 9))
NEW = (SEATS[1].site, SEATS[1].starts_at)  # one left
TODAY = date(2026, 3, 2)
ADDRESS = Address("9 Oak St", "Elgin", "IL", "60120", "US")


def order(key: str = "k", who: str = WHO, **more: Any) -> Order:
    return Order(key, who, NOW, NOW, **more)


def allow(_: CaseFacts) -> Allowed:
    return Allowed({"outcome": "allowed"})


def mails(change: Change, candidate: Candidate) -> list[Mail]:
    return [Mail(str(candidate.email), "notice", change.kind, "Done", ase_id=candidate.ase_id)]


def do_book(store: Store, key: str = "k", check: Any = allow, **more: Any) -> Change:
    return book(store, order(key, **more), purchase_id="P-2", site=NEW[0], starts_at=NEW[1], check=check, mail=mails)


def do_move(store: Store, key: str = "k", check: Any = allow, **more: Any) -> Change:
    return move(
        store,
        order(key, **more),
        appointment_id="AP-1",
        was=OLD,
        site=NEW[0],
        starts_at=NEW[1],
        check=check,
        mail=mails,
    )


def do_cancel(store: Store, key: str = "k", check: Any = allow, **more: Any) -> Change:
    return cancel_appointment(store, order(key, **more), appointment_id="AP-1", was=OLD, check=check, mail=mails)


def do_cancel_test(store: Store, key: str = "k", check: Any = allow, **more: Any) -> Change:
    return cancel_test(store, order(key, **more), purchase_id="P-1", was=OLD, on=TODAY, check=check, mail=mails)


def do_order(store: Store, key: str = "k", check: Any = allow, **more: Any) -> Change:
    return order_duplicates(
        store,
        order(key, **more),
        series=["automobile", "parts"],
        fee_per_series=Decimal("7.50"),
        send_to=DANA.address,
        check=check,
        mail=mails,
    )


def do_address(store: Store, key: str = "k", check: Any = allow, **more: Any) -> Change:
    return change_address(
        store, order(key, **more), address=ADDRESS, was=DANA.address, on=TODAY, check=check, mail=mails
    )


DO: dict[str, Callable[..., Change]] = {
    "book": do_book,
    "reschedule": do_move,
    "cancel_appointment": do_cancel,
    "cancel_test": do_cancel_test,
    "duplicate_certificate": do_order,
    "change_address": do_address,
}


@pytest.fixture
def ready(store: Store) -> Store:
    fill(store, DANA, BARE)
    return store


def person(store: Store, who: str = WHO) -> Candidate:
    with store.unit_of_work(write=False) as unit:
        found = unit.records.person(who)
    assert found is not None
    return found.candidate


def purchase(store: Store, purchase_id: str) -> Purchase:
    return next(p for p in person(store).purchases if p.id == purchase_id)


def left(store: Store) -> dict[tuple[str, datetime], int]:
    with store.unit_of_work(write=False) as unit:
        return {(s.site.id, s.starts_at): s.free for s in unit.seats.left()}


def audit(store: Store) -> list[AuditEntry]:
    with store.unit_of_work(write=False) as unit:
        assert unit.audit.verify().whole
        return list(unit.audit.entries())


def sent(store: Store) -> list[str]:
    with store.unit_of_work(write=False) as unit:
        return [m.mail.subject for m in unit.outbox.list()]


# --- each change ---------------------------------------------------------------------------------


def test_booking_takes_a_slot(ready: Store) -> None:
    change = do_book(ready)
    assert change.done
    booked = purchase(ready, "P-2").appointment
    assert booked is not None
    assert (booked.site, booked.starts_at, booked.status) == (*NEW, AppointmentStatus.BOOKED)
    assert change.after["appointment"]["id"] == booked.id
    assert change.before["appointment"] is None
    assert NEW not in left(ready)


def test_moving_swaps_the_slots_and_keeps_the_appointment(ready: Store) -> None:
    assert do_move(ready).done
    assert purchase(ready, "P-1").appointment == Appointment("AP-1", NEW[1], NEW[0], AppointmentStatus.BOOKED)
    assert left(ready) == {(SEATS[0].site, SEATS[0].starts_at): 2, (SEATS[2].site, SEATS[2].starts_at): 1, OLD: 1}


def test_nobody_gets_two_tests_at_the_same_instant(ready: Store) -> None:
    there = ("CHI-01", OLD[1])
    with ready.unit_of_work() as unit:
        unit.seats.put([Seat(*there, 1)])
        unit.commit()
    again = book(ready, order("d"), purchase_id="P-2", site=there[0], starts_at=there[1], check=allow, mail=mails)
    assert again.refusal is not None
    assert again.refusal.code == "same_time"
    assert left(ready)[there] == 1


def test_of_two_tests_wanted_at_one_instant_at_once_one_is_done(ready: Store) -> None:
    """A booking and a move to the same instant, in two cities, each under a key of its own."""
    chicago, honolulu = ("CHI-01", datetime(2026, 3, 27, 9)), ("HNL-01", datetime(2026, 3, 27, 4))
    with ready.unit_of_work() as unit:
        unit.seats.put([Seat(*chicago, 3), Seat(*honolulu, 3)])
        unit.commit()

    def go(number: int) -> Change:
        if number % 2:
            return book(
                ready, order(f"b{number}"), purchase_id="P-2", site=chicago[0], starts_at=chicago[1], check=allow
            )
        there: dict[str, Any] = {"site": honolulu[0], "starts_at": honolulu[1]}
        return move(ready, order(f"m{number}"), appointment_id="AP-1", was=OLD, check=allow, **there)

    answers = at_once(6, go)
    assert sum(answer.done for answer in answers) == 1
    codes = {answer.refusal.code for answer in answers if answer.refusal}
    assert codes <= {"same_time", "changed_since_preview"}
    assert "same_time" in codes
    free = left(ready)
    assert sorted((free[chicago], free[honolulu])) == [2, 3]


def test_a_move_to_the_seat_they_have_is_no_change(ready: Store) -> None:
    same = move(ready, order(), appointment_id="AP-1", was=OLD, site=OLD[0], starts_at=OLD[1], check=allow, mail=mails)
    assert same.refusal is not None
    assert same.refusal.code == "no_change"
    assert sent(ready) == []


def test_giving_up_an_appointment_keeps_the_test(ready: Store) -> None:
    assert do_cancel(ready).done
    kept = purchase(ready, "P-1")
    assert kept.cancelled_on is None
    assert kept.appointment == Appointment("AP-1", OLD[1], OLD[0], AppointmentStatus.CANCELLED)
    assert left(ready)[OLD] == 1
    with ready.unit_of_work(write=False) as unit:
        assert unit.done.refunds_of(WHO) == ()


def test_cancelling_a_test_gives_up_its_appointment_and_owes_the_money(ready: Store) -> None:
    change = do_cancel_test(ready)
    assert change.done
    gone = purchase(ready, "P-1")
    assert gone.cancelled_on == TODAY
    assert gone.appointment is not None
    assert gone.appointment.status is AppointmentStatus.CANCELLED
    assert left(ready)[OLD] == 1
    with ready.unit_of_work(write=False) as unit:
        assert [(r.purchase_id, r.state) for r in unit.done.refunds_of(WHO)] == [("P-1", "due")]


def test_cancelling_a_test_without_appointment_or_refund(ready: Store) -> None:
    change = cancel_test(ready, order(), purchase_id="P-2", was=None, on=TODAY, check=allow, refund=False)
    assert change.done
    assert change.after["refund"] is None
    assert purchase(ready, "P-2").cancelled_on == TODAY
    with ready.unit_of_work(write=False) as unit:
        assert unit.done.refunds_of(WHO) == ()


def test_duplicates_are_ordered_by_series_with_the_total(ready: Store) -> None:
    change = do_order(ready)
    sent_to = change.after["send_to"]
    assert change.after == {
        "series": ["automobile", "parts"],
        "fee_per_series": "7.50",
        "total": "15.00",
        "send_to": sent_to,
    }
    assert Address(**sent_to) == DANA.address
    with ready.unit_of_work(write=False) as unit:
        assert [(o.series, o.fee, o.state) for o in unit.done.orders_of(WHO)] == [
            ("automobile", "7.50", "ordered"),
            ("parts", "7.50", "ordered"),
        ]
    for series in ([], ["parts", "parts"]):
        with pytest.raises(ValueError, match="at least one series"):
            order_duplicates(ready, order("k2"), series=series, fee_per_series=Decimal(1), send_to=None, check=allow)


def test_an_address_is_changed_with_the_day(ready: Store) -> None:
    change = do_address(ready)
    assert change.done
    assert (person(ready).address, person(ready).address_changed_on) == (ADDRESS, TODAY)
    assert change.before["address"]["line2"] == "Apt 4"


def test_somebody_without_an_address_gets_one(ready: Store) -> None:
    change = change_address(ready, order(who=BARE.ase_id), address=ADDRESS, was=None, on=TODAY, check=allow)
    assert change.done
    assert person(ready, BARE.ase_id).address == ADDRESS


# --- what all have in common ---------------------------------------------------------------------


@pytest.mark.parametrize("kind", DO)
def test_the_same_key_gets_the_same_answer_and_does_nothing_twice(ready: Store, kind: str) -> None:
    first = DO[kind](ready)
    before = everything(ready)
    again = DO[kind](ready)
    assert first.done
    assert (first.repeated, again.repeated) == (False, True)
    assert again == replace(first, repeated=True)
    assert everything(ready) == before


@pytest.mark.parametrize("kind", DO)
def test_a_change_leaves_one_audit_line_and_one_notice(ready: Store, kind: str) -> None:
    change = DO[kind](ready, actor_kind="agent", actor_id="kim", channel="agent", policy_digest="d", model="m")
    [line] = audit(ready)
    told = line.event
    assert (told.action, told.subject, told.actor_id, told.channel) == (kind, WHO, "kim", "agent")
    assert (told.policy_digest, told.model, told.decision) == ("d", "m", {"outcome": "allowed"})
    assert (told.before or {}, told.after) == (change.before, change.after)
    assert sent(ready) == [kind]
    with ready.unit_of_work(write=False) as unit:
        found = unit.records.person(WHO)
    assert found is not None
    assert found.version == 2


@pytest.mark.parametrize("kind", DO)
def test_what_the_rule_refuses_now_is_not_done_and_stays_refused(ready: Store, kind: str) -> None:
    before = person(ready), left(ready)

    def refuse(facts: CaseFacts) -> Refusal:
        assert facts.candidate == DANA
        return Refusal("inside_change_cutoff", {"outcome": "refused"})

    change = DO[kind](ready, check=refuse)
    assert change.refusal == Refusal("inside_change_cutoff", {"outcome": "refused"})
    assert (person(ready), left(ready)) == before
    assert sent(ready) == []
    [line] = audit(ready)
    assert (line.event.action, line.event.decision) == (f"{kind}_refused", {"outcome": "refused"})
    assert DO[kind](ready) == replace(change, repeated=True)
    assert DO[kind](ready, key="another").done


@pytest.mark.parametrize("kind", DO)
def test_a_key_is_good_for_one_request(ready: Store, kind: str) -> None:
    DO[kind](ready)
    other = next(name for name in DO if name != kind)
    with pytest.raises(KeyReused):
        DO[other](ready)
    with pytest.raises(KeyReused):
        DO[kind](ready, who=BARE.ase_id)


@pytest.mark.parametrize("kind", DO)
def test_nothing_is_done_for_somebody_unknown(ready: Store, kind: str) -> None:
    before = everything(ready)
    with pytest.raises(LookupError):
        DO[kind](ready, who="ASE-9999-9999")
    assert everything(ready) == before


@pytest.mark.parametrize("kind", DO)
def test_ten_equal_confirmations_at_once_have_one_effect(ready: Store, kind: str) -> None:
    answers = at_once(10, lambda number: DO[kind](ready, channel=["web", "phone", "agent"][number % 3]))
    assert all(answer.done for answer in answers)
    assert sorted(answer.repeated for answer in answers) == [False] + [True] * 9
    assert {str(replace(answer, repeated=False)) for answer in answers} == {str(answers[0]).replace("True)", "False)")}
    assert len(audit(ready)) == 1
    assert sent(ready) == [kind]


@pytest.mark.parametrize("kind", DO)
def test_different_keys_at_once_have_one_effect(ready: Store, kind: str) -> None:
    answers = at_once(4, lambda number: DO[kind](ready, key=f"k{number}"))
    done = [answer for answer in answers if answer.done]
    if kind == "duplicate_certificate":  # may be ordered as often as one likes
        assert len(done) == 4
        return
    assert len(done) == 1
    assert {answer.refusal.code for answer in answers if answer.refusal} <= {"changed_since_preview", "seat_taken"}


def test_the_last_free_slot_wanted_by_ten_is_given_once(store: Store) -> None:
    wanting = [Candidate(f"ASE-2000-{n:04d}", purchases=(Purchase("P-2", "A6", date(2026, 1, 10)),)) for n in range(10)]
    fill(store, *wanting)
    answers = at_once(10, lambda n: do_book(store, key=f"k{n}", who=wanting[n].ase_id))
    assert sorted(answer.done for answer in answers) == [False] * 9 + [True]
    assert {answer.refusal.code for answer in answers if answer.refusal} == {"seat_taken"}
    assert NEW not in left(store)
    assert len(audit(store)) == 10


def test_swapping_two_slots_in_opposite_directions_at_once_ends_well(store: Store) -> None:
    one, other = (SEATS[0].site, SEATS[0].starts_at), (SEATS[2].site, SEATS[2].starts_at)
    slots = [one, other] * 4
    people = [
        Candidate(
            f"ASE-2000-{n:04d}",
            purchases=(
                Purchase(
                    "P",
                    "A6",
                    date(2026, 1, 10),
                    appointment=Appointment(f"AP-{n}", slot[1], slot[0], AppointmentStatus.BOOKED),
                ),
            ),
        )
        for n, slot in enumerate(slots)
    ]
    fill(store, *people)
    before = sum(left(store).values())

    def go(n: int) -> Change:
        site, starts_at = slots[n + 1 - 2 * (n % 2)]
        return move(
            store,
            order(f"k{n}", people[n].ase_id),
            appointment_id=f"AP-{n}",
            was=slots[n],
            site=site,
            starts_at=starts_at,
            check=allow,
        )

    answers = at_once(8, go)
    assert sum(left(store).values()) == before
    assert {answer.refusal.code for answer in answers if answer.refusal} <= {"seat_taken"}
    assert any(answer.done for answer in answers)


# --- what the preview showed ---------------------------------------------------------------------


def test_what_has_changed_since_the_preview_is_not_overwritten(ready: Store) -> None:
    assert do_move(ready, "first").done
    for kind in ("reschedule", "cancel_appointment", "cancel_test"):
        change = DO[kind](ready, key=f"again {kind}")
        assert change.refusal is not None
        assert change.refusal.code == "changed_since_preview"
        assert change.refusal.current is not None
        assert change.refusal.current["appointment"]["starts_at"] == NEW[1].isoformat()
    assert do_address(ready, "a1").done
    change = do_address(ready, "a2")
    assert change.refusal is not None
    assert change.refusal.code == "changed_since_preview"
    assert change.refusal.current is not None
    assert change.refusal.current["address"]["line1"] == "9 Oak St"


def test_the_rule_sees_the_slot_that_is_wanted(ready: Store) -> None:
    seen: list[CaseFacts] = []

    def look(facts: CaseFacts) -> None:
        seen.append(facts)

    do_move(ready, "k1", check=look)
    do_cancel(ready, "k2", check=look)
    book(ready, order("k3"), purchase_id="P-2", site="HNL-01", starts_at=datetime(2030, 1, 1, 9), check=look)
    assert seen[0].seats is not None
    assert [(s.site, s.capacity) for s in seen[0].seats] == [("CHI-01", 1)]
    assert seen[1].seats is None
    assert seen[2].seats == ()
    assert {"CHI-01", "HNL-01"} <= set(seen[2].sites)


def test_a_slot_held_by_somebody_else_is_not_booked_until_the_hold_ends(ready: Store) -> None:
    with ready.unit_of_work() as unit:
        unit.seats.hold(*NEW, of=BARE.ase_id, now=NOW, until=NOW + timedelta(minutes=5))
        unit.commit()
    refused = do_book(ready, "k1")
    assert refused.refusal is not None
    assert refused.refusal.code == "seat_taken"
    later = replace(order("k2"), now=NOW + timedelta(minutes=5))
    assert book(ready, later, purchase_id="P-2", site=NEW[0], starts_at=NEW[1], check=allow).done


def test_ones_own_hold_is_used_up(ready: Store) -> None:
    with ready.unit_of_work() as unit:
        unit.seats.hold(*NEW, of=WHO, now=NOW, until=NOW + timedelta(minutes=5))
        unit.commit()
    assert do_move(ready).done
    with ready.unit_of_work(write=False) as unit:
        assert unit.seats.held(WHO, now=NOW) is None


# --- confirmations -------------------------------------------------------------------------------


def pending(store: Store, task: str = "reschedule", minutes: int = 10) -> None:
    with store.unit_of_work() as unit:
        unit.conversations.create("c1", channel="web", locale="en", token_hash="t", at=NOW)
        until = NOW + timedelta(minutes=minutes)
        unit.confirmations.propose("yes", WHO, "c1", task, {}, at=NOW - timedelta(minutes=1), until=until)
        unit.commit()


def state(store: Store) -> str:
    with store.unit_of_work(write=False) as unit:
        found = unit.confirmations.get("yes")
    assert found is not None
    return found.state


def test_a_confirmation_is_used_up_by_the_change(ready: Store) -> None:
    pending(ready)
    assert do_move(ready, "yes", confirmation_id="yes").done
    assert state(ready) == "committed"
    assert do_move(ready, "yes", confirmation_id="yes").repeated


def test_a_refused_change_uses_up_its_confirmation_too(ready: Store) -> None:
    pending(ready)
    assert not do_move(ready, "yes", check=lambda _: Refusal("no"), confirmation_id="yes").done
    assert state(ready) == "refused"


@pytest.mark.parametrize(
    ("task", "minutes", "settled", "confirmation", "code"),
    [
        ("reschedule", 0, None, "yes", "confirmation_expired"),
        ("cancel_test", 10, None, "yes", "confirmation_unknown"),
        ("reschedule", 10, None, "other", "confirmation_unknown"),
        ("reschedule", 10, "declined", "yes", "confirmation_declined"),
    ],
)
def test_without_a_good_confirmation_nothing_is_done(
    ready: Store, task: str, minutes: int, settled: str | None, confirmation: str, code: str
) -> None:
    pending(ready, task, minutes)
    if settled is not None:
        with ready.unit_of_work() as unit:
            unit.confirmations.settle("yes", settled)
            unit.commit()
    before = person(ready), left(ready)
    change = do_move(ready, confirmation_id=confirmation)
    assert change.refusal is not None
    assert change.refusal.code == code
    assert (person(ready), left(ready)) == before


# --- undo ----------------------------------------------------------------------------------------

PUT_BACK = [kind for kind in DO if kind != "cancel_test"]


@pytest.mark.parametrize("kind", PUT_BACK)
def test_a_change_is_put_back(ready: Store, kind: str) -> None:
    before = left(ready)
    assert DO[kind](ready, "done").done
    back = undo(ready, order("back"), change_key="done", check=allow, mail=mails)
    assert back.done
    assert left(ready) == before
    if kind == "book":
        given_up = purchase(ready, "P-2").appointment
        assert given_up is not None
        assert given_up.status is AppointmentStatus.CANCELLED
    else:
        assert person(ready) == DANA
    assert [line.event.action for line in audit(ready)] == [kind, "undo"]
    assert sent(ready) == [kind, "undo"]
    again = undo(ready, order("back again"), change_key="done", check=allow)
    assert again.refusal is not None
    assert again.refusal.code == "already_undone"
    assert undo(ready, order("back"), change_key="done", check=allow).repeated


def test_what_can_be_put_back_is_put_back_once_by_ten_at_once(ready: Store) -> None:
    do_move(ready, "done")
    answers = at_once(10, lambda n: undo(ready, order(f"back{n % 2}"), change_key="done", check=allow))
    assert sum(a.done and not a.repeated for a in answers) == 1
    assert person(ready) == DANA


def test_cancelling_a_test_cannot_be_undone(ready: Store) -> None:
    do_cancel_test(ready, "done")
    before = person(ready)
    change = undo(ready, order("back"), change_key="done", check=allow)
    assert change.refusal is not None
    assert change.refusal.code == "cannot_be_undone"
    assert person(ready) == before


@pytest.mark.parametrize("kind", ["reschedule", "cancel_appointment"])
def test_a_change_is_not_put_back_once_the_old_slot_is_taken(ready: Store, kind: str) -> None:
    DO[kind](ready, "done")
    after = person(ready)
    with ready.unit_of_work() as unit:
        assert unit.seats.take(*OLD, of=BARE.ase_id, now=NOW)
        unit.commit()
    change = undo(ready, order("back"), change_key="done", check=allow)
    assert change.refusal is not None
    assert change.refusal.code == "seat_taken"
    assert person(ready) == after


def test_only_ones_own_and_only_what_was_done_is_put_back(ready: Store) -> None:
    do_move(ready, "done")
    do_cancel(ready, "refused", check=lambda _: Refusal("no"))
    for key, who in (("done", BARE.ase_id), ("refused", WHO), ("never", WHO)):
        change = undo(ready, order(f"back {key}", who), change_key=key, check=allow)
        assert change.refusal is not None
        assert change.refusal.code == "nothing_to_undo"


@pytest.mark.parametrize(
    ("kind", "then"),
    [
        ("book", "book"),
        ("reschedule", "reschedule"),
        ("cancel_appointment", "cancel_appointment"),
        ("change_address", "change_address"),
    ],
)
def test_a_change_is_not_put_back_over_a_later_one(ready: Store, kind: str, then: str) -> None:
    DO[kind](ready, "done")
    if then == "change_address":
        change_address(ready, order("later"), address=BACK, was=ADDRESS, on=TODAY, check=allow)
    elif then == "cancel_appointment":
        book(ready, order("later"), purchase_id="P-1", site="HNL-01", starts_at=SEATS[2].starts_at, check=allow)
    else:
        booked = purchase(ready, "P-2" if kind == "book" else "P-1").appointment
        assert booked is not None
        cancel_appointment(
            ready, order("later"), appointment_id=booked.id, was=(booked.site, booked.starts_at), check=allow
        )
    after = person(ready)
    change = undo(ready, order("back"), change_key="done", check=allow)
    assert change.refusal is not None
    assert change.refusal.code == "changed_since_preview"
    assert person(ready) == after


BACK = Address("1 Elm St", "Joliet", "IL", "60432", "US")


# --- a crash at every step -----------------------------------------------------------------------


class Crash(Exception):
    """Something broke that nobody expected."""


@pytest.fixture
def crash_at(ready: Store) -> Iterator[Callable[[int | None], list[str]]]:
    """Makes the store fail after its n-th statement; without n, only counts them."""
    seen: list[str] = []
    armed: list[int | None] = [None]

    def after(_c: Any, _cursor: Any, statement: str, _p: Any, _x: Any, _m: bool) -> None:
        seen.append(statement)
        if armed[0] is not None and len(seen) == armed[0]:
            raise Crash

    def arm(number: int | None) -> list[str]:
        seen.clear()
        armed[0] = number
        return seen

    event.listen(ready.engine, "after_cursor_execute", after)
    yield arm
    event.remove(ready.engine, "after_cursor_execute", after)


@pytest.mark.parametrize("kind", [*DO, "undo"])
def test_a_crash_at_any_step_changes_nothing_and_the_next_try_succeeds(
    ready: Store, crash_at: Callable[[int | None], list[str]], kind: str
) -> None:
    def act() -> Change:
        if kind == "undo":
            return undo(ready, order("back"), change_key="done", check=allow, mail=mails)
        return DO[kind](ready)

    if kind == "undo":
        do_move(ready, "done")
    seen = crash_at(None)
    with pytest.raises(Crash), counting(ready):
        act()
    steps = len(seen)
    assert steps >= 10
    crash_at(None)
    before = everything(ready)
    for step in range(1, steps + 1):
        crash_at(step)
        with pytest.raises(Crash):
            act()
        crash_at(None)
        assert everything(ready) == before, step
    assert act().done
    assert len(audit(ready)) == (2 if kind == "undo" else 1)


class counting:
    """Lets everything happen up to the commit, then crashes."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def __enter__(self) -> None:
        event.listen(self.store.engine, "commit", self.crash)

    def __exit__(self, *_: object) -> None:
        event.remove(self.store.engine, "commit", self.crash)

    def crash(self, _connection: object) -> None:
        raise Crash


@pytest.mark.parametrize("stored", [True, False])
def test_a_database_that_goes_away_in_the_act_is_asked_what_it_kept(ready: Store, stored: bool) -> None:
    losses = [1]

    def lose(connection: Any) -> None:
        if losses.pop() if losses else 0:
            if stored:
                connection.connection.dbapi_connection.commit()
            raise OperationalError("COMMIT", None, Exception("connection lost"))

    event.listen(ready.engine, "commit", lose)
    change = do_move(ready)
    event.remove(ready.engine, "commit", lose)
    assert change.done
    assert change.repeated is stored
    assert len(audit(ready)) == 1
    assert sent(ready) == ["reschedule"]


def test_there_was_enough_to_try() -> None:
    assert len(DO) >= 6
    assert len(PUT_BACK) >= 5

"""Everything that writes, at once: nobody waits in a circle and nothing is refused for being busy."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.rules.facts import AppointmentStatus
from bot.store import Store
from bot.store.changes import Order, move
from bot.store.records_io import known_tests, load_document, show_person
from bot.store.values import Line
from tests.store.facts import DANA, NOW, SEATS, fill
from tests.threads import at_once

HOME = ("CHI-01", datetime(2026, 3, 10, 9))
SLOTS = [HOME, *((seat.site, seat.starts_at) for seat in SEATS)]
ROUNDS = 12


def test_all_kinds_of_writers_at_once(store: Store) -> None:
    fill(store)
    with store.unit_of_work() as unit:
        unit.conversations.create("c1", channel="web", locale="en", token_hash="t", at=NOW)
        unit.commit()
    catalogue, clock = known_tests(), Clock(NOW)
    seats = [{"site": s.site, "starts_at": s.starts_at.isoformat(), "capacity": 5} for s in reversed(SEATS)]
    until = NOW + timedelta(minutes=5)

    def move_about(number: int) -> None:
        with store.unit_of_work(write=False) as unit:
            person = unit.records.person(DANA.ase_id)
        assert person is not None
        booked = person.candidate.purchases[0].appointment
        assert booked is not None
        site, starts_at = SLOTS[number % len(SLOTS)]
        move(
            store,
            Order(f"{threading.get_ident()} {number}", DANA.ase_id, NOW, NOW),
            appointment_id="AP-1",
            was=(booked.site, booked.starts_at),
            site=site,
            starts_at=starts_at,
            check=lambda _: None,
        )

    def hold(number: int) -> None:
        with store.unit_of_work() as unit:
            unit.seats.hold(*SLOTS[number % len(SLOTS)], of=DANA.ase_id, now=NOW, until=until)
            unit.commit()

    def propose(number: int) -> None:
        with store.unit_of_work() as unit:
            name = f"{threading.get_ident()} {number}"
            unit.confirmations.propose(name, DANA.ase_id, "c1", "book", {}, at=NOW, until=until)
            unit.conversations.append("c1", number, [Line("assistant", NOW, "x", "x")])
            unit.commit()

    def load(_: int) -> None:
        document = show_person(store, DANA.ase_id)
        assert document is not None
        load_document(store, document | {"seats": seats}, clock, catalogue)

    writers = (move_about, move_about, hold, hold, propose, propose, load)

    def rounds(writer: int) -> None:
        for number in range(ROUNDS):
            writers[writer](number)

    at_once(len(writers), rounds)
    with store.unit_of_work(write=False) as unit:
        person = unit.records.person(DANA.ase_id)
        assert person is not None
        booked = person.candidate.purchases[0].appointment
        assert booked is not None
        assert booked.status is AppointmentStatus.BOOKED
        assert unit.audit.verify().whole
        assert len(unit.conversations.messages_after("c1")) == 2 * ROUNDS

"""Putting a change back, where that is possible at all.

A booking is given up, a move goes back, a given-up appointment is booked again, an address becomes what it was, an
order of duplicates is withdrawn while it has not been sent. Cancelling a test cannot be undone: money is owed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from bot.rules.facts import AppointmentStatus, Candidate, Site
from bot.store.changes.appointments import give_up, take
from bot.store.changes.data import address_from, booked_of, purchase_data, purchase_of, slot_of
from bot.store.changes.orders import address_state
from bot.store.changes.transaction import Change, Check, Notices, Order, Refused, Work, carry_out, no_notices
from bot.store.repositories.seats import Slot
from bot.store.values import Json, StoredChange

if TYPE_CHECKING:
    from bot.store.store import Store, UnitOfWork

Sites = Mapping[str, Site]

UNDOABLE = ("book", "reschedule", "cancel_appointment", "change_address", "duplicate_certificate")
"""The kinds of change that can be put back."""


def undo(store: Store, order: Order, *, change_key: str, check: Check, notices: Notices = no_notices) -> Change:
    """Put back the change with that key.

    Refusals of its own: `nothing_to_undo`, `already_undone`, `cannot_be_undone`, `changed_since_preview` (something
    else happened since), `seat_taken` (the old slot is no longer free).
    """

    def work(unit: UnitOfWork, candidate: Candidate) -> Work:
        stored = unit.done.change(change_key)
        if stored is None or stored.ase_id != order.ase_id or "refusal" in stored.outcome:
            raise Refused("nothing_to_undo")
        if stored.undone_by is not None:
            raise Refused("already_undone")
        if stored.kind not in UNDOABLE:
            raise Refused("cannot_be_undone")
        wanted, touched = _slots(stored)

        def perform(unit: UnitOfWork, candidate: Candidate, sites: Sites) -> tuple[Json, Json]:
            before, after = _put_back(unit, order, stored, candidate, sites)
            if not unit.done.mark_undone(change_key, order.key):
                raise Refused("already_undone")
            return before, {**after, "undone": stored.kind}

        return Work("undo", {}, check, perform, wanted, touched)

    return carry_out(store, order, work, notices, kind="undo", request={"change": change_key})


def _slots(stored: StoredChange) -> tuple[Slot | None, tuple[Slot, ...]]:
    """The slot that putting back needs, and all it changes."""
    before, after = (stored.outcome[side].get("appointment") for side in ("before", "after"))
    touched = tuple(slot_of(each) for each in (before, after) if each is not None)
    needs = before is not None and stored.kind in ("reschedule", "cancel_appointment")
    return (slot_of(before) if needs else None), touched


def _put_back(
    unit: UnitOfWork, order: Order, stored: StoredChange, candidate: Candidate, sites: Sites
) -> tuple[Json, Json]:
    before, after = stored.outcome["before"], stored.outcome["after"]
    match stored.kind:
        case "book":
            purchase, booked = booked_of(candidate, after["appointment"]["id"], slot_of(after["appointment"]))
            return after, purchase_data(purchase, give_up(unit, order, booked, sites))
        case "reschedule":
            return after, _move_back(unit, order, before, after, candidate, sites)
        case "cancel_appointment":
            return after, _book_again(unit, order, before, candidate)
        case "change_address":
            return after, _old_address(unit, order, before, after, candidate)
        case _:
            if unit.done.withdraw_duplicates(stored.key) == 0:
                raise Refused("cannot_be_undone")
            return after, {**after, "withdrawn": True}


def _move_back(unit: UnitOfWork, order: Order, before: Json, after: Json, candidate: Candidate, sites: Sites) -> Json:
    old, new = slot_of(before["appointment"]), slot_of(after["appointment"])
    purchase, booked = booked_of(candidate, after["appointment"]["id"], new)
    if old != new:
        take(unit, order, old)
        if not unit.bookings.move(order.ase_id, booked.id, new, sites[old[0]], old[1]):
            raise Refused("changed_since_preview")
        unit.seats.give_back(sites[new[0]], new[1])
    return purchase_data(purchase, replace(booked, site=old[0], starts_at=old[1]))


def _book_again(unit: UnitOfWork, order: Order, before: Json, candidate: Candidate) -> Json:
    purchase = purchase_of(candidate, before["purchase_id"])
    given_up = purchase.appointment
    if (
        given_up is None
        or given_up.id != before["appointment"]["id"]
        or given_up.status is not AppointmentStatus.CANCELLED
        or purchase.cancelled_on is not None
    ):
        raise Refused("changed_since_preview", purchase_data(purchase, given_up))
    slot = slot_of(before["appointment"])
    take(unit, order, slot)
    if not unit.bookings.restore(order.ase_id, given_up.id, slot):
        raise Refused("changed_since_preview")
    return purchase_data(purchase, replace(given_up, status=AppointmentStatus.BOOKED))


def _old_address(unit: UnitOfWork, order: Order, before: Json, after: Json, candidate: Candidate) -> Json:
    then = before["address_changed_on"]
    changed_on = None if then is None else date.fromisoformat(then)
    now = address_state(candidate.address, candidate.address_changed_on)
    old, new = address_from(before["address"]), address_from(after["address"])
    if now != after or not unit.bookings.change_address(order.ase_id, new, old, changed_on):
        raise Refused("changed_since_preview", now)
    return before

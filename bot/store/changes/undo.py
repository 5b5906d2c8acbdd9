"""Putting a change back, where that is possible at all.

A booking is given up, a move goes back, a given-up appointment is booked again, an address becomes what it was, an
order of duplicates is withdrawn while it has not been sent. Cancelling a test cannot be undone: money is owed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from bot.changes.kinds import KINDS
from bot.rules.facts import AppointmentStatus, Candidate, Site
from bot.store.changes.appointments import give_up, one_at_a_time, take
from bot.store.changes.data import address_from, booked_of, purchase_data, purchase_of, slot_of
from bot.store.changes.orders import address_state
from bot.store.changes.transaction import Change, ChangeMail, Check, Order, Refused, Work, carry_out, no_mail
from bot.store.values import Json, StoredChange

if TYPE_CHECKING:
    from bot.store.store import Store, UnitOfWork

Sites = Mapping[str, Site]


def undo(store: Store, order: Order, *, change_key: str, check: Check, mail: ChangeMail = no_mail) -> Change:
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
        kind = KINDS.get(stored.kind)
        how = kind.undo if kind is not None else None
        if how is None:
            raise Refused("cannot_be_undone")
        before, after = (stored.outcome[side].get("appointment") for side in ("before", "after"))
        touched = tuple(slot_of(each) for each in (before, after) if each is not None)
        wanted = slot_of(before) if how.old_seat and before is not None else None

        def perform(unit: UnitOfWork, candidate: Candidate, sites: Sites) -> tuple[Json, Json]:
            now = how.put_back(_InStore(unit, order, stored, candidate, sites))
            if not unit.done.mark_undone(change_key, order.key):
                raise Refused("already_undone")
            return stored.outcome["after"], {**now, "undone": stored.kind}

        return Work("undo", {}, check, perform, wanted, touched)

    return carry_out(store, order, work, mail, kind="undo", request={"change": change_key})


@dataclass(frozen=True, slots=True)
class _InStore:
    """What putting back one stored change is, within its transaction. Raises Refused where something has changed."""

    unit: UnitOfWork
    order: Order
    stored: StoredChange
    candidate: Candidate
    sites: Sites

    @property
    def _before(self) -> Json:
        found: Json = self.stored.outcome["before"]
        return found

    @property
    def _after(self) -> Json:
        found: Json = self.stored.outcome["after"]
        return found

    def give_up_again(self) -> Json:
        made = self._after["appointment"]
        purchase, booked = booked_of(self.candidate, made["id"], slot_of(made))
        return purchase_data(purchase, give_up(self.unit, self.order, booked, self.sites))

    def move_back(self) -> Json:
        old, new = slot_of(self._before["appointment"]), slot_of(self._after["appointment"])
        purchase, booked = booked_of(self.candidate, self._after["appointment"]["id"], new)
        if old != new:
            take(self.unit, self.order, old)
            one_at_a_time(self.candidate, self.sites, old, but=booked.id)
            if not self.unit.bookings.move(self.order.ase_id, booked.id, new, self.sites[old[0]], old[1]):
                raise Refused("changed_since_preview")
            self.unit.seats.give_back(self.sites[new[0]], new[1])
        return purchase_data(purchase, replace(booked, site=old[0], starts_at=old[1]))

    def book_again(self) -> Json:
        purchase = purchase_of(self.candidate, self._before["purchase_id"])
        given_up = purchase.appointment
        if (
            given_up is None
            or given_up.id != self._before["appointment"]["id"]
            or given_up.status is not AppointmentStatus.CANCELLED
            or purchase.cancelled_on is not None
        ):
            raise Refused("changed_since_preview", purchase_data(purchase, given_up))
        slot = slot_of(self._before["appointment"])
        take(self.unit, self.order, slot)
        one_at_a_time(self.candidate, self.sites, slot)
        if not self.unit.bookings.restore(self.order.ase_id, given_up.id, slot):
            raise Refused("changed_since_preview")
        return purchase_data(purchase, replace(given_up, status=AppointmentStatus.BOOKED))

    def restore_address(self) -> Json:
        before, after, candidate = self._before, self._after, self.candidate
        then = before["address_changed_on"]
        changed_on = None if then is None else date.fromisoformat(then)
        now = address_state(candidate.address, candidate.address_changed_on)
        old, new = address_from(before["address"]), address_from(after["address"])
        if now != after or not self.unit.bookings.change_address(self.order.ase_id, new, old, changed_on):
            raise Refused("changed_since_preview", now)
        return before

    def withdraw_order(self) -> Json:
        if self.unit.done.withdraw_duplicates(self.stored.key) == 0:
            raise Refused("cannot_be_undone")
        return {**self._after, "withdrawn": True}

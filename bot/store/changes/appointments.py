"""Booking, moving and giving up an appointment; cancelling a test."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING

from bot.rules.facts import Appointment, AppointmentStatus, Candidate, Site
from bot.rules.state import booked_at
from bot.rules.time import instant_of, zone
from bot.store.changes.data import booked_of, purchase_data, purchase_of
from bot.store.changes.transaction import Change, ChangeMail, Check, Order, Refused, Work, carry_out, no_mail
from bot.store.repositories.seats import Slot
from bot.store.types import write_local
from bot.store.values import Json

if TYPE_CHECKING:
    from bot.store.store import Store, UnitOfWork

Sites = Mapping[str, Site]


def book(
    store: Store,
    order: Order,
    *,
    purchase_id: str,
    site: str,
    starts_at: datetime,
    check: Check,
    mail: ChangeMail = no_mail,
) -> Change:
    """Book a slot (local start at the site) for a bought test.

    Refusals of its own: `seat_taken`, `changed_since_preview`, `same_time` (they sit another test then).
    """

    def perform(unit: UnitOfWork, candidate: Candidate, sites: Sites) -> tuple[Json, Json]:
        purchase = purchase_of(candidate, purchase_id)
        had = purchase.appointment
        if purchase.cancelled_on is not None or (had and had.status is not AppointmentStatus.CANCELLED):
            raise Refused("changed_since_preview", purchase_data(purchase, had))
        take(unit, order, slot)
        booked = Appointment(new_appointment_id(), starts_at, site, AppointmentStatus.BOOKED)
        unit.bookings.book(order.ase_id, purchase_id, booked.id, sites[site], starts_at)
        return purchase_data(purchase, None), purchase_data(purchase, booked)

    request = {"purchase_id": purchase_id, "site": site, "starts_at": write_local(starts_at)}
    slot = (site, starts_at)
    work = Work("book", request, check, perform, slot, (slot,), partial(free_for, slot=slot, purchase_id=purchase_id))
    return carry_out(store, order, work, mail, kind=work.kind, request=request)


def move(
    store: Store,
    order: Order,
    *,
    appointment_id: str,
    was: Slot,
    site: str,
    starts_at: datetime,
    check: Check,
    mail: ChangeMail = no_mail,
) -> Change:
    """Move an appointment from the slot the preview showed to another: both slots change, or neither.

    Refusals of its own: `seat_taken`, `changed_since_preview`, `same_time` (they sit another test then), `no_change`
    (it is the slot they have).
    """

    def perform(unit: UnitOfWork, candidate: Candidate, sites: Sites) -> tuple[Json, Json]:
        purchase, booked = booked_of(candidate, appointment_id, was)
        take(unit, order, slot)
        now_at = (booked.site, booked.starts_at)
        if not unit.bookings.move(order.ase_id, appointment_id, now_at, sites[site], starts_at):
            raise Refused("changed_since_preview")
        unit.seats.give_back(sites[booked.site], booked.starts_at)
        moved = replace(booked, site=site, starts_at=starts_at)
        return purchase_data(purchase, booked), purchase_data(purchase, moved)

    request = {
        "appointment_id": appointment_id,
        "was": [was[0], write_local(was[1])],
        "site": site,
        "starts_at": write_local(starts_at),
    }
    slot = (site, starts_at)

    def first(candidate: Candidate, sites: Sites) -> None:
        own = next((p.id for p in candidate.purchases if p.appointment and p.appointment.id == appointment_id), None)
        free_for(candidate, sites, slot=slot, purchase_id=own, was=was)

    work = Work("reschedule", request, check, perform, slot, (slot, was), first)
    return carry_out(store, order, work, mail, kind=work.kind, request=request)


def cancel_appointment(
    store: Store,
    order: Order,
    *,
    appointment_id: str,
    was: Slot,
    check: Check,
    mail: ChangeMail = no_mail,
) -> Change:
    """Give up an appointment that is where the preview showed it, keeping the test.

    Refusal of its own: `changed_since_preview`.
    """

    def perform(unit: UnitOfWork, candidate: Candidate, sites: Sites) -> tuple[Json, Json]:
        purchase, booked = booked_of(candidate, appointment_id, was)
        given_up = give_up(unit, order, booked, sites)
        return purchase_data(purchase, booked), purchase_data(purchase, given_up)

    request = {"appointment_id": appointment_id, "was": [was[0], write_local(was[1])]}
    work = Work("cancel_appointment", request, check, perform, None, (was,))
    return carry_out(store, order, work, mail, kind=work.kind, request=request)


def cancel_test(
    store: Store,
    order: Order,
    *,
    purchase_id: str,
    was: Slot | None,
    on: date,
    check: Check,
    refund: bool = True,
    mail: ChangeMail = no_mail,
) -> Change:
    """Cancel a bought test and its appointment (`was`, None: none), both or neither.

    `on` is the candidate's calendar day; `refund`: whether the rule says that money is owed.
    Refusal of its own: `changed_since_preview`.
    """

    def perform(unit: UnitOfWork, candidate: Candidate, sites: Sites) -> tuple[Json, Json]:
        purchase = purchase_of(candidate, purchase_id)
        booked = purchase.appointment
        if booked is not None and booked.status is not AppointmentStatus.BOOKED:
            booked = None
        now_at = None if booked is None else (booked.site, booked.starts_at)
        if purchase.cancelled_on is not None or now_at != was:
            raise Refused("changed_since_preview", purchase_data(purchase, purchase.appointment))
        given_up = None if booked is None else give_up(unit, order, booked, sites)
        if not unit.bookings.cancel_purchase(order.ase_id, purchase_id, on):
            raise Refused("changed_since_preview")
        if refund:
            unit.done.owe_refund(order.key, order.ase_id, purchase_id, at=order.now)
        before = {**purchase_data(purchase, booked), "cancelled_on": None, "refund": None}
        after = {
            **purchase_data(purchase, given_up),
            "cancelled_on": on.isoformat(),
            "refund": "due" if refund else None,
        }
        return before, after

    request = {
        "purchase_id": purchase_id,
        "was": None if was is None else [was[0], write_local(was[1])],
        "on": on.isoformat(),
        "refund": refund,
    }
    work = Work("cancel_test", request, check, perform, None, () if was is None else (was,))
    return carry_out(store, order, work, mail, kind=work.kind, request=request)


def take(unit: UnitOfWork, order: Order, slot: Slot) -> None:
    """Take a slot for the person, whose holds end. Raises Refused where nothing is left."""
    if not unit.seats.take(*slot, of=order.ase_id, now=order.now):
        raise Refused("seat_taken", {"site": slot[0], "starts_at": slot[1].isoformat()})
    unit.seats.release(order.ase_id)


def one_at_a_time(candidate: Candidate, sites: Sites, slot: Slot, but: str | None = None) -> None:
    """Nobody sits two tests at the same instant. Raises Refused; `but`: the appointment that is being moved."""
    at = instant_of(slot[1], zone(sites[slot[0]].time_zone))
    other = booked_at(candidate.purchases, sites, at, but)
    if other is not None:
        raise Refused("same_time", purchase_data(other, other.appointment))


def free_for(
    candidate: Candidate, sites: Sites, *, slot: Slot, purchase_id: str | None, was: Slot | None = None
) -> None:
    """Whether somebody can have a slot for a purchase at all, whatever the rules say. Raises Refused: `no_change` where
    it is the slot that its appointment was shown in, `same_time` where they sit another test then."""
    own = next((each for each in candidate.purchases if each.id == purchase_id), None)
    if was == slot:
        raise Refused("no_change", None if own is None else purchase_data(own, own.appointment))
    if slot[0] in sites:
        booked = None if own is None else own.appointment
        one_at_a_time(candidate, sites, slot, but=None if booked is None else booked.id)


def clash(
    candidate: Candidate, sites: Sites, slot: Slot, purchase_id: str | None, was: Slot | None = None
) -> str | None:
    """The code with which `free_for` refuses; None where the slot can be had."""
    try:
        free_for(candidate, sites, slot=slot, purchase_id=purchase_id, was=was)
    except Refused as refused:
        return refused.refusal.code
    return None


def give_up(unit: UnitOfWork, order: Order, booked: Appointment, sites: Sites) -> Appointment:
    """Cancel an appointment and give its slot back. Raises Refused where it is gone."""
    if not unit.bookings.cancel(order.ase_id, booked.id, (booked.site, booked.starts_at)):
        raise Refused("changed_since_preview")
    unit.seats.give_back(sites[booked.site], booked.starts_at)
    return replace(booked, status=AppointmentStatus.CANCELLED)


def new_appointment_id() -> str:
    """An id of its own for an appointment booked here."""
    return f"AP-{secrets.token_hex(4).upper()}"

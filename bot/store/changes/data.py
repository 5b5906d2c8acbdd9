"""Purchases, appointments and addresses as the plain data that answers, audit and mail carry."""

from __future__ import annotations

from datetime import datetime

from bot.rules.facts import Address, Appointment, AppointmentStatus, Candidate, Purchase
from bot.store.changes.transaction import Refused
from bot.store.repositories.seats import Slot
from bot.store.values import Json


def purchase_data(purchase: Purchase, appointment: Appointment | None) -> Json:
    """A purchase with the appointment it has (or had, or gets)."""
    return {
        "purchase_id": purchase.id,
        "test": purchase.test,
        "appointment": None if appointment is None else appointment_data(appointment),
    }


def appointment_data(appointment: Appointment) -> Json:
    """An appointment; the start is local at the site, in ISO form (`fold`: the second of two equal times)."""
    return {
        "id": appointment.id,
        "site": appointment.site,
        "starts_at": appointment.starts_at.isoformat(),
        "status": appointment.status.value,
        **({"fold": 1} if appointment.starts_at.fold else {}),
    }


def slot_of(appointment: Json) -> Slot:
    """The slot an appointment (as plain data) takes."""
    return appointment["site"], datetime.fromisoformat(appointment["starts_at"]).replace(
        fold=appointment.get("fold", 0)
    )


def address_data(address: Address | None) -> Json | None:
    """An address with all its fields."""
    if address is None:
        return None
    return {
        "line1": address.line1,
        "line2": address.line2,
        "city": address.city,
        "region": address.region,
        "postal_code": address.postal_code,
        "country": address.country,
    }


def address_from(data: Json | None) -> Address | None:
    """The address behind its plain data."""
    return None if data is None else Address(**data)


def purchase_of(candidate: Candidate, purchase_id: str) -> Purchase:
    """A purchase by id. Raises Refused where it is gone."""
    for purchase in candidate.purchases:
        if purchase.id == purchase_id:
            return purchase
    raise Refused("changed_since_preview")


def booked_of(candidate: Candidate, appointment_id: str, was: Slot) -> tuple[Purchase, Appointment]:
    """A booked appointment that still is where the preview showed it. Raises Refused with how it is now."""
    for purchase in candidate.purchases:
        booked = purchase.appointment
        if booked is None or booked.id != appointment_id:
            continue
        if booked.status is AppointmentStatus.BOOKED and (booked.site, booked.starts_at) == was:
            return purchase, booked
        raise Refused("changed_since_preview", purchase_data(purchase, booked))
    raise Refused("changed_since_preview")

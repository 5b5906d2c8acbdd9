"""Between rows and the frozen facts that rules read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from bot.rules.facts import (
    Accommodation,
    AccommodationStatus,
    Address,
    Appointment,
    AppointmentStatus,
    Candidate,
    Certification,
    ExperienceStatus,
    Name,
    PaidBy,
    Purchase,
    Result,
    ResultOutcome,
    Site,
    WorkExperience,
)
from bot.store.models import CandidateRow
from bot.store.values import Json

AnyRow = Row[Any]

_LOCK = (
    select(CandidateRow.ase_id)
    .where(CandidateRow.ase_id.in_(bindparam("ids", expanding=True)))
    .order_by(CandidateRow.ase_id)
    .with_for_update(key_share=True)
)


def lock_people(connection: Connection, *ids: str) -> set[str]:
    """Keep other writers off these people until the end of the unit of work; those that exist.

    Whoever changes anything of a person does this first, before slots are locked, so that writers never wait for
    each other in a circle.
    """
    return set(connection.execute(_LOCK, {"ids": ids}).scalars())


def candidate_columns(candidate: Candidate) -> Json:
    """The columns of a candidate's own row, without the version."""
    name, address = candidate.name, candidate.address
    experience, accommodation = candidate.work_experience, candidate.accommodation
    return {
        "ase_id": candidate.ase_id,
        "first_name": name.first if name else None,
        "last_name": name.last if name else None,
        "email": candidate.email,
        "phone": candidate.phone,
        "time_zone": candidate.time_zone,
        **address_columns(address),
        "address_changed_on": candidate.address_changed_on,
        "experience_status": experience.status.value,
        "experience_submitted_on": experience.submitted_on,
        "experience_decided_on": experience.decided_on,
        "accommodation_status": accommodation.status.value,
        "accommodation_submitted_on": accommodation.submitted_on,
        "accommodation_decided_on": accommodation.decided_on,
    }


def address_columns(address: Address | None) -> Json:
    """The columns of an address, all empty without one."""
    return {
        "address_line1": address.line1 if address else None,
        "address_line2": address.line2 if address else None,
        "address_city": address.city if address else None,
        "address_region": address.region if address else None,
        "address_postal_code": address.postal_code if address else None,
        "address_country": address.country if address else None,
    }


def candidate_of(row: AnyRow, purchases: Iterable[Purchase], certifications: Iterable[Certification]) -> Candidate:
    """A candidate from its row and what belongs to it."""
    return Candidate(
        ase_id=row.ase_id,
        name=Name(row.first_name, row.last_name) if row.first_name is not None else None,
        email=row.email,
        phone=row.phone,
        time_zone=row.time_zone,
        address=address_of(row),
        address_changed_on=row.address_changed_on,
        work_experience=WorkExperience(
            ExperienceStatus(row.experience_status), row.experience_submitted_on, row.experience_decided_on
        ),
        accommodation=Accommodation(
            AccommodationStatus(row.accommodation_status),
            row.accommodation_submitted_on,
            row.accommodation_decided_on,
        ),
        purchases=tuple(purchases),
        certifications=tuple(certifications),
    )


def address_of(row: AnyRow) -> Address | None:
    """The address in a candidate's row."""
    if row.address_line1 is None:
        return None
    return Address(
        line1=row.address_line1,
        city=row.address_city,
        region=row.address_region,
        postal_code=row.address_postal_code,
        country=row.address_country,
        line2=row.address_line2,
    )


def appointment_of(row: AnyRow) -> Appointment:
    """An appointment from its row."""
    return Appointment(row.id, row.starts_at, row.site_id, AppointmentStatus(row.status))


def site_of(row: AnyRow) -> Site:
    """A test centre from its row."""
    return Site(row.id, row.name, row.city, row.region, row.country, row.time_zone)


def purchases_of(purchases: Iterable[AnyRow], appointments: Iterable[AnyRow]) -> list[Purchase]:
    """One person's purchases, in the order of the file; each row of a purchase carries its result, if there is one.

    Of several appointments of one purchase, the one that is not cancelled counts, else the newest.
    """
    counted: dict[str, AnyRow] = {}
    for row in appointments:
        other = counted.get(row.purchase_id)
        if other is None or _counts_more(row) > _counts_more(other):
            counted[row.purchase_id] = row
    found = []
    for row in sorted(purchases, key=lambda row: row.position):
        appointment = counted.get(row.id)
        found.append(
            Purchase(
                id=row.id,
                test=row.test,
                purchased_on=row.purchased_on,
                paid_by=PaidBy(row.paid_by),
                cancelled_on=row.cancelled_on,
                appointment=appointment_of(appointment) if appointment else None,
                result=Result(ResultOutcome(row.outcome), row.taken_on, row.posted_on) if row.outcome else None,
            )
        )
    return found


def _counts_more(row: AnyRow) -> tuple[bool, int]:
    return (row.status != AppointmentStatus.CANCELLED, row.number)

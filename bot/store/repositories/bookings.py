"""Changes to what a person has, each compared with what the caller believes is there.

Every method that returns a bool changed nothing when it returns False: somebody else was there first.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from bot.rules.facts import Address, AppointmentStatus, Site
from bot.rules.time import instant_of, zone
from bot.store.models import AppointmentRow, CandidateRow, PurchaseRow
from bot.store.repositories.people import address_columns
from bot.store.repositories.seats import Slot

# Statements of a change, built once.
_NEXT_NUMBER = select(func.coalesce(func.max(AppointmentRow.number), 0) + 1).where(
    AppointmentRow.ase_id == bindparam("ase_id"), AppointmentRow.purchase_id == bindparam("purchase_id")
)
_ADD = insert(AppointmentRow)


class BookingRepository:
    """Appointments, purchases and the address of one person at a time. Seats are not touched here."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def book(self, ase_id: str, purchase_id: str, appointment_id: str, site: Site, starts_at: datetime) -> None:
        """A new appointment of a purchase. ConstraintRefused where one that is not cancelled is there."""
        whose = {"ase_id": ase_id, "purchase_id": purchase_id}
        number = self._connection.execute(_NEXT_NUMBER, whose).scalar_one()
        self._connection.execute(
            _ADD,
            {
                **whose,
                "id": appointment_id,
                "number": number,
                "site_id": site.id,
                "starts_at": starts_at,
                "starts_utc": instant_of(starts_at, zone(site.time_zone)),
                "status": AppointmentStatus.BOOKED.value,
            },
        )

    def move(self, ase_id: str, appointment_id: str, was: Slot, site: Site, starts_at: datetime) -> bool:
        """Move a booked appointment that still is where it was."""
        return self._appointment(
            ase_id,
            appointment_id,
            was,
            AppointmentStatus.BOOKED,
            site_id=site.id,
            starts_at=starts_at,
            starts_utc=instant_of(starts_at, zone(site.time_zone)),
        )

    def cancel(self, ase_id: str, appointment_id: str, was: Slot) -> bool:
        """Give up a booked appointment that still is where it was."""
        cancelled = AppointmentStatus.CANCELLED.value
        return self._appointment(ase_id, appointment_id, was, AppointmentStatus.BOOKED, status=cancelled)

    def restore(self, ase_id: str, appointment_id: str, was: Slot) -> bool:
        """Book again what was given up. ConstraintRefused where the purchase has another one by now."""
        booked = AppointmentStatus.BOOKED.value
        return self._appointment(ase_id, appointment_id, was, AppointmentStatus.CANCELLED, status=booked)

    def cancel_purchase(self, ase_id: str, purchase_id: str, on: date) -> bool:
        """Cancel a bought test that is not cancelled."""
        changed = self._connection.execute(
            update(PurchaseRow)
            .where(
                PurchaseRow.ase_id == ase_id,
                PurchaseRow.id == purchase_id,
                PurchaseRow.cancelled_on.is_(None),
            )
            .values(cancelled_on=on)
        )
        return changed.rowcount == 1

    def change_address(
        self, ase_id: str, was: Address | None, address: Address | None, changed_on: date | None
    ) -> bool:
        """Change an address that still is what it was, and the day of its last change."""
        unchanged = [
            getattr(CandidateRow, name).is_not_distinct_from(value) for name, value in address_columns(was).items()
        ]
        changed = self._connection.execute(
            update(CandidateRow)
            .where(CandidateRow.ase_id == ase_id, *unchanged)
            .values(**address_columns(address), address_changed_on=changed_on)
        )
        return changed.rowcount == 1

    def _appointment(
        self, ase_id: str, appointment_id: str, was: Slot, state: AppointmentStatus, **values: Any
    ) -> bool:
        changed = self._connection.execute(
            update(AppointmentRow)
            .where(
                AppointmentRow.ase_id == ase_id,
                AppointmentRow.id == appointment_id,
                AppointmentRow.site_id == was[0],
                AppointmentRow.starts_at == was[1],
                AppointmentRow.status == state.value,
            )
            .values(version=AppointmentRow.version + 1, **values)
        )
        return changed.rowcount == 1

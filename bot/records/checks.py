"""Facts held against each other: what cannot be true together, or not yet, is a fault of the file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from bot.records.faults import Fault
from bot.records.fields import Fields
from bot.rules.facts import Accommodation, AppointmentStatus, Candidate, Purchase, ResultOutcome, Site, WorkExperience
from bot.rules.state import at_one_instant
from bot.rules.time import zone


@dataclass(frozen=True, slots=True)
class Checks:
    """How facts are checked. With `as_of` (aware), what is dated after that day is a fault."""

    as_of: datetime | None = None
    default_zone: str = "America/New_York"

    def today(self, time_zone: str | None) -> date | None:
        """The day it is for somebody in that zone; None where no day is too late."""
        if self.as_of is None:
            return None
        return self.as_of.astimezone(zone(time_zone or self.default_zone)).date()


def check_purchase(fields: Fields, purchase: Purchase, path: str, today: date | None) -> None:
    """Note what is inconsistent in a purchase, and with `today` what is dated later than that."""
    cancelled, result, appointment = purchase.cancelled_on, purchase.result, purchase.appointment
    check_day(fields, purchase.purchased_on, f"{path}.purchased_on", today)
    check_day(fields, cancelled, f"{path}.cancelled_on", today)
    if cancelled is not None and cancelled < purchase.purchased_on:
        fields.fault(f"{path}.cancelled_on", "is before the test was bought")
    if result is None:
        return
    check_day(fields, result.taken_on, f"{path}.result.taken_on", today)
    check_day(fields, result.posted_on, f"{path}.result.posted_on", today)
    if result.taken_on < purchase.purchased_on:
        fields.fault(f"{path}.result.taken_on", "is before the test was bought")
    if result.posted_on is not None and result.posted_on < result.taken_on:
        fields.fault(f"{path}.result.posted_on", "is before the test was taken")
    if appointment is None:
        return
    missed = result.outcome is ResultOutcome.NO_SHOW
    if missed and appointment.status is AppointmentStatus.KEPT:
        fields.fault(f"{path}.result.outcome", "no_show, but the appointment was kept")
    if not missed and appointment.status is AppointmentStatus.NO_SHOW:
        fields.fault(f"{path}.result.outcome", f"{result.outcome.value}, but the appointment was missed")


def check_request(fields: Fields, request: WorkExperience | Accommodation, path: str, today: date | None) -> None:
    """Note what is wrong with the days of something that was submitted and decided."""
    submitted, decided = request.submitted_on, request.decided_on
    check_day(fields, submitted, f"{path}.submitted_on", today)
    check_day(fields, decided, f"{path}.decided_on", today)
    if submitted is not None and decided is not None and decided < submitted:
        fields.fault(f"{path}.decided_on", "is before it was submitted")


def check_day(fields: Fields, day: date | None, path: str, today: date | None) -> None:
    """Note a fact that is dated after today."""
    if today is not None and day is not None and day > today:
        fields.fault(path, f"{day.isoformat()} is after today, {today.isoformat()}")


def two_at_once(candidates: Iterable[Candidate], sites: Mapping[str, Site]) -> tuple[Fault, ...]:
    """What loads, and should not be: people with two live appointments at the same instant."""
    return tuple(
        Fault(
            candidate.ase_id,
            f"{one.test} ({one.id}) and {other.test} ({other.id}) start at the same time, {_start(one)}",
        )
        for candidate in candidates
        for one, other in at_one_instant(candidate.purchases, sites)
    )


def _start(purchase: Purchase) -> str:
    booked = purchase.appointment
    return f"{booked.starts_at:%Y-%m-%d %H:%M} at {booked.site}" if booked is not None else ""


def check_people(fields: Fields, candidates: Iterable[tuple[str, Candidate]]) -> None:
    """Note people that are in one file twice. Ids of purchases and appointments are each person's own."""
    people: set[str] = set()
    for path, candidate in candidates:
        if candidate.ase_id and candidate.ase_id in people:
            fields.fault(f"{path}.ase_id", f"{candidate.ase_id} is here twice")
        people.add(candidate.ase_id)

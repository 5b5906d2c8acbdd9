"""People and places the store's tests are about."""

from __future__ import annotations

from datetime import UTC, date, datetime

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
    Seat,
    Site,
    WorkExperience,
)
from bot.store import Store

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)

CHICAGO = Site("CHI-01", "Chicago North", "Chicago", "IL", "US", "America/Chicago")
HONOLULU = Site("HNL-01", "Honolulu", "Honolulu", "HI", "US", "Pacific/Honolulu")
TORONTO = Site("YYZ-01", "Toronto", "Toronto", "ON", "CA", "America/Toronto")

SEATS = (
    Seat("CHI-01", datetime(2026, 3, 20, 13, 0), 2),
    Seat("CHI-01", datetime(2026, 3, 21, 9, 0), 1),
    Seat("HNL-01", datetime(2026, 3, 20, 9, 0), 1),
)

DANA = Candidate(
    ase_id="ASE-1000-0001",
    name=Name("Dana", "Reyes"),
    email="dana@example.org",
    phone="+13125550101",
    time_zone="America/Chicago",
    address=Address("1 Main St", "Aurora", "IL", "60505", "US", line2="Apt 4"),
    address_changed_on=date(2026, 2, 1),
    work_experience=WorkExperience(ExperienceStatus.APPROVED, date(2025, 1, 1), date(2025, 2, 1)),
    accommodation=Accommodation(AccommodationStatus.IN_REVIEW, date(2026, 2, 1)),
    purchases=(
        Purchase(
            "P-1",
            "A5",
            date(2026, 1, 10),
            appointment=Appointment("AP-1", datetime(2026, 3, 10, 9), "CHI-01", AppointmentStatus.BOOKED),
        ),
        Purchase("P-2", "A6", date(2026, 1, 10), PaidBy.OTHER),
        Purchase(
            "P-3",
            "A1",
            date(2025, 6, 1),
            appointment=Appointment("AP-3", datetime(2025, 7, 1, 9), "HNL-01", AppointmentStatus.KEPT),
            result=Result(ResultOutcome.PASS, date(2025, 7, 1), date(2025, 7, 3)),
        ),
    ),
    certifications=(Certification("A5", date(2021, 5, 1)), Certification("A1", date(2025, 7, 1))),
)

BARE = Candidate("ASE-1000-0002")


def fill(store: Store, *candidates: Candidate) -> None:
    """Put the sites, the seats and these people (Dana, if none is named) into the store."""
    with store.unit_of_work() as unit:
        unit.records.put_sites((CHICAGO, HONOLULU, TORONTO))
        unit.seats.put(SEATS)
        unit.records.put_candidates(candidates or (DANA,))
        unit.commit()

"""Any case that a rule must be able to answer.

A case is built from one number rather than drawn piece by piece, which is many times faster; the number of a case
that fails is enough to build it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import TypeVar

from hypothesis import strategies as st

from bot.rules.case import Case
from bot.rules.facts import (
    Accommodation,
    AccommodationStatus,
    Appointment,
    AppointmentStatus,
    Candidate,
    Certification,
    ExperienceStatus,
    PaidBy,
    Purchase,
    Result,
    ResultOutcome,
    Seat,
    Subject,
    WorkExperience,
)
from bot.rules.state import change_by, start_instant
from bot.rules.time import start_of_day, zone
from tests.rules.literal import CATALOGUE, POLICY, SITES

T = TypeVar("T")

TESTS = ("A5", "A5", "A5", "A5R", "A5R", "A8", "L1", "L3", "T2", "X1", "G1")
CERTIFIED = ("A1", "A2", "A3", "A4", "A5", "A5R", "A6", "A7", "A8", "T2", "P1")
ZONES = (None, "America/Chicago", "America/New_York", "Pacific/Honolulu", "Pacific/Guam", "America/Havana")
SUPPOSED = {
    "change_cutoff.reading": ("wall_clock", "calendar_days"),
    "retest_wait.reading": ("full_days", "elapsed_days"),
    "certificate_estimate.anchor": ("later_of_test_and_approval", "test_date"),
    "purchase_window.days": (0, 1, 30, 90),
    "change_cutoff.days": (0, 1, 3),
    "validity.years": (1, 4, 5),
}


class Builder:
    """Facts by chance, narrow enough that those of one person meet, around both clock changes of 2026."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        # One stretch of days a case: most of what matters happens when dates are near each other.
        self.around = self.chance.choice([date(2026, 3, 8), date(2026, 11, 1), date(2024, 2, 29), date(2026, 6, 1)])

    def day(self, before: int = 100, after: int = 60) -> date:
        return self.around + timedelta(days=self.chance.randint(-before, after))

    def maybe(self, value: T, likely: float = 0.5) -> T | None:
        return value if self.chance.random() < likely else None

    def one(self, values: Sequence[T]) -> T:
        return self.chance.choice(values)

    def start(self) -> datetime:
        day = self.day(5, 20)
        minutes = self.one([0, 30, 90, 120, 150, 180, 540, 780, 1439])
        return datetime(day.year, day.month, day.day) + timedelta(minutes=minutes)

    def instant(self) -> datetime:
        day = self.day(20, 40) if self.chance.random() < 0.98 else date(2022, 9, 19)
        seconds = self.one([0, 18000, 21600, 36000, self.chance.randint(0, 86399)])
        return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(seconds=seconds)

    def edge(self, candidate: Candidate) -> datetime:
        """An instant at, just before or just behind something that happens to that person."""
        where = zone(candidate.time_zone or "America/New_York")
        edges = []
        for bought in candidate.purchases:
            edges.append(start_of_day(bought.purchased_on + timedelta(days=91), where))
            if bought.appointment is not None:
                start = start_instant(bought.appointment, SITES)
                edges += [start, change_by(start, 3, "wall_clock"), change_by(start, 3, "calendar_days")]
            if bought.result is not None:
                for days in (0, 4, 22, 30, 31):
                    edges.append(start_of_day(bought.result.taken_on + timedelta(days=days), where))
        if not edges:
            return self.instant()
        return self.one(edges).astimezone(UTC) + timedelta(seconds=self.one([-1, 0, 1]))

    def purchase(self, number: int) -> Purchase:
        status = self.one([AppointmentStatus.BOOKED, AppointmentStatus.BOOKED, *AppointmentStatus])
        appointment = Appointment(f"AP-{number}", self.start(), self.one(sorted(SITES)), status)
        result = Result(self.one(list(ResultOutcome)), self.day(40, 20), self.maybe(self.day(40, 30), 0.7))
        return Purchase(
            f"P-{number}",
            self.one(TESTS[:5]),
            self.day(),
            self.one([PaidBy.CANDIDATE, PaidBy.CANDIDATE, PaidBy.OTHER]),
            self.maybe(self.day(), 0.1),
            self.maybe(appointment, 0.6),
            self.maybe(result, 0.3),
        )

    def candidate(self) -> Candidate:
        whole_set = [Certification(f"A{number}", self.day(2200, 0)) for number in range(1, 9)]
        some = [Certification(self.one(CERTIFIED), self.day(2200, 0)) for _ in range(self.chance.randint(0, 6))]
        leap = [Certification("A5", date(2024, 2, 29))]
        return Candidate(
            "ASE-1000-0001",
            time_zone=self.one(ZONES),
            address_changed_on=self.maybe(self.day()),
            work_experience=WorkExperience(
                self.one([ExperienceStatus.APPROVED, *ExperienceStatus]), self.maybe(self.day()), self.maybe(self.day())
            ),
            accommodation=Accommodation(
                self.one([AccommodationStatus.NONE] * 4 + list(AccommodationStatus)), self.maybe(self.day())
            ),
            purchases=tuple(self.purchase(number) for number in range(self.chance.randint(0, 4))),
            certifications=tuple(self.one([[], some, some, whole_set, leap + some])),
        )

    def case(self) -> Case:
        candidate = self.candidate()
        start = self.maybe(self.start(), 0.4)
        site = self.one(sorted(SITES)) if start is not None else self.maybe("CHI-01", 0.3)
        named = self.one(candidate.purchases) if candidate.purchases and self.chance.random() < 0.2 else None
        subject = Subject(
            test=named.test if named else self.one(TESTS),
            series=(self.one(["automobile", "automobile", *sorted(CATALOGUE.series)]),),
            site=site,
            starts_at=start,
            purchase_id=named.id if named else None,
        )
        seats = tuple(Seat(self.one(sorted(SITES)), start or self.start(), self.chance.randint(0, 2)) for _ in range(3))
        supposed = {name: self.one(values) for name, values in SUPPOSED.items() if self.chance.random() < 0.2}
        policy = POLICY.with_values(supposed, "supposed")
        at = self.edge(candidate) if self.chance.random() < 0.5 else self.instant()
        return Case(candidate, at, policy, CATALOGUE, subject, SITES, self.maybe(seats, 0.3))


def timed(seed: int) -> tuple[Case, datetime]:
    """A case, and an instant later than its own."""
    case = Builder(seed).case()
    span = Random(seed + 1).choice([1, 3600, 86400, 5 * 86400, 60 * 86400])
    return case, case.as_of + timedelta(seconds=span)


seeds = st.integers(0, 2**32)
cases = seeds.map(lambda seed: Builder(seed).case())
case_and_later = seeds.map(timed)

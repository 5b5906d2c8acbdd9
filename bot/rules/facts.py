"""What is known about a person, as frozen values. No behaviour beyond looking things up.

Dates are calendar days. `Appointment.starts_at` and `Seat.starts_at` are naive local times at the site;
every other instant is aware.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class AppointmentStatus(StrEnum):
    BOOKED = "booked"
    CANCELLED = "cancelled"
    KEPT = "kept"
    NO_SHOW = "no_show"


class ResultOutcome(StrEnum):
    PASS = "pass"
    FAIL = "fail"
    NO_SHOW = "no_show"


class PaidBy(StrEnum):
    CANDIDATE = "candidate"
    OTHER = "other"


class ExperienceStatus(StrEnum):
    NOT_SUBMITTED = "not_submitted"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    RETURNED = "returned"


class AccommodationStatus(StrEnum):
    NONE = "none"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    DENIED = "denied"


@dataclass(frozen=True, slots=True)
class Site:
    id: str
    name: str
    city: str
    region: str
    country: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class Seat:
    site: str
    starts_at: datetime
    capacity: int


@dataclass(frozen=True, slots=True)
class Appointment:
    id: str
    starts_at: datetime
    site: str
    status: AppointmentStatus


@dataclass(frozen=True, slots=True)
class Result:
    outcome: ResultOutcome
    taken_on: date
    posted_on: date | None = None


@dataclass(frozen=True, slots=True)
class Purchase:
    id: str
    test: str
    purchased_on: date
    paid_by: PaidBy = PaidBy.CANDIDATE
    cancelled_on: date | None = None
    appointment: Appointment | None = None
    result: Result | None = None


@dataclass(frozen=True, slots=True)
class Certification:
    test: str
    certified_on: date


@dataclass(frozen=True, slots=True)
class WorkExperience:
    status: ExperienceStatus = ExperienceStatus.NOT_SUBMITTED
    submitted_on: date | None = None
    decided_on: date | None = None


@dataclass(frozen=True, slots=True)
class Accommodation:
    status: AccommodationStatus = AccommodationStatus.NONE
    submitted_on: date | None = None
    decided_on: date | None = None


@dataclass(frozen=True, slots=True)
class Address:
    line1: str
    city: str
    region: str
    postal_code: str
    country: str
    line2: str | None = None


@dataclass(frozen=True, slots=True)
class Name:
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Candidate:
    ase_id: str
    name: Name | None = None
    email: str | None = None
    phone: str | None = None
    time_zone: str | None = None
    address: Address | None = None
    address_changed_on: date | None = None
    work_experience: WorkExperience = field(default_factory=WorkExperience)
    accommodation: Accommodation = field(default_factory=Accommodation)
    purchases: tuple[Purchase, ...] = ()
    certifications: tuple[Certification, ...] = ()


@dataclass(frozen=True, slots=True)
class Subject:
    """What a question is about. A naive `starts_at` is local at the site it is about."""

    test: str | None = None
    series: tuple[str, ...] = ()
    site: str | None = None
    starts_at: datetime | None = None
    purchase_id: str | None = None
    appointment_id: str | None = None


Sites = Mapping[str, Site]

"""The shape of records: the keys of each object, the words of each choice, and how days and times are written."""

from __future__ import annotations

import re
from datetime import date, datetime

from bot.rules.facts import (
    AccommodationStatus,
    AppointmentStatus,
    ExperienceStatus,
    PaidBy,
    ResultOutcome,
)

FILE = frozenset({"now", "candidates", "sites", "seats"})
CANDIDATE = frozenset(
    {
        "ase_id",
        "name",
        "email",
        "phone",
        "time_zone",
        "address",
        "address_changed_on",
        "work_experience",
        "accommodation",
        "purchases",
        "certifications",
    }
)
NAME = frozenset({"first", "last"})
ADDRESS = frozenset({"line1", "line2", "city", "region", "postal_code", "country"})
REQUEST = frozenset({"status", "submitted_on", "decided_on"})
PURCHASE = frozenset({"id", "test", "purchased_on", "paid_by", "cancelled_on", "appointment", "result"})
APPOINTMENT = frozenset({"id", "starts_at", "site", "status"})
RESULT = frozenset({"outcome", "taken_on", "posted_on"})
CERTIFICATION = frozenset({"test", "certified_on"})
SITE = frozenset({"id", "name", "city", "region", "country", "time_zone"})
SEAT = frozenset({"site", "starts_at", "capacity"})

EXPERIENCE_WORDS = {word.value: word for word in ExperienceStatus}
ACCOMMODATION_WORDS = {word.value: word for word in AccommodationStatus}
PAID_WORDS = {word.value: word for word in PaidBy}
APPOINTMENT_WORDS = {word.value: word for word in AppointmentStatus}
OUTCOME_WORDS = {word.value: word for word in ResultOutcome}

EARLIEST_YEAR = 1900
LATEST_YEAR = 2200
LONGEST_TEXT = 500

ASE_ID = re.compile(r"ASE-\d{4}-\d{4}", re.ASCII)
PHONE = re.compile(r"[+(]?[0-9][0-9 ().x-]{4,28}", re.ASCII)

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TIME = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d)?",
    re.ASCII,
)


def day_of(text: str) -> date | None:
    """The day written as 2026-01-10, None if it is not one or out of range."""
    if not _DAY.fullmatch(text):
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if EARLIEST_YEAR <= day.year <= LATEST_YEAR else None


def time_of(text: str) -> datetime | None:
    """The time written as 2026-03-10T09:00, with or without seconds and offset; None as for days."""
    if not _TIME.fullmatch(text):
        return None
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    return time if EARLIEST_YEAR <= time.year <= LATEST_YEAR else None

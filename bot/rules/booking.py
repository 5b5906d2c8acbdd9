"""What the appointment rules share: the appointment that is there and the start that is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from bot.rules.case import CaseError
from bot.rules.decision import PolicyRow, Value
from bot.rules.facts import Appointment, AppointmentStatus, Purchase
from bot.rules.policy import CHANGE_CUTOFF, CHANGE_CUTOFF_READING, reading, whole_number
from bot.rules.question import Question
from bot.rules.state import PurchaseState, change_by, is_inside_cutoff, site_zone, start_instant, state_of
from bot.rules.time import instant_of


@dataclass(frozen=True, slots=True)
class Booking:
    """An appointment as the rules see it: `past` and `inside_cutoff` are never both true."""

    appointment: Appointment
    start: datetime
    change_by: datetime
    past: bool
    inside_cutoff: bool
    values: dict[str, Value]
    rows: tuple[PolicyRow, PolicyRow]


def booking_of(question: Question, purchase: Purchase | None) -> Booking | None:
    """The appointment of a purchase, unless it was given up.

    A kept, missed or resulted appointment is past even if its start is still ahead.
    """
    appointment = purchase.appointment if purchase is not None else None
    if purchase is None or appointment is None or appointment.status is AppointmentStatus.CANCELLED:
        return None
    sites = question.case.sites
    days, how = question.row(CHANGE_CUTOFF), question.row(CHANGE_CUTOFF_READING)
    start = start_instant(appointment, sites)
    closes = change_by(start, whole_number(days), reading(how))
    past = state_of(purchase) is not PurchaseState.BOOKED or start <= question.now
    return Booking(
        appointment,
        start,
        closes,
        past,
        not past and is_inside_cutoff(question.now, closes, start, reading(how)),
        {
            "appointment_id": appointment.id,
            "starts_at": start,
            "site": appointment.site,
            "site_name": sites[appointment.site].name,
            "change_by": closes,
        },
        (days, how),
    )


@dataclass(frozen=True, slots=True)
class AskedStart:
    """The start a question asks for.

    `site` is None where it is not known and the start was said with an offset.
    """

    at: datetime
    day: date
    site: str | None
    site_name: str | None

    def values(self, prefix: str = "") -> dict[str, Value]:
        """`starts_at`, `site` and `site_name`, each name led by `prefix`."""
        return {
            f"{prefix}starts_at": self.at,
            f"{prefix}site": self.site,
            f"{prefix}site_name": self.site_name,
        }


def asked_start(question: Question, purchase: Purchase | None) -> AskedStart | None:
    """The start that is asked for, as a real instant and as a day at its site.

    Its site is the one named, else the one of the purchase's appointment, else the only one there is.
    Without any, a start said with an offset is taken as said; a local time is not enough, and CaseError is
    raised.
    """
    subject, sites = question.case.subject, question.case.sites
    start = subject.starts_at
    if start is None:
        return None
    site = subject.site
    if site is None and purchase is not None and purchase.appointment is not None:
        site = purchase.appointment.site
    if site is None and len(sites) == 1:
        site = next(iter(sites))
    if site is None:
        if start.utcoffset() is None:
            raise CaseError("subject.starts_at", "a local time needs a site to be local at")
        return AskedStart(start, start.date(), None, None)
    where = site_zone(site, sites)
    at = instant_of(start, where) if start.utcoffset() is None else start.astimezone(where)
    return AskedStart(at, at.date(), site, sites[site].name)


def is_seat_taken(question: Question, asked: AskedStart) -> bool:
    """Whether free seats are known and none is left for that site and start."""
    seats = question.case.seats
    if seats is None or asked.site is None:
        return False
    start = asked.at.astimezone(UTC)
    where = site_zone(asked.site, question.case.sites)
    return not any(
        seat.site == asked.site and seat.capacity > 0 and instant_of(seat.starts_at, where).astimezone(UTC) == start
        for seat in seats
    )

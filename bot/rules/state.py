"""What state a purchase is in, which purchase a question means, and the instants of its appointment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.rules.case import CaseError
from bot.rules.facts import Appointment, AppointmentStatus, Purchase, ResultOutcome, Site
from bot.rules.policy import CALENDAR_DAYS
from bot.rules.time import UnknownZone, day_at, instant_of, start_of_day, zone


class PurchaseState(StrEnum):
    CANCELLED = "cancelled"  # as if never bought
    MISSED = "missed"
    TAKEN = "taken"
    BOOKED = "booked"  # also when the time has passed and nothing is recorded
    OPEN = "open"


def state_of(purchase: Purchase) -> PurchaseState:
    """The state of a purchase; the first that fits. A result counts before the appointment's status."""
    if purchase.cancelled_on is not None:
        return PurchaseState.CANCELLED
    result = purchase.result
    if result is not None:
        return PurchaseState.MISSED if result.outcome is ResultOutcome.NO_SHOW else PurchaseState.TAKEN
    appointment = purchase.appointment
    if appointment is not None:
        if appointment.status is AppointmentStatus.KEPT:
            return PurchaseState.TAKEN
        if appointment.status is AppointmentStatus.NO_SHOW:
            return PurchaseState.MISSED
        if appointment.status is AppointmentStatus.BOOKED:
            return PurchaseState.BOOKED
    return PurchaseState.OPEN


def is_posted(purchase: Purchase, today: date) -> bool:
    """Whether the result of a taken or missed test is posted by that day."""
    result = purchase.result
    return result is not None and result.posted_on is not None and result.posted_on <= today


def last_day(purchase: Purchase, window_days: int) -> date:
    """The last day on which a bought test can be taken."""
    return purchase.purchased_on + timedelta(days=window_days)


def is_live(purchase: Purchase, today: date, window_days: int) -> bool:
    """Whether a purchase can still be used: open or booked, its window not ended."""
    usable = state_of(purchase) in (PurchaseState.OPEN, PurchaseState.BOOKED)
    return usable and today <= last_day(purchase, window_days)


def of_test(purchases: Iterable[Purchase], test: str) -> list[Purchase]:
    """The purchases of exactly that test ("A5R" is another test than "A5"), cancelled ones left out."""
    return [bought for bought in purchases if bought.test == test and bought.cancelled_on is None]


def newest_bought(purchases: Iterable[Purchase]) -> Purchase | None:
    """The purchase bought last; on a tie the one later in the file."""
    newest = None
    for bought in purchases:
        if newest is None or bought.purchased_on >= newest.purchased_on:
            newest = bought
    return newest


def newest_sitting(purchases: Iterable[Purchase], sites: Mapping[str, Site]) -> Purchase | None:
    """Of taken or missed purchases the one whose day is last; on a tie the one later in the file."""
    newest, newest_day = None, date.min
    for sat in purchases:
        day = sitting_day(sat, sites)
        if day >= newest_day:
            newest, newest_day = sat, day
    return newest


def sitting_day(purchase: Purchase, sites: Mapping[str, Site]) -> date:
    """The day a taken or missed test was due: of the result, else of the appointment, at its site."""
    if purchase.result is not None:
        return purchase.result.taken_on
    if purchase.appointment is None:
        fault = f"purchase {purchase.id} has neither a result nor an appointment"
        raise CaseError("candidate.purchases", fault)
    where = site_zone(purchase.appointment.site, sites)
    return day_at(start_instant(purchase.appointment, sites), where)


def site_zone(site: str, sites: Mapping[str, Site], field: str = "candidate.purchases") -> ZoneInfo:
    """The zone of a test centre. Raises CaseError for one that is not known."""
    known = sites.get(site)
    if known is None:
        raise CaseError(field, f"unknown site {site[:60]!r}")
    try:
        return zone(known.time_zone)
    except UnknownZone as error:
        raise CaseError(f"sites.{site}.time_zone", str(error)) from error


def start_instant(appointment: Appointment, sites: Mapping[str, Site]) -> datetime:
    """The real instant at which an appointment starts, in the zone of its test centre."""
    return instant_of(appointment.starts_at, site_zone(appointment.site, sites))


def booked_at(
    purchases: Iterable[Purchase], sites: Mapping[str, Site], at: datetime, but: str | None = None
) -> Purchase | None:
    """The purchase whose live appointment starts at that very instant, wherever it is; `but`: an appointment that does
    not count. One at a site that is not known is passed over."""
    for bought in purchases:
        booked = bought.appointment
        if booked is None or booked.id == but or state_of(bought) is not PurchaseState.BOOKED:
            continue
        if booked.site in sites and start_instant(booked, sites) == at:
            return bought
    return None


def at_one_instant(purchases: Sequence[Purchase], sites: Mapping[str, Site]) -> list[tuple[Purchase, Purchase]]:
    """Every two purchases whose live appointments start at the same instant."""
    found: list[tuple[Purchase, Purchase]] = []
    for place, bought in enumerate(purchases):
        booked = bought.appointment
        if booked is None or state_of(bought) is not PurchaseState.BOOKED or booked.site not in sites:
            continue
        other = booked_at(purchases[place + 1 :], sites, start_instant(booked, sites))
        if other is not None:
            found.append((bought, other))
    return found


def change_by(start: datetime, days: int, reading: str) -> datetime:
    """Up to when an appointment can be changed, given its real start in the zone of its test centre.

    `wall_clock`: the same clock time that many calendar days earlier, that instant included.
    `calendar_days`: the midnight that starts that day, that instant excluded.
    """
    where = start.tzinfo
    if not isinstance(where, ZoneInfo):
        raise ValueError("the start of an appointment must be in the zone of its test centre")
    if reading == CALENDAR_DAYS:
        return start_of_day(start.date() - timedelta(days=days), where)
    return instant_of(start.replace(tzinfo=None, fold=0) - timedelta(days=days), where)


def is_inside_cutoff(now: datetime, closes: datetime, start: datetime, reading: str) -> bool:
    """Whether `now` (in UTC) lies between the last moment for changes and the start."""
    if reading == CALENDAR_DAYS:
        return closes <= now < start
    return closes < now < start

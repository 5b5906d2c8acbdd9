"""Days, years and local times, the way every rule counts them. Nothing here knows what time it is.

Two aware datetimes of the same zone compare by their clock faces, which is wrong around a clock change. So
rules hold the instant of the question in UTC and compare with `<` and `<=` against instants of other zones,
or use `earlier`.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)
ONE_SECOND = timedelta(seconds=1)


class UnknownZone(ValueError):
    """Not the name of a time zone."""


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo:
    """The zone of that IANA name. Raises UnknownZone."""
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError) as error:
        raise UnknownZone(f"{name!r} is not the name of a time zone") from error


def day_at(instant: datetime, where: ZoneInfo) -> date:
    """The calendar day it is in a zone at an aware instant."""
    return instant.astimezone(where).date()


def instant_of(local: datetime, where: ZoneInfo) -> datetime:
    """The aware instant, in that zone, of a local time.

    A time that does not exist (skipped by a clock change) means the first instant after the gap. One that
    comes twice means the earlier, unless `local.fold` says the later.
    """
    aware = local.replace(tzinfo=where)
    first = aware.replace(fold=0).utcoffset()
    second = aware.replace(fold=1).utcoffset()
    if first == second:
        return aware if not local.fold else aware.replace(fold=0)
    if first is None or second is None:  # never so for a ZoneInfo
        raise UnknownZone(str(where))
    if first > second:
        return aware
    return _end_of_gap(local.replace(fold=0), where, first, second)


def _end_of_gap(local: datetime, where: ZoneInfo, before: timedelta, after: timedelta) -> datetime:
    """The first instant after the gap that swallows `local`: halve the stretch the change must lie in."""
    early = (local - after).replace(microsecond=0, tzinfo=UTC)
    late = (local - before).replace(microsecond=0, tzinfo=UTC) + ONE_SECOND
    while late - early > ONE_SECOND:
        middle = early + (late - early) // 2
        middle = middle.replace(microsecond=0)
        if middle.astimezone(where).utcoffset() == before:
            early = middle
        else:
            late = middle
    return late.astimezone(where)


@lru_cache(maxsize=8192)
def start_of_day(day: date, where: ZoneInfo) -> datetime:
    """The first instant of a calendar day in a zone: local midnight, or later where midnight is skipped."""
    return instant_of(datetime(day.year, day.month, day.day), where)


def add_years(day: date, years: int) -> date:
    """The same date that many years on; 29 February becomes the 28th in a year without one."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        if day.month == 2 and day.day == 29:
            return date(day.year + years, 2, 28)
        raise


def earlier(one: datetime, other: datetime | None) -> datetime:
    """The earlier of two instants, by real time and not by clock faces."""
    if other is None:
        return one
    return one if one.astimezone(UTC) <= other.astimezone(UTC) else other

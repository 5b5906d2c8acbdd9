"""Which free seats are meant: asked by the dialogue, answered by the store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time


@dataclass(frozen=True, slots=True)
class SeatFilter:
    """Conditions on a start. Days and times are local at the site; what is None or empty is no condition.

    `weekdays_out`: 0 is Monday. `hours_out`: from the first time on, up to but without the second. `sites`: ids.
    `later_than` and `earlier_than`: naive, without that start itself. `starts_out`: single starts, each at a site.
    """

    first_day: date | None = None
    last_day: date | None = None
    earliest: time | None = None
    latest: time | None = None
    weekdays_out: frozenset[int] = frozenset()
    hours_out: tuple[tuple[time, time], ...] = ()
    sites: frozenset[str] | None = None
    days_out: frozenset[date] = frozenset()
    later_than: datetime | None = None
    earlier_than: datetime | None = None
    starts_out: frozenset[tuple[str, datetime]] = frozenset()

    def fits(self, site: str, starts_at: datetime) -> bool:
        """Whether a start (naive, local at the site) meets every condition."""
        day, at = starts_at.date(), starts_at.time()
        return (
            (self.first_day is None or day >= self.first_day)
            and (self.last_day is None or day <= self.last_day)
            and (self.earliest is None or at >= self.earliest)
            and (self.latest is None or at <= self.latest)
            and day.weekday() not in self.weekdays_out
            and not any(begins <= at < ends for begins, ends in self.hours_out)
            and (self.sites is None or site in self.sites)
            and day not in self.days_out
            and (self.later_than is None or starts_at > self.later_than)
            and (self.earlier_than is None or starts_at < self.earlier_than)
            and (site, starts_at) not in self.starts_out
        )


@dataclass(frozen=True, slots=True)
class SeatOrder:
    """What comes first: the soonest, unless something else is said.

    `latest`: the last ones are meant, still told soonest first. `near_day`: the fewest days before or after it.
    `rings`: sites by distance, nearest first; sites in none of them come last. `closed_until`: what starts up to that
    instant comes after everything else.
    """

    latest: bool = False
    near_day: date | None = None
    rings: tuple[frozenset[str], ...] = ()
    closed_until: datetime | None = None


SOONEST = SeatOrder()

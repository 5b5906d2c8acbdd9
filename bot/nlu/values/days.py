"""Days and spans of days, and a calendar that knows today: what the date readers reckon with."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

UNITS_OF_TIME = {
    "day": "days", "days": "days", "week": "weeks", "weeks": "weeks",
    "month": "months", "months": "months", "mo": "months", "year": "years", "years": "years", "yr": "years",
    "yrs": "years",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Days:
    """A day, or the days from `first` through `last`; `kind` says what they were named as ("day", "week", …)."""

    first: date
    last: date
    kind: str = "day"

    @property
    def single(self) -> bool:
        return self.first == self.last

    def iso(self) -> str:
        """ "2026-03-14", or "2026-03-09/2026-03-15" for several days."""
        return self.first.isoformat() if self.single else f"{self.first.isoformat()}/{self.last.isoformat()}"


Read = tuple[Days, int]
"""What a reader finds: days, and the place after the words that say them."""


def day(value: date, kind: str = "day") -> Days:
    """One day as a span."""
    return Days(value, value, kind)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Today, and whether yearless dates look back ("I failed on March 1") rather than ahead."""

    today: date
    past: bool = False

    def month_day(self, month: int, number: int, in_year: int | None) -> Days | None:
        """The day of that month, in the given year or the nearest one that fits; None when there is none."""
        years = (
            [in_year]
            if in_year
            else [self.today.year + step for step in ((0, -1, -2) if self.past else (0, 1, 2, 3, 4))]
        )
        for candidate in years:
            if not 1 <= number <= monthrange(candidate, month)[1]:
                continue
            found = date(candidate, month, number)
            if in_year or (found <= self.today if self.past else found >= self.today):
                return day(found)
        return None

    def month(self, month: int, in_year: int | None) -> Days:
        """The whole month; without a year the running or nearest one."""
        if in_year is None:
            in_year = self.today.year
            if self.past and month > self.today.month:
                in_year -= 1
            elif not self.past and month < self.today.month:
                in_year += 1
        return Days(date(in_year, month, 1), date(in_year, month, monthrange(in_year, month)[1]), "month")

    def day_of_month(self, number: int) -> Days | None:
        """The nearest day with that number."""
        for step in range(13):
            start = self.today.replace(day=1) + relativedelta(months=-step if self.past else step)
            if number <= monthrange(start.year, start.month)[1]:
                found = start.replace(day=number)
                if found <= self.today if self.past else found >= self.today:
                    return day(found)
        return None

    def weekday(self, number: int, modifier: str = "") -> Days:
        """A weekday: plain, "this", "next" (of next week) or "last"."""
        ahead = (number - self.today.weekday()) % 7
        if modifier == "next":
            return day(self.week(1).first + timedelta(days=number))
        if modifier == "last" or (self.past and not modifier):
            return day(self.today - timedelta(days=(7 - ahead) if ahead else 7))
        return day(self.today + timedelta(days=ahead or (0 if modifier == "this" else 7)))

    def week(self, steps: int) -> Days:
        monday = self.today - timedelta(days=self.today.weekday()) + timedelta(weeks=steps)
        return Days(monday, monday + timedelta(days=6), "week")

    def weekend(self, steps: int) -> Days:
        saturday = self.week(steps).first + timedelta(days=5)
        return Days(saturday, saturday + timedelta(days=1), "weekend")

    def months(self, steps: int) -> Days:
        first = self.today.replace(day=1) + relativedelta(months=steps)
        return Days(first, first + relativedelta(months=1, days=-1), "month")

    def years(self, steps: int) -> Days:
        return Days(date(self.today.year + steps, 1, 1), date(self.today.year + steps, 12, 31), "year")

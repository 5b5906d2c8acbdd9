"""Days and purchases for the demo people, counted from the day it is where each of them lives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.rules.time import add_years

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Days:
    """`now` is aware and in the person's zone, which is also that of the test centre `site` nearest to them."""

    now: datetime
    site: str
    person: int

    @classmethod
    def at(cls, now: datetime, zone: str, site: str, person: int) -> Days:
        """Seen from that zone. `person` makes the ids of their appointments their own."""
        return cls(now.astimezone(ZoneInfo(zone)), site, person)

    @property
    def today(self) -> date:
        """The calendar day there."""
        return self.now.date()

    def ago(self, days: int) -> str:
        """The day that many days ago."""
        return (self.today - timedelta(days=days)).isoformat()

    def years_ago(self, years: int, days: int = 0) -> str:
        """The same date that many years ago, moved on by some days."""
        return (add_years(self.today, -years) + timedelta(days=days)).isoformat()

    def slot(self, days: int, time: str = "09:00") -> str:
        """A local time that many days from today (negative: ago). Further ahead, a Sunday becomes the Monday."""
        day = self.today + timedelta(days=days)
        if days > 5 and day.isoweekday() == 7:
            day += timedelta(days=1)
        return f"{day.isoformat()}T{time}"

    def cutoff_slot(self, days: int) -> str:
        """The next half hour, that many days ahead: up to then something can still be changed today."""
        local = self.now.replace(tzinfo=None)
        start = local.replace(second=0, microsecond=0)
        if start < local:
            start += timedelta(minutes=1)
        start += timedelta(days=days, minutes=-start.minute % 30)
        return start.strftime("%Y-%m-%dT%H:%M")

    # --- purchases ----------------------------------------------------------------------------

    def bought(self, number: int, test: str, days_ago: int, **more: Any) -> Json:
        """A test bought and not used yet."""
        bought: Json = {"id": f"P-{number}", "test": test, "purchased_on": self.ago(days_ago)}
        return {**bought, "paid_by": "candidate", **more}

    def booked(self, number: int, test: str, days_ago: int, starts_at: str, **more: Any) -> Json:
        """A bought test with an appointment; `site`, `status` and the other fields may be given."""
        site, status = more.pop("site", self.site), more.pop("status", "booked")
        appointment = {"id": f"AP-{self.person}-{number}", "starts_at": starts_at, "site": site, "status": status}
        return self.bought(number, test, days_ago, appointment=appointment, **more)

    def sat(self, number: int, test: str, outcome: str, days_ago: int, *, posted: int | None, waited: int = 30) -> Json:
        """A test sat so many days ago, bought `waited` days earlier; `posted`: how many days ago, None: not yet."""
        result = {"outcome": outcome, "taken_on": self.ago(days_ago)}
        if posted is not None:
            result["posted_on"] = self.ago(posted)
        status = "no_show" if outcome == "no_show" else "kept"
        return self.booked(number, test, days_ago + waited, self.slot(-days_ago), status=status, result=result)


def held(certified_on: str, *tests: str) -> list[Json]:
    """Certifications earned on one day."""
    return [{"test": test, "certified_on": certified_on} for test in tests]


def review(status: str, submitted_on: str | None = None, decided_on: str | None = None) -> Json:
    """Where work experience or a request for accommodation stands."""
    return {"status": status, "submitted_on": submitted_on, "decided_on": decided_on}

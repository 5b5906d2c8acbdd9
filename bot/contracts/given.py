"""What a message gives to reckon with: days with what happened on them, counts of days and of things."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any

DAYS = (
    "bought", "failed", "missed", "taken", "certified", "appointment", "moves_to", "renews", "expires", "asked",
    "happened_to", "asked_to",
)  # fmt: skip
"""Every day that may be given, by name."""

HAPPENED = ("bought", "failed", "missed", "taken", "certified", "appointment", "expires")
"""Days on which something happens: they hold for the next question too."""


@dataclass(frozen=True, slots=True)
class Given:
    """`asked` is a day that is asked about; `days` a number of days that is; `count` how many things are meant."""

    bought: date | None = None
    failed: date | None = None
    missed: date | None = None
    taken: date | None = None
    certified: date | None = None
    appointment: date | None = None
    moves_to: date | None = None
    """A day to which an appointment would be moved."""
    renews: date | None = None
    """A day on which one would recertify."""
    expires: date | None = None
    """A day on which a certification runs out."""
    asked: date | None = None
    happened_to: date | None = None
    """The last day on which it may have happened, where a month or a year was named and no day."""
    asked_to: date | None = None
    """The last day of the month that is asked about, where no day was named."""
    at: time | None = None
    """Clock time of the appointment."""
    asked_at: time | None = None
    """Clock time that is asked about."""
    open: str | None = None
    """What the day asked about was named without: its "month" (and year), or its "year"."""
    also: tuple[date, ...] = ()
    """Further days on which the same happened, each with a test of its own."""
    days: int | None = None
    ahead: bool = False
    """Whether those days lie before something ("two days before")."""
    count: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON, without what is not given."""
        found: dict[str, Any] = {name: day.isoformat() for name in DAYS if (day := getattr(self, name)) is not None}
        if self.at is not None:
            found["at"] = self.at.isoformat("minutes")
        if self.asked_at is not None:
            found["asked_at"] = self.asked_at.isoformat("minutes")
        if self.open is not None:
            found["open"] = self.open
        if self.also:
            found["also"] = [day.isoformat() for day in self.also]
        if self.ahead:
            found["ahead"] = True
        return found | {name: n for name in ("days", "count") if (n := getattr(self, name)) is not None}

    @classmethod
    def of(cls, parsed: Mapping[str, Any]) -> Given:
        """The reverse of `as_dict`."""
        days: dict[str, Any] = {name: date.fromisoformat(parsed[name]) for name in DAYS if parsed.get(name)}
        clocks: dict[str, Any] = {n: time.fromisoformat(parsed[n]) for n in ("at", "asked_at") if parsed.get(n)}
        return cls(
            **days,
            **clocks,
            open=parsed.get("open"),
            also=tuple(date.fromisoformat(day) for day in parsed.get("also", ())),
            days=parsed.get("days"),
            ahead=bool(parsed.get("ahead")),
            count=parsed.get("count"),
        )

"""What a message gives to reckon with: days with what happened on them, counts of days and of things."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any

DAYS = ("bought", "failed", "missed", "taken", "certified", "appointment", "asked")


@dataclass(frozen=True, slots=True)
class Given:
    """`asked` is a day that is asked about; `days` a number of days that is; `count` how many things are meant."""

    bought: date | None = None
    failed: date | None = None
    missed: date | None = None
    taken: date | None = None
    certified: date | None = None
    appointment: date | None = None
    asked: date | None = None
    at: time | None = None
    """Clock time of the appointment."""
    days: int | None = None
    ahead: bool = False
    """Whether those days lie before something ("two days before")."""
    count: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON, without what is not given."""
        found: dict[str, Any] = {name: day.isoformat() for name in DAYS if (day := getattr(self, name)) is not None}
        if self.at is not None:
            found["at"] = self.at.isoformat("minutes")
        if self.ahead:
            found["ahead"] = True
        return found | {name: n for name in ("days", "count") if (n := getattr(self, name)) is not None}

    @classmethod
    def of(cls, parsed: Mapping[str, Any]) -> Given:
        """The reverse of `as_dict`."""
        days = {name: date.fromisoformat(parsed[name]) for name in DAYS if parsed.get(name)}
        at = time.fromisoformat(parsed["at"]) if parsed.get("at") else None
        ahead = bool(parsed.get("ahead"))
        return cls(**days, at=at, days=parsed.get("days"), ahead=ahead, count=parsed.get("count"))

"""Hours in which people answer, in the time zone they work in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_FORM = re.compile(
    r"(?P<days>[A-Za-z,\-]+(?: [A-Za-z,\-]+)*) +(?P<opens>\d\d:\d\d)-(?P<closes>\d\d:\d\d) +(?P<zone>\S+)"
)
FORM = "Mon-Fri 08:00-18:00 America/New_York"


@dataclass(frozen=True, slots=True)
class OpenHours:
    """`days` counts from 0 (Monday); open from `opens` until just before `closes`, local time in `zone`."""

    days: frozenset[int]
    opens: time
    closes: time
    zone: ZoneInfo

    def open_at(self, instant: datetime) -> bool:
        """Whether somebody is there at the aware `instant`."""
        local = instant.astimezone(self.zone)
        return local.weekday() in self.days and self.opens <= local.time() < self.closes

    def next_opening(self, instant: datetime) -> datetime:
        """`instant` itself when open, else the next aware instant at which the doors open, in `zone`."""
        local = instant.astimezone(self.zone)
        if self.open_at(local):
            return local
        day = local.date()
        for ahead in range(8):
            opening = datetime.combine(day + timedelta(days=ahead), self.opens, self.zone)
            if opening > local and opening.weekday() in self.days:
                return opening
        raise AssertionError("a week has at least one open day")


def parse_open_hours(text: str) -> OpenHours:
    """Read the form "Mon-Fri 08:00-18:00 America/New_York". Raises ValueError that says what is allowed."""
    found = _FORM.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"must look like {FORM!r}")
    try:
        opens, closes = time.fromisoformat(found["opens"]), time.fromisoformat(found["closes"])
    except ValueError:
        raise ValueError("times must lie between 00:00 and 23:59") from None
    if closes <= opens:
        raise ValueError("must open before it closes, on the same day")
    try:
        zone = ZoneInfo(found["zone"])
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{found['zone']!r} is not a time zone such as America/New_York") from None
    return OpenHours(_parse_days(found["days"]), opens, closes, zone)


def _parse_days(text: str) -> frozenset[int]:
    days: set[int] = set()
    for part in (piece.strip() for piece in text.split(",")):
        first, _, last = part.partition("-")
        ends = [first.strip().title(), (last or first).strip().title()]
        if any(end not in _DAYS for end in ends):
            raise ValueError(f"days are {', '.join(_DAYS)}, single, listed (Mon,Wed) or as a range (Mon-Fri)")
        start, stop = (_DAYS.index(end) for end in ends)
        days.update(day % 7 for day in range(start, (stop if stop >= start else stop + 7) + 1))
    return frozenset(days)

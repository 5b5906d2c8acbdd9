"""What a person wishes of a seat: days, times, a place, and what was turned down."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from typing import Any

from bot.dialogue.desk import FreeSeat
from bot.dialogue.heard import Heard
from bot.dialogue.regions import REGIONS
from bot.nlu.entities import read_times
from bot.rules.facts import Site

PARTS_OF_DAY = {
    "morning": (time(0), time(12)),
    "afternoon": (time(12), time(17)),
    "evening": (time(17), time(23, 59)),
    "night": (time(17), time(23, 59)),
    "noon": (time(11), time(13)),
}
ANYWHERE = {"any", "anywhere", "any place", "any site", "any centre", "any center", "everywhere", "doesn't matter"}


@dataclass(frozen=True, slots=True)
class Wish:
    """What the person asked for. All None: the soonest seats near the usual place."""

    first: date | None = None
    last: date | None = None
    earliest: time | None = None
    latest: time | None = None
    place: str | None = None
    """A site id, "city:…", "region:…" or "any"."""
    pick: str | None = None
    """ "first" or "last" of what fits, where that was said instead of a choice."""
    without: tuple[str, ...] = ()
    """Weekdays ("fri") and parts of the day that were turned down."""

    @classmethod
    def of(cls, slots: Mapping[str, Any]) -> Wish:
        """The wish kept in a task's slots."""
        kept = slots.get("wish") or {}
        return cls(
            first=_date(kept.get("first")),
            last=_date(kept.get("last")),
            earliest=_time(kept.get("earliest")),
            latest=_time(kept.get("latest")),
            place=kept.get("place"),
            pick=kept.get("pick"),
            without=tuple(kept.get("without") or ()),
        )

    def kept(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "first": self.first.isoformat() if self.first else None,
            "last": self.last.isoformat() if self.last else None,
            "earliest": self.earliest.isoformat() if self.earliest else None,
            "latest": self.latest.isoformat() if self.latest else None,
            "place": self.place,
            "pick": self.pick,
            "without": list(self.without),
        }

    def fits(self, seat: FreeSeat) -> bool:
        """Whether a seat is what was asked for."""
        return self.when(seat) and (self.place is None or at_place(seat, self.place))

    def when(self, seat: FreeSeat) -> bool:
        """Whether a seat is at a time that was asked for, wherever it is."""
        day, at = seat.starts_at.date(), seat.starts_at.time()
        if self.first is not None and not self.first <= day <= (self.last or self.first):
            return False
        if _WEEKDAYS[day.weekday()] in self.without:
            return False
        if any(PARTS_OF_DAY[part][0] <= at < PARTS_OF_DAY[part][1] for part in self.without if part in PARTS_OF_DAY):
            return False
        return (self.earliest is None or at >= self.earliest) and (self.latest is None or at <= self.latest)


def wish_in(heard: Heard, sites: Mapping[str, Site], before: Wish, asked: bool = False) -> Wish | None:
    """The wish after this message, or None where it wishes nothing. `asked`: beside open seats "nine" is an hour."""
    first, last, earliest, latest, place = before.first, before.last, before.earliest, before.latest, before.place
    refused = {_short(match) for match in _REFUSED.finditer(heard.text.lower().replace("’", "'"))}
    days = _not_refused(heard, "date")
    times = _not_refused(heard, "time")
    if asked and not refused and not days and not times:
        times = tuple(value.value for value in read_times(heard.text))
    where = place_in(heard.text, sites)
    words = heard.text.lower()
    pick = "first" if _SOONEST.search(words) else "last" if _LATEST.search(words) else None
    if not days and not times and where is None and pick is None and not refused:
        return None
    if days:
        first, last = _span(str(days[-1]))
        earliest = latest = None
    if times:
        earliest, latest = _hours(str(times[-1]))
    without = tuple(sorted(refused | set(before.without))) if refused or not (days or times) else ()
    return Wish(first, last, earliest, latest, where or place, pick, without)


_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NAMED = (
    r"(?P<{0}>mon|tue|wed|thu|fri|sat|sun|morning|afternoon|evening|night)"
    r"(?:days?|s|sdays?|nesdays?|rs|rsdays?|urdays?)?\b"
)
_REFUSED = re.compile(
    r"\b(?:not|never|(?:can't|cant|cannot|couldn't|don't want|won't)(?: (?:do|make|take|come))?|except|anything but|"
    r"i work|i'm working|i am working|i'm busy|i am busy)(?: it)?(?: (?:on|in|at|the|any|a|during|this))* "
    + _NAMED.format("said")
    + r"|\bno (?P<many>mon|tue|wed|thu|fri|sat|sun|morning|afternoon|evening|night)[a-z]*s\b|\b"
    + _NAMED.format("named")
    + r" (?:doesn't|doesnt|don't|dont|won't|wont|isn't|aren't|(?:is|are) (?:no good|out|bad|not))"
)
"""Days and parts of the day that are turned down: "not Friday", "I can't do mornings", "Tuesdays don't work"."""


def _short(match: re.Match[str]) -> str:
    return str(match["said"] or match["many"] or match["named"])


def _not_refused(heard: Heard, kind: str) -> tuple[Any, ...]:
    """Values of one kind that do not stand where something was turned down."""
    spans = [match.span() for match in _REFUSED.finditer(heard.text.lower().replace("’", "'"))]
    kept = tuple(e for e in heard.entities if not any(first <= e.start < after for first, after in spans))
    return replace(heard, entities=kept).values(kind)


_SOONEST = re.compile(
    r"\b(earliest|soonest|as (soon|early) as (possible|i can|you can|you have)|a\.?s\.?a\.?p|"
    r"(first|next) (available|free|possible|opening|open)|right away)\b"
)
_LATEST = re.compile(r"\b(latest|last (available|free|possible|opening|open)|as late as (possible|i can))\b")


def place_in(text: str, sites: Mapping[str, Site]) -> str | None:
    """A site, city or region named in the words."""
    words = f" {' '.join(text.lower().replace(',', ' ').replace('.', ' ').replace('?', ' ').split())} "
    for site in sites.values():
        if f" {site.name.lower()} " in words or f" {site.id.lower()} " in words:
            return site.id
    for site in sites.values():
        if f" {site.city.lower()} " in words:
            return f"city:{site.city}"
    for site in sites.values():
        name = REGIONS.get(site.region, site.region).lower()
        if f" {name} " in words or f" {site.region} " in f" {re.sub(r'[,.?!]', ' ', text)} ":
            return f"region:{site.region}"
    return "any" if any(f" {phrase} " in words for phrase in ANYWHERE) else None


def at_place(seat: FreeSeat, place: str) -> bool:
    """Whether a seat is at a site (its id), or in a `city:` or `region:`; anywhere is at `any`."""
    kind, _, name = place.partition(":")
    if kind == "any":
        return True
    if kind == "city":
        return seat.site.city.lower() == name.lower()
    if kind == "region":
        return seat.site.region.lower() == name.lower()
    return seat.site.id == place


def _span(value: str) -> tuple[date | None, date | None]:
    first, _, last = value.partition("/")
    begins, ends = _date(first), _date(last or first)
    if begins is None:
        return ends, ends
    return begins, ends if ends is not None else begins + timedelta(days=31)


def _hours(value: str) -> tuple[time | None, time | None]:
    if value in PARTS_OF_DAY:
        return PARTS_OF_DAY[value]
    first, _, last = value.partition("/")
    return _time(first), _time(last or first)


def _date(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def _time(value: object) -> time | None:
    try:
        return time.fromisoformat(str(value))
    except ValueError:
        return None

"""Finding a seat in conversation: by day, part of the day and place, nearest first."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from bot.dialogue.desk import Desk, FreeSeat
from bot.dialogue.heard import Heard
from bot.dialogue.regions import REGIONS
from bot.dialogue.state import Choice
from bot.nlu.entities import read_times
from bot.rules.facts import Site
from bot.rules.time import instant_of, zone

SHOWN = {"web": 6, "agent": 6, "phone": 3}
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
        return _when(seat, self) and (self.place is None or _at(seat, self.place))


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
    r"(?P<{0}>mon|tue|wed|thu|fri|sat|sun|morning|afternoon|evening|night)(?:days?|s|sdays?|nesdays?|rs|rsdays?|urdays?)?\b"
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


@dataclass(frozen=True, slots=True)
class Home:
    """Where a person is expected to test, as far as that is known."""

    city: str | None = None
    region: str | None = None
    time_zone: str | None = None

    def distance(self, site: Site) -> int:
        """0 in the same city, 1 in the same region, 2 in the same time zone, 3 anywhere else."""
        if self.city is not None and site.city.lower() == self.city.lower():
            return 0
        if self.region is not None and site.region.lower() == self.region.lower():
            return 1
        return 2 if site.time_zone == self.time_zone else 3


def find(desk: Desk, ase_id: str, wish: Wish, *, last_day: date, home: Home) -> tuple[list[FreeSeat], bool]:
    """Seats that fit the wish up to the last day, soonest first; and whether the wish itself could be met.

    Without a wish for a place, the seats nearest to home. Where nothing fits, the wish for the place is given up
    first, then the one for the day.
    """
    every = [
        seat
        for seat in desk.services.people.free_seats(of=ase_id, since=desk.now)
        if seat.starts_at.date() <= last_day
    ]
    if wish.place is not None:
        here = [seat for seat in every if _at(seat, wish.place)]
    else:
        nearest = min((home.distance(seat.site) for seat in every), default=0)
        here = [seat for seat in every if home.distance(seat.site) == nearest]
    fits = [seat for seat in here if _when(seat, wish)]
    if fits:
        return fits, True
    elsewhere = [seat for seat in every if _when(seat, wish)]
    if wish.first is not None and here:
        return sorted(here, key=lambda seat: _distance(seat, wish)), False
    elsewhere.sort(key=lambda seat: (home.distance(seat.site), seat.starts_at))
    return elsewhere or here or every, False


def another_time(seats: Sequence[FreeSeat], wish: Wish) -> bool:
    """Whether these seats are on a day that was asked for, and only the time is another one."""
    return any(_when(seat, replace(wish, earliest=None, latest=None)) for seat in seats)


def choices(desk: Desk, seats: Sequence[FreeSeat], first: int) -> list[Choice]:
    """The seats to show now, each as a choice."""
    return [seat_choice(desk, seat) for seat in seats[first : first + SHOWN.get(desk.visitor.channel, 6)]]


def seat_choice(desk: Desk, seat: FreeSeat) -> Choice:
    """One seat: day and time at the site, and where."""
    say = desk.services.answers.say
    starts_at = instant_of(seat.starts_at, zone(seat.site.time_zone))
    day, at = say(starts_at.date(), "weekday", day=desk.today), say(starts_at, "time")
    key = f"seat:{seat.site.id}:{seat.starts_at.isoformat(timespec='minutes')}"
    return Choice(
        id=key,
        title=f"{day.web}, {at.web}, {seat.site.name}",
        spoken=f"{day.voice}, at {at.voice}, at {seat.site.name}",
        value={"site": seat.site.id, "starts_at": seat.starts_at.isoformat(timespec="minutes")},
    )


def key_of(seat: FreeSeat) -> tuple[str, str]:
    """A seat as it is kept in a task: site and local start."""
    return seat.site.id, seat.starts_at.isoformat(timespec="minutes")


def picked(seats: Sequence[FreeSeat], wish: Wish) -> FreeSeat | None:
    """The seat that the words pick by themselves: the earliest, the latest, or the only one at an exact time."""
    if wish.pick is not None and seats:
        return seats[0 if wish.pick == "first" else -1]
    if wish.first is None or wish.first != wish.last or wish.earliest is None or wish.earliest != wish.latest:
        return None
    fits = [seat for seat in seats if seat.starts_at.date() == wish.first and seat.starts_at.time() == wish.earliest]
    return fits[0] if len(fits) == 1 else None


def picked_of_shown(shown: Sequence[Choice], heard: Heard, sites: Mapping[str, Site]) -> Any:
    """The value of the one seat shown that the words take: "Wednesday works", "the afternoon one", "the later one".

    None where several fit, where the words only name a day or place ("Wednesday": there may be more seats than those
    shown), or ask for other seats than these.
    """
    words = heard.text.lower()
    if words.rstrip().endswith("?") or _OTHERS.search(words) or not (_TAKING.search(words) or _COMPARED.search(words)):
        return None
    seats = [
        (FreeSeat(sites[choice.value["site"]], datetime.fromisoformat(choice.value["starts_at"]), 1), choice)
        for choice in shown
        if choice.value["site"] in sites
    ]
    compared = _COMPARED.search(heard.text.lower())
    if compared is not None and len(seats) == 2:
        seats.sort(key=lambda pair: pair[0].starts_at)
        return seats[1 if "later" in compared[0] else 0][1].value
    wish = wish_in(heard, sites, Wish(), asked=True)
    if wish is None or wish.pick is not None:
        return None
    fits = [choice for seat, choice in seats if wish.fits(seat)]
    return fits[0].value if len(fits) == 1 else None


_TAKING = re.compile(
    r"\b(works|is (fine|good|ok|okay|perfect|great)|sounds (good|great)|(i'll|i will|i'd|let me|let's|i want to) "
    r"(take|do|go|have|like)|take|go with|put me (down|in)|the ([\w']+ ){1,3}(one|seat|slot|appointment|opening))\b"
)
"""Words of somebody who takes a seat that was offered."""
_OTHERS = re.compile(
    r"\b(any|anything|some|something|other|another|else|more|better|rather|prefer|instead|around|about|only|have|got|"
    r"available|open|openings?|after|before|between|next week|different|could|can|can't|cannot|not|until|till)\b"
)
"""Words of somebody who asks for seats rather than takes one."""
_COMPARED = re.compile(r"\bthe (?:earlier|sooner|later)\b")


def _at(seat: FreeSeat, place: str) -> bool:
    kind, _, name = place.partition(":")
    if kind == "any":
        return True
    if kind == "city":
        return seat.site.city.lower() == name.lower()
    if kind == "region":
        return seat.site.region.lower() == name.lower()
    return seat.site.id == place


def _when(seat: FreeSeat, wish: Wish) -> bool:
    day, at = seat.starts_at.date(), seat.starts_at.time()
    if wish.first is not None and not wish.first <= day <= (wish.last or wish.first):
        return False
    if _WEEKDAYS[day.weekday()] in wish.without:
        return False
    if any(PARTS_OF_DAY[part][0] <= at < PARTS_OF_DAY[part][1] for part in wish.without if part in PARTS_OF_DAY):
        return False
    return (wish.earliest is None or at >= wish.earliest) and (wish.latest is None or at <= wish.latest)


def _distance(seat: FreeSeat, wish: Wish) -> tuple[int, datetime]:
    wanted = wish.first or seat.starts_at.date()
    return abs((seat.starts_at.date() - wanted).days), seat.starts_at


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

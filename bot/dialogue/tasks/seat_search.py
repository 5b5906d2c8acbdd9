"""Finding a seat in conversation, nearest first, showing a few, and which of them the words take."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from bot.contracts.seats import SOONEST, SeatFilter, SeatOrder
from bot.dialogue.state import Choice
from bot.dialogue.turn_context import Desk, FreeSeat
from bot.dialogue.understanding.seat_preferences import Wish, at_place, wish_in
from bot.dialogue.understanding.user_message import Heard
from bot.rules.facts import Site
from bot.rules.time import instant_of, zone

SHOWN = {"web": 6, "agent": 6, "phone": 3}


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

    def rings(self, sites: Iterable[Site]) -> tuple[frozenset[str], ...]:
        """The ids of the sites by their distance."""
        rings: list[set[str]] = [set() for _ in range(4)]
        for site in sites:
            rings[self.distance(site)].add(site.id)
        return tuple(frozenset(ring) for ring in rings)


@dataclass(frozen=True, slots=True)
class Found:
    """Seats to offer, and how they fit: whether the wish was met, or at least the day that was asked for."""

    seats: list[FreeSeat]
    met: bool
    on_the_day: bool


def find(desk: Desk, ase_id: str, wish: Wish, *, last_day: date, home: Home, limit: int | None = None) -> Found:
    """Seats that fit the wish up to the last day, soonest first, at most `limit` (all where it is None).

    Without a wish for a place, the seats nearest to home. Where nothing fits, the wish for the place is given up
    first, then the one for the day. Where the wish picks the last of what fits, the last `limit` are found.
    """
    with desk.services.people.seats(of=ase_id, since=desk.now) as seats:
        sites = seats.sites().values()
        rings = home.rings(sites)
        every = SeatFilter(last_day=last_day)
        if wish.place is None:
            places = [replace(every, sites=ring) for ring in rings]
        elif wish.place == "any":
            places = [every]
        else:
            places = [replace(every, sites=frozenset(site.id for site in sites if at_place(site, wish.place)))]
        day = replace(wish, earliest=None, latest=None)
        asked = [(seats_of, wish.of_these(seats_of), day.of_these(seats_of)) for seats_of in (*places, every)]
        several = list(dict.fromkeys(each for three in asked for each in three))
        free = dict(zip(several, seats.any_free(several), strict=True))
        here = next((place for place in places if free[place]), places[0])
        if free[wish.of_these(here)]:
            order = SeatOrder(latest=wish.pick == "last")
            return Found(seats.free(wish.of_these(here), order=order, limit=limit), met=True, on_the_day=True)
        if wish.first is not None and free[here]:
            shown, order = here, SeatOrder(near_day=wish.first)
        elif free[wish.of_these(every)]:
            shown, order = wish.of_these(every), SeatOrder(rings=rings)
        else:
            shown, order = here if free[here] else every, SOONEST
        return Found(seats.free(shown, order=order, limit=limit), met=False, on_the_day=free[day.of_these(shown)])


def choices(desk: Desk, seats: Sequence[FreeSeat], first: int) -> list[Choice]:
    """The seats to show now, each as a choice."""
    return [seat_choice(desk, seat) for seat in seats[first : first + shown_at_once(desk)]]


def shown_at_once(desk: Desk) -> int:
    """How many seats are shown (or read out) at once."""
    return SHOWN.get(desk.visitor.channel, 6)


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

"""Finding a seat in conversation, nearest first, showing a few, and which of them the words take."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from bot.answers import Said
from bot.dialogue.choices import choice_of
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


def find(desk: Desk, ase_id: str, wish: Wish, *, last_day: date, home: Home) -> tuple[list[FreeSeat], bool]:
    """Seats that fit the wish up to the last day, soonest first; and whether the wish itself could be met.

    Without a wish for a place, the seats nearest to home. Where nothing fits, the wish for the place is given up
    first, then the one for the day.
    """
    every = [
        seat for seat in desk.services.people.free_seats(of=ase_id, since=desk.now) if seat.starts_at.date() <= last_day
    ]
    if wish.place is not None:
        here = [seat for seat in every if at_place(seat, wish.place)]
    else:
        nearest = min((home.distance(seat.site) for seat in every), default=0)
        here = [seat for seat in every if home.distance(seat.site) == nearest]
    fits = [seat for seat in here if wish.when(seat)]
    if fits:
        return fits, True
    elsewhere = [seat for seat in every if wish.when(seat)]
    if wish.first is not None and here:
        return sorted(here, key=lambda seat: _distance(seat, wish)), False
    elsewhere.sort(key=lambda seat: (home.distance(seat.site), seat.starts_at))
    return elsewhere or here or every, False


def another_time(seats: Sequence[FreeSeat], wish: Wish) -> bool:
    """Whether these seats are on a day that was asked for, and only the time is another one."""
    return any(replace(wish, earliest=None, latest=None).when(seat) for seat in seats)


def choices(desk: Desk, seats: Sequence[FreeSeat], first: int) -> list[Choice]:
    """The seats to show now, each as a choice."""
    return [seat_choice(desk, seat) for seat in seats[first : first + SHOWN.get(desk.visitor.channel, 6)]]


def seat_choice(desk: Desk, seat: FreeSeat) -> Choice:
    """One seat: day and time at the site, and where."""
    answers = desk.services.answers
    starts_at = instant_of(seat.starts_at, zone(seat.site.time_zone))
    day, at = answers.say(starts_at.date(), "weekday", day=desk.today), answers.say(starts_at, "time")
    key = f"seat:{seat.site.id}:{seat.starts_at.isoformat(timespec='minutes')}"
    value = {"site": seat.site.id, "starts_at": seat.starts_at.isoformat(timespec="minutes")}
    site = Said.same(seat.site.name)
    return choice_of(answers, "choice_seat", id=key, value=value, seat_day=day, at=at, site=site)


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


def _distance(seat: FreeSeat, wish: Wish) -> tuple[int, datetime]:
    wanted = wish.first or seat.starts_at.date()
    return abs((seat.starts_at.date() - wanted).days), seat.starts_at

"""Finding a seat in conversation, nearest first, and showing a few."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.answers import Said
from bot.contracts.seats import SOONEST, SeatFilter, SeatOrder
from bot.dialogue.choices import choice_of
from bot.dialogue.memories import SeatPreference
from bot.dialogue.state import Choice
from bot.dialogue.turn_context import TurnContext
from bot.dialogue.understanding.seat_preferences import at_place, filter_of
from bot.dialogue.values import FreeSeat
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
    """Seats to offer, and how they fit: whether what was asked for was met, or at least the day."""

    seats: list[FreeSeat]
    met: bool
    on_the_day: bool


def find(
    turn: TurnContext,
    ase_id: str,
    asked: SeatPreference,
    *,
    last_day: date,
    home: Home,
    limit: int | None = None,
) -> Found:
    """Seats that fit what is asked up to the last day, soonest first, at most `limit` (all where it is None).

    Without a place, the seats nearest to home. Where nothing fits, the place is given up first, then the day. Where the
    last of what fits is picked, the last `limit` are found.
    """
    with turn.services.people.seats(of=ase_id, since=turn.now) as seats:
        sites = turn.sites.values()
        rings = home.rings(sites)
        every = SeatFilter(last_day=last_day)
        if asked.place is None:
            places = [replace(every, sites=ring) for ring in rings]
        elif asked.place == "any":
            places = [every]
        else:
            places = [replace(every, sites=frozenset(site.id for site in sites if at_place(site, asked.place)))]
        day = asked.model_copy(update={"earliest": None, "latest": None})
        looks = [(place, filter_of(asked, place), filter_of(day, place)) for place in (*places, every)]
        several = list(dict.fromkeys(each for three in looks for each in three))
        free = dict(zip(several, seats.any_free(several), strict=True))
        here = next((place for place in places if free[place]), places[0])
        if free[filter_of(asked, here)]:
            order = SeatOrder(latest=asked.pick == "last")
            return Found(seats.free(filter_of(asked, here), order=order, limit=limit), met=True, on_the_day=True)
        if asked.first is not None and free[here]:
            shown, order = here, SeatOrder(near_day=asked.first)
        elif free[filter_of(asked, every)]:
            shown, order = filter_of(asked, every), SeatOrder(rings=rings)
        else:
            shown, order = here if free[here] else every, SOONEST
        return Found(seats.free(shown, order=order, limit=limit), met=False, on_the_day=free[filter_of(day, shown)])


def choices(turn: TurnContext, seats: Sequence[FreeSeat], first: int) -> list[Choice]:
    """The seats to show now, each as a choice."""
    return [seat_choice(turn, seat) for seat in seats[first : first + shown_at_once(turn)]]


def shown_at_once(turn: TurnContext) -> int:
    """How many seats are shown (or read out) at once."""
    return SHOWN.get(turn.channel, 6)


def seat_choice(turn: TurnContext, seat: FreeSeat) -> Choice:
    """One seat: day and time at the site, and where."""
    answers = turn.services.answers
    starts_at = instant_of(seat.starts_at, zone(seat.site.time_zone))
    day, at = answers.say(starts_at.date(), "weekday", day=turn.today), answers.say(starts_at, "time")
    key = f"seat:{seat.site.id}:{seat.starts_at.isoformat(timespec='minutes')}"
    value = {"site": seat.site.id, "starts_at": seat.starts_at.isoformat(timespec="minutes")}
    site = Said.same(seat.site.name)
    return choice_of(answers, "choice_seat", id=key, value=value, seat_day=day, at=at, site=site)


def key_of(seat: FreeSeat) -> tuple[str, str]:
    """A seat as it is kept in a task: site and local start."""
    return seat.site.id, seat.starts_at.isoformat(timespec="minutes")


def picked(seats: Sequence[FreeSeat], wish: SeatPreference) -> FreeSeat | None:
    """The seat that the words pick by themselves: the earliest, the latest, or the only one at an exact time."""
    if wish.pick is not None and seats:
        return seats[0 if wish.pick == "first" else -1]
    if wish.first is None or wish.first != wish.last or wish.earliest is None or wish.earliest != wish.latest:
        return None
    fits = [seat for seat in seats if seat.starts_at.date() == wish.first and seat.starts_at.time() == wish.earliest]
    return fits[0] if len(fits) == 1 else None

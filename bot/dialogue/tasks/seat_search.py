"""Finding a seat in conversation, nearest first, and showing a few."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.answers import Said
from bot.contracts.seats import SeatFilter, SeatOrder
from bot.dialogue.choices import choice_of
from bot.dialogue.memories import SeatPreference
from bot.dialogue.outcome import Reply
from bot.dialogue.state import Choice
from bot.dialogue.turn_context import TurnContext
from bot.dialogue.understanding.seat_preferences import at_place, filter_of
from bot.dialogue.values import FreeSeat
from bot.rules.facts import Site
from bot.rules.time import instant_of, zone

SAME_TIME_ZONE = 2
"""The distance from which on a site is out of the person's state."""

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
    """Seats to offer, and how they fit: whether what was asked for was met, or at least the day; and the place."""

    seats: list[FreeSeat]
    met: bool
    on_the_day: bool
    at_the_place: bool = True


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a seat must be, whatever is asked: up to the last day, and none of these starts.

    Seats up to `change_closes` could not be changed any more; they come after the others.
    """

    last_day: date
    starts_out: frozenset[tuple[str, datetime]] = frozenset()
    change_closes: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Look:
    """One way of looking: at which seats, and what of the wish was given up for it."""

    seats: SeatFilter
    given_up: int
    place: bool = True


def find(
    turn: TurnContext, ase_id: str, asked: SeatPreference, *, bounds: Bounds, home: Home, limit: int | None = None
) -> Found:
    """Seats that fit what is asked, soonest first, at most `limit` (all where it is None).

    Without a place, the seats nearest to home. Where nothing fits, the hour is given up first, then the day, the place
    last: nobody is sent to another state unasked. Where the last of what fits is picked, the last `limit` are found.
    """
    looks = _looks(turn, asked, bounds, home)
    with turn.services.people.seats(of=ase_id, since=turn.now) as seats:
        several = list(dict.fromkeys(look.seats for look in looks))
        free = dict(zip(several, seats.any_free(several), strict=True))
        look = next((look for look in looks if free[look.seats]), looks[-1])
        found = seats.free(look.seats, order=_order(asked, look, bounds), limit=limit)
        if look.given_up == _HOUR and limit is not None and len(found) < limit:
            wider = looks[min(looks.index(look) + 2, len(looks) - 1)]  # the hour or not, on days near to it
            further = seats.free(wider.seats, order=_order(asked, wider, bounds), limit=limit)
            found = [*found, *(seat for seat in further if seat not in found)][:limit]
    return Found(
        found,
        met=bool(found) and not look.given_up and look.place,
        on_the_day=look.given_up < _DAY,
        at_the_place=look.place,
    )


_HOUR, _DAY = 1, 2


def _order(asked: SeatPreference, look: _Look, bounds: Bounds) -> SeatOrder:
    """Near to the day that was asked for where it has none; else the soonest, and what could not be changed last."""
    near = asked.near or asked.first or (asked.last if look.given_up else None)
    if near is not None and (look.given_up or asked.first is None):
        return SeatOrder(near_day=near)
    if asked.pick is not None or asked.first is not None or asked.earlier_than is not None:
        return SeatOrder(latest=asked.pick == "last")
    return SeatOrder(closed_until=bounds.change_closes)


def _looks(turn: TurnContext, asked: SeatPreference, bounds: Bounds, home: Home) -> list[_Look]:
    """The ways of looking, from everything asked to hardly anything."""
    sites = list(turn.sites.values())
    every = SeatFilter(last_day=bounds.last_day, starts_out=bounds.starts_out)
    wanted = [site for site in sites if not any(at_place(site, place) for place in asked.not_places)]
    rings = home.rings(wanted)
    if asked.place is None:
        places = [frozenset().union(*rings[: ring + 1]) for ring in range(len(rings))]
    else:
        here = frozenset(site.id for site in wanted if at_place(site, asked.place))
        places = [ring & here for ring in rings] if asked.place.startswith("word:") else [here]
    places = [place for place in dict.fromkeys(places) if place]
    if not places and asked.place is None:
        places = [frozenset(site.id for site in wanted or sites)]
    weaker = [(0 if less == asked else given_up, less) for given_up, less in _weaker(asked)]
    at_home = frozenset(site.id for site in wanted if home.distance(site) < SAME_TIME_ZONE)
    near = [place for place in places if asked.place is not None or place <= at_home] or places[:1]
    looks = [_Look(filter_of(asked, replace(every, sites=place)), 0) for place in near]
    for place in places:
        looks += [_Look(filter_of(less, replace(every, sites=place)), given_up) for given_up, less in weaker]
    if asked.place is not None:
        for ring in [frozenset().union(*rings[: ring + 1]) for ring in range(len(rings))]:
            looks += [_Look(filter_of(asked, replace(every, sites=ring)), 0, place=False)]
            looks += [_Look(filter_of(less, replace(every, sites=ring)), up, place=False) for up, less in weaker]
    return looks


def _weaker(asked: SeatPreference) -> list[tuple[int, SeatPreference]]:
    """The wish with less and less of it, and what was given up: the hour, or the day too."""
    no_hour: dict[str, object] = {"earliest": None, "latest": None}
    no_day: dict[str, object] = {"first": None, "last": None, "near": None, "loose_day": False}
    no_weekday: dict[str, object] = no_day | {"weekdays": ()}
    steps: list[tuple[int, dict[str, object]]] = []
    if asked.loose_day:
        steps.append((_DAY, no_day))
    if asked.earliest is not None or asked.latest is not None:
        steps.append((_HOUR, no_hour))
    steps += [(_DAY, no_day), (_DAY, no_day | no_hour), (_DAY, no_weekday), (_DAY, no_weekday | no_hour)]
    steps.append((_DAY, no_weekday | no_hour | {"without": ()}))
    return [(given_up, asked.model_copy(update=step)) for given_up, step in steps]


def choices(turn: TurnContext, seats: Sequence[FreeSeat], first: int) -> list[Choice]:
    """The seats to show now, by day, each as a choice; those that could not be changed any more stay last."""
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


def read_out(reply: Reply, seats: Sequence[FreeSeat], shown: Sequence[Choice]) -> None:
    """Read the seats out; the test center once, where it is the same for all of them."""
    if len({seat.site.id for seat in seats}) > 1 or len(seats) < 2:
        for choice in shown:
            reply.spoken(choice.spoken)
        return
    turn = reply.turn
    for seat in seats:
        starts_at = instant_of(seat.starts_at, zone(seat.site.time_zone))
        day = turn.services.answers.say(starts_at.date(), "weekday", day=turn.today)
        at = turn.services.answers.say(starts_at, "time")
        reply.spoken(turn.services.answers.said("seat_read_out", seat_day=day, at=at).voice)
    reply.spoken(turn.services.answers.said("all_at_site", site=Said.same(seats[0].site.name)).voice)


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

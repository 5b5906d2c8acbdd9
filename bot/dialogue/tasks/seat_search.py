"""Finding a seat in conversation, nearest first, and showing a few."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.answers import Said
from bot.dialogue.choices import choice_of
from bot.dialogue.memories import SeatPreference
from bot.dialogue.state import Choice
from bot.dialogue.turn_context import TurnContext
from bot.dialogue.understanding.seat_preferences import at_place, fits_time
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


def find(turn: TurnContext, ase_id: str, wish: SeatPreference, *, last_day: date, home: Home) -> tuple[list[FreeSeat], bool]:
    """Seats that fit the wish up to the last day, soonest first; and whether the wish itself could be met.

    Without a wish for a place, the seats nearest to home. Where nothing fits, the wish for the place is given up
    first, then the one for the day.
    """
    every = [
        seat for seat in turn.services.people.free_seats(of=ase_id, since=turn.now) if seat.starts_at.date() <= last_day
    ]
    if wish.place is not None:
        here = [seat for seat in every if at_place(seat, wish.place)]
    else:
        nearest = min((home.distance(seat.site) for seat in every), default=0)
        here = [seat for seat in every if home.distance(seat.site) == nearest]
    fits = [seat for seat in here if fits_time(wish, seat)]
    if fits:
        return fits, True
    elsewhere = [seat for seat in every if fits_time(wish, seat)]
    if wish.first is not None and here:
        return sorted(here, key=lambda seat: _distance(seat, wish)), False
    elsewhere.sort(key=lambda seat: (home.distance(seat.site), seat.starts_at))
    return elsewhere or here or every, False


def another_time(seats: Sequence[FreeSeat], wish: SeatPreference) -> bool:
    """Whether these seats are on a day that was asked for, and only the time is another one."""
    whenever = wish.model_copy(update={"earliest": None, "latest": None})
    return any(fits_time(whenever, seat) for seat in seats)


def choices(turn: TurnContext, seats: Sequence[FreeSeat], first: int) -> list[Choice]:
    """The seats to show now, each as a choice."""
    return [seat_choice(turn, seat) for seat in seats[first : first + SHOWN.get(turn.channel, 6)]]


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


def _distance(seat: FreeSeat, wish: SeatPreference) -> tuple[int, datetime]:
    wanted = wish.first or seat.starts_at.date()
    return abs((seat.starts_at.date() - wanted).days), seat.starts_at

"""Which free seats are shown first: the nearest that fit, and what is given up when none does."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from bot.dialogue.desk import FreeSeat
from bot.dialogue.seats import Home, Wish, find
from bot.rules.facts import Site

CHICAGO = Site("CHI-01", "Loop", "Chicago", "IL", "US", "America/Chicago")
PEORIA = Site("PIA-01", "Riverfront", "Peoria", "IL", "US", "America/Chicago")
DALLAS = Site("DAL-01", "Uptown", "Dallas", "TX", "US", "America/Chicago")
BOSTON = Site("BOS-01", "Harbor", "Boston", "MA", "US", "America/New_York")
SEATS = tuple(
    FreeSeat(site, datetime(2026, 3, day, 9), 1)
    for site, day in ((BOSTON, 5), (DALLAS, 6), (PEORIA, 7), (CHICAGO, 8), (BOSTON, 9))
)


def found(wish: Wish, home: Home, last_day: date = date(2026, 3, 31)) -> tuple[list[str], bool]:
    people = SimpleNamespace(free_seats=lambda of, since: SEATS)
    desk: Any = SimpleNamespace(now=datetime(2026, 3, 2, tzinfo=UTC), services=SimpleNamespace(people=people))
    seats, met = find(desk, "ASE-1", wish, last_day=last_day, home=home)
    return [f"{seat.site.city} {seat.starts_at.day}" for seat in seats], met


@pytest.mark.parametrize(
    ("home", "first"),
    [
        (Home("chicago", "IL", "America/Chicago"), ["Chicago 8"]),
        (Home("Aurora", "il", "America/Chicago"), ["Peoria 7", "Chicago 8"]),
        (Home("Madison", "WI", "America/Chicago"), ["Dallas 6", "Peoria 7", "Chicago 8"]),
        (Home(time_zone="America/New_York"), ["Boston 5", "Boston 9"]),
        (Home(), ["Boston 5", "Dallas 6", "Peoria 7", "Chicago 8", "Boston 9"]),
    ],
)
def test_the_nearest_come_first(home: Home, first: list[str]) -> None:
    assert found(Wish(), home) == (first, True)


def test_a_place_that_was_asked_for_beats_home() -> None:
    assert found(Wish(place="city:Boston"), Home("Chicago", "IL")) == (["Boston 5", "Boston 9"], True)


def test_a_day_on_which_home_has_nothing_shows_homes_nearest_days() -> None:
    assert found(Wish(first=date(2026, 3, 9), last=date(2026, 3, 9)), Home("Chicago", "IL")) == (["Chicago 8"], False)


def test_a_place_without_seats_gives_the_others_nearest_first() -> None:
    home = Home("Chicago", "IL", "America/Chicago")
    elsewhere = ["Chicago 8", "Peoria 7", "Dallas 6", "Boston 5", "Boston 9"]
    assert found(Wish(place="city:Miami"), home) == (elsewhere, False)


def test_nothing_after_the_last_day_is_shown() -> None:
    home = Home("Chicago", "IL", "America/Chicago")
    assert found(Wish(), home, last_day=date(2026, 3, 6)) == (["Dallas 6"], True)
    assert found(Wish(), home, last_day=date(2026, 3, 4)) == ([], False)

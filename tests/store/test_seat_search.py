"""Which free seats are shown: the nearest that fit, and what is given up when none does; found by the database."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, text

from bot.adapters.candidates import PeopleInStore
from bot.clock import Clock
from bot.dialogue.memories import SeatPreference
from bot.dialogue.tasks.seat_search import Bounds, Home, find, picked
from bot.dialogue.understanding.seat_preferences import fits
from bot.dialogue.values import FreeSeat
from bot.rules.facts import Seat, Site
from bot.rules.time import instant_of, zone
from bot.store import Store
from bot.store.engine import WRITES
from bot.store.models import HoldRow, SeatRow
from tests.store.costs import counted
from tests.store.facts import BARE

CHICAGO = Site("CHI-01", "Loop", "Chicago", "IL", "US", "America/Chicago")
PEORIA = Site("PIA-01", "Riverfront", "Peoria", "IL", "US", "America/Chicago")
DALLAS = Site("DAL-01", "Uptown", "Dallas", "TX", "US", "America/Chicago")
BOSTON = Site("BOS-01", "Harbor", "Boston", "MA", "US", "America/New_York")
MONTREAL = Site("YUL-01", "Vieux-Port", "Montréal", "QC", "CA", "America/Toronto")
AUCKLAND = Site("AKL-01", "Harbour", "Auckland", "AUK", "NZ", "Pacific/Auckland")
SITES = (CHICAGO, PEORIA, DALLAS, BOSTON, MONTREAL, AUCKLAND)
BY_ID = {site.id: site for site in SITES}
NOW = datetime(2026, 3, 2, tzinfo=UTC)
LAST_DAY = date(2026, 3, 31)
HELD_UNTIL = datetime(2100, 1, 1, tzinfo=UTC)
"""Holds go by real time."""


def fill(store: Store, seats: Sequence[Seat], held: Seat | None = None) -> None:
    """Put these seats in the place of all there were; one of them is held by somebody else."""
    with store.engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        connection.execute(delete(HoldRow))
        connection.execute(delete(SeatRow))
    with store.unit_of_work() as unit:
        unit.records.put_sites(SITES)
        unit.seats.put(seats)
        if held is not None:
            unit.seats.hold(held.site, held.starts_at, of=BARE.ase_id, now=NOW, until=HELD_UNTIL)
        unit.commit()


def turn_on(store: Store, now: datetime = NOW) -> Any:
    """As much of a turn as the search looks at."""
    people = PeopleInStore(store, Clock(now))
    with people.seats(of="ASE-1", since=now) as seats:
        sites = seats.sites()
    return SimpleNamespace(now=now, services=SimpleNamespace(people=people), sites=sites)


FIVE = tuple(
    Seat(site.id, datetime(2026, 3, day, 9), 1)
    for site, day in ((BOSTON, 5), (DALLAS, 6), (PEORIA, 7), (CHICAGO, 8), (BOSTON, 9))
)


@pytest.fixture
def five(store: Store) -> Store:
    fill(store, FIVE)
    return store


def shown(store: Store, asked: SeatPreference, home: Home, last_day: date = LAST_DAY) -> tuple[list[str], bool]:
    found = find(turn_on(store), "ASE-1", asked, bounds=Bounds(last_day), home=home)
    return [f"{seat.site.city} {seat.starts_at.day}" for seat in found.seats], found.met


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
def test_the_nearest_come_first(five: Store, home: Home, first: list[str]) -> None:
    assert shown(five, SeatPreference(), home) == (first, True)


def test_a_place_that_was_asked_for_beats_home(five: Store) -> None:
    assert shown(five, SeatPreference(place="city:Boston"), Home("Chicago", "IL")) == (["Boston 5", "Boston 9"], True)


def test_a_day_on_which_home_has_nothing_shows_homes_nearest_days(five: Store) -> None:
    day = date(2026, 3, 9)
    assert shown(five, SeatPreference(first=day, last=day), Home("Chicago", "IL")) == (["Chicago 8"], False)


def test_a_place_without_seats_gives_those_near_home(five: Store) -> None:
    home = Home("Chicago", "IL", "America/Chicago")
    assert shown(five, SeatPreference(place="city:Miami"), home) == (["Chicago 8"], False)


def test_nothing_after_the_last_day_is_shown(five: Store) -> None:
    home = Home("Chicago", "IL", "America/Chicago")
    assert shown(five, SeatPreference(), home, last_day=date(2026, 3, 6)) == (["Dallas 6"], True)
    assert shown(five, SeatPreference(), home, last_day=date(2026, 3, 4)) == ([], False)


def test_a_weekday_that_home_does_not_have_is_not_looked_for_in_other_states(five: Store) -> None:
    home = Home("Chicago", "IL", "America/Chicago")
    assert shown(five, SeatPreference(weekdays=("thu",)), home) == (["Chicago 8"], False)
    assert shown(five, SeatPreference(weekdays=("sat",)), home) == (["Peoria 7"], True)
    anywhere = SeatPreference(weekdays=("thu",), place="any")
    assert shown(five, anywhere, home) == (["Boston 5"], True)


def test_seats_that_could_not_be_changed_any_more_come_last(five: Store) -> None:
    closes = datetime(2026, 3, 7, 12, tzinfo=UTC)
    found = find(turn_on(five), "ASE-1", SeatPreference(), bounds=Bounds(LAST_DAY, change_closes=closes), home=Home())
    assert [seat.starts_at.day for seat in found.seats] == [7, 8, 9, 5, 6]
    soonest = SeatPreference(pick="first")
    found = find(turn_on(five), "ASE-1", soonest, bounds=Bounds(LAST_DAY, change_closes=closes), home=Home())
    assert [seat.starts_at.day for seat in found.seats] == [5, 6, 7, 8, 9]


def test_a_start_that_is_left_out_is_not_found(five: Store) -> None:
    out = frozenset({("CHI-01", datetime(2026, 3, 8, 9))})
    found = find(turn_on(five), "ASE-1", SeatPreference(), bounds=Bounds(LAST_DAY, out), home=Home("Aurora", "IL"))
    assert [seat.site.id for seat in found.seats] == ["PIA-01"]


# --- the same as looking through every seat ------------------------------------------------------------


days = st.dates(date(2026, 3, 1), date(2026, 3, 12))
hours = st.sampled_from([time(8), time(9), time(11, 30), time(12), time(13), time(17), time(23, 59)])
starts = st.builds(datetime.combine, days, hours) | st.builds(
    datetime, st.just(2026), st.just(3), st.just(8), st.just(2), st.just(30), fold=st.sampled_from([0, 1])
)
seats = st.lists(
    st.builds(Seat, st.sampled_from([site.id for site in SITES]), starts, st.integers(0, 2)),
    max_size=25,
    unique_by=lambda seat: (seat.site, instant_of(seat.starts_at, zone(BY_ID[seat.site].time_zone))),
)
preferences = st.builds(
    SeatPreference,
    first=st.none() | days,
    last=st.none() | days,
    earliest=st.none() | hours,
    latest=st.none() | hours,
    place=st.sampled_from(
        [None, None, None, "any", "CHI-01", "city:boston", "city:montréal", "CITY:x", "region:il", "city:Miami"]
    ),
    pick=st.sampled_from([None, None, "first", "last"]),
    without=st.lists(st.sampled_from(["fri", "sat", "sun", "mon", "morning", "evening", "noon"]), max_size=3).map(
        tuple
    ),
)
homes = st.builds(
    Home,
    st.sampled_from([None, "Chicago", "MONTRÉAL", "Aurora"]),
    st.sampled_from([None, "il", "TX"]),
    st.sampled_from([None, "America/Chicago", "America/New_York"]),
)


@pytest.fixture
def people(store: Store) -> Store:
    with store.unit_of_work() as unit:
        unit.records.put_candidates([BARE])
        unit.commit()
    return store


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seats=seats, asked=preferences, home=homes, last_day=days, held=st.booleans(), limit=st.integers(1, 4))
def test_the_database_finds_what_looking_through_every_seat_finds(
    people: Store, seats: list[Seat], asked: SeatPreference, home: Home, last_day: date, held: bool, limit: int
) -> None:
    fill(people, seats, seats[0] if held and seats else None)
    taken = {(seats[0].site, seats[0].starts_at, seats[0].starts_at.fold): 1} if held and seats else {}
    left = [
        FreeSeat(BY_ID[s.site], s.starts_at, s.capacity - taken.get((s.site, s.starts_at, s.starts_at.fold), 0))
        for s in seats
        if instant_of(s.starts_at, zone(BY_ID[s.site].time_zone)) > NOW
    ]
    every = sorted(
        (seat for seat in left if seat.free > 0),
        key=lambda seat: (instant_of(seat.starts_at, zone(seat.site.time_zone)), seat.site.id),
    )
    every = [seat for seat in every if seat.starts_at.date() <= last_day]
    turn = turn_on(people)
    whole = find(turn, "ASE-1", asked, bounds=Bounds(last_day), home=home)
    assert {(seat.site.id, seat.starts_at) for seat in whole.seats} <= {(s.site.id, s.starts_at) for s in every}
    fitting = [seat for seat in every if fits(asked, seat)]
    if whole.met:
        assert all(fits(asked, seat) for seat in whole.seats)
        assert bool(whole.seats) == bool(fitting) or not every
    near = [seat for seat in fitting if asked.place is not None or home.distance(seat.site) < 2]
    assert whole.met or not near  # what is near home, or where it was asked for, is not missed
    assert bool(whole.seats) == bool(every)
    few = find(turn, "ASE-1", asked, bounds=Bounds(last_day), home=home, limit=limit + 1)
    if whole.met:
        first_few = whole.seats[-limit - 1 :] if asked.pick == "last" else whole.seats[: limit + 1]
        assert few.seats == first_few
        assert picked(few.seats, asked) == picked(whole.seats, asked)


# --- what it costs -------------------------------------------------------------------------------------


@pytest.fixture
def many(store: Store) -> Store:
    """Twenty thousand free seats at two hundred sites."""
    picks = random.Random(7)
    places = [
        replace(DALLAS, id=f"S-{number:03}", city=f"City {number}", region=f"R{number // 4}") for number in range(200)
    ]
    starts = [datetime(2026, 3, 3, hour) + timedelta(days=day) for day in range(60) for hour in (9, 13)]
    with store.unit_of_work() as unit:
        unit.records.put_sites(places)
        unit.seats.put(Seat(site.id, start, 2) for site in places for start in picks.sample(starts, 100))
        unit.commit()
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    return store


@pytest.mark.parametrize(
    ("asked", "indexed"),
    [
        (SeatPreference(), True),
        (SeatPreference(first=date(2026, 3, 9), last=date(2026, 3, 9), earliest=time(18)), True),
        (SeatPreference(earliest=time(13), without=("fri",)), True),
        (SeatPreference(place="city:City 8", pick="last"), True),
        (SeatPreference(place="city:Miami"), False),  # the nearest of all seats there are
    ],
)
def test_few_statements_in_one_transaction_find_few_seats_by_an_index(
    many: Store, asked: SeatPreference, indexed: bool
) -> None:
    plans: list[str] = []
    turn = turn_on(many)
    with counted(many) as cost:
        found = find(turn, "ASE-1", asked, bounds=Bounds(date(2026, 6, 1)), home=Home("City 7", "R1"), limit=7)
    assert 1 <= len(found.seats) <= 7
    assert cost.transactions == 1
    about_seats = [(sent, given) for sent, given in cost.sent_with_values if "FROM seats" in sent]
    assert 2 <= len(about_seats) <= 3  # the third where the hour was given up
    with many.engine.connect() as connection:
        for sent, given in about_seats:
            explain = "EXPLAIN QUERY PLAN" if many.backend == "sqlite" else "EXPLAIN"
            plans += [str(row) for row in connection.exec_driver_sql(f"{explain} {sent}", given)]
    whole = "\n".join(plans)
    assert "ix_seats" in whole or not indexed, whole

"""Local times, days and years, held against the slowest way of counting them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rules.policy import CALENDAR_DAYS, WALL_CLOCK
from bot.rules.state import change_by
from bot.rules.time import UnknownZone, add_years, day_at, earlier, instant_of, start_of_day, zone

ZONES = (
    "America/Chicago",
    "America/New_York",
    "Pacific/Honolulu",
    "America/Phoenix",
    "America/St_Johns",
    "America/Havana",  # midnight is skipped in spring
    "Australia/Lord_Howe",  # half an hour
    "Pacific/Guam",
    "Europe/Dublin",
)
LOCAL = st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2035, 12, 31)).map(
    lambda time: time.replace(microsecond=0)
)
DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2060, 12, 31))
CHANGES = st.sampled_from(
    [date(2026, 3, 8), date(2026, 11, 1), date(2026, 3, 29), date(2026, 10, 25), date(2026, 4, 5)]
)
NEAR_CHANGES = st.builds(
    lambda day, minutes: datetime(day.year, day.month, day.day) + timedelta(minutes=minutes),
    CHANGES,
    st.integers(-180, 300),
)


def instants_slowly(local: datetime, where: ZoneInfo) -> list[datetime]:
    """All instants, minute by minute, at which the clock there shows that time."""
    middle = local.replace(tzinfo=UTC)
    found = []
    for minutes in range(-15 * 60, 15 * 60 + 1, 15):
        instant = middle + timedelta(minutes=minutes)
        if instant.astimezone(where).replace(tzinfo=None, fold=0) == local:
            found.append(instant)
    return found


def first_instant_from_slowly(local: datetime, where: ZoneInfo) -> datetime:
    """The first instant, second by second from before, at which the clock there shows that time or a later one."""
    instant = local.replace(tzinfo=UTC) - timedelta(hours=15)
    step = timedelta(hours=1)
    while step:
        while (instant + step).astimezone(where).replace(tzinfo=None) < local:
            instant += step
        step = {3600: timedelta(minutes=1), 60: timedelta(seconds=1)}.get(int(step.total_seconds()), timedelta(0))
    return instant + timedelta(seconds=1)


@settings(derandomize=True, max_examples=100, deadline=None, database=None)
@given(local=LOCAL | NEAR_CHANGES, name=st.sampled_from(ZONES))
def test_a_local_time_is_the_first_instant_at_which_the_clock_shows_it(local, name):
    where = ZoneInfo(name)
    found = instants_slowly(local, where)
    expected = found[0] if found else first_instant_from_slowly(local, where)
    assert instant_of(local, where).astimezone(UTC) == expected


@settings(derandomize=True, max_examples=100, deadline=None, database=None)
@given(local=NEAR_CHANGES, name=st.sampled_from(ZONES))
def test_the_later_of_two_is_kept_by_its_fold(local, name):
    where = ZoneInfo(name)
    found = instants_slowly(local, where)
    late = instant_of(local.replace(fold=1), where).astimezone(UTC)
    assert late == (found[-1] if found else first_instant_from_slowly(local, where))


@pytest.mark.parametrize(
    ("local", "name", "expected"),
    [
        ("2026-03-08T01:59:59", "America/Chicago", "2026-03-08T01:59:59-06:00"),
        ("2026-03-08T02:00:00", "America/Chicago", "2026-03-08T03:00:00-05:00"),
        ("2026-03-08T02:59:59", "America/Chicago", "2026-03-08T03:00:00-05:00"),
        ("2026-03-08T03:00:00", "America/Chicago", "2026-03-08T03:00:00-05:00"),
        ("2026-11-01T00:59:59", "America/Chicago", "2026-11-01T00:59:59-05:00"),
        ("2026-11-01T01:00:00", "America/Chicago", "2026-11-01T01:00:00-05:00"),
        ("2026-11-01T01:59:59", "America/Chicago", "2026-11-01T01:59:59-05:00"),
        ("2026-11-01T02:00:00", "America/Chicago", "2026-11-01T02:00:00-06:00"),
        ("2026-03-08T02:30:00", "Pacific/Honolulu", "2026-03-08T02:30:00-10:00"),
        ("2026-10-04T02:10:00", "Australia/Lord_Howe", "2026-10-04T02:30:00+11:00"),
    ],
)
def test_edges_of_the_clock_changes(local, name, expected):
    assert instant_of(datetime.fromisoformat(local), ZoneInfo(name)).isoformat() == expected


def test_a_day_without_midnight_starts_later():
    where = ZoneInfo("America/Havana")
    assert start_of_day(date(2026, 3, 8), where).isoformat() == "2026-03-08T01:00:00-04:00"


@settings(derandomize=True, max_examples=100, deadline=None, database=None)
@given(day=DAYS | CHANGES, name=st.sampled_from(ZONES))
def test_a_day_starts_at_its_first_instant(day, name):
    where = ZoneInfo(name)
    start = start_of_day(day, where)
    assert day_at(start, where) == day
    assert day_at(start.astimezone(UTC) - timedelta(seconds=1), where) == day - timedelta(days=1)


@settings(derandomize=True, max_examples=100, deadline=None, database=None)
@given(day=DAYS | st.just(date(2024, 2, 29)), years=st.integers(0, 60))
def test_years_later_is_the_same_date_or_the_28th(day, years):
    later = add_years(day, years)
    assert later.year == day.year + years
    if (day.month, day.day) == (2, 29) and (later.year % 4 or (later.year % 100 == 0 and later.year % 400)):
        assert (later.month, later.day) == (2, 28)
    else:
        assert (later.month, later.day) == (day.month, day.day)


@settings(derandomize=True, max_examples=100, deadline=None, database=None)
@given(local=LOCAL | NEAR_CHANGES, name=st.sampled_from(ZONES), days=st.integers(0, 10))
def test_changes_close_before_the_start_and_calendar_days_never_later_than_the_clock(local, name, days):
    where = ZoneInfo(name)
    start = instant_of(local, where)
    by_clock = change_by(start, days, WALL_CLOCK).astimezone(UTC)
    by_days = change_by(start, days, CALENDAR_DAYS).astimezone(UTC)
    assert by_days <= by_clock <= start.astimezone(UTC)
    assert day_at(by_clock, where) == day_at(start, where) - timedelta(days=days)
    assert day_at(by_days, where) == day_at(start, where) - timedelta(days=days)


def test_earlier_goes_by_real_time_and_not_by_clock_faces():
    where = ZoneInfo("America/Chicago")
    first = datetime(2026, 11, 1, 1, 45, tzinfo=where)
    second = datetime(2026, 11, 1, 1, 15, tzinfo=where, fold=1)
    assert earlier(first, second) is first
    assert earlier(second, first) is first
    assert earlier(second, None) is second


@pytest.mark.parametrize(
    "name", ["", "Chicago", "America", "../etc/passwd", "/etc/passwd", "America/Chicago\0", "x" * 300]
)
def test_what_is_no_zone(name):
    with pytest.raises(UnknownZone):
        zone(name)

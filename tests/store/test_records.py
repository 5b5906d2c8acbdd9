"""Records come back as they went in, and replace each other as a whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.contracts.seats import SeatFilter, SeatOrder
from bot.rules.facts import (
    Accommodation,
    AccommodationStatus,
    Address,
    Appointment,
    AppointmentStatus,
    Candidate,
    Certification,
    ExperienceStatus,
    Name,
    PaidBy,
    Purchase,
    Result,
    ResultOutcome,
    Seat,
    WorkExperience,
)
from bot.store import Store
from tests.store.costs import counted
from tests.store.facts import BARE, CHICAGO, DANA, HONOLULU, NOW, SEATS, fill


@pytest.mark.parametrize("person", [DANA, BARE], ids=["everything", "nothing"])
def test_a_person_comes_back_as_they_went_in(store: Store, person: Candidate) -> None:
    fill(store, person)
    with store.unit_of_work(write=False) as unit:
        found = unit.records.person(person.ase_id)
    assert found is not None
    assert found.candidate == person
    mentioned = {p.appointment.site for p in person.purchases if p.appointment}
    assert set(found.sites) == mentioned


def test_nobody_is_nobody(store: Store) -> None:
    with store.unit_of_work(write=False) as unit:
        assert unit.records.person("ASE-9999-9999") is None


def test_a_person_is_replaced_whole_and_others_are_left_alone(store: Store) -> None:
    fill(store, DANA, BARE)
    new = replace(DANA, email=None, address=None, purchases=(DANA.purchases[1],), certifications=(), phone="+1")
    with store.unit_of_work() as unit:
        unit.records.put_candidates([new])
        unit.commit()
    with store.unit_of_work(write=False) as unit:
        found, other = unit.records.person(DANA.ase_id), unit.records.person(BARE.ase_id)
    assert found is not None
    assert found.candidate == new
    assert found.version == 2
    assert other is not None
    assert other.candidate == BARE


def test_people_are_listed_in_order(store: Store) -> None:
    fill(store, BARE, DANA)
    with store.unit_of_work(write=False) as unit:
        people = unit.records.people()
        assert [p.ase_id for p in people] == [DANA.ase_id, BARE.ase_id]
        assert people[0].email == "dana@example.org"
        assert [p.ase_id for p in unit.records.people(after=DANA.ase_id)] == [BARE.ase_id]
        assert len(unit.records.people(limit=1)) == 1


def test_free_seats_are_found_by_place_and_time_soonest_first(store: Store) -> None:
    fill(store)
    with store.unit_of_work(write=False) as unit:
        free = unit.seats.free
        assert [(s.site.id, s.starts_at) for s in free(now=NOW)] == [
            ("CHI-01", datetime(2026, 3, 20, 13)),
            ("HNL-01", datetime(2026, 3, 20, 9)),
            ("CHI-01", datetime(2026, 3, 21, 9)),
        ]
        honolulu = SeatFilter(sites=frozenset({"HNL-01"}))
        assert [s.instant for s in free(honolulu, now=NOW)] == [datetime(2026, 3, 20, 19, tzinfo=UTC)]
        assert free(SeatFilter(sites=frozenset()), now=NOW) == ()
        assert len(free(now=NOW, limit=1)) == 1
        assert free(now=NOW, limit=1, order=SeatOrder(latest=True))[0].starts_at == datetime(2026, 3, 21, 9)
        start = datetime(2026, 3, 20, 18, tzinfo=UTC)
        assert len(free(now=NOW, since=start)) == 2
        assert len(free(now=NOW, since=start - timedelta(seconds=1))) == 3
        assert unit.seats.any_free([honolulu, SeatFilter(first_day=date(2026, 3, 22))], now=NOW) == (True, False)


def test_sites_are_read_again_only_where_somebody_changed_them(store: Store, url: str) -> None:
    fill(store)
    other = Store(url)  # another process
    with store.unit_of_work(write=False) as unit:
        first = unit.records.sites()
    assert set(first) == {"CHI-01", "HNL-01", "YYZ-01"}
    first.clear()  # what is handed out is the caller's own
    with counted(store) as cost, store.unit_of_work(write=False) as unit:
        assert unit.records.sites()["CHI-01"] == CHICAGO
    assert cost.statements == 1
    renamed = replace(CHICAGO, name="Loop")
    with other.unit_of_work() as unit:
        unit.records.put_sites([renamed])
        unit.commit()
    other.close()
    with store.unit_of_work(write=False) as unit:
        assert unit.records.sites()["CHI-01"] == renamed


def test_sites_that_were_never_kept_are_not_remembered(store: Store) -> None:
    fill(store)
    with store.unit_of_work() as unit:
        unit.records.put_sites([replace(CHICAGO, name="Loop")])
        assert unit.records.sites()["CHI-01"].name == "Loop"
    with store.unit_of_work(write=False) as unit:
        assert unit.records.sites()["CHI-01"] == CHICAGO


def test_a_seat_row_is_replaced_by_the_newer_one(store: Store) -> None:
    fill(store)
    with store.unit_of_work() as unit:
        unit.seats.put([replace(SEATS[0], capacity=0), Seat("CHI-01", datetime(2026, 4, 1, 9), 5)])
        unit.commit()
    with store.unit_of_work(write=False) as unit:
        left = {(s.site.id, s.starts_at): s.free for s in unit.seats.left()}
    assert left == {
        ("CHI-01", datetime(2026, 3, 21, 9)): 1,
        ("HNL-01", datetime(2026, 3, 20, 9)): 1,
        ("CHI-01", datetime(2026, 4, 1, 9)): 5,
    }


def test_a_new_time_zone_of_a_site_moves_what_starts_there(store: Store) -> None:
    fill(store)
    with store.unit_of_work() as unit:
        unit.records.put_sites([replace(CHICAGO, time_zone="America/New_York"), HONOLULU])
        unit.commit()
    with store.unit_of_work(write=False) as unit:
        first = unit.seats.free(SeatFilter(sites=frozenset({"CHI-01"})), now=NOW)[0]
    assert first.starts_at == datetime(2026, 3, 20, 13)
    assert first.instant == datetime(2026, 3, 20, 17, tzinfo=UTC)


def test_a_time_that_comes_twice_is_two_slots(store: Store) -> None:
    fill(store)
    first = datetime(2026, 11, 1, 1, 30)
    second = first.replace(fold=1)
    with store.unit_of_work() as unit:
        unit.seats.put([Seat("CHI-01", second, 2), Seat("CHI-01", first, 1)])
        unit.seats.put([Seat("CHI-01", second, 3)])
        unit.commit()
    with store.unit_of_work(write=False) as unit:
        found = unit.seats.free(now=NOW, since=datetime(2026, 10, 1, tzinfo=UTC))
    assert [(s.starts_at.fold, s.free, s.instant.hour) for s in found] == [(0, 1, 6), (1, 3, 7)]


days = st.dates(date(2000, 1, 1), date(2100, 1, 1))
maybe_day = st.none() | days
words = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=20)
appointments = st.builds(
    Appointment,
    id=st.uuids().map(str),
    starts_at=st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)),
    site=st.sampled_from(["CHI-01", "HNL-01"]),
    status=st.sampled_from(AppointmentStatus),
)
purchases = st.builds(
    Purchase,
    id=words,
    test=words,
    purchased_on=days,
    paid_by=st.sampled_from(PaidBy),
    cancelled_on=maybe_day,
    appointment=st.none() | appointments,
    result=st.none() | st.builds(Result, st.sampled_from(ResultOutcome), days, maybe_day),
)
people = st.builds(
    Candidate,
    ase_id=st.just("ASE-1000-0007"),
    name=st.none() | st.builds(Name, words, words),
    email=st.none() | words,
    phone=st.none() | words,
    time_zone=st.none() | st.just("Pacific/Honolulu"),
    address=st.none() | st.builds(Address, words, words, words, words, words, st.none() | words),
    address_changed_on=maybe_day,
    work_experience=st.builds(WorkExperience, st.sampled_from(ExperienceStatus), maybe_day, maybe_day),
    accommodation=st.builds(Accommodation, st.sampled_from(AccommodationStatus), maybe_day, maybe_day),
    purchases=st.lists(purchases, max_size=4, unique_by=lambda p: p.id).map(tuple),
    certifications=st.lists(st.builds(Certification, words, days), max_size=4).map(tuple),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(person=people)
def test_any_person_comes_back_as_they_went_in(store: Store, person: Candidate) -> None:
    fill(store, person)
    with store.unit_of_work(write=False) as unit:
        found = unit.records.person(person.ase_id)
    assert found is not None
    assert found.candidate == person

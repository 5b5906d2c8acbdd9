"""The demo makes sense at any time, and its people stand on every side of every rule."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.catalog.load import load_policy
from bot.clock import Clock
from bot.demo.people import DEMO_PEOPLE, demo_records, load_demo
from bot.records.codec import RecordsFile, parse_records
from bot.rules.case import Case
from bot.rules.catalogue import TestCatalogue
from bot.rules.facts import Candidate, Subject
from bot.rules.registry import RULES, decide
from bot.rules.vocabulary import REASONS
from bot.store import Store
from bot.store.records_io import KNOWLEDGE, known_tests, show_person

NEW_YORK = ZoneInfo("America/New_York")
MOMENTS = [
    datetime(2026, 3, 2, 15, 0, tzinfo=UTC),
    datetime(2028, 2, 29, 12, 0, tzinfo=NEW_YORK),
    datetime(2028, 3, 1, 0, 0, tzinfo=NEW_YORK),
    datetime(2026, 3, 8, 1, 59, 59, tzinfo=NEW_YORK),
    datetime(2026, 3, 8, 3, 0, tzinfo=NEW_YORK),
    datetime(2026, 3, 5, 2, 15, tzinfo=NEW_YORK),
    datetime(2026, 11, 1, 1, 30, tzinfo=NEW_YORK),
    datetime(2026, 11, 1, 1, 30, tzinfo=NEW_YORK).replace(fold=1),
    datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC),
    datetime(2027, 1, 1, 0, 0, tzinfo=UTC),
    datetime(2026, 7, 15, 5, 30, tzinfo=UTC),
    datetime(2026, 7, 15, 9, 59, 30, 500, tzinfo=UTC),
]

ELSEWHERE = {"policy_missing"}
"""Reasons that no person of the demo can have: before the first policy value."""


@pytest.fixture(scope="module")
def catalogue() -> TestCatalogue:
    return known_tests()


@pytest.mark.parametrize("now", MOMENTS, ids=str)
def test_the_demo_is_a_faultless_records_file(now: datetime, catalogue: TestCatalogue) -> None:
    records = parse_records(demo_records(now), catalogue, as_of=now)
    assert len(records.candidates) >= 25
    assert len(records.sites) >= 12
    assert len(records.seats) >= 200
    assert Counter(seat.capacity for seat in records.seats)[1] >= 20
    assert {c.ase_id for c in records.candidates} == set(DEMO_PEOPLE)


def test_the_same_instant_gives_the_same_demo() -> None:
    now = MOMENTS[0]
    assert demo_records(now) == demo_records(now.astimezone(NEW_YORK)) | {"now": now.isoformat()}
    assert demo_records(now) != demo_records(now + timedelta(days=1))


def test_the_demo_wants_a_zone() -> None:
    with pytest.raises(ValueError, match="zone"):
        demo_records(datetime(2026, 3, 2))


def test_every_demo_person_has_a_sentence_of_their_own() -> None:
    assert len(set(DEMO_PEOPLE.values())) == len(DEMO_PEOPLE) >= 25
    assert all(sentence.endswith(".") and len(sentence) <= 90 for sentence in DEMO_PEOPLE.values())


def test_free_seats_lie_in_the_next_ninety_days(catalogue: TestCatalogue) -> None:
    now = MOMENTS[0]
    records = parse_records(demo_records(now), catalogue, as_of=now)
    zones = {site.id: ZoneInfo(site.time_zone) for site in records.sites}
    for seat in records.seats:
        start = seat.starts_at.replace(tzinfo=zones[seat.site])
        assert now < start < now + timedelta(days=92)
    assert {seat.site for seat in records.seats} == set(zones)


@pytest.mark.parametrize("now", [MOMENTS[0], MOMENTS[10]], ids=str)
def test_somebody_stands_on_every_side_of_every_rule(now: datetime, catalogue: TestCatalogue) -> None:
    records = parse_records(demo_records(now), catalogue, as_of=now)
    met = {(rule, code) for case in cases(records, now, catalogue) for rule, code in reasons(case)}
    wanted = {(rule, code) for rule, codes in REASONS.items() for code in codes if code not in ELSEWHERE}
    assert wanted - met == set()
    assert len(met) >= 70


def reasons(case: Case) -> set[tuple[str, str]]:
    series = case.subject.series
    return {
        (rule, reason.code)
        for rule in RULES
        if bool(series) == (rule in ("master_status",)) or (series and rule == "duplicate_certificate")
        for reason in decide(rule, case).reasons
    }


def cases(records: RecordsFile, now: datetime, catalogue: TestCatalogue) -> list[Case]:
    policy = load_policy(KNOWLEDGE)
    sites = {site.id: site for site in records.sites}
    subjects = [Subject(series=(series,)) for series in catalogue.series]
    found = []
    for candidate in records.candidates:
        for subject in [*subjects, *_of_tests(candidate, records, now)]:
            found.append(Case(candidate, now, policy, catalogue, subject, sites, records.seats))
    return found


def _of_tests(candidate: Candidate, records: RecordsFile, now: datetime) -> list[Subject]:
    taken = next(seat for seat in records.seats if seat.capacity == 0)
    late = max((seat for seat in records.seats if seat.capacity), key=lambda seat: seat.starts_at)
    free = min((seat for seat in records.seats if seat.capacity), key=lambda seat: seat.starts_at)
    tests = {p.test for p in candidate.purchases} | {c.test for c in candidate.certifications} | {"L3", "A9", "X1"}
    subjects = []
    for test in sorted(tests):
        subjects.append(Subject(test=test))
        subjects += [Subject(test=test, site=s.site, starts_at=s.starts_at) for s in (taken, late, free)]
        past = free.starts_at - timedelta(days=400)
        subjects.append(Subject(test=test, site=free.site, starts_at=past))
    return subjects


def test_the_demo_is_loaded_and_renewed(store: Store) -> None:
    clock = Clock(MOMENTS[0])
    assert load_demo(store, clock, only_if_empty=True) is True
    assert load_demo(store, clock, only_if_empty=True) is False
    later = Clock(MOMENTS[0] + timedelta(days=30))
    assert load_demo(store, later) is True
    shown = show_person(store, "ASE-1000-0001")
    assert shown is not None
    assert shown["candidates"][0]["purchases"][0]["purchased_on"] == "2026-03-12"
    with store.unit_of_work(write=False) as unit:
        assert unit.records.count() == len(DEMO_PEOPLE)

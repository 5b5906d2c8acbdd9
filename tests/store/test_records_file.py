"""Loading a records file: merged whole, or nothing changed and every fault told."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from bot.clock import Clock
from bot.records.faults import RecordsError
from bot.rules.catalogue import TestCatalogue
from bot.store import Store
from bot.store.records_io import (
    erase_person,
    free_seats,
    known_tests,
    load_document,
    load_file,
    show_person,
)
from tests.store.conftest import everything
from tests.threads import at_once

CLOCK = Clock(datetime(2026, 3, 2, 15, 0, tzinfo=UTC))

FILE = """
now: "2026-03-02T10:00:00-05:00"
candidates:
- ase_id: ASE-1000-0001
  name: {first: Dana, last: Reyes}
  email: dana@example.org
  phone: "+13125550101"
  time_zone: America/Chicago
  address: {line1: 1 Main St, city: Aurora, region: IL, postal_code: "60505", country: US}
  address_changed_on: null
  work_experience: {status: not_submitted, submitted_on: null, decided_on: null}
  accommodation: {status: none, submitted_on: null, decided_on: null}
  purchases:
  - id: P-1
    test: A5
    purchased_on: 2026-01-10
    paid_by: candidate
    cancelled_on: null
    appointment: {id: AP-1, starts_at: "2026-03-10T09:00", site: CHI-01, status: booked}
  certifications:
  - {test: A5, certified_on: 2021-05-01}
sites:
- {id: CHI-01, name: Chicago North, city: Chicago, region: IL, country: US, time_zone: America/Chicago}
seats:
- {site: CHI-01, starts_at: "2026-03-20T13:00", capacity: 2}
- {site: CHI-01, starts_at: "2026-03-21T13:00", capacity: 0}
"""


@pytest.fixture(scope="module")
def catalogue() -> TestCatalogue:
    return known_tests()


def write(folder: Path, text: str) -> Path:
    path = folder / "people.yml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_is_loaded_into_an_empty_database(empty_url: str, tmp_path: Path, catalogue: TestCatalogue) -> None:
    store = Store(empty_url)
    report = load_file(store, write(tmp_path, FILE), CLOCK, catalogue)
    assert (report.added, report.replaced, report.sites, report.seats) == (1, 0, 1, 2)
    assert [(s.site.id, s.free) for s in free_seats(store)] == [("CHI-01", 2)]
    assert free_seats(store, "HNL-01") == ()
    store.close()


def test_what_is_shown_can_be_loaded_again_and_changes_nothing(
    store: Store, tmp_path: Path, catalogue: TestCatalogue
) -> None:
    load_file(store, write(tmp_path, FILE), CLOCK, catalogue)
    shown = show_person(store, "ASE-1000-0001")
    assert shown is not None
    assert shown["candidates"][0]["purchases"][0]["appointment"] == {
        "id": "AP-1",
        "starts_at": "2026-03-10T09:00",
        "site": "CHI-01",
        "status": "booked",
    }
    assert [site["id"] for site in shown["sites"]] == ["CHI-01"]
    as_yaml = write(tmp_path, yaml.safe_dump(shown, sort_keys=False))
    load_file(store, as_yaml, CLOCK, catalogue)
    assert show_person(store, "ASE-1000-0001") == shown
    load_file(store, write(tmp_path, json.dumps(shown)), CLOCK, catalogue)
    assert show_person(store, "ASE-1000-0001") == shown
    assert show_person(store, "ASE-1000-0002") is None


def test_two_appointments_at_one_instant_load_with_a_warning(
    store: Store, tmp_path: Path, catalogue: TestCatalogue
) -> None:
    """The same instant in another zone; one that was given up, and one an hour later, are none."""
    second = """
  - {id: P-2, test: A6, purchased_on: 2026-01-10,
     appointment: {id: AP-2, starts_at: "2026-03-10T10:00", site: NYC-01, status: booked}}
  - {id: P-3, test: A7, purchased_on: 2026-01-10,
     appointment: {id: AP-3, starts_at: "2026-03-10T09:00", site: CHI-01, status: cancelled}}
  - {id: P-4, test: A8, purchased_on: 2026-01-10,
     appointment: {id: AP-4, starts_at: "2026-03-10T10:00", site: CHI-01, status: booked}}
  certifications:"""
    more = (
        "\n- {id: NYC-01, name: Midtown, city: New York, region: NY, country: US, time_zone: America/New_York}\nseats:"
    )
    text = FILE.replace("\n  certifications:", second, 1).replace("\nseats:", more, 1)
    report = load_file(store, write(tmp_path, text), CLOCK, catalogue)
    assert [str(warning) for warning in report.warnings] == [
        "ASE-1000-0001: A5 (P-1) and A6 (P-2) start at the same time, 2026-03-10 09:00 at CHI-01"
    ]
    with store.unit_of_work(write=False) as unit:
        person = unit.records.person("ASE-1000-0001")
    assert person is not None
    assert len(person.candidate.purchases) == 4
    assert load_file(store, write(tmp_path, FILE), CLOCK, catalogue).warnings == ()


def test_a_second_file_is_merged(store: Store, tmp_path: Path, catalogue: TestCatalogue) -> None:
    load_file(store, write(tmp_path, FILE), CLOCK, catalogue)
    second = """
candidates:
- {ase_id: ASE-1000-0001, name: {first: Dana, last: Moved}}
- ase_id: ASE-1000-0002
  name: {first: New, last: Person}
  purchases:
  - {id: P-1, test: A1, purchased_on: 2026-01-10,
     appointment: {id: AP-2, starts_at: "2026-03-20T13:00", site: CHI-01, status: booked}}
seats:
- {site: CHI-01, starts_at: "2026-03-20T13:00", capacity: 1}
- {site: CHI-01, starts_at: "2026-03-22T13:00", capacity: 4}
"""
    report = load_file(store, write(tmp_path, second), CLOCK, catalogue)
    assert (report.added, report.replaced) == (1, 1)
    assert str(report) == "1 people added, 1 replaced, 0 sites, 2 seats"
    shown = show_person(store, "ASE-1000-0001")
    assert shown is not None
    assert shown["candidates"][0]["name"]["last"] == "Moved"
    assert shown["candidates"][0]["purchases"] == []
    assert [(s.starts_at.day, s.free) for s in free_seats(store)] == [(20, 1), (22, 4)]


BAD: dict[str, tuple[str, str, list[str]]] = {
    "an unknown test": (
        "test: A5\n    purchased_on",
        "test: Q9\n    purchased_on",
        ["candidates[0].purchases[0].test"],
    ),
    "a site that is nowhere": (
        "site: CHI-01, status",
        "site: XXX-01, status",
        ["candidates[0].purchases[0].appointment.site"],
    ),
    "a seat at a site that is nowhere": (
        '{site: CHI-01, starts_at: "2026-03-20',
        '{site: XXX, starts_at: "2026-03-20',
        ["seats[0].site"],
    ),
    "bought tomorrow": (
        "purchased_on: 2026-01-10",
        "purchased_on: 2026-03-03",
        ["candidates[0].purchases[0].purchased_on"],
    ),
    "certified tomorrow": (
        "certified_on: 2021-05-01",
        "certified_on: 2026-03-03",
        ["candidates[0].certifications[0].certified_on"],
    ),
    "a word that is none": ("status: none", "status: perhaps", ["candidates[0].accommodation.status"]),
    "an unknown key": ("paid_by: candidate", "payed_by: candidate", ["candidates[0].purchases[0].payed_by"]),
    "a key twice": ("email: dana@example.org", "email: a@example.org\n  email: b@example.org", ["candidates[0].email"]),
    "less than no seat": ("capacity: 2", "capacity: -2", ["seats[0].capacity"]),
    "a zone that is none": (
        "time_zone: America/Chicago\n",
        "time_zone: America/Nowhere\n",
        ["candidates[0].time_zone"],
    ),
    "three faults at once": (
        "test: A5\n    purchased_on: 2026-01-10",
        "test: Q9\n    purchased_on: never\n    paidby: me",
        [
            "candidates[0].purchases[0].paidby",
            "candidates[0].purchases[0].purchased_on",
            "candidates[0].purchases[0].test",
        ],
    ),
    "an alias": ("email: dana@example.org", "email: dana@example.org\n  name2: &a {x: *a}", []),
    "not YAML": ("candidates:", "candidates: [", []),
    "a tag": ("email: dana@example.org", "email: !!python/name:os.system x", ["candidates[0].email"]),
}


@pytest.mark.parametrize("what", BAD)
def test_a_bad_file_changes_nothing_and_tells_every_fault(
    store: Store, tmp_path: Path, catalogue: TestCatalogue, what: str
) -> None:
    good, bad, paths = BAD[what]
    assert good in FILE
    load_file(store, write(tmp_path, FILE.replace("Dana", "Before")), CLOCK, catalogue)
    before = everything(store)
    with pytest.raises(RecordsError) as refused:
        load_file(store, write(tmp_path, FILE.replace(good, bad, 1)), CLOCK, catalogue)
    assert everything(store) == before
    assert refused.value.faults
    if paths:
        assert sorted(fault.path for fault in refused.value.faults) == paths


def test_there_were_enough_bad_files() -> None:
    assert len(BAD) >= 14


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b""])
def test_a_file_that_holds_nothing_readable_is_refused(
    store: Store, tmp_path: Path, catalogue: TestCatalogue, content: bytes
) -> None:
    path = tmp_path / "x.yml"
    path.write_bytes(content)
    with pytest.raises(RecordsError):
        load_file(store, path, CLOCK, catalogue)


def test_a_missing_file_is_a_fault(store: Store, tmp_path: Path, catalogue: TestCatalogue) -> None:
    with pytest.raises(RecordsError, match="cannot be read"):
        load_file(store, tmp_path / "none.yml", CLOCK, catalogue)


def test_facts_of_today_where_the_person_lives_are_no_fault(
    store: Store, tmp_path: Path, catalogue: TestCatalogue
) -> None:
    late = Clock(datetime(2026, 3, 3, 5, 30, tzinfo=UTC))  # still the second in Chicago, the third in New York
    ahead = FILE.replace("2026-01-10", "2026-03-03")
    with pytest.raises(RecordsError, match="after today"):
        load_file(store, write(tmp_path, ahead), late, catalogue)
    load_file(
        store, write(tmp_path, ahead.replace("America/Chicago\n  addr", "America/New_York\n  addr")), late, catalogue
    )


def test_loading_may_happen_while_others_work(store: Store, catalogue: TestCatalogue) -> None:
    load_document(store, yaml.safe_load(FILE), CLOCK, catalogue)
    loaded = threading.Event()

    def load(_: int) -> None:
        try:
            for _ in range(5):
                load_document(store, yaml.safe_load(FILE), CLOCK, catalogue)
        finally:
            loaded.set()

    def work(_: int) -> None:
        while not loaded.is_set():
            with store.unit_of_work() as unit:
                assert unit.records.person("ASE-1000-0001") is not None
                unit.records.touch("ASE-1000-0001")
                unit.commit()

    jobs = (load, work, work)
    at_once(len(jobs), lambda number: jobs[number](number))


def test_erasing_somebody_unknown_is_nothing(store: Store) -> None:
    assert erase_person(store, "ASE-1000-0404") is None

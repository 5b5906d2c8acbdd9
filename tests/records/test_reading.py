"""Records files: what is taken, and every fault with its path."""

from __future__ import annotations

import copy
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import yaml

from bot.records.codec import RecordsError, parse_candidate, parse_records
from bot.rules.facts import AccommodationStatus, AppointmentStatus, ExperienceStatus, PaidBy, ResultOutcome
from tests.rules.literal import CATALOGUE, SITES

HERE = Path(__file__).parent
FAULTS = yaml.safe_load((HERE / "faults.yml").read_text(encoding="utf-8"))
AS_OF = datetime(2026, 3, 15, 4, 30, tzinfo=UTC)  # 14 March in Chicago, 15 March in New York


def document():
    """A whole file in order."""
    return copy.deepcopy(FAULTS["document"])


def faults_of(told, **given):
    """The faults of a document, as path and message."""
    with pytest.raises(RecordsError) as raised:
        parse_records(told, CATALOGUE, **given)
    return [(fault.path, fault.message) for fault in raised.value.faults]


def test_a_whole_file_is_read():
    read = parse_records(document(), CATALOGUE, as_of=AS_OF)
    dana, lee = read.candidates
    assert dana.name
    assert dana.address
    assert read.now == datetime.fromisoformat("2026-03-02T10:00:00-05:00")
    assert (dana.ase_id, dana.name.first, dana.name.last) == ("ASE-1000-0001", "Dana", "Reyes")
    assert dana.address.postal_code == "60505"
    assert dana.work_experience.status is ExperienceStatus.IN_REVIEW
    assert dana.accommodation.status is AccommodationStatus.APPROVED
    booked, sat = dana.purchases
    assert booked.appointment
    assert sat.result
    assert booked.purchased_on == date(2026, 1, 10)
    assert booked.appointment.starts_at == datetime(2026, 3, 10, 9)
    assert booked.appointment.status is AppointmentStatus.BOOKED
    assert booked.paid_by is PaidBy.CANDIDATE
    assert sat.result.outcome is ResultOutcome.FAIL
    assert sat.result.posted_on == date(2026, 3, 3)
    assert [held.test for held in dana.certifications] == ["A5", "A6R"]
    assert lee.time_zone is None
    assert lee.work_experience.status is ExperienceStatus.NOT_SUBMITTED
    assert [site.id for site in read.sites] == ["CHI-01", "HNL-01"]
    assert read.seats[0].capacity == 2


def test_ids_of_purchases_and_appointments_are_each_persons_own():
    told = document()
    told["candidates"][1]["purchases"] = [copy.deepcopy(told["candidates"][0]["purchases"][0])]
    dana, lee = parse_records(told, CATALOGUE).candidates
    one, other = dana.purchases[0].appointment, lee.purchases[0].appointment
    assert one
    assert other
    assert one.id == other.id


def test_days_may_be_dates_of_yaml():
    told = document()
    told["candidates"][0]["purchases"][0]["purchased_on"] = date(2026, 1, 10)
    told["candidates"][0]["purchases"][0]["appointment"]["starts_at"] = datetime(2026, 3, 10, 9)
    assert parse_records(told, CATALOGUE) == parse_records(document(), CATALOGUE)


@pytest.mark.parametrize(
    ("written", "local", "fold"),
    [
        ("2026-03-10T09:00", datetime(2026, 3, 10, 9), 0),
        ("2026-03-10 09:00:00", datetime(2026, 3, 10, 9), 0),
        ("2026-03-10T10:00-04:00", datetime(2026, 3, 10, 9), 0),
        ("2026-03-10T14:00Z", datetime(2026, 3, 10, 9), 0),
        ("2026-11-01T01:30-05:00", datetime(2026, 11, 1, 1, 30), 0),
        ("2026-11-01T01:30-06:00", datetime(2026, 11, 1, 1, 30), 1),
    ],
)
def test_a_start_is_local_at_its_site(written, local, fold):
    told = document()
    told["candidates"][0]["purchases"][0]["appointment"]["starts_at"] = written
    booked = parse_records(told, CATALOGUE).candidates[0].purchases[0].appointment
    assert booked
    start = booked.starts_at
    assert (start, start.fold, start.tzinfo) == (local, fold, None)


def changed(told, path, value):
    """The document with one place of it changed; a value of "absent" takes it away."""
    at = told
    steps = [int(step) if step.isdigit() else step for step in path.replace("[", ".").replace("]", "").split(".")]
    for step in steps[:-1]:
        at = at[step]
    if value == "absent":
        del at[steps[-1]]
    else:
        at[steps[-1]] = value
    return told


@pytest.mark.parametrize("case", FAULTS["cases"], ids=[case["name"] for case in FAULTS["cases"]])
def test_fault(case):
    told = document()
    for path, value in case["change"].items():
        told = changed(told, path, value)
    found = faults_of(told, as_of=AS_OF)
    assert [path for path, _ in found] == [fault["path"] for fault in case["faults"]]
    for (_, message), fault in zip(found, case["faults"], strict=True):
        for word in fault["says"]:
            assert word in message


def test_all_faults_are_told_at_once_in_the_order_of_the_file():
    told = document()
    told["candidates"][0]["email"] = "nobody"
    told["candidates"][0]["purchases"][0]["appointment"]["site"] = "XXX-1"
    told["candidates"][1]["ase_id"] = None
    told["seats"][0]["capacity"] = -1
    assert [path for path, _ in faults_of(told)] == [
        "candidates[0].email",
        "candidates[0].purchases[0].appointment.site",
        "candidates[1].ase_id",
        "seats[0].capacity",
    ]


@pytest.mark.parametrize("told", [None, [], "text", 3, True])
def test_what_is_no_file(told):
    assert faults_of(told)[0][0] == ""


def test_a_file_may_be_empty_of_everything():
    read = parse_records({}, CATALOGUE)
    assert (read.candidates, read.sites, read.seats, read.now) == ((), (), (), None)


def test_sites_may_be_known_from_before():
    told = document()
    told["sites"] = []
    assert parse_records(told, CATALOGUE, known_sites=SITES).sites == ()
    assert "candidates[0].purchases[0].appointment.site" in dict(faults_of(told))


def test_what_is_dated_after_today_is_a_fault_by_the_day_where_the_person_is():
    told = document()
    told["candidates"][0]["address_changed_on"] = "2026-03-15"  # still the 14th in Chicago
    told["candidates"][1]["address_changed_on"] = "2026-03-15"  # the 15th in New York
    assert faults_of(told, as_of=AS_OF) == [
        ("candidates[0].address_changed_on", "2026-03-15 is after today, 2026-03-14")
    ]
    assert parse_records(told, CATALOGUE).candidates[0].address_changed_on == date(2026, 3, 15)


def test_a_question_needs_no_more_than_its_facts():
    candidate = parse_candidate({}, sites={}, catalogue=CATALOGUE, whole=False)
    assert (candidate.ase_id, candidate.name, candidate.purchases) == ("", None, ())
    odd = {"purchases": [{"id": "P-1", "test": "A5", "purchased_on": "2026-01-10", "cancelled_on": "2025-01-01"}]}
    assert parse_candidate(odd, sites={}, catalogue=CATALOGUE, whole=False).purchases[0].cancelled_on
    with pytest.raises(RecordsError) as raised:
        parse_candidate(odd, "who", sites={}, catalogue=CATALOGUE)
    assert {fault.path for fault in raised.value.faults} == {
        "who.ase_id",
        "who.purchases[0].cancelled_on",
    }


def test_found_enough_cases():
    """found at least N cases"""
    assert len(FAULTS["cases"]) >= FAULTS["at_least"] >= 50
    assert all(case["change"] and case["faults"] for case in FAULTS["cases"])
    assert all(fault["says"] for case in FAULTS["cases"] for fault in case["faults"])

"""What is written is read back the same, and the quick reading gives what the careful one gives."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from random import Random
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.records.codec import candidate_to_dict, parse_candidate, parse_records, person_to_dict, records_to_dict
from bot.records.faults import RecordsError
from bot.records.fields import Fields
from bot.records.quick import quick_candidate
from bot.rules.facts import Address, Name
from tests.records.test_reading import document
from tests.rules.literal import CATALOGUE, SITES
from tests.rules.strategies import Builder

bounded = settings(derandomize=True, max_examples=200, deadline=None, database=None)
seeds = st.integers(0, 2**32)
ADDRESS = Address("1 Main St", "Aurora", "IL", "60505", "US", "Apt 4")


def person(seed):
    """A candidate by chance, with everything a whole file asks of one."""
    return replace(
        Builder(seed).candidate(),
        name=Name("Dana", "Reyes"),
        email="dana@example.org",
        phone="+13125550101",
        address=ADDRESS if seed % 2 else None,
    )


@bounded
@given(seed=seeds)
def test_a_person_written_and_read_is_the_same(seed):
    candidate = person(seed)
    told = json.loads(json.dumps(candidate_to_dict(candidate, SITES)))
    assert parse_candidate(told, sites=SITES, catalogue=CATALOGUE, whole=False) == candidate
    assert yaml.safe_load(yaml.safe_dump(told)) == told


def test_a_file_written_and_read_is_the_same():
    read = parse_records(document(), CATALOGUE)
    told = records_to_dict(read.candidates, read.sites, read.seats, read.now)
    assert parse_records(json.loads(json.dumps(told)), CATALOGUE) == read


def test_one_person_is_a_file_with_the_sites_mentioned():
    read = parse_records(document(), CATALOGUE)
    dana, lee = read.candidates
    told: dict[str, Any] = person_to_dict(dana, SITES)
    assert list(told) == ["candidates", "sites"]
    assert [site["id"] for site in told["sites"]] == ["CHI-01", "HNL-01"]
    assert parse_records(told, CATALOGUE).candidates == (dana,)
    assert person_to_dict(lee, SITES)["sites"] == []


def test_what_is_written_has_the_shape_of_the_file():
    dana = parse_records(document(), CATALOGUE).candidates[0]
    assert candidate_to_dict(dana, SITES) == document()["candidates"][0]


def test_the_later_of_two_starts_keeps_its_offset():
    told = document()
    appointment = told["candidates"][0]["purchases"][0]["appointment"]
    appointment["starts_at"] = "2026-11-01T01:30-06:00"
    dana = parse_records(told, CATALOGUE).candidates[0]
    written: dict[str, Any] = candidate_to_dict(dana, SITES)
    starts_at = written["purchases"][0]["appointment"]["starts_at"]
    assert datetime.fromisoformat(starts_at) == datetime.fromisoformat("2026-11-01T01:30-06:00")
    assert parse_candidate(candidate_to_dict(dana, SITES), sites=SITES, catalogue=CATALOGUE) == dana


ODD: tuple[object, ...] = (
    None,
    "",
    " ",
    "x",
    1,
    1.5,
    True,
    [],
    {},
    [{}],
    "A5",
    "2026-02-30",
    "2026-03-01",
    "2026-03-01T10:00-05:00",
    "\n",
)


def spoilt(told, chance):
    """The same with one value, somewhere in it, replaced or one key added."""
    told = json.loads(json.dumps(told))
    places = []

    def walk(at):
        for key in at if isinstance(at, dict) else range(len(at)):
            places.append((at, key))
            if isinstance(at[key], (dict, list)):
                walk(at[key])

    walk(told)
    at, key = chance.choice(places)
    if isinstance(at, dict) and chance.random() < 0.2:
        key = chance.choice(["note", "id", "test"])
    elif isinstance(at, dict) and chance.random() < 0.2:
        del at[key]
        return told
    at[key] = chance.choice(ODD)
    return told


@bounded
@given(seed=seeds)
def test_the_quick_reading_gives_what_the_careful_one_gives(seed):
    told = candidate_to_dict(person(seed), SITES)
    for one in (told, *(spoilt(told, Random(seed + number)) for number in range(5))):
        quick = quick_candidate(one, SITES, CATALOGUE)
        try:
            # With a fault elsewhere the careful reading alone answers, so ask it by itself.
            careful = _carefully(one)
        except RecordsError:
            careful = None
        assert quick is None or quick == careful


def _carefully(told):
    from bot.records import codec

    fields = Fields()
    candidate = codec._candidate(fields, told, "candidate", SITES, CATALOGUE, None)
    fields.refuse()
    return candidate


def test_what_is_in_order_is_read_quickly():
    assert all(
        quick_candidate(candidate_to_dict(person(seed), None), SITES, CATALOGUE) is not None for seed in range(100)
    )

"""Values as callers say them, and as recognisers hear them: how many are read right.

`listening.tsv` has one answer to one prompt a line. Cleanly recognised, at least 98 of 100 must be right; misheard,
fewer may be, and none of them is acted on unread: a low confidence is read back first.
"""

from __future__ import annotations

import csv
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

from bot.nlu.entities import (
    read_ase_id,
    read_choice,
    read_code,
    read_dates,
    read_test_codes,
    read_times,
    read_yes_no,
)

CLEAN = 0.98
MISHEARD = 0.60
TAKEN_FOR_ANOTHER = 0.03
AS_OF = datetime.fromisoformat("2026-03-02T10:00:00-06:00")
ROWS = list(csv.DictReader((Path(__file__).parent / "listening.tsv").read_text().splitlines(), delimiter="\t"))


def read(kind: str, text: str) -> str:
    """What is read from the answer to a prompt for a `kind`."""
    match kind:
        case "test_code":
            return ",".join(read_test_codes(text))
        case "date":
            return ",".join(value.value for value in read_dates(text, AS_OF, "America/Chicago", prefer="future"))
        case "time":
            return ",".join(value.value for value in read_times(text))
        case "ase_id":
            return read_ase_id(text) or ""
        case "code":
            return read_code(text) or ""
        case "yes_no":
            return {True: "yes", False: "no", None: ""}[read_yes_no(text)]
        case "choice":
            return str(read_choice(text, 3) or "")
    raise AssertionError(kind)


def wrong(style: str) -> tuple[list[str], Counter[str], Counter[str]]:
    """The lines read wrongly, and by kind how many there are and how many were right."""
    faults, count, right = [], Counter[str](), Counter[str]()
    for row in ROWS:
        if row["style"] != style:
            continue
        found = read(row["kind"], row["text"])
        count[row["kind"]] += 1
        right[row["kind"]] += found == row["value"]
        if found != row["value"]:
            faults.append(f"{row['kind']}: {row['text']!r} read as {found!r}, not {row['value']!r}")
    return faults, count, right


@pytest.mark.parametrize(("style", "wanted"), [("clean", CLEAN), ("misheard", MISHEARD)])
def test_enough_is_read_right(style: str, wanted: float) -> None:
    faults, count, right = wrong(style)
    share = sum(right.values()) / sum(count.values())
    assert share >= wanted, "\n".join(faults)


def test_every_kind_is_read_well_when_clean() -> None:
    faults, count, right = wrong("clean")
    poor = [kind for kind in count if right[kind] < 0.93 * count[kind]]
    assert not poor, "\n".join(faults)
    assert set(count) == {"test_code", "date", "time", "ase_id", "code", "yes_no", "choice"}


def test_a_misheard_value_is_asked_for_again_rather_than_taken_for_another() -> None:
    others = [row for row in ROWS if read(row["kind"], row["text"]) not in {row["value"], ""}]
    assert len(others) <= TAKEN_FOR_ANOTHER * len(ROWS), others


def test_a_value_misheard_is_not_taken_for_its_opposite() -> None:
    turned = {("yes", "no"), ("no", "yes")}
    for row in ROWS:
        if row["kind"] == "yes_no":
            assert (row["value"], read("yes_no", row["text"])) not in turned, row["text"]


def test_found_at_least_two_hundred_cases() -> None:
    assert len(ROWS) >= 200
    assert len({(row["kind"], row["text"]) for row in ROWS}) == len(ROWS)

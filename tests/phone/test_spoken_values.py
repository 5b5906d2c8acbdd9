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

from bot.nlu.values import (
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


def table() -> str:
    """The figures as the document shows them."""
    lines = ["| value | cleanly recognised | right | misrecognised | right | asked again | taken for another |"]
    lines.append("|---|---|---|---|---|---|---|")
    total = [0] * 6
    names = {"test_code": "test codes and names", "ase_id": "ASE IDs", "code": "sign-in codes", "yes_no": "yes or no"}
    for kind in ("test_code", "date", "time", "ase_id", "code", "yes_no", "choice"):
        clean, noisy = (
            [row for row in ROWS if (row["kind"], row["style"]) == (kind, s)] for s in ("clean", "misheard")
        )
        found = [(row["value"], read(kind, row["text"])) for row in noisy]
        right = sum(value == got for value, got in found)
        again = sum(got == "" for _, got in found)
        figures = [
            len(clean),
            sum(read(kind, row["text"]) == row["value"] for row in clean),
            len(noisy),
            right,
            again,
            len(noisy) - right - again,
        ]
        total = [a + b for a, b in zip(total, figures, strict=True)]
        lines.append(f"| {names.get(kind, kind + 's')} | {' | '.join(map(str, figures))} |")
    lines.append(f"| **all** | {' | '.join(map(str, total))} |")
    share = 100 * total[1] / total[0]
    return "\n".join([*lines, "", f"Cleanly recognised, {share:.1f} of 100 are read right."])


def figures(text: str) -> dict[str, list[int]]:
    """The numbers of a table by the name of its row."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    return {row[0]: [int(cell) for cell in row[1:]] for row in rows[2:]}


def test_the_document_promises_no_more_than_is_measured() -> None:
    text = (Path(__file__).resolve().parents[2] / "docs" / "phone.md").read_text()
    promised = figures(text.split("<!-- listening -->")[1].split("<!-- /listening -->")[0].strip())
    measured = figures(table())
    assert set(promised) == set(measured)
    for name, (clean, right, noisy, noisy_right, _, other) in promised.items():
        now = measured[name]
        assert (clean, noisy) == (now[0], now[2]), name
        assert right <= now[1], name
        assert noisy_right <= now[3], name
        assert other >= now[5], name


def test_found_enough_cases() -> None:
    assert len(ROWS) >= 260
    assert len({(row["kind"], row["text"]) for row in ROWS}) == len(ROWS)

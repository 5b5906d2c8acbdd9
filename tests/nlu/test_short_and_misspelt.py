"""One-word, terse and misspelt lines, and lines that only sound like a goodbye, a stop or a call for a person.

A wanted label may be several, separated by commas; after "!" stand labels that the line must not get.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.nlu.reader import Reader
from tests.nlu.reading import NOW, ZONE
from tests.whole import model

ROWS = [line.split("\t") for line in Path(__file__).with_suffix(".tsv").with_stem("short_and_misspelt").read_text(
    "utf-8").splitlines()[1:]]  # fmt: skip
WANTED = 0.95
KEPT_OFF = 0.98


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader.load(model())


def read(reader: Reader, rows: list[list[str]]) -> list[tuple[str, str, str]]:
    return [(text, label, reader.read(text, as_of=NOW, zone=ZONE).label) for text, label in rows]


def test_short_and_misspelt_lines_get_their_label(reader: Reader) -> None:
    found = read(reader, [row for row in ROWS if not row[1].startswith("!")])
    wrong = [row for row in found if row[2] not in row[1].split(",")]
    assert len(found) >= 90
    assert 1 - len(wrong) / len(found) >= WANTED, wrong


def test_what_ends_or_hands_over_needs_its_own_words(reader: Reader) -> None:
    found = read(reader, [row for row in ROWS if row[1].startswith("!")])
    wrong = [row for row in found if row[2] in row[1][1:].split(",")]
    assert len(found) >= 90
    assert 1 - len(wrong) / len(found) >= KEPT_OFF, wrong

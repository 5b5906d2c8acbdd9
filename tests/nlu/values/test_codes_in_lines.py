"""Codes of tests in whole lines, typed and as a recogniser writes them, and figures and letters that are no codes."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from bot.nlu.values import read_values

NOW = datetime.fromisoformat("2026-03-02T10:00:00-06:00")
LINES = [
    tuple((line + "\t").split("\t")[:2])
    for line in Path(__file__).with_name("codes_in_lines.tsv").read_text("utf-8").splitlines()[1:]
]


@pytest.mark.parametrize(("text", "codes"), LINES)
def test_a_line_holds_these_codes_and_no_others(text: str, codes: str) -> None:
    found = [value.value for value in read_values(text, as_of=NOW, zone="America/Chicago")
             if value.entity == "test_code"]  # fmt: skip
    assert sorted(found) == codes.split()


@pytest.mark.parametrize("text", ["the L ones", "are my L ones still good", "what are the L ones"])
def test_the_ones_of_a_letter_are_its_series(text: str) -> None:
    found = read_values(text, as_of=NOW, zone="America/Chicago")
    assert [value.value for value in found if value.entity == "test_series"] == ["advanced"]


def test_there_are_lines_with_and_without_codes() -> None:
    assert sum(bool(codes) for _, codes in LINES) >= 150
    assert sum(not codes for _, codes in LINES) >= 100

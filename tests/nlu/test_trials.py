"""What was learned from trials by strangers stays learned (see trials/README.md)."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from bot.nlu.reader import Reader
from tests.nlu.reading import NOW, ZONE, answer, joined
from tests.whole import model

FLOOR = 0.98
KINDS = ("test_code", "date", "time", "ase_id", "choice", "yes_no")
MESSAGE = "-"


@pytest.fixture(scope="module")
def outcomes() -> dict[str, list[tuple[str, str, str]]]:
    """For every kind the text, the value wanted and what was read."""
    reader = Reader.load(model())
    found: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for line in Path(__file__).with_name("trials").joinpath("values.tsv").read_text("utf-8").splitlines()[1:]:
        kind, prompt, text, wanted = line.split("\t")
        count = int(prompt) if prompt.isdigit() else 0
        if prompt == MESSAGE:
            read = joined(kind, reader.read(text, as_of=NOW, zone=ZONE).entities)
        else:
            read = answer(kind, text, count)
        found[kind].append((text, "last" if count and wanted == str(count) else wanted, read))
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_values_of_the_trials_are_read(outcomes: dict[str, list[tuple[str, str, str]]], kind: str) -> None:
    wrong = [(text, wanted, read) for text, wanted, read in outcomes[kind] if spans(wanted) != spans(read)]
    assert len(outcomes[kind]) >= 90
    assert 1 - len(wrong) / len(outcomes[kind]) >= FLOOR, wrong


def spans(value: str) -> str:
    """Two ends and a span of them are the same wish."""
    return value.replace("/", ",")

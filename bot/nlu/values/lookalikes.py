"""Ordinary words that are a slip away from a word of a test's name ("disability" and "drivability").

`lookalikes.json` is made from the encoder's list of whole words (bot/nlu/make_lookalikes.py), afresh after the names
in the catalogue have changed; a test says when that is due.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

FILE = Path(__file__).with_name("lookalikes.json")

SHORTEST = 5
"""Words of fewer letters are never taken for misspelled names."""


def slips(word: str) -> int:
    """How many slips of the pen a misspelled word of that length may have."""
    return 2 if len(word) >= 9 else 1


@lru_cache(maxsize=1)
def lookalikes() -> frozenset[str]:
    """The words that are not misspellings of a name."""
    return frozenset(json.loads(FILE.read_text("utf-8")))


def find(ordinary: Iterable[str], names: frozenset[str]) -> list[str]:
    """Those of the ordinary words that would be taken for a misspelled word of a name, sorted."""
    from rapidfuzz.distance import OSA

    return sorted(
        word
        for word in ordinary
        if len(word) >= SHORTEST
        and word.isascii()
        and word not in names
        and any(
            word[0] == name[0] and OSA.distance(word, name, score_cutoff=slips(word)) <= slips(word) for name in names
        )
    )

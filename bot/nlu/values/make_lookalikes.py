"""Ordinary words that are a slip away from a word of a test's name ("disability" and "drivability").

`lookalikes.json` is made from the encoder's list of whole words: `python -m bot.nlu.values.make_lookalikes` writes it
afresh after the names in the catalogue have changed; a test says when that is due.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

_FILE = Path(__file__).with_name("lookalikes.json")

SHORTEST = 5
"""Words of fewer letters are never taken for misspelled names."""


def slips(word: str) -> int:
    """How many slips of the pen a misspelled word of that length may have."""
    return 2 if len(word) >= 9 else 1


@lru_cache(maxsize=1)
def lookalikes() -> frozenset[str]:
    """The words that are not misspellings of a name."""
    return frozenset(json.loads(_FILE.read_text("utf-8")))


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


def main() -> None:
    """Write `lookalikes.json` afresh."""
    from bot.nlu.intents.encoder import encoder
    from bot.nlu.values.vocabulary import Vocabulary

    found = find(encoder().whole_words(), Vocabulary.from_knowledge().name_words)
    _FILE.write_text(json.dumps(found, indent=0) + "\n", "utf-8")


if __name__ == "__main__":
    main()

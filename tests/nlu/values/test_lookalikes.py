"""The stored list of ordinary words that look like a test's name fits the encoder and the catalogue."""

from __future__ import annotations

from bot.nlu.intents.encoder import encoder
from bot.nlu.values import Vocabulary
from bot.nlu.values.lookalikes import find, lookalikes


def test_the_stored_words_are_those_that_are_found_now() -> None:
    found = find(encoder().whole_words(), Vocabulary.from_knowledge().name_words)
    assert frozenset(found) == lookalikes(), "write them afresh: python -m bot.nlu.make_lookalikes"

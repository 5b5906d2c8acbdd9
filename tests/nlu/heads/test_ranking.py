"""Ranking statements and gaps by what speaks for them, and the sums over lines that share words."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from bot.nlu.intents.features import Grams
from bot.nlu.intents.heads import selector
from bot.nlu.intents.heads.postings import Postings
from bot.nlu.intents.heads.ranking import Ranking, Signs
from bot.nlu.intents.heads.selector import Likeness, Selector

LINES = (
    "what does it cost",
    "price of a test",
    "how long is it",
    "hours for a test",
    "where do i park",
    "is there parking",
)
ROWS = np.array([0, 0, 1, 1, 2, 2])
TOPICS = np.array([0, 0, 1])


def trained() -> tuple[Selector, npt.NDArray[np.float32]]:
    vectors = np.random.default_rng(3).normal(size=(6, 192)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    grams = Grams.learn(LINES)
    read = [grams.read(line)[0] for line in LINES]
    return selector.train(vectors, read, ROWS, TOPICS, grams), vectors


def test_a_line_speaks_for_its_own_statement() -> None:
    made, vectors = trained()
    for vector, line, row in zip(vectors, LINES, ROWS, strict=True):
        like = made.like(vector, made.grams.read(line)[0])
        assert like.near.argmax() == row
        assert like.center.argmax() == row
        assert like.words.argmax() == row
        if row < 2:
            assert like.told[:2].argmax() == row


def test_what_is_stored_says_nearly_the_same() -> None:
    made, vectors = trained()
    again = Selector.from_arrays(made.to_arrays(), TOPICS, made.grams)
    columns = made.grams.read(LINES[2])[0]
    first, second = made.like(vectors[2], columns), again.like(vectors[2], columns)
    assert np.allclose(first.told, second.told, atol=0.03)
    assert np.allclose(first.words, second.words)


def test_sums_over_those_who_have_a_word() -> None:
    made = Postings.of_pairs(np.array([0, 2, 2]), np.array([1, 0, 1]), np.array([0.5, 1.0, 2.0], np.float32), 3, 2)
    assert made.of(np.array([2, 0]), np.array([1.0, 4.0], np.float32)).tolist() == [1.0, 4.0]
    assert made.of(np.array([1]), np.array([1.0], np.float32)).tolist() == [0.0, 0.0]


def signs(right: int, strength: float) -> Signs:
    """Three rivals of one topic, of which one is liker by so much, by its words alone."""
    words = np.full(3, 0.2, np.float32)
    words[right] += strength
    same = np.full(3, 0.4, np.float32)
    return Signs(Likeness(same, same, same, same, words), same, same, same, np.zeros(3, dtype=np.int64))


def test_it_learns_what_tells_and_how_sure_that_makes() -> None:
    every = np.arange(3)
    asked = [(signs(place % 3, 0.5), every, place % 3) for place in range(30)]
    others = [(signs(place % 3, 0.0), every) for place in range(30)]
    ranking = Ranking.learn(asked, others)
    clear, vague = ranking.chances(signs(1, 0.5), every), ranking.chances(signs(1, 0.0), every)
    assert clear.argmax() == 1
    assert clear[1] > 0.8 > 0.4 > vague.max()
    same = Ranking.from_json(ranking.to_json())
    assert np.allclose(same.chances(signs(1, 0.5), every), clear)

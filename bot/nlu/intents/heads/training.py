"""Trains the heads: in closed form, with every line's scores by a machine that has not seen it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from bot.nlu.intents.features import Grams
from bot.nlu.intents.heads import selector
from bot.nlu.intents.heads.few import train_few
from bot.nlu.intents.heads.heads import Head, Heads, marked, topics_of
from bot.nlu.intents.heads.lessons import Lessons
from bot.nlu.intents.heads.ranking import Ranking, Signs
from bot.nlu.intents.intent_model import IntentModel, temperature_of
from bot.nlu.intents.kernel import Array, Rows, Shape, along

_TELLING = Shape(gamma=3.0, gram_share=0.9, ridge=0.2)
"""Kinds and acts: the words say more than the sentence as a whole."""
_RARE = 2
"""n-grams of fewer lines than this are left out."""

_Read = Mapping[str, tuple[str, Array]]


def train(lessons: Lessons, prepared: _Read, model: IntentModel) -> Heads:
    """Learn all heads. `prepared`: every text of the lessons with its line for the n-grams and its sentence vector."""
    teacher = _Teacher(lessons.texts, prepared, model.machine.basis)
    heads = Heads(
        teacher.basis,
        teacher.grams,
        teacher.head(lessons.kinds),
        teacher.head(lessons.acts),
        teacher.selector(lessons),
        lessons.tellers,
        Ranking.even(),
        Ranking.even(),
        teacher.head(lessons.asides) if lessons.asides else None,
    )
    if not lessons.weighed:
        return heads
    seen = list(_signs([text for text, _, _ in lessons.weighed], prepared, heads, model))
    away = list(_signs(lessons.elsewhere, prepared, heads, model))
    every = np.arange(len(lessons.tellers))
    topics = [heads.places_of(label) for label in dict.fromkeys(teller.label for teller in lessons.tellers)]
    asked = [(signs, place, leans) for signs, (_, place, leans) in zip(seen, lessons.weighed, strict=True)]
    alone = [(signs, every, place) for signs, place, leans in asked if not leans]
    within = [(signs, heads.places_of(lessons.tellers[place].label), place) for signs, place, _ in asked]
    over = Ranking.learn(alone, [(signs, every) for signs in away])
    return replace(heads, over=over, within=Ranking.learn(within, list(_in_turn(away, topics))))


def _in_turn(away: Sequence[Signs], topics: Sequence[Rows]) -> Iterator[tuple[Signs, Rows]]:
    """Messages that nothing answers, each as if said on a topic."""
    for number, signs in enumerate(away):
        yield signs, topics[number % len(topics)]


def _signs(texts: Sequence[str], prepared: _Read, heads: Heads, model: IntentModel) -> Iterator[Signs]:
    """What speaks for each statement and gap, for many texts."""
    read = [prepared[text] for text in texts]
    chances = model.chances([line for line, _ in read], np.array([vector for _, vector in read], dtype=np.float32))
    for (line, vector), labels in zip(read, chances, strict=True):
        yield heads.signs(line, vector, dict(zip(model.labels, map(float, labels), strict=True)))


class _Teacher:
    """The lines of all heads with their n-grams and vectors."""

    def __init__(self, texts: Sequence[str], prepared: _Read, basis: Array) -> None:
        each = list(dict.fromkeys(texts))
        self.place = {text: number for number, text in enumerate(each)}
        self.basis = basis
        lines = [marked(prepared[text][0]) for text in each]
        self.vectors = along(basis, np.array([prepared[text][1] for text in each], dtype=np.float32))
        self.grams = Grams.learn(lines, _RARE)
        self.matrix: Any = self.grams.matrix(lines)

    def head(self, lines: Sequence[tuple[str, str]]) -> Head:
        """A calibrated head over lines with the names of what they are."""
        names = tuple(sorted({str(name) for _, name in lines}))
        pairs = list(dict.fromkeys((text, names.index(str(name))) for text, name in lines))
        at, rows = [self.place[text] for text, _ in pairs], np.array([row for _, row in pairs], dtype=np.int64)
        machine, without = train_few(self.vectors[at], self.matrix[at], rows, len(names), _TELLING)
        return Head(names, machine, temperature_of(without, rows))

    def selector(self, lessons: Lessons) -> selector.Selector:
        """The selector over the lines of all statements and gaps, the own sentence of each first."""
        pairs = list(dict.fromkeys([*lessons.told, *lessons.asked]))
        pairs.sort(key=lambda pair: pair[1])
        at, rows = [self.place[text] for text, _ in pairs], np.array([row for _, row in pairs], dtype=np.int64)
        ends = self.matrix.indptr
        read = [self.matrix.indices[ends[place] : ends[place + 1]] for place in at]
        return selector.train(self.vectors[at], read, rows, topics_of(lessons.tellers), self.grams)

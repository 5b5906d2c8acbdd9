"""Trains the heads: in closed form, with every line's scores by a machine that has not seen it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.nlu.intents.features import Grams
from bot.nlu.intents.heads.few import train_few, train_many
from bot.nlu.intents.heads.heads import Head, Heads, Signs, features, marked
from bot.nlu.intents.heads.lessons import Lessons
from bot.nlu.intents.intent_model import IntentModel, temperature_of
from bot.nlu.intents.kernel import Array, Shape, along, in_bytes

_TELLING = Shape(gamma=3.0, gram_share=0.9, ridge=0.2)
"""Kinds and acts: the words say more than the sentence as a whole."""
_PICKING = Shape(gamma=2.0, gram_share=0.2, ridge=0.2, landmarks=4_000)
"""Statements and gaps: what the sentence means says more."""
_FEATURES = 7
_LIKELY = np.array([1.0, 0.0, 0.0, 1.0, 0.3, 0.3, 0.0])
"""Rivals are those that are likely by these weights of the features."""
_RARE = 2
"""n-grams of fewer lines than this are left out."""
_RIVALS = 30
"""So many wrong statements or gaps of each line teach the weights of the ranking."""


def train(lessons: Lessons, prepared: Mapping[str, tuple[str, Array]], model: IntentModel) -> Heads:
    """Learn all heads. `prepared`: every text of the lessons with its line for the n-grams and its sentence vector."""
    teacher = _Teacher(lessons.texts, prepared, model.machine.basis)
    kinds = teacher.head(lessons.kinds)
    acts = teacher.head(lessons.acts)
    asides = teacher.head(lessons.asides) if lessons.asides else None
    none = len(lessons.tellers)
    pairs = list(dict.fromkeys([*lessons.asked, *((text, none) for text in lessons.elsewhere), *lessons.told]))
    at = [teacher.place[text] for text, _ in pairs]
    rows = np.array([row for _, row in pairs], dtype=np.int64)
    vectors = teacher.vectors[at]
    machine = train_many(vectors, teacher.matrix[at], rows, none + 1, _PICKING)
    step = 127 / float(np.abs(vectors).max())
    even = np.ones(_FEATURES + 1)
    heads = Heads(
        teacher.basis,
        teacher.grams,
        kinds,
        acts,
        machine,
        in_bytes(vectors, step),
        step,
        lessons.tellers,
        rows,
        even,
        even,
        asides,
    )
    if not lessons.weighed:
        return heads
    texts = [text for text, _, _ in lessons.weighed]
    chances = model.chances([prepared[text][0] for text in texts], np.array([prepared[text][1] for text in texts]))
    signs = []
    for text, labels in zip(texts, chances, strict=True):
        line, vector = prepared[text]
        signs.append(heads.signs(line, vector, dict(zip(model.labels, map(float, labels), strict=True))))
    seen = [(signs_of, row, leans) for signs_of, (_, row, leans) in zip(signs, lessons.weighed, strict=True)]
    alone = [(signs_of, row) for signs_of, row, leans in seen if not leans]
    within = [(signs_of, row) for signs_of, row, _ in seen]
    return replace(heads, weights=_weights(heads, alone), within=_weights(heads, within, within=True))


class _Teacher:
    """The lines of all heads with their n-grams and vectors."""

    def __init__(self, texts: Sequence[str], prepared: Mapping[str, tuple[str, Array]], basis: Array) -> None:
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
        pairs = _placed(lines, names)
        at, rows = [self.place[text] for text, _ in pairs], np.array([row for _, row in pairs], dtype=np.int64)
        machine, without = train_few(self.vectors[at], self.matrix[at], rows, len(names), _TELLING)
        return Head(names, machine, temperature_of(without, rows))


def _placed(lines: Sequence[tuple[str, str]], names: Sequence[str]) -> list[tuple[str, int]]:
    """Each line once, with the place of its name."""
    return list(dict.fromkeys((text, names.index(str(name))) for text, name in lines))


def _weights(heads: Heads, lines: Sequence[tuple[Signs, int]], *, within: bool = False) -> npt.NDArray[np.float64]:
    """How much each feature tells that a statement or gap answers: each line's own one against its best rivals.

    `within`: against those of its own topic alone.
    """
    from sklearn.linear_model import LogisticRegression

    picked: list[npt.NDArray[np.float64]] = []
    right: list[bool] = []
    for seen, place in lines:
        places = heads.places_of(heads.tellers[place].label) if within else np.arange(len(heads.tellers))
        told = features(seen, places, of_topic=within)
        best = places[np.argsort(-told @ _LIKELY, kind="stable")[:_RIVALS]]
        chosen = np.union1d(best, [place])
        picked.extend(told[np.searchsorted(places, chosen)])
        right.extend(bool(each == place) for each in chosen)
    judge = LogisticRegression(C=10.0, max_iter=1000).fit(np.array(picked), right)
    found: npt.NDArray[np.float64] = np.append(judge.coef_[0], judge.intercept_[0])
    return found

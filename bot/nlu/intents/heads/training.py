"""Trains the heads: in closed form, with every line's scores by a machine that has not seen it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.nlu.intents.features import Grams
from bot.nlu.intents.heads.few import FewMachine, train_few
from bot.nlu.intents.heads.heads import Head, Heads, features, marked, nearest
from bot.nlu.intents.heads.lessons import Lessons
from bot.nlu.intents.intent_model import IntentModel, temperature_of
from bot.nlu.intents.kernel import Array, Rows, Shape, alike, along, in_bytes, log_softmax

_TELLING = Shape(gamma=3.0, gram_share=0.9, ridge=0.2)
"""Kinds and acts: the words say more than the sentence as a whole."""
_PICKING = Shape(gamma=4.0, gram_share=0.2, ridge=0.2, landmarks=4_000)
"""Statements and gaps: what the sentence means says more."""
_LIKELY = np.array([1.0, 0.0, 0.0, 0.0, 0.4, 0.8])
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
    machine, without, rows = teacher.machine(pairs, none + 1, _PICKING)
    at = [teacher.place[text] for text, _ in pairs]
    vectors = teacher.vectors[at]
    step = 127 / float(np.abs(vectors).max())
    lines = in_bytes(vectors, step)
    heads = Heads(
        teacher.basis, teacher.grams, kinds, acts, machine, lines, step, lessons.tellers, rows, np.zeros(7), asides
    )
    mass = teacher.chances(kinds, lessons.kinds, at)
    labels = model.chances([prepared[text][0] for text, _ in pairs], np.array([prepared[text][1] for text, _ in pairs]))
    columns = {label: column for column, label in enumerate(model.labels)}
    known = [columns.get(teller.label) for teller in lessons.tellers]
    topic = np.stack([np.zeros(len(at)) if each is None else labels[:, each] for each in known], axis=1)
    told = features(without, nearest(vectors, rows, none), mass @ heads.answers.T, topic)
    asking = len(pairs) - len(lessons.told)
    return replace(heads, weights=_weights(told[:asking], rows[:asking], none))


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

    def machine(self, pairs: Sequence[tuple[str, int]], count: int, shape: Shape) -> tuple[FewMachine, Array, Rows]:
        """A machine, the scores of every line by one that has not seen it, and the rows."""
        at = [self.place[text] for text, _ in pairs]
        rows = np.array([row for _, row in pairs], dtype=np.int64)
        return *train_few(self.vectors[at], self.matrix[at], rows, count, shape), rows

    def head(self, lines: Sequence[tuple[str, str]]) -> Head:
        """A calibrated head over lines with the names of what they are."""
        names = tuple(sorted({str(name) for _, name in lines}))
        machine, without, rows = self.machine(_placed(lines, names), len(names), _TELLING)
        return Head(names, machine, temperature_of(without, rows))

    def chances(self, head: Head, lines: Sequence[tuple[str, str]], at: Sequence[int]) -> Array:
        """What a head that was trained on `lines` makes of other lines, at these places: (lines, names)."""
        mine = [self.place[text] for text, _ in _placed(lines, head.names)]
        near = alike(self.vectors[at], self.matrix[at], self.vectors[mine], self.matrix[mine], head.machine.shape)
        found: Array = np.exp(log_softmax(near @ head.machine.coefficients / np.float32(head.temperature)))
        return found


def _placed(lines: Sequence[tuple[str, str]], names: Sequence[str]) -> list[tuple[str, int]]:
    """Each line once, with the place of its name."""
    return list(dict.fromkeys((text, names.index(str(name))) for text, name in lines))


def _weights(told: npt.NDArray[np.float64], rows: Rows, none: int) -> npt.NDArray[np.float64]:
    """How much each feature tells that a statement or gap answers: each line's own one against its best rivals."""
    from sklearn.linear_model import LogisticRegression

    picked: list[npt.NDArray[np.float64]] = []
    right: list[bool] = []
    for line, own in enumerate(rows):
        best = np.argsort(-told[line] @ _LIKELY, kind="stable")[:_RIVALS]
        for place in best if own == none else [own, *(place for place in best if place != own)]:
            picked.append(told[line, place])
            right.append(bool(place == own))
    judge = LogisticRegression(C=10.0, max_iter=1000).fit(np.array(picked), right)
    found: npt.NDArray[np.float64] = np.append(judge.coef_[0], judge.intercept_[0])
    return found

"""The intent model: a kernel machine over sentence vectors and n-grams, calibrated, with a sense of what is off topic.

Trained with scipy and scikit-learn, predicted with numpy alone, stored as arrays and JSON.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.nlu.intents import kernel, scope
from bot.nlu.intents.features import Grams
from bot.nlu.intents.kernel import Array, Machine, Rows, Shape, in_bytes, log_softmax

OUT_OF_SCOPE = "out_of_scope"
HELD_EVERY = 5
_ARRAYS = "intent_model.npz"
_FACTS = "intent_model.json"


@dataclass(frozen=True)
class Recipe:
    """What is chosen before training.

    `rejected`: share of our subject's training lines that the border of scope sends away. `tie`: two labels are a
    near tie when the second has more than this share of the first's chance. `least`: a best label with a smaller
    chance than this is none.
    """

    shape: Shape = field(default_factory=Shape)
    rejected: float = 0.035
    least: float = 0.25
    tie: float = 0.5
    rare: int = 4
    """n-grams of fewer training lines than this are left out."""


@dataclass(frozen=True)
class Neighbour:
    """A training line near a message, and its cosine."""

    text: str
    label: str
    cosine: float


@dataclass(frozen=True)
class Verdict:
    """What the model makes of one message. `ranking` is calibrated and leaves out_of_scope in its place."""

    label: str
    confidence: float
    in_scope: float
    near_tie: bool
    ranking: tuple[tuple[str, float], ...]
    evidence: tuple[tuple[str, float, float], ...] = ()
    """For the two best labels: what sentence vectors and what n-grams say for them."""


@dataclass(frozen=True)
class HeldOut:
    """What a part of the training lines get from a model that has not seen them, nor any line like them."""

    places: Rows
    scores: Array
    rows: Rows
    measures: npt.NDArray[np.float64]


@dataclass(frozen=True)
class IntentModel:
    """A trained model. `labels` are spelled in full ("faq/fees", "greet")."""

    labels: tuple[str, ...]
    grams: Grams
    machine: Machine
    temperature: float
    border: scope.Scope
    tie: float
    least: float
    lines: tuple[str, ...]
    """The landmarks' sentences, and in `rows` their labels."""
    rows: Rows

    @cached_property
    def _ours(self) -> Rows:
        """The landmarks of our subject."""
        return np.flatnonzero(_is_mine(self.labels)[self.rows])

    @classmethod
    def train(
        cls,
        sentences: Sequence[str],
        lines: Sequence[str],
        vectors: Array,
        labels: Sequence[str],
        recipe: Recipe | None = None,
    ) -> IntentModel:
        """Learn from prepared training lines: `vectors` (n, channels) of the `sentences`, `lines` for the n-grams.

        Deterministic. Raises ValueError for fewer than two labels or a label with a single line.
        """
        return cls.train_with_scores(sentences, lines, vectors, labels, recipe)[0]

    @classmethod
    def train_with_scores(
        cls,
        sentences: Sequence[str],
        lines: Sequence[str],
        vectors: Array,
        labels: Sequence[str],
        recipe: Recipe | None = None,
        counted: tuple[Grams, Any] | None = None,
    ) -> tuple[IntentModel, HeldOut]:
        """As `train`, and what the lines held out for calibration got. `counted`: what `count` gives for the lines."""
        recipe = recipe or Recipe()
        names = tuple(sorted(set(labels)))
        if len(names) < 2:
            raise ValueError("at least two labels are needed")
        index = {name: place for place, name in enumerate(names)}
        rows = np.array([index[label] for label in labels], dtype=np.int64)
        thin = [name for name, count in zip(names, np.bincount(rows), strict=True) if count < 2]
        if thin:
            raise ValueError(f"these labels have a single line: {', '.join(thin)}")
        grams, matrix = counted or count(lines, recipe)
        basis = kernel.principal(vectors, recipe.shape.axes)
        vectors = kernel.along(basis, vectors)
        held = held_lines(lines, vectors, rows, _is_mine(names)[rows])
        machine, scores, marks = kernel.train(basis, vectors, matrix, rows, len(names), recipe.shape, held)
        mine = _is_mine(names)[rows[held]]
        temperature = temperature_of(scores[mine], rows[held][mine])
        near = _nearest(vectors, held, np.flatnonzero(_is_mine(names)[rows]))
        measures = _measures(names, scores, near)
        border = scope.fit(measures[mine], measures[~mine], rejected=recipe.rejected)
        kept = tuple(sentences[place] for place in marks)
        model = cls(names, grams, machine, temperature, border, recipe.tie, recipe.least, kept, rows[marks])
        return model, HeldOut(held, scores, rows[held], measures)

    def judge(self, line: str, vector: Array) -> Verdict:
        """Read one prepared message: its line for the n-grams and its sentence vector (channels,)."""
        cosines = self.machine.cosines(vector)
        by_vector, by_grams = self.machine.scores(cosines, *self.grams.read(line))
        scores = by_vector + by_grams
        chances = np.exp(log_softmax(scores / self.temperature))
        order = np.argsort(-chances, kind="stable")
        measures = _measures(self.labels, scores[None, :], cosines[self._ours].max(keepdims=True))
        in_scope = float(self.border.score(measures)[0])
        ranking = tuple((self.labels[place], float(chances[place])) for place in order)
        best = [(name, chance) for name, chance in ranking if name != OUT_OF_SCOPE]
        if best[0][1] < self.least:
            in_scope = min(in_scope, 0.5 * best[0][1] / self.least)
        away = in_scope < 0.5
        label, confidence = (OUT_OF_SCOPE, 1 - in_scope) if away else best[0]
        tie = not away and len(best) > 1 and best[1][1] > self.tie * best[0][1]
        evidence = tuple((self.labels[place], float(by_vector[place]), float(by_grams[place])) for place in order[:2])
        return Verdict(label, confidence, in_scope, tie, ranking, evidence)

    def chances(self, lines: Sequence[str], vectors: Array) -> Array:
        """Calibrated chances by label of many prepared messages at once, (messages, labels)."""
        turned = kernel.along(self.machine.basis, vectors)
        kept = self.machine.vectors.astype(np.float32) / np.float32(self.machine.step)
        found = np.empty((len(lines), len(self.labels)), dtype=np.float32)
        for start in range(0, len(lines), 500):
            part = slice(start, start + 500)
            near = np.exp(self.machine.shape.gamma * (turned[part] @ kept.T - 1))
            found[part] = near @ self.machine.coefficients
        for place, line in enumerate(lines):
            columns, weights = self.grams.read(line)
            found[place] += weights @ self.machine.gram_weights[columns].astype(np.float32)
        chances: Array = np.exp(log_softmax(found / np.float32(self.temperature)))
        return chances

    def neighbours(self, vector: Array, count: int = 5) -> tuple[Neighbour, ...]:
        """The training lines nearest to a sentence vector."""
        cosines = self.machine.cosines(vector)
        nearest = np.argsort(-cosines, kind="stable")[:count]
        return tuple(
            Neighbour(self.lines[place], self.labels[self.rows[place]], float(cosines[place])) for place in nearest
        )

    def telling(self, line: str, label: str, count: int = 5) -> tuple[tuple[str, float], ...]:
        """The words of a line that speak most for a label, with how much."""
        columns, weights = self.grams.read(line)
        shares = weights * self.machine.gram_weights[columns, self.labels.index(label)].astype(np.float32)
        names = {column: gram for gram, column in self.grams.columns.items() if gram[0] == "w"}
        found = [
            (names[column][1:], float(share)) for column, share in zip(columns, shares, strict=True) if column in names
        ]
        return tuple(sorted(found, key=lambda item: -item[1])[:count])

    def save(self, folder: Path) -> None:
        """Write arrays and facts into an existing folder."""
        weights = self.machine.gram_weights.astype(np.float32)
        steps = 127 / np.maximum(np.abs(weights).max(axis=0), np.float32(1e-9))
        np.savez_compressed(
            folder / _ARRAYS,
            basis=self.machine.basis.astype(np.float16),
            vectors=self.machine.vectors,
            coefficients=self.machine.coefficients.astype(np.float16),
            gram_weights=in_bytes(weights * steps, 1.0),
            gram_steps=steps,
            idf=self.grams.idf.astype(np.float16),
            rows=self.rows.astype(np.int16),
        )
        facts = {
            "labels": self.labels,
            "shape": vars(self.machine.shape),
            "step": self.machine.step,
            "grams": list(self.grams.columns),
            "temperature": self.temperature,
            "border": self.border.to_json(),
            "tie": self.tie,
            "least": self.least,
            "lines": self.lines,
        }
        (folder / _FACTS).write_text(json.dumps(facts, ensure_ascii=False), "utf-8")

    @classmethod
    def load(cls, folder: Path) -> IntentModel:
        """Read what `save` wrote. Raises OSError or ValueError when it is not there or not whole."""
        facts: Mapping[str, Any] = json.loads((folder / _FACTS).read_text("utf-8"))
        with np.load(folder / _ARRAYS, allow_pickle=False) as arrays:
            found = {name: arrays[name] for name in arrays.files}
        grams = Grams({gram: column for column, gram in enumerate(facts["grams"])}, found["idf"].astype(np.float32))
        machine = Machine(
            Shape(**facts["shape"]),
            found["basis"].astype(np.float32),
            found["vectors"],
            facts["step"],
            found["coefficients"].astype(np.float32),
            (found["gram_weights"] / found["gram_steps"]).astype(np.float16),
        )
        border = scope.Scope.from_json(facts["border"])
        rows = found["rows"].astype(np.int64)
        return cls(
            tuple(facts["labels"]),
            grams,
            machine,
            facts["temperature"],
            border,
            facts["tie"],
            facts["least"],
            tuple(facts["lines"]),
            rows,
        )


def count(lines: Sequence[str], recipe: Recipe) -> tuple[Grams, Any]:
    """The n-grams of prepared lines, and how often each line has which: a sparse matrix (lines, n-grams)."""
    grams = Grams.learn(lines, recipe.rare)
    return grams, grams.matrix(lines)


def _is_mine(names: Sequence[str]) -> npt.NDArray[np.bool_]:
    return np.array([name != OUT_OF_SCOPE for name in names])


def held_lines(lines: Sequence[str], vectors: Array, rows: Rows, mine: npt.NDArray[np.bool_]) -> Rows:
    """Places of about a fifth of every label's lines: equal lines together, off-topic ones by whole families.

    Real off-topic messages come from families that no training line belongs to.
    """
    owners: list[str] = list(lines)
    away = np.flatnonzero(~mine)
    if len(away) >= 20:
        for place, family in zip(away, scope.families(vectors[away], max(5, len(away) // 8)), strict=True):
            owners[place] = f"family {family}"
    seen: dict[tuple[int, str], int] = {}
    turns: dict[int, int] = {}
    held: list[int] = []
    for place, owner in enumerate(owners):
        key = (int(rows[place]), owner)
        if key not in seen:
            seen[key] = turns.get(key[0], 0)
            turns[key[0]] = seen[key] + 1
        if seen[key] % HELD_EVERY == HELD_EVERY - 1:
            held.append(place)
    held_rows = np.array(held, dtype=np.int64)
    return held_rows if len(held_rows) else np.arange(len(lines) - 1, len(lines), dtype=np.int64)


def _nearest(vectors: Array, held: Rows, ours: Rows) -> Array:
    """For every held line the cosine of the nearest line of our subject that is not held."""
    others = vectors[np.setdiff1d(ours, held)]
    if not len(others):
        return np.zeros(len(held), dtype=np.float32)
    parts = [(vectors[held[start : start + 500]] @ others.T).max(axis=1) for start in range(0, len(held), 500)]
    return np.concatenate(parts)


def _measures(names: Sequence[str], scores: Array, near: Array) -> npt.NDArray[np.float64]:
    """The measures of `scope`, a row for each message; `near` is the cosine of its nearest line of our subject."""
    mine = _is_mine(names)
    ranked = np.sort(scores[:, mine], axis=1)
    best = ranked[:, -1]
    lead = best - scores[:, ~mine].max(axis=1) if (~mine).any() else np.zeros(len(scores))
    gap = best - ranked[:, -2] if ranked.shape[1] > 1 else np.zeros(len(scores))
    return np.column_stack([best, lead, gap, near]).astype(np.float64)


def temperature_of(scores: Array, rows: Rows) -> float:
    """The temperature with the least log loss, by golden section between 0.02 and 2."""
    places = np.arange(len(rows))

    def loss(temperature: float) -> float:
        return float(-log_softmax(scores / temperature)[places, rows].mean())

    low, high, ratio = np.log(0.02), np.log(2.0), (np.sqrt(5) - 1) / 2
    for _ in range(40):
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        if loss(float(np.exp(left))) < loss(float(np.exp(right))):
            high = right
        else:
            low = left
    return float(np.exp((low + high) / 2))

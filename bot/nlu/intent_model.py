"""The intent model: a fusion of sentence vectors and n-grams, calibrated, with a sense of what is off topic.

Trained with scikit-learn, predicted with numpy alone, stored as arrays and JSON.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.nlu import heads, scope
from bot.nlu.features import Grams
from bot.nlu.heads import Array, Heads, Rows, log_softmax

OUT_OF_SCOPE = "out_of_scope"
FOLDS = 3
_ARRAYS = "intent_model.npz"
_FACTS = "intent_model.json"


@dataclass(frozen=True)
class Recipe:
    """What is chosen before training. `vector_share` None: by cross-validation."""

    vector_share: float | None = 0.65
    rejected: float = 0.02
    near_tie: float = 0.25
    c_vectors: float = 30.0
    c_grams: float = 1.0
    at_least: int = 1


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
    logits: tuple[tuple[str, float, float], ...] = ()
    """For the two best labels: log probability by sentence vector and by n-grams."""


@dataclass(frozen=True)
class IntentModel:
    """A trained model. `labels` are spelled in full ("faq/fees", "greet")."""

    labels: tuple[str, ...]
    grams: Grams
    heads: Heads
    vector_share: float
    temperature: float
    border: scope.Scope
    near_tie: float
    lines: tuple[str, ...]
    line_labels: Rows
    line_vectors: npt.NDArray[np.float16]

    @classmethod
    def train(
        cls, lines: Sequence[str], vectors: Array, labels: Sequence[str], recipe: Recipe | None = None
    ) -> IntentModel:
        """Learn from folded lines, their sentence vectors (n, 384) and labels. Deterministic.

        Raises ValueError when fewer than two labels, or a label with a single line, are given.
        """
        recipe = recipe or Recipe()
        names = tuple(sorted(set(labels)))
        _refuse_thin(names, labels)
        index = {name: place for place, name in enumerate(names)}
        rows = np.array([index[label] for label in labels], dtype=np.int64)
        grams = Grams.learn(lines, recipe.at_least)
        matrix: Any = grams.matrix(lines)
        held = _held_out(lines, vectors, rows, names, matrix, recipe)
        share = recipe.vector_share if recipe.vector_share is not None else _best_share(held, rows)
        fused = share * log_softmax(held.logits) + (1 - share) * log_softmax(held.margins)
        mine = _is_mine(names)[rows]
        temperature = _temperature(fused[mine], rows[mine])
        measures = _measures(names, held.logits, held.margins, share, held.nearness)
        border = scope.fit(measures[mine], measures[~mine], rejected=recipe.rejected)
        final = heads.train(
            vectors, matrix, rows, len(names), c_vectors=recipe.c_vectors, c_grams=recipe.c_grams
        )
        return cls(
            names, grams, final, share, temperature, border, recipe.near_tie, tuple(lines), rows,
            vectors.astype(np.float16),
        )  # fmt: skip

    def judge(self, line: str, vector: Array) -> Verdict:
        """Read one folded message with its sentence vector (384,)."""
        logits = self.heads.logits(vector)
        margins = self.heads.margins(*self.grams.read(line))
        by_vector, by_grams = log_softmax(logits), log_softmax(margins)
        fused = self.vector_share * by_vector + (1 - self.vector_share) * by_grams
        chances = np.exp(log_softmax(fused / self.temperature))
        order = np.argsort(-chances, kind="stable")
        nearness = _nearest(self._cosines(vector)[None, :], self.line_labels, self.labels)
        measures = _measures(self.labels, logits[None, :], margins[None, :], self.vector_share, nearness)
        in_scope = float(self.border.score(measures)[0])
        ranking = tuple((self.labels[place], float(chances[place])) for place in order)
        best = [(name, chance) for name, chance in ranking if name != OUT_OF_SCOPE]
        away = in_scope < 0.5 or not best
        label = OUT_OF_SCOPE if away else best[0][0]
        confidence = 1 - in_scope if away else best[0][1]
        tie = len(best) > 1 and not away and best[0][1] - best[1][1] < self.near_tie and best[1][1] > 0.2
        why = tuple((self.labels[place], float(by_vector[place]), float(by_grams[place])) for place in order[:2])
        return Verdict(label, confidence, in_scope, tie, ranking, why)

    def neighbours(self, vector: Array, count: int = 5) -> tuple[Neighbour, ...]:
        """The training lines nearest to a sentence vector."""
        cosines = self._cosines(vector)
        nearest = np.argsort(-cosines, kind="stable")[:count]
        return tuple(
            Neighbour(self.lines[place], self.labels[self.line_labels[place]], float(cosines[place]))
            for place in nearest
        )

    def _cosines(self, vector: Array) -> Array:
        cosines: Array = self._float_vectors @ vector
        return cosines

    @property
    def _float_vectors(self) -> Array:
        cached = self.__dict__.get("_floats")
        if cached is None:
            cached = self.line_vectors.astype(np.float32)
            self.__dict__["_floats"] = cached
        return cached

    def save(self, folder: Path) -> None:
        """Write arrays and facts into an existing folder."""
        np.savez_compressed(
            folder / _ARRAYS,
            vector_weights=self.heads.vector_weights,
            vector_bias=self.heads.vector_bias,
            gram_weights=self.heads.gram_weights,
            gram_bias=self.heads.gram_bias,
            idf=self.grams.idf,
            line_labels=self.line_labels.astype(np.int16),
            line_vectors=self.line_vectors,
        )
        facts = {
            "labels": self.labels,
            "grams": list(self.grams.columns),
            "vector_share": self.vector_share,
            "temperature": self.temperature,
            "border": self.border.to_json(),
            "near_tie": self.near_tie,
            "lines": self.lines,
        }
        (folder / _FACTS).write_text(json.dumps(facts, ensure_ascii=False), "utf-8")

    @classmethod
    def load(cls, folder: Path) -> IntentModel:
        """Read what `save` wrote. Raises OSError or ValueError when it is not there or not whole."""
        facts = json.loads((folder / _FACTS).read_text("utf-8"))
        with np.load(folder / _ARRAYS, allow_pickle=False) as arrays:
            found = {name: arrays[name] for name in arrays.files}
        grams = Grams({gram: column for column, gram in enumerate(facts["grams"])}, found["idf"])
        trained = Heads(found["vector_weights"], found["vector_bias"], found["gram_weights"], found["gram_bias"])
        return cls(
            tuple(facts["labels"]), grams, trained, facts["vector_share"], facts["temperature"],
            scope.Scope.from_json(facts["border"]), facts["near_tie"], tuple(facts["lines"]),
            found["line_labels"].astype(np.int64), found["line_vectors"],
        )  # fmt: skip


@dataclass(frozen=True)
class HeldOut:
    """Scores of every training line by models that have not seen it."""

    logits: Array
    margins: Array
    nearness: Array
    """Mean cosine of the three nearest lines of our subject, and of the others, shape (n, 2)."""


def _refuse_thin(names: Sequence[str], labels: Sequence[str]) -> None:
    if len(names) < 2:
        raise ValueError("at least two labels are needed")
    thin = [name for name in names if labels.count(name) < 2] if isinstance(labels, list) else []
    if thin:
        raise ValueError(f"these labels have a single line: {', '.join(thin)}")


def _is_mine(names: Sequence[str]) -> npt.NDArray[np.bool_]:
    return np.array([name != OUT_OF_SCOPE for name in names])


def _held_out(
    lines: Sequence[str], vectors: Array, rows: Rows, names: Sequence[str], matrix: Any, recipe: Recipe
) -> HeldOut:
    """Out-of-fold scores; out-of-scope lines are left out by families, since real ones come from new families."""
    groups = np.arange(len(rows))
    away = np.flatnonzero(~_is_mine(names)[rows])
    if len(away) >= 20:
        groups[away] = len(rows) + scope.families(vectors[away], max(FOLDS * 4, len(away) // 12))
    same: dict[str, int] = {}
    for place, line in enumerate(lines):
        if groups[place] == place:
            groups[place] = same.setdefault(line, place)
    fold = heads.folds(rows, FOLDS, groups.tolist())
    logits = np.zeros((len(rows), len(names)), dtype=np.float32)
    margins = np.zeros_like(logits)
    nearness = np.zeros((len(rows), 2), dtype=np.float32)
    for part in range(FOLDS):
        out, kept = fold == part, fold != part
        present = np.unique(rows[kept])
        compact = np.searchsorted(present, rows[kept])
        trained = heads.train(
            vectors[kept], matrix[kept], compact, len(present), c_vectors=recipe.c_vectors, c_grams=recipe.c_grams
        )
        logits[out] = margins[out] = -20.0
        logits[np.ix_(out, present)] = trained.logits(vectors[out])
        margins[np.ix_(out, present)] = trained.all_margins(matrix[out])
        nearness[out] = _nearest(vectors[out] @ vectors[kept].T, rows[kept], names)
    return HeldOut(logits, margins, nearness)


def _nearest(cosines: Array, rows: Rows, names: Sequence[str]) -> Array:
    """Mean of the three highest cosines with lines of our subject, and with the others (0 without any)."""
    result = np.zeros((len(cosines), 2), dtype=np.float32)
    mine = _is_mine(names)[rows]
    for column, kind in enumerate((mine, ~mine)):
        if kind.any():
            part = cosines[:, kind]
            few = min(scope.NEIGHBOURS, part.shape[1])
            result[:, column] = np.partition(part, -few, axis=1)[:, -few:].mean(axis=1)
    return result


def _measures(names: Sequence[str], logits: Array, margins: Array, share: float, nearness: Array) -> npt.NDArray[np.float64]:
    """The four measures of `scope`, a row for each message."""
    fused = share * logits + (1 - share) * margins
    mine = _is_mine(names)
    best = fused[:, mine].max(axis=1)
    lead = best - fused[:, ~mine].max(axis=1) if (~mine).any() else np.zeros(len(fused))
    return np.column_stack([best, nearness[:, 0], lead, -nearness[:, 1]]).astype(np.float64)


def _temperature(fused: Array, rows: Rows) -> float:
    """The temperature with the least log loss, by golden section between 0.05 and 5."""
    places = np.arange(len(rows))

    def loss(temperature: float) -> float:
        return float(-log_softmax(fused / temperature)[places, rows].mean())

    low, high, ratio = np.log(0.05), np.log(5.0), (np.sqrt(5) - 1) / 2
    for _ in range(40):
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        if loss(float(np.exp(left))) < loss(float(np.exp(right))):
            high = right
        else:
            low = left
    return float(np.exp((low + high) / 2))


def _best_share(held: HeldOut, rows: Rows) -> float:
    """The share of the vectors in the fusion that is right most often out of fold; 0.65 on a tie."""
    by_vector, by_grams = log_softmax(held.logits), log_softmax(held.margins)
    scores = {
        share: float(((share * by_vector + (1 - share) * by_grams).argmax(axis=1) == rows).mean())
        for share in (0.65, 0.5, 0.55, 0.6, 0.7, 0.75, 0.8)
    }
    return max(scores, key=lambda share: scores[share])

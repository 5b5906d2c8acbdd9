"""Whether a message is about our subject at all: told by the classifier's scores, never by the confidence.

Four measures of a message: its best score over the labels of our subject, how far that leads the out-of-scope
label, how far it leads the next best label, and the cosine of the nearest line of our subject. Without any
out-of-scope lines the best score alone counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

MEASURES = ("best", "lead", "gap", "near")


@dataclass(frozen=True)
class Scope:
    """The scope score: a weighted sum of z-scores, moved so that 0.5 is the border."""

    mean: Array
    spread: Array
    weights: Array
    threshold: float

    def score(self, measures: Array) -> Array:
        """In-scope score in 0 … 1 for rows of measures; below 0.5 is sent away."""
        scores: Array = 1 / (1 + np.exp(-(self.raw(measures) - self.threshold)))
        return scores

    def raw(self, measures: Array) -> Array:
        """The weighted sum before the border is set."""
        total: Array = ((np.asarray(measures, dtype=np.float64) - self.mean) / self.spread) @ self.weights
        return total

    def to_json(self) -> dict[str, Any]:
        """Plain data to store with a model."""
        return {
            "mean": self.mean.tolist(),
            "spread": self.spread.tolist(),
            "weights": self.weights.tolist(),
            "threshold": self.threshold,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Scope:
        """The reverse of `to_json`."""
        mean, spread, weights = (np.asarray(data[name], dtype=np.float64) for name in ("mean", "spread", "weights"))
        return cls(mean, spread, weights, float(data["threshold"]))


def fit(inside: Array, outside: Array | None, *, rejected: float) -> Scope:
    """Learn the score from out-of-fold measures of lines of our subject and, where there are any, of others.

    `rejected` is the share of our subject's lines (0 … 1) that the border sends away.
    """
    mean, spread = inside.mean(axis=0), np.maximum(inside.std(axis=0), 1e-6)
    if outside is None or len(outside) < 20:
        weights = np.array([1.0, 0.0, 0.0, 0.0])
    else:
        from sklearn.linear_model import LogisticRegression

        rows = (np.vstack([inside, outside]) - mean) / spread
        kinds = np.array([1] * len(inside) + [0] * len(outside))
        judge = LogisticRegression(C=1.0, class_weight="balanced", max_iter=500).fit(rows, kinds)
        weights = judge.coef_[0]
    scope = Scope(mean, spread, weights.astype(np.float64), 0.0)
    threshold = float(np.quantile(scope.raw(inside), rejected))
    return Scope(mean, spread, scope.weights, threshold)


def families(vectors: npt.NDArray[np.float32], count: int) -> npt.NDArray[np.int64]:
    """A family for every line, by k-means: lines of one family are left out together when nearness is judged."""
    from sklearn.cluster import KMeans

    if len(vectors) <= count:
        return np.arange(len(vectors), dtype=np.int64)
    found: npt.NDArray[np.int64] = KMeans(count, n_init=1, random_state=0).fit_predict(vectors).astype(np.int64)
    return found

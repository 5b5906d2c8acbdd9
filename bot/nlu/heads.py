"""The two linear classifiers and how they are trained: arrays in, arrays out.

`logistic` is a multinomial logistic regression on sentence vectors, `margins` a one-against-rest linear SVM on
n-grams. scikit-learn is needed to train them and for nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.nlu.features import Columns, Grams, Weights

Array = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]

MARGIN_SCALE = 4.0
"""SVM margins are stretched by this before they are compared with the logits of the regression."""


@dataclass(frozen=True)
class Heads:
    """Weights of both classifiers; one column a label."""

    vector_weights: Array
    vector_bias: Array
    gram_weights: Array
    gram_bias: Array

    def logits(self, vector: Array) -> Array:
        """Logits of the regression, shape (labels,) for one vector or (n, labels) for several."""
        scores: Array = vector @ self.vector_weights + self.vector_bias
        return scores

    def margins(self, columns: Columns, weights: Weights) -> Array:
        """Stretched SVM margins of one line, shape (labels,)."""
        scores: Array = weights @ self.gram_weights[columns].astype(np.float32) + self.gram_bias
        return MARGIN_SCALE * scores

    def all_margins(self, matrix: Any) -> Array:
        """Stretched SVM margins of a sparse matrix of lines, shape (n, labels)."""
        scores: Array = np.asarray(matrix @ self.gram_weights.astype(np.float32)) + self.gram_bias
        return MARGIN_SCALE * scores


def train(
    vectors: Array, matrix: Any, labels: Rows, count: int, *, c_vectors: float = 30.0, c_grams: float = 1.0
) -> Heads:
    """Fit both classifiers. `labels` are indices below `count`; each of them must occur."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.svm import LinearSVC

    regression = LogisticRegression(C=c_vectors, max_iter=400, tol=1e-3).fit(vectors, labels)
    machine = LinearSVC(C=c_grams, random_state=0).fit(matrix, labels)
    wide = (_wide(regression.coef_, count), _wide_bias(regression.intercept_, count))
    wide_grams = (_wide(machine.coef_, count), _wide_bias(machine.intercept_, count))
    return Heads(
        wide[0].T.astype(np.float32).copy(),
        wide[1].astype(np.float32),
        wide_grams[0].T.astype(np.float16).copy(),
        wide_grams[1].astype(np.float32),
    )


def _wide(weights: npt.NDArray[Any], count: int) -> npt.NDArray[Any]:
    """Two labels are fitted as one row by scikit-learn; here every label has its row."""
    return np.vstack([-weights, weights]) if count == 2 and len(weights) == 1 else weights


def _wide_bias(bias: npt.NDArray[Any], count: int) -> npt.NDArray[Any]:
    return np.concatenate([-bias, bias]) if count == 2 and len(bias) == 1 else bias


def log_softmax(scores: Array) -> Array:
    """Log probabilities along the last axis."""
    shifted = scores - scores.max(axis=-1, keepdims=True)
    result: Array = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return result


def folds(labels: Rows, count: int, groups: Sequence[int] | None = None) -> Rows:
    """A fold (0 … count-1) for every line: each label spread evenly, lines of one group together. No chance in it."""
    owners = np.arange(len(labels)) if groups is None else np.asarray(groups)
    fold = np.zeros(len(labels), dtype=np.int64)
    for label in np.unique(labels):
        members = np.unique(owners[labels == label])
        for place, owner in enumerate(members):
            fold[(owners == owner) & (labels == label)] = (place * 7919 % max(len(members), 1)) % count
    return fold


__all__ = ["MARGIN_SCALE", "Array", "Grams", "Heads", "Rows", "folds", "log_softmax", "train"]

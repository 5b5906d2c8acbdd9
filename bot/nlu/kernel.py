"""The classifier: one kernel machine over sentence vectors and n-grams, trained in closed form.

Two messages are alike as far as their sentence vectors point the same way (a Gaussian kernel on the sphere) and as
far as they share n-grams (a linear kernel). Labels are fitted by regularised least squares over all training lines;
the same factorisation gives honest scores of a part of the lines, from which calibration and the border of our
subject are learned. What the n-grams say is kept as one weight for each; beyond 20,000 lines, what the vectors say
is condensed to an even choice of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.nlu.features import KINDS, Columns, Weights

Array = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]

_STEP = 1000
_JITTER = 1e-3
_GOLDEN = 0.6180339887498949


@dataclass(frozen=True)
class Shape:
    """`gamma`: how narrow the Gaussian kernel is; `gram_share`: weight of the n-grams; `ridge`: regularisation."""

    gamma: float = 2.0
    gram_share: float = 0.45
    ridge: float = 0.2
    axes: int = 192
    """Principal axes of the training vectors that are kept."""
    landmarks: int = 20_000
    """Lines that a message is compared with at most; where there are more, these stand for all."""


@dataclass(frozen=True)
class Machine:
    """A fitted machine: coefficients of the landmarks for the vectors, primal weights for the n-grams."""

    shape: Shape
    basis: Array
    """The principal axes, (384, axes)."""
    vectors: Array
    """Unit vectors of the landmarks along the axes, (landmarks, axes)."""
    coefficients: Array
    """(landmarks, labels)."""
    gram_weights: npt.NDArray[np.float16]
    """(n-grams, labels)."""

    def cosines(self, vector: Array) -> Array:
        """Cosines of a sentence vector (384,) with every landmark, along the axes."""
        found: Array = self.vectors @ along(self.basis, vector[None, :])[0]
        return found

    def scores(self, cosines: Array, columns: Columns, weights: Weights) -> tuple[Array, Array]:
        """Scores by vectors and by n-grams, (labels,) each; their sum is about 1 for a label that fits, -1 if not."""
        by_vector: Array = np.exp(self.shape.gamma * (cosines - 1)) @ self.coefficients
        by_grams: Array = weights @ self.gram_weights[columns].astype(np.float32)
        return by_vector, by_grams


def train(vectors: Array, matrix: Any, rows: Rows, count: int, shape: Shape, held: Rows) -> tuple[Machine, Array, Rows]:
    """Fit a machine; also the scores of the `held` lines by one that has not seen them, and which lines are landmarks.

    `vectors` (n, 384) are unit vectors, `matrix` the sparse n-grams (n, grams), `rows` label indices below `count`,
    `held` places of lines. One Cholesky factorisation serves both: with the held lines last, the factor of the other
    lines is its upper left corner.
    """
    from scipy.linalg import cho_factor

    basis = principal(vectors, shape.axes)
    vectors = along(basis, vectors)
    order = np.concatenate([np.setdiff1d(np.arange(len(rows)), held), held])
    seen = len(rows) - len(held)
    kernel = _kernel(vectors[order], matrix[order], shape)
    across = kernel[seen:, :seen].copy()
    kernel[np.arange(len(rows)), np.arange(len(rows))] += shape.ridge
    targets = np.full((len(rows), count), -1.0, dtype=np.float32)
    targets[np.arange(len(rows)), rows[order]] = 1.0
    factor, _ = cho_factor(kernel, lower=True, overwrite_a=True, check_finite=False)

    held_out = across @ _solved(factor[:seen, :seen], targets[:seen])
    coefficients = np.empty_like(targets)
    coefficients[order] = _solved(factor, targets)
    del kernel, factor, across
    primal = np.asarray(matrix.T @ coefficients) * (shape.gram_share / len(KINDS))
    marks = landmarks(rows, shape.landmarks)
    fewer = _condensed(vectors, coefficients, marks, shape)
    return Machine(shape, basis, vectors[marks], fewer, primal.astype(np.float16)), held_out, marks


def _solved(factor: Array, targets: Array) -> Array:
    from scipy.linalg import solve_triangular

    half = solve_triangular(factor, targets, lower=True, check_finite=False)
    answer: Array = solve_triangular(factor, half, lower=True, trans="T", check_finite=False)
    return answer


def _condensed(vectors: Array, coefficients: Array, marks: Rows, shape: Shape) -> Array:
    """Coefficients of the landmarks alone that say nearly the same, over all lines, as those of all lines."""
    from scipy.linalg import cho_factor, cho_solve

    if len(marks) == len(vectors):
        return coefficients
    inner = np.zeros((len(marks), len(marks)), dtype=np.float64)
    wanted = np.zeros((len(marks), coefficients.shape[1]), dtype=np.float64)
    for start in range(0, len(vectors), _STEP):
        part = _gauss(vectors[start : start + _STEP] @ vectors.T, shape)
        said = part @ coefficients
        near = part[:, marks]
        inner += near.T @ near
        wanted += near.T @ said
    inner[np.arange(len(marks)), np.arange(len(marks))] += _JITTER * len(vectors) / len(marks)
    answer: Array = cho_solve(cho_factor(inner, lower=True, overwrite_a=True), wanted).astype(np.float32)
    return answer


def landmarks(rows: Rows, count: int) -> Rows:
    """Places of at most `count` lines that stand for all: every label's lines in turn, evenly picked."""
    if len(rows) <= count:
        return np.arange(len(rows), dtype=np.int64)
    rank = np.zeros(len(rows))
    for label in np.unique(rows):
        members = np.flatnonzero(rows == label)
        rank[members] = (np.arange(len(members)) * _GOLDEN) % 1.0
    return np.sort(np.argsort(rank, kind="stable")[:count]).astype(np.int64)


def principal(vectors: Array, axes: int) -> Array:
    """The first principal axes of unit vectors (about the origin), (384, axes), fewer where there are fewer."""
    _, turned = np.linalg.eigh((vectors.T @ vectors).astype(np.float64))
    kept = turned[:, ::-1][:, : min(axes, vectors.shape[1])]
    signs = np.sign(kept[np.abs(kept).argmax(axis=0), np.arange(kept.shape[1])])
    basis: Array = (kept * signs).astype(np.float32)
    return basis


def along(basis: Array, vectors: Array) -> Array:
    """Unit vectors along the axes of a basis."""
    turned = vectors @ basis
    result: Array = (turned / np.maximum(np.linalg.norm(turned, axis=1, keepdims=True), 1e-9)).astype(np.float32)
    return result


def _gauss(cosines: Array, shape: Shape) -> Array:
    cosines -= 1
    cosines *= shape.gamma
    return np.exp(cosines, out=cosines)


def _kernel(vectors: Array, grams: Any, shape: Shape) -> Array:
    kernel = _gauss(vectors @ vectors.T, shape)
    scaled = grams * np.float32(shape.gram_share / len(KINDS))
    other = grams.T.tocsr()
    for start in range(0, len(vectors), _STEP):
        shared = (scaled[start : start + _STEP] @ other).toarray()
        kernel[start : start + _STEP] += shared
    return kernel


def log_softmax(scores: Array) -> Array:
    """Log probabilities along the last axis."""
    shifted = scores - scores.max(axis=-1, keepdims=True)
    result: Array = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return result

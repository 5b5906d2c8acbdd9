"""The classifier: one kernel machine over sentence vectors and n-grams, trained in closed form.

Two messages are alike as far as their sentence vectors point the same way (a Gaussian kernel on the sphere) and as
far as they share n-grams (a linear kernel). Labels are fitted by regularised least squares, whose exact
leave-one-out scores (also: leave-a-group-out) come out of the same factorisation: calibration and the border of
our subject are learned from them without training anything twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.nlu.features import Columns, Weights

Array = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]

_STEP = 1000


@dataclass(frozen=True)
class Shape:
    """`gamma`: how narrow the Gaussian kernel is; `gram_share`: weight of the n-grams; `ridge`: regularisation."""

    gamma: float = 2.0
    gram_share: float = 0.4
    ridge: float = 0.2


@dataclass(frozen=True)
class Machine:
    """A fitted machine: coefficients of the training lines for the vectors, primal weights for the n-grams."""

    shape: Shape
    vectors: Array
    """Unit vectors of the training lines, (lines, 384)."""
    coefficients: Array
    """(lines, labels)."""
    gram_weights: npt.NDArray[np.float16]
    """(n-grams, labels)."""

    def cosines(self, vector: Array) -> Array:
        """Cosines of a unit vector with every training line."""
        found: Array = self.vectors @ vector
        return found

    def scores(self, cosines: Array, columns: Columns, weights: Weights) -> tuple[Array, Array]:
        """Scores by vectors and by n-grams, each (labels,). Their sum decides: about 1 for a label that fits, -1 if not."""
        by_vector: Array = np.exp(self.shape.gamma * (cosines - 1)) @ self.coefficients
        by_grams: Array = weights @ self.gram_weights[columns].astype(np.float32)
        return by_vector, by_grams


def train(
    vectors: Array, matrix: Any, rows: Rows, count: int, shape: Shape, groups: Sequence[int] | None = None
) -> tuple[Machine, Array]:
    """Fit a machine, and the scores each line gets when it and all lines of its group are left out.

    `vectors` (n, 384) are unit vectors, `matrix` the sparse n-grams (n, grams), `rows` label indices below `count`.
    """
    from scipy.linalg import cho_factor, cho_solve, lapack

    size = len(rows)
    kernel = _kernel(vectors, matrix, shape)
    kernel[np.arange(size), np.arange(size)] += shape.ridge
    targets = np.full((size, count), -1.0, dtype=np.float32)
    targets[np.arange(size), rows] = 1.0
    factor, _ = cho_factor(kernel, lower=True, overwrite_a=True, check_finite=False)
    coefficients = cho_solve((factor, True), targets, check_finite=False).astype(np.float32)
    # With K = L L', the inverse of K is M' M where M is the inverse of L: its diagonal and its blocks are products
    # of columns of M, so that the whole inverse is never needed.
    half, failed = lapack.strtri(factor, lower=1, overwrite_c=1)
    if failed:
        raise ValueError("the kernel matrix could not be inverted")
    diagonal = np.zeros(size, dtype=np.float32)
    for start in range(0, size, _STEP):
        part = np.tril(half[:, start : start + _STEP], -start)
        diagonal[start : start + _STEP] = np.einsum("ij,ij->j", part, part)
    held_out = targets - coefficients / diagonal[:, None]
    if groups is not None:
        owners = np.asarray(groups)
        for owner in _repeated(owners):
            members = np.flatnonzero(owners == owner)
            columns = np.where(np.arange(size)[:, None] >= members[None, :], half[:, members], 0).astype(np.float64)
            held_out[members] = targets[members] - np.linalg.solve(columns.T @ columns, coefficients[members])
    primal = np.asarray(matrix.T @ coefficients) * (shape.gram_share / 2)
    machine = Machine(shape, vectors.astype(np.float32), coefficients, primal.astype(np.float16))
    return machine, held_out.astype(np.float32)


def _kernel(vectors: Array, matrix: Any, shape: Shape) -> Array:
    kernel: Array = (vectors @ vectors.T).astype(np.float32)
    kernel -= 1
    kernel *= shape.gamma
    np.exp(kernel, out=kernel)
    for start in range(0, len(vectors), _STEP):
        part = (matrix[start : start + _STEP] @ matrix.T).tocoo()
        kernel[start + part.row, part.col] += (shape.gram_share / 2) * part.data
    return kernel


def _repeated(owners: npt.NDArray[Any]) -> list[int]:
    names, counts = np.unique(owners, return_counts=True)
    return [int(name) for name in names[counts > 1]]


def log_softmax(scores: Array) -> Array:
    """Log probabilities along the last axis."""
    shifted = scores - scores.max(axis=-1, keepdims=True)
    result: Array = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return result

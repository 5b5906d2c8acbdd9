"""A kernel machine for few lines and many names: as the intent model's, but it keeps the lines' n-grams themselves.

With hundreds of names, a weight for every n-gram and name would be many times larger than the lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from simsimd import cdist

from bot.nlu.intents.features import KINDS, Columns, Weights
from bot.nlu.intents.kernel import Array, Bytes, Rows, Shape, alike, in_bytes, landmarks, ridge_of

_JITTER = 1e-3
_FEW_NAMES = 32
"""With so few names the n-grams' weights by name are small, and quicker than going through the lines."""


@dataclass(frozen=True)
class FewMachine:
    """`vectors`: the lines' unit vectors along the axes, in steps of 1/`step`; `coefficients`: (lines, names).

    The n-grams of line i are `columns` and `weights` from `starts[i]` on, up to the next start.
    """

    shape: Shape
    vectors: Bytes
    step: float
    starts: Columns
    columns: Columns
    weights: Weights
    coefficients: Array
    width: int
    """How many n-grams there are."""

    PARTS: ClassVar = ("vectors", "starts", "columns", "weights", "coefficients")

    def cosines(self, turned: Array) -> Array:
        """Cosines of a unit vector (axes,) with every line."""
        return cosines_of(turned, self.vectors, self.step)

    def scores(self, cosines: Array, columns: Columns, weights: Weights) -> Array:
        """Scores by name, about 1 for one that fits and -1 for one that does not."""
        likeness = np.exp(self.shape.gamma * (cosines - 1))
        share = self.shape.gram_share / len(KINDS)
        if self.coefficients.shape[1] <= _FEW_NAMES:
            told: Array = likeness @ self.coefficients + share * (weights @ self._by_gram[columns])
            return told
        found: Array = (likeness + share * self._shared(columns, weights)) @ self.coefficients
        return found

    @cached_property
    def _by_gram(self) -> Array:
        """What every n-gram says for every name, (n-grams, names): the lines' coefficients summed up."""
        sizes = np.diff(np.append(self.starts, len(self.columns)))
        names = [
            np.bincount(self.columns, self.weights * np.repeat(column, sizes), minlength=self.width)
            for column in self.coefficients.T
        ]
        return np.stack(names, axis=1).astype(np.float32)

    def _shared(self, columns: Columns, weights: Weights) -> Array:
        """How many n-grams each line shares with a message, weighted: by the lines that have each of its n-grams."""
        starts, lines, others = self._postings
        first, after = starts[columns], starts[columns + 1]
        counts = after - first
        places = np.repeat(after - np.cumsum(counts), counts) + np.arange(counts.sum())
        products = others[places] * np.repeat(weights, counts)
        found: Array = np.bincount(lines[places], weights=products, minlength=len(self.starts)).astype(np.float32)
        return found

    @cached_property
    def _postings(self) -> tuple[Columns, Columns, Weights]:
        """The n-grams turned round: where the lines of each n-gram start, those lines, and their weights."""
        order = np.argsort(self.columns, kind="stable")
        sizes = np.diff(np.append(self.starts, len(self.columns)))
        lines = np.repeat(np.arange(len(self.starts), dtype=np.int32), sizes)[order]
        starts = np.searchsorted(self.columns[order], np.arange(self.width + 1)).astype(np.int32)
        return starts, lines, self.weights[order]

    def to_arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Small arrays to store."""
        return {
            "vectors": self.vectors,
            "starts": self.starts.astype(np.int32),
            "columns": self.columns.astype(np.int32),
            "weights": self.weights.astype(np.float16),
            "coefficients": self.coefficients.astype(np.float16),
        }

    @classmethod
    def from_arrays(cls, shape: Shape, step: float, width: int, arrays: dict[str, npt.NDArray[Any]]) -> FewMachine:
        """The reverse of `to_arrays`."""
        weights, coefficients = arrays["weights"].astype(np.float32), arrays["coefficients"].astype(np.float32)
        return cls(shape, arrays["vectors"], step, arrays["starts"], arrays["columns"], weights, coefficients, width)


def cosines_of(turned: Array, vectors: Bytes, step: float) -> Array:
    """Cosines of a unit vector (axes,) with unit vectors kept in steps of 1/`step`."""
    own = 127 / max(float(np.abs(turned).max()), 1e-9)
    products = cdist(in_bytes(turned[None, :], own), vectors, metric="dot")
    found: Array = (np.asarray(products)[0] / (own * step)).astype(np.float32)
    return found


def train_few(vectors: Array, matrix: Any, rows: Rows, count: int, shape: Shape) -> tuple[FewMachine, Array]:
    """Fit a machine; also every line's scores by a machine that has seen all lines but this one.

    `vectors` (n, axes) are unit vectors, `matrix` the sparse n-grams (n, grams) with at least one in each line, `rows`
    the names' places below `count`. The scores without a line follow from the inverse of the kernel.
    """
    from scipy.linalg.lapack import spotrf, spotri

    targets = _targets(rows, count)
    kernel = alike(vectors, matrix, vectors, matrix, shape)
    kernel[np.arange(len(rows)), np.arange(len(rows))] += ridge_of(rows, count, shape)
    factor, _ = spotrf(kernel.T, lower=1, overwrite_a=1)
    inverse, _ = spotri(factor, lower=1, overwrite_c=1)
    inverse = np.tril(inverse) + np.tril(inverse, -1).T
    coefficients: Array = (inverse @ targets).astype(np.float32)
    without: Array = (targets - coefficients / np.diag(inverse)[:, None]).astype(np.float32)
    return _machine(vectors, matrix, coefficients, shape), without


def train_many(vectors: Array, matrix: Any, rows: Rows, count: int, shape: Shape) -> FewMachine:
    """Fit a machine of more lines than can be compared with each other: arguments as of `train_few`.

    A message is compared with `shape.landmarks` of the lines, evenly picked, and all lines are fitted (a Nystroem
    approximation): a ridge regression on what the landmarks say, in which lines weigh by the inverse of their ridge. So
    with all lines as landmarks it is what `train_few` does.
    """
    from scipy.linalg import cholesky, solve_triangular

    marks = landmarks(rows, shape.landmarks)
    corner = alike(vectors[marks], matrix[marks], vectors[marks], matrix[marks], shape)
    corner[np.arange(len(marks)), np.arange(len(marks))] += _JITTER
    factor = cholesky(corner, lower=True, overwrite_a=True, check_finite=False)
    near = alike(vectors, matrix, vectors[marks], matrix[marks], shape)
    told = solve_triangular(factor, near.T, lower=True, overwrite_b=True, check_finite=False)
    worth = 1 / np.sqrt(ridge_of(rows, count, shape))
    told *= worth
    inner = told @ told.T
    inner[np.arange(len(marks)), np.arange(len(marks))] += 1.0
    half = cholesky(inner, lower=True, overwrite_a=True, check_finite=False)
    weights = solve_triangular(half, told @ (_targets(rows, count) * worth[:, None]), lower=True, check_finite=False)
    weights = solve_triangular(half, weights, lower=True, trans=1, check_finite=False)
    coefficients: Array = solve_triangular(factor, weights, lower=True, trans=1, check_finite=False).astype(np.float32)
    return _machine(vectors[marks], matrix[marks], coefficients, shape)


def _targets(rows: Rows, count: int) -> Array:
    """1 for the name of each line, -1 for all others."""
    targets = np.full((len(rows), count), -1.0, dtype=np.float32)
    targets[np.arange(len(rows)), rows] = 1.0
    return targets


def _machine(vectors: Array, matrix: Any, coefficients: Array, shape: Shape) -> FewMachine:
    step = 127 / float(np.abs(vectors).max())
    starts, columns = matrix.indptr[:-1].astype(np.int32), matrix.indices.astype(np.int32)
    weights = matrix.data.astype(np.float32)
    return FewMachine(
        shape, in_bytes(vectors, step), step, starts, columns, weights, coefficients, int(matrix.shape[1])
    )

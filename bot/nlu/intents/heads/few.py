"""A kernel machine for a few names: as the intent model's, with every line's scores by one that has not seen it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from simsimd import cdist

from bot.nlu.intents.features import KINDS, Columns, Weights
from bot.nlu.intents.kernel import KEPT_STEP, Array, Bytes, Rows, Shape, alike, in_bytes, ridge_of


@dataclass(frozen=True)
class FewMachine:
    """`vectors`: the lines' unit vectors along the axes, in steps of 1/60; `coefficients`: (lines, names)."""

    shape: Shape
    vectors: Bytes
    coefficients: Array
    by_gram: Array
    """What every n-gram says for every name, (n-grams, names)."""

    PARTS: ClassVar = ("vectors", "coefficients", "by_gram", "steps")

    def scores(self, turned: Array, columns: Columns, weights: Weights) -> Array:
        """Scores by name of a unit vector (axes,) and n-grams: about 1 for one that fits, -1 for one that does not."""
        cosines = cosines_of(turned, self.vectors, KEPT_STEP)
        found: Array = np.exp(self.shape.gamma * (cosines - 1)) @ self.coefficients + weights @ self.by_gram[columns]
        return found

    def to_arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Small arrays to store."""
        steps = np.array([127 / max(float(np.abs(each).max()), 1e-9) for each in (self.coefficients, self.by_gram)])
        return {
            "vectors": self.vectors,
            "coefficients": in_bytes(self.coefficients, steps[0]),
            "by_gram": in_bytes(self.by_gram, steps[1]),
            "steps": steps,
        }

    @classmethod
    def from_arrays(cls, shape: Shape, arrays: dict[str, npt.NDArray[Any]]) -> FewMachine:
        """The reverse of `to_arrays`."""
        coefficients, by_gram = (
            arrays[name].astype(np.float32) / np.float32(step)
            for name, step in zip(("coefficients", "by_gram"), arrays["steps"], strict=True)
        )
        return cls(shape, arrays["vectors"], coefficients, by_gram)


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
    from scipy.linalg.lapack import spotri

    targets = np.full((len(rows), count), -1.0, dtype=np.float32)
    targets[np.arange(len(rows)), rows] = 1.0
    kernel = alike(vectors, matrix, vectors, matrix, shape)
    kernel[np.arange(len(rows)), np.arange(len(rows))] += ridge_of(rows, count, shape)
    inverse, _ = spotri(factored(kernel), lower=1, overwrite_c=1)
    inverse = np.tril(inverse) + np.tril(inverse, -1).T
    coefficients: Array = (inverse @ targets).astype(np.float32)
    without: Array = (targets - coefficients / np.diag(inverse)[:, None]).astype(np.float32)
    by_gram: Array = np.asarray(matrix.T @ coefficients).astype(np.float32) * np.float32(shape.gram_share / len(KINDS))
    return FewMachine(shape, in_bytes(vectors, KEPT_STEP), coefficients, by_gram), without


def factored(kernel: Array) -> Array:
    """The lower Cholesky factor of a symmetric kernel, in its place. Raises LinAlgError."""
    from scipy.linalg import LinAlgError
    from scipy.linalg.lapack import spotrf

    factor, failed = spotrf(kernel.T, lower=1, overwrite_a=1)
    if failed:
        raise LinAlgError("the kernel of the training lines is not positive definite")
    result: Array = factor
    return result

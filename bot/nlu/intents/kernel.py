"""The classifier: one kernel machine over sentence vectors and n-grams, trained in closed form.

Two messages are alike as far as their sentence vectors point the same way (a Gaussian kernel on the sphere) and as
far as they share n-grams (a linear kernel). Labels are fitted by regularised least squares over all training lines;
the same factorisation gives honest scores of a part of the lines, from which calibration and the border of our
subject are learned. What the n-grams say is kept as one weight for each; beyond 20,000 lines, what the vectors say
is condensed to an even choice of them.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
from simsimd import cdist

from bot.nlu.intents.features import KINDS, Columns, Weights

Array = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.int8]
Rows = npt.NDArray[np.int64]

_Real = TypeVar("_Real", bound=np.floating[Any])

KEPT_STEP = 60.0
"""Vectors of lines are kept in steps of 1/60: finer ones told no more, and coarser ones are stored in less."""
_STEP = 1000
_JITTER = 1e-3
_GOLDEN = 0.6180339887498949


@dataclass(frozen=True)
class Shape:
    """`gamma`: how narrow the Gaussian kernel is; `gram_share`: weight of the n-grams; `ridge`: regularisation."""

    gamma: float = 4.0
    gram_share: float = 0.45
    ridge: float = 0.2
    balance: float = 0.5
    """How far lines of labels with many lines are held to less, from 0 (not at all) to 1 (by how many there are)."""
    axes: int = 192
    """Principal axes of the training vectors that are kept."""
    landmarks: int = 20_000
    """Lines that a message is compared with at most; where there are more, these stand for all."""


@dataclass(frozen=True)
class Machine:
    """A fitted machine: coefficients of the landmarks for the vectors, primal weights for the n-grams."""

    shape: Shape
    basis: Array
    """The principal axes, (channels, axes)."""
    vectors: Bytes
    """Unit vectors of the landmarks along the axes, (landmarks, axes), in steps of 1/`step`."""
    step: float
    coefficients: Array
    """(landmarks, labels)."""
    gram_weights: npt.NDArray[np.float16]
    """(n-grams, labels)."""

    def cosines(self, vector: Array) -> Array:
        """Cosines of a sentence vector (channels,) with every landmark, along the axes."""
        turned = along(self.basis, vector[None, :])
        step = 127 / max(float(np.abs(turned).max()), 1e-9)
        products = cdist(in_bytes(turned, step), self.vectors, metric="dot")
        found: Array = (np.asarray(products)[0] / (step * self.step)).astype(np.float32)
        return found

    def scores(self, cosines: Array, columns: Columns, weights: Weights) -> tuple[Array, Array]:
        """Scores by vectors and by n-grams, (labels,) each; their sum is about 1 for a label that fits, -1 if not."""
        by_vector: Array = np.exp(self.shape.gamma * (cosines - 1)) @ self.coefficients
        by_grams: Array = weights @ self.gram_weights[columns].astype(np.float32)
        return by_vector, by_grams


def train(
    basis: Array, vectors: Array, matrix: Any, rows: Rows, count: int, shape: Shape, held: Rows
) -> tuple[Machine, Array, Rows]:
    """Fit a machine; also the scores of the `held` lines by one that has not seen them, and which lines are landmarks.

    `vectors` (n, axes) are unit vectors along `basis`, `matrix` the sparse n-grams (n, grams), `rows` label indices
    below `count`, `held` places of lines. One Cholesky factorisation, done in blocks, serves both: with the held lines
    last, its first block is the factorisation of the other lines.
    """
    order = np.concatenate([np.setdiff1d(np.arange(len(rows)), held), held])
    seen = len(rows) - len(held)
    targets = np.full((len(rows), count), -1.0, dtype=np.float32)
    targets[np.arange(len(rows)), rows[order]] = 1.0

    mine, others = (vectors[order[:seen]], matrix[order[:seen]]), (vectors[order[seen:]], matrix[order[seen:]])
    ridge = ridge_of(rows, count, shape)[order]
    factor = _factor(_kernel(*mine, shape), ridge[:seen])
    half = _lower(factor, targets[:seen])
    across = alike(*others, *mine, shape)
    held_out: Array = across @ _lower(factor, half, turned=True)
    across = _lower(factor, across.T)
    corner = _factor(_less(_kernel(*others, shape), across), ridge[seen:])
    last = _lower(corner, _lower(corner, targets[seen:] - across.T @ half), turned=True)
    coefficients = np.empty_like(targets)
    coefficients[order[:seen]] = _lower(factor, half - across @ last, turned=True)
    coefficients[order[seen:]] = last
    del factor, across, corner
    primal = np.asarray(matrix.T @ coefficients) * (shape.gram_share / len(KINDS))
    marks = landmarks(rows, shape.landmarks)
    fewer = _condensed(vectors, coefficients, marks, shape)
    kept = vectors[marks]
    return (
        Machine(shape, basis, in_bytes(kept, KEPT_STEP), KEPT_STEP, fewer, primal.astype(np.float16)),
        held_out,
        marks,
    )


def in_bytes(vectors: Array, step: float) -> Bytes:
    """Vectors in whole steps of 1/`step`."""
    whole: Bytes = np.round(vectors * step).astype(np.int8)
    return whole


def ridge_of(rows: Rows, count: int, shape: Shape) -> Array:
    """The regularisation of every line."""
    sizes = np.bincount(rows, minlength=count)
    ridge: Array = (shape.ridge * (sizes[rows] / sizes[sizes > 0].mean()) ** shape.balance).astype(np.float32)
    return ridge


def _factor(kernel: Array, ridge: Array) -> Array:
    """The lower Cholesky factor, in columns and in place; only the upper triangle of the rows of `kernel` is read."""
    from scipy.linalg import LinAlgError
    from scipy.linalg.lapack import spotrf

    kernel[np.arange(len(kernel)), np.arange(len(kernel))] += ridge
    factor, failed = spotrf(kernel.T, lower=1, clean=0, overwrite_a=1)
    if failed:
        raise LinAlgError("the kernel of the training lines is not positive definite")
    result: Array = factor
    return result


def _lower(factor: Array, targets: Array, turned: bool = False) -> Array:
    """What the lower factor, `turned` or not, makes the targets of."""
    from scipy.linalg.blas import strsm

    answer: Array = strsm(1.0, factor, np.asfortranarray(targets), lower=1, trans_a=int(turned))
    return answer


def _less(kernel: Array, across: Array) -> Array:
    """The upper triangle of `kernel` less the products of the columns of `across`, in place."""
    from scipy.linalg.blas import ssyrk

    ssyrk(-1.0, across, trans=1, beta=1.0, c=kernel.T, lower=1, overwrite_c=1)
    return kernel


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
    """The first principal axes of unit vectors (about the origin), (channels, axes), fewer where there are fewer."""
    from scipy.linalg import eigh

    channels = vectors.shape[1]
    _, turned = eigh(vectors.T @ vectors, subset_by_index=(max(channels - axes, 0), channels - 1))
    kept = turned[:, ::-1]
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
    """How alike lines are; only the upper triangle is filled."""
    kernel = np.zeros((len(vectors), len(vectors)), dtype=np.float32)
    turned = grams.T.tocsr()

    def fill(start: int) -> None:
        part = slice(start, start + _STEP)
        kernel[part, start:] = _block(vectors[part], grams[part], vectors[start:], turned[:, start:], shape)

    _in_blocks(fill, len(vectors))
    return kernel


def alike(vectors: Array, grams: Any, other_vectors: Array, other_grams: Any, shape: Shape) -> Array:
    """How alike some lines and others are."""
    found = np.empty((len(vectors), len(other_vectors)), dtype=np.float32)
    turned = other_grams.T.tocsr()

    def fill(start: int) -> None:
        part = slice(start, start + _STEP)
        found[part] = _block(vectors[part], grams[part], other_vectors, turned, shape)

    _in_blocks(fill, len(vectors))
    return found


def _block(vectors: Array, grams: Any, other_vectors: Array, turned: Any, shape: Shape) -> Array:
    found = _gauss(vectors @ other_vectors.T, shape)
    found += ((grams * np.float32(shape.gram_share / len(KINDS))) @ turned).toarray()
    return found


def _in_blocks(fill: Callable[[int], None], rows: int) -> None:
    """Fill rows block by block, two at a time: products of sparse matrices use one thread each."""
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(fill, range(0, rows, _STEP)))


def log_softmax(scores: npt.NDArray[_Real]) -> npt.NDArray[_Real]:
    """Log probabilities along the last axis."""
    shifted = scores - scores.max(axis=-1, keepdims=True)
    result: npt.NDArray[_Real] = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return result

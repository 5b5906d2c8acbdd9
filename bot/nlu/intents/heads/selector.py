"""What speaks for each statement and known gap: a small kernel machine for each topic, like lines, shared words.

The machine of a topic is fitted to all lines of its statements and gaps against each other, so it tells neighbours
apart; that a message is about the topic at all is told by the other signs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from bot.nlu.intents.features import Columns, Grams, Weights
from bot.nlu.intents.heads.few import cosines_of, factored
from bot.nlu.intents.heads.postings import Postings
from bot.nlu.intents.kernel import KEPT_STEP, Array, Bytes, Rows, Shape, in_bytes, ridge_of

_SHAPE = Shape(gamma=2.0, gram_share=0.17, ridge=0.1)
"""`gram_share`: what shared words say beside the vectors."""
AXES = 128
"""So many of the axes are enough to tell statements apart."""
_ENOUGH = 1.2
"""A word in so many lines of a statement says half of what it can."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """How like a message is to each statement and gap, (tellers,) each."""

    told: Array
    """The score by the machine of its topic."""
    near: Array
    """The cosine of its nearest line."""
    center: Array
    """The cosine of the middle of its lines."""
    own: Array
    """The cosine of its own sentence."""
    words: Array
    """The share of the message's words, weighed by how rare they are, that its lines have."""


@dataclass(frozen=True)
class Selector:
    """The lines of all statements and gaps, in the order of `rows`; the first line of each is its own sentence.

    `vectors`: unit vectors along the first axes, in steps of 1/60. The words of line i are `columns` from `starts[i]`
    on, up to the next start. `coefficients`: topic by topic, for each line the coefficients of the topic's statements
    and gaps.
    """

    rows: Rows
    topics: Rows
    """The topic of each teller; tellers of one topic stand together."""
    vectors: Bytes
    starts: Columns
    columns: Columns
    coefficients: Array
    grams: Grams

    PARTS: ClassVar = ("rows", "vectors", "sizes", "columns", "coefficients", "steps")

    def like(self, turned: Array, columns: Columns) -> Likeness:
        """What speaks for each, for a message's unit vector along the axes and its n-grams."""
        vector = shortened(turned[None, :])[0]
        cosines = cosines_of(vector, self.vectors, KEPT_STEP)
        words = columns[self._is_word[columns]]
        alike = np.exp(_SHAPE.gamma * (cosines - 1))
        alike += np.float32(_SHAPE.gram_share) * self._shared.of(words, _weights_of(words, self.grams.idf))
        told = np.empty(len(self.topics), dtype=np.float32)
        for lines, tellers, part in self._machines:
            told[tellers] = alike[lines] @ part
        near = np.maximum.reduceat(cosines, self._begins)
        singles = words[self._is_single[words]]
        rarity = self._rarity[singles]
        found = self._said.of(singles, rarity)
        share = found / max(float(rarity.sum()), 1e-6)
        return Likeness(told, near, self._centers @ vector, cosines[self._begins], share)

    @cached_property
    def _begins(self) -> Rows:
        """Where the lines of each teller begin."""
        return np.searchsorted(self.rows, np.arange(len(self.topics)))

    @cached_property
    def _machines(self) -> list[tuple[slice, slice, Array]]:
        """For each topic its lines, its tellers and the coefficients."""
        found, at = [], 0
        for lines, tellers in blocks(self.rows, self.topics):
            size = (lines.stop - lines.start) * (tellers.stop - tellers.start)
            found.append((lines, tellers, self.coefficients[at : at + size].reshape(lines.stop - lines.start, -1)))
            at += size
        return found

    @cached_property
    def _centers(self) -> Array:
        """The middle of the lines of each teller, as unit vectors."""
        sums = np.add.reduceat(self.vectors.astype(np.float32), self._begins, axis=0)
        centers: Array = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
        return centers

    @cached_property
    def _is_word(self) -> npt.NDArray[np.bool_]:
        return np.array([gram[0] == "w" for gram in self.grams.columns], dtype=np.bool_)

    @cached_property
    def _is_single(self) -> npt.NDArray[np.bool_]:
        return np.array([gram[0] == "w" and " " not in gram for gram in self.grams.columns], dtype=np.bool_)

    @cached_property
    def _owners(self) -> Rows:
        """The line of every word."""
        return np.repeat(np.arange(len(self.starts)), np.diff(np.append(self.starts, len(self.columns))))

    @cached_property
    def _shared(self) -> Postings:
        """The lines that have a word, with what it weighs there."""
        idf = self.grams.idf[self.columns]
        lengths = np.sqrt(np.bincount(self._owners, idf * idf, minlength=len(self.starts)))
        weights = (idf / np.maximum(lengths, 1e-9)[self._owners]).astype(np.float32)
        return Postings.of_pairs(self.columns, self._owners, weights, len(self.grams.columns), len(self.starts))

    @cached_property
    def _counts(self) -> tuple[Rows, Rows, Rows]:
        """Words and tellers that have them, with the number of lines."""
        single = self._is_single[self.columns]
        pairs = self.columns[single].astype(np.int64) * len(self.topics) + self.rows[self._owners[single]]
        each, counts = np.unique(pairs, return_counts=True)
        return each // len(self.topics), each % len(self.topics), counts

    @cached_property
    def _said(self) -> Postings:
        """The tellers whose lines have a word, with how surely."""
        words, tellers, counts = self._counts
        sure = (counts / (counts + _ENOUGH)).astype(np.float32)
        return Postings.of_pairs(words, tellers, sure, len(self.grams.columns), len(self.topics))

    @cached_property
    def _rarity(self) -> Array:
        """How much a word tells: less, the more tellers have it."""
        spread = np.bincount(self._counts[0], minlength=len(self.grams.columns))
        rarity: Array = np.log((len(self.topics) + 1) / (spread + 0.5)).astype(np.float32)
        return rarity

    def to_arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Small arrays to store: coefficients in bytes, with a step for each topic."""
        steps, parts = [], []
        for _, _, part in self._machines:
            steps.append(127 / max(float(np.abs(part).max()), 1e-9))
            parts.append(in_bytes(part.ravel(), steps[-1]))
        sizes = np.diff(np.append(self.starts, len(self.columns)))
        return {
            "rows": np.bincount(self.rows, minlength=len(self.topics)).astype(np.int16),
            "vectors": self.vectors,
            "sizes": sizes.astype(np.int16),
            "columns": self.columns.astype(np.uint16 if len(self.grams.columns) < 1 << 16 else np.int32),
            "coefficients": np.concatenate(parts),
            "steps": np.array(steps),
        }

    @classmethod
    def from_arrays(cls, arrays: dict[str, npt.NDArray[Any]], topics: Rows, grams: Grams) -> Selector:
        """The reverse of `to_arrays`."""
        rows = np.repeat(np.arange(len(topics)), arrays["rows"])
        sizes = arrays["sizes"].astype(np.int32)
        coefficients, at = arrays["coefficients"].astype(np.float32), 0
        for (lines, tellers), step in zip(blocks(rows, topics), arrays["steps"], strict=True):
            size = (lines.stop - lines.start) * (tellers.stop - tellers.start)
            coefficients[at : at + size] /= np.float32(step)
            at += size
        columns = arrays["columns"].astype(np.int32)
        starts = (np.cumsum(sizes) - sizes).astype(np.int32)
        return cls(rows, topics, arrays["vectors"], starts, columns, coefficients, grams)


def train(vectors: Array, read: Sequence[Columns], rows: Rows, topics: Rows, grams: Grams) -> Selector:
    """Fit the machines of all topics.

    `vectors` (n, axes) are unit vectors along the axes, `read` the n-grams of each line, `rows` the tellers of the
    lines, in order. `topics` (tellers,) stand together.
    """
    from scipy.linalg import cho_solve
    from scipy.sparse import csr_matrix

    kept = in_bytes(shortened(vectors), KEPT_STEP)
    words = np.array([gram[0] == "w" for gram in grams.columns], dtype=np.bool_)
    columns = [np.sort(each[words[each]]) for each in read]
    sizes = np.array([len(each) for each in columns])
    ends = np.concatenate([[0], np.cumsum(sizes)])
    flat = np.concatenate(columns).astype(np.int32)
    weights = np.concatenate([_weights_of(each, grams.idf) for each in columns])
    matrix = csr_matrix((weights, flat, ends), shape=(len(columns), len(grams.columns)))
    lines = kept.astype(np.float32)
    lines /= np.maximum(np.linalg.norm(lines, axis=1, keepdims=True), 1e-9)
    parts = []
    for mine, tellers in blocks(rows, topics):
        own, count = rows[mine] - tellers.start, tellers.stop - tellers.start
        kernel = np.exp(_SHAPE.gamma * (lines[mine] @ lines[mine].T - 1))
        kernel += np.float32(_SHAPE.gram_share) * (matrix[mine] @ matrix[mine].T).toarray()
        kernel[np.arange(len(own)), np.arange(len(own))] += ridge_of(own, count, _SHAPE)
        targets = np.full((len(own), count), -1.0, dtype=np.float32)
        targets[np.arange(len(own)), own] = 1.0
        parts.append(cho_solve((factored(kernel), True), targets, check_finite=False).astype(np.float32).ravel())
    return Selector(rows, topics, kept, ends[:-1].astype(np.int32), flat, np.concatenate(parts), grams)


def blocks(rows: Rows, topics: Rows) -> Iterator[tuple[slice, slice]]:
    """For each topic its lines and its tellers."""
    borders = [0, *(np.flatnonzero(np.diff(topics)) + 1), len(topics)]
    for first, after in pairwise(borders):
        lines = np.searchsorted(rows, [first, after])
        yield slice(int(lines[0]), int(lines[1])), slice(int(first), int(after))


def shortened(turned: Array) -> Array:
    """Unit vectors along the first axes alone."""
    short = turned[:, :AXES]
    result: Array = (short / np.maximum(np.linalg.norm(short, axis=1, keepdims=True), 1e-9)).astype(np.float32)
    return result


def _weights_of(words: Columns, idf: Weights) -> Weights:
    """What each word of a line weighs: its rarity, all together of length 1."""
    weights = idf[words]
    result: Weights = (weights / max(float(np.linalg.norm(weights)), 1e-9)).astype(np.float32)
    return result

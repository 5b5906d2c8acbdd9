"""N-grams of a message: of characters, words and sounds, weighted as TF-IDF."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from bot.nlu.phonetic import sound_of

_WORDS = re.compile(r"\w+(?:'\w+)*")

KINDS = ("c", "w", "p")

Columns = npt.NDArray[np.int32]
Weights = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Grams:
    """The n-grams of the training lines: characters 2–5 inside words ("c"), words 1–2 ("w"), sounds 3–5 ("p")."""

    columns: dict[str, int]
    idf: Weights

    @classmethod
    def learn(cls, lines: Sequence[str], at_least: int = 1) -> Grams:
        """The n-grams of at least that many of the lines, with smoothed inverse frequencies.

        What more than an eighth of many lines have tells nothing, and is left out.
        """
        seen: Counter[str] = Counter()
        for line in lines:
            seen.update(set(grams(line)))
        at_most = max(len(lines) / 8, 200)
        names = sorted(gram for gram, count in seen.items() if at_least <= count <= at_most)
        counts = np.array([seen[gram] for gram in names], dtype=np.float64)
        idf = np.log((1 + len(lines)) / (1 + counts)) + 1
        return cls({gram: column for column, gram in enumerate(names)}, idf.astype(np.float32))

    def read(self, line: str) -> tuple[Columns, Weights]:
        """The line's columns and weights; each kind of n-gram has length 1."""
        known = self.columns
        found = Counter(known[gram] for gram in grams(line) if gram in known)
        columns = np.fromiter(found, dtype=np.int32, count=len(found))
        raw = np.fromiter(found.values(), dtype=np.float32, count=len(found))
        weights: Weights = ((1 + np.log(raw)) * self.idf[columns]).astype(np.float32)
        places = self._kinds[columns]
        lengths = np.sqrt(np.bincount(places, weights=weights * weights, minlength=len(KINDS)))
        weights /= np.maximum(lengths, 1e-9)[places].astype(np.float32)
        return columns, weights

    @cached_property
    def _kinds(self) -> npt.NDArray[np.int8]:
        """The kind of every n-gram, as its place in `KINDS`."""
        return np.array([KINDS.index(gram[0]) for gram in self.columns], dtype=np.int8)

    def matrix(self, lines: Sequence[str]) -> object:
        """The lines as one sparse matrix (scipy CSR), for training."""
        from scipy.sparse import csr_matrix

        rows = [self.read(line) for line in lines]
        ends = np.cumsum([0] + [len(columns) for columns, _ in rows])
        indices = np.concatenate([columns for columns, _ in rows]) if rows else np.zeros(0, np.int32)
        data = np.concatenate([weights for _, weights in rows]) if rows else np.zeros(0, np.float32)
        return csr_matrix((data, indices, ends), shape=(len(lines), len(self.columns)))


def grams(line: str) -> Iterator[str]:
    """All n-grams of a folded line, with repetitions."""
    found = _WORDS.findall(line)
    yield from map("w".__add__, found)
    for first, second in pairwise(found):
        yield f"w{first} {second}"
    for chunk in line.split():
        yield from _characters(chunk)
    sound = sound_of(line)
    for width in range(3, 6):
        for start in range(len(sound) - width + 1):
            yield "p" + sound[start : start + width]


@lru_cache(maxsize=20_000)
def _characters(chunk: str) -> tuple[str, ...]:
    """The n-grams of characters inside one word."""
    padded = f" {chunk} "
    found: list[str] = []
    for width in range(2, 6):
        if width >= len(padded):
            found.append("c" + padded)
            break
        found += ["c" + padded[start : start + width] for start in range(len(padded) - width + 1)]
    return tuple(found)

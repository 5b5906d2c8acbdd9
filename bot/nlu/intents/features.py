"""N-grams of a message: of characters, words and sounds, weighted as TF-IDF."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from bot.nlu.phonetic import sound_of

_WORDS = re.compile(r"\w+(?:'\w+)*")

KINDS = ("c", "w", "p")
_MANY = 20_000
"""Words whose n-grams are kept."""

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
            found = set(_across(line))
            for chunk in set(line.split()):
                found.update(_characters(chunk))
            seen.update(found)
        at_most = max(len(lines) / 8, 200)
        names = sorted(gram for gram, count in seen.items() if at_least <= count <= at_most)
        counts = np.array([seen[gram] for gram in names], dtype=np.float64)
        idf = np.log((1 + len(lines)) / (1 + counts)) + 1
        return cls({gram: column for column, gram in enumerate(names)}, idf.astype(np.float32))

    def read(self, line: str) -> tuple[Columns, Weights]:
        """The line's columns and weights; each kind of n-gram has length 1."""
        found = Counter(self._known(_across(line)))
        for chunk in line.split():
            found.update(self._inside(chunk))
        columns = np.fromiter(found, dtype=np.int32, count=len(found))
        raw = np.fromiter(found.values(), dtype=np.float32, count=len(found))
        weights: Weights = ((1 + np.log(raw)) * self.idf[columns]).astype(np.float32)
        places = self._kinds[columns]
        lengths = np.sqrt(np.bincount(places, weights=weights * weights, minlength=len(KINDS)))
        weights /= np.maximum(lengths, 1e-9)[places].astype(np.float32)
        return columns, weights

    def _known(self, names: Iterable[str]) -> list[int]:
        return [self.columns[gram] for gram in names if gram in self.columns]

    def _inside(self, chunk: str) -> list[int]:
        """The columns of the characters inside one word, kept for the next time."""
        found = self._seen.get(chunk)
        if found is None:
            if len(self._seen) > _MANY:
                self._seen.clear()
            found = self._seen[chunk] = self._known(_characters(chunk))
        return found

    @cached_property
    def _seen(self) -> dict[str, list[int]]:
        return {}

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
    yield from _across(line)
    for chunk in line.split():
        yield from _characters(chunk)


def _across(line: str) -> Iterator[str]:
    """The n-grams of words and of sounds."""
    found = _WORDS.findall(line)
    yield from map("w".__add__, found)
    for first, second in pairwise(found):
        yield f"w{first} {second}"
    sound = sound_of(line)
    for width in range(3, 6):
        for start in range(len(sound) - width + 1):
            yield "p" + sound[start : start + width]


@lru_cache(maxsize=_MANY)
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

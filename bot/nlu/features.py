"""N-grams of a message: of characters, words and sounds, weighted as TF-IDF."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

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
        seen: dict[str, int] = {}
        for line in lines:
            for gram in set(grams(line)):
                seen[gram] = seen.get(gram, 0) + 1
        at_most = max(len(lines) / 8, 200)
        names = sorted(gram for gram, count in seen.items() if at_least <= count <= at_most)
        counts = np.array([seen[gram] for gram in names], dtype=np.float64)
        idf = np.log((1 + len(lines)) / (1 + counts)) + 1
        return cls({gram: column for column, gram in enumerate(names)}, idf.astype(np.float32))

    def read(self, line: str) -> tuple[Columns, Weights]:
        """The line's columns and weights; each kind of n-gram has length 1."""
        counts: dict[int, int] = {}
        kinds: dict[int, str] = {}
        for gram in grams(line):
            column = self.columns.get(gram)
            if column is not None:
                counts[column] = counts.get(column, 0) + 1
                kinds[column] = gram[0]
        columns = np.fromiter(counts, dtype=np.int32, count=len(counts))
        raw = np.fromiter(counts.values(), dtype=np.float32, count=len(counts))
        weights: Weights = ((1 + np.log(raw)) * self.idf[columns]).astype(np.float32)
        marks = np.array(list(kinds.values()), dtype="<U1")
        for kind in KINDS:
            part = marks == kind
            length = float(np.sqrt((weights[part] ** 2).sum()))
            if length:
                weights[part] /= length
        return columns, weights

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
    for place, word in enumerate(found):
        yield "w" + word
        if place:
            yield "w" + found[place - 1] + " " + word
    for chunk in line.split():
        padded = f" {chunk} "
        size = len(padded)
        for width in range(2, 6):
            if width >= size:
                yield "c" + padded
                break
            for start in range(size - width + 1):
                yield "c" + padded[start : start + width]
    sound = sound_of(line)
    for width in range(3, 6):
        for start in range(len(sound) - width + 1):
            yield "p" + sound[start : start + width]

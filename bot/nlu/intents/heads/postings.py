"""Which lines have a word, turned round: quick sums over all lines that share words with a message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.nlu.intents.features import Columns, Weights
from bot.nlu.intents.kernel import Array


@dataclass(frozen=True)
class Postings:
    """`owners` and `weights` of word i stand from `starts[i]` on, up to the next start."""

    starts: Columns
    owners: Columns
    weights: Weights
    count: int
    """How many owners there are."""

    @classmethod
    def of_pairs(
        cls, words: npt.NDArray[Any], owners: npt.NDArray[Any], weights: Weights, width: int, count: int
    ) -> Postings:
        """From the words (below `width`) of owners (below `count`) with their weights."""
        order = np.argsort(words, kind="stable")
        starts = np.searchsorted(words[order], np.arange(width + 1)).astype(np.int32)
        return cls(starts, owners[order].astype(np.int32), weights[order], count)

    def of(self, words: Columns, weights: Weights) -> Array:
        """For each owner the sum of what its words weigh, times what they weigh in a message."""
        first, after = self.starts[words], self.starts[words + 1]
        counts = after - first
        places = np.repeat(after - np.cumsum(counts), counts) + np.arange(counts.sum())
        products = self.weights[places] * np.repeat(weights, counts)
        found: Array = np.bincount(self.owners[places], weights=products, minlength=self.count).astype(np.float32)
        return found

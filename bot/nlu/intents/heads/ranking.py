"""Ranks statements and gaps by the signs that speak for them, and says how likely each answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from bot.nlu.intents.heads.selector import Likeness
from bot.nlu.intents.kernel import Array, Rows, log_softmax

Told = npt.NDArray[np.float64]

FEATURES = 7
_SHARP = 9.0
"""Scores of a topic's machine, times this, are about the logarithms of chances."""
_LEAST_TOPIC = 1e-3
_LEAST_KIND = 0.02
_BEST = 3
"""So many of the best teach how sure to be."""
_RIVALS = 30
"""So many wrong statements or gaps of each question teach the weights."""
_HELD = 1e-3
"""How far the weights are held back."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What speaks for each statement and gap: likeness, and the chances that kind of question and topic are its own.

    `kinds`: the chances of the question kinds; `topics`: the topic of each.
    """

    like: Likeness
    fits: Array
    topic: Array
    kinds: Array
    topics: Rows


@dataclass(frozen=True)
class Ranking:
    """`weights` of the features; `sure`: of what tells that one of the ranked ones answers, and a constant."""

    weights: Told
    sure: Told

    def chances(self, seen: Signs, places: Rows) -> Told:
        """How likely each of some statements and gaps answers."""
        told = features(seen, places)
        found: Told = 1 / (1 + np.exp(-(_certain(told, told @ self.weights) @ self.sure)))
        return found

    def to_json(self) -> Mapping[str, Any]:
        """As plain JSON."""
        return {"weights": self.weights.tolist(), "sure": self.sure.tolist()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The reverse of `to_json`."""
        return cls(np.array(data["weights"]), np.array(data["sure"]))

    @classmethod
    def even(cls) -> Self:
        """Without anything learned."""
        return cls(np.array([0.5, 5.0, 12.0, 3.0, 8.0, 0.3, 0.3]), np.array([1.0, 0.0, 0.0, 0.0, 0.0]))

    @classmethod
    def learn(cls, asked: Sequence[tuple[Signs, Rows, int]], others: Sequence[tuple[Signs, Rows]]) -> Self:
        """From questions with the places that are ranked for them and the place of the one that answers.

        `others` are messages that none of the places answers: they teach how sure to be, and nothing else.
        """
        from sklearn.linear_model import LogisticRegression

        first = cls.even().weights
        each, right = [], []
        for seen, places, place in asked:
            told = features(seen, places)
            rivals = np.argsort(-(told @ first), kind="stable")[:_RIVALS]
            answer = int(np.flatnonzero(places == place)[0])
            each.append(told[[answer, *(at for at in rivals if at != answer)]])
        weights = _fitted(each)
        best: list[Told] = []
        for seen, places, place in [*asked, *((seen, places, -1) for seen, places in others)]:
            told = features(seen, places)
            scores = told @ weights
            at = np.argsort(-scores, kind="stable")[:_BEST]
            best.append(_certain(told, scores)[at])
            right += [bool(places[one] == place) for one in at]
        judge = LogisticRegression(C=10.0, max_iter=1000, fit_intercept=False).fit(np.concatenate(best), right)
        return cls(weights, np.asarray(judge.coef_[0], dtype=np.float64))


def features(seen: Signs, places: Rows) -> Told:
    """What the ranking weighs of these statements and gaps against each other, (places, features).

    The logarithm of its chance within its topic by the topic's machine; the cosines of its nearest line, of the middle
    of its lines and of its own sentence; the share of words; the logarithms of the chances of a question kind that it
    answers and of its topic. The places of one topic stand together.
    """
    like, topics = seen.like, seen.topics[places]
    begins = np.concatenate([[0], np.flatnonzero(np.diff(topics)) + 1])
    told = _SHARP * like.told[places].astype(np.float64)
    sums = np.log(np.add.reduceat(np.exp(told), begins))
    return np.column_stack([
        told - np.repeat(sums, np.diff(np.append(begins, len(topics)))),
        *(sign[places] for sign in (like.near, like.center, like.own, like.words)),
        np.log(seen.fits[places] + _LEAST_KIND),
        np.log(np.maximum(seen.topic[places], _LEAST_TOPIC)),
    ]).astype(np.float64)  # fmt: skip


def _certain(told: Told, scores: Told) -> Told:
    """What tells how sure the ranked ones are: the logit of the share of the scores, cosine, middle, words, and one."""
    share = np.clip(np.exp(log_softmax(scores)), 1e-6, 1 - 1e-6)
    return np.column_stack([np.log(share / (1 - share)), told[:, 1], told[:, 2], told[:, 4], np.ones(len(told))])


def _fitted(each: Sequence[Told]) -> Told:
    """The weights by which the first of each group comes out likeliest (a conditional logit)."""
    from scipy.optimize import minimize

    together = np.concatenate(each)
    spread = together.std(axis=0) + 1e-9
    padded = np.zeros((len(each), max(map(len, each)), together.shape[1]))
    real = np.zeros(padded.shape[:2], dtype=np.bool_)
    for group, (rows, told) in enumerate(zip(real, each, strict=True)):
        rows[: len(told)] = True
        padded[group, : len(told)] = told / spread

    def loss(weights: Told) -> tuple[float, Told]:
        scores = np.where(real, padded @ weights, -1e9)
        logs = log_softmax(scores)
        slope = (np.einsum("gr,grf->f", np.exp(logs), padded) - padded[:, 0].sum(axis=0)) / len(padded)
        return float(-logs[:, 0].mean() + _HELD * weights @ weights), slope + 2 * _HELD * weights

    found: Told = minimize(loss, np.zeros(together.shape[1]), jac=True, method="L-BFGS-B").x / spread
    return found

"""Four heads on the vector that the intent model reads: question kind, act, whether the message leans on what was
said before, and the statement or gap that answers.

Each is a kernel machine like the intent model's, over the same axes; they share their n-grams. The selector ranks
statements and gaps by how near a message is to the lines of each, by the kind of question and by the topic, weighted as
learned from lines that were left out; it picks none where the best is more likely wrong than right.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.contracts.asking import Act, Leaning, QuestionKind
from bot.nlu.intents.features import Columns, Grams, Weights
from bot.nlu.intents.heads.few import FewMachine
from bot.nlu.intents.heads.lessons import Teller
from bot.nlu.intents.kernel import Array, Rows, Shape, along, log_softmax

_ARRAYS = "heads.npz"
_FACTS = "heads.json"

SURE = 0.15
"""A pick with a lower chance than this is none. Chances come from lines without any line like them, so they are low."""
SURE_AWAY = 0.35
"""The same for a message that the intent model sends away as off topic."""
LISTED = 12
"""So many picks are told, best first, for a conversation that knows the topic."""

_QUESTIONS = (Act.QUESTION, Act.REQUEST)
_OTHER_KIND = 0.4
"""What a pick's chance is worth where it answers another kind of question than the one asked."""
_ASKS = 0.25
"""A message that is a question or a request with this chance has a question kind."""


@dataclass(frozen=True, slots=True)
class Pick:
    """A statement or gap that may answer, and how likely it does."""

    teller: Teller
    score: float

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON."""
        kind = "gap" if self.teller.gap else "statement"
        return {"kind": kind, "label": self.teller.label, "id": self.teller.id, "score": round(self.score, 4)}


@dataclass(frozen=True, slots=True)
class Asking:
    """What the heads make of a message. `kind` is None for what asks nothing."""

    act: Act
    act_score: float
    kind: QuestionKind | None
    kind_score: float
    picks: tuple[Pick, ...]
    accepted: bool = True
    """Whether the message is about our subject by its label."""
    leaning: Leaning = Leaning.ALONE
    """Whether it leans on what was said before."""
    leaning_score: float = 0.0

    @property
    def pick(self) -> Pick | None:
        """The statement or gap that answers; None where none is likely enough."""
        least = SURE if self.accepted else SURE_AWAY
        return self.picks[0] if self.picks and self.picks[0].score >= least else None

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON, as it stands in a parsed message."""
        return {
            "act": self.act.value,
            "act_score": round(self.act_score, 4),
            "question_kind": None if self.kind is None else self.kind.value,
            "question_kind_score": round(self.kind_score, 4),
            "leaning": self.leaning.value,
            "leaning_score": round(self.leaning_score, 4),
            "answer": None if self.pick is None else self.pick.as_dict(),
            "answers": [pick.as_dict() for pick in self.picks],
        }


@dataclass(frozen=True)
class Head:
    """One machine with the names of what it tells apart."""

    names: tuple[str, ...]
    machine: FewMachine
    temperature: float

    def chances(self, turned: Array, columns: Columns, weights: Weights) -> Array:
        """Calibrated chances by name."""
        scores = self.machine.scores(self.machine.cosines(turned), columns, weights)
        found: Array = np.exp(log_softmax(scores / self.temperature))
        return found


@dataclass(frozen=True)
class Heads:
    """The trained heads. `basis` are the axes of the intent model."""

    basis: Array
    grams: Grams
    kinds: Head
    acts: Head
    leaning: Head
    selector: FewMachine
    tellers: tuple[Teller, ...]
    rows: Rows
    """The place of the teller of every line of the selector; len(tellers) for lines that nothing answers."""
    weights: npt.NDArray[np.float64]
    """Of the `features`, and one more that stands alone."""

    @cached_property
    def _groups(self) -> tuple[Rows, Rows]:
        return _grouped(self.rows, len(self.tellers))

    @property
    def _told_apart(self) -> dict[str, Head]:
        return {"kinds": self.kinds, "acts": self.acts, "leaning": self.leaning}

    @cached_property
    def answers(self) -> Array:
        """Which kinds of question each teller answers, (tellers, kinds)."""
        names = self.kinds.names
        return np.array([[name in teller.answers for name in names] for teller in self.tellers], dtype=np.float32)

    def read(self, line: str, vector: Array, labels: Mapping[str, float], *, accepted: bool) -> Asking:
        """Read a prepared message: its line for the n-grams, its sentence vector, the chances of its labels."""
        turned = along(self.basis, vector[None, :])[0]
        columns, weights = self.grams.read(marked(line))
        acts = self.acts.chances(turned, columns, weights)
        kinds = self.kinds.chances(turned, columns, weights)
        leaning = self.leaning.chances(turned, columns, weights)
        act, kind, leans = int(acts.argmax()), int(kinds.argmax()), int(leaning.argmax())
        cosines = self.selector.cosines(turned)
        scores = self.selector.scores(cosines, columns, weights)
        near = _nearest(cosines[None, :], *self._groups)[0]
        topic = np.array([labels.get(teller.label, 0.0) for teller in self.tellers], dtype=np.float32)
        fits = self.answers @ kinds
        told = features(scores[None, :], near[None, :], fits[None, :], topic[None, :])[0]
        sure = 1 / (1 + np.exp(-(told @ self.weights[:-1] + self.weights[-1])))
        sure *= _OTHER_KIND + (1 - _OTHER_KIND) * fits
        order = np.argsort(-sure, kind="stable")[:LISTED]
        does = Act(self.acts.names[act])
        asks = sum(float(acts[self.acts.names.index(each)]) for each in _QUESTIONS) >= _ASKS
        return Asking(
            does,
            float(acts[act]),
            QuestionKind(self.kinds.names[kind]) if asks else None,
            float(kinds[kind]),
            tuple(Pick(self.tellers[place], float(sure[place])) for place in order),
            accepted,
            Leaning(self.leaning.names[leans]),
            float(leaning[leans]),
        )

    def save(self, folder: Path) -> None:
        """Write arrays and facts into an existing folder."""
        machines = {"selector": self.selector} | {name: head.machine for name, head in self._told_apart.items()}
        arrays: dict[str, Any] = {
            "idf": self.grams.idf.astype(np.float16),
            "rows": self.rows.astype(np.int16),
            "features": self.weights,
        }
        for name, machine in machines.items():
            arrays |= {f"{name}_{part}": array for part, array in machine.to_arrays().items()}
        np.savez_compressed(folder / _ARRAYS, **arrays)
        facts = {
            "grams": list(self.grams.columns),
            "tellers": [[each.label, each.id, each.gap, each.answers] for each in self.tellers],
            "machines": {name: [vars(machine.shape), machine.step] for name, machine in machines.items()},
            **{name: [head.names, head.temperature] for name, head in self._told_apart.items()},
        }
        (folder / _FACTS).write_text(json.dumps(facts, ensure_ascii=False), "utf-8")

    @staticmethod
    def is_in(folder: Path) -> bool:
        """Whether heads were saved there."""
        return (folder / _FACTS).is_file()

    @classmethod
    def load(cls, folder: Path, basis: Array) -> Heads:
        """Read what `save` wrote; `basis` are the axes of the intent model. Raises OSError or ValueError."""
        facts: Mapping[str, Any] = json.loads((folder / _FACTS).read_text("utf-8"))
        with np.load(folder / _ARRAYS, allow_pickle=False) as arrays:
            found = {name: arrays[name] for name in arrays.files}
        grams = Grams({gram: column for column, gram in enumerate(facts["grams"])}, found["idf"].astype(np.float32))
        machines = {
            name: FewMachine.from_arrays(
                Shape(**shape),
                step,
                len(grams.columns),
                {part: found[f"{name}_{part}"] for part in FewMachine.PARTS},
            )
            for name, (shape, step) in facts["machines"].items()
        }
        heads = {
            name: Head(tuple(facts[name][0]), machines[name], facts[name][1]) for name in ("kinds", "acts", "leaning")
        }
        tellers = tuple(
            Teller(label, name, gap, tuple(QuestionKind(kind) for kind in answers))
            for label, name, gap, answers in facts["tellers"]
        )
        return cls(
            basis,
            grams,
            heads["kinds"],
            heads["acts"],
            heads["leaning"],
            machines["selector"],
            tellers,
            found["rows"].astype(np.int64),
            found["features"],
        )


def marked(line: str) -> str:
    """A line with its ends marked, as the first and the last word tell much about what it does."""
    return f"qqa {line} qqz"


def nearest(cosines: Array, rows: Rows, count: int) -> Array:
    """For every message (rows of `cosines`) and every teller below `count`, the cosine of the teller's nearest line."""
    return _nearest(cosines, *_grouped(rows, count))


def _grouped(rows: Rows, count: int) -> tuple[Rows, Rows]:
    """The lines in the order of their tellers, and where each teller's begin."""
    order = np.argsort(rows, kind="stable")
    return order, np.searchsorted(rows[order], np.arange(count + 1))


def _nearest(cosines: Array, order: Rows, starts: Rows) -> Array:
    found: Array = np.maximum.reduceat(cosines[:, order], starts, axis=1)[:, :-1]
    return found


def features(scores: Array, near: Array, fits: Array, topic: Array) -> npt.NDArray[np.float64]:
    """What the ranking weighs, (messages, tellers, 6).

    The selector's score; how far it leads the best other one; how far it leads what nothing answers; the cosine of
    the nearest line; the chance of a question kind that the teller answers; the chance of its topic.
    """
    mine, nothing = scores[:, :-1], scores[:, -1:]
    two = np.sort(mine, axis=1)[:, -2:]
    rival = np.where(mine >= two[:, 1:], two[:, :1], two[:, 1:])
    told = (mine, mine - rival, mine - nothing, near, fits, topic)
    found: npt.NDArray[np.float64] = np.stack(told, axis=-1).astype(np.float64)
    return found

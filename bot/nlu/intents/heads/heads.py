"""Four heads on the vector that the intent model reads: question kind, act, aside, and the statement or gap that
answers.

Each is a kernel machine like the intent model's, over the same axes; they share their n-grams. The selector ranks
statements and gaps by how near a message is to the lines of each, by the kind of question and by the topic, weighted as
learned from lines that were left out; it picks none where the best is more likely wrong than right.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.contracts.asking import Act, Aside, QuestionKind
from bot.nlu.intents.features import Columns, Grams, Weights
from bot.nlu.intents.heads.few import FewMachine, cosines_of
from bot.nlu.intents.heads.lessons import NO_ASIDE, Teller
from bot.nlu.intents.kernel import Array, Bytes, Rows, Shape, along, log_softmax

_ARRAYS = "heads.npz"
_FACTS = "heads.json"

SURE = 0.2
"""A pick with a lower chance than this is none. Chances come from lines without any line like them, so they are low."""
SURE_AWAY = 0.75
"""The same for a message that the intent model sends away as off topic."""
LISTED = 12
"""So many picks are told, best first, for a conversation that knows the topic."""

ASIDES_LISTED = 4
"""So many asides are told, the likeliest first."""

_LEAST_TOPIC = 1e-3
_SURE_TOPIC = 0.9
"""A label read with this confidence says what topic the message is about: its own answers are ranked as such …"""
_FOREIGN = 0.5
"""… and this is what the chance of another topic's is worth."""
_EARLIER = 0.8
"""What a pick's chance is worth where it is about a topic spoken of before the last one."""
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
    beside: tuple[Pick, ...] = ()
    """What may answer if the message goes on with a topic spoken of before, best first."""
    asides: tuple[tuple[Aside, float], ...] = ()
    """What it may be beside the subject, the likeliest first, with the chances."""

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
            "answer": None if self.pick is None else self.pick.as_dict(),
            "answers": [pick.as_dict() for pick in self.picks],
            **({"beside": [pick.as_dict() for pick in self.beside]} if self.beside else {}),
            "asides": [[aside.value, round(chance, 4)] for aside, chance in self.asides],
        }


@dataclass(frozen=True, slots=True)
class Signs:
    """What speaks for each statement and gap: the selector's scores, the cosine of its nearest line, the chance of a
    question kind that it answers, the chance of its topic. `nothing`: the score of what nothing answers; `kinds`: the
    chances of the question kinds."""

    scores: Array
    nothing: float
    near: Array
    fits: Array
    topic: Array
    kinds: Array


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
    selector: FewMachine
    lines: Bytes
    """Unit vectors of all lines of the selector along the axes, in steps of 1/`step`."""
    step: float
    tellers: tuple[Teller, ...]
    rows: Rows
    """The place of the teller of every line of the selector; len(tellers) for lines that nothing answers."""
    weights: npt.NDArray[np.float64]
    """Of the `features` over all topics, and one more that stands alone."""
    within: npt.NDArray[np.float64]
    """The same among the statements and gaps of one topic."""
    asides: Head | None = None
    """None for a model that was trained without them."""

    @cached_property
    def _groups(self) -> tuple[Rows, Rows]:
        return _grouped(self.rows, len(self.tellers))

    @cached_property
    def answers(self) -> Array:
        """Which kinds of question each teller answers, (tellers, kinds)."""
        names = self.kinds.names
        return np.array([[name in teller.answers for name in names] for teller in self.tellers], dtype=np.float32)

    def read(
        self, line: str, vector: Array, labels: Mapping[str, float], *, accepted: bool, topics: Sequence[str] = ()
    ) -> Asking:
        """Read a prepared message: its line for the n-grams, its sentence vector, the chances of its labels.

        `topics` are the labels spoken of, the last first: their statements and gaps are ranked as if the message were
        about one of them, and rather about the last.
        """
        turned = along(self.basis, vector[None, :])[0]
        columns, weights = self.grams.read(marked(line))
        acts = self.acts.chances(turned, columns, weights)
        seen = self._signs(turned, columns, weights, labels)
        kinds = seen.kinds
        act, kind = int(acts.argmax()), int(kinds.argmax())

        def ranked(places: Rows, *, of_topic: bool = False) -> tuple[Pick, ...]:
            """Some tellers, against each other."""
            worth = self.within if of_topic else self.weights
            sure = 1 / (1 + np.exp(-(features(seen, places, of_topic=of_topic) @ worth[:-1] + worth[-1])))
            sure *= _OTHER_KIND + (1 - _OTHER_KIND) * seen.fits[places]
            order = np.argsort(-sure, kind="stable")[:LISTED]
            return tuple(Pick(self.tellers[places[at]], float(sure[at])) for at in order)

        picks = ranked(np.arange(len(self.tellers)))
        label = max(labels, key=lambda each: labels[each], default="")
        if labels.get(label, 0.0) >= _SURE_TOPIC and len(own := self.places_of(label)):
            others = [replace(pick, score=pick.score * _FOREIGN) for pick in picks if pick.teller.label != label]
            picks = _best([*ranked(own, of_topic=True), *others])
        spoken_of = [self.places_of(topic) for topic in topics]
        beside = ranked(np.concatenate(spoken_of), of_topic=True) if spoken_of else ()
        if len(topics) > 1:
            worth = {topic: 1.0 if topic == topics[0] else _EARLIER for topic in topics}
            beside = _best(replace(pick, score=pick.score * worth[pick.teller.label]) for pick in beside)
        does = Act(self.acts.names[act])
        asks = sum(float(acts[self.acts.names.index(each)]) for each in _QUESTIONS) >= _ASKS
        return Asking(
            does,
            float(acts[act]),
            QuestionKind(self.kinds.names[kind]) if asks else None,
            float(kinds[kind]),
            picks,
            accepted,
            beside=beside if len(beside) > 1 else (),
            asides=self._aside(turned, columns, weights),
        )

    def signs(self, line: str, vector: Array, labels: Mapping[str, float]) -> Signs:
        """What speaks for each statement and gap, for a prepared message."""
        return self._signs(along(self.basis, vector[None, :])[0], *self.grams.read(marked(line)), labels)

    def _signs(self, turned: Array, columns: Columns, weights: Weights, labels: Mapping[str, float]) -> Signs:
        kinds = self.kinds.chances(turned, columns, weights)
        scores = self.selector.scores(self.selector.cosines(turned), columns, weights)
        near = _nearest(cosines_of(turned, self.lines, self.step)[None, :], *self._groups)[0]
        topic = np.array([labels.get(teller.label, 0.0) for teller in self.tellers], dtype=np.float32)
        return Signs(scores[:-1], float(scores[-1]), near, self.answers @ kinds, topic, kinds)

    def places_of(self, topic: str | None) -> Rows:
        """The places of the statements and gaps of a topic."""
        return self._places.get(topic, np.zeros(0, dtype=np.int64))

    @cached_property
    def _places(self) -> dict[str | None, Rows]:
        labels = np.array([teller.label for teller in self.tellers])
        return {str(label): np.flatnonzero(labels == label) for label in np.unique(labels)}

    def _aside(self, turned: Array, columns: Columns, weights: Weights) -> tuple[tuple[Aside, float], ...]:
        """The likeliest asides with their chances."""
        if self.asides is None:
            return ()
        chances = self.asides.chances(turned, columns, weights)
        order = [int(place) for place in np.argsort(-chances, kind="stable")]
        told = [place for place in order if self.asides.names[place] != NO_ASIDE][:ASIDES_LISTED]
        return tuple((Aside(self.asides.names[place]), float(chances[place])) for place in told)

    def save(self, folder: Path) -> None:
        """Write arrays and facts into an existing folder."""
        machines = {"kinds": self.kinds.machine, "acts": self.acts.machine, "selector": self.selector}
        if self.asides is not None:
            machines["asides"] = self.asides.machine
        arrays: dict[str, Any] = {
            "idf": self.grams.idf.astype(np.float16),
            "rows": self.rows.astype(np.int16),
            "lines": self.lines,
            "features": self.weights,
            "within": self.within,
        }
        for name, machine in machines.items():
            arrays |= {f"{name}_{part}": array for part, array in machine.to_arrays().items()}
        np.savez_compressed(folder / _ARRAYS, **arrays)
        facts = {
            "grams": list(self.grams.columns),
            "tellers": [[each.label, each.id, each.gap, each.answers] for each in self.tellers],
            "machines": {name: [vars(machine.shape), machine.step] for name, machine in machines.items()},
            "kinds": [self.kinds.names, self.kinds.temperature],
            "acts": [self.acts.names, self.acts.temperature],
            "asides": [self.asides.names, self.asides.temperature] if self.asides is not None else None,
            "step": self.step,
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
        asides = facts.get("asides")
        tellers = tuple(
            Teller(label, name, gap, tuple(QuestionKind(kind) for kind in answers))
            for label, name, gap, answers in facts["tellers"]
        )
        return cls(
            basis,
            grams,
            Head(tuple(facts["kinds"][0]), machines["kinds"], facts["kinds"][1]),
            Head(tuple(facts["acts"][0]), machines["acts"], facts["acts"][1]),
            machines["selector"],
            found["lines"],
            facts["step"],
            tellers,
            found["rows"].astype(np.int64),
            found["features"],
            found["within"],
            Head(tuple(asides[0]), machines["asides"], asides[1]) if asides else None,
        )


def _best(picks: Iterable[Pick]) -> tuple[Pick, ...]:
    """The likeliest first."""
    return tuple(sorted(picks, key=lambda pick: -pick.score))[:LISTED]


def marked(line: str) -> str:
    """A line with its ends marked, as the first and the last word tell much about what it does."""
    return f"qqa {line} qqz"


def _grouped(rows: Rows, count: int) -> tuple[Rows, Rows]:
    """The lines in the order of their tellers, and where each teller's begin."""
    order = np.argsort(rows, kind="stable")
    return order, np.searchsorted(rows[order], np.arange(count + 1))


def _nearest(cosines: Array, order: Rows, starts: Rows) -> Array:
    found: Array = np.maximum.reduceat(cosines[:, order], starts, axis=1)[:, :-1]
    return found


def features(seen: Signs, places: Rows, *, of_topic: bool) -> npt.NDArray[np.float64]:
    """What the ranking weighs of these statements and gaps against each other, (places, 7).

    The selector's score; how far it leads the best other one; how far it leads what nothing answers; the cosine of
    the nearest line; the chance of a question kind that the teller answers; the chance of its topic, and the logarithm
    of that. `of_topic`: all are of the topic that the message is about.
    """
    mine, topic = seen.scores[places], np.ones(len(places)) if of_topic else seen.topic[places]
    two = np.sort(mine)[-2:]
    rival = np.where(mine >= two[-1], two[0], two[-1])
    told = (mine, mine - rival, mine - seen.nothing, seen.near[places], seen.fits[places], topic)
    return np.column_stack([*told, np.log(np.maximum(topic, _LEAST_TOPIC))]).astype(np.float64)

"""Four heads on the vector that the intent model reads: question kind, act, aside, and the statement or gap that
answers.

Three are kernel machines like the intent model's, over the same axes; they share their n-grams. Statements and gaps are
ranked by what the selector says for each, by the kind of question and by the topic, weighted as learned from questions
of other people; none is picked where the best is more likely wrong than right.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from bot.contracts.asking import Act, Aside, QuestionKind
from bot.nlu.intents.features import Columns, Grams, Weights
from bot.nlu.intents.heads.few import FewMachine
from bot.nlu.intents.heads.lessons import NO_ASIDE, Teller
from bot.nlu.intents.heads.ranking import Ranking, Signs
from bot.nlu.intents.heads.selector import Selector
from bot.nlu.intents.kernel import Array, Rows, Shape, along, log_softmax

_ARRAYS = "heads.npz"
_FACTS = "heads.json"

SURE = 0.2
"""A pick with a lower chance than this is none. Chances come from lines without any line like them, so they are low."""
SURE_AWAY = 0.75
"""The same for a message that the intent model sends away as off topic."""
_BEST_OF_ALIKE, _COUNTS, _ALIKE = 0.3, 0.15, 0.74
"""Several topics may tell the same ("what's the passing score"): then their chances count together, of the best
at least so much, of each other one, and of all."""
LISTED = 12
"""So many picks are told, best first, for a conversation that knows the topic."""

ASIDES_LISTED = 4
"""So many asides are told, the likeliest first."""

_SURE_TOPIC = 0.9
"""A label read with this confidence says what topic the message is about: its own answers are ranked as such …"""
_FOREIGN = 0.5
"""… and this is what the chance of another topic's is worth."""
_EARLIER = 0.8
"""What a pick's chance is worth where it is about a topic spoken of before the last one."""
_QUESTIONS = (Act.QUESTION, Act.REQUEST)
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
        if not self.picks:
            return None
        first = self.picks[0]
        if self.accepted:
            return first if first.score >= SURE else None
        alike = sum(pick.score for pick in self.picks if pick.score >= _COUNTS)
        return first if first.score >= SURE_AWAY or (first.score >= _BEST_OF_ALIKE and alike >= _ALIKE) else None

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


@dataclass(frozen=True)
class Head:
    """One machine with the names of what it tells apart."""

    names: tuple[str, ...]
    machine: FewMachine
    temperature: float

    def chances(self, turned: Array, columns: Columns, weights: Weights) -> Array:
        """Calibrated chances by name."""
        found: Array = np.exp(log_softmax(self.machine.scores(turned, columns, weights) / self.temperature))
        return found


@dataclass(frozen=True)
class Heads:
    """The trained heads. `basis` are the axes of the intent model."""

    basis: Array
    grams: Grams
    kinds: Head
    acts: Head
    selector: Selector
    tellers: tuple[Teller, ...]
    over: Ranking
    """Over all topics."""
    within: Ranking
    """Among the statements and gaps of the topic spoken of."""
    asides: Head | None = None
    """None for a model that was trained without them."""

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
            sure = (self.within if of_topic else self.over).chances(seen, places)
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
        topic = np.array([labels.get(label, 0.0) for label in self._labels], dtype=np.float32)[self.selector.topics]
        return Signs(self.selector.like(turned, columns), self.answers @ kinds, topic, kinds, self.selector.topics)

    def places_of(self, topic: str | None) -> Rows:
        """The places of the statements and gaps of a topic."""
        return self._places.get(topic, np.zeros(0, dtype=np.int64))

    @cached_property
    def _labels(self) -> tuple[str, ...]:
        """The labels of the topics, by their numbers."""
        return tuple(dict.fromkeys(teller.label for teller in self.tellers))

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
        machines = {"kinds": self.kinds.machine, "acts": self.acts.machine}
        if self.asides is not None:
            machines["asides"] = self.asides.machine
        arrays: dict[str, Any] = {
            "idf": self.grams.idf.astype(np.float16),
        }
        for name, machine in machines.items():
            arrays |= {f"{name}_{part}": array for part, array in machine.to_arrays().items()}
        arrays |= {f"selector_{part}": array for part, array in self.selector.to_arrays().items()}
        np.savez_compressed(folder / _ARRAYS, **arrays)
        facts = {
            "grams": list(self.grams.columns),
            "tellers": [[each.label, each.id, each.gap, each.answers] for each in self.tellers],
            "machines": {name: vars(machine.shape) for name, machine in machines.items()},
            "kinds": [self.kinds.names, self.kinds.temperature],
            "acts": [self.acts.names, self.acts.temperature],
            "asides": [self.asides.names, self.asides.temperature] if self.asides is not None else None,
            "ranking": [self.over.to_json(), self.within.to_json()],
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
            name: FewMachine.from_arrays(Shape(**shape), {part: found[f"{name}_{part}"] for part in FewMachine.PARTS})
            for name, shape in facts["machines"].items()
        }
        selector = {part: found[f"selector_{part}"] for part in Selector.PARTS}
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
            Selector.from_arrays(selector, topics_of(tellers), grams),
            tellers,
            Ranking.from_json(facts["ranking"][0]),
            Ranking.from_json(facts["ranking"][1]),
            Head(tuple(asides[0]), machines["asides"], asides[1]) if asides else None,
        )


def _best(picks: Iterable[Pick]) -> tuple[Pick, ...]:
    """The likeliest first."""
    return tuple(sorted(picks, key=lambda pick: -pick.score))[:LISTED]


def marked(line: str) -> str:
    """A line with its ends marked, as the first and the last word tell much about what it does."""
    return f"qqa {line} qqz"


def topics_of(tellers: Sequence[Teller]) -> Rows:
    """The topic of each teller, as the number of its label: tellers of one label stand together."""
    names = list(dict.fromkeys(teller.label for teller in tellers))
    return np.array([names.index(teller.label) for teller in tellers], dtype=np.int64)

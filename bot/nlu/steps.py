"""The steps that read a message, as plain code: our Rasa components and the runner without Rasa both use them.

A step gets a message as a mapping (`text`, `metadata`, and what earlier steps found) and returns what it adds. The
metadata may carry `as_of` (ISO instant with offset) and `time_zone` (IANA name) to resolve dates by, and `topics`, the
label that the conversation spoke of last.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol, Self

from bot.nlu.intents.encoder import encoder, one_thread
from bot.nlu.intents.heads.heads import Asking
from bot.nlu.intents.training import Trained
from bot.nlu.moment import moment_of
from bot.nlu.reader import Reader, Reading
from bot.nlu.values.read import read_values
from bot.nlu.values.vocabulary import Vocabulary
from bot.nlu.values.words import Value

EXTRACTOR = "ValueExtractor"
"""Marks the entities that `ValueStep` found."""

_VOCABULARY = "names.json"


class Step(Protocol):
    """One step of reading a message. Safe to share between threads."""

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what a training stored in its folder. Raises OSError or ValueError where it is not whole."""
        ...

    def read(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """What this step adds to the message."""
        ...


class ValueStep:
    """Test codes, series, dates, times and ASE IDs, normalized, with offsets in the person's own text."""

    def __init__(self, vocabulary: Vocabulary | None = None) -> None:
        self._vocabulary = vocabulary

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote."""
        return cls(Vocabulary.from_json(json.loads((folder / _VOCABULARY).read_text("utf-8"))))

    @staticmethod
    def save(vocabulary: Vocabulary, folder: Path) -> None:
        """Write into an existing folder."""
        (folder / _VOCABULARY).write_text(json.dumps(vocabulary.to_json(), ensure_ascii=False), "utf-8")

    def read(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """The message's `entities`, with ours behind those found before."""
        as_of, zone = moment_of(message.get("metadata"))
        values = read_values(message.get("text") or "", as_of=as_of, zone=zone, vocabulary=self._vocabulary)
        return {"entities": [*(message.get("entities") or ()), *map(_entity, values)]}


class LabelStep:
    """What a message asks for, calibrated, with what is off topic sent away as `out_of_scope`."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `Trained.save` wrote. Raises WeightsError for faulty encoder weights."""
        one_thread()
        return cls(Reader(Trained.load(folder, encoder()), encoder()))

    def read(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Everything that the reading says, see `_parsed`."""
        as_of, zone = moment_of(message.get("metadata"))
        found = message.get("entities")
        values = None if found is None else [_value(entity) for entity in found if entity.get("extractor") == EXTRACTOR]
        topics = (message.get("metadata") or {}).get("topics", ())
        text = message.get("text") or ""
        return _parsed(self._reader.read(text, as_of=as_of, zone=zone, values=values, topics=topics))


def _entity(value: Value) -> dict[str, Any]:
    """A value in the shape of Rasa's entities; `bound` only where the value has one."""
    limit = {"bound": value.bound} if value.bound else {}
    return {**value.as_dict(), **limit, "extractor": EXTRACTOR}


def _value(entity: Mapping[str, Any]) -> Value:
    return Value(entity["entity"], entity["value"], entity["start"], entity["end"])


def _parsed(reading: Reading) -> dict[str, Any]:
    """The reading in Rasa's shape (`intent` and `intent_ranking`, of base names) and ours (all the rest)."""
    base = reading.label.partition("/")[0]
    bases: dict[str, float] = {}
    for name, chance in reading.ranking:
        bases[name.partition("/")[0]] = bases.get(name.partition("/")[0], 0.0) + chance
    order = sorted(bases, key=lambda name: (name != base, -bases[name]))
    return {
        "intent": {"name": base, "confidence": reading.confidence},
        "intent_ranking": [{"name": name, "confidence": bases[name]} for name in order],
        "label": reading.label,
        "ranking": [{"name": name, "confidence": chance} for name, chance in reading.ranking],
        "in_scope": reading.in_scope,
        "accepted": reading.accepted,
        "near_tie": reading.near_tie,
        **_asked(reading.asking),
        "given": reading.given.as_dict(),
    }


def _asked(asking: Asking | None) -> dict[str, Any]:
    return {} if asking is None else asking.as_dict()

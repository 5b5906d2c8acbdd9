"""From a person's words to what the classifier reads: values named alike, spelling repaired, fillers gone.

Two forms: one for the sentence encoder, where a test is named by its code, and one for the n-grams, where every
test, date, time and ID is the same word each. The person's own text is left as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.nlu.intents.glossary import translate
from bot.nlu.intents.text import Speller, fold
from bot.nlu.values.words import Value

_SAME: Mapping[str, str] = {"test_code": "A5", "date": "friday", "time": "9 am", "ase_id": "ASE-1000-0001"}


@dataclass(frozen=True, slots=True)
class Prepared:
    """`sentence` for the encoder, `line` for the n-grams, and the words that were repaired."""

    sentence: str
    line: str
    changes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Preparer:
    """Prepares messages with the spelling learned from the training lines."""

    speller: Speller

    @classmethod
    def learn(cls, texts: Iterable[tuple[str, Sequence[Value]]], known: frozenset[str]) -> Preparer:
        """From training texts with their values; `known` is a list of ordinary words."""
        return cls(Speller.learn((_sentence(text, values) for text, values in texts), known))

    def prepare(self, text: str, values: Sequence[Value]) -> Prepared:
        """Both forms of a message whose values have been read."""
        sentence = self.speller.repair(_sentence(text, values))
        alike = _renamed(text, values, _alike)
        if alike == _renamed(text, values, _coded):
            return Prepared(sentence.text, sentence.text, sentence.changes)
        line = self.speller.repair(fold(translate(alike)) or text.lower())
        return Prepared(sentence.text, line.text, sentence.changes)

    def to_json(self) -> dict[str, Any]:
        """Plain data to store with a model."""
        return self.speller.to_json()

    @classmethod
    def from_json(cls, data: Mapping[str, Any], known: frozenset[str]) -> Preparer:
        """The reverse of `to_json`; the list of ordinary words comes with the encoder."""
        return cls(Speller(dict(data["counts"]), known))


def _sentence(text: str, values: Sequence[Value]) -> str:
    return fold(translate(_renamed(text, values, _coded))) or text.lower()


def _renamed(text: str, values: Sequence[Value], name: Callable[[Value, str], str]) -> str:
    pieces: list[str] = []
    end = 0
    for value in sorted(values, key=lambda item: item.start):
        if value.start >= end:
            pieces += [text[end : value.start], name(value, text[value.start : value.end])]
            end = value.end
    return "".join([*pieces, text[end:]])


def _coded(value: Value, said: str) -> str:
    if value.entity == "test_code":
        return value.value
    return _SAME["ase_id"] if value.entity == "ase_id" else said


def _alike(value: Value, said: str) -> str:
    return _SAME.get(value.entity, said)

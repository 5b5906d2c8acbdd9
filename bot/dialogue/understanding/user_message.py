"""One message as the dialogue sees it: the words, what they were taken to mean and the values found in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

OUT_OF_SCOPE = "out_of_scope"


@dataclass(frozen=True, slots=True)
class Entity:
    kind: str
    value: Any
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Heard:
    """`label` is a topic as in knowledge/topics.yml; `ranking` holds the best readings.

    `in_scope` False: sent away although the best reading is one of ours, so it may only be badly put.
    """

    text: str
    label: str
    confidence: float = 1.0
    in_scope: bool = True
    near_tie: bool = False
    entities: tuple[Entity, ...] = ()
    ranking: tuple[tuple[str, float], ...] = ()
    choice: str | None = None
    digits: str | None = None
    event: str | None = None
    speech_confidence: float | None = None

    def values(self, kind: str) -> tuple[Any, ...]:
        """Every value of one kind, in the order said, without repeats."""
        return tuple(dict.fromkeys(_hashable(e.value) for e in self.entities if e.kind == kind))

    def to_json(self) -> dict[str, Any]:
        """What was said, as plain data, without how well it was heard."""
        return {
            "text": self.text,
            "label": self.label,
            "confidence": self.confidence,
            "in_scope": self.in_scope,
            "near_tie": self.near_tie,
            "entities": [[e.kind, e.value, e.start, e.end] for e in self.entities],
            "ranking": [list(each) for each in self.ranking],
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Heard:
        """Back from `to_json`: now taken as it is."""
        return cls(
            text=kept["text"],
            label=kept["label"],
            confidence=kept["confidence"],
            in_scope=kept["in_scope"],
            near_tie=kept["near_tie"],
            entities=tuple(Entity(kind, value, start, end) for kind, value, start, end in kept["entities"]),
            ranking=tuple((name, sure) for name, sure in kept["ranking"]),
        )

    def relabelled(self, label: str) -> Heard:
        return replace(self, label=label, confidence=1.0, in_scope=True, near_tie=False)


def heard_from_message(message: Mapping[str, Any]) -> Heard:
    """Read Rasa's parsed message (``tracker.latest_message``)."""
    intent = message.get("intent") or {}
    entities = _entities(message.get("entities") or ())
    meta = message.get("metadata") or {}
    return Heard(
        text=str(message.get("text") or ""),
        label=message.get("label") or intent.get("name") or OUT_OF_SCOPE,
        confidence=float(intent.get("confidence") or 0.0),
        in_scope=bool(message.get("accepted", True)) or _top(message) == OUT_OF_SCOPE,
        near_tie=bool(message.get("near_tie", False)),
        entities=entities,
        ranking=tuple((str(r["name"]), float(r["confidence"])) for r in message.get("ranking") or ()),
        choice=_only(entities, "choice"),
        digits=_only(entities, "digits"),
        event=_only(entities, "event"),
        speech_confidence=meta.get("confidence"),
    )


def _top(message: Mapping[str, Any]) -> str | None:
    """The best reading before anything was sent away."""
    ranking = message.get("ranking") or ()
    return str(ranking[0]["name"]) if ranking else None


def _only(entities: tuple[Entity, ...], kind: str) -> str | None:
    return next((str(e.value) for e in entities if e.kind == kind), None)


def _entities(found: Iterable[Mapping[str, Any]]) -> tuple[Entity, ...]:
    return tuple(
        Entity(str(e["entity"]), e.get("value"), int(e.get("start") or 0), int(e.get("end") or 0)) for e in found
    )


def _hashable(value: Any) -> Any:
    if isinstance(value, dict):
        return tuple(sorted(value.items()))
    if isinstance(value, list):
        return tuple(value)
    return value

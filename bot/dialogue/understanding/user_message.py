"""One message as it was read: the words, what they were taken to mean, and the values found in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bot.contracts.asking import Aside

OUT_OF_SCOPE = "out_of_scope"


@dataclass(frozen=True, slots=True)
class Entity:
    """A value found in the words, with its place (characters; `end` is the first one after it)."""

    kind: str
    value: Any
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class UserMessage:
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
    act: str | None = None
    """What the person does by saying it, as in `Act`; None where that was not read."""
    act_score: float = 0.0
    """How sure that is, 0 to 1."""
    question_kind: str | None = None
    """What kind of answer it wants, as in `QuestionKind`; None where it asks nothing, or nothing certain."""
    picks: tuple[tuple[str, str, float], ...] = ()
    """The statements and gaps of our knowledge that may answer it (label, id, chance), the likeliest first."""
    picked: bool = False
    """Whether the first of them is likely enough to be taken as it is."""
    beside: tuple[tuple[str, str, float], ...] = ()
    """The same, if it goes on with the topic spoken of last: of that topic alone."""
    given: Mapping[str, Any] = field(default_factory=dict)
    """The days it names, with what happened on them, and numbers of days and things."""

    with_others: bool = False
    """Whether it is one of several requests of a message."""

    asides: tuple[tuple[Aside, float], ...] = ()
    """What it may be beside the subject, with the chances, the likeliest first."""

    def values(self, kind: str) -> tuple[Any, ...]:
        """Every value of one kind, in the order said, without repeats."""
        return tuple(dict.fromkeys(_hashable(e.value) for e in self.entities if e.kind == kind))

    @property
    def words(self) -> str:
        """The words in lower case, with plain apostrophes and single spaces."""
        return " ".join(self.text.lower().replace("’", "'").split())

    @property
    def length(self) -> int:
        """How many words there are."""
        return len(self.text.split())

    @property
    def asks(self) -> bool:
        """Whether a question mark ends it."""
        return self.text.rstrip().endswith("?")

    @property
    def pressed(self) -> bool:
        """Whether it is a button or keys rather than words."""
        return self.choice is not None or self.digits is not None

    def without_values(self, *kinds: str) -> str:
        """The words in lower case without the values found in them, or without those of some kinds."""
        text = self.text.lower()
        for entity in sorted(self.entities, key=lambda e: e.start, reverse=True):
            if not kinds or entity.kind in kinds:
                text = text[: entity.start] + " " + text[entity.end :]
        return text

    def relabelled(self, label: str) -> UserMessage:
        """The same words, taken for certain to mean `label`."""
        return replace(self, label=label, confidence=1.0, in_scope=True, near_tie=False, act=None)

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
    def from_json(cls, kept: Mapping[str, Any]) -> UserMessage:
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

    @classmethod
    def of_parsed(cls, parsed: Mapping[str, Any]) -> UserMessage:
        """From a parsed message as Rasa gives it (``tracker.latest_message``)."""
        intent = parsed.get("intent") or {}
        entities = _entities(parsed.get("entities") or ())
        meta = parsed.get("metadata") or {}
        return cls(
            text=str(parsed.get("text") or ""),
            label=str(parsed.get("label") or intent.get("name") or OUT_OF_SCOPE),
            confidence=float(intent.get("confidence") or 0.0),
            in_scope=bool(parsed.get("accepted", True)) or _top(parsed) == OUT_OF_SCOPE,
            near_tie=bool(parsed.get("near_tie", False)),
            entities=entities,
            ranking=tuple((str(r["name"]), float(r["confidence"])) for r in parsed.get("ranking") or ()),
            choice=_only(entities, "choice"),
            digits=_only(entities, "digits"),
            event=_only(entities, "event"),
            speech_confidence=meta.get("confidence"),
            act=parsed.get("act"),
            act_score=float(parsed.get("act_score") or 0.0),
            question_kind=parsed.get("question_kind"),
            picks=tuple((str(p["label"]), str(p["id"]), float(p["score"])) for p in parsed.get("answers") or ()),
            picked=parsed.get("answer") is not None,
            beside=tuple((str(p["label"]), str(p["id"]), float(p["score"])) for p in parsed.get("beside") or ()),
            given=dict(parsed.get("given") or {}),
            with_others=bool(parsed.get("with_others", False)),
            asides=tuple((Aside(name), float(chance)) for name, chance in parsed.get("asides") or ()),
        )


def _top(parsed: Mapping[str, Any]) -> str | None:
    """The best reading before anything was sent away."""
    ranking = parsed.get("ranking") or ()
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

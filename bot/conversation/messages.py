"""Between what was said, what is stored and what is published: one message in its three shapes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.answers.answer import Answer
from bot.contracts.conversation import Author, Choice, Message
from bot.dialogue.turn_registry import source_to_json
from bot.rules.codec import decision_to_json
from bot.rules.facts import Subject
from bot.store.values import Line, StoredMessage


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a turn before it is stored."""

    text: str
    speech: str
    author: Author = "assistant"
    choices: Sequence[Mapping[str, str]] = ()
    sources: Sequence[Mapping[str, Any]] = ()
    decisions: Sequence[Mapping[str, Any]] = ()
    intent: Mapping[str, Any] | None = field(default=None)
    hold_until: str | None = None
    calendar: str | None = None
    client_message_id: str | None = None
    """The client's name for the message, where it sent it."""

    @classmethod
    def of_utterance(cls, uttered: Mapping[str, Any]) -> Said:
        """What an action uttered through Rasa."""
        more = uttered.get("custom") or {}
        text = str(uttered.get("text") or "")
        return cls(
            text=text,
            speech=str(more.get("speech") or text),
            choices=more.get("choices") or (),
            sources=more.get("sources") or (),
            decisions=more.get("decisions") or (),
            hold_until=more.get("hold_until"),
            calendar=more.get("calendar"),
        )

    @classmethod
    def of_answer(cls, answer: Answer, choices: Sequence[Mapping[str, str]] = ()) -> Said:
        """An answer said without Rasa (greeting, acknowledgement)."""
        return cls(
            text=answer.text,
            speech=answer.speech,
            choices=choices,
            sources=[source_to_json(s) for s in answer.sources],
            decisions=[decision_to_json(d) for d in answer.decisions],
        )

    def kept(self) -> dict[str, str]:
        """What "say that again" needs."""
        return {"text": self.text, "speech": self.speech}


def stored_lines(said: Iterable[Said], at: datetime) -> list[Line]:
    """The lines to append."""
    return [
        Line(
            author=each.author,
            at=at,
            text=each.text,
            speech=each.speech,
            payload={
                "choices": [dict(c) for c in each.choices],
                "sources": [dict(s) for s in each.sources],
                "decisions": [dict(d) for d in each.decisions],
                "intent": dict(each.intent) if each.intent else None,
                **({"hold_until": each.hold_until} if each.hold_until else {}),
                **({"calendar": each.calendar} if each.calendar else {}),
            },
            client_message_id=each.client_message_id,
        )
        for each in said
    ]


def published(stored: StoredMessage) -> Message:
    """A stored line as the gateway publishes it."""
    payload = stored.payload
    return Message(
        seq=stored.seq,
        author=stored.author,
        at=stored.at,
        text=stored.text,
        speech=stored.speech,
        choices=tuple(Choice(c["id"], c["title"]) for c in payload.get("choices") or ()),
        sources=tuple(payload.get("sources") or ()),
        decisions=tuple(payload.get("decisions") or ()),
        intent=payload.get("intent"),
        hold_until=datetime.fromisoformat(payload["hold_until"]) if payload.get("hold_until") else None,
        calendar=payload.get("calendar"),
        client_message_id=stored.client_message_id,
    )


def parsed_value(text: str, label: str, *, kind: str | None = None, value: str | None = None) -> dict[str, Any]:
    """A parsed message for something that was not typed: a choice, keys, an event, or a topic picked from a list."""
    entities = [{"entity": kind, "value": value or text, "start": 0, "end": len(text)}] if kind else []
    return {
        "text": text,
        "intent": {"name": label.partition("/")[0], "confidence": 1.0},
        "label": label,
        "accepted": True,
        "entities": entities,
        "intent_ranking": [],
    }


def as_json_subject(subject: Subject) -> dict[str, Any]:
    """A subject as JSON, absent parts left out."""
    parts = {
        "test": subject.test,
        "series": list(subject.series) or None,
        "site": subject.site,
        "starts_at": subject.starts_at.isoformat() if subject.starts_at else None,
        "purchase_id": subject.purchase_id,
        "appointment_id": subject.appointment_id,
    }
    return {name: value for name, value in parts.items() if value is not None}

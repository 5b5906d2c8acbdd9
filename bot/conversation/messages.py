"""Between what was said, what is stored and what is published: one message in its three shapes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.answers.answer import Answer
from bot.answers.sources import source_to_json
from bot.catalog.model import Catalog
from bot.contracts.conversation import Author, Choice, Message
from bot.dialogue.outcome import CalendarFile, ChangeShown, HandOver, Outcome, SeatHeld
from bot.rules.codec import decision_to_json
from bot.store.values import Line, StoredMessage

LEAVE_QUEUE = "leave_queue"
"""The choice that withdraws the request for a person."""


@dataclass(frozen=True, slots=True)
class Draft:
    """One message of a turn before it is stored."""

    text: str
    speech: str
    author: Author = "assistant"
    choices: Sequence[Mapping[str, str]] = ()
    sources: Sequence[Mapping[str, Any]] = ()
    decisions: Sequence[Mapping[str, Any]] = ()
    intent: Mapping[str, Any] | None = None
    hold_until: str | None = None
    change: Mapping[str, Any] | None = None
    brief: str | None = None
    explained: str | None = None
    home: Mapping[str, Any] | None = None
    calendar: str | None = None
    tells_keys: bool = False
    hands_over: bool = False
    client_message_id: str | None = None
    """The client's name for the message, where it sent it."""

    @classmethod
    def of_answer(cls, answer: Answer, choices: Sequence[Mapping[str, str]] = ()) -> Draft:
        """An answer with the choices that go with it."""
        return cls(
            text=answer.text,
            speech=answer.speech,
            choices=choices,
            sources=[source_to_json(s) for s in answer.sources],
            decisions=[decision_to_json(d) for d in answer.decisions],
            tells_keys=answer.tells_keys,
        )

    @classmethod
    def of_outcome(cls, outcome: Outcome, catalog: Catalog) -> Draft:
        """What a step said, with the choices of the open question or the topics offered next."""
        answer, question = outcome.answer, outcome.state.question
        called = outcome.effect(HandOver) is not None
        if called:
            question = None  # nothing is asked once a person is called
        held, calendar = outcome.effect(SeatHeld), outcome.effect(CalendarFile)
        shown = outcome.effect(ChangeShown)
        brief, explained = _beside_cards(outcome, shown)
        choices = [{"id": c.id, "title": c.title} for c in question.choices] if question else None
        if called:
            title = outcome.turn.services.answers.said("choice_leave_queue").web
            choices = [{"id": LEAVE_QUEUE, "title": title}]
        draft = cls.of_answer(answer, topics_offered(catalog, answer.offers) if choices is None else choices)
        return Draft(
            text=draft.text,
            speech=draft.speech,
            choices=draft.choices,
            sources=draft.sources,
            decisions=draft.decisions,
            tells_keys=draft.tells_keys,
            hands_over=called,
            hold_until=held.until.isoformat() if held is not None else None,
            change=shown.card if shown is not None else None,
            brief=brief,
            explained=explained,
            calendar=calendar.text if calendar is not None else None,
        )

    @property
    def is_empty(self) -> bool:
        """Whether nothing is said."""
        return not (self.text or self.speech)


def _beside_cards(outcome: Outcome, shown: ChangeShown | None) -> tuple[str | None, str | None]:
    """Of what is said the part that no card says, and what the cards of decisions stand for.

    None of both where there are no cards. Of a decision that is no plain verdict, or told in words of the question's
    own, the first paragraph stays.
    """
    question = outcome.state.question
    seats = question is not None and any(each.id.startswith("seat:") for each in question.choices)
    if shown is None and not seats and not any(each.answer.decisions for each in outcome.statements):
        return None, None
    left: list[str] = []
    explained: list[str] = []
    for each in outcome.statements:
        if each.answer.decisions:
            plain = all(one.outcome in ("allowed", "refused") for one in each.answer.decisions)
            left.append("" if plain and not each.direct else each.answer.text.split("\n\n")[0])
            explained.append(each.answer.text)
        elif not (each.on_card and (shown is not None or seats)):
            left.append(each.answer.text)
    return _paragraphs(left), _paragraphs(explained)


def _paragraphs(parts: Iterable[str]) -> str:
    return "\n\n".join(part for part in parts if part)


def topics_offered(catalog: Catalog, labels: Iterable[str]) -> list[dict[str, str]]:
    """Topics offered next, as choices that ask for them."""
    return [{"id": label, "title": catalog.topics[label].title} for label in labels if label in catalog.topics]


def stored_lines(drafts: Iterable[Draft], at: datetime) -> list[Line]:
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
                **({"change": dict(each.change)} if each.change else {}),
                **({"brief": each.brief} if each.brief is not None else {}),
                **({"explained": each.explained} if each.explained else {}),
                **({"home": dict(each.home)} if each.home else {}),
                **({"calendar": each.calendar} if each.calendar else {}),
                **({"tells_keys": True} if each.tells_keys else {}),
                **({"hands_over": True} if each.hands_over else {}),
            },
            client_message_id=each.client_message_id,
        )
        for each in drafts
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
        change=payload.get("change"),
        brief=payload.get("brief"),
        explained=payload.get("explained"),
        home=payload.get("home"),
        calendar=payload.get("calendar"),
        tells_keys=bool(payload.get("tells_keys")),
        hands_over=bool(payload.get("hands_over")),
        client_message_id=stored.client_message_id,
    )

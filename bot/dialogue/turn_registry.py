"""Where an action finds the desk of its conversation, and what it gives back to Rasa."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Protocol

from bot.answers.answer import joined
from bot.catalog.model import SourceDoc
from bot.dialogue.engine import Engine
from bot.dialogue.turn_context import Desk
from bot.dialogue.understanding.user_message import heard_from_message
from bot.rules.codec import decision_to_json


class Desks(Protocol):
    """Finds the desk for the message that Rasa hands to an action."""

    def open(
        self, conversation_id: str, message: Mapping[str, Any]
    ) -> AbstractAsyncContextManager[tuple[Engine, Desk]]: ...


class DesksInHand:
    """The desks of the turns being served in this process; the assistant puts them in and takes them out."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._desks: dict[str, Desk] = {}

    def put(self, desk: Desk) -> None:
        self._desks[desk.visitor.conversation_id] = desk

    def take(self, conversation_id: str) -> None:
        self._desks.pop(conversation_id, None)

    @asynccontextmanager
    async def open(self, conversation_id: str, message: Mapping[str, Any]) -> AsyncIterator[tuple[Engine, Desk]]:
        desk = self._desks[conversation_id]
        desk.heard = heard_from_message(message)
        desk.said = []
        try:
            yield self._engine, desk
        except BaseException as error:
            desk.failure = error
            raise


def utterance(desk: Desk) -> dict[str, Any]:
    """What was said, as one utterance: text and buttons for any Rasa channel, the rest as custom data."""
    if not desk.said:
        return {"text": ""}
    whole = joined(desk.said)
    question = desk.state.question if desk.handoff is None else None  # nothing is asked once a person is called
    choices = question.choices if question else []
    return {
        "text": whole.text,
        "buttons": [{"title": c.title, "payload": f"/inform{json.dumps({'choice': c.id})}"} for c in choices],
        "json_message": {
            "speech": whole.speech,
            "choices": [{"id": c.id, "title": c.title} for c in choices] if question else offered(desk, whole.offers),
            "sources": [source_to_json(source) for source in whole.sources],
            "decisions": [decision_to_json(decision) for decision in whole.decisions],
            **({"tells_keys": True} if whole.tells_keys else {}),
            **_of_a_change(desk),
        },
    }


def _of_a_change(desk: Desk) -> dict[str, Any]:
    """Until when a seat is held, and the calendar file of a booking: each once, with the answer it belongs to."""
    more: dict[str, Any] = {}
    if desk.hold_until is not None:
        more["hold_until"] = desk.hold_until.isoformat()
    if desk.calendar is not None:
        more["calendar"] = desk.calendar
    desk.hold_until = desk.calendar = None
    return more


def offered(desk: Desk, labels: tuple[str, ...]) -> list[dict[str, str]]:
    """Topics offered next, as choices that ask for them."""
    topics = desk.services.catalog.topics
    return [{"id": label, "title": topics[label].title} for label in labels if label in topics]


def source_to_json(source: SourceDoc) -> dict[str, Any]:
    """A source document as published: id, title, as_of and its address where it has one."""
    shown = {"id": source.id, "title": source.title, "as_of": source.as_of.isoformat()}
    return shown | ({"url": source.url} if source.url else {})

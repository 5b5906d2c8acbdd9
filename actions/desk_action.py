"""What every action does: take the desk of the conversation, serve the message, utter what was said."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.dialogue.engine import Engine
from bot.dialogue.turn_context import Desk
from bot.dialogue.turn_registry import Desks, utterance


class DeskAction(Action):
    """Serves one message. The open question comes first; `answer` is this action's own job."""

    def __init__(self, desks: Desks | None = None) -> None:
        self._desks = desks

    @abstractmethod
    def name(self) -> str:
        """The name in the domain."""

    @abstractmethod
    def answer(self, engine: Engine, desk: Desk) -> None:
        """What this action is for."""

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Called by Rasa. Nothing is kept in slots, so no events are returned."""
        if self._desks is None:
            from bot.bootstrap import standalone_desks

            self._desks = standalone_desks()
        async with self._desks.open(tracker.sender_id, tracker.latest_message) as (engine, desk):
            await asyncio.to_thread(engine.serve, desk, lambda at: self.answer(engine, at))
        dispatcher.utter_message(**utterance(desk))
        return []

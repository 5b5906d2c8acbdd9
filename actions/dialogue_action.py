"""What every action does: hand the message to the dialogue under the action's own name, and utter the answer.

The answer is made by the handler of that name in bot/dialogue/handlers.py, the very one that `assistant serve` calls.
"""

from __future__ import annotations

import asyncio
import json
from abc import abstractmethod
from typing import Any, Protocol

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.bootstrap import stored_turns
from bot.conversation.messages import Draft


class Turns(Protocol):
    """Answers what Rasa hands to an action."""

    def answer(self, sender: str, message: dict[str, Any], action: str) -> Draft:
        """The answer of one action to a parsed message of a sender."""
        ...


class DialogueAction(Action):
    """One action of domain.yml. Nothing is kept in slots, so no events are returned."""

    def __init__(self, turns: Turns | None = None) -> None:
        self._turns = turns

    @abstractmethod
    def name(self) -> str:
        """The name in the domain."""

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Called by Rasa."""
        if self._turns is None:
            self._turns = stored_turns()
        draft = await asyncio.to_thread(self._turns.answer, tracker.sender_id, tracker.latest_message, self.name())
        dispatcher.utter_message(**utterance(draft))
        return []


def utterance(draft: Draft) -> dict[str, Any]:
    """An answer as Rasa utters it: text and buttons for any of its channels, the rest as custom data."""
    if draft.is_empty:
        return {"text": ""}
    return {
        "text": draft.text,
        "buttons": [
            {"title": c["title"], "payload": f"/inform{json.dumps({'choice': c['id']})}"} for c in draft.choices
        ],
        "json_message": {
            "speech": draft.speech,
            "choices": [dict(choice) for choice in draft.choices],
            "sources": [dict(source) for source in draft.sources],
            "decisions": [dict(decision) for decision in draft.decisions],
            **({"tells_keys": True} if draft.tells_keys else {}),
            **({"hold_until": draft.hold_until} if draft.hold_until else {}),
            **({"calendar": draft.calendar} if draft.calendar else {}),
        },
    }

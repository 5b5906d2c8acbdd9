"""Rasa as a library in this process: reading a message, and letting its rules pick the action.

Nothing of a conversation is kept here. Every message gets a fresh tracker, so the cost of a turn does not grow with
the conversation, and what is remembered lives in the database with everything else of the turn.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import structlog
from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import ClientResponseError, EndpointConfig
from rasa_sdk import Action
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException

ACTION_LIMIT = 20.0
"""Longest time an action may take, in seconds."""


class InProcessActions(EndpointConfig):
    """Hands an action call to the executor of this process instead of a server."""

    def __init__(self, actions: Sequence[Action]) -> None:
        super().__init__(url="in-process")
        self._executor = ActionExecutor()
        for action in actions:
            self._executor.register_action(action)

    async def request(self, *args: Any, **kwargs: Any) -> Any:
        """Run the action named in ``kwargs["json"]``. Raises ClientResponseError as a server's 400 would."""
        try:
            return await asyncio.wait_for(self._executor.run(kwargs["json"]), ACTION_LIMIT)
        except (ActionExecutionRejection, ActionNotFoundException) as refused:
            body = json.dumps({"error": str(refused), "action_name": refused.action_name})
            raise ClientResponseError(400, "rejected", body) from refused


class NothingKept(TrackerStore):
    """A tracker store that starts afresh with every message and keeps nothing."""

    def __init__(self, domain: Domain | None = None) -> None:
        super().__init__(domain or Domain.empty(), None)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Nothing is kept."""

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """There is never an earlier tracker."""
        return None

    async def keys(self) -> Iterable[str]:
        """No conversation is kept."""
        return ()


class Collected(OutputChannel):
    """Keeps each utterance whole: text, buttons and custom data together."""

    def __init__(self) -> None:
        self.utterances: list[dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        return "assistant"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Called by Rasa for each utterance of an action."""
        self.utterances.append(message)


class RasaRuntime:
    """The trained model with the actions of this process."""

    def __init__(self, model: Path, actions: Sequence[Action]) -> None:
        quiet_rasa()
        self.model = model
        self._agent = Agent.load(
            model_path=str(model), action_endpoint=InProcessActions(actions), tracker_store=NothingKept()
        )
        if self._agent.processor is None:
            raise FileNotFoundError(f"no model could be loaded from {model}")
        self._processor = self._agent.processor

    @property
    def model_name(self) -> str:
        """The file name of the model, for the turn log."""
        return self.model.name.removesuffix(".tar.gz")

    async def warm_up(self) -> None:
        """Load what is only loaded with the first message, so that nobody waits for it."""
        await self.parse("When is my A5 test on March 3rd at 9 am?", {})

    async def parse(self, text: str, metadata: Mapping[str, Any]) -> dict[str, Any]:
        """What the message means. `metadata`: ``as_of`` (ISO instant) and ``time_zone`` for reading dates."""
        message = UserMessage(text, metadata=dict(metadata))
        return dict(await self._processor.parse_message(message))

    async def handle(self, conversation_id: str, parsed: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Let the dialogue rules pick the action for a parsed message and run it; what it uttered, in order."""
        channel = Collected()
        message = UserMessage(
            parsed.get("text", ""), channel, conversation_id, parse_data=dict(parsed), input_channel="assistant"
        )
        await self._processor.handle_message(message)
        return channel.utterances


def quiet_rasa() -> None:
    """Rasa logs what people write, through a logger of its own: only its errors get out."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    for name in ("rasa", "rasa_sdk"):
        logging.getLogger(name).setLevel(logging.ERROR)

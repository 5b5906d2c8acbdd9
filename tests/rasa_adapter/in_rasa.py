"""Rasa with its model and our actions in this process: no action server, and no tracker is kept."""

from __future__ import annotations

import asyncio
import importlib
import json
import logging
import pkgutil
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import structlog
from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor

import actions
from actions.dialogue_action import DialogueAction, Turns
from bot.conversation.messages import Draft

LIMIT = 20.0
"""Longest time that an action may take, in seconds."""


def action_classes() -> list[type[DialogueAction]]:
    """Every action of the package `actions`, as an action server finds them."""
    for module in pkgutil.iter_modules(actions.__path__):
        importlib.import_module(f"actions.{module.name}")
    return [each for each in DialogueAction.__subclasses__() if each.__module__.startswith("actions.")]


class InThisProcess(EndpointConfig):  # type: ignore[misc]
    """Hands a call of an action to the executor of this process instead of a server; `called` are their names."""

    def __init__(self, turns: Turns) -> None:
        super().__init__(url="in-process")
        self.called: list[str] = []
        self._executor = ActionExecutor()
        for kind in action_classes():
            self._executor.register_action(kind(turns))

    async def request(self, *args: Any, **kwargs: Any) -> Any:
        """Run the action that is named in the body, as it would arrive at a server."""
        body = json.loads(json.dumps(kwargs["json"]))
        self.called.append(body["next_action"])
        return await asyncio.wait_for(self._executor.run(body), LIMIT)


class NothingKept(TrackerStore):  # type: ignore[misc]
    """A tracker store that starts afresh with every message."""

    def __init__(self) -> None:
        super().__init__(Domain.empty(), None)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Nothing is kept."""

    async def retrieve(self, sender_id: str) -> None:
        """There is never an earlier tracker."""

    async def keys(self) -> Iterable[str]:
        """No conversation is kept."""
        return ()


class Collected(OutputChannel):  # type: ignore[misc]
    """Keeps each utterance whole: text, buttons and custom data together."""

    def __init__(self) -> None:
        self.utterances: list[dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        """A channel has a name."""
        return "collected"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Called by Rasa for each utterance of an action."""
        self.utterances.append(message)


class Switched:
    """Stands for the turns behind the actions, which each test has its own of."""

    def __init__(self) -> None:
        self.turns: Turns | None = None

    def answer(self, sender: str, message: dict[str, Any], action: str) -> Draft:
        """What the turns of the test at hand answer."""
        assert self.turns is not None
        return self.turns.answer(sender, message, action)


class Rasa:
    """The trained model, run by Rasa from the message to the utterance."""

    def __init__(self, model: Path) -> None:
        for name in ("rasa", "rasa_sdk"):
            logging.getLogger(name).setLevel(logging.ERROR)
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
        self.behind = Switched()
        self.endpoint = InThisProcess(self.behind)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            agent = Agent.load(model_path=str(model), action_endpoint=self.endpoint, tracker_store=NothingKept())
        assert agent.processor is not None, f"{model} cannot be loaded"
        self._processor = agent.processor

    async def say(self, sender: str, text: str, metadata: Mapping[str, Any]) -> tuple[list[str], list[dict[str, Any]]]:
        """Send a message: the actions that its rules called, and what was uttered."""
        self.endpoint.called.clear()
        channel = Collected()
        message = UserMessage(text, channel, sender, input_channel="collected", metadata=dict(metadata))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            await self._processor.handle_message(message)
        return list(self.endpoint.called), channel.utterances

"""Reading a turn: whatever it came as (words, a choice, keys, an event), it becomes Rasa's parsed message.

Words may hold several requests; keys and choices mean what is open or was offered last; an agent names whom a question
is about.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Protocol

from bot.contracts.conversation import InvalidRequest, Turn
from bot.conversation.messages import parsed_value
from bot.dialogue.state import Expect
from bot.dialogue.turn_context import Desk, Services
from bot.dialogue.understanding.misheard import badly_heard
from bot.dialogue.understanding.split_requests import asks_for_person, pieces, says_only_whom, stand_alone
from bot.nlu.values import read_ase_id


class Runtime(Protocol):
    """Reads messages and runs the action that Rasa's rules pick."""

    @property
    def model_name(self) -> str: ...

    async def parse(self, text: str, metadata: Mapping[str, Any]) -> dict[str, Any]: ...

    async def warm_up(self) -> None: ...

    async def handle(self, conversation_id: str, parsed: Mapping[str, Any]) -> list[dict[str, Any]]: ...


class TurnReader:
    """Reads the turns of all conversations; it keeps nothing of them."""

    def __init__(self, runtime: Runtime, services: Services) -> None:
        self._runtime = runtime
        self._services = services

    async def parsed(self, desk: Desk, turn: Turn) -> dict[str, Any]:
        """The turn as Rasa's parsed message, whatever it came as."""
        if turn.kind == "text":
            text = turn.value.strip().lstrip("/").strip() or turn.value
            meta = {"as_of": desk.now.isoformat(), "time_zone": str(await asyncio.to_thread(lambda: desk.zone))}
            if not desk.visitor.is_agent and asks_for_person(text):
                return parsed_value(text, "human_agent")
            parsed = await self._runtime.parse(text, meta)
            parsed["text"] = text
            parsed["metadata"] = {"confidence": turn.confidence}
            if desk.visitor.is_agent:
                parsed |= await self._without_name(parsed, meta)
            return parsed
        if turn.kind == "choice":
            return self._chosen(desk, turn.value)
        if turn.kind == "digits":
            keys = turn.value.strip("#*")
            if keys == "0":
                return parsed_value("0", "human_agent")
            topic = self._keyed_topic(desk, keys)
            if topic is not None:
                return parsed_value(self._services.catalog.topics[topic].title, topic)
            question, ase_id = desk.state.question, read_ase_id(keys)
            if ase_id is not None and desk.visitor.subject_id is None and (question is None or question.soft):
                return parsed_value(ase_id, "inform", kind="ase_id")  # keyed instead of "sign in"
        return parsed_value(turn.value, "inform", kind="event" if turn.kind == "event" else "digits")

    async def _without_name(self, parsed: Mapping[str, Any], meta: Mapping[str, Any]) -> dict[str, Any]:
        """An agent names whom a question is about; what is asked is read as if it said "the candidate"."""
        text, named = str(parsed["text"]), [e for e in parsed["entities"] if e["entity"] == "ase_id"]
        for entity in sorted(named, key=lambda e: -int(e["start"])):
            text = f"{text[: entity['start']]}the candidate{text[entity['end'] :]}"
        if named and says_only_whom(text):
            return {**parsed_value(text, "inform"), "text": parsed["text"], "entities": parsed["entities"]}
        if not named or len(text.split()) < 4:
            return {}
        read = await self._runtime.parse(text, meta)
        return {key: value for key, value in read.items() if key not in {"text", "entities"}}

    def _chosen(self, desk: Desk, choice: str) -> dict[str, Any]:
        question = desk.state.question
        if question is not None:
            for offered_choice in question.choices:
                if offered_choice.id == choice:
                    return parsed_value(offered_choice.title, "inform", kind="choice", value=choice)
        if choice == "yes" and desk.state.settled is not None and (question is None or question.soft):
            return parsed_value("Yes", "affirm", kind="choice", value="yes")
        topic = self._services.catalog.topics.get(choice)
        if topic is None or choice not in desk.state.offered:
            raise InvalidRequest("choice", "this choice is not open any more")
        return parsed_value(topic.title, choice)

    def _keyed_topic(self, desk: Desk, keys: str) -> str | None:
        """The topic that a single key picks where nothing is being asked: its place among those offered last."""
        state = desk.state
        done_again = state.settled is not None and keys == "1"  # the yes to what was just done, pressed twice
        if state.question is not None or done_again or len(keys) != 1 or not keys.isdigit():
            return None
        offers = state.offered[: state.offered_last][int(keys) - 1 :]
        return offers[0] if offers and offers[0] in self._services.catalog.topics else None

    async def requests(self, desk: Desk, parsed: dict[str, Any]) -> list[dict[str, Any]]:
        """The message, or each request in it, in order."""
        question = desk.state.question
        spoken = parsed.get("metadata") or {}
        typed = "metadata" in parsed and not badly_heard(spoken.get("confidence"), desk.visitor.channel)
        if not typed or (question is not None and not question.soft and _answers(parsed)):
            return [parsed]
        confirming = question is not None and question.expects is Expect.YES_NO
        texts = pieces(str(parsed["text"]), answering=confirming)
        if len(texts) < 2:
            return [parsed]
        meta = {"as_of": desk.now.isoformat(), "time_zone": str(desk.zone)}
        parts = [{**await self._runtime.parse(text, meta), "metadata": spoken, "text": text} for text in texts]
        return parts if stand_alone(parts) else [parsed]


def _answers(parsed: Mapping[str, Any]) -> bool:
    return parsed["intent"]["name"] in {"inform", "affirm", "deny"}

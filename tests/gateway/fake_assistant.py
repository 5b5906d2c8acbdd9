"""An assistant for tests of the gateway: real seq numbers, idempotency, tokens and live messages, no dialogue.

It repeats what it hears. A few texts do something special: "choices" offers two, "decide" brings a decision and a
source, "slow" waits until `let_go` is called, "boom" breaks, "down" is unavailable. A choice must have been offered.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.auth.tokens import new_conversation_id, new_conversation_token, token_hash, token_matches
from bot.contracts.conversation import (
    AssistantUnavailable,
    Author,
    ChannelName,
    Choice,
    ConversationEnded,
    ConversationNotFound,
    DuplicateMismatch,
    Identity,
    InvalidRequest,
    Message,
    Messages,
    Opened,
    Rating,
    Readiness,
    Reply,
    State,
    TaskState,
    Turn,
)

AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
BOOM = "what a person wrote, in the words of an exception"
DECISION: dict[str, object] = {
    "rule": "reschedule",
    "outcome": "refused",
    "subject": {"test": "A5", "appointment_id": "AP-1"},
    "reasons": [
        {
            "code": "inside_change_cutoff",
            "values": {"change_by": "2026-03-07T09:00:00-06:00"},
            "policy": [{"id": "change_cutoff.days", "value": 3, "from": "2022-09-20", "source": "faq/registration"}],
        }
    ],
    "closes_at": "2026-03-07T09:00:00-06:00",
}
SOURCE = {"id": "faq/registration", "title": "Registration", "as_of": "2022-09-20"}


@dataclass
class Kept:
    """One conversation."""

    token_hash: str
    channel: ChannelName
    identity: Identity
    about: str | None
    messages: list[Message] = field(default_factory=list)
    replies: dict[str, tuple[str, Reply]] = field(default_factory=dict)
    turns: int = 0
    ended: bool = False
    state: State = field(default_factory=State)
    listeners: set[asyncio.Queue[Messages | None]] = field(default_factory=set)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class FakeAssistant:
    """An `AssistantService` in memory; `carried_out` counts the turns that really happened."""

    def __init__(self) -> None:
        self.kept: dict[str, Kept] = {}
        self.carried_out = 0
        self.feedbacks: list[tuple[str, int, Rating, str | None]] = []
        self.checks = {"model": "ok", "database": "ok"}
        self.slow = asyncio.Event()
        self.begun = asyncio.Event()

    def let_go(self) -> None:
        """Let slow turns end."""
        self.slow.set()

    async def open(
        self,
        channel: ChannelName,
        locale: str,
        identity: Identity,
        about: str | None = None,
        address: str | None = None,
    ) -> Opened:
        """As promised by the protocol."""
        conversation_id, token = new_conversation_id(), new_conversation_token()
        kept = Kept(token_hash(token), channel, identity, about)
        kept.state = State(signed_in=identity != Identity())
        self.kept[conversation_id] = kept
        greeting = self._say(kept, "assistant", "Welcome.")
        return Opened(conversation_id, token, Reply(0, (greeting,), kept.state))

    async def take(self, turn: Turn) -> Reply:
        """As promised by the protocol."""
        kept = self._find(turn.conversation_id)
        async with kept.lock:
            if turn.client_message_id in kept.replies:
                body_hash, reply = kept.replies[turn.client_message_id]
                if body_hash != turn.body_hash:
                    raise DuplicateMismatch
                return reply
            if kept.ended:
                raise ConversationEnded
            reply = await self._answer(kept, turn)
            kept.replies[turn.client_message_id] = (turn.body_hash, reply)
        self._publish(kept, reply.messages)
        return reply

    async def _answer(self, kept: Kept, turn: Turn) -> Reply:
        offered = {choice.id for message in kept.messages for choice in message.choices}
        if turn.kind == "choice" and turn.value not in offered:
            raise InvalidRequest("choice", "This was not offered.")
        if turn.value == "down":
            raise AssistantUnavailable
        if turn.value == "boom":
            raise RuntimeError(BOOM)
        if turn.value == "slow":
            self.begun.set()
            await self.slow.wait()
        kept.turns += 1
        self.carried_out += 1
        kept.ended = turn.value == "hangup"
        kept.state = State(kept.state.signed_in, task=TaskState("reschedule", "which"))
        own = self._say(
            kept,
            "candidate",
            turn.value,
            intent={"name": "faq/fees", "confidence": 0.9},
            client_message_id=turn.client_message_id,
        )
        if turn.value == "choices":
            answer = self._say(kept, "assistant", "Which?", choices=(Choice("a", "A"), Choice("b", "B")))
        elif turn.value == "decide":
            answer = self._say(kept, "assistant", "No.", decisions=(DECISION,), sources=(SOURCE,))
        else:
            answer = self._say(kept, "assistant", f"You said: {turn.value}")
        return Reply(kept.turns, (own, answer), kept.state)

    def agent_says(self, conversation_id: str, text: str) -> Message:
        """A message that no turn caused."""
        kept = self.kept[conversation_id]
        kept.state = State(kept.state.signed_in, owner="agent")
        message = self._say(kept, "agent", text)
        self._publish(kept, (message,))
        return message

    def erase(self, conversation_id: str) -> None:
        """The conversation is gone."""
        for queue in self.kept.pop(conversation_id).listeners:
            queue.put_nowait(None)

    async def messages_after(self, conversation_id: str, seq: int) -> Messages:
        """As promised by the protocol."""
        kept = self._find(conversation_id)
        return Messages(tuple(message for message in kept.messages if message.seq > seq), kept.state)

    async def feedback(self, conversation_id: str, seq: int, rating: Rating, comment: str | None) -> None:
        """As promised by the protocol."""
        if seq > len(self._find(conversation_id).messages):
            raise InvalidRequest("seq", "There is no such message.")
        self.feedbacks.append((conversation_id, seq, rating, comment))

    @asynccontextmanager
    async def subscribe(self, conversation_id: str) -> AsyncIterator[AsyncIterator[Messages]]:
        """As promised by the protocol."""
        kept = self._find(conversation_id)
        queue: asyncio.Queue[Messages | None] = asyncio.Queue()
        kept.listeners.add(queue)

        async def updates() -> AsyncIterator[Messages]:
            while (update := await queue.get()) is not None:
                yield update

        try:
            yield updates()
        finally:
            kept.listeners.discard(queue)

    async def authorise(self, conversation_id: str, token: str) -> bool:
        """As promised by the protocol."""
        kept = self.kept.get(conversation_id)
        return token_matches(token, kept.token_hash if kept else None)

    async def ready(self) -> Readiness:
        """As promised by the protocol."""
        return Readiness(self.checks)

    def _find(self, conversation_id: str) -> Kept:
        try:
            return self.kept[conversation_id]
        except KeyError:
            raise ConversationNotFound from None

    def _say(
        self,
        kept: Kept,
        author: Author,
        text: str,
        *,
        choices: tuple[Choice, ...] = (),
        decisions: tuple[dict[str, object], ...] = (),
        sources: tuple[dict[str, str], ...] = (),
        intent: dict[str, object] | None = None,
        client_message_id: str | None = None,
    ) -> Message:
        seq = len(kept.messages) + 1
        message = Message(
            seq, author, AT, text, text, choices, sources, decisions, intent, client_message_id=client_message_id
        )
        kept.messages.append(message)
        return message

    @staticmethod
    def _publish(kept: Kept, messages: tuple[Message, ...]) -> None:
        for queue in kept.listeners:
            queue.put_nowait(Messages(messages, kept.state))

"""The turn as it crosses the border between the gateway and the assistant: what comes in, what goes out.

Channels translate their payloads into a `Turn` and a `Reply` into their payload; the assistant knows no HTTP
and the gateway knows no dialogue. Everything here is frozen and light to import. `to_json` gives exactly the
shapes that `/api/v1` publishes; decisions, sources and intents are JSON-ready mappings when they arrive here.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol, runtime_checkable

Json = dict[str, Any]

ChannelName = Literal["web", "phone", "agent"]
TurnKind = Literal["text", "choice", "digits", "event"]
EventName = Literal["silence", "hangup"]
Author = Literal["assistant", "candidate", "agent"]
Expects = Literal["free", "choice", "yes_no", "code", "ase_id", "test", "date", "digits"]
Owner = Literal["assistant", "queue", "agent"]
Rating = Literal["up", "down"]
AgentRole = Literal["agent", "lead"]

CHANNELS: tuple[ChannelName, ...] = ("web", "phone", "agent")
EVENTS: tuple[EventName, ...] = ("silence", "hangup")
EXPECTS: tuple[Expects, ...] = ("free", "choice", "yes_no", "code", "ase_id", "test", "date", "digits")
OWNERS: tuple[Owner, ...] = ("assistant", "queue", "agent")

MAX_TEXT = 2_000
"""Longest message, in characters."""
MAX_CLIENT_MESSAGE_ID = 64
"""Longest client_message_id, in characters."""


# --- what goes in ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Identity:
    """Who is there, as verified by the gateway from a signed token. All None: nobody has signed in.

    `candidate` is an ASE ID, `agent` the id of a support agent whose `role` is agent or lead. Never both. `reads_only`:
    whoever it is, this conversation looks things up and never changes anything.
    """

    candidate: str | None = None
    agent: str | None = None
    role: AgentRole | None = None
    reads_only: bool = False


NOBODY = Identity()


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing a person did. `value` is the text, the choice id, the digits or the event's name, by `kind`.

    `confidence` (0 to 1) is the recogniser's, on the phone. `body_hash` is the SHA-256 in hex of everything
    but the `client_message_id`: the same id with another hash is a mistake of the client, not a repetition.
    """

    conversation_id: str
    client_message_id: str
    kind: TurnKind
    value: str
    confidence: float | None
    body_hash: str


# --- what comes out --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to pick; `id` is sent back as it is, `title` is shown."""

    id: str
    title: str

    def to_json(self) -> Json:
        """As published."""
        return {"id": self.id, "title": self.title}


@dataclass(frozen=True, slots=True)
class Message:
    """One line of the conversation. `seq` counts from 1 within the conversation; `at` is aware.

    `text` is the markdown subset, `speech` the plain spoken form. `sources` are
    ``{"id","title","as_of","url"?}``, `decisions` are Decision objects in their JSON form, `intent` is
    ``{"name","confidence"}`` and belongs to the candidate's own messages only, as does `client_message_id`, the
    client's name for the message. `hold_until`: until when the seat shown is held (real time); `calendar`: the
    appointment just made, as iCalendar text. `tells_keys`: `speech` says which keys to press
    for the answers; the telephone line goes by it, and it is not published.
    """

    seq: int
    author: Author
    at: datetime
    text: str
    speech: str
    choices: tuple[Choice, ...] = ()
    sources: tuple[Mapping[str, Any], ...] = ()
    decisions: tuple[Mapping[str, Any], ...] = ()
    intent: Mapping[str, Any] | None = None
    hold_until: datetime | None = None
    calendar: str | None = None
    tells_keys: bool = False
    hands_over: bool = False
    client_message_id: str | None = None

    def to_json(self) -> Json:
        """As published; `intent`, `hold_until`, `calendar` and `client_message_id` are left out where there is none."""
        out: Json = {
            "seq": self.seq,
            "author": self.author,
            "at": self.at.isoformat(),
            "text": self.text,
            "speech": self.speech,
            "choices": [choice.to_json() for choice in self.choices],
            "sources": [dict(source) for source in self.sources],
            "decisions": [dict(decision) for decision in self.decisions],
        }
        if self.intent is not None:
            out["intent"] = dict(self.intent)
        if self.hold_until is not None:
            out["hold_until"] = self.hold_until.isoformat()
        if self.calendar is not None:
            out["calendar"] = self.calendar
        if self.client_message_id is not None:
            out["client_message_id"] = self.client_message_id
        return out


@dataclass(frozen=True, slots=True)
class TaskState:
    """The task in hand (`name` is the intent's key) and the step it waits at."""

    name: str
    step: str

    def to_json(self) -> Json:
        """As published."""
        return {"name": self.name, "step": self.step}


@dataclass(frozen=True, slots=True)
class State:
    """Where the conversation stands after its last message."""

    signed_in: bool = False
    expects: Expects = "free"
    owner: Owner = "assistant"
    task: TaskState | None = None

    def to_json(self) -> Json:
        """As published; `task` is left out where there is none."""
        out: Json = {"signed_in": self.signed_in, "expects": self.expects, "owner": self.owner}
        if self.task is not None:
            out["task"] = self.task.to_json()
        return out


@dataclass(frozen=True, slots=True)
class Messages:
    """Messages in the order of `seq`, and the state after the newest message of the conversation."""

    messages: tuple[Message, ...]
    state: State

    def to_json(self) -> Json:
        """As published."""
        return {"messages": messages_to_json(self.messages), "state": self.state.to_json()}


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to one turn: all messages that belong to it, the candidate's own (with its intent) first.

    `turn` counts from 1 within the conversation; the opening of a conversation is turn 0.
    """

    turn: int
    messages: tuple[Message, ...]
    state: State

    def to_json(self) -> Json:
        """As published."""
        return {"turn": self.turn, "messages": messages_to_json(self.messages), "state": self.state.to_json()}


@dataclass(frozen=True, slots=True)
class Opened:
    """A new conversation. `token` is told here once; only its hash is kept."""

    conversation_id: str
    token: str
    reply: Reply

    def to_json(self) -> Json:
        """As published."""
        return {
            "conversation_id": self.conversation_id,
            "token": self.token,
            "messages": messages_to_json(self.reply.messages),
            "state": self.reply.state.to_json(),
        }


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether turns can be answered, and what each part says: "ok" or a short reason without secrets."""

    checks: Mapping[str, str] = field(default_factory=dict)

    @property
    def ready(self) -> bool:
        """True when every part says "ok"."""
        return all(said == "ok" for said in self.checks.values())

    def to_json(self) -> Json:
        """As published."""
        return {"status": "ready" if self.ready else "not_ready", "checks": dict(self.checks)}


def messages_to_json(messages: Sequence[Message]) -> list[Json]:
    """Each message as published."""
    return [message.to_json() for message in messages]


# --- what may go wrong -----------------------------------------------------------------------------


class ConversationError(Exception):
    """A request the assistant does not carry out. The message is fit to be shown."""


class ConversationNotFound(ConversationError):
    """There is no such conversation (any more)."""

    def __init__(self, message: str = "There is no such conversation.") -> None:
        super().__init__(message)


class ConversationEnded(ConversationError):
    """The conversation is over (hung up or closed): it can be read, not continued."""

    def __init__(self, message: str = "This conversation has ended. Please start a new one.") -> None:
        super().__init__(message)


class SessionEnded(ConversationError):
    """It no longer holds that this agent is there: too long ago, or the account is switched off."""

    def __init__(self, message: str) -> None:
        super().__init__(message)


class DuplicateMismatch(ConversationError):
    """A client_message_id was used again with another body."""

    def __init__(self, message: str = "This client_message_id was already used with another body.") -> None:
        super().__init__(message)


class InvalidRequest(ConversationError):
    """A part of the request does not fit the conversation, e.g. a choice that was never offered."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class AssistantUnavailable(ConversationError):
    """The turn was not carried out (stopping, database away, too slow); it may be sent again as it is."""

    def __init__(self, message: str = "The assistant cannot answer right now. Please try again.") -> None:
        super().__init__(message)


# --- the service -----------------------------------------------------------------------------------


@runtime_checkable
class AssistantService(Protocol):
    """What the gateway needs of the assistant. Every method may raise `AssistantUnavailable`."""

    async def open(
        self,
        channel: ChannelName,
        locale: str,
        identity: Identity,
        about: str | None = None,
        address: str | None = None,
    ) -> Opened:
        """Start a conversation. `about` is the ASE ID an agent asks about, `address` where it is started from. Raises
        InvalidRequest."""
        ...

    async def take(self, turn: Turn) -> Reply:
        """Carry out one turn exactly once; the same turn again gives the same reply.

        Raises ConversationNotFound, ConversationEnded, DuplicateMismatch, InvalidRequest.
        """
        ...

    async def messages_after(self, conversation_id: str, seq: int) -> Messages:
        """All messages later than `seq` (0: all of them). Raises ConversationNotFound."""
        ...

    async def feedback(self, conversation_id: str, seq: int, rating: Rating, comment: str | None) -> None:
        """Keep what a person thinks of the message `seq`. Raises ConversationNotFound, InvalidRequest."""
        ...

    def subscribe(self, conversation_id: str) -> AbstractAsyncContextManager[AsyncIterator[Messages]]:
        """New messages as they are stored, whoever caused them.

        Registered when the block is entered (nothing stored afterwards is missed), taken out when it is left.
        The iterator ends when the conversation is erased or the assistant stops.
        """
        ...

    async def authorise(self, conversation_id: str, token: str) -> bool:
        """Whether `token` opens this conversation. Compared in constant time; an unknown id is just False."""
        ...

    async def ready(self) -> Readiness:
        """What the parts (model, database) say of themselves. Does not raise."""
        ...

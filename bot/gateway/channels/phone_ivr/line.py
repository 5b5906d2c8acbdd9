"""One line for every provider: finds the call's conversation, takes its turns and works out what is spoken.

Nothing is kept here between two turns but work in progress; any process can go on with any call.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Sequence
from typing import TypeVar

from aiohttp import web

from bot.contracts.calls import (
    READ_AT_ONCE,
    Call,
    CallBook,
    Inbound,
    LineWords,
    Outbound,
    SpokenChoice,
    Then,
    Vocabulary,
)
from bot.contracts.conversation import (
    ConversationEnded,
    ConversationNotFound,
    DuplicateMismatch,
    Identity,
    Message,
    Reply,
    State,
    Turn,
)
from bot.gateway.channels.phone_ivr.speech_hints import hints, keys, seconds
from bot.gateway.keys import CLOCK, SETTINGS, TURNS
from bot.gateway.turns import body_hash

log = logging.getLogger("assistant.phone")

MOMENT = 60
"""Seconds to wait for a caller who has asked for a moment."""
PATIENCE = 2.4
"""Seconds after which a caller hears that it takes a moment."""
LOCALE = "en-US"

T = TypeVar("T")


class PhoneLine:
    """Takes what was heard on a call to the assistant and brings back what to say."""

    def __init__(
        self,
        app: web.Application,
        calls: CallBook,
        lines: LineWords,
        words: Vocabulary | None = None,
        *,
        patience: float = PATIENCE,
    ) -> None:
        self.lines = lines
        self._app = app
        self._calls = calls
        self._words = words or Vocabulary()
        self._patience = patience
        self._at_work: set[asyncio.Task[object]] = set()
        self._beginning: dict[tuple[str, str], asyncio.Task[tuple[Call, tuple[Message, ...], State]]] = {}

    # --- beginning and end --------------------------------------------------------------------------

    async def find(self, provider: str, call_id: str) -> Call | None:
        """The call as it stands."""
        return await self._calls.find(provider, call_id)

    async def answer(
        self, provider: str, call_id: str, caller: str | None = None, *, patient: bool = False
    ) -> Outbound | None:
        """Pick up: the greeting. For a call already known, what was said last.

        None: it takes a moment longer; asked again, it comes. A `patient` provider gets it in any case.
        """
        call = await self._calls.find(provider, call_id)
        if call is not None:
            return await self.again(call)
        key = (provider, call_id)
        task = self._beginning.get(key)
        if task is None:
            task = self._keep(self._begin(provider, call_id, caller))
            self._beginning[key] = task
            task.add_done_callback(lambda _: self._beginning.pop(key, None))
        if not patient and not await self._in_time(task):
            return None
        call, messages, state = await task
        return self._outbound(call, call.turns, messages, state)

    async def _begin(self, provider: str, call_id: str, caller: str | None) -> tuple[Call, tuple[Message, ...], State]:
        opened = await self._app[TURNS].open("phone", LOCALE, Identity(), address=f"tel:{caller}" if caller else None)
        now = self._app[CLOCK].now()
        call = await self._calls.add(provider, call_id, opened.conversation_id, caller, now)
        if call.conversation_id == opened.conversation_id:
            return call, opened.reply.messages, opened.reply.state
        kept = await self._app[TURNS].service.messages_after(call.conversation_id, 0)
        return call, kept.messages, kept.state

    async def hang_up(self, call: Call) -> None:
        """The caller is gone: end the conversation. Doing it twice does no harm."""
        if not call.ended:
            await self._calls.end(call, self._app[CLOCK].now())
        turn = Turn(call.conversation_id, "hangup", "event", "hangup", None, body_hash("event", "hangup", None))
        try:
            await self._app[TURNS].take(turn)
        except (ConversationEnded, ConversationNotFound):
            return

    # --- a turn -----------------------------------------------------------------------------------

    async def hear(self, call: Call, inbound: Inbound, *, patient: bool = False) -> Outbound | None:
        """Carry out a turn once and give what to say; the same again gives the same.

        None: it takes longer than a caller should wait in silence. It goes on meanwhile; `resume` brings the
        answer. A `patient` provider looks after the caller itself and gets the answer in any case. Raises
        AssistantUnavailable; the same may then be sent again.
        """
        task = self._keep(self._app[TURNS].take(_turn(call, inbound)))
        if not patient and not await self._in_time(task):
            await self._calls.put_off(call, inbound)
            return None
        try:
            reply = await task
        except DuplicateMismatch:
            log.info("another answer to a question that was answered already: said again what stands now")
            now = await self._calls.find(call.provider, call.call_id)
            return await self.again(now or call)
        except (ConversationEnded, ConversationNotFound):
            return Outbound(call.conversation_id, call.turns, (self.lines.goodbye,), then=Then.HANGUP)
        return await self._said(call, reply)

    async def resume(self, call: Call) -> Outbound | None:
        """The answer to the turn that took longer, or None if it still does."""
        if call.pending is None:
            return await self.again(call)
        return await self.hear(call, call.pending)

    async def called_by(self, call: Call, caller: str) -> None:
        """Keep the number of the caller, where it comes only after the call has begun."""
        await self._calls.called_by(call, caller)

    def came_back(self, call: Call) -> Outbound:
        """Nobody took the call: the request is kept, and the assistant goes on."""
        return self.ask_again(call, self.lines.nobody_answered)

    def ask_again(self, call: Call, words: str) -> Outbound:
        """Listen once more to the same turn: it took too long, or could not be taken."""
        listen_for = hints("free", call.choices, self._words)
        return Outbound(call.conversation_id, call.turns, (words,), hints=listen_for, slow=call.slow)

    async def again(self, call: Call) -> Outbound:
        """What was said last, and what is expected now: the greeting, or the last answer."""
        if call.ended:
            return Outbound(call.conversation_id, call.turns, (self.lines.goodbye,), then=Then.HANGUP)
        kept = await self._app[TURNS].service.messages_after(call.conversation_id, 0)
        told = [message for message in kept.messages if message.author != "candidate"]
        return self._outbound(call, call.turns, told if call.turns == 0 else told[-1:], kept.state)

    async def _said(self, call: Call, reply: Reply) -> Outbound:
        now = await self._calls.find(call.provider, call.call_id) or call
        if now.pending is not None:
            await self._calls.put_off(now, None)
        return self._outbound(now, reply.turn, reply.messages, reply.state)

    # --- what is spoken ------------------------------------------------------------------------------

    def _outbound(self, call: Call, turn: int, messages: Sequence[Message], state: State) -> Outbound:
        told = [message for message in messages if message.author != "candidate" and message.speech]
        said = [message.speech for message in told]
        then, closing = self._then(call, messages, state)
        if then is Then.LISTEN:
            tells_keys = any(message.tells_keys for message in told)
            said += menu(self.lines, call, state, " ".join(said), tells_keys=tells_keys)
        choices = call.choices
        wanted = keys(state.expects, choices, signed_in=state.signed_in, in_line=state.owner == "queue")
        timeout, pause = seconds(state.expects, wanted)
        timeout = MOMENT if call.waiting else timeout + (2 if call.slow else 0)
        return Outbound(
            conversation_id=call.conversation_id,
            turn=turn,
            say=(*said, *closing),
            expects=state.expects,
            keys=wanted,
            hints=hints(state.expects, choices, self._words),
            timeout=timeout,
            pause=pause,
            slow=call.slow,
            then=then,
            at=told[-1].at if told else None,
        )

    def _then(self, call: Call, messages: Sequence[Message], state: State) -> tuple[Then, tuple[str, ...]]:
        """What follows, and what the line itself adds."""
        if call.over or call.ended:
            return Then.HANGUP, ()
        called = any(message.hands_over for message in messages)
        if state.owner == "agent" or (called and state.owner == "queue"):
            settings = self._app[SETTINGS]
            there = settings.person_hours.open_at(self._app[CLOCK].now())
            if there and settings.transfer_to is not None:
                return Then.TRANSFER, (self.lines.putting_through,)
            if state.owner == "agent":
                return Then.HANGUP, (self.lines.goodbye,)
            return Then.LISTEN, (self.lines.request_kept,) if there else ()
        meant = [message.intent["name"] for message in messages if message.intent is not None]
        if "goodbye" in meant and state.task is None:
            return Then.HANGUP, ()
        return Then.LISTEN, ()

    # --- work in progress -------------------------------------------------------------------------------

    def _keep(self, work: Awaitable[T]) -> asyncio.Task[T]:
        """Start work that is finished whoever waits for it."""
        task: asyncio.Task[T] = asyncio.ensure_future(work)
        self._at_work.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[object]) -> None:
        self._at_work.discard(task)
        if not task.cancelled():
            task.exception()  # seen, also when nobody waits any more

    async def _in_time(self, task: asyncio.Task[T]) -> bool:
        done, _ = await asyncio.wait({task}, timeout=self._patience)
        return bool(done)


def menu(lines: LineWords, call: Call, state: State, said: str, *, tells_keys: bool = False) -> list[str]:
    """The choices of the open question, three at a time.

    At first only where the question (`said`) did not name them itself; once it went unanswered, by keys, unless what
    is said tells the keys itself (`tells_keys`).
    """
    if not call.choices or state.expects not in ("choice", "test", "yes_no"):
        return []
    first = call.first if call.first < len(call.choices) else 0
    window = call.choices[first : first + READ_AT_ONCE]
    more = [lines.more] if len(call.choices) > first + len(window) else []
    if call.silences or call.misses:
        if state.expects == "yes_no" and tells_keys:
            return []
        if not more and state.expects != "yes_no" and _names(said, window):
            return [] if tells_keys else [lines.order]
        pressed = (lines.key(first + place, _bare(choice)) for place, choice in enumerate(window, start=1))
        return [" ".join([*pressed, *more])]
    if state.expects == "yes_no" or _names(said, window):
        return []
    return [" ".join([lines.choices("; ".join(_bare(choice) for choice in window)), *more])]


def _names(said: str, window: Sequence[SpokenChoice]) -> bool:
    spoken = _plain(said)
    return all(any(piece in spoken for piece in (_plain(c.spoken), _plain(c.spoken.split(",")[0]))) for c in window)


def _plain(text: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in text.lower()).split())


def _bare(choice: SpokenChoice) -> str:
    return choice.spoken.strip().rstrip(".?!")


def _turn(call: Call, inbound: Inbound) -> Turn:
    """What was heard as the assistant takes it."""
    kind = inbound.kind
    if kind == "text" or kind == "digits":
        hashed = body_hash(kind, inbound.value, inbound.confidence)
        return Turn(call.conversation_id, inbound.message_id, kind, inbound.value, inbound.confidence, hashed)
    return Turn(call.conversation_id, inbound.message_id, "event", kind, None, body_hash("event", kind, None))

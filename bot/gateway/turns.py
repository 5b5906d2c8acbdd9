"""The one way by which turns reach the assistant, whatever door they came in by, and how it closes.

A turn once begun is finished and stored even if the client has gone meanwhile. When the service stops, new
turns are refused and those in flight are waited for.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from bot.clock import Clock
from bot.contracts.conversation import (
    AssistantService,
    AssistantUnavailable,
    ChannelName,
    ConversationError,
    Identity,
    Opened,
    Reply,
    Turn,
    TurnKind,
)
from bot.gateway.errors import from_assistant
from bot.gateway.metrics import Metrics

T = TypeVar("T")

AT_ONCE = 16
"""Turns that are worked on at the same time; the others wait in line."""
MOST_IN_FLIGHT = 400
"""Turns in work and in line; whoever comes then is asked to come again."""


class TurnRunner:
    """Takes turns to the assistant, counts them and knows which are in flight."""

    def __init__(
        self,
        service: AssistantService,
        metrics: Metrics,
        clock: Clock,
        *,
        seconds: float = 20.0,
        at_once: int = AT_ONCE,
    ) -> None:
        self.service = service
        self._metrics = metrics
        self._clock = clock
        self._in_flight: set[asyncio.Task[Any]] = set()
        self._closed = False
        self._seconds = seconds
        self._free = asyncio.Semaphore(at_once)

    @property
    def closed(self) -> bool:
        """Whether new turns are refused."""
        return self._closed

    @property
    def in_flight(self) -> int:
        """How many turns (and openings) are being taken now."""
        return len(self._in_flight)

    async def open(
        self,
        channel: ChannelName,
        locale: str,
        identity: Identity,
        about: str | None = None,
        address: str | None = None,
    ) -> Opened:
        """Start a conversation. Raises InvalidRequest, AssistantUnavailable."""
        return await self._guarded(lambda: self.service.open(channel, locale, identity, about, address))

    async def take(self, turn: Turn) -> Reply:
        """Carry out one turn. Raises what `AssistantService.take` raises."""
        began = self._clock.monotonic()
        outcome = "internal_error"
        try:
            reply = await self._guarded(lambda: self.service.take(turn))
            outcome = "answered"
        except ConversationError as error:
            outcome = from_assistant(error).code
            raise
        finally:
            self._metrics.turns.labels(turn.kind, outcome).inc()
            self._metrics.turn_seconds.observe(self._clock.monotonic() - began)
        return reply

    async def _guarded(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Run `work` to its end even if whoever waits for it is cancelled."""
        if self._closed:
            raise AssistantUnavailable("The assistant is being restarted. Please try again in a moment.")
        if len(self._in_flight) >= MOST_IN_FLIGHT:
            raise AssistantUnavailable(
                "Too many people are asking right now. Nothing has been changed. Please try again in a few seconds."
            )
        task = asyncio.get_running_loop().create_task(self._in_turn(work))
        self._in_flight.add(task)
        self._metrics.turns_in_flight.set(len(self._in_flight))
        task.add_done_callback(self._done)
        try:
            return await asyncio.wait_for(asyncio.shield(task), self._seconds)
        except TimeoutError:
            if task.done():
                raise
            raise AssistantUnavailable("That took too long. Please send it again; nothing is done twice.") from None

    async def _in_turn(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """So many at once: the first ones are answered soon, instead of all of them late."""
        async with self._free:
            return await work()

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._in_flight.discard(task)
        self._metrics.turns_in_flight.set(len(self._in_flight))
        if not task.cancelled():
            task.exception()  # seen, also when nobody waits any more

    def close(self) -> None:
        """Refuse new turns from now on."""
        self._closed = True

    async def drain(self, seconds: float) -> bool:
        """Wait for the turns in flight, at most so long; True when none is left."""
        if self._in_flight:
            await asyncio.wait(set(self._in_flight), timeout=seconds)
        return not self._in_flight


def body_hash(kind: TurnKind, value: str, confidence: float | None) -> str:
    """The fingerprint of a turn's content: the same client_message_id must come with the same one."""
    content = json.dumps([kind, value, confidence], ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()

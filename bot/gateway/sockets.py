"""The sockets that are open, by conversation."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from aiohttp import WSCloseCode, web

from bot.gateway.errors import ApiError
from bot.gateway.metrics import Metrics

MAX_PER_CONVERSATION = 20
CLOSE_TIME = 2.0
"""Seconds that a client has to answer a close."""


class SocketRegistry:
    """Knows every open socket. A socket is in it for as long as its `entered` block lasts, however that
    ends."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._sockets: dict[str, set[web.WebSocketResponse]] = {}

    def __len__(self) -> int:
        return sum(len(sockets) for sockets in self._sockets.values())

    @contextmanager
    def entered(self, conversation_id: str, socket: web.WebSocketResponse) -> Iterator[None]:
        """Register the socket while the block lasts. Raises ApiError (429) when there are too many
        already."""
        mine = self._sockets.setdefault(conversation_id, set())
        if len(mine) >= MAX_PER_CONVERSATION:
            raise ApiError(429, "too_many_requests", "This conversation is open in too many places.")
        mine.add(socket)
        self._metrics.sockets.set(len(self))
        try:
            yield
        finally:
            mine.discard(socket)
            if not mine:
                self._sockets.pop(conversation_id, None)
            self._metrics.sockets.set(len(self))

    async def close_all(self) -> None:
        """Say goodbye on every socket."""
        sockets = [socket for group in self._sockets.values() for socket in group]
        closing = [
            asyncio.wait_for(socket.close(code=WSCloseCode.GOING_AWAY, message=b"restarting"), CLOSE_TIME)
            for socket in sockets
        ]
        await asyncio.gather(*closing, return_exceptions=True)

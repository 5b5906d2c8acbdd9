"""The inbox as it changes, and the conversation that is open in front of the agent, over a WebSocket.

Whoever caused a change, it is seen: changes in this process at once, those of other processes at the next look.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from typing import Any

from aiohttp import WSMsgType, web

from bot.console.errors import ConsoleError
from bot.contracts.conversation import Json
from bot.gateway.bodies import MAX_BODY, parse_object
from bot.gateway.channels.agent_console.service import Console
from bot.gateway.channels.agent_console.session import check_origin, session_of
from bot.gateway.errors import ApiError
from bot.gateway.keys import SOCKETS
from bot.store.console_values import Agent

LOOK_EVERY = 2.0
"""Seconds between looks when nothing was heard of."""
PAUSE = 0.1
"""Seconds that changes are gathered before they are sent."""
CLOSE_SIGNED_OUT = 4401


async def live(request: web.Request, console: Console, agent: Agent) -> web.StreamResponse:
    """Talk until either side ends it, or the session does."""
    socket = web.WebSocketResponse(heartbeat=20.0, max_msg_size=MAX_BODY, compress=False)
    if not socket.can_prepare(request):
        raise ApiError(426, "upgrade_required", "This address speaks WebSocket only.")
    check_origin(request, needed=True)
    await socket.prepare(request)
    with request.app[SOCKETS].entered(f"console:{agent.id}", socket):
        await _first(_Live(request, console, agent, socket))
    return socket


class _Live:
    """One socket of one agent."""

    def __init__(self, request: web.Request, console: Console, agent: Agent, socket: web.WebSocketResponse) -> None:
        self._request = request
        self._console = console
        self._agent = agent
        self._socket = socket
        self._inbox: list[Json] | None = None
        self._watched: str | None = None
        self._seen = 0
        self._state: Json | None = None
        self._stirred = asyncio.Event()

    async def read(self) -> None:
        """Which conversation is in front of the agent: ``{"watch": id | null, "after": seq}``."""
        async for frame in self._socket:
            if frame.type is not WSMsgType.TEXT:
                continue
            body = parse_object(frame.data)
            watched, after = body.get("watch"), body.get("after", 0)
            if watched is not None:
                try:
                    await asyncio.to_thread(self._console.inbox.must_be_open, self._agent, str(watched))
                except ConsoleError as error:
                    words = error.words(self._console.services.answers)
                    await self._socket.send_str(json.dumps({"error": {"code": error.code, "message": words}}))
                    continue
            self._watched, self._state = (None if watched is None else str(watched)), None
            self._seen = after if isinstance(after, int) else 0
            self._stirred.set()

    async def send(self) -> None:
        """Whatever is new, as long as the session lasts."""
        async with self._console.assistant.watch() as event:
            self._stirred = event
            while True:
                event.clear()
                if await session_of(self._request, use=False) is None:
                    await self._socket.close(code=CLOSE_SIGNED_OUT)
                    return
                await self._send_inbox()
                await self._send_conversation()
                try:
                    await asyncio.wait_for(event.wait(), LOOK_EVERY)
                    await asyncio.sleep(PAUSE)
                except TimeoutError:
                    continue

    async def _send_inbox(self) -> None:
        inbox = await asyncio.to_thread(self._console.inbox.listed, self._agent)
        if inbox != self._inbox:
            self._inbox = inbox
            await self._socket.send_str(json.dumps({"inbox": inbox}))

    async def _send_conversation(self) -> None:
        watched = self._watched
        if watched is None:
            return
        found = (await self._console.assistant.everything_after(watched, self._seen)).to_json()
        if watched != self._watched or (not found["messages"] and found["state"] == self._state):
            return
        self._state = found["state"]
        self._seen = max([self._seen, *(m["seq"] for m in found["messages"])])
        await self._socket.send_str(json.dumps({"conversation": watched, **found}))


async def _first(talk: _Live) -> None:
    """Both ways until one ends."""
    parts: list[Coroutine[Any, Any, None]] = [talk.read(), talk.send()]
    tasks = [asyncio.create_task(part) for part in parts]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            if not isinstance(task.exception(), ConnectionError | None):
                task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

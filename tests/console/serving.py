"""The console behind the real gateway, on a loop of its own, for browsers."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

from aiohttp import web

from bot.bootstrap import demo_desk
from bot.clock import Clock
from bot.gateway.app import create_app
from bot.gateway.channels.agent_console import agent_console
from bot.gateway.keys import SOCKETS
from tests.console.conftest import House, Time, build_house

T = TypeVar("T")


class Serving:
    """Starts on entering, stops on leaving; the clock runs, for the person's browser and the agent's see the same."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._ready = threading.Event()
        self._stop = asyncio.Event()
        self.house: House
        self.app: web.Application
        self.url = ""

    def __enter__(self) -> Serving:
        self._thread.start()
        assert self._ready.wait(60)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(20)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        self.house = build_house(self._path, clock=Clock(), time=Time(), demo=True)
        parts = self.house.parts
        self.app = create_app(
            self.house.assistant,
            parts.settings,
            parts.clock,
            demo=demo_desk(parts),
            channels=[agent_console(self.house.console)],
        )
        runner = web.AppRunner(self.app, access_log=None, shutdown_timeout=0.5)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        self._ready.set()
        await self._stop.wait()
        self.house.assistant.stop()
        await runner.cleanup()
        self.house.store.close()

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Run something on the server's loop and take its result."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(20)

    def drop_sockets(self) -> None:
        """Cut every socket as a broken network does: no goodbye."""

        async def cut() -> None:
            for group in self.app[SOCKETS]._sockets.values():
                for socket in group:
                    if socket._req is not None and socket._req.transport is not None:
                        socket._req.transport.abort()

        self.do(cut())

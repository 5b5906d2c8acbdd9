"""The real gateway on a loop of its own, for browsers: what every such service of the tests has in common."""

from __future__ import annotations

import asyncio
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, Self, TypeVar

from aiohttp import web

from bot.gateway.keys import SOCKETS

T = TypeVar("T")
PATIENCE = 60
"""Seconds that a service may take to start, and to stop."""


class Serving(ABC):
    """Starts on entering, stops on leaving. Subclasses begin (and set `app` and `url`) and end."""

    def __init__(self) -> None:
        self.app: web.Application
        self.url = ""
        self.drops = 0
        self._runners: list[web.AppRunner] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._ready = threading.Event()
        self._stop = asyncio.Event()
        self._failed: BaseException | None = None

    @abstractmethod
    async def begin(self) -> None:
        """Put the application together and `listen`."""

    async def end(self) -> None:  # noqa: B027 - most have nothing to let go of
        """Let go of what was begun; the sites are closed before."""

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(PATIENCE)
        if self._failed is not None:
            raise self._failed
        return self

    def __exit__(self, *_: object) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(PATIENCE)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
            self._loop.run_until_complete(self._loop.shutdown_default_executor())
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        try:
            await self.begin()
        except BaseException as error:
            self._failed = error
            self._stop.set()
        self._ready.set()
        await self._stop.wait()
        for runner in self._runners:
            await runner.cleanup()
        await self.end()

    async def listen(self, app: web.Application) -> int:
        """Serve an application on a free port; which one."""
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        self._runners.append(runner)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        port: int = runner.addresses[0][1]
        return port

    # --- from the test's thread --------------------------------------------------------------------

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Run something on the service's loop and take its result."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(20)

    def on_loop(self, work: Callable[[], T]) -> T:
        """The same for what is not awaited."""
        done: Future[T] = Future()

        def run() -> None:
            try:
                done.set_result(work())
            except BaseException as error:
                done.set_exception(error)

        self._loop.call_soon_threadsafe(run)
        return done.result(20)

    def drop_sockets(self) -> int:
        """Cut every socket as a broken network does, without a goodbye; how many there were."""

        def cut() -> int:
            done = 0
            for socket in [socket for group in self.app[SOCKETS]._sockets.values() for socket in group]:
                transport = socket._req.transport if socket._req is not None else None
                if transport is not None and not transport.is_closing():
                    transport.abort()
                    done += 1
            return done

        dropped = self.on_loop(cut)
        self.drops += dropped
        return dropped

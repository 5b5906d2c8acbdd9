"""Runs the application and stops it without losing a turn."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from aiohttp import web

from bot.gateway.app import close_doors
from bot.gateway.connections import HEADER_TIME, Runner
from bot.gateway.keys import TURNS

log = logging.getLogger("assistant.gateway")

HANDLER_TIME = 5.0
"""Seconds that requests other than turns have to end once the doors are closed."""


async def serve(
    app: web.Application,
    host: str,
    port: int,
    *,
    stop: asyncio.Event | None = None,
    ready: Callable[[str], None] | None = None,
    signals: Sequence[signal.Signals] = (signal.SIGTERM, signal.SIGINT),
    header_time: float = HEADER_TIME,
) -> None:
    """Serve until one of the `signals` comes (or `stop` is set), then end gracefully.

    Stopping refuses new turns with 503 while those in flight are finished, closes the sockets, then the port.
    A second signal does not wait any longer. `ready` is told the address once the port is open; port 0
    takes a free one. Raises OSError when the port cannot be had.
    """
    stop = stop or asyncio.Event()
    hurry = asyncio.Event()
    loop = asyncio.get_running_loop()

    def asked() -> None:
        if stop.is_set():
            hurry.set()
        stop.set()

    connections = logging.getLogger("assistant.connections")
    connections.addFilter(_discreet)
    runner = Runner(app, logger=connections, shutdown_timeout=HANDLER_TIME, header_time=header_time)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        for name in signals:
            loop.add_signal_handler(name, asked)
        address = address_of(site)
        log.info("listening on %s", address)
        if ready is not None:
            ready(address)
        await stop.wait()
        log.info("stopping; %d turns in flight", app[TURNS].in_flight)
        await _first(close_doors(app), hurry.wait())
    finally:
        for name in signals:
            loop.remove_signal_handler(name)
        await runner.cleanup()
        log.info("stopped")


def _discreet(record: logging.LogRecord) -> bool:
    """Keep of aiohttp's own log lines only what kind of trouble it was: the rest repeats address and request."""
    kind = record.exc_info[0] if isinstance(record.exc_info, tuple) else None
    record.msg, record.args = f"trouble on a connection: {kind.__name__ if kind else 'unknown'}", ()
    record.exc_info = record.exc_text = None
    return True


async def _first(*waits: Coroutine[Any, Any, object]) -> None:
    """Wait for whichever comes first and give up the others."""
    tasks = [asyncio.create_task(wait) for wait in waits]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def address_of(site: web.TCPSite) -> str:
    """The URL under which the site can be reached from this machine."""
    server: Any = site._server  # asyncio's or, once Sanic has been imported, uvloop's
    host, port = server.sockets[0].getsockname()[:2]
    if host in ("0.0.0.0", "::"):
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

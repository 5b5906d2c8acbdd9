"""Whether the database answers and takes what is written, asked without ever waiting long for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from bot.store import StoreUnavailable

WITHIN = 3.0
"""Seconds after which a database that says nothing counts as away."""
WRITE_EVERY = 10.0
"""Seconds for which a write that worked is believed: asking often must not write often."""


class Probe:
    """Asks in a thread of its own, so that turns which wait for the database do not hold it up, nor it them."""

    def __init__(
        self,
        read: Callable[[], None],
        write: Callable[[], None],
        monotonic: Callable[[], float],
        within: float = WITHIN,
    ) -> None:
        self._read = read
        self._write = write
        self._monotonic = monotonic
        self._within = within
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="probe")
        self._asking: asyncio.Future[str] | None = None
        self._written_at = -WRITE_EVERY

    async def said(self) -> str:
        """ "ok", or what is wrong."""
        if self._asking is None or self._asking.done():
            self._asking = asyncio.get_running_loop().run_in_executor(self._thread, self._ask)
        try:
            return await asyncio.wait_for(asyncio.shield(self._asking), self._within)
        except TimeoutError:
            return "no answer"

    def _ask(self) -> str:
        try:
            self._read()
        except StoreUnavailable:
            return "not reachable"
        if self._monotonic() - self._written_at < WRITE_EVERY:
            return "ok"
        try:
            self._write()
        except StoreUnavailable:
            return "nothing can be written"
        self._written_at = self._monotonic()
        return "ok"

    def stop(self) -> None:
        """Ask nothing more."""
        self._thread.shutdown(wait=False, cancel_futures=True)

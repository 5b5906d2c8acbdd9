"""The threads in which messages are read: a fixed number, apart from those that wait for the database.

Reading costs processor time and nothing else. More threads than processors would only make every message slower, and a
message that takes too long must not take the threads of all others.
"""

from __future__ import annotations

import asyncio
import functools
import logging
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger("assistant.reading")

READERS = max(1, min(8, os.cpu_count() or 1))
"""Messages that are read at the same time."""

READ_WITHIN = 10.0
"""Seconds after which a message is not waited for any more. An ordinary one takes 0.02, the worst one 0.15."""

STARTED_WITHIN = 10.0
"""Seconds that a message waits in the line before it is turned away: there are more than can be read."""


class TooMuchToRead(Exception):
    """A message was begun and not understood within the time that any message should take."""


class TooManyAtOnce(Exception):
    """So many messages wait to be read that this one would come too late. It was not begun."""


class Readers:
    """Reads messages off the event loop, in a bounded number of threads and a bounded time."""

    def __init__(
        self, threads: int = READERS, *, within: float = READ_WITHIN, started_within: float = STARTED_WITHIN
    ) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="reading")
        self._free = asyncio.Semaphore(threads)
        self._within = within
        self._started_within = started_within
        self.given_up = 0
        """Messages that took too long."""

    async def read(self, function: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
        """What `function` returns. Raises TooMuchToRead, TooManyAtOnce, and whatever it raises itself.

        A thread cannot be stopped: one that goes on after its time keeps its place until it ends.
        """
        try:
            await asyncio.wait_for(self._free.acquire(), self._started_within)
        except TimeoutError:
            raise TooManyAtOnce from None
        work = asyncio.get_running_loop().run_in_executor(self._pool, functools.partial(function, *given, **named))
        work.add_done_callback(self._done)
        try:
            return await asyncio.wait_for(asyncio.shield(work), self._within)
        except TimeoutError:
            if work.done() and not work.cancelled() and work.exception() is not None:
                raise
            self.given_up += 1
            log.warning("a message was given up after %.1f s of reading", self._within)
            raise TooMuchToRead from None

    def _done(self, work: asyncio.Future[T]) -> None:
        self._free.release()
        if not work.cancelled():
            work.exception()  # seen, also where nobody waits any more

    def stop(self) -> None:
        """Begin nothing more; what is being read ends by itself."""
        self._pool.shutdown(wait=False, cancel_futures=True)

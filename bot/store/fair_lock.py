"""A lock that goes to whoever has waited longest.

SQLite lets one writer in at a time and makes the others look again every tenth of a second. Beside threads that
write one transaction after the other, a waiting one may look at the wrong moments for ever; so the threads of one
process queue here first.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class FairLock:
    """One thread at a time, first come, first served."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._held = False
        self._waiting: deque[threading.Lock] = deque()

    @contextmanager
    def held(self, seconds: float) -> Iterator[bool]:
        """Hold the lock while the block runs; False, without the lock, when it was not free within `seconds`."""
        if not self.acquire(seconds):
            yield False
            return
        try:
            yield True
        finally:
            self.release()

    def acquire(self, seconds: float) -> bool:
        """Wait for the lock; False when it was not free within `seconds`. Whoever got it must release it."""
        with self._guard:
            if not self._held:
                self._held = True
                return True
            ticket = threading.Lock()
            ticket.acquire()
            self._waiting.append(ticket)
        try:
            came = ticket.acquire(timeout=seconds)
        except BaseException:  # interrupted while waiting: the lock must not go to somebody who has left
            self._leave(ticket)
            raise
        if not came:
            self._leave(ticket)
        return came

    def _leave(self, ticket: threading.Lock) -> None:
        with self._guard:
            if ticket in self._waiting:
                self._waiting.remove(ticket)
                return
        self.release()  # the lock came in the very moment of leaving

    def release(self) -> None:
        """Give the lock to whoever has waited longest, or leave it free."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._held = False

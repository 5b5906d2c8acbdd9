"""A lock that is handed on in the order it was asked for.

SQLite lets one writer in at a time and makes the others look again every tenth of a second. Beside threads that
write one transaction after the other, a waiting one may look at the wrong moments for ever; so the threads of one
process queue here first.
"""

from __future__ import annotations

import threading
from collections import deque


class FairLock:
    """One thread at a time, first come, first served."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._held = False
        self._waiting: deque[threading.Lock] = deque()

    def take(self, seconds: float) -> bool:
        """Wait for the lock; False when it was not to be had within `seconds`. Who got it must hand it on."""
        with self._guard:
            if not self._held:
                self._held = True
                return True
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        try:
            came = turn.acquire(timeout=seconds)
        except BaseException:  # interrupted while waiting: the turn must not stay with somebody who has left
            self._leave(turn)
            raise
        if not came:
            self._leave(turn)
        return came

    def _leave(self, turn: threading.Lock) -> None:
        with self._guard:
            if turn in self._waiting:
                self._waiting.remove(turn)
                return
        self.hand_on()  # the turn came in the very moment of leaving

    def hand_on(self) -> None:
        """Give the lock to whoever has waited longest, or leave it free."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._held = False

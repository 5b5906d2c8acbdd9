"""What runs beside the requests: each task is started again when it ends, counted, and shown.

A task that ended and told nobody once stopped all mail. So whatever one item does to it, it goes on; and whatever it
does itself, somebody can see it in `/readyz` and `/metrics`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

log = logging.getLogger("assistant.background")

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0


@dataclass(slots=True)
class BackgroundTask:
    """One task: `work` runs for ever. Where it ends or raises, it is started again after a pause that grows."""

    name: str
    work: Callable[[], Awaitable[None]]
    lag: Callable[[], float] = lambda: 0.0
    """Seconds that the oldest thing it should have done has waited."""
    given_up: Callable[[], int] = lambda: 0
    """Things it will not try again by itself."""
    restarts: int = 0
    running: bool = False
    first_pause: float = field(default=FIRST_PAUSE, repr=False)

    async def run(self) -> None:
        """Run until cancelled."""
        pause = self.first_pause
        while True:
            self.running = True
            began = asyncio.get_running_loop().time()
            kind = "it returned"
            try:
                await self.work()
            except Exception as error:  # whatever it is, the task goes on; its words may name a person
                kind = type(error).__name__
            self.running = False
            self.restarts += 1
            if asyncio.get_running_loop().time() - began > LONGEST_PAUSE:
                pause = self.first_pause
            log.error("background task %s ended (%s); started again in %.0f s", self.name, kind, pause)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    def to_json(self) -> dict[str, object]:
        """How it is, as published in /readyz."""
        return {
            "running": self.running,
            "restarts": self.restarts,
            "lag_seconds": round(self.lag(), 1),
            "given_up": self.given_up(),
        }


class Background:
    """All background tasks of a process."""

    def __init__(self, *tasks: BackgroundTask) -> None:
        self.tasks = tasks

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run every task while the block lasts."""
        started = [asyncio.create_task(task.run(), name=task.name) for task in self.tasks]
        try:
            yield
        finally:
            for each in started:
                each.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.gather(*started, return_exceptions=True)

    def to_json(self) -> dict[str, object]:
        """Each task by its name."""
        return {task.name: task.to_json() for task in self.tasks}

"""Worker processes that confirm the same change at the same moment, and can be killed at any other."""

from __future__ import annotations

import multiprocessing
import os
import signal
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess

from bot.store import Store
from bot.store.changes import Order, move

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Job:
    """Move this person's appointment under this key."""

    ase_id: str
    key: str
    was: tuple[str, datetime]
    slot: tuple[str, datetime]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a worker was told."""

    done: bool
    repeated: bool
    refusal: str | None
    after: str


def work(url: str, pipe: Connection) -> None:
    """Do jobs until there is none."""
    store = Store(url, pool_size=1)
    while (job := pipe.recv()) is not None:
        change = move(
            store,
            Order(job.key, job.ase_id, NOW, NOW),
            appointment_id=f"AP of {job.ase_id}",
            was=job.was,
            site=job.slot[0],
            starts_at=job.slot[1],
            check=lambda _: None,
        )
        refusal = None if change.refusal is None else change.refusal.code
        pipe.send(Answer(change.done, change.repeated, refusal, str(change.after)))
    store.close()


class Workers:
    """A number of processes; one that was killed is replaced before the next round."""

    def __init__(self, url: str, count: int) -> None:
        self._url = url
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["tests.store.racing", "psycopg", "sqlalchemy.dialects.postgresql"])
        self._workers = [self._start() for _ in range(count)]

    def _start(self) -> tuple[ForkServerProcess, Connection]:
        mine, theirs = self._context.Pipe()
        process = self._context.Process(target=work, args=(self._url, theirs), daemon=True)
        process.start()
        theirs.close()
        return process, mine

    def begin(self, jobs: list[Job]) -> None:
        """Give every worker its job."""
        for (_, pipe), job in zip(self._workers, jobs, strict=True):
            pipe.send(job)

    def kill(self, number: int) -> None:
        """End a worker as the system would: at once, wherever it is."""
        process = self._workers[number][0]
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        process.join()  # else one that had told already may still count as alive afterwards

    def answers(self) -> list[Answer]:
        """What those told who lived to tell; the others are replaced."""
        told = []
        for number, (process, pipe) in enumerate(self._workers):
            try:
                told.append(pipe.recv())
            except (EOFError, ConnectionResetError):
                process.join()
                pipe.close()
                self._workers[number] = self._start()
        for number, (process, _) in enumerate(self._workers):  # killed after it had told
            if not process.is_alive():
                self._workers[number] = self._start()
        return told

    def stop(self) -> None:
        """Let all go home."""
        for process, pipe in self._workers:
            if process.is_alive():
                pipe.send(None)
        for process, pipe in self._workers:
            process.join()
            pipe.close()

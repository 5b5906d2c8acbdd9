"""A PostgreSQL that has stopped answering is given up, whether it is down or only hangs.

The server's own time-outs cannot help where the server itself stands still, and the network still acknowledges what is
sent: so the client counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import psycopg

ANSWER_WITHIN = 10.5
"""Seconds that one statement may take; a little more than the server waits for a lock."""

_seconds: ContextVar[float | None] = ContextVar("seconds", default=ANSWER_WITHIN)


@contextmanager
def without_limit() -> Iterator[None]:
    """For what may take long, such as a migration."""
    token = _seconds.set(None)
    try:
        yield
    finally:
        _seconds.reset(token)


class PatientConnection(psycopg.Connection[Any]):
    """A connection that closes itself where an answer does not come in time."""

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """Wait for what the generator waits for. Raises OperationalError once the time is over."""
        limit = _seconds.get() if timeout is None else None
        if limit is None:
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, limit)
        except psycopg.errors._WaitTimeout:
            self.pgconn.finish()
            raise psycopg.OperationalError("the database does not answer") from None


def connect(_dialect: object, _record: object, given: tuple[Any, ...], named: dict[str, Any]) -> PatientConnection:
    """How SQLAlchemy opens a connection (event `do_connect`)."""
    connection: PatientConnection = PatientConnection.connect(*given, **named)
    return connection

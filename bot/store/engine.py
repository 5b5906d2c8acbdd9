"""One engine for one URL: SQLite with its pragmas and explicit transactions, or PostgreSQL through psycopg
3."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.engine import URL, Engine, make_url

from bot.store import patience

BUSY_SECONDS = 10
"""How long a writer waits for another one before the database counts as away."""

WRITES = "store_writes"
"""Name of the execution option that says a transaction is going to write."""


def store_url(url: str) -> URL:
    """The URL with its driver. Raises ValueError for a database that is not supported."""
    parsed = make_url("postgresql" + url[len("postgres") :] if url.startswith("postgres://") else url)
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        if not parsed.database or parsed.database == ":memory:" or parsed.query.get("mode") == "memory":
            raise ValueError("an SQLite database in memory cannot be shared; name a file: sqlite:///var/assistant.db")
        return parsed.set(drivername="sqlite")
    if backend == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    raise ValueError(f"{backend} is not supported; use sqlite:///… or postgresql://…")


def build_engine(url: str, *, pool_size: int = 10) -> Engine:
    """An engine, not yet connected. Creates the folder of an SQLite file."""
    parsed = store_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed, pool_size)
    connect_args: dict[str, Any] = {"connect_timeout": 5, "tcp_user_timeout": BUSY_SECONDS * 1000}
    if "options" not in parsed.query:
        connect_args["options"] = f"-c lock_timeout={BUSY_SECONDS * 1000} -c timezone=UTC"
    engine = create_engine(
        parsed,
        connect_args=connect_args,
        json_serializer=to_json,
        hide_parameters=True,
        pool_pre_ping=True,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=BUSY_SECONDS,
    )
    event.listen(engine, "do_connect", patience.connect)
    return engine


def to_json(value: Any) -> str:
    """JSON text as stored. Refuses what JSON cannot say (NaN, dates) instead of guessing."""
    return json.dumps(value, ensure_ascii=True, allow_nan=False)


def _sqlite(url: URL, pool_size: int) -> Engine:
    assert url.database is not None
    _for_owner_alone(Path(url.database).expanduser().absolute())
    engine = create_engine(
        url,
        connect_args={"timeout": BUSY_SECONDS},
        json_serializer=to_json,
        hide_parameters=True,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=BUSY_SECONDS,
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _for_owner_alone(path: Path) -> None:
    """Make the file of an SQLite database, if there is none, so that only its owner can read it; the files beside it
    get the same mode from SQLite. One that belongs to somebody else is left as it is."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with contextlib.suppress(PermissionError):
        path.touch(mode=0o600)
        path.chmod(0o600)


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    """Settings of a new SQLite connection; the driver's own transaction handling is switched off."""
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA secure_delete = ON")
    cursor.execute("PRAGMA synchronous = FULL")
    for attempt in range(50):  # switching the journal does not wait for other connections by itself
        try:
            if cursor.execute("PRAGMA journal_mode").fetchone()[0] == "wal":
                break
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if attempt == 49:
                raise
            time.sleep(0.1)
    cursor.close()


def _begin(connection: Connection) -> None:
    """A writer takes the write lock at once, so that what it reads cannot change under it."""
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

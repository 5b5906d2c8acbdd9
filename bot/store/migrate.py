"""Bringing a database to the newest schema, also when several processes start at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text
from sqlalchemy.engine import Engine

from bot.store.engine import WRITES
from bot.store.errors import StoreError

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0007"
"""The newest revision. Known here so that a database already there needs no Alembic (a test compares)."""

MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 4_702_211_903  # the advisory lock of migrating, on PostgreSQL


def revision(connection: Connection) -> str | None:
    """The revision a database is at; None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


def migrate(engine: Engine, target: str = "head") -> bool:
    """Bring the database to `target`; True if anything was to do. One process at a time, the others wait.

    Raises StoreError for a database that a newer program has migrated.
    """
    wanted = HEAD if target == "head" else target
    with engine.connect() as connection:
        if revision(connection) == wanted:
            return False
    with engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL lock_timeout = 0"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        if revision(connection) == wanted:
            return False
        _run(connection, target)
    return True


def _run(connection: Connection, target: str) -> None:
    from alembic import command
    from alembic.util import CommandError

    config = alembic_config()
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, target)
    except CommandError as error:
        raise StoreError(f"the database cannot be brought to revision {target}: {error}") from error


def alembic_config() -> Config:
    """The Alembic configuration of this package (Alembic is imported only here, for the few who need it)."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config

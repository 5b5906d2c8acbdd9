"""A fresh, migrated database for each test: SQLite and a real PostgreSQL."""

from __future__ import annotations

import shutil
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import select

from bot.store import Store
from bot.store.models import Base
from bot.store.repositories.audit import START
from tests.alone import alone

POSTGRES = pytest.param("postgres", marks=pytest.mark.postgres)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "template.db"
    store = Store(f"sqlite:///{path}")
    store.migrate()
    store.close()
    return path


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL server, started once, with a migrated database "store"."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pgserver

        folder = Path(tempfile.mkdtemp(prefix="ase-pg-"))
        with alone("postgres"):  # as root it adds a user to the system
            server = pgserver.get_server(folder, cleanup_mode="delete")
    address = f"postgresql://postgres@/{{}}?host={server.get_uri().split('host=')[1]}"
    try:
        run_sql(
            address.format("postgres"),
            *(f"ALTER SYSTEM SET {name} = off" for name in ("fsync", "synchronous_commit", "full_page_writes")),
            "SELECT pg_reload_conf()",
            "CREATE DATABASE store",
        )
        store = Store(address.format("store"))
        store.migrate()
        store.close()
        yield address
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def run_sql(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


@pytest.fixture(params=["sqlite", POSTGRES])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database with the newest schema and nothing in it."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        shutil.copy(template, tmp_path / "store.db")
        return f"sqlite:///{tmp_path / 'store.db'}"
    address: str = request.getfixturevalue("postgres")
    emptied(address.format("store"))
    return address.format("store")


def emptied(url: str) -> None:
    """Remove every row, the audit's too: triggers are passed over."""
    run_sql(
        url,
        "SET session_replication_role = replica",
        *(f"DELETE FROM {table.name}" for table in Base.metadata.sorted_tables),
        f"INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, '{START}')",
    )


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    store = Store(url)
    yield store
    store.close()


@pytest.fixture(params=["sqlite", POSTGRES])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'new' / 'empty.db'}"
        return
    address: str = request.getfixturevalue("postgres")
    name = f"t{uuid.uuid4().hex}"
    run_sql(address.format("postgres"), f"CREATE DATABASE {name}")
    yield address.format(name)
    run_sql(address.format("postgres"), f"DROP DATABASE {name} WITH (FORCE)")


def everything(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    with store.engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table))]
            for table in Base.metadata.sorted_tables
        }

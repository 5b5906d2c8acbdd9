"""A fresh, migrated database for each test: SQLite and a real PostgreSQL."""

from __future__ import annotations

import shutil
import tempfile
import uuid
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from bot.store import Store

Maker = Callable[[], str]


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "template.db"
    store = Store(f"sqlite:///{path}")
    store.migrate()
    store.close()
    return path


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL server, started once, with a migrated database "template_store"."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pgserver

        folder = Path(tempfile.mkdtemp(prefix="ase-pg-"))
        server = pgserver.get_server(folder, cleanup_mode="delete")
    address = f"postgresql://postgres@/{{}}?host={server.get_uri().split('host=')[1]}"
    try:
        run_sql(address.format("postgres"), "CREATE DATABASE template_store")
        store = Store(address.format("template_store"))
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


@pytest.fixture(params=["sqlite", "postgres"])
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Maker]:
    """Makes addresses of fresh databases, with the newest schema and nothing in them."""
    made: list[str] = []

    def on_sqlite() -> str:
        template: Path = request.getfixturevalue("sqlite_template")
        path = tmp_path / f"{uuid.uuid4().hex}.db"
        shutil.copy(template, path)
        return f"sqlite:///{path}"

    def on_postgres() -> str:
        address: str = request.getfixturevalue("postgres")
        name = f"t{uuid.uuid4().hex}"
        run_sql(address.format("postgres"), f"CREATE DATABASE {name} TEMPLATE template_store STRATEGY FILE_COPY")
        made.append(name)
        return address.format(name)

    yield {"sqlite": on_sqlite, "postgres": on_postgres}[request.param]
    for name in made:
        address = request.getfixturevalue("postgres")
        run_sql(address.format("postgres"), f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def url(new_url: Maker) -> str:
    return new_url()


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    store = Store(url)
    yield store
    store.close()


@pytest.fixture(params=["sqlite", "postgres"])
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
    from sqlalchemy import select

    from bot.store.models import Base

    with store.engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table))]
            for table in Base.metadata.sorted_tables
        }

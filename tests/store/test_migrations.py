"""The migrations lead from nothing to exactly the tables that the code knows."""

from __future__ import annotations

import multiprocessing
import re
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, inspect, text

from bot.store import Store, StoreError
from bot.store.migrate import HEAD, alembic_config, revision
from bot.store.models import Base
from tests.threads import at_once


def test_from_nothing_to_the_newest_and_then_nothing_to_do(empty_url: str) -> None:
    store = Store(empty_url)
    with store.engine.connect() as connection:
        assert revision(connection) is None
    assert store.migrate() is True
    assert store.migrate() is False
    with store.engine.connect() as connection:
        assert revision(connection) == HEAD
    store.close()


def test_the_newest_revision_is_the_one_the_code_knows() -> None:
    scripts = ScriptDirectory.from_config(alembic_config())
    assert scripts.get_heads() == [HEAD]
    files = [path.name for path in (Path(scripts.dir) / "versions").glob("[0-9]*.py")]
    assert len(files) >= 1
    assert all(re.fullmatch(r"\d{4}_[a-z0-9_]+\.py", name) for name in files)


def test_migrations_and_models_say_the_same(store: Store) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_every_constraint_of_the_models_is_in_the_database(store: Store) -> None:
    looked_at = 0
    with store.engine.connect() as connection:
        inspector = inspect(connection)
        for table in Base.metadata.sorted_tables:
            wanted = {str(c.name) for c in table.constraints if isinstance(c, CheckConstraint)}
            assert {c["name"] for c in inspector.get_check_constraints(table.name)} == wanted, table.name
            unique = {str(i.name) for i in table.indexes if i.unique}
            assert unique <= {i["name"] for i in inspector.get_indexes(table.name) if i["unique"]}, table.name
            looked_at += len(wanted) + len(unique)
    assert looked_at >= 40


def _migrate(url: str) -> None:
    store = Store(url)
    store.migrate()
    store.ping()
    store.close()


def test_several_threads_may_migrate_at_once(empty_url: str) -> None:
    at_once(4, lambda _: _migrate(empty_url))


def test_several_processes_may_migrate_at_once(empty_url: str) -> None:
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        pool.map(_migrate, [empty_url] * 3)
    store = Store(empty_url)
    with store.engine.connect() as connection:
        assert revision(connection) == HEAD
    store.close()


def test_a_database_of_a_newer_program_is_left_alone(store: Store) -> None:
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    try:
        with pytest.raises(StoreError, match="9999"):
            store.migrate()
    finally:
        with store.engine.begin() as connection:
            connection.execute(text(f"UPDATE alembic_version SET version_num = '{HEAD}'"))

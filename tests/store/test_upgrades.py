"""Populated databases of every released schema come up to the newest one, and go on working; so do restored copies."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from bot.dialogue.state import read_state
from bot.dialogue.tasks import all_tasks
from bot.store import Store
from bot.store.migrate import HEAD, alembic_config, migrate, revision
from bot.store.models import Base
from bot.store.records_io import show_person
from tests.changes.conftest import AS_OF
from tests.store.conftest import POSTGRES, everything, run_sql
from tests.store.released import FOLDER, OTHER, REAL, WHO, changes_on, copy, lived_in, restored, visitor
from tests.store.released import WAITING as REQUEST

FILES = sorted(FOLDER.glob("*.sql"))
KEPT = {
    "candidates": 15,
    "messages": 4,
    "changes": 3,
    "confirmations": 4,
    "audit": 3,
    "outbox": 3,
    "duplicate_orders": 1,
}
"""Rows that every file has, whatever its schema."""

Load = Callable[[Path], Store]


@pytest.fixture(params=["sqlite", POSTGRES])
def load(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Load]:
    """Opens a file as a database of its old schema, on SQLite as it is, on PostgreSQL row by row."""
    made: list[tuple[Store, str | None]] = []

    def of(file: Path) -> Store:
        path = tmp_path / "then.db"
        restored(file, path)
        if request.param == "sqlite":
            store = Store(f"sqlite:///{path}")
            made.append((store, None))
            return store
        address: str = request.getfixturevalue("postgres")
        name = f"upgrade_{file.stem}"
        run_sql(address.format("postgres"), f"CREATE DATABASE {name}")
        store = Store(address.format(name))
        made.append((store, name))
        migrate(store.engine, file.stem)
        with sqlite3.connect(path) as rows:
            copy(rows, store.engine)
        return store

    yield of
    for store, name in made:
        store.close()
        if name is not None:
            address = request.getfixturevalue("postgres")
            run_sql(address.format("postgres"), f"DROP DATABASE {name} WITH (FORCE)")


def test_every_released_schema_has_its_file() -> None:
    known = {script.revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions()}
    assert {file.stem for file in FILES} == known, "python -m tests.store.released writes the newest"


def count(store: Store, table: str) -> int:
    with store.engine.connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_a_populated_database_comes_up_and_goes_on(load: Load, file: Path) -> None:
    store = load(file)
    with store.engine.connect() as connection:
        assert revision(connection) == file.stem
    assert {table: count(store, table) for table in KEPT} == KEPT
    assert store.migrate() is (file.stem != HEAD)
    with store.engine.connect() as connection:
        assert revision(connection) == HEAD
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    assert {table: count(store, table) for table in KEPT} == KEPT
    _goes_on(store)


def _goes_on(store: Store) -> None:
    """The audit is whole, conversations can be read, what waits can be confirmed once, what was put back stays so."""
    with store.unit_of_work(write=False) as unit:
        assert unit.audit.verify().whole
        talk = unit.conversations.get(f"c-{WHO}")
        assert talk is not None
        state = read_state(talk.state, {name: task.memory for name, task in all_tasks().items()})
        assert state.last_topic == "account/schedule_test"
        assert len(unit.conversations.messages_after(talk.id)) == 2
        assert [each.undone_by for each in unit.done.changes_of(WHO) if each.kind == "book"] == ["put-back"]
        left = {(s.site.id, s.starts_at): s.free for s in unit.seats.left()}
    changes = changes_on(store, REAL + timedelta(minutes=1))
    waits = changes.pending(OTHER)
    assert waits is not None
    assert waits.request == REQUEST
    done = [changes.confirm(visitor(OTHER), OTHER, waits.id) for _ in range(2)]
    assert [(each.refused, each.repeated) for each in done] == [(None, False), (None, True)]
    with store.unit_of_work(write=False) as unit:
        now = {(s.site.id, s.starts_at): s.free for s in unit.seats.left()}
        assert unit.audit.verify().whole
    seat = (REQUEST.site, REQUEST.starts_at)
    assert now[seat] == left[seat] - 1
    assert sum(now.values()) == sum(left.values()) - 1
    assert show_person(store, WHO) is not None


@pytest.mark.parametrize("file", [f for f in FILES if "0003" <= f.stem < "0006"], ids=lambda file: file.stem)
def test_an_exception_from_before_is_kept_and_holds_no_more(load: Load, file: Path) -> None:
    store = load(file)
    store.migrate()
    with store.unit_of_work(write=False) as unit:
        [found] = unit.exceptions.of(WHO)
    assert (found.id, found.state, found.granted_by, found.purchase_id) == ("o-1", "expired", "lena", "P-A5")
    assert found.asked_why == "in hospital since Sunday"


# --- backup and restore ---------------------------------------------------------------------------------------


def test_a_copy_of_sqlite_made_while_it_is_written_restores_whole(tmp_path: Path) -> None:
    """SQLite's own backup, between the preview and the yes: the restored one is at that moment, and goes on."""
    store = Store(f"sqlite:///{tmp_path / 'live.db'}")
    store.migrate()
    lived_in(store)
    with sqlite3.connect(tmp_path / "live.db") as live, sqlite3.connect(tmp_path / "backup.db") as backup:
        live.backup(backup)
    before = everything(store)
    waits = changes_on(store).pending(OTHER)
    assert waits is not None
    assert changes_on(store).confirm(visitor(OTHER), OTHER, waits.id).refused is None
    store.close()
    shutil.copy(tmp_path / "backup.db", tmp_path / "restored.db")
    again = Store(f"sqlite:///{tmp_path / 'restored.db'}")
    assert again.migrate() is False
    assert everything(again) == before
    _goes_on(again)
    again.close()


@pytest.mark.postgres
def test_a_dump_of_postgresql_restores_whole(postgres: str, tmp_path: Path) -> None:
    import pgserver

    tools = Path(pgserver.__file__).parent / "pginstall" / "bin"
    run_sql(postgres.format("postgres"), "CREATE DATABASE live", "CREATE DATABASE restored")
    live, again = Store(postgres.format("live")), Store(postgres.format("restored"))
    try:
        live.migrate()
        lived_in(live)
        before = everything(live)
        dump = tmp_path / "dump.sql"
        _run(tools / "pg_dump", "--no-owner", "--file", str(dump), postgres.format("live"))
        _run(tools / "psql", "--quiet", "--set", "ON_ERROR_STOP=1", "--file", str(dump), postgres.format("restored"))
        assert again.migrate() is False
        assert everything(again) == before
        _goes_on(again)
    finally:
        live.close()
        again.close()
        for name in ("live", "restored"):
            run_sql(postgres.format("postgres"), f"DROP DATABASE {name} WITH (FORCE)")


def _run(*command: Any) -> None:
    done = subprocess.run([str(each) for each in command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


# --- clocks that jump -----------------------------------------------------------------------------------------


@pytest.fixture
def ready(store: Store) -> Store:
    lived_in(store)
    return store


JUMPS = {"back an hour": timedelta(hours=-1), "back a day": timedelta(days=-1), "on an hour": timedelta(hours=1)}


@pytest.mark.parametrize("jump", JUMPS)
def test_a_clock_that_jumps_between_preview_and_yes(ready: Store, jump: str) -> None:
    """Back: the preview still waits, and its yes counts once. On: it has expired, nothing is done, the seat is free."""
    now = REAL + JUMPS[jump]
    changes = changes_on(ready, now)
    with ready.unit_of_work(write=False) as unit:
        found = unit.confirmations.pending(OTHER, now=REAL)
    assert found is not None
    done = [changes.confirm(visitor(OTHER), OTHER, found.id) for _ in range(2)]
    late = JUMPS[jump] > timedelta(0)
    assert [each.refused for each in done] == (["confirmation_expired"] * 2 if late else [None, None])
    with ready.unit_of_work(write=False) as unit:
        assert unit.audit.verify().whole
        assert len(unit.done.changes_of(OTHER)) == 1
        seat = unit.seats.seat(REQUEST.site, REQUEST.starts_at, now=now, of=WHO)
    assert seat is not None
    assert seat.capacity == (2 if late else 1)


def test_a_hold_from_before_a_jump_back_keeps_nobody_out_for_longer_than_the_jump(ready: Store) -> None:
    """A hold ends at an instant. Where the clock went back it lasts the longer, and ends with a new hold or a no."""
    changes = changes_on(ready, REAL - timedelta(hours=1))
    waits = changes.pending(OTHER)
    assert waits is not None
    assert changes.decline(waits.id)
    with ready.unit_of_work(write=False) as unit:
        seat = unit.seats.seat(REQUEST.site, REQUEST.starts_at, now=REAL - timedelta(hours=1), of=WHO)
    assert seat is not None
    assert seat.capacity == 2


def test_what_was_done_stays_in_order_though_the_clock_went_back(ready: Store) -> None:
    """Messages and audit lines are counted, not dated; a policy instant that the clock went back from stays as told."""
    earlier = REAL - timedelta(days=2)
    changes = changes_on(ready, earlier)
    waits = changes.pending(OTHER)
    assert waits is not None
    assert changes.confirm(visitor(OTHER), OTHER, waits.id).refused is None
    with ready.unit_of_work(write=False) as unit:
        entries = list(unit.audit.entries())
        assert unit.audit.verify().whole
    assert [entry.seq for entry in entries] == sorted(entry.seq for entry in entries)
    assert entries[-1].event.at == earlier
    assert datetime.fromisoformat(AS_OF).astimezone(UTC) == REAL

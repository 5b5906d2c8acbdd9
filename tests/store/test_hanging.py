"""A database that hangs, or takes nothing, is noticed within the time that is promised."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import threading
import time
from pathlib import Path

import pytest

from bot.conversation.probe import Probe
from bot.store import Store, StoreUnavailable, patience
from tests.store.conftest import run_sql


def backend(store: Store) -> int:
    """The process of the server behind the store's one connection."""
    with store.engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())


@pytest.mark.postgres
def test_a_postgres_that_stands_still_is_given_up(postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"hang_{os.getpid()}"
    run_sql(postgres.format("postgres"), f"CREATE DATABASE {name}")
    store = Store(postgres.format(name), pool_size=1)
    try:
        store.ping()
        token = patience._seconds.set(1.0)
        began = time.monotonic()
        with pytest.raises(StoreUnavailable), store.unit_of_work(write=False) as uow:
            uow._connection.exec_driver_sql("SELECT pg_sleep(30)")
        assert time.monotonic() - began < 8
        store.ping()  # the connection that hung is gone, another one works
        pid = backend(store)
        os.kill(pid, signal.SIGSTOP)
        try:
            began = time.monotonic()
            store.ping()  # what hangs is closed after its time, and another connection is made
            assert time.monotonic() - began < 8
        finally:
            os.kill(pid, signal.SIGCONT)
        patience._seconds.reset(token)
        with patience.without_limit():
            store.ping()
    finally:
        store.close()
        run_sql(postgres.format("postgres"), f"DROP DATABASE {name} WITH (FORCE)")


def test_what_cannot_be_written_is_noticed(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'a.db'}")
    store.migrate()
    store.probe()
    size = (tmp_path / "a.db-wal").stat().st_size
    assert size > 0
    store.engine.dispose()
    copy = tmp_path / "read-only"
    shutil.copytree(tmp_path, copy, ignore=shutil.ignore_patterns("read-only", "*-shm", "*-wal"))
    frozen = Store(f"sqlite:///file:{copy / 'a.db'}?mode=ro&uri=true")
    with pytest.raises(StoreUnavailable):
        frozen.probe()
    frozen.close()
    store.close()


async def test_the_probe_says_what_is_wrong_and_never_waits_long() -> None:
    now, failing, go_on = [100.0], {"read": False, "write": False}, threading.Event()
    writes = []

    def read() -> None:
        if failing["read"]:
            raise StoreUnavailable("away")

    def write() -> None:
        writes.append(now[0])
        if failing["write"]:
            raise StoreUnavailable("full")

    probe = Probe(read, write, lambda: now[0], within=0.2)
    assert [await probe.said(), await probe.said()] == ["ok", "ok"]
    assert len(writes) == 1
    failing["write"], now[0] = True, 200.0
    assert await probe.said() == "nothing can be written"
    failing["read"] = True
    assert await probe.said() == "not reachable"
    failing.update(read=False, write=False)
    assert await probe.said() == "ok"

    def hang() -> None:
        go_on.wait(20)

    hanging = Probe(hang, write, lambda: now[0], within=0.1)
    began = time.monotonic()
    assert await asyncio.gather(*(hanging.said() for _ in range(50))) == ["no answer"] * 50
    assert time.monotonic() - began < 2
    go_on.set()
    probe.stop()
    hanging.stop()

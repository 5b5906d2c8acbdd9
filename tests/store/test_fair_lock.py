"""The queue of SQLite's writers: first come, first served, and nobody's turn is lost."""

from __future__ import annotations

import threading
import time

import pytest

from bot.store import Store, StoreUnavailable
from bot.store import store as module
from bot.store.fair_lock import FairLock
from tests.store.facts import DANA, fill


def until_waiting(lock: FairLock, count: int) -> None:
    while len(lock._waiting) < count:
        time.sleep(0.001)


def test_turns_come_in_the_order_they_were_asked_for() -> None:
    lock, came = FairLock(), list[int]()
    assert lock.acquire(0)

    def wait(number: int) -> None:
        assert lock.acquire(60)
        came.append(number)
        lock.release()

    threads = []
    for number in range(5):
        threads.append(threading.Thread(target=wait, args=(number,), daemon=True))
        threads[-1].start()
        until_waiting(lock, number + 1)
    lock.release()
    for thread in threads:
        thread.join(60)
    assert came == [0, 1, 2, 3, 4]


def test_who_gives_it_back_and_asks_again_comes_last() -> None:
    lock, came = FairLock(), list[str]()
    assert lock.acquire(0)

    def wait() -> None:
        assert lock.acquire(60)
        came.append("waiting")
        lock.release()

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    until_waiting(lock, 1)
    lock.release()
    assert lock.acquire(60)
    came.append("again")
    lock.release()
    thread.join(60)
    assert came == ["waiting", "again"]


def test_who_gave_up_waiting_gets_no_turn() -> None:
    lock = FairLock()
    assert lock.acquire(0)
    assert not lock.acquire(0.01)
    lock.release()
    assert lock.acquire(0)
    lock.release()


def test_a_turn_that_comes_while_leaving_is_handed_on() -> None:
    lock = FairLock()
    assert lock.acquire(0)
    left = threading.Lock()
    left.acquire()
    lock._waiting.append(left)
    lock.release()
    lock._leave(left)
    assert lock.acquire(0)


def test_the_lock_is_held_while_the_block_runs_and_free_after_an_error() -> None:
    lock = FairLock()

    def fail() -> None:
        with lock.held(0) as first, lock.held(0.01) as second:
            assert (first, second) == (True, False)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    with lock.held(0) as again:
        assert again


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_writer_that_waited_too_long_is_told_so(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(store)
    monkeypatch.setattr(module, "BUSY_SECONDS", 0.01)
    with store.unit_of_work() as unit:
        unit.records.touch(DANA.ase_id)
        with pytest.raises(StoreUnavailable, match="other writers"), store.unit_of_work():
            raise AssertionError("let in")
        with store.unit_of_work(write=False) as reading:  # readers never queue
            assert reading.records.person(DANA.ase_id) is not None
        unit.commit()
    with store.unit_of_work() as unit:
        unit.records.touch(DANA.ase_id)
        unit.commit()

"""Messages are read in a bounded number of threads and a bounded time, and nobody else waits for them."""

from __future__ import annotations

import asyncio
import sys
import threading
import time

import pytest

from bot.commands.serve import SWITCH
from bot.conversation.workers import Readers, TooManyAtOnce, TooMuchToRead


async def test_what_is_read_comes_back_and_what_fails_fails() -> None:
    readers = Readers(2)
    assert await readers.read(divmod, 7, 2) == (3, 1)
    with pytest.raises(ZeroDivisionError):
        await readers.read(divmod, 7, 0)
    readers.stop()


async def test_no_more_are_read_at_once_than_there_are_threads() -> None:
    readers, at_once, most = Readers(2), [0], [0]
    guard = threading.Lock()

    def work() -> None:
        with guard:
            at_once[0] += 1
            most[0] = max(most[0], at_once[0])
        time.sleep(0.02)
        with guard:
            at_once[0] -= 1

    await asyncio.gather(*(readers.read(work) for _ in range(12)))
    assert most[0] == 2
    readers.stop()


async def test_what_takes_too_long_is_given_up_and_keeps_its_place_only_until_it_ends() -> None:
    readers, go_on = Readers(1, within=0.05, started_within=0.05), threading.Event()
    with pytest.raises(TooMuchToRead):
        await readers.read(go_on.wait, 30)
    assert readers.given_up == 1
    with pytest.raises(TooManyAtOnce):
        await readers.read(divmod, 7, 2)
    go_on.set()
    await asyncio.sleep(0.1)
    assert await readers.read(divmod, 7, 2) == (3, 1)
    readers.stop()


async def test_the_loop_goes_on_while_messages_are_read() -> None:
    sys.setswitchinterval(SWITCH)
    readers, end = Readers(2), time.monotonic() + 0.6
    reading = [asyncio.create_task(readers.read(_busy, end)) for _ in range(2)]
    late = []
    while time.monotonic() < end:
        before = time.monotonic()
        await asyncio.sleep(0.005)
        late.append(time.monotonic() - before - 0.005)
    await asyncio.gather(*reading)
    assert sorted(late)[len(late) // 2] < 0.05
    readers.stop()


def _busy(end: float) -> int:
    count = 0
    while time.monotonic() < end:
        count += 1
    return count

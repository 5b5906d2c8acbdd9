"""Calls at once while the server is killed and started again: none of them loses its place or does a thing twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import aiohttp
import pytest

from bot.clock import Clock
from bot.store import Store
from bot.store.records_io import load_document
from tests.phone.many_calls import AS_OF, SEAT, SHORT, WHOLE, Calls, people, places, serving
from tests.whole import model


async def all_hear_the_same(folder: Path, calls: int, lines: Sequence[str], kill_after: Sequence[int]) -> Store:
    """One caller on a quiet server says what should be heard; then all of them, with kills."""
    url = f"sqlite:///{folder / 'calls.db'}"
    store = Store(url)
    store.migrate()
    load_document(store, people(calls + 1), Clock(datetime.fromisoformat(AS_OF)))
    async with serving(url, model()) as server, aiohttp.ClientSession() as session:
        [quiet] = await Calls(server, store, session).run([0], lines)
        assert len(set(quiet)) > len(lines) // 2
        busy = Calls(server, store, session, kill_after)
        heard = await busy.run(range(1, calls + 1), lines)
        assert server.kills == len(kill_after)
    for number, documents in enumerate(heard, start=1):
        for turn, (said, wanted) in enumerate(zip(documents, quiet, strict=True)):
            assert said == wanted, f"caller {number}, turn {turn} ({(('', *lines))[turn]!r})"
    assert busy.answered >= calls * (len(lines) + 1)
    return store


async def test_three_calls_and_one_kill(tmp_path: Path) -> None:
    store = await all_hear_the_same(tmp_path, 3, SHORT, [12])
    assert {number: places(store, number) for number in range(4)} == {
        number: (len(SHORT), f"{SEAT} cancelled", ["cancel_appointment"]) for number in range(4)
    }
    store.close()


@pytest.mark.long
async def test_ten_calls_of_thirty_turns_and_two_kills(tmp_path: Path) -> None:
    assert len(WHOLE) == 30
    store = await all_hear_the_same(tmp_path, 10, WHOLE, [100, 220])
    assert {number: places(store, number) for number in range(11)} == {
        number: (30, f"{SEAT} booked", ["reschedule", "undo"]) for number in range(11)
    }
    store.close()

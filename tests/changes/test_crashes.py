"""A crash at each step of moving an appointment in conversation: no step loses a seat, and the next try succeeds.

Every statement sent to the database while a turn is served is a step. The process ends there, as far as anybody can
tell: the connection is gone, nothing more happens, and the very same turn comes again.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from bot.contracts.conversation import Turn
from tests.changes.conftest import World
from tests.changes.playing import WHO, appointments, done, seats, sound

OLD, NEW = "2026-03-20T09:00 CHI-01 booked", "2026-03-18T09:00 CHI-01 booked"


class Crash(BaseException):
    """Nothing catches it, as nothing catches the end of a process."""


@contextmanager
def ends_at(world: World, number: int | None, *, after: bool = False) -> Iterator[list[str]]:
    """The database's n-th statement (or commit) is the last thing that happens; None: they are only counted.

    `after`: it still takes effect, and only the word of it is lost.
    """
    steps: list[str] = []

    def step(connection: Any, statement: str) -> None:
        steps.append(statement)
        if number is not None and len(steps) >= number:
            connection.connection.dbapi_connection.rollback()  # what the database does when a process is gone
            raise Crash(statement)

    def statement(connection: Any, _cursor: Any, words: str, *_rest: Any) -> None:
        step(connection, words)

    def commit(connection: Any) -> None:
        if after:
            connection.connection.dbapi_connection.commit()
        step(connection, "COMMIT")

    kind = "after_cursor_execute" if after else "before_cursor_execute"
    event.listen(world.store.engine, kind, statement)
    event.listen(world.store.engine, "commit", commit)
    try:
        yield steps
    finally:
        event.remove(world.store.engine, kind, statement)
        event.remove(world.store.engine, "commit", commit)


def kept(world: World) -> None:
    """The person has one seat, and none was lost or made."""
    found = appointments(world.store)["P-A5"]
    free = seats(world.store)
    assert found in (OLD, NEW), found
    assert free.get("2026-03-18T09:00 CHI-01", 0) == (1 if found == OLD else 0)
    assert free.get("2026-03-20T09:00 CHI-01", 0) == (0 if found == OLD else 1)
    assert done(world.store) == ([] if found == OLD else ["reschedule"])


async def moved(world: World, number: int | None, after: bool) -> int:
    """Preview and yes, each with a crash at that step and then the same turn again; how many steps the longer has."""
    talk = await world.talk()
    longest = 0
    for name, said in (("preview", "move my A5 appointment to march 18 at 9 am"), ("answer", "yes")):
        turn = Turn(talk.conversation_id, name, "text", said, None, "h")
        with ends_at(world, number, after=after) as steps:
            try:
                await world.assistant().take(turn)
            except Crash:
                assert number is not None
        longest = max(longest, len(steps))
        kept(world)
        await world.assistant().take(turn)
    assert appointments(world.store)["P-A5"] == NEW
    assert done(world.store) == ["reschedule"]
    sound(world.store)
    return longest


@pytest.fixture
def fresh(changes_template: Path, tmp_path: Path) -> Iterator[Any]:
    made: list[World] = []

    def make() -> World:
        path = tmp_path / f"crash{len(made)}.db"
        shutil.copy(changes_template, path)
        made.append(World(f"sqlite:///{path}"))
        return made[-1]

    yield make
    for world in made:
        world.store.close()


async def walk(fresh: Any, after: bool, every: int, first: int = 1) -> None:
    steps = await moved(fresh(), None, after)
    assert steps >= 30
    for number in range(first, steps + 1, every):
        await moved(fresh(), number, after)


async def test_a_crash_before_some_steps(fresh: Any) -> None:
    await walk(fresh, after=False, every=6)


async def test_a_crash_after_some_steps(fresh: Any) -> None:
    await walk(fresh, after=True, every=6, first=4)


@pytest.mark.long
@pytest.mark.parametrize("after", [False, True])
async def test_a_crash_at_every_step(fresh: Any, after: bool) -> None:
    await walk(fresh, after, every=1)


def test_the_person_is_there(world: World) -> None:
    assert appointments(world.store, WHO)["P-A5"] == OLD

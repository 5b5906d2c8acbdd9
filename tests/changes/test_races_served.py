"""Races through the front door: two server processes on one database, one of them killed in the middle."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import jwt
import pytest

from bot.store import Store
from tests.changes.conftest import PEOPLE, World
from tests.changes.playing import WHO, appointments, done, seats, sound
from tests.store.conftest import postgres, run_sql  # noqa: F401
from tests.whole import database, fill, model

SECRET = "a secret of these tests, long enough to be one"
RACERS = [f"ASE-2100-{number:04d}" for number in range(10)]


class Servers:
    """Two servers on one database."""

    def __init__(self, processes: list[asyncio.subprocess.Process], addresses: list[str]) -> None:
        self.processes = processes
        self.addresses = addresses
        self.http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(60))

    async def open(self, who: str, number: int = 0) -> tuple[str, dict[str, str]]:
        """A conversation of a signed-in person: its path and headers."""
        now = int(time.time())
        token = jwt.encode({"sub": who, "aud": "assistant", "iat": now, "exp": now + 300}, SECRET, "HS256")
        body = {"channel": "web", "candidate_token": token}
        async with self.http.post(f"{self.addresses[number]}/api/v1/conversations", json=body) as answer:
            opened = await answer.json()
            assert answer.status == 201, opened
        return f"/api/v1/conversations/{opened['conversation_id']}", {"Authorization": f"Bearer {opened['token']}"}

    async def say(self, talk: tuple[str, dict[str, str]], text: str, name: str, number: int = 0) -> dict[str, Any]:
        """One message to one server; where that is gone or busy, the very same one again to the other."""
        path, headers = talk
        for attempt in range(20):
            address = self.addresses[(number + attempt) % 2]
            try:
                body = {"text": text, "client_message_id": name}
                async with self.http.post(f"{address}{path}/messages", json=body, headers=headers) as answer:
                    said: dict[str, Any] = await answer.json()
                    if answer.status == 200:
                        return said
                    assert answer.status in (429, 503), said
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.1)
        raise AssertionError("no server answered")

    def kill(self, number: int) -> None:
        """End a server at once."""
        self.processes[number].send_signal(signal.SIGKILL)


async def start(url: str) -> tuple[asyncio.subprocess.Process, str]:
    environment = os.environ | {"RACE_SECRET": SECRET, "ASSISTANT_TEST_MODEL": str(model())}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.changes.server",
        url,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=environment,
    )
    assert process.stdout is not None
    line = await asyncio.wait_for(process.stdout.readline(), 180)
    assert line, "the server did not start"
    return process, line.decode().strip()


@asynccontextmanager
async def servers(url: str) -> AsyncIterator[Servers]:
    started = await asyncio.gather(start(url), start(url))
    running = Servers([process for process, _ in started], [address for _, address in started])
    try:
        yield running
    finally:
        await running.http.close()
        for process in running.processes:
            if process.returncode is None:
                process.kill()
            await process.wait()


def words(reply: dict[str, Any]) -> str:
    return "\n".join(m["text"] for m in reply["messages"] if m["author"] == "assistant")


async def same_yes_from_ten(running: Servers, store: Store) -> None:
    """One conversation, ten clients, two servers."""
    talk = await running.open(WHO)
    await running.say(talk, "move my A5 appointment to march 13 at 2 pm", "first")
    replies = await asyncio.gather(*(running.say(talk, "yes", f"yes-{n}", n % 2) for n in range(10)))
    assert {words(reply) for reply in replies} == {words(replies[0])}
    assert words(replies[0]).startswith("Moved")
    assert done(store) == ["reschedule"]
    assert appointments(store)["P-A5"] == "2026-03-13T14:00 CHI-01 booked"


async def last_seat_for_ten(running: Servers, store: Store, killed: bool, chance: random.Random) -> None:
    """Ten people were shown the same last seat (nobody's hold lasts); all say yes; one server dies meanwhile."""
    wanted = "2026-03-18T09:00 CHI-01"
    before = seats(store)
    talks = [await running.open(who, n % 2) for n, who in enumerate(RACERS)]
    for n, talk in enumerate(talks):
        await running.say(talk, "book my A1 on march 18 at 9 am", "first", n % 2)
        with store.unit_of_work() as uow:
            uow.seats.release(RACERS[n])
            uow.commit()
    sent = [asyncio.create_task(running.say(talk, "yes", "yes", n % 2)) for n, talk in enumerate(talks)]
    if killed:
        await asyncio.sleep(chance.uniform(0.0, 0.3))
        running.kill(1)
    replies = await asyncio.gather(*sent)
    booked = [who for who in RACERS if appointments(store, who)["P"] == f"{wanted} booked"]
    assert len(booked) == 1
    assert sum("Booked" in words(reply) for reply in replies) == 1
    for who, reply in zip(RACERS, replies, strict=True):
        if who not in booked:
            assert "was just taken" in words(reply)
            assert appointments(store, who)["P"] is None
            assert done(store, who) == ["book_refused"]
    assert wanted not in seats(store)
    assert sum(seats(store).values()) == sum(before.values()) - 1
    with store.unit_of_work(write=False) as uow:
        mails = [m.mail.to for m in uow.outbox.list() if m.mail.kind == "book_mail"]
    assert len(mails) == 1


async def rounds(url: str, killed: bool) -> None:
    store = Store(url)
    async with servers(url) as running:
        await same_yes_from_ten(running, store)
        await last_seat_for_ten(running, store, killed, random.Random(11))
    assert sound(store) >= 20
    store.close()


async def test_two_servers_one_of_them_killed(tmp_path: Path) -> None:
    path = database(tmp_path / "races.db", PEOPLE, "2026-03-02T10:00:00-06:00")
    await rounds(f"sqlite:///{path}", killed=True)


@pytest.mark.long
@pytest.mark.parametrize("killed", [False, True])
async def test_two_servers_on_postgresql(postgres: str, killed: bool) -> None:  # noqa: F811
    name = f"served_{int(killed)}"
    run_sql(postgres.format("postgres"), f"CREATE DATABASE {name}")
    url = postgres.format(name)
    store = Store(url)
    store.migrate()
    fill(store, PEOPLE, "2026-03-02T10:00:00-06:00")
    store.close()
    await rounds(url, killed=killed)
    run_sql(postgres.format("postgres"), f"DROP DATABASE {name} WITH (FORCE)")


def test_the_people_are_there(world: World) -> None:
    assert all(appointments(world.store, who) == {"P": None} for who in RACERS)

"""Stopping: the turn in flight is finished, new ones are refused, sockets hear a goodbye."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import aiohttp
import pytest
from aiohttp import web

from bot.clock import Clock
from bot.config.settings import Settings
from bot.contracts.background import Background, BackgroundTask
from bot.gateway.app import create_app
from bot.gateway.keys import TURNS
from bot.gateway.server import serve
from tests.gateway.fake_assistant import FakeAssistant


class Served:
    """A service on a port of its own."""

    def __init__(self, task: asyncio.Task[None], address: str, http: aiohttp.ClientSession) -> None:
        self.task = task
        self.address = address
        self.http = http

    async def open(self) -> tuple[str, dict[str, str]]:
        """A conversation: its address and the headers that open it."""
        async with self.http.post(f"{self.address}/api/v1/conversations", json={"channel": "web"}) as answer:
            opened = await answer.json()
        headers = {"Authorization": f"Bearer {opened['token']}"}
        return f"{self.address}/api/v1/conversations/{opened['conversation_id']}", headers


@asynccontextmanager
async def served(app: web.Application, stop: asyncio.Event | None = None) -> AsyncIterator[Served]:
    ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(serve(app, "127.0.0.1", 0, stop=stop, ready=ready.set_result))
    address = await asyncio.wait_for(ready, 5)
    async with aiohttp.ClientSession() as http:
        yield Served(task, address, http)
        await asyncio.wait_for(task, 5)


async def test_sigterm_finishes_the_turn_in_flight(assistant: FakeAssistant, settings: Settings) -> None:
    app = create_app(assistant, replace(settings, stop_timeout=5), Clock())
    async with served(app) as service:
        talk, headers = await service.open()
        socket = await service.http.ws_connect(f"{talk}/stream")
        await socket.send_json({"token": headers["Authorization"].split()[1], "after": 1})
        await socket.receive_json(timeout=2)

        async def turn(text: str) -> tuple[int, dict[str, object]]:
            body = {"text": text, "client_message_id": text}
            async with service.http.post(f"{talk}/messages", json=body, headers=headers) as answer:
                return answer.status, await answer.json()

        slow = asyncio.create_task(turn("slow"))
        await assistant.begun.wait()
        os.kill(os.getpid(), signal.SIGTERM)
        while not app[TURNS].closed:
            await asyncio.sleep(0.01)
        status, body = await turn("late")
        assert status == 503
        assert body["error"]["code"] == "unavailable"  # type: ignore[index]
        async with service.http.get(f"{service.address}/readyz") as answer:
            assert answer.status == 503
        async with service.http.post(f"{service.address}/api/v1/conversations", json={"channel": "web"}) as answer:
            assert answer.status == 503
        assert not slow.done()
        assistant.let_go()
        status, body = await slow
        assert (status, body["turn"]) == (200, 1)
        assert len((await socket.receive_json(timeout=2))["messages"]) == 2
        assert (await socket.receive(timeout=2)).type is aiohttp.WSMsgType.CLOSE
        assert socket.close_code == 1001
        await socket.close()
    assert assistant.carried_out == 1


async def test_it_does_not_wait_for_ever(assistant: FakeAssistant, settings: Settings) -> None:
    app = create_app(assistant, replace(settings, stop_timeout=0), Clock())
    stop = asyncio.Event()
    async with served(app, stop) as service:
        talk, headers = await service.open()
        body = {"text": "slow", "client_message_id": "m"}
        pending = asyncio.create_task(service.http.post(f"{talk}/messages", json=body, headers=headers))
        await assistant.begun.wait()
        stop.set()
        await asyncio.sleep(0.05)
        assistant.let_go()
        assert (await pending).status == 200


async def test_a_second_signal_hurries(assistant: FakeAssistant, settings: Settings) -> None:
    app = create_app(assistant, replace(settings, stop_timeout=60), Clock())
    async with served(app) as service:
        talk, headers = await service.open()
        body = {"text": "slow", "client_message_id": "m"}
        pending = asyncio.create_task(service.http.post(f"{talk}/messages", json=body, headers=headers))
        await assistant.begun.wait()
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.sleep(0.05)
        assert not service.task.done()
        os.kill(os.getpid(), signal.SIGINT)
        assistant.let_go()
        assert (await pending).status == 200


async def test_background_tasks_live_as_long_as_the_application(assistant: FakeAssistant, settings: Settings) -> None:
    order: list[str] = []

    async def work() -> None:
        order.append("begun")
        try:
            await asyncio.Event().wait()
        finally:
            order.append("ended")

    stop = asyncio.Event()
    app = create_app(assistant, settings, Clock(), background=Background(BackgroundTask("work", work)))
    async with served(app, stop) as service:
        await asyncio.sleep(0.01)
        assert order == ["begun"]
        shown = await (await service.http.get(f"{service.address}/readyz")).json()
        assert shown["background"]["work"] == {"running": True, "restarts": 0, "lag_seconds": 0.0, "given_up": 0}
        figures = await (await service.http.get(f"{service.address}/metrics")).text()
        assert 'assistant_background_lag_seconds{task="work"} 0.0' in figures
        await service.open()
        stop.set()
    assert order == ["begun", "ended"]


async def test_what_is_no_http_is_refused_and_not_repeated_in_the_log(
    assistant: FakeAssistant, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    stop = asyncio.Event()
    async with served(create_app(assistant, settings, Clock()), stop) as service:
        port = int(service.address.rsplit(":", 1)[1])
        for request in (b"EVIL /dana@example.org HTTP/1.1\r\n\r\n", b"GET /dana@example.org\r\nx\r\n\r\n"):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(request)
            assert b" 400 " in await reader.readline()
            writer.close()
            await writer.wait_closed()
        stop.set()
    assert "trouble on a connection: Bad" in caplog.text
    assert "dana@example.org" not in caplog.text


async def test_a_taken_port_is_an_error(assistant: FakeAssistant, settings: Settings) -> None:
    stop = asyncio.Event()
    async with served(create_app(assistant, settings, Clock()), stop) as service:
        port = int(service.address.rsplit(":", 1)[1])
        with pytest.raises(OSError, match=str(port)):
            await serve(create_app(assistant, settings, Clock()), "127.0.0.1", port)
        stop.set()

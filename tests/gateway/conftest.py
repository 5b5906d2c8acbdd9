"""The real application in front of a fake assistant."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient
from pytest_aiohttp.plugin import AiohttpClient

from bot.auth.tokens import HostTokens
from bot.clock import Clock
from bot.config.settings import Settings
from bot.contracts.demo import DemoMail, DemoPerson
from bot.gateway.app import create_app
from tests.gateway.fake_assistant import FakeAssistant

SECRET = "the key of the host page in tests, long enough"
Client = TestClient[web.Request, web.Application]


@dataclass
class Time:
    """Real time, moved by hand."""

    now: datetime = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
    seconds: float = 1_000.0


@dataclass
class Talk:
    """A conversation opened by a test."""

    client: Client
    id: str
    token: str
    opened: dict[str, Any]
    sent: int = 0

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def path(self, rest: str = "messages") -> str:
        return f"/api/v1/conversations/{self.id}/{rest}"

    async def post(self, **body: Any) -> ClientResponse:
        """Send a turn; a client_message_id is made up where none is given."""
        self.sent += 1
        body.setdefault("client_message_id", f"post-{self.sent}")
        return await self.client.post(self.path(), json=body, headers=self.headers)

    async def say(self, text: str, **more: Any) -> dict[str, Any]:
        """Send a text and take the reply."""
        answer = await self.post(text=text, **more)
        assert answer.status == 200, await answer.text()
        reply: dict[str, Any] = await answer.json()
        return reply


class FakeDemoPages:
    """Two people, and mails that a test puts there."""

    def __init__(self) -> None:
        self.sent: list[DemoMail] = []

    async def people(self) -> tuple[DemoPerson, ...]:
        return (
            DemoPerson("ASE-1000-0001", "Dana Reyes", "A5 booked"),
            DemoPerson("ASE-1000-0002", "Sam <b>Bold</b>"),
        )

    async def mails(self, limit: int) -> tuple[DemoMail, ...]:
        return tuple(reversed(self.sent))[:limit]


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def clock(time: Time) -> Clock:
    return Clock(real=lambda: time.now, monotonic=lambda: time.seconds)


@pytest.fixture
def settings() -> Settings:
    return Settings.from_environment({"ASSISTANT_HOST_SECRET": SECRET, "ASSISTANT_STOP_TIMEOUT": "1"})


@pytest.fixture
def tokens(clock: Clock) -> HostTokens:
    return HostTokens(SECRET, clock)


@pytest.fixture
def assistant() -> FakeAssistant:
    return FakeAssistant()


@pytest.fixture
def demo_pages() -> FakeDemoPages:
    return FakeDemoPages()


MakeClient = Callable[..., Awaitable[Client]]


@pytest.fixture
def make_client(
    aiohttp_client: AiohttpClient, assistant: FakeAssistant, settings: Settings, clock: Clock, demo_pages: FakeDemoPages
) -> MakeClient:
    """Start the application with settings changed, as a demo or with a moved clock."""

    async def make(*, demo: bool = False, clock: Clock = clock, **changes: Any) -> Client:
        changed = replace(settings, **changes)
        if demo:
            changed = changed.for_demo()
        app = create_app(assistant, changed, clock, demo=demo_pages if demo else None)
        return await aiohttp_client(app)

    return make


@pytest.fixture
async def client(make_client: MakeClient) -> Client:
    return await make_client()


@pytest.fixture
async def talk(client: Client) -> Talk:
    return await open_talk(client)


async def open_talk(client: Client, **body: Any) -> Talk:
    """Start a conversation on the web, or as `body` says."""
    answer = await client.post("/api/v1/conversations", json={"channel": "web", **body})
    assert answer.status == 201, await answer.text()
    opened = await answer.json()
    return Talk(client, opened["conversation_id"], opened["token"], opened)


async def refused(answer: ClientResponse, status: int, code: str, field: str | None = None) -> str:
    """Check the one error shape; the message."""
    body = await answer.json()
    assert answer.status == status, body
    assert answer.content_type == "application/json"
    assert set(body) == {"error"}
    error = body["error"]
    assert set(error) <= {"code", "message", "field"}
    assert (error["code"], error.get("field")) == (code, field)
    assert isinstance(error["message"], str)
    assert error["message"]
    return str(error["message"])

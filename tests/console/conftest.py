"""The console over a fresh database with the people of the demo, and an assistant that reads by plain words."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from pytest_aiohttp.plugin import AiohttpClient

from bot.bootstrap import Parts, build_parts
from bot.clock import Clock
from bot.config.settings import Settings
from bot.console.accounts import Accounts
from bot.console.demo import DEMO_PASSWORD, make_demo_agents
from bot.contracts.conversation import Identity, Reply, Turn
from bot.conversation.service import Assistant
from bot.demo.people import load_demo
from bot.gateway.app import create_app
from bot.gateway.channels.agent_console import Console, agent_console, build_console
from bot.store import Store
from tests.console.plain_parser import PlainParser

AS_OF = datetime.fromisoformat("2026-03-02T10:00:00-06:00")
REAL = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)
ENVIRONMENT = {
    "ASSISTANT_HOST_SECRET": "the key of the host page in tests, long enough",
    "ASSISTANT_STOP_TIMEOUT": "1",
    "ASSISTANT_RATE_REQUESTS": "0",
    "ASSISTANT_RATE_CONVERSATIONS": "0",
    "ASSISTANT_RATE_TURNS": "0",
}
DANA = "ASE-1000-0001"
MARCUS = "ASE-1000-0002"


@dataclass
class Time:
    """Both times, moved by hand."""

    real: datetime = REAL

    def forward(self, **more: float) -> None:
        self.real += timedelta(**more)


@pytest.fixture(scope="session")
def console_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database with the demo's people and an account of each role."""
    path = tmp_path_factory.mktemp("console") / "template.db"
    store = Store(f"sqlite:///{path}")
    store.migrate()
    clock = Clock(AS_OF, real=lambda: REAL)
    load_demo(store, clock)
    make_demo_agents(Accounts(store, clock))
    store.close()
    return path


@dataclass
class House:
    """Everything behind the door, for tests that look into it."""

    parts: Parts
    assistant: Assistant
    parser: PlainParser
    console: Console
    time: Time
    counter: itertools.count[int] = field(default_factory=itertools.count)

    @property
    def store(self) -> Store:
        return self.parts.store

    def agent(self, name: str) -> Any:
        """An account by name."""
        with self.store.unit_of_work(write=False) as uow:
            found = uow.agents.get(name)
        assert found is not None
        return found

    async def open(self, person: str | None = DANA, channel: str = "web") -> str:
        """A conversation of a candidate; its id."""
        opened = await self.assistant.open(channel, "en-US", Identity(candidate=person))  # type: ignore[arg-type]
        return opened.conversation_id

    async def take(self, conversation_id: str, kind: str, value: str) -> Reply:
        """One turn of the candidate."""
        number = next(self.counter)
        return await self.assistant.take(
            Turn(conversation_id, f"m{number}", kind, value, None, f"{number:064d}")  # type: ignore[arg-type]
        )

    async def say(self, conversation_id: str, text: str) -> Reply:
        """A line of the candidate."""
        return await self.take(conversation_id, "text", text)

    def audited(self, action: str) -> list[Any]:
        """The audit lines of one action."""
        with self.store.unit_of_work(write=False) as uow:
            return [entry.event for entry in uow.audit.entries() if entry.event.action == action]


def build_house(path: Path, *, clock: Clock, time: Time, demo: bool = False) -> House:
    """The parts over a database."""
    settings = Settings.from_environment({**ENVIRONMENT, "ASSISTANT_DATABASE_URL": f"sqlite:///{path}"})
    if demo:
        settings = settings.for_demo()
    parts = build_parts(settings, clock)
    parser = PlainParser()
    assistant = Assistant(parts.store, parts.services, parts.dialogue, parser)
    console = build_console(assistant, parts.store, parts.services, parts.dialogue, parts.clock, demo=demo)
    return House(parts, assistant, parser, console, time)


@pytest.fixture
def house(console_template: Path, tmp_path: Path) -> Iterator[House]:
    path = tmp_path / "console.db"
    shutil.copy(console_template, path)
    time = Time()
    made = build_house(path, clock=Clock(AS_OF, real=lambda: time.real), time=time)
    yield made
    made.store.close()


@dataclass
class AgentClient:
    """An agent with a session."""

    client: TestClient[web.Request, web.Application]
    csrf: str
    cookie: str

    def _headers(self, csrf: bool) -> dict[str, str]:
        return {"Cookie": f"assistant_agent={self.cookie}"} | ({"X-CSRF-Token": self.csrf} if csrf else {})

    async def get(self, path: str, status: int = 200) -> Any:
        return await self.ask("GET", path, None, status)

    async def post(self, path: str, status: int = 200, **body: Any) -> Any:
        return await self.ask("POST", path, body, status)

    async def ask(self, method: str, path: str, body: Any, status: int = 200) -> Any:
        """A request; its JSON once the status is as expected."""
        sent: dict[str, Any] = {} if body is None else {"json": body}
        answer = await self.client.request(method, f"/agent/api{path}", headers=self._headers(method != "GET"), **sent)
        assert answer.status == status, f"{answer.status} {await answer.text()}"
        return await answer.json() if "json" in answer.content_type else await answer.text()


SignIn = Callable[[str], Awaitable[AgentClient]]


@pytest.fixture
async def client(aiohttp_client: AiohttpClient, house: House) -> TestClient[web.Request, web.Application]:
    settings = house.parts.settings
    return await aiohttp_client(
        create_app(house.assistant, settings, house.parts.clock, channels=[agent_console(house.console)])
    )


@pytest.fixture
async def sign_in(client: TestClient[web.Request, web.Application]) -> SignIn:
    async def do(name: str) -> AgentClient:
        answer = await client.post("/agent/api/session", json={"name": name, "password": DEMO_PASSWORD})
        assert answer.status == 200, await answer.text()
        token = answer.cookies["assistant_agent"].value
        client.session.cookie_jar.clear()
        return AgentClient(client, (await answer.json())["csrf"], token)

    return do

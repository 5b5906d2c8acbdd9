"""A fresh database with the people of these tests, and assistants over it with a clock of their own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.clock import Clock
from bot.contracts.conversation import Identity
from bot.conversation.service import Assistant
from bot.store import Store
from tests.conversations.harness import Talk
from tests.whole import assistant_on, database

PEOPLE = Path(__file__).parent / "people.yml"
AS_OF = "2026-03-02T10:00:00-06:00"


class Time:
    """Real time that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def passes(self, **span: float) -> None:
        self.now += timedelta(**span)


class World:
    """One database, any number of assistants and conversations on it."""

    def __init__(self, url: str) -> None:
        self.store = Store(url)
        self.time = Time()
        self.assistants: dict[str | None, Assistant] = {}

    def assistant(self, as_of: str | None = AS_OF) -> Assistant:
        """An assistant whose policy clock stands at `as_of` (None: runs with real time)."""
        if as_of not in self.assistants:
            moved = datetime.fromisoformat(as_of) if as_of else None
            self.assistants[as_of] = assistant_on(self.store, Clock(moved, real=self.time))
        return self.assistants[as_of]

    async def talk(
        self,
        who: str | None = "ASE-2000-0001",
        channel: str = "web",
        as_of: str | None = AS_OF,
        agent: str | None = None,
    ) -> Talk:
        """A conversation, opened."""
        talk = Talk(self.assistant(as_of), self.store)
        identity = Identity(None, agent, "agent") if agent else Identity(who)
        await talk.open(channel, identity, who if agent else None)
        return talk


@pytest.fixture(scope="session")
def changes_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return database(tmp_path_factory.mktemp("changes") / "template.db", PEOPLE, AS_OF)


@pytest.fixture
def world(changes_template: Path, tmp_path: Path) -> Iterator[World]:
    path = tmp_path / "changes.db"
    shutil.copy(changes_template, path)
    made = World(f"sqlite:///{path}")
    yield made
    made.store.close()

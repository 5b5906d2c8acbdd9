"""The dialogue over a fresh database with the people of the written conversations; messages are read by plain words."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from bot.bootstrap import build_dialogue
from bot.clock import Clock
from bot.contracts.conversation import Identity
from bot.conversation.service import Assistant
from bot.dialogue.engine import Dialogue
from bot.dialogue.ports import Services
from bot.store import Store
from tests.console.plain_parser import PlainParser
from tests.conversations.conftest import AS_OF, PEOPLE
from tests.conversations.harness import Talk
from tests.whole import database, services_on

DANA = "ASE-1000-0001"
SIGNED_IN = Identity(DANA)


@dataclass(frozen=True)
class House:
    """A database and all that stands on it."""

    store: Store
    services: Services
    dialogue: Dialogue
    parser: PlainParser

    def talk(self) -> Talk:
        """A conversation that is not open yet."""
        return Talk(Assistant(self.store, self.services, self.dialogue, self.parser), self.store)


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database with the people, to be copied for each test."""
    return database(tmp_path_factory.mktemp("dialogue") / "template.db", PEOPLE, AS_OF)


@pytest.fixture
def house(filled: Path, tmp_path: Path) -> Iterator[House]:
    """Everything over a copy of that database."""
    path = tmp_path / "dialogue.db"
    shutil.copy(filled, path)
    store, parser = Store(f"sqlite:///{path}"), PlainParser()
    yield House(store, services_on(store, Clock(datetime.fromisoformat(AS_OF))), build_dialogue(parser.actions), parser)
    store.close()

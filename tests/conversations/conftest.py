"""The whole assistant for conversations: the trained model once per run, a fresh database for each test."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
import yaml

from bot.bootstrap import Parts, build_parts
from bot.clock import Clock
from bot.config.settings import Settings
from bot.conversation.service import Assistant
from bot.store import Store
from bot.store.records_io import load_document
from tests.conversations.harness import Talk
from tests.whole import dialogue, parser

HERE = Path(__file__).parent
PEOPLE = HERE / "people.yml"
AS_OF = "2026-03-02T10:00:00-06:00"


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite database with the people of these conversations."""
    path = tmp_path_factory.mktemp("talk") / "template.db"
    store = Store(f"sqlite:///{path}")
    store.migrate()
    load_document(store, yaml.safe_load(PEOPLE.read_text()), Clock(datetime.fromisoformat(AS_OF)))
    store.close()
    return path


def _parts(path: Path, as_of: str) -> Parts:
    settings = Settings.from_environment({"ASSISTANT_DATABASE_URL": f"sqlite:///{path}", "ASSISTANT_ENV": "test"})
    return build_parts(settings, Clock(datetime.fromisoformat(as_of)))


MakeTalk = Callable[..., Talk]


@pytest.fixture
def make_talk(template: Path, tmp_path: Path) -> Iterator[MakeTalk]:
    """Makes conversations on one fresh copy of the people's database; `as_of` moves the clock."""
    path = tmp_path / "talk.db"
    shutil.copy(template, path)
    opened: list[Store] = []

    def make(as_of: str = AS_OF) -> Talk:
        parts = _parts(path, as_of)
        opened.append(parts.store)
        assistant = Assistant(parts.store, parts.services, dialogue(), parser())
        return Talk(assistant, parts.store)

    yield make
    for store in opened:
        store.close()

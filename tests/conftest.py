"""Every test has an id of its own: by it the tests are shared out, and of two with the same id only one would run."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

LONG_FIRST = ("nlu", "widget", "console", "conversations", "changes", "phone", "dialogue", "commands", "store")
"""Folders whose files take long. They are begun first, so that processes that share the tests end together."""


def _turn(item: pytest.Item) -> int:
    folder = item.path.relative_to(Path(__file__).parent).parts[0]
    return LONG_FIRST.index(folder) if folder in LONG_FIRST else len(LONG_FIRST)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Long files first; an id that stands twice is refused where several processes share the tests."""
    if not hasattr(config, "workerinput"):
        return
    items.sort(key=_turn)
    twice = [name for name, count in Counter(item.nodeid for item in items).items() if count > 1]
    if twice:
        raise pytest.UsageError(f"{len(twice)} ids stand twice, the first is {twice[0]}")

"""Every test has an id of its own: by it the tests are shared out, and of two with the same id only one would run."""

from __future__ import annotations

from collections import Counter

import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Refuse an id that stands twice where several processes share the tests."""
    if not hasattr(config, "workerinput"):
        return
    twice = [name for name, count in Counter(item.nodeid for item in items).items() if count > 1]
    if twice:
        raise pytest.UsageError(f"{len(twice)} ids stand twice, the first is {twice[0]}")

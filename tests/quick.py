"""The plugin of `make fast`: a quick test may need neither the trained model nor a library that is slow to load."""

from __future__ import annotations

import os
import sys

import pytest

HEAVY = {"tensorflow", "rasa", "pgserver", "playwright"}


def pytest_configure() -> None:
    """Whoever asks for the model gets none."""
    os.environ["ASSISTANT_TEST_MODEL"] = os.devnull


def pytest_runtest_teardown() -> None:
    """The first test after which something heavy is loaded fails, and all after it."""
    if found := sorted(HEAVY & sys.modules.keys()):
        pytest.fail(f"not for `make fast`: {', '.join(found)}", pytrace=False)

from __future__ import annotations

from pathlib import Path

import pytest

from bot.answers import Answers
from bot.catalog import Catalog, load_catalog

LIVE = Path(__file__).parents[2] / "knowledge"


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return load_catalog(LIVE)


@pytest.fixture(scope="session")
def answers(catalog: Catalog) -> Answers:
    return Answers(catalog)

"""The committed script and style sheet belong to the committed sources."""

from __future__ import annotations

import gzip
import re

import pytest

from tests.built_pages import MARKUP_OR_COOKIE, STATIC, assert_built_from_sources, script_sources


@pytest.mark.parametrize("name", ["console.js", "console.css"])
def test_it_was_built_from_these_sources(name: str) -> None:
    assert_built_from_sources("console", name)


def test_it_is_small() -> None:
    assert len(gzip.compress((STATIC / "console.js").read_bytes(), 9)) <= 60_000


def test_it_makes_no_markup_of_text_and_uses_no_cookie() -> None:
    sources = script_sources("console")
    assert not re.search(MARKUP_OR_COOKIE, sources)
    assert len(sources) > 20_000

"""Wherever code says a phrase by name, the phrase exists and takes just the values given to it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.catalog import Catalog
from bot.changes import kinds

ROOT = Path(__file__).parents[2]
FILES = sorted(path for folder in ("bot", "actions") for path in (ROOT / folder).rglob("*.py"))


def literals(node: ast.expr) -> Iterator[str]:
    """The keys that a first argument can be, as far as they stand in the code."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from literals(node.body)
        yield from literals(node.orelse)
    elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        kind = getattr(kinds, node.value.id, None)  # BOOK.preview
        if isinstance(kind, kinds.ChangeKind):
            yield getattr(kind, node.attr)


def calls() -> Iterator[tuple[str, str, frozenset[str], bool]]:
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "phrase":
                given = frozenset(item.arg for item in node.keywords if item.arg and item.arg != "day")
                whole = all(item.arg for item in node.keywords)
                for key in literals(node.args[0]) if node.args else ():
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", key, given, whole


CALLS = list(calls())


@pytest.mark.parametrize(("place", "key", "given", "whole"), CALLS, ids=[f"{row[1]}-{row[0]}" for row in CALLS])
def test_a_phrase_said_in_code_exists_and_fits(
    catalog: Catalog, place: str, key: str, given: frozenset[str], whole: bool
) -> None:
    phrase = catalog.phrases.get(key)
    assert phrase is not None, f"{place}: no phrase {key}"
    assert given <= set(phrase.values), f"{place}: {key} takes {phrase.values}"
    certain = {
        mark.name
        for form in (phrase.forms.web, phrase.forms.voice)
        for mark in form.placeholders(optional=False)
        if not mark.policy
    }
    assert not whole or certain <= given, f"{place}: {key} needs {sorted(certain - given)}"


def test_found_at_least_so_many_cases() -> None:
    assert len(CALLS) >= 30

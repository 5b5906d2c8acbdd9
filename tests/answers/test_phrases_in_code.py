"""Wherever code says a phrase by name, the phrase exists and takes just the values given to it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.catalog import Catalog

ROOT = Path(__file__).parents[2]
FILES = sorted(path for folder in ("bot", "actions") for path in (ROOT / folder).rglob("*.py"))


KEY_AT = {"phrase": 0, "said": 0, "choice_of": 1}
"""What says a phrase, and at which place its key is given."""
NO_VALUES = {"day", "id", "value"}
"""Keywords of these calls that are not values of the phrase."""


def called(call: ast.Call) -> str:
    """The name of what is called, without what it belongs to."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def literals(node: ast.expr) -> Iterator[str]:
    """The keys that a first argument can be, as far as they stand in the code."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from literals(node.body)
        yield from literals(node.orelse)


def calls() -> Iterator[tuple[str, str, frozenset[str], bool]]:
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and (place := KEY_AT.get(called(node))) is not None:
                given = frozenset(item.arg for item in node.keywords if item.arg and item.arg not in NO_VALUES)
                whole = all(item.arg for item in node.keywords)
                for key in literals(node.args[place]) if len(node.args) > place else ():
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
    assert len(CALLS) >= 140

"""No wording stands in code, and a phrase that code says by name exists and takes just the values given to it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from bot.catalog import Catalog
from bot.changes import kinds
from bot.changes.kinds import KINDS
from bot.console.conversation_view import DATES
from bot.console.macros import MACROS
from bot.console.on_behalf import PARTS

ROOT = Path(__file__).parents[2]
FILES = sorted(path for folder in ("bot", "actions") for path in (ROOT / folder).rglob("*.py"))


KEY_AT = {"phrase": 0, "said": 0, "choice_of": 1, "not_found": 0, "forbidden": 0, "conflict": 1, "ConsoleError": 2}
"""What says a phrase, and at which place its key is given."""
NO_VALUES = {"day", "id", "value", "told", "values"}
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
    elif isinstance(node, ast.JoinedStr):
        fixed = (part.value if isinstance(part, ast.Constant) else "*" for part in node.values)
        yield "".join(str(part) for part in fixed)
    elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        kind = getattr(kinds, node.value.id, None)  # BOOK.preview
        if isinstance(kind, kinds.ChangeKind):
            yield getattr(kind, node.attr)


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
    if "*" in key:
        pattern = re.compile(re.escape(key).replace(r"\*", ".+"))
        assert any(map(pattern.fullmatch, catalog.phrases)), f"{place}: no phrase {key}"
        return
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
    assert len(CALLS) >= 150


@pytest.mark.parametrize(
    ("prefix", "names"),
    [("action_", KINDS), ("date_", DATES), ("macro_", MACROS), ("part_", PARTS)],
)
def test_every_name_that_is_shown_has_its_words(catalog: Catalog, prefix: str, names: Iterable[str]) -> None:
    assert {f"{prefix}{name}" for name in names} <= set(catalog.phrases)


def test_every_phrase_of_the_console_and_the_phone_is_said_somewhere(catalog: Catalog) -> None:
    said = [re.compile(re.escape(key).replace(r"\*", ".+")) for _, key, _, _ in CALLS]
    shown = [key for key in catalog.phrases if key.startswith(("error_", "line_", "choice_", "figure_", "macro_"))]
    assert [key for key in shown if not any(pattern.fullmatch(key) for pattern in said)] == []


# --- wording in code ----------------------------------------------------------------------------------

SPEAKING = tuple(f"bot/{room}/" for room in ("adapters", "answers", "console", "conversation", "dialogue"))
SPEAKING += ("bot/gateway/channels/",)
"""Rooms whose texts reach people: no title either, whether or not a mark ends it."""

NOT_SAID = (
    "bot/commands/",  # help and output of the command line
    "bot/config/settings.py",  # what each setting means
    "bot/contracts/conversation.py",  # errors of the interface
    "bot/demo/people.py",  # who the people of the demo are
    "bot/gateway/bodies.py",  # what is wrong with a request
    "bot/gateway/errors.py",
    "bot/gateway/health.py",
    "bot/gateway/metrics.py",
    "bot/gateway/openapi.py",  # the description of the interface
    "bot/gateway/stream.py",
    "bot/rasa_adapter/",  # progress of the training, and a line to warm up with
    "bot/console/demo.py",  # names of the accounts of the demo
    "bot/dialogue/regions.py",  # names of states and provinces
    "bot/dialogue/understanding/address.py",  # names of what stands in their place in a military address
)
"""Files, or folders, for developers and of names."""

WORDS = {"A S E", "A S E I D", "A as in apple", "Basic *", "Universal Time"}
"""Spelled names, words to listen for, a header and a time zone."""

_SENTENCE = re.compile(r"(?:[A-Z]|\* [a-z]).* .*[.?!:]", re.DOTALL)
_TITLE = re.compile(r"[A-Z][\w'’*-]*(?:[,;:]? [\w'’*-]+)+[.?!:]?")
_LOGS = {"log", "logger"}


def texts(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every text of a module with its line, but docstrings and what exceptions and the log say."""
    aside: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            aside.add(id(node.value))
        told = isinstance(node, ast.Call) and called(node) in {"invalid", "ApiError", "getLogger"}
        logged = isinstance(node, ast.Call) and getattr(getattr(node.func, "value", None), "id", "") in _LOGS
        if told or logged or isinstance(node, (ast.Assert, ast.Raise)):
            plain = node.exc if isinstance(node, ast.Raise) else node
            if isinstance(plain, ast.Call) and called(plain) in KEY_AT:
                continue  # these give words to people
            aside.update(id(inner) for inner in ast.walk(node))
        elif isinstance(node, ast.JoinedStr):
            aside.update(id(part) for part in node.values)
    for node in ast.walk(tree):
        if id(node) not in aside and isinstance(node, (ast.Constant, ast.JoinedStr)):
            yield from ((node.lineno, text) for text in literals(node))


def wording(name: str, source: str) -> list[str]:
    """Where a module has wording of its own."""
    if name.startswith(NOT_SAID):
        return []
    tree = ast.parse(source)
    looks = _TITLE if name.startswith(SPEAKING) else _SENTENCE
    found = [
        f"{name}:{line}: {text!r}"
        for line, text in texts(tree)
        if text.strip() not in WORDS and looks.fullmatch(text.strip())
    ]
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and called(node) == "Choice":
            given = [item.value for item in node.keywords if item.arg in {"title", "spoken"}]
            found += [f"{name}:{node.lineno}: {text!r}" for value in given for text in literals(value)]
    return found


def test_no_wording_stands_in_code() -> None:
    found = [place for path in FILES for place in wording(str(path.relative_to(ROOT)), path.read_text("utf-8"))]
    assert found == [], "move it into knowledge/phrases:\n" + "\n".join(found)


@pytest.mark.parametrize(
    "line",
    [
        'reply.say("Your seat is booked.")',
        'TITLE = "Move the appointment"',
        'told = f"Somebody was quicker: {who} now."',
        'choice = Choice(id="yes", title="Yes", spoken="yes", value=True)',
        'raise conflict("busy", "Please try again.")',
    ],
)
def test_wording_in_code_is_found(line: str) -> None:
    assert wording("bot/dialogue/handlers.py", line)


@pytest.mark.parametrize(
    "line",
    [
        '"""What this is for."""',
        'raise ValueError("Not a whole number.")',
        'log.warning("A turn was lost: %s", code)',
        'key = "not_understood"',
        "choice = Choice(id=key, title=said.web, spoken=said.voice, value=key)",
        'raise invalid("name", "A name has two letters.")',
    ],
)
def test_what_is_no_wording_is_left_alone(line: str) -> None:
    assert not wording("bot/dialogue/handlers.py", line)

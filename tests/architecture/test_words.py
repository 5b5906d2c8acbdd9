"""Only `bot/dialogue/understanding` reads words: tasks, engine and handlers go by what an act means."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
DIALOGUE = ROOT / "bot" / "dialogue"
UNDERSTANDING = DIALOGUE / "understanding"
OUTSIDE = [path for path in sorted(DIALOGUE.rglob("*.py")) if UNDERSTANDING not in path.parents]

WORDS = {"text", "words", "_message"}
"""What holds the words of a message."""
ANSWERS = ("answer", "phrase")
"""Our own answers have a text, too: `line.answer.text`, `phrase("…").text`."""
QUOTED = {"tasks/conversation.py"}
"""Where the words are said back as they were said; nothing is decided by them."""
PATTERNS = {"link_mail.py"}
"""Where a pattern reads our own answers."""


def nodes(path: Path) -> Iterator[ast.AST]:
    """Everything in a module."""
    return ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def here(path: Path) -> str:
    """The place of a module within the dialogue."""
    return path.relative_to(DIALOGUE).as_posix()


def imported(path: Path) -> set[str]:
    """Full names of what a module imports."""
    names: set[str] = set()
    for node in nodes(path):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def is_answer(node: ast.expr) -> bool:
    """Whether it is one of our own answers rather than a message."""
    if isinstance(node, ast.Call):
        return is_answer(node.func)
    return ast.unparse(node).rpartition(".")[2] in ANSWERS


def words_read(tree: Iterator[ast.AST]) -> set[str]:
    """Where the words of a message are looked at."""
    return {
        f"line {node.lineno}: {ast.unparse(node)}"
        for node in tree
        if isinstance(node, ast.Attribute) and node.attr in WORDS and not is_answer(node.value)
    }


def test_nobody_else_looks_at_the_words() -> None:
    assert {here(path): found for path in OUTSIDE if (found := words_read(nodes(path)))} == {}


def test_words_are_found_where_they_are_read() -> None:
    """The search finds what it looks for: the modules of the understanding do read words."""
    assert len([path for path in UNDERSTANDING.glob("*.py") if words_read(nodes(path))]) >= 5
    assert words_read(ast.walk(ast.parse("act.text\nanswer.text\nphrase('a').text"))) == {"line 1: act.text"}


def test_words_are_quoted_only_to_be_said_back() -> None:
    quoting = {
        here(path)
        for path in OUTSIDE
        if any(isinstance(node, ast.Attribute) and node.attr == "quote" for node in nodes(path))
    }
    assert quoting == QUOTED


def test_nobody_else_has_patterns() -> None:
    assert {here(path) for path in OUTSIDE if imported(path) & {"re", "regex"}} == PATTERNS


def test_nobody_else_knows_the_message() -> None:
    """A task gets an act, never the message behind it; nor does it read values out of words itself."""
    for path in OUTSIDE:
        wrong = {
            name
            for name in imported(path)
            if name.startswith("bot.dialogue.understanding.user_message") or name.startswith("bot.nlu")
        }
        assert wrong == set(), here(path)


def test_found_the_modules() -> None:
    assert len(OUTSIDE) >= 30

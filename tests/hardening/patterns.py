"""Every regular expression of the code, found in the source and in the modules, with inputs made to be hard for it."""

from __future__ import annotations

import ast
import builtins
import importlib
import re
import re._constants as constants  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bot.rasa_adapter.model_files import ROOT

LENGTH = 2_000
"""Characters of a message at most."""

_METHODS = {"compile", "search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer"}
_FLAGS = re.compile(r"re\.[A-Z]+(?: \| re\.[A-Z]+)*")

_PUMPS = (
    *(" ", "\n", "1", "x", "-", ",", "(", ")", "'", "!", "?", ".", "m", "0", "\u200b", "\u05d0", "é"),
    *("a ", "1 ", ", ", "a, ", "a. ", "x-", "and ", "no ", "my ", "to ", "so ", "ok ", "A5 ", "i ", "the ", "that's "),
)


class _Anything(str):
    """Stands for what only a call knows: a word, whatever is asked of it."""

    def __new__(cls) -> _Anything:
        return str.__new__(cls, "word")

    def __getattr__(self, name: str) -> _Anything:
        return _Anything()

    def __call__(self, *given: object, **named: object) -> _Anything:
        return _Anything()


class _Names(dict[str, Any]):
    def __missing__(self, name: str) -> Any:
        return getattr(builtins, name, None) or _Anything()


def every_pattern() -> dict[tuple[str, int], str]:
    """Each pattern of `bot` and `actions` with its flags, and where it stands."""
    found: dict[tuple[str, int], str] = {}
    for path in sorted(each for root in ("bot", "actions") for each in (ROOT / root).rglob("*.py")):
        relative = path.relative_to(ROOT)
        if "migrations" in relative.parts or path.name == "__main__.py":
            continue
        name = ".".join(relative.with_suffix("").parts).removesuffix(".__init__")
        module = importlib.import_module(name)
        for pattern, flags, line in _written(path, _Names(vars(module))):
            found.setdefault((pattern, flags), f"{relative}:{line}")
        for pattern, flags in _held(list(vars(module).values())):
            found.setdefault((pattern, flags), name)
    return found


def _written(path: Path, names: _Names) -> Iterator[tuple[str, int, int]]:
    """The patterns in calls of `re`, with the names of the module put in."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        called = node.func if isinstance(node, ast.Call) else None
        if not isinstance(called, ast.Attribute) or called.attr not in _METHODS or not _is_re(called.value):
            continue
        assert isinstance(node, ast.Call)
        pattern = _value(node.args[0], names)
        others = [*node.args[1:], *(word.value for word in node.keywords if word.arg == "flags")]
        flags = next((_value(each, names) for each in others if _FLAGS.fullmatch(ast.unparse(each))), 0)
        if isinstance(pattern, re.Pattern):
            pattern, flags = pattern.pattern, pattern.flags & ~re.UNICODE
        if isinstance(pattern, str):
            yield str(pattern), int(flags), node.lineno


def _is_re(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "re"


def _value(node: ast.expr, names: _Names) -> Any:
    return eval(compile(ast.Expression(node), "pattern", "eval"), names)


def _held(values: list[Any]) -> Iterator[tuple[str, int]]:
    """The compiled patterns that a module keeps, in tables too."""
    while values:
        value = values.pop()
        if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
            yield value.pattern, int(value.flags & ~re.UNICODE)
        elif isinstance(value, dict):
            values += [*value.keys(), *value.values()]
        elif isinstance(value, list | tuple | set | frozenset) and len(value) < 500:
            values += value


# --- what is hard for a pattern ------------------------------------------------------------------------------


def hard_for(pattern: str, flags: int) -> Iterator[str]:
    """Inputs of `LENGTH` characters: what the pattern repeats, repeated, with and without a beginning and an end."""
    tree = parser.parse(pattern, flags)
    repeated = dict.fromkeys([*_repeats(tree, ""), ("", _shortest(tree)), *(("", p) for p in _PUMPS)])
    seen: set[str] = set()
    for before, body in repeated:
        if not body:
            continue
        times = max(1, (LENGTH - len(before)) // len(body))
        for text in (before + body * times, f"x{before}{body * times}", before + body * (times - 1) + "\x00"):
            if text[:LENGTH] not in seen:
                seen.add(text[:LENGTH])
                yield text[:LENGTH]


def _shortest(items: Sequence[Any]) -> str:
    """A short text that a parsed piece of a pattern takes."""
    return "".join(_taken(op, given) for op, given in items)


def _taken(op: Any, given: Any) -> str:
    if op is constants.LITERAL:
        return chr(given)
    if op is constants.NOT_LITERAL:
        return "y" if given == ord("x") else "x"
    if op is constants.ANY:
        return "x"
    if op is constants.IN:
        return _member(given)
    if op in (constants.MAX_REPEAT, constants.MIN_REPEAT, constants.POSSESSIVE_REPEAT):
        return _shortest(given[2]) * int(min(given[0], 50))
    if op is constants.SUBPATTERN:
        return _shortest(given[3])
    if op is constants.ATOMIC_GROUP:
        return _shortest(given)
    if op is constants.BRANCH:
        return _shortest(given[1][0])
    return ""


_OF_CLASS = {
    constants.CATEGORY_DIGIT: ("1", r"\d"),
    constants.CATEGORY_NOT_DIGIT: ("x", r"\D"),
    constants.CATEGORY_SPACE: (" ", r"\s"),
    constants.CATEGORY_NOT_SPACE: ("x", r"\S"),
    constants.CATEGORY_WORD: ("x", r"\w"),
    constants.CATEGORY_NOT_WORD: (" ", r"\W"),
}


def _member(members: Sequence[tuple[Any, Any]]) -> str:
    """A character of a set of characters."""
    if members[0][0] is not constants.NEGATE:
        return _first(*members[0])
    return next((c for c in "x1 ,.-é\n'~" if not any(_is_in(c, op, given) for op, given in members[1:])), "€")


def _first(op: Any, given: Any) -> str:
    if op is constants.LITERAL:
        return chr(given)
    return chr(given[0]) if op is constants.RANGE else _OF_CLASS[given][0]


def _is_in(character: str, op: Any, given: Any) -> bool:
    if op is constants.LITERAL:
        return chr(given) == character
    if op is constants.RANGE:
        return bool(given[0] <= ord(character) <= given[1])
    return re.match(_OF_CLASS[given][1], character) is not None


def _repeats(items: Sequence[Any], before: str) -> Iterator[tuple[str, str]]:
    """What leads to each repetition, and what is repeated: its shortest form and each of its alternatives."""
    for op, given in items:
        if op in (constants.MAX_REPEAT, constants.MIN_REPEAT, constants.POSSESSIVE_REPEAT):
            if given[1] > 8:
                yield from ((before, body) for body in (_shortest(given[2]), *_alternatives(given[2])))
            yield from _repeats(given[2], before)
        elif op is constants.SUBPATTERN:
            yield from _repeats(given[3], before)
        elif op is constants.ATOMIC_GROUP:
            yield from _repeats(given, before)
        elif op is constants.BRANCH:
            for branch in given[1]:
                yield from _repeats(branch, before)
        elif op in (constants.ASSERT, constants.ASSERT_NOT):
            yield from _repeats(given[1], before)
        before += _taken(op, given)


def _alternatives(items: Sequence[Any]) -> Iterator[str]:
    after = ""
    for op, given in reversed(list(items)):
        if op is constants.BRANCH:
            yield from (_shortest(branch) + after for branch in given[1])
        elif op is constants.SUBPATTERN:
            yield from (each + after for each in _alternatives(given[3]))
        elif op is constants.IN and given[0][0] is not constants.NEGATE:
            yield from (_first(*each) + after for each in given)
        after = _taken(op, given) + after

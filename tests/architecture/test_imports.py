"""Imports point inwards: who may know whom, checked by walking every module."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STORES = ("sqlalchemy", "alembic", "bot.store", "bot.console")
WEB = ("aiohttp", "bot.gateway")
RASA = ("rasa", "rasa_sdk", "tensorflow")
WIRING = ("bot.bootstrap", "bot.commands", "bot.demo", "bot.rasa_adapter.runtime", "bot.rasa_adapter.stored_turns")

NOT_ALLOWED: list[tuple[str, tuple[str, ...]]] = [
    (
        "bot/rules",
        ("bot.catalog", "bot.answers", "bot.dialogue", "bot.records", "bot.nlu", *STORES, *WEB, *RASA, *WIRING),
    ),
    ("bot/records", ("bot.catalog", "bot.answers", "bot.dialogue", "bot.nlu", *STORES, *WEB, *RASA, *WIRING)),
    ("bot/catalog", ("bot.answers", "bot.dialogue", "bot.records", "bot.nlu", *STORES, *WEB, *RASA, *WIRING)),
    (
        "bot/changes",
        ("bot.catalog", "bot.answers", "bot.dialogue", "bot.records", "bot.nlu", *STORES, *WEB, *RASA, *WIRING),
    ),
    ("bot/answers", ("bot.dialogue", "bot.records", "bot.nlu", *STORES, *WEB, *RASA, *WIRING)),
    ("bot/dialogue", ("actions", "bot.conversation.service", *STORES, *WEB, *RASA, *WIRING)),
    ("bot/store", ("bot.dialogue", "bot.answers", "bot.nlu", "actions", *WEB, *RASA, *WIRING)),
    ("bot/nlu", ("bot.dialogue", "bot.answers", "bot.conversation.service", *STORES, *WEB, *RASA, *WIRING)),
    ("bot/rasa_adapter/model.py", ("bot.dialogue", "bot.answers", *STORES, *WEB, *RASA, *WIRING)),
    ("bot/gateway", ("bot.rules", "bot.catalog", "bot.conversation", "sqlalchemy", *RASA, *WIRING)),
    (
        "actions",
        ("sqlalchemy", "aiohttp", "bot.store", "bot.gateway", "bot.rules", "bot.commands", "bot.conversation"),
    ),
    ("bot/conversation", ("aiohttp", "sqlalchemy", "bot.gateway", *RASA, *WIRING)),
    ("bot/contracts", ("bot.changes", "bot.dialogue", *STORES, *WEB, *RASA)),
]

HEAVY = ("tensorflow", "rasa", "spacy", "onnxruntime", "dateparser", "sklearn", "numpy", "scipy", "pandas")
LIGHT = (
    "bot/rules",
    "bot/records",
    "bot/catalog",
    "bot/changes",
    "bot/answers",
    "bot/dialogue",
    "bot/store",
    "bot/gateway",
    "bot/commands",
)

MAY_WIRE = {
    "bot/bootstrap.py",
    "bot/commands",
    "bot/commands/main.py",
    "bot/__main__.py",
    "bot/rasa_adapter/stored_turns.py",
    "bot/rasa_adapter/train.py",
}


def modules(place: str) -> list[Path]:
    """The Python files of a folder, or the file itself."""
    path = ROOT / place
    found = [path] if path.is_file() else sorted(path.rglob("*.py"))
    assert found, f"{place} holds no module"
    return found


def imported(path: Path, *, at_the_top: bool = False) -> Iterator[str]:
    """Full names of what a module imports; without what only type checkers see, and on demand without late ones."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = list(tree.body) if at_the_top else list(_walk(tree))
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _walk(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        yield node
        yield from _walk(node)


def _is_in(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


@pytest.mark.parametrize(("place", "unknown"), NOT_ALLOWED, ids=[place for place, _ in NOT_ALLOWED])
def test_a_layer_does_not_know_what_is_around_it(place: str, unknown: tuple[str, ...]) -> None:
    wrong = {
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules(place)
        for name in imported(path)
        for package in unknown
        if _is_in(name, package)
    }
    assert wrong == set()


def test_only_the_composition_root_and_the_commands_wire() -> None:
    wrong = set()
    for path in [*modules("bot"), *modules("actions")]:
        here = path.relative_to(ROOT).as_posix()
        if any(here == place or here.startswith(f"{place}/") for place in MAY_WIRE):
            continue
        late = here.startswith("actions/")  # an action server of Rasa's own finds its desks by itself, when first asked
        for name in imported(path, at_the_top=late):
            if _is_in(name, "bot.bootstrap") or _is_in(name, "bot.commands"):
                wrong.add(f"{here} imports {name}")
    assert wrong == set()


def test_nothing_heavy_is_imported_with_a_light_module() -> None:
    wrong = {
        f"{path.relative_to(ROOT)} imports {name}"
        for place in LIGHT
        for path in modules(place)
        for name in imported(path, at_the_top=True)
        if name.split(".")[0] in HEAVY
    }
    assert wrong == set()


def test_what_the_lists_name_is_there() -> None:
    """A module that was renamed would be looked for in vain, and never be found where it may not be."""
    ours = {name for _, unknown in NOT_ALLOWED for name in unknown if name.split(".")[0] in {"bot", "actions"}}
    assert len(ours) >= 15
    missing = {name for name in ours if not _is_there(name.replace(".", "/"))}
    assert missing == set()
    assert {place for place in MAY_WIRE if not (ROOT / place).exists()} == set()


def _is_there(place: str) -> bool:
    return (ROOT / place).is_dir() or (ROOT / f"{place}.py").is_file()


def test_found_the_modules() -> None:
    assert len(modules("bot")) >= 250
    assert len(modules("actions")) >= 6

"""What the import contracts of pyproject.toml rely on: they see packages only, and no name written as text."""

from __future__ import annotations

import ast
import re
import tomllib
from importlib.util import find_spec
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
MODULES = sorted([*(ROOT / "bot").rglob("*.py"), *(ROOT / "actions").rglob("*.py")])
DOTTED = re.compile(r"(?:bot|actions)(?:\.[A-Za-z_]\w*)+")
LOOSE = {"__init__", "__main__", "bootstrap", "clock"}


def contracts() -> list[dict[str, object]]:
    """The import contracts."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found: list[dict[str, object]] = settings["tool"]["importlinter"]["contracts"]
    return found


def is_there(name: str) -> bool:
    """Whether a dotted name is a module of ours, or something that a module holds."""
    place = ROOT / name.replace(".", "/")
    if place.is_dir() or place.with_suffix(".py").is_file():
        return True
    module, _, held = name.rpartition(".")
    if module == "bot.commands":  # `bot.commands.records_load` is `load` in its module (bot/commands/main.py)
        last, _, held = held.partition("_")
        module = f"{module}.{last}"
    path = ROOT / (module.replace(".", "/") + ".py")
    if not path.is_file():
        return False
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return held in {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}


def test_every_folder_with_modules_is_a_package() -> None:
    """A folder without `__init__.py` would be left out of the contracts without a word."""
    assert {path.parent for path in MODULES if not (path.parent / "__init__.py").is_file()} == set()


def test_nothing_is_loose_in_the_package() -> None:
    assert {path.stem for path in (ROOT / "bot").glob("*.py")} == LOOSE


def test_libraries_named_in_the_contracts_are_installed() -> None:
    """A misspelled library would never be found where it may not be."""
    named = {str(name) for contract in contracts() for name in contract.get("forbidden_modules", ())}  # type: ignore[attr-defined]
    libraries = {name for name in named if name.split(".")[0] not in {"bot", "actions"}}
    assert len(libraries) >= 10
    assert {name for name in libraries if find_spec(name) is None} == set()


def test_modules_named_as_text_are_there() -> None:
    """Commands, processes of their own and Rasa's configuration name modules in strings, which no tool follows."""
    texts = {
        node.value
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and DOTTED.fullmatch(node.value)
    }
    config = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
    texts |= {each["name"] for part in ("importers", "pipeline") for each in config[part]}
    assert len(texts) >= 15
    assert {name for name in texts if not is_there(name)} == set()


def test_found_the_modules() -> None:
    assert len(MODULES) >= 250

"""The rules know nothing of what is around them: standard library only, no clock, no wording."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
RULES = sorted((ROOT / "bot" / "rules").glob("*.py"))
RECORDS = sorted((ROOT / "bot" / "records").glob("*.py"))
# Standard library that would reach out of a pure function.
REACHING = {
    "os",
    "io",
    "time",
    "random",
    "secrets",
    "socket",
    "subprocess",
    "threading",
    "asyncio",
    "logging",
    "locale",
}
CLOCKS = {"now", "utcnow", "today", "localtime", "monotonic", "perf_counter"}


def imported(tree):
    """The modules a module imports, with their full names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            yield node.module


def test_rules_import_the_standard_library_and_each_other():
    for file in RULES:
        for name in imported(ast.parse(file.read_text(encoding="utf-8"))):
            top = name.split(".")[0]
            if top == "bot":
                assert name.startswith("bot.rules"), f"{file.name} imports {name}"
            else:
                assert top in sys.stdlib_module_names, f"{file.name} imports {name}"
                assert top not in REACHING, f"{file.name} imports {name}"


CHECKS = {"email_validator"}
"""What says if a record can be used as it stands; it reaches for nothing."""


def test_records_import_the_standard_library_the_rules_and_each_other():
    for file in RECORDS:
        for name in imported(ast.parse(file.read_text(encoding="utf-8"))):
            top = name.split(".")[0]
            if top == "bot":
                assert name.startswith(("bot.rules", "bot.records")), f"{file.name} imports {name}"
            else:
                assert top in sys.stdlib_module_names | CHECKS, f"{file.name} imports {name}"
                assert top not in REACHING, f"{file.name} imports {name}"


def test_nothing_reads_a_clock():
    for file in (*RULES, *RECORDS):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS:
                # `checks.today(zone)` works the day out of the instant it was given.
                assert ast.unparse(node.func) == "checks.today", f"{file.name}:{node.lineno} {ast.unparse(node)}"


def test_no_rule_returns_a_bool():
    seen = 0
    for file in RULES:
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and any(
                isinstance(one, ast.Call) and ast.unparse(one.func) == "rule" for one in node.decorator_list
            ):
                seen += 1
                assert node.returns is not None
                assert ast.unparse(node.returns) == "Decision"
                assert node.name == file.stem
    assert seen == 16


def test_bulk_decisions_load_nothing_heavy():
    """A rule and a line of JSON need no model, no database and no web server."""
    code = (
        "import sys, bot.commands.bulk_decide, bot.rules.registry;"
        "print(sorted({name.split('.')[0] for name in sys.modules} - set(sys.stdlib_module_names)))"
    )
    told = subprocess.run(
        [sys.executable, "-S", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert "bot" in told
    for heavy in ("yaml", "sqlalchemy", "aiohttp", "rasa", "spacy", "tensorflow", "numpy"):
        assert heavy not in told


def test_found_the_modules():
    """found at least N modules"""
    assert len(RULES) >= 28
    assert len(RECORDS) >= 8

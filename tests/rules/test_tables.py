"""The tables of plain-word cases, one file a rule."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.rules.case import CaseError
from bot.rules.codec import decision_from_json, decision_to_json
from bot.rules.decision import PolicyRow
from bot.rules.registry import RULES, decide
from bot.rules.vocabulary import REASONS
from tests.rules.literal import case_of, promised

TABLES = Path(__file__).parent / "tables"
FILES = sorted(TABLES.glob("*.yml"))
READ = {file.stem: yaml.safe_load(file.read_text(encoding="utf-8")) for file in FILES}
CASES = [(rule, case) for rule, table in READ.items() for case in table["cases"]]


@pytest.mark.parametrize(("rule", "told"), CASES, ids=[f"{rule}: {case['name']}" for rule, case in CASES])
def test_case(rule, told):
    expected = dict(told["expect"])
    if "error" in expected:
        with pytest.raises(CaseError) as raised:
            decide(rule, case_of(told))
        assert raised.value.field == expected["error"]
        for word in expected.get("saying", []):
            assert word in raised.value.message
        return
    decision = decide(rule, case_of(told))
    promised(decision)
    shown: dict[str, Any] = decision_to_json(decision)
    assert shown["outcome"] == expected.pop("outcome")
    assert [reason["code"] for reason in shown["reasons"]] == expected.pop("because")
    values: dict[str, object] = {}
    for reason in reversed(shown["reasons"]):
        values |= reason["values"]
    for name, value in expected.pop("values", {}).items():
        assert values.get(name, "absent") == value, name
    for name, value in expected.pop("cites", {}).items():
        cited = {row["id"]: row["value"] for reason in shown["reasons"] for row in reason["policy"]}
        assert cited.get(name, "absent") == value
    for name in ("opens_at", "closes_at", "fee", "subject"):
        if name in expected:
            assert shown.get(name, "none") == expected.pop(name), name
    assert not expected
    assert decision_to_json(decision_from_json(shown)) == shown
    unlike = list(differing(decision, decision_from_json(json.loads(json.dumps(shown)))))
    assert unlike == []


def differing(made: object, read: object, where: str = "") -> Iterator[str]:
    """Where a decision that was kept and read back is not what it was, in value or in kind: money as text, a day as
    text, an instant without its offset. A fee in the policy of a test may be text already."""
    if is_dataclass(made) and not isinstance(made, type):
        if type(made) is not type(read):
            yield f"{where}: {made!r} and {read!r}"
            return
        for each in fields(made):
            if not (isinstance(made, PolicyRow) and each.name == "note"):
                yield from differing(getattr(made, each.name), getattr(read, each.name), f"{where}.{each.name}")
    elif isinstance(made, Mapping):
        if not isinstance(read, Mapping) or set(made) != set(read):
            yield f"{where}: {made!r} and {read!r}"
            return
        for name, value in made.items():
            yield from differing(value, read[name], f"{where}.{name}")
    elif isinstance(made, list | tuple):
        if not isinstance(read, list | tuple) or len(made) != len(read):
            yield f"{where}: {made!r} and {read!r}"
            return
        for place, (one, other) in enumerate(zip(made, read, strict=True)):
            yield from differing(one, other, f"{where}[{place}]")
    else:
        kinds = {type(made), type(read)}
        plain = all(issubclass(kind, str) for kind in kinds) or len(kinds) == 1
        if ".policy[" in where and kinds == {str, Decimal}:
            made, read, plain = str(made), str(read), True
        if isinstance(made, datetime) and isinstance(read, datetime):  # of an hour that comes twice, too
            made, read = (each.astimezone(UTC) for each in (made, read))
        if made != read or not plain:
            yield f"{where}: {made!r} and {read!r}"


def test_every_rule_has_its_table():
    assert set(READ) == set(RULES) == set(REASONS)
    for rule, table in READ.items():
        assert table["rule"] == rule


def test_every_reason_is_the_decisive_one_somewhere_or_added():
    seen: dict[str, set[str]] = {rule: set() for rule in RULES}
    for rule, told in CASES:
        seen[rule].update(told["expect"].get("because", ()))
    left = {rule: set(codes) - seen[rule] for rule, codes in REASONS.items()}
    assert {rule: codes for rule, codes in left.items() if codes} == {}


def test_names_are_told_once():
    for rule, table in READ.items():
        names = [case["name"] for case in table["cases"]]
        assert len(set(names)) == len(names), rule


def test_found_enough_cases():
    """found at least N cases"""
    for rule, table in READ.items():
        assert len(table["cases"]) >= table["at_least"] >= 5, rule
    assert len(CASES) >= 370

"""The tables of plain-word cases, one file a rule."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.rules.case import CaseError
from bot.rules.codec import decision_from_json, decision_to_json
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

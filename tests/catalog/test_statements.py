"""Statements and known gaps: what the reader refuses, and what the knowledge check says about their texts."""

from __future__ import annotations

import pytest

from bot.catalog.check import check
from bot.catalog.faults import Fault
from bot.catalog.load import load_catalog
from bot.contracts.asking import QuestionKind
from tests.catalog.tree import Tree

FIRST = """statements:
- id: first
  answers: [how_much]
  web: "You pay a fee."
  voice: "You pay a fee."
"""
GAP = """gaps:
- id: gap
  answers: [whether]
  web: "My source doesn't say."
  voice: "My source doesn't say."
  ask: ase
  lines: [one line, two lines, three lines]
"""
FILE = "faq/fees.yml"


def faults(tree: Tree, more: str) -> list[Fault]:
    tree.entry("Text.", "Text.", more=more)
    return [fault for fault in check(tree.root) if fault.file == FILE]


def test_a_statement_and_a_gap_are_read(tree: Tree) -> None:
    assert faults(tree, FIRST + GAP) == []
    entry = load_catalog(tree.root).entries["faq/fees"]
    assert [each.id for each in entry.statements] == ["first"]
    assert entry.statements[0].answers == (QuestionKind.HOW_MUCH,)
    assert entry.gaps[0].lines == ("one line", "two lines", "three lines")
    assert entry.find("gap") is entry.gaps[0]
    assert entry.find("nothing") is None


@pytest.mark.parametrize(
    ("more", "key", "message"),
    [
        (FIRST.replace("how_much", "how_big"), "statements[0].answers", "unknown question kind how_big"),
        (FIRST.replace("id: first", "id: First one"), "statements[0].id", "lower case words"),
        (FIRST + FIRST.removeprefix("statements:\n"), "statements[1].id", "first is here twice"),
        (FIRST + FIRST.removeprefix("statements:\n").replace("first", "next"), "statements[1].lines", "required"),
        (FIRST + "  then: [other]\n", "statements", "first: then other"),
        (FIRST + "  then: [first]\n", "statements", "first: then first"),
        (FIRST + "  colour: red\n", "statements[0].colour", "unknown key"),
        (FIRST + GAP.replace("id: gap", "id: first"), "gaps", "first is a statement too"),
        (FIRST + GAP.replace(", three lines", ""), "gaps[0].lines", "2 training lines; at least 3"),
        (FIRST + GAP.replace("  ask: ase\n", ""), "gaps[0].ask", "required"),
        (FIRST + GAP.replace("ask: ase", "ask: mother"), "gaps[0].ask", "unknown: mother; allowed: ase"),
        (FIRST.replace('voice: "You pay a fee."', 'voice: ""'), "statements[0].voice", "must not be empty"),
        (FIRST.replace('web: "You pay a fee."', 'web: "You have 90 days."'), "statements[0].web", "the number"),
        (FIRST.replace('voice: "You pay a fee."', 'voice: "Call 5."'), "statements[0].voice", "cannot be spoken"),
        (FIRST.replace("You pay a fee.", "{test|code} costs."), "statements[0].web", "unknown placeholder {test}"),
        (FIRST.replace("You pay a fee.", "word " * 46 + "."), "statements[0].web", "at most 45"),
        (FIRST.replace("You pay a fee.", "Word. " * 36), "statements[0].voice", "at most 35"),
        (
            FIRST.replace('voice: "You pay a fee."', 'voice: "You pay {policy.duplicate.fee}."'),
            "statements[0].voice",
            "different policy values",
        ),
    ],
)
def test_faults_are_named(tree: Tree, more: str, key: str, message: str) -> None:
    found = faults(tree, more)
    assert any(fault.key == key and message in fault.message for fault in found), found


CASE = """  cases:
  - when: {all_in: spanish.tests}
    web: "Yes, {hits|codes}."
    voice: "Yes, {hits|codes}."
"""


def test_a_case_is_read(tree: Tree) -> None:
    assert faults(tree, FIRST + CASE) == []
    case = load_catalog(tree.root).entries["faq/fees"].statements[0].cases[0]
    assert (case.when.kind, case.when.values) == ("all_in", ("spanish.tests",))


@pytest.mark.parametrize(
    ("case", "key", "message"),
    [
        (CASE.replace("all_in", "maybe_in"), "when", "one of the keys: all_in"),
        (CASE.replace("spanish.tests", "spanish.nothing"), "when", "must name a policy value that is tests"),
        (CASE.replace("all_in: spanish.tests", "counted: spanish.tests"), "when", "that is USD"),
        (CASE.replace("all_in: spanish.tests", "tests: A5"), "when", "must be a list"),
        (CASE.replace("all_in", "none_in"), "web", "unknown placeholder {hits}; allowed: tests, misses"),
        (CASE.replace("{hits|codes}", "{hits|days}"), "web", "filters that fit"),
    ],
)
def test_faults_of_a_case_are_named(tree: Tree, case: str, key: str, message: str) -> None:
    found = faults(tree, FIRST + case)
    assert any(fault.key == f"statements[0].cases[0].{key}" and message in fault.message for fault in found), found


def test_who_can_tell_needs_its_sentence(tree: Tree) -> None:
    tree.replace("phrases/answers.yml", "ask_employer:", "ask_boss:")
    assert any(fault.key == "ask_employer" for fault in check(tree.root))

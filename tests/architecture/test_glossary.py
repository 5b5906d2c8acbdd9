"""The glossary names what is there: files, names within them, and the topics whose rule or kind of change differs."""

from __future__ import annotations

import re
from pathlib import Path

from bot.changes.kinds import BY_TOPIC
from bot.rules.registry import RULES
from tests.architecture.test_labels import LABELS

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "glossary.md").read_text("utf-8")
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in TEXT.splitlines() if line.startswith("| ")]
HEAD = ["label", "rule", "kind of change", "why they differ"]


def test_every_place_is_there() -> None:
    places = set(re.findall(r"`((?:bot|knowledge|data)(?:/[\w./]+)?)`", TEXT))
    assert len(places) >= 25
    assert {place for place in places if not (ROOT / place).exists()} == set()


def test_every_name_is_in_its_place() -> None:
    named = re.findall(r"`([A-Za-z_.]+)` in `(bot/[\w/]+\.py)`", TEXT)
    assert len(named) >= 25
    missing = set()
    for name, place in named:
        code = (ROOT / place).read_text("utf-8")
        for part in name.split("."):
            if not re.search(rf"^\s*(?:class|def|async def) {part}\b|^\s*{part}\b.*[=:]", code, re.M):
                missing.add(f"{part} in {place}")
    assert missing == set()


def test_every_word_stands_once() -> None:
    words = [row[0] for row in ROWS[: ROWS.index(HEAD)] if row[0] != "word"]
    assert len(words) >= 35
    assert len(words) == len(set(words))


def test_topics_of_several_names_are_listed() -> None:
    rows = [[cell.strip("`") for cell in row[:3]] for row in ROWS[ROWS.index(HEAD) + 1 :]]
    keys = {label.partition("/")[2] for label in LABELS}
    for label, rule, kind in rows:
        assert label in keys
        assert rule in RULES
        assert kind in ({BY_TOPIC[label].name} if label in BY_TOPIC else {""})
    kinds = {kind.topic for kind in BY_TOPIC.values() if kind.name != kind.topic}
    assert kinds <= {label for label, *_ in rows}
    assert {rule for _, rule, _ in rows} >= RULES.keys() - keys

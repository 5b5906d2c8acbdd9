"""The importer of training lines: the same data as Rasa's own, and whatever is unusual is left to Rasa."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.message import Message

from bot.rasa_adapter.importer import LineImporter, LineMessage, lines_of
from bot.rasa_adapter.model_files import ROOT

PLAIN = """
version: "3.1"
nlu:
- intent: faq/fees
  examples: |
    - what does [A5](test_code) cost
    -   how much is it
- intent: greet
  examples: |
    - hello
"""
WITH_SYNONYM = """
version: "3.1"
nlu:
- intent: thanks
  examples: |
    - thank you
- synonym: brakes
  examples: |
    - breaks
"""
WITH_RULE = """
version: "3.1"
nlu:
- intent: goodbye
  examples: |
    - bye
rules:
- rule: bye
  steps:
  - intent: goodbye
  - action: utter_goodbye
"""


def told(messages: list[Message]) -> list[tuple[str, ...]]:
    return sorted(tuple(f"{name}={message.data[name]}" for name in sorted(message.data)) for message in messages)


def test_all_files_together_are_read_as_rasa_reads_them(tmp_path: Path) -> None:
    for name, text in (("plain", PLAIN), ("synonym", WITH_SYNONYM), ("rule", WITH_RULE)):
        (tmp_path / f"{name}.yml").write_text(text)
    (tmp_path / "domain").mkdir()
    domain = tmp_path / "domain" / "domain.yml"
    domain.write_text('version: "3.1"\nintents: [goodbye]\nactions: [utter_goodbye]\n')
    data = [str(tmp_path / f"{name}.yml") for name in ("plain", "synonym", "rule")]
    ours, theirs = LineImporter(None, str(domain), data), RasaFileImporter(None, str(domain), data)
    mine, other = ours.get_nlu_data(), theirs.get_nlu_data()
    assert len(mine.training_examples) == 5
    assert told(mine.training_examples) == told(other.training_examples)
    assert (mine.entity_synonyms, mine.intents, mine.entities) == (other.entity_synonyms, other.intents, other.entities)
    assert mine.fingerprint() == other.fingerprint()
    assert [step.block_name for step in ours.get_stories().story_steps] == ["bye"]


@pytest.mark.parametrize("text", [WITH_SYNONYM, WITH_RULE, "nlu: [", "- a list", "nlu: {}", "nlu:\n- intent: x\n"])
def test_what_is_not_plain_is_left_to_rasa(tmp_path: Path, text: str) -> None:
    path = tmp_path / "odd.yml"
    path.write_text(text)
    assert lines_of(path) is None


def test_our_own_lines_are_all_plain() -> None:
    files = sorted((ROOT / "data" / "nlu").rglob("*.yml"))
    assert len(files) >= 50
    assert [path.name for path in files if lines_of(path) is None] == []


def test_a_copied_line_is_one_of_its_own() -> None:
    line = LineMessage.of(Message.build("hello", "greet"))
    twin = copy.deepcopy(line)
    assert (twin, twin.fingerprint()) == (line, line.fingerprint())
    twin.set("intent", "goodbye")
    assert line.get("intent") == "greet"
    assert twin.fingerprint() != line.fingerprint()

"""One list of labels: what is taught, what is held out, who answers, and what Rasa knows, all say the same."""

from __future__ import annotations

from pathlib import Path

import yaml

from actions import account, conversation, faq, hand_over
from actions.dialogue_action import DialogueAction
from bot.dialogue.dispatch import actions_of_rules
from bot.dialogue.handlers import HANDLERS
from bot.dialogue.tasks import all_tasks

ROOT = Path(__file__).parents[2]
TOPICS = {topic["label"]: topic for topic in yaml.safe_load((ROOT / "knowledge" / "topics.yml").read_text())["topics"]}
LABELS = set(TOPICS)
MOVES = {label for label in LABELS if "/" not in label}


def labels_of_files(folder: Path, ending: str = "yml") -> set[str]:
    """``faq/fees`` for faq/fees.yml, ``greet`` for conversation/greet.yml; files beside the families do not count."""
    found = {path.relative_to(folder).with_suffix("").as_posix() for path in folder.glob(f"*/*.{ending}")}
    return {label.removeprefix("conversation/") for label in found}


def intents(folder: Path) -> set[str]:
    """The labels that the files themselves name."""
    return {block["intent"] for path in folder.rglob("*.yml") for block in yaml.safe_load(path.read_text())["nlu"]}


def test_training_data_has_one_file_for_every_label() -> None:
    assert labels_of_files(ROOT / "data" / "nlu") == LABELS
    assert intents(ROOT / "data" / "nlu") == LABELS


def test_held_out_data_has_one_file_for_every_label() -> None:
    folder = ROOT / "tests" / "nlu" / "held_out"
    assert labels_of_files(folder, "tsv") == LABELS
    named = {
        line.split("\t")[1]
        for path in folder.glob("*/*.tsv")
        for line in path.read_text(encoding="utf-8").splitlines()[1:]
        if line.strip()
    }
    assert named == LABELS


def test_the_domain_lists_every_move_and_both_families() -> None:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text())
    listed = {next(iter(intent)) if isinstance(intent, dict) else intent for intent in domain["intents"]}
    assert listed == MOVES | {"faq", "account"}


def test_every_message_has_a_rule_and_every_action_a_use() -> None:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text())
    routed = actions_of_rules(ROOT)
    assert set(routed) == MOVES | {"faq", "account"}
    assert set(routed.values()) == set(domain["actions"])


def test_every_action_of_the_domain_has_its_handler_and_its_class() -> None:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text())
    classes = [
        each
        for module in (account, conversation, faq, hand_over)
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, DialogueAction) and each is not DialogueAction
    ]
    assert set(HANDLERS) == set(domain["actions"])
    assert sorted(each().name() for each in classes) == sorted(domain["actions"])


def test_every_label_has_somebody_to_answer_it() -> None:
    tasks = all_tasks()
    assert {label.removeprefix("account/") for label in LABELS if label.startswith("account/")} <= set(tasks)
    assert {task.label for task in tasks.values()} <= LABELS


def test_every_label_with_a_text_has_one() -> None:
    texts = {
        path.relative_to(ROOT / "knowledge").with_suffix("").as_posix().removeprefix("conversation/")
        for family in ("faq", "account", "conversation")
        for path in (ROOT / "knowledge" / family).glob("*.yml")
    }
    assert texts <= LABELS
    assert {label for label, topic in TOPICS.items() if topic["handler"] in {"entry", "account"}} <= texts


def test_found_the_labels() -> None:
    assert len(LABELS) >= 52

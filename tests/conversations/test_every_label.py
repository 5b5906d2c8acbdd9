"""Every label can be asked for, signed in and not: the same line, with and without records behind it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.contracts.conversation import Identity, Message
from tests.conversations.conftest import MakeTalk

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
TOPICS = [topic["label"] for topic in yaml.safe_load((ROOT / "knowledge" / "topics.yml").read_text())["topics"]]
LINES = yaml.safe_load((HERE / "every_label.yml").read_text())

RESTS_ON_NOTHING = {"account/address_change"}
"""Account topics that start by asking, not by a decision."""


def test_there_is_a_line_for_every_label() -> None:
    assert set(LINES) == set(TOPICS)
    assert len(TOPICS) >= 52


def test_the_lines_are_not_from_the_training_data() -> None:
    known = {
        " ".join(line.strip("- ").split()).lower()
        for path in (ROOT / "data" / "nlu").rglob("*.yml")
        for line in path.read_text().splitlines()
    }
    assert len(known) > 2000
    assert [label for label, given in LINES.items() if given["line"].lower() in known] == []


@pytest.mark.parametrize("label", TOPICS)
async def test_anyone_is_answered_from_what_is_published(label: str, make_talk: MakeTalk) -> None:
    talk = make_talk()
    await talk.open()
    reply = await talk.say(LINES[label]["line"])
    own, said = reply.messages[0], reply.messages[1:]
    assert _heard(own) == label
    assert said
    assert all(m.text and m.speech for m in said)
    assert not any(m.decisions for m in said)
    assert reply.state.signed_in is False
    if label.startswith(("faq/", "account/")):
        assert any(m.sources for m in said)
        assert all(source["as_of"] for m in said for source in m.sources)
    if label.startswith("account/"):
        assert reply.state.task is not None
        assert reply.state.task.name == label.removeprefix("account/")
        assert "sign_in" in {c.id for m in said for c in m.choices}


@pytest.mark.parametrize("label", TOPICS)
async def test_somebody_signed_in_is_answered_from_their_records(label: str, make_talk: MakeTalk) -> None:
    given, talk = LINES[label], make_talk()
    await talk.open(identity=Identity(given["as"]))
    reply = await talk.say(given["line"])
    said = reply.messages[1:]
    assert _heard(reply.messages[0]) == label
    assert reply.state.signed_in is True
    told = [d for m in said for d in m.decisions]
    if label.startswith("faq/"):
        assert any(m.sources for m in said)
    if label.startswith("account/") and label not in RESTS_ON_NOTHING:
        outcomes = [f"{d['rule']} {d['outcome']} {d['reasons'][0]['code']}" for d in told]
        assert given["told"] in outcomes
        rows = [row for d in told for reason in d["reasons"] for row in reason["policy"]]
        assert not rows or any(m.sources for m in said)
    if label not in {"human_agent"}:
        assert reply.state.owner == "assistant"


def _heard(message: Message) -> str:
    assert message.intent is not None
    return str(message.intent["name"])


def test_enough_labels_were_asked_for() -> None:
    assert sum("told" in given for given in LINES.values()) >= 18

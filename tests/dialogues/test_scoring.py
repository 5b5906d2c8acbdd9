"""What a turn may state, and how a reply is held against it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.contracts.conversation import Message, Reply, State, TaskState
from tests.dialogues.reading import validate, wordings
from tests.dialogues.scoring import Heard, Spoken, faults, polarity_fits, sentences


def _reply(text: str, state: State | None = None) -> Reply:
    return Reply(1, (Message(1, "assistant", datetime.now(UTC), text, text),), state or State())


def _faults(turn: dict[str, Any], text: str, state: State | None = None, heard: Heard | None = None) -> list[str]:
    reply = _reply(text, state)
    return faults(turn, reply, Spoken.of(reply, "web"), {}, heard or Heard())


@pytest.mark.parametrize(
    ("turn", "says"),
    [
        ({"say": "x", "fist": ["y"]}, "unknown keys"),
        ({"say": "x", "first": []}, "states nothing"),
        ({"say": "x", "first": "y"}, "no list"),
        ({"say": "x", "first": ["a | | b"]}, "empty wording"),
        ({"say": "x", "starts": "maybe"}, "starts"),
        ({"say": "x", "press": "1", "first": ["y"]}, "one thing"),
        ({"say": "x", "words": 80}, "states nothing"),
        ({"say": "x", "changes": {}}, "empty"),
    ],
)
def test_a_turn_that_could_not_fail_is_refused(turn: dict[str, Any], says: str) -> None:
    with pytest.raises(AssertionError, match=says):
        validate({"name": "n", "turns": [turn]}, "here")


def test_a_named_fact_stands_among_others() -> None:
    assert wordings("<prometric> | by phone") == ["877-346-9327", "by phone"]
    with pytest.raises(KeyError):
        wordings("<no such fact>")


def test_sentences() -> None:
    assert sentences("**Yes**, until 9:00 AM. Then it costs $7.50.\n\nCall 1-800-390-6789. Or not") == [
        "Yes, until 9:00 AM.",
        "Then it costs $7.50.",
        "Call 1-800-390-6789.",
        "Or not",
    ]
    assert sentences("At 9 a.m. Monday. It is J. Smith.") == ["At 9 a.m. Monday.", "It is J. Smith."]


@pytest.mark.parametrize(
    ("sentence", "wanted", "fits"),
    [
        ("Yes, you can.", "yes", True),
        ("Yes, you can.", "no", False),
        ("No, not before May.", "no", True),
        ("You can take it.", "yes", True),
        ("You can take it.", "no", False),
        ("You have to wait until May.", "no", True),
        ("You can't.", "yes", False),
        ("Documents are required; my source doesn't say which.", "yes", True),
        ("My source doesn't say.", "not yes", True),
        ("Yes, my source doesn't say.", "not yes", False),
    ],
)
def test_polarity(sentence: str, wanted: str, fits: bool) -> None:
    assert polarity_fits(sentence, wanted) is fits


def test_what_is_asked_must_stand_in_the_first_two_sentences() -> None:
    turn = {"say": "x", "first": ["May 2 | 2 May"], "says": ["fee"], "not": ["7.50"]}
    assert not _faults(turn, "Wait. From May 2, 2026. There is a fee.")
    assert _faults(turn, "One. Two. Then May 2 and a fee.") == ["not first: May 2 | 2 May"]
    assert _faults(turn, "May 20. It costs 7.50.") == ["not first: May 2 | 2 May", "not said: fee", "said: 7.50"]


def test_what_holds_for_every_reply() -> None:
    turn: dict[str, Any] = {"say": "x", "first": ["wait"]}
    assert _faults(turn, "wait. I'm not sure what to do with that.") == ["not understood"]
    assert not _faults(turn | {"unclear": True}, "wait. I'm not sure what to do with that.")
    assert _faults(turn, "wait " * 71) == ["71 words, at most 70"]
    heard, body = Heard(), "wait " * 20
    assert not _faults(turn, body, heard=heard)
    assert _faults(turn, f"wait. \n\n{body}", heard=heard)[0].startswith("said before")


def test_state() -> None:
    state = State(expects="yes_no", task=TaskState("cancel_test", "confirm"))
    assert not _faults({"say": "x", "expects": "yes_no", "task": "cancel_test", "step": "confirm"}, "Shall I?", state)
    assert _faults({"say": "x", "no_task": True}, "Shall I?", state) == ["no_task is False"]


def test_a_change_that_is_not_stated_is_a_fault() -> None:
    reply = _reply("Done.")
    changed = {"ASE-1000-0001": {"P-1": "open"}}
    assert faults({"say": "x"}, reply, Spoken.of(reply, "web"), changed, Heard()) == [f"CHANGED {changed}"]
    assert not faults({"say": "x", "changes": changed}, reply, Spoken.of(reply, "web"), changed, Heard())
    assert faults({"say": "x", "changes": changed}, reply, Spoken.of(reply, "web"), {}, Heard())

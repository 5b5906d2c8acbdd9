"""How many words callers have to listen to: in whole calls, before each answer, and for each published text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.answers.answers import Answers
from bot.answers.replies import BREATH, breaths
from bot.catalog.load import load_catalog
from bot.dialogue.tasks.key_menu import MENUS, PHRASES
from tests.phone.recorded.playing import play, prepared, recorded
from tests.phone.test_spoken_length import DAY

ASKED = 40
"""Words of a prompt that ends with a question."""
READ_BACK = 25
"""Words of what is read back before a yes, the question with it."""
MEDIAN, MOST = 35, 60
"""Words of what is said first on a topic."""
CALLS = recorded()


@pytest.fixture(scope="module")
def template() -> Iterator[Path]:
    with prepared() as path:
        yield path


@pytest.fixture(scope="module")
def answers() -> Answers:
    return Answers(load_catalog(Path(__file__).resolve().parents[2] / "knowledge"))


@pytest.mark.parametrize("call", CALLS, ids=[call["name"] for call in CALLS])
async def test_a_whole_call(call: dict[str, Any], template: Path) -> None:
    played = await play(call, template)
    assert played.booked == call.get("records", {})
    assert played.seconds <= call["seconds"], [(turn.words, turn.heard) for turn in played.turns]
    for turn in played.turns:
        if turn.asks and (turn.expects != "free" or turn.heard.endswith("?")):
            assert turn.words <= ASKED, f"{turn.words} words: {turn.heard}"
        if turn.expects == "yes_no":
            assert turn.words <= READ_BACK, f"{turn.words} words: {turn.heard}"


@pytest.mark.parametrize("call", CALLS, ids=[call["name"] for call in CALLS])
async def test_the_same_call_frame_by_frame(call: dict[str, Any], template: Path) -> None:
    """The same words do the same; only an ASE ID that was spoken is read back."""
    spoken_id = any("one zero zero" in str(step.get("say", "")) for step in call["steps"])
    if any("silence" in step for step in call["steps"]):
        call = call | {"steps": [step for step in call["steps"] if "silence" not in step]}
    if spoken_id:
        call = call | {"steps": [more for step in call["steps"] for more in _confirmed(step)]}
    played = await play(call, template, relay=True)
    assert played.booked == call.get("records", {})
    webhooks = await play(call, template) if not spoken_id else played
    assert [turn.heard for turn in played.turns] == [turn.heard for turn in webhooks.turns]


def _confirmed(step: dict[str, Any]) -> list[dict[str, Any]]:
    return [step, {"say": "yes"}] if "zero zero" in str(step.get("say", "")) else [step]


def test_a_change_is_among_the_calls() -> None:
    assert len([call for call in CALLS if call.get("records") and call["seconds"] <= 100]) >= 2


def test_the_menus_name_a_key_for_every_topic(answers: Answers) -> None:
    keys = ("one", "two", "three", "four", "five")
    for menu, topics in MENUS.items():
        said = answers.said(PHRASES[menu]).voice
        assert len(said.split()) <= ASKED
        assert [key for key in keys if f" {key}." in said] == list(keys[: len(topics)]), menu


def test_what_is_said_first_on_a_topic(answers: Answers) -> None:
    labels = [label for label, entry in answers.catalog.entries.items() if entry.statements]
    first = {label: answers.reply(label, None, None, day=DAY).speech for label in labels}
    words = sorted(len(speech.split()) for speech in first.values())
    assert len(words) >= 30
    assert words[len(words) // 2] <= MEDIAN, words
    assert words[-1] <= MOST, words[-5:]


def test_a_long_text_comes_in_breaths(answers: Answers) -> None:
    spoken = [answers.entry(label, DAY).speech for label in answers.catalog.entries]
    pieces = [breaths(text) for text in spoken]
    assert max(len(piece.split()) for each in pieces for piece in each) <= BREATH < MOST
    assert [" ".join(each) for each in pieces] == spoken
    assert max(map(len, pieces)) >= 2

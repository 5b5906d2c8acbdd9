"""No message costs much, whatever its 2,000 characters are and whatever has been asked: whole turns, stored and all."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Any

import pytest

from bot.contracts.conversation import MAX_TEXT, AssistantUnavailable, Identity
from bot.conversation import workers
from bot.conversation.service import Assistant
from tests.conversations.conftest import MakeTalk
from tests.conversations.harness import Talk, do

MOST = 0.45
"""Seconds of processor a turn may take here, three times what it is meant to: other work runs beside the tests."""

TEXTS = [
    piece * (MAX_TEXT // len(piece))
    for piece in (
        *("1", "a", " a", "(", "1-", "1/", "1. ", ", ", "? ", "\n\n. ", "🙂", "e\u0301", "\u05d0 ", "\u200b"),
        *("what is a5? ", "A5 ", "a1 to a8 ", "and ", "so ", "its ", "no ", "yes ", "m", "mm ", "h", "not a5 or "),
        *(
            "3/4/2027 ",
            "9:30 am ",
            "march 3 ",
            "after 3 pm ",
            "in 3 weeks ",
            "monday ",
            "the first one ",
            "december 8 ",
        ),
        *("ASE-1000-0001 ", "double one ", "b as in boy ", "oh ", "0 ", "one ", "hundred ", "two questions: "),
        *("12 Main St, ", "Aurora, IL 60505 ", "apartment 3 ", "illinois ", "zip 60505 ", "the city is ", "APO AE "),
        *(
            "cancel my a5 and ",
            "I passed a5 on march 3. ",
            "if i fail ",
            "move it to ",
            "don't ",
            "x@y.z ",
            "http://a.b/ ",
        ),
    )
] + ["x" + " " * (MAX_TEXT - 2) + "x", "move my a5" + "\n" * (MAX_TEXT - 20) + "please"]

QUESTIONS: dict[str, tuple[str | None, list[dict[str, str]]]] = {
    "nothing": ("ASE-1000-0001", []),
    "nobody": (None, []),
    "ase id": (None, [{"say": "sign in"}]),
    "code": (None, [{"say": "sign in"}, {"say": "ASE-1000-0001"}]),
    "seat": ("ASE-1000-0001", [{"say": "move my A5 appointment"}]),
    "yes or no": ("ASE-1000-0001", [{"say": "move my A5 appointment"}, {"choose": "first"}]),
    "address": ("ASE-1000-0001", [{"say": "change my address"}]),
    "after an answer": ("ASE-1000-0001", [{"say": "when is my A5 appointment?"}]),
}


async def asked(talk: Talk, who: str | None, steps: list[dict[str, str]]) -> None:
    """Go up to an open question."""
    await talk.open("web", Identity(who))
    for step in steps:
        if step.get("choose") == "first":
            assert talk.reply is not None
            step = {"choose": talk.reply.messages[-1].choices[0].title}
        await do(step, talk)


@pytest.mark.parametrize("name", QUESTIONS)
async def test_no_message_costs_much(make_talk: MakeTalk, name: str) -> None:
    who, steps = QUESTIONS[name]
    talk = make_talk()
    await talk.assistant.warm_up()
    dear = []
    for number, text in enumerate(TEXTS):
        if number % 12 == 0:
            await asked(talk, who, steps)
        spent = []
        for _ in range(2):  # again where it seems to be much: another question may be open by then, at the same cost
            began = time.process_time()
            await talk.say(text[:MAX_TEXT])
            spent.append(time.process_time() - began)
            if spent[-1] < MOST:
                break
            await asked(talk, who, steps)
        if min(spent) >= MOST:
            dear.append((text[:30], round(min(spent), 2)))
    assert dear == []


async def test_what_was_typed_is_kept_as_it_was_typed(make_talk: MakeTalk) -> None:
    talk = make_talk()
    await talk.open()
    for typed in ("when  is\n\n my A5 test?", "/restart", "what is an A5 test? " * 90):
        reply = await talk.say(typed)
        assert reply.messages[0].text == typed.strip()


async def test_a_message_that_cannot_be_read_in_time_gets_a_polite_answer(
    make_talk: MakeTalk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers.Readers, "__init__", _impatient(workers.Readers.__init__))
    talk, go_on = make_talk(), threading.Event()
    await asked(talk, *QUESTIONS["yes or no"])
    assert talk.reply is not None
    before = talk.reply.state
    _hold_up(talk.assistant, monkeypatch, go_on)
    reply = await talk.say("yes")
    assert [each.author for each in reply.messages] == ["candidate", "assistant"]
    assert "short sentences" in reply.messages[1].text
    assert (reply.state.expects, reply.state.task) == (before.expects, before.task)
    for _ in range(workers.READERS - 1):
        await talk.say("yes")
    with pytest.raises(AssistantUnavailable, match="Nothing has been changed"):
        await talk.say("yes")
    go_on.set()


def _impatient(init: Any) -> Any:
    return lambda self: init(self, within=0.1, started_within=0.1)


def _hold_up(assistant: Assistant, monkeypatch: pytest.MonkeyPatch, go_on: threading.Event) -> None:
    """Let nothing be read until `go_on` is set."""

    def parse(text: str, metadata: Mapping[str, Any]) -> dict[str, Any]:
        go_on.wait(30)
        return {}

    monkeypatch.setattr(assistant.parser, "parse", parse)

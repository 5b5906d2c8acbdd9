"""What a step of a change states and the reply does not keep must fail."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.contracts.conversation import Message, Reply, State, TaskState
from tests.changes.playing import check, play
from tests.conversations.harness import Talk

DECISION = {
    "rule": "reschedule",
    "outcome": "allowed",
    "reasons": [{"code": "can_reschedule"}],
    "subject": {"test": "A5"},
}
TOLD = "reschedule allowed can_reschedule A5"


def reply(text: str = "Moved to March 13.", *, task: TaskState | None = None, author: Any = "assistant") -> Reply:
    message = Message(1, author, datetime(2026, 3, 2, 16, 0, tzinfo=UTC), text, text, decisions=(DECISION,))
    return Reply(1, (message,), State(task=task))


def test_what_is_as_stated() -> None:
    check({"told": [TOLD], "at": "nothing", "has": ["March 13"], "lacks": ["April"], "owner": "assistant"}, reply())
    check({"at": "reschedule/seat"}, reply(task=TaskState("reschedule", "seat")))
    check({"told": []}, reply(author="candidate"))


@pytest.mark.parametrize(
    "step",
    [
        {"told": []},
        {"told": [TOLD, TOLD]},
        {"told": [f"{TOLD}R"]},
        {"told": ["reschedule allowed can_reschedule"]},
        {"at": "reschedule/seat"},
        {"has": ["March 1"]},
        {"has": []},
        {"has": "Moved"},
        {"lacks": ["march 1"]},
        {"lacks": []},
        {"owner": "queue"},
    ],
)
def test_what_differs_or_states_nothing_is_refused(step: dict[str, Any]) -> None:
    with pytest.raises(AssertionError):
        check(step, reply())


@pytest.mark.parametrize("key", ["has", "lacks"])
def test_words_of_nothing_said_are_refused(key: str) -> None:
    with pytest.raises(AssertionError, match="nothing was said"):
        check({key: ["March"]}, reply(author="candidate"))


@pytest.mark.parametrize(
    ("steps", "why"),
    [
        ([], "no steps"),
        ([{"say": "yes", "hass": ["Moved"]}], "unknown keys"),
        ([{"has": ["Moved"]}], "does not do one thing"),
        ([{"say": "yes", "press": "1"}], "does not do one thing"),
        ([{"code": "correct"}], "the code is"),
    ],
)
async def test_steps_that_are_not_well_formed_are_refused(steps: list[dict[str, Any]], why: str) -> None:
    with pytest.raises(AssertionError, match=why):
        await play(steps, Talk(None, None))  # type: ignore[arg-type]

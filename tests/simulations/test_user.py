"""The scripted person answers by the state, and agrees to nothing but what was wanted."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.contracts.conversation import Choice, Expects, Message, Reply, State, TaskState
from tests.simulations.reading import Goal, validate
from tests.simulations.user import PATIENCE, Person

OPENINGS = [f"opening {n}" for n in range(8)]


def _person(way: int = 0, **script: Any) -> Person:
    return Person(Goal("kind", {"name": "n", "openings": OPENINGS, **script}), way)


def _reply(text: str, expects: Expects = "free", task: TaskState | None = None, *titles: str) -> Reply:
    choices = tuple(Choice(str(n), title) for n, title in enumerate(titles))
    message = Message(1, "assistant", datetime.now(UTC), text, text, choices=choices)
    return Reply(1, (message,), State(expects=expects, task=task))


CONFIRM = TaskState("reschedule", "confirm")
SEAT = TaskState("reschedule", "seat")


def test_agrees_only_to_what_was_wanted() -> None:
    person = _person(agrees=True, knows={"sees": ["March 17"], "sees_not": ["refund"]})
    assert person.next(_reply("To March 17?", "yes_no", CONFIRM)) == ("say", "yes")
    assert person.next(_reply("To March 1?", "yes_no", CONFIRM)) == ("say", "no")
    assert person.next(_reply("To March 17, for a refund?", "yes_no", CONFIRM)) == ("say", "no")
    assert _person().next(_reply("To March 17?", "yes_no", CONFIRM)) == ("say", "no")


def test_asks_first_and_answers_then() -> None:
    person = _person(agrees=True, asks={"confirm": "is there a fee"})
    assert person.next(_reply("Shall I?", "yes_no", CONFIRM)) == ("say", "is there a fee")
    assert person.next(_reply("Shall I?", "yes_no", CONFIRM)) == ("say", "yes")


def test_names_picks_and_takes_the_seat() -> None:
    knows = {"seat": "March 17"}
    asked = _reply("Which?", "choice", SEAT, "March 11, 9:00 AM", "March 17, 9:00 AM")
    assert _person(agrees=True, knows=knows).next(asked) == ("say", "March 17 please")
    assert _person(1, agrees=True, knows=knows).next(asked) == ("choose", "March 17, 9:00 AM")
    alone = _reply("This?", "choice", SEAT, "March 17, 9:00 AM")
    assert _person(agrees=True, knows=knows).next(alone) == ("say", "yes")
    assert _person(knows=knows).next(alone) == ("say", "never mind, leave it")


def test_signs_in_and_names_the_test() -> None:
    person = _person(knows={"id": "ASE-1000-0001", "test": "A5"})
    assert person.next(_reply("ID?", "ase_id", TaskState("sign_in", "ase_id"))) == ("say", "ASE-1000-0001")
    assert person.next(_reply("Code?", "code", TaskState("sign_in", "code"))) == ("code", "right")
    assert person.next(_reply("Which?", "choice", TaskState("cancel_test", "about"), "A4", "A5 Brakes")) == (
        "say",
        "A5",
    )


def test_has_patience_and_gives_up() -> None:
    person = _person()
    asked = _reply("Shall I?", "yes_no", CONFIRM)
    assert [person.next(asked) for _ in range(PATIENCE + 1)] == [("say", "no")] * PATIENCE + [None]
    assert _person(then=["and A6?"]).next(_reply("Done.")) == ("say", "and A6?")
    assert _person().next(_reply("Done.")) is None


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"wants": "x"}, "unknown keys"),
        ({"knows": {"code": "1"}}, "knows"),
        ({"openings": OPENINGS[:7]}, "7 openings"),
        ({"openings": ["move {test}", *OPENINGS[1:]]}, "test"),
        ({"said": []}, "neither an end nor a fact"),
        ({"ends": {"P-1": "open"}}, "without agreeing"),
    ],
)
def test_a_goal_that_states_nothing_is_refused(change: dict[str, Any], says: str) -> None:
    with pytest.raises((AssertionError, KeyError), match=says):
        validate({"name": "n", "openings": OPENINGS, "said": ["x"], **change}, "here")

"""The harness itself: whatever a script states and the conversation does not keep must fail."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.contracts.conversation import Choice, Identity, Message, Opened, Reply, State, TaskState, Turn
from bot.store import Store
from tests.conversations.harness import Talk, check, choice, play, scripts, states, validate

NOW = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)


def decision(line: str, subject: str = "test") -> dict[str, Any]:
    """A decision as "rule outcome code [test or series]"."""
    rule, outcome, code, *about = line.split()
    return {
        "rule": rule,
        "outcome": outcome,
        "reasons": [{"code": code}, {"code": "second"}],
        "subject": {subject: about[0]} if about else {},
    }


def message(text: str = "", author: str = "assistant", **more: Any) -> Message:
    return Message(1, author, NOW, text, more.pop("speech", text), **more)  # type: ignore[arg-type]


def said(*messages: Message, **state: Any) -> Reply:
    return Reply(1, messages, State(**state))


class Canned:
    """An assistant whose replies are given beforehand; what it was told is kept."""

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies)
        self.turns: list[Turn] = []

    async def open(self, channel: str, language: str, identity: Identity, about: str | None) -> Opened:
        return Opened("c1", "token", said(message("Hello.")))

    async def take(self, turn: Turn) -> Reply:
        self.turns.append(turn)
        return self.replies.pop(0)


def talk_with(*replies: Reply, store: Store | None = None) -> Talk:
    """A conversation whose last reply is the first of these."""
    return Talk(Canned(*replies[1:]), store, "c1", replies[0] if replies else None)  # type: ignore[arg-type]


def refused(expect: dict[str, Any], reply: Reply, store: Store | None = None) -> str:
    """Why a reply is refused."""
    with pytest.raises(AssertionError) as error:
        check(expect, talk_with(reply, store=store))
    return str(error.value)


# --- decisions -------------------------------------------------------------------------------------------------

A5, A5R, A6 = "retest refused retest_wait A5", "retest refused retest_wait A5R", "retest allowed retest_open A6"


def telling(*lines: str) -> Reply:
    return said(message("Wait.", decisions=tuple(decision(line) for line in lines)))


def test_decisions_in_order_and_whole_are_enough() -> None:
    check({"decisions": [A5, A6]}, talk_with(telling(A5, A6)))
    check({"decisions": []}, talk_with(telling()))
    two = said(message("One.", decisions=(decision(A5),)), message("Two.", decisions=(decision(A6),)))
    check({"decisions": [A5, A6]}, talk_with(two))
    series = said(message("Yes.", decisions=(decision("master_status allowed master_held automobile", "series"),)))
    check({"decisions": ["master_status allowed master_held automobile"]}, talk_with(series))


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        ([A5], [A5R]),
        ([A5, A5], [A5R, "zzz allowed c A1"]),
        ([A5, A5], [A5]),
        ([A5], [A5, A5]),
        ([A5], [A5, A6]),
        ([A5, A6], [A6, A5]),
        ([A5], []),
        ([], [A5]),
        (["retest refused retest_wait"], [A5]),
    ],
)
def test_decisions_that_differ_in_any_way_are_refused(expected: list[str], found: list[str]) -> None:
    assert str(found) in refused({"decisions": expected}, telling(*found))


def test_an_open_list_allows_others_and_any_order_but_no_other_line() -> None:
    check({"decisions_include": [A6, A5]}, talk_with(telling(A5, A5R, A6)))
    assert A5 in refused({"decisions_include": [A5]}, telling(A5R, A6))
    assert A5 in refused({"decisions_include": [A5, A5]}, telling(A5, A6))
    assert A5 in refused({"decisions_include": [A5]}, telling())


def test_a_reason_belongs_to_its_rule() -> None:
    check({"reasons": ["retest retest_wait", "retest second"]}, talk_with(telling(A5)))
    for reason in ("recertification retest_wait", "retest retest"):
        refused({"reasons": [reason]}, telling(A5))


# --- records ---------------------------------------------------------------------------------------------------


@pytest.fixture
def people(template: Path) -> Any:
    store = Store(f"sqlite:///{template}")
    yield store
    store.close()


BOOKED = ["2026-03-10T09:00", "CHI-01", "booked"]


def test_records_that_are_as_stated(people: Store) -> None:
    check({"records": {"ASE-1000-0001": {"P-1": BOOKED}}}, talk_with(said(), store=people))
    check({"records": {"ASE-1000-0002": {"P-1": None}}}, talk_with(said(), store=people))


@pytest.mark.parametrize(
    ("ase_id", "purchase", "stated", "why"),
    [
        ("ASE-1000-0001", "P-404", BOOKED, "no purchase P-404"),
        ("ASE-1000-0001", "P-404", None, "no purchase P-404"),
        ("ASE-1000-0010", "P-1", BOOKED, "no purchase P-1"),
        ("ASE-9999-9999", "P-1", None, "nobody is ASE-9999-9999"),
        ("ASE-1000-0001", "P-1", None, "booked"),
        ("ASE-1000-0002", "P-1", BOOKED, "None"),
        ("ASE-1000-0001", "P-1", [*BOOKED[:2], "cancelled"], "booked"),
        ("ASE-1000-0001", "P-1", ["2026-03-10T09:01", *BOOKED[1:]], "2026-03-10T09:00"),
        ("ASE-1000-0001", "P-1", BOOKED[:2], "booked"),
    ],
)
def test_records_that_differ_are_refused(people: Store, ase_id: str, purchase: str, stated: Any, why: str) -> None:
    assert why in refused({"records": {ase_id: {purchase: stated}}}, said(), people)


def test_every_purchase_is_looked_at(people: Store) -> None:
    refused({"records": {"ASE-1000-0001": {"P-1": BOOKED, "P-2": None}}}, said(), people)
    refused({"records": {"ASE-1000-0001": {"P-1": BOOKED}, "ASE-1000-0010": {"P-1": None}}}, said(), people)


# --- choices ---------------------------------------------------------------------------------------------------

TITLES = {"1": "A5 Brakes", "2": "A5R Brakes", "3": "A6 Electrical", "4": "All", "5": "Yes, move it", "6": "Yes, wait"}
OFFERED = said(message("Which?", choices=tuple(Choice(*pair) for pair in TITLES.items())))


@pytest.mark.parametrize(
    ("wanted", "found"),
    [("3", "3"), ("A6 Electrical", "3"), ("A6", "3"), ("A5", "1"), ("A5R", "2"), ("All", "4"), ("Yes, wait", "6")],
)
def test_one_choice_is_meant(wanted: str, found: str) -> None:
    assert choice(talk_with(OFFERED), wanted) == found


@pytest.mark.parametrize("wanted", ["A", "Brakes", "a6", "A6 Elec", "7", "", "A7"])
def test_a_choice_that_is_not_there_is_refused_with_what_is(wanted: str) -> None:
    with pytest.raises(AssertionError) as error:
        choice(talk_with(OFFERED), wanted)
    assert all(title in str(error.value) for title in TITLES.values())


def test_a_choice_that_may_be_two_is_refused_with_what_is_there() -> None:
    with pytest.raises(AssertionError, match="may be any of") as error:
        choice(talk_with(OFFERED), "Yes")
    assert all(title in str(error.value) for title in TITLES.values())
    twice = said(message("Which?", choices=(Choice("1", "March 10"), Choice("2", "March 10"))))
    with pytest.raises(AssertionError, match="may be any of"):
        choice(talk_with(twice), "March 10")


def test_choices_are_compared_by_whole_words() -> None:
    check({"choices": ["A5", "Brakes", "all"], "choices_not": ["A7"], "choices_at_least": 6}, talk_with(OFFERED))
    for stated in ({"choices": ["A"]}, {"choices": ["A7"]}, {"choices_not": ["A"]}, {"choices_at_least": 7}):
        refused(stated, OFFERED)


# --- words -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["March 10, 2026", "march 10", "$15.00", "9:00", "(A5)", "2026."])
def test_words_that_are_there(words: str) -> None:
    assert states("On March 10, 2026 at 9:00 (A5) for $15.00, or 2026.", words)


@pytest.mark.parametrize("words", ["March 1", "arch 10", "026", "5.0", "A", "March  10"])
def test_words_that_are_there_only_as_parts_of_words(words: str) -> None:
    assert not states("On March 10, 2026 at 9:00 (A5) for $15.00, or 2026.", words)


@pytest.mark.parametrize(
    "expect",
    [
        {"mentions": ["March 1"]},
        {"mentions": ["March 10", "April"]},
        {"mentions_not": ["March 1"]},
        {"mentions_not": ["Dana"]},
        {"speech_mentions": ["March 10"]},
        {"speech_mentions": ["tenths"]},
        {"speech_mentions_not": ["tent"]},
    ],
)
def test_words_that_are_missing_or_unwanted_are_refused(expect: dict[str, Any]) -> None:
    reply = said(message("On March 10, Dana.", speech="On March tenth."), message("April", author="candidate"))
    refused(expect, reply)


@pytest.mark.parametrize("key", ["mentions", "mentions_not", "speech_mentions", "speech_mentions_not"])
def test_words_of_nothing_said_are_refused(key: str) -> None:
    assert "nothing was said" in refused({key: ["Dana"]}, said(message("hello", author="candidate")))


# --- state -----------------------------------------------------------------------------------------------------

WAITING = said(
    message("stop", author="candidate", intent={"name": "stop", "confidence": 0.9}),
    message("Fine.", sources=({"id": "faq/fees"},)),
    signed_in=True,
    expects="choice",
    task=TaskState("reschedule", "seat"),
)


def test_a_state_that_is_as_stated() -> None:
    expect = {"label": "stop", "expects": "choice", "task": "reschedule", "step": "seat", "no_task": False}
    more = {"signed_in": True, "owner": "assistant", "silent": False, "no_decisions": True, "has_sources": True}
    check(expect | more | {"sources": ["faq/fees"]}, talk_with(WAITING))
    check({"no_task": True, "silent": True, "has_sources": False}, talk_with(said()))


@pytest.mark.parametrize(
    "expect",
    [
        {"label": "sto"},
        {"expects": "free"},
        {"task": "schedule_test"},
        {"step": "confirm"},
        {"no_task": True},
        {"signed_in": False},
        {"owner": "queue"},
        {"silent": True},
        {"no_decisions": False},
        {"has_sources": False},
        {"sources": ["faq/fee"]},
        {"unheard_of": 1},
    ],
)
def test_a_state_that_differs_is_refused(expect: dict[str, Any]) -> None:
    refused(expect, WAITING)


@pytest.mark.parametrize(
    "expect",
    [{"label": "stop"}, {"task": "stop"}, {"step": "seat"}, {"no_task": False}, {"silent": False}, {"sources": ["x"]}],
)
def test_a_state_without_what_is_stated_is_refused(expect: dict[str, Any]) -> None:
    refused(expect, said())


# --- what is written -------------------------------------------------------------------------------------------


def script(*steps: Any, **more: Any) -> dict[str, Any]:
    return {"name": "one", "steps": list(steps)} | more


def stating(**expect: Any) -> dict[str, Any]:
    return script({"say": "hello", "expect": expect})


GOOD = {"say": "hello", "expect": {"label": "greet"}}
MALFORMED: dict[str, tuple[dict[str, Any], str]] = {
    "no name": ({"steps": [GOOD]}, "no name"),
    "no steps": ({"name": "one"}, "steps are no list"),
    "an empty list of steps": (script(), "no steps"),
    "an unknown key": (script(GOOD, asof="2026-03-02"), "unknown keys"),
    "an unknown key in a step": (script({**GOOD, "expects": {}}), "unknown keys"),
    "an unknown key in what is expected": (stating(decision=[A5]), "unknown keys"),
    "a step that does nothing": (script({"expect": {"label": "greet"}}), "does not do one thing"),
    "a step that does two things": (script({**GOOD, "press": "1"}), "does not do one thing"),
    "a code neither right nor wrong": (script({"code": "rigth", "expect": {"signed_in": True}}), "the code is"),
    "confidence in a key": (script({"press": "1", "confidence": 0.3, "expect": {"no_task": True}}), "confidence"),
    "nothing stated": (script({"say": "hello"}), "the last step states nothing"),
    "nothing stated in the end": (script(GOOD, {"say": "hello"}), "the last step states nothing"),
    "an empty statement": (script({"say": "hello", "expect": {}}), "states nothing"),
    "a statement that is none": (script({"say": "hello", "expect": ["label"]}), "no mapping"),
    "a statement of null": (script({"say": "hello", "expect": None}), "states nothing"),
    "text for a list": (stating(mentions="April"), "no list"),
    "a number in a list": (stating(mentions=[30]), "not all text"),
    "nothing in a list": (stating(mentions=[]), "states nothing"),
    "empty text in a list": (stating(mentions=[""]), "not all text"),
    "an open list of nothing": (stating(decisions_include=[]), "states nothing"),
    "a line that is no decision": (stating(decisions=["retest"]), "rule outcome code"),
    "a flag that is a word": (stating(no_task="yes"), "neither true nor false"),
    "a name that is a number": (stating(task=1), "no name"),
    "at least no choice": (stating(choices_at_least=0), "states nothing"),
    "records of nobody": (stating(records={}), "states nothing"),
    "records of somebody without any": (stating(records={"ASE-1000-0001": {}}), "states nothing of somebody"),
}


def test_a_script_that_is_well_formed() -> None:
    validate(script({"say": "hello", "confidence": 0.4}, {"code": "wrong"}, {"silence": 1}, GOOD))
    validate(stating(decisions=[], no_task=True, records={"ASE-1000-0001": {"P-1": None}}))


@pytest.mark.parametrize("name", MALFORMED)
async def test_a_script_that_is_not_well_formed_is_not_even_begun(name: str) -> None:
    written, why = MALFORMED[name]
    talk = talk_with()
    with pytest.raises(AssertionError, match=why):
        await play(written, talk)
    assert talk.reply is None


def test_a_call_may_state_what_is_heard() -> None:
    heard = script({"say": "hello", "heard": ["hello"]})
    validate(heard, {"expect", "heard"})
    for written, checks in ((heard, {"expect"}), (script({"say": "hello", "heard": []}), {"expect", "heard"})):
        with pytest.raises(AssertionError):
            validate(written, checks)


async def test_a_script_is_played_step_by_step_and_the_step_that_fails_is_named() -> None:
    steps: list[dict[str, object]] = [
        {"say": "a", "confidence": 0.5},
        {"press": 1},
        {"choose": "A6"},
        {"silence": 1},
        {"hangup": 1},
    ]
    written = script(*({**step, "expect": {"no_task": True}} for step in steps))
    canned = Canned(said(), OFFERED, said(), said(), WAITING)
    talk = Talk(canned, None)  # type: ignore[arg-type]
    with pytest.raises(AssertionError, match=r"^step 5 .*task") as error:
        await play(written, talk)
    assert "assistant: Fine." in str(error.value)
    assert [(turn.kind, turn.value, turn.confidence) for turn in canned.turns] == [
        ("text", "a", 0.5),
        ("digits", "1", None),
        ("choice", "3", None),
        ("event", "silence", None),
        ("event", "hangup", None),
    ]


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n---\n", "- a list\n", "name: one\n---\nname: one\n"])
def test_a_file_without_a_script_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "good.yml").write_text("name: one\n")
    assert [name for name, _ in scripts(tmp_path)] == ["good: one"]
    (tmp_path / "bad.yml").write_text(text)
    with pytest.raises(AssertionError):
        scripts(tmp_path)


def test_a_folder_without_a_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="no script below"):
        scripts(tmp_path)

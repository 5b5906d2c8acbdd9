"""What is kept between two messages is read back whole, or set aside aloud; never half read."""

from __future__ import annotations

import json
from datetime import date, datetime, time
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from bot.dialogue.memories import Asked, AskedOfChange, Pick, SeatChosen, SeatPreference, SeatShift, Sum, Supposed
from bot.dialogue.state import (
    STATE_VERSION,
    Choice,
    ConversationState,
    Expect,
    Kept,
    Memory,
    OpenTask,
    Question,
    read_state,
)
from bot.dialogue.tasks import all_tasks
from tests.conversations.harness import Talk
from tests.dialogue.conftest import SIGNED_IN, House

MEMORIES: dict[str, type[Memory]] = {name: task.memory for name, task in all_tasks().items()}
SEAT = SeatChosen(site="CHI-01", starts_at="2026-03-11T09:00")
FILLED: dict[str, Any] = {
    "tests": ("A5", "A6"),
    "about": "A5/P-1",
    "refers_back": True,
    "supposed": Supposed(
        what="fail", tests=("A5",), on=date(2026, 3, 6), asks_master=True, past=True, late=True, again=True
    ),
    "general_told": True,
    "only_asked": True,
    "asked_of": AskedOfChange(if_needed=True, if_free=True, compares=True),
    "asked": Asked(
        kind="how_much",
        picks=(Pick(label="faq/fees", id="fee", score=0.75),),
        sure=True,
        given={"days": ["2026-03-02"]},
        tests=("A5",),
        series=("A",),
        bare=True,
        beside=(Pick(label="faq/fees", id="retest", score=0.5),),
        points=("price",),
        refers_back=True,
        against=True,
        denied=True,
        whom=True,
        by_phone=True,
        if_open=True,
        price=True,
        asks_if_sure=True,
        asks_day=True,
        only_if=True,
        restates=True,
        matter="canada",
        sum=Sum(
            series=("parts",), amount="15", each=True, covers=True, adds=1, further=True, without=True, totals=True
        ),
        offer=False,
        goes_along=True,
        insists=True,
        weekday=(5,),
        alone=True,
        holds=True,
        elsewhere=True,
        even="even",
        buys_then=True,
    ),
    "read_from": 3,
    "sign_in": True,
    "spoke_of_id": True,
    "candidate": "ASE-1000-0001",
    "series": ("A", "T"),
    "test": "L1",
    "opening": False,
    "told": "A5/P-1",
    "later": ("A8",),
    "turned_down": ("A6/P-2",),
    "going_on": True,
    "proposal": "k1",
    "held": "2026-03-02T16:05:00+00:00",
    "confirm": False,
    "seat": SEAT,
    "preference": SeatPreference(
        first=date(2026, 3, 9),
        last=date(2026, 3, 13),
        earliest=time(8),
        latest=time(12, 30),
        place="city:Chicago",
        pick="last",
        without=("fri", "morning"),
        near=date(2026, 3, 11),
        weekdays=("wed",),
        loose_day=True,
        later_than=datetime(2026, 3, 4, 9),
        earlier_than=datetime(2026, 3, 30, 9),
        shift=SeatShift(later=True, days=7, whole="week"),
        same_time=True,
        not_places=("CHI-02",),
        not_days=(date(2026, 3, 12),),
        no_center="Portland",
        unreal="March 32",
        asks=True,
        one_day=True,
        fact=(date(2026, 3, 9), 0),
    ),
    "listed": True,
    "all_seen": True,
    "turned_down_seats": (SEAT, SeatChosen(site="NYC-01", starts_at="2026-03-12T13:00")),
    "shown_from": 5,
    "last_shown": (SEAT,),
    "previewed": True,
    "named_since": True,
    "exception": "x1",
    "line1": "9 Elm St",
    "city": "Albany",
    "region": "NY",
    "postal_code": "12207",
    "asked_for_address": True,
    "wrong": 2,
    "code": "123456",
    "code_sent": True,
    "ase_id": "ASE-1000-0001",
    "sent_to": "d***@example.org",
    "partial": "12",
    "wanted": False,
    "act": {"text": "move it", "label": "account/reschedule", "entities": [["test_code", "A5", 0, 2]], "sure": 0.5},
    "said": ("the A5 test", "the A five test"),
    "heard": False,
    "readings": ("account/retest", "account/recertification"),
    "topic": "account/retest",
    "reason": "complaint",
    "offered": True,
    "soft": True,
    "undoes": {"key": "k1", "kind": "reschedule", "test": "A5", "was": {"site": "CHI-01"}, "is": None},
    "request": "0f3c",
}
"""A value for every field of every memory that is not the one it begins with."""
OTHERWISE: dict[str, dict[str, Any]] = {"key_menu": {"menu": "1"}, "sign_in": {"asked": ("ase_id",)}}
"""Fields that mean something else to one task."""

QUESTION = Question(
    slot="seat",
    expects=Expect.CHOICE,
    choices=[
        Choice(id="seat:1", title="Wed", spoken="Wednesday", value={"site": "CHI-01", "starts_at": "2026-03-11T09:00"}),
        Choice(id="all", title="All", spoken="all of them", value=["A5", "A6"]),
    ],
    optional=True,
    misses=2,
)
DECIDED: dict[str, Any] = {"rule": "retest", "outcome": "allowed", "reasons": [{"code": "no_wait_applies"}]}
TOLD = Kept(decision=DECIDED, as_of="2026-03-02T10:00:00-06:00", zone="America/Chicago", what_if="fail:A5:x")
BESIDE_THE_TASKS: dict[str, Any] = {
    "decisions": [TOLD],
    "last_topic": "account/retest",
    "earlier_topics": ["faq/fees"],
    "made": {"task": "reschedule", "test": "A5"},
    "could_begin": {"task": "cancel_test", "about": "P-1"},
    "last_given": {"failed": "2026-02-02"},
    "last_told": "fee",
    "last_named": ["A6"],
    "told": ["0a1b2c3d"],
    "sign_in_offered": True,
    "english_only_told": True,
    "last_tests": ["A5"],
    "of_another": True,
    "others_refused": True,
    "reads_only": True,
    "explained": True,
    "waiting": True,
    "parked": True,
    "said": {"text": "You can retest.", "speech": "You can take it again."},
    "misses": 1,
    "silences": 2,
    "misheard": 3,
    "slow": True,
    "links": ["https://www.ase.com"],
    "offered": ["faq/fees", "account/retest"],
    "offered_last": 2,
    "undo": {"key": "k1", "kind": "reschedule"},
    "settled": {"task": "reschedule", "proposal": "k1", "at": "2026-03-02T16:00:00+00:00"},
    "set_aside": True,
}


def filled(name: str) -> Memory:
    """The memory of one task with something in every field."""
    kind = MEMORIES[name]
    known = FILLED | OTHERWISE.get(name, {})
    return kind(**{field: known[field] for field in kind.model_fields})


def opened(name: str) -> OpenTask:
    """An open task that knows all it can know."""
    return OpenTask(name=name, memory=filled(name), asked=["about", "seat"], question=QUESTION, started="s1")


def stored(state: ConversationState) -> dict[str, Any]:
    """A state as it comes back from the database."""
    kept: dict[str, Any] = json.loads(json.dumps(state.model_dump(mode="json")))
    return kept


def models_in(value: Any) -> list[BaseModel]:
    """A memory and the values of our own inside it."""
    if isinstance(value, BaseModel):
        return [value] + [each for name in type(value).model_fields for each in models_in(getattr(value, name))]
    return [each for inner in value for each in models_in(inner)] if isinstance(value, tuple) else []


# --- of this version ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(MEMORIES))
def test_what_a_task_knows_comes_back_as_it_was(name: str) -> None:
    for each in models_in(filled(name)):
        for field, about in type(each).model_fields.items():
            fresh = about.get_default(call_default_factory=True) if not about.is_required() else None
            assert getattr(each, field) != fresh, f"{field} is filled with what it begins with"
    state = ConversationState(tasks=[opened(name)])
    read = read_state(stored(state), MEMORIES)
    assert read == state
    assert read.set_aside is False
    assert type(read.tasks[0].memory) is MEMORIES[name]


def test_what_is_no_task_comes_back_as_it_was() -> None:
    assert set(BESIDE_THE_TASKS) == set(ConversationState.model_fields) - {"version", "tasks"}
    state = ConversationState(tasks=[opened("reschedule"), opened("human_agent")], **BESIDE_THE_TASKS)
    assert all(getattr(state, name) != getattr(ConversationState(), name) for name in BESIDE_THE_TASKS)
    assert read_state(stored(state), MEMORIES) == state


def test_a_conversation_without_a_state_begins_afresh() -> None:
    assert read_state({}, MEMORIES) == ConversationState()


# --- broken -------------------------------------------------------------------------------------------------

SOUND = {"seat": None, "tests": ["A5"]}
BROKEN: dict[str, Any] = {
    "a field that there is no more": {"name": "reschedule", "memory": SOUND | {"seat_id": "s1"}},
    "a value of another kind": {"name": "reschedule", "memory": SOUND | {"shown_from": "many"}},
    "a field missing": {"name": "read_back", "memory": {"heard": True}},
    "no memory": {"name": "reschedule"},
    "a task that there is no more": {"name": "tire_change", "memory": {}},
    "a question of another kind": {
        "name": "reschedule",
        "memory": SOUND,
        "question": {"slot": "seat", "expects": "a seat"},
    },
    "no name": {"memory": SOUND},
    "no task at all": "reschedule",
    "nothing": None,
}


@pytest.mark.parametrize("broken", BROKEN)
def test_a_task_that_cannot_be_read_is_set_aside_alone(broken: str) -> None:
    kept = stored(ConversationState(tasks=[opened("cancel_test"), opened("undo")], **BESIDE_THE_TASKS))
    kept["tasks"].insert(1, BROKEN[broken])
    read = read_state(kept, MEMORIES)
    assert read.set_aside is True
    assert read == ConversationState(tasks=[opened("cancel_test"), opened("undo")], **BESIDE_THE_TASKS)


def test_the_same_task_unbroken_is_read() -> None:
    read = read_state({"version": STATE_VERSION, "tasks": [{"name": "reschedule", "memory": SOUND}]}, MEMORIES)
    assert read.set_aside is False
    assert [task.name for task in read.tasks] == ["reschedule"]


# --- of the version before ------------------------------------------------------------------------------------

EARLIER: dict[str, Any] = {
    "tasks": [
        {
            "name": "reschedule",
            "slots": {"tests": ["A5"], "about": "A5/P-1", "told": "A5/P-1", "opening": False},
            "asked": ["about"],
            "question": {
                "slot": "seat",
                "expects": "choice",
                "choices": [{"id": "seat:1", "title": "Wed", "spoken": "Wednesday", "value": "CHI-01/1"}],
                "soft": False,
                "misses": 0,
            },
            "started": "x",
        },
        {"name": "clarify", "slots": {}, "asked": [], "question": None, "started": None},
    ],
    "decisions": [TOLD.model_dump(mode="json")],
    "last_topic": "account/retest",
    "last_tests": ["A5"],
    "said": {"text": "You can retest.", "speech": "You can take it again."},
    "misses": 1,
    "silences": 0,
    "doubts": 2,
    "slow": True,
    "links": [],
    "offered": ["faq/fees"],
    "offered_last": 1,
    "undo": None,
    "settled": None,
}
"""As the version before wrote it, which had no number."""


def test_of_an_earlier_version_all_but_the_tasks_is_kept() -> None:
    read = read_state(EARLIER, MEMORIES)
    assert read.set_aside is True
    assert read.tasks == []
    assert read.version == STATE_VERSION
    as_before = read.model_dump(mode="json")
    kept = set(EARLIER) - {"tasks", "doubts"}
    assert {name: as_before[name] for name in kept} == {name: EARLIER[name] for name in kept}


def test_of_an_earlier_version_without_a_task_nothing_is_lost() -> None:
    read = read_state(EARLIER | {"tasks": []}, MEMORIES)
    assert read.set_aside is False


async def conversation_kept_as(talk: Talk, kept: dict[str, Any]) -> None:
    """Open a conversation and put a state into its row, as another program left it."""
    await talk.open(identity=SIGNED_IN)
    with talk.store.unit_of_work() as uow:
        found = uow.conversations.get(talk.conversation_id)
        assert found is not None
        uow.conversations.save_state(found.id, found.version, kept, at=found.created_at)
        uow.commit()


@pytest.mark.parametrize("what", ["a state of the version before", "a memory that cannot be read"])
async def test_the_person_is_told_once_that_the_task_is_gone(house: House, what: str) -> None:
    gone = house.services.answers.phrase("state_set_aside").text
    broken = stored(ConversationState(last_topic="account/retest")) | {"tasks": [BROKEN["no memory"]]}
    talk = house.talk()
    await conversation_kept_as(talk, EARLIER if what == "a state of the version before" else broken)
    first = await talk.say("hello")
    said = [message.text for message in first.messages if message.author == "assistant"]
    assert said[0].startswith(gone)
    assert len(said[0]) > len(gone)
    assert first.state.task is None
    later = [await talk.say("hello"), await talk.say("can I move my A5 appointment?")]
    assert [m.text for reply in later for m in reply.messages if gone in m.text] == []
    assert later[-1].state.task is not None
    with talk.store.unit_of_work(write=False) as uow:
        found = uow.conversations.get(talk.conversation_id)
    assert found is not None
    assert found.state["version"] == STATE_VERSION


async def test_what_was_offered_before_the_task_was_gone_can_still_be_picked(house: House) -> None:
    talk = house.talk()
    await conversation_kept_as(talk, EARLIER)
    reply = await talk.take("choice", "faq/fees")
    assert any(message.sources for message in reply.messages)


# --- values -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(MEMORIES))
def test_a_memory_is_never_changed(name: str) -> None:
    memory = filled(name)
    before = memory.model_copy(deep=True)
    assert models_in(memory)
    for each in models_in(memory):
        for field in type(each).model_fields:
            with pytest.raises(ValidationError, match="frozen"):
                setattr(each, field, None)
    with pytest.raises(ValidationError, match="Extra inputs"):
        memory.having(no_such_field=1)
    for field, about in type(memory).model_fields.items():
        if about.is_required():
            continue
        fresh = about.get_default(call_default_factory=True)
        without = memory.without(field, "no_such_field")
        assert getattr(without, field) == fresh
        assert without != memory
        assert memory.having(**{field: fresh}) == without
    assert memory == before

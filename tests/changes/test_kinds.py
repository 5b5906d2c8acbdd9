"""Every record of a kind of change, held against all that goes by it; and the typed requests."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot.answers.answers import Answers
from bot.changes.kinds import BY_TOPIC, CHANGE_KINDS, KINDS, VERBS, ChangeKind, kind_of, request_from
from bot.clock import Clock
from bot.console.conversation_view import ConversationView, agent_turn
from bot.contracts.changes import (
    AddressRequest,
    BookRequest,
    CancelAppointmentRequest,
    CancelTestRequest,
    ChangeRequest,
    DuplicatesRequest,
    RescheduleRequest,
    UnreadableRequest,
)
from bot.dialogue.choices import yes_or_no
from bot.dialogue.state import Expect, Question
from bot.dialogue.tasks import all_tasks
from bot.dialogue.tasks.change_task import ChangeTask
from bot.dialogue.understanding.answers import CONFIRM, Fit
from bot.dialogue.understanding.user_act import UserAct
from bot.dialogue.understanding.user_message import UserMessage
from bot.rules.facts import Address
from bot.rules.registry import RULES
from bot.store.console_values import Agent
from tests.changes.conftest import AS_OF, World
from tests.changes.playing import WHO
from tests.changes.test_matrix import TASKS
from tests.whole import catalog, dialogue, services_on

THEN = datetime(2026, 3, 20, 9, 0)
REQUESTS: tuple[ChangeRequest, ...] = (
    BookRequest("A1", "P-A1", "CHI-01", THEN),
    RescheduleRequest("A5", "P-A5", "AP-A5", ("CHI-01", THEN), "CHI-02", datetime(2026, 3, 13, 14, 30)),
    CancelAppointmentRequest("A5", "P-A5", "AP-A5", ("CHI-01", THEN)),
    CancelTestRequest("A5", "P-A5", ("CHI-01", THEN), date(2026, 3, 2)),
    CancelTestRequest("A1", "P-A1", None, date(2026, 3, 2)),
    DuplicatesRequest(("auto", "truck"), Decimal("7.50"), Address("9 Oak St", "Elgin", "IL", "60120", "US")),
    DuplicatesRequest(("auto",), Decimal("7.50"), None),
    AddressRequest(
        Address("9 Oak St", "Elgin", "IL", "60120", "US"),
        Address("1 Main St", "Aurora", "IL", "60505", "US", "Apt 4"),
        date(2026, 3, 2),
    ),
    AddressRequest(Address("9 Oak St", "Elgin", "IL", "60120", "US"), None, date(2026, 3, 2)),
)
each_kind = pytest.mark.parametrize("kind", CHANGE_KINDS, ids=[kind.name for kind in CHANGE_KINDS])
each_request = pytest.mark.parametrize("request_", REQUESTS, ids=[type(each).__name__ for each in REQUESTS])


class Operations:
    """Says which operation was asked for, and with what."""

    def book(self, request: BookRequest) -> tuple[str, ChangeRequest]:
        return "book", request

    def reschedule(self, request: RescheduleRequest) -> tuple[str, ChangeRequest]:
        return "reschedule", request

    def cancel_appointment(self, request: CancelAppointmentRequest) -> tuple[str, ChangeRequest]:
        return "cancel_appointment", request

    def cancel_test(self, request: CancelTestRequest) -> tuple[str, ChangeRequest]:
        return "cancel_test", request

    def order_duplicates(self, request: DuplicatesRequest) -> tuple[str, ChangeRequest]:
        return "duplicate_certificate", request

    def change_address(self, request: AddressRequest) -> tuple[str, ChangeRequest]:
        return "change_address", request


# --- the records ----------------------------------------------------------------------------------------------


def test_no_two_kinds_share_what_tells_them_apart() -> None:
    for field in ("request", "preview", "done", "mail", "title"):
        assert len({getattr(kind, field) for kind in CHANGE_KINDS}) == len(CHANGE_KINDS), field
    assert len(KINDS) == len(BY_TOPIC) == len(CHANGE_KINDS)
    assert {kind_of(each) for each in REQUESTS} == set(CHANGE_KINDS)


@each_kind
def test_the_phrases_of_a_kind_exist(kind: ChangeKind) -> None:
    phrases = catalog().phrases
    assert {kind.preview, kind.done, kind.mail, kind.title} <= set(phrases)
    assert kind.label in catalog().topics


@each_kind
def test_a_kind_can_be_undone_or_says_that_it_cannot(kind: ChangeKind) -> None:
    assert kind.may_be_undone == (kind.irreversible is None)
    if kind.undo is None:
        assert kind.irreversible in catalog().phrases
    else:
        assert (kind.undo.rule is None) == (kind.undo.subject is None)
        assert kind.undo.rule is None or kind.undo.rule in RULES


@each_kind
def test_the_rule_and_the_task_of_a_kind_exist(kind: ChangeKind) -> None:
    task = all_tasks()[kind.topic]
    assert isinstance(task, ChangeTask)
    assert kind.rule in RULES
    assert (task.kind, task.rule, task.label) == (kind.name, kind.rule, kind.label)
    assert task.several is not kind.of_one_test


@each_kind
def test_every_repair_of_a_kind_is_played(kind: ChangeKind) -> None:
    assert kind.topic in TASKS
    assert (Path(__file__).parent / "matrix" / f"{kind.topic}.yml").is_file()


def test_an_agent_can_do_every_kind(world: World) -> None:
    services = services_on(world.store, Clock(datetime.fromisoformat(AS_OF), real=world.time))
    anna = Agent("anna", "Anna", "agent", "", 0, None, world.time.now, None)
    turn = agent_turn(services, anna, "c1", WHO)
    view = ConversationView(world.store, services, dialogue())
    shown = {entry["action"]: entry["title"] for entry in view.actions(turn) + view.own(turn)}
    assert set(shown) == set(KINDS)
    said = services.answers.said
    assert all(shown[kind.name].startswith(said(kind.title).web) for kind in CHANGE_KINDS)


@each_kind
def test_a_bare_verb_is_a_yes_to_its_own_kind_alone(kind: ChangeKind) -> None:
    choices = yes_or_no(Answers(catalog()), "choice_confirm")
    question = Question(slot=CONFIRM, expects=Expect.YES_NO, choices=choices)
    for verb, kinds in VERBS.items():
        if " " in verb:
            continue
        act = UserAct(UserMessage(text=f"{verb} it", label="inform"))
        found = act.answer_to(question, kind.label)
        assert (found.fit is Fit.ANSWER) == (kind in kinds), verb


# --- the requests ---------------------------------------------------------------------------------------------


@each_request
def test_a_request_comes_back_from_json_as_it_was(request_: ChangeRequest) -> None:
    kept = request_.to_json()
    assert kept["version"] == type(request_).version
    assert request_from(kind_of(request_).name, kept) == request_


@each_request
def test_a_request_is_executed_by_its_own_operation(request_: ChangeRequest) -> None:
    assert request_.execute(Operations()) == (kind_of(request_).name, request_)


@each_request
@pytest.mark.parametrize("version", [0, 9, "1", None])
def test_another_version_is_refused(request_: ChangeRequest, version: Any) -> None:
    with pytest.raises(UnreadableRequest, match="version"):
        type(request_).from_json(request_.to_json() | {"version": version})


@each_request
def test_a_missing_or_malformed_field_is_refused_by_name(request_: ChangeRequest) -> None:
    kept = request_.to_json()
    for name in set(kept) - {"version"}:
        with pytest.raises(UnreadableRequest, match=f"{name} is missing"):
            type(request_).from_json({key: value for key, value in kept.items() if key != name})
        with pytest.raises(UnreadableRequest, match=f"{name} is malformed"):
            type(request_).from_json(kept | {name: 5})


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(UnreadableRequest, match="voucher"):
        request_from("voucher", {"version": 1})


@pytest.mark.parametrize("request_", [each for each in REQUESTS if each.version == 1])
def test_what_was_kept_before_there_were_versions_is_read(request_: ChangeRequest) -> None:
    earlier = {key: value for key, value in request_.to_json().items() if key != "version"}
    seat = {"site": "CHI-01", "starts_at": "2026-03-20T09:00"}
    assert type(request_).from_json(earlier | {"about": "A5/P-A5", "seat": seat}) == request_

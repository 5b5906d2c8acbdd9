"""One record per kind of change. A new kind is a request, a record here, its operation in the store and its task."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from bot.contracts.changes import (
    AddressRequest,
    BookRequest,
    CancelAppointmentRequest,
    CancelTestRequest,
    ChangeRequest,
    DuplicatesRequest,
    Json,
    PurchaseRequest,
    RescheduleRequest,
    UnreadableRequest,
)
from bot.rules.facts import Subject


class PuttingBack(Protocol):
    """What the store can do to put a change back; each gives what is stored then, as plain data."""

    def give_up_again(self) -> Json:
        """The appointment that was booked."""
        ...

    def move_back(self) -> Json:
        """The appointment that was moved."""
        ...

    def book_again(self) -> Json:
        """The appointment that was given up."""
        ...

    def restore_address(self) -> Json:
        """The address there was before."""
        ...

    def withdraw_order(self) -> Json:
        """The order of duplicates, while it has not been sent."""
        ...


@dataclass(frozen=True, slots=True)
class Undo:
    """How a change is put back: what the store does, and which rule is asked first, about what it left `before` and
    `after` it (None: no rule can forbid it). `old_seat`: whether the seat it had before has to be free."""

    put_back: Callable[[PuttingBack], Json]
    rule: str | None = None
    subject: Callable[[Json, Json], Subject] | None = None
    old_seat: bool = False


@dataclass(frozen=True, slots=True)
class Verbs:
    """The words that ask for a change. `plain` ones ask for it by themselves; `vague` ones may ask for another one too,
    and mean this one for sure before its `object` (a pattern; empty: they never do)."""

    plain: tuple[str, ...] = ()
    vague: tuple[str, ...] = ()
    object: str = ""

    @property
    def all(self) -> tuple[str, ...]:
        return *self.plain, *self.vague


@dataclass(frozen=True, slots=True)
class ChangeKind:
    """Everything that tells one kind of change from the others.

    `name` is what is stored; `topic` the dialogue's task; `rule` what its task tells of. The typed request says what
    the rule is asked about and by which operation the store executes it. `preview`, `still` (the question asked once
    more after a digression), `to_be_sure` (said to words that are hardly a yes), `done` and `mail` name phrases,
    `title` names the phrase that agents see. `needs_booking`: whether it is for tests with an appointment, without
    one (False), or both (None). `fresh_code`: whether a one-time code is asked for.
    Where `undo` is None, `irreversible` names the phrase that says so.
    """

    name: str
    topic: str
    rule: str
    request: type[ChangeRequest]
    verbs: Verbs
    preview: str
    still: str
    to_be_sure: str
    done: str
    mail: str
    title: str
    undo: Undo | None
    irreversible: str | None = None
    needs_seat: bool = False
    needs_booking: bool | None = None
    fresh_code: bool = False

    @property
    def label(self) -> str:
        """The label of the messages that ask for it."""
        return f"account/{self.topic}"

    @property
    def may_be_undone(self) -> bool:
        return self.undo is not None

    @property
    def of_one_test(self) -> bool:
        """Whether it is about one bought test, and so never about several at once."""
        return issubclass(self.request, PurchaseRequest)


def _booked(before: Json, after: Json) -> Subject:
    return Subject(test=after["test"], appointment_id=after["appointment"]["id"])


def _moved(before: Json, after: Json) -> Subject:
    old = before["appointment"]
    starts_at = datetime.fromisoformat(old["starts_at"])
    return Subject(test=before["test"], appointment_id=old["id"], site=old["site"], starts_at=starts_at)


def _given_up(before: Json, after: Json) -> Subject:
    old = before["appointment"]
    starts_at = datetime.fromisoformat(old["starts_at"])
    return Subject(test=before["test"], purchase_id=before["purchase_id"], site=old["site"], starts_at=starts_at)


BOOK = ChangeKind(
    name="book",
    topic="schedule_test",
    rule="schedule_test",
    request=BookRequest,
    verbs=Verbs(("book", "schedule")),
    preview="preview_book",
    still="still_book",
    to_be_sure="sure_book",
    done="done_book",
    mail="book_mail",
    title="action_book",
    undo=Undo(lambda back: back.give_up_again(), "cancel_appointment", _booked),
    needs_seat=True,
    needs_booking=False,
)
RESCHEDULE = ChangeKind(
    name="reschedule",
    topic="reschedule",
    rule="reschedule",
    request=RescheduleRequest,
    verbs=Verbs(("move", "reschedule", "postpone"), ("change",)),
    preview="preview_reschedule",
    still="still_reschedule",
    to_be_sure="sure_reschedule",
    done="done_reschedule",
    mail="reschedule_mail",
    title="action_reschedule",
    undo=Undo(lambda back: back.move_back(), "reschedule", _moved, old_seat=True),
    needs_seat=True,
    needs_booking=True,
)
CANCEL_APPOINTMENT = ChangeKind(
    name="cancel_appointment",
    topic="cancel_appointment",
    rule="cancel_appointment",
    request=CancelAppointmentRequest,
    verbs=Verbs(("cancel", "give up", "drop")),
    preview="preview_cancel_appointment",
    still="still_cancel_appointment",
    to_be_sure="sure_cancel_appointment",
    done="done_cancel_appointment",
    mail="cancel_appointment_mail",
    title="action_cancel_appointment",
    undo=Undo(lambda back: back.book_again(), "schedule_test", _given_up, old_seat=True),
    needs_booking=True,
)
CANCEL_TEST = ChangeKind(
    name="cancel_test",
    topic="cancel_test",
    rule="cancel_test",
    request=CancelTestRequest,
    verbs=Verbs(
        ("refund",),
        ("cancel", "return", "give back", "drop"),
        r"(the|my|that|this)( \w+){0,2} test(?! appointment)",
    ),
    preview="preview_cancel_test",
    still="still_cancel_test",
    to_be_sure="sure_cancel_test",
    done="done_cancel_test",
    mail="cancel_test_mail",
    title="action_cancel_test",
    undo=None,
    irreversible="cannot_undo_after",
)
DUPLICATES = ChangeKind(
    name="duplicate_certificate",
    topic="duplicate_certificate",
    rule="duplicate_certificate",
    request=DuplicatesRequest,
    verbs=Verbs(("order",)),
    preview="preview_duplicate",
    still="still_duplicate",
    to_be_sure="sure_duplicate",
    done="done_duplicate",
    mail="duplicate_certificate_mail",
    title="action_duplicate_certificate",
    undo=Undo(lambda back: back.withdraw_order()),
)
ADDRESS = ChangeKind(
    name="change_address",
    topic="address_change",
    rule="certificate_delivery",
    request=AddressRequest,
    verbs=Verbs((), ("change",)),
    preview="preview_address",
    still="still_address",
    to_be_sure="sure_address",
    done="done_address",
    mail="change_address_mail",
    title="action_change_address",
    undo=Undo(lambda back: back.restore_address()),
    fresh_code=True,
)

CHANGE_KINDS = (BOOK, RESCHEDULE, CANCEL_APPOINTMENT, CANCEL_TEST, DUPLICATES, ADDRESS)
KINDS: Mapping[str, ChangeKind] = {kind.name: kind for kind in CHANGE_KINDS}
"""By the name that is stored."""
BY_TOPIC: Mapping[str, ChangeKind] = {kind.topic: kind for kind in CHANGE_KINDS}
"""By the dialogue's task."""
VERBS: Mapping[str, tuple[ChangeKind, ...]] = {
    verb: tuple(kind for kind in CHANGE_KINDS if verb in kind.verbs.all)
    for verb in dict.fromkeys(verb for kind in CHANGE_KINDS for verb in kind.verbs.all)
}
"""Every verb of change, and the kinds that it may ask for."""


def kind_of(request: ChangeRequest) -> ChangeKind:
    """The kind of a request."""
    return next(kind for kind in CHANGE_KINDS if kind.request is type(request))


def request_from(name: str, kept: Mapping[str, Any]) -> ChangeRequest:
    """The request that was kept under the name of a kind. Raises UnreadableRequest, also for an unknown kind."""
    kind = KINDS.get(name)
    if kind is None:
        raise UnreadableRequest(f"{name!r} is no kind of change")
    return kind.request.from_json(kept)

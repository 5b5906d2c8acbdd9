"""What the dialogue, the console and an API call: propose and confirm, exceptions, and rows of another version."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import text

from bot.clock import Clock
from bot.contracts.changes import CancelAppointmentRequest, ChangeRequest, Changes, ExceptionGrant, Proposal, Refusal
from bot.dialogue.values import Visitor
from tests.changes.conftest import World
from tests.changes.playing import appointments, done
from tests.whole import services_on

WHO = "ASE-2000-0004"
IN_TIME, TOO_LATE = "2026-03-02T10:04:00-06:00", "2026-03-02T10:06:00-06:00"
GRANT = ExceptionGrant("ex-1", WHO, "cancel_appointment", "inside_change_cutoff", "A5")


def service(world: World, as_of: str) -> Changes:
    found = services_on(world.store, Clock(datetime.fromisoformat(as_of), real=world.time)).changes
    assert found is not None
    return found


def wanted(world: World) -> ChangeRequest:
    with world.store.unit_of_work(write=False) as uow:
        person = uow.records.person(WHO)
    assert person is not None
    [purchase] = [each for each in person.candidate.purchases if each.appointment is not None]
    booked = purchase.appointment
    assert booked is not None
    return CancelAppointmentRequest(purchase.test, purchase.id, booked.id, (booked.site, booked.starts_at))


@pytest.fixture
def visitor(world: World) -> Visitor:
    with world.store.unit_of_work() as uow:
        uow.conversations.create("c1", channel="web", locale="en-US", token_hash="-", at=world.time.now, ase_id=WHO)
        uow.commit()
    return Visitor("c1", "web", signed_in_as=WHO)


def proposed(world: World, visitor: Visitor, as_of: str = IN_TIME, allow: ExceptionGrant | None = None) -> Proposal:
    proposal = service(world, as_of).propose(visitor, WHO, wanted(world), allow)
    assert isinstance(proposal, Proposal)
    return proposal


def booked(world: World) -> bool:
    return any(str(each).endswith("booked") for each in appointments(world.store, WHO).values())


def test_what_is_proposed_waits_and_is_done_once(world: World, visitor: Visitor) -> None:
    proposal, changes = proposed(world, visitor), service(world, IN_TIME)
    assert changes.pending(WHO) == proposal
    assert booked(world)
    first, second = (changes.confirm(visitor, WHO, proposal.id) for _ in range(2))
    assert (first.refused, first.repeated, second.refused, second.repeated) == (None, False, None, True)
    assert done(world.store, WHO) == ["cancel_appointment"]
    assert not booked(world)


def test_what_the_rule_forbids_is_not_proposed(world: World, visitor: Visitor) -> None:
    changes = service(world, TOO_LATE)
    refusal = changes.propose(visitor, WHO, wanted(world))
    assert isinstance(refusal, Refusal)
    assert refusal.decision is not None
    assert (refusal.code, refusal.decision.rule) == ("inside_change_cutoff", "cancel_appointment")
    assert changes.pending(WHO) is None
    assert done(world.store, WHO) == []


def test_an_exception_lifts_the_refusal_and_is_noted_with_the_decision(world: World, visitor: Visitor) -> None:
    proposal = proposed(world, visitor, TOO_LATE, GRANT)
    made = service(world, TOO_LATE).confirm(visitor, WHO, proposal.id, GRANT)
    assert made.refused is None
    assert not booked(world)
    with world.store.unit_of_work(write=False) as uow:
        [line] = [e.event for e in uow.audit.entries(WHO) if e.event.action == "cancel_appointment"]
    assert line.decision is not None
    assert (line.decision["outcome"], line.decision["exception"]) == ("refused", "ex-1")


@pytest.mark.parametrize(
    "grant",
    [
        None,
        replace(GRANT, ase_id="ASE-2000-0001"),
        replace(GRANT, rule="reschedule"),
        replace(GRANT, code="no_appointment"),
        replace(GRANT, test="A6"),
    ],
    ids=["none", "person", "rule", "reason", "test"],
)
def test_an_exception_lifts_nothing_else(world: World, visitor: Visitor, grant: ExceptionGrant | None) -> None:
    changes = service(world, TOO_LATE)
    assert isinstance(changes.propose(visitor, WHO, wanted(world), grant), Refusal)
    proposal = proposed(world, visitor)
    assert changes.confirm(visitor, WHO, proposal.id, grant).refused == "inside_change_cutoff"
    assert booked(world)


# --- rows that another version has kept ------------------------------------------------------------------------


def rewrite(world: World, proposal_id: str, **values: Any) -> None:
    with world.store.engine.begin() as connection:
        for column, value in values.items():
            statement = text(f"UPDATE confirmations SET {column} = :value WHERE id = :id")
            connection.execute(statement, {"value": value, "id": proposal_id})


UNREADABLE = [{"preview": '{"version": 99}'}, {"preview": "{}"}, {"task": "voucher"}]


@pytest.mark.parametrize("kept", UNREADABLE, ids=["version", "fields", "kind"])
def test_a_row_that_cannot_be_read_has_expired(world: World, visitor: Visitor, kept: dict[str, str]) -> None:
    proposal, changes = proposed(world, visitor), service(world, IN_TIME)
    rewrite(world, proposal.id, **kept)
    assert changes.pending(WHO) is None
    assert changes.confirm(visitor, WHO, proposal.id).refused == "confirmation_expired"
    assert booked(world)
    with world.store.unit_of_work(write=False) as uow:
        row = uow.confirmations.get(proposal.id)
    assert row is not None
    assert row.state == "expired"


EARLIER = (
    '{"about": "A5/P-A5", "test": "A5", "purchase_id": "P-A5", "appointment_id": "AP-A5-4",'
    ' "was": ["CHI-01", "2026-03-05T10:05:00"]}'
)


def test_a_row_from_before_there_were_versions_is_done(world: World, visitor: Visitor) -> None:
    proposal, changes = proposed(world, visitor), service(world, IN_TIME)
    rewrite(world, proposal.id, preview=EARLIER)
    assert changes.confirm(visitor, WHO, proposal.id).refused is None
    assert not booked(world)

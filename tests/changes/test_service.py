"""What the dialogue, the console and an API call: propose and confirm, exceptions, and rows of another version."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from bot.clock import Clock
from bot.contracts.changes import CancelAppointmentRequest, ChangeRequest, Changes, Proposal, Refusal
from bot.dialogue.values import Visitor
from bot.store.console_values import LiftedRule
from tests.changes.conftest import World
from tests.changes.playing import appointments, done
from tests.whole import services_on

WHO = "ASE-2000-0004"
IN_TIME, TOO_LATE = "2026-03-02T10:04:00-06:00", "2026-03-02T10:06:00-06:00"
GRANT = "ex-1"


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


def proposed(world: World, visitor: Visitor, as_of: str = IN_TIME, exception: str | None = None) -> Proposal:
    proposal = service(world, as_of).propose(visitor, WHO, wanted(world), exception=exception)
    assert isinstance(proposal, Proposal)
    return proposal


def granted(world: World, name: str = GRANT, **other: Any) -> str:
    """An exception from the cut-off, granted by a lead; `other` values make it one that covers something else."""
    now = world.time.now
    known: dict[str, Any] = {
        "ase_id": WHO,
        "conversation_id": "c1",
        "rule": "cancel_appointment",
        "code": "inside_change_cutoff",
        "test": "A5",
        "purchase_id": wanted(world).to_json()["purchase_id"],
        "state": "granted",
        "asked_by": "lena",
        "asked_why": "in hospital",
        "asked_at": now,
        "granted_by": "lena",
        "granted_at": now,
        "expires_at": now + timedelta(days=7),
    } | other
    decision = {"rule": known["rule"], "outcome": "refused", "reasons": [{"code": known["code"]}]}
    with world.store.unit_of_work() as uow:
        if uow.agents.get("lena") is None:
            uow.agents.add("lena", display_name="Lena Moss", role="lead", password_hash="-", at=now)
        uow.exceptions.add(LiftedRule(id=name, decision=decision, **known))
        uow.commit()
    return name


def state_of(world: World, name: str = GRANT) -> tuple[str, str | None]:
    with world.store.unit_of_work(write=False) as uow:
        found = uow.exceptions.get(name)
    assert found is not None
    return found.state_at(world.time.now), found.change_key


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


def test_an_exception_lifts_the_refusal_once_and_is_noted_with_the_decision(world: World, visitor: Visitor) -> None:
    proposal = proposed(world, visitor, TOO_LATE, granted(world))
    assert proposal.exception == GRANT
    changes = service(world, TOO_LATE)
    assert changes.pending(WHO) == replace(proposal, held_until=None)
    made, again = (changes.confirm(visitor, WHO, proposal.id) for _ in range(2))
    assert (made.refused, made.exception, again.refused, again.exception) == (None, GRANT, None, GRANT)
    assert not booked(world)
    assert state_of(world) == ("used", proposal.id)
    with world.store.unit_of_work(write=False) as uow:
        lines = [e.event for e in uow.audit.entries(WHO)]
    [line] = [each for each in lines if each.action == "cancel_appointment"]
    assert line.decision is not None
    assert (line.decision["outcome"], line.decision["exception"]) == ("refused", GRANT)
    [used] = [each for each in lines if each.action == "exception.used"]
    assert used.after == {"exception": GRANT, "change": proposal.id}
    assert changes.propose(visitor, WHO, wanted_again(world), exception=GRANT) == Refusal("exception_over")


def wanted_again(world: World) -> ChangeRequest:
    return CancelAppointmentRequest("A5", "P-A5", "AP-A5-4", ("CHI-01", datetime(2026, 3, 5, 10, 5)))


@pytest.mark.parametrize(
    "other",
    [
        {"ase_id": "ASE-2000-0001"},
        {"rule": "reschedule"},
        {"code": "no_appointment"},
        {"purchase_id": "P-other"},
    ],
    ids=["person", "rule", "reason", "purchase"],
)
def test_an_exception_lifts_nothing_else(world: World, visitor: Visitor, other: dict[str, str]) -> None:
    changes = service(world, TOO_LATE)
    refusal = changes.propose(visitor, WHO, wanted(world), exception=granted(world, **other))
    assert isinstance(refusal, Refusal)
    assert refusal.decision is not None
    assert changes.exception_for(WHO, refusal.decision, wanted(world).to_json()["purchase_id"]) is None
    proposal = proposed(world, visitor)
    assert changes.confirm(visitor, WHO, proposal.id).refused == "inside_change_cutoff"
    assert booked(world)
    assert state_of(world) == ("granted", None)


def test_a_change_that_the_rule_allows_uses_no_exception_up(world: World, visitor: Visitor) -> None:
    granted(world)
    proposal = proposed(world, visitor, IN_TIME, GRANT)
    assert proposal.exception is None
    done_now = service(world, IN_TIME).confirm(visitor, WHO, proposal.id)
    assert (done_now.refused, done_now.exception) == (None, None)
    assert state_of(world) == ("granted", None)


@pytest.mark.parametrize("over", ["expired", "withdrawn"])
def test_an_exception_that_ends_between_preview_and_yes_lifts_nothing(
    world: World, visitor: Visitor, over: str
) -> None:
    granted(world, expires_at=world.time.now + timedelta(minutes=5))
    proposal = proposed(world, visitor, TOO_LATE, GRANT)
    if over == "expired":
        world.time.passes(minutes=5)
    else:
        with world.store.unit_of_work() as uow:
            assert uow.exceptions.end(GRANT, "withdrawn", "lena", "no letter came", at=world.time.now)
            uow.commit()
    refused = service(world, TOO_LATE).confirm(visitor, WHO, proposal.id).refused
    assert refused == ("exception_over" if over == "expired" else "inside_change_cutoff")
    assert booked(world)
    assert state_of(world)[0] == over


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

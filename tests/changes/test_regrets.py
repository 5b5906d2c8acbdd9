"""Changes that somebody would regret: one hour twice, too late to change, nothing new, ordered twice, the wrong one of
two purchases."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from bot.clock import Clock
from bot.contracts.changes import (
    BookRequest,
    ChangeRequest,
    Changes,
    DoneBefore,
    DuplicatesRequest,
    Proposal,
    Refusal,
    RescheduleRequest,
)
from bot.contracts.conversation import Choice, Reply
from bot.dialogue.values import Visitor
from tests.changes.conftest import AS_OF, World
from tests.changes.playing import appointments, done
from tests.conversations.harness import Talk
from tests.whole import database, services_on

PEOPLE = Path(__file__).parent / "regrets.yml"
TWICE, SAME_DAY, IDA, NOWHERE = (f"ASE-3000-000{n}" for n in range(1, 5))
THEN = datetime(2026, 3, 20, 9)
BOOKED = ("CHI-01", THEN)
SAME_INSTANT = [("CHI-01", THEN), ("CHI-02", THEN), ("NYC-01", datetime(2026, 3, 20, 10))]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return database(tmp_path_factory.mktemp("regrets") / "template.db", PEOPLE, AS_OF)


@pytest.fixture
def world(template: Path, tmp_path: Path) -> Iterator[World]:
    path = tmp_path / "regrets.db"
    shutil.copy(template, path)
    made = World(f"sqlite:///{path}")
    yield made
    made.store.close()


def text(reply: Reply) -> str:
    return "\n".join(m.text for m in reply.messages if m.author == "assistant")


def titles(reply: Reply) -> list[str]:
    return [choice.title for choice in reply.messages[-1].choices]


def changes_of(world: World) -> Changes:
    found = services_on(world.store, Clock(datetime.fromisoformat(AS_OF), real=world.time)).changes
    assert found is not None
    return found


def visitor(world: World, who: str, name: str = "c1") -> Visitor:
    with world.store.unit_of_work() as uow:
        uow.conversations.create(name, channel="web", locale="en-US", token_hash=name, at=world.time.now, ase_id=who)
        uow.commit()
    return Visitor(name, "web", signed_in_as=who)


# --- the same instant -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("channel", ["web", "phone"])
async def test_no_seat_is_offered_at_the_hour_of_another_test(world: World, channel: str) -> None:
    talk = await world.talk(IDA, channel)
    reply = await talk.say("book my A8")
    seen = titles(reply)
    while "more" in text(reply).lower() and len(seen) < 20:
        reply = await talk.say("more")
        seen += titles(reply)
    assert len(seen) >= 3
    assert not [title for title in seen if "March 20" in title and ("9:00 AM" in title or "10:00 AM" in title)]
    assert any("March 20" in title and "2:00 PM" in title for title in seen)


@pytest.mark.parametrize("seat", SAME_INSTANT[1:], ids=["other site", "other zone"])
def test_no_seat_at_that_instant_is_proposed(world: World, seat: tuple[str, datetime]) -> None:
    proposed = changes_of(world).propose(visitor(world, IDA), IDA, BookRequest("A8", "P-2", *seat))
    assert proposed == Refusal("same_time")


async def test_two_conversations_race_for_one_instant(world: World) -> None:
    """The second proposal takes back the first; whatever is confirmed, one appointment at most is made."""
    services, other = changes_of(world), ("CHI-02", datetime(2026, 3, 20, 14))
    first, second = visitor(world, IDA, "c1"), visitor(world, IDA, "c2")
    moved = services.propose(first, IDA, RescheduleRequest("A6", "P-1", "AP-1", BOOKED, *other))
    booked = services.propose(second, IDA, BookRequest("A8", "P-2", *other))
    assert isinstance(moved, Proposal)
    assert isinstance(booked, Proposal)
    await asyncio.gather(
        asyncio.to_thread(services.confirm, first, IDA, moved.id),
        asyncio.to_thread(services.confirm, second, IDA, booked.id),
    )
    starts = [each for each in appointments(world.store, IDA).values() if "2026-03-20T14:00" in str(each)]
    assert len(starts) == 1


async def test_another_test_on_the_day_and_in_another_city_is_said_before_the_yes(world: World) -> None:
    talk = await world.talk(IDA)
    same_day = text(await talk.say("book my A8 on march 20 at 2 pm"))
    assert "You also have **A6" in same_day
    await talk.say("stop")
    elsewhere = text(await talk.say("book my A8 in New York on march 23 at 10 am"))
    assert "in another city" in elsewhere
    assert "Chicago North" in elsewhere


# --- inside the cut-off -----------------------------------------------------------------------------------------


async def test_a_seat_that_cannot_be_changed_comes_last_is_said_and_is_not_undone(world: World) -> None:
    talk = await world.talk(IDA)
    offered = titles(await talk.say("book my A8"))
    assert "March 4" in offered[-1]
    shown = text(await talk.say("march 4 at 9 am"))
    assert "can't be moved or cancelled" in shown
    made = text(await talk.say("yes"))
    assert "undo" not in made
    for _ in range(2):
        put_back = await talk.say("undo")
        assert "can't be undone" in text(put_back)
        assert put_back.state.expects == "free"
    assert done(world.store, IDA) == ["book"]


async def test_the_hour_of_another_test_is_named_as_the_reason(world: World) -> None:
    reply = await (await world.talk(IDA)).say("book my A8 on march 20 at 9 am")
    assert "You have **A6" in text(reply)
    assert reply.state.expects != "yes_no"


async def test_seats_near_a_day_list_what_cannot_be_changed_last_too(world: World) -> None:
    offered = titles(await (await world.talk(IDA)).say("book my A8 on march 6"))
    assert len(offered) >= 2
    assert "March 4" in offered[-1]


async def test_an_undo_that_would_be_refused_is_not_offered(world: World) -> None:
    """What is put back is judged as it would be then: the old seat may be one that the rules refuse by now."""
    talk = await world.talk(IDA)
    await talk.say("move my A6 to march 25 at 9 am")
    assert "undo" in text(await talk.say("yes"))
    put_back = await talk.say("undo")
    assert put_back.state.expects == "yes_no"
    assert "March 20" in text(put_back)


# --- the seat there is -------------------------------------------------------------------------------------------


async def test_the_seat_somebody_has_is_not_offered(world: World) -> None:
    talk = await world.talk(IDA)
    offered = titles(await talk.say("move my A6"))
    assert offered
    assert not [title for title in offered if "March 20" in title and "9:00 AM" in title and "Chicago North" in title]


def test_a_move_to_the_seat_somebody_has_is_no_change(world: World) -> None:
    request = RescheduleRequest("A6", "P-1", "AP-1", BOOKED, *BOOKED)
    assert changes_of(world).propose(visitor(world, IDA), IDA, request) == Refusal("no_change")
    assert changes_of(world).pending(IDA) is None


# --- the same order again ----------------------------------------------------------------------------------------


async def ordered(talk: Talk) -> str:
    await talk.say("order duplicates of my automobile certificates")
    return text(await talk.say("yes"))


@pytest.mark.parametrize("channel", ["web", "phone"])
async def test_a_second_order_of_duplicates_says_what_was_ordered_when_and_asks(world: World, channel: str) -> None:
    assert "7 Elm St" in await ordered(await world.talk(IDA))
    talk = await world.talk(IDA, channel)
    again = await talk.say("order duplicates of all my certificates")
    if again.state.expects == "choice":
        again = await talk.take("choice", "all")
    assert again.state.expects == "yes_no"
    assert "already ordered duplicates for Automobile and Light Truck on Monday, March 2" in text(again)
    assert "7 Elm St" in text(again)
    assert done(world.store, IDA) == ["duplicate_certificate"]
    await talk.say("no")
    assert done(world.store, IDA) == ["duplicate_certificate"]


async def test_after_a_day_or_an_undo_nothing_is_said_of_it(world: World) -> None:
    talk = await world.talk(IDA)
    await ordered(talk)
    await talk.say("undo")
    await talk.say("yes")
    again = await world.talk(IDA)
    assert "already ordered" not in text(await again.say("order duplicates of my automobile certificates"))
    await again.say("yes")
    later = await world.talk(IDA, as_of="2026-03-03T10:01:00-06:00")
    assert "already ordered" not in text(await later.say("order duplicates of my automobile certificates"))


async def test_an_order_without_an_address_says_so(world: World) -> None:
    talk = await world.talk(NOWHERE)
    assert "no mailing address" in text(await talk.say("order duplicates"))


async def test_an_order_goes_where_it_was_shown_to_go(world: World) -> None:
    """The address changes between the preview and the yes: nothing is ordered, and it is shown afresh."""
    talk, meanwhile = await world.talk(IDA), await world.talk(IDA)
    await talk.say("order duplicates of my automobile certificates")
    with world.store.unit_of_work() as uow:
        person = uow.records.person(IDA)
        assert person is not None
        moved = person.candidate.address
        assert moved is not None
        uow.bookings.change_address(
            IDA, moved, type(moved)("9 Oak St", "Elgin", "IL", "60120", "US"), datetime.fromisoformat(AS_OF).date()
        )
        uow.commit()
    shown = await talk.say("yes")
    assert done(world.store, IDA) == ["duplicate_certificate_refused"]
    assert "9 Oak St" in text(shown)
    assert shown.state.expects == "yes_no"
    assert meanwhile.conversation_id != talk.conversation_id


async def test_the_same_address_again_says_when_it_was_given_and_asks(world: World) -> None:
    talk = await world.talk(IDA)
    for _ in range(2):
        reply = await talk.say("change my address to 9 Oak St, Elgin, IL 60120")
        if reply.state.expects == "code":
            reply = await talk.enter(talk.last_code())
        assert reply.state.expects == "yes_no"
        if done(world.store, IDA):
            break
        await talk.say("yes")
    assert "already changed your address to this one on Monday, March 2" in text(reply)


def test_which_order_came_before_is_part_of_the_proposal(world: World) -> None:
    services, there = changes_of(world), visitor(world, NOWHERE)
    request: ChangeRequest = DuplicatesRequest(("automobile",), Decimal("7.50"), None)
    first = services.propose(there, NOWHERE, request)
    assert isinstance(first, Proposal)
    assert first.before is None
    assert services.confirm(there, NOWHERE, first.id).refused is None
    second = services.propose(there, NOWHERE, request)
    assert isinstance(second, Proposal)
    assert second.before == DoneBefore(datetime.fromisoformat(AS_OF), ("automobile",))


# --- two purchases of one test -----------------------------------------------------------------------------------


async def test_two_purchases_are_told_apart_from_the_question_to_the_end(world: World) -> None:
    talk = await world.talk(TWICE)
    asked = titles(await talk.say("cancel my A5 test"))
    assert len(set(asked)) == 2
    assert any("January 10" in title and "March 20" in title for title in asked)
    assert any("February 10" in title and "good through" in title for title in asked)
    [key] = [choice.id for choice in _choices(talk) if "January 10" in choice.title]
    shown = text(await talk.take("choice", key))
    assert "you bought on January 10, 2026" in shown
    assert "March 20" in shown
    made = text(await talk.say("yes"))
    assert "you bought on January 10, 2026" in made
    with world.store.unit_of_work(write=False) as uow:
        person = uow.records.person(TWICE)
    assert person is not None
    assert [p.id for p in person.candidate.purchases if p.cancelled_on is not None] == ["P-1"]


async def test_two_purchases_of_one_day_have_different_names(world: World) -> None:
    talk = await world.talk(SAME_DAY)
    asked = titles(await talk.say("book my A5"))
    assert len(set(asked)) == len(asked) == 2
    assert [("P-1" in title, "P-2" in title) for title in sorted(asked)] == [(True, False), (False, True)]
    listed = text(await talk.say("which tests have I bought?"))
    assert "P-1" in listed
    assert "P-2" in listed


def _choices(talk: Talk) -> list[Choice]:
    assert talk.reply is not None
    return list(talk.reply.messages[-1].choices)

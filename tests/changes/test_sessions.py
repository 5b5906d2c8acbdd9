"""Who is signed in ends: kindly for a candidate, who signs in again and finds the conversation; shortly for agents."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.auth.sessions import SessionLimits
from bot.contracts.conversation import Messages, Reply, SessionEnded
from tests.changes.conftest import World
from tests.changes.playing import WHO, appointments, seats
from tests.conversations.harness import Talk

MOVE = "move my A5 appointment to march 13 at 2 pm"


def words(reply: Reply | Messages) -> str:
    return "\n".join(m.text for m in reply.messages if m.author == "assistant")


async def read(talk: Talk) -> Messages:
    return await talk.assistant.messages_after(talk.conversation_id, 0)


async def sign_in_again(talk: Talk, who: str = WHO) -> Reply:
    await talk.say(who)
    return await talk.say(talk.last_code())


def actions(world: World) -> list[str]:
    with world.store.unit_of_work(write=False) as uow:
        return [entry.event.action for entry in uow.audit.entries()]


async def test_an_hour_without_a_turn_signs_out_and_keeps_the_conversation(world: World) -> None:
    talk = await world.talk()
    told = words(await talk.say("what do I have booked?"))
    world.time.passes(minutes=59)
    assert (await talk.say("and my A6?")).state.signed_in
    world.time.passes(minutes=60)
    reply = await talk.say("move my A5 appointment")
    assert "signed you out" in words(reply)
    assert (reply.state.signed_in, reply.state.expects) == (False, "ase_id")
    reply = await sign_in_again(talk)
    assert reply.state.signed_in
    assert told in words(await read(talk))
    assert (await talk.say("what do I have booked?")).state.signed_in
    assert actions(world).count("session.ended") == 1


async def test_twelve_hours_after_signing_in_it_ends_in_any_case(world: World) -> None:
    talk = await world.talk()
    for _ in range(14):
        world.time.passes(minutes=50)
        assert (await talk.say("what do I have booked?")).state.signed_in
    world.time.passes(minutes=20)
    assert not (await talk.say("what do I have booked?")).state.signed_in


async def test_after_the_end_the_token_shows_nothing_of_what_was_said(world: World) -> None:
    talk = await world.talk()
    await talk.say("what do I have booked?")
    assert (await read(talk)).messages
    world.time.passes(hours=2)
    hidden = await read(talk)
    assert (hidden.messages, hidden.state.signed_in, hidden.state.task) == ((), False, None)
    await talk.say("hello")
    shown = words(await read(talk))
    assert "signed you out" in shown
    assert "A5" not in shown


async def test_somebody_else_who_signs_in_there_does_not_see_it_either(world: World) -> None:
    talk = await world.talk()
    await talk.say("what do I have booked?")
    world.time.passes(hours=2)
    await talk.say("hello")
    reply = await sign_in_again(talk, "ASE-2000-0002")
    assert reply.state.signed_in
    assert "March 20" not in words(await read(talk))
    world.time.passes(hours=2)
    await talk.say("hello")
    await sign_in_again(talk, "ASE-2000-0002")
    assert "March 20" not in words(await read(talk))


async def test_a_yes_that_comes_too_late_changes_nothing_and_the_seat_is_free_again(world: World) -> None:
    free, before = seats(world.store), appointments(world.store)
    talk = await world.talk()
    await talk.say(MOVE)
    world.time.passes(hours=1)
    reply = await talk.say("yes")
    assert not reply.state.signed_in
    assert appointments(world.store) == before
    assert seats(world.store) == free


async def test_a_turn_that_was_answered_is_not_answered_again_after_the_end(world: World) -> None:
    talk = await world.talk()
    await talk.say("what do I have booked?")
    with world.store.unit_of_work(write=False) as uow:
        conversation = uow.conversations.get(talk.conversation_id)
    assert conversation is not None
    assert SessionLimits().hidden(conversation, world.time.now) == 0
    later = world.time.now + timedelta(hours=1)
    assert SessionLimits().hidden(conversation, later) == conversation.last_seq


async def test_who_waits_for_a_person_is_not_idle(world: World) -> None:
    talk = await world.talk()
    await talk.say("agent")
    world.time.passes(hours=3)
    assert (await talk.say("are you there?")).state.signed_in


async def test_nobody_signed_in_has_nothing_that_ends(world: World) -> None:
    talk = await world.talk(None)
    await talk.say("what does a test cost?")
    world.time.passes(days=3)
    assert "signed you out" not in words(await talk.say("and a retest?"))


# --- agents ----------------------------------------------------------------------------------------------


async def test_the_word_for_an_agent_holds_for_a_quarter_of_an_hour_and_two_hours_at_most(world: World) -> None:
    talk = await world.talk(WHO, "agent", agent="fred")
    world.time.passes(minutes=14)
    assert "A5" in words(await talk.say("what do they have booked?"))
    world.time.passes(minutes=15)
    with pytest.raises(SessionEnded):
        await talk.say("what do they have booked?")
    assert (await read(talk)).messages == ()
    other = await world.talk(WHO, "agent", agent="fred")
    for _ in range(8):
        world.time.passes(minutes=14)
        await other.say("what do they have booked?")
    world.time.passes(minutes=8)
    with pytest.raises(SessionEnded):
        await other.say("what do they have booked?")


@pytest.mark.parametrize(
    ("values", "ends"),
    [({"disabled_at": True}, True), ({"role": "content_owner"}, True), ({"role": "admin"}, True), ({}, False)],
)
async def test_an_agents_account_is_looked_at_with_each_turn(
    world: World, values: dict[str, object], ends: bool
) -> None:
    with world.store.unit_of_work() as uow:
        uow.agents.add("fred", display_name="Fred", role="lead", password_hash="x", at=world.time.now)
        uow.commit()
    talk = await world.talk(WHO, "agent", agent="Fred")
    assert "A5" in words(await talk.say("what do they have booked?"))
    if values:
        with world.store.unit_of_work() as uow:
            uow.agents.change("fred", **{k: world.time.now if v is True else v for k, v in values.items()})
            uow.commit()
    if ends:
        with pytest.raises(SessionEnded, match="switched off"):
            await talk.say("what do they have booked?")
    else:
        await talk.say("what do they have booked?")

"""Before an address changes: a fresh code, although somebody is signed in."""

from __future__ import annotations

import pytest

from bot.contracts.conversation import Reply
from tests.changes.conftest import World
from tests.changes.playing import WHO, address, done
from tests.conversations.harness import Talk

OLD, NEW = "1 Main St, Chicago, IL 60505", "9 Oak St, Elgin, IL 60120"
SAID = "change my address to 9 Oak St, Elgin, IL 60120"


def at(reply: Reply) -> tuple[str, str]:
    task = reply.state.task
    return (f"{task.name}/{task.step}" if task else "nothing"), reply.state.expects


def words(reply: Reply) -> str:
    return " ".join(m.text for m in reply.messages if m.author == "assistant")


async def asked(world: World, channel: str = "web", who: str = WHO) -> Talk:
    talk = await world.talk(who, channel)
    assert at(await talk.say(SAID)) == ("address_change/code", "code")
    return talk


async def enter(talk: Talk, channel: str, code: str) -> Reply:
    return await talk.take("digits" if channel == "phone" else "text", code)


@pytest.mark.parametrize("channel", ["web", "phone"])
async def test_a_code_then_the_preview_then_a_yes(world: World, channel: str) -> None:
    talk = await asked(world, channel)
    assert at(await talk.say("yes")) == ("address_change/code", "code")
    assert address(world.store) == OLD
    reply = await enter(talk, channel, talk.last_code())
    assert at(reply) == ("address_change/confirm", "yes_no")
    assert "9 Oak St" in words(reply)
    assert address(world.store) == OLD
    assert at(await enter(talk, channel, "1") if channel == "phone" else await talk.say("yes"))[0] == "nothing"
    assert address(world.store) == NEW
    assert done(world.store) == ["change_address"]


@pytest.mark.parametrize("channel", ["web", "phone"])
async def test_signed_in_by_code_a_moment_ago_is_enough(world: World, channel: str) -> None:
    talk = await world.talk(None, channel)
    await talk.say("sign in")
    await talk.say(WHO)
    assert (await enter(talk, channel, talk.last_code())).state.signed_in
    world.time.passes(minutes=4, seconds=59)
    assert at(await talk.say(SAID)) == ("address_change/confirm", "yes_no")
    await talk.say("yes")
    assert address(world.store) == NEW


@pytest.mark.parametrize("channel", ["web", "phone"])
async def test_signed_in_by_code_a_while_ago_is_not(world: World, channel: str) -> None:
    talk = await world.talk(None, channel)
    await talk.say("sign in")
    await talk.say(WHO)
    await enter(talk, channel, talk.last_code())
    world.time.passes(minutes=5)
    assert at(await talk.say(SAID)) == ("address_change/code", "code")
    assert at(await enter(talk, channel, talk.last_code())) == ("address_change/confirm", "yes_no")


async def test_a_code_of_another_conversation_proves_nothing(world: World) -> None:
    other = await asked(world)
    assert at(await other.say(other.last_code()))[0] == "address_change/confirm"
    code = other.last_code()
    talk = await asked(world)
    assert at(await talk.say(code)) == ("address_change/code", "code")
    assert address(world.store) == OLD


async def test_a_wrong_code_is_asked_for_again_and_the_fifth_locks(world: World) -> None:
    talk = await asked(world)
    right = talk.last_code()
    wrong = "000000" if right != "000000" else "000001"
    for _ in range(4):
        assert at(await talk.say(wrong)) == ("address_change/code", "code")
    locked = await talk.say(wrong)
    assert at(locked) == ("nothing", "free")
    assert "locked" in words(locked)
    assert at(await talk.say(right))[0] == "nothing"
    assert at(await talk.say(SAID)) == ("nothing", "free")
    assert address(world.store) == OLD
    world.time.passes(minutes=16)
    assert at(await talk.say(SAID)) == ("address_change/code", "code")


async def test_an_expired_code_is_replaced(world: World) -> None:
    talk = await asked(world)
    late = talk.last_code()
    world.time.passes(minutes=11)
    assert at(await talk.say(late)) == ("address_change/code", "code")
    assert talk.last_code() != late
    assert at(await talk.say(talk.last_code())) == ("address_change/confirm", "yes_no")


async def test_corrected_and_asked_about_while_the_code_is_waited_for(world: World) -> None:
    talk = await asked(world)
    assert at(await talk.say("what does a test cost?")) == ("address_change/code", "code")
    assert at(await talk.say("no, the city is Aurora")) == ("address_change/code", "code")
    assert at(await talk.take("event", "silence")) == ("address_change/code", "code")
    reply = await talk.say(talk.last_code())
    assert "Aurora" in words(reply)
    assert at(await talk.say("stop"))[0] == "nothing"
    assert address(world.store) == OLD


async def test_zero_is_a_person_while_the_code_is_waited_for(world: World) -> None:
    talk = await asked(world, "phone")
    assert (await talk.take("digits", "0")).state.owner == "queue"
    assert address(world.store) == OLD


async def test_without_an_address_for_codes_a_person_is_offered(world: World) -> None:
    talk = await world.talk("ASE-2000-0005")
    reply = await talk.say(SAID)
    assert at(reply) == ("human_agent/wanted", "yes_no")
    assert "no e-mail address on file" in words(reply)


async def test_an_agent_is_not_asked(world: World) -> None:
    talk = await world.talk(channel="agent", agent="kim")
    assert at(await talk.say(SAID)) == ("address_change/confirm", "yes_no")


async def test_putting_it_back_later_needs_a_code_too(world: World) -> None:
    talk = await asked(world)
    await talk.say(talk.last_code())
    await talk.say("yes")
    assert address(world.store) == NEW
    world.time.passes(minutes=6)
    assert at(await talk.say("undo")) == ("undo/code", "code")
    assert at(await talk.say(talk.last_code())) == ("undo/confirm", "yes_no")
    await talk.say("yes")
    assert address(world.store) == OLD


async def test_other_changes_need_no_code(world: World) -> None:
    talk = await world.talk()
    assert at(await talk.say("cancel my A5 appointment")) == ("cancel_appointment/confirm", "yes_no")


async def test_gone_on_with_in_another_conversation_it_needs_its_own_code(world: World) -> None:
    first = await asked(world)
    assert at(await first.say(first.last_code()))[0] == "address_change/confirm"
    phone = await world.talk(WHO, "phone")
    reply = await phone.say("change my address")
    assert at(reply) == ("address_change/code", "code")
    assert at(await phone.take("digits", phone.last_code())) == ("address_change/confirm", "yes_no")
    await phone.take("digits", "1")
    assert address(world.store) == NEW


async def test_a_code_used_in_a_turn_that_was_lost_still_signs_in(world: World) -> None:
    talk = await world.talk(None)
    await talk.say("sign in")
    await talk.say(WHO)
    code = talk.last_code()
    services = world.assistant()._services
    assert services.sign_in.check(talk.conversation_id, code) == ("accepted", WHO)  # and the process ends here
    assert (await talk.say(code)).state.signed_in


async def test_a_used_code_is_of_no_use_later_or_elsewhere(world: World) -> None:
    other, talk = await world.talk(None), await world.talk(None)
    for each in (other, talk):
        await each.say("sign in")
        await each.say(WHO)
    code = talk.last_code()
    assert world.assistant()._services.sign_in.check(talk.conversation_id, code) == ("accepted", WHO)
    assert not (await other.say(code)).state.signed_in
    world.time.passes(minutes=6)
    assert not (await talk.say(code)).state.signed_in

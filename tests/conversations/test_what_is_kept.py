"""What a conversation leaves behind, and what is no script: choices, hand-overs, audit, stale codes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from bot.contracts.conversation import Identity, InvalidRequest
from bot.store.models import SignInCodeRow
from tests.conversations.conftest import MakeTalk


async def test_a_topic_offered_earlier_can_still_be_picked(make_talk: MakeTalk) -> None:
    talk = make_talk()
    await talk.open()
    first = await talk.say("how much does a test cost?")
    offered = [c.id for m in first.messages for c in m.choices]
    assert offered
    await talk.say("where can I take a test?")
    later = await talk.take("choice", offered[0])
    assert any(m.sources for m in later.messages)


@pytest.mark.parametrize("choice", ["yes", "A5/P-1", "nonsense", "faq/epa_609"])
async def test_a_choice_never_offered_is_refused(make_talk: MakeTalk, choice: str) -> None:
    talk = make_talk()
    await talk.open(identity=Identity("ASE-1000-0001"))
    with pytest.raises(InvalidRequest):
        await talk.take("choice", choice)


async def test_a_choice_of_a_question_that_is_settled_is_refused_and_changes_nothing(make_talk: MakeTalk) -> None:
    talk = make_talk()
    await talk.open(identity=Identity("ASE-1000-0002"))
    asked = await talk.say("how long is my test good for?")
    choices = [c.id for m in asked.messages for c in m.choices]
    await talk.take("choice", choices[0])
    with pytest.raises(InvalidRequest):
        await talk.take("choice", choices[1])


async def test_a_code_too_old_is_said_to_be_and_a_new_one_works(make_talk: MakeTalk) -> None:
    talk = make_talk()
    await talk.open()
    await talk.say("sign in")
    await talk.say("ASE-1000-0001")
    old = talk.last_code()
    with talk.store.engine.begin() as connection:
        connection.execute(update(SignInCodeRow).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    reply = await talk.say(old)
    assert reply.state.signed_in is False
    await talk.say("stop")
    await talk.say("sign in")
    await talk.say("ASE-1000-0001")
    reply = await talk.say(talk.last_code())
    assert reply.state.signed_in is True


async def test_a_code_works_only_in_its_own_conversation(make_talk: MakeTalk) -> None:
    mine, other = make_talk(), make_talk()
    for talk in (mine, other):
        await talk.open()
        await talk.say("sign in")
    await mine.say("ASE-1000-0001")
    code = mine.last_code()
    await other.say("ASE-1000-0003")
    assert (await other.say(code)).state.signed_in is False
    assert (await mine.say(code)).state.signed_in is True


async def test_a_lock_holds_in_every_conversation(make_talk: MakeTalk) -> None:
    first, second = make_talk(), make_talk()
    await first.open()
    await first.say("sign in")
    await first.say("ASE-1000-0001")
    for _ in range(5):
        await first.say("000000")
    await second.open()
    await second.say("sign in")
    reply = await second.say("ASE-1000-0001")
    assert reply.state.expects != "code"
    assert reply.state.signed_in is False


async def test_no_mail_goes_to_an_unknown_id_and_the_words_are_the_same(make_talk: MakeTalk) -> None:
    said = []
    for ase_id in ("ASE-1000-0001", "ASE-9999-9999"):
        talk = make_talk()
        await talk.open()
        await talk.say("sign in")
        reply = await talk.say(ase_id)
        said.append([(m.text, m.speech) for m in reply.messages if m.author == "assistant"])
        with talk.store.unit_of_work(write=False) as uow:
            assert len(uow.outbox.list()) == 1
    assert said[0] == said[1]


async def test_a_hand_over_is_kept_with_what_a_person_needs(make_talk: MakeTalk) -> None:
    talk = make_talk()
    await talk.open(identity=Identity("ASE-1000-0002"))
    await talk.say("can I move my A8 appointment?")
    await talk.say("let me talk to a person")
    with talk.store.unit_of_work(write=False) as uow:
        waiting = uow.handoffs.queue()
    assert len(waiting) == 1
    assert waiting[0].conversation_id == talk.conversation_id
    assert waiting[0].reason == "human_agent"
    assert waiting[0].summary["person"] == "ASE-1000-0002"
    assert waiting[0].summary["decisions"][0]["reasons"][0]["code"] == "inside_change_cutoff"


async def test_an_agents_reads_are_in_the_audit(make_talk: MakeTalk) -> None:
    talk = make_talk()
    await talk.open("agent", Identity(None, "agent-7", "agent"), "ASE-1000-0001")
    await talk.say("when does the test expire?")
    await talk.say("look up ASE-1000-0003")
    with talk.store.unit_of_work(write=False) as uow:
        events = [entry.event for entry in uow.audit.entries()]
    read = {(e.actor_id, e.subject) for e in events if e.action == "records.read"}
    assert read == {("agent-7", "ASE-1000-0001"), ("agent-7", "ASE-1000-0003")}
    told = [e for e in events if e.action == "decision.told"]
    assert [e.subject for e in told] == ["ASE-1000-0001"]
    assert told[0].policy_digest

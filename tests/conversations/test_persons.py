"""Zero, "operator" and "agent" lead to a person whatever is being asked; what happens outside the hours."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.contracts.conversation import Identity, Reply
from tests.conversations.conftest import MakeTalk
from tests.conversations.harness import Talk

ME = "ASE-1000-0001"
SEVERAL = "ASE-1000-0002"
QUESTIONS: dict[str, tuple[str | None, list[str], str]] = {
    "nothing": (None, [], "free"),
    "the ID": (None, ["sign in"], "ase_id"),
    "the code": (None, ["sign in", "ASE-1000-0001"], "code"),
    "whether to sign in": (None, ["can I reschedule my test"], "free"),
    "which test": (SEVERAL, ["how long is my test good for"], "choice"),
    "which appointment": (SEVERAL, ["can I reschedule"], "choice"),
    "which seat": (ME, ["can I move my brakes test"], "choice"),
    "yes or no to a change": (ME, ["cancel my brakes appointment"], "yes_no"),
    "a street": ("ASE-1000-0012", ["I moved, please change my address"], "free"),
    "a city": ("ASE-1000-0012", ["change my address: 9 Oak St"], "free"),
    "whether to have a person": (ME, ["this is useless, you're not helping me"], "yes_no"),
    "what was meant": (ME, ["test stuff"], "choice"),
}
WORDS = [("digits", "0"), ("digits", "0#"), ("text", "0"), ("text", "operator"), ("text", "Agent."), ("text", "agent")]


async def asked(make_talk: MakeTalk, name: str, as_of: str = "2026-03-02T10:00:00-06:00") -> Talk:
    who, said, expects = QUESTIONS[name]
    talk = make_talk(as_of)
    await talk.open("phone", Identity(who))
    for line in said:
        await talk.say(line)
    assert talk.reply is not None
    assert talk.reply.state.expects == expects, [m.text for m in talk.reply.messages]
    return talk


@pytest.mark.parametrize("name", QUESTIONS)
@pytest.mark.parametrize(("kind", "value"), WORDS, ids=[f"{kind} {value}" for kind, value in WORDS])
async def test_whatever_is_asked_a_person_comes(make_talk: MakeTalk, name: str, kind: str, value: str) -> None:
    talk = await asked(make_talk, name)
    reply = await talk.take(kind, value, 0.2 if kind == "text" else None)
    assert (reply.state.owner, reply.state.expects, reply.state.task) == ("queue", "free", None)
    with talk.store.unit_of_work(write=False) as uow:
        assert uow.handoffs.open_of(talk.conversation_id) is not None
        waiting = uow.confirmations.pending(ME, now=talk.assistant._clock.real())
    assert (waiting is not None) is (name == "yes or no to a change"), "what waits for a yes goes on waiting"


async def test_a_zero_among_other_keys_is_a_digit(make_talk: MakeTalk) -> None:
    talk = await asked(make_talk, "the ID")
    assert (await talk.take("digits", "10000001#")).state.expects == "code"
    assert (await talk.take("digits", "000000")).state.owner == "assistant"
    assert (await talk.take("digits", "00")).state.owner == "assistant"


async def test_a_key_picks_from_what_was_offered_last(make_talk: MakeTalk) -> None:
    talk = make_talk()
    await talk.open("web", Identity(ME))
    reply = await talk.say("what does a test cost?")
    offered = [c for m in reply.messages for c in m.choices]
    assert len(offered) >= 2
    assert reply.state.expects == "free"
    picked = await talk.take("digits", "2")
    assert await _intent(talk, picked) == offered[1].id
    beyond = await talk.take("digits", "8")
    assert await _intent(talk, beyond) == "inform"


async def _intent(talk: Talk, reply: Reply) -> str | None:
    with talk.store.unit_of_work(write=False) as uow:
        turn = uow.conversations.turn(talk.conversation_id, reply.turn)
    assert turn is not None
    return turn.intent


# --- hours: Monday to Friday, eight to eighteen in New York -------------------------------------------------

EDGES = {
    "2026-03-02T12:59:59+00:00": "2026-03-02T08:00:00-05:00",
    "2026-03-02T13:00:00+00:00": None,
    "2026-03-02T22:59:59+00:00": None,
    "2026-03-02T23:00:00+00:00": "2026-03-03T08:00:00-05:00",
    "2026-03-06T22:59:59+00:00": None,
    "2026-03-06T23:00:00+00:00": "2026-03-09T08:00:00-04:00",
    "2026-03-08T12:00:00+00:00": "2026-03-09T08:00:00-04:00",
    "2026-03-09T11:59:59+00:00": "2026-03-09T08:00:00-04:00",
    "2026-03-09T12:00:00+00:00": None,
}


@pytest.mark.parametrize(("as_of", "opens"), EDGES.items(), ids=list(EDGES))
@pytest.mark.parametrize("channel", ["phone", "web"])
async def test_both_sides_of_the_hours(make_talk: MakeTalk, channel: str, as_of: str, opens: str | None) -> None:
    talk = make_talk(as_of)
    await talk.open(channel, Identity(ME))
    reply = await talk.say("agent")
    assert reply.state.owner == "queue"
    said = " ".join(m.text for m in reply.messages)
    assert ("Nobody is available right now" in said) == (opens is not None)
    with talk.store.unit_of_work(write=False) as uow:
        request = uow.handoffs.open_of(talk.conversation_id)
    assert request is not None
    back = request.summary.get("call_back")
    assert (back is not None) == (opens is not None and channel == "phone")
    assert ("0101" in said) == (back is not None)
    if back is not None and opens is not None:
        assert datetime.fromisoformat(back["not_before"]) == datetime.fromisoformat(opens)
        assert back["phone"] == "+13125550101"


async def test_a_caller_whose_number_is_not_known_is_asked_for_it_and_promised_nothing(make_talk: MakeTalk) -> None:
    talk = make_talk("2026-03-07T12:00:00-06:00")
    await talk.open("phone")
    reply = await talk.say("operator")
    assert reply.state.owner == "queue"
    assert "your number" in reply.messages[-1].speech
    assert _call_back(talk) is None
    reply = await talk.say("three one two five five five oh one four four")
    assert "zero one four four" in reply.messages[-1].speech
    assert _call_back(talk) == "3125550144"
    await talk.take("digits", "3125550177#")
    assert _call_back(talk) == "3125550177"


def _call_back(talk: Talk) -> str | None:
    with talk.store.unit_of_work(write=False) as uow:
        request = uow.handoffs.open_of(talk.conversation_id)
    assert request is not None
    phone = request.summary.get("call_back", {}).get("phone")
    return None if phone is None else str(phone)


# --- the end -------------------------------------------------------------------------------------------------


async def test_four_silences_end_the_conversation_and_give_the_seat_back(make_talk: MakeTalk) -> None:
    talk = await asked(make_talk, "which seat")
    reply = await talk.say("the first one")
    assert reply.state.expects == "yes_no"
    now = talk.assistant._clock.real()
    with talk.store.unit_of_work(write=False) as uow:
        assert uow.seats.held(ME, now=now) is not None
    for _ in range(4):
        reply = await talk.take("event", "silence")
    assert (reply.state.owner, reply.state.task) == ("assistant", None)
    with talk.store.unit_of_work(write=False) as uow:
        assert uow.seats.held(ME, now=now) is None
        assert uow.confirmations.pending(ME, now=now) is None
        conversation = uow.conversations.get(talk.conversation_id)
    assert conversation is not None
    assert conversation.ended_at is not None


@pytest.mark.parametrize("as_of", ["2022-09-19T12:00:00-05:00", "1999-12-31T23:59:59+00:00"])
async def test_before_the_first_rule_nothing_breaks(make_talk: MakeTalk, as_of: str) -> None:
    talk = make_talk(as_of)
    await talk.open("phone", Identity())
    for line in ("what does a test cost?", "can I reschedule my test", "when is christmas", "sign in", "agent"):
        reply = await talk.say(line)
        assert any(m.author == "assistant" and m.text for m in reply.messages)
    assert reply.state.owner == "queue"
    signed_in = make_talk(as_of)
    await signed_in.open("web", Identity(ME))
    assert (await signed_in.say("can I move my brakes test?")).messages

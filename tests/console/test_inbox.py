"""One owner at a time: taking over, answering, handing back, passing on, closing."""

from __future__ import annotations

import asyncio

import pytest

from bot.console.errors import ConsoleError
from tests.console.conftest import DANA, House, SignIn
from tests.threads import at_once


async def test_a_request_waits_masked_until_it_is_opened(house: House, sign_in: SignIn) -> None:
    talk = await house.open()
    await house.say(talk, "can I move my A5 test")
    await house.say(talk, "I want to talk to a person")
    anna = await sign_in("anna")
    line = next(c for c in (await anna.get("/conversations"))["conversations"] if c["id"] == talk)
    assert line["owner"] == "queue"
    assert line["requested_at"]
    assert line["topic"]
    assert line["person"] == {"ase_id": "ASE-····-··01", "name": "D. R.", "masked": True}
    await anna.get(f"/conversations/{talk}", 403)
    await anna.get(f"/conversations/{talk}/beside", 403)
    assert house.audited("conversation.opened") == []
    opened = await anna.post(f"/conversations/{talk}/open")
    assert any("move my A5" in m["text"] for m in opened["messages"])
    await anna.post(f"/conversations/{talk}/open")
    [event] = house.audited("conversation.opened")
    assert (event.actor_id, event.subject) == ("anna", DANA)
    line = next(c for c in (await anna.get("/conversations"))["conversations"] if c["id"] == talk)
    assert line["person"]["name"] == "Dana Reyes"


async def test_of_two_agents_one_wins_and_the_other_is_told_who(house: House, sign_in: SignIn) -> None:
    talk = await house.open()
    await house.say(talk, "agent please")
    anna, ben = await sign_in("anna"), await sign_in("ben")
    paths = f"/agent/api/conversations/{talk}/take"
    answers = await asyncio.gather(
        *(each.client.post(paths, json={"owner": "queue"}, headers=each._headers(True)) for each in (anna, ben))
    )
    assert sorted(answer.status for answer in answers) == [200, 409]
    lost = next(answer for answer in answers if answer.status == 409)
    assert "has it now" in (await lost.json())["error"]["message"]
    with house.store.unit_of_work(write=False) as uow:
        conversation = uow.conversations.get(talk)
        assert conversation is not None
        assert conversation.owner == "agent"
        assert len(uow.console.assignments(talk)) == 1
        assert [h.status for h in uow.handoffs.of(talk)] == ["accepted"]


async def test_an_agent_takes_over_while_the_assistant_is_answering(house: House, sign_in: SignIn) -> None:
    talk = await house.open()
    anna = await sign_in("anna")
    house.parser.hold.clear()
    house.parser.waiting.clear()
    turn = asyncio.create_task(house.say(talk, "what are the fees"))
    assert await asyncio.to_thread(house.parser.waiting.wait, 5)
    await anna.post(f"/conversations/{talk}/take", owner="assistant")
    house.parser.hold.set()
    reply = await asyncio.wait_for(turn, 5)
    assert [m.author for m in reply.messages] == ["candidate"]
    assert reply.state.owner == "agent"
    found = await house.assistant.messages_after(talk, 0)
    authors = [(m.author, m.text) for m in found.messages]
    assert authors[-1] == ("candidate", "what are the fees")
    assert "person" in authors[-2][1].lower()
    assert [m.seq for m in found.messages] == list(range(1, len(found.messages) + 1))


async def test_while_a_person_answers_the_assistant_is_silent_and_both_hear_each_other(
    house: House, sign_in: SignIn
) -> None:
    talk = await house.open()
    anna = await sign_in("anna")
    await anna.post(f"/conversations/{talk}/take", owner="assistant")
    heard = []
    async with house.assistant.subscribe(talk) as updates:
        sent = await anna.post(f"/conversations/{talk}/messages", text="Hello **Dana**", client_message_id="a1")
        heard.append(await asyncio.wait_for(anext(updates), 5))
    assert [(m["author"], m["text"]) for m in sent["messages"]] == [("agent", "Hello **Dana**")]
    assert heard[0].messages[-1].author == "agent"
    assert heard[0].messages[-1].speech == "Hello Dana"
    again = await anna.post(f"/conversations/{talk}/messages", text="Hello **Dana**", client_message_id="a1")
    assert again["messages"] == []
    await anna.post(f"/conversations/{talk}/messages", 409, text="other words", client_message_id="a1")
    reply = await house.say(talk, "can I move my A5")
    assert [m.author for m in reply.messages] == ["candidate"]


async def test_only_the_owner_writes(house: House, sign_in: SignIn) -> None:
    talk = await house.open()
    anna, ben = await sign_in("anna"), await sign_in("ben")
    await ben.post(f"/conversations/{talk}/open")
    body = {"text": "hello", "client_message_id": "x"}
    assert (await ben.post(f"/conversations/{talk}/messages", 409, **body))["error"]["code"] == "not_yours"
    await anna.post(f"/conversations/{talk}/take", owner="assistant")
    assert (await ben.post(f"/conversations/{talk}/messages", 409, **body))["error"]["code"] == "not_yours"
    stale = await ben.post(f"/conversations/{talk}/take", 409, owner="assistant")
    assert stale["error"]["code"] == "owner_changed"
    assert "Anna Berg has it now" in stale["error"]["message"]
    await ben.post(f"/conversations/{talk}/take", 403, owner="agent", owner_agent="anna")
    lena = await sign_in("lena")
    house.time.forward(minutes=1)
    await lena.post(f"/conversations/{talk}/take", owner="agent", owner_agent="anna")
    with house.store.unit_of_work(write=False) as uow:
        first, second = uow.console.assignments(talk)
    assert (first.agent_id, first.ended_how, first.passed_to) == ("anna", "transferred", "lena")
    assert (second.agent_id, second.ended_at) == ("lena", None)


async def test_handing_back_the_assistant_goes_on_with_what_was_open(house: House, sign_in: SignIn) -> None:
    talk = await house.open()
    first = await house.say(talk, "I want to move my A5")
    assert first.state.task is not None
    anna = await sign_in("anna")
    await anna.post(f"/conversations/{talk}/take", owner="assistant")
    house.time.forward(minutes=2)
    await anna.post(f"/conversations/{talk}/messages", text="Pick any seat you like.", client_message_id="1")
    house.time.forward(minutes=3)
    back = await anna.post(f"/conversations/{talk}/hand-back", note="Wanted to know which seats there are.")
    assert back["state"]["owner"] == "assistant"
    assert back["state"]["task"]["name"] == "reschedule"
    assert "the automated assistant" in back["messages"][-1]["text"]
    assert back["messages"][-1]["choices"]
    chosen = await house.take(talk, "choice", back["messages"][-1]["choices"][0]["id"])
    assert chosen.state.expects == "yes_no"
    with house.store.unit_of_work(write=False) as uow:
        [assignment] = uow.console.assignments(talk)
        assert uow.handoffs.open_of(talk) is None
    assert assignment.ended_how == "handed_back"
    assert assignment.note == "Wanted to know which seats there are."
    assert assignment.first_answer_at is not None
    assert (assignment.first_answer_at - assignment.started_at).total_seconds() == 120


@pytest.mark.parametrize("named", ["For A5 that works.", "For the brakes test that works.", "For a5 that works."])
async def test_the_assistant_knows_what_was_said_among_people(house: House, sign_in: SignIn, named: str) -> None:
    talk = await house.open()
    anna = await sign_in("anna")
    await anna.post(f"/conversations/{talk}/take", owner="assistant")
    await house.say(talk, "can I cancel the appointment of my A6")
    await anna.post(f"/conversations/{talk}/messages", text=named, client_message_id="1")
    await anna.post(f"/conversations/{talk}/hand-back")
    with house.store.unit_of_work(write=False) as uow:
        conversation = uow.conversations.get(talk)
    assert conversation is not None
    assert conversation.state["last_topic"] == "account/cancel_appointment"
    assert conversation.state["last_tests"] == ["A5"]


async def test_passing_on_to_a_colleague_and_back_into_the_line(house: House, sign_in: SignIn) -> None:
    talk = await house.open()
    await house.say(talk, "agent")
    anna, ben = await sign_in("anna"), await sign_in("ben")
    await anna.post(f"/conversations/{talk}/take", owner="queue")
    await anna.post(f"/conversations/{talk}/transfer", 400, to="olga", note="x")
    await anna.post(f"/conversations/{talk}/transfer", to="ben", note="Spanish, please")
    await ben.post(f"/conversations/{talk}/open")
    await ben.post(f"/conversations/{talk}/messages", text="Hola", client_message_id="1")
    back = await ben.post(f"/conversations/{talk}/transfer", note="needs a lead")
    assert back["state"]["owner"] == "queue"
    line = next(c for c in (await anna.get("/conversations"))["conversations"] if c["id"] == talk)
    assert line["owner"] == "queue"
    assert line["requested_at"]


async def test_closing_needs_an_outcome_and_ends_it(house: House, sign_in: SignIn) -> None:
    talk = await house.open()
    anna = await sign_in("anna")
    await anna.post(f"/conversations/{talk}/take", owner="assistant")
    await anna.post(f"/conversations/{talk}/close", 400, outcome="fine")
    await anna.post(f"/conversations/{talk}/close", outcome="solved", note="moved it")
    await anna.post(f"/conversations/{talk}/messages", 409, text="one more", client_message_id="9")
    with house.store.unit_of_work(write=False) as uow:
        [assignment] = uow.console.assignments(talk)
        conversation = uow.conversations.get(talk)
    assert (assignment.ended_how, assignment.outcome) == ("closed", "solved")
    assert conversation is not None
    assert conversation.ended_at is not None
    assert len(house.audited("conversation.closed")) == 1


def test_two_agents_in_two_threads_never_both_own_it(house: House) -> None:
    def trial() -> tuple[list[str], list[str]]:
        talk = asyncio.run(house.open())
        won: list[str] = []
        lost: list[str] = []

        def run(number: int) -> None:
            name = ("anna", "ben")[number]
            agent = house.agent(name)
            try:
                house.console.inbox.take(agent, talk, seen_owner="assistant")
                won.append(name)
            except ConsoleError as error:
                lost.append(error.code)

        at_once(2, run)
        return won, lost

    for _ in range(5):
        won, lost = trial()
        assert (len(won), lost) == (1, ["owner_changed"])


async def test_an_unknown_conversation_and_one_of_an_agent_are_not_there(house: House, sign_in: SignIn) -> None:
    anna = await sign_in("anna")
    await anna.post("/conversations/nothing/open", 404)
    asked = await anna.post("/ask", text="what are the fees", client_message_id="1")
    await anna.post(f"/conversations/{asked['conversation_id']}/open", 404)
    assert asked["conversation_id"] not in {c["id"] for c in (await anna.get("/conversations"))["conversations"]}


async def test_an_answer_reaches_who_has_gone_by_mail_and_who_is_there_in_the_chat_alone(
    house: House, sign_in: SignIn
) -> None:
    def mailed() -> list[tuple[str, str, str]]:
        with house.store.unit_of_work(write=False) as uow:
            return [
                (m.mail.to, m.mail.subject, m.mail.body) for m in uow.outbox.list() if m.mail.kind == "agent_answer"
            ]

    talk, nobody = await house.open(), await house.open(None)
    anna = await sign_in("anna")
    for each in (talk, nobody):
        await house.say(each, "agent please")
        await anna.post(f"/conversations/{each}/open")
        await anna.post(f"/conversations/{each}/take", owner="queue")
    await anna.post(f"/conversations/{talk}/messages", text="I am here.", client_message_id="a1")
    assert mailed() == []
    house.time.forward(minutes=11)
    for each in (talk, nobody):
        await anna.post(f"/conversations/{each}/messages", text="It is **settled**.", client_message_id="a2")
        await anna.post(f"/conversations/{each}/messages", text="It is **settled**.", client_message_id="a2")
    [(to, subject, body)] = mailed()
    assert to == "dana@example.org"
    assert subject.startswith("ASE support has answered your question of ")
    assert "It is settled." in body


async def test_an_agent_reads_on_when_the_candidates_session_has_ended(house: House, sign_in: SignIn) -> None:
    talk = await house.open()
    await house.say(talk, "agent please")
    house.time.forward(hours=13)
    assert (await house.assistant.messages_after(talk, 0)).messages == ()
    anna = await sign_in("anna")
    opened = await anna.post(f"/conversations/{talk}/open")
    assert any("agent please" in m["text"] for m in opened["messages"])

"""One person starts on the web, is handed to an agent and finishes by phone; one confirmation waits all along."""

from __future__ import annotations

from typing import Any

from tests.console.conftest import DANA, House, SignIn


def _pending(house: House) -> list[dict[str, Any]]:
    with house.store.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT task, preview, state FROM confirmations WHERE state = 'pending'")
        return [dict(row._mapping) for row in rows]


def _code(house: House) -> str:
    with house.store.unit_of_work(write=False) as uow:
        codes = [m.mail.code for m in uow.outbox.list() if m.mail.code]
    assert codes[-1] is not None
    return codes[-1]


async def test_from_the_web_to_an_agent_to_the_phone(house: House, sign_in: SignIn) -> None:
    web = await house.open(None, "web")
    await house.say(web, "can I move my A5")
    await house.take(web, "choice", "sign_in")
    await house.say(web, DANA)
    signed = await house.say(web, _code(house))
    assert signed.state.signed_in
    assert signed.state.task is not None
    seats = signed.messages[-1].choices
    shown = await house.take(web, "choice", seats[0].id)
    assert shown.state.expects == "yes_no"
    [first] = _pending(house)
    assert first["task"] == "reschedule"

    anna = await sign_in("anna")
    await anna.post(f"/conversations/{web}/take", owner="assistant")
    view = await anna.get(f"/conversations/{web}/beside")
    assert view["person"]["waiting"]["kind"] == "reschedule"
    quiet = await house.say(web, "yes but is Friday possible too?")
    assert [m.author for m in quiet.messages] == ["candidate"]
    await anna.post(f"/conversations/{web}/messages", text="This seat is the best one.", client_message_id="1")
    assert len(_pending(house)) == 1
    back = await anna.post(f"/conversations/{web}/hand-back", note="may call us")
    assert back["state"]["expects"] == "yes_no"
    assert back["state"]["task"] == {"name": "reschedule", "step": "confirm"}
    [second] = _pending(house)
    assert second["preview"] == first["preview"]

    phone = await house.open(None, "phone")
    await house.say(phone, "I want to move my A5")
    await house.say(phone, DANA)
    asked = await house.say(phone, DANA)
    if asked.state.expects != "code":
        await house.take(phone, "choice", "sign_in")
        asked = await house.say(phone, DANA)
    assert asked.state.expects == "code"
    adopted = await house.say(phone, _code(house))
    assert adopted.state.expects == "yes_no"
    assert len(_pending(house)) == 1
    done = await house.say(phone, "yes")
    assert _pending(house) == []
    assert any("A five" in m.speech for m in done.messages if m.author == "assistant")
    with house.store.unit_of_work(write=False) as uow:
        person = uow.records.person(DANA)
    assert person is not None
    moved = next(p.appointment for p in person.candidate.purchases if p.id == "P-1")
    assert moved is not None
    assert f'"{moved.site}"' in first["preview"]
    assert moved.starts_at.isoformat() in first["preview"]
    again = await house.say(web, "yes")
    with house.store.unit_of_work(write=False) as uow:
        person = uow.records.person(DANA)
        assert person is not None
        assert next(p.appointment for p in person.candidate.purchases if p.id == "P-1") == moved
        authors = [m.author for m in uow.conversations.messages_after(web)]
    assert authors.count("agent") == 1
    assert again.messages

"""The life of an exception in the console: asked for, granted, used once by whoever has the conversation, or over."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from tests.console.conftest import MARCUS, AgentClient, House, SignIn

WHY = "His mother is in hospital; letter on file."
RULE = "cancel_appointment"


async def taken(house: House, agent: AgentClient) -> tuple[str, str]:
    """Marcus' conversation with an agent, and the purchase whose appointment is too close to be cancelled."""
    talk = await house.open(MARCUS)
    await agent.post(f"/conversations/{talk}/take", owner="assistant")
    view = await agent.get(f"/conversations/{talk}/beside")
    return f"/conversations/{talk}", str(view["person"]["actions"][0]["about"])


async def told(house: House, path: str) -> list[str]:
    found = await house.assistant.messages_after(path.rpartition("/")[2], 0)
    return [m.text for m in found.messages if m.author == "agent"]


async def action(agent: AgentClient, path: str) -> dict[str, Any]:
    view = await agent.get(f"{path}/beside")
    found: dict[str, Any] = next(a for a in view["person"]["actions"] if a["action"] == RULE)
    return found


async def carried_out(agent: AgentClient, path: str, about: str, exception: str) -> str:
    shown = await agent.post(f"{path}/preview", action=RULE, about=about, exception=exception)
    assert shown["exception"] == exception
    body: dict[str, Any] = {"proposal": shown["proposal"], "consent": {"how": "phone"}, "exception": exception}
    done = await agent.post(f"{path}/commit", **body)
    again = await agent.post(f"{path}/commit", **body)
    assert again["text"] == done["text"]
    return str(done["text"])


async def test_an_agent_asks_a_lead_grants_and_the_agent_uses_it_once(house: House, sign_in: SignIn) -> None:
    anna, lena = await sign_in("anna"), await sign_in("lena")
    path, about = await taken(house, anna)
    await anna.post(f"{path}/exception-requests", 400, rule=RULE, about=about, reason="be nice")
    asked = await anna.post(f"{path}/exception-requests", rule=RULE, about=about, reason=WHY)
    assert asked["state"] == "requested"
    again = await anna.post(f"{path}/exception-requests", 409, rule=RULE, about=about, reason=WHY)
    assert again["error"]["code"] == "exception_open"
    assert (await action(anna, path))["exception"] == {"id": asked["id"], "state": "requested"}
    await anna.post(f"{path}/preview", 404, action=RULE, about=about, exception=asked["id"])
    await anna.get("/exceptions", 403)
    [waiting] = (await lena.get("/exceptions"))["exceptions"]
    assert (waiting["id"], waiting["state"], waiting["asked_by"], waiting["reason"]) == (
        asked["id"],
        "requested",
        "Anna Berg",
        WHY,
    ), waiting
    await lena.post(f"{path}/exceptions/{asked['id']}", 403, typed=asked["type"])
    await lena.post(f"{path}/open")
    await lena.post(f"{path}/exceptions/{asked['id']}", 400, typed="yes")
    granted = await lena.post(f"{path}/exceptions/{asked['id']}", typed=asked["type"])
    assert granted["state"] == "granted"
    await lena.post(f"{path}/exceptions/{asked['id']}", 409, typed=asked["type"])
    assert [text for text in await told(house, path) if "exception" in text] == [granted["text"]]
    assert (await action(anna, path))["exception"] == {"id": asked["id"], "state": "granted"}
    done = await carried_out(anna, path, about, asked["id"])
    assert "exception, allowed by Lena Moss" in done
    over = await anna.post(f"{path}/preview", 409, action=RULE, about=about, exception=asked["id"])
    assert over["error"]["code"] == "exception_over"
    [listed] = (await lena.get("/exceptions"))["exceptions"]
    assert (listed["state"], listed["by"], listed["ended_by"]) == ("used", "Lena Moss", "Anna Berg")
    assert listed["ended_at"] is not None
    for name in ("exception.requested", "exception.allowed", "exception.used"):
        [event] = house.audited(name)
        assert event.subject == MARCUS


async def test_it_goes_on_to_another_agent_and_to_another_conversation(house: House, sign_in: SignIn) -> None:
    lena, ben = await sign_in("lena"), await sign_in("ben")
    path, about = await taken(house, lena)
    made = await lena.post(f"{path}/exceptions", rule=RULE, about=about, reason=WHY)
    await lena.post(f"{path}/exceptions/{made['id']}", typed=made["type"])
    await lena.post(f"{path}/transfer", to="ben", note="please carry it out")
    await ben.post(f"{path}/open")
    assert (await action(ben, path))["exception"] == {"id": made["id"], "state": "granted"}
    other, _ = await taken(house, ben)
    assert "exception" in await carried_out(ben, other, about, made["id"])


async def test_the_person_uses_it_in_their_own_chat(house: House, sign_in: SignIn) -> None:
    """Whoever has the conversation: handed back to the assistant, the person's own yes uses it up."""
    lena = await sign_in("lena")
    path, about = await taken(house, lena)
    made = await lena.post(f"{path}/exceptions", rule=RULE, about=about, reason=WHY)
    await lena.post(f"{path}/exceptions/{made['id']}", typed=made["type"])
    await lena.post(f"{path}/hand-back")
    talk = path.rpartition("/")[2]
    shown = await house.say(talk, "cancel my A4 appointment")
    words = "\n".join(m.text for m in shown.messages)
    assert shown.state.expects == "yes_no", words
    assert "we've made an exception" in words
    await house.say(talk, "yes")
    [used] = house.audited("exception.used")
    assert used.actor_kind == "candidate"
    [listed] = (await lena.get("/exceptions"))["exceptions"]
    assert listed["state"] == "used"


async def test_a_second_try_after_it_was_used_is_refused_by_the_rule(house: House, sign_in: SignIn) -> None:
    lena = await sign_in("lena")
    path, about = await taken(house, lena)
    made = await lena.post(f"{path}/exceptions", rule="reschedule", about=about, reason=WHY)
    await lena.post(f"{path}/exceptions/{made['id']}", typed=made["type"])
    [first, second, *_] = [
        {"site": each["site"], "starts_at": each["starts_at"]}
        for each in (await lena.get(f"{path}/seats?about={about}"))["seats"]
    ]
    body: dict[str, Any] = {"action": "reschedule", "about": about}
    shown = await lena.post(f"{path}/preview", **body, seat=first, exception=made["id"])
    done = await lena.post(f"{path}/commit", proposal=shown["proposal"], consent={"how": "chat"}, exception=made["id"])
    assert "exception, allowed by Lena Moss" in done["text"]
    shown = await lena.post(f"{path}/preview", **body, seat=second)
    assert shown["exception"] is None
    done = await lena.post(f"{path}/commit", proposal=shown["proposal"], consent={"how": "chat"})
    assert "exception" not in done["text"]


async def test_it_runs_out_is_withdrawn_or_turned_down(house: House, sign_in: SignIn) -> None:
    anna, lena = await sign_in("anna"), await sign_in("lena")
    path, about = await taken(house, anna)
    await lena.post(f"{path}/open")
    ask: dict[str, Any] = {"rule": RULE, "about": about, "reason": WHY}

    turned_down = await anna.post(f"{path}/exception-requests", **ask)
    gone = await lena.post(f"{path}/exceptions/{turned_down['id']}/end", reason="There is no letter on file.")
    assert (gone["state"], gone["text"]) == ("declined", None)
    house.time.forward(minutes=1)
    taken_back = await anna.post(f"{path}/exception-requests", **ask)
    gone = await anna.post(f"{path}/exceptions/{taken_back['id']}/end", reason="He can come after all.")
    assert (gone["state"], gone["text"]) == ("withdrawn", None)
    assert await told(house, path) == []

    house.time.forward(minutes=1)
    made = await anna.post(f"{path}/exception-requests", **ask)
    await lena.post(f"{path}/exceptions/{made['id']}", typed=made["type"])
    await anna.post(f"{path}/exceptions/{made['id']}/end", 403, reason="He can come after all.")
    gone = await lena.post(f"{path}/exceptions/{made['id']}/end", reason="The letter was not real.")
    assert gone["state"] == "withdrawn"
    assert (await told(house, path))[-1] == gone["text"]
    await anna.post(f"{path}/preview", 409, action=RULE, about=about, exception=made["id"])
    await lena.post(f"{path}/exceptions/{made['id']}/end", 409, reason="The letter was not real.")

    house.time.forward(minutes=1)
    expires = await anna.post(f"{path}/exception-requests", **ask)
    await lena.post(f"{path}/exceptions/{expires['id']}", typed=expires["type"])
    with house.store.engine.begin() as connection:
        connection.execute(text("UPDATE exceptions SET expires_at = granted_at WHERE id = :id"), {"id": expires["id"]})
    await anna.post(f"{path}/preview", 409, action=RULE, about=about, exception=expires["id"])
    states = [each["state"] for each in (await anna.get(f"{path}/beside"))["person"]["exceptions"]]
    assert states == ["expired", "withdrawn", "withdrawn", "declined"]
    await lena.post(f"{path}/exceptions/{expires['id']}/end", 409, reason="It has run out anyway.")


async def test_whoever_has_gone_is_told_by_mail(house: House, sign_in: SignIn) -> None:
    anna, lena = await sign_in("anna"), await sign_in("lena")
    path, about = await taken(house, anna)
    asked = await anna.post(f"{path}/exception-requests", rule=RULE, about=about, reason=WHY)
    await lena.post(f"{path}/open")
    await anna.post(f"{path}/close", outcome="follow_up")
    granted = await lena.post(f"{path}/exceptions/{asked['id']}", typed=asked["type"])
    with house.store.unit_of_work(write=False) as uow:
        mails = [each.mail.body for each in uow.outbox.list()]
    assert len([each for each in mails if "exception" in each]) == 1, mails
    assert granted["text"] not in await told(house, path)

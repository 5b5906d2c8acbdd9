"""Beside the conversation, suggestions, acting for a person, exceptions, questions, search."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from bot.contracts.conversation import Identity
from bot.rules.facts import Purchase, Seat
from bot.rules.registry import RULES
from tests.console.conftest import AS_OF, DANA, MARCUS, House, SignIn


async def _taken(house: House, agent: object, person: str | None = DANA, say: str | None = None) -> str:
    talk = await house.open(person)
    if say:
        await house.say(talk, say)
    await agent.post(f"/conversations/{talk}/take", owner="assistant")  # type: ignore[attr-defined]
    return talk


async def test_every_deadline_names_the_policy_row_that_sets_it(house: House, sign_in: SignIn) -> None:
    anna = await sign_in("anna")
    deadlines = 0
    for number in range(1, 33):
        talk = await house.open(f"ASE-1000-{number:04d}")
        await anna.post(f"/conversations/{talk}/open")
        view = await anna.get(f"/conversations/{talk}/beside")
        for test in view["person"]["tests"]:
            for entry in test["dates"]:
                assert bool(entry["policy"]) is entry["deadline"], entry
                assert all(row["source"] and row["from"] for row in entry["policy"])
                deadlines += entry["deadline"]
        for action in view["person"]["actions"]:
            assert action["decision"]["rule"] in RULES
            assert action["text"]
            assert action["outcome"] == action["decision"]["outcome"]
    assert deadlines >= 15, f"found only {deadlines} deadlines"


async def test_the_summary_says_what_was_asked_and_decided(house: House, sign_in: SignIn) -> None:
    anna = await sign_in("anna")
    talk = await house.open()
    await house.say(talk, "can I move my A5")
    await anna.post(f"/conversations/{talk}/open")
    view = await anna.get(f"/conversations/{talk}/beside")
    assert view["summary"]["asked"][0]["text"] == "can I move my A5"
    [decided] = view["summary"]["decided"]
    assert (decided["rule"], decided["outcome"]) == ("reschedule", "allowed")
    assert decided["why"]
    assert view["summary"]["task"]


async def test_a_suggestion_never_proposes_what_a_rule_refuses(house: House, sign_in: SignIn) -> None:
    anna = await sign_in("anna")
    seen = refused = 0
    for number in range(1, 33):
        talk = await house.open(f"ASE-1000-{number:04d}")
        await house.say(talk, ("can I move my test", "can I cancel my appointment")[number % 2])
        await anna.post(f"/conversations/{talk}/open")
        found = (await anna.post(f"/conversations/{talk}/suggestions"))["suggestions"]
        assert len(found) <= 3
        actions = (await anna.get(f"/conversations/{talk}/beside"))["person"]["actions"]
        now = {(a["decision"]["rule"], a["test"]): a["outcome"] for a in actions}
        for each in found:
            seen += 1
            if each["label"].startswith("account/"):
                asks_back = each["kind"] == "conversation" and "?" in each["text"]
                assert each["kind"] == "decision" or asks_back or not now, (number, each)
            for told in each["decisions"]:
                key = (told["rule"], told["subject"].get("test"))
                assert told["outcome"] == now.get(key, told["outcome"]), (number, key)
                if told["outcome"] == "refused":
                    refused += 1
                    assert not each["text"].lower().startswith("yes"), each["text"]
    assert seen >= 30
    assert refused >= 10, f"found only {refused} refusals"


async def test_suggestions_have_sources_confidence_and_a_hint_and_are_marked(house: House, sign_in: SignIn) -> None:
    anna, olga = await sign_in("anna"), await sign_in("olga")
    talk = await _taken(house, anna, say="can I move my A5")
    path = f"/conversations/{talk}/suggestions"
    first, second, third = (await anna.post(path))["suggestions"]
    assert (first["label"], first["low"], first["confidence"]) == ("account/reschedule", False, 0.9)
    assert first["sources"]
    assert first["decisions"][0]["outcome"] == "allowed"
    assert second["low"]
    assert third["kind"] == "faq"
    assert [s["id"] for s in (await anna.post(path))["suggestions"]] == [first["id"], second["id"], third["id"]]
    await anna.post(f"{path}/{first['id']}", state="inserted")
    await anna.post(f"{path}/{first['id']}", state="sent")
    await anna.post(f"{path}/{first['id']}", 409, state="rejected", reason="too late")
    await anna.post(f"{path}/{second['id']}", 400, state="rejected")
    await anna.post(f"{path}/{second['id']}", state="rejected", reason="wanted to book", topic="account/schedule_test")
    [item] = (await olga.get("/review"))["items"]
    assert (item["source"], item["text"]) == ("corrected_topic", "can I move my A5")
    assert "account/schedule_test" in item["remark"]


async def test_nothing_is_changed_by_making_suggestions(house: House, sign_in: SignIn) -> None:
    anna = await sign_in("anna")
    talk = await house.open()
    await house.say(talk, "cancel my A5 test")
    with house.store.unit_of_work(write=False) as uow:
        before = uow.confirmations.pending(DANA, now=house.time.real)
    await anna.post(f"/conversations/{talk}/open")
    await anna.post(f"/conversations/{talk}/suggestions")
    with house.store.unit_of_work(write=False) as uow:
        after = uow.confirmations.pending(DANA, now=house.time.real)
        assert uow.conversations.get(talk).last_turn == 1  # type: ignore[union-attr]
    assert before == after


async def test_acting_needs_the_conversation_the_preview_and_the_consent(house: House, sign_in: SignIn) -> None:
    anna = await sign_in("anna")
    talk = await house.open()
    await anna.post(f"/conversations/{talk}/open")
    path = f"/conversations/{talk}"
    about: dict[str, Any] = {"about": "A5/P-1"}
    await anna.post(f"{path}/preview", 409, action="cancel_appointment", **about)
    await anna.post(f"{path}/take", owner="assistant")
    seats = (await anna.get(f"{path}/seats?about=A5/P-1"))["seats"]
    seat = {"site": seats[0]["site"], "starts_at": seats[0]["starts_at"]}
    shown = await anna.post(f"{path}/preview", action="reschedule", seat=seat, **about)
    assert "A5 Brakes" in shown["text"]
    view = await anna.get(f"{path}/beside")
    assert view["person"]["waiting"]["id"] == shown["proposal"]
    await anna.post(f"{path}/commit", 400, proposal=shown["proposal"])
    await anna.post(f"{path}/commit", 400, proposal=shown["proposal"], consent={"how": "telepathy"})
    await anna.post(f"{path}/commit", 404, proposal="other", consent={"how": "chat"})
    done = await anna.post(
        f"{path}/commit", proposal=shown["proposal"], consent={"how": "phone", "words": "yes please"}
    )
    found = await house.assistant.messages_after(talk, 0)
    assert (found.messages[-1].author, found.messages[-1].text) == ("agent", done["text"])
    with house.store.unit_of_work(write=False) as uow:
        person = uow.records.person(DANA)
    assert person is not None
    moved = next(p.appointment for p in person.candidate.purchases if p.id == "P-1")
    assert moved is not None
    assert (moved.site, moved.starts_at.isoformat()) == (seat["site"], seat["starts_at"])
    [consent] = house.audited("consent.recorded")
    assert (consent.actor_id, consent.subject, consent.after["words"]) == ("anna", DANA, "yes please")
    with house.store.unit_of_work(write=False) as uow:
        events = [entry.event for entry in uow.audit.entries()]
    changed = [e for e in events if e.actor_id == "anna" and e.before and e.after and e.subject == DANA]
    assert changed, [e.action for e in events]


async def test_the_seats_of_an_agent_leave_out_what_the_person_cannot_have(house: House, sign_in: SignIn) -> None:
    """Their own seat and the hour of another test are not listed, and are refused where they are sent all the same;
    seats that could not be changed any more come last and are marked."""
    anna = await sign_in("anna")
    with house.store.engine.begin() as connection:
        connection.execute(text("DELETE FROM seats"))
    with house.store.unit_of_work() as uow:
        person = uow.records.person(DANA)
        assert person is not None
        [booked] = [p.appointment for p in person.candidate.purchases if p.appointment and p.id == "P-1"]
        soon, later = (AS_OF.replace(tzinfo=None) + timedelta(days=days) for days in (1, 20))
        uow.seats.put([Seat(booked.site, at, 2) for at in (booked.starts_at, soon, later)])
        bought = Purchase("P-X", "A7", AS_OF.date())
        uow.records.put_candidates([replace(person.candidate, purchases=(*person.candidate.purchases, bought))])
        uow.commit()
    talk = await _taken(house, anna, DANA)
    path, own = f"/conversations/{talk}", {"site": booked.site, "starts_at": booked.starts_at.isoformat()}
    for about, action, code in (("A5/P-1", "reschedule", "no_change"), ("A7/P-X", "book", "same_time")):
        seats = (await anna.get(f"{path}/seats?about={about}"))["seats"]
        assert seats
        assert own not in [{"site": seat["site"], "starts_at": seat["starts_at"]} for seat in seats]
        closed = [seat["closed"] for seat in seats]
        assert closed == sorted(closed)
        assert any(closed)
        refused = await anna.post(f"{path}/preview", 409, action=action, about=about, seat=own)
        assert refused["error"]["code"] == code
    last = (await anna.get(f"{path}/seats?about=A5/P-1"))["seats"][-1]
    seat = {"site": last["site"], "starts_at": last["starts_at"]}
    shown = await anna.post(f"{path}/preview", action="reschedule", about="A5/P-1", seat=seat)
    assert "can't be moved or cancelled" in shown["text"]


async def test_an_agent_is_told_of_an_equal_order_and_of_two_purchases(house: House, sign_in: SignIn) -> None:
    anna = await sign_in("anna")
    with house.store.unit_of_work() as uow:
        person = uow.records.person(DANA)
        assert person is not None
        open_ones = (Purchase("P-X", "A7", date(2026, 1, 20)), Purchase("P-Y", "A7", date(2026, 2, 20)))
        uow.records.put_candidates([replace(person.candidate, purchases=(*person.candidate.purchases, *open_ones))])
        uow.commit()
    talk = await _taken(house, anna, DANA)
    path = f"/conversations/{talk}"
    view = (await anna.get(f"{path}/beside"))["person"]
    which = {act["about"]: act["which"] for act in view["actions"]}
    assert which["A5/P-1"] is None
    assert "January 20, 2026" in which["A7/P-X"]
    assert "February 20, 2026" in which["A7/P-Y"]
    assert len([test for test in view["tests"] if test["test"] == "A7"]) == 2
    shown = await anna.post(f"{path}/preview", action="cancel_test", about="A7/P-X")
    assert "you bought on January 20, 2026" in shown["text"]
    done = await anna.post(f"{path}/commit", proposal=shown["proposal"], consent={"how": "chat"})
    assert "you bought on January 20, 2026" in done["text"]
    [series, *_] = [act["about"] for act in view["own"] if act["action"] == "duplicate_certificate"]
    for count in range(2):
        shown = await anna.post(f"{path}/preview", action="duplicate_certificate", about=series)
        assert ("already ordered" in shown["text"]) is bool(count)
        await anna.post(f"{path}/commit", proposal=shown["proposal"], consent={"how": "chat"})


async def test_what_the_rule_refuses_is_not_previewed(house: House, sign_in: SignIn) -> None:
    anna = await sign_in("anna")
    talk = await _taken(house, anna, MARCUS)
    refused = await anna.post(
        f"/conversations/{talk}/preview", 409, action="cancel_appointment", about=await _about(house, anna, talk)
    )
    assert refused["error"]["code"] == "inside_change_cutoff"


async def _about(house: House, agent: object, talk: str) -> str:
    view = await agent.get(f"/conversations/{talk}/beside")  # type: ignore[attr-defined]
    return str(view["person"]["actions"][0]["about"])


async def test_a_lead_makes_an_exception_in_two_steps_and_the_person_is_told(house: House, sign_in: SignIn) -> None:
    lena, anna = await sign_in("lena"), await sign_in("anna")
    talk = await _taken(house, lena, MARCUS)
    path, about = f"/conversations/{talk}", await _about(house, lena, talk)
    given: dict[str, Any] = {"rule": "cancel_appointment", "about": about}
    await anna.post(f"{path}/exceptions", 403, reason="her mother is in hospital", **given)
    await lena.post(f"{path}/exceptions", 400, reason="be nice", **given)
    made = await lena.post(f"{path}/exceptions", reason="His mother is in hospital; letter on file.", **given)
    assert made["decision"]["outcome"] == "refused"
    await lena.post(f"{path}/preview", 404, action="cancel_appointment", about=about, exception=made["id"])
    await lena.post(f"{path}/exceptions/{made['id']}", 400, typed="yes")
    assert house.audited("exception.allowed") == []
    said = await lena.post(f"{path}/exceptions/{made['id']}", typed=made["type"])
    assert "exception" in said["text"]
    await lena.post(f"{path}/exceptions/{made['id']}", 409, typed=made["type"])
    [event] = house.audited("exception.allowed")
    assert (event.actor_id, event.subject) == ("lena", MARCUS)
    assert event.after["reason"].startswith("His mother")
    other = {"action": "cancel_test", "about": about, "exception": made["id"]}
    await lena.post(f"{path}/preview", 409, **other)
    shown = await lena.post(f"{path}/preview", action="cancel_appointment", about=about, exception=made["id"])
    body = {"proposal": shown["proposal"], "consent": {"how": "phone"}}
    await lena.post(f"{path}/commit", 409, **body)
    shown = await lena.post(f"{path}/preview", action="cancel_appointment", about=about, exception=made["id"])
    done = await lena.post(f"{path}/commit", proposal=shown["proposal"], consent={"how": "phone"}, exception=made["id"])
    assert "exception, allowed by Lena Moss" in done["text"]
    found = await house.assistant.messages_after(talk, 0)
    told = [m.text for m in found.messages if m.author == "agent"]
    assert sum("exception" in text for text in told) == 2


async def test_asking_without_a_person(house: House, sign_in: SignIn) -> None:
    anna, ben = await sign_in("anna"), await sign_in("ben")
    asked = await anna.post("/ask", text=f"can {DANA} move the A5?", client_message_id="1")
    told = [d for m in asked["messages"] for d in m["decisions"]]
    assert (told[0]["rule"], told[0]["outcome"]) == ("reschedule", "allowed")
    assert any(m["sources"] for m in asked["messages"])
    again = {"conversation_id": asked["conversation_id"], "client_message_id": "2"}
    await anna.post("/ask", text="what are the fees", **again)
    await ben.post("/ask", 403, text="what are the fees", **again)
    assert {e.subject for e in house.audited("records.read")} == {DANA}


ASKED = (
    "move the A5 of {who}",
    "the first one",
    "yes",
    "cancel the A5 appointment of {who}",
    "yes, do it",
    "cancel the A5 test of {who} for a refund",
    "yes",
    "order duplicates for {who}",
    "yes",
    "change the address of {who} to 9 Oak St, Elgin, IL 60120",
    "yes",
    "undo",
    "yes",
    "can {who} move the A5?",
    "yes please, move it",
    "the first one",
    "yes",
)


async def test_ask_reads_and_never_changes(house: House, sign_in: SignIn) -> None:
    """Whatever is asked for and agreed to: no proposal, no held seat, no change, no mail to the person."""
    anna = await sign_in("anna")
    talk = await house.open()
    await house.say(talk, "cancel my A5 test")
    before = _all_of(house)
    conversation: dict[str, Any] = {}
    said = ""
    for number, line in enumerate(ASKED):
        answer = await anna.post("/ask", text=line.format(who=DANA), client_message_id=f"n{number}", **conversation)
        conversation = {"conversation_id": answer["conversation_id"]}
        said += "\n".join(m["text"] for m in answer["messages"])
        assert not any("Should I go ahead" in m["text"] for m in answer["messages"]), line
    assert answer["about"] == DANA
    assert "Nothing is changed from here" in said
    assert _all_of(house) == before
    opened = await house.assistant.open("agent", "en-US", Identity(agent="anna", role="agent"))
    await anna.post("/ask", 403, text="yes", client_message_id="x", conversation_id=opened.conversation_id)


def _all_of(house: House) -> dict[str, list[Any]]:
    tables = (
        "confirmations",
        "holds",
        "changes",
        "outbox",
        "appointments",
        "purchases",
        "candidates",
        "handoffs",
        "seats",
    )
    with house.store.engine.connect() as connection:
        return {each: [tuple(row) for row in connection.execute(text(f"SELECT * FROM {each}"))] for each in tables}


async def test_a_conversation_with_the_person_is_found_or_started(house: House, sign_in: SignIn) -> None:
    anna = await sign_in("anna")
    await anna.post("/people/conversation", 400, ase_id=DANA, reason="hm")
    await anna.post("/people/conversation", 404, ase_id="ASE-9999-9999", reason="she is on the telephone")
    started = await anna.post("/people/conversation", ase_id=DANA, reason="she is on the telephone")
    assert started["started"] is True
    again = await anna.post("/people/conversation", ase_id=DANA, reason="she is on the telephone")
    assert again == {"conversation": started["conversation"], "started": False}
    path = f"/conversations/{started['conversation']}"
    await anna.post(f"{path}/open")
    await anna.post(f"{path}/take", owner="assistant")
    shown = await anna.post(f"{path}/preview", action="cancel_appointment", about="A5/P-1")
    await anna.post(f"{path}/commit", 400, proposal=shown["proposal"])
    done = await anna.post(f"{path}/commit", proposal=shown["proposal"], consent={"how": "phone", "words": "yes"})
    assert "Cancelled" in done["text"]
    await anna.post(f"{path}/close", outcome="solved")
    house.time.forward(minutes=1)
    own = await house.open()
    found = await anna.post("/people/conversation", ase_id=DANA, reason="she writes again")
    assert found == {"conversation": own, "started": False}
    assert [e.after["reason"] for e in house.audited("conversation.started")] == ["she is on the telephone"]


async def test_only_a_lead_asks_about_everybody(house: House, sign_in: SignIn) -> None:
    anna, lena = await sign_in("anna"), await sign_in("lena")
    words = "who is close to losing Master this month?"
    await anna.post("/ask", 403, text=words, client_message_id="1")
    found = (await lena.post("/ask", text=words, client_message_id="1"))["masters"]
    assert found["until"] == "2026-03-31"
    later = await asyncio.to_thread(lambda: house.console.masters.at_risk(house.agent("lena"), until=date(2040, 1, 1)))
    assert len(later["people"]) >= 2
    assert all(p["decision"]["outcome"] == "allowed" and p["on"] <= "2040-01-01" for p in later["people"])
    assert [p["on"] for p in later["people"]] == sorted(p["on"] for p in later["people"])
    assert all(p["on"] <= found["until"] for p in found["people"])
    assert len(house.audited("masters.listed")) == 2


@pytest.mark.parametrize(
    ("query", "label"),
    [
        ("registration fee", "faq/fees"),
        ("spanish bilingual", "faq/bilingual_tests"),
        ("accommodations disability", "faq/ada_accommodations"),
        ("what can I bring on test day", "faq/test_day"),
        ("duplicate certificate", "account/duplicate_certificate"),
    ],
)
async def test_search_finds_the_page_with_source_and_date(
    house: House, sign_in: SignIn, query: str, label: str
) -> None:
    anna = await sign_in("anna")
    found = (await anna.get(f"/search?q={query.replace(' ', '+')}"))["results"]
    assert label in [each["label"] for each in found[:2]], [each["label"] for each in found]
    assert all(each["sources"] for each in found if each["label"] == label)
    assert [each["score"] for each in found] == sorted((each["score"] for each in found), reverse=True)
    assert all(source["as_of"] for each in found for source in each["sources"])


async def test_macros_are_filled_or_say_what_is_missing(house: House, sign_in: SignIn) -> None:
    anna = await sign_in("anna")
    talk = await _taken(house, anna)
    found = {each["id"]: each for each in (await anna.get(f"/conversations/{talk}/macros"))["macros"]}
    assert found["greeting"]["text"].startswith("Hello Dana, this is Anna Berg.")
    assert "A5 Brakes" in found["appointment"]["text"]
    assert found["appointment"]["missing"] == []
    nobody = await _taken(house, anna, None)
    found = {each["id"]: each for each in (await anna.get(f"/conversations/{nobody}/macros"))["macros"]}
    assert found["greeting"]["missing"] == ["first_name"]
    assert all("{" not in each["text"] for each in found.values())
    assert len(found) >= 8


async def test_duplicates_and_a_new_address_on_behalf_of_the_person(house: House, sign_in: SignIn) -> None:
    anna = await sign_in("anna")
    talk = await _taken(house, anna, "ASE-1000-0021")
    path = f"/conversations/{talk}"
    own = (await anna.get(f"{path}/beside"))["person"]["own"]
    assert [(o["action"], o["about"], o["outcome"]) for o in own] == [
        ("duplicate_certificate", "series/automobile", "allowed"),
        ("change_address", "address", "allowed"),
    ]
    assert own[0]["fee"] == "7.50"
    about: dict[str, Any] = {"action": "duplicate_certificate", "about": "series/automobile"}
    shown = await anna.post(f"{path}/preview", **about)
    assert "7.50" in shown["text"]
    assert shown["decision"]["outcome"] == "allowed"
    await anna.post(f"{path}/commit", 400, proposal=shown["proposal"])
    done = await anna.post(f"{path}/commit", proposal=shown["proposal"], consent={"how": "chat"})
    assert done["text"]
    await anna.post(f"{path}/preview", 404, action="duplicate_certificate", about="series/bicycles")
    await anna.post(f"{path}/preview", 404, action="duplicate_certificate", about="A5/P-1")

    new = {"line1": "12 Oak Street", "city": "Aurora", "region": "Illinois", "postal_code": "60505"}
    change: dict[str, Any] = {"action": "change_address", "about": "address"}
    await anna.post(f"{path}/preview", 400, **change)
    await anna.post(f"{path}/preview", 400, **change, address={**new, "postal_code": "no code"})
    await anna.post(f"{path}/preview", 400, **change, address={**new, "planet": "Mars"})
    shown = await anna.post(f"{path}/preview", **change, address=new)
    assert shown["decision"] is None
    assert "12 Oak Street, Aurora, IL 60505" in shown["text"]
    await anna.post(f"{path}/commit", proposal=shown["proposal"], consent={"how": "phone", "words": "yes"})
    with house.store.unit_of_work(write=False) as uow:
        person = uow.records.person("ASE-1000-0021")
    assert person is not None
    assert person.candidate.address is not None
    assert person.candidate.address.line1 == "12 Oak Street"
    assert [e.after["change"] for e in house.audited("consent.recorded")] == ["duplicate_certificate", "change_address"]
    found = await house.assistant.messages_after(talk, 0)
    assert [m.author for m in found.messages].count("agent") == 2


async def test_duplicates_without_a_certificate_are_refused_with_the_reason(house: House, sign_in: SignIn) -> None:
    anna = await sign_in("anna")
    talk = await _taken(house, anna, "ASE-1000-0034")
    own = (await anna.get(f"/conversations/{talk}/beside"))["person"]["own"]
    assert (own[0]["outcome"], own[0]["code"]) == ("refused", "no_certificate_in_series")
    body = {"action": "duplicate_certificate", "about": own[0]["about"]}
    refused = await anna.post(f"/conversations/{talk}/preview", 409, **body)
    assert refused["error"]["code"] == "no_certificate_in_series"


async def test_a_person_is_looked_up_masked_and_opened_for_a_reason(house: House, sign_in: SignIn) -> None:
    anna = await sign_in("anna")
    found = (await anna.post("/people/look", ase_id=" ase-1000-0001"))["person"]
    assert found == {"ase_id": "ASE-····-··01", "name": "D. R.", "masked": True}
    assert house.audited("person.opened") == []
    await anna.post("/people/look", 404, ase_id="ASE-9999-0001")
    await anna.post("/people/look", 400, ase_id="Dana Reyes")
    await anna.post("/people/open", 400, ase_id=DANA)
    await anna.post("/people/open", 400, ase_id=DANA, reason="hm")
    await anna.post("/people/open", 404, ase_id="ASE-9999-0001", reason="she is on the phone")
    assert house.audited("person.opened") == []
    person = (await anna.post("/people/open", ase_id=DANA, reason="she is on the phone"))["person"]
    assert (person["ase_id"], person["name"]) == (DANA, "Dana Reyes")
    assert person["tests"]
    assert {action["outcome"] for action in person["actions"]} == {"allowed"}
    await anna.post("/people/open", ase_id=DANA, reason="she called once more")
    events = house.audited("person.opened")
    assert [(e.actor_id, e.subject, e.after["reason"]) for e in events] == [
        ("anna", DANA, "she is on the phone"), ("anna", DANA, "she called once more"),
    ]  # fmt: skip

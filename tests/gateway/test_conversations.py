"""The conversation over plain HTTP."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from bot.auth.tokens import HostTokens
from bot.contracts.conversation import Identity
from bot.gateway.openapi import document
from tests.gateway.conftest import Client, Talk, Time, open_talk, refused
from tests.gateway.fake_assistant import FakeAssistant


def fits(body: Any, schema: str) -> None:
    """Check a body against the published schema."""
    whole = {"$ref": f"#/components/schemas/{schema}", "components": document()["components"]}
    jsonschema.Draft202012Validator(whole).validate(body)


async def test_opening_tells_id_token_and_greeting(client: Client, assistant: FakeAssistant) -> None:
    answer = await client.post("/api/v1/conversations", json={"channel": "web", "locale": "en-US"})
    assert answer.status == 201
    opened = await answer.json()
    fits(opened, "Opened")
    assert set(opened) == {"conversation_id", "token", "messages", "state"}
    assert opened["messages"][0]["author"] == "assistant"
    assert opened["state"] == {"signed_in": False, "expects": "free", "owner": "assistant"}
    kept = assistant.kept[opened["conversation_id"]]
    assert kept.identity == Identity()
    assert opened["token"] not in kept.token_hash


@pytest.mark.parametrize("channel", ["web", "phone"])
async def test_a_candidates_token_signs_in(
    client: Client, assistant: FakeAssistant, tokens: HostTokens, channel: str
) -> None:
    talk = await open_talk(client, channel=channel, candidate_token=tokens.mint_candidate("ASE-1000-0001"))
    assert talk.opened["state"]["signed_in"] is True
    assert assistant.kept[talk.id].identity == Identity(candidate="ASE-1000-0001")
    assert assistant.kept[talk.id].channel == channel


async def test_an_agents_token_brings_role_and_subject(
    client: Client, assistant: FakeAssistant, tokens: HostTokens
) -> None:
    token = tokens.mint_agent("kim", "lead")
    talk = await open_talk(client, channel="agent", agent_token=token, about="ASE-1000-0001")
    kept = assistant.kept[talk.id]
    assert kept.identity == Identity(agent="kim", role="lead")
    assert kept.about == "ASE-1000-0001"


async def test_a_bad_token_opens_nothing(
    client: Client, assistant: FakeAssistant, tokens: HostTokens, time: Time
) -> None:
    for_agents = tokens.mint_agent("kim", "agent")
    long_lived = tokens.mint_candidate("ASE-1000-0001", timedelta(minutes=11))
    soon_old = tokens.mint_candidate("ASE-1000-0001")
    time.now += timedelta(minutes=10)
    for bad in (for_agents, long_lived + "x", soon_old, "rubbish"):
        answer = await client.post("/api/v1/conversations", json={"channel": "web", "candidate_token": bad})
        message = await refused(answer, 401, "unauthorized", "candidate_token")
        assert bad not in message
    assert assistant.kept == {}


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"channel": "agent"}, 401, "agent_token"),
        ({"channel": "agent", "agent_token": "rubbish"}, 401, "agent_token"),
        ({"channel": "agent", "candidate_token": "rubbish", "agent_token": "x"}, 400, "candidate_token"),
        ({"channel": "web", "agent_token": "rubbish"}, 400, "agent_token"),
        ({"channel": "web", "about": "ASE-1000-0001"}, 400, "about"),
        ({"channel": "agent", "agent_token": "x", "about": "Dana"}, 400, "about"),
        ({"channel": "fax"}, 400, "channel"),
        ({"channel": ["web"]}, 400, "channel"),
        ({}, 400, "channel"),
        ({"channel": "web", "locale": "English"}, 400, "locale"),
        ({"channel": "web", "locale": None}, 400, "locale"),
        ({"channel": "web", "user": "dana"}, 400, "user"),
    ],
)
async def test_what_does_not_open_a_conversation(
    client: Client, assistant: FakeAssistant, body: dict[str, Any], status: int, field: str
) -> None:
    answer = await client.post("/api/v1/conversations", json=body)
    await refused(answer, status, "unauthorized" if status == 401 else "invalid_request", field)
    assert assistant.kept == {}


async def test_a_turn_brings_the_reply(talk: Talk) -> None:
    reply = await talk.say("hello")
    fits(reply, "Reply")
    assert reply["turn"] == 1
    assert [message["author"] for message in reply["messages"]] == ["candidate", "assistant"]
    assert reply["messages"][0]["intent"] == {"name": "faq/fees", "confidence": 0.9}
    assert "intent" not in reply["messages"][1]
    assert reply["state"]["task"] == {"name": "reschedule", "step": "which"}
    fits(await talk.say("decide"), "Reply")


async def test_every_kind_of_turn_is_taken(talk: Talk) -> None:
    await talk.say("choices")
    turns: list[dict[str, Any]] = [
        {"choice": "a"},
        {"digits": "12*#"},
        {"text": "x" * 2_000, "confidence": 1},
        {"text": "é \U0001f600\n", "confidence": 0.25},
        {"event": "silence"},
        {"event": "hangup"},
    ]
    for turn in turns:
        assert (await talk.post(**turn)).status == 200
    await refused(await talk.post(text="still there?"), 409, "conversation_ended")


async def test_the_same_message_again_does_nothing_twice(talk: Talk, assistant: FakeAssistant) -> None:
    first = await talk.say("hello", client_message_id="one")
    again = await talk.say("hello", client_message_id="one")
    assert [message.get("client_message_id") for message in first["messages"]] == ["one", None]
    assert again == first
    assert assistant.carried_out == 1
    await refused(
        await talk.post(text="other", client_message_id="one"), 409, "duplicate_mismatch", "client_message_id"
    )
    await refused(
        await talk.post(text="hello", confidence=0.5, client_message_id="one"),
        409,
        "duplicate_mismatch",
        "client_message_id",
    )


async def test_many_at_once_count_once(talk: Talk, assistant: FakeAssistant) -> None:
    replies = await asyncio.gather(*(talk.say("hello", client_message_id="one") for _ in range(30)))
    assert all(reply == replies[0] for reply in replies)
    assert assistant.carried_out == 1


async def test_reading_on_after_a_lost_connection(talk: Talk) -> None:
    await talk.say("one")
    await talk.say("two")
    answer = await talk.client.get(talk.path(), params={"after": 3}, headers=talk.headers)
    found = await answer.json()
    fits(found, "Messages")
    assert [message["seq"] for message in found["messages"]] == [4, 5]
    whole = await (await talk.client.get(talk.path(), headers=talk.headers)).json()
    assert [message["seq"] for message in whole["messages"]] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("after", ["-1", "x", "1.0", "", "99999999999", "٣"])
async def test_after_must_be_a_number(talk: Talk, after: str) -> None:
    answer = await talk.client.get(talk.path(), params={"after": after}, headers=talk.headers)
    await refused(answer, 400, "invalid_request", "after")


async def test_after_must_come_once(talk: Talk) -> None:
    answer = await talk.client.get(talk.path() + "?after=1&after=2", headers=talk.headers)
    await refused(answer, 400, "invalid_request", "after")


async def test_a_rating_is_kept(talk: Talk, assistant: FakeAssistant) -> None:
    body = {"seq": 1, "rating": "down", "comment": "Not what I asked."}
    answer = await talk.client.post(talk.path("feedback"), json=body, headers=talk.headers)
    assert answer.status == 200
    fits(await answer.json(), "FeedbackKept")
    assert assistant.feedbacks == [(talk.id, 1, "down", "Not what I asked.")]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"seq": 0, "rating": "up"}, "seq"),
        ({"seq": "1", "rating": "up"}, "seq"),
        ({"seq": True, "rating": "up"}, "seq"),
        ({"seq": 1.5, "rating": "up"}, "seq"),
        ({"rating": "up"}, "seq"),
        ({"seq": 1, "rating": "meh"}, "rating"),
        ({"seq": 1}, "rating"),
        ({"seq": 1, "rating": "up", "comment": "x" * 2_001}, "comment"),
        ({"seq": 1, "rating": "up", "comment": ""}, "comment"),
        ({"seq": 1, "rating": "up", "stars": 5}, "stars"),
    ],
)
async def test_a_bad_rating_is_refused(talk: Talk, assistant: FakeAssistant, body: dict[str, Any], field: str) -> None:
    answer = await talk.client.post(talk.path("feedback"), json=body, headers=talk.headers)
    await refused(answer, 400, "invalid_request", field)
    assert assistant.feedbacks == []


REQUESTS = [("POST", "messages"), ("GET", "messages"), ("POST", "feedback")]


async def test_a_rating_of_no_message(talk: Talk) -> None:
    answer = await talk.client.post(talk.path("feedback"), json={"seq": 99, "rating": "up"}, headers=talk.headers)
    await refused(answer, 404, "not_found", "seq")


@pytest.mark.parametrize(("method", "rest"), REQUESTS)
async def test_only_the_token_of_the_conversation_opens_it(talk: Talk, method: str, rest: str) -> None:
    other = await open_talk(talk.client)
    wrong = [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer  "},
        {"Authorization": talk.token},
        {"Authorization": f"Basic {talk.token}"},
        {"Authorization": f"Bearer {talk.token}x"},
        {"Authorization": f"Bearer {talk.token[:-1]}"},
        {"Authorization": f"Bearer {other.token}"},
        {"Authorization": "Bearer " + "x" * 5_000},
    ]
    for headers in wrong:
        answer = await talk.client.request(method, talk.path(rest), headers=headers, json={})
        await refused(answer, 401, "unauthorized")
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    in_url = await talk.client.request(method, f"{talk.path(rest)}?token={talk.token}", json={})
    await refused(in_url, 401, "unauthorized")


@pytest.mark.parametrize(("method", "rest"), REQUESTS)
async def test_an_unknown_conversation_looks_like_a_wrong_token(talk: Talk, method: str, rest: str) -> None:
    wrong = await talk.client.request(method, talk.path(rest), headers={"Authorization": "Bearer wrong"}, json={})
    unknown = await talk.client.request(
        method, f"/api/v1/conversations/c-unknown/{rest}", headers=talk.headers, json={}
    )
    assert await wrong.json() == await unknown.json()
    assert wrong.status == unknown.status == 401


async def test_the_assistants_errors_come_through(talk: Talk) -> None:
    await refused(await talk.post(choice="never offered"), 409, "does_not_fit", "choice")
    away = await talk.post(text="down")
    await refused(away, 503, "unavailable")
    assert int(away.headers["Retry-After"]) > 0


async def test_a_break_says_nothing_of_the_inside(talk: Talk, caplog: pytest.LogCaptureFixture) -> None:
    answer = await talk.post(text="boom")
    message = await refused(answer, 500, "internal_error")
    assert "exception" not in message
    assert "RuntimeError" in caplog.text
    assert "fake_assistant.py" in caplog.text
    assert "what a person wrote" not in caplog.text
    assert answer.headers["Request-Id"] in caplog.text

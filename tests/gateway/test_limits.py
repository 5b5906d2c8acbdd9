"""Rate limits: friendly, per address and per conversation, with a bounded memory."""

from __future__ import annotations

import ipaddress
from dataclasses import replace

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from bot.config.settings import Settings
from bot.gateway.limits import Limits, RateLimit
from tests.gateway.conftest import MakeClient, Time, open_talk, refused
from tests.gateway.fake_assistant import FakeAssistant


def test_a_minutes_worth_at_once_then_evenly() -> None:
    now = [0.0]
    limit = RateLimit(6, lambda: now[0])
    assert [limit.wait("a") for _ in range(6)] == [0] * 6
    assert limit.wait("a") == 10
    now[0] += 9.9
    assert limit.wait("a") == 1
    now[0] += 0.1
    assert limit.wait("a") == 0
    assert limit.wait("a") == 10
    now[0] += 3_600
    assert [limit.wait("a") for _ in range(7)] == [0] * 6 + [10]


def test_keys_do_not_share() -> None:
    limit = RateLimit(1, lambda: 0.0)
    assert [limit.wait("a"), limit.wait("b"), limit.wait("a")] == [0, 0, 60]


def test_no_limit() -> None:
    limit = RateLimit(0, lambda: 0.0)
    assert [limit.wait("a") for _ in range(1_000)] == [0] * 1_000
    assert len(limit) == 0


def test_the_memory_is_bounded() -> None:
    limit = RateLimit(1, lambda: 0.0, max_keys=3)
    for key in ("a", "b", "c", "a", "d"):
        limit.wait(key)
    assert len(limit) == 3
    assert limit.wait("a") > 0  # seen lately: still remembered
    assert limit.wait("b") == 0  # forgotten


@pytest.mark.parametrize(
    ("remote", "forwarded", "address"),
    [
        ("192.0.2.7", [], "192.0.2.7"),
        ("192.0.2.7", ["198.51.100.1"], "192.0.2.7"),  # not a proxy of ours: anybody can write that
        ("10.0.0.5", [], "10.0.0.5"),
        ("10.0.0.5", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.5", ["203.0.113.9, 198.51.100.1"], "198.51.100.1"),
        ("10.0.0.5", ["198.51.100.1, 10.0.0.9"], "198.51.100.1"),
        ("10.0.0.5", ["198.51.100.1", "10.0.0.9"], "198.51.100.1"),
        ("10.0.0.5", ["rubbish"], "10.0.0.5"),
        ("10.0.0.5", [""], "10.0.0.5"),
        ("2001:db8:1:2:3:4:5:6", [], "2001:db8:1:2::/64"),
        ("10.0.0.5", ["2001:db8:1:2:ffff::1"], "2001:db8:1:2::/64"),
    ],
)
def test_whose_address_counts(settings: Settings, remote: str, forwarded: list[str], address: str) -> None:
    limits = Limits(replace(settings, trusted_proxies=(ipaddress.ip_network("10.0.0.0/8"),)), lambda: 0.0)
    headers = [("X-Forwarded-For", value) for value in forwarded]
    request: web.Request = make_mocked_request("GET", "/", headers=headers).clone(remote=remote)
    assert limits.address(request) == address


async def test_one_address_cannot_ask_without_end(make_client: MakeClient, time: Time) -> None:
    client = await make_client(rate_requests=3)
    for _ in range(3):
        assert (await client.get("/api/v1/openapi.json")).status == 200
    answer = await client.get("/api/v1/openapi.json")
    message = await refused(answer, 429, "too_many_requests")
    assert "Please wait" in message
    assert answer.headers["Retry-After"] == "20"
    assert (await client.get("/healthz")).status == 200  # those who watch over us are not turned away
    time.seconds += 20
    assert (await client.get("/api/v1/openapi.json")).status == 200


async def test_one_address_cannot_open_without_end(make_client: MakeClient, assistant: FakeAssistant) -> None:
    client = await make_client(rate_conversations=2)
    await open_talk(client)
    await open_talk(client)
    answer = await client.post("/api/v1/conversations", json={"channel": "web"})
    await refused(answer, 429, "too_many_requests")
    assert len(assistant.kept) == 2


async def test_one_conversation_cannot_talk_without_end(
    make_client: MakeClient, assistant: FakeAssistant, time: Time
) -> None:
    client = await make_client(rate_turns=2)
    one, other = await open_talk(client), await open_talk(client)
    await one.say("1")
    await one.say("2")
    await refused(await one.post(text="3"), 429, "too_many_requests")
    await other.say("1")
    assert assistant.carried_out == 3
    time.seconds += 30
    await one.say("3")


async def test_a_stranger_cannot_use_up_a_conversations_turns(make_client: MakeClient) -> None:
    client = await make_client(rate_turns=1)
    talk = await open_talk(client)
    for _ in range(3):
        answer = await client.post(talk.path(), json={}, headers={"Authorization": "Bearer wrong"})
        assert answer.status == 401
    await talk.say("still mine")

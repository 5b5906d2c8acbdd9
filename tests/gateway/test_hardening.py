"""What is sent to tie the service up, or is no HTTP at all: refused in the one shape, in a bounded time."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import make_mocked_request

from bot.clock import Clock
from bot.config.settings import Settings
from bot.gateway import bodies, turns
from bot.gateway.app import create_app
from bot.gateway.limits import Limits
from bot.gateway.server import serve
from tests.gateway.conftest import Client, MakeClient, Talk, open_talk
from tests.gateway.fake_assistant import FakeAssistant


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "GZIP", "x"])
async def test_compressed_bodies_are_refused(address: str, coding: str) -> None:
    body = gzip.compress(b" " * 10_000_000)
    head = "POST /api/v1/conversations HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nConnection: close\r\n"
    head += f"Content-Encoding: {coding}\r\nContent-Length: {len(body)}\r\n\r\n"
    answer = await raw(address, head.encode() + body)
    assert b" 415 " in answer.partition(b"\r\n")[0]
    assert body_of(answer)["error"]["code"] == "unsupported_media_type"


async def raw(address: str, sent: bytes, *, wait: float = 5.0) -> bytes:
    """What comes back until the connection is closed."""
    host, _, port = address.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(sent)
    await writer.drain()
    try:
        return await asyncio.wait_for(reader.read(), wait)
    finally:
        writer.close()


@pytest.fixture
async def address(settings: Settings, assistant: FakeAssistant) -> AsyncIterator[str]:
    """The service on a port of its own, impatient."""
    stop, ready = asyncio.Event(), asyncio.get_running_loop().create_future()
    app = create_app(assistant, settings, Clock())
    task = asyncio.create_task(
        serve(app, "127.0.0.1", 0, stop=stop, ready=ready.set_result, signals=(), header_time=0.3)
    )
    yield await ready
    stop.set()
    await task


def body_of(answer: bytes) -> dict[str, dict[str, str]]:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"application/json" in head
    found: dict[str, dict[str, str]] = json.loads(body)
    return found


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: +2\r\n\r\n",
        b"POST /api/v1/conversations HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n",
        b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost : a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"secret" * 3000 + b"\r\n\r\n",
        b"\x16\x03\x01\x02\x00\r\n\r\n",
    ],
)
async def test_what_is_no_http_is_refused_in_our_shape(address: str, sent: bytes) -> None:
    answer = await raw(address, sent)
    assert answer.startswith(b"HTTP/1.1 400") or answer.startswith(b"HTTP/1.0 400")
    assert body_of(answer)["error"]["code"] == "bad_request"
    assert b"secret" not in answer


@pytest.mark.parametrize("header", [b"Cookie: assistant_agent=\xff", b"Authorization: Bearer \xff", b"Origin: \xfe"])
async def test_headers_that_are_no_text_are_refused(address: str, header: bytes) -> None:
    for path in (b"GET /agent/api/session", b"GET /api/v1/conversations/x/messages", b"POST /agent/api/session"):
        answer = await raw(address, path + b" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + header + b"\r\n\r\n")
        assert b" 400 " in answer.partition(b"\r\n")[0]
        assert body_of(answer)["error"]["code"] == "invalid_request"


@pytest.mark.parametrize("sent", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: a\r\nX"])
async def test_a_header_that_does_not_end_is_given_up(address: str, sent: bytes) -> None:
    assert await raw(address, sent) == b""


async def test_a_body_that_does_not_come_is_given_up(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "BODY_TIME", 0.2)
    head = b"POST /api/v1/conversations HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    head += b"Content-Length: 99\r\n\r\n{"
    answer = await raw(address, head)
    assert b" 408 " in answer.partition(b"\r\n")[0]
    assert body_of(answer)["error"]["code"] == "too_slow"


@pytest.mark.parametrize(
    ("remote", "forwarded", "counted"),
    [
        ("::ffff:192.0.2.7", [], "192.0.2.7"),
        ("::ffff:192.0.2.8", [], "192.0.2.8"),
        ("::ffff:10.0.0.5", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.5", ["198.51.100.1:4711"], "198.51.100.1"),
        ("10.0.0.5", ["[2001:db8::1]:443"], "2001:db8::/64"),
        ("10.0.0.5", ["[2001:db8::1]"], "2001:db8::/64"),
        ("10.0.0.5", ["::ffff:198.51.100.1"], "198.51.100.1"),
        ("10.0.0.5", ["198.51.100.1, ::ffff:10.0.0.9"], "198.51.100.1"),
        ("192.0.2.7", ["198.51.100.1:4711"], "192.0.2.7"),
    ],
)
def test_mapped_addresses_and_ports_are_understood(remote: str, forwarded: list[str], counted: str) -> None:
    settings = Settings.from_environment({"ASSISTANT_TRUSTED_PROXIES": "10.0.0.0/8"})
    transport = type(
        "T", (), {"get_extra_info": lambda self, name, default=None: (remote, 1) if name == "peername" else default}
    )()
    request = make_mocked_request(
        "GET",
        "/",
        headers=[("X-Forwarded-For", each) for each in forwarded],
        transport=transport,
    )
    assert Limits(settings, lambda: 0.0).address(request) == counted


async def test_messages_come_in_pages(client: Client, talk: Talk) -> None:
    for number in range(4):
        await talk.say(f"line {number}")
    whole = await (await client.get(talk.path(), headers=talk.headers)).json()
    assert whole["more"] is False
    found, after = [], 0
    while True:
        page = await (await client.get(f"{talk.path()}?after={after}&limit=2", headers=talk.headers)).json()
        assert len(page["messages"]) <= 2
        found += page["messages"]
        if not page["more"]:
            break
        after = page["messages"][-1]["seq"]
    assert found == whole["messages"]
    for bad in ("0", "501", "x", "-1"):
        assert (await client.get(f"{talk.path()}?limit={bad}", headers=talk.headers)).status == 400


async def test_turns_wait_in_a_line_and_the_line_has_an_end(
    client: Client, assistant: FakeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "MOST_IN_FLIGHT", 0)
    answer = await client.post("/api/v1/conversations", json={"channel": "web"})
    assert answer.status == 503
    assert answer.headers["Retry-After"]
    assert "Nothing has been changed" in (await answer.json())["error"]["message"]


async def test_a_turn_that_does_not_end_is_given_up(make_client: MakeClient, assistant: FakeAssistant) -> None:
    client = await make_client(turn_timeout=0.2)
    talk = await open_talk(client)
    hung = asyncio.Event()

    async def take(turn: object) -> None:
        await hung.wait()

    assistant.take = take  # type: ignore[assignment, method-assign]
    answer = await talk.post(text="hello")
    assert answer.status == 503
    assert "nothing is done twice" in (await answer.json())["error"]["message"]
    hung.set()


async def test_the_figures_want_their_token(make_client: MakeClient) -> None:
    client = await make_client(metrics_token="a token for the figures")
    for headers, status in (({}, 401), ({"Authorization": "Bearer x"}, 401)):
        assert (await client.get("/metrics", headers=headers)).status == status
    answer = await client.get("/metrics", headers={"Authorization": "Bearer a token for the figures"})
    assert answer.status == 200
    assert "assistant_turns" in await answer.text()


async def test_without_a_token_the_figures_are_closed_in_production(make_client: MakeClient) -> None:
    client = await make_client(environment="production")
    assert (await client.get("/metrics")).status == 404

"""The conversation over a WebSocket: replay, then live, each message once and in order."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import ClientWebSocketResponse, WSMsgType, WSServerHandshakeError

from bot.gateway import stream as stream_module
from bot.gateway.keys import METRICS, SOCKETS, TURNS
from tests.gateway.conftest import Client, MakeClient, Talk, open_talk
from tests.gateway.fake_assistant import BOOM, FakeAssistant

Frame = dict[str, Any]


class Wire:
    """The client's end of a socket; `seqs` are all messages it was ever brought."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self.socket = socket
        self.seqs: list[int] = []

    async def frame(self) -> Frame:
        frame: Frame = json.loads(await self.socket.receive_str(timeout=2))
        self.seqs += [message["seq"] for message in frame.get("messages", [])]
        return frame

    async def send(self, **body: Any) -> None:
        await self.socket.send_json(body)

    async def ask(self, text: str, client_message_id: str) -> Frame:
        await self.send(text=text, client_message_id=client_message_id)
        return await self.frame()

    async def closed(self) -> int | None:
        """The code with which the other side closes next."""
        message = await self.socket.receive(timeout=2)
        assert message.type in (WSMsgType.CLOSE, WSMsgType.CLOSED), message
        return self.socket.close_code


@asynccontextmanager
async def wired(talk: Talk, **hello: Any) -> AsyncIterator[Wire]:
    """A socket whose first frame has been sent."""
    async with talk.client.ws_connect(talk.path("stream")) as socket:
        wire = Wire(socket)
        await wire.send(**{"token": talk.token, "after": 0, **hello})
        yield wire


async def until(condition: Any) -> None:
    for _ in range(200):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not come about")


async def test_it_begins_with_what_was_missed(talk: Talk) -> None:
    await talk.say("one")
    async with wired(talk, after=1) as wire:
        first = await wire.frame()
    assert set(first) == {"messages", "state"}
    assert wire.seqs == [2, 3]
    assert first["state"]["owner"] == "assistant"


async def test_after_may_be_left_out(talk: Talk) -> None:
    async with talk.client.ws_connect(talk.path("stream")) as socket:
        await socket.send_json({"token": talk.token})
        wire = Wire(socket)
        await wire.frame()
    assert wire.seqs == [1]


async def test_with_nothing_missed_the_first_frame_is_empty(talk: Talk) -> None:
    async with wired(talk, after=1) as wire:
        assert (await wire.frame())["messages"] == []


async def test_a_turn_is_answered_on_the_socket(talk: Talk) -> None:
    async with wired(talk) as wire:
        await wire.frame()
        answer = await wire.ask("hello", "m-1")
        assert answer["turn"] == 1
        assert answer["client_message_id"] == "m-1"
        assert [message["author"] for message in answer["messages"]] == ["candidate", "assistant"]
        assert answer["state"]["task"]["name"] == "reschedule"
        again = await wire.ask("again", "m-2")
        assert again["turn"] == 2
    assert wire.seqs == [1, 2, 3, 4, 5]


async def test_messages_of_others_arrive_live(talk: Talk, assistant: FakeAssistant) -> None:
    async with wired(talk) as wire:
        await wire.frame()
        await talk.say("by post")
        assert [m["seq"] for m in (await wire.frame())["messages"]] == [2, 3]
        assistant.agent_says(talk.id, "Hello, this is Kim.")
        live = await wire.frame()
        assert live["messages"][0]["author"] == "agent"
        assert live["state"]["owner"] == "agent"
        await wire.ask("thanks", "m")
    assert wire.seqs == [1, 2, 3, 4, 5, 6]


async def test_two_sockets_see_the_same(talk: Talk) -> None:
    async with wired(talk) as one, wired(talk) as two:
        await one.frame()
        await two.frame()
        await one.ask("from one", "m-1")
        await two.frame()
        await two.ask("from two", "m-2")
        await one.frame()
        assert one.seqs == two.seqs == [1, 2, 3, 4, 5]


async def test_the_same_message_again_does_nothing_twice(talk: Talk, assistant: FakeAssistant) -> None:
    async with wired(talk) as wire:
        await wire.frame()
        first = await wire.ask("hello", "m-1")
        again = await wire.ask("hello", "m-1")
        assert (again["turn"], again["messages"]) == (first["turn"], [])
        other = await wire.ask("other", "m-1")
        assert other["error"]["code"] == "duplicate_mismatch"
        assert other["client_message_id"] == "m-1"
    assert assistant.carried_out == 1
    assert wire.seqs == [1, 2, 3]


async def test_nothing_is_lost_or_doubled_over_many_reconnects(talk: Talk, assistant: FakeAssistant) -> None:
    """Each message is sent on a socket that is cut at some moment, then again on the next."""
    seen: list[int] = []
    for number in range(40):
        text, client_message_id = f"message {number}", f"m-{number}"
        async with wired(talk, after=seen[-1] if seen else 0) as wire:
            if number % 3:
                await wire.frame()
                seen += wire.seqs
            await wire.send(text=text, client_message_id=client_message_id)
            if number % 4 == 0 and wire.socket._conn is not None and wire.socket._conn.transport is not None:
                wire.socket._conn.transport.abort()
        async with wired(talk, after=seen[-1] if seen else 0) as wire:
            await wire.frame()
            await wire.ask(text, client_message_id)
            seen += wire.seqs
    assert assistant.carried_out == 40
    assert seen == list(range(1, 82))


async def test_a_turn_goes_on_when_the_socket_is_gone(talk: Talk, assistant: FakeAssistant) -> None:
    async with wired(talk) as wire:
        await wire.frame()
        await wire.send(text="slow", client_message_id="m-1")
        await assistant.begun.wait()
    app = talk.client.app
    assert app is not None
    await until(lambda: len(app[SOCKETS]) == 0)
    assert app[TURNS].in_flight == 1
    assistant.let_go()
    await until(lambda: app[TURNS].in_flight == 0)
    async with wired(talk) as wire:
        await wire.frame()
        assert (await wire.ask("slow", "m-1"))["turn"] == 1
    assert assistant.carried_out == 1
    assert wire.seqs == [1, 2, 3]


async def test_frames_wait_their_turn(talk: Talk, assistant: FakeAssistant) -> None:
    async with wired(talk) as wire:
        await wire.frame()
        await wire.send(text="slow", client_message_id="m-1")
        await wire.send(text="second", client_message_id="m-2")
        await assistant.begun.wait()
        assistant.let_go()
        assert [(await wire.frame())["client_message_id"] for _ in range(2)] == ["m-1", "m-2"]
    assert wire.seqs == [1, 2, 3, 4, 5]


async def test_too_many_waiting_frames_are_turned_away(talk: Talk, assistant: FakeAssistant) -> None:
    async with wired(talk) as wire:
        await wire.frame()
        await wire.send(text="slow", client_message_id="m")
        await assistant.begun.wait()
        for number in range(stream_module.MAX_WAITING + 1):
            await wire.send(text="more", client_message_id=f"m-{number}")
        away = await wire.frame()
        assert away["error"]["code"] == "too_many_requests"
        assert away["client_message_id"] == f"m-{stream_module.MAX_WAITING}"
        assistant.let_go()
        assert (await wire.frame())["client_message_id"] == "m"


@pytest.mark.parametrize(
    ("frame", "code", "field"),
    [
        ("nonsense", "invalid_json", None),
        ("[]", "invalid_json", None),
        ('{"text": "a", "confidence": NaN}', "invalid_json", None),
        ('{"text": "a"}', "invalid_request", "client_message_id"),
        ('{"client_message_id": "m"}', "invalid_request", "text"),
        ('{"client_message_id": "m", "text": "a", "token": "t"}', "invalid_request", "token"),
        ('{"client_message_id": "m", "choice": "never"}', "does_not_fit", "choice"),
        ('{"client_message_id": "m", "text": "down"}', "unavailable", None),
        ('{"client_message_id": "m", "text": "boom"}', "internal_error", None),
    ],
)
async def test_a_bad_frame_is_answered_and_the_socket_lives(
    talk: Talk, frame: str, code: str, field: str | None
) -> None:
    async with wired(talk) as wire:
        await wire.frame()
        await wire.socket.send_str(frame)
        answer = await wire.frame()
        assert (answer["error"]["code"], answer["error"].get("field")) == (code, field)
        assert BOOM not in str(answer)
        assert answer.get("client_message_id") == ("m" if '"m"' in frame else None)
        assert (await wire.ask("hello", "m-ok"))["turn"] == 1


async def test_bytes_are_refused(talk: Talk) -> None:
    async with wired(talk) as wire:
        await wire.frame()
        await wire.socket.send_bytes(b"{}")
        assert (await wire.frame())["error"]["code"] == "invalid_json"


async def test_too_many_bad_frames_end_it(talk: Talk) -> None:
    async with wired(talk) as wire:
        await wire.frame()
        for _ in range(stream_module.MAX_BAD_FRAMES):
            await wire.socket.send_str("nonsense")
        for _ in range(stream_module.MAX_BAD_FRAMES + 1):
            await wire.frame()
        assert await wire.closed() == stream_module.CLOSE_REFUSED


async def test_a_frame_that_is_too_large_ends_it(talk: Talk) -> None:
    async with wired(talk) as wire:
        await wire.frame()
        await wire.socket.send_str("x" * 70_000)
        assert await wire.closed() == 1009


@pytest.mark.parametrize(
    ("hello", "code"),
    [
        ({"token": "wrong"}, 4401),
        ({"token": ""}, 4400),
        ({"token": 1}, 4400),
        ({"after": 0}, 4400),
        ({"token": "{token}", "after": -1}, 4400),
        ({"token": "{token}", "after": "0"}, 4400),
        ({"token": "{token}", "after": True}, 4400),
        ({"token": "{token}", "text": "hello"}, 4400),
    ],
)
async def test_a_bad_first_frame_ends_it(talk: Talk, hello: Frame, code: int) -> None:
    if hello.get("token") == "{token}":
        hello = {**hello, "token": talk.token}
    async with talk.client.ws_connect(talk.path("stream")) as socket:
        await socket.send_json(hello)
        wire = Wire(socket)
        error = await wire.frame()
        assert error["error"]["code"] == ("unauthorized" if code == 4401 else "invalid_request")
        assert await wire.closed() == code


async def test_an_unknown_conversation_looks_like_a_wrong_token(talk: Talk) -> None:
    said = []
    for path in (talk.path("stream"), "/api/v1/conversations/c-unknown/stream"):
        async with talk.client.ws_connect(path) as socket:
            await socket.send_json({"token": "wrong", "after": 0})
            wire = Wire(socket)
            said.append((await wire.frame(), await wire.closed()))
    assert said[0] == said[1]


async def test_the_token_does_not_count_in_the_url(talk: Talk) -> None:
    async with talk.client.ws_connect(f"{talk.path('stream')}?token={talk.token}") as socket:
        await socket.send_json({"after": 0})
        assert (await Wire(socket).frame())["error"]["field"] == "token"


async def test_a_silent_client_is_not_kept(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_module, "HELLO_TIME", 0.05)
    async with talk.client.ws_connect(talk.path("stream")) as socket:
        wire = Wire(socket)
        assert "error" in await wire.frame()
        assert await wire.closed() == 4400


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "http://127.0.0.1",
        "http://127.0.0.1:1",
        "https://www.example.org.evil.example",
        "https://www.example.org:8443",
        "http://www.example.org",
        "https://user@www.example.org",
        "file://",
        "rubbish",
        "https://[bad",
    ],
)
async def test_a_foreign_origin_is_refused(make_client: MakeClient, origin: str) -> None:
    client = await make_client(allowed_origins=("https://www.example.org",))
    talk = await open_talk(client)
    with pytest.raises(WSServerHandshakeError) as caught:
        await client.ws_connect(talk.path("stream"), origin=origin)
    assert caught.value.status == 403


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "{own}",
        "https://www.example.org",
        "https://WWW.example.org:443",
        "https://assistant.example.org",
    ],
)
async def test_our_own_and_allowed_origins_pass(make_client: MakeClient, origin: str | None) -> None:
    client = await make_client(
        allowed_origins=("https://www.example.org",), public_url="https://assistant.example.org/base"
    )
    talk = await open_talk(client)
    if origin == "{own}":
        origin = str(client.make_url("/")).rstrip("/")
    async with client.ws_connect(talk.path("stream"), origin=origin) as socket:
        await socket.send_json({"token": talk.token, "after": 0})
        assert (await Wire(socket).frame())["messages"]


async def test_without_an_upgrade_it_says_what_it_needs(talk: Talk) -> None:
    answer = await talk.client.get(talk.path("stream"), headers=talk.headers)
    assert answer.status == 426
    assert (await answer.json())["error"]["code"] == "upgrade_required"
    assert (await talk.client.get(talk.path("stream"))).status == 401


async def test_sockets_leave_the_registry_however_they_end(talk: Talk, assistant: FakeAssistant) -> None:
    app = talk.client.app
    assert app is not None
    async with wired(talk) as wire:  # closed properly
        await wire.frame()
        assert len(app[SOCKETS]) == 1
    async with wired(talk) as wire:  # cut
        await wire.frame()
        assert wire.socket._conn is not None
        assert wire.socket._conn.transport is not None
        wire.socket._conn.transport.abort()
    async with wired(talk) as wire:  # ended by us
        await wire.frame()
        await wire.socket.send_str("x" * 70_000)
        await wire.closed()
    async with wired(talk) as wire:  # the conversation is erased
        await wire.frame()
        assistant.erase(talk.id)
        assert (await wire.frame())["error"]["code"] == "unavailable"
        assert await wire.closed() == 1013
    await until(lambda: len(app[SOCKETS]) == 0)
    assert app[METRICS].registry.get_sample_value("assistant_sockets") == 0


async def test_one_conversation_cannot_hold_sockets_without_end(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.gateway.sockets.MAX_PER_CONVERSATION", 1)
    async with wired(talk) as one:
        await one.frame()
        async with wired(talk) as two:
            assert (await two.frame())["error"]["code"] == "too_many_requests"
            assert await two.closed() == stream_module.CLOSE_TOO_MANY


async def test_a_client_that_does_not_read_is_dropped(
    talk: Talk, assistant: FakeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_module, "SEND_TIME", 0.1)
    app = talk.client.app
    assert app is not None
    async with wired(talk) as wire:
        await wire.frame()
        assert wire.socket._conn is not None
        assert wire.socket._conn.transport is not None
        transport = wire.socket._conn.transport
        transport.pause_reading()
        for _ in range(40):
            assistant.agent_says(talk.id, "x" * 1_000_000)
        await until(lambda: len(app[SOCKETS]) == 0)
        transport.abort()
    dropped = app[METRICS].registry.get_sample_value("assistant_sockets_dropped_total", {"reason": "slow"})
    assert dropped == 1


async def test_a_client_that_does_not_answer_pings_is_dropped(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_module, "HEARTBEAT", 0.1)
    app = talk.client.app
    assert app is not None
    async with talk.client.ws_connect(talk.path("stream"), autoping=False) as socket:
        await socket.send_json({"token": talk.token})
        await Wire(socket).frame()
        assert len(app[SOCKETS]) == 1
        assert (await socket.receive(timeout=2)).type is WSMsgType.PING
        await until(lambda: len(app[SOCKETS]) == 0)


async def test_turns_on_a_socket_count_for_the_limit(make_client: MakeClient) -> None:
    client = await make_client(rate_turns=2)
    talk = await open_talk(client)
    async with wired(talk) as wire:
        await wire.frame()
        await wire.ask("one", "m-1")
        await talk.say("two")
        await wire.frame()
        away = await wire.ask("three", "m-3")
    assert away["error"]["code"] == "too_many_requests"
    assert away["client_message_id"] == "m-3"


async def test_stopping_says_goodbye(client: Client, assistant: FakeAssistant) -> None:
    talk = await open_talk(client)
    assert client.app is not None
    async with wired(talk) as wire:
        await wire.frame()
        client.app[TURNS].close()
        assert (await wire.ask("too late", "m"))["error"]["code"] == "unavailable"
        closing = asyncio.create_task(client.app[SOCKETS].close_all())
        assert await wire.closed() == 1001
        await closing
    assert assistant.carried_out == 0

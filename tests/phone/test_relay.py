"""ConversationRelay: frames as the carrier documents them, in front of an assistant without dialogue."""

from __future__ import annotations

from typing import Any

import pytest

from bot.gateway.channels.phone_ivr import relay
from bot.gateway.keys import SOCKETS
from tests.phone.conftest import PUBLIC, TOKEN, Client, MakeClient, MemoryCalls, PhoneAssistant
from tests.phone.relay_client import CALL_ID, Carrier, words


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A voice that takes no time, and keys that come at once."""
    monkeypatch.setattr(relay, "BETWEEN_KEYS", 0.2)


@pytest.fixture
async def carrier(make_client: MakeClient) -> Carrier:
    return Carrier(await make_client(pace=1e9), TOKEN, PUBLIC)


async def test_a_call_as_frames(carrier: Carrier, assistant: PhoneAssistant, calls: MemoryCalls) -> None:
    assert await carrier.dial() == "Welcome."
    assert await carrier.say("hello there") == "You said: hello there"
    assert [frame["last"] for frame in carrier.tokens] == [True]
    assert calls.calls["twilio", CALL_ID].caller == "+13125550101"
    assert len(assistant.kept) == 1


async def test_keys_are_gathered_by_what_is_wanted(carrier: Carrier) -> None:
    await carrier.dial()
    await carrier.say("expect code")
    assert await carrier.key("482913") == "You said: 4 8 2 9 1 3"
    await carrier.say("expect ase_id")
    assert await carrier.key("1000#") == "You said: 1000"
    assert await carrier.key("256") == "You said: 256"  # what was keyed in part comes after a pause
    await carrier.say("expect yes_no")
    assert await carrier.key("1") == "You said: 1"


async def test_silence_is_counted_here(carrier: Carrier, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.gateway.channels.phone_ivr.line.seconds", lambda *_: (0, 1))
    assert await carrier.dial() == "Welcome."
    assert await carrier.hear() == "You said: silence"


async def test_partial_prompts_interruptions_and_errors_are_no_turns(
    carrier: Carrier, assistant: PhoneAssistant
) -> None:
    await carrier.dial()
    await carrier.send(type="prompt", voicePrompt="hel", lang="en-US", last=False)
    await carrier.send(type="interrupt", utteranceUntilInterrupt="Wel", durationUntilInterruptMs=460)
    await carrier.send(type="error", description="Invalid message received")
    await carrier.send(type="dtmf", digit="12")
    await carrier.send(type="something new")
    assert await carrier.say("hello") == "You said: hello"
    assert next(iter(assistant.kept.values())).turns == 1


async def test_what_is_read_back_cannot_be_interrupted(carrier: Carrier, calls: MemoryCalls) -> None:
    await carrier.dial()
    calls.manner = {"confirming": True}
    await carrier.say("say It would move to Friday. Should I go ahead?")
    assert [(frame["token"].strip(), frame["interruptible"], frame["last"]) for frame in carrier.tokens] == [
        ("It would move to Friday.", False, False),
        ("Should I go ahead?", True, True),
    ]


async def test_the_end_and_a_person_come_by_the_action(make_client: MakeClient) -> None:
    client = await make_client(pace=1e9, transfer_to="+13125550199")
    carrier = Carrier(client, TOKEN, PUBLIC)
    await carrier.dial()
    await carrier.say("bye")
    await carrier.hear()
    assert carrier.handoff["then"] == "hangup"
    assert [verb.tag for verb in await carrier.after()] == ["Hangup"]
    other = Carrier(client, TOKEN, PUBLIC, call_id=CALL_ID.replace("0000", "1111", 1))
    await other.dial()
    await other.say("agent")
    await other.hear()
    assert other.handoff["then"] == "transfer"
    document = await other.after()
    assert [verb.tag for verb in document] == ["Dial", "Hangup"]
    again = await other.post(document[0].attrib["action"], DialCallStatus="no-answer")
    assert "nobody could take your call" in words(again)


async def test_a_socket_that_broke_off_is_opened_again_and_then_webhooks_go_on(
    carrier: Carrier, assistant: PhoneAssistant
) -> None:
    await carrier.dial()
    for _ in range(relay.TRIES):
        await carrier.say("hello")
        assert carrier.socket is not None
        await carrier.socket.close()
        broken = await carrier.after(SessionStatus="failed", ErrorCode="64105")
        assert await carrier.connect(broken) == "You said: hello"
    assert carrier.socket is not None
    await carrier.socket.close()
    document = await carrier.after(SessionStatus="failed", ErrorCode="64105")
    assert [verb.tag for verb in document] == ["Gather", "Redirect"]
    assert words(document) == "You said: hello"
    assert "You said: by webhook" in words(
        await carrier.post(document[0].attrib["action"], SpeechResult="by webhook", Confidence="0.9")
    )
    assert len(assistant.kept) == 1


async def test_a_caller_who_has_hung_up_ends_the_conversation(carrier: Carrier, assistant: PhoneAssistant) -> None:
    await carrier.dial()
    assert carrier.socket is not None
    await carrier.socket.close()
    assert [v.tag for v in await carrier.after(SessionStatus="completed", CallStatus="completed")] == ["Hangup"]
    assert next(iter(assistant.kept.values())).ended


async def test_sockets_are_said_goodbye_to_when_the_service_stops(carrier: Carrier) -> None:
    await carrier.dial()
    app: Any = carrier.client.app
    await app[SOCKETS].close_all()
    assert carrier.socket is not None
    message = await carrier.socket.receive(timeout=5)
    assert message.type.name in {"CLOSE", "CLOSING", "CLOSED"}
    assert await carrier.connect(await carrier.after(SessionStatus="failed")) == "Welcome."


async def test_nothing_unsigned_gets_in(carrier: Carrier, client: Client) -> None:
    for headers in ({}, {"X-Twilio-Signature": "bm90IHRoaXM="}):
        refused = await client.get("/channels/relay/socket", headers=headers)
        assert refused.status == 403
    assert (await client.post("/channels/relay/voice", data={"CallSid": CALL_ID})).status == 403
    assert (await client.post("/channels/relay/after", data={"CallSid": CALL_ID})).status == 403


async def test_a_socket_that_does_not_begin_with_setup_is_closed(carrier: Carrier) -> None:
    url = f"{PUBLIC.replace('http', 'ws', 1)}/channels/relay/socket"
    socket = await carrier.client.ws_connect("/channels/relay/socket", headers=carrier._signed(url, {}))
    await socket.send_json({"type": "prompt", "voicePrompt": "hello", "last": True})
    assert (await socket.receive(timeout=5)).type.name in {"CLOSE", "CLOSING", "CLOSED"}

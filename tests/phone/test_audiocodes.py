"""AudioCodes' door: token first, every activity once, and a call that outlives the process."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from aiohttp import ClientResponse

from bot.clock import Clock
from tests.phone import twiml_rules
from tests.phone.conftest import (
    BEARER,
    CHOICES,
    LINES,
    PAYLOADS,
    PUBLIC,
    Client,
    MakeClient,
    MemoryCalls,
    PhoneAssistant,
    payload,
)

BOT = "/channels/audiocodes"
CALL = "4a5b4b9d-dab7-42d0-a977-6740c9349588"
ALLOWED = {"Authorization": f"Bearer {BEARER}"}
RECORDED = sorted(path.stem for path in PAYLOADS.glob("audiocodes_*.json"))


async def post(client: Client, path: str, body: Any, headers: dict[str, str] | None = None) -> ClientResponse:
    return await client.post(path, json=body, headers=ALLOWED if headers is None else headers)


async def create(client: Client, call: str = CALL) -> dict[str, Any]:
    answer = await post(client, BOT, {"conversation": call, "id": "1", "timestamp": "2026-03-02T15:00:00Z"})
    assert answer.status == 200
    told: dict[str, Any] = await answer.json()
    return told


async def act(client: Client, *activities: dict[str, Any], call: str = CALL) -> list[dict[str, Any]]:
    """Send activities; the checked activities that come back."""
    answer = await post(
        client, f"{BOT}/conversations/{call}/activities", {"conversation": call, "activities": activities}
    )
    assert answer.status == 200, await answer.text()
    body = await answer.json()
    for activity in body["activities"]:
        check(activity)
    found: list[dict[str, Any]] = body["activities"]
    return found


def check(activity: dict[str, Any]) -> None:
    """The shape of an activity that the platform takes."""
    assert set(activity) <= {"id", "timestamp", "type", "text", "name", "activityParams", "sessionParams"}
    assert len(activity["id"]) == 36
    assert datetime.fromisoformat(activity["timestamp"]).tzinfo is not None
    if activity["type"] == "message":
        speak = ET.fromstring(activity["text"])
        assert speak.tag == "speak"
        for child in speak.iter():
            assert {inner.tag for inner in child} <= (twiml_rules.INSIDE.get(child.tag) or {"s", "break", "prosody"})
        assert isinstance(activity["activityParams"]["sttContextPhrases"], list)
    else:
        assert activity["type"] == "event"
        assert activity["name"] in {"hangup", "transfer"}


def words(activities: list[dict[str, Any]]) -> str:
    return " ".join(twiml_rules.words(ET.fromstring(a["text"])) for a in activities if a["type"] == "message")


def message(text: str, activity_id: str = "m1", **parameters: Any) -> dict[str, Any]:
    return {
        "id": activity_id,
        "timestamp": "2026-03-02T15:00:02Z",
        "type": "message",
        "text": text,
        "parameters": parameters,
    }


def event(name: str, activity_id: str = "e1", **more: Any) -> dict[str, Any]:
    return {"id": activity_id, "timestamp": "2026-03-02T15:00:01Z", "type": "event", "name": name, **more}


# --- payloads -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", RECORDED)
async def test_every_payload_is_answered(client: Client, name: str) -> None:
    await create(client)
    given = payload(name)
    path = BOT if given["to"] == "create" else f"{BOT}/conversations/{CALL}/{given['to']}"
    answer = await post(client, path, given["body"])
    assert answer.status == 200, await answer.text()
    for activity in (await answer.json()).get("activities", []):
        check(activity)


def test_enough_payloads_are_posted() -> None:
    assert len(RECORDED) >= 8


@pytest.mark.parametrize(
    ("name", "heard"),
    [("message", "When does my A5 test expire?"), ("dtmf", "482913"), ("no_input", "silence")],
)
async def test_what_was_heard_arrives(client: Client, assistant: PhoneAssistant, name: str, heard: str) -> None:
    await create(client)
    said = await act(client, *payload(f"audiocodes_{name}")["body"]["activities"])
    spoken = words(said)
    assert spoken == f"You said: {heard}"
    assert assistant.carried_out == 1


async def test_what_the_platform_tells_of_itself_is_no_turn(client: Client, assistant: PhoneAssistant) -> None:
    await create(client)
    for name in ("playFinished", "recordingStarted", "speechHypothesis"):
        assert await act(client, event(name)) == []
    assert await act(client, {"id": "x", "type": "typing"}) == []
    assert assistant.carried_out == 0


async def test_confidence_reaches_the_assistant(client: Client, assistant: PhoneAssistant) -> None:
    seen = []
    take = assistant.take

    async def watch(turn: Any) -> Any:
        seen.append(turn.confidence)
        return await take(turn)

    assistant.take = watch  # type: ignore[method-assign]
    await create(client)
    await act(
        client, message("brakes", "m1", confidence=0.42), message("yes", "m2"), message("no", "m3", confidence="much")
    )
    assert seen == [0.42, None, None]


# --- who may ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": BEARER},
        {"Authorization": f"Basic {BEARER}"},
        {"Authorization": "Bearer"},
    ],
)
async def test_without_the_token_nothing_is_done(
    client: Client, assistant: PhoneAssistant, headers: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    one = f"{BOT}/conversations/{CALL}"
    assert (await client.get(BOT, headers=headers)).status == 403
    for path in (BOT, f"{one}/activities", f"{one}/refresh", f"{one}/disconnect"):
        answer = await post(client, path, {"conversation": CALL, "activities": [message("my secret words")]}, headers)
        assert answer.status == 403
        assert (await answer.json())["error"]["code"] == "bad_token"
    assert assistant.kept == {}
    assert "refused: wrong token" in caplog.text
    assert "my secret words" not in caplog.text
    assert CALL not in caplog.text


async def test_without_a_token_set_everything_is_refused(make_client: MakeClient) -> None:
    client = await make_client(audiocodes_token=None)
    for headers in (ALLOWED, {"Authorization": "Bearer "}, {}):
        assert (await client.get(BOT, headers=headers)).status == 403


async def test_the_token_never_shows(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await create(client)
    assert BEARER not in caplog.text


# --- the five addresses ---------------------------------------------------------------------------------------


async def test_health(client: Client) -> None:
    answer = await client.get(BOT, headers=ALLOWED)
    assert await answer.json() == {"type": "ac-bot-api", "success": True}


async def test_create_gives_the_same_answer_again(client: Client, assistant: PhoneAssistant) -> None:
    told = await create(client)
    assert told["activitiesURL"] == f"{PUBLIC}{BOT}/conversations/{CALL}/activities"
    assert told["expiresSeconds"] == 120
    assert await create(client) == told
    assert all(answer == told for answer in await asyncio.gather(*(create(client) for _ in range(6))))
    assert len(assistant.kept) == 1
    (kept,) = assistant.kept.values()
    assert kept.channel == "phone"


async def test_addresses_without_a_public_one_are_of_this_server(make_client: MakeClient) -> None:
    client = await make_client(public_url=None)
    assert (await create(client))["refreshURL"] == f"{BOT}/conversations/{CALL}/refresh"


async def test_ids_with_odd_characters_find_their_call(client: Client) -> None:
    told = await create(client, "a/b?c=d")
    path = told["refreshURL"].removeprefix(PUBLIC)
    from yarl import URL

    answer = await client.post(URL(path, encoded=True), json={"conversation": "a/b?c=d"}, headers=ALLOWED)
    assert answer.status == 200


@pytest.mark.parametrize(
    "body", [{}, {"conversation": ""}, {"conversation": 7}, {"conversation": "x" * 200}, {"conversation": "a b"}]
)
async def test_create_wants_an_id(client: Client, body: dict[str, Any]) -> None:
    assert (await post(client, BOT, body)).status == 400


@pytest.mark.parametrize("body", [{}, {"activities": "x"}, {"activities": ["x"]}, {"activities": [{}] * 21}])
async def test_activities_must_be_a_list_of_them(client: Client, body: dict[str, Any]) -> None:
    await create(client)
    assert (await post(client, f"{BOT}/conversations/{CALL}/activities", body)).status == 400


async def test_a_call_nobody_knows(client: Client) -> None:
    for what in ("activities", "refresh", "disconnect"):
        assert (await post(client, f"{BOT}/conversations/{CALL}/{what}", {"activities": []})).status == 404


async def test_start_says_the_greeting_and_how_to_listen(client: Client) -> None:
    await create(client)
    (said,) = await act(client, event("start", parameters={"caller": "+13125550101"}))
    assert words([said]) == "Welcome."
    assert said["sessionParams"]["bargeIn"] is True
    assert said["sessionParams"]["userNoInputSendEvent"] is True
    assert said["sessionParams"]["sendDTMF"] is True
    assert "noUserInput" in said["sessionParams"]["sendEventsToBot"]
    assert said["activityParams"]["dtmfCollect"] is True
    assert await act(client, event("start", parameters={"caller": "+13125550101"})) == [said]


@pytest.mark.parametrize(
    ("expects", "digits", "submit"), [("code", 6, "#"), ("ase_id", 8, "#"), ("yes_no", 1, None), ("digits", None, "#")]
)
async def test_keys_follow_what_is_expected(
    client: Client, expects: str, digits: int | None, submit: str | None
) -> None:
    await create(client)
    (said,) = await act(client, message(f"expect {expects}"))
    params = said["activityParams"]
    assert params.get("dtmfCollectMaxDigits") == digits
    assert params.get("dtmfCollectSubmitDigit") == submit
    assert params["dtmfCollect"] is (digits != 1)
    assert "agent" in params["sttContextPhrases"]


async def test_disconnect_ends_the_conversation(client: Client, assistant: PhoneAssistant) -> None:
    await create(client)
    for _ in range(2):
        answer = await post(client, f"{BOT}/conversations/{CALL}/disconnect", {"reasonCode": "client-disconnected"})
        assert answer.status == 200
    (kept,) = assistant.kept.values()
    assert kept.ended
    said = await act(client, message("still there?"))
    assert [a["type"] for a in said] == ["message", "event"]
    assert said[1]["name"] == "hangup"


async def test_the_end_may_also_come_as_an_event(client: Client, assistant: PhoneAssistant) -> None:
    await create(client)
    assert await act(client, event("end")) == []
    assert next(iter(assistant.kept.values())).ended


# --- duplicates, order, restarts ---------------------------------------------------------------------------------


async def test_an_activity_that_comes_twice_is_done_once(client: Client, assistant: PhoneAssistant) -> None:
    await create(client)
    first = await act(client, message("yes", "m1"))
    assert await act(client, message("yes", "m1")) == first
    other = await act(client, message("two", "m2"))
    assert await act(client, message("yes", "m1")) == first
    assert other != first
    assert assistant.carried_out == 2
    many = await asyncio.gather(*(act(client, message("three", "m3")) for _ in range(6)))
    assert all(one == many[0] for one in many)
    assert assistant.carried_out == 3


async def test_an_id_used_for_something_else_changes_nothing(client: Client, assistant: PhoneAssistant) -> None:
    await create(client)
    await act(client, message("yes", "m1"))
    assert words(await act(client, message("no", "m1"))) == "You said: yes"
    assert assistant.carried_out == 1


async def test_activities_without_an_id_or_with_a_long_one(client: Client, assistant: PhoneAssistant) -> None:
    await create(client)
    for activity in (message("yes", "x" * 300), message("no", "x" * 301), {**message("maybe"), "id": None}):
        first = await act(client, activity)
        assert await act(client, activity) == first
    assert assistant.carried_out == 3


async def test_a_restart_in_mid_call_is_not_noticed(make_client: MakeClient, assistant: PhoneAssistant) -> None:
    await create(await make_client())
    for number in range(5):
        client = await make_client()
        assert words(await act(client, message(f"turn {number}", f"m{number}"))) == f"You said: turn {number}"
        answer = await post(client, f"{BOT}/conversations/{CALL}/refresh", {"conversation": CALL})
        assert await answer.json() == {"expiresSeconds": 120}
    assert assistant.carried_out == 5


async def test_ten_calls_at_once(make_client: MakeClient, assistant: PhoneAssistant) -> None:
    clients = [await make_client(), await make_client()]

    async def call(number: int) -> None:
        call_id = f"call-{number}"
        await create(clients[0], call_id)
        for turn in range(30):
            said = await act(clients[turn % 2], message(f"{number} {turn}", f"m{turn}"), call=call_id)
            assert words(said) == f"You said: {number} {turn}"

    await asyncio.gather(*(call(number) for number in range(10)))
    assert assistant.carried_out == 300


# --- people, slowness, trouble ---------------------------------------------------------------------------------


async def test_a_person_in_their_hours(make_client: MakeClient) -> None:
    client = await make_client(transfer_to="+13125550199")
    await create(client)
    said = await act(client, event("DTMF", value="0"))
    assert LINES.putting_through in words(said)
    assert said[-1]["name"] == "transfer"
    assert said[-1]["activityParams"]["transferTarget"] == "tel:+13125550199"
    assert said[-1]["activityParams"]["transferSipHeaders"][0]["name"] == "X-Conversation"


async def test_out_of_hours(make_client: MakeClient) -> None:
    client = await make_client(transfer_to="sip:desk@example.org", clock=Clock(datetime(2026, 3, 7, 15, tzinfo=UTC)))
    await create(client)
    said = await act(client, message("agent"))
    assert [each["type"] for each in said] == ["message"]


async def test_the_number_of_the_caller_comes_with_the_start(client: Client, calls: MemoryCalls) -> None:
    await create(client)
    assert next(iter(calls.calls.values())).caller is None
    await act(client, event("start", parameters={"caller": "+13125550101"}))
    assert next(iter(calls.calls.values())).caller == "+13125550101"


async def test_a_transfer_that_fails_comes_back_to_the_assistant(make_client: MakeClient) -> None:
    client = await make_client(transfer_to="+13125550199")
    await create(client)
    assert (await act(client, event("DTMF", value="0")))[-1]["name"] == "transfer"
    (said,) = await act(client, event("transferStatus", value={"status": "failed"}))
    assert words([said]) == LINES.nobody_answered
    (said,) = await act(client, message("hello"))
    assert said["type"] == "message"


async def test_slowly_and_menus(client: Client, calls: MemoryCalls) -> None:
    await create(client)
    calls.manner = {"slow": True, "choices": CHOICES[:2], "misses": 1}
    (said,) = await act(client, message("expect choice"))
    assert 'rate="slow"' in said["text"]
    assert "Press 1 for choice one." in words([said])


async def test_an_assistant_that_is_away(client: Client, calls: MemoryCalls) -> None:
    await create(client)
    assert words(await act(client, message("lost"))) == LINES.not_now
    calls.down = True
    answer = await post(client, f"{BOT}/conversations/{CALL}/activities", {"activities": [message("x")]})
    assert answer.status == 503

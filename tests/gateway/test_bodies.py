"""What is refused at the door, and that the refusal names the field."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.gateway.conftest import Client, Talk, refused
from tests.gateway.fake_assistant import FakeAssistant

ID = {"client_message_id": "m"}

BAD_TURNS: list[tuple[dict[str, Any], str]] = [
    ({**ID}, "text"),
    ({**ID, "text": "a", "choice": "b"}, "choice"),
    ({**ID, "text": "a", "event": "silence"}, "event"),
    ({**ID, "text": "a", "choice": "b", "digits": "1", "event": "silence"}, "choice"),
    ({"text": "a"}, "client_message_id"),
    ({"client_message_id": "", "text": "a"}, "client_message_id"),
    ({"client_message_id": "x" * 65, "text": "a"}, "client_message_id"),
    ({"client_message_id": 7, "text": "a"}, "client_message_id"),
    ({"client_message_id": None, "text": "a"}, "client_message_id"),
    ({"client_message_id": "a\nb", "text": "a"}, "client_message_id"),
    ({**ID, "text": ""}, "text"),
    ({**ID, "text": " \n\t"}, "text"),
    ({**ID, "text": "x" * 2_001}, "text"),
    ({**ID, "text": "a\u0000b"}, "text"),
    ({**ID, "text": "a\ud800b"}, "text"),
    ({**ID, "text": 1}, "text"),
    ({**ID, "text": None}, "text"),
    ({**ID, "text": ["a"]}, "text"),
    ({**ID, "text": {"a": 1}}, "text"),
    ({**ID, "text": True}, "text"),
    ({**ID, "choice": ""}, "choice"),
    ({**ID, "choice": "x" * 201}, "choice"),
    ({**ID, "choice": 3}, "choice"),
    ({**ID, "digits": ""}, "digits"),
    ({**ID, "digits": "12a"}, "digits"),
    ({**ID, "digits": "12\n"}, "digits"),
    ({**ID, "digits": "١٢"}, "digits"),
    ({**ID, "digits": "1" * 65}, "digits"),
    ({**ID, "digits": 12}, "digits"),
    ({**ID, "event": "sneeze"}, "event"),
    ({**ID, "event": ""}, "event"),
    ({**ID, "event": {}}, "event"),
    ({**ID, "text": "a", "confidence": 1.01}, "confidence"),
    ({**ID, "text": "a", "confidence": -0.1}, "confidence"),
    ({**ID, "text": "a", "confidence": "0.5"}, "confidence"),
    ({**ID, "text": "a", "confidence": True}, "confidence"),
    ({**ID, "text": "a", "confidence": None}, "confidence"),
    ({**ID, "text": "a", "sender": "ASE-1000-0001"}, "sender"),
    ({**ID, "text": "a", "identity": {"candidate": "ASE-1000-0001"}}, "identity"),
    ({**ID, "text": "a", "": 1}, ""),
]


@pytest.mark.parametrize(("body", "field"), BAD_TURNS)
async def test_a_bad_turn_is_refused_by_field(
    talk: Talk, assistant: FakeAssistant, body: dict[str, Any], field: str
) -> None:
    answer = await talk.client.post(talk.path(), json=body, headers=talk.headers)
    await refused(answer, 400, "invalid_request", field)
    assert assistant.carried_out == 0


def test_enough_bad_turns_are_tried() -> None:
    assert len(BAD_TURNS) >= 35


NOT_JSON: dict[str, bytes] = {
    "empty": b"",
    "half": b'{"text": "a"',
    "words": b"hello",
    "a list": b"[]",
    "a text": b'"text"',
    "null": b"null",
    "NaN": b'{"client_message_id": "m", "text": "a", "confidence": NaN}',
    "Infinity": b'{"client_message_id": "m", "text": "a", "confidence": Infinity}',
    "too large a float": b'{"client_message_id": "m", "text": "a", "confidence": 1e999}',
    "too long an integer": b'{"client_message_id": "m", "text": "a", "confidence": ' + b"9" * 5_000 + b"}",
    "a key twice": b'{"client_message_id": "m", "text": "a", "text": "b"}',
    "too deep": b'{"text": ' + b"[" * 5_000,
    "not UTF-8": b'{"client_message_id": "m", "text": "\xff\xfe"}',
    "UTF-16": '{"client_message_id": "m", "text": "a"}'.encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf" + b'{"client_message_id": "m", "text": "a"}',
    "single quotes": b"{'text': 'a'}",
}


@pytest.mark.parametrize("name", NOT_JSON)
async def test_what_is_not_json_is_refused(talk: Talk, assistant: FakeAssistant, name: str) -> None:
    headers = {**talk.headers, "Content-Type": "application/json"}
    answer = await talk.client.post(talk.path(), data=NOT_JSON[name], headers=headers)
    await refused(answer, 400, "invalid_json")
    assert assistant.carried_out == 0


async def test_a_huge_whole_number_is_out_of_bounds(talk: Talk) -> None:
    body = b'{"seq": ' + b"9" * 4_000 + b', "rating": "up"}'
    headers = {**talk.headers, "Content-Type": "application/json"}
    answer = await talk.client.post(talk.path("feedback"), data=body, headers=headers)
    await refused(answer, 400, "invalid_request", "seq")


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=latin-1",
        "application/jsonp",
    ],
)
async def test_only_json_is_taken(talk: Talk, content_type: str | None) -> None:
    headers = dict(talk.headers)
    if content_type is not None:
        headers["Content-Type"] = content_type
    data = json.dumps({**ID, "text": "a"}).encode()
    answer = await talk.client.post(talk.path(), data=data, headers=headers)
    await refused(answer, 415, "unsupported_media_type")


async def test_json_may_name_its_charset(talk: Talk) -> None:
    headers = {**talk.headers, "Content-Type": "Application/JSON; charset=UTF-8"}
    answer = await talk.client.post(talk.path(), data=json.dumps({**ID, "text": "a"}), headers=headers)
    assert answer.status == 200


async def test_too_large_a_body_is_refused(client: Client, talk: Talk) -> None:
    body = json.dumps({**ID, "text": "x" * 70_000}).encode()
    headers = {**talk.headers, "Content-Type": "application/json"}
    await refused(await client.post(talk.path(), data=body, headers=headers), 413, "too_large")

    async def pieces() -> Any:
        for _ in range(70):
            yield b" " * 1_024

    await refused(await client.post(talk.path(), data=pieces(), headers=headers), 413, "too_large")


async def test_a_compressed_body_is_refused_unread(talk: Talk) -> None:
    headers = {**talk.headers, "Content-Type": "application/json", "Content-Encoding": "gzip"}
    answer = await talk.client.post(talk.path(), data=b"not gzip", headers=headers)
    assert answer.status == 415

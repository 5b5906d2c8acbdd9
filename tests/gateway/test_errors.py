"""One error shape over all routes and methods, headers on every answer, and logs without anything personal.

Every error is ``{"error": {"code", "message", "field"?}}``, whatever the route, the method or the cause.
"""

from __future__ import annotations

import logging

import pytest
from aiohttp import web

from bot.config.settings import Settings
from bot.gateway.app import create_app
from bot.gateway.errors import as_api_error
from tests.gateway.conftest import Client, MakeClient, open_talk, refused
from tests.gateway.fake_assistant import FakeAssistant

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND")
NOWHERE = (
    "/nowhere",
    "/api",
    "/api/v1",
    "/api/v2/conversations",
    "/api/v1/conversations/",
    "/api/v1/conversations/c-1",
    "/api/v1/conversations/c-1/messages/1",
    "/API/V1/conversations",
    "/static/../keys.py",
    "/static/keys.py",
    "/static/",
    "/%00",
    "/demo/outbox",
    "/demo/people",
)


def routes(app: web.Application) -> list[tuple[str, set[str]]]:
    """Every path of the application, filled in, with its methods."""
    found: dict[str, set[str]] = {}
    for route in app.router.routes():
        resource = route.resource
        assert resource is not None
        path = resource.canonical.replace("{id}", "c-1").replace("{name}", "page.css")
        found.setdefault(path, set()).add(route.method)
    return sorted(found.items())


async def test_every_route_refuses_other_methods_in_the_one_shape(client: Client) -> None:
    assert client.app is not None
    tried = 0
    for path, methods in routes(client.app):
        for method in METHODS:
            if method in methods:
                continue
            answer = await client.request(method, path)
            assert answer.status == 405, (method, path)
            if method != "HEAD":
                await refused(answer, 405, "method_not_allowed")
            assert set(answer.headers["Allow"].split(",")) == methods
            tried += 1
    assert tried >= 60


@pytest.mark.parametrize("path", NOWHERE)
async def test_nothing_there_in_the_one_shape(client: Client, path: str) -> None:
    for method in ("GET", "POST"):
        answer = await client.request(method, path)
        assert answer.status in (404, 405)
        await refused(answer, answer.status, "not_found" if answer.status == 404 else "method_not_allowed")


async def test_every_route_of_the_conversation_wants_json_and_a_token(client: Client) -> None:
    assert client.app is not None
    tried = 0
    for path, methods in routes(client.app):
        if not path.startswith("/api/v1/conversations"):
            continue
        for method in methods - {"HEAD"}:
            answer = await client.request(method, path, data=b"x")
            assert answer.status in (401, 415, 426), (method, path)
            assert set(await answer.json()) == {"error"}
            tried += 1
    assert tried == 5


@pytest.mark.parametrize("path", ["/", "/healthz", "/nowhere", "/api/v1/openapi.json", "/static/chat.js"])
async def test_every_answer_carries_the_headers(client: Client, path: str) -> None:
    answer = await client.get(path)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert "frame-ancestors" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] in ("no-store", "no-cache")
    assert answer.headers["Server"] == "assistant"
    assert len(answer.headers["Request-Id"]) == 16
    assert "Assistant-As-Of" not in answer.headers


async def test_https_is_insisted_on_where_it_is_used(make_client: MakeClient) -> None:
    answer = await (await make_client(public_url="https://assistant.example.org")).get("/healthz")
    assert "max-age" in answer.headers["Strict-Transport-Security"]


async def test_pages_of_allowed_origins_may_call(make_client: MakeClient) -> None:
    client = await make_client(allowed_origins=("https://www.example.org",))
    asks = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    path = "/api/v1/conversations"
    allowed = await client.options(path, headers={**asks, "Origin": "https://www.example.org"})
    assert allowed.status == 204
    assert allowed.headers["Access-Control-Allow-Origin"] == "https://www.example.org"
    assert "Authorization" in allowed.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in allowed.headers
    call = await client.post(path, json={"channel": "web"}, headers={"Origin": "https://www.example.org"})
    assert call.headers["Access-Control-Allow-Origin"] == "https://www.example.org"
    assert "Origin" in call.headers["Vary"]


async def test_pages_of_other_origins_may_not(make_client: MakeClient) -> None:
    client = await make_client(allowed_origins=("https://www.example.org",))
    asks = {"Access-Control-Request-Method": "POST", "Origin": "https://evil.example"}
    await refused(await client.options("/api/v1/conversations", headers=asks), 403, "origin_not_allowed")
    call = await client.get("/healthz", headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in call.headers


async def test_logs_say_what_happened_and_to_nobody(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="assistant")
    talk = await open_talk(client)
    await talk.say("my e-mail is dana@example.org")
    await client.get(f"{talk.path()}?token={talk.token}&after=0", headers=talk.headers)
    await client.get("/secret-path-ASE-1000-0001")
    text = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("assistant"))
    assert "POST /api/v1/conversations/{id}/messages 200" in text
    assert "GET (none) 404" in text
    for personal in (talk.token, talk.id, "dana@example.org", "ASE-1000-0001", "127.0.0.1"):
        assert personal not in text


async def test_a_redirect_or_odd_status_of_aiohttp_keeps_the_shape(
    assistant: FakeAssistant, settings: Settings, clock: object, aiohttp_client: object
) -> None:
    error = as_api_error(web.HTTPConflict(headers={"X-Inside": "1"}), "-")
    assert error.to_json() == {"error": {"code": "http_error", "message": "Conflict"}}
    assert "X-Inside" not in error.headers


def test_two_applications_share_nothing(assistant: FakeAssistant, settings: Settings) -> None:
    from bot.clock import Clock
    from bot.gateway.keys import METRICS

    one, two = (create_app(assistant, settings, Clock()) for _ in range(2))
    assert one[METRICS].registry is not two[METRICS].registry

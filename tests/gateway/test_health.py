"""For those who run the service."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

from bot.gateway.keys import TURNS
from tests.gateway.conftest import Client, open_talk
from tests.gateway.fake_assistant import FakeAssistant


async def test_the_process_runs(client: Client) -> None:
    answer = await client.get("/healthz")
    assert (answer.status, await answer.json()) == (200, {"status": "ok"})


async def test_ready_when_every_part_is(client: Client, assistant: FakeAssistant) -> None:
    answer = await client.get("/readyz")
    assert answer.status == 200
    assert await answer.json() == {
        "status": "ready",
        "checks": {"model": "ok", "database": "ok"},
        "background": {},
    }
    assistant.checks["database"] = "no answer"
    answer = await client.get("/readyz")
    assert answer.status == 503
    body = await answer.json()
    assert body["checks"]["database"] == "no answer"
    assert body["error"]["code"] == "not_ready"


async def test_not_ready_when_stopping(client: Client) -> None:
    assert client.app is not None
    client.app[TURNS].close()
    answer = await client.get("/readyz")
    assert answer.status == 503
    assert (await answer.json())["checks"]["gateway"] == "stopping"
    assert (await client.get("/healthz")).status == 200


async def test_figures_count_and_name_nobody(client: Client) -> None:
    talk = await open_talk(client)
    await talk.say("hello")
    await talk.post(text="down")
    await talk.post(text="boom")
    await client.get(f"/api/v1/conversations/{talk.id}/messages")
    await client.request("PROPFIND", "/some/path/of/mine")
    answer = await client.get("/metrics")
    assert answer.content_type == "text/plain"
    text = await answer.text()
    samples = {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    turns = "assistant_turns_total"
    assert samples[(turns, ("kind", "text"), ("outcome", "answered"))] == 1
    assert samples[(turns, ("kind", "text"), ("outcome", "unavailable"))] == 1
    assert samples[(turns, ("kind", "text"), ("outcome", "internal_error"))] == 1
    assert samples[("assistant_turns_in_flight",)] == 0
    requests = "assistant_http_requests_total"
    route = ("route", "/api/v1/conversations/{id}/messages")
    assert samples[(requests, ("method", "GET"), route, ("status", "401"))] == 1
    assert samples[(requests, ("method", "other"), ("route", "(none)"), ("status", "404"))] == 1
    for personal in (talk.id, talk.token, "/some/path", "PROPFIND"):
        assert personal not in text

"""The published description: valid, complete, and true when a stranger tries it out."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Iterator
from typing import Any

import hypothesis
import jsonschema  # type: ignore[import-untyped]
import pytest
import requests
import schemathesis
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi.checks import positive_data_acceptance, unsupported_method

from bot.clock import Clock
from bot.config.settings import Settings
from bot.gateway.app import create_app
from bot.gateway.bodies import Fields, feedback_body, open_body, turn_body
from bot.gateway.errors import ApiError
from bot.gateway.openapi import document
from bot.gateway.server import serve
from tests.gateway.conftest import Client
from tests.gateway.fake_assistant import FakeAssistant
from tests.gateway.test_bodies import BAD_TURNS

MAX_EXAMPLES = 60

described = schemathesis.openapi.from_dict(document())


async def test_it_is_served_as_written(client: Client) -> None:
    answer = await client.get("/api/v1/openapi.json")
    assert answer.content_type == "application/json"
    assert await answer.json() == document()


def test_it_is_valid() -> None:
    assert list(OpenAPIV31SpecValidator(document()).iter_errors()) == []
    for schema in document()["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


async def test_it_describes_every_route_and_no_other(client: Client) -> None:
    assert client.app is not None
    served = {
        (route.method.lower(), route.resource.canonical)
        for route in client.app.router.routes()
        if route.resource is not None and route.method != "HEAD"
    }
    pages = {("get", "/"), ("get", "/static/{name}")}
    told = {
        (method, path) for path, methods in document()["paths"].items() for method in methods if method != "parameters"
    }
    assert told == served - pages
    assert len(told) == 9


def test_every_reference_leads_somewhere_and_every_schema_is_used() -> None:
    schemas = document()["components"]["schemas"]
    used = set(re.findall(r"'#/components/schemas/(\w+)'", str(document())))
    assert used == set(schemas)


def schema(name: str) -> jsonschema.Draft202012Validator:
    whole = {"$ref": f"#/components/schemas/{name}", "components": document()["components"]}
    return jsonschema.Draft202012Validator(whole)


@pytest.mark.parametrize(("body", "field"), BAD_TURNS)
def test_the_schema_refuses_what_the_door_refuses(body: dict[str, Any], field: str) -> None:
    # Beyond what a schema can say (in Python's reading of it):
    beyond = "\ud800" in str(body.get("text")) or str(body.get("digits", "")).endswith("\n")
    assert schema("Turn").is_valid(body) is beyond


READERS = [("Open", open_body), ("Turn", turn_body), ("Feedback", feedback_body)]


@pytest.mark.parametrize(("name", "read"), READERS)
def test_schema_and_door_know_the_same_fields(name: str, read: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    known: set[str] = set()
    real = Fields.__init__

    def spy(self: Fields, body: dict[str, Any], names: tuple[str, ...]) -> None:
        known.update(names)
        real(self, body, names)

    monkeypatch.setattr(Fields, "__init__", spy)
    with pytest.raises(ApiError):
        read({})
    published = document()["components"]["schemas"][name]
    forms = published.get("oneOf", [published])
    assert {field for form in forms for field in form["properties"]} == known
    assert all(form["additionalProperties"] is False for form in forms)


# --- a stranger tries it out -------------------------------------------------------------------------


class Service:
    """The application on a port of its own, in a thread of its own."""

    def __init__(self) -> None:
        self.address = ""
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        settings = Settings.from_environment(
            {f"ASSISTANT_RATE_{what}": "0" for what in ("REQUESTS", "CONVERSATIONS", "TURNS")}
        )
        app = create_app(FakeAssistant(), settings, Clock())
        self._loop.run_until_complete(serve(app, "127.0.0.1", 0, stop=self._stop, ready=self._opened, signals=()))
        self._loop.close()

    def _opened(self, address: str) -> None:
        self.address = address
        self._ready.set()

    def __enter__(self) -> Service:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *args: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        assert not self._thread.is_alive()


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    with Service() as running:
        yield running


@pytest.fixture(scope="module")
def http() -> Iterator[requests.Session]:
    with requests.Session() as session:
        yield session


def well_addressed(case: schemathesis.Case[Any]) -> bool:
    """Whether path, query and headers are as described."""
    assert case.meta is not None
    return all(
        info.mode.is_positive
        for location, info in case.meta.components.items()
        if location is not ParameterLocation.BODY
    )


tried: dict[tuple[str, int], int] = {}


@described.parametrize()
@hypothesis.settings(
    max_examples=MAX_EXAMPLES,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(hypothesis.HealthCheck),
)
def test_strangers_find_it_as_described(case: schemathesis.Case[Any], service: Service, http: requests.Session) -> None:
    """Good and bad requests; within a fresh conversation, unless it is the address that is bad."""
    headers = {}
    excluded = [unsupported_method]
    if "{id}" in case.operation.path and well_addressed(case):
        opened = http.post(f"{service.address}/api/v1/conversations", json={"channel": "phone"}, timeout=5).json()
        headers["Authorization"] = f"Bearer {opened['token']}"
        case.path_parameters["id"] = opened["conversation_id"]
        if case.operation.path.endswith("/stream"):
            excluded.append(positive_data_acceptance)  # good manners are not enough, it takes a handshake
    answer = case.call_and_validate(base_url=service.address, session=http, headers=headers, excluded_checks=excluded)
    tried[case.operation.label, answer.status_code] = tried.get((case.operation.label, answer.status_code), 0) + 1


def test_strangers_got_through_and_were_refused() -> None:
    assert tried["POST /api/v1/conversations", 201] >= 3
    assert tried["POST /api/v1/conversations", 400] >= 3
    assert tried["POST /api/v1/conversations/{id}/messages", 200] >= 3
    assert tried["POST /api/v1/conversations/{id}/messages", 400] >= 3
    assert tried["GET /api/v1/conversations/{id}/messages", 200] >= 3
    assert tried["POST /api/v1/conversations/{id}/feedback", 400] >= 3
    assert tried["GET /api/v1/conversations/{id}/stream", 426] >= 1

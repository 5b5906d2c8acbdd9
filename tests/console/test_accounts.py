"""Passwords, sessions that end, locks, and who may use which route."""

from __future__ import annotations

import io
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient

from bot.commands.main import main
from bot.console.accounts import Accounts
from bot.console.demo import DEMO_AGENTS, DEMO_PASSWORD
from bot.console.errors import ConsoleError
from bot.gateway.channels.agent_console import ROUTES
from bot.store import Store
from tests.console.conftest import AgentClient, House, SignIn

Client = TestClient[web.Request, web.Application]


async def test_the_cookie_is_for_our_page_only(client: Client) -> None:
    answer = await client.post("/agent/api/session", json={"name": "Anna ", "password": DEMO_PASSWORD})
    cookie = answer.cookies["assistant_agent"]
    assert cookie["httponly"]
    assert (cookie["samesite"], cookie["path"]) == ("Strict", "/agent")
    page = await client.get("/agent")
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]


async def test_a_session_ends_when_idle_and_after_half_a_day(house: House, sign_in: SignIn) -> None:
    other = await sign_in("anna")
    house.time.forward(minutes=29)
    await other.get("/conversations")
    house.time.forward(minutes=31)
    await other.get("/conversations", 401)
    third = await sign_in("ben")
    for _ in range(36):
        house.time.forward(minutes=19, seconds=50)
        await third.get("/conversations")
    house.time.forward(minutes=7)
    await third.get("/conversations", 401)


async def test_signing_out_ends_the_session(sign_in: SignIn) -> None:
    anna = await sign_in("anna")
    await anna.ask("DELETE", "/session", None)
    await anna.get("/conversations", 401)


async def test_wrong_passwords_lock_the_account_and_tell_nothing(house: House, client: Client) -> None:
    async def attempt(name: str, password: str) -> tuple[int, str]:
        answer = await client.post("/agent/api/session", json={"name": name, "password": password})
        client.session.cookie_jar.clear()
        return answer.status, (await answer.json()).get("error", {}).get("code", "")

    assert await attempt("nobody", "whatever") == await attempt("ben", "whatever") == (401, "wrong_password")
    for _ in range(4):
        await attempt("ben", "whatever")
    assert await attempt("ben", DEMO_PASSWORD) == (429, "locked")
    house.time.forward(minutes=16)
    assert (await attempt("ben", DEMO_PASSWORD))[0] == 200


async def test_changes_need_the_token_of_the_session_and_our_own_page(house: House, sign_in: SignIn) -> None:
    talk = await house.open()
    anna = await sign_in("anna")
    path = f"/agent/api/conversations/{talk}/open"
    plain = {"Cookie": f"assistant_agent={anna.cookie}"}
    for headers in (
        {},
        {"X-CSRF-Token": "wrong"},
        {"X-CSRF-Token": anna.csrf, "Origin": "https://evil.example"},
        {"X-CSRF-Token": anna.csrf, "Origin": "http://["},
    ):
        answer = await anna.client.post(path, json={}, headers=plain | headers)
        assert answer.status == 403, headers
    good = plain | {"X-CSRF-Token": anna.csrf, "Origin": f"http://127.0.0.1:{anna.client.port}"}
    assert (await anna.client.post(path, json={}, headers=good)).status == 200
    evil = {"Origin": "https://evil.example"}
    body = {"name": "anna", "password": DEMO_PASSWORD}
    assert (await anna.client.post("/agent/api/session", json=body, headers=evil)).status == 403
    assert (await anna.client.post("/agent/api/session", data="name=anna")).status == 415


MAY: dict[str, str] = {
    "DELETE /session": "agent lead content_owner admin",
    "GET /colleagues": "agent lead",
    "GET /accounts": "admin",
    "POST /accounts": "admin",
    "PATCH /accounts/{name}": "admin",
    "GET /live": "agent lead",
    "GET /conversations": "agent lead",
    "POST /conversations/{id}/open": "agent lead",
    "GET /conversations/{id}": "agent lead",
    "GET /conversations/{id}/beside": "agent lead",
    "POST /conversations/{id}/take": "agent lead",
    "POST /conversations/{id}/messages": "agent lead",
    "POST /conversations/{id}/hand-back": "agent lead",
    "POST /conversations/{id}/transfer": "agent lead",
    "POST /conversations/{id}/close": "agent lead",
    "POST /conversations/{id}/suggestions": "agent lead",
    "POST /conversations/{id}/suggestions/{suggestion}": "agent lead",
    "GET /conversations/{id}/macros": "agent lead",
    "GET /conversations/{id}/seats": "agent lead",
    "POST /conversations/{id}/preview": "agent lead",
    "POST /conversations/{id}/commit": "agent lead",
    "POST /conversations/{id}/exceptions": "lead",
    "POST /conversations/{id}/exceptions/{exception}": "lead",
    "POST /conversations/{id}/exceptions/{exception}/end": "agent lead",
    "POST /conversations/{id}/exception-requests": "agent lead",
    "GET /exceptions": "lead",
    "GET /search": "agent lead content_owner",
    "GET /topics": "agent lead content_owner",
    "POST /people/look": "agent lead",
    "POST /people/open": "agent lead",
    "POST /people/conversation": "agent lead",
    "POST /ask": "agent lead",
    "GET /masters": "lead",
    "GET /review": "content_owner",
    "POST /review/export": "content_owner",
    "POST /review/{item}": "content_owner",
    "GET /review/{item}": "content_owner",
    "GET /dashboard": "lead content_owner admin",
    "GET /dashboard.csv": "lead content_owner admin",
}


async def test_every_role_on_every_route(house: House, sign_in: SignIn, client: Client) -> None:
    assert {f"{route.method} {route.path}" for route in ROUTES} == set(MAY)
    registered = {
        f"{route.method} {route.resource.canonical.removeprefix('/agent/api')}"
        for route in client.app.router.routes()
        if route.resource is not None and route.resource.canonical.startswith("/agent/api") and route.method != "HEAD"
    }
    assert registered == set(MAY) | {"GET /session", "POST /session"}
    clients: dict[str, AgentClient] = {role: await sign_in(name) for name, role, _ in DEMO_AGENTS}
    tried = 0
    for line, roles in MAY.items():
        method, path = line.split()
        if path == "/session":
            continue
        for name in ("id", "name", "item", "exception", "suggestion"):
            path = path.replace(f"{{{name}}}", "none")
        bare = await client.request(method, f"/agent/api{path}")
        assert bare.status == 401, line
        for role, signed_in in clients.items():
            body: dict[str, Any] = {} if method == "GET" else {"json": {}}
            answer = await client.request(
                method, f"/agent/api{path}", headers=signed_in._headers(method != "GET"), **body
            )
            forbidden = answer.status == 403 and (await answer.json())["error"]["message"].startswith("This is not for")
            assert forbidden is (role not in roles.split()), f"{line} as {role}: {answer.status}"
            tried += 1
    assert tried >= 120, f"tried only {tried}"


async def test_an_admin_looks_after_accounts(house: House, sign_in: SignIn, client: Client) -> None:
    adam = await sign_in("adam")
    made = await adam.post("/accounts", name="Cleo.X", role="agent")
    assert made["id"] == "cleo.x"
    await adam.post("/accounts", 409, name="cleo.x", role="agent")
    body = {"name": "cleo.x", "password": made["password"]}
    answer = await client.post("/agent/api/session", json=body)
    token = answer.cookies["assistant_agent"].value
    client.session.cookie_jar.clear()
    cleo = AgentClient(client, (await answer.json())["csrf"], token)
    await cleo.get("/conversations")
    await adam.ask("PATCH", "/accounts/cleo.x", {"disabled": True})
    await cleo.get("/conversations", 401)
    assert (await client.post("/agent/api/session", json=body)).status == 401
    await adam.ask("PATCH", "/accounts/adam", {"disabled": True}, 409)


def test_accounts_are_made_on_the_command_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"sqlite:///{tmp_path}/cli.db"
    monkeypatch.setenv("ASSISTANT_DATABASE_URL", url)
    assert main(["agents", "add", "Kim", "--role", "lead", "--generate"]) == 0
    password = capsys.readouterr().out.split("password: ")[1].strip()
    monkeypatch.setattr("sys.stdin", io.StringIO("a long enough password\n"))
    assert main(["agents", "add", "lee", "--role", "agent"]) == 0
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    assert main(["agents", "add", "max", "--role", "agent"]) == 1
    assert main(["agents", "add", "kim", "--role", "agent", "--generate"]) == 1
    assert main(["agents", "disable", "lee"]) == 0
    capsys.readouterr()
    assert main(["agents", "list"]) == 0
    listed = capsys.readouterr().out
    assert "kim" in listed
    assert "switched off" in listed
    store = Store(url)
    from bot.clock import Clock

    accounts = Accounts(store, Clock())
    assert accounts.sign_in("KIM", password).agent.role == "lead"
    with pytest.raises(ConsoleError):
        accounts.sign_in("lee", "a long enough password")
    with store.engine.connect() as connection:
        hashes = [row[0] for row in connection.exec_driver_sql("SELECT password_hash FROM agents")]
    assert all(each.startswith("$argon2id$") for each in hashes)
    store.close()

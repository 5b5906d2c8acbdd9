"""Signing in at a provider: the way there and back, and everything that must not let anybody in."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient
from pytest_aiohttp.plugin import AiohttpClient, AiohttpServer

from bot.config.settings import Settings, SettingsError
from bot.console.demo import DEMO_PASSWORD
from bot.console.single_sign_on import role_of
from bot.gateway.app import create_app
from bot.gateway.channels.agent_console import agent_console
from tests.console.conftest import AgentClient, House
from tests.console.provider import CLIENT_ID, CLIENT_SECRET, Provider, new_key

PUBLIC = "https://assistant.example.org"


@dataclass
class Door:
    """Our service with a provider, and a browser that keeps the one cookie."""

    client: TestClient[web.Request, web.Application]
    provider: Provider
    cookie: str = ""

    async def leave(self) -> str:
        """Press the button; where one is sent."""
        answer = await self.client.get("/agent/oidc/start", allow_redirects=False)
        assert answer.status == 303
        if "assistant_agent_flow" in answer.cookies:
            kept = answer.cookies["assistant_agent_flow"]
            assert kept["httponly"]
            assert (kept["samesite"], kept["path"], kept["secure"]) == ("Lax", "/agent/oidc/callback", True)
            self.cookie = kept.value
        self.client.session.cookie_jar.clear()
        return answer.headers["Location"]

    async def come_back(self, **query: str) -> ClientResponse:
        answer = await self.client.get(
            "/agent/oidc/callback",
            params=query,
            headers={"Cookie": f"assistant_agent_flow={self.cookie}"},
            allow_redirects=False,
        )
        assert answer.status == 303
        assert answer.cookies["assistant_agent_flow"].value == "", "the cookie is for one way back only"
        self.client.session.cookie_jar.clear()
        return answer

    async def sign_in(self) -> ClientResponse:
        """There and back."""
        where = await self.leave()
        state = parse_qs(urlsplit(where).query)["state"][0]
        return await self.come_back(code=self.provider.signed_in(where), state=state)


MakeDoor = Callable[..., Awaitable[Door]]


@pytest.fixture
async def make_door(house: House, aiohttp_client: AiohttpClient, aiohttp_server: AiohttpServer) -> MakeDoor:
    async def make(**changes: Any) -> Door:
        provider = Provider(now=lambda: house.time.real.timestamp())
        server = await aiohttp_server(provider.app())
        provider.issuer = str(server.make_url("")).rstrip("/")
        settings = replace(
            house.parts.settings,
            public_url=PUBLIC,
            oidc_issuer=provider.issuer,
            oidc_client_id=CLIENT_ID,
            oidc_client_secret=CLIENT_SECRET,
            **{"oidc_role_claim": "groups", "oidc_roles": (("leads", "lead"), ("support", "agent")), **changes},
        )
        app = create_app(house.assistant, settings, house.parts.clock, channels=[agent_console(house.console)])
        house.console.accounts.change("anna", email="anna@example.org")
        return Door(await aiohttp_client(app), provider)

    return make


@pytest.fixture
async def door(make_door: MakeDoor) -> Door:
    return await make_door()


def signed_in(answer: ClientResponse) -> str:
    """The session of an answer that lets somebody in."""
    assert answer.headers["Location"] == "/agent"
    cookie = answer.cookies["assistant_agent"]
    assert cookie["httponly"]
    assert cookie["secure"]
    assert (cookie["samesite"], cookie["path"]) == ("Strict", "/agent")
    return cookie.value


def refused(answer: ClientResponse, code: str) -> None:
    assert answer.headers["Location"] == f"/agent?sign_in={code}"
    assert "assistant_agent" not in answer.cookies


async def test_there_and_back(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    look = await (await door.client.get("/agent/api/session")).json()
    assert look["single_sign_on"] == {"name": "your organization", "path": "/agent/oidc/start"}
    where = await door.leave()
    query = parse_qs(urlsplit(where).query)
    assert query["redirect_uri"] == [f"{PUBLIC}/agent/oidc/callback"]
    assert query["scope"] == ["openid email profile"]
    answer = await door.come_back(code=door.provider.signed_in(where), state=query["state"][0])
    agent = AgentClient(door.client, "", signed_in(answer))
    found = await agent.get("/session")
    assert (found["agent"]["id"], found["agent"]["role"]) == ("anna", "agent")
    assert "single_sign_on" not in found
    await agent.get("/conversations")
    for secret in (*door.provider.tokens, "secret-access", CLIENT_SECRET, agent.cookie, "anna@example.org"):
        assert secret not in caplog.text
        assert secret.lower() not in where.lower() + answer.headers["Location"]


async def test_the_claim_decides_the_role_and_that_is_audited(door: Door, house: House) -> None:
    before = AgentClient(door.client, "", signed_in(await door.sign_in()))
    door.provider.claims = {"groups": ["leads", "support"]}
    signed_in(await door.sign_in())
    assert house.agent("anna").role == "lead"
    await before.get("/conversations", 401)
    [event] = house.audited("account.role_by_claim")
    assert (event.before["role"], event.after["role"]) == ("agent", "lead")


async def test_without_a_claim_the_account_keeps_its_role(make_door: MakeDoor, house: House) -> None:
    door = await make_door(oidc_role_claim=None, oidc_roles=())
    house.console.accounts.change("anna", role="lead")
    door.provider.claims = {"groups": None}
    signed_in(await door.sign_in())
    assert house.agent("anna").role == "lead"


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"nonce": "another"}, "sign_in_failed"),
        ({"nonce": None}, "sign_in_failed"),
        ({"aud": "another-client"}, "sign_in_failed"),
        ({"aud": [CLIENT_ID, "another-client"]}, "sign_in_failed"),
        ({"azp": "another-client"}, "sign_in_failed"),
        ({"iss": "https://another.example"}, "sign_in_failed"),
        ({"exp": 1_700_000_000}, "sign_in_failed"),
        ({"exp": None}, "sign_in_failed"),
        ({"iat": 4_000_000_000}, "sign_in_failed"),
        ({"sub": None}, "sign_in_failed"),
        ({"email_verified": False}, "email_not_verified"),
        ({"email_verified": None}, "email_not_verified"),
        ({"email_verified": "true"}, "email_not_verified"),
        ({"email": None}, "email_not_verified"),
        ({"email": "stranger@example.org"}, "no_account"),
        ({"groups": ["staff"]}, "no_role"),
        ({"groups": None}, "no_role"),
        ({"groups": {"support": True}}, "no_role"),
    ],
)
async def test_what_does_not_hold_lets_nobody_in(door: Door, claims: dict[str, Any], code: str) -> None:
    door.provider.claims = claims
    refused(await door.sign_in(), code)


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
async def test_a_token_not_signed_by_the_provider_lets_nobody_in(door: Door, algorithm: str) -> None:
    door.provider.algorithm = algorithm
    refused(await door.sign_in(), "sign_in_failed")


async def test_another_key_of_the_same_name_lets_nobody_in(door: Door) -> None:
    signed_in(await door.sign_in())
    door.provider.key = new_key("one")
    refused(await door.sign_in(), "sign_in_failed")


async def test_a_new_key_of_the_provider_is_looked_up(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    signed_in(await door.sign_in())
    monkeypatch.setattr("bot.gateway.channels.agent_console.oidc.KEYS_AGAIN", 0.0)
    door.provider.published = [door.provider.key]
    door.provider.key = new_key("two")
    signed_in(await door.sign_in())
    assert door.provider.asked == ["about", "keys", "keys"]


async def test_a_wrong_state_a_lost_cookie_and_a_no_of_the_provider(door: Door, house: House) -> None:
    where = await door.leave()
    state, code = parse_qs(urlsplit(where).query)["state"][0], door.provider.signed_in(where)
    refused(await door.come_back(code=code, state="another"), "sign_in_failed")
    refused(await door.come_back(code=code), "sign_in_failed")
    refused(await door.come_back(error="access_denied", state=state), "sign_in_failed")
    refused(await door.come_back(state=state), "sign_in_failed")
    kept, door.cookie = door.cookie, "rubbish"
    refused(await door.come_back(code=code, state=state), "sign_in_failed")
    door.cookie = kept
    house.time.forward(minutes=11)
    refused(await door.come_back(code=code, state=state), "sign_in_failed")
    assert door.provider.tokens == [], "no code was given away"


async def test_a_code_of_somebody_else_is_of_no_use(door: Door) -> None:
    stolen = door.provider.signed_in(await door.leave())
    where = await door.leave()
    state = parse_qs(urlsplit(where).query)["state"][0]
    refused(await door.come_back(code=stolen, state=state), "sign_in_failed")


async def test_an_account_that_is_switched_off_stays_off(door: Door, house: House) -> None:
    house.console.accounts.change("anna", disabled=True)
    refused(await door.sign_in(), "no_account")


async def test_a_provider_that_is_away_or_says_it_is_another(door: Door) -> None:
    door.provider.away = True
    assert await door.leave() == "/agent?sign_in=sign_in_failed"
    door.provider.away = False
    door.provider.issuer = "https://another.example"
    assert await door.leave() == "/agent?sign_in=sign_in_failed"


async def test_without_a_provider_there_is_no_such_door(client: TestClient[web.Request, web.Application]) -> None:
    assert (await client.get("/agent/oidc/start")).status == 404
    assert (await client.get("/agent/oidc/callback")).status == 404
    assert "single_sign_on" not in await (await client.get("/agent/api/session")).json()


async def test_passwords_still_work_and_an_admin_sets_the_mail(door: Door, house: House) -> None:
    answer = await door.client.post("/agent/api/session", json={"name": "adam", "password": DEMO_PASSWORD})
    adam = AgentClient(door.client, (await answer.json())["csrf"], answer.cookies["assistant_agent"].value)
    door.client.session.cookie_jar.clear()
    await adam.ask("PATCH", "/accounts/ben", {"email": "anna@example.org"}, 409)
    await adam.ask("PATCH", "/accounts/ben", {"email": "no address"}, 400)
    await adam.ask("PATCH", "/accounts/anna", {"email": None})
    changed = await adam.ask("PATCH", "/accounts/ben", {"email": "Anna@example.org"})
    assert changed["email"] == "anna@example.org"
    signed_in(await door.sign_in())
    made = await adam.post("/accounts", name="cleo", role="agent", email="cleo@example.org")
    assert house.agent(made["id"]).email == "cleo@example.org"


def test_roles_by_claim() -> None:
    roles = (("leads", "lead"), ("support", "agent"))
    nested = {"realm_access": {"roles": ["support"]}, "https://example.org/roles": "leads other"}
    assert role_of(nested, "realm_access.roles", roles) == "agent"  # type: ignore[arg-type]
    assert role_of(nested, "https://example.org/roles", roles) == "lead"  # type: ignore[arg-type]
    assert role_of(nested, None, ()) is None


def test_settings_that_do_not_go_together_are_refused() -> None:
    base = {"ASSISTANT_OIDC_ISSUER": "http://login.example.org"}
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({**base, "ASSISTANT_ENV": "production", "ASSISTANT_OIDC_ROLES": "support=agent"})
    named = {fault.name.removeprefix("ASSISTANT_") for fault in caught.value.faults}
    assert named == {"OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "PUBLIC_URL", "OIDC_ROLES", "OIDC_ISSUER"}
    with pytest.raises(SettingsError):
        Settings.from_environment({"ASSISTANT_OIDC_ROLES": "support=boss"})

"""Signing in and out, colleagues, and the accounts that an admin looks after."""

from __future__ import annotations

import asyncio
from typing import cast

from aiohttp import web

from bot.console.accounts import MAX_PASSWORD, ROLES, generated_password
from bot.console.demo import DEMO_AGENTS, DEMO_PASSWORD
from bot.console.errors import ConsoleError, conflict, invalid
from bot.contracts.conversation import Json
from bot.gateway.bodies import PRINTABLE, Fields, read_json
from bot.gateway.channels.agent_console.oidc import START
from bot.gateway.channels.agent_console.service import Console
from bot.gateway.channels.agent_console.session import (
    CONSOLE,
    as_api_error,
    check_origin,
    drop_cookie,
    session_of,
    set_cookie,
    token_of,
)
from bot.gateway.keys import LIMITS, SETTINGS
from bot.store.console_values import Agent, Role


def agent_json(agent: Agent) -> Json:
    """Who somebody is, for colleagues."""
    return {"id": agent.id, "name": agent.display_name, "role": agent.role}


def account_json(agent: Agent) -> Json:
    """An account, for admins."""
    return agent_json(agent) | {"disabled": agent.disabled_at is not None, "email": agent.email}


async def look(request: web.Request) -> web.Response:
    """Who is signed in; nobody is no error. In the demo, whom one may be."""
    console = request.app[CONSOLE]
    found = await session_of(request)
    body: Json = {"agent": None}
    if found is not None:
        agent, session = found
        body = {"agent": agent_json(agent), "csrf": session.csrf}
    as_of = console.clock.as_of
    if as_of is not None:
        body["as_of"] = as_of.isoformat()
    settings = request.app[SETTINGS]
    if settings.oidc_issuer is not None and found is None:
        body["single_sign_on"] = {"name": settings.oidc_name, "path": START}
    if console.demo and found is None:
        body["demo"] = {
            "password": DEMO_PASSWORD,
            "agents": [{"id": name, "role": role, "name": shown} for name, role, shown in DEMO_AGENTS],
        }
    return web.json_response(body)


async def sign_in(request: web.Request) -> web.Response:
    """Begin a session."""
    check_origin(request)
    limits, console = request.app[LIMITS], request.app[CONSOLE]
    address = limits.address(request)
    limits.conversations.check(f"console {address}")
    fields = Fields(await read_json(request), ("name", "password"))
    name, password = fields.text("name", 40, PRINTABLE), fields.text("password", MAX_PASSWORD, PRINTABLE)
    try:
        begun = await asyncio.to_thread(console.accounts.sign_in, name, password, address)
    except ConsoleError as error:
        raise as_api_error(error, console.services.answers) from None
    response = web.json_response({"agent": agent_json(begun.agent), "csrf": begun.csrf})
    set_cookie(response, request, begun.token)
    return response


async def sign_out(request: web.Request, console: Console, agent: Agent) -> web.StreamResponse:
    """End this session."""
    await asyncio.to_thread(console.accounts.sign_out, token_of(request))
    response = web.json_response({"agent": None})
    drop_cookie(response, request)
    return response


async def colleagues(request: web.Request, console: Console, agent: Agent) -> Json:
    """To whom a conversation can be passed on."""
    everybody = await asyncio.to_thread(console.accounts.all)
    return {
        "colleagues": [
            agent_json(other)
            for other in everybody
            if other.disabled_at is None and other.role in ("agent", "lead") and other.id != agent.id
        ]
    }


async def accounts(request: web.Request, console: Console, agent: Agent) -> Json:
    """Every account."""
    everybody = await asyncio.to_thread(console.accounts.all)
    return {"accounts": [account_json(other) for other in everybody]}


async def add_account(request: web.Request, console: Console, agent: Agent) -> Json:
    """A new account with a made-up password, told once."""
    fields = Fields(await read_json(request), ("name", "role", "display_name", "email"))
    name = fields.text("name", 40, PRINTABLE)
    role = cast(Role, fields.one_of("role", ROLES))
    shown = fields.optional("display_name", lambda field: fields.text(field, 80, PRINTABLE))
    password = generated_password()
    email = fields.optional("email", lambda field: fields.text(field, 251, PRINTABLE))
    made = await asyncio.to_thread(console.accounts.add, name, role, password, shown, email, agent.id)
    return agent_json(made) | {"password": password}


async def change_account(request: web.Request, console: Console, agent: Agent) -> Json:
    """Another role or e-mail (null: none), or switched off or on."""
    name = request.match_info["name"]
    body = await read_json(request)
    fields = Fields(body, ("role", "disabled", "email"))
    role = cast("Role | None", fields.optional("role", lambda field: fields.one_of(field, ROLES)))
    email = "" if "email" in body and body["email"] is None else None
    if email is None:
        email = fields.optional("email", lambda field: fields.text(field, 251, PRINTABLE))
    disabled = body.get("disabled")
    if disabled is not None and not isinstance(disabled, bool):
        raise invalid("disabled", "Must be true or false.")
    if name == agent.id:
        raise conflict("yourself", "error_yourself")
    changed = await asyncio.to_thread(
        lambda: console.accounts.change(name, role=role, disabled=disabled, email=email, by=agent.id)
    )
    return account_json(changed)

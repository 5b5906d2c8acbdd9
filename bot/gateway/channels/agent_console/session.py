"""Who asks: the session cookie, the role, and that the request comes from our own page.

The cookie is HttpOnly and SameSite=Strict and belongs to /agent only. Everything that changes something must carry the
session's own token in a header, and an `Origin`, where there is one, must be ours.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web

from bot.answers import Answers
from bot.console.errors import ConsoleError
from bot.contracts.conversation import Json
from bot.gateway.channels.agent_console.service import Console
from bot.gateway.errors import ApiError
from bot.gateway.keys import SETTINGS
from bot.store.console_values import Agent, AgentSession, Role

CONSOLE: web.AppKey[Console] = web.AppKey("console", Console)
COOKIE = "assistant_agent"
CSRF_HEADER = "X-CSRF-Token"
PATH = "/agent"
MAX_COOKIE = 200
_STATUS = {"not_found": 404, "forbidden": 403, "conflict": 409, "invalid": 400, "unauthorized": 401, "locked": 429}

Handler = Callable[[web.Request, Console, Agent], Awaitable[web.StreamResponse | Json]]


def secure(app: web.Application) -> bool:
    """Whether the cookie may travel encrypted only."""
    settings = app[SETTINGS]
    return settings.production or (settings.public_url or "").startswith("https://")


def set_cookie(response: web.Response, request: web.Request, token: str) -> None:
    """Give the browser its session."""
    response.set_cookie(COOKIE, token, path=PATH, httponly=True, samesite="Strict", secure=secure(request.app))


def drop_cookie(response: web.Response, request: web.Request) -> None:
    """Take the session from the browser."""
    response.del_cookie(COOKIE, path=PATH, httponly=True, samesite="Strict", secure=secure(request.app))


def token_of(request: web.Request) -> str:
    """The cookie, or nothing."""
    token = request.cookies.get(COOKIE, "")
    return token if len(token) <= MAX_COOKIE else ""


async def session_of(request: web.Request, *, use: bool = True) -> tuple[Agent, AgentSession] | None:
    """Who is signed in, if anybody."""
    token = token_of(request)
    if not token:
        return None
    return await asyncio.to_thread(lambda: request.app[CONSOLE].accounts.who(token, use=use))


def check_origin(request: web.Request, *, needed: bool = False) -> None:
    """Only our own page may ask. Raises ApiError (403)."""
    given = request.headers.getall("Origin", [])
    if not given and not needed:
        return
    public = request.app[SETTINGS].public_url
    ours = {request.host.lower()} | ({urlsplit(public).netloc.lower()} if public else set())
    if len(given) != 1 or _host(given[0]) not in ours:
        raise ApiError(403, "origin_not_allowed", "Only the console's own page may do that.")


def _host(origin: str) -> str | None:
    """The host of an origin, None where it is no address at all."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return None


def as_api_error(error: ConsoleError, answers: Answers) -> ApiError:
    """What the console says, as an answer."""
    return ApiError(_STATUS[error.kind], error.code, error.words(answers), field=error.field)


def guarded(handler: Handler, roles: frozenset[Role]) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """The handler behind its door: session, role, origin, token; what goes wrong in the one shape."""

    async def guard(request: web.Request) -> web.StreamResponse:
        found = await session_of(request)
        if found is None:
            raise ApiError(401, "unauthorized", "Please sign in.")
        agent, session = found
        if agent.role not in roles:
            raise ApiError(403, "forbidden", f"This is not for the role {agent.role.replace('_', ' ')}.")
        if request.method not in ("GET", "HEAD"):
            check_origin(request)
            if not hmac.compare_digest(request.headers.get(CSRF_HEADER, "").encode(), session.csrf.encode()):
                raise ApiError(403, "csrf", "The page is out of date. Please load it again.")
        console = request.app[CONSOLE]
        try:
            result = await handler(request, console, agent)
        except ConsoleError as error:
            raise as_api_error(error, console.services.answers) from None
        return result if isinstance(result, web.StreamResponse) else web.json_response(result)

    return guard

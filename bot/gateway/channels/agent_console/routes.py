"""Every route of the console and who may use it, in one table; a test tries every role on every row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from bot.gateway.channels.agent_console import account_routes as account
from bot.gateway.channels.agent_console import exception_routes as exceptions
from bot.gateway.channels.agent_console import inbox_routes as inbox
from bot.gateway.channels.agent_console import learn_routes as learn
from bot.gateway.channels.agent_console import work_routes as work
from bot.gateway.channels.agent_console.live import live
from bot.gateway.channels.agent_console.oidc import setup_oidc
from bot.gateway.channels.agent_console.service import Console
from bot.gateway.channels.agent_console.session import CONSOLE, Handler, guarded
from bot.gateway.security import page_policy
from bot.store.console_values import Role

EVERYBODY: frozenset[Role] = frozenset({"agent", "lead", "content_owner", "admin"})
HELPERS: frozenset[Role] = frozenset({"agent", "lead"})
LEADS: frozenset[Role] = frozenset({"lead"})
CONTENT: frozenset[Role] = frozenset({"content_owner"})
WRITERS: frozenset[Role] = frozenset({"agent", "lead", "content_owner"})
OVERSEERS: frozenset[Role] = frozenset({"lead", "content_owner", "admin"})
ADMINS: frozenset[Role] = frozenset({"admin"})


@dataclass(frozen=True, slots=True)
class Route:
    """One route below /agent/api."""

    method: str
    path: str
    roles: frozenset[Role]
    handler: Handler


_ONE = "/conversations/{id}"
ROUTES: tuple[Route, ...] = (
    Route("DELETE", "/session", EVERYBODY, account.sign_out),
    Route("GET", "/colleagues", HELPERS, account.colleagues),
    Route("GET", "/accounts", ADMINS, account.accounts),
    Route("POST", "/accounts", ADMINS, account.add_account),
    Route("PATCH", "/accounts/{name}", ADMINS, account.change_account),
    Route("GET", "/live", HELPERS, live),
    Route("GET", "/conversations", HELPERS, inbox.listed),
    Route("POST", f"{_ONE}/open", HELPERS, inbox.open_one),
    Route("GET", _ONE, HELPERS, inbox.detail),
    Route("GET", f"{_ONE}/beside", HELPERS, inbox.conversation_view),
    Route("POST", f"{_ONE}/take", HELPERS, inbox.take),
    Route("POST", f"{_ONE}/messages", HELPERS, inbox.answer),
    Route("POST", f"{_ONE}/hand-back", HELPERS, inbox.hand_back),
    Route("POST", f"{_ONE}/transfer", HELPERS, inbox.transfer),
    Route("POST", f"{_ONE}/close", HELPERS, inbox.close),
    Route("POST", f"{_ONE}/suggestions", HELPERS, work.suggest),
    Route("POST", f"{_ONE}/suggestions/{{suggestion}}", HELPERS, work.mark),
    Route("GET", f"{_ONE}/macros", HELPERS, work.macros),
    Route("GET", f"{_ONE}/seats", HELPERS, work.seats),
    Route("POST", f"{_ONE}/preview", HELPERS, work.preview),
    Route("POST", f"{_ONE}/commit", HELPERS, work.commit),
    Route("POST", f"{_ONE}/exception-requests", HELPERS, exceptions.ask),
    Route("POST", f"{_ONE}/exceptions", LEADS, exceptions.begin),
    Route("POST", f"{_ONE}/exceptions/{{exception}}", LEADS, exceptions.grant),
    Route("POST", f"{_ONE}/exceptions/{{exception}}/end", HELPERS, exceptions.end),
    Route("GET", "/exceptions", LEADS, exceptions.listed),
    Route("GET", "/search", WRITERS, work.search),
    Route("GET", "/topics", WRITERS, work.topics),
    Route("POST", "/people/look", HELPERS, work.look_up),
    Route("POST", "/people/open", HELPERS, work.open_person),
    Route("POST", "/people/conversation", HELPERS, work.converse),
    Route("POST", "/ask", HELPERS, work.ask),
    Route("GET", "/masters", LEADS, work.masters),
    Route("GET", "/review", CONTENT, learn.review),
    Route("POST", "/review/export", CONTENT, learn.export),
    Route("POST", "/review/{item}", CONTENT, learn.decide),
    Route("GET", "/review/{item}", CONTENT, learn.trace),
    Route("GET", "/dashboard", OVERSEERS, learn.dashboard),
    Route("GET", "/dashboard.csv", OVERSEERS, learn.dashboard_csv),
)

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Agents' console</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/static/console.css">
</head>
<body>
<div id="console"></div>
<script src="/static/console.js" defer></script>
</body>
</html>
"""


async def page(request: web.Request) -> web.Response:
    """The console itself; everything on it comes by script. No page may frame it."""
    headers = {"Content-Security-Policy": page_policy(())}
    return web.Response(text=_PAGE, content_type="text/html", headers=headers)


def agent_console(console: Console) -> Callable[[web.Application], None]:
    """The console, to be given to `create_app` as a channel."""

    def setup(app: web.Application) -> None:
        app[CONSOLE] = console
        setup_oidc(app, console.clock)
        app.router.add_get("/agent", page)
        app.router.add_get("/agent/api/session", account.look)
        app.router.add_post("/agent/api/session", account.sign_in)
        for route in ROUTES:
            app.router.add_route(route.method, f"/agent/api{route.path}", guarded(route.handler, route.roles))

    return setup

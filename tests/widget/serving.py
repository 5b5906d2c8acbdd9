"""The real gateway in front of the scripted assistant, and host pages of another origin, on a loop of their own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from bot.auth.tokens import HostTokens
from bot.clock import Clock
from bot.config.settings import Settings
from bot.contracts.demo import DemoMail, DemoPerson
from bot.gateway.app import create_app
from tests import serving
from tests.widget.scripted_assistant import ScriptedAssistant

SECRET = "the key of the host page in tests, long enough"
PEOPLE = (
    DemoPerson("ASE-1000-0001", "Dana Reyes", "Brakes booked in three weeks; A6 bought and not booked yet."),
    DemoPerson("ASE-1000-0002", "Marcus Webb", "Appointment the day after tomorrow: too late to change it."),
    DemoPerson("ASE-1000-0003", "Priya Natarajan", "The last half hour in which the appointment can be changed."),
    DemoPerson("ASE-1000-0004", "Tom Okafor", "Today is the last day of the purchase window; nothing is booked."),
    DemoPerson("ASE-1000-0005", "Elena Petrova", "The purchase window ended yesterday."),
    DemoPerson("ASE-1000-0006", "Sofia Rossi", "Failed yesterday, posted today: the wait has just begun."),
)
STRICT = (
    "default-src 'none'; script-src {own}; connect-src {own} {socket} 'self'; object-src 'none'; base-uri 'none'; "
    "img-src data:; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)


class FakeDemoPages:
    """The people of the demo, and one mail."""

    async def people(self) -> tuple[DemoPerson, ...]:
        return PEOPLE

    async def mails(self, limit: int) -> tuple[DemoMail, ...]:
        at = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
        return (DemoMail("dana@example.org", at, "Your code", "Your code is 123456.", "123456"),)[:limit]


class Serving(serving.Serving):
    """The service with a script. `attributes` of the tag on the strict page are set by a test."""

    def __init__(self, **changes: Any) -> None:
        super().__init__()
        self.assistant = ScriptedAssistant()
        self.changes = changes
        self.attributes = ""
        self.signed_in: str | None = None
        self.token_calls = 0
        self.tokens: HostTokens
        self.host_url = ""

    async def begin(self) -> None:
        self.host_url = f"http://localhost:{await self.listen(self._host_app())}"
        environment = {
            "ASSISTANT_HOST_SECRET": SECRET,
            "ASSISTANT_STOP_TIMEOUT": "1",
            "ASSISTANT_ALLOWED_ORIGINS": self.host_url,
            "ASSISTANT_RATE_REQUESTS": "0",
            "ASSISTANT_RATE_CONVERSATIONS": "0",
            "ASSISTANT_RATE_TURNS": "0",
            **{name: str(value) for name, value in self.changes.items()},
        }
        settings = Settings.from_environment(environment).for_demo()
        self.tokens = HostTokens(SECRET, Clock())
        self.app = create_app(self.assistant, settings, Clock(), demo=FakeDemoPages())
        self.url = f"http://127.0.0.1:{await self.listen(self.app)}"

    def _host_app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/", self._host_page)
        app.router.add_post("/token", self._host_token)
        return app

    async def _host_page(self, request: web.Request) -> web.Response:
        policy = STRICT.format(own=self.url, socket=self.url.replace("http", "ws"))
        page = (
            '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Host page</title>'
            '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
            f'<script src="{self.url}/static/widget.js" {self.attributes}></script></head>'
            "<body><main><h1>Host page</h1><p>Some text.</p></main></body></html>"
        )
        return web.Response(text=page, content_type="text/html", headers={"Content-Security-Policy": policy})

    async def _host_token(self, request: web.Request) -> web.Response:
        self.token_calls += 1
        if self.signed_in is None:
            return web.Response(status=204)
        return web.json_response({"candidate_token": self.tokens.mint_candidate(self.signed_in)})

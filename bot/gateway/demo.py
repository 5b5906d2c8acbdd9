"""The demo: be any of the demo people, and read the mails that would have been sent. Never in production."""

from __future__ import annotations

from html import escape

from aiohttp import web

from bot.config.settings import Settings
from bot.contracts.conversation import AgentRole
from bot.contracts.demo import DemoMail, DemoPages
from bot.gateway.bodies import ASE_ID_PATTERN, PRINTABLE, Fields, read_json
from bot.gateway.errors import ApiError
from bot.gateway.keys import DEMO, TOKENS
from bot.gateway.pages import page_response

MAILS_SHOWN = 100
DEMO_AGENT = "demo-agent"


async def people(request: web.Request) -> web.Response:
    """Everybody one may be in the demo."""
    found = await request.app[DEMO].people()
    listed = [{"ase_id": person.ase_id, "name": person.name, "about": person.about} for person in found]
    return web.json_response({"people": listed})


async def token(request: web.Request) -> web.Response:
    """A token as the host page would make it, for one of the demo people or for a demo agent."""
    body = await read_json(request)
    fields = Fields(body, ("ase_id", "role", "agent"))
    tokens = request.app[TOKENS]
    if "role" in body:
        role: AgentRole = "lead" if fields.one_of("role", ("agent", "lead")) == "lead" else "agent"
        agent = fields.optional("agent", lambda name: fields.text(name, 64, PRINTABLE)) or DEMO_AGENT
        return web.json_response({"agent_token": tokens.mint_agent(agent, role)})
    ase_id = fields.text("ase_id", 13, ASE_ID_PATTERN)
    if ase_id not in {person.ase_id for person in await request.app[DEMO].people()}:
        raise ApiError(404, "not_found", "Nobody of the demo has this ASE ID.", field="ase_id")
    return web.json_response({"candidate_token": tokens.mint_candidate(ase_id)})


async def outbox(request: web.Request) -> web.Response:
    """The mails that would have been sent, newest first, as a page."""
    mails = await request.app[DEMO].mails(MAILS_SHOWN)
    listed = "\n".join(_mail(mail) for mail in mails) or "<p>Nothing has been sent yet.</p>"
    body = (
        '<main class="outbox">\n<h1>Outbox</h1>\n<p>What would have been sent, newest first. This page looks '
        f'again every five seconds. <a href="/">Back to the chat</a></p>\n{listed}\n</main>'
    )
    return page_response(request.app, "Outbox", body, head='<meta http-equiv="refresh" content="5">')


async def outbox_json(request: web.Request) -> web.Response:
    """The same for programs."""
    mails = await request.app[DEMO].mails(MAILS_SHOWN)
    listed = [
        {
            "to": mail.to,
            "at": mail.at.isoformat(),
            "subject": mail.subject,
            "text": mail.text,
            **({"code": mail.code} if mail.code is not None else {}),
        }
        for mail in mails
    ]
    return web.json_response({"mails": listed})


def _mail(mail: DemoMail) -> str:
    code = f'<p class="code">{escape(mail.code)}</p>' if mail.code else ""
    return (
        f"<article>\n<h2>{escape(mail.subject)}</h2>\n"
        f"<p>To {escape(mail.to)}, {escape(mail.at.strftime('%Y-%m-%d %H:%M:%S %Z'))}</p>\n"
        f"{code}<pre>{escape(mail.text)}</pre>\n</article>"
    )


def setup_demo(app: web.Application, settings: Settings, pages: DemoPages) -> None:
    """The routes of the demo. Raises ValueError where the demo is not switched on."""
    if not settings.demo or settings.production:
        raise ValueError("the demo pages are for the demo only")
    app[DEMO] = pages
    app.router.add_get("/demo/people", people)
    app.router.add_post("/demo/token", token)
    app.router.add_get("/demo/outbox", outbox)
    app.router.add_get("/demo/outbox.json", outbox_json)

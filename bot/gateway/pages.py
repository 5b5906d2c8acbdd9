"""Our own pages: a small chat at `/`. Nothing inline, nothing from elsewhere."""

from __future__ import annotations

from html import escape
from importlib.resources import files

from aiohttp import web

from bot.gateway.keys import CLOCK, SETTINGS
from bot.gateway.security import page_policy

_STATIC = files("bot.gateway") / "static"
_FILES = {"chat.js": "text/javascript", "page.css": "text/css"}

_CHAT = """<main class="chat">
<header>
<h1>ASE candidate assistant</h1>
<form id="who" hidden>
<label for="person">Signed in as</label>
<select id="person"><option value="">nobody</option></select>
<a href="/demo/outbox" target="_blank" rel="noopener">Outbox</a>
</form>
</header>
<div id="log" role="log" aria-live="polite" aria-label="Conversation" tabindex="0"></div>
<div id="choices" aria-label="Suggested replies"></div>
<p id="status" role="status"></p>
<form id="say">
<label for="text" class="hidden">Your message</label>
<textarea id="text" rows="2" maxlength="2000" autocomplete="off" placeholder="Ask a question"></textarea>
<button type="submit">Send</button>
</form>
</main>
<script src="/static/chat.js" defer></script>"""


def page_response(app: web.Application, title: str, body: str, *, head: str = "") -> web.Response:
    """A whole page around `body` (HTML), with the banner of a moved clock."""
    as_of = app[CLOCK].as_of
    banner = ""
    if as_of is not None:
        banner = f'<p class="banner">The clock stands still at {escape(as_of.isoformat())}.</p>\n'
    text = (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n"
        f'<link rel="icon" href="data:,"><link rel="stylesheet" href="/static/page.css">\n{head}\n</head>\n'
        f"<body>\n{banner}{body}\n</body>\n</html>\n"
    )
    policy = page_policy(app[SETTINGS].frame_ancestors)
    return web.Response(text=text, content_type="text/html", headers={"Content-Security-Policy": policy})


async def index(request: web.Request) -> web.Response:
    """The chat."""
    return page_response(request.app, "ASE candidate assistant", _CHAT)


async def static(request: web.Request) -> web.Response:
    """One of the few files that our pages use."""
    name = request.match_info["name"]
    if name not in _FILES:
        raise web.HTTPNotFound
    return web.Response(
        body=(_STATIC / name).read_bytes(),
        content_type=_FILES[name],
        charset="utf-8",
        headers={"Cache-Control": "no-cache"},
    )


def setup_pages(app: web.Application) -> None:
    """The chat page and its files."""
    app.router.add_get("/", index)
    app.router.add_get("/static/{name}", static)

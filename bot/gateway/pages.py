"""Our own pages: a host page with the chat widget at `/`. Nothing inline, nothing from elsewhere."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.resources import files

from aiohttp import web

from bot.gateway.keys import CLOCK, SETTINGS
from bot.gateway.security import page_policy

_STATIC = files("bot.gateway") / "static"
_FILES = {"demo.js": "text/javascript", "widget.js": "text/javascript", "page.css": "text/css"} | {
    "console.js": "text/javascript",
    "console.css": "text/css",
    "widget-es.json": "application/json",
}
_FOR_ANYBODY = frozenset({"widget.js", "widget-es.json"})
"""Files that pages of any origin may load (what they may then do is checked at every call)."""

_HOST = """<header class="site">
<div class="wide">
<span class="logo" aria-hidden="true">A</span>
<p class="site-name"><strong>ASE candidate assistant</strong><span>Example host page</span></p>
<nav aria-label="This demo">
<a href="/demo/outbox" target="_blank" rel="noopener" data-demo hidden>Outbox</a>
<a href="/api/v1/openapi.json" target="_blank" rel="noopener">API</a>
</nav>
</div>
</header>
<main class="wide host">
<section class="hero">
<h1>Questions about your certification tests?</h1>
<p>Ask the assistant in the corner. It answers from the published rules, and, once you are signed in, from your own
dates: it says what is allowed, until when and why, and makes changes after you confirm them.</p>
<ul class="asks" aria-label="Questions to try">
<li><button type="button" data-ask="Can I still move my appointment?">Can I still move my appointment?</button></li>
<li><button type="button" data-ask="How long is my test good for?">How long is my test good for?</button></li>
<li><button type="button" data-ask="Am I a Master technician?">Am I a Master technician?</button></li>
<li><button type="button" data-ask="When can I retake a failed test?">When can I retake a failed test?</button></li>
<li><button type="button" data-ask="What does a test cost?">What does a test cost?</button></li>
</ul>
</section>
<section id="demo" hidden aria-labelledby="people-title">
<div class="section-head">
<div>
<h2 id="people-title">Be somebody</h2>
<p>Every person stands on another side of a rule. Signing in here is what your own page would do.</p>
</div>
<p id="who" class="who" role="status" hidden>Signed in as <strong id="who-name"></strong>
<button type="button" id="sign-out">Sign out</button></p>
<label class="search"><span>Find a person</span><input id="search" type="search" autocomplete="off"></label>
</div>
<ul id="people" class="people"></ul>
<p id="nobody-found" hidden>Nobody fits that.</p>
</section>
</main>
<script src="/static/widget.js" defer></script>
<script src="/static/demo.js" defer></script>"""


@dataclass(frozen=True, slots=True)
class _File:
    """A file as it is sent; `tag` is its fingerprint."""

    body: bytes
    packed: bytes
    tag: str


@cache
def _file(name: str) -> _File:
    body = (_STATIC / name).read_bytes()
    return _File(body, gzip.compress(body, mtime=0), hashlib.sha256(body).hexdigest()[:32])


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
    """The host page."""
    return page_response(request.app, "ASE candidate assistant", _HOST)


async def static(request: web.Request) -> web.Response:
    """One of the few files that our pages use; not sent again while the browser has it as it is."""
    name = request.match_info["name"]
    if name not in _FILES:
        raise web.HTTPNotFound
    file = _file(name)
    headers = {"Cache-Control": "no-cache", "ETag": f'"{file.tag}"', "Vary": "Accept-Encoding"}
    if name in _FOR_ANYBODY:
        headers |= {"Cross-Origin-Resource-Policy": "cross-origin", "Access-Control-Allow-Origin": "*"}
    if any(tag.value == file.tag for tag in request.if_none_match or ()):
        return web.Response(status=304, headers=headers)
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    if packed:
        headers["Content-Encoding"] = "gzip"
    return web.Response(
        body=file.packed if packed else file.body, content_type=_FILES[name], charset="utf-8", headers=headers
    )


def setup_pages(app: web.Application) -> None:
    """The host page and its files."""
    app.router.add_get("/", index)
    app.router.add_get("/static/{name}", static)

"""Headers on every answer, whose pages may call, and bearer tokens."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.auth.tokens import MAX_TOKEN_LENGTH
from bot.clock import Clock
from bot.config.settings import Settings
from bot.contracts.conversation import AssistantService
from bot.gateway.errors import REQUEST_ID, ApiError, unauthorised

AS_OF_HEADER = "Assistant-As-Of"
_API_POLICY = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"
_CORS_METHODS = "GET, POST"
_CORS_HEADERS = "Authorization, Content-Type"
_CORS_EXPOSED = f"Retry-After, Request-Id, {AS_OF_HEADER}"
_DEFAULT_PORTS = {"http": 80, "https": 443}


def page_policy(frame_ancestors: Iterable[str]) -> str:
    """Content-Security-Policy of our own pages: nothing inline, nothing from elsewhere."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "object-src 'none'",
            f"frame-ancestors {' '.join(frame_ancestors) or chr(39) + 'none' + chr(39)}",
        )
    )


class Origins:
    """Which pages may call: our own, and those that the settings allow."""

    def __init__(self, settings: Settings) -> None:
        public = [_origin_of(settings.public_url)] if settings.public_url else []
        self._allowed = frozenset(_key(origin) for origin in (*settings.allowed_origins, *public))

    def allowed(self, request: web.Request) -> bool:
        """Whether the request comes from such a page, or (no Origin) from no page at all."""
        given = request.headers.getall("Origin", [])
        if not given:
            return True
        if len(given) != 1:
            return False
        key = _key(given[0])
        return key is not None and (key in self._allowed or key == _own(request, key[0]))


def _origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _key(origin: str) -> tuple[str, str, int] | None:
    """Scheme, host and port of an origin; None for anything that is not one ("null", a path, rubbish)."""
    try:
        parts = urlsplit(origin)
        port = parts.port or _DEFAULT_PORTS.get(parts.scheme, 0)
    except ValueError:
        return None
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or parts.username is not None:
        return None
    if parts.path or parts.query or parts.fragment:
        return None
    return parts.scheme, parts.hostname.lower(), port


def _own(request: web.Request, scheme: str) -> tuple[str, str, int] | None:
    """Our own origin as the request names it; the scheme is the page's, a proxy may have ended TLS."""
    return _key(f"{scheme}://{request.headers.get('Host', '')}")


def bearer(request: web.Request) -> str:
    """The bearer token of the request. Raises ApiError (401)."""
    given = request.headers.getall("Authorization", [])
    scheme, _, token = given[0].partition(" ") if len(given) == 1 else ("", "", "")
    token = token.strip()
    if scheme.lower() != "bearer" or not token or len(token) > MAX_TOKEN_LENGTH:
        raise unauthorised()
    return token


async def authorise(service: AssistantService, conversation_id: str, token: str) -> None:
    """Let pass who holds the conversation's token. Raises ApiError (401), the same for an unknown id."""
    if not await service.authorise(conversation_id, token):
        raise unauthorised()


def setup_security(app: web.Application, settings: Settings, clock: Clock) -> None:
    """Headers on every answer, and the answers to browsers that ask whether a page may call."""
    origins = Origins(settings)
    plain = {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
        "Content-Security-Policy": _API_POLICY,
        "Cache-Control": "no-store",
    }
    if settings.public_url is not None and settings.public_url.startswith("https://"):
        plain["Strict-Transport-Security"] = "max-age=31536000"

    async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
        for name, value in plain.items():
            response.headers.setdefault(name, value)
        response.headers["Server"] = "assistant"
        if clock.as_of is not None:
            response.headers[AS_OF_HEADER] = clock.as_of.isoformat()
        if REQUEST_ID in request:
            response.headers.setdefault("Request-Id", request[REQUEST_ID])
        if "Origin" in request.headers and origins.allowed(request):
            response.headers["Access-Control-Allow-Origin"] = request.headers["Origin"]
            response.headers["Access-Control-Expose-Headers"] = _CORS_EXPOSED
            response.headers.add("Vary", "Origin")

    @web.middleware
    async def cross_origin(request: web.Request, handler: Handler) -> web.StreamResponse:
        asks = request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
        if not asks or not request.path.startswith("/api/"):
            return await handler(request)
        if not origins.allowed(request):
            raise ApiError(403, "origin_not_allowed", "Pages of this origin may not call the assistant.")
        return web.Response(
            status=204,
            headers={
                "Access-Control-Allow-Methods": _CORS_METHODS,
                "Access-Control-Allow-Headers": _CORS_HEADERS,
                "Access-Control-Max-Age": "600",
            },
        )

    app.on_response_prepare.append(add_headers)
    app.middlewares.append(cross_origin)

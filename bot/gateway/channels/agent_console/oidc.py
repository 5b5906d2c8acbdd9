"""Signing in at a provider (OpenID Connect): off to it, back from it, and what is asked of it behind the scenes.

The browser carries a sealed cookie on its way, for coming back only. Tokens go from server to server: none is in an
address, a page or the log.
"""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
import logging
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus, urlsplit

from aiohttp import ClientError, ClientSession, ClientTimeout, web
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from bot.clock import Clock
from bot.config.settings import Settings
from bot.console.errors import ConsoleError
from bot.console.single_sign_on import (
    PATIENCE,
    Flow,
    Somebody,
    authorization_url,
    failed,
    role_of,
    sealing_key,
    somebody,
)
from bot.gateway.channels.agent_console.session import CONSOLE, secure, set_cookie
from bot.gateway.keys import LIMITS, SETTINGS

log = logging.getLogger("assistant.sign_in")

FLOW_COOKIE = "assistant_agent_flow"
START, BACK = "/agent/oidc/start", "/agent/oidc/callback"
KNOWN_FOR = 3600.0
"""Seconds for which the provider's addresses and keys are kept."""
KEYS_AGAIN = 30.0
"""Seconds between looks for a key that we do not have."""
MOST = 512 * 1024
"""Bytes that an answer of the provider may have."""
TIME = ClientTimeout(total=10)


@dataclass(slots=True)
class Provider:
    """The provider as configured, and what it says about itself."""

    settings: Settings
    clock: Clock
    http: ClientSession
    _about: dict[str, Any] = field(default_factory=dict)
    _about_at: float = -KNOWN_FOR
    _keys: KeySet | None = None
    _keys_at: float = -KNOWN_FOR

    @property
    def redirect_uri(self) -> str:
        """Where the provider sends the browser back to."""
        return f"{self.settings.public_url}{BACK}"

    async def start(self, flow: Flow) -> str:
        """Where to send the browser. Raises ConsoleError."""
        about = await self._described()
        return authorization_url(about["authorization_endpoint"], self._client_id, self.redirect_uri, flow)

    async def finish(self, flow: Flow, code: str) -> Somebody:
        """Who came back with that code. Raises ConsoleError."""
        about = await self._described()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": flow.verifier,
        }
        secret = self.settings.oidc_client_secret or ""
        methods = about.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        headers = {}
        if "client_secret_basic" in methods:
            pair = f"{quote_plus(self._client_id)}:{quote_plus(secret)}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        else:
            form |= {"client_id": self._client_id, "client_secret": secret}
        answer = await self._ask("POST", about["token_endpoint"], headers, data=form)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise failed()
        for fresh in (False, True):
            keys = await self._known_keys(about, fresh=fresh)
            if fresh or _names_a_key_of(token, keys):
                break
        return somebody(
            token,
            keys,
            issuer=str(self.settings.oidc_issuer),
            client_id=self._client_id,
            nonce=flow.nonce,
            now=self.clock.real(),
        )

    # --- what the provider says about itself ---------------------------------------------------------

    @property
    def _client_id(self) -> str:
        return str(self.settings.oidc_client_id)

    async def _described(self) -> dict[str, Any]:
        now = self.clock.monotonic()
        if now - self._about_at >= KNOWN_FOR:
            issuer = str(self.settings.oidc_issuer)
            about = await self._ask("GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration")
            needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
            same_scheme = urlsplit(issuer).scheme
            good = all(isinstance(about.get(name), str) for name in needed) and all(
                urlsplit(about[name]).scheme in ("https", same_scheme) for name in needed
            )
            if about.get("issuer") != issuer or not good:
                log.error("what the provider says about itself does not fit ASSISTANT_OIDC_ISSUER")
                raise failed()
            self._about, self._about_at = about, now
        return self._about

    async def _known_keys(self, about: dict[str, Any], *, fresh: bool) -> KeySet:
        age = self.clock.monotonic() - self._keys_at
        if self._keys is None or age >= (KEYS_AGAIN if fresh else KNOWN_FOR):
            found = await self._ask("GET", about["jwks_uri"])
            try:
                self._keys = KeySet.import_key_set(found)  # type: ignore[arg-type]
            except (JoseError, ValueError, KeyError, TypeError):
                raise failed() from None
            self._keys_at = self.clock.monotonic()
        return self._keys

    async def _ask(
        self, method: str, url: str, headers: Mapping[str, str] | None = None, **more: Any
    ) -> dict[str, Any]:
        accepting = {"Accept": "application/json", **(headers or {})}
        try:
            async with self.http.request(method, url, headers=accepting, allow_redirects=False, **more) as answer:
                raw = b""
                async for part in answer.content.iter_chunked(64 * 1024):
                    raw += part
                    if len(raw) > MOST:
                        raise failed()
                if answer.status != 200:
                    log.error("the provider answered %d", answer.status)
                    raise failed()
        except (ClientError, TimeoutError, OSError):
            log.error("the provider cannot be reached")
            raise ConsoleError("unauthorized", "provider_away", "error_provider_away") from None
        try:
            found = json.loads(raw)
        except ValueError:
            raise failed() from None
        if not isinstance(found, dict):
            raise failed()
        return found


PROVIDER: web.AppKey[Provider] = web.AppKey("provider", Provider)


def _names_a_key_of(token: str, keys: KeySet) -> bool:
    """Whether the key that the token names (if it names one) is known."""
    from joserfc import jws

    try:
        kid = jws.extract_compact(token.encode()).headers().get("kid")
    except (JoseError, ValueError):
        return True  # whatever it is, more keys do not help
    return kid is None or any(key.kid == kid for key in keys.keys)


async def start(request: web.Request) -> web.StreamResponse:
    """Off to the provider."""
    _check_limit(request)
    provider = request.app[PROVIDER]
    flow = Flow.begin()
    try:
        where = await provider.start(flow)
    except ConsoleError as error:
        return _back(error.code)
    response = _redirect(where)
    key = sealing_key(provider.settings.oidc_client_secret or "")
    response.set_cookie(
        FLOW_COOKIE,
        flow.sealed(key, provider.clock.real()),
        path=BACK,
        max_age=PATIENCE,
        httponly=True,
        samesite="Lax",
        secure=secure(request.app),
    )
    return response


async def back(request: web.Request) -> web.StreamResponse:
    """Back from the provider: signed in, or back at the door with a word why not."""
    _check_limit(request)
    provider, console, settings = request.app[PROVIDER], request.app[CONSOLE], request.app[SETTINGS]
    try:
        key = sealing_key(settings.oidc_client_secret or "")
        flow = Flow.opened(request.cookies.get(FLOW_COOKIE, ""), key, provider.clock.real())
        given = request.query
        if not hmac.compare_digest(given.get("state", "").encode(), flow.state.encode()):
            raise failed()
        code = given.get("code", "")
        if "error" in given or not code or len(code) > 4096:
            raise failed()
        who = await provider.finish(flow, code)
        role = role_of(who.claims, settings.oidc_role_claim, settings.oidc_roles)
        begun = await asyncio.to_thread(console.accounts.sign_in_by_email, who.email, role)
    except ConsoleError as error:
        log.warning("sign-in by the provider refused: %s", error.code)
        response = _back(error.code)
    else:
        response = _redirect("/agent")
        set_cookie(response, request, begun.token)
    response.del_cookie(FLOW_COOKIE, path=BACK, httponly=True, samesite="Lax", secure=secure(request.app))
    return response


def _check_limit(request: web.Request) -> None:
    limits = request.app[LIMITS]
    limits.conversations.check(f"console {limits.address(request)}")


def _back(code: str) -> web.Response:
    return _redirect(f"/agent?sign_in={code}")


def _redirect(where: str) -> web.Response:
    return web.Response(
        status=303, headers={"Location": where, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    )


def setup_oidc(app: web.Application, clock: Clock) -> None:
    """The two addresses, where a provider is configured."""
    settings = app[SETTINGS]
    if settings.oidc_issuer is None:
        return

    async def provider(app: web.Application) -> AsyncIterator[None]:
        async with ClientSession(timeout=TIME) as http:
            app[PROVIDER] = Provider(settings, clock, http)
            yield

    app.cleanup_ctx.append(provider)
    app.router.add_get(START, start, allow_head=False)
    app.router.add_get(BACK, back, allow_head=False)

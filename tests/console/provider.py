"""A small OpenID provider: it signs in whom a test says, and says what a test wants said wrongly."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlsplit

from aiohttp import web
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

CLIENT_ID = "the-console"
CLIENT_SECRET = "a secret between the provider and us"


def new_key(kid: str) -> RSAKey:
    """A key that signs."""
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig"}, private=True)


@dataclass
class Provider:
    """`claims` change what the next ID token says (None: leaves it out); `away`: it answers nothing of use."""

    now: Callable[[], float]
    issuer: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: new_key("one"))
    published: list[RSAKey] = field(default_factory=list)
    algorithm: str = "RS256"
    away: bool = False
    tokens: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def app(self) -> web.Application:
        """What it answers to our service."""
        app = web.Application()
        app.router.add_get("/.well-known/openid-configuration", self._about)
        app.router.add_get("/keys", self._keys)
        app.router.add_post("/token", self._token)
        return app

    def signed_in(self, where: str) -> str:
        """What the person's browser does there; the code that comes of it."""
        given = {name: values[0] for name, values in parse_qs(urlsplit(where).query).items()}
        assert given["response_type"] == "code"
        assert given["client_id"] == CLIENT_ID
        assert given["code_challenge_method"] == "S256"
        code = f"code-{len(self._codes)}"
        self._codes[code] = given
        return code

    async def _about(self, request: web.Request) -> web.Response:
        self.asked.append("about")
        if self.away:
            return web.Response(status=503)
        return web.json_response(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
            }
        )

    async def _keys(self, request: web.Request) -> web.Response:
        self.asked.append("keys")
        keys = KeySet([*self.published, self.key] if self.published else [self.key])
        return web.json_response(keys.as_dict(private=False))

    async def _token(self, request: web.Request) -> web.Response:
        form = await request.post()
        pair = base64.b64decode(request.headers["Authorization"].removeprefix("Basic ")).decode()
        assert unquote_plus(pair) == f"{CLIENT_ID}:{CLIENT_SECRET}"
        given = self._codes.pop(str(form["code"]), None)
        verifier = hashlib.sha256(str(form["code_verifier"]).encode()).digest()
        fits = given and base64.urlsafe_b64encode(verifier).rstrip(b"=").decode() == given["code_challenge"]
        if not given or not fits or form["redirect_uri"] != given["redirect_uri"]:
            return web.json_response({"error": "invalid_grant"}, status=400)
        now = int(self.now())
        claims = {
            "iss": self.issuer, "aud": CLIENT_ID, "sub": "4711", "iat": now, "exp": now + 300, "nonce": given["nonce"],
            "email": "Anna@Example.org", "email_verified": True, "groups": ["staff", "support"],
        } | self.claims  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        self.tokens.append(self._signed(claims))
        return web.json_response({"id_token": self.tokens[-1], "access_token": "secret-access", "token_type": "Bearer"})

    def _signed(self, claims: dict[str, Any]) -> str:
        if self.algorithm == "none":
            _, body, _ = jwt.encode({"alg": "HS256"}, claims, OctKey.import_key("x" * 32)).split(".")
            plain = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
            return f"{plain}.{body}."
        if self.algorithm == "HS256":
            return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(CLIENT_SECRET))
        return jwt.encode({"alg": self.algorithm, "kid": self.key.kid}, claims, self.key)

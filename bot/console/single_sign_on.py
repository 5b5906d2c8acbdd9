"""Signing in by OpenID Connect: what is asked of the provider, and what makes its answer believable. No HTTP here.

Authorization code with PKCE, state and nonce. What has to be remembered until the browser comes back travels with it in
a sealed cookie, so any process can take up what another began. The provider says who somebody is and, by a claim, what
they may do; whether they have an account here is for us to say: it is found by an e-mail that it has verified.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from joserfc import jwe, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OctKey

from bot.console.errors import ConsoleError
from bot.store.console_values import Role

SIGNED_WITH = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""Signatures by a key that only the provider has; nothing symmetric, and never none."""
PATIENCE = 600
"""Seconds from leaving for the provider to coming back."""
LEEWAY = 60
"""Seconds by which the provider's clock may differ from ours."""
_SEALED = {"alg": "dir", "enc": "A256GCM"}


@dataclass(frozen=True, slots=True)
class Flow:
    """One attempt to sign in, from leaving to coming back."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def begin(cls) -> Flow:
        """Fresh secrets."""
        return cls(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48))

    @property
    def challenge(self) -> str:
        """The verifier's SHA-256 (PKCE, S256)."""
        return base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()

    def sealed(self, key: OctKey, now: datetime) -> str:
        """For the browser to carry, unreadable and not to be changed."""
        content = {**asdict(self), "exp": int(now.timestamp()) + PATIENCE}
        return jwe.encrypt_compact(_SEALED, json.dumps(content), key, algorithms=list(_SEALED.values()))

    @classmethod
    def opened(cls, sealed: str, key: OctKey, now: datetime) -> Flow:
        """What the browser brought back. Raises ConsoleError."""
        try:
            opened = jwe.decrypt_compact(sealed, key, algorithms=list(_SEALED.values()))
            content = json.loads(opened.plaintext or b"")
            if int(content.pop("exp")) < now.timestamp():
                raise failed()
            return cls(**content)
        except (JoseError, ValueError, KeyError, TypeError):
            raise failed() from None


def sealing_key(client_secret: str) -> OctKey:
    """The key of the cookie, from what only we and the provider know."""
    return OctKey.import_key(hmac.digest(client_secret.encode(), b"assistant console sign-in", "sha256"))


def failed() -> ConsoleError:
    """It did not work; what exactly is of no use to whoever stands outside."""
    return ConsoleError("unauthorized", "sign_in_failed", "error_sign_in_failed")


def authorization_url(endpoint: str, client_id: str, redirect_uri: str, flow: Flow) -> str:
    """Where the browser is sent."""
    query = urlencode(
        {
            "response_type": "code",
            "client_id": client_id,
            "redirect_uri": redirect_uri,
            "scope": "openid email profile",
            "state": flow.state,
            "nonce": flow.nonce,
            "code_challenge": flow.challenge,
            "code_challenge_method": "S256",
        }
    )
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{query}"


@dataclass(frozen=True, slots=True)
class Somebody:
    """Who the provider says it is."""

    email: str
    claims: Mapping[str, Any]


def somebody(id_token: str, keys: KeySet, *, issuer: str, client_id: str, nonce: str, now: datetime) -> Somebody:
    """Read an ID token. Raises ConsoleError unless signature, issuer, audience, time, nonce and e-mail hold."""
    registry = jwt.JWTClaimsRegistry(
        now=lambda: int(now.timestamp()),
        leeway=LEEWAY,
        iss={"essential": True, "value": issuer},
        sub={"essential": True},
        aud={"essential": True, "value": client_id},
        exp={"essential": True},
        iat={"essential": True},
    )
    try:
        claims = jwt.decode(id_token, keys, algorithms=SIGNED_WITH).claims
        registry.validate(claims)
    except (JoseError, ValueError, TypeError):
        raise failed() from None
    audience = claims["aud"]
    several = isinstance(audience, list) and len(audience) > 1
    if (several or "azp" in claims) and claims.get("azp") != client_id:
        raise failed()
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise failed()
    email = claims.get("email")
    if not isinstance(email, str) or claims.get("email_verified") is not True:
        raise ConsoleError("forbidden", "email_not_verified", "error_email_not_verified")
    return Somebody(email.strip().lower(), claims)


def role_of(claims: Mapping[str, Any], claim: str | None, roles: Sequence[tuple[str, Role]]) -> Role | None:
    """The first role whose value the claim holds; None where no claim decides. Raises ConsoleError where none fits.

    `claim` may lead into an object by dots ("realm_access.roles").
    """
    if claim is None:
        return None
    found: Any = claims
    for part in claim.split(".") if claim not in claims else [claim]:
        found = found.get(part) if isinstance(found, Mapping) else None
    held = found if isinstance(found, list) else str(found).split() if isinstance(found, str) else []
    for value, role in roles:
        if value in held or value == found:
            return role
    raise ConsoleError("forbidden", "no_role", "error_no_role")

"""Who is there: signed tokens of the host page, tokens of conversations, and how little of a person is shown.

A host page signs a short-lived token for the candidate (or agent) it knows; nothing else identifies
anybody at the door. One-time codes, for those who sign in within the conversation, are in
bot/auth/one_time_codes.py. Everything here goes by real time, never by the moved clock.
"""

from __future__ import annotations

import hashlib
import hmac
import math
import re
import secrets
from datetime import timedelta
from typing import Any

import jwt

from bot.clock import Clock
from bot.contracts.conversation import AgentRole, Identity

ALGORITHM = "HS256"
CANDIDATE_AUDIENCE = "assistant"
AGENT_AUDIENCE = "assistant-agent"
MAX_AHEAD = timedelta(minutes=10)
"""How far ahead a token may expire."""
MAX_SKEW = timedelta(seconds=30)
"""How far another machine's clock may run before ours when it stamps `iat` (or `nbf`)."""
MAX_TOKEN_LENGTH = 4_096

ASE_ID = re.compile(r"ASE-[0-9]{4}-[0-9]{4}")
AGENT_ID = re.compile(r"[A-Za-z0-9._@+-]{1,64}")
_REQUIRED = ["sub", "aud", "iat", "exp"]


class IdentityError(Exception):
    """The token proves nothing. The message says why without repeating the token."""


class HostTokens:
    """Checks and makes the tokens of the host page. Without a `secret` no token is accepted."""

    def __init__(self, secret: str | None, clock: Clock) -> None:
        self._secret = secret
        self._clock = clock

    def candidate(self, token: str) -> Identity:
        """The candidate whom the token names. Raises IdentityError."""
        claims = self._claims(token, CANDIDATE_AUDIENCE)
        return Identity(candidate=_named(claims["sub"], ASE_ID, "an ASE ID"))

    def agent(self, token: str) -> Identity:
        """The agent whom the token names, and the role. Raises IdentityError."""
        claims = self._claims(token, AGENT_AUDIENCE)
        role = claims.get("role")
        if role != "agent" and role != "lead":
            raise IdentityError("the role must be agent or lead")
        return Identity(agent=_named(claims["sub"], AGENT_ID, "an agent's id"), role=role)

    def mint_candidate(self, ase_id: str, lifetime: timedelta = MAX_AHEAD) -> str:
        """A token for the candidate, as a host page would make it. Raises IdentityError without a secret."""
        return self._mint({"sub": ase_id, "aud": CANDIDATE_AUDIENCE}, lifetime)

    def mint_agent(self, agent: str, role: AgentRole, lifetime: timedelta = MAX_AHEAD) -> str:
        """A token for the agent, as a host page would make it. Raises IdentityError without a secret."""
        return self._mint({"sub": agent, "aud": AGENT_AUDIENCE, "role": role}, lifetime)

    def _mint(self, claims: dict[str, Any], lifetime: timedelta) -> str:
        if not self._secret:
            raise IdentityError("there is no key to sign with")
        now = int(self._clock.real().timestamp())
        times = {"iat": now, "exp": now + int(lifetime.total_seconds())}
        return jwt.encode({**claims, **times}, _key(self._secret), ALGORITHM)

    def _claims(self, token: str, audience: str) -> dict[str, Any]:
        """The claims of a token that is properly signed, for `audience` and of this moment."""
        if not self._secret:
            raise IdentityError("no token is accepted here")
        if len(token) > MAX_TOKEN_LENGTH or not token.isascii():
            raise IdentityError("the token is malformed")
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                _key(self._secret),
                algorithms=[ALGORITHM],
                audience=audience,
                options={
                    "require": _REQUIRED,
                    "strict_aud": True,
                    "verify_exp": False,  # below, by our own clock
                    "verify_iat": False,
                    "verify_nbf": False,
                },
            )
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as error:
            raise IdentityError(f"the token is not accepted ({type(error).__name__})") from None
        self._check_times(claims)
        return claims

    def _check_times(self, claims: dict[str, Any]) -> None:
        now = self._clock.real().timestamp()
        issued, expires = _seconds(claims["iat"], "iat"), _seconds(claims["exp"], "exp")
        starts = _seconds(claims["nbf"], "nbf") if "nbf" in claims else issued
        if max(issued, starts) > now + MAX_SKEW.total_seconds():
            raise IdentityError("the token is not valid yet")
        if expires <= now:
            raise IdentityError("the token has expired")
        if expires > now + MAX_AHEAD.total_seconds():
            raise IdentityError("the token expires more than 10 minutes ahead")
        if expires <= issued:
            raise IdentityError("the token expires before it was issued")


def _key(secret: str) -> bytes:
    """The key, a short one filled up with zero bytes as HMAC does itself: it signs the same, but brings
    no warning on each use (production refuses a short key when it starts)."""
    return secret.encode().ljust(32, b"\0")


def _seconds(value: object, claim: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise IdentityError(f"{claim} must be a number of seconds")
    return value


def _named(value: object, form: re.Pattern[str], what: str) -> str:
    if not isinstance(value, str) or form.fullmatch(value) is None:
        raise IdentityError(f"sub must be {what}")
    return value


# --- tokens of conversations ---------------------------------------------------------------------------


def new_conversation_id() -> str:
    """An id that cannot be guessed (96 bits), fit for a URL."""
    return "c-" + secrets.token_hex(12)


def new_conversation_token() -> str:
    """A bearer token of 256 bits, told once and stored only as its hash."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What is stored of a conversation's token (SHA-256 in hex; the token is random enough)."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def token_matches(token: str, stored_hash: str | None) -> bool:
    """Whether `token` has that hash, in constant time; False for an unknown conversation (None) as well."""
    return hmac.compare_digest(token_hash(token), stored_hash or "0" * 64) and stored_hash is not None


# --- how little is shown -------------------------------------------------------------------------------


def mask_email(address: str) -> str:
    """ "dana@example.org" -> "d•••@example.org"."""
    name, at, domain = address.rpartition("@")
    return f"{name[:1]}•••{at}{domain}" if at else "•••"


def mask_phone(number: str) -> str:
    """ "+13125550101" -> "•••0101"."""
    digits = "".join(character for character in number if character.isdigit())
    return "•••" + (digits[-4:] if len(digits) >= 8 else "")


def mask_ase_id(ase_id: str) -> str:
    """ "ASE-1000-0001" -> "ASE-••••-0001"."""
    return f"ASE-••••-{ase_id[-4:]}" if ASE_ID.fullmatch(ase_id) else "ASE-••••"

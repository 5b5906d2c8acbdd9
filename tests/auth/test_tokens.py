"""Who is there: tokens of the host page, tokens of conversations, masks."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from bot.auth.tokens import (
    HostTokens,
    IdentityError,
    mask_ase_id,
    mask_email,
    mask_phone,
    new_conversation_id,
    new_conversation_token,
    token_hash,
    token_matches,
)
from bot.clock import Clock
from bot.contracts.conversation import Identity

SECRET = "a key of the host page, long enough for the algorithm"
NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
T = int(NOW.timestamp())
CLOCK = Clock(datetime(2031, 1, 1, tzinfo=UTC), real=lambda: NOW)  # moved: tokens must not care
TOKENS = HostTokens(SECRET, CLOCK)


def claims(**changes: Any) -> dict[str, Any]:
    """Good claims of a candidate, changed; None takes a claim out."""
    base = {"sub": "ASE-1000-0001", "aud": "assistant", "iat": T, "exp": T + 300, **changes}
    return {name: value for name, value in base.items() if value is not None}


def signed(payload: dict[str, Any], secret: str = SECRET, algorithm: str = "HS256") -> str:
    return jwt.encode(payload, secret, algorithm)


def raw(header: dict[str, Any], payload: bytes, secret: str = SECRET) -> str:
    """A token of any header and payload, properly signed with HS256."""

    def part(data: bytes) -> str:
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

    body = f"{part(json.dumps(header).encode())}.{part(payload)}"
    return f"{body}.{part(hmac.new(secret.encode(), body.encode(), hashlib.sha256).digest())}"


ACCEPTED = {
    "plain": claims(),
    "expires in exactly ten minutes": claims(exp=T + 600),
    "expires in a second": claims(exp=T + 1),
    "issued by a clock a little ahead": claims(iat=T + 20),
    "fractions of a second": claims(iat=T - 0.5, exp=T + 299.5),
    "another claim beside": claims(iss="https://www.example.org", jti="1"),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_good_token_names_the_candidate(name: str) -> None:
    assert TOKENS.candidate(signed(ACCEPTED[name])) == Identity(candidate="ASE-1000-0001")


REFUSED: dict[str, str] = {
    "expired": signed(claims(iat=T - 600, exp=T - 1)),
    "expires this very second": signed(claims(exp=T)),
    "expires too far ahead": signed(claims(exp=T + 601)),
    "issued in the future": signed(claims(iat=T + 60)),
    "not yet valid": signed(claims(nbf=T + 60)),
    "expires before it was issued": signed(claims(iat=T + 20, exp=T + 10)),
    "no sub": signed(claims(sub=None)),
    "no aud": signed(claims(aud=None)),
    "no iat": signed(claims(iat=None)),
    "no exp": signed(claims(exp=None)),
    "audience of agents": signed(claims(aud="assistant-agent")),
    "another audience": signed(claims(aud="shop")),
    "audience as a list": signed(claims(aud=["assistant", "shop"])),
    "sub is no ASE ID": signed(claims(sub="dana")),
    "sub with a line break": signed(claims(sub="ASE-1000-0001\n")),
    "sub in other digits": signed(claims(sub="ASE-1000-000\u0661")),
    "sub in small letters": signed(claims(sub="ase-1000-0001")),
    "exp is text": raw({"alg": "HS256"}, json.dumps(claims(exp=str(T + 300))).encode()),
    "exp is true": raw({"alg": "HS256"}, json.dumps(claims(exp=True)).encode()),
    "exp is NaN": raw({"alg": "HS256"}, json.dumps(claims(exp=float("nan"))).encode()),
    "exp is infinite": raw({"alg": "HS256"}, json.dumps(claims(exp=float("inf"))).encode()),
    "iat is a list": raw({"alg": "HS256"}, json.dumps(claims(iat=[T])).encode()),
    "sub is a number": raw({"alg": "HS256"}, json.dumps(claims(sub=10000001)).encode()),
    "another key": signed(claims(), secret="another key of the host page, long enough as well"),
    "no key": signed(claims(), secret="x" * 32),
    "HS512": signed(claims(), secret=SECRET * 2, algorithm="HS512"),
    "alg none": jwt.encode(claims(), "", "none"),
    "alg none, our signature": raw({"alg": "none"}, json.dumps(claims()).encode()),
    "alg in small letters": raw({"alg": "hs256"}, json.dumps(claims()).encode()),
    "alg missing": raw({"typ": "JWT"}, json.dumps(claims()).encode()),
    "a critical header we do not know": raw({"alg": "HS256", "crit": ["x"], "x": 1}, json.dumps(claims()).encode()),
    "payload is a list": raw({"alg": "HS256"}, b"[]"),
    "payload is no JSON": raw({"alg": "HS256"}, b"{"),
    "payload nests too deep": raw({"alg": "HS256"}, b"[" * 3_000),
    "signature cut off": signed(claims()).rsplit(".", 1)[0] + ".",
    "signature changed": signed(claims())[:-4] + "AAAA",
    "two parts": "a.b",
    "empty": "",
    "no token at all": "Bearer",
    "not ASCII": signed(claims()) + "é",
    "too long": signed(claims(pad="x" * 8_000)),
}


@pytest.mark.parametrize("name", REFUSED)
def test_anything_else_is_refused(name: str) -> None:
    with pytest.raises(IdentityError):
        TOKENS.candidate(REFUSED[name])


def test_many_bad_tokens_were_tried() -> None:
    assert len(REFUSED) >= 30


def test_the_refusal_does_not_repeat_the_token() -> None:
    token = signed(claims(exp=T - 1))
    with pytest.raises(IdentityError) as caught:
        TOKENS.candidate(token)
    assert token not in str(caught.value)
    assert "ASE-1000-0001" not in str(caught.value)


@pytest.mark.parametrize("role", ["agent", "lead"])
def test_an_agents_token_names_agent_and_role(role: str) -> None:
    token = signed(claims(sub="kim.lee", aud="assistant-agent", role=role))
    assert TOKENS.agent(token) == Identity(agent="kim.lee", role=role)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changes",
    [
        {"role": None},
        {"role": "admin"},
        {"role": ["lead"]},
        {"aud": "assistant"},
        {"sub": ""},
        {"sub": "kim lee"},
        {"exp": T - 1},
    ],
)
def test_an_agents_token_is_as_strict(changes: dict[str, Any]) -> None:
    with pytest.raises(IdentityError):
        TOKENS.agent(signed(claims(**{"sub": "kim", "aud": "assistant-agent", "role": "agent", **changes})))


@pytest.mark.parametrize("read", [HostTokens(None, CLOCK).candidate, HostTokens("", CLOCK).agent])
def test_without_a_key_no_token_is_accepted(read: Callable[[str], Identity]) -> None:
    with pytest.raises(IdentityError):
        read(raw({"alg": "HS256"}, json.dumps(claims()).encode(), secret=""))


def test_minted_tokens_are_accepted_and_short_keys_work() -> None:
    for tokens in (TOKENS, HostTokens("short", CLOCK)):
        assert tokens.candidate(tokens.mint_candidate("ASE-1000-0002")).candidate == "ASE-1000-0002"
        assert tokens.agent(tokens.mint_agent("kim", "lead")).role == "lead"
    by_library = raw({"alg": "HS256"}, json.dumps(claims()).encode(), "short")
    assert HostTokens("short", CLOCK).candidate(by_library).candidate == "ASE-1000-0001"
    with pytest.raises(IdentityError, match="no key"):
        HostTokens(None, CLOCK).mint_candidate("ASE-1000-0001")


def test_a_minted_token_may_be_too_long_lived_only_on_purpose() -> None:
    with pytest.raises(IdentityError, match="10 minutes"):
        TOKENS.candidate(TOKENS.mint_candidate("ASE-1000-0001", timedelta(minutes=11)))


def test_conversation_tokens() -> None:
    tokens = {new_conversation_token() for _ in range(50)}
    assert len(tokens) == 50
    assert all(len(base64.urlsafe_b64decode(token + "==")) >= 16 for token in tokens)
    assert len({new_conversation_id() for _ in range(50)}) == 50
    token = tokens.pop()
    assert token not in token_hash(token)
    assert token_matches(token, token_hash(token))
    assert not token_matches(token + "x", token_hash(token))
    assert not token_matches(token, None)
    assert not token_matches("\ud800", token_hash(token))


@pytest.mark.parametrize(
    ("mask", "value", "shown"),
    [
        (mask_email, "dana@example.org", "d•••@example.org"),
        (mask_email, "d@example.org", "d•••@example.org"),
        (mask_email, "broken", "•••"),
        (mask_phone, "+13125550101", "•••0101"),
        (mask_phone, "911", "•••"),
        (mask_ase_id, "ASE-1000-0001", "ASE-••••-0001"),
        (mask_ase_id, "dana@example.org", "ASE-••••"),
    ],
)
def test_masks(mask: Callable[[str], str], value: str, shown: str) -> None:
    assert mask(value) == shown

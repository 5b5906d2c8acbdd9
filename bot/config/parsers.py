"""Readers of settings: text in, the value out. ValueError says what is allowed; `settings.py` which one reads what."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

Role = Literal["agent", "lead", "content_owner", "admin"]
ROLES = ("agent", "lead", "content_owner", "admin")


def text(text: str) -> str:
    return text


def path(text: str) -> Path:
    return Path(text)


def one_of(*allowed: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        for value in allowed:
            if text.lower() == value.lower():
                return value
        raise ValueError(f"must be one of {', '.join(allowed)}")

    return parse


def whole(least: int, most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text) or not least <= int(text) <= most:
            raise ValueError(f"must be a whole number from {least} to {most}")
        return int(text)

    return parse


def url(*schemes: str) -> Callable[[str], str]:
    allowed = " or ".join(f"{scheme}://…" for scheme in schemes)

    def parse(text: str) -> str:
        try:
            parts = urlsplit(text)
            port_fits = parts.port is None or parts.port > 0
        except ValueError:
            raise ValueError(f"must be {allowed}") from None
        if parts.scheme not in schemes or not parts.hostname or not port_fits:
            raise ValueError(f"must be {allowed}")
        return text

    return parse


def database_url(text: str) -> str:
    if not re.match(r"(sqlite|postgresql)(\+[a-z0-9]+)?://", text):
        raise ValueError("must be sqlite:///path or postgresql://…")
    return text


def public_url(text: str) -> str:
    parts = urlsplit(url("https", "http")(text))
    if parts.query or parts.fragment or parts.username:
        raise ValueError("must be the bare address the world uses, without query, fragment or user")
    return text.rstrip("/")


def origin(text: str) -> str:
    parts = urlsplit(url("https", "http")(text))
    if parts.path not in ("", "/") or parts.query or parts.fragment or parts.username:
        raise ValueError(f"{text!r} is not an origin such as https://www.example.org")
    return f"{parts.scheme}://{parts.netloc.lower()}"


def listed(read: Callable[[str], Any]) -> Callable[[str], tuple[Any, ...]]:
    def parse(text: str) -> tuple[Any, ...]:
        return tuple(read(part.strip()) for part in text.split(",") if part.strip())

    return parse


def ancestor(text: str) -> str:
    if text in ("'self'", "'none'"):
        return text
    if text in ("self", "none"):
        return f"'{text}'"
    return origin(text)


def network(text: str) -> Network:
    try:
        return ipaddress.ip_network(text)
    except ValueError:
        raise ValueError(f"{text!r} is not an address or network such as 10.0.0.0/8") from None


def voice(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,64}", text):
        raise ValueError("must be the name of a voice such as Polly.Joanna")
    return text


def role_map(text: str) -> tuple[tuple[str, str], ...]:
    found = []
    for part in text.split(",") if text else []:
        value, _, role = (side.strip() for side in part.rpartition("="))
        if not value or role not in ROLES:
            raise ValueError(f"must be VALUE=ROLE, separated by commas; roles are {', '.join(ROLES)}")
        found.append((value, role))
    return tuple(found)


def transfer(text: str) -> str:
    if not re.fullmatch(r"(tel:)?\+[0-9]{6,15}|sips?:[^@\s<>]+@[^@\s<>]+", text):
        raise ValueError("must be a number such as +13125550100, or a tel: or sip: address")
    return text


def mail_from(text: str) -> str:
    if not re.fullmatch(r"([^<>@\r\n]+ )?<?[^<>@\s]+@[^<>@\s]+>?", text):
        raise ValueError("must be an e-mail address, or Name <address>")
    return text


def domain(text: str) -> str:
    if not re.fullmatch(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", text.lower()):
        raise ValueError("must be a domain such as assistant.example.org")
    return text.lower()


def secret(least: int) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if len(text.encode()) < least:
            raise ValueError(f"needs {least} bytes or more")
        return text

    return parse

"""E-mail addresses as mail servers take them."""

from __future__ import annotations

import re
from email.headerregistry import Address

import idna

MAX_LOCAL = 64
"""Longest part before the @."""
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,64}"
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM}){{0,31}}")


class Unsendable(ValueError):
    """No mail server can take this address. The message does not repeat it."""


def ascii_address(address: str) -> str:
    """The address with its domain in the form that is in use between servers (`xn--…`).

    Raises Unsendable for anything but one plain address, and for a name that is not ASCII before the @.
    """
    local, at, domain = address.strip().rpartition("@")
    if not at or len(local) > MAX_LOCAL or _LOCAL.fullmatch(local) is None:
        raise Unsendable("not one plain address")
    try:
        domain = idna.encode(domain, uts46=True, transitional=False).decode("ascii")
        return Address(username=local, domain=domain).addr_spec
    except (idna.IDNAError, ValueError, UnicodeError) as error:
        raise Unsendable("not one plain address") from error

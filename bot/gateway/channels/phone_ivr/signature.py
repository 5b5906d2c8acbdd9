"""Twilio's signature: an HMAC over the address it called and the form it sent, in Base64.

The address is the one the world uses: with and without its port, since both are signed in practice.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from urllib.parse import urlsplit

SIGNATURE = "X-Twilio-Signature"
SETTINGS = "X-Twilio-Webhooks-Signature-Settings"
IDEMPOTENCY = "I-Twilio-Idempotency-Token"

SHA1 = "HMAC_SHA1"
SHA256 = "HMAC_SHA256"
_HASHES = {SHA1: hashlib.sha1, SHA256: hashlib.sha256}
_PORTS = {"https": 443, "http": 80}


def algorithm_of(header: str | None) -> str:
    """The algorithm named in the settings header ("key=…,algorithm=HMAC_SHA256"); SHA-1 where none is."""
    for part in (header or "").split(","):
        name, _, value = part.partition("=")
        if name.strip() == "algorithm" and value.strip():
            return value.strip().upper()
    return SHA1


def sign(secret: str, url: str, fields: Iterable[tuple[str, str]], algorithm: str = SHA1) -> str:
    """The signature of a form sent to `url`. Raises KeyError for an algorithm there is not."""
    signed = url + "".join(name + value for name, value in sorted(set(fields)))
    mac = hmac.new(secret.encode(), signed.encode(), _HASHES[algorithm])
    return base64.b64encode(mac.digest()).decode()


def is_signed(secret: str, url: str, fields: Iterable[tuple[str, str]], signature: str, algorithm: str = SHA1) -> bool:
    """Whether `signature` belongs to this form at this address. Compared in constant time."""
    if algorithm not in _HASHES or not signature:
        return False
    known = list(fields)
    given = signature.encode()
    fits = [hmac.compare_digest(sign(secret, form, known, algorithm).encode(), given) for form in forms_of(url)]
    return any(fits)


def forms_of(url: str) -> tuple[str, ...]:
    """The address with its port and without it."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return (url,)
    if port is None:
        default = _PORTS.get(parts.scheme)
        return (url,) if default is None else (url, parts._replace(netloc=f"{parts.netloc}:{default}").geturl())
    bare = parts.netloc.rpartition(":")[0]
    return url, parts._replace(netloc=bare).geturl()

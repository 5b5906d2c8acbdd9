"""Rate limits: per address and per conversation, in this process, with a bounded memory."""

from __future__ import annotations

import ipaddress
import math
import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from bot.config.settings import Settings
from bot.gateway.errors import too_many

MAX_KEYS = 50_000
"""How many addresses (or conversations) are remembered; the one not seen for longest is forgotten first."""


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class RateLimit:
    """At most `per_minute` events for one key: a bucket that holds a minute's worth and fills up evenly.

    `per_minute` 0 means no limit. `monotonic` gives seconds.
    """

    def __init__(self, per_minute: int, monotonic: Callable[[], float], max_keys: int = MAX_KEYS) -> None:
        self.per_minute = per_minute
        self._monotonic = monotonic
        self._max_keys = max_keys
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def wait(self, key: str) -> int:
        """Count one event; 0 when it may happen, else after how many whole seconds one may."""
        if self.per_minute == 0:
            return 0
        now = self._monotonic()
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = _Bucket(float(self.per_minute), now)
            if len(self._buckets) > self._max_keys:
                self._buckets.popitem(last=False)
        else:
            self._buckets.move_to_end(key)
            filled = bucket.tokens + (now - bucket.at) * self.per_minute / 60
            bucket.tokens, bucket.at = min(float(self.per_minute), filled), now
        if bucket.tokens >= 1:
            bucket.tokens -= 1
            return 0
        return max(1, math.ceil((1 - bucket.tokens) * 60 / self.per_minute))

    def check(self, key: str) -> None:
        """Count one event. Raises the friendly 429 when it comes too soon."""
        seconds = self.wait(key)
        if seconds:
            raise too_many(seconds)

    def __len__(self) -> int:
        return len(self._buckets)


class Limits:
    """All limits of the gateway, and whose address a request counts for."""

    def __init__(self, settings: Settings, monotonic: Callable[[], float]) -> None:
        self.requests = RateLimit(settings.rate_requests, monotonic)
        self.conversations = RateLimit(settings.rate_conversations, monotonic)
        self.turns = RateLimit(settings.rate_turns, monotonic)
        self._proxies = settings.trusted_proxies

    def address(self, request: web.Request) -> str:
        """The address of the person: the socket's, or what a trusted proxy says; of IPv6 the first 64
        bits."""
        hops = [part.strip() for part in ",".join(request.headers.getall("X-Forwarded-For", [])).split(",")]
        address = _parse(request.remote or "")
        while hops and address is not None and any(address in network for network in self._proxies):
            claimed = _parse(hops.pop())
            if claimed is None:
                break
            address = claimed
        if isinstance(address, ipaddress.IPv6Address):
            return str(ipaddress.ip_network((address, 64), strict=False))
        return str(address) if address is not None else request.remote or ""


def _parse(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """An address, with or without a port; one of IPv4 that is written as IPv6 (::ffff:192.0.2.1) is of IPv4."""
    bare = _WITH_PORT.sub(lambda found: found["four"] or found["six"], text)
    try:
        address = ipaddress.ip_address(bare)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


_WITH_PORT = re.compile(
    r"^(?:(?P<four>\d{1,3}(?:\.\d{1,3}){3}):\d{1,5}|\[(?P<six>[0-9A-Fa-f:.]{2,45})\](?::\d{1,5})?)$"
)

"""Signing in from outside: where somebody comes from, how many tries may come from there, and what came of them.

Whoever guesses takes many names, so that a lock per name alone stops nobody: wrong tries are counted by address, by
network and over all as well. Whoever wants to shut somebody else out takes one name: so a lock that strangers set
holds for strangers. Where the same person signed in before, and in a conversation in which it has been shown who is
there, tries are counted for that place alone.
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Literal, Protocol

WINDOW = timedelta(minutes=15)
"""The time over which tries are counted."""
PLACE_KEPT = timedelta(days=180)
"""How long a place is remembered after the last time somebody signed in from there."""
FORGOTTEN = timedelta(days=1)
"""After so long without a try, locks and counts are removed."""

STRANGER = ""
SHOWN = "shown"
"""The scope of a conversation in which it has been shown who is there."""

Kind = Literal["asked", "wrong", "agent"]
"""A code asked for, a wrong code, a wrong password of the console."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a try comes from, never in the clear. `scope` says for whom a lock holds: strangers (""), or one place."""

    address: str | None = None
    network: str | None = None
    scope: str = STRANGER

    @property
    def is_stranger(self) -> bool:
        """Whether nothing speaks for whoever it is."""
        return self.scope == STRANGER

    def known(self, scope: str) -> Origin:
        """The same place, where somebody signed in before."""
        return replace(self, scope=scope)


def origin_of(address: str | None) -> Origin:
    """The origin of an address: an IP address (or IPv6 network), a telephone number (tel:…), or None."""
    if address is None:
        return Origin()
    if address.startswith("tel:"):
        return Origin(_digest(address))
    try:
        parsed = ipaddress.ip_network(address, strict=False)
    except ValueError:
        return Origin()
    if isinstance(parsed, ipaddress.IPv4Network):
        return Origin(_digest(str(parsed)), _digest(str(parsed.supernet(new_prefix=min(24, parsed.prefixlen)))))
    home = parsed.supernet(new_prefix=min(64, parsed.prefixlen))
    return Origin(_digest(str(home)), _digest(str(home.supernet(new_prefix=min(48, home.prefixlen)))))


def place_of(who: str, origin: Origin) -> str | None:
    """The name of a place for one person, so that it says nothing about others who sign in there."""
    return None if origin.network is None else _digest(f"{who}\n{origin.network}")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class AttemptLimits:
    """Tries of strangers within `WINDOW`, each kind counted by itself; 0: no limit."""

    address: int = 20
    network: int = 60
    overall: int = 600


class AttemptRepository(Protocol):
    """What is stored of tries, within one unit of work."""

    def counted(self, kind: Kind, key: str, window: datetime) -> int:
        """How many tries were counted."""
        ...

    def count(self, kind: Kind, key: str, window: datetime, by: int) -> int:
        """Count tries (`by` may be negative, the sum is never); how many there are now."""
        ...


class Attempts:
    """The limits by address, network and over all."""

    def __init__(self, limits: AttemptLimits | None = None) -> None:
        self._limits = limits or AttemptLimits()

    def too_many(self, repository: AttemptRepository, kind: Kind, origin: Origin, now: datetime) -> bool:
        """Whether a stranger has to wait."""
        return origin.is_stranger and any(
            repository.counted(kind, key, window_of(now)) >= limit for key, limit in self._keys(origin)
        )

    def count(self, repository: AttemptRepository, kind: Kind, origin: Origin, now: datetime, by: int = 1) -> bool:
        """Count a try of a stranger; whether it was the one with which a limit is reached."""
        if not origin.is_stranger:
            return False
        counted = [(repository.count(kind, key, window_of(now), by), limit) for key, limit in self._keys(origin)]
        return by > 0 and any(count == limit for count, limit in counted)

    def _keys(self, origin: Origin) -> list[tuple[str, int]]:
        limits = self._limits
        found = [
            (f"address {origin.address}" if origin.address else None, limits.address),
            (f"network {origin.network}" if origin.network else None, limits.network),
            ("all", limits.overall),
        ]
        return [(key, limit) for key, limit in found if key is not None and limit]


def window_of(now: datetime) -> datetime:
    """The beginning of the window that an instant lies in."""
    seconds = int(WINDOW.total_seconds())
    return datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, UTC)


class Tally:
    """How often what came of signing in, in this process: by who it was (candidate, agent) and outcome."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: Counter[tuple[str, str]] = Counter()

    def add(self, who: Literal["candidate", "agent"], outcome: str) -> None:
        """Count one."""
        with self._lock:
            self._counts[who, outcome] += 1

    def all(self) -> dict[tuple[str, str], int]:
        """Everything counted so far."""
        with self._lock:
            return dict(self._counts)

"""Signing in within the conversation: a six-digit code sent to the e-mail on file.

Promises, all by real time: a code lives 10 minutes, works once, and only in the conversation that asked
for it; a new request makes the older code of that conversation worthless; 5 wrong codes in a row for one
ASE ID, in whatever conversations, lock sign-in for that ID everywhere for 15 minutes; nobody can be
flooded with codes. A right code proves who is there for 5 minutes, in that conversation. An ID that does not
exist is treated in every way like one that does: it gets a code that nobody is told.

What is kept goes through `SignInRepository`; a call and the rest of its turn share one unit of work. The
caller commits also after a wrong code, and sends the mail only after the commit.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, Protocol

from bot.auth.attempts import (
    STRANGER,
    WINDOW,
    AttemptLimits,
    AttemptRepository,
    Attempts,
    Kind,
    Origin,
    window_of,
)
from bot.clock import Clock

DIGITS = 6
LIFETIME = timedelta(minutes=10)
MAX_WRONG = 5
LOCK_TIME = timedelta(minutes=15)
MAX_REQUESTS = 10
"""Codes that may be asked for one ASE ID within `REQUEST_WINDOW` without one of them being used."""
REQUEST_WINDOW = timedelta(minutes=15)
PROVEN_FOR = timedelta(minutes=5)
"""How long a right code proves who is there, for what needs a fresh proof."""

_SCRYPT_COST = 2**12  # about 10 ms: all million codes take far longer than one of them lives


@dataclass(frozen=True, slots=True)
class StoredCode:
    """A code by its hash. `attempts` counts the wrong tries at it."""

    id: str
    conversation_id: str
    ase_id: str
    code_hash: str
    created_at: datetime
    expires_at: datetime
    attempts: int = 0
    scope: str = STRANGER


@dataclass(frozen=True, slots=True)
class SignInLock:
    """Wrong tries in a row for somebody (an ASE ID, or an agent) from somewhere, and until when (aware, real time)
    sign-in is locked for them from there."""

    who: str
    failures: int = 0
    locked_until: datetime | None = None
    scope: str = STRANGER

    def holds(self, now: datetime) -> bool:
        """Whether sign-in is locked."""
        return self.locked_until is not None and now < self.locked_until

    def after_wrong(self, now: datetime) -> SignInLock:
        """The lock after one more wrong try; a lock that was served starts afresh."""
        failures = (0 if self.locked_until is not None else self.failures) + 1
        return replace(self, failures=failures, locked_until=now + LOCK_TIME if failures >= MAX_WRONG else None)


class SignInRepository(AttemptRepository, Protocol):
    """What is stored about signing in, within one unit of work."""

    def live_code(self, conversation_id: str) -> StoredCode | None:
        """The code of this conversation neither used nor replaced (it may have expired), read afresh."""
        ...

    def add_code(self, code: StoredCode) -> None:
        """Keep a new code; a live one of the same conversation is marked replaced at that instant."""
        ...

    def use_code(self, code_id: str, at: datetime) -> None:
        """Mark a code as used up."""
        ...

    def count_attempt(self, code_id: str) -> None:
        """Count one wrong try at a code."""
        ...

    def codes_since(self, ase_id: str, since: datetime, scope: str) -> int:
        """How many codes were asked for this ID from there after `since` and after its last used code."""
        ...

    def last_used(self, conversation_id: str, ase_id: str) -> datetime | None:
        """When a code for this ID was last entered right in this conversation."""
        ...

    def lock_for(self, who: str, scope: str) -> SignInLock:
        """The lock (fresh if none is stored), held against others until the unit of work ends."""
        ...

    def save_lock(self, lock: SignInLock, at: datetime) -> None:
        """Keep failures and lock time."""
        ...


@dataclass(frozen=True, slots=True)
class CodeRequest:
    """What came of asking for a code.

    sent: `code` is set only where the ID is known, and goes to its e-mail; what the person is told is
    the same. locked (wrong codes for this ID), too_many (codes asked for this ID), busy (tries from there, or over
    all): nothing was made; `until` says when to come back. `limit_reached`: with this one.
    """

    outcome: Literal["sent", "locked", "too_many", "busy"]
    until: datetime
    code: str | None = None
    limit_reached: bool = False


@dataclass(frozen=True, slots=True)
class CodeCheck:
    """What came of entering a code.

    accepted: `ase_id` is signed in. wrong: `tries_left` before the lock. locked: `until` says how long.
    expired: there is no code to compare with (too old, used, replaced or never asked for). malformed: not six
    digits, and not counted. busy: too many wrong codes came from there, or over all. `compared`: whether the code was
    looked at; `ase_id` says for whom.
    """

    outcome: Literal["accepted", "wrong", "expired", "locked", "malformed", "busy"]
    ase_id: str | None = None
    tries_left: int | None = None
    until: datetime | None = None
    compared: bool = False
    limit_reached: bool = False


_ANYWHERE = Origin()


def _random_code() -> str:
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"


class OneTimeCodes:
    """The rules above; holds no state of its own. `draw` makes a code and is replaced in tests."""

    def __init__(
        self, clock: Clock, *, draw: Callable[[], str] = _random_code, limits: AttemptLimits | None = None
    ) -> None:
        self._clock = clock
        self._draw = draw
        self._attempts = Attempts(limits)

    def request(
        self,
        repository: SignInRepository,
        conversation_id: str,
        ase_id: str,
        *,
        known: bool,
        origin: Origin = _ANYWHERE,
    ) -> CodeRequest:
        """Make a code for this conversation. `known`: whether the ID exists and has an e-mail on file."""
        now = self._clock.real()
        lock = repository.lock_for(ase_id, origin.scope)
        if lock.locked_until is not None and lock.holds(now):
            return CodeRequest("locked", lock.locked_until)
        if repository.codes_since(ase_id, now - REQUEST_WINDOW, origin.scope) >= MAX_REQUESTS:
            return CodeRequest("too_many", now + REQUEST_WINDOW)
        if self._attempts.too_many(repository, "asked", origin, now):
            return CodeRequest("busy", window_of(now) + WINDOW)
        code = self._draw()
        expires = now + LIFETIME
        told = code if known else _random_code()  # an unknown ID gets a code that nobody has seen
        hashed = hash_code(told, conversation_id)
        stored = StoredCode(
            secrets.token_hex(12), conversation_id, ase_id, hashed, now, expires_at=expires, scope=origin.scope
        )
        repository.add_code(stored)
        reached = self._attempts.count(repository, "asked", origin, now)
        return CodeRequest("sent", expires, code if known else None, reached)

    def check(
        self, repository: SignInRepository, conversation_id: str, entered: str, *, origin: Origin = _ANYWHERE
    ) -> CodeCheck:
        """Compare what was entered (spaces and dashes do not matter) with this conversation's live code."""
        digits = read_digits(entered)
        if digits is None:
            return CodeCheck("malformed")
        stored = repository.live_code(conversation_id)
        if stored is None:
            return CodeCheck("expired")
        lock = repository.lock_for(stored.ase_id, stored.scope)
        now = self._clock.real()
        if lock.holds(now):
            return CodeCheck("locked", ase_id=stored.ase_id, until=lock.locked_until)
        stored = repository.live_code(conversation_id)  # once more, now that nobody else can change it
        if stored is None or now >= stored.expires_at:
            return CodeCheck("expired")
        origin = origin.known(stored.scope)
        if self._attempts.too_many(repository, "wrong", origin, now):
            return CodeCheck("busy", ase_id=stored.ase_id, until=window_of(now) + WINDOW)
        if code_matches(digits, conversation_id, stored.code_hash):
            repository.use_code(stored.id, now)
            repository.save_lock(SignInLock(stored.ase_id, scope=stored.scope), now)
            self._attempts.count(repository, "asked", origin, now, by=-1)
            return CodeCheck("accepted", ase_id=stored.ase_id, compared=True)
        return self._wrong(repository, stored, lock, origin, now)

    def proven(self, repository: SignInRepository, conversation_id: str, ase_id: str) -> bool:
        """Whether a code for this ID was entered right in this conversation a moment ago."""
        used = repository.last_used(conversation_id, ase_id)
        return used is not None and self._clock.real() - used < PROVEN_FOR

    def _wrong(
        self, repository: SignInRepository, stored: StoredCode, lock: SignInLock, origin: Origin, now: datetime
    ) -> CodeCheck:
        repository.count_attempt(stored.id)
        lock = lock.after_wrong(now)
        repository.save_lock(lock, now)
        reached = self._attempts.count(repository, "wrong", origin, now)
        who = stored.ase_id
        if lock.locked_until is not None:
            return CodeCheck("locked", who, until=lock.locked_until, compared=True, limit_reached=reached)
        left = MAX_WRONG - lock.failures
        return CodeCheck("wrong", who, tries_left=left, compared=True, limit_reached=reached)


def read_digits(entered: str) -> str | None:
    """The six digits of what was entered, in ASCII; None when it is not six digits."""
    kept = [character for character in entered if not character.isspace() and character not in "-.#*"]
    if len(kept) != DIGITS or not all(character.isdecimal() for character in kept):
        return None
    return "".join(str(unicodedata.decimal(character)) for character in kept)


def hash_code(code: str, conversation_id: str) -> str:
    """What is stored of a code: salted, slow to search, and good in this conversation only."""
    salt = secrets.token_bytes(12)
    return f"{salt.hex()}${_digest(code, conversation_id, salt)}"


def code_matches(code: str, conversation_id: str, stored_hash: str) -> bool:
    """Whether the code is the stored one, in constant time."""
    salt, _, digest = stored_hash.partition("$")
    return hmac.compare_digest(_digest(code, conversation_id, bytes.fromhex(salt)), digest)


def _digest(code: str, conversation_id: str, salt: bytes) -> str:
    secret = f"{conversation_id}\n{code}".encode()
    return hashlib.scrypt(secret, salt=salt, n=_SCRYPT_COST, r=8, p=1, dklen=32).hex()


class InMemorySignIn:
    """A `SignInRepository` of dictionaries, for tests and tools; there is nothing to roll back."""

    def __init__(self) -> None:
        self.codes: list[StoredCode] = []
        self.used: dict[str, datetime] = {}
        self.replaced: set[str] = set()
        self.locks: dict[tuple[str, str], SignInLock] = {}
        self.counts: dict[tuple[str, str, datetime], int] = {}

    def live_code(self, conversation_id: str) -> StoredCode | None:
        """As promised by the protocol."""
        for code in self.codes:
            if code.conversation_id == conversation_id and code.id not in self.used.keys() | self.replaced:
                return code
        return None

    def add_code(self, code: StoredCode) -> None:
        """As promised by the protocol."""
        older = self.live_code(code.conversation_id)
        if older is not None:
            self.replaced.add(older.id)
        self.codes.append(code)

    def use_code(self, code_id: str, at: datetime) -> None:
        """As promised by the protocol."""
        self.used[code_id] = at

    def count_attempt(self, code_id: str) -> None:
        """As promised by the protocol."""
        self.codes = [replace(code, attempts=code.attempts + 1) if code.id == code_id else code for code in self.codes]

    def codes_since(self, ase_id: str, since: datetime, scope: str) -> int:
        """As promised by the protocol."""
        mine = [code for code in self.codes if (code.ase_id, code.scope) == (ase_id, scope)]
        since = max([since, *(code.created_at for code in mine if code.id in self.used)])
        return sum(1 for code in mine if code.created_at > since)

    def last_used(self, conversation_id: str, ase_id: str) -> datetime | None:
        """As promised by the protocol."""
        mine = [c.id for c in self.codes if (c.conversation_id, c.ase_id) == (conversation_id, ase_id)]
        return max((self.used[code_id] for code_id in mine if code_id in self.used), default=None)

    def lock_for(self, who: str, scope: str) -> SignInLock:
        """As promised by the protocol."""
        return self.locks.get((who, scope), SignInLock(who, scope=scope))

    def save_lock(self, lock: SignInLock, at: datetime) -> None:
        """As promised by the protocol."""
        self.locks[lock.who, lock.scope] = lock

    def counted(self, kind: Kind, key: str, window: datetime) -> int:
        """As promised by the protocol."""
        return self.counts.get((kind, key, window), 0)

    def count(self, kind: Kind, key: str, window: datetime, by: int) -> int:
        """As promised by the protocol."""
        self.counts[kind, key, window] = max(0, self.counted(kind, key, window) + by)
        return self.counts[kind, key, window]

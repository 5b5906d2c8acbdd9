"""What is stored about signing in: codes by their hash, and locks. All instants are real time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, case, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.auth.attempts import Kind
from bot.auth.one_time_codes import SignInLock, StoredCode
from bot.store.models import Base, SignInCodeRow, SignInCountRow, SignInLockRow, SignInPlaceRow


class OneTimeCodeRepository:
    """Codes belong to one conversation and one ASE ID (known or not); locks to an ASE ID wherever it is tried."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def live_code(self, conversation_id: str) -> StoredCode | None:
        """The code of this conversation neither used nor replaced (it may have expired), read afresh."""
        row = self._connection.execute(select(SignInCodeRow).where(*_live(conversation_id))).one_or_none()
        return None if row is None else _code(row)

    def add_code(self, code: StoredCode) -> None:
        """Keep a new code; a live one of the same conversation is marked replaced at that instant."""
        self._connection.execute(
            update(SignInCodeRow).where(*_live(code.conversation_id)).values(replaced_at=code.created_at)
        )
        self._connection.execute(
            insert(SignInCodeRow).values(
                id=code.id,
                conversation_id=code.conversation_id,
                ase_id=code.ase_id,
                code_hash=code.code_hash,
                created_at=code.created_at,
                expires_at=code.expires_at,
                attempts=code.attempts,
                used_at=None,
                replaced_at=None,
                scope=code.scope,
            )
        )

    def use_code(self, code_id: str, at: datetime) -> None:
        """Mark a code as used up."""
        self._connection.execute(update(SignInCodeRow).where(SignInCodeRow.id == code_id).values(used_at=at))

    def count_attempt(self, code_id: str) -> None:
        """Count one wrong try at a code."""
        self._connection.execute(
            update(SignInCodeRow).where(SignInCodeRow.id == code_id).values(attempts=SignInCodeRow.attempts + 1)
        )

    def codes_since(self, ase_id: str, since: datetime, scope: str) -> int:
        """How many codes were asked for this ID from there after `since` and after its last used code."""
        mine = (SignInCodeRow.ase_id == ase_id, SignInCodeRow.scope == scope)
        last_used = self._connection.execute(
            select(func.max(SignInCodeRow.created_at)).where(*mine, SignInCodeRow.used_at.is_not(None))
        ).scalar_one_or_none()
        start = since if last_used is None else max(since, last_used)
        return self._connection.execute(
            select(func.count()).where(*mine, SignInCodeRow.created_at > start)
        ).scalar_one()

    def last_used(self, conversation_id: str, ase_id: str) -> datetime | None:
        """When a code for this ID was last entered right in this conversation."""
        statement = select(func.max(SignInCodeRow.used_at)).where(
            SignInCodeRow.conversation_id == conversation_id, SignInCodeRow.ase_id == ase_id
        )
        return self._connection.execute(statement).scalar_one_or_none()

    # --- locks, counts and places ----------------------------------------------------------------

    def lock_for(self, who: str, scope: str) -> SignInLock:
        """The lock (fresh if none is stored), held against others until the unit of work ends."""
        fresh = {"who": who, "scope": scope, "failures": 0, "locked_until": None, "changed_at": _LONG_AGO}
        add = self._insert(SignInLockRow).values(**fresh).on_conflict_do_nothing()
        find = select(SignInLockRow).where(*_lock(who, scope)).with_for_update()
        while True:
            self._connection.execute(add)
            row = self._connection.execute(find).one_or_none()
            if row is not None:  # else it was old, and another transaction has just removed it
                return SignInLock(row.who, row.failures, row.locked_until, row.scope)

    def lock_of(self, who: str, scope: str) -> SignInLock:
        """The lock as it is, only looked at."""
        row = self._connection.execute(select(SignInLockRow).where(*_lock(who, scope))).one_or_none()
        return SignInLock(who, scope=scope) if row is None else SignInLock(who, row.failures, row.locked_until, scope)

    def save_lock(self, lock: SignInLock, at: datetime) -> None:
        """Keep failures and lock time."""
        values = {"failures": lock.failures, "locked_until": lock.locked_until, "changed_at": at}
        self._connection.execute(update(SignInLockRow).where(*_lock(lock.who, lock.scope)).values(**values))

    def counted(self, kind: Kind, key: str, window: datetime) -> int:
        """How many tries were counted."""
        found = self._connection.execute(select(SignInCountRow.count).where(*_count(kind, key, window)))
        return found.scalar_one_or_none() or 0

    def count(self, kind: Kind, key: str, window: datetime, by: int) -> int:
        """Count tries (`by` may be negative, the sum is never); how many there are now."""
        new = {"kind": kind, "key": key, "window_start": window, "count": max(0, by)}
        total = case((SignInCountRow.count + by < 0, 0), else_=SignInCountRow.count + by)
        statement = self._insert(SignInCountRow).values(**new)
        statement = statement.on_conflict_do_update(
            index_elements=["kind", "key", "window_start"], set_={"count": total}
        )
        return int(self._connection.execute(statement.returning(SignInCountRow.count)).scalar_one())

    def signed_in_from(self, who: str, place: str | None, since: datetime) -> bool:
        """Whether somebody signed in from a place after `since`."""
        if place is None:
            return False
        mine = (SignInPlaceRow.who == who, SignInPlaceRow.place == place, SignInPlaceRow.last_used_at > since)
        return self._connection.execute(select(SignInPlaceRow.who).where(*mine)).one_or_none() is not None

    def remember_place(self, who: str, place: str | None, at: datetime) -> None:
        """Somebody signed in from a place."""
        if place is None:
            return
        statement = self._insert(SignInPlaceRow).values(who=who, place=place, last_used_at=at)
        self._connection.execute(
            statement.on_conflict_do_update(index_elements=["who", "place"], set_={"last_used_at": at})
        )

    def forget(self, *, tries_before: datetime, places_before: datetime) -> None:
        """Remove counts and locks of long ago, and places that nobody signed in from any more."""
        old = (
            delete(SignInCountRow).where(SignInCountRow.window_start < tries_before),
            delete(SignInLockRow).where(SignInLockRow.changed_at < tries_before),
            delete(SignInPlaceRow).where(SignInPlaceRow.last_used_at < places_before),
        )
        for statement in old:
            self._connection.execute(statement)

    def _insert(self, table: type[Base]) -> Any:
        return (sqlite.insert if self._connection.dialect.name == "sqlite" else postgresql.insert)(table)


_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def _lock(who: str, scope: str) -> tuple[Any, ...]:
    return SignInLockRow.who == who, SignInLockRow.scope == scope


def _count(kind: str, key: str, window: datetime) -> tuple[Any, ...]:
    return SignInCountRow.kind == kind, SignInCountRow.key == key, SignInCountRow.window_start == window


def _live(conversation_id: str) -> tuple[Any, ...]:
    return (
        SignInCodeRow.conversation_id == conversation_id,
        SignInCodeRow.used_at.is_(None),
        SignInCodeRow.replaced_at.is_(None),
    )


def _code(row: Row[Any]) -> StoredCode:
    return StoredCode(
        row.id, row.conversation_id, row.ase_id, row.code_hash, row.created_at, row.expires_at, row.attempts, row.scope
    )

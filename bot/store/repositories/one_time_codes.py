"""What is stored about signing in: codes by their hash, and locks. All instants are real time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.auth.one_time_codes import SignInLock, StoredCode
from bot.store.models import SignInCodeRow, SignInLockRow


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

    def codes_since(self, ase_id: str, since: datetime) -> int:
        """How many codes were asked for this ID after `since` and after its last used code."""
        last_used = self._connection.execute(
            select(func.max(SignInCodeRow.created_at)).where(
                SignInCodeRow.ase_id == ase_id, SignInCodeRow.used_at.is_not(None)
            )
        ).scalar_one_or_none()
        start = since if last_used is None else max(since, last_used)
        return self._connection.execute(
            select(func.count()).where(SignInCodeRow.ase_id == ase_id, SignInCodeRow.created_at > start)
        ).scalar_one()

    def last_used(self, conversation_id: str, ase_id: str) -> datetime | None:
        """When a code for this ID was last entered right in this conversation."""
        statement = select(func.max(SignInCodeRow.used_at)).where(
            SignInCodeRow.conversation_id == conversation_id, SignInCodeRow.ase_id == ase_id
        )
        return self._connection.execute(statement).scalar_one_or_none()

    def lock_for(self, ase_id: str) -> SignInLock:
        """The lock of this ID (fresh if none is stored), held against others until the unit of work ends."""
        make = sqlite.insert if self._connection.dialect.name == "sqlite" else postgresql.insert
        self._connection.execute(
            make(SignInLockRow).values(ase_id=ase_id, failures=0, locked_until=None).on_conflict_do_nothing()
        )
        row = self._connection.execute(
            select(SignInLockRow).where(SignInLockRow.ase_id == ase_id).with_for_update()
        ).one()
        return SignInLock(row.ase_id, row.failures, row.locked_until)

    def save_lock(self, lock: SignInLock) -> None:
        """Keep failures and lock time of an ID."""
        self._connection.execute(
            update(SignInLockRow)
            .where(SignInLockRow.ase_id == lock.ase_id)
            .values(failures=lock.failures, locked_until=lock.locked_until)
        )


def _live(conversation_id: str) -> tuple[Any, ...]:
    return (
        SignInCodeRow.conversation_id == conversation_id,
        SignInCodeRow.used_at.is_(None),
        SignInCodeRow.replaced_at.is_(None),
    )


def _code(row: Row[Any]) -> StoredCode:
    return StoredCode(
        row.id, row.conversation_id, row.ase_id, row.code_hash, row.created_at, row.expires_at, row.attempts
    )

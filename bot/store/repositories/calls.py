"""Telephone calls and the conversations they belong to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.models import CallRow
from bot.store.values import Json, StoredCall


class CallRepository:
    """A call is known by its provider and the provider's id for it; it belongs to one conversation for good."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, provider: str, call_id: str) -> StoredCall | None:
        """The call, or None where it was never seen (or its conversation was erased)."""
        statement = select(CallRow).where(CallRow.provider == provider, CallRow.call_id == call_id)
        row = self._connection.execute(statement).one_or_none()
        return None if row is None else StoredCall(**row._mapping)

    def of(self, conversation_id: str) -> tuple[StoredCall, ...]:
        """The calls of a conversation, oldest first."""
        statement = (
            select(CallRow)
            .where(CallRow.conversation_id == conversation_id)
            .order_by(CallRow.started_at, CallRow.provider, CallRow.call_id)
        )
        return tuple(StoredCall(**row._mapping) for row in self._connection.execute(statement))

    def add(self, provider: str, call_id: str, conversation_id: str, *, caller: str | None, at: datetime) -> bool:
        """Keep which conversation a new call belongs to; False if the call has one already, which then stays."""
        values = {
            "provider": provider,
            "call_id": call_id,
            "conversation_id": conversation_id,
            "caller": caller,
            "pending": None,
            "started_at": at,
            "ended_at": None,
        }
        statement: Any
        if self._connection.dialect.name == "postgresql":
            statement = postgresql.insert(CallRow).values(values).on_conflict_do_nothing()
        elif self._connection.dialect.name == "sqlite":
            statement = sqlite.insert(CallRow).values(values).on_conflict_do_nothing()
        else:
            statement = insert(CallRow).values(values)
        made = statement.returning(CallRow.call_id)
        return self._connection.execute(made).one_or_none() is not None

    def called_by(self, provider: str, call_id: str, caller: str) -> None:
        """Keep the number of the caller of a call that has none yet."""
        self._set(provider, call_id, CallRow.caller.is_(None), caller=caller)

    def put_off(self, provider: str, call_id: str, pending: Json | None) -> None:
        """Keep a turn whose answer is still to be spoken, or (None) forget it. Nothing for a call that is over."""
        self._set(provider, call_id, CallRow.ended_at.is_(None), pending=pending)

    def end(self, provider: str, call_id: str, *, at: datetime) -> None:
        """The caller is gone. The first time counts."""
        self._set(provider, call_id, CallRow.ended_at.is_(None), pending=None, ended_at=at)

    def _set(self, provider: str, call_id: str, condition: Any, **values: Any) -> None:
        statement = update(CallRow).where(CallRow.provider == provider, CallRow.call_id == call_id, condition)
        self._connection.execute(statement.values(**values))

"""Exceptions that leads make from the rules: asked for, granted, used once, or over in another way."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, insert, select, update

from bot.store.console_values import ExceptionState, LiftedRule
from bot.store.models import ExceptionRow
from bot.store.values import Json

_NOT_OVER: tuple[ExceptionState, ...] = ("requested", "pending", "granted")


class ExceptionRepository:
    """Each step is a compare-and-set on the state, so that of two at once one has an effect."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, lifted: LiftedRule) -> None:
        """An exception that is asked for, or waits for a lead's second confirmation."""
        values = {name: getattr(lifted, name) for name in LiftedRule.__slots__}
        self._connection.execute(insert(ExceptionRow).values(**values))

    def get(self, exception_id: str) -> LiftedRule | None:
        """One exception."""
        row = self._connection.execute(select(ExceptionRow).where(ExceptionRow.id == exception_id)).one_or_none()
        return None if row is None else LiftedRule(**row._mapping)

    def grant(self, exception_id: str, by: str, decision: Json, *, at: datetime, until: datetime) -> bool:
        """Granted, for the refusal as it is now; False where it was already, or is over."""
        return self._moved(
            exception_id,
            ("requested", "pending"),
            state="granted",
            decision=decision,
            granted_by=by,
            granted_at=at,
            expires_at=until,
        )

    def end(self, exception_id: str, state: ExceptionState, by: str, why: str | None, *, at: datetime) -> bool:
        """Turned down or withdrawn before it was used; False where it is over already."""
        was: tuple[ExceptionState, ...] = ("requested", "pending") if state == "declined" else _NOT_OVER
        return self._moved(exception_id, was, state=state, ended_by=by, ended_why=why, ended_at=at)

    def use(self, exception_id: str, change_key: str, by: str | None, *, at: datetime) -> bool:
        """Used up by a change, in the change's own transaction; False where it was used, is over, or was withdrawn."""
        holds = ExceptionRow.expires_at > at
        return self._moved(
            exception_id, ("granted",), holds, state="used", change_key=change_key, ended_by=by, ended_at=at
        )

    def tell(self, exception_id: str, *, at: datetime) -> bool:
        """The person is told of it now; False where that was done before."""
        statement = (
            update(ExceptionRow)
            .where(ExceptionRow.id == exception_id, ExceptionRow.told_at.is_(None))
            .values(told_at=at)
        )
        return self._connection.execute(statement).rowcount == 1

    def of(self, ase_id: str) -> tuple[LiftedRule, ...]:
        """Every exception for a person, oldest first."""
        statement = (
            select(ExceptionRow).where(ExceptionRow.ase_id == ase_id).order_by(ExceptionRow.asked_at, ExceptionRow.id)
        )
        return tuple(LiftedRule(**row._mapping) for row in self._connection.execute(statement))

    def all(self, *, limit: int) -> tuple[LiftedRule, ...]:
        """Exceptions for anybody: those that wait for a lead first, then the newest."""
        waits = case((ExceptionRow.state.in_(("requested", "pending")), 0), else_=1)
        statement = select(ExceptionRow).order_by(waits, ExceptionRow.asked_at.desc(), ExceptionRow.id).limit(limit)
        return tuple(LiftedRule(**row._mapping) for row in self._connection.execute(statement))

    def _moved(self, exception_id: str, was: Iterable[ExceptionState], *where: Any, **values: Any) -> bool:
        statement = update(ExceptionRow).where(ExceptionRow.id == exception_id, ExceptionRow.state.in_(was), *where)
        return self._connection.execute(statement.values(**values)).rowcount == 1

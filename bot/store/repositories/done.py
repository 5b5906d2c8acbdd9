"""What was done: the answer to each idempotency key, and what is owed or ordered because of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from bot.store.models import ChangeRow, DuplicateOrderRow, RefundDueRow
from bot.store.values import DuplicateOrder, Json, RefundDue, StoredChange

# Statements of a change, built once.
_BY_KEY = select(ChangeRow).where(ChangeRow.key == bindparam("key"))
_ADD = insert(ChangeRow)


class DoneRepository:
    """Changes by their idempotency key, refunds due and orders of duplicates."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def change(self, key: str) -> StoredChange | None:
        """What was answered to this key."""
        row = self._connection.execute(_BY_KEY, {"key": key}).one_or_none()
        return None if row is None else _change(row)

    def changes_of(self, ase_id: str, *, limit: int | None = None) -> tuple[StoredChange, ...]:
        """What was done or refused for a person, newest first."""
        statement = (
            select(ChangeRow)
            .where(ChangeRow.ase_id == ase_id)
            .order_by(ChangeRow.at.desc(), ChangeRow.key)
            .limit(limit)
        )
        return tuple(_change(row) for row in self._connection.execute(statement))

    def keep(self, change: StoredChange) -> None:
        """Store the answer to a key."""
        self._connection.execute(
            _ADD,
            {
                "key": change.key,
                "request_hash": change.request_hash,
                "ase_id": change.ase_id,
                "kind": change.kind,
                "outcome": change.outcome,
                "undone_by": change.undone_by,
                "at": change.at,
            },
        )

    def mark_undone(self, key: str, by: str) -> bool:
        """A change was put back by the change with the key `by`; False if it was put back before."""
        changed = self._connection.execute(
            update(ChangeRow).where(ChangeRow.key == key, ChangeRow.undone_by.is_(None)).values(undone_by=by)
        )
        return changed.rowcount == 1

    def owe_refund(self, change_key: str, ase_id: str, purchase_id: str, *, at: datetime) -> None:
        """A cancelled test is to be paid back; at most once a purchase, else ConstraintRefused."""
        self._connection.execute(
            insert(RefundDueRow).values(
                change_key=change_key, ase_id=ase_id, purchase_id=purchase_id, state="due", at=at
            )
        )

    def refunds_of(self, ase_id: str) -> tuple[RefundDue, ...]:
        """What is owed to a person, was paid, or was withdrawn."""
        statement = select(RefundDueRow).where(RefundDueRow.ase_id == ase_id).order_by(RefundDueRow.at)
        rows = self._connection.execute(statement)
        return tuple(RefundDue(r.ase_id, r.purchase_id, r.state, r.at) for r in rows)

    def order_duplicates(self, change_key: str, ase_id: str, fees: Iterable[tuple[str, str]], *, at: datetime) -> None:
        """Order duplicates: pairs of series and fee (text with two decimals)."""
        self._connection.execute(
            insert(DuplicateOrderRow),
            [
                {
                    "ase_id": ase_id,
                    "change_key": change_key,
                    "series": series,
                    "fee": fee,
                    "state": "ordered",
                    "at": at,
                }
                for series, fee in fees
            ],
        )

    def withdraw_duplicates(self, change_key: str) -> int:
        """Take back an order that was not sent yet; how many series."""
        return self._connection.execute(
            update(DuplicateOrderRow)
            .where(DuplicateOrderRow.change_key == change_key, DuplicateOrderRow.state == "ordered")
            .values(state="withdrawn")
        ).rowcount

    def orders_of(self, ase_id: str) -> tuple[DuplicateOrder, ...]:
        """The duplicates a person ordered."""
        statement = select(DuplicateOrderRow).where(DuplicateOrderRow.ase_id == ase_id)
        rows = self._connection.execute(statement.order_by(DuplicateOrderRow.id))
        return tuple(DuplicateOrder(r.ase_id, r.change_key, r.series, r.fee, r.state, r.at) for r in rows)


def _change(row: Row[Any]) -> StoredChange:
    outcome: Json = row.outcome
    return StoredChange(row.key, row.request_hash, row.ase_id, row.kind, outcome, row.undone_by, row.at)

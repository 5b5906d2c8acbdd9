"""Changes shown to a person and waiting for their yes."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, Update, and_, bindparam, false, insert, or_, select, update

from bot.store.models import ConfirmationRow
from bot.store.repositories.people import lock_people
from bot.store.values import Confirmation, Json

# Statements of a turn, built once.
_ADD = insert(ConfirmationRow)
_BY_ID = select(ConfirmationRow).where(ConfirmationRow.id == bindparam("id"))
_BY_ID_LOCKED = _BY_ID.with_for_update()
_PENDING = select(ConfirmationRow).where(
    ConfirmationRow.ase_id == bindparam("ase_id"),
    ConfirmationRow.state == "pending",
    ConfirmationRow.expires_at > bindparam("now"),
)
_SETTLE = update(ConfirmationRow).where(ConfirmationRow.state == "pending").values(state=bindparam("settled"))
_SETTLE_ONE = _SETTLE.where(ConfirmationRow.id == bindparam("which"))
_SETTLE_OF_PERSON = _SETTLE.where(ConfirmationRow.ase_id == bindparam("whose"))
_SETTLE_EXPIRED = _SETTLE.where(ConfirmationRow.expires_at <= bindparam("now"))


class ConfirmationRepository:
    """One pending confirmation a person, whichever channel it was shown on. Instants are real time."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def propose(
        self,
        confirmation_id: str,
        ase_id: str,
        conversation_id: str,
        task: str,
        preview: Json,
        *,
        at: datetime,
        until: datetime,
    ) -> Confirmation:
        """A new pending confirmation; the one before it is replaced."""
        lock_people(self._connection, ase_id)
        self._settle(_SETTLE_OF_PERSON, "replaced", whose=ase_id)
        values: Json = {
            "id": confirmation_id,
            "ase_id": ase_id,
            "conversation_id": conversation_id,
            "task": task,
            "preview": preview,
            "preview_hash": preview_hash(preview),
            "created_at": at,
            "expires_at": until,
            "state": "pending",
        }
        self._connection.execute(_ADD, values)
        return Confirmation(**values)

    def get(self, confirmation_id: str, *, lock: bool = False) -> Confirmation | None:
        """A confirmation in whatever state."""
        return self._one(_BY_ID_LOCKED if lock else _BY_ID, id=confirmation_id)

    def pending(self, ase_id: str, *, now: datetime) -> Confirmation | None:
        """What waits for this person's yes and has not expired."""
        return self._one(_PENDING, ase_id=ase_id, now=now)

    def taken_up(self, confirmation: Confirmation, *, now: datetime) -> Confirmation | None:
        """The later confirmation of the same person and preview, from another conversation, that a yes to this one
        means too: one that was given its yes, else one that still waits (this one must not have expired then)."""
        waits = and_(ConfirmationRow.state == "pending", ConfirmationRow.expires_at > now)
        fits = or_(ConfirmationRow.state == "committed", waits if confirmation.expires_at > now else false())
        statement = (
            select(ConfirmationRow)
            .where(
                ConfirmationRow.ase_id == confirmation.ase_id,
                ConfirmationRow.task == confirmation.task,
                ConfirmationRow.preview_hash == confirmation.preview_hash,
                fits,
                ConfirmationRow.created_at >= confirmation.created_at,
                ConfirmationRow.id != confirmation.id,
            )
            .order_by(ConfirmationRow.state, ConfirmationRow.created_at)
            .limit(1)
        )
        return self._one(statement)

    def settle(self, confirmation_id: str, state: str) -> bool:
        """Pending no more: committed, refused, declined or expired; False if it was not pending."""
        return self._settle(_SETTLE_ONE, state, which=confirmation_id) == 1

    def sweep(self, *, now: datetime) -> int:
        """Mark what nobody answered in time; how many."""
        return self._settle(_SETTLE_EXPIRED, "expired", now=now)

    def _one(self, statement: Select[Any], **values: Any) -> Confirmation | None:
        row = self._connection.execute(statement, values).one_or_none()
        return None if row is None else _confirmation(row)

    def _settle(self, statement: Update, settled: str, **values: Any) -> int:
        return self._connection.execute(statement, {"settled": settled, **values}).rowcount


def preview_hash(preview: Json) -> str:
    """The same for the same preview, whatever the order of its keys (SHA-256 in hex)."""
    return hashlib.sha256(json.dumps(preview, sort_keys=True, allow_nan=False).encode()).hexdigest()


def _confirmation(row: Row[Any]) -> Confirmation:
    return Confirmation(**row._mapping)

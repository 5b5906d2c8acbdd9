"""Changes shown to a person and waiting for their yes."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, false, insert, or_, select, update

from bot.store.models import ConfirmationRow
from bot.store.repositories.people import lock_people
from bot.store.values import Confirmation, Json


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
        self._settle(ConfirmationRow.ase_id == ase_id, state="replaced")
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
        self._connection.execute(insert(ConfirmationRow).values(**values))
        return Confirmation(**values)

    def get(self, confirmation_id: str, *, lock: bool = False) -> Confirmation | None:
        """A confirmation in whatever state."""
        return self._one(ConfirmationRow.id == confirmation_id, lock=lock)

    def pending(self, ase_id: str, *, now: datetime) -> Confirmation | None:
        """What waits for this person's yes and has not expired."""
        return self._one(
            ConfirmationRow.ase_id == ase_id,
            ConfirmationRow.state == "pending",
            ConfirmationRow.expires_at > now,
        )

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
        row = self._connection.execute(statement).one_or_none()
        return None if row is None else _confirmation(row)

    def settle(self, confirmation_id: str, state: str) -> bool:
        """Pending no more: committed, refused, declined or expired; False if it was not pending."""
        return self._settle(ConfirmationRow.id == confirmation_id, state=state) == 1

    def sweep(self, *, now: datetime) -> int:
        """Mark what nobody answered in time; how many."""
        return self._settle(ConfirmationRow.expires_at <= now, state="expired")

    def _one(self, *conditions: Any, lock: bool = False) -> Confirmation | None:
        statement = select(ConfirmationRow).where(*conditions)
        row = self._connection.execute(statement.with_for_update() if lock else statement).one_or_none()
        return None if row is None else _confirmation(row)

    def _settle(self, condition: Any, *, state: str) -> int:
        return self._connection.execute(
            update(ConfirmationRow).where(ConfirmationRow.state == "pending", condition).values(state=state)
        ).rowcount


def preview_hash(preview: Json) -> str:
    """The same for the same preview, whatever the order of its keys (SHA-256 in hex)."""
    return hashlib.sha256(json.dumps(preview, sort_keys=True, allow_nan=False).encode()).hexdigest()


def _confirmation(row: Row[Any]) -> Confirmation:
    return Confirmation(**row._mapping)

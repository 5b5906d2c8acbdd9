"""Requests for a person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from bot.store.models import HandoffRow
from bot.store.values import Handoff, Json


class HandoffRepository:
    """At most one request of a conversation is open; asking again finds it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def request(self, handoff_id: str, conversation_id: str, *, reason: str, summary: Json, at: datetime) -> Handoff:
        """Ask for a person; the open request of this conversation, if there is one already."""
        already = self.open_of(conversation_id)
        if already is not None:
            return already
        handoff = Handoff(handoff_id, conversation_id, reason, summary, "requested", at, None, None, None)
        self._connection.execute(
            insert(HandoffRow).values(
                id=handoff_id,
                conversation_id=conversation_id,
                reason=reason,
                summary=summary,
                status="requested",
                requested_at=at,
                accepted_at=None,
                agent_id=None,
                closed_at=None,
            )
        )
        return handoff

    def open_of(self, conversation_id: str) -> Handoff | None:
        """The request of a conversation that is not closed."""
        statement = select(HandoffRow).where(
            HandoffRow.conversation_id == conversation_id, HandoffRow.status != "closed"
        )
        row = self._connection.execute(statement).one_or_none()
        return None if row is None else _handoff(row)

    def note(self, conversation_id: str, more: Json) -> None:
        """Add something to what is known of the open request."""
        waiting = self.open_of(conversation_id)
        if waiting is not None:
            summary = {**waiting.summary, **more}
            self._connection.execute(update(HandoffRow).where(HandoffRow.id == waiting.id).values(summary=summary))

    def of(self, conversation_id: str) -> tuple[Handoff, ...]:
        """All requests of a conversation, oldest first."""
        return self._list(HandoffRow.conversation_id == conversation_id)

    def queue(self) -> tuple[Handoff, ...]:
        """The requests nobody has taken, oldest first."""
        return self._list(HandoffRow.status == "requested")

    def accept(self, handoff_id: str, agent_id: str, *, at: datetime) -> bool:
        """An agent takes a request; False if another one did, or it is closed."""
        changed = self._connection.execute(
            update(HandoffRow)
            .where(HandoffRow.id == handoff_id, HandoffRow.status == "requested")
            .values(status="accepted", agent_id=agent_id, accepted_at=at)
        )
        return changed.rowcount == 1

    def close(self, handoff_id: str, *, at: datetime) -> bool:
        """The request is dealt with; False if it was closed already."""
        changed = self._connection.execute(
            update(HandoffRow)
            .where(HandoffRow.id == handoff_id, HandoffRow.status != "closed")
            .values(status="closed", closed_at=at)
        )
        return changed.rowcount == 1

    def _list(self, condition: Any) -> tuple[Handoff, ...]:
        statement = select(HandoffRow).where(condition).order_by(HandoffRow.requested_at, HandoffRow.id)
        return tuple(_handoff(row) for row in self._connection.execute(statement))


def _handoff(row: Row[Any]) -> Handoff:
    return Handoff(**row._mapping)

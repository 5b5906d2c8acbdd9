"""Decisions as told, with everything it takes to make them again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.models import DecisionRow, PolicyRow
from bot.store.values import DecisionRecord, Json

_ADD = insert(DecisionRow).returning(DecisionRow.id)


class DecisionRepository:
    """The log of decisions, and the policy values their digests stand for."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, record: DecisionRecord) -> int:
        """Write a decision into the log; its id."""
        values: Json = {
            "ase_id": record.ase_id,
            "conversation_id": record.conversation_id,
            "turn": record.turn,
            "rule": record.rule,
            "subject": record.subject,
            "facts": record.facts,
            "decision": record.decision,
            "as_of": record.as_of,
            "policy_digest": record.policy_digest,
            "what_if": record.what_if,
            "at": record.at,
        }
        return self._connection.execute(_ADD, values).scalar_one()

    def all(self, ase_id: str | None = None, *, batch: int = 500) -> Iterator[DecisionRecord]:
        """Every decision in the order it was told, of one person or of all; read in batches."""
        last = 0
        while True:
            statement = select(DecisionRow).where(DecisionRow.id > last).order_by(DecisionRow.id).limit(batch)
            if ase_id is not None:
                statement = statement.where(DecisionRow.ase_id == ase_id)
            rows = self._connection.execute(statement).all()
            yield from (_record(row) for row in rows)
            if len(rows) < batch:
                return
            last = rows[-1].id

    def keep_policy(self, digest: str, content: Json, *, at: datetime) -> None:
        """Remember the policy values that a digest stands for (once)."""
        make = sqlite.insert if self._connection.dialect.name == "sqlite" else postgresql.insert
        self._connection.execute(
            make(PolicyRow).values(digest=digest, content=content, first_used_at=at).on_conflict_do_nothing()
        )

    def policy(self, digest: str) -> Json | None:
        """The policy values a digest stood for; None if they were never kept."""
        statement = select(PolicyRow.content).where(PolicyRow.digest == digest)
        return self._connection.execute(statement).scalar_one_or_none()


def _record(row: Row[Any]) -> DecisionRecord:
    return DecisionRecord(**row._mapping)

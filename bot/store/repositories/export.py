"""Everything that is kept about one person, as plain data: what they may ask for."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, or_, select

from bot.store.models import AuditRow, CandidateRow, ConversationRow, OutboxRow
from bot.store.repositories.erasure import BELONGINGS, SAID, SIGNING_IN, own_conversations
from bot.store.values import Json

SECRETS = frozenset({"token_hash", "code_hash", "code", "preview_hash", "request_hash", "body_hash"})
"""What proves somebody is somebody, or only compares things; nobody is told."""


def kept_about(connection: Connection, ase_id: str) -> Json:
    """Rows by table: what belongs to the person, their conversations whole, their mails, their lines of the audit.

    What others said about them in conversations of their own is those people's and not in it.
    """
    found: Json = {}
    for table in BELONGINGS:
        _put(found, connection, table, table.ase_id == ase_id)
    for kept in SIGNING_IN:
        _put(found, connection, kept, kept.who == ase_id)
    own = own_conversations(connection, ase_id)
    _put(found, connection, ConversationRow, ConversationRow.id.in_(own))
    for said in SAID:
        _put(found, connection, said, said.conversation_id.in_(own))
    email = connection.execute(select(CandidateRow.email).where(CandidateRow.ase_id == ase_id)).scalar_one_or_none()
    mine = [OutboxRow.ase_id == ase_id]
    if email is not None:
        mine.append(func.lower(OutboxRow.recipient) == email.lower())
    _put(found, connection, OutboxRow, or_(*mine))
    _put(found, connection, AuditRow, AuditRow.subject == ase_id)
    return found


def _put(found: Json, connection: Connection, table: Any, condition: Any) -> None:
    order = list(table.__table__.primary_key)
    rows = [_plain(row._mapping) for row in connection.execute(select(table).where(condition).order_by(*order))]
    known = found.setdefault(table.__tablename__, [])
    known.extend(row for row in rows if row not in known)


def _plain(row: Any) -> Json:
    """A row without what is empty or secret; of the mail with a code, not its text."""
    return {
        name: value.isoformat() if isinstance(value, datetime | date) else value
        for name, value in row.items()
        if name not in SECRETS and value is not None and not (name == "body" and row.get("code"))
    }

"""Erasing a person: every table that could know them, in one place."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Text, cast, delete, func, or_, select, update

from bot.store.models import (
    AppointmentRow,
    AssignmentRow,
    AuditRow,
    CallRow,
    CandidateRow,
    CertificationRow,
    ChangeRow,
    ConfirmationRow,
    ConversationPersonRow,
    ConversationRow,
    DecisionRow,
    DuplicateOrderRow,
    ExceptionRow,
    FeedbackRow,
    HandoffRow,
    HoldRow,
    MessageRow,
    OpeningRow,
    OutboxRow,
    PurchaseRow,
    RefundDueRow,
    ResultRow,
    ReviewItemRow,
    SignInCodeRow,
    SignInLockRow,
    SuggestionRow,
    TurnRow,
)
from bot.store.repositories.audit import AuditRepository
from bot.store.values import Erased

_BELONGINGS = (
    ExceptionRow,
    HoldRow,
    ConfirmationRow,
    ChangeRow,
    RefundDueRow,
    DuplicateOrderRow,
    DecisionRow,
    SignInCodeRow,
    SignInLockRow,
    ResultRow,
    AppointmentRow,
    CertificationRow,
    PurchaseRow,
    CandidateRow,
)
"""Everything with an ASE ID of its own, what refers to something before what it refers to."""

_SAID = (
    CallRow,
    FeedbackRow,
    MessageRow,
    TurnRow,
    HandoffRow,
    SignInCodeRow,
    ConversationPersonRow,
    OpeningRow,
    AssignmentRow,
    SuggestionRow,
    ReviewItemRow,
    ExceptionRow,
)
"""The content of a conversation."""


def erase_person(connection: Connection, audit: AuditRepository, ase_id: str) -> tuple[Erased, list[int]] | None:
    """Remove a person; what was touched and the audit lines that were emptied. None if nothing was known of
    them."""
    email = connection.execute(select(CandidateRow.email).where(CandidateRow.ase_id == ase_id)).scalar_one_or_none()
    names = [ase_id] if email is None else [ase_id, email]
    conversations = _conversations(connection, ase_id, names)
    for conversation_id in conversations:
        _silence(connection, conversation_id)
    gone = sum(connection.execute(delete(table).where(table.ase_id == ase_id)).rowcount for table in _BELONGINGS)
    mail = [OutboxRow.ase_id == ase_id]
    if email is not None:
        mail.append(func.lower(OutboxRow.recipient) == email.lower())
    gone += connection.execute(delete(OutboxRow).where(or_(*mail))).rowcount
    contents = (AuditRow.before, AuditRow.after, AuditRow.decision)
    lines = audit.empty(AuditRow.subject == ase_id, *(_names(cast(content, Text), names) for content in contents))
    if not (gone or conversations or lines):
        return None
    return Erased(ase_id, tuple(conversations)), lines


def _conversations(connection: Connection, ase_id: str, names: list[str]) -> list[str]:
    found: set[str] = set()
    for statement in (
        select(ConversationRow.id).where(or_(ConversationRow.ase_id == ase_id, ConversationRow.about == ase_id)),
        select(ConversationPersonRow.conversation_id).where(ConversationPersonRow.ase_id == ase_id),
        select(SignInCodeRow.conversation_id).where(SignInCodeRow.ase_id == ase_id),
        select(ConfirmationRow.conversation_id).where(ConfirmationRow.ase_id == ase_id),
        select(MessageRow.conversation_id).where(or_(_names(MessageRow.text, names), _names(MessageRow.speech, names))),
    ):
        found.update(connection.execute(statement).scalars())
    return sorted(found)


def _silence(connection: Connection, conversation_id: str) -> None:
    """Take everything out of a conversation. It stays as an empty, ended one, so that its id is not used
    again."""
    for table in _SAID:
        connection.execute(delete(table).where(table.conversation_id == conversation_id))
    connection.execute(
        delete(DecisionRow).where(DecisionRow.conversation_id == conversation_id, DecisionRow.ase_id.is_(None))
    )
    connection.execute(
        update(ConversationRow)
        .where(ConversationRow.id == conversation_id)
        .values(
            ase_id=None,
            signed_in_at=None,
            about=None,
            owner="assistant",
            owner_agent=None,
            state={},
            version=ConversationRow.version + 1,
            ended_at=func.coalesce(ConversationRow.ended_at, ConversationRow.last_active_at),
        )
    )


def _names(column: Any, names: list[str]) -> Any:
    return or_(*(func.lower(column).contains(name.lower(), autoescape=True) for name in names))

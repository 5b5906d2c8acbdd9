"""Erasing a person: every table that could know them, in one place."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Text, cast, delete, func, inspect, or_, select, update

from bot.store.models import (
    AppointmentRow,
    AssignmentRow,
    AuditRow,
    Base,
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
    SignInPlaceRow,
    SuggestionRow,
    TurnRow,
)
from bot.store.repositories.audit import AuditRepository
from bot.store.values import Erased

REMOVED = "[removed]"
"""What stands where something was taken out."""
_ANYBODY = re.compile(r"ASE[\s.\u2010-\u2015-]{0,3}[0-9]{4}[\s.\u2010-\u2015-]{0,3}[0-9]{4}(?![0-9])", re.IGNORECASE)

BELONGINGS = (
    ExceptionRow,
    HoldRow,
    ConfirmationRow,
    ChangeRow,
    RefundDueRow,
    DuplicateOrderRow,
    DecisionRow,
    SignInCodeRow,
    ResultRow,
    AppointmentRow,
    CertificationRow,
    PurchaseRow,
    CandidateRow,
)
"""Everything with an ASE ID of its own, what refers to something before what it refers to."""

SIGNING_IN = (SignInLockRow, SignInPlaceRow)
"""What is kept of whoever tried to sign in, by who they said they are."""

SAID = (
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


_WRITTEN: tuple[tuple[type[Base], tuple[str, ...]], ...] = (
    (MessageRow, ("text", "speech", "payload")),
    (TurnRow, ("decisions", "state")),
    (ConversationRow, ("state",)),
    (HandoffRow, ("summary",)),
    (FeedbackRow, ("comment",)),
    (AssignmentRow, ("note",)),
    (SuggestionRow, ("body",)),
    (ReviewItemRow, ("text", "remark")),
    (ExceptionRow, ("decision", "asked_why")),
    (OutboxRow, ("subject", "body")),
)
"""Where somebody may be mentioned in what is other people's."""


def erase_person(connection: Connection, audit: AuditRepository, ase_id: str) -> tuple[Erased, list[int]] | None:
    """Remove a person; what was touched and the audit lines that were emptied. None if nothing was known of
    them.

    Their own conversations are emptied and ended. In those of others the mentions of them are taken out, and of an
    agent's the part that is about them; these go on.
    """
    traces = _traces(connection, ase_id)
    own = own_conversations(connection, ase_id)
    for conversation_id in own:
        _silence(connection, conversation_id)
    redacted = _agents_about(connection, ase_id, traces)
    gone = sum(connection.execute(delete(table).where(table.ase_id == ase_id)).rowcount for table in BELONGINGS)
    gone += sum(connection.execute(delete(table).where(table.who == ase_id)).rowcount for table in SIGNING_IN)
    mail = [OutboxRow.ase_id == ase_id]
    if traces.email is not None:
        mail.append(func.lower(OutboxRow.recipient) == traces.email.lower())
    gone += connection.execute(delete(OutboxRow).where(or_(*mail))).rowcount
    gone += connection.execute(delete(ConversationPersonRow).where(ConversationPersonRow.ase_id == ase_id)).rowcount
    for table, columns in _WRITTEN:
        redacted |= _take_out(connection, table, columns, traces)
    contents = (AuditRow.before, AuditRow.after, AuditRow.decision)
    lines = audit.empty(AuditRow.subject == ase_id, *(traces.maybe_in(cast(each, Text)) for each in contents))
    if not (gone or own or redacted or lines):
        return None
    return Erased(ase_id, tuple(own), tuple(sorted(redacted - set(own)))), lines


# --- what tells a person -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Traces:
    """What a person can be told by where others speak of them: ASE ID, e-mail, telephone, full name and street.

    A first or last name alone is not: too many have it.
    """

    ase_id: str
    email: str | None
    pattern: re.Pattern[str]
    like: tuple[str, ...]

    def maybe_in(self, column: Any) -> Any:
        """A condition that lets everything through that may hold a trace, and little else."""
        return or_(*(func.lower(column).like(pattern, escape="/") for pattern in self.like))

    def out_of(self, value: Any) -> Any:
        """The value (text, or plain data) without any trace."""
        if isinstance(value, str):
            return self.pattern.sub(REMOVED, value)
        if isinstance(value, list):
            return [self.out_of(each) for each in value]
        if isinstance(value, dict):
            return {name: self.out_of(each) for name, each in value.items()}
        return value


def _traces(connection: Connection, ase_id: str) -> _Traces:
    row = connection.execute(select(CandidateRow).where(CandidateRow.ase_id == ase_id)).one_or_none()
    parts: list[tuple[str, ...]] = []
    email = row.email if row is not None else None
    if row is not None:
        both = (row.first_name, row.last_name)
        parts += [(each,) for each in (email, row.phone) if each]
        parts += [both, both[::-1]] if all(both) else []
        parts += [tuple(row.address_line1.split())] if row.address_line1 else []
    digits = re.findall(r"[0-9]+", ase_id)
    patterns = [_id_pattern(*digits) if digits else re.escape(ase_id)]
    patterns += [r"(?<!\w)" + r"[,\s]+".join(map(re.escape, words)) + r"(?!\w)" for words in parts]
    like = ["%".join(("", *digits, "")) if digits else f"%{_escaped(ase_id)}%"]
    like += ["%".join(("", *(_escaped(word) for word in words), "")) for words in parts]
    like += ["%".join(("", *(_escaped(json.dumps(word)[1:-1]) for word in words), "")) for words in parts]
    return _Traces(ase_id, email, re.compile("|".join(patterns), re.IGNORECASE), tuple(dict.fromkeys(like)))


def _id_pattern(*digits: str) -> str:
    """An ASE ID however it is written: with other dashes, with spaces, the digits alone."""
    between = r"[\s.\u2010-\u2015-]{0,3}"
    return rf"(?:ASE{between})?(?<![0-9])" + between.join(digits) + r"(?![0-9])"


def _escaped(word: str) -> str:
    return re.sub(r"([/%_])", r"/\1", word.lower())


# --- whose a conversation is -------------------------------------------------------------------------


def own_conversations(connection: Connection, ase_id: str) -> list[str]:
    """The conversations of a person: where they were signed in, now or before."""
    once = select(ConversationPersonRow.conversation_id).where(ConversationPersonRow.ase_id == ase_id)
    statement = select(ConversationRow.id).where(
        or_(
            ConversationRow.ase_id == ase_id,
            ConversationRow.sealed_for == ase_id,
            ConversationRow.id.in_(once),
        ),
        ConversationRow.channel != "agent",
    )
    return sorted(connection.execute(statement).scalars())


def _agents_about(connection: Connection, ase_id: str, traces: _Traces) -> set[str]:
    """Of the conversations that agents had about a person, take out what was said from their name to the next one."""
    once = select(ConversationPersonRow.conversation_id).where(ConversationPersonRow.ase_id == ase_id)
    found = connection.execute(
        select(ConversationRow.id, ConversationRow.about).where(
            or_(ConversationRow.about == ase_id, ConversationRow.id.in_(once)), ConversationRow.channel == "agent"
        )
    ).all()
    for conversation_id, about in found:
        said = connection.execute(
            select(MessageRow.seq, MessageRow.turn, MessageRow.text)
            .where(MessageRow.conversation_id == conversation_id)
            .order_by(MessageRow.seq)
        ).all()
        seqs, turns = _part_about(said, traces)
        messages = (MessageRow.conversation_id == conversation_id, MessageRow.seq.in_(seqs))
        connection.execute(update(MessageRow).where(*messages).values(text=REMOVED, speech=REMOVED, payload={}))
        log = (TurnRow.conversation_id == conversation_id, TurnRow.turn.in_(turns))
        connection.execute(update(TurnRow).where(*log).values(decisions=[], state=None))
        values: dict[str, Any] = {"state": {}, "version": ConversationRow.version + 1}
        if about == ase_id:
            values["about"] = None
        connection.execute(update(ConversationRow).where(ConversationRow.id == conversation_id).values(**values))
    return {conversation_id for conversation_id, _ in found}


def _part_about(said: Sequence[Any], traces: _Traces) -> tuple[list[int], set[int]]:
    """The numbers of the messages, and of their turns, between the person's name and the next one's."""
    named = [_ANYBODY.findall(line.text) for line in said]
    first = next((ids for ids in named if ids), [])
    about = not first or traces.pattern.search(first[0]) is not None
    seqs: list[int] = []
    turns: set[int] = set()
    for line, ids in zip(said, named, strict=True):
        if ids:
            about = traces.pattern.search(ids[-1]) is not None
        if about:
            seqs.append(line.seq)
            turns.add(line.turn)
    return seqs, turns


def _take_out(connection: Connection, table: type[Base], columns: tuple[str, ...], traces: _Traces) -> set[str]:
    """Take every trace out of some columns; the conversations where there was one."""
    keys = [column.name for column in inspect(table).primary_key]
    where = getattr(table, "conversation_id", None) if table is not ConversationRow else ConversationRow.id
    maybe = or_(*(traces.maybe_in(cast(getattr(table, name), Text)) for name in columns))
    touched: set[str] = set()
    for row in connection.execute(select(table).where(maybe)).all():
        old = {name: getattr(row, name) for name in columns}
        new = {name: traces.out_of(value) for name, value in old.items()}
        if new == old:
            continue
        this = [getattr(table, key) == getattr(row, key) for key in keys]
        connection.execute(update(table).where(*this).values(**new))
        if where is not None and getattr(row, where.key) is not None:
            touched.add(getattr(row, where.key))
    return touched


def _silence(connection: Connection, conversation_id: str) -> None:
    """Take everything out of a conversation. It stays as an empty, ended one, so that its id is not used
    again."""
    for table in SAID:
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
            from_address=None,
            from_network=None,
            shown_at=None,
            used_at=None,
            sealed_for=None,
            sealed_seq=None,
            state={},
            version=ConversationRow.version + 1,
            ended_at=func.coalesce(ConversationRow.ended_at, ConversationRow.last_active_at),
        )
    )

"""What was decided, what was done and by whom, and what has to be sent."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.models.base import AseId, At, Base, Key, Label, Long, Word, one_of


class PolicyRow(Base):
    """The policy values that a digest stands for, so that an old decision can be made again."""

    __tablename__ = "policies"

    digest: Mapped[Key] = mapped_column(primary_key=True)
    content: Mapped[dict[str, Any]]
    first_used_at: Mapped[At]


class DecisionRow(Base):
    """A decision as told, with the facts and the instant it stood on. Erased with the person."""

    __tablename__ = "decisions"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    ase_id: Mapped[AseId | None] = mapped_column(index=True)
    conversation_id: Mapped[Key | None] = mapped_column(ForeignKey("conversations.id"), index=True)
    turn: Mapped[int | None]
    rule: Mapped[Key]
    subject: Mapped[dict[str, Any]]
    facts: Mapped[dict[str, Any]]
    decision: Mapped[dict[str, Any]]
    as_of: Mapped[At]
    policy_digest: Mapped[Key]
    what_if: Mapped[bool]
    at: Mapped[At]


class OutboxRow(Base):
    """A message to be sent, written in the transaction that causes it.

    `doubtful`: a sender took it and was not heard of again, so a second attempt may send it twice. After `expires_at`
    it is not sent any more. Once it went out, the code in it is gone from here.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        one_of("state", ("pending", "sending", "sent", "maybe_sent")),
        CheckConstraint("(state IN ('sent', 'maybe_sent')) = (sent_at IS NOT NULL)", name="sent_at"),
        CheckConstraint("(state = 'sending') = (claimed_at IS NOT NULL)", name="claimed_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    recipient: Mapped[Label] = mapped_column(index=True)
    kind: Mapped[Label]
    subject: Mapped[Label]
    body: Mapped[Long]
    code: Mapped[Word | None]
    attachments: Mapped[list[Any]]
    ase_id: Mapped[AseId | None] = mapped_column(index=True)
    created_at: Mapped[At]
    state: Mapped[Word] = mapped_column(index=True)
    claimed_at: Mapped[At | None]
    sent_at: Mapped[At | None]
    attempts: Mapped[int]
    doubtful: Mapped[bool]
    error: Mapped[Long | None]
    expires_at: Mapped[At | None]


class AuditRow(Base):
    """One line of the chain: each hash covers the line before it.

    The hash covers `content_hash`, not the personal content itself, so that erasing a person empties the
    content (`salt`, `subject`, `before`, `after`, `decision`) and leaves the chain whole. Triggers refuse
    every other change.
    """

    __tablename__ = "audit"
    __table_args__ = (one_of("actor_kind", ("candidate", "agent", "system", "anonymous")),)

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[At]
    actor_kind: Mapped[Word]
    actor_id: Mapped[Label | None]
    channel: Mapped[Word]
    action: Mapped[Key]
    conversation_id: Mapped[Key | None]
    policy_digest: Mapped[Key | None]
    model: Mapped[Label | None]
    content_hash: Mapped[Key]
    previous_hash: Mapped[Key]
    hash: Mapped[Key] = mapped_column(unique=True)
    salt: Mapped[Key | None]
    subject: Mapped[AseId | None] = mapped_column(index=True)
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    decision: Mapped[dict[str, Any] | None]


class AuditHeadRow(Base):
    """The end of the chain: one row. Taking it in turn keeps writers in line and shows a cut-off tail. `signature` is
    made with a key that is not in the database."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int]
    hash: Mapped[Key]
    signature: Mapped[Key | None]

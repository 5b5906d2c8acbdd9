"""The agents' console: who may work there, what people took over, what was suggested and what is to be learned."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.models.base import AseId, At, Base, Key, Label, Long, Word, one_of, together

ROLES = ("agent", "lead", "content_owner", "admin")
OUTCOMES = ("solved", "unsolved", "follow_up", "no_answer")
ENDINGS = ("handed_back", "transferred", "closed")
SUGGESTED = ("shown", "inserted", "edited", "sent", "rejected")
REVIEWED = ("open", "accepted", "out_of_scope", "dismissed")
EXCEPTION_STATES = ("requested", "pending", "granted", "used", "withdrawn", "declined", "expired")
REVIEW_SOURCES = ("not_understood", "thumb_down", "rejected_suggestion", "corrected_topic")


class AgentRow(Base):
    """Somebody who may sign in to the console. `failures` and `locked_until` are of older versions: locks
    are in sign_in_locks now, also of names that nobody has."""

    __tablename__ = "agents"
    __table_args__ = (
        one_of("role", ROLES),
        CheckConstraint("failures >= 0", name="failures"),
        Index("uq_agents_email", "email", unique=True),
    )

    id: Mapped[Key] = mapped_column(primary_key=True)
    display_name: Mapped[Label]
    role: Mapped[Word]
    password_hash: Mapped[Label]
    failures: Mapped[int]
    locked_until: Mapped[At | None]
    created_at: Mapped[At]
    disabled_at: Mapped[At | None]
    email: Mapped[Label | None]


class AgentSessionRow(Base):
    """A session, by the hash of its cookie. Real time."""

    __tablename__ = "agent_sessions"

    token_hash: Mapped[Key] = mapped_column(primary_key=True)
    agent_id: Mapped[Key] = mapped_column(ForeignKey("agents.id"), index=True)
    csrf: Mapped[Key]
    created_at: Mapped[At]
    last_seen_at: Mapped[At]
    ended_at: Mapped[At | None]


class OpeningRow(Base):
    """An agent has opened a conversation: from then on its person is not masked for that agent."""

    __tablename__ = "console_openings"

    agent_id: Mapped[Key] = mapped_column(ForeignKey("agents.id"), primary_key=True)
    conversation_id: Mapped[Key] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    opened_at: Mapped[At]


class AssignmentRow(Base):
    """The part of a conversation in which a person answered; at most one of a conversation is going on."""

    __tablename__ = "human_stretches"
    __table_args__ = (
        one_of("ended_how", ENDINGS),
        one_of("outcome", OUTCOMES),
        together("ended", "ended_at", "ended_how"),
        Index(
            "uq_human_stretches_open",
            "conversation_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[Key] = mapped_column(primary_key=True)
    conversation_id: Mapped[Key] = mapped_column(ForeignKey("conversations.id"), index=True)
    agent_id: Mapped[Key] = mapped_column(ForeignKey("agents.id"))
    waiting_since: Mapped[At | None]
    started_at: Mapped[At]
    first_answer_at: Mapped[At | None]
    ended_at: Mapped[At | None]
    ended_how: Mapped[Word | None]
    outcome: Mapped[Word | None]
    note: Mapped[Long | None]
    passed_to: Mapped[Label | None]


class SuggestionRow(Base):
    """A reply suggested to an agent, and what became of it."""

    __tablename__ = "suggestions"
    __table_args__ = (
        one_of("state", SUGGESTED),
        one_of("kind", ("faq", "decision", "conversation")),
        Index("ix_suggestions_message", "conversation_id", "seq"),
    )

    id: Mapped[Key] = mapped_column(primary_key=True)
    conversation_id: Mapped[Key] = mapped_column(ForeignKey("conversations.id"))
    seq: Mapped[int]
    agent_id: Mapped[Key] = mapped_column(ForeignKey("agents.id"))
    kind: Mapped[Word]
    label: Mapped[Label]
    confidence: Mapped[float]
    body: Mapped[dict[str, Any]]
    state: Mapped[Word]
    reason: Mapped[Long | None]
    shown_at: Mapped[At]
    changed_at: Mapped[At]


class ReviewItemRow(Base):
    """A message that the assistant may learn from; `text` is without personal data."""

    __tablename__ = "review_items"
    __table_args__ = (
        one_of("source", REVIEW_SOURCES),
        one_of("state", REVIEWED),
        UniqueConstraint("source", "conversation_id", "seq"),
        CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided"),
        CheckConstraint("(state = 'accepted') = (label IS NOT NULL)", name="label"),
    )

    id: Mapped[Key] = mapped_column(primary_key=True)
    source: Mapped[Word]
    conversation_id: Mapped[Key] = mapped_column(ForeignKey("conversations.id"), index=True)
    seq: Mapped[int]
    text: Mapped[Long]
    heard_as: Mapped[Label | None]
    confidence: Mapped[float | None]
    model: Mapped[Label | None]
    remark: Mapped[Long | None]
    state: Mapped[Word]
    label: Mapped[Label | None]
    decided_by: Mapped[Label | None]
    decided_at: Mapped[At | None]
    patch: Mapped[Key | None]
    at: Mapped[At]


class ExceptionRow(Base):
    """A refusal that a lead lifts for one purchase of one person: who asked for it and why, who granted it, until when
    it holds, and what became of it. `pending`: a lead's own, which waits for the second confirmation."""

    __tablename__ = "exceptions"
    __table_args__ = (
        one_of("state", EXCEPTION_STATES),
        together("granted", "granted_by", "granted_at", "expires_at"),
        CheckConstraint("state NOT IN ('granted', 'used') OR granted_at IS NOT NULL", name="grant"),
        CheckConstraint("(state = 'used') = (change_key IS NOT NULL)", name="used"),
    )

    id: Mapped[Key] = mapped_column(primary_key=True)
    ase_id: Mapped[AseId] = mapped_column(index=True)
    conversation_id: Mapped[Key] = mapped_column(ForeignKey("conversations.id"), index=True)
    rule: Mapped[Word]
    code: Mapped[Label]
    test: Mapped[Label]
    purchase_id: Mapped[Label]
    decision: Mapped[dict[str, Any]]
    state: Mapped[Word] = mapped_column(index=True)
    asked_by: Mapped[Key] = mapped_column(ForeignKey("agents.id"))
    asked_why: Mapped[Long]
    asked_at: Mapped[At]
    granted_by: Mapped[Key | None] = mapped_column(ForeignKey("agents.id"))
    granted_at: Mapped[At | None]
    expires_at: Mapped[At | None]
    told_at: Mapped[At | None]
    change_key: Mapped[Key | None]
    ended_by: Mapped[Label | None]
    ended_why: Mapped[Long | None]
    ended_at: Mapped[At | None]

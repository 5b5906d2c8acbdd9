"""Conversations, what was said in them, who signed in and who asked for a person."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.contracts.conversation import CHANNELS, OWNERS
from bot.store.models.base import AseId, At, Base, Key, Label, Long, Word, one_of, together


class ConversationRow(Base):
    """One conversation. Identity (`ase_id`, `agent_id`) lives here and nowhere else.

    `version` is what a turn compares before it stores its state; `last_seq` and `last_turn` count up. By real time:
    `shown_at`, when it was shown who is there, and `used_at`, the last turn since. After that has ended, what was said
    up to `sealed_seq` is for `sealed_for` alone (an ASE ID, or "nobody"). `from_address` and `from_network`: where it
    was opened, as digests.
    """

    __tablename__ = "conversations"
    __table_args__ = (
        one_of("channel", CHANNELS),
        one_of("owner", OWNERS),
        one_of("agent_role", ("agent", "lead")),
        together("signed_in", "ase_id", "signed_in_at"),
        together("agent", "agent_id", "agent_role"),
        CheckConstraint("(channel = 'agent') = (agent_id IS NOT NULL)", name="agent_channel"),
        CheckConstraint("agent_id IS NULL OR ase_id IS NULL", name="one_identity"),
        CheckConstraint("(owner = 'agent') = (owner_agent IS NOT NULL)", name="owner_agent"),
    )

    id: Mapped[Key] = mapped_column(primary_key=True)
    channel: Mapped[Word]
    locale: Mapped[Word]
    token_hash: Mapped[Key] = mapped_column(unique=True)
    ase_id: Mapped[AseId | None] = mapped_column(index=True)
    signed_in_at: Mapped[At | None]
    agent_id: Mapped[Label | None]
    agent_role: Mapped[Word | None]
    about: Mapped[AseId | None] = mapped_column(index=True)
    owner: Mapped[Word]
    owner_agent: Mapped[Label | None]
    state: Mapped[dict[str, Any]]
    version: Mapped[int]
    last_seq: Mapped[int]
    last_turn: Mapped[int]
    created_at: Mapped[At]
    last_active_at: Mapped[At] = mapped_column(index=True)
    ended_at: Mapped[At | None]
    from_address: Mapped[Key | None]
    from_network: Mapped[Key | None]
    shown_at: Mapped[At | None]
    used_at: Mapped[At | None]
    sealed_for: Mapped[AseId | None] = mapped_column(index=True)
    sealed_seq: Mapped[int | None]


class ConversationPersonRow(Base):
    """Everybody a conversation was ever about, so that erasing a person finds it."""

    __tablename__ = "conversation_people"

    conversation_id: Mapped[Key] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    ase_id: Mapped[AseId] = mapped_column(primary_key=True, index=True)


class MessageRow(Base):
    """One line. `payload` holds choices, sources, decisions and intent as published; `client_message_id` is the
    client's name for the message it sent."""

    __tablename__ = "messages"
    __table_args__ = (one_of("author", ("assistant", "candidate", "agent")),)

    conversation_id: Mapped[Key] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    turn: Mapped[int]
    author: Mapped[Word]
    at: Mapped[At]
    text: Mapped[Long]
    speech: Mapped[Long]
    payload: Mapped[dict[str, Any]]
    client_message_id: Mapped[Key | None]


class TurnRow(Base):
    """One turn of the log: what came in (by hash), what it was taken to mean, what was decided, by which
    model."""

    __tablename__ = "turns"
    __table_args__ = (
        UniqueConstraint("conversation_id", "client_message_id"),
        CheckConstraint("confidence IS NULL OR confidence BETWEEN 0 AND 1", name="confidence"),
    )

    conversation_id: Mapped[Key] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    turn: Mapped[int] = mapped_column(primary_key=True)
    client_message_id: Mapped[Key]
    body_hash: Mapped[Key]
    intent: Mapped[Label | None]
    confidence: Mapped[float | None]
    decisions: Mapped[list[Any]]
    policy_digest: Mapped[Key | None]
    model: Mapped[Label | None]
    state: Mapped[dict[str, Any] | None]
    started_at: Mapped[At]
    finished_at: Mapped[At | None]


class HandoffRow(Base):
    """A request for a person; at most one of a conversation is open."""

    __tablename__ = "handoffs"
    __table_args__ = (
        one_of("status", ("requested", "accepted", "closed")),
        CheckConstraint("(status = 'requested') = (agent_id IS NULL) OR status = 'closed'", name="agent"),
        Index(
            "uq_handoffs_open",
            "conversation_id",
            unique=True,
            sqlite_where=text("status <> 'closed'"),
            postgresql_where=text("status <> 'closed'"),
        ),
    )

    id: Mapped[Key] = mapped_column(primary_key=True)
    conversation_id: Mapped[Key] = mapped_column(ForeignKey("conversations.id"), index=True)
    reason: Mapped[Label]
    summary: Mapped[dict[str, Any]]
    status: Mapped[Word] = mapped_column(index=True)
    requested_at: Mapped[At]
    accepted_at: Mapped[At | None]
    agent_id: Mapped[Label | None]
    closed_at: Mapped[At | None]


class FeedbackRow(Base):
    """What somebody thought of one message; the newest word counts."""

    __tablename__ = "feedback"
    __table_args__ = (
        ForeignKeyConstraint(["conversation_id", "seq"], ["messages.conversation_id", "messages.seq"]),
        one_of("rating", ("up", "down")),
    )

    conversation_id: Mapped[Key] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    rating: Mapped[Word]
    comment: Mapped[Long | None]
    at: Mapped[At]


class SignInCodeRow(Base):
    """A one-time code, by its hash; the newest unused one of a conversation is the live one."""

    __tablename__ = "sign_in_codes"
    __table_args__ = (
        CheckConstraint("attempts >= 0", name="attempts"),
        CheckConstraint("used_at IS NULL OR replaced_at IS NULL", name="ended_once"),
        Index(
            "uq_sign_in_codes_live",
            "conversation_id",
            unique=True,
            sqlite_where=text("used_at IS NULL AND replaced_at IS NULL"),
            postgresql_where=text("used_at IS NULL AND replaced_at IS NULL"),
        ),
    )

    id: Mapped[Key] = mapped_column(primary_key=True)
    conversation_id: Mapped[Key] = mapped_column(ForeignKey("conversations.id"), index=True)
    ase_id: Mapped[AseId] = mapped_column(index=True)
    code_hash: Mapped[Label]
    created_at: Mapped[At]
    expires_at: Mapped[At]
    attempts: Mapped[int]
    used_at: Mapped[At | None]
    replaced_at: Mapped[At | None]
    scope: Mapped[Key] = mapped_column(server_default="")


class SignInLockRow(Base):
    """Wrong tries in a row for somebody (an ASE ID, or agent:NAME) from somewhere, and until when it is locked."""

    __tablename__ = "sign_in_locks"
    __table_args__ = (CheckConstraint("failures >= 0", name="failures"),)

    who: Mapped[Key] = mapped_column(primary_key=True)
    scope: Mapped[Key] = mapped_column(primary_key=True)
    failures: Mapped[int]
    locked_until: Mapped[At | None]
    changed_at: Mapped[At] = mapped_column(index=True)


class SignInPlaceRow(Base):
    """A network from which somebody signed in, as a digest of both."""

    __tablename__ = "sign_in_places"

    who: Mapped[Key] = mapped_column(primary_key=True)
    place: Mapped[Key] = mapped_column(primary_key=True)
    last_used_at: Mapped[At]


class SignInCountRow(Base):
    """Tries of strangers from one address, one network or over all (`key`), in one window of time."""

    __tablename__ = "sign_in_counts"
    __table_args__ = (CheckConstraint("count >= 0", name="count"),)

    kind: Mapped[Word] = mapped_column(primary_key=True)
    key: Mapped[Key] = mapped_column(primary_key=True)
    window_start: Mapped[At] = mapped_column(primary_key=True)
    count: Mapped[int]

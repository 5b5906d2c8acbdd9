"""What makes a change happen exactly once: what was offered, what is held, what was done, what is owed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.models.base import AseId, At, Base, Key, Local, Word, one_of

CONFIRMATION_STATES = ("pending", "committed", "refused", "declined", "expired", "replaced")


class ConfirmationRow(Base):
    """A change shown to a person and waiting for their yes; at most one of a person is pending."""

    __tablename__ = "confirmations"
    __table_args__ = (
        one_of("state", CONFIRMATION_STATES),
        CheckConstraint("expires_at > created_at", name="expires_at"),
        Index(
            "uq_confirmations_pending",
            "ase_id",
            unique=True,
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
    )

    id: Mapped[Key] = mapped_column(primary_key=True)
    ase_id: Mapped[AseId] = mapped_column(ForeignKey("candidates.ase_id"))
    conversation_id: Mapped[Key] = mapped_column(ForeignKey("conversations.id"), index=True)
    task: Mapped[Key]
    preview: Mapped[dict[str, Any]]
    preview_hash: Mapped[Key]
    created_at: Mapped[At]
    expires_at: Mapped[At]
    state: Mapped[Word]


class ChangeRow(Base):
    """The answer given to an idempotency key, stored with the change itself."""

    __tablename__ = "changes"

    key: Mapped[Key] = mapped_column(primary_key=True)
    request_hash: Mapped[Key]
    ase_id: Mapped[AseId] = mapped_column(ForeignKey("candidates.ase_id"), index=True)
    kind: Mapped[Word]
    outcome: Mapped[dict[str, Any]]
    undone_by: Mapped[Key | None]
    at: Mapped[At]


class HoldRow(Base):
    """A free slot kept for one person for some minutes of real time; one slot a person."""

    __tablename__ = "holds"
    __table_args__ = (
        ForeignKeyConstraint(["site_id", "starts_at"], ["seats.site_id", "seats.starts_at"]),
        Index("ix_holds_seat", "site_id", "starts_at"),
        CheckConstraint("expires_at > created_at", name="expires_at"),
    )

    ase_id: Mapped[AseId] = mapped_column(ForeignKey("candidates.ase_id"), primary_key=True)
    site_id: Mapped[Key]
    starts_at: Mapped[Local]
    conversation_id: Mapped[Key | None]
    created_at: Mapped[At]
    expires_at: Mapped[At]


class RefundDueRow(Base):
    """Money owed for a cancelled test, at most once a purchase; paying it happens elsewhere.

    Withdrawn when new records say that the purchase was not cancelled after all.
    """

    __tablename__ = "refunds_due"
    __table_args__ = (
        one_of("state", ("due", "paid", "withdrawn")),
        Index(
            "uq_refunds_due_purchase",
            "ase_id",
            "purchase_id",
            unique=True,
            sqlite_where=text("state <> 'withdrawn'"),
            postgresql_where=text("state <> 'withdrawn'"),
        ),
    )

    change_key: Mapped[Key] = mapped_column(primary_key=True)
    ase_id: Mapped[AseId] = mapped_column(ForeignKey("candidates.ase_id"), index=True)
    purchase_id: Mapped[Key]
    state: Mapped[Word]
    at: Mapped[At]


class DuplicateOrderRow(Base):
    """An order of duplicate certificates, one row a series; money as text with two decimals."""

    __tablename__ = "duplicate_orders"
    __table_args__ = (
        one_of("state", ("ordered", "withdrawn", "sent")),
        UniqueConstraint("change_key", "series"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    ase_id: Mapped[AseId] = mapped_column(ForeignKey("candidates.ase_id"), index=True)
    change_key: Mapped[Key]
    series: Mapped[Key]
    fee: Mapped[Word]
    state: Mapped[Word]
    at: Mapped[At]

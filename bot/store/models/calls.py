"""Telephone calls: which conversation a provider's call belongs to, so that any process can go on with it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.models.base import At, Base, Key, Label, Word


class CallRow(Base):
    """One call. `caller` is what the network says about who calls: a hint for calling back, never an identity.

    `pending` is a turn that takes longer than a caller should wait in silence: kept until its answer was spoken.
    """

    __tablename__ = "calls"
    __table_args__ = (CheckConstraint("ended_at IS NULL OR pending IS NULL", name="nothing_pending"),)

    provider: Mapped[Word] = mapped_column(primary_key=True)
    call_id: Mapped[Key] = mapped_column(primary_key=True)
    conversation_id: Mapped[Key] = mapped_column(ForeignKey("conversations.id"), index=True)
    caller: Mapped[Label | None]
    pending: Mapped[dict[str, Any] | None]
    started_at: Mapped[At]
    ended_at: Mapped[At | None]

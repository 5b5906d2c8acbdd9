"""Records, conversations and everything done, in one SQL database: SQLite by default, PostgreSQL by URL."""

from __future__ import annotations

from bot.store.errors import (
    ConcurrentTurn,
    ConstraintRefused,
    KeyReused,
    OutcomeUnknown,
    ReadOnlyWork,
    StoreError,
    StoreUnavailable,
)
from bot.store.store import Store, UnitOfWork

__all__ = [
    "ConcurrentTurn",
    "ConstraintRefused",
    "KeyReused",
    "OutcomeUnknown",
    "ReadOnlyWork",
    "Store",
    "StoreError",
    "StoreUnavailable",
    "UnitOfWork",
]

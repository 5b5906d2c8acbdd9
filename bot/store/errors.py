"""What can go wrong with the store. No error of the database library leaves this package by itself."""

from __future__ import annotations


class StoreError(Exception):
    """Something the store does not do. The message is for the log, not for the person."""


class StoreUnavailable(StoreError):
    """The database is away or too busy. Nothing of the unit of work was stored (but see OutcomeUnknown)."""


class OutcomeUnknown(StoreUnavailable):
    """The database went away while keeping the unit of work: it may be stored or not. Look before doing it again."""


class ConcurrentTurn(StoreError):
    """Somebody else changed the conversation in the meantime: what was worked out no longer fits."""


class KeyReused(StoreError):
    """An idempotency key came again with another request."""


class ReadOnlyWork(StoreError):
    """A unit of work opened for reading was asked to commit."""


class ConstraintRefused(StoreError):
    """The database refused a state that must not be. Nothing of the unit of work was stored."""

"""Why something is not done, in words for the agent."""

from __future__ import annotations


class ConsoleError(Exception):
    """Not done. `kind` says of what sort: not_found, forbidden, conflict, invalid, unauthorized, locked."""

    def __init__(self, kind: str, code: str, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.code = code
        self.field = field


def not_found(what: str = "There is nothing of that kind.") -> ConsoleError:
    """What was asked for does not exist."""
    return ConsoleError("not_found", "not_found", what)


def forbidden(message: str, code: str = "forbidden") -> ConsoleError:
    """Not with this role, or not now."""
    return ConsoleError("forbidden", code, message)


def conflict(code: str, message: str) -> ConsoleError:
    """Somebody else was quicker, or things have changed."""
    return ConsoleError("conflict", code, message)


def invalid(field: str, message: str) -> ConsoleError:
    """A part of what was sent does not fit."""
    return ConsoleError("invalid", "invalid_request", message, field=field)

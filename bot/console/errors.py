"""Why something is not done, in words for the agent."""

from __future__ import annotations

from collections.abc import Mapping

from bot.answers import Answers, Said
from bot.rules.decision import Value


class ConsoleError(Exception):
    """Not done. `kind` says of what sort: not_found, forbidden, conflict, invalid, unauthorized, locked.

    `phrase` is the phrase that says why, with its `values`; `told` are words at hand already: an answer of the rules,
    or what is wrong with a field of the request.
    """

    def __init__(
        self,
        kind: str,
        code: str,
        phrase: str = "error_not_found",
        *,
        told: str = "",
        field: str | None = None,
        values: Mapping[str, Value | Said] | None = None,
    ) -> None:
        super().__init__(told or phrase)
        self.kind = kind
        self.code = code
        self.field = field
        self._phrase = phrase
        self._told = told
        self._values = values or {}

    def words(self, answers: Answers) -> str:
        """Why, for the agent. Raises UnknownText."""
        return self._told or answers.said(self._phrase, **self._values).web


def not_found(phrase: str = "error_not_found") -> ConsoleError:
    """What was asked for does not exist."""
    return ConsoleError("not_found", "not_found", phrase)


def forbidden(phrase: str, code: str = "forbidden") -> ConsoleError:
    """Not with this role, or not now."""
    return ConsoleError("forbidden", code, phrase)


def conflict(code: str, phrase: str, **values: Value | Said) -> ConsoleError:
    """Somebody else was quicker, or things have changed."""
    return ConsoleError("conflict", code, phrase, values=values)


def refused(code: str, told: str) -> ConsoleError:
    """The rules or the dialogue refuse it, in their own words."""
    return ConsoleError("conflict", code, told=told)


def invalid(field: str, message: str) -> ConsoleError:
    """A part of what was sent does not fit."""
    return ConsoleError("invalid", "invalid_request", told=message, field=field)

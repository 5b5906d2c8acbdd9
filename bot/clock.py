"""The only place that reads the time.

There are two times. `Clock.now()` is the time of policy and conversation: rules are asked as of it, messages
carry it, and `ASSISTANT_AS_OF` moves it, so that the answers of another day can be checked; moved, it stands
still.
`Clock.real()` is never moved: tokens, one-time codes, locks and seat holds run by it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime


class ClockError(ValueError):
    """The instant given cannot move the clock."""


def parse_instant(text: str) -> datetime:
    """An aware instant from ISO text with an offset ("2026-03-02T10:00:00-05:00"). Raises ClockError."""
    try:
        instant = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise ClockError(f"{text!r} is not an ISO instant such as 2026-03-02T10:00:00-05:00") from error
    if instant.tzinfo is None:
        raise ClockError(f"{text!r} has no offset from UTC; write for example 2026-03-02T10:00:00-05:00")
    return instant


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Clock:
    """Tells the time. `as_of` (aware) makes `now()` stand still there; tests replace the two sources."""

    def __init__(
        self,
        as_of: datetime | None = None,
        *,
        real: Callable[[], datetime] = _utc_now,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        if as_of is not None and as_of.tzinfo is None:
            raise ClockError("the clock can only be moved to an instant with an offset")
        self._as_of = as_of
        self._real = real
        self._monotonic = monotonic

    @property
    def as_of(self) -> datetime | None:
        """Where policy and conversation time stands still; None when it runs."""
        return self._as_of

    def now(self) -> datetime:
        """The aware instant that rules and messages go by."""
        return self._as_of if self._as_of is not None else self._real()

    def real(self) -> datetime:
        """The aware instant of the world outside, whatever `as_of` says."""
        return self._real()

    def monotonic(self) -> float:
        """Seconds that only ever grow, for measuring how long something took."""
        return self._monotonic()

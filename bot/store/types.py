"""Column types that refuse what must never be stored: an instant without a zone, a local time with one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator


class Instant(TypeDecorator[datetime]):
    """An aware instant, stored as UTC and read back aware (UTC). Raises ValueError for a naive datetime."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """What the driver gets: UTC; SQLite keeps no zone, so it gets the bare UTC time."""
        if value is None:
            return None
        if value.tzinfo is None or value.utcoffset() is None:
            raise ValueError(f"an instant needs a zone: {value.isoformat()}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """What a reader gets: the instant in UTC."""
        if value is None:
            return None
        assert isinstance(value, datetime)
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class LocalTime(TypeDecorator[datetime]):
    """A wall-clock time at a test centre, stored as text; the zone is the centre's.

    Where the clocks go back a time comes twice: the second one (`fold=1`) is another time than the first. Raises
    ValueError for an aware datetime.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """The time as text, once it is known to carry no zone."""
        return None if value is None else write_local(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        """The time as it was stored."""
        return None if value is None else read_local(value)


_AGAIN = " again"


def write_local(local: datetime) -> str:
    """A local time as text: "2026-03-10T09:00:00", with " again" for the second of two. Refuses an aware one."""
    if local.tzinfo is not None:
        raise ValueError(f"a local time carries no zone: {local.isoformat()}")
    return local.isoformat() + (_AGAIN if local.fold else "")


def read_local(text: str) -> datetime:
    """The local time that `write_local` wrote. Raises ValueError."""
    local = datetime.fromisoformat(text.removesuffix(_AGAIN))
    return local.replace(fold=1) if text.endswith(_AGAIN) else local

"""Reading single fields: each reader notes what is wrong and goes on with something harmless.

The path of a field is only put together when there is a fault to tell, because most records have none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import TypeGuard, TypeVar

from bot.records.faults import Fault, RecordsError
from bot.records.shape import EARLIEST_YEAR, LATEST_YEAR, LONGEST_TEXT, day_of, time_of
from bot.rules.time import UnknownZone, zone

Object = Mapping[str, object]
T = TypeVar("T")

_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


class Fields:
    """Gathers faults while records are read."""

    __slots__ = ("faults",)

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def fault(self, path: str, message: str) -> None:
        """Note one fault."""
        self.faults.append(Fault(path, message))

    def refuse(self) -> None:
        """Raise RecordsError if anything was found."""
        if self.faults:
            raise RecordsError(tuple(self.faults))

    def is_object(self, value: object, path: str, known: frozenset[str]) -> TypeGuard[Object]:
        """Whether it is an object; keys that are not known are faults."""
        if not isinstance(value, dict):
            self.fault(path, f"must be an object, not {shown(value)}")
            return False
        if not value.keys() <= known:
            for key in value:
                if key not in known:
                    self.fault(member(path, str(key)), f"unknown key; known are {', '.join(sorted(known))}")
        return True

    def items(self, within: Object, key: str, path: str) -> list[object]:
        """A list, empty where it is absent or null."""
        value = within.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            self.fault(member(path, key), f"must be a list, not {shown(value)}")
            return []
        return value

    def text(self, within: Object, key: str, path: str, *, required: bool = False) -> str | None:
        """A text that is not blank, None where it is absent or null."""
        value = within.get(key)
        if type(value) is str and value and len(value) <= LONGEST_TEXT and value.isprintable():
            if not value.isspace():
                return value
            self.fault(member(path, key), "is blank")
        elif value is None:
            if required:
                self.fault(member(path, key), "is missing")
        elif not isinstance(value, str):
            self.fault(member(path, key), f"must be text, not {shown(value)}")
        elif not value:
            self.fault(member(path, key), "is blank")
        elif len(value) > LONGEST_TEXT:
            self.fault(member(path, key), f"is longer than {LONGEST_TEXT} characters")
        elif _CONTROL.search(value):
            self.fault(member(path, key), "has characters that cannot be shown")
        else:
            return value
        return None

    def day(self, within: Object, key: str, path: str, *, required: bool = False) -> date | None:
        """A calendar day, as an ISO date or a date of YAML; None where it is absent or null."""
        value = within.get(key)
        if value is None:
            if required:
                self.fault(member(path, key), "is missing")
            return None
        day = day_of(value) if type(value) is str else value if type(value) is date else None
        if day is not None and EARLIEST_YEAR <= day.year <= LATEST_YEAR:
            return day
        self.fault(
            member(path, key),
            f"must be a day like 2026-01-10, from {EARLIEST_YEAR} to {LATEST_YEAR}, not {shown(value)}",
        )
        return None

    def time(self, within: Object, key: str, path: str, *, required: bool = False) -> datetime | None:
        """A day and time, with or without an offset; None where it is absent or null."""
        value = within.get(key)
        if value is None:
            if required:
                self.fault(member(path, key), "is missing")
            return None
        time = time_of(value) if type(value) is str else value if isinstance(value, datetime) else None
        if time is not None and EARLIEST_YEAR <= time.year <= LATEST_YEAR:
            return time
        self.fault(
            member(path, key),
            f"must be a time like 2026-03-10T09:00, from {EARLIEST_YEAR} to {LATEST_YEAR}, not {shown(value)}",
        )
        return None

    def word(self, within: Object, key: str, path: str, words: Mapping[str, T], *, absent: T | None = None) -> T | None:
        """One of a few words. Where it is absent or null: `absent`, or a fault if that is None too."""
        value = within.get(key)
        if type(value) is str:
            found = words.get(value)
            if found is not None:
                return found
        elif value is None:
            if absent is None:
                self.fault(member(path, key), "is missing")
            return absent
        self.fault(member(path, key), f"must be one of {', '.join(words)}, not {shown(value)}")
        return absent

    def count(self, within: Object, key: str, path: str, most: int) -> int | None:
        """A whole number from 0."""
        value = within.get(key)
        if type(value) is int and 0 <= value <= most:
            return value
        if value is None:
            self.fault(member(path, key), "is missing")
        else:
            self.fault(member(path, key), f"must be a whole number from 0 to {most}, not {shown(value)}")
        return None

    def zone(self, within: Object, key: str, path: str, *, required: bool = False) -> str | None:
        """The name of a time zone, None where it is absent or null."""
        name = self.text(within, key, path, required=required)
        if name is None:
            return None
        try:
            zone(name)
        except UnknownZone as error:
            self.fault(member(path, key), str(error))
            return None
        return name


def member(path: str, key: str) -> str:
    """The path of a member of an object."""
    return f"{path}.{key}" if path else key


def shown(value: object) -> str:
    """A value as a fault shows it, never long."""
    if value is None:
        return "null"
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and abs(value) >= 10**20:
        return "a very long number"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."

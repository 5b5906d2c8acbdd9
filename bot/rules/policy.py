"""Dated policy values and how the row for a day is picked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bot.rules.decision import PolicyRow


class MissingPolicy(LookupError):
    """No row of this id is in force on that day (before the first row, or withdrawn)."""

    def __init__(self, policy_id: str, day: date) -> None:
        super().__init__(f"no value of {policy_id} is in force on {day.isoformat()}")
        self.policy_id = policy_id
        self.day = day


@dataclass(frozen=True, slots=True)
class PolicyBook:
    """All rows by id, each list in ascending order of `since`. A row whose value is None withdraws the id."""

    rows: Mapping[str, tuple[PolicyRow, ...]]

    def on(self, policy_id: str, day: date) -> PolicyRow:
        """The row in force on `day`. Raises MissingPolicy."""
        found = None
        for row in self.rows.get(policy_id, ()):
            if row.since <= day:
                found = row
        if found is None or found.value is None:
            raise MissingPolicy(policy_id, day)
        return found

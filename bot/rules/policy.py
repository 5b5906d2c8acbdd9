"""Dated policy values and how the row for a day is picked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from bot.rules.decision import PolicyRow, Value

PURCHASE_WINDOW = "purchase_window.days"
CHANGE_CUTOFF = "change_cutoff.days"
CHANGE_CUTOFF_READING = "change_cutoff.reading"
RETEST_WAIT = "retest_wait.days"
RETEST_WAIT_READING = "retest_wait.reading"
VALIDITY = "validity.years"
CERTIFICATE_ESTIMATE = "certificate_estimate.days"
CERTIFICATE_ANCHOR = "certificate_estimate.anchor"
ONLINE_RESULTS = "online_results.days"
RECERT_COURTESY = "recert_courtesy.days"
DUPLICATE_FEE = "duplicate.fee"
REGISTRATION_FEE = "registration.fee_per_order"
SPANISH_TESTS = "spanish.tests"
TIME_ZONE = "policy.time_zone"
MASTER_SET = "master_set."
PREREQUISITES = "prerequisites."

# The readings of an edge that the source leaves open.
WALL_CLOCK = "wall_clock"
CALENDAR_DAYS = "calendar_days"
FULL_DAYS = "full_days"
ELAPSED_DAYS = "elapsed_days"
LATER_OF_TEST_AND_APPROVAL = "later_of_test_and_approval"
TEST_DATE = "test_date"

READINGS: Mapping[str, tuple[str, ...]] = {
    CHANGE_CUTOFF_READING: (WALL_CLOCK, CALENDAR_DAYS),
    RETEST_WAIT_READING: (FULL_DAYS, ELAPSED_DAYS),
    CERTIFICATE_ANCHOR: (LATER_OF_TEST_AND_APPROVAL, TEST_DATE),
}


class MissingPolicy(LookupError):
    """No row of this id is in force on that day (before the first row, or withdrawn)."""

    def __init__(self, policy_id: str, day: date) -> None:
        super().__init__(f"no value of {policy_id} is in force on {day.isoformat()}")
        self.policy_id = policy_id
        self.day = day


class PolicyFault(ValueError):
    """A policy value that no rule can use (not of the kind its id promises)."""

    def __init__(self, row: PolicyRow, expected: str) -> None:
        super().__init__(f"{row.id} from {row.since.isoformat()}: {row.value!r} is not {expected}")
        self.row = row


@dataclass(frozen=True, slots=True)
class PolicyBook:
    """All rows by id, each list in ascending order of `since`. A row whose value is None withdraws the id."""

    rows: Mapping[str, tuple[PolicyRow, ...]]
    first_day: date | None = field(init=False, compare=False, repr=False)
    """The day the earliest row of all starts; None for an empty book."""

    def __post_init__(self) -> None:
        starts = [rows[0].since for rows in self.rows.values() if rows]
        object.__setattr__(self, "first_day", min(starts, default=None))

    def on(self, policy_id: str, day: date) -> PolicyRow:
        """The row in force on `day`. Raises MissingPolicy."""
        row = self.find(policy_id, day)
        if row is None:
            raise MissingPolicy(policy_id, day)
        return row

    def find(self, policy_id: str, day: date) -> PolicyRow | None:
        """The row in force on `day`, or None: before the first, withdrawn, unknown id."""
        found = None
        for row in self.rows.get(policy_id, ()):
            if row.since > day:
                break
            found = row
        return None if found is None or found.value is None else found

    def with_values(self, values: Mapping[str, Value], source: str) -> PolicyBook:
        """The same book with every row of the named ids replaced by a supposed value.

        Starting days stay, so nothing is in force any earlier than before. An id that has no rows yet
        starts with the book. `source` says where the supposed value comes from.
        """
        rows = dict(self.rows)
        for policy_id, value in values.items():
            old = rows.get(policy_id, ())
            if old:
                rows[policy_id] = tuple(
                    row if row.value is None else replace(row, value=value, source=source, note=None) for row in old
                )
            elif self.first_day is not None:
                rows[policy_id] = (PolicyRow(policy_id, value, self.first_day, source),)
        return PolicyBook(rows)


def whole_number(row: PolicyRow) -> int:
    """The row's value as a count of days or years. Raises PolicyFault."""
    value = row.value
    if type(value) is not int or value < 0:
        raise PolicyFault(row, "a whole number from 0")
    return value


def reading(row: PolicyRow) -> str:
    """The row's value as the name of one of the readings that are implemented. Raises PolicyFault."""
    known = READINGS[row.id]
    if row.value not in known:
        raise PolicyFault(row, " or ".join(known))
    return str(row.value)


def codes(row: PolicyRow) -> tuple[str, ...]:
    """The row's value as a list of test codes. Raises PolicyFault."""
    value = row.value
    if not isinstance(value, (list, tuple)) or not all(isinstance(code, str) for code in value):
        raise PolicyFault(row, "a list of test codes")
    return tuple(value)


def alternatives(row: PolicyRow) -> tuple[tuple[str, ...], ...]:
    """The row's value as a list of alternatives lists. Raises PolicyFault."""
    value = row.value
    if not isinstance(value, (list, tuple)) or not all(
        isinstance(group, (list, tuple)) and group and all(isinstance(code, str) for code in group) for group in value
    ):
        raise PolicyFault(row, "a list of lists of test codes")
    return tuple(tuple(group) for group in value)

"""What a rule answers: an outcome, the reasons for it and the dated policy values it leaned on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

Day = date

# Values stay typed (date, aware datetime, Decimal, str, int, lists and dicts of these) until they leave the
# process: bot/rules/codec.py writes and reads their JSON shape.
Value = object


class Outcome(StrEnum):
    ALLOWED = "allowed"
    REFUSED = "refused"
    NEEDS_PERSON = "needs_person"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """One dated policy value: in force from `since` until the next row of the same id."""

    id: str
    value: Value
    since: date
    source: str
    interpretation: bool = False
    note: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Reason:
    code: str
    values: Mapping[str, Value] = field(default_factory=dict)
    policy: tuple[PolicyRow, ...] = ()


@dataclass(frozen=True, slots=True)
class DecisionSubject:
    test: str | None = None
    series: str | None = None
    appointment_id: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """`reasons` is never empty and the decisive one comes first. Instants are aware."""

    rule: str
    outcome: Outcome
    subject: DecisionSubject
    reasons: tuple[Reason, ...]
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    fee: Decimal | None = None

    @property
    def decisive(self) -> Reason:
        return self.reasons[0]

    def date(self, name: str) -> Day:
        """A calendar day among the values of the decisive reason. Raises TypeError where it holds none of that name."""
        value = self.decisive.values.get(name)
        if not isinstance(value, date) or isinstance(value, datetime):
            raise TypeError(f"{self.rule}: {name} of {self.decisive.code} is no day")
        return value

    def money(self, name: str) -> Decimal:
        """An amount (US dollars) among the values of the decisive reason. Raises TypeError as `date` does."""
        value = self.decisive.values.get(name)
        if not isinstance(value, Decimal):
            raise TypeError(f"{self.rule}: {name} of {self.decisive.code} is no amount")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """Several names or codes among the values of the decisive reason; none where it holds none of that name."""
        value = self.decisive.values.get(name)
        return tuple(str(each) for each in value) if isinstance(value, list | tuple) else ()

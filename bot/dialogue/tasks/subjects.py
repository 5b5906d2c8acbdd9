"""What in a person's records a question can be about, nearest guess first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from bot.dialogue.values import Person
from bot.rules.facts import Appointment, Purchase, Subject
from bot.rules.state import PurchaseState, is_live, state_of


@dataclass(frozen=True, slots=True)
class Option:
    """One thing a question may be about; `key` is what is kept in the task's slot."""

    test: str
    purchase: Purchase | None = None

    @property
    def key(self) -> str:
        return f"{self.test}/{self.purchase.id}" if self.purchase else self.test

    @property
    def appointment(self) -> Appointment | None:
        """The appointment of the purchase, whatever its state."""
        return self.purchase.appointment if self.purchase else None

    @property
    def booked_day(self) -> date | None:
        """The day of the appointment, at the test center."""
        return self.appointment.starts_at.date() if self.appointment else None

    @property
    def subject(self) -> Subject:
        """What a rule is asked about."""
        appointment = self.appointment
        return Subject(
            test=self.test,
            purchase_id=self.purchase.id if self.purchase else None,
            appointment_id=appointment.id if appointment else None,
        )


Options = Callable[[Person, date], Sequence[Option]]


def base(test: str) -> str:
    """The certification a test code belongs to (A5R belongs to A5)."""
    return test[:-1] if test.endswith("R") else test


def _purchases(person: Person, today: date, *states: PurchaseState) -> list[Option]:
    found = [p for p in person.candidate.purchases if state_of(p) in states]
    found.sort(key=lambda p: p.purchased_on, reverse=True)
    return [Option(p.test, p) for p in found]


def booked(person: Person, today: date) -> list[Option]:
    """Tests with an appointment in the books, soonest first."""
    found = _purchases(person, today, PurchaseState.BOOKED)
    return sorted(found, key=lambda o: o.purchase.appointment.starts_at)  # type: ignore[union-attr]


def open_tests(person: Person, today: date) -> list[Option]:
    """Bought and not booked, the one running out first."""
    return sorted(_purchases(person, today, PurchaseState.OPEN), key=lambda o: o.purchase.purchased_on)  # type: ignore[union-attr]


def unsat(person: Person, today: date) -> list[Option]:
    """Bought and not sat: open or booked."""
    return open_tests(person, today) + booked(person, today)


def missed(person: Person, today: date) -> list[Option]:
    return _newest_per_test(_purchases(person, today, PurchaseState.MISSED))


def taken(person: Person, today: date) -> list[Option]:
    return _newest_per_test(_purchases(person, today, PurchaseState.TAKEN, PurchaseState.MISSED))


def failed(person: Person, today: date) -> list[Option]:
    """Tests whose newest sitting was failed or has no result yet."""
    found = _newest_per_test(_purchases(person, today, PurchaseState.TAKEN))
    return [o for o in found if o.purchase and (o.purchase.result is None or o.purchase.result.outcome == "fail")]


def failed_or_missed(person: Person, today: date) -> list[Option]:
    """Tests that one may want to take again."""
    return _newest_per_test(failed(person, today) + missed(person, today))


def nothing_else(person: Person, today: date) -> list[Option]:
    """No second guess."""
    return []


def passed(person: Person, today: date) -> list[Option]:
    found = _newest_per_test(_purchases(person, today, PurchaseState.TAKEN))
    return [o for o in found if o.purchase and (o.purchase.result is None or o.purchase.result.outcome == "pass")]


def any_purchase(person: Person, today: date) -> list[Option]:
    """Every test ever bought and not cancelled, the newest of each."""
    states = [s for s in PurchaseState if s is not PurchaseState.CANCELLED]
    return _newest_per_test(_purchases(person, today, *states))


def each_purchase(person: Person, today: date) -> list[Option]:
    """Every purchase that can still be used, and of those used up the newest of each test."""
    used = _purchases(person, today, PurchaseState.TAKEN, PurchaseState.MISSED)
    return unsat(person, today) + _newest_per_test(used)


def certified(person: Person, today: date) -> list[Option]:
    """Every certification ever held, the one running out first."""
    held = sorted(person.candidate.certifications, key=lambda c: c.certified_on)
    return [Option(test) for test in dict.fromkeys(base(c.test) for c in held)]


def live(person: Person, today: date, window_days: int) -> list[Option]:
    return [o for o in unsat(person, today) if o.purchase and is_live(o.purchase, today, window_days)]


def _newest_per_test(options: list[Option]) -> list[Option]:
    newest: dict[str, Option] = {}
    for option in options:
        newest.setdefault(option.test, option)
    return list(newest.values())


def matching(options: Sequence[Option], test: str) -> list[Option]:
    """The options a said test means: the very code, else the same certification."""
    exact = [o for o in options if o.test == test]
    return exact or [o for o in options if base(o.test) == base(test)]

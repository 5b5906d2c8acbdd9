"""A case made ready for a rule: who asks about which test, what day it is there, the policy of that day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from enum import Enum
from functools import wraps
from zoneinfo import ZoneInfo

from bot.rules.case import Case, CaseError
from bot.rules.decision import Decision, DecisionSubject, Outcome, PolicyRow, Reason, Value
from bot.rules.facts import Purchase
from bot.rules.policy import PURCHASE_WINDOW, TIME_ZONE, MissingPolicy, PolicyFault, whole_number
from bot.rules.state import last_day, newest_bought, of_test
from bot.rules.time import ONE_DAY, UnknownZone, day_at, start_of_day, zone
from bot.rules.vocabulary import REASONS

Rule = Callable[[Case], Decision]


class About(Enum):
    """What a question must name."""

    TEST = "test"
    SERIES = "series"
    NOTHING = "nothing"


class Question:
    """One rule's view of a case.

    `now` is in UTC, `today` the candidate's calendar day, `where` their zone.
    """

    __slots__ = ("_specs", "case", "named", "now", "rule", "test", "today", "where")

    def __init__(self, rule: str, about: About, case: Case) -> None:
        """Raises CaseError where the case is no question that the rule can answer."""
        if case.as_of.tzinfo is None or case.as_of.utcoffset() is None:
            raise CaseError("as_of", "an instant needs an offset from UTC")
        self.rule = rule
        self.case = case
        self.now = case.as_of.astimezone(UTC)
        self.where = _zone_of(case, self.now)
        self.today = day_at(self.now, self.where)
        self.named = _named_purchase(case)
        self.test = _test_of(case, self.named, about)
        self._specs = REASONS[rule]
        subject = case.subject
        if subject.site is not None and subject.site not in case.sites:
            raise CaseError("subject.site", f"unknown site {subject.site[:60]!r}")
        for series in subject.series:
            if series not in case.catalogue.series:
                raise CaseError("subject.series", case.catalogue.unknown_series(series))

    # -- policy and time

    def row(self, policy_id: str) -> PolicyRow:
        """The policy row of the day of the question. Raises MissingPolicy."""
        return self.case.policy.on(policy_id, self.today)

    def find(self, policy_id: str) -> PolicyRow | None:
        """The same, None where there is none."""
        return self.case.policy.find(policy_id, self.today)

    def start_of(self, day: date) -> datetime:
        """The instant at which a day starts for the candidate."""
        return start_of_day(day, self.where)

    def end_of(self, day: date) -> datetime:
        """The instant at which the next day starts for the candidate: the first one that is too late."""
        return start_of_day(day + ONE_DAY, self.where)

    # -- purchases

    def purchases(self) -> list[Purchase]:
        """The purchases the question can mean: the one named, else all of the test; never a cancelled one."""
        if self.named is not None:
            return [] if self.named.cancelled_on is not None else [self.named]
        return self.all_purchases()

    def all_purchases(self) -> list[Purchase]:
        """All purchases of the test, whichever one is named; cancelled ones left out."""
        return of_test(self.case.candidate.purchases, self.test)

    def purchase(self) -> Purchase | None:
        """The purchase meant: the one named, else the one of the test bought last."""
        return newest_bought(self.purchases())

    def bought(self, purchase: Purchase) -> tuple[dict[str, Value], date, PolicyRow]:
        """What reasons say of a purchase, its last day, and the row that sets it.

        `days_left` is absent once the window is over.
        """
        row = self.row(PURCHASE_WINDOW)
        until = last_day(purchase, whole_number(row))
        values: dict[str, Value] = {
            "purchase_id": purchase.id,
            "purchased_on": purchase.purchased_on,
            "must_test_by": until,
        }
        if self.today <= until:
            values["days_left"] = (until - self.today).days
        return values, until, row

    # -- the answer

    def reason(self, code: str, values: Mapping[str, Value] | None = None, *rows: PolicyRow) -> Reason:
        """A reason: the test asked about, the values its code may mention (None: not known) and its rows."""
        spec = self._specs[code]
        told: dict[str, Value] = {"test": self.test} if self.test and spec.mentions("test") else {}
        if values:
            for name, value in values.items():
                if value is not None and spec.mentions(name):
                    told[name] = value
        return Reason(code, told, rows)

    def decision(
        self,
        *reasons: Reason,
        opens_at: datetime | None = None,
        closes_at: datetime | None = None,
        appointment_id: str | None = None,
        series: str | None = None,
    ) -> Decision:
        """The decision for these reasons; the first sets the outcome."""
        outcome = self._specs[reasons[0].code].outcome or Outcome.CANNOT_TELL
        subject = DecisionSubject(
            self.test or None,
            series,
            appointment_id if appointment_id is not None else self.case.subject.appointment_id,
        )
        return Decision(self.rule, outcome, subject, reasons, opens_at, closes_at)


def rule(name: str, about: About, leans_on: str) -> Callable[[Callable[[Question], Decision]], Rule]:
    """Make a rule of a function that answers a Question.

    What the rule gains: the question is prepared and its faults raised as CaseError, and where policy has not
    started yet (or a value is missing) the decision is that it cannot be told. `leans_on` is the id said to
    be missing.
    """

    def make(answer: Callable[[Question], Decision]) -> Rule:
        @wraps(answer)
        def answered(case: Case) -> Decision:
            question = Question(name, about, case)
            first = case.policy.first_day
            if first is None or question.today < first:
                return _policy_missing(question, leans_on)
            try:
                return answer(question)
            except MissingPolicy as missing:
                return _policy_missing(question, missing.policy_id)
            except PolicyFault as fault:
                raise CaseError(f"policy.{fault.row.id}", str(fault)) from fault

        return answered

    return make


def _policy_missing(question: Question, policy_id: str) -> Decision:
    first = question.case.policy.first_day
    series = question.case.subject.series
    return question.decision(
        question.reason(
            "policy_missing",
            {
                "policy_id": policy_id,
                "asked_on": question.today,
                "series": series[0] if len(series) == 1 else None,
                "starts_on": first if first is not None and question.today < first else None,
            },
        ),
        series=series[0] if len(series) == 1 else None,
    )


def _zone_of(case: Case, now: datetime) -> ZoneInfo:
    """The candidate's zone; where it is not known, the zone that policy names."""
    name = case.candidate.time_zone
    field = "candidate.time_zone"
    if name is None:
        field = f"policy.{TIME_ZONE}"
        row = case.policy.find(TIME_ZONE, now.date())
        if row is None:  # before the first row: its zone still says what day is meant
            rows = case.policy.rows.get(TIME_ZONE, ())
            row = rows[0] if rows else None
        if row is None or not isinstance(row.value, str):
            raise CaseError(field, "no time zone is known for people without one")
        name = row.value
    try:
        return zone(name)
    except UnknownZone as error:
        raise CaseError(field, str(error)) from error


def _named_purchase(case: Case) -> Purchase | None:
    """The purchase that the question names, by its own id or by that of its appointment."""
    subject = case.subject
    if subject.purchase_id is None and subject.appointment_id is None:
        return None
    by_id = by_appointment = None
    for bought in case.candidate.purchases:
        if bought.id == subject.purchase_id:
            by_id = bought
        if bought.appointment is not None and bought.appointment.id == subject.appointment_id:
            by_appointment = bought
    if subject.purchase_id is not None and by_id is None:
        raise CaseError("subject.purchase_id", f"unknown purchase {subject.purchase_id[:60]!r}")
    if subject.appointment_id is not None and by_appointment is None:
        raise CaseError("subject.appointment_id", f"unknown appointment {subject.appointment_id[:60]!r}")
    if by_id is not None and by_appointment is not None and by_id is not by_appointment:
        raise CaseError("subject.appointment_id", "the appointment belongs to another purchase")
    return by_id if by_id is not None else by_appointment


def _test_of(case: Case, named: Purchase | None, about: About) -> str:
    """The code asked about, as asked; empty where a question needs and names none."""
    code = case.subject.test
    if code is None:
        if named is not None:
            return named.test
        if about is About.TEST:
            raise CaseError("subject.test", "this question needs a test")
        return ""
    if case.catalogue.find(code) is None:
        raise CaseError("subject.test", case.catalogue.unknown(code))
    if named is not None and named.test != code:
        field = "purchase_id" if case.subject.purchase_id is not None else "appointment_id"
        raise CaseError(f"subject.{field}", f"that purchase is of {named.test}, not of {code}")
    return code

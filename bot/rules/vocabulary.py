"""Every reason a rule can give: its code, its outcome and the values its sentence may mention.

The order of the codes is the order in which they stand in a decision: the first that applies is decisive.
Wording, tests and anything that must know all codes read this table; rules are tested to emit nothing else.

Types of the values (see `VALUE_TYPES`): dates are `date`, instants aware `datetime`, money `Decimal`, counts
`int`, codes and ids `str`; `expired` is a list of ``{"test": str, "on": date}``, `next_lapse` one such;
`required` (and `missing` of `advanced_prerequisites`) are lists of lists of test codes, one of each inner
list being needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.rules.decision import Outcome

ALLOWED = Outcome.ALLOWED
REFUSED = Outcome.REFUSED
NEEDS_PERSON = Outcome.NEEDS_PERSON
CANNOT_TELL = Outcome.CANNOT_TELL


@dataclass(frozen=True, slots=True)
class ReasonSpec:
    """What is promised of a reason.

    `outcome` is None for a reason that is only ever added to others and takes their outcome. A reason
    always has the `required` values and may have the `optional` ones; `policy` names the policy rows it may
    cite (``<…>`` stands for a code of the catalogue).
    """

    outcome: Outcome | None
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    policy: tuple[str, ...] = ()
    names: frozenset[str] = field(init=False, repr=False, compare=False)
    """All names of values the reason may have."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", frozenset((*self.required, *self.optional)))

    def mentions(self, name: str) -> bool:
        """Whether a reason of this code may have a value of that name."""
        return name in self.names


WINDOW = ("purchase_window.days",)
CUTOFF = ("change_cutoff.days", "change_cutoff.reading")
WAIT = ("retest_wait.days", "retest_wait.reading")
ESTIMATE = ("certificate_estimate.days", "certificate_estimate.anchor")
SET = ("master_set.<series>",)
PREREQUISITES = ("prerequisites.<test>",)

# The rules' own starting day has not come yet, so nothing is said about the case. `policy_id` is the
# missing value.
POLICY_MISSING = ReasonSpec(CANNOT_TELL, ("policy_id", "asked_on"), ("test", "series", "starts_on"))

# A purchase as its reasons describe it.
_BOUGHT = ("test", "purchase_id", "purchased_on", "must_test_by")
# An appointment that exists.
_BOOKED = ("appointment_id", "starts_at", "site", "change_by")
# The start that is asked for, in `schedule_test` and `reschedule`.
_ASKED = ("starts_at", "site", "site_name")
_NEW = ("new_starts_at", "new_site", "new_site_name")

_WINDOW_FACTS = ("purchase_id", "purchased_on", "must_test_by", "days_left")

REASONS: Mapping[str, Mapping[str, ReasonSpec]] = {
    "purchase_window": {
        "no_purchase": ReasonSpec(REFUSED, ("test",)),
        "test_already_taken": ReasonSpec(REFUSED, (*_BOUGHT, "taken_on"), ("days_left",), WINDOW),
        "no_show_forfeited": ReasonSpec(REFUSED, (*_BOUGHT, "missed_on"), ("days_left", "posted_on"), WINDOW),
        "window_expired": ReasonSpec(REFUSED, _BOUGHT, (), WINDOW),
        "window_open": ReasonSpec(ALLOWED, (*_BOUGHT, "days_left"), (), WINDOW),
    },
    "schedule_test": {
        "no_purchase": ReasonSpec(REFUSED, ("test",), _ASKED),
        "test_already_taken": ReasonSpec(REFUSED, (*_BOUGHT, "taken_on"), ("days_left", *_ASKED), WINDOW),
        "no_show_forfeited": ReasonSpec(REFUSED, (*_BOUGHT, "missed_on"), ("days_left", "posted_on", *_ASKED), WINDOW),
        "window_expired": ReasonSpec(REFUSED, _BOUGHT, _ASKED, WINDOW),
        "accommodation_pending": ReasonSpec(REFUSED, ("test",), ("submitted_on", *_WINDOW_FACTS, *_ASKED), WINDOW),
        # `starts_at`, `site`: the appointment that is there; the start asked for is `new_…`.
        "appointment_past": ReasonSpec(
            REFUSED, (*_BOUGHT, *_BOOKED), ("days_left", "site_name", *_NEW), (*WINDOW, *CUTOFF)
        ),
        "already_scheduled": ReasonSpec(
            REFUSED, (*_BOUGHT, *_BOOKED), ("days_left", "site_name", *_NEW), (*WINDOW, *CUTOFF)
        ),
        "after_window": ReasonSpec(REFUSED, (*_BOUGHT, "starts_at"), ("days_left", "site", "site_name"), WINDOW),
        "start_in_past": ReasonSpec(REFUSED, ("test", "starts_at"), (*_WINDOW_FACTS, "site", "site_name"), WINDOW),
        "seat_taken": ReasonSpec(REFUSED, ("test", "starts_at", "site"), (*_WINDOW_FACTS, "site_name"), WINDOW),
        "can_schedule": ReasonSpec(ALLOWED, (*_BOUGHT, "days_left"), _ASKED, WINDOW),
    },
    "reschedule": {
        "no_appointment": ReasonSpec(REFUSED, ("test",), (*_WINDOW_FACTS, *_NEW), WINDOW),
        "appointment_past": ReasonSpec(
            REFUSED, (*_BOUGHT, *_BOOKED), ("days_left", "site_name", *_NEW), (*WINDOW, *CUTOFF)
        ),
        "inside_change_cutoff": ReasonSpec(
            REFUSED, (*_BOUGHT, *_BOOKED), ("days_left", "site_name", *_NEW), (*WINDOW, *CUTOFF)
        ),
        "accommodation_pending": ReasonSpec(
            REFUSED,
            ("test",),
            ("submitted_on", *_WINDOW_FACTS, *_BOOKED, "site_name", *_NEW),
            (*WINDOW, *CUTOFF),
        ),
        "after_window": ReasonSpec(
            REFUSED,
            (*_BOUGHT, "new_starts_at"),
            ("days_left", *_BOOKED, "site_name", "new_site", "new_site_name"),
            (*WINDOW, *CUTOFF),
        ),
        "start_in_past": ReasonSpec(
            REFUSED,
            ("test", "new_starts_at"),
            (*_WINDOW_FACTS, *_BOOKED, "site_name", "new_site", "new_site_name"),
            (*WINDOW, *CUTOFF),
        ),
        "window_expired": ReasonSpec(REFUSED, _BOUGHT, (*_BOOKED, "site_name", *_NEW), (*WINDOW, *CUTOFF)),
        "can_reschedule": ReasonSpec(
            ALLOWED, (*_BOUGHT, *_BOOKED, "days_left"), ("site_name", *_NEW), (*WINDOW, *CUTOFF)
        ),
    },
    "cancel_appointment": {
        "no_appointment": ReasonSpec(REFUSED, ("test",), _WINDOW_FACTS, WINDOW),
        "appointment_past": ReasonSpec(REFUSED, (*_BOUGHT, *_BOOKED), ("days_left", "site_name"), (*WINDOW, *CUTOFF)),
        "inside_change_cutoff": ReasonSpec(
            REFUSED, (*_BOUGHT, *_BOOKED), ("days_left", "site_name"), (*WINDOW, *CUTOFF)
        ),
        # days_left is absent where the window has ended: the appointment can be given up, the test is lost
        # all the same.
        "can_cancel_appointment": ReasonSpec(
            ALLOWED, (*_BOUGHT, *_BOOKED), ("days_left", "site_name"), (*WINDOW, *CUTOFF)
        ),
    },
    "cancel_test": {
        "no_purchase": ReasonSpec(REFUSED, ("test",)),
        "test_already_taken": ReasonSpec(REFUSED, (*_BOUGHT, "taken_on"), ("days_left",), WINDOW),
        "no_show_forfeited": ReasonSpec(REFUSED, (*_BOUGHT, "missed_on"), ("days_left", "posted_on"), WINDOW),
        "window_expired": ReasonSpec(REFUSED, _BOUGHT, (*_BOOKED, "site_name"), (*WINDOW, *CUTOFF)),
        "appointment_past": ReasonSpec(REFUSED, (*_BOUGHT, *_BOOKED), ("days_left", "site_name"), (*WINDOW, *CUTOFF)),
        "inside_change_cutoff": ReasonSpec(
            REFUSED, (*_BOUGHT, *_BOOKED), ("days_left", "site_name"), (*WINDOW, *CUTOFF)
        ),
        "not_your_purchase": ReasonSpec(REFUSED, _BOUGHT, ("days_left", *_BOOKED, "site_name"), (*WINDOW, *CUTOFF)),
        # steps: names of rules, in order; both or neither.
        "can_cancel_test": ReasonSpec(
            ALLOWED, (*_BOUGHT, "days_left", "steps"), (*_BOOKED, "site_name"), (*WINDOW, *CUTOFF)
        ),
    },
    "repurchase_after_no_show": {
        "no_missed_test": ReasonSpec(REFUSED, ("test",)),
        # purchase_id, purchased_on, must_test_by: of the purchase that is still good.
        "already_purchased": ReasonSpec(REFUSED, (*_BOUGHT, "days_left"), ("missed_on", "posted_on"), WINDOW),
        "no_show_not_posted": ReasonSpec(REFUSED, ("test", "missed_on")),
        "can_repurchase": ReasonSpec(ALLOWED, ("test", "missed_on", "posted_on"), (), ("registration.fee_per_order",)),
    },
    "retest": {
        # state: taken | missed, of the sitting whose result is awaited; on: its day.
        "result_not_posted": ReasonSpec(CANNOT_TELL, ("test", "state", "on")),
        # days_left: days of waiting still to come after today (0 on the last one); opens_in_days = opens_on
        # - today.
        "retest_wait": ReasonSpec(REFUSED, ("test", "failed_on", "opens_on", "days_left", "opens_in_days"), (), WAIT),
        "already_purchased": ReasonSpec(
            REFUSED, (*_BOUGHT,), ("failed_on", "opens_on", "window_days_left"), (*WINDOW, *WAIT)
        ),
        "retest_open": ReasonSpec(ALLOWED, ("test", "failed_on", "opens_on"), (), WAIT),
        "no_wait_applies": ReasonSpec(ALLOWED, ("test",), ("passed_on",)),
    },
    "certification_status": {
        "current": ReasonSpec(ALLOWED, ("test", "certified_on", "expires_on", "days_left"), (), ("validity.years",)),
        "expired": ReasonSpec(REFUSED, ("test", "certified_on", "expires_on"), (), ("validity.years",)),
        "never_certified": ReasonSpec(REFUSED, ("test",)),
    },
    "recertification": {
        "never_certified": ReasonSpec(REFUSED, ("test",)),
        # days_given_up is 0 once lapsed.
        "recert_lapsed": ReasonSpec(
            ALLOWED,
            ("test", "certified_on", "expires_on", "new_expires_on", "days_given_up"),
            (),
            ("validity.years",),
        ),
        "recert_early": ReasonSpec(
            ALLOWED,
            ("test", "certified_on", "expires_on", "new_expires_on", "days_given_up", "due_from"),
            (),
            ("validity.years", "recert_courtesy.days"),
        ),
        "recert_due": ReasonSpec(
            ALLOWED,
            ("test", "certified_on", "expires_on", "new_expires_on", "days_given_up"),
            (),
            ("validity.years", "recert_courtesy.days"),
        ),
    },
    "master_status": {
        "set_not_in_source": ReasonSpec(CANNOT_TELL, ("series",)),
        # next_lapse: the first of those still current to lapse.
        "master_missing": ReasonSpec(
            REFUSED, ("series", "missing", "expired"), ("next_lapse",), (*SET, "validity.years")
        ),
        "master_lapsed": ReasonSpec(
            REFUSED, ("series", "missing", "expired"), ("next_lapse",), (*SET, "validity.years")
        ),
        "master_held": ReasonSpec(
            ALLOWED, ("series", "missing", "expired", "next_lapse"), (), (*SET, "validity.years")
        ),
    },
    "certificate_delivery": {
        "result_not_posted": ReasonSpec(CANNOT_TELL, ("test", "test_date")),
        "not_passed": ReasonSpec(REFUSED, ("test",), ("failed_on",)),
        "experience_not_submitted": ReasonSpec(REFUSED, ("test", "test_date")),
        "experience_in_review": ReasonSpec(REFUSED, ("test", "test_date"), ("submitted_on",)),
        "experience_returned": ReasonSpec(REFUSED, ("test", "test_date"), ("submitted_on", "returned_on")),
        "certificate_expected": ReasonSpec(ALLOWED, ("test", "test_date", "expected_on"), ("approved_on",), ESTIMATE),
        "certificate_should_have_arrived": ReasonSpec(
            ALLOWED, ("test", "test_date", "expected_on"), ("approved_on",), ESTIMATE
        ),
        "address_changed_after_test": ReasonSpec(None, ("test", "test_date", "address_changed_on")),
    },
    "results_availability": {
        "not_taken_yet": ReasonSpec(REFUSED, ("test",)),
        "no_show_no_results": ReasonSpec(REFUSED, ("test", "taken_on", "missed_on", "outcome"), ("posted_on",)),
        "results_posted": ReasonSpec(
            ALLOWED,
            ("test", "taken_on", "posted_on", "outcome"),
            ("online_by",),
            ("online_results.days",),
        ),
        "results_emailed_online_soon": ReasonSpec(
            ALLOWED, ("test", "taken_on", "online_by"), (), ("online_results.days",)
        ),
        # added to the one before, never alone
        "results_overdue": ReasonSpec(ALLOWED, ("test", "taken_on", "online_by"), (), ("online_results.days",)),
    },
    "advanced_prerequisites": {
        "prerequisites_not_in_source": ReasonSpec(CANNOT_TELL, ("test",)),
        # required, missing: lists of alternatives lists, one of each list is needed; held: a flat list.
        "prerequisite_missing": ReasonSpec(
            REFUSED, ("test", "required", "held", "missing"), (), (*PREREQUISITES, "validity.years")
        ),
        "prerequisites_met": ReasonSpec(
            ALLOWED, ("test", "required", "held", "missing"), (), (*PREREQUISITES, "validity.years")
        ),
        "no_prerequisites": ReasonSpec(ALLOWED, ("test", "required", "held", "missing")),
    },
    "duplicate_certificate": {
        # series: those asked for in which nothing was ever certified (empty: none at all); held: those one
        # could order.
        "no_certificate_in_series": ReasonSpec(REFUSED, ("series",), ("held",)),
        "duplicate_available": ReasonSpec(ALLOWED, ("series", "fee_per_series", "total"), (), ("duplicate.fee",)),
    },
    "accommodation": {
        "accommodation_pending": ReasonSpec(REFUSED, (), ("test", "submitted_on")),
        "accommodation_denied": ReasonSpec(NEEDS_PERSON, (), ("test", "submitted_on", "decided_on")),
        "accommodation_approved": ReasonSpec(ALLOWED, (), ("test", "submitted_on", "decided_on")),
        "no_request": ReasonSpec(ALLOWED, (), ("test",)),
    },
    "test_language": {
        # tests: all that are offered in Spanish
        "offered_in_spanish": ReasonSpec(ALLOWED, ("test", "tests"), (), ("spanish.tests",)),
        "not_offered_in_spanish": ReasonSpec(REFUSED, ("test", "tests"), (), ("spanish.tests",)),
    },
}
REASONS = {rule: {**codes, "policy_missing": POLICY_MISSING} for rule, codes in REASONS.items()}

# What each value is, for formatting and for reading a stored decision back.
VALUE_TYPES: Mapping[str, str] = {
    "address_changed_on": "date",
    "appointment_id": "id",
    "approved_on": "date",
    "asked_on": "date",
    "certified_on": "date",
    "change_by": "instant",
    "days_given_up": "days",
    "days_left": "days",
    "decided_on": "date",
    "due_from": "date",
    "expected_on": "date",
    "expired": "dated_tests",
    "expires_on": "date",
    "failed_on": "date",
    "fee_per_series": "money",
    "held": "codes",  # tests, in duplicate_certificate series
    "missed_on": "date",
    "missing": "codes_or_alternatives",
    "must_test_by": "date",
    "new_expires_on": "date",
    "new_site": "id",
    "new_site_name": "text",
    "new_starts_at": "instant",
    "next_lapse": "dated_test",
    "on": "date",
    "online_by": "date",
    "opens_in_days": "days",
    "opens_on": "date",
    "outcome": "word",
    "passed_on": "date",
    "policy_id": "id",
    "posted_on": "date",
    "purchase_id": "id",
    "purchased_on": "date",
    "required": "alternatives",
    "returned_on": "date",
    "series": "series",  # one id, or a list of ids in duplicate_certificate
    "site": "id",
    "site_name": "text",
    "starts_at": "instant",
    "starts_on": "date",
    "state": "word",
    "steps": "rules",
    "submitted_on": "date",
    "taken_on": "date",
    "test": "code",
    "test_date": "date",
    "tests": "codes",
    "total": "money",
    "window_days_left": "days",
}

"""What holds for every case there can be."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rules.case import CaseError
from bot.rules.codec import decision_from_json, decision_to_json
from bot.rules.decision import Outcome
from bot.rules.facts import AppointmentStatus, Subject
from bot.rules.registry import RULES, decide
from bot.rules.time import day_at, start_of_day, zone
from bot.rules.vocabulary import REASONS
from tests.rules.literal import case_of, promised
from tests.rules.strategies import Builder, case_and_later, cases, timed
from tests.rules.test_tables import differing

rules = st.sampled_from(sorted(RULES))
bounded = settings(
    derandomize=True,
    max_examples=400,
    deadline=None,
    database=None,
)
SECOND = timedelta(seconds=1)
SEEDS = range(4000)


def decided(rule):
    """Many cases with what the rule says of them and a later instant, for what is too rare to be met by chance."""
    for case, later in many():
        yield case, decide(rule, case), later


@cache
def many():
    return [timed(seed) for seed in SEEDS]


def _instant(value: object) -> datetime:
    assert isinstance(value, datetime)
    return value


@bounded
@given(rule=rules, case=cases)
def test_every_case_gets_a_decision_with_one_outcome_and_known_reasons(rule, case):
    decision = decide(rule, case)
    promised(decision)
    assert decision.rule == rule
    assert decision == decide(rule, case)


@bounded
@given(rule=rules, case=cases)
def test_a_decision_survives_being_written_and_read(rule, case):
    decision = decide(rule, case)
    shown = decision_to_json(decision)
    read = decision_from_json(json.loads(json.dumps(shown)))
    assert decision_to_json(read) == shown
    assert list(differing(decision, read)) == []


@bounded
@given(rule=rules, case=cases)
def test_what_is_open_closes_when_it_says(rule, case):
    decision = decide(rule, case)
    if decision.closes_at is None:
        return
    assert decision.outcome is Outcome.ALLOWED
    closes = decision.closes_at.astimezone(UTC)
    assert case.as_of.astimezone(UTC) <= closes
    reading = case.policy.rows["change_cutoff.reading"][0].value
    by_cutoff = closes in {
        _instant(reason.values["change_by"]).astimezone(UTC)
        for reason in decision.reasons
        if "change_by" in reason.values
    }
    at_it = decide(rule, replace(case, as_of=closes))
    # Changes by the clock close behind that instant, everything else with it.
    still = (
        by_cutoff
        and reading == "wall_clock"
        and closes < _instant(decision.decisive.values["starts_at"])
        and not _window_is_over(case, closes, decision)
        and not (decision.rule == "reschedule" and _start_is_past(case, closes))
    )
    assert (at_it.outcome is Outcome.ALLOWED) is still
    behind = decide(rule, replace(case, as_of=closes + SECOND))
    assert behind.outcome is Outcome.REFUSED
    if case.subject.starts_at is None:
        before = decide(rule, replace(case, as_of=max(closes - SECOND, case.as_of.astimezone(UTC))))
        assert before.outcome is Outcome.ALLOWED


def _window_is_over(case, instant, decision):
    until = decision.decisive.values["must_test_by"]
    where = zone(case.candidate.time_zone or "America/New_York")
    return decision.rule != "cancel_appointment" and day_at(instant, where) > until


def _start_is_past(case, instant):
    if case.subject.starts_at is None:
        return False
    late = decide("schedule_test", replace(case, as_of=instant))
    return any(reason.code == "start_in_past" for reason in late.reasons)


def test_what_is_refused_opens_when_it_says():
    found = 0
    for rule in RULES:
        for case, decision, _ in decided(rule):
            if decision.opens_at is None:
                continue
            found += 1
            assert decision.outcome is Outcome.REFUSED
            assert decide(rule, replace(case, as_of=decision.opens_at)).outcome is Outcome.ALLOWED
            before = decision.opens_at.astimezone(UTC) - SECOND
            assert decide(rule, replace(case, as_of=before)).outcome is Outcome.REFUSED
    assert found >= 25


@bounded
@given(
    rule=st.sampled_from(
        ["purchase_window", "cancel_appointment", "reschedule", "cancel_test", "certification_status", "master_status"]
    ),
    timed=case_and_later,
)
def test_what_time_alone_has_refused_stays_refused(rule, timed):
    """Windows, cut-offs and certifications only ever end."""
    case, later = timed
    first = decide(rule, case)
    if first.outcome is Outcome.REFUSED and first.decisive.code != "policy_missing":
        assert decide(rule, replace(case, as_of=later)).outcome is Outcome.REFUSED


def test_a_wait_once_over_stays_over():
    over = [(case, later) for case, decision, later in decided("retest") if decision.decisive.code == "retest_open"]
    assert len(over) >= 25
    for case, later in over:
        then = decide("retest", replace(case, as_of=later))
        assert then.decisive.code not in ("retest_wait", "no_wait_applies")


def test_a_course_once_behind_is_not_ahead_again():
    """The estimates of certificate and results pass, and a posted result stays posted."""
    order = ["certificate_expected", "certificate_should_have_arrived"]
    compared = 0
    for case, now, later in decided("certificate_delivery"):
        then = decide("certificate_delivery", replace(case, as_of=later))
        if now.decisive.code in order and then.decisive.values.get("test_date") == now.decisive.values["test_date"]:
            compared += 1
            assert order.index(then.decisive.code) >= order.index(now.decisive.code)
    assert compared >= 20
    posted = [
        (case, later)
        for case, decision, later in decided("results_availability")
        if decision.decisive.code == "results_posted"
    ]
    assert len(posted) >= 100
    for case, later in posted:
        assert decide("results_availability", replace(case, as_of=later)).decisive.code == "results_posted"


@bounded
@given(rule=rules, case=cases)
def test_the_offset_in_which_an_instant_is_written_does_not_matter(rule, case):
    """Nor does the zone in which it is held."""
    moved = case.as_of.astimezone(zone("Asia/Kolkata"))
    assert decision_to_json(decide(rule, replace(case, as_of=moved))) == decision_to_json(decide(rule, case))


@bounded
@given(rule=rules, case=cases)
def test_a_cancelled_purchase_is_as_if_never_bought(rule, case):
    if case.subject.purchase_id is not None:
        return
    kept = tuple(p for p in case.candidate.purchases if p.cancelled_on is None)
    without = replace(case, candidate=replace(case.candidate, purchases=kept))
    assert decide(rule, without) == decide(rule, case)


@bounded
@given(rule=st.sampled_from(["reschedule", "cancel_appointment", "cancel_test", "schedule_test"]), case=cases)
def test_inside_the_cutoff_and_past_are_never_said_together(rule, case):
    codes = {reason.code for reason in decide(rule, case).reasons}
    assert not {"inside_change_cutoff", "appointment_past"} <= codes
    assert not {"already_scheduled", "appointment_past"} <= codes
    if case.candidate.purchases and all(
        p.appointment is None or p.appointment.status is AppointmentStatus.CANCELLED for p in case.candidate.purchases
    ):
        assert not codes & {"inside_change_cutoff", "appointment_past", "already_scheduled"}


@bounded
@given(case=cases)
def test_the_last_day_is_the_last_day(case):
    """A window that is open names its days left, and at the start of the last of them it is open still."""
    decision = decide("purchase_window", case)
    if decision.outcome is not Outcome.ALLOWED:
        return
    until = decision.decisive.values["must_test_by"]
    where = zone(case.candidate.time_zone or "America/New_York")
    on_it = decide("purchase_window", replace(case, as_of=start_of_day(until, where)))
    assert on_it.decisive.values["days_left"] == 0


def test_what_is_no_question_is_an_error_and_not_a_decision():
    plain = case_of({"at": "2026-03-02T12:00-06:00"})
    with pytest.raises(CaseError) as raised:
        decide("refunds", plain)
    assert raised.value.field == "rule"
    assert "cancel_test" in raised.value.message
    for rule in RULES:
        with pytest.raises(CaseError):
            decide(rule, replace(plain, as_of=datetime(2026, 3, 2)))
        with pytest.raises(CaseError):
            decide(rule, replace(plain, subject=Subject(test="Z0", series=("automobile",))))


def test_found_every_reason():
    """found at least one case of every reason there is, so that nothing above holds for want of cases"""
    seen = set()
    opens = closes = 0
    for seed in range(2500):
        case = Builder(seed).case()
        for rule in RULES:
            decision = decide(rule, case)
            promised(decision)
            seen |= {(rule, reason.code) for reason in decision.reasons}
            opens += decision.opens_at is not None
            closes += decision.closes_at is not None
    assert {(rule, code) for rule, codes in REASONS.items() for code in codes} - seen == set()
    assert opens >= 10
    assert closes >= 1000

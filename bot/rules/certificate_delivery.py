"""When the certificate for a passed test comes."""

from __future__ import annotations

from datetime import timedelta

from bot.rules.decision import Decision, PolicyRow, Reason, Value
from bot.rules.facts import ExperienceStatus, Purchase, ResultOutcome
from bot.rules.policy import (
    CERTIFICATE_ANCHOR,
    CERTIFICATE_ESTIMATE,
    LATER_OF_TEST_AND_APPROVAL,
    reading,
    whole_number,
)
from bot.rules.question import About, Question, rule
from bot.rules.state import PurchaseState, is_posted, newest_sitting, sitting_day, state_of

NOT_APPROVED = {
    ExperienceStatus.NOT_SUBMITTED: "experience_not_submitted",
    ExperienceStatus.IN_REVIEW: "experience_in_review",
    ExperienceStatus.RETURNED: "experience_returned",
}


@rule("certificate_delivery", About.TEST, CERTIFICATE_ESTIMATE)
def certificate_delivery(question: Question) -> Decision:
    """`certificate_expected` through the estimated day, `certificate_should_have_arrived` after it.

    The newest posted pass decides. A missed test cannot become a pass, so only a test taken and not posted
    leaves it open. No date is promised while the work experience is not approved.
    """
    today, sites = question.today, question.case.sites
    taken = [p for p in question.purchases() if state_of(p) is PurchaseState.TAKEN]
    posted = [p for p in taken if is_posted(p, today)]
    passed = newest_sitting([p for p in posted if _outcome(p) is ResultOutcome.PASS], sites)
    if passed is None:
        waiting = newest_sitting([p for p in taken if not is_posted(p, today)], sites)
        if waiting is not None:
            values: dict[str, Value] = {"test_date": sitting_day(waiting, sites)}
            return question.decision(question.reason("result_not_posted", values))
        failed = newest_sitting(posted, sites)
        values = {"failed_on": sitting_day(failed, sites)} if failed else {}
        return question.decision(question.reason("not_passed", values))

    reasons = [_course(question, passed)]
    moved = question.case.candidate.address_changed_on
    test_date = sitting_day(passed, sites)
    if moved is not None and moved > test_date:
        values = {"test_date": test_date, "address_changed_on": moved}
        reasons.append(question.reason("address_changed_after_test", values))
    return question.decision(*reasons)


def _outcome(purchase: Purchase) -> ResultOutcome | None:
    return purchase.result.outcome if purchase.result is not None else None


def _course(question: Question, passed: Purchase) -> Reason:
    """How far the certificate for a posted pass has come."""
    experience = question.case.candidate.work_experience
    test_date = sitting_day(passed, question.case.sites)
    values: dict[str, Value] = {"test_date": test_date}
    if experience.status is not ExperienceStatus.APPROVED:
        values["submitted_on"] = experience.submitted_on
        values["returned_on"] = experience.decided_on
        return question.reason(NOT_APPROVED[experience.status], values)
    days, anchor = question.row(CERTIFICATE_ESTIMATE), question.row(CERTIFICATE_ANCHOR)
    rows: tuple[PolicyRow, ...] = (days, anchor)
    counted_from = test_date
    approved = experience.decided_on  # without a day: approved before the test
    if approved is not None and reading(anchor) == LATER_OF_TEST_AND_APPROVAL:
        counted_from = max(test_date, approved)
    expected = counted_from + timedelta(days=whole_number(days))
    values |= {"expected_on": expected, "approved_on": approved}
    code = "certificate_expected" if question.today <= expected else "certificate_should_have_arrived"
    return question.reason(code, values, *rows)

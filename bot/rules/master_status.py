"""Whether Master status is held in a series."""

from __future__ import annotations

from bot.rules.case import CaseError
from bot.rules.certifications import base_test, certified_on, expiry, validity
from bot.rules.decision import Decision, Value
from bot.rules.policy import MASTER_SET, VALIDITY, codes
from bot.rules.question import About, Question, rule


@rule("master_status", About.SERIES, VALIDITY)
def master_status(question: Question) -> Decision:
    """`master_held` while every test of the series' set is current; the first to lapse ends it.

    `missing` and `expired` are in the order of the set. Where the set of a series is not known, nothing is
    said.
    """
    series = _series(question)
    required = question.find(MASTER_SET + series)
    if required is None:
        return question.decision(question.reason("set_not_in_source", {"series": series}), series=series)
    row = validity(question)
    certified = certified_on(question)
    missing: list[str] = []
    expired: list[dict[str, Value]] = []
    first_to_lapse = None
    for code in codes(required):
        day = certified.get(code)
        if day is None:
            missing.append(code)
            continue
        expires = expiry(day, row)
        if expires < question.today:
            expired.append({"test": code, "on": expires})
        elif first_to_lapse is None or expires < first_to_lapse[1]:
            first_to_lapse = (code, expires)
    values: dict[str, Value] = {"series": series, "missing": missing, "expired": expired}
    if first_to_lapse is not None:
        values["next_lapse"] = {"test": first_to_lapse[0], "on": first_to_lapse[1]}
    reasons = []
    if missing:
        reasons.append(question.reason("master_missing", values, required, row))
    if expired:
        reasons.append(question.reason("master_lapsed", values, required, row))
    if reasons:
        return question.decision(*reasons, series=series)
    closes_at = question.end_of(first_to_lapse[1]) if first_to_lapse else None
    return question.decision(
        question.reason("master_held", values, required, row),
        closes_at=closes_at,
        series=series,
    )


def _series(question: Question) -> str:
    """The one series asked about, or the one of the test asked about."""
    asked = question.case.subject.series
    if len(set(asked)) == 1:
        return asked[0]
    if asked:
        raise CaseError("subject.series", "this question is about one series at a time")
    if question.test:
        return question.case.catalogue.tests[base_test(question)].series
    raise CaseError("subject.series", "this question needs a series")

"""Whether a certification is current."""

from __future__ import annotations

from bot.rules.certifications import base_test, certified_on, expiry, validity
from bot.rules.decision import Decision, Value
from bot.rules.policy import VALIDITY
from bot.rules.question import About, Question, rule


@rule("certification_status", About.TEST, VALIDITY)
def certification_status(question: Question) -> Decision:
    """`current` through the day it expires; the newest certification of the test counts."""
    certified = certified_on(question).get(base_test(question))
    if certified is None:
        return question.decision(question.reason("never_certified"))
    row = validity(question)
    expires = expiry(certified, row)
    values: dict[str, Value] = {"certified_on": certified, "expires_on": expires}
    if question.today > expires:
        return question.decision(question.reason("expired", values, row))
    values["days_left"] = (expires - question.today).days
    return question.decision(question.reason("current", values, row), closes_at=question.end_of(expires))

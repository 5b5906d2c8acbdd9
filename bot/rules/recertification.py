"""Whether the recertification test may and should be taken."""

from __future__ import annotations

from datetime import timedelta

from bot.rules.certifications import base_test, certified_on, expiry, validity
from bot.rules.decision import Decision, Value
from bot.rules.policy import RECERT_COURTESY, VALIDITY, whole_number
from bot.rules.question import About, Question, rule


@rule("recertification", About.TEST, VALIDITY)
def recertification(question: Question) -> Decision:
    """Anyone who was certified may, lapsed or early; early it costs the days that are left.

    `new_expires_on` is what passing today would give. From how many days left on it counts as due is a
    courtesy threshold of the assistant's own.
    """
    certified = certified_on(question).get(base_test(question))
    if certified is None:
        return question.decision(question.reason("never_certified"))
    row = validity(question)
    expires = expiry(certified, row)
    days_left = (expires - question.today).days
    values: dict[str, Value] = {
        "certified_on": certified,
        "expires_on": expires,
        "new_expires_on": expiry(question.today, row),
        "days_given_up": max(days_left, 0),
    }
    if days_left < 0:
        return question.decision(question.reason("recert_lapsed", values, row))
    courtesy = question.row(RECERT_COURTESY)
    threshold = whole_number(courtesy)
    if days_left <= threshold:
        return question.decision(question.reason("recert_due", values, row, courtesy))
    values["due_from"] = expires - timedelta(days=threshold)
    return question.decision(question.reason("recert_early", values, row, courtesy))

"""Whether a test is offered in Spanish."""

from __future__ import annotations

from bot.rules.certifications import base_test
from bot.rules.decision import Decision, Value
from bot.rules.policy import SPANISH_TESTS, codes
from bot.rules.question import About, Question, rule


@rule("test_language", About.TEST, SPANISH_TESTS)
def test_language(question: Question) -> Decision:
    """`offered_in_spanish` for the tests that policy lists; a recertification test follows its base test."""
    row = question.row(SPANISH_TESTS)
    offered = codes(row)
    values: dict[str, Value] = {"tests": list(offered)}
    if base_test(question) in offered:
        return question.decision(question.reason("offered_in_spanish", values, row))
    return question.decision(question.reason("not_offered_in_spanish", values, row))

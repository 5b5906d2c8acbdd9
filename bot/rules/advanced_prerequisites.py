"""Whether the certifications that an advanced test asks for are held."""

from __future__ import annotations

from bot.rules.certifications import base_test, certified_on, expiry, validity
from bot.rules.decision import Decision, Value
from bot.rules.policy import PREREQUISITES, VALIDITY, alternatives
from bot.rules.question import About, Question, rule

# In these series every test has prerequisites, whether or not it is known which.
SERIES_WITH_PREREQUISITES = frozenset({"advanced", "undercar"})


@rule("advanced_prerequisites", About.TEST, VALIDITY)
def advanced_prerequisites(question: Question) -> Decision:
    """`prerequisites_met` while of each group of alternatives one certification is current."""
    base = base_test(question)
    required = question.find(PREREQUISITES + base)
    if required is None:
        if question.case.catalogue.tests[base].series in SERIES_WITH_PREREQUISITES:
            return question.decision(question.reason("prerequisites_not_in_source"))
        none: dict[str, Value] = {"required": [], "held": [], "missing": []}
        return question.decision(question.reason("no_prerequisites", none))
    row = validity(question)
    certified = certified_on(question)
    held: list[str] = []
    missing: list[list[str]] = []
    closes_on = None
    groups = alternatives(required)
    for group in groups:
        lasts = None  # the day on which the last of these alternatives expires
        for code in group:
            day = certified.get(code)
            if day is None or (expires := expiry(day, row)) < question.today:
                continue
            if code not in held:
                held.append(code)
            lasts = expires if lasts is None else max(lasts, expires)
        if lasts is None:
            missing.append(list(group))
        elif closes_on is None or lasts < closes_on:
            closes_on = lasts
    values: dict[str, Value] = {
        "required": [list(group) for group in groups],
        "held": held,
        "missing": missing,
    }
    if missing:
        return question.decision(question.reason("prerequisite_missing", values, required, row))
    return question.decision(
        question.reason("prerequisites_met", values, required, row),
        closes_at=question.end_of(closes_on) if closes_on is not None else None,
    )

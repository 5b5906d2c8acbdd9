"""Every reason code is said on both forms, alone and beside another, with all values and without optional ones."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from bot.answers import Answers
from bot.catalog import Catalog
from bot.rules.decision import Decision, DecisionSubject, Outcome, PolicyRow, Reason, Value
from bot.rules.policy import MissingPolicy
from bot.rules.vocabulary import REASONS, VALUE_TYPES, ReasonSpec

DAY = date(2026, 3, 2)
SAMPLES: dict[str, Value] = {
    "date": date(2026, 4, 10),
    "instant": datetime(2026, 3, 10, 9, tzinfo=ZoneInfo("America/Chicago")),
    "days": 12,
    "money": Decimal("7.50"),
    "code": "A5",
    "codes": ["A5", "A8"],
    "id": "X-1",
    "text": "Chicago North",
    "word": "pass",
    "alternatives": [["A9", "H2", "S2", "T2"], ["A6", "H6", "S6", "T6"]],
    "dated_tests": [{"test": "A5", "on": date(2026, 5, 1)}],
    "dated_test": {"test": "A5", "on": date(2026, 5, 1)},
    "series": "automobile",
    "rules": ["cancel_appointment", "cancel_test"],
}
CODES = [(rule, code) for rule, codes in REASONS.items() for code in codes]


def sample(rule: str, name: str) -> Value:
    kind = VALUE_TYPES[name]
    if kind == "codes_or_alternatives":
        return SAMPLES["alternatives" if rule == "advanced_prerequisites" else "codes"]
    if rule == "duplicate_certificate" and name in ("held", "series"):
        return ["automobile", "parts"]
    return SAMPLES[kind]


def rows(catalog: Catalog, spec: ReasonSpec) -> tuple[PolicyRow, ...]:
    named = {"<series>": "automobile", "<test>": "L2"}
    found = []
    for pattern in spec.policy:
        for mark, name in named.items():
            pattern = pattern.replace(mark, name)
        try:
            found.append(catalog.policy.on(pattern, DAY))
        except MissingPolicy:
            pytest.fail(f"{pattern} is cited and has no row")
    return tuple(found)


def reason(catalog: Catalog, rule: str, code: str, *, optional: bool) -> Reason:
    spec = REASONS[rule][code]
    names = (*spec.required, *spec.optional) if optional else spec.required
    return Reason(code, {name: sample(rule, name) for name in names}, rows(catalog, spec))


def decision(rule: str, *reasons: Reason) -> Decision:
    outcome = REASONS[rule][reasons[0].code].outcome or Outcome.ALLOWED
    return Decision(rule, outcome, DecisionSubject(test="A5", series="automobile"), reasons)


def well_said(text: str, speech: str) -> None:
    for said in (text, speech):
        assert said
        assert not re.search(r"[{}]|\[\[|\]\]|  |\bNone\b| [.,;:]|\.\.", said), said
        assert said[0].upper() == said[0]
    assert not re.search(r"[\d*_/#@&$\n]", speech), speech


@pytest.mark.parametrize("optional", [True, False], ids=["all", "certain"])
@pytest.mark.parametrize(("rule", "code"), CODES)
def test_a_reason_is_said_and_explained(
    answers: Answers, catalog: Catalog, rule: str, code: str, optional: bool
) -> None:
    alone = decision(rule, reason(catalog, rule, code, optional=optional))
    for answer in (
        answers.decision(alone, day=DAY),
        answers.explain(alone, day=DAY),
        answers.brief(alone, day=DAY),
    ):
        well_said(answer.text, answer.speech)
        assert answer.decisions == (alone,)
        assert {row.source for row in alone.decisive.policy} <= {source.id for source in answer.sources}


@pytest.mark.parametrize(("rule", "code"), CODES)
def test_a_reason_stands_beside_the_one_before_it(answers: Answers, catalog: Catalog, rule: str, code: str) -> None:
    spec = REASONS[rule][code]
    others = [name for name, other in REASONS[rule].items() if other.outcome is spec.outcome and name != code]
    if spec.outcome is Outcome.CANNOT_TELL or not others:
        return
    both = decision(rule, *(reason(catalog, rule, name, optional=True) for name in (others[0], code)))
    answer = answers.decision(both, day=DAY)
    first = answers.decision(decision(rule, both.reasons[0]), day=DAY)
    well_said(answer.text, answer.speech)
    assert len(answer.speech) > len(first.speech)


def test_found_at_least_so_many_cases() -> None:
    assert len(CODES) >= 90

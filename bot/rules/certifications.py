"""Which certifications somebody holds and until when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from bot.rules.decision import PolicyRow
from bot.rules.policy import VALIDITY, whole_number
from bot.rules.question import Question
from bot.rules.time import add_years


def certified_on(question: Question) -> Mapping[str, date]:
    """By base test the day of its newest certification, current or not ("A5R" renews "A5")."""
    catalogue = question.case.catalogue
    newest: dict[str, date] = {}
    for certification in question.case.candidate.certifications:
        test = catalogue.find(certification.test)
        code = certification.test if test is None else test.code
        known = newest.get(code)
        if known is None or certification.certified_on > known:
            newest[code] = certification.certified_on
    return newest


def base_test(question: Question) -> str:
    """The test a certification would be of, for the code asked about."""
    test = question.case.catalogue.find(question.test)
    return question.test if test is None else test.code


def expiry(certified: date, validity: PolicyRow) -> date:
    """The last day on which a certification is current."""
    return add_years(certified, whole_number(validity))


def validity(question: Question) -> PolicyRow:
    """The row that says how many years a certification is current."""
    return question.row(VALIDITY)

"""All rules by name."""

from __future__ import annotations

from collections.abc import Mapping

from bot.rules.accommodation import accommodation
from bot.rules.advanced_prerequisites import advanced_prerequisites
from bot.rules.cancel_appointment import cancel_appointment
from bot.rules.cancel_test import cancel_test
from bot.rules.case import Case, CaseError
from bot.rules.certificate_delivery import certificate_delivery
from bot.rules.certification_status import certification_status
from bot.rules.decision import Decision
from bot.rules.duplicate_certificate import duplicate_certificate
from bot.rules.master_status import master_status
from bot.rules.purchase_window import purchase_window
from bot.rules.question import Rule
from bot.rules.recertification import recertification
from bot.rules.repurchase_after_no_show import repurchase_after_no_show
from bot.rules.reschedule import reschedule
from bot.rules.results_availability import results_availability
from bot.rules.retest import retest
from bot.rules.schedule_test import schedule_test
from bot.rules.test_language import test_language

RULES: Mapping[str, Rule] = {
    "purchase_window": purchase_window,
    "schedule_test": schedule_test,
    "reschedule": reschedule,
    "cancel_appointment": cancel_appointment,
    "cancel_test": cancel_test,
    "repurchase_after_no_show": repurchase_after_no_show,
    "retest": retest,
    "certification_status": certification_status,
    "recertification": recertification,
    "master_status": master_status,
    "certificate_delivery": certificate_delivery,
    "results_availability": results_availability,
    "advanced_prerequisites": advanced_prerequisites,
    "duplicate_certificate": duplicate_certificate,
    "accommodation": accommodation,
    "test_language": test_language,
}


def decide(rule: str, case: Case) -> Decision:
    """What the rule of that name says of a case.

    Raises CaseError for a question that cannot be put: unknown rule, test, series or site, something missing.
    """
    answer = RULES.get(rule)
    if answer is None:
        raise CaseError("rule", f"unknown rule {rule[:60]!r}; the rules are {', '.join(RULES)}")
    return answer(case)

"""A lapsed purchase, a no-show, a fail and an old certification look alike to people: the records decide.

"Can I take it again?" is heard as one of several topics. Where the topic's own rule finds nothing of the kind in
the records, the rule that does have something to say about the test answers first.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.dialogue.tasks.subjects import Option, base, certified, taken, unsat
from bot.dialogue.turn_context import TurnContext
from bot.rules.decision import Decision
from bot.rules.facts import Subject
from bot.rules.state import PurchaseState, state_of

_NOTHING_OF_THE_KIND = {
    ("retest", "no_wait_applies"),
    ("retest", "result_not_posted"),
    ("recertification", "never_certified"),
    ("certification_status", "never_certified"),
    ("repurchase_after_no_show", "no_missed_test"),
    ("purchase_window", "no_purchase"),
}


@dataclass(frozen=True, slots=True)
class Instead:
    """A rule that fits the records better, and what to ask it about."""

    rule: str
    subject: Subject


def instead_of(turn: TurnContext, rule: str, option: Option) -> Instead | None:
    """The rule that answers in the place of `rule`, or None where `rule` has something to go by."""
    if turn.person is None or not _has_nothing(turn.judge(rule, option.subject)):
        return None
    found = _fitting(turn, option, rule)
    return found if found is not None and found.rule != rule else None


def _has_nothing(decision: Decision) -> bool:
    reason = decision.decisive
    if (decision.rule, reason.code) not in _NOTHING_OF_THE_KIND:
        return False
    if decision.rule == "retest":
        return "passed_on" not in reason.values and reason.values.get("state", "missed") == "missed"
    return True


def _fitting(turn: TurnContext, option: Option, rule: str) -> Instead | None:
    person, today = turn.person, turn.today
    if person is None:
        return None
    wanted = base(option.test)
    for found in taken(person, today):
        if base(found.test) == wanted and found.purchase is not None:
            missed = state_of(found.purchase) is PurchaseState.MISSED
            return Instead("repurchase_after_no_show" if missed else "retest", Subject(test=found.test))
    for found in unsat(person, today):
        if base(found.test) == wanted:
            return Instead("purchase_window", found.subject)
    if any(found.test == wanted for found in certified(person, today)):
        status = rule in {"purchase_window", "certification_status"}
        return Instead("certification_status" if status else "recertification", Subject(test=wanted))
    return None

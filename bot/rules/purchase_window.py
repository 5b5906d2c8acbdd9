"""How long a bought test is good for."""

from __future__ import annotations

from bot.rules.decision import Decision, Reason, Value
from bot.rules.facts import Purchase
from bot.rules.policy import PURCHASE_WINDOW
from bot.rules.question import About, Question, rule
from bot.rules.state import PurchaseState, is_posted, sitting_day, state_of


@rule("purchase_window", About.TEST, PURCHASE_WINDOW)
def purchase_window(question: Question) -> Decision:
    """`window_open` until the last day to sit the test.

    Refused where nothing is bought or nothing is left of it.
    """
    purchase = question.purchase()
    spent = why_spent(question, purchase)
    if spent:
        return question.decision(*spent)
    assert purchase is not None
    values, until, row = question.bought(purchase)
    return question.decision(
        question.reason("window_open", values, row),
        closes_at=question.end_of(until),
    )


def why_spent(question: Question, purchase: Purchase | None, also: dict[str, Value] | None = None) -> list[Reason]:
    """Why a purchase cannot be used, if so: not there, taken, missed or its window ended.

    `also`: further values for the reason. At most one reason: an ended window is only said
    of a test that was neither taken nor missed.
    """
    if purchase is None:
        return [question.reason("no_purchase", also)]
    values, until, row = question.bought(purchase)
    if also:
        values = {**values, **also}
    state = state_of(purchase)
    if state is PurchaseState.TAKEN:
        values["taken_on"] = sitting_day(purchase, question.case.sites)
        return [question.reason("test_already_taken", values, row)]
    if state is PurchaseState.MISSED:
        values["missed_on"] = sitting_day(purchase, question.case.sites)
        if purchase.result is not None and is_posted(purchase, question.today):
            values["posted_on"] = purchase.result.posted_on
        return [question.reason("no_show_forfeited", values, row)]
    if question.today > until:
        return [question.reason("window_expired", values, row)]
    return []

"""Whether a missed test may be bought again."""

from __future__ import annotations

from bot.rules.decision import Decision, Value
from bot.rules.policy import PURCHASE_WINDOW, REGISTRATION_FEE, whole_number
from bot.rules.question import About, Question, rule
from bot.rules.state import (
    PurchaseState,
    is_live,
    is_posted,
    newest_bought,
    newest_sitting,
    sitting_day,
    state_of,
)


@rule("repurchase_after_no_show", About.TEST, REGISTRATION_FEE)
def repurchase_after_no_show(question: Question) -> Decision:
    """`can_repurchase` once the no-show is posted; registration fee and test fee are paid again."""
    today, sites = question.today, question.case.sites
    missed = newest_sitting([p for p in question.purchases() if state_of(p) is PurchaseState.MISSED], sites)
    values: dict[str, Value] = {}
    reasons = []
    posted = False
    if missed is None:
        reasons.append(question.reason("no_missed_test"))
    else:
        values["missed_on"] = sitting_day(missed, sites)
        posted = is_posted(missed, today)
        if posted and missed.result is not None:
            values["posted_on"] = missed.result.posted_on
    window = question.row(PURCHASE_WINDOW)
    days = whole_number(window)
    live = newest_bought([p for p in question.all_purchases() if is_live(p, today, days)])
    if live is not None:
        bought, _, _ = question.bought(live)
        reasons.append(question.reason("already_purchased", {**values, **bought}, window))
    if missed is not None and not posted:
        reasons.append(question.reason("no_show_not_posted", values))
    if reasons:
        return question.decision(*reasons)
    fee = question.find(REGISTRATION_FEE)
    return question.decision(question.reason("can_repurchase", values, *([fee] if fee else [])))

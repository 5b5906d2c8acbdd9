"""When and where the result of a test is to be had."""

from __future__ import annotations

from datetime import timedelta

from bot.rules.decision import Decision, Value
from bot.rules.policy import ONLINE_RESULTS, whole_number
from bot.rules.question import About, Question, rule
from bot.rules.state import PurchaseState, is_posted, newest_sitting, sitting_day, state_of


@rule("results_availability", About.TEST, ONLINE_RESULTS)
def results_availability(question: Question) -> Decision:
    """`results_posted`, or e-mailed at the end of the appointment and online soon; the newest sitting
    decides.

    The outcome is only told once it is posted. `online_by` is an estimate; after it `results_overdue` is
    added.
    """
    today, sites = question.today, question.case.sites
    states = (PurchaseState.TAKEN, PurchaseState.MISSED)
    sat = newest_sitting([p for p in question.purchases() if state_of(p) in states], sites)
    if sat is None:
        return question.decision(question.reason("not_taken_yet"))
    day = sitting_day(sat, sites)
    values: dict[str, Value] = {"taken_on": day}
    posted = is_posted(sat, today)
    if posted and sat.result is not None:
        values["posted_on"] = sat.result.posted_on
        values["outcome"] = sat.result.outcome.value
    if state_of(sat) is PurchaseState.MISSED:
        values |= {"missed_on": day, "outcome": "no_show"}
        return question.decision(question.reason("no_show_no_results", values))
    row = question.row(ONLINE_RESULTS)
    online_by = day + timedelta(days=whole_number(row))
    values["online_by"] = online_by
    if posted:
        return question.decision(question.reason("results_posted", values, row))
    reasons = [question.reason("results_emailed_online_soon", values, row)]
    if today > online_by:
        reasons.append(question.reason("results_overdue", values, row))
    return question.decision(*reasons)

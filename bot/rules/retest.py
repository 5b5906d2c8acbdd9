"""When a test can be bought again after a fail."""

from __future__ import annotations

from datetime import timedelta

from bot.rules.decision import Decision, PolicyRow, Value
from bot.rules.facts import ResultOutcome
from bot.rules.policy import (
    FULL_DAYS,
    PURCHASE_WINDOW,
    RETEST_WAIT,
    RETEST_WAIT_READING,
    reading,
    whole_number,
)
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
from bot.rules.time import ONE_DAY


@rule("retest", About.TEST, RETEST_WAIT)
def retest(question: Question) -> Decision:
    """`retest_open` once the wait after the newest fail is over; `no_wait_applies` where there is none to
    wait out.

    A sitting whose result is not posted yet leaves everything open, be it taken or missed. `opens_at` is
    given only where the wait is all that stands in the way.
    """
    today, sites = question.today, question.case.sites
    sat = [p for p in question.purchases() if state_of(p) in (PurchaseState.TAKEN, PurchaseState.MISSED)]
    waiting = newest_sitting([p for p in sat if not is_posted(p, today)], sites)
    if waiting is not None:
        values: dict[str, Value] = {"state": state_of(waiting).value, "on": sitting_day(waiting, sites)}
        return question.decision(question.reason("result_not_posted", values))

    rows: tuple[PolicyRow, ...] = ()
    values = {}
    wait_over = True
    judged = newest_sitting([p for p in sat if state_of(p) is PurchaseState.TAKEN], sites)
    failed = judged is not None and judged.result is not None and judged.result.outcome is ResultOutcome.FAIL
    if judged is not None:
        day = sitting_day(judged, sites)
        values = {"failed_on" if failed else "passed_on": day}
    if failed:
        wait, how = question.row(RETEST_WAIT), question.row(RETEST_WAIT_READING)
        rows = (wait, how)
        opens_on = day + timedelta(days=whole_number(wait))
        if reading(how) == FULL_DAYS:  # the test day itself does not count
            opens_on += ONE_DAY
        values["opens_on"] = opens_on
        wait_over = today >= opens_on

    reasons = []
    if not wait_over:
        left = (opens_on - today).days
        told = {**values, "days_left": left - 1, "opens_in_days": left}
        reasons.append(question.reason("retest_wait", told, *rows))
    window = question.row(PURCHASE_WINDOW)
    days = whole_number(window)
    live = newest_bought([p for p in question.all_purchases() if is_live(p, today, days)])
    if live is not None:
        bought, until, _ = question.bought(live)
        told = {**values, **bought, "window_days_left": (until - today).days}
        reasons.append(question.reason("already_purchased", told, window, *rows))
    if reasons:
        alone = len(reasons) == 1 and not wait_over
        return question.decision(*reasons, opens_at=question.start_of(opens_on) if alone else None)
    return question.decision(question.reason("retest_open" if failed else "no_wait_applies", values, *rows))

"""Whether an appointment may be moved, optionally to a given start."""

from __future__ import annotations

from bot.rules.accommodation import is_pending
from bot.rules.booking import asked_start, booking_of
from bot.rules.decision import Decision, PolicyRow, Reason, Value
from bot.rules.policy import CHANGE_CUTOFF
from bot.rules.question import About, Question, rule
from bot.rules.state import PurchaseState, state_of
from bot.rules.time import earlier


@rule("reschedule", About.TEST, CHANGE_CUTOFF)
def reschedule(question: Question) -> Decision:
    """`can_reschedule` up to `change_by`, within the window of the purchase.

    `starts_at` is the appointment that is there, `new_starts_at` the start that is asked for.
    """
    purchase = question.purchase()
    booking = booking_of(question, purchase)
    asked = asked_start(question, purchase)
    values: dict[str, Value] = {}
    rows: tuple[PolicyRow, ...] = ()
    closes_at = None
    over = False
    if purchase is not None:
        values, until, row = question.bought(purchase)
        rows = (row,)
        closes_at = question.end_of(until)
        open_or_booked = state_of(purchase) in (PurchaseState.OPEN, PurchaseState.BOOKED)
        over = open_or_booked and question.today > until
    if booking is not None:
        values |= booking.values
        rows = (*rows, *booking.rows)
        closes_at = earlier(booking.change_by, closes_at)
    if asked is not None:
        values |= asked.values("new_")

    reasons: list[Reason] = []
    if booking is None:
        reasons.append(question.reason("no_appointment", values, *rows))
    elif booking.past:
        reasons.append(question.reason("appointment_past", values, *rows))
    elif booking.inside_cutoff:
        reasons.append(question.reason("inside_change_cutoff", values, *rows))
    if is_pending(question):
        waiting = {**values, "submitted_on": question.case.candidate.accommodation.submitted_on}
        reasons.append(question.reason("accommodation_pending", waiting, *rows))
    if asked is not None:
        if purchase is not None and asked.day > until:
            reasons.append(question.reason("after_window", values, *rows))
        if asked.at <= question.now:
            reasons.append(question.reason("start_in_past", values, *rows))
    if over:
        reasons.append(question.reason("window_expired", values, *rows))
    appointment_id = booking.appointment.id if booking else None
    if reasons:
        return question.decision(*reasons, appointment_id=appointment_id)
    return question.decision(
        question.reason("can_reschedule", values, *rows),
        closes_at=closes_at,
        appointment_id=appointment_id,
    )

"""Whether a bought test may be cancelled for a refund."""

from __future__ import annotations

from bot.rules.booking import booking_of
from bot.rules.decision import Decision, PolicyRow
from bot.rules.facts import PaidBy
from bot.rules.policy import PURCHASE_WINDOW
from bot.rules.purchase_window import why_spent
from bot.rules.question import About, Question, rule
from bot.rules.state import PurchaseState, state_of
from bot.rules.time import earlier


@rule("cancel_test", About.TEST, PURCHASE_WINDOW)
def cancel_test(question: Question) -> Decision:
    """`can_cancel_test` with the steps in order: the appointment first where one is booked, then the test."""
    purchase = question.purchase()
    if purchase is None:
        return question.decision(*why_spent(question, purchase))
    values, until, row = question.bought(purchase)
    rows: tuple[PolicyRow, ...] = (row,)
    closes_at = question.end_of(until)
    booking = booking_of(question, purchase) if state_of(purchase) is PurchaseState.BOOKED else None
    if booking is not None:
        values |= booking.values
        rows = (*rows, *booking.rows)
        closes_at = earlier(booking.change_by, closes_at)
    reasons = why_spent(question, purchase, booking.values if booking else None)
    if booking is not None and booking.past:
        reasons.append(question.reason("appointment_past", values, *rows))
    elif booking is not None and booking.inside_cutoff:
        reasons.append(question.reason("inside_change_cutoff", values, *rows))
    if purchase.paid_by is PaidBy.OTHER:
        reasons.append(question.reason("not_your_purchase", values, *rows))
    appointment_id = booking.appointment.id if booking else None
    if reasons:
        return question.decision(*reasons, appointment_id=appointment_id)
    steps = ["cancel_appointment", "cancel_test"] if booking else ["cancel_test"]
    return question.decision(
        question.reason("can_cancel_test", {**values, "steps": steps}, *rows),
        closes_at=closes_at,
        appointment_id=appointment_id,
    )

"""Whether an appointment may be given up while the test is kept."""

from __future__ import annotations

from bot.rules.booking import booking_of
from bot.rules.decision import Decision
from bot.rules.policy import CHANGE_CUTOFF
from bot.rules.question import About, Question, rule


@rule("cancel_appointment", About.TEST, CHANGE_CUTOFF)
def cancel_appointment(question: Question) -> Decision:
    """`can_cancel_appointment` up to `change_by`. The window of the purchase stays as it is, ended or not."""
    purchase = question.purchase()
    booking = booking_of(question, purchase)
    if purchase is None:
        return question.decision(question.reason("no_appointment"))
    values, _, row = question.bought(purchase)
    if booking is None:
        return question.decision(question.reason("no_appointment", values, row))
    values |= booking.values
    code = "can_cancel_appointment"
    if booking.past:
        code = "appointment_past"
    elif booking.inside_cutoff:
        code = "inside_change_cutoff"
    return question.decision(
        question.reason(code, values, row, *booking.rows),
        closes_at=booking.change_by if code == "can_cancel_appointment" else None,
        appointment_id=booking.appointment.id,
    )

"""Whether an appointment may be booked for a bought test, optionally for a given start."""

from __future__ import annotations

from bot.rules.accommodation import is_pending
from bot.rules.booking import asked_start, booking_of, is_seat_taken
from bot.rules.decision import Decision, PolicyRow, Value
from bot.rules.policy import PURCHASE_WINDOW
from bot.rules.purchase_window import why_spent
from bot.rules.question import About, Question, rule
from bot.rules.state import PurchaseState, state_of


@rule("schedule_test", About.TEST, PURCHASE_WINDOW)
def schedule_test(question: Question) -> Decision:
    """`can_schedule` while the window is open and nothing is booked yet. A denied accommodation is not
    judged here.

    `closes_at` is the end of the window: it is about booking at all, not about the one start that is asked
    for.
    """
    purchase = question.purchase()
    asked = asked_start(question, purchase)
    start = asked.values() if asked else {}
    reasons = why_spent(question, purchase, start)
    bought: dict[str, Value] = {}
    rows: tuple[PolicyRow, ...] = ()
    if purchase is not None:
        bought, until, row = question.bought(purchase)
        rows = (row,)
    if is_pending(question):
        waiting = {"submitted_on": question.case.candidate.accommodation.submitted_on, **bought, **start}
        reasons.append(question.reason("accommodation_pending", waiting, *rows))
    appointment_id = None
    if purchase is not None and state_of(purchase) is PurchaseState.BOOKED:
        booking = booking_of(question, purchase)
        if booking is not None:
            appointment_id = booking.appointment.id
            there = {**bought, **booking.values, **(asked.values("new_") if asked else {})}
            code = "appointment_past" if booking.past else "already_scheduled"
            reasons.append(question.reason(code, there, *rows, *booking.rows))
    if asked is not None:
        values = {**bought, **start}
        if purchase is not None and asked.day > until:
            reasons.append(question.reason("after_window", values, *rows))
        if asked.at <= question.now:
            reasons.append(question.reason("start_in_past", values, *rows))
        if is_seat_taken(question, asked):
            reasons.append(question.reason("seat_taken", values, *rows))
    if reasons:
        return question.decision(*reasons, appointment_id=appointment_id)
    return question.decision(
        question.reason("can_schedule", {**bought, **start}, *rows),
        closes_at=question.end_of(until),
    )

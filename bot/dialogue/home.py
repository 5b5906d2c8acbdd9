"""What matters next to a person who opens a chat: the next appointment, the next deadline, and questions that fit."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from bot.dialogue.tasks.asides import place
from bot.dialogue.tasks.subjects import Option
from bot.dialogue.turn_context import TurnContext
from bot.rules.facts import Purchase, ResultOutcome
from bot.rules.state import PurchaseState, is_posted, state_of
from bot.rules.time import instant_of, zone

SUGGESTED = 4
"""So many questions are suggested at most."""


def home_of(turn: TurnContext) -> dict[str, Any] | None:
    """Plain data, ready for JSON; None where nobody is signed in."""
    person = turn.person
    if person is None or turn.visitor.is_agent:
        return None
    purchases = [each for each in person.candidate.purchases if state_of(each) is not PurchaseState.CANCELLED]
    home: dict[str, Any] = {}
    if person.candidate.name is not None:
        home["name"] = person.candidate.name.first
    appointments = [one for each in purchases if (one := _appointment(turn, each)) is not None]
    if appointments:
        home["appointment"] = min(appointments, key=lambda one: str(one["at"]))
    deadlines = [one for each in purchases if (one := _deadline(turn, each)) is not None]
    if deadlines:
        home["deadline"] = min(deadlines, key=lambda one: str(one["by"]))
    home["suggest"] = _suggested(turn, purchases, bool(appointments), bool(deadlines))
    return home


def _appointment(turn: TurnContext, purchase: Purchase) -> dict[str, Any] | None:
    """A booked one that is still to come, and until when it can be changed."""
    booked = purchase.appointment
    if turn.person is None or state_of(purchase) is not PurchaseState.BOOKED or booked is None:
        return None
    site = turn.person.sites[booked.site]
    starts = instant_of(booked.starts_at, zone(site.time_zone))
    if starts <= turn.now:
        return None
    found: dict[str, Any] = {"test": purchase.test, "at": starts.isoformat(), "place": place(site).web}
    decision = turn.judge("reschedule", Option(purchase.test, purchase).subject)
    change_by = decision.decisive.values.get("change_by")
    if decision.outcome == "allowed" and isinstance(change_by, datetime):
        found["change_by"] = change_by.isoformat()
    return found


def _deadline(turn: TurnContext, purchase: Purchase) -> dict[str, Any] | None:
    """The last day of a bought test that is not booked yet."""
    if state_of(purchase) is not PurchaseState.OPEN:
        return None
    decision = turn.judge("purchase_window", Option(purchase.test, purchase).subject)
    if decision.outcome != "allowed":
        return None
    last = decision.date("must_test_by")
    return {"test": purchase.test, "by": last.isoformat(), "days": (last - turn.today).days}


def _suggested(turn: TurnContext, purchases: list[Purchase], booked: bool, to_book: bool) -> list[str]:
    """Names of questions, those that fit the records first."""
    fitting = {
        "move": booked,
        "book": to_book,
        "results": any(_waits_for_result(each, turn.today) for each in purchases),
        "retest": any(each.result is not None and each.result.outcome is ResultOutcome.FAIL for each in purchases),
        "master": bool(turn.person and turn.person.candidate.certifications),
        "fees": True,
        "good_for": True,
    }
    return [name for name, fits in fitting.items() if fits][:SUGGESTED]


def _waits_for_result(purchase: Purchase, today: date) -> bool:
    return state_of(purchase) is PurchaseState.TAKEN and not is_posted(purchase, today)

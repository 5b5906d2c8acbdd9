"""What the changes to an appointment say when they are done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.contracts.changes import Done
from bot.dialogue.outcome import Reply
from bot.dialogue.tasks.asides import place
from bot.dialogue.tasks.subjects import Option
from bot.dialogue.turn_context import TurnContext
from bot.rules.facts import Site
from bot.rules.policy import CHANGE_CUTOFF, CHANGE_CUTOFF_READING
from bot.rules.state import PurchaseState, change_by, is_inside_cutoff, state_of
from bot.rules.time import instant_of, zone


def say_booked(reply: Reply, phrase: str, done: Done) -> None:
    """A booked or moved appointment, and until when it can be changed."""
    turn = reply.turn
    appointment, option = done.after["appointment"], option_of(turn, done)
    site = turn.sites[appointment["site"]]
    change_by = None
    if option is not None:
        change_by = turn.judge("reschedule", option.subject).decisive.values.get("change_by")
    closed = isinstance(change_by, datetime) and change_by <= turn.now
    starts_at, change_by = local_instant(appointment, site), None if closed else change_by
    reply.phrase(phrase, test=done.after["test"], starts_at=starts_at, site=place(site), change_by=change_by)
    if closed:
        reply.phrase("change_closed")


def warn(reply: Reply, option: Option, site: Site, starts_at: datetime) -> None:
    """Before the yes: a seat that could not be changed any more, and other tests on that day or in another city."""
    turn, start = reply.turn, instant_of(starts_at, zone(site.time_zone))
    if is_closed(turn, start):
        reply.phrase("inside_cutoff")
    for purchase in turn.person.candidate.purchases if turn.person is not None else ():
        other = purchase.appointment
        if other is None or state_of(purchase) is not PurchaseState.BOOKED or purchase == option.purchase:
            continue
        there = turn.sites.get(other.site)
        if there is None:
            continue
        at = instant_of(other.starts_at, zone(there.time_zone))
        if other.starts_at.date() == starts_at.date():
            reply.phrase("same_day_too", test=purchase.test, starts_at=at, site=place(there))
        elif (there.city, there.region) != (site.city, site.region) and at > turn.now:
            reply.phrase("other_city_too", test=purchase.test, starts_at=at, site=place(there))


def is_closed(turn: TurnContext, start: datetime) -> bool:
    """Whether an appointment that starts then (in the zone of its site) could not be changed any more."""
    policy = turn.services.catalog.policy
    days, how = (policy.find(name, turn.today) for name in (CHANGE_CUTOFF, CHANGE_CUTOFF_READING))
    if days is None or how is None:
        return False
    reading = str(how.value)
    return is_inside_cutoff(turn.now, change_by(start, int(str(days.value)), reading), start, reading)


def option_of(turn: TurnContext, done: Done) -> Option | None:
    """The purchase that a change was about, as it is now; None where it is gone."""
    person = turn.person
    wanted = done.before.get("purchase_id") or done.after.get("purchase_id")
    if person is None:
        return None
    return next((Option(p.test, p) for p in person.candidate.purchases if p.id == wanted), None)


def local_instant(appointment: Mapping[str, Any], site: Site) -> datetime:
    """The instant of an appointment (as plain data) that is kept in the local time of its site."""
    return instant_of(datetime.fromisoformat(appointment["starts_at"]), zone(site.time_zone))

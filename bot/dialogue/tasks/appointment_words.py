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
from bot.rules.facts import AppointmentStatus, Site
from bot.rules.policy import CHANGE_CUTOFF, CHANGE_CUTOFF_READING
from bot.rules.state import change_by, is_inside_cutoff
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
    """Before the yes: a seat that could not be changed any more, and another test on the same day."""
    turn, person = reply.turn, reply.turn.person
    policy, start = turn.services.catalog.policy, instant_of(starts_at, zone(site.time_zone))
    days, how = (policy.find(name, turn.today) for name in (CHANGE_CUTOFF, CHANGE_CUTOFF_READING))
    if days is not None and how is not None:
        reading = str(how.value)
        if is_inside_cutoff(turn.now, change_by(start, int(str(days.value)), reading), start, reading):
            reply.phrase("inside_cutoff_call" if turn.channel == "phone" else "inside_cutoff")
    for purchase in person.candidate.purchases if person is not None else ():
        other = purchase.appointment
        if other is None or other.status != AppointmentStatus.BOOKED or purchase == option.purchase:
            continue
        if other.starts_at.date() == starts_at.date() and other.site in turn.sites:
            there = turn.sites[other.site]
            at = instant_of(other.starts_at, zone(there.time_zone))
            reply.phrase("same_day_too", test=purchase.test, starts_at=at, site=place(there))


def can_be_changed(turn: TurnContext, done: Done) -> bool:
    """Whether the rule still lets the appointment that was made be changed, and so taken back."""
    option = option_of(turn, done)
    return option is not None and turn.judge("reschedule", option.subject).outcome == "allowed"


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

"""What the changes to an appointment say when they are done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.contracts.changes import Done
from bot.dialogue.tasks.change_task import place
from bot.dialogue.tasks.subjects import Option
from bot.dialogue.turn_context import Desk, Person
from bot.rules.facts import Site
from bot.rules.time import instant_of, zone


def say_booked(desk: Desk, phrase: str, done: Done) -> None:
    """A booked or moved appointment, and until when it can be changed."""
    appointment, option = done.after["appointment"], option_of(desk, done)
    site = desk.services.people.sites()[appointment["site"]]
    change_by = None
    if option is not None:
        change_by = desk.judge("reschedule", option.subject).decisive.values.get("change_by")
    closed = isinstance(change_by, datetime) and change_by <= desk.now
    starts_at, change_by = local_instant(appointment, site), None if closed else change_by
    desk.phrase(phrase, test=done.after["test"], starts_at=starts_at, site=place(site), change_by=change_by)
    if closed:
        desk.phrase("change_closed")


def can_be_changed(desk: Desk, done: Done) -> bool:
    """Whether the rule still lets the appointment that was made be changed, and so taken back."""
    option = option_of(desk, done)
    return option is not None and desk.judge("reschedule", option.subject).outcome == "allowed"


def option_of(desk: Desk, done: Done) -> Option | None:
    """The purchase that a change was about, as it is now; None where it is gone."""
    person: Person | None = desk.person
    wanted = done.before.get("purchase_id") or done.after.get("purchase_id")
    if person is None:
        return None
    return next((Option(p.test, p) for p in person.candidate.purchases if p.id == wanted), None)


def local_instant(appointment: Mapping[str, Any], site: Site) -> datetime:
    """The instant of an appointment (as plain data) that is kept in the local time of its site."""
    return instant_of(datetime.fromisoformat(appointment["starts_at"]), zone(site.time_zone))

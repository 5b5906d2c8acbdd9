"""An appointment as an iCalendar file: a new one replaces the older entry of the same appointment, wherever it is.

What calendars need for that, and all of it is here: one UID for an appointment for ever, a SEQUENCE that rises with
each change, METHOD (and the same method in the type of the attachment), times in UTC, an organizer, and for a mail
the attendee.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from icalendar import Event

LENGTH = timedelta(hours=1)
"""How long a calendar entry is; the source does not say how long a test takes."""
REMIND_BEFORE = timedelta(days=1)

Method = Literal["PUBLISH", "REQUEST", "CANCEL"]
"""A file to be saved by hand, an invitation that a mail program enters by itself, and the end of either."""


@dataclass(frozen=True, slots=True)
class MailSender:
    """Who writes: the sender of the mails, and the domain in the names (UID, Message-ID) that they carry."""

    address: str = "ASE assistant <assistant@localhost>"
    domain: str = "localhost"

    @classmethod
    def of(cls, mail_from: str, domain: str | None) -> MailSender:
        """From the settings: the domain that is set, else the one of the sender."""
        return cls(mail_from, domain or parseaddr(mail_from)[1].rpartition("@")[2])


@dataclass(frozen=True, slots=True)
class Entry:
    """What the calendar shows of one appointment. `change_by`: until when it can be changed, in words."""

    ase_id: str
    appointment_id: str
    sequence: int
    starts_at: datetime
    title: str
    place: str
    notes: str
    written_at: datetime
    attendee: str | None = None


def uid_of(ase_id: str, appointment_id: str, domain: str) -> str:
    """The name of an appointment in all calendars. Ids of appointments are each person's own, so the person is in it,
    but nobody can read the person from it at a glance."""
    digest = hashlib.sha256(f"appointment\n{ase_id}\n{appointment_id}".encode()).hexdigest()
    return f"{digest[:32]}@{domain}"


def calendar_file(entry: Entry, method: Method, sender: MailSender) -> str:
    """The file with this one appointment."""
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", "-//ASE assistant//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    calendar.add_component(_event(entry, method, sender))
    return str(calendar.to_ical().decode())


def _event(entry: Entry, method: Method, sender: MailSender) -> Event:
    from icalendar import Event, vCalAddress

    event = Event()
    start = entry.starts_at.astimezone(UTC)
    event.add("uid", uid_of(entry.ase_id, entry.appointment_id, sender.domain))
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.written_at.astimezone(UTC))
    event.add("dtstart", start)
    event.add("dtend", start + LENGTH)
    event.add("summary", entry.title)
    event.add("location", entry.place)
    event.add("description", entry.notes)
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if method == "CANCEL" else "OPAQUE")
    name, address = parseaddr(sender.address)
    organizer = vCalAddress(f"mailto:{address}")
    if name:
        organizer.params["CN"] = name
    event.add("organizer", organizer)
    if entry.attendee is not None and method != "PUBLISH":
        attendee = vCalAddress(f"mailto:{entry.attendee}")
        attendee.params["PARTSTAT"] = "ACCEPTED"
        attendee.params["RSVP"] = "FALSE"
        event.add("attendee", attendee)
    if method != "CANCEL":
        event.add_component(_alarm(entry.title))
    return event


def _alarm(title: str) -> Event:
    from icalendar import Alarm

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", -REMIND_BEFORE)
    return alarm

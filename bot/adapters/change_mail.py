"""What is mailed after a change: in words, and for a booking as a calendar file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.answers.answers import Answers
from bot.changes.kinds import KINDS
from bot.rules.facts import Candidate, Site
from bot.rules.time import instant_of, zone
from bot.store.changes import Change
from bot.store.values import Attachment, Mail

LENGTH = timedelta(hours=1)
"""How long a calendar entry is; the source does not say how long a test takes."""


class ChangeMail:
    """Writes the mails of a change; they are stored in the same transaction."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers

    def of(self, change: Change, candidate: Candidate, sites: Mapping[str, Site]) -> Iterable[Mail]:
        """The mails of one change, with test centres by id: none where there is no address."""
        if candidate.email is None:
            return
        kind = KINDS[change.kind].mail if change.kind in KINDS else "undo_mail"
        after = change.after or {}
        appointment = after.get("appointment")
        values: dict[str, Any] = {}
        attachments: tuple[Attachment, ...] = ()
        if after.get("test"):
            values["test"] = after["test"]
        if appointment is not None and appointment["status"] == "booked":
            site = sites.get(appointment["site"])
            if site is not None:
                values["starts_at"] = instant_of(datetime.fromisoformat(appointment["starts_at"]), zone(site.time_zone))
                values["site"] = f"{site.name}, {site.city}"
                calendar = self.calendar(change, values["starts_at"], site)
                attachments = (Attachment("appointment.ics", "text/calendar", calendar),)
        said = self._answers.phrase("change_mail", what=self._answers.phrase(kind).text, **values)
        subject = self._answers.phrase("change_mail_subject").text
        yield Mail(candidate.email, kind, subject, said.text, attachments=attachments, ase_id=candidate.ase_id)

    def calendar(self, change: Change, starts_at: datetime, site: Site) -> str:
        """An iCalendar file with the one appointment."""
        from icalendar import Calendar, Event

        event = Event()
        event.add("uid", f"{change.after['appointment']['id']}@ase-assistant")
        event.add("summary", self._answers.said("calendar_event", test=change.after["test"]).web)
        event.add("dtstart", starts_at)
        event.add("dtend", starts_at + LENGTH)
        event.add("dtstamp", change.at)
        event.add("location", f"{site.name}, {site.city}, {site.region}")
        calendar = Calendar()
        calendar.add("prodid", "-//ASE assistant//EN")
        calendar.add("version", "2.0")
        calendar.add_component(event)
        return str(calendar.to_ical().decode())

"""What is mailed after a change: in words, and as a calendar file where an appointment was made, moved or given up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from bot.adapters.addresses import Unsendable, ascii_address
from bot.adapters.calendar_file import Entry, MailSender, Method, calendar_file
from bot.answers.answers import Answers
from bot.changes.kinds import KINDS
from bot.rules.facts import Candidate, Site
from bot.rules.policy import (
    CHANGE_CUTOFF,
    CHANGE_CUTOFF_READING,
    TIME_ZONE,
    MissingPolicy,
    reading,
    whole_number,
)
from bot.rules.state import change_by
from bot.rules.time import day_at, instant_of, zone
from bot.store.changes import Change
from bot.store.changes.data import slot_of
from bot.store.values import Attachment, Json, Mail


class ChangeMail:
    """Writes the mails of a change; they are stored in the same transaction."""

    def __init__(self, answers: Answers, sender: MailSender | None = None) -> None:
        self._answers = answers
        self._sender = sender or MailSender()

    def of(self, change: Change, candidate: Candidate, sites: Mapping[str, Site]) -> Iterable[Mail]:
        """The mails of one change, with test centres by id: none where there is no address."""
        if candidate.email is None:
            return
        kind = KINDS[change.kind].mail if change.kind in KINDS else "undo_mail"
        appointment, gone = _appointment(change)
        values: dict[str, Any] = {}
        if change.after.get("test"):
            values["test"] = change.after["test"]
        attachments: tuple[Attachment, ...] = ()
        if appointment is not None and appointment["site"] in sites:
            site = sites[appointment["site"]]
            values["starts_at"] = _start(appointment, site)
            method: Method = "CANCEL" if gone else "REQUEST"
            file = self._file(change, appointment, site, method, candidate)
            name = "cancelled.ics" if gone else "appointment.ics"
            attachments = (Attachment(name, f"text/calendar; method={method}", file),)
            values["site"] = f"{site.name}, {site.city}"
        if gone:
            values = {("was_at" if name == "starts_at" else name): value for name, value in values.items()}
        said = self._answers.phrase("change_mail", what=self._answers.phrase(kind).text, **values)
        yield Mail(
            candidate.email,
            kind,
            self._subject(kind, self._day(change, candidate.time_zone), values, gone=gone),
            said.text,
            attachments=attachments,
            ase_id=candidate.ase_id,
        )

    def calendar(self, change: Change, sites: Mapping[str, Site]) -> str | None:
        """The file to be saved by hand after a change that leaves an appointment; None after any other."""
        appointment, gone = _appointment(change)
        if appointment is None or gone or appointment["site"] not in sites:
            return None
        candidate = change.person.candidate if change.person is not None else None
        return self._file(change, appointment, sites[appointment["site"]], "PUBLISH", candidate)

    def _subject(self, kind: str, on: date, values: Mapping[str, Any], *, gone: bool) -> str:
        """What happened, to which test, and when it is or was; a change without an appointment has its own day."""
        test, at = values.get("test"), values.get("was_at" if gone else "starts_at")
        if kind == "undo_mail":
            kind = f"undo_{'gone' if gone else 'back'}_mail" if at is not None else "undo_other_mail"
        given = {"test": test, "starts_at": at, "on": on}
        wanted = self._answers.catalog.phrases[f"{kind}_subject"].values
        return self._answers.phrase(f"{kind}_subject", **{name: given[name] for name in wanted if given[name]}).text

    def _file(self, change: Change, appointment: Json, site: Site, method: Method, candidate: Candidate | None) -> str:
        starts_at = _start(appointment, site)
        day = self._day(change, candidate.time_zone if candidate is not None else None)
        entry = Entry(
            change.ase_id,
            appointment["id"],
            change.sequence,
            starts_at,
            self._answers.said("calendar_event", test=change.after["test"]).web,
            f"{site.name}, {site.city}, {site.region}",
            self._notes(change.at, day, starts_at),
            change.at,
            _attendee(candidate),
        )
        return calendar_file(entry, method, self._sender)

    def _notes(self, at: datetime, day: date, starts_at: datetime) -> str:
        """When it starts at the test center, and until when it can be changed."""
        say, policy = self._answers.said, self._answers.catalog.policy
        try:
            days, how = whole_number(policy.on(CHANGE_CUTOFF, day)), reading(policy.on(CHANGE_CUTOFF_READING, day))
        except MissingPolicy:
            return say("calendar_notes", starts_at=starts_at).web
        until = change_by(starts_at, days, how)
        if until <= at:
            return say("calendar_notes_fixed", starts_at=starts_at).web
        return say("calendar_notes", starts_at=starts_at, change_by=until).web

    def _day(self, change: Change, own_zone: str | None) -> date:
        """The person's calendar day of the change; without a zone of their own, the one that policy goes by."""
        return day_at(change.at, zone(own_zone or str(self._answers.catalog.policy.rows[TIME_ZONE][-1].value)))


def _appointment(change: Change) -> tuple[Json | None, bool]:
    """The appointment that is booked after a change, or the one it gave up (True)."""
    if not change.done:
        return None, False
    after, before = change.after.get("appointment"), change.before.get("appointment")
    if after is None:
        return None, False
    if after["status"] == "booked":
        return after, False
    return (before, True) if before is not None and before["status"] == "booked" else (None, False)


def _start(appointment: Json, site: Site) -> datetime:
    return instant_of(slot_of(appointment)[1], zone(site.time_zone))


def _attendee(candidate: Candidate | None) -> str | None:
    if candidate is None or candidate.email is None:
        return None
    try:
        return ascii_address(candidate.email)
    except Unsendable:
        return None

"""The changes themselves: book, move, give up an appointment, cancel a test, order duplicates, change an address."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from bot.answers.format import Said
from bot.dialogue.choices import choice_of
from bot.dialogue.ports import Done
from bot.dialogue.regions import REGIONS
from bot.dialogue.state import Choice, Expect, TaskMemory
from bot.dialogue.tasks.change_task import ChangeTask, place
from bot.dialogue.tasks.seat_task import HOLD_MINUTES, SeatTask
from bot.dialogue.tasks.step_up import stepped_up
from bot.dialogue.tasks.subjects import Option, base, taken
from bot.dialogue.turn_context import Desk, Person
from bot.dialogue.understanding.answers import BARE
from bot.dialogue.understanding.repairs import Repair, repair_of
from bot.dialogue.understanding.user_message import Heard
from bot.rules.facts import Site, Subject
from bot.rules.time import instant_of, zone


class Schedule(SeatTask):
    """Book an appointment for a bought test."""

    def preview(self, desk: Desk, memory: TaskMemory, option: Option) -> Mapping[str, Any] | None:
        held = self.held(desk, memory)
        if held is None or option.purchase is None:
            return None
        site, starts_at, instant = held
        window = desk.judge("purchase_window", option.subject).decisive.values
        desk.phrase(
            "preview_book", test=option.test, starts_at=instant, site=place(site), must_test_by=window["must_test_by"]
        )
        desk.phrase("seat_held", hold_minutes=HOLD_MINUTES)
        return {
            "about": option.key,
            "test": option.test,
            "purchase_id": option.purchase.id,
            "site": site.id,
            "starts_at": starts_at.isoformat(),
            "seat": memory.slots["seat"],
        }

    def say_done(self, desk: Desk, memory: TaskMemory, done: Done) -> None:
        say_booked(desk, "done_book", done)

    def can_be_undone(self, desk: Desk, done: Done) -> bool:
        return _can_be_changed(desk, done)


class Reschedule(SeatTask):
    """Move an appointment: the new seat is held first, and the old one stays until the swap."""

    def preview(self, desk: Desk, memory: TaskMemory, option: Option) -> Mapping[str, Any] | None:
        held = self.held(desk, memory)
        purchase, person = option.purchase, desk.person
        if held is None or purchase is None or purchase.appointment is None or person is None:
            return None
        site, starts_at, instant = held
        old = purchase.appointment
        old_site = person.sites[old.site]
        desk.phrase(
            "preview_reschedule",
            test=option.test,
            old_starts_at=instant_of(old.starts_at, zone(old_site.time_zone)),
            old_site=place(old_site),
            new_starts_at=instant,
            new_site=place(site),
            hold_minutes=HOLD_MINUTES,
        )
        return {
            "about": option.key,
            "test": option.test,
            "purchase_id": purchase.id,
            "appointment_id": old.id,
            "was": [old.site, old.starts_at.isoformat()],
            "site": site.id,
            "starts_at": starts_at.isoformat(),
            "seat": memory.slots["seat"],
        }

    def say_done(self, desk: Desk, memory: TaskMemory, done: Done) -> None:
        say_booked(desk, "done_reschedule", done)

    def can_be_undone(self, desk: Desk, done: Done) -> bool:
        return _can_be_changed(desk, done)


class CancelAppointment(ChangeTask):
    """Give up an appointment and keep the test; the last day stays what it was."""

    def preview(self, desk: Desk, memory: TaskMemory, option: Option) -> Mapping[str, Any] | None:
        purchase, person = option.purchase, desk.person
        if purchase is None or purchase.appointment is None or person is None:
            return None
        old = purchase.appointment
        site = person.sites[old.site]
        window = desk.judge("purchase_window", option.subject).decisive.values
        desk.phrase(
            "preview_cancel_appointment",
            test=option.test,
            starts_at=instant_of(old.starts_at, zone(site.time_zone)),
            site=place(site),
            must_test_by=window["must_test_by"],
        )
        return {
            "about": option.key,
            "test": option.test,
            "purchase_id": purchase.id,
            "appointment_id": old.id,
            "was": [old.site, old.starts_at.isoformat()],
        }

    def say_done(self, desk: Desk, memory: TaskMemory, done: Done) -> None:
        appointment, option = done.before["appointment"], _option(desk, done)
        if option is None:
            return
        window = desk.judge("purchase_window", option.subject).decisive.values
        site = desk.services.people.sites()[appointment["site"]]
        desk.phrase(
            "done_cancel_appointment",
            test=done.before["test"],
            starts_at=_instant(appointment, site),
            must_test_by=window["must_test_by"],
        )


class CancelTest(ChangeTask):
    """Cancel a bought test for a refund, its appointment with it: both or neither."""

    def preview(self, desk: Desk, memory: TaskMemory, option: Option) -> Mapping[str, Any] | None:
        purchase, person = option.purchase, desk.person
        if purchase is None or person is None:
            return None
        old = purchase.appointment if purchase.appointment and purchase.appointment.status == "booked" else None
        starts_at = None
        if old is not None:
            starts_at = instant_of(old.starts_at, zone(person.sites[old.site].time_zone))
        desk.phrase("preview_cancel_test", test=option.test, starts_at=starts_at)
        desk.phrase("cannot_undo_after")
        return {
            "about": option.key,
            "test": option.test,
            "purchase_id": purchase.id,
            "was": [old.site, old.starts_at.isoformat()] if old else None,
            "on": desk.today.isoformat(),
        }

    def say_done(self, desk: Desk, memory: TaskMemory, done: Done) -> None:
        desk.phrase("done_cancel_test", test=done.before["test"])


class OrderDuplicates(ChangeTask):
    """Order another copy of certificates, by series, with the total."""

    def about(self, desk: Desk, memory: TaskMemory) -> list[Option]:
        return [Option("")]

    def correct(self, desk: Desk, memory: TaskMemory, heard: Heard) -> bool:
        series = _series_named(desk, heard)
        if not series or series == memory.slots.get("series"):
            return repair_of(heard) is Repair.MORE and self.not_that(desk, memory)
        self.put_off(desk, memory)
        memory.forget("told", "confirm")
        memory.slots["series"] = series
        return True

    def contradicted(self, desk: Desk, memory: TaskMemory, heard: Heard) -> bool:
        if heard.choice is not None or heard.digits is not None or heard.label not in {*BARE, self.label}:
            return False
        named = _series_named(desk, heard)
        return bool(named) and sorted(named) != sorted(memory.slots.get("series") or [])

    def not_that(self, desk: Desk, memory: TaskMemory) -> bool:
        held = desk.judge(self.rule, Subject()).decisive.values.get("series") or []
        if len(held) < 2 or not memory.slots.get("series"):  # type: ignore[arg-type]
            return False
        self.put_off(desk, memory)
        memory.forget("series", "confirm")
        return True

    def _allowed(self, desk: Desk, memory: TaskMemory, option: Option) -> bool:
        if "series" not in memory.slots and memory.slots.get("opening"):
            named = _series_named(desk, desk.heard)
            if named:
                memory.slots["series"] = named
        chosen = memory.slots.get("series") or []
        chosen = [chosen] if isinstance(chosen, str) else chosen
        subject = Subject(series=tuple(s for s in chosen if s != "all"))
        told = ",".join(chosen)
        if memory.slots.get("told") == told:
            return desk.judge(self.rule, subject).outcome == "allowed"
        memory.slots["told"] = told
        decision = desk.tell(self.rule, subject)
        return decision.outcome == "allowed"

    def missing(self, desk: Desk, memory: TaskMemory, option: Option) -> bool:
        if memory.slots.get("series"):
            return False
        held = desk.judge(self.rule, Subject()).decisive.values["series"]
        if len(held) == 1:  # type: ignore[arg-type]
            memory.slots["series"] = list(held)  # type: ignore[call-overload]
            return False
        choices = []
        for series in held:  # type: ignore[attr-defined]
            said = desk.services.answers.say(series)
            choices.append(Choice(id=series, title=said.web, spoken=said.voice, value=[series]))
        choices.append(choice_of(desk.services.answers, "choice_all", id="all", value=list(held)))  # type: ignore[call-overload]
        desk.phrase("ask_series")
        desk.ask(memory, "series", Expect.CHOICE, choices)
        return True

    def preview(self, desk: Desk, memory: TaskMemory, option: Option) -> Mapping[str, Any] | None:
        chosen = memory.slots["series"]
        decision = desk.judge(self.rule, Subject(series=tuple(chosen)))
        values = decision.decisive.values
        if decision.outcome != "allowed":
            return None
        desk.phrase(
            "preview_duplicate", series=list(chosen), fee_per_series=values["fee_per_series"], total=values["total"]
        )
        return {"about": "", "series": list(chosen), "fee_per_series": str(values["fee_per_series"])}

    def say_done(self, desk: Desk, memory: TaskMemory, done: Done) -> None:
        desk.phrase("done_duplicate", series=list(done.after["series"]), total=Decimal(done.after["total"]))


PARTS = ("line1", "city", "region", "postal_code")
_WHOLE = re.compile(
    r"(?P<line1>\d+[^,\n]{2,80}?)\s*,\s*(?P<city>[A-Za-z .'-]{2,60}?)\s*,?\s+"
    r"(?P<region>[A-Za-z]{2})\.?\s*,?\s+(?P<postal_code>\d{5}(?:-\d{4})?)\b"
)
_STREET = re.compile(r"(?:\b(?:to|is|at)|:)\s+(?P<line1>\d+\w?\s+[A-Za-z][A-Za-z0-9 .'-]{1,60}?)\s*[.!]?$")
_PART_SAID = re.compile(
    r"\b(?:the |my )?(?P<part>street|city|town|state|province|(?:zip|postal)(?: code)?|zip) "
    r"(?:is|should be|must be|has to be) (?:not .{1,40} but )?(?P<value>.{2,80})$",
    re.IGNORECASE,
)
_PART_OF = {
    "street": "line1", "city": "city", "town": "city", "state": "region", "province": "region", "zip": "postal_code",
    "zip code": "postal_code", "postal": "postal_code", "postal code": "postal_code",
}  # fmt: skip
WRONG_BEFORE_PERSON = 3
_REGION_CODES = {name.lower(): code for code, name in REGIONS.items()}
_POSTAL = {
    "US": re.compile(r"^\d{5}(-\d{4})?$"),
    "CA": re.compile(r"^[A-Za-z]\d[A-Za-z][ -]?\d[A-Za-z]\d$"),
}


class ChangeAddress(ChangeTask):
    """A new address, part by part, checked, after a fresh code; with the notice to ASE while a certificate is on its
    way."""

    def proven(self, desk: Desk, memory: TaskMemory) -> bool:
        return stepped_up(desk, memory)

    def about(self, desk: Desk, memory: TaskMemory) -> list[Option]:
        return [Option("")]

    def start(self, memory: TaskMemory, heard: Heard) -> None:
        ChangeTask.start(self, memory, heard)
        street = _STREET.search(heard.text)
        if not self._whole(memory, heard.text) and street is not None:
            memory.slots["line1"] = street.group("line1")

    def correct(self, desk: Desk, memory: TaskMemory, heard: Heard) -> bool:
        if self._whole(memory, heard.text) or self._part_named(memory, heard.text):
            self.put_off(desk, memory)
            memory.forget("confirm")
            return True
        return repair_of(heard) is Repair.MORE and self.not_that(desk, memory)

    def not_that(self, desk: Desk, memory: TaskMemory) -> bool:
        if "line1" not in memory.slots:
            return False
        self.put_off(desk, memory)
        memory.forget("confirm", *PARTS)
        memory.asked = []
        return True

    def contradicted(self, desk: Desk, memory: TaskMemory, heard: Heard) -> bool:
        return bool(_WHOLE.search(heard.text) or _PART_SAID.search(heard.text))

    @staticmethod
    def _part_named(memory: TaskMemory, text: str) -> bool:
        """ "No, the city is Elgin": one part said again."""
        found = _PART_SAID.search(text)
        if found is None:
            return False
        part = _PART_OF[found.group("part").lower()]
        memory.slots[part] = found.group("value").strip(" .!")
        return True

    def _allowed(self, desk: Desk, memory: TaskMemory, option: Option) -> bool:
        return True

    def missing(self, desk: Desk, memory: TaskMemory, option: Option) -> bool:
        if self._take(desk, memory):
            return True
        asked_before = "line1" in memory.asked
        for part in PARTS:
            if not memory.slots.get(part):
                if part == "line1" and not asked_before:
                    desk.phrase("ask_address")
                else:
                    desk.phrase("ask_address_part", part=desk.services.answers.said(f"part_{part}"))
                desk.ask(memory, part, Expect.FREE)
                return True
        return False

    def _take(self, desk: Desk, memory: TaskMemory) -> bool:
        """Check what was just given; what does not fit is asked again, and a person offered after the third time."""
        self._whole(memory, str(memory.slots.get("line1", "")))
        for part in PARTS:
            value = " ".join(str(memory.slots.get(part, "")).split())
            if part == "region":
                value = _REGION_CODES.get(value.lower(), value)
            if value and not _fits(part, value):
                memory.forget(part)
                wrong = memory.slots["wrong"] = int(memory.slots.get("wrong", 0)) + 1
                desk.phrase("address_part_wrong", part=desk.services.answers.said(f"part_{part}"))
                desk.phrase(f"address_{part}_form")
                if wrong % WRONG_BEFORE_PERSON == 0:
                    desk.ask(memory, part, Expect.FREE)
                    desk.first("human_agent", reason="not_understood", offered=True, soft=True)
                    return True
            elif value:
                memory.slots[part] = value.upper() if part in {"region", "postal_code"} else value
        return False

    def preview(self, desk: Desk, memory: TaskMemory, option: Option) -> Mapping[str, Any] | None:
        person = desk.person
        if person is None:
            return None
        old = person.candidate.address
        postal_code = memory.slots["postal_code"]
        country = next((c for c, pattern in _POSTAL.items() if pattern.match(postal_code)), "US")
        new = {part: memory.slots[part] for part in PARTS} | {"country": country, "line2": None}
        was = None
        if old is not None:
            was = {
                "line1": old.line1,
                "line2": old.line2,
                "city": old.city,
                "region": old.region,
                "postal_code": old.postal_code,
                "country": old.country,
            }
        desk.phrase("preview_address", address=written(new), old_address=written(was) if was else None)
        return {"about": "", "address": new, "was": was, "on": desk.today.isoformat()}

    def say_done(self, desk: Desk, memory: TaskMemory, done: Done) -> None:
        desk.phrase("done_address", address=written(done.after["address"]))
        person = desk.person
        if person is None:
            return
        for option in taken(person, desk.today):
            decision = desk.judge("certificate_delivery", option.subject)
            if any(reason.code == "address_changed_after_test" for reason in decision.reasons):
                desk.phrase("address_notice_ase", test=option.test)
                return

    @staticmethod
    def _whole(memory: TaskMemory, text: str) -> bool:
        found = _WHOLE.search(text)
        if found is None:
            return False
        memory.slots.update({part: found.group(part).strip() for part in PARTS})
        return True


def written(address: Mapping[str, Any]) -> Said:
    """An address in one line; spoken, its digits one by one."""
    parts = [address["line1"], address.get("line2"), address["city"], f"{address['region']} {address['postal_code']}"]
    line = ", ".join(str(part) for part in parts if part)
    digits = re.sub(r"\d", lambda d: f" {_DIGITS[int(d.group())]} ", line)
    return Said(line, " ".join(digits.split()).replace(" ,", ","))


_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def say_booked(desk: Desk, phrase: str, done: Done) -> None:
    """A booked or moved appointment, and until when it can be changed."""
    appointment, option = done.after["appointment"], _option(desk, done)
    site = desk.services.people.sites()[appointment["site"]]
    change_by = None
    if option is not None:
        change_by = desk.judge("reschedule", option.subject).decisive.values.get("change_by")
    closed = isinstance(change_by, datetime) and change_by <= desk.now
    starts_at, change_by = _instant(appointment, site), None if closed else change_by
    desk.phrase(phrase, test=done.after["test"], starts_at=starts_at, site=place(site), change_by=change_by)
    if closed:
        desk.phrase("change_closed")


def _can_be_changed(desk: Desk, done: Done) -> bool:
    """Whether the rule still lets the appointment that was made be changed, and so taken back."""
    option = _option(desk, done)
    return option is not None and desk.judge("reschedule", option.subject).outcome == "allowed"


def _option(desk: Desk, done: Done) -> Option | None:
    person: Person | None = desk.person
    wanted = done.before.get("purchase_id") or done.after.get("purchase_id")
    if person is None:
        return None
    return next((Option(p.test, p) for p in person.candidate.purchases if p.id == wanted), None)


def _instant(appointment: Mapping[str, Any], site: Site) -> datetime:
    return instant_of(datetime.fromisoformat(appointment["starts_at"]), zone(site.time_zone))


def _series_named(desk: Desk, heard: Heard) -> list[str]:
    tests = desk.services.catalog.tests.tests
    series = [str(s) for s in heard.values("test_series")]
    series += [tests[base(str(t))].series for t in heard.values("test_code") if base(str(t)) in tests]
    return list(dict.fromkeys(series))


def _fits(part: str, value: str) -> bool:
    if part == "postal_code":
        return any(pattern.match(value) for pattern in _POSTAL.values())
    if part == "region":
        return value.upper() in REGIONS
    return 2 <= len(value) <= 80 and any(character.isalpha() for character in value)

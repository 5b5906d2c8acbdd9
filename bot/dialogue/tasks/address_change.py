"""Change an address."""

from __future__ import annotations

import re
from typing import Any

from bot.answers.format import Said
from bot.changes.kinds import ADDRESS
from bot.contracts.changes import AddressRequest, ChangeRequest, Done
from bot.dialogue.regions import REGIONS
from bot.dialogue.state import Expect, TaskMemory
from bot.dialogue.tasks.change_task import ChangeTask
from bot.dialogue.tasks.step_up import stepped_up
from bot.dialogue.tasks.subjects import Option, taken
from bot.dialogue.turn_context import Desk
from bot.dialogue.understanding.repairs import Repair, repair_of
from bot.dialogue.understanding.user_message import Heard
from bot.rules.facts import Address

PARTS = ("line1", "city", "region", "postal_code")
PART_NAMES = {"line1": "street", "city": "city", "region": "state", "postal_code": "postal code"}
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
                    desk.phrase("ask_address_part", part=Said.same(PART_NAMES[part]))
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
                desk.phrase("address_part_wrong", part=Said.same(PART_NAMES[part]))
                desk.phrase(f"address_{part}_form")
                if wrong % WRONG_BEFORE_PERSON == 0:
                    desk.ask(memory, part, Expect.FREE)
                    desk.first("human_agent", reason="not_understood", offered=True, soft=True)
                    return True
            elif value:
                memory.slots[part] = value.upper() if part in {"region", "postal_code"} else value
        return False

    def preview(self, desk: Desk, memory: TaskMemory, option: Option) -> ChangeRequest | None:
        person = desk.person
        if person is None:
            return None
        old = person.candidate.address
        postal_code = memory.slots["postal_code"]
        country = next((c for c, pattern in _POSTAL.items() if pattern.match(postal_code)), "US")
        new = Address(**{part: memory.slots[part] for part in PARTS}, country=country)
        desk.phrase(ADDRESS.preview, address=written(new), old_address=written(old) if old else None)
        return AddressRequest(new, old, desk.today)

    def shown_again(self, request: ChangeRequest) -> dict[str, Any]:
        if not isinstance(request, AddressRequest):
            return {}
        return {part: getattr(request.address, part) for part in PARTS}

    def say_done(self, desk: Desk, memory: TaskMemory, done: Done) -> None:
        desk.phrase(ADDRESS.done, address=written(Address(**done.after["address"])))
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


def written(address: Address) -> Said:
    """An address in one line; spoken, its digits one by one."""
    parts = (address.line1, address.line2, address.city, f"{address.region} {address.postal_code}")
    line = ", ".join(part for part in parts if part)
    digits = re.sub(r"\d", lambda d: f" {_DIGITS[int(d.group())]} ", line)
    return Said(line, " ".join(digits.split()).replace(" ,", ","))


_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def _fits(part: str, value: str) -> bool:
    if part == "postal_code":
        return any(pattern.match(value) for pattern in _POSTAL.values())
    if part == "region":
        return value.upper() in REGIONS
    return 2 <= len(value) <= 80 and any(character.isalpha() for character in value)

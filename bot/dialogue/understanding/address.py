"""An address as it is said (whole, as a street alone, or one part put right), and its parts as they are written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.dialogue.regions import REGIONS
from bot.dialogue.understanding.user_message import UserMessage

PARTS = ("line1", "city", "region", "postal_code")
"""The parts of an address in the order in which they are asked for."""

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
_REGION_CODES = {name.lower(): code for code, name in REGIONS.items()}
_POSTAL = {
    "US": re.compile(r"^\d{5}(-\d{4})?$"),
    "CA": re.compile(r"^[A-Za-z]\d[A-Za-z][ -]?\d[A-Za-z]\d$"),
}
_LONGEST = 400
"""Characters that are looked at: an address is never longer."""


@dataclass(frozen=True, slots=True)
class AddressSaid:
    """The parts of an address that a message names; `whole` where it names all of them, `street` a street alone."""

    whole: Mapping[str, str] = field(default_factory=dict)
    street: str | None = None
    part: tuple[str, str] | None = None
    """One part by name and its value ("the city is Elgin")."""


def whole_address(text: str) -> dict[str, str]:
    """The four parts where the text holds a whole address, else nothing."""
    found = _WHOLE.search(text[:_LONGEST])
    return {part: found.group(part).strip() for part in PARTS} if found is not None else {}


def country_of(postal_code: str) -> str | None:
    """The country whose postal codes look like this ("US", "CA"), or None."""
    return next((country for country, pattern in _POSTAL.items() if pattern.match(postal_code)), None)


def as_written(part: str, said: str) -> str | None:
    """One part of an address as it is written ("illinois" → "IL"), or None where it cannot be such a part."""
    value = " ".join(said.split())
    if part == "postal_code":
        return value.upper() if country_of(value) is not None else None
    if part == "region":
        code = _REGION_CODES.get(value.lower(), value.upper())
        return code if code in REGIONS else None
    return value if 2 <= len(value) <= 80 and any(character.isalpha() for character in value) else None


def address_said(message: UserMessage) -> AddressSaid:
    """What a message says of an address."""
    text = message.text[:_LONGEST]
    whole, street, part = whole_address(text), _STREET.search(text), _PART_SAID.search(text)
    return AddressSaid(
        whole,
        street.group("line1") if street is not None and not whole else None,
        (_PART_OF[part.group("part").lower()], part.group("value").strip(" .!")) if part is not None else None,
    )

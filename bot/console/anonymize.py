"""Personal data out of a message: made-up values in place of real ones, so that the line still reads like a message."""

from __future__ import annotations

import re
from collections.abc import Iterable

ASE_ID = "ASE-0000-0000"
EMAIL = "name@example.org"
PHONE = "555-0100"
NUMBER = "00000"
NAME = "Alex"
STREET = "1 Main St"

_RULES = (
    (re.compile(r"\bASE[-\s]?\d{4}[-\s]?\d{4}\b", re.IGNORECASE), ASE_ID),
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), EMAIL),
    (re.compile(r"(?<![\w-])\+?\d?[\s.(-]*\d{3}[\s.)-]+\d{3}[\s.-]+\d{4}\b|(?<![\w-])\+?\d{10,15}\b"), PHONE),
    (
        re.compile(
            r"\b\d{1,5}\s+(?:[A-Z][\w.']*\s+){1,3}(?:St|Street|Ave|Avenue|Rd|Road|Blvd|Lane|Ln|Drive|Dr|Way|Ct|Court)\b\.?",
            re.IGNORECASE,
        ),
        STREET,
    ),
    (re.compile(r"(?<![\d-])\d{5,}(?![\d-])"), NUMBER),
)
_SAID_NAME = re.compile(
    r"\b((?:my name(?:'s| is)|i am called|this is|i'm called)\s+)([A-Z][\w'-]+(?:\s+[A-Z][\w'-]+)?)", re.IGNORECASE
)
_NO_NAMES = {"a", "an", "the", "my", "not", "about", "for", "urgent", "ridiculous", "it", "wrong", "what", "how"}


def scrubbed(text: str, names: Iterable[str] = ()) -> str:
    """The text without ASE IDs, e-mail, telephone and long numbers, streets, and without these names."""
    for pattern, made_up in _RULES:
        text = pattern.sub(made_up, text)

    def renamed(found: re.Match[str]) -> str:
        first = found[2].split()[0].lower()
        return found[0] if first in _NO_NAMES else f"{found[1]}{NAME}"

    text = _SAID_NAME.sub(renamed, text)
    for name in sorted({name for name in names if len(name) >= 2}, key=len, reverse=True):
        text = re.sub(rf"\b{re.escape(name)}\b", NAME, text, flags=re.IGNORECASE)
    return " ".join(text.split())

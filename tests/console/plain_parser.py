"""Reads messages by plain words, without a model: quick, and the same every time."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from typing import Any

from bot.dialogue.dispatch import actions_of_rules
from bot.rasa_adapter.model_files import ROOT

WORDS: tuple[tuple[str, str], ...] = (
    (r"\bASE-\d{4}-\d{4}\b$", "inform"),
    (r"\b(agent|person|human)\b", "human_agent"),
    (r"\b(move|reschedule|change)\b", "account/reschedule"),
    (r"\bcancel\b.*\bappointment\b", "account/cancel_appointment"),
    (r"\bcancel\b", "account/cancel_test"),
    (r"\b(fee|fees|cost|price)\b", "faq/fees"),
    (r"\b(book|schedule)\b", "account/schedule_test"),
    (r"\b(master)\b", "account/master_status"),
    (r"\b(retest|retake|fail)\b", "account/retest"),
    (r"\b(yes|yeah)\b", "affirm"),
    (r"\b(no|nope)\b", "deny"),
    (r"\b(thanks|thank you)\b", "thanks"),
    (r"\b(hi|hello)\b", "greet"),
)
SECOND = {
    "account/reschedule": (("account/cancel_appointment", 0.2), ("faq/registration", 0.1)),
    "faq/fees": (("faq/registration", 0.2),),
}
_CODE = re.compile(r"\b([ALGTSXEFCPB]\d{1,2}R?)\b", re.IGNORECASE)
_ID = re.compile(r"\bASE-\d{4}-\d{4}\b")


class PlainParser:
    """Stands in for the trained model. While `hold` is cleared reading waits; `waiting` is set once it has begun."""

    def __init__(self) -> None:
        self.actions = actions_of_rules(ROOT)
        self.hold = threading.Event()
        self.hold.set()
        self.waiting = threading.Event()

    @property
    def model_name(self) -> str:
        return "plain-words"

    def parse(self, text: str, metadata: Mapping[str, Any]) -> dict[str, Any]:
        """The first word that fits."""
        self.waiting.set()
        self.hold.wait(10)
        label = next((label for word, label in WORDS if re.search(word, text, re.IGNORECASE)), "out_of_scope")
        entities = [_entity("test_code", found, found[1].upper()) for found in _CODE.finditer(text)]
        entities += [_entity("ase_id", found, found[0]) for found in _ID.finditer(text)]
        known = label != "out_of_scope"
        ranking = [(label, 0.9), *SECOND.get(label, ())] if known else [("faq/contact", 0.2)]
        return {
            "text": text,
            "intent": {"name": label.partition("/")[0], "confidence": 0.9 if known else 0.2},
            "label": label,
            "accepted": known,
            "entities": entities,
            "ranking": [{"name": name, "confidence": sure} for name, sure in ranking],
        }


def _entity(kind: str, found: re.Match[str], value: str) -> dict[str, Any]:
    return {"entity": kind, "value": value, "start": found.start(), "end": found.end()}

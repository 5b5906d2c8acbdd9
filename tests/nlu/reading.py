"""What our readers make of an answer to a prompt, written as the tables of values write it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.nlu.values import read_ase_id, read_choice, read_code, read_times, read_values, read_yes_no
from bot.nlu.values.words import Value

NOW = datetime.fromisoformat("2026-03-02T10:00:00-06:00")
ZONE = "America/Chicago"


def answer(kind: str, text: str, choices: int = 9) -> str:
    """The values of one kind in an answer, separated by commas; "" for none."""
    if kind in {"test_code", "date"}:
        return joined(kind, read_values(text, as_of=NOW, zone=ZONE))
    if kind == "time":
        return joined(kind, read_times(text))
    if kind == "choice":
        choice = read_choice(text, choices)
        return "" if choice is None else "last" if choice == choices else str(choice)
    if kind == "yes_no":
        return {True: "yes", False: "no", None: ""}[read_yes_no(text)]
    return (read_ase_id(text) if kind == "ase_id" else read_code(text)) or ""


def joined(kind: str, values: Iterable[Value]) -> str:
    """The values of one kind, each once, in order."""
    return ",".join(dict.fromkeys(value.value for value in values if value.entity == kind))

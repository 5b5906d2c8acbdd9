"""A change as a card shows it: what is, what would be, and what a yes means besides. Plain data, ready for JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from bot.answers.answer import Answer
from bot.answers.format import Said
from bot.changes.kinds import ADDRESS, BOOK, CANCEL_APPOINTMENT, CANCEL_TEST, DUPLICATES, RESCHEDULE
from bot.dialogue.outcome import ChangeShown, Reply, Statement

_AT = ("at", "place")


@dataclass(frozen=True, slots=True)
class _Shape:
    """How the values of a preview stand on its card: by field, either one value or the parts of a side."""

    kind: str
    undoes: str | None = None
    sides: Mapping[str, tuple[str, str]] | None = None
    plain: Mapping[str, str] | None = None


_TEST = {"test": "test"}
_SHAPES: Mapping[str, _Shape] = {
    BOOK.preview: _Shape(BOOK.name, None, {"to": ("starts_at", "site")}, _TEST | {"last_day": "must_test_by"}),
    RESCHEDULE.preview: _Shape(
        RESCHEDULE.name,
        None,
        {"from": ("old_starts_at", "old_site"), "to": ("new_starts_at", "new_site")},
        _TEST,
    ),
    CANCEL_APPOINTMENT.preview: _Shape(
        CANCEL_APPOINTMENT.name, None, {"from": ("starts_at", "site")}, _TEST | {"last_day": "must_test_by"}
    ),
    CANCEL_TEST.preview: _Shape(CANCEL_TEST.name, None, {"from": ("starts_at", "site")}, _TEST),
    DUPLICATES.preview: _Shape(
        DUPLICATES.name, None, {}, {"series": "series", "fee_each": "fee_per_series", "total": "total"}
    ),
    ADDRESS.preview: _Shape(ADDRESS.name, None, {}, {"address": "address", "old_address": "old_address"}),
    "preview_undo": _Shape("undo"),
    "preview_undo_book": _Shape("undo", BOOK.name, {"from": ("starts_at", "site")}, _TEST),
    "preview_undo_cancel": _Shape("undo", CANCEL_APPOINTMENT.name, {"to": ("starts_at", "site")}, _TEST),
    "preview_undo_reschedule": _Shape(
        "undo",
        RESCHEDULE.name,
        {"from": ("new_starts_at", "new_site"), "to": ("starts_at", "site")},
        _TEST,
    ),
}
_ADDED = {"duplicates_go_to": {"address": "address"}}
"""Phrases beside a preview whose values have a line of their own on the card."""
_LEFT_OUT = {"seat_held", "confirm_question", "preview_seat_instead"}
"""What a card shows by itself: the countdown, and its two buttons."""


class OnCard(Reply):
    """Says what the card of a change says as well, and gathers that card."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.turn)
        self._card: dict[str, Any] = {}
        self._notes: list[str] = []

    def say(self, answer: Answer) -> None:
        """Said in words, and on the card."""
        if answer.text or answer.speech:
            self._statements.append(Statement(answer, on_card=True))

    def phrase(self, key: str, **values: Any) -> None:
        """A phrase; what it tells goes on the card: into its lines where it is a preview, else as a note."""
        super().phrase(key, **values)
        if key in _SHAPES:
            self.shows(key, **values)
        elif key in _ADDED:
            self._card |= _plain(_ADDED[key], values)
        elif key not in _LEFT_OUT and self._statements:
            self._notes.append(self._statements[-1].answer.text)

    def shows(self, preview: str, **values: Any) -> None:
        """The lines of a preview on the card, whatever words stand beside it."""
        self._card |= _lines(_SHAPES[preview], values)

    def onto(self, reply: Reply) -> None:
        """What was said, and the card, go with another reply."""
        reply.include(self)
        if self._card:
            reply.effect(ChangeShown(self._card | {"notes": list(self._notes)}))


def _lines(shape: _Shape, values: Mapping[str, Any]) -> dict[str, Any]:
    card: dict[str, Any] = {"kind": shape.kind}
    if shape.undoes is not None:
        card["undoes"] = shape.undoes
    for side, names in (shape.sides or {}).items():
        found = _plain(dict(zip(_AT, names, strict=True)), values)
        if found:
            card[side] = found
    return card | _plain(shape.plain or {}, values)


def _plain(fields: Mapping[str, str], values: Mapping[str, Any]) -> dict[str, Any]:
    """By field the value of that name; what is not known is left out."""
    return {field: _json(values[name]) for field, name in fields.items() if values.get(name) is not None}


def _json(value: Any) -> Any:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, Said):
        return value.web
    return str(value) if isinstance(value, Decimal) else value

"""Book an appointment."""

from __future__ import annotations

from bot.changes.kinds import BOOK
from bot.contracts.changes import BookRequest, ChangeRequest, Done
from bot.dialogue.state import TaskMemory
from bot.dialogue.tasks.appointment_words import can_be_changed, say_booked
from bot.dialogue.tasks.change_task import place
from bot.dialogue.tasks.seat_task import HOLD_MINUTES, SeatTask
from bot.dialogue.tasks.subjects import Option
from bot.dialogue.turn_context import Desk


class Schedule(SeatTask):
    """Book an appointment for a bought test."""

    def preview(self, desk: Desk, memory: TaskMemory, option: Option) -> ChangeRequest | None:
        held = self.held(desk, memory)
        if held is None or option.purchase is None:
            return None
        site, starts_at, instant = held
        window = desk.judge("purchase_window", option.subject).decisive.values
        desk.phrase(
            BOOK.preview, test=option.test, starts_at=instant, site=place(site), must_test_by=window["must_test_by"]
        )
        desk.phrase("seat_held", hold_minutes=HOLD_MINUTES)
        return BookRequest(option.test, option.purchase.id, site.id, starts_at)

    def say_done(self, desk: Desk, memory: TaskMemory, done: Done) -> None:
        say_booked(desk, BOOK.done, done)

    def can_be_undone(self, desk: Desk, done: Done) -> bool:
        return can_be_changed(desk, done)

"""Book an appointment for a bought test."""

from __future__ import annotations

from dataclasses import dataclass

from bot.changes.kinds import BOOK
from bot.contracts.changes import BookRequest, ChangeRequest, Done
from bot.dialogue.memories import ChangeMemory
from bot.dialogue.outcome import Reply
from bot.dialogue.tasks.appointment_words import can_be_changed, say_booked, warn
from bot.dialogue.tasks.change_task import place
from bot.dialogue.tasks.seat_task import HOLD_MINUTES, SeatTask, chosen, local_start
from bot.dialogue.tasks.subjects import Option
from bot.dialogue.turn_context import TurnContext


@dataclass(frozen=True, slots=True)
class Schedule(SeatTask):
    """Book an appointment for a bought test."""

    def preview(self, reply: Reply, memory: ChangeMemory, option: Option) -> ChangeRequest | None:
        """The seat, and until when the test has to be taken."""
        if option.purchase is None:
            return None
        site, starts_at = chosen(reply.turn, memory)
        window = reply.turn.judge("purchase_window", option.subject)
        reply.phrase(
            BOOK.preview,
            test=option.test,
            starts_at=local_start(site, starts_at),
            site=place(site),
            must_test_by=window.date("must_test_by"),
        )
        reply.phrase("seat_held", hold_minutes=HOLD_MINUTES)
        warn(reply, option, site, starts_at)
        return BookRequest(option.test, option.purchase.id, site.id, starts_at)

    def say_done(self, reply: Reply, done: Done) -> None:
        """The appointment, and until when it can be changed."""
        say_booked(reply, BOOK.done, done)

    def can_be_undone(self, turn: TurnContext, done: Done) -> bool:
        """Only while the rule lets it be changed."""
        return can_be_changed(turn, done)

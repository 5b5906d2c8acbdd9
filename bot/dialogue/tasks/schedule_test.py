"""Book an appointment for a bought test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from bot.changes.kinds import BOOK, RESCHEDULE
from bot.contracts.changes import BookRequest, ChangeRequest, Done
from bot.dialogue.memories import ChangeMemory, SeatMemory, SeatPreference
from bot.dialogue.outcome import Reply, Step
from bot.dialogue.tasks.appointment_words import say_booked, warn
from bot.dialogue.tasks.asides import place
from bot.dialogue.tasks.seat_task import HOLD_MINUTES, SeatTask, chosen, local_start, say_instead
from bot.dialogue.tasks.subjects import Option
from bot.dialogue.understanding.seat_preferences import once_said


@dataclass(frozen=True, slots=True)
class Schedule(SeatTask):
    """Book an appointment for a bought test."""

    def _toward_preview(self, reply: Reply, known: ChangeMemory, option: Option) -> Step:
        """A test that has its appointment can only be moved: where another time was named, seats for it are shown."""
        wishes = once_said(cast(SeatMemory, known).preference) != SeatPreference()
        if known.told is None and wishes and option.appointment is not None:
            decision = reply.tell(self.rule, option.subject)
            if decision.outcome == "refused" and decision.decisive.code == "already_scheduled":
                given = {"tests": (option.test,), "about": option.key, "told": option.key, "opening": False}
                return reply.next(RESCHEDULE.topic, **given, preference=cast(SeatMemory, known).preference)
            known = known.having(told=option.key) if decision.outcome == "allowed" else known
            if decision.outcome != "allowed":
                return self._next(reply, known)
        return SeatTask._toward_preview(self, reply, known, option)

    def preview(self, reply: Reply, memory: ChangeMemory, option: Option) -> ChangeRequest | None:
        """The seat, and until when the test has to be taken."""
        if option.purchase is None:
            return None
        site, starts_at = chosen(reply.turn, memory)
        window = reply.turn.judge("purchase_window", option.subject)
        shown = {
            "starts_at": local_start(site, starts_at),
            "site": place(site),
            "must_test_by": window.date("must_test_by"),
        }
        if memory.previewed and memory.proposal is None:
            say_instead(reply, option, site, starts_at, BOOK.preview, shown)
        else:
            reply.phrase(BOOK.preview, test=option.test, **shown)
            if reply.turn.channel != "phone":
                reply.phrase("seat_held", hold_minutes=HOLD_MINUTES)
        warn(reply, option, site, starts_at)
        return BookRequest(option.test, option.purchase.id, site.id, starts_at)

    def say_done(self, reply: Reply, done: Done) -> None:
        """The appointment, and until when it can be changed."""
        say_booked(reply, BOOK.done, done)

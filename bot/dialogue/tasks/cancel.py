"""Give up an appointment and keep the test, or cancel the test with its appointment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from bot.changes.kinds import CANCEL_APPOINTMENT, CANCEL_TEST
from bot.contracts.changes import CancelAppointmentRequest, CancelTestRequest, ChangeRequest, Done
from bot.dialogue.memories import ChangeMemory
from bot.dialogue.outcome import Reply, Step
from bot.dialogue.state import Memory, Question
from bot.dialogue.tasks.appointment_words import local_instant, option_of
from bot.dialogue.tasks.asides import InShort, place
from bot.dialogue.tasks.change_task import ChangeTask
from bot.dialogue.tasks.subjects import Option
from bot.dialogue.turn_context import TurnContext
from bot.dialogue.understanding.answers import CONFIRM
from bot.dialogue.understanding.user_act import UserAct
from bot.rules.time import instant_of, zone


@dataclass(frozen=True, slots=True)
class CancelAppointment(ChangeTask):
    """Give up an appointment and keep the test; the last day stays what it was."""

    def preview(self, reply: Reply, memory: ChangeMemory, option: Option) -> ChangeRequest | None:
        """The appointment that would be given up, and until when the test can still be taken."""
        purchase, person = option.purchase, reply.turn.person
        if purchase is None or purchase.appointment is None or person is None:
            return None
        old = purchase.appointment
        site = person.sites[old.site]
        last_day = reply.turn.judge("purchase_window", option.subject).date("must_test_by")
        over = last_day < reply.turn.today
        reply.phrase(
            CANCEL_APPOINTMENT.preview,
            test=option.test,
            starts_at=instant_of(old.starts_at, zone(site.time_zone)),
            site=place(site),
            must_test_by=None if over else last_day,
        )
        if over:
            reply.phrase("window_over", must_test_by=last_day)
        elif _waits_for_review(reply.turn):
            reply.phrase("rebook_after_review")
        return CancelAppointmentRequest(option.test, purchase.id, old.id, (old.site, old.starts_at))

    def aside(self, turn: TurnContext, memory: Memory, act: UserAct, question: Question) -> Step | None:
        """ "Just the appointment": that is what a yes does; it is asked for in so many words."""
        known = cast(ChangeMemory, memory)
        option = self.in_hand(turn, known)
        asked = question.slot == CONFIRM and not act.is_pressed and not act.is_question and act.short
        if not asked or option is None or act.tests or act.cancels_what != self.label or act.refuses or act.is_yes:
            return None
        reply = InShort(turn)
        self.preview(reply, known, option)
        said = Reply(turn)
        said.include(reply)
        return self._ask_to_confirm(said, known)

    def say_done(self, reply: Reply, done: Done) -> None:
        """What was given up, and until when the test can still be taken."""
        turn, appointment = reply.turn, done.before["appointment"]
        option = option_of(turn, done)
        if option is None:
            return
        last_day = turn.judge("purchase_window", option.subject).date("must_test_by")
        reply.phrase(
            CANCEL_APPOINTMENT.done,
            test=done.before["test"],
            starts_at=local_instant(appointment, turn.sites[appointment["site"]]),
            must_test_by=None if last_day < turn.today else last_day,
        )


def _waits_for_review(turn: TurnContext) -> bool:
    """Whether nothing may be booked before accommodations are decided on."""
    return turn.person is not None and turn.person.candidate.accommodation.status == "in_review"


@dataclass(frozen=True, slots=True)
class CancelTest(ChangeTask):
    """Cancel a bought test for a refund, its appointment with it: both or neither."""

    def preview(self, reply: Reply, memory: ChangeMemory, option: Option) -> ChangeRequest | None:
        """What would be lost for good."""
        purchase, person = option.purchase, reply.turn.person
        if purchase is None or person is None:
            return None
        old = purchase.appointment if purchase.appointment and purchase.appointment.status == "booked" else None
        starts_at = None
        if old is not None:
            starts_at = instant_of(old.starts_at, zone(person.sites[old.site].time_zone))
        reply.phrase(CANCEL_TEST.preview, test=option.test, starts_at=starts_at)
        reply.phrase("cannot_undo_after")
        was = (old.site, old.starts_at) if old is not None else None
        return CancelTestRequest(option.test, purchase.id, was, reply.turn.today)

    def say_done(self, reply: Reply, done: Done) -> None:
        """That it is cancelled, and that a refund is due."""
        reply.phrase(CANCEL_TEST.done, test=done.before["test"])

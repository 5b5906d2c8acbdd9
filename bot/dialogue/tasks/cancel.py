"""Give up an appointment and keep the test, or cancel the test with its appointment."""

from __future__ import annotations

from dataclasses import dataclass

from bot.changes.kinds import CANCEL_APPOINTMENT, CANCEL_TEST
from bot.contracts.changes import CancelAppointmentRequest, CancelTestRequest, ChangeRequest, Done
from bot.dialogue.memories import ChangeMemory
from bot.dialogue.outcome import Reply
from bot.dialogue.tasks.appointment_words import local_instant, option_of
from bot.dialogue.tasks.asides import place
from bot.dialogue.tasks.change_task import ChangeTask
from bot.dialogue.tasks.subjects import Option
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
        return CancelAppointmentRequest(option.test, purchase.id, old.id, (old.site, old.starts_at))

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

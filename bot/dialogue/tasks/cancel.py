"""Give up an appointment and keep the test, or cancel the test with its appointment."""

from __future__ import annotations

from bot.changes.kinds import CANCEL_APPOINTMENT, CANCEL_TEST
from bot.contracts.changes import CancelAppointmentRequest, CancelTestRequest, ChangeRequest, Done
from bot.dialogue.state import TaskMemory
from bot.dialogue.tasks.appointment_words import local_instant, option_of
from bot.dialogue.tasks.change_task import ChangeTask, place
from bot.dialogue.tasks.subjects import Option
from bot.dialogue.turn_context import Desk
from bot.rules.time import instant_of, zone


class CancelAppointment(ChangeTask):
    """Give up an appointment and keep the test; the last day stays what it was."""

    def preview(self, desk: Desk, memory: TaskMemory, option: Option) -> ChangeRequest | None:
        purchase, person = option.purchase, desk.person
        if purchase is None or purchase.appointment is None or person is None:
            return None
        old = purchase.appointment
        site = person.sites[old.site]
        window = desk.judge("purchase_window", option.subject).decisive.values
        desk.phrase(
            CANCEL_APPOINTMENT.preview,
            test=option.test,
            starts_at=instant_of(old.starts_at, zone(site.time_zone)),
            site=place(site),
            must_test_by=window["must_test_by"],
        )
        return CancelAppointmentRequest(option.test, purchase.id, old.id, (old.site, old.starts_at))

    def say_done(self, desk: Desk, memory: TaskMemory, done: Done) -> None:
        appointment, option = done.before["appointment"], option_of(desk, done)
        if option is None:
            return
        window = desk.judge("purchase_window", option.subject).decisive.values
        site = desk.services.people.sites()[appointment["site"]]
        desk.phrase(
            CANCEL_APPOINTMENT.done,
            test=done.before["test"],
            starts_at=local_instant(appointment, site),
            must_test_by=window["must_test_by"],
        )


class CancelTest(ChangeTask):
    """Cancel a bought test for a refund, its appointment with it: both or neither."""

    def preview(self, desk: Desk, memory: TaskMemory, option: Option) -> ChangeRequest | None:
        purchase, person = option.purchase, desk.person
        if purchase is None or person is None:
            return None
        old = purchase.appointment if purchase.appointment and purchase.appointment.status == "booked" else None
        starts_at = None
        if old is not None:
            starts_at = instant_of(old.starts_at, zone(person.sites[old.site].time_zone))
        desk.phrase(CANCEL_TEST.preview, test=option.test, starts_at=starts_at)
        desk.phrase("cannot_undo_after")
        return CancelTestRequest(option.test, purchase.id, (old.site, old.starts_at) if old else None, desk.today)

    def say_done(self, desk: Desk, memory: TaskMemory, done: Done) -> None:
        desk.phrase(CANCEL_TEST.done, test=done.before["test"])

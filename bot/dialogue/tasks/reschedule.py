"""Move an appointment."""

from __future__ import annotations

from bot.changes.kinds import RESCHEDULE
from bot.contracts.changes import ChangeRequest, Done, RescheduleRequest
from bot.dialogue.state import TaskMemory
from bot.dialogue.tasks.appointment_words import can_be_changed, say_booked
from bot.dialogue.tasks.change_task import place
from bot.dialogue.tasks.seat_task import HOLD_MINUTES, SeatTask
from bot.dialogue.tasks.subjects import Option
from bot.dialogue.turn_context import Desk
from bot.rules.time import instant_of, zone


class Reschedule(SeatTask):
    """Move an appointment: the new seat is held first, and the old one stays until the swap."""

    def preview(self, desk: Desk, memory: TaskMemory, option: Option) -> ChangeRequest | None:
        held = self.held(desk, memory)
        purchase, person = option.purchase, desk.person
        if held is None or purchase is None or purchase.appointment is None or person is None:
            return None
        site, starts_at, instant = held
        old = purchase.appointment
        old_site = person.sites[old.site]
        desk.phrase(
            RESCHEDULE.preview,
            test=option.test,
            old_starts_at=instant_of(old.starts_at, zone(old_site.time_zone)),
            old_site=place(old_site),
            new_starts_at=instant,
            new_site=place(site),
            hold_minutes=HOLD_MINUTES,
        )
        return RescheduleRequest(option.test, purchase.id, old.id, (old.site, old.starts_at), site.id, starts_at)

    def say_done(self, desk: Desk, memory: TaskMemory, done: Done) -> None:
        say_booked(desk, RESCHEDULE.done, done)

    def can_be_undone(self, desk: Desk, done: Done) -> bool:
        return can_be_changed(desk, done)

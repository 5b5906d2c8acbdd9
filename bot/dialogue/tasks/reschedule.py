"""Move an appointment: the new seat is held with the preview, and the old one stays until the swap."""

from __future__ import annotations

from dataclasses import dataclass

from bot.changes.kinds import RESCHEDULE
from bot.contracts.changes import ChangeRequest, Done, RescheduleRequest
from bot.dialogue.memories import ChangeMemory
from bot.dialogue.outcome import Reply
from bot.dialogue.tasks.appointment_words import say_booked, warn
from bot.dialogue.tasks.asides import place
from bot.dialogue.tasks.seat_task import HOLD_MINUTES, SeatTask, chosen, local_start, say_instead
from bot.dialogue.tasks.subjects import Option


@dataclass(frozen=True, slots=True)
class Reschedule(SeatTask):
    """Move an appointment."""

    def preview(self, reply: Reply, memory: ChangeMemory, option: Option) -> ChangeRequest | None:
        """The seat there is, and the one there would be."""
        purchase, person = option.purchase, reply.turn.person
        if purchase is None or purchase.appointment is None or person is None:
            return None
        site, starts_at = chosen(reply.turn, memory)
        old = purchase.appointment
        old_site = person.sites[old.site]
        shown = {
            "old_starts_at": local_start(old_site, old.starts_at),
            "old_site": place(old_site),
            "new_starts_at": local_start(site, starts_at),
            "new_site": place(site),
        }
        if memory.previewed and memory.proposal is None:
            say_instead(reply, option, site, starts_at, RESCHEDULE.preview, shown)
        else:
            reply.phrase(RESCHEDULE.preview, test=option.test, hold_minutes=HOLD_MINUTES, **shown)
        warn(reply, option, site, starts_at)
        return RescheduleRequest(option.test, purchase.id, old.id, (old.site, old.starts_at), site.id, starts_at)

    def say_done(self, reply: Reply, done: Done) -> None:
        """The appointment as it is now, and until when it can be changed."""
        say_booked(reply, RESCHEDULE.done, done)

"""Putting the last change back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.changes.kinds import KINDS
from bot.dialogue.state import Expect, TaskMemory
from bot.dialogue.tasks.base import ChangesNothing
from bot.dialogue.tasks.change_task import NO, YES, place
from bot.dialogue.tasks.step_up import stepped_up
from bot.dialogue.turn_context import Desk
from bot.dialogue.understanding.user_message import Heard
from bot.rules.facts import Site
from bot.rules.time import instant_of, zone


@dataclass(frozen=True, slots=True)
class Undo(ChangesNothing):
    """Asks once, then puts the last change of this conversation back, if that is still possible."""

    name: str = "undo"
    kind: str = "undo"
    label: str = "inform"

    def start(self, memory: TaskMemory, heard: Heard) -> None:
        """Nothing to take from the words."""

    def correct(self, desk: Desk, memory: TaskMemory, heard: Heard) -> bool:
        return False

    def put_off(self, desk: Desk, memory: TaskMemory) -> None:
        """Nothing is held."""

    def advance(self, desk: Desk, memory: TaskMemory) -> None:
        last, changes, ase_id = desk.state.undo, desk.services.changes, desk.visitor.subject_id
        if last is None or changes is None or ase_id is None:
            if "undoes" not in memory.slots:
                desk.phrase("nothing_to_undo")
            return
        if memory.slots.setdefault("undoes", last) != last:
            return  # something else was changed meanwhile: it is no longer the last change
        if "confirm" not in memory.slots:
            if KINDS[last["kind"]].fresh_code and not stepped_up(desk, memory):
                return
            self._preview(desk, last)
            desk.phrase("confirm_question")
            desk.ask(memory, "confirm", Expect.YES_NO, [YES, NO])
            return
        if not memory.slots["confirm"]:
            desk.phrase("confirm_declined")
            return
        done = changes.undo(desk.visitor, ase_id, str(last["key"]), str(memory.started))
        desk.forget_person()
        if done.refused in {"not_done", "not_known"}:
            desk.phrase("could_not_do" if done.refused == "not_done" else "outcome_not_known")
            memory.slots.pop("confirm")
            desk.phrase("confirm_question")
            desk.ask(memory, "confirm", Expect.YES_NO, [YES, NO])
        elif done.refused is None:
            now = desk.services.clock.real()
            desk.state.settled = {
                "task": self.name, "key": last["key"], "request": memory.started, "at": now.isoformat(),
            }  # fmt: skip
            desk.state.undo = None
            self._told(desk)
        elif done.refused == "already_undone":
            desk.state.undo = None
            desk.phrase("already_done")
        else:
            desk.phrase("cannot_undo")
            if done.refused == "seat_taken":
                desk.phrase("old_seat_taken")
            elif done.decision is not None:
                desk.keep_for_why(done.decision)
                told = desk.services.answers.decision(done.decision, day=desk.today)
                desk.say(replace(told, decisions=(done.decision,)))

    @staticmethod
    def _preview(desk: Desk, last: Mapping[str, Any]) -> None:
        """What would be as it was: the appointment that comes back, and the one that is given up for it."""
        sites = desk.services.people.sites()
        was, now = (_booked(last.get(side), sites) for side in ("was", "is"))
        if was is None and now is None:
            desk.phrase("preview_undo", task=desk.services.answers.title(KINDS[last["kind"]].label))
        elif was is None:
            desk.phrase("preview_undo_book", test=last["test"], **_named("starts_at", "site", now))
        elif now is None:
            desk.phrase("preview_undo_cancel", test=last["test"], **_named("starts_at", "site", was))
        else:
            back, given_up = _named("starts_at", "site", was), _named("new_starts_at", "new_site", now)
            desk.phrase("preview_undo_reschedule", test=last["test"], **back, **given_up)

    def again(self, desk: Desk, settled: Mapping[str, Any]) -> None:
        changes, ase_id = desk.services.changes, desk.visitor.subject_id
        if changes is None or ase_id is None:
            return
        done = changes.undo(desk.visitor, ase_id, str(settled["key"]), str(settled["request"]))
        if done.refused is None:
            self._told(desk)
        else:
            desk.phrase("could_not_do")

    @staticmethod
    def _told(desk: Desk) -> None:
        desk.changed = True
        desk.phrase("undone")
        if desk.person is not None and desk.person.candidate.email is not None:
            desk.phrase("receipt_sent")


def _booked(appointment: Mapping[str, Any] | None, sites: Mapping[str, Site]) -> tuple[datetime, str] | None:
    """The instant and place of an appointment that was or is in the books."""
    if appointment is None or appointment["status"] != "booked" or appointment["site"] not in sites:
        return None
    site = sites[appointment["site"]]
    return instant_of(datetime.fromisoformat(appointment["starts_at"]), zone(site.time_zone)), place(site)


def _named(at: str, where: str, booked: tuple[datetime, str] | None) -> dict[str, Any]:
    return dict(zip((at, where), booked, strict=True)) if booked is not None else {}

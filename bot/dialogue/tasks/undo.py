"""Putting the last change back."""

from __future__ import annotations

from dataclasses import dataclass

from bot.dialogue.changes import TASK_OF
from bot.dialogue.desk import Desk
from bot.dialogue.heard import Heard
from bot.dialogue.state import Expect, TaskMemory
from bot.dialogue.tasks.change import NO, YES


@dataclass(frozen=True, slots=True)
class Undo:
    """Asks once, then puts the last change of this conversation back, if that is still possible."""

    name: str = "undo"
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
            desk.phrase("nothing_to_undo")
            return
        if "confirm" not in memory.slots:
            title = desk.services.catalog.topics[f"account/{TASK_OF[last['kind']]}"].title
            desk.phrase("preview_undo", task=title)
            desk.phrase("confirm_question")
            desk.ask(memory, "confirm", Expect.YES_NO, [YES, NO])
            return
        if not memory.slots["confirm"]:
            desk.phrase("confirm_declined")
            return
        done = changes.undo(desk.visitor, ase_id, str(last["key"]), str(memory.started))
        desk.forget_person()
        if done.refused is None:
            desk.state.undo = None
            desk.phrase("undone")
            desk.phrase("receipt_sent")
        elif done.refused == "already_undone":
            desk.state.undo = None
            desk.phrase("already_done")
        else:
            desk.phrase("cannot_undo")
            if done.decision is not None:
                desk.say(desk.services.answers.decision(done.decision, day=desk.today))

"""What only a person can settle."""

from __future__ import annotations

from actions.desk_action import DeskAction
from bot.dialogue import jobs
from bot.dialogue.desk import Desk
from bot.dialogue.engine import Engine


class HandOver(DeskAction):
    """What the assistant cannot do, who can, and a person."""

    def name(self) -> str:
        return "action_hand_over"

    def answer(self, engine: Engine, desk: Desk) -> None:
        jobs.human(engine, desk)

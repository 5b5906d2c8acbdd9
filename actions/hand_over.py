"""What only a person can settle."""

from __future__ import annotations

from actions.desk_action import DeskAction
from bot.dialogue import handlers
from bot.dialogue.engine import Engine
from bot.dialogue.turn_context import Desk


class HandOver(DeskAction):
    """What the assistant cannot do, who can, and a person."""

    def name(self) -> str:
        return "action_hand_over"

    def answer(self, engine: Engine, desk: Desk) -> None:
        handlers.human(engine, desk)

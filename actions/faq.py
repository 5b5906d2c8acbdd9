"""Questions that the published answers cover."""

from __future__ import annotations

from actions.desk_action import DeskAction
from bot.dialogue import handlers
from bot.dialogue.engine import Engine
from bot.dialogue.turn_context import Desk


class AnswerFaq(DeskAction):
    """The published answer, with its source and date."""

    def name(self) -> str:
        return "action_faq"

    def answer(self, engine: Engine, desk: Desk) -> None:
        handlers.faq(engine, desk)

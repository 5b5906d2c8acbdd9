"""Questions about the account."""

from __future__ import annotations

from actions.desk_action import DeskAction
from bot.dialogue import handlers
from bot.dialogue.engine import Engine
from bot.dialogue.turn_context import Desk


class AnswerAccount(DeskAction):
    """The general rule for anyone; the decision on the person's own records once signed in."""

    def name(self) -> str:
        return "action_account"

    def answer(self, engine: Engine, desk: Desk) -> None:
        handlers.account(engine, desk)


class SignIn(DeskAction):
    """ASE ID and one-time code."""

    def name(self) -> str:
        return "action_sign_in"

    def answer(self, engine: Engine, desk: Desk) -> None:
        handlers.sign_in(engine, desk)

"""Questions about the account."""

from __future__ import annotations

from actions.desk_action import DeskAction
from bot.dialogue import jobs
from bot.dialogue.desk import Desk
from bot.dialogue.engine import Engine


class AnswerAccount(DeskAction):
    """The general rule for anyone; the decision on the person's own records once signed in."""

    def name(self) -> str:
        return "action_account"

    def answer(self, engine: Engine, desk: Desk) -> None:
        jobs.account(engine, desk)


class SignIn(DeskAction):
    """ASE ID and one-time code."""

    def name(self) -> str:
        return "action_sign_in"

    def answer(self, engine: Engine, desk: Desk) -> None:
        jobs.sign_in(engine, desk)

"""Moves of the conversation itself."""

from __future__ import annotations

from actions.desk_action import DeskAction
from bot.dialogue import handlers
from bot.dialogue.engine import Engine
from bot.dialogue.turn_context import Desk


class SmallTalk(DeskAction):
    """A fixed text: greeting, thanks, goodbye, help, "are you a robot"."""

    def name(self) -> str:
        return "action_small_talk"

    def answer(self, engine: Engine, desk: Desk) -> None:
        handlers.small_talk(engine, desk)


class Answer(DeskAction):
    """A bare value, a yes or a no: the open question takes it, else the last topic."""

    def name(self) -> str:
        return "action_answer"

    def answer(self, engine: Engine, desk: Desk) -> None:
        handlers.bare_value(engine, desk)


class Stop(DeskAction):
    """Never mind; start over."""

    def name(self) -> str:
        return "action_stop"

    def answer(self, engine: Engine, desk: Desk) -> None:
        handlers.stop(engine, desk)


class Repeat(DeskAction):
    """The last answer once more."""

    def name(self) -> str:
        return "action_repeat"

    def answer(self, engine: Engine, desk: Desk) -> None:
        handlers.repeat(engine, desk)


class Explain(DeskAction):
    """Why: rule, facts and policy values of the last decisions."""

    def name(self) -> str:
        return "action_explain"

    def answer(self, engine: Engine, desk: Desk) -> None:
        handlers.explain(engine, desk)


class NotOurs(DeskAction):
    """Off our subject, or not understood: ask what was meant, at most twice."""

    def name(self) -> str:
        return "action_not_ours"

    def answer(self, engine: Engine, desk: Desk) -> None:
        handlers.out_of_scope(engine, desk)

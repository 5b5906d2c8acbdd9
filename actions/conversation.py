"""Moves of the conversation itself."""

from __future__ import annotations

from actions.dialogue_action import DialogueAction


class SmallTalk(DialogueAction):
    """A fixed text: greeting, thanks, goodbye, help, "are you a robot"."""

    def name(self) -> str:
        return "action_small_talk"


class Answer(DialogueAction):
    """A bare value, a yes or a no: the open question takes it, else the last topic."""

    def name(self) -> str:
        return "action_answer"


class Stop(DialogueAction):
    """Never mind; start over."""

    def name(self) -> str:
        return "action_stop"


class Repeat(DialogueAction):
    """The last answer once more."""

    def name(self) -> str:
        return "action_repeat"


class Explain(DialogueAction):
    """Why: rule, facts and policy values of the last decisions."""

    def name(self) -> str:
        return "action_explain"


class NotOurs(DialogueAction):
    """Off our subject, or not understood: ask what was meant, at most twice."""

    def name(self) -> str:
        return "action_not_ours"

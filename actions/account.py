"""Questions about the account."""

from __future__ import annotations

from actions.dialogue_action import DialogueAction


class AnswerAccount(DialogueAction):
    """The general rule for anyone; the decision on the person's own records once signed in."""

    def name(self) -> str:
        return "action_account"


class SignIn(DialogueAction):
    """ASE ID and one-time code."""

    def name(self) -> str:
        return "action_sign_in"

"""Questions that the published answers cover."""

from __future__ import annotations

from actions.dialogue_action import DialogueAction


class AnswerFaq(DialogueAction):
    """The published answer, with its source and date."""

    def name(self) -> str:
        return "action_faq"

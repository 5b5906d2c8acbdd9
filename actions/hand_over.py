"""What only a person can settle."""

from __future__ import annotations

from actions.dialogue_action import DialogueAction


class HandOver(DialogueAction):
    """What the assistant cannot do, who can, and a person."""

    def name(self) -> str:
        return "action_hand_over"

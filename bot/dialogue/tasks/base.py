"""What every task has in common."""

from __future__ import annotations

from typing import Protocol

from bot.dialogue.desk import Desk
from bot.dialogue.heard import Heard
from bot.dialogue.state import TaskMemory


class Task(Protocol):
    """A stateless description; what is known so far stands in `TaskMemory.slots`.

    `advance` looks at what is known, asks for the first thing missing (leaving `memory.question` set) or does the
    work (leaving it None: the task is done). It may be called again at any time and must come to the same question.
    """

    @property
    def name(self) -> str: ...

    @property
    def label(self) -> str: ...

    def start(self, memory: TaskMemory, heard: Heard) -> None:
        """Take what the opening message already says."""
        ...

    def correct(self, desk: Desk, memory: TaskMemory, heard: Heard) -> bool:
        """Take a value said again ("no, the A6"). True when something changed."""
        ...

    def advance(self, desk: Desk, memory: TaskMemory) -> None: ...

    def put_off(self, desk: Desk, memory: TaskMemory) -> None:
        """Called when the task is dropped: give back what it holds."""
        ...

"""What every task has in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from bot.dialogue.state import TaskMemory
from bot.dialogue.turn_context import Desk
from bot.dialogue.understanding.user_message import Heard


class ChangesNothing:
    """The parts of a task that only a change needs."""

    __slots__ = ()

    @property
    def kind(self) -> str:
        return ""

    def contradicted(self, desk: Desk, memory: TaskMemory, heard: Heard) -> bool:
        """There is no preview."""
        return False

    def again(self, desk: Desk, settled: Mapping[str, Any]) -> None:
        """There was no change."""


class Task(Protocol):
    """A stateless description; what is known so far stands in `TaskMemory.slots`.

    `advance` looks at what is known, asks for the first thing missing (leaving `memory.question` set) or does the
    work (leaving it None: the task is done). It may be called again at any time and must come to the same question.
    """

    @property
    def name(self) -> str: ...

    @property
    def label(self) -> str: ...

    @property
    def kind(self) -> str:
        """The kind of change it makes; empty for a task that changes nothing."""
        ...

    def start(self, memory: TaskMemory, heard: Heard) -> None:
        """Take what the opening message already says."""
        ...

    def correct(self, desk: Desk, memory: TaskMemory, heard: Heard) -> bool:
        """Take a value said again ("no, the A6"). True when something changed."""
        ...

    def contradicted(self, desk: Desk, memory: TaskMemory, heard: Heard) -> bool:
        """Whether an answer to the preview names something else than what was shown ("yes, the A6")."""
        ...

    def again(self, desk: Desk, settled: Mapping[str, Any]) -> None:
        """Give the answer of the change made last once more."""
        ...

    def advance(self, desk: Desk, memory: TaskMemory) -> None: ...

    def put_off(self, desk: Desk, memory: TaskMemory) -> None:
        """Called when the task is dropped: give back what it holds."""
        ...

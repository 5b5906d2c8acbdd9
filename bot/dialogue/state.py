"""What a conversation remembers between two messages. Kept in the database, never in the process.

Identity is not here: it belongs to the conversation's row, so that no message can write it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Expect(StrEnum):
    """What kind of answer the open question wants."""

    FREE = "free"
    CHOICE = "choice"
    YES_NO = "yes_no"
    CODE = "code"
    ASE_ID = "ase_id"
    TEST = "test"
    DATE = "date"
    DIGITS = "digits"


class _Kept(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Choice(_Kept):
    """One offered answer: `value` goes into the task's slot when it is chosen."""

    id: str
    title: str
    spoken: str
    value: Any


class Question(_Kept):
    """The open question of a task. A soft question may go unanswered without being asked again."""

    slot: str
    expects: Expect
    choices: list[Choice] = Field(default_factory=list)
    soft: bool = False
    misses: int = 0


class TaskMemory(_Kept):
    """One task on the stack: which, what is known so far, and what it has asked."""

    name: str
    slots: dict[str, Any] = Field(default_factory=dict)
    asked: list[str] = Field(default_factory=list)
    question: Question | None = None
    started: str | None = None

    def forget(self, *slots: str) -> None:
        for slot in slots:
            self.slots.pop(slot, None)


class Kept(_Kept):
    """A decision as told, with the records it stood on, for "why?" and for asking again."""

    decision: dict[str, Any]
    as_of: str
    zone: str | None = None
    """The zone its instants were told in."""
    what_if: str | None = None


class ConversationState(_Kept):
    """Everything the dialogue keeps. The last task is the one being worked on."""

    tasks: list[TaskMemory] = Field(default_factory=list)
    decisions: list[Kept] = Field(default_factory=list)
    last_topic: str | None = None
    last_tests: list[str] = Field(default_factory=list)
    said: dict[str, str] | None = None
    """The last answer, for "say that again": text and speech."""
    misses: int = 0
    silences: int = 0
    doubts: int = 0
    """How often in a row something was heard too badly to be taken."""
    slow: bool = False
    offered: list[str] = Field(default_factory=list)
    """Ids of the choices shown in this conversation, the newest first."""
    offered_last: int = 0
    """How many of them came with the last answer."""
    undo: dict[str, Any] | None = None
    settled: dict[str, Any] | None = None
    """The change made last ("proposal", "task", "at"), for a yes that comes once more; gone with the next message."""

    @property
    def task(self) -> TaskMemory | None:
        return self.tasks[-1] if self.tasks else None

    @property
    def question(self) -> Question | None:
        return self.task.question if self.task else None

    def drop(self, memory: TaskMemory) -> None:
        self.tasks = [kept for kept in self.tasks if kept is not memory]

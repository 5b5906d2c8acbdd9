"""What every task has in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from bot.dialogue.outcome import Effect, Reply, Step
from bot.dialogue.state import Memory, Question
from bot.dialogue.turn_context import TurnContext
from bot.dialogue.understanding.beside import Beside, Slot
from bot.dialogue.understanding.user_act import UserAct


class Task(Protocol):
    """A stateless description; what is known so far stands in a `Memory` of the class `memory`.

    `advance` looks at what is known and returns what happened: it asks for the first thing missing, or it has done the
    work. It may be called again at any time and must come to the same question.
    """

    @property
    def name(self) -> str:
        """The name on the task stack: a topic's key, or a name of its own."""
        ...

    @property
    def label(self) -> str:
        """The label that its title and its place among the topics go by."""
        ...

    @property
    def kind(self) -> str:
        """The kind of change it makes; empty for a task that changes nothing."""
        ...

    @property
    def memory(self) -> type[Memory]:
        """The class of what it remembers."""
        ...

    def start(self, turn: TurnContext, act: UserAct) -> Memory:
        """What the opening act already says."""
        ...

    def correct(self, turn: TurnContext, memory: Memory, act: UserAct, question: Question | None) -> Memory | None:
        """What is known after a value was said again ("no, the A6"), or None where nothing changes."""
        ...

    def more(self, turn: TurnContext, memory: Memory, act: UserAct, question: Question) -> Memory | None:
        """What is known once further choices are wanted instead of those shown, or None where there are none."""
        ...

    def spared(self, turn: TurnContext, memory: Memory, act: UserAct) -> Step | None:
        """That what is named beside the change in hand is not touched; None where nothing else is named."""
        ...

    def contradicted(self, turn: TurnContext, memory: Memory, act: UserAct) -> bool:
        """Whether an answer to the preview names something else than what was shown ("yes, the A6")."""
        ...

    def beside(self, turn: TurnContext, memory: Memory, act: UserAct, about: Beside) -> Step | None:
        """The answer to what is said beside its question; None where the handler of the label has it."""
        ...

    def reset(self, turn: TurnContext, memory: Memory, slot: Slot) -> Memory | None:
        """What is known once one part is to be another one ("another date"), or None where there is no such part."""
        ...

    def rechoose(self, turn: TurnContext, memory: Memory, slot: str, value: Any) -> Memory:
        """What is known once something else of an answered list is chosen."""
        ...

    def wishes(self, turn: TurnContext, act: UserAct, question: Question) -> bool:
        """Whether the words only wish for something the task looks for, whatever topic they sound like."""
        ...

    def advance(self, turn: TurnContext, memory: Memory) -> Step:
        """Go as far as it gets with what is known."""
        ...

    def again(self, turn: TurnContext, settled: Mapping[str, Any]) -> Step:
        """Give the answer of the change made last once more."""
        ...

    def aside(self, turn: TurnContext, memory: Memory, act: UserAct, question: Question) -> Step | None:
        """What follows where something is said about the open question instead of an answer ("send it again")."""
        ...

    def put_off(self, turn: TurnContext, memory: Memory) -> tuple[Effect, ...]:
        """Called when the task is dropped: give back what it holds."""
        ...

    def about_test(self, memory: Memory) -> str | None:
        """The code of the test it is about, once that is known."""
        ...

    def title_label(self, memory: Memory) -> str:
        """The label whose title names it to the person."""
        ...


class PlainTask:
    """The parts that only some tasks need, as they are for all others."""

    __slots__ = ()

    @property
    def kind(self) -> str:
        """It changes nothing."""
        return ""

    def correct(self, turn: TurnContext, memory: Memory, act: UserAct, question: Question | None) -> Memory | None:
        """There is nothing to correct."""
        return None

    def more(self, turn: TurnContext, memory: Memory, act: UserAct, question: Question) -> Memory | None:
        """There are no further choices."""
        return None

    def spared(self, turn: TurnContext, memory: Memory, act: UserAct) -> Step | None:
        """It changes nothing."""
        return None

    def contradicted(self, turn: TurnContext, memory: Memory, act: UserAct) -> bool:
        """There is no preview."""
        return False

    def beside(self, turn: TurnContext, memory: Memory, act: UserAct, about: Beside) -> Step | None:
        """It has no answer of its own."""
        return None

    def reset(self, turn: TurnContext, memory: Memory, slot: Slot) -> Memory | None:
        """It has no such part."""
        return None

    def rechoose(self, turn: TurnContext, memory: Memory, slot: str, value: Any) -> Memory:
        """The other choice takes the place of the one before."""
        return memory.having(**{slot: value})

    def wishes(self, turn: TurnContext, act: UserAct, question: Question) -> bool:
        """It looks for nothing."""
        return False

    def again(self, turn: TurnContext, settled: Mapping[str, Any]) -> Step:
        """There was no change."""
        return Reply(turn).done()

    def aside(self, turn: TurnContext, memory: Memory, act: UserAct, question: Question) -> Step | None:
        """Nothing is said about the question itself."""
        return None

    def put_off(self, turn: TurnContext, memory: Memory) -> tuple[Effect, ...]:
        """Nothing is held."""
        return ()

    def about_test(self, memory: Memory) -> str | None:
        """It is about no one test."""
        return None

    def title_label(self, memory: Memory) -> str:
        """Its own."""
        label: str = self.label  # type: ignore[attr-defined]
        return label

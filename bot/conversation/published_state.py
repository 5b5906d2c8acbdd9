"""The state of a conversation as those outside see it: signed in or not, what is expected, who answers, the task."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.contracts.conversation import State, TaskState
from bot.dialogue.memories import ReadBackMemory
from bot.dialogue.stack import READ_BACK
from bot.dialogue.state import ConversationState
from bot.dialogue.values import Visitor


def state_of(visitor: Visitor, state: ConversationState, owner: str) -> State:
    """The state as it is published. While a person has it, the assistant asks for nothing; what was open waits."""
    asking = owner != "agent" and not state.parked
    return State(
        signed_in=visitor.subject_id is not None,
        expects=state.question.expects.value if asking and state.question else "free",
        owner=owner,  # type: ignore[arg-type]
        task=_task(state) if asking else None,
    )


def _task(state: ConversationState) -> TaskState | None:
    """The task in hand as published. Words read back belong to the task they are for."""
    task, question = state.task, state.question
    if task is None:
        return None
    name = task.name
    if name == READ_BACK and isinstance(task.memory, ReadBackMemory):
        below = state.tasks[-2].name if len(state.tasks) > 1 else None
        name = below or str(task.memory.act["label"]).rpartition("/")[2]
    return TaskState(name, question.slot if question else "working")


def state_from(kept: Mapping[str, Any] | None) -> State:
    """The state that was kept with an earlier turn (`State.to_json`)."""
    if kept is None:
        return State()
    task = kept.get("task")
    return State(kept["signed_in"], kept["expects"], kept["owner"], TaskState(**task) if task else None)

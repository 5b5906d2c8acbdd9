"""What a conversation remembers between two messages. Kept in the database, never in the process.

Identity is not here: it belongs to the conversation's row, so that no message can write it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, SerializeAsAny, ValidationError

READ_AT_ONCE = 3
"""So many choices are read out to a caller at a time."""

STATE_VERSION = 2
"""The version of this layout. A state of another version is set aside (see `read_state`)."""

M = TypeVar("M", bound="Memory")


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


class Since(StrEnum):
    """What has happened since the question before a change was put: how plain a yes to it has to be."""

    SHOWN = "shown"  # nothing: the change has just been shown
    BESIDE = "beside"  # something was answered beside it, which an "ok" may be about
    WILLING = "willing"  # a yes came together with a question, which was answered
    DOUBTED = "doubted"  # what may have been a yes was asked about


class _Kept(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Choice(_Kept):
    """One offered answer: `value` goes into the task's slot when it is chosen."""

    id: str
    title: str
    spoken: str
    value: Any


class Question(_Kept):
    """The open question of a task: `slot` is the field of its memory that the answer goes to.

    An optional question may go unanswered without being asked again.
    """

    slot: str
    expects: Expect
    choices: list[Choice] = Field(default_factory=list)
    optional: bool = False
    misses: int = 0
    since: Since = Since.SHOWN


class Memory(BaseModel):
    """What a task knows so far: a value, changed only by making another one. One class per kind of task."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def having(self: M, **values: Any) -> M:
        """The same with other values, checked. Raises pydantic.ValidationError."""
        return type(self).model_validate({name: getattr(self, name) for name in type(self).model_fields} | values)

    def without(self: M, *names: str) -> M:
        """The same with these fields as they are at the beginning; names it does not have are left out."""
        fields = type(self).model_fields
        fresh = {name: fields[name].get_default(call_default_factory=True) for name in names if name in fields}
        return self.model_copy(update=fresh)


class OpenTask(_Kept):
    """One task on the stack: which, what it knows, which slots it has asked for, and the open question."""

    name: str
    memory: SerializeAsAny[Memory]
    asked: list[str] = Field(default_factory=list)
    question: Question | None = None
    lists: dict[str, list[Choice]] = Field(default_factory=dict)
    """The lists that were answered, by slot, the last one last: another choice of one may still be wanted."""
    started: str = ""


class Kept(_Kept):
    """A decision as told, with the records it stood on, for "why?" and for asking again."""

    decision: dict[str, Any]
    as_of: str
    zone: str | None = None
    """The zone its instants were told in."""
    what_if: str | None = None


_TOPICS_KEPT = 3


class ConversationState(_Kept):
    """Everything the dialogue keeps. The last task is the one being worked on."""

    version: int = STATE_VERSION
    reads_only: bool = False
    """Whether the conversation looks things up and never changes anything; said when it is opened."""
    tasks: list[OpenTask] = Field(default_factory=list)
    decisions: list[Kept] = Field(default_factory=list)
    last_topic: str | None = None
    earlier_topics: list[str] = Field(default_factory=list)
    """What was spoken of before that, or named by the way, the last first."""
    last_given: dict[str, Any] = Field(default_factory=dict)
    """The days and numbers given on that topic, as `Given.as_dict` writes them."""
    last_told: str | None = None
    """The statement or known gap of that topic that was told last."""
    last_named: list[str] = Field(default_factory=list)
    """The tests that the last general question was about."""
    told: list[str] = Field(default_factory=list)
    """Marks of the general answers told in this conversation, so that none is told twice in the same words."""
    sign_in_offered: bool = False
    """Whether signing in has been offered in words."""
    english_only_told: bool = False
    """Whether somebody who writes Spanish has been told that answers come in English."""
    last_tests: list[str] = Field(default_factory=list)
    explained: bool = False
    """Whether the last answer told why a decision came out so."""
    of_another: bool = False
    """Whether what was asked last is about somebody else than the person signed in."""
    others_refused: bool = False
    """Whether somebody else's records were asked for just now, and were not opened."""
    said: dict[str, str] | None = None
    """The last answer, for "say that again": text and speech."""
    misses: int = 0
    silences: int = 0
    misheard: int = 0
    """How often in a row something was heard too badly to be taken."""
    slow: bool = False
    waiting: bool = False
    """Whether a moment was asked for just now."""
    parked: bool = False
    """Whether what is open was left when a person was called, and has not been taken up again."""
    links: list[str] = Field(default_factory=list)
    """Web addresses of the last answer that had any, which a caller may have by e-mail."""
    offered: list[str] = Field(default_factory=list)
    """Ids of the choices shown in this conversation, the newest first."""
    offered_last: int = 0
    """How many of them came with the last answer."""
    undo: dict[str, Any] | None = None
    made: dict[str, Any] | None = None
    """The change made last in this conversation ("task", "test"), also where it cannot be put back."""
    could_begin: dict[str, Any] | None = None
    """The change that was asked about just now ("task", and what it is about): a plain yes begins it. Nothing waits."""
    set_aside: bool = False
    """Whether what was in hand could not be read, and the person has not been told so yet."""
    settled: dict[str, Any] | None = None
    """The change made last ("proposal", "task", "at"), for a yes that comes once more; gone with the next message."""

    @property
    def topics(self) -> list[str]:
        """What was spoken of, the last first."""
        last = [self.last_topic] if self.last_topic is not None else []
        return [*last, *(topic for topic in self.earlier_topics if topic != self.last_topic)]

    def spoke_of(self, topic: str) -> None:
        """Keep what was spoken of before the last topic, or beside it."""
        earlier = [topic, *(each for each in self.earlier_topics if each != topic)]
        self.earlier_topics = earlier[:_TOPICS_KEPT]

    @property
    def task(self) -> OpenTask | None:
        """The task being worked on."""
        return self.tasks[-1] if self.tasks else None

    @property
    def question(self) -> Question | None:
        """The question that is open."""
        return self.task.question if self.task else None

    @property
    def tasks_beside_offers(self) -> bool:
        """Whether anything but an offer is open."""
        return any(task.question is None or not task.question.optional for task in self.tasks)

    def drop(self, task: OpenTask) -> None:
        """Take a task off the stack."""
        self.tasks = [kept for kept in self.tasks if kept is not task]


def read_state(kept: Mapping[str, Any], memories: Mapping[str, type[Memory]]) -> ConversationState:
    """The state of a conversation as it is stored; `set_aside` where tasks of another version could not be read.

    `memories` gives the class of each task's memory. What is not about a task (the last answer, the decisions told) is
    read from any version; a task that cannot be read is dropped, never half read.
    """
    known = {name: value for name, value in kept.items() if name in ConversationState.model_fields}
    raw = known.pop("tasks", None) or []
    if known.pop("version", None) != STATE_VERSION:
        return ConversationState(**known | {"set_aside": bool(raw)})
    tasks: list[OpenTask] = []
    lost = False
    for each in raw:
        try:
            memory = memories[each["name"]].model_validate(each["memory"])
            tasks.append(OpenTask(**{**each, "memory": memory}))
        except (KeyError, TypeError, ValidationError):
            lost = True
    known["set_aside"] = known.get("set_aside", False) or lost
    return ConversationState(**known, tasks=tasks)

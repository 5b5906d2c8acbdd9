"""What `knowledge/` says, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.contracts.asking import QuestionKind
from bot.rules.catalogue import TestCatalogue
from bot.rules.policy import MissingPolicy, PolicyBook

if TYPE_CHECKING:
    from bot.catalog.template import Template


class Confidence(StrEnum):
    SOURCE = "source"
    """Said by the source document itself."""
    SECONDARY = "secondary"
    """Known from elsewhere: answers say "as far as we know"."""
    OURS = "ours"
    """A choice of this assistant, not of ASE."""


@dataclass(frozen=True, slots=True)
class SourceDoc:
    """Where a statement comes from and how old that is."""

    id: str
    title: str
    document: str
    section: str
    as_of: date
    url: str | None = None
    confidence: Confidence = Confidence.SOURCE


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a policy value means. `unit` tells its type; `words` says each value of a reading in words."""

    id: str
    area: str
    about: str
    unit: str
    words: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TestNames:
    """How people say tests and series: phrases in lower case, each for one code or series.

    `phrases` are whole ways to name a test ("brakes" -> A5, "truck brakes" -> T4); `names` are said with
    their series in any order ("brakes ... school bus"), as (series, name) -> code; `series` maps words.
    """

    __test__ = False

    phrases: Mapping[str, str]
    names: Mapping[tuple[str, str], str]
    series: Mapping[str, str]


class Handler(StrEnum):
    ENTRY = "entry"
    """Answered by its text alone."""
    ACCOUNT = "account"
    """The text states the general rule; an action adds the person's own facts."""
    ACTION = "action"
    """A move in the conversation that code carries out; a text is welcome, not needed."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One label of the intent model. `title` is what a choice says."""

    label: str
    meaning: str
    handler: Handler
    title: str
    spoken_title: str


@dataclass(frozen=True, slots=True)
class Forms:
    """One thing to say, written (markdown subset) and spoken."""

    web: Template
    voice: Template


@dataclass(frozen=True, slots=True)
class EntryVersion:
    """What an entry says from a day on. `offer` holds labels to offer next."""

    since: date
    review_by: date
    sources: tuple[str, ...]
    forms: Forms
    offer: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """When a case of a statement holds. The kinds are in bot/catalog/statements.py; `values` are compared with."""

    kind: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """What a statement says instead where a condition holds."""

    when: Condition
    forms: Forms


@dataclass(frozen=True, slots=True)
class Statement:
    """One fact. `answers`: the kinds of question it answers, the usual one first; `then`: statements said after it."""

    id: str
    answers: tuple[QuestionKind, ...]
    lines: tuple[str, ...]
    then: tuple[str, ...]
    forms: Forms
    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """What people ask and the source does not say. `ask`: who can tell (`WHO_CAN_TELL`)."""

    id: str
    answers: tuple[QuestionKind, ...]
    lines: tuple[str, ...]
    then: tuple[str, ...]
    forms: Forms
    ask: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A text of its own, by label (`faq/fees`, `account/retest`, `greet`); versions in ascending order.

    `statements` are its facts one by one, the first the short answer to the topic; `gaps` what the source leaves open.
    """

    label: str
    title: str
    spoken_title: str
    versions: tuple[EntryVersion, ...]
    statements: tuple[Statement, ...] = ()
    gaps: tuple[Gap, ...] = ()

    def find(self, name: str) -> Statement | Gap | None:
        """The statement or gap of that id."""
        told: tuple[Statement | Gap, ...] = (*self.statements, *self.gaps)
        return next((each for each in told if each.id == name), None)

    def on(self, day: date) -> EntryVersion:
        """The version in force on a day. Raises MissingPolicy before the first."""
        found = None
        for version in self.versions:
            if version.since <= day:
                found = version
        if found is None:
            raise MissingPolicy(self.label, day)
        return found


@dataclass(frozen=True, slots=True)
class ReasonWording:
    """What is said for one reason code: decisive (`answer`), beside another (`also`), what to do, "why?".

    `asked` holds what is said instead of `answer` to one kind of question or point of it (`QuestionKind`, `Point`).
    """

    code: str
    answer: Forms
    also: Forms
    next: Forms
    why: Forms
    asked: Mapping[str, Forms] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A prompt or frame of the dialogue and the names of the values it takes.

    `tells_keys`: its spoken form says which keys to press for the answers, so nobody need say it again.
    """

    key: str
    values: tuple[str, ...]
    forms: Forms
    tells_keys: bool = False


@dataclass(frozen=True, slots=True)
class Catalog:
    """All of `knowledge/`. `digest` is the SHA-256 of its files."""

    policy: PolicyBook
    parameters: Mapping[str, Parameter]
    tests: TestCatalogue
    names: TestNames
    sources: Mapping[str, SourceDoc]
    addresses: tuple[str, ...]
    topics: Mapping[str, Topic]
    entries: Mapping[str, Entry]
    wording: Mapping[str, Mapping[str, ReasonWording]]
    phrases: Mapping[str, Phrase]
    digest: str

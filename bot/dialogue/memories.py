"""What each kind of task remembers between two messages: typed, and all in one place.

A change here changes what is stored: raise `STATE_VERSION` in state.py where an older memory could be read wrongly.
"""

from __future__ import annotations

from datetime import date, time
from typing import Any

from pydantic import BaseModel, ConfigDict

from bot.dialogue.state import Memory


class Supposed(BaseModel):
    """Something that has not happened: what ("fail", "pass", …), to which tests, on which day, if one was named."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    what: str
    tests: tuple[str, ...] = ()
    on: date | None = None
    asks_master: bool = False
    """Whether the words ask for Master status."""


class Pick(BaseModel):
    """A statement or known gap that may answer a question, and how likely it is that it does (0 to 1)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str
    id: str
    score: float


class Asked(BaseModel):
    """What is asked, apart from the topic."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str | None = None
    """The kind of answer that is wanted, as in `QuestionKind`."""
    picks: tuple[Pick, ...] = ()
    """What may answer it, the likeliest first."""
    sure: bool = False
    """Whether the first of them is likely enough to be taken as it is."""
    given: dict[str, Any] = {}
    """Days, and numbers of days and things, as `Given.as_dict` writes them."""
    tests: tuple[str, ...] = ()
    series: tuple[str, ...] = ()
    bare: bool = False
    """Whether the words are no more than the kind of question ("how much?")."""


class SeatPreference(BaseModel):
    """What a person asks of a seat. All empty: the soonest seats near the usual place."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    first: date | None = None
    last: date | None = None
    earliest: time | None = None
    latest: time | None = None
    place: str | None = None
    """A site id, "city:…", "region:…" or "any"."""
    pick: str | None = None
    """ "first" or "last" of what fits, where that was said instead of a choice."""
    without: tuple[str, ...] = ()
    """Weekdays ("fri") and parts of the day that were turned down."""


class SeatChosen(BaseModel):
    """A seat by its site and its start (ISO, local at the site)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    site: str
    starts_at: str


class TopicMemory(Memory):
    """A question about one test."""

    tests: tuple[str, ...] = ()
    """Codes that the person has named."""
    about: str | None = None
    """The key of what the question is about, once that is settled (see `Option.key`)."""
    refers_back: bool = False
    """Whether the words point at what was spoken of before ("it", "that one")."""
    supposed: Supposed | None = None
    asked: Asked | None = None
    general_told: bool = False
    read_from: int = 0
    """On the phone: the place in the list from which choices are read out next."""
    sign_in: bool = False
    candidate: str | None = None


class PersonTopicMemory(TopicMemory):
    """A question about the person as a whole."""

    series: tuple[str, ...] = ()
    test: str | None = None


class ChangeMemory(TopicMemory):
    """A change of the records."""

    opening: bool = True
    """Whether the task has only just been begun."""
    told: str | None = None
    """What the decision has been told about."""
    later: tuple[str, ...] = ()
    """Further tests named in the same message, one after the other."""
    turned_down: tuple[str, ...] = ()
    going_on: bool = False
    """Whether a change that waits in another conversation is being gone on with."""
    proposal: str | None = None
    confirm: bool | None = None


class SeatMemory(ChangeMemory):
    """A change that needs a free seat."""

    seat: SeatChosen | None = None
    preference: SeatPreference = SeatPreference()
    turned_down_seats: tuple[SeatChosen, ...] = ()
    shown_from: int = 0


class DuplicatesMemory(ChangeMemory):
    """An order of duplicate certificates."""

    series: tuple[str, ...] = ()


class AddressMemory(ChangeMemory):
    """A new address, part by part."""

    line1: str | None = None
    city: str | None = None
    region: str | None = None
    postal_code: str | None = None
    asked_for_address: bool = False
    wrong: int = 0
    """How many parts have been given that cannot be."""
    code: str | None = None
    code_sent: bool = False
    partial: str = ""
    """The digits of the code that have been given so far."""


class SignInMemory(Memory):
    """Signing in."""

    ase_id: str | None = None
    code: str | None = None
    sent_to: str | None = None
    partial: str = ""
    """The digits of the ID or the code that have been said so far."""
    asked: tuple[str, ...] = ()
    """What has been asked for in full, so that it is asked for briefly the next time."""


class UnfinishedMemory(Memory):
    """Something that was in hand elsewhere."""

    wanted: bool | None = None


class ReadBackMemory(Memory):
    """Words that may have been misheard, as they are said back."""

    act: dict[str, Any]
    said: tuple[str, str]
    heard: bool | None = None


class ClarifyMemory(Memory):
    """Readings to choose from."""

    act: dict[str, Any]
    readings: tuple[str, ...] = ()
    topic: str | None = None


class HumanAgentMemory(Memory):
    """The way to a person."""

    reason: str = "human_agent"
    offered: bool = False
    soft: bool = False
    wanted: bool | None = None


class UndoMemory(Memory):
    """Putting the last change back."""

    undoes: dict[str, Any] | None = None
    request: str = ""
    """Names this wish to put it back, so that it is done once however often it is asked for."""
    confirm: bool | None = None
    code: str | None = None
    code_sent: bool = False
    partial: str = ""
    """The digits of the code that have been given so far."""

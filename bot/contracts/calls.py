"""One turn of a call, whatever provider carries it: what was heard, and what to say and do next.

A provider's own code translates its payload into `Inbound` and an `Outbound` into its document; all that is decided
in between is decided once, in `line.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, Protocol

from bot.contracts.conversation import Expects

InboundKind = Literal["text", "digits", "silence", "hangup"]

READ_AT_ONCE = 3
"""So many choices are read out at a time."""
MENU_KEYS = 9
"""So many choices can be picked by one key."""


WITHHELD = frozenset({"266696687", "7378742833", "2562533", "8656696", "86282452253"})
"""What carriers put in the place of a number that is withheld: the keys of "anonymous", "restricted", "blocked",
"unknown" and "unavailable"."""
_NUMBER = re.compile(r"\+?[0-9]{6,15}")


def caller_in(text: str) -> str | None:
    """The number of a caller, or None where it is withheld or is none.

    >>> caller_in("+13125550101"), caller_in("+266696687"), caller_in("anonymous")
    ('+13125550101', None, None)
    """
    given = text.strip().removeprefix("tel:")
    return given if _NUMBER.fullmatch(given) and given.lstrip("+") not in WITHHELD else None


@dataclass(frozen=True, slots=True)
class Inbound:
    """What came in. `message_id` is the same whenever the provider delivers the same thing again.

    `confidence` (0 to 1) is the recogniser's; None where it gave none or the keys were used.
    """

    message_id: str
    kind: InboundKind
    value: str = ""
    confidence: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain data, to be kept while the answer is being worked out."""
        return {"id": self.message_id, "kind": self.kind, "value": self.value, "confidence": self.confidence}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Inbound:
        """Back from `to_json`."""
        return cls(kept["id"], kept["kind"], kept["value"], kept["confidence"])


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words that callers use here and a recogniser would not expect: names of tests and of places."""

    tests: tuple[str, ...] = ()
    places: tuple[str, ...] = ()


class Then(StrEnum):
    """What happens when everything has been said."""

    LISTEN = "listen"
    TRANSFER = "transfer"
    HANGUP = "hangup"


@dataclass(frozen=True, slots=True)
class Keys:
    """How keys are collected: so many at most (None: any number, until `finish`), and the key that ends them."""

    most: int | None
    finish: str = ""


@dataclass(frozen=True, slots=True)
class Outbound:
    """What to say and do. `turn` is the number of the turn it answers (0: the opening).

    `say` are paragraphs in spoken wording, without markup. `timeout` and `pause` are seconds: to wait for the caller
    to begin, and of quiet after which speech has ended; `at` is when it was first said.
    """

    conversation_id: str
    turn: int
    say: tuple[str, ...]
    expects: Expects = "free"
    keys: Keys = Keys(1)
    hints: tuple[str, ...] = ()
    timeout: int = 6
    pause: int = 2
    slow: bool = False
    then: Then = Then.LISTEN
    locale: str = "en-US"
    at: datetime | None = None
    guarded: bool = False
    """Whether all but the question at its end must be heard before an answer counts."""


@dataclass(frozen=True, slots=True)
class SpokenChoice:
    """One offered answer as it is said."""

    id: str
    spoken: str


@dataclass(frozen=True, slots=True)
class Call:
    """A call as kept outside the process, with what of its conversation matters to the voice.

    `turns` counts the turns taken so far. `silences` and `misses` are how often in a row nothing, or nothing that
    fits, was heard; `waiting`: a moment was asked for. `choices` and `first` belong to the open question (`first`:
    where reading out goes on). `over`: the assistant has said goodbye; `confirming`: a change
    has been read back and waits for its yes.
    """

    provider: str
    call_id: str
    conversation_id: str
    turns: int = 0
    caller: str | None = None
    pending: Inbound | None = None
    ended: bool = False
    over: bool = False
    slow: bool = False
    silences: int = 0
    misses: int = 0
    choices: tuple[SpokenChoice, ...] = field(default=())
    first: int = 0
    waiting: bool = False
    confirming: bool = False


@dataclass(frozen=True, slots=True)
class LineWords:
    """The sentences that the line itself says, in spoken wording; everything else is the assistant's.

    `choices` names several choices, given as one text; `key` names the key (a number) of one choice.
    """

    one_moment: str
    still_looking: str
    try_again: str
    not_now: str
    putting_through: str
    nobody_answered: str
    request_kept: str
    goodbye: str
    order: str
    more: str
    choices: Callable[[str], str]
    key: Callable[[int, str], str]


class CallBook(Protocol):
    """Where calls are kept. Every method may raise AssistantUnavailable."""

    async def find(self, provider: str, call_id: str) -> Call | None:
        """The call as it stands now; None where it was never seen."""
        ...

    async def add(self, provider: str, call_id: str, conversation_id: str, caller: str | None, at: datetime) -> Call:
        """Keep a new call. If it has a conversation already, that one stays and is returned."""
        ...

    async def called_by(self, call: Call, caller: str) -> None:
        """Keep the number of the caller, where it comes only now."""
        ...

    async def put_off(self, call: Call, pending: Inbound | None) -> None:
        """Keep a turn whose answer is still to be spoken, or (None) forget it."""
        ...

    async def end(self, call: Call, at: datetime) -> None:
        """The caller is gone."""
        ...

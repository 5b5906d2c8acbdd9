"""An answer before it goes to a channel: written and spoken, with what it rests on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from bot.catalog.model import SourceDoc
from bot.rules.decision import Decision

_T = TypeVar("_T")


class Channel(StrEnum):
    WEB = "web"
    PHONE = "phone"
    AGENT = "agent"


@dataclass(frozen=True, slots=True)
class Answer:
    """`text` is the written form (paragraphs, **bold**, "- " lists, links), `speech` the spoken one.

    `sources` and `decisions` are what it rests on; `offers` are labels of topics to offer next.
    `tells_keys`: the spoken form says which keys to press for the answers.
    """

    text: str
    speech: str
    sources: tuple[SourceDoc, ...] = ()
    decisions: tuple[Decision, ...] = ()
    offers: tuple[str, ...] = ()
    tells_keys: bool = False

    def on(self, channel: Channel) -> str:
        """The form for a channel: spoken on the phone, written elsewhere."""
        return self.speech if channel is Channel.PHONE else self.text

    def __add__(self, other: Answer) -> Answer:
        """This answer, then the other, as one; what both rest on is named once."""
        return Answer(
            text="\n\n".join(part for part in (self.text, other.text) if part),
            speech=" ".join(part for part in (self.speech, other.speech) if part),
            sources=once((*self.sources, *other.sources)),
            decisions=once((*self.decisions, *other.decisions)),
            offers=once((*self.offers, *other.offers)),
            tells_keys=self.tells_keys or other.tells_keys,
        )


def joined(answers: Iterable[Answer]) -> Answer:
    """Several answers as one, in order; no answer at all is an empty one."""
    total = Answer("", "")
    for answer in answers:
        total = total + answer
    return total


def once(items: Iterable[_T]) -> tuple[_T, ...]:
    """The items in order, each at its first place only."""
    found: list[_T] = []
    for item in items:
        if item not in found:
            found.append(item)
    return tuple(found)

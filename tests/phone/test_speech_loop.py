"""Spoken, heard and read: values as a caller says them, through a real voice and a recogniser that mishears a lot.

What is asked here is not how much is understood, but that no misheard value is taken: it is not understood and asked
for again, or the recogniser is so unsure of it that it is read back (and a yes or a no asked for once more).
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from bot.dialogue.understanding.misheard import SURE
from bot.gateway.channels.phone_ivr.speech_hints import inbound_of
from tests.phone.sound import Recogniser, seconds
from tests.phone.test_spoken_values import ROWS, read

SAID = [row for row in ROWS if row["style"] == "clean" and not any(c.isdigit() for c in row["text"])]


@dataclass(frozen=True)
class Recognized:
    kind: str
    said: str
    wanted: str
    text: str
    sure: float

    @property
    def value(self) -> str:
        inbound = inbound_of("1", self.text, self.sure)
        return read(self.kind, inbound.value) if inbound.kind == "text" else ""


def listened(rows: list[dict[str, str]], noise: float) -> list[Recognized]:
    recogniser = Recogniser()
    return [Recognized(row["kind"], row["text"], row["value"], *recogniser.hears(row["text"], noise)) for row in rows]


def nothing_wrong_is_taken(found: list[Recognized]) -> None:
    right = [each for each in found if each.value == each.wanted]
    other = [each for each in found if each.value not in {each.wanted, ""}]
    assert right, "the recogniser understood nothing at all"
    assert not [each for each in other if each.sure >= SURE], other


def test_some_values_through_a_voice_and_a_recogniser() -> None:
    rows = [row for row in SAID if row["kind"] == "yes_no"][:4] + SAID[::24]
    nothing_wrong_is_taken(listened(rows, noise=0.0))


@pytest.mark.long
@pytest.mark.parametrize("noise", [0.0, 0.1])
def test_every_value_through_a_voice_and_a_recogniser(noise: float) -> None:
    assert len(SAID) >= 100
    nothing_wrong_is_taken(listened(SAID, noise))


def test_nothing_but_hiss_is_no_answer() -> None:
    text, sure = Recogniser().hears(" ", noise=0.05)
    assert not text or sure < SURE


def test_more_words_take_longer() -> None:
    assert 0.2 <= seconds("yes") < seconds("yes please") < seconds("A five, Brakes, on Tuesday, March tenth") <= 6.0

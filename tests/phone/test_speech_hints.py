"""What of a recogniser's text was speech, how sure it is, and what it is told to expect."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.contracts.calls import Inbound, SpokenChoice, Vocabulary
from bot.contracts.conversation import EXPECTS, MAX_TEXT, Expects
from bot.gateway.channels.phone_ivr.speech_hints import (
    MAX_HINT,
    MAX_HINTS,
    confidence_in,
    hints,
    inbound_of,
    keys,
    seconds,
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("cancel my test", "cancel my test"),
        ("  two   words \n", "two words"),
        ("where is my **** certificate", "where is my certificate"),
        ("this f*** thing is late", "this thing is late"),
        ("[noise] yes [laughter]", "yes"),
        ("<unk> brakes", "brakes"),
        ("(inaudible) five", "five"),
        ("um, yes", "um, yes"),
        ("mm-hmm", "mm-hmm"),
        ("uh-huh", "uh-huh"),
        ("a\x00b", "a b"),
        ("x" * 5000, "x" * MAX_TEXT),
    ],
)
def test_speech_is_kept(text: str, said: str) -> None:
    assert inbound_of("1", text, 0.5) == Inbound("1", "text", said, 0.5)


@pytest.mark.parametrize("text", ["", " ", "[noise]", "um", "uh, um... hmm", "****", "(coughs) er", "...", "\x00"])
def test_noise_and_hesitation_are_silence(text: str) -> None:
    assert inbound_of("1", text, 0.5) == Inbound("1", "silence")


@pytest.mark.parametrize(
    ("given_as", "read"),
    [("0.93", 0.93), (0.5, 0.5), ("1", 1.0), (None, None), ("", None), ("0.0", None), ("0", None), ("-1", None),
     ("2", None), ("nan", None), ("inf", None), ("high", None)],
)  # fmt: skip
def test_confidence(given_as: str | float | None, read: float | None) -> None:
    assert confidence_in(given_as) == read


@given(st.text(), st.floats() | st.none())
def test_whatever_comes_it_is_a_turn(text: str, confidence: float | None) -> None:
    inbound = inbound_of("1", text, confidence_in(confidence))
    assert inbound.kind in {"text", "silence"}
    assert len(inbound.value) <= MAX_TEXT
    assert Inbound.from_json(inbound.to_json()) == inbound


@pytest.mark.parametrize("expects", EXPECTS)
def test_hints_fit_what_recognisers_take(expects: Expects) -> None:
    many = Vocabulary(
        tests=tuple(f"test {n}" for n in range(600)), places=("A" * 200, "Aurora, Illinois", "aurora illinois")
    )
    choices = (SpokenChoice("a", "A five, Brakes"), SpokenChoice("b", "Monday"))
    found = hints(expects, choices, many)
    assert 5 <= len(found) <= MAX_HINTS
    assert all(0 < len(hint) <= MAX_HINT and "," not in hint for hint in found)
    assert len({hint.lower() for hint in found}) == len(found)
    if expects in {"choice", "test"}:
        assert found[0] == "A five Brakes"


def test_keys_and_times_fit() -> None:
    assert keys("code", ()).most == 6
    assert keys("ase_id", ()).most == 8
    assert keys("choice", [SpokenChoice(str(n), str(n)) for n in range(12)]).most == 2
    for expects in EXPECTS:
        wait, pause = seconds(expects)
        assert 5 <= wait <= 15
        assert 1 <= pause <= 3
    assert seconds("code")[0] > seconds("yes_no")[0]
    alone = keys("free", (), signed_in=False)
    assert alone.most == 8
    assert seconds("free", alone)[0] < seconds("free", keys("free", ()))[0], "a lone key does not wait for seven more"

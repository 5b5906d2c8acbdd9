"""How long callers listen: each text by the usual pace of a voice, and as a real synthesiser speaks it."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import pytest

from bot.answers.answers import Answers
from bot.catalog.load import load_catalog
from bot.gateway.channels.phone_ivr.speech import plain, sentences, ssml
from tests.phone import sound
from tests.phone.sound import PACE

ROOT = Path(__file__).resolve().parents[2]
DAY = date(2026, 3, 2)
LONGEST = 55.0
USUAL = 33.0
"""Seconds: no text of its own is longer than the first, nine of ten are no longer than the second."""
LONGEST_SENTENCE = 13.0


@cache
def answers() -> Answers:
    return Answers(load_catalog(ROOT / "knowledge"))


@cache
def spoken() -> dict[str, str]:
    """Every text of its own as callers hear it, by label."""
    catalog = answers().catalog
    return {label: answers().entry(label, DAY).speech for label in catalog.entries}


def estimate(text: str) -> float:
    """Seconds at the usual pace, with a breath after each sentence."""
    return len(text.split()) / PACE * 60 + 0.4 * len(sentences(text))


def seconds(text: str) -> float:
    """Seconds of sound made from the same document that a provider would get."""
    return sound.seconds(ssml([text]), ssml=True)


def test_no_text_is_too_long_to_listen_to() -> None:
    lengths = sorted((estimate(text), label) for label, text in spoken().items())
    assert len(lengths) >= 40
    assert lengths[-1][0] <= LONGEST, lengths[-5:]
    assert lengths[len(lengths) * 9 // 10][0] <= USUAL, lengths[-12:]


def test_no_sentence_is_too_long_to_keep_in_mind() -> None:
    said = [(estimate(s), label, s) for label, text in spoken().items() for s in sentences(text)]
    assert len(said) >= 120
    assert max(said)[0] <= LONGEST_SENTENCE, max(said)


def test_nothing_is_read_out_that_only_eyes_can_use() -> None:
    for label, text in spoken().items():
        flat = plain([text])
        assert not set("*_[]()<>{}|#@/\\") & set(flat), label
        assert "http" not in flat, label


def test_a_synthesiser_takes_what_providers_get() -> None:
    for label in ("greet", "faq/fees", "faq/contact"):
        text = spoken()[label]
        assert 0.4 * estimate(text) <= seconds(text) <= 2.5 * estimate(text), label


@pytest.mark.long
def test_every_text_as_it_is_spoken() -> None:
    lengths = sorted((seconds(text), label) for label, text in spoken().items())
    assert lengths[-1][0] <= 1.4 * LONGEST, lengths[-5:]
    assert lengths[0][0] >= 0.5, lengths[:5]

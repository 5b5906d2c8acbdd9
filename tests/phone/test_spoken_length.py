"""How long callers listen: each text spoken by a real synthesiser where one is installed, else by the usual pace."""

from __future__ import annotations

import shutil
import subprocess
import wave
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from bot.answers.answers import Answers
from bot.catalog.load import load_catalog
from bot.gateway.channels.phone_ivr.speech import plain, sentences, ssml

ROOT = Path(__file__).resolve().parents[2]
DAY = date(2026, 3, 2)
PACE = 165
"""Words a minute of an unhurried voice."""
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


def synthesised(text: str, folder: Path) -> float:
    """Seconds of sound as espeak-ng makes it from the same document that a provider would get."""
    sound = folder / "said.wav"
    given = ssml([text])
    subprocess.run(["espeak-ng", "-m", "-s", str(PACE), "-w", str(sound)], input=given.encode(), check=True)
    with wave.open(str(sound)) as opened:
        return opened.getnframes() / opened.getframerate()


def seconds(text: str, folder: Path) -> float:
    return synthesised(text, folder) if shutil.which("espeak-ng") else estimate(text)


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


def test_a_synthesiser_takes_what_providers_get(tmp_path: Path) -> None:
    for label in ("greet", "faq/fees", "faq/contact"):
        text = spoken()[label]
        assert 0.4 * estimate(text) <= seconds(text, tmp_path) <= 2.5 * estimate(text), label


@pytest.mark.long
def test_every_text_as_it_is_spoken(tmp_path: Path) -> None:
    lengths = sorted((seconds(text, tmp_path), label) for label, text in spoken().items())
    assert lengths[-1][0] <= 1.4 * LONGEST, lengths[-5:]
    assert lengths[0][0] >= 0.5, lengths[:5]

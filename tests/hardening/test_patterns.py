"""No pattern of the code costs much, whatever it is given: each one on inputs made from its own repetitions."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bot.nlu.legible import legible
from tests.hardening.patterns import LENGTH, every_pattern, hard_for

RAW = 0.5
"""Seconds of processor that a pattern may cost on 2,000 characters as they come: no cube, no power of two."""
READ = 0.06
"""The same on a message as it is read. An ordinary one costs a thousandth of it."""

PATTERNS = every_pattern()


class TooSlow(Exception):
    """The time is over."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raise TooSlow once the block has used so much processor time; `re` looks for signals while it searches."""

    def over(*_: object) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGVTALRM, over)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def cost(compiled: re.Pattern[str], text: str, most: float) -> float:
    """Seconds of processor for searching and for matching as a whole; the best of three where it seems to be much."""
    best = 10.0
    for _ in range(3):
        began = time.thread_time()
        try:
            with at_most(4 * most):
                compiled.search(text)
                compiled.fullmatch(text)
        except TooSlow:
            return 4 * most
        best = min(best, time.thread_time() - began)
        if best < most:
            break
    return best


def slow(most: float, raw: bool) -> list[str]:
    """The patterns that cost more, with what they cost it on."""
    found = []
    for (pattern, flags), where in PATTERNS.items():
        compiled = re.compile(pattern, flags)
        texts = hard_for(pattern, flags) if raw else dict.fromkeys(map(legible, hard_for(pattern, flags)))
        for text in texts:
            seconds = cost(compiled, text, most)
            if seconds >= most:
                found.append(f"{where}: {seconds:.3f} s on {text[:40]!r}: {pattern[:60]!r}")
                break
    return found


def test_all_patterns_are_found() -> None:
    assert len(PATTERNS) >= 550, "fewer patterns than there are"
    places = {where.partition(":")[0] for where in PATTERNS.values()}
    assert len(places) >= 60


@pytest.mark.parametrize("raw", [True, False], ids=["as it comes", "as it is read"])
def test_no_pattern_costs_much(raw: bool) -> None:
    assert slow(RAW if raw else READ, raw) == []


def test_a_bad_pattern_would_be_found() -> None:
    for pattern in (r"(?:so ?\W*)*if", r"x\s*,?\s+(?:and )?\s+y", r"(?:m+)+ ?h"):
        worst = max(cost(re.compile(pattern), text, RAW) for text in hard_for(pattern, 0))
        assert worst >= RAW, pattern


@pytest.mark.parametrize(
    "text", ["x" + " " * 1998 + "x", "\n" * 2000, "1" * 2000, "1-" * 1000, "a? " * 666, "é\u0301" * 1000]
)
def test_a_message_is_cut_to_what_can_be_read(text: str) -> None:
    read = legible(text)
    assert len(read) <= LENGTH
    assert "  " not in read
    assert "\n\n" not in read
    assert len(re.findall(r"[^\W\d_]+|\d+|[^\w\s]|_", read)) <= 400
    assert max(map(len, read.split()), default=0) <= 80


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("when  is my\tA5?", "when is my A5?"),
        ("12 Elm Street\n\n\nAurora, IL 60505", "12 Elm Street\nAurora, IL 60505"),
        ("really???", "really???"),
        ("no!!!!!!!!!!!!!!", "no!!!!!!"),
        ("  \n ", ""),
    ],
)
def test_ordinary_messages_are_read_as_they_are(text: str, read: str) -> None:
    assert legible(text) == read

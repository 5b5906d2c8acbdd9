"""Whether a message answers the open question, and with which value.

The question comes first: while one is open, "2", "the second one" or "the brakes one" is an answer to it, whatever
the intent model thinks of those few words. A message that reads as a question of its own is not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.dialogue.heard import OUT_OF_SCOPE, Heard
from bot.dialogue.state import Choice, Expect, Question
from bot.nlu.entities import read_ase_id, read_choice, read_code, read_yes_no

ALL = "__all__"
"""The value of a choice that means every option at once."""

BARE = {"inform", "affirm", "deny", OUT_OF_SCOPE, "greet", "sign_in"}
"""Labels that say nothing of their own beside an open question."""

SHORT = 5
"""Up to this many words, a message that fits the open question is taken as its answer."""


class Fit(StrEnum):
    ANSWER = "answer"
    OTHER = "other"  # something else is wanted; the question stays open
    MISFIT = "misfit"  # meant as an answer, but it does not fit


@dataclass(frozen=True, slots=True)
class Answered:
    fit: Fit
    value: Any = None


OTHER = Answered(Fit.OTHER)
MISFIT = Answered(Fit.MISFIT)


def read(question: Question, heard: Heard, task_label: str | None = None) -> Answered:
    """How `heard` relates to `question`; `task_label` is the topic the question belongs to."""
    if heard.choice is not None:
        found = next((c for c in question.choices if c.id == heard.choice), None)
        return Answered(Fit.ANSWER, found.value) if found else OTHER
    if heard.digits is not None:
        return _keyed(question, heard.digits)
    if heard.text.startswith("/"):
        return OTHER
    value = _value(question, heard)
    own_words = len(heard.text.split()) <= SHORT or heard.label in BARE or heard.label == task_label
    own_words = own_words or (question.expects is Expect.FREE and not question.choices)
    if value is not None:
        return Answered(Fit.ANSWER, value) if own_words or question.expects in _STRICT else OTHER
    if question.soft or heard.label not in BARE or heard.label == "greet":
        return OTHER
    if heard.label == OUT_OF_SCOPE and len(heard.text.split()) > SHORT:
        return OTHER
    return MISFIT


_STRICT = {Expect.CODE, Expect.ASE_ID}

MOVES = {"stop", "human_agent", "repeat", "explain", "help", "goodbye"}
"""Labels that are never meant as free words asked for."""


def _keyed(question: Question, digits: str) -> Answered:
    """A key on the phone: its place in the list, 1/2 for yes/no, or the number itself."""
    keys = digits.strip("#*")
    if question.expects is Expect.YES_NO:
        return Answered(Fit.ANSWER, keys == "1") if keys in {"1", "2"} else MISFIT
    if question.expects is Expect.CODE:
        return Answered(Fit.ANSWER, keys) if len(keys) == 6 else MISFIT
    if question.expects is Expect.ASE_ID:
        found = read_ase_id(keys)
        return Answered(Fit.ANSWER, found) if found else MISFIT
    if question.choices and keys.isdigit() and 1 <= int(keys) <= len(question.choices):
        return Answered(Fit.ANSWER, question.choices[int(keys) - 1].value)
    return MISFIT


def _value(question: Question, heard: Heard) -> Any:
    if question.expects is Expect.YES_NO:
        return _yes_no(heard)
    if question.expects is Expect.CODE:
        return read_code(heard.text)
    if question.expects is Expect.ASE_ID:
        return next(iter(heard.values("ase_id")), None) or read_ase_id(heard.text)
    if question.choices:
        chosen = _chosen(question, heard)
        if chosen is not None:
            return chosen
    if question.expects is Expect.TEST:
        return next(iter(heard.values("test_code")), None)
    if question.expects is Expect.FREE:
        return _free(question, heard)
    return None


def _free(question: Question, heard: Heard) -> Any:
    """Free words are the value, except where one thing is offered: then only a yes to it is."""
    if not question.choices:
        asks = heard.label in MOVES or heard.text.rstrip().endswith("?")
        return None if asks else heard.text.strip() or None
    wanted = heard.label == question.slot or bool(heard.values("ase_id")) or _yes_no(heard)
    return question.choices[0].value if wanted else None


def _yes_no(heard: Heard) -> bool | None:
    if heard.label == "affirm" and heard.confidence > 0.5:
        return True
    if heard.label == "deny" and heard.confidence > 0.5:
        return False
    return read_yes_no(heard.text)


def _chosen(question: Question, heard: Heard) -> Any:
    words = _plain(heard.text)
    for choice in question.choices:
        if words in {_plain(choice.title), _plain(choice.spoken), choice.id}:
            return choice.value
    if words in {"all", "all of them", "both", "both of them", "every one", "each", "any"}:
        found = next((c for c in question.choices if c.value == ALL), None)
        return found.value if found else None
    by_test = _by_test(question.choices, heard)
    if by_test is not None:
        return by_test
    if (heard.values("date") or heard.values("time")) and not _POINTS.search(words):
        return None  # "the first week of December" is a wish, not the first choice
    place = read_choice(heard.text, len(question.choices))
    return question.choices[place - 1].value if place else None


_POINTS = re.compile(r"\b(one|option|choice|number|seat|slot)\b")


def _by_test(choices: list[Choice], heard: Heard) -> Any:
    """The choice that names a test said in the message ("the brakes one"), if exactly one does."""
    for code in reversed(heard.values("test_code")):
        fits = [c for c in choices if str(code) in c.title.split() or str(code) == c.id]
        if len(fits) == 1:
            return fits[0].value
    return None


def _plain(text: str) -> str:
    return " ".join(text.lower().strip(" .!?,").split())

"""What to listen for, by what is expected, and what of the recogniser's text was speech."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence

from bot.contracts.calls import MENU_KEYS, Inbound, Keys, SpokenChoice, Vocabulary
from bot.contracts.conversation import MAX_TEXT, Expects

MAX_HINTS = 500
MAX_HINT = 100
"""Phrases, and characters in each, that recognisers take."""

_DIGITS = ("zero", "oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "double", "triple")
_YES_NO = ("yes", "yes please", "no", "no thanks", "correct", "that's right", "that's wrong", "go ahead", "stop")
_DAYS = (
    *("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday", "today", "tomorrow", "next week"),
    *("January", "February", "March", "April", "May", "June", "July", "August", "September", "October"),
    *("November", "December", "morning", "afternoon", "evening", "noon", "as soon as possible", "first", "second"),
    *("third", "fourth", "fifth", "tenth", "twentieth", "twenty first", "thirtieth", "the last one"),
)
_PLACES_IN_LIST = ("the first one", "the second one", "the third one", "the last one", "all of them", "more")
_ALWAYS = ("agent", "operator", "a person", "repeat", "slower", "go back", "stop", "help")
_TOPICS = (
    *("appointment", "reschedule", "cancel", "book a test", "test results", "certificate", "certification", "refund"),
    *("recertification", "retest", "master status", "A S E", "A S E I D", "Prometric", "sign in", "address change"),
    *("accommodation", "work experience", "no show", "duplicate certificate", "Spanish", "study guide", "fees"),
)
_NOISE = re.compile(r"\[[^\]]*\]|\([^)]*\)|<[^>]*>|\*{2,}|\w\*+\w*|♪+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_AGREES = re.compile(r"(mm+|hm+|m)[ -](hm+|mm+)|uh[ -]huh|mhm+")
_FILLERS = frozenset({"um", "uh", "uhm", "umm", "er", "erm", "hm", "hmm", "mm", "ah", "eh"})


def hints(expects: Expects, choices: Sequence[SpokenChoice], words: Vocabulary) -> tuple[str, ...]:
    """Phrases to listen for, the likeliest first; none twice, none longer than recognisers take."""
    match expects:
        case "code" | "digits":
            wanted: tuple[str, ...] = _DIGITS
        case "ase_id":
            wanted = ("A S E", *_DIGITS, "dash", "A as in apple")
        case "yes_no":
            wanted = _YES_NO
        case "date":
            wanted = (*_DAYS, *words.places)
        case "test":
            wanted = (*(choice.spoken for choice in choices), *words.tests)
        case "choice":
            wanted = (*(choice.spoken for choice in choices), *_PLACES_IN_LIST, *_DAYS, *words.tests, *words.places)
        case _:
            wanted = (*_TOPICS, *words.tests, *_DAYS, *words.places)
    return _fitting((*wanted, *_ALWAYS))


def _fitting(wanted: Iterable[str]) -> tuple[str, ...]:
    known: dict[str, str] = {}
    for phrase in wanted:
        said = " ".join(phrase.replace(",", " ").split())
        if said and len(said) <= MAX_HINT:
            known.setdefault(said.lower(), said)
    return tuple(known.values())[:MAX_HINTS]


def keys(expects: Expects, choices: Sequence[SpokenChoice], *, signed_in: bool = True, in_line: bool = False) -> Keys:
    """How keys are collected: as many as are wanted, one for a menu, where 0 is always a person.

    Where nothing is asked of somebody who has not signed in, an ASE ID may be keyed as well as a key of the menu; of
    somebody in line for a person, the number to call.
    """
    match expects:
        case "code":
            return Keys(6, "#")
        case "ase_id":
            return Keys(8, "#")
        case "digits":
            return Keys(None, "#")
        case "free" if not choices and in_line:
            return Keys(11, "#")
        case "free" if not choices and not signed_in:
            return Keys(8, "#")
        case _:
            return Keys(1) if len(choices) <= MENU_KEYS else Keys(2, "#")


def seconds(expects: Expects, wanted: Keys | None = None) -> tuple[int, int]:
    """How long to wait for the caller to begin, or to press the next key, and how much quiet ends an answer.

    Where one key may be all that comes although more are taken, the wait is short.
    """
    match expects:
        case "free" if wanted is not None and wanted.most != 1:
            return 4, 2
        case "code":
            return 12, 3  # the code has to be looked up
        case "ase_id" | "digits":
            return 10, 3
        case "yes_no":
            return 6, 1
        case _:
            return 6, 2


def inbound_of(message_id: str, text: str, confidence: float | None) -> Inbound:
    """What a recogniser understood, as a turn; noise and mere hesitation are silence.

    Marks for noise ("[laughter]") and hidden words ("****", "d***") say nothing and are left out.
    """
    said = " ".join(_CONTROL.sub(" ", _NOISE.sub(" ", text)).split())[:MAX_TEXT].strip()
    said_words = re.findall(r"[\w'’-]+", said.lower())
    if all(word in _FILLERS for word in said_words) and not _AGREES.fullmatch(" ".join(said_words)):
        return Inbound(message_id, "silence")
    return Inbound(message_id, "text", said, confidence)


def confidence_in(text: str | float | None) -> float | None:
    """A confidence between 0 and 1. None where none is given; 0 with words is what engines without one send."""
    try:
        value = float(text) if text is not None else math.nan
    except (TypeError, ValueError):
        return None
    return round(value, 4) if 0.0 < value <= 1.0 else None

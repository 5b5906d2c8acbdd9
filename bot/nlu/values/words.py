"""Words of a message with their places in it, and the numbers people say and type.

Letters and digits are always separate words ("A5R" is A, 5, R), so that typed and spoken forms read alike.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass


def bag(text: str) -> frozenset[str]:
    """A set of words from a text that lists them."""
    return frozenset(text.split())


_WORD = re.compile(r"[^\W\d_]+(?:['’`][^\W\d_]+)*|\d+|[^\w\s]|_")

UNITS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15,
    "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90,
}  # fmt: skip
ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "forth": 4, "fifth": 5, "sixth": 6, "seventh": 7,
    "eighth": 8, "ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14,
    "fifteenth": 15, "sixteenth": 16, "seventeenth": 17, "eighteenth": 18, "nineteenth": 19,
    "twentieth": 20, "thirtieth": 30,
}  # fmt: skip
ORDINAL_ENDINGS = frozenset({"st", "nd", "rd", "th"})

_ZERO = frozenset({"zero", "oh", "o", "ow", "nought", "naught", "cero"})
_SAID_DIGITS = {
    **{word: value for word, value in UNITS.items() if 1 <= value <= 9},
    "won": 1, "wan": 1, "to": 2, "too": 2, "tree": 3, "thre": 3, "for": 4, "fore": 4, "fife": 5, "sics": 6, "sicks": 6,
    "ate": 8, "ait": 8, "niner": 9, "nein": 9,
}  # fmt: skip
_REPEAT = {"double": 2, "triple": 3, "treble": 3, "quadruple": 4}


@dataclass(frozen=True, slots=True)
class Word:
    """One word: as written, folded for comparing, and where it stands (character offsets)."""

    text: str
    norm: str
    start: int
    end: int

    @property
    def is_number(self) -> bool:
        return self.text.isdigit()


@dataclass(frozen=True, slots=True)
class Value:
    """A value read from a message: what it is and the part of the message that says it."""

    entity: str
    value: str
    start: int
    end: int
    bound: str | None = None
    """For dates and times: "after" or "before" when the message sets a limit rather than a point."""

    def as_dict(self) -> dict[str, str | int]:
        """The shape that every program outside sees."""
        return {"entity": self.entity, "value": self.value, "start": self.start, "end": self.end}


def words(text: str) -> list[Word]:
    """All words and marks of `text`, in order, with their offsets.

    What only spells a letter out is left out: "A as in apple five" is A, five.
    """
    row = [Word(match.group(), fold(match.group()), match.start(), match.end()) for match in _WORD.finditer(text)]
    kept: list[Word] = []
    at = 0
    while at < len(row):
        spelled = _spells(row, at, kept[-1].norm) if kept and kept[-1].norm.isalpha() else 0
        if spelled:
            at += spelled + (at + spelled + 1 < len(row) and row[at + spelled].text == ",")
        else:
            kept.append(row[at])
            at += 1
    return kept


def _spells(row: Sequence[Word], at: int, letter: str) -> int:
    """How many words here only spell a letter out: "as in apple" after "a" or "ay", "like sam" after "s"."""
    if row[at].norm == "as" and len(letter) <= 3 and at + 2 < len(row) and row[at + 1].norm == "in":
        return 3 if row[at + 2].norm.isalpha() else 0
    if row[at].norm == "like" and len(letter) == 1 and at + 1 < len(row):
        example = row[at + 1].norm
        return 2 if example.isalpha() and len(example) >= 3 and example.startswith(letter) else 0
    return 0


_SHORT = {"wk": "week", "wks": "weeks", "nxt": "next"}


def fold(word: str) -> str:
    """A word as it is compared: lower case, plain apostrophes, the calendar's shorthand in full."""
    folded = word.lower().replace("’", "'").replace("`", "'")
    return _SHORT.get(folded, folded)


_TAKES_BACK = (("i", "mean"), ("i", "meant"), ("scratch", "that"), ("strike", "that"), ("make", "that"), ("no", "wait"),
               ("no", "sorry"), ("wait", "no"), ("sorry", "no"))  # fmt: skip
_FURTHEST = 8
_SLIPS = bag("sorry oops whoops typo correction")
_ADDING = bag("and or plus also with")
_NEAR = 4


def takes_back(between: Sequence[Word]) -> bool:
    """Whether what stands between two values says outright that the first was a slip: "B5, I mean put down B6"."""
    norms = [word.norm for word in between if word.text.isalnum()]
    if len(norms) > _FURTHEST:
        return False
    slip = len(norms) <= _NEAR and not _SLIPS.isdisjoint(norms) and _ADDING.isdisjoint(norms)
    return slip or any(pair in _TAKES_BACK for pair in itertools.pairwise(norms))


def norm(row: Sequence[Word], at: int) -> str:
    """The folded word at a place, "" outside the row."""
    return row[at].norm if 0 <= at < len(row) else ""


def touching(left: Word, right: Word) -> bool:
    """Whether nothing stands between two words."""
    return left.end == right.start


def cardinal(row: Sequence[Word], at: int) -> tuple[int, int] | None:
    """The whole number 0–99 that starts at `at`, typed or said, and the place after it."""
    if at >= len(row):
        return None
    word = row[at]
    if word.is_number:
        return (int(word.text), at + 1) if len(word.text) <= 2 else None
    if word.norm in UNITS:
        return UNITS[word.norm], at + 1
    if word.norm in TENS:
        after = _skip_hyphen(row, at + 1)
        if after < len(row) and 1 <= UNITS.get(row[after].norm, 0) <= 9:
            return TENS[word.norm] + UNITS[row[after].norm], after + 1
        return TENS[word.norm], at + 1
    return None


def ordinal(row: Sequence[Word], at: int) -> tuple[int, int] | None:
    """The ordinal that starts at `at` ("14th", "fourteenth", "twenty first"), and the place after it."""
    if at >= len(row):
        return None
    word = row[at]
    if word.is_number and len(word.text) <= 2:
        if at + 1 < len(row) and row[at + 1].norm in ORDINAL_ENDINGS and touching(word, row[at + 1]):
            return int(word.text), at + 2
        if word.text in {"20", "30"} and ORDINALS.get(norm(row, at + 1), 99) <= 9:
            return int(word.text) + ORDINALS[row[at + 1].norm], at + 2  # "march 20 fifth"
        return None
    if word.norm in ORDINALS:
        return ORDINALS[word.norm], at + 1
    if word.norm in TENS:
        after = _skip_hyphen(row, at + 1)
        if after < len(row) and ORDINALS.get(row[after].norm, 99) <= 9:
            return TENS[word.norm] + ORDINALS[row[after].norm], after + 1
    return None


def year(row: Sequence[Word], at: int) -> tuple[int, int] | None:
    """A year ("2026", "twenty twenty six", "two thousand twenty six") at `at`, and the place after it."""
    if at >= len(row):
        return None
    word = row[at]
    if word.is_number:
        return (int(word.text), at + 1) if len(word.text) == 4 and word.text[:2] in {"19", "20"} else None
    if word.norm == "two" and at + 1 < len(row) and row[at + 1].norm == "thousand":
        after = at + 3 if at + 2 < len(row) and row[at + 2].norm == "and" else at + 2
        rest = cardinal(row, after)
        return (2000 + rest[0], rest[1]) if rest else (2000, at + 2)
    if word.norm in {"twenty", "nineteen"}:
        rest = cardinal(row, at + 1)
        if rest and rest[0] >= 10 and not row[at + 1].is_number:
            return (2000 if word.norm == "twenty" else 1900) + rest[0], rest[1]
    return None


def digits(row: Sequence[Word], at: int, *, homophones: bool = True) -> Iterator[tuple[str, int]]:
    """Groups of digits from `at` on, typed or said: ("55", place after "double five"), ("1000", …), ….

    Stops at the first word that is no digit. With `homophones`, "to", "for", "ate" count as digits when said
    among digits; a caller who has no reason to expect digits leaves them out.
    """
    while at < len(row):
        group = _digit_group(row, at, homophones)
        if group is None:
            return
        yield group
        at = group[1]


_OF_DIGITS = frozenset(UNITS) | frozenset(TENS) | _ZERO | (frozenset(_SAID_DIGITS) - {"to", "too", "for"})


def may_hold_digits(row: Sequence[Word]) -> bool:
    """Whether a long number can be among the words: a figure, or two words of digits."""
    return any(word.is_number for word in row) or sum(word.norm in _OF_DIGITS for word in row) >= 2


def _digit_group(row: Sequence[Word], at: int, homophones: bool) -> tuple[str, int] | None:
    word = row[at]
    if word.is_number:
        return word.text, at + 1
    if word.norm in _REPEAT and at + 1 < len(row):
        following = _one_digit(row[at + 1], homophones)
        return (following * _REPEAT[word.norm], at + 2) if following else None
    single = _one_digit(word, homophones)
    if single:
        following = row[at + 1].norm if at + 1 < len(row) else ""
        if following == "thousand" and single != "0":
            return single + "000", at + 2
        if following == "hundred" and single != "0":
            return single + "00", at + 2
        return single, at + 1
    number = cardinal(row, at)
    return (str(number[0]), number[1]) if number else None


def _one_digit(word: Word, homophones: bool) -> str | None:
    if word.is_number:
        return word.text if len(word.text) == 1 else None
    if word.norm in _ZERO:
        return "0"
    if word.norm in UNITS and UNITS[word.norm] <= 9:
        return str(UNITS[word.norm])
    if homophones and word.norm in _SAID_DIGITS:
        return str(_SAID_DIGITS[word.norm])
    return None


def _skip_hyphen(row: Sequence[Word], at: int) -> int:
    return at + 1 if at < len(row) and row[at].text in {"-", "‐", "–"} else at

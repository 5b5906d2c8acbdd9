"""Codes of tests, typed and said: "A5", "a-5", "ay five", "tee two", lists ("A1, 2 and 5") and ranges ("T2 to T8")."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.nlu.values.sounds import (
    AFTER_CODES,
    CLEAR,
    COUNTED,
    DASHES,
    DIGITS,
    ENDS,
    FAINT,
    LETTERS,
    LIST,
    SWITCHING,
    TESTS,
    THROUGH,
)
from bot.nlu.values.vocabulary import Vocabulary
from bot.nlu.values.words import UNITS, Word, bag, touching

_DIGITS = {word: value for word, value in UNITS.items() if 1 <= value <= 9}


@dataclass(frozen=True, slots=True)
class Mention:
    """Tests named at `first` … `after` (places in the row)."""

    codes: tuple[str, ...]
    first: int
    after: int
    phrase: str | None = None
    """The name that was said, when the test was named rather than coded."""


def codes(row: Sequence[Word], vocabulary: Vocabulary, taken: frozenset[int]) -> Iterator[Mention]:
    known = frozenset(vocabulary.codes)
    last: Mention | None = None
    at = 0
    while at < len(row):
        mention = None if at in taken else _code(row, at, known, vocabulary) or _listed(row, at, last, known)
        if mention is None or any(place in taken for place in range(mention.first, mention.after)):
            at += 1
            continue
        yield mention
        last, at = mention, mention.after


def _listed(row: Sequence[Word], at: int, last: Mention | None, known: frozenset[str]) -> Mention | None:
    """A letter that sounds like the one of the code before it in a list: "be three and be four"."""
    if last is None or not 1 <= at - last.after <= 2 or at + 1 >= len(row):
        return None
    if any(word.norm not in LIST for word in row[last.after : at]):
        return None
    letter, digit = _letter(row[at])[0], _digit(row[at + 1])[0]
    if letter is None or digit is None or letter != last.codes[0][0] or letter + digit not in known:
        return None
    return Mention((letter + digit,), at, at + 2)


def _code(row: Sequence[Word], at: int, known: frozenset[str], vocabulary: Vocabulary) -> Mention | None:
    start = at
    if row[at].norm in {"letter", "ltr"} and at + 1 < len(row):
        at += 1
    letter, letter_kind = _letter(row[at])
    if letter is None:
        return None
    place = at + 1
    if start < at:
        letter_kind = "said"
        while place < len(row) and row[place].norm in {"and", "the", "then", "a", ",", "digit"}:
            place += 1
    while place < len(row) and row[place].text in {*DASHES, ".", "#"} and place <= at + 1:
        place += 1
    if place < len(row) and row[place].norm in {"number", "num"}:
        place += 1
    if place >= len(row):
        return None
    digit, digit_kind = _digit(row[place])
    if digit is None or letter + digit not in known:
        return None
    after = place + 1
    if not _convincing(row, at, place, letter_kind, digit_kind):
        return None
    code, after = _suffix(row, letter + digit, after, vocabulary)
    return Mention((code,), start, after)


def _letter(word: Word) -> tuple[str | None, str]:
    if len(word.text) == 1 and word.text.isalpha() and word.text.isascii():
        return word.text.upper(), "typed"
    if len(word.norm) == 3 and word.norm.endswith("'s"):
        return word.norm[0].upper(), "said"
    return LETTERS.get(word.norm, (None, ""))


def _digit(word: Word) -> tuple[str | None, str]:
    if word.is_number:
        bare = word.text.lstrip("0")
        return (bare, "typed") if len(bare) == 1 and len(word.text) <= 2 else (None, "")
    if word.norm in _DIGITS:
        return str(_DIGITS[word.norm]), "said"
    if word.norm in DIGITS:
        return str(DIGITS[word.norm]), "word"
    return None, ""


@dataclass(frozen=True, slots=True)
class _Place:
    """A letter and a digit in their sentence, and what stands around them."""

    letter: Word
    digit: Word
    letter_kind: str
    digit_kind: str
    before: Word | None
    earlier: Word | None
    following: Word | None
    later: Word | None
    length: int
    """Different words in the whole message, marks and polite words left out."""

    @property
    def test_follows(self) -> bool:
        return self.following is not None and self.following.norm in TESTS - {"one", "tests", "exams"}

    @property
    def announced(self) -> bool:
        return self.before is not None and self.before.norm in _ANNOUNCING

    @property
    def booked(self) -> bool:
        return self.before is not None and self.before.norm in _BOOKING

    @property
    def ends(self) -> bool:
        return self.following is None or not self.following.text.isalnum() or self.following.norm in ENDS


_POLITE = bag("please plz pls um uh er thanks sir maam ma'am")
_BOOKING = bag("take move cancel book reschedule schedule resched drop")
_ANNOUNCING = bag(
    """the my his her their our test exam code take retake failed passed called for in on recert number teh"""
)


_ENOUGH = 60
"""Words that are looked at to see whether a message is a short one."""


def _convincing(row: Sequence[Word], at: int, last: int, letter_kind: str, digit_kind: str) -> bool:
    """Whether a letter and a digit, in this place, are a test code rather than part of a sentence."""

    def word(place: int) -> Word | None:
        return row[place] if 0 <= place < len(row) else None

    length = len({item.norm for item in row[:_ENOUGH] if item.text.isalnum() and item.norm not in _POLITE})
    place = _Place(
        row[at], row[last], letter_kind, digit_kind, word(at - 1), word(at - 2), word(last + 1), word(last + 2), length
    )  # fmt: skip
    if _part_of_another(place) or _spelled_out(place) or _counts(place) or _elsewhere(place):
        return False
    if letter_kind == "typed" and touching(place.letter, place.digit):
        return not _before(place)
    if "word" not in {letter_kind, digit_kind}:
        return not _one_of_a_kind(place)
    opens = all(word.norm in _POLITE for word in row[:at])
    if letter_kind == "said" and opens:
        return True  # "tee too"
    if place.before is not None and place.before.norm in {"through", "thru"} and _ends_code(place.earlier):
        return True  # "a one through a tree"
    if letter_kind == "word" and digit_kind == "word":
        return _both_words(place)
    if letter_kind == "word" and place.letter.norm in CLEAR:
        return True
    if letter_kind == "word":
        if place.letter.norm == "eight" and place.before is not None and place.before.norm == "my":
            return place.test_follows or place.ends
        if place.letter.norm in FAINT:
            return place.test_follows and place.announced and place.letter.norm not in {"the", "if"}
        named = place.before is not None and place.before.norm in {"the", "my"}
        told = (place.announced or place.booked) and place.ends
        return place.test_follows or named or told or (place.length <= 3 and opens)
    if letter_kind == "said":
        return place.test_follows or place.length <= 3 or place.ends or place.announced
    return _letter_alone(place, opens)


def _letter_alone(place: _Place, opens: bool) -> bool:
    """Whether a letter of its own and a word that may sound like a digit are a code: "my a ate", "book a too"."""
    if place.digit.norm in _NO_WORDS:
        spans = place.following is not None and place.following.norm in {"through", "thru"}
        return place.announced or place.test_follows or place.length <= 3 or spans
    owned = place.before is not None and place.before.norm in {"the", "my"}
    if place.digit.norm in {"too", "fore"} and place.ends and (owned or place.booked):
        return True
    return (place.test_follows and (owned or opens or place.digit.norm != "to")) or place.length == 2


_NO_WORDS = bag("won ate ait nein sicks sics fife")
"""Digits as they are misheard that hardly stand after a letter as words."""


def _both_words(place: _Place) -> bool:
    """Whether two ordinary words are a letter and a digit: "my hey ate", "the see won", "be for test"."""
    letter, digit = place.letter.norm, place.digit.norm
    if letter in CLEAR:
        return place.test_follows or place.announced or place.length == 2
    if letter in FAINT:
        return False
    if place.booked and place.ends and digit in {"to", "too", "won"}:
        return True
    if digit in _NO_WORDS | {"tree", "fore"} and place.announced and (place.test_follows or place.ends):
        return True
    return place.length == 2 and digit not in {"free", "aid"}


def _part_of_another(place: _Place) -> bool:
    """Whether the digit or the letter belongs to a date, a time, an amount or an ordinal."""
    following, later = place.following, place.later
    minutes = following is not None and following.is_number and len(following.text) == 2
    if minutes and later is not None and later.norm in {"am", "pm", "a", "p"}:
        return True  # "a 9 15 a m seat"
    if place.before is not None and place.before.text in {"$", "#"} and touching(place.before, place.letter):
        return True
    if following is None or not touching(place.digit, following):
        return False
    if following.text == "'" and later is not None and later.norm == "s":
        return False  # "A5's results"
    if following.text in {":", "%", "'"} or following.norm in {"am", "pm", "th", "st", "nd", "rd", "k", "x"}:
        return True
    dated = following.text in {"/", "."} and later is not None and later.is_number and touching(following, later)
    return dated and place.digit.is_number and not touching(place.letter, place.digit)


_NO_TEST = bag(
    """audi bmw mercedes volvo chevy ford toyota honda nissan tesla lexus lot exit gate row room suite door bay aisle
    terminal platform building apt unit highway route size chapter section page box column"""
)
"""Words right before a letter and a figure that make them a car, a place or a size."""


def _ends_code(word: Word | None) -> bool:
    return word is not None and _digit(word)[0] is not None


def _elsewhere(place: _Place) -> bool:
    return place.before is not None and place.before.norm in _NO_TEST and not place.test_follows


_ZERO = bag("oh o own zero 0 hundred")


def _spelled_out(place: _Place) -> bool:
    """Whether the letter ends a spelled abbreviation ("a d a four", "e p a six oh nine")."""
    if place.following is not None and place.following.norm in _ZERO and place.digit.norm in {"six", "sicks", "6"}:
        return True  # the 609 certification
    before = place.before
    if before is None or touching(place.letter, place.digit) or place.letter_kind == "word":
        return False
    if before.norm == "n" and place.earlier is not None and len(place.earlier.text) == 1 and place.earlier.norm != "a":
        return place.earlier.text.isalpha()  # "c n g one"
    return len(before.text) == 1 and before.text.isalpha() and before.norm not in {"a", "i", "n"}


def _counts(place: _Place) -> bool:
    """Whether the digit counts what follows ("a five day wait", "a two-week course")."""
    following, later = place.following, place.later
    if (
        following is None
        or place.test_follows
        or (place.letter_kind == "typed" and touching(place.letter, place.digit))
    ):
        return False
    article = place.letter.norm == "a"
    if following.norm == "on" and (later is None or later.norm != place.digit.norm):
        return False
    unlikely = place.letter_kind == "word" and (place.letter.norm not in CLEAR or place.digit_kind == "word")
    if following.norm in COUNTED and (article or unlikely or place.digit_kind == "word"):
        return True
    if place.letter.norm == "ty" and place.digit.norm in {"4", "for", "four"} and following.norm not in ENDS | LIST:
        return True  # "ty 4 the help"
    if article and _measures(place, following, later):
        return True
    if article and following.text in DASHES and later is not None and touching(following, later):
        return not later.is_number and _letter(later)[0] is None
    return False


def _measures(place: _Place, following: Word, later: Word | None) -> bool:
    """Whether "a" is an article before a figure: "a 6 bay shop", "a 9 to 5 job", "a 4 out of 10"."""
    if place.announced or place.booked:
        return False
    if following.norm in {"to", "out"} and later is not None:
        hours = _digit(later)[0]
        return later.norm == "of" or (hours is not None and hours < str(_digit(place.digit)[0]))
    return following.norm.isalpha() and following.norm not in AFTER_CODES and len(following.norm) > 1


def _before(place: _Place) -> bool:
    """Whether "b4" is short for "before"."""
    if place.letter.text != "b" or place.digit.text != "4" or place.following is None:
        return False
    if place.before is not None and place.before.norm in {
        "the",
        "my",
        "test",
        "exam",
        "for",
        "in",
        "failed",
        "passed",
        "and",
    }:
        return False
    return place.following.text.isalnum() and place.following.norm not in TESTS | ENDS - {
        "this",
        "next",
        "last",
        "today",
        "tomorrow",
    }


def _one_of_a_kind(place: _Place) -> bool:
    """Whether "a one" goes on as a noun ("a one time thing") and is no code."""
    if place.letter.norm != "a" or place.digit.norm != "one" or place.following is None:
        return False
    listed = place.later is not None and _letter(place.following)[0] and _digit(place.later)[0]  # "a one a four"
    goes_on = listed or place.following.norm in LIST | THROUGH
    return not (place.test_follows or place.length <= 3 or place.ends or goes_on)


def _suffix(row: Sequence[Word], code: str, after: int, vocabulary: Vocabulary) -> tuple[str, int]:
    """The code with its "R", when one is typed or said after it, and the place after all of it."""
    if code not in vocabulary.recertification or after >= len(row):
        return code, after
    place = after + 1 if row[after].text in DASHES and after + 1 < len(row) else after
    word = row[place]
    if word.norm == "r":
        return code + "R", place + 1
    if word.norm in {"are", "ar", "arr", "our"}:
        following = row[place + 1] if place + 1 < len(row) else None
        if (following is None and word.norm != "our") or (following is not None and following.norm in TESTS - {"one"}):
            return code + "R", place + 1
    return code, after


def lists(row: Sequence[Word], coded: list[Mention], vocabulary: Vocabulary) -> list[Mention]:
    """Digits that go on with the letter of the code before them: "A1, 2 and 5"."""
    known = frozenset(vocabulary.codes)
    found: list[Mention] = []
    starts = {mention.first for mention in coded}
    for mention in coded:
        found.append(mention)
        letter = mention.codes[0][0]
        place = mention.after
        while True:
            step = place
            while step < len(row) and row[step].norm in LIST and step < place + 2:
                step += 1
            if step >= len(row) or step in starts or (step == place and not _list_goes_on(row, step)):
                break
            digit, kind = _digit(row[step])
            following = row[step + 1] if step + 1 < len(row) else None
            if digit is None or kind == "word" or letter + digit not in known or not _list_may_end(row, following):
                break
            found.append(Mention((letter + digit,), step, step + 1))
            place = step + 1
    return found


def _list_goes_on(row: Sequence[Word], at: int) -> bool:
    """Whether a figure right after a code is one of several: "A1 2 and 5"."""
    link, figure = (row[place] if place < len(row) else None for place in (at + 1, at + 2))
    linked = link is not None and link.norm in LIST - {"/"}
    if not linked or figure is None:
        return False
    return (row[at].is_number and figure.is_number) or (row[at].norm in _DIGITS and figure.norm in _DIGITS)


_LIST_ENDS = bag(
    """. ? ! ) on for this next please too together all when same back before through thru are is was were expire
    expires expired run ran due lapse lapsed passed failed pass fail both last again still now do does need in"""
)


def _list_may_end(row: Sequence[Word], following: Word | None) -> bool:
    if following is None or following.norm in LIST | TESTS - {"one"}:
        return True
    return following.norm in _LIST_ENDS


def ranges(row: Sequence[Word], coded: list[Mention], vocabulary: Vocabulary) -> list[Mention]:
    """ "A1 through A8", "T2-T8", "A1 to 8" as one mention of every code in order."""
    found: list[Mention] = []
    switching = any(word.norm in SWITCHING for word in row)
    skip = -1
    for index, mention in enumerate(coded):
        if index == skip:
            continue
        following = coded[index + 1] if index + 1 < len(coded) else None
        place = mention.after
        while place < len(row) and row[place].norm in THROUGH and place < mention.after + 2:
            place += 1
        linked = row[mention.after : place]
        if linked and not (switching and linked[0].norm == "to"):
            if place < len(row) and row[place].norm in {"the", "and"} and linked[0].norm not in DASHES:
                place += 1
            last, after = None, place
            if following is not None and following.first == place:
                last, after, skip = following.codes[-1], following.after, index + 1
            else:
                last, after = _bare_end(row, mention, place, vocabulary)
            codes = _between(mention.codes[0], last, vocabulary) if last else ()
            if codes:
                found.append(Mention(codes, mention.first, after))
                continue
            skip = -1
        found.append(mention)
    return found


def _bare_end(row: Sequence[Word], mention: Mention, place: int, vocabulary: Vocabulary) -> tuple[str | None, int]:
    if place >= len(row):
        return None, place
    digit, kind = _digit(row[place])
    following = row[place + 1] if place + 1 < len(row) else None
    blocked = following is not None and (
        following.text in {"/", ":"} or following.norm in COUNTED - TESTS or following.norm in {"am", "pm"}
    )
    if digit is None or kind == "word" or blocked:
        return None, place
    return _suffix(row, mention.codes[0][0] + digit, place + 1, vocabulary)


def _between(first: str, last: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    ending = "R" if first.endswith("R") or last.endswith("R") else ""
    low, high = first.removesuffix("R"), last.removesuffix("R")
    if low[0] != high[0] or low >= high:
        return ()
    inside = sorted(code for code in vocabulary.codes if code[0] == low[0] and low <= code <= high)
    return tuple(code + (ending if code in vocabulary.recertification else "") for code in inside)

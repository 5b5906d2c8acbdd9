"""Words as they were meant: misspelled and misheard words of the calendar, and misheard short answers.

Only words whose sound or spelling leaves little doubt are changed, and each keeps its place in the person's text.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from bot.nlu.values.words import Word, bag, fold

_TYPED = tuple(
    [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "january",
        "february",
        "march",
        "april",
        "august",
        "september",
        "october",
        "november",
        "december",
        "tomorrow",
        "yesterday",
        "morning",
        "afternoon",
        "evening",
        "tonight",
    ]
)
_OTHER_WORDS = bag(
    """merch marsh match matched larch mourning moaning warning turning evenings events fridge apply apron prior
    thirsty saturated sundry monthly mondays tuesdays wednesdays thursdays fridays saturdays sundays mornings
    afternoons learning earning opening adjust august's tonights marched marches mailing mooring tomorrows
    yesterdays"""
)
_BEFORE_WEEK = frozenset({"next", "this", "last", "a", "following"})
_MONTHS = frozenset(_TYPED[7:16]) | {"may", "june", "july"}
_TENS = frozenset({"twenty", "thirty"})
_DAY_SOUNDS = {
    "forst": "first", "furst": "first", "fust": "first", "seconds": "second", "thirds": "third", "forth": "fourth",
    "fort": "fourth", "fith": "fifth", "sixed": "sixth", "tent": "tenth", "tents": "tenth", "aid": "eighth",
    "won": "one", "tree": "three", "fife": "five", "sicks": "six", "ate": "eight", "nein": "nine", "for": "four",
    "fore": "four", "to": "two", "too": "two",
}  # fmt: skip
_COMMON = frozenset({"for", "to", "too"})
_AFTER_DAY = frozenset({"at", "please", "in", "or", "and", "works", "is", ",", ".", "?"})


def mend(row: Sequence[Word]) -> list[Word]:
    """The row with misheard and misspelled words of the calendar put right, several words made one where needed."""
    table = _table("calendar")
    mended: list[Word] = []
    at = 0
    while at < len(row):
        for width in (3, 2, 1):
            part = row[at : at + width]
            meant = table.get(" ".join(word.norm for word in part)) if len(part) == width else None
            if meant is not None and (width == 1 or _one_space_apart(part)):
                mended.append(Word(meant, meant, part[0].start, part[-1].end))
                at += width
                break
        else:
            word = row[at]
            better = _spelled(word.norm)
            if better == "weak" and mended and mended[-1].norm in _BEFORE_WEEK:
                better = "week"
            if better == "thirsty" and mended and mended[-1].norm in _BEFORE_WEEK - {"a"} | {"on"}:
                better = "thursday"
            if better in _DAY_SOUNDS and mended and mended[-1].norm in _MONTHS | _TENS:
                following = row[at + 1].norm if at + 1 < len(row) else ""
                if better not in _COMMON or (mended[-1].norm in _TENS and (not following or following in _AFTER_DAY)):
                    better = _DAY_SOUNDS[better]
            mended.append(word if better == word.norm else Word(word.text, better, word.start, word.end))
            at += 1
    return mended


def heard_as(text: str) -> str:
    """A short answer with its misheard words put right ("sec end one" → "second one"). Folded, for reading only."""
    words = fold(text).split()
    table = _table("answers")
    found: list[str] = []
    at = 0
    while at < len(words):
        pair = " ".join(words[at : at + 2])
        if len(words) - at >= 2 and pair in table:
            found.append(table[pair])
            at += 2
        else:
            found.append(table.get(words[at].strip(".,!?"), words[at]))
            at += 1
    return " ".join(found)


def nearest(word: str, wanted: Sequence[str], slips: int) -> str | None:
    """The one of `wanted` within so many slips of the pen (a swap of neighbours is one), or None."""
    from rapidfuzz.distance import OSA

    scored = sorted((OSA.distance(word, item, score_cutoff=slips), item) for item in wanted)
    return scored[0][1] if scored and scored[0][0] <= slips else None


@lru_cache(maxsize=4096)
def _spelled(norm: str) -> str:
    if len(norm) < 5 or not norm.isalpha() or norm in _TYPED or norm in _OTHER_WORDS:
        return norm
    wanted = [word for word in _TYPED if word[0] == norm[0] or sorted(word[:2]) == sorted(norm[:2])]
    return nearest(norm, wanted, 2 if len(norm) >= 8 else 1) or norm


def _one_space_apart(part: Sequence[Word]) -> bool:
    return all(0 <= right.start - left.end <= 1 for left, right in itertools.pairwise(part))


@lru_cache(maxsize=2)
def _table(section: str) -> Mapping[str, str]:
    import yaml

    listed = yaml.safe_load(Path(__file__).with_name("misheard.yml").read_text("utf-8"))[section]
    return {form: meant for meant, forms in listed.items() for form in forms}

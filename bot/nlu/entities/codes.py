"""Test codes and series in a message: codes typed and said, names, ranges, lists, corrections, recertification.

"a five", "ay 5", "tee two", "the A5, no, A6", "A1 through A8", "brakes for school bus", "A5 recert".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.nlu.entities.pipeline import Name, Vocabulary
from bot.nlu.entities.words import UNITS, Value, Word, touching

# How letters sound. "said" is said of a letter alone; "word" is an ordinary word too and needs more evidence.
_SOUNDS: dict[str, tuple[str, str]] = {
    **{sound: ("A", "said") for sound in ("ay", "aye", "eigh", "alpha", "alfa")},
    **{sound: ("T", "said") for sound in ("tee", "tees", "tango")},
    **{sound: ("L", "said") for sound in ("el", "ell", "elle", "lima")},
    **{sound: ("X", "said") for sound in ("ex", "ecks", "eks")},
    **{sound: ("S", "said") for sound in ("ess", "es", "sierra")},
    **{sound: ("H", "said") for sound in ("aitch", "haitch", "ach")},
    **{sound: ("G", "said") for sound in ("gee", "jee", "golf")},
    **{sound: ("C", "said") for sound in ("cee", "charlie")},
    **{sound: ("F", "said") for sound in ("eff", "ef", "foxtrot")},
    **{sound: ("E", "said") for sound in ("ee",)},
    **{sound: ("B", "said") for sound in ("bravo",)},
    **{sound: ("P", "said") for sound in ("papa",)},
    **{sound: ("B", "word") for sound in ("be", "bee")},
    **{sound: ("C", "word") for sound in ("see", "sea")},
    **{sound: ("P", "word") for sound in ("pea", "pee")},
    **{sound: ("T", "word") for sound in ("tea", "ty", "the")},
    **{sound: ("A", "word") for sound in ("hey", "eh", "eight", "he")},
    **{sound: ("S", "word") for sound in ("as", "yes")},
    **{sound: ("X", "word") for sound in ("eggs", "axe")},
    **{sound: ("H", "word") for sound in ("each", "age")},
    **{sound: ("L", "word") for sound in ("al", "hell", "ill")},
    **{sound: ("G", "word") for sound in ("ge", "jean")},
    **{sound: ("F", "word") for sound in ("if",)},
}
_DIGITS = {word: value for word, value in UNITS.items() if 1 <= value <= 9}
_DIGIT_SOUNDS = {"won": 1, "wan": 1, "to": 2, "too": 2, "tree": 3, "free": 3, "for": 4, "fore": 4, "fife": 5,
                 "hive": 5, "sicks": 6, "sics": 6, "sex": 6, "ate": 8, "aid": 8, "nein": 9}  # fmt: skip

_COUNTED = frozenset(
    [
        "day",
        "days",
        "week",
        "weeks",
        "month",
        "months",
        "year",
        "years",
        "hour",
        "hours",
        "hr",
        "hrs",
        "minute",
        "minutes",
        "min",
        "mins",
        "second",
        "seconds",
        "time",
        "times",
        "dollar",
        "dollars",
        "buck",
        "bucks",
        "cent",
        "cents",
        "percent",
        "question",
        "questions",
        "part",
        "parts",
        "point",
        "points",
        "person",
        "people",
        "guy",
        "guys",
        "other",
        "others",
        "more",
        "of",
        "test",
        "tests",
        "exam",
        "exams",
        "certification",
        "certifications",
        "cert",
        "certs",
        "letter",
        "digit",
        "way",
        "door",
        "cylinder",
        "star",
        "step",
        "off",
        "on",
        "year-old",
        "yr",
        "yrs",
        "wk",
        "wks",
        "am",
        "pm",
        "a.m",
        "p.m",
        "o'clock",
        "hundred",
        "thousand",
        "million",
        "page",
        "pages",
        "credit",
        "credits",
        "mile",
        "miles",
        "speed",
        "ton",
        "attempt",
        "attempts",
        "try",
        "tries",
        "chance",
        "options",
        "option",
        "choice",
        "choices",
        "different",
        "separate",
        "old",
    ]
)
_TESTS = frozenset(
    [
        "test",
        "tests",
        "exam",
        "exams",
        "certification",
        "certifications",
        "cert",
        "certs",
        "certificate",
        "certificates",
        "recert",
        "recertification",
        "retest",
        "retake",
        "series",
        "score",
        "result",
        "results",
        "appointment",
        "appt",
        "study",
        "voucher",
        "booklet",
        "one",
    ]
)
_LIST = frozenset({",", "and", "&", "/", "or", "plus", "n", "+", ";"})
_THROUGH = frozenset(
    {"through", "thru", "threw", "thur", "throu", "to", "till", "til", "until", "-", "–", "—", "..", "up"}
)
_DASHES = frozenset({"-", "–", "—", "‐"})
_CORRECTING = frozenset(
    [
        "no",
        "nope",
        "sorry",
        "mean",
        "meant",
        "wait",
        "actually",
        "rather",
        "scratch",
        "oops",
        "correction",
        "strike",
        "instead",
        "nah",
        "oh",
        "make",
    ]
)
_AROUND = frozenset(
    [
        ",",
        ".",
        ";",
        "-",
        "–",
        "—",
        "…",
        "...",
        ":",
        "(",
        ")",
        "i",
        "i'm",
        "im",
        "it",
        "it's",
        "that",
        "that's",
        "the",
        "a",
        "an",
        "test",
        "exam",
        "one",
        "uh",
        "um",
        "er",
        "erm",
        "well",
        "is",
        "was",
        "should",
        "say",
        "said",
        "to",
        "be",
        "wrong",
        "my",
        "bad",
        "please",
        "hang",
        "on",
        "hold",
        "let",
        "me",
    ]
)
_SWITCHING = frozenset(
    [
        "change",
        "switch",
        "swap",
        "move",
        "exchange",
        "convert",
        "trade",
        "transfer",
        "changed",
        "switched",
        "changing",
        "switching",
        "swapping",
        "from",
    ]
)
_BESIDE = frozenset({"the", "test", "exam", "(", ")", ",", "-", "–", "—", ":", "for", "in", "is", "which", "that's", "/",
                     "or", "aka", "called", "one", "that", "ase", '"'})  # fmt: skip
_RECERT = frozenset({"recert", "recerts", "recertification", "recertifications", "recertify", "recertifying"})
# Names that are everyday words too: they name a test only beside a word such as "test", or alone.
_EVERYDAY = frozenset(
    [
        "electronic",
        "manuals",
        "performance",
        "alignment",
        "inspection",
        "automatics",
        "wiring",
        "engine",
        "engines",
        "paint",
        "painting",
        "estimates",
        "estimator",
        "structural",
        "structural_damage",
        "body",
        "ev",
        "parts",
        "advanced",
        "transit",
        "auto",
        "car",
        "cars",
        "axles",
        "heating",
        "braking",
    ]
)
_SERIES_EVERYDAY = frozenset({"auto", "car", "advanced", "transit", "parts", "collision", "big truck"})
_SERIES_NOUNS = _TESTS | frozenset(
    [
        "master",
        "tech",
        "technician",
        "technicians",
        "side",
        "level",
        "specialist",
        "exams",
        "certified",
        "stuff",
        "ones",
        "mechanic",
        "programs",
        "program",
        "certs",
        "area",
        "category",
    ]
)


@dataclass(frozen=True, slots=True)
class _Mention:
    codes: tuple[str, ...]
    first: int
    after: int
    phrase: str | None = None
    """The name that was said, when the test was named rather than coded."""


def test_values(row: Sequence[Word], vocabulary: Vocabulary, *, taken: frozenset[int]) -> list[Value]:
    """Test codes and series in a row of words, each code once, leaving the places in `taken` alone."""
    coded = _ranges(row, _lists(row, list(_codes(row, vocabulary, taken)), vocabulary), vocabulary)
    names, series = vocabulary.find(row)
    covered = {place for mention in coded for place in range(mention.first, mention.after)} | taken
    names = [name for name in names if not covered & set(range(name.first, name.after)) and _is_test(row, name)]
    series = [name for name in series if not covered & set(range(name.first, name.after))]
    named, series = _with_series(row, names, series, vocabulary)
    named = [mention for mention in named if not _restates(row, mention, coded, vocabulary)]
    mentions = sorted([*coded, *named], key=lambda mention: mention.first)
    mentions = [_recertified(row, mention, vocabulary) for mention in mentions]
    mentions = _corrected(row, mentions)
    values: dict[tuple[str, str], Value] = {}
    for mention in mentions:
        start, end = row[mention.first].start, row[mention.after - 1].end
        for code in mention.codes:
            values.setdefault(("test_code", code), Value("test_code", code, start, end))
    for name in series:
        if _is_series(row, name):
            value = Value("test_series", name.meaning, row[name.first].start, row[name.after - 1].end)
            values.setdefault(("test_series", name.meaning), value)
    return list(values.values())


def _codes(row: Sequence[Word], vocabulary: Vocabulary, taken: frozenset[int]) -> Iterator[_Mention]:
    known = frozenset(vocabulary.codes)
    at = 0
    while at < len(row):
        mention = None if at in taken else _code(row, at, known, vocabulary)
        if mention is None or any(place in taken for place in range(mention.first, mention.after)):
            at += 1
            continue
        yield mention
        at = mention.after


def _code(row: Sequence[Word], at: int, known: frozenset[str], vocabulary: Vocabulary) -> _Mention | None:
    letter, letter_kind = _letter(row[at])
    if letter is None:
        return None
    place = at + 1
    while place < len(row) and row[place].text in {*_DASHES, ".", "#"} and place <= at + 1:
        place += 1
    if place < len(row) and row[place].norm == "number":
        place += 1
    if place >= len(row):
        return None
    digit, digit_kind = _digit(row[place])
    if digit is None or letter + digit not in known:
        return None
    after = place + 1
    if not _convincing(row, at, place, letter_kind, digit_kind, known):
        return None
    code, after = _suffix(row, letter + digit, after, vocabulary)
    return _Mention((code,), at, after)


def _letter(word: Word) -> tuple[str | None, str]:
    if len(word.text) == 1 and word.text.isalpha() and word.text.isascii():
        return word.text.upper(), "typed"
    return _SOUNDS.get(word.norm, (None, ""))


def _digit(word: Word) -> tuple[str | None, str]:
    if word.is_number:
        bare = word.text.lstrip("0")
        return (bare, "typed") if len(bare) == 1 and len(word.text) <= 2 else (None, "")
    if word.norm in _DIGITS:
        return str(_DIGITS[word.norm]), "said"
    if word.norm in _DIGIT_SOUNDS:
        return str(_DIGIT_SOUNDS[word.norm]), "word"
    return None, ""


def _convincing(
    row: Sequence[Word], at: int, place: int, letter_kind: str, digit_kind: str, known: frozenset[str]
) -> bool:
    """Whether a letter and a digit, in this place, are a test code rather than part of a sentence."""
    letter, digit = row[at], row[place]
    before = row[at - 1] if at else None
    following = row[place + 1] if place + 1 < len(row) else None
    if following is not None and touching(digit, following):
        if following.text in {":", "%", "'"} or following.norm in {"am", "pm", "th", "st", "nd", "rd", "k", "x"}:
            return False
        if (
            following.text in {"/", "."}
            and place + 2 < len(row)
            and row[place + 2].is_number
            and (touching(following, row[place + 2]) and digit.is_number and not touching(letter, digit))
        ):
            return False
    if before is not None and before.text in {"$", "#"} and touching(before, letter):
        return False
    short = len([word for word in row if word.text.isalnum()]) <= 3
    test_follows = following is not None and following.norm in _TESTS - {"one", "tests", "exams"}
    if letter_kind == "typed" and touching(letter, digit):
        return True
    if following is not None and following.norm in _COUNTED and not test_follows:
        if letter.norm == "a" or letter_kind == "word" or digit_kind == "word":
            return False
    if letter.norm == "a" and following is not None and following.text in _DASHES and place + 2 < len(row):
        rest = row[place + 2]
        if touching(following, rest) and not rest.is_number and _letter(rest)[0] is None:
            return False
    announced = before is not None and before.norm in {"the", "my", "test", "exam", "code", "number", "take", "retake",
                                                       "failed", "passed", "called", "for", "in"}  # fmt: skip
    if letter_kind != "word" and digit_kind != "word":
        return not (letter.norm == "a" and digit.norm == "one" and following is not None and not (
            test_follows or short or following.norm in _LIST | _THROUGH or not following.text.isalnum()
            or following.norm in {"on", "at", "for", "in", "when", "and", "is", "today", "again", "was", "next", "this"}
        ))  # fmt: skip
    if letter_kind == "word" and digit_kind == "word":
        return False
    if letter_kind == "word":
        if letter.norm in {"the", "as", "yes", "if", "he", "eight", "ill"}:
            return test_follows and announced and letter.norm not in {"the", "if"}
        return test_follows or (short and before is None) or (announced and (following is None or _ends(following)))
    if letter_kind == "said":
        return test_follows or short or following is None or _ends(following) or announced
    return (test_follows and digit.norm != "to") or (short and before is None and following is None)


def _ends(word: Word) -> bool:
    return not word.text.isalnum() or word.norm in {
        "and",
        "or",
        "on",
        "at",
        "when",
        "is",
        "please",
        "again",
        "yesterday",
    }


def _suffix(row: Sequence[Word], code: str, after: int, vocabulary: Vocabulary) -> tuple[str, int]:
    """The code with its "R", when one is typed or said after it, and the place after all of it."""
    if code not in vocabulary.recertification or after >= len(row):
        return code, after
    place = after + 1 if row[after].text in _DASHES and after + 1 < len(row) else after
    word = row[place]
    if word.norm == "r":
        return code + "R", place + 1
    if word.norm in {"are", "ar", "arr", "our"}:
        following = row[place + 1] if place + 1 < len(row) else None
        if (following is None and word.norm != "our") or (following is not None and following.norm in _TESTS - {"one"}):
            return code + "R", place + 1
    return code, after


def _lists(row: Sequence[Word], coded: list[_Mention], vocabulary: Vocabulary) -> list[_Mention]:
    """Digits that go on with the letter of the code before them: "A1, 2 and 5"."""
    known = frozenset(vocabulary.codes)
    found: list[_Mention] = []
    starts = {mention.first for mention in coded}
    for mention in coded:
        found.append(mention)
        letter = mention.codes[0][0]
        place = mention.after
        while True:
            step = place
            while step < len(row) and row[step].norm in _LIST and step < place + 2:
                step += 1
            if step == place or step >= len(row) or step in starts:
                break
            digit, kind = _digit(row[step])
            following = row[step + 1] if step + 1 < len(row) else None
            if digit is None or kind == "word" or letter + digit not in known or not _list_may_end(row, following):
                break
            found.append(_Mention((letter + digit,), step, step + 1))
            place = step + 1
    return found


def _list_may_end(row: Sequence[Word], following: Word | None) -> bool:
    if following is None or following.norm in _LIST | _TESTS - {"one"}:
        return True
    return following.norm in {".", "?", "!", ")", "on", "for", "this", "next", "please", "too", "together", "all", "when",
                              "same", "back", "before", "through", "thru"}  # fmt: skip


def _ranges(row: Sequence[Word], coded: list[_Mention], vocabulary: Vocabulary) -> list[_Mention]:
    """ "A1 through A8", "T2-T8", "A1 to 8" as one mention of every code in order."""
    found: list[_Mention] = []
    switching = any(word.norm in _SWITCHING for word in row)
    skip = -1
    for index, mention in enumerate(coded):
        if index == skip:
            continue
        following = coded[index + 1] if index + 1 < len(coded) else None
        place = mention.after
        while place < len(row) and row[place].norm in _THROUGH and place < mention.after + 2:
            place += 1
        linked = row[mention.after : place]
        if linked and not (switching and linked[0].norm == "to"):
            if place < len(row) and row[place].norm in {"the", "and"} and linked[0].norm not in _DASHES:
                place += 1
            last, after = None, place
            if following is not None and following.first == place:
                last, after, skip = following.codes[-1], following.after, index + 1
            else:
                last, after = _bare_end(row, mention, place, vocabulary)
            codes = _between(mention.codes[0], last, vocabulary) if last else ()
            if codes:
                found.append(_Mention(codes, mention.first, after))
                continue
            skip = -1
        found.append(mention)
    return found


def _bare_end(row: Sequence[Word], mention: _Mention, place: int, vocabulary: Vocabulary) -> tuple[str | None, int]:
    if place >= len(row):
        return None, place
    digit, kind = _digit(row[place])
    following = row[place + 1] if place + 1 < len(row) else None
    blocked = following is not None and (
        following.text in {"/", ":"} or following.norm in _COUNTED - _TESTS or following.norm in {"am", "pm"}
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


def _is_test(row: Sequence[Word], name: Name) -> bool:
    """Whether a name that is an everyday word too names a test here."""
    if name.phrase not in _EVERYDAY:
        return True
    if len([word for word in row if word.text.isalnum()]) <= 3:
        return True
    return _beside(row, name, _TESTS - {"study", "voucher", "results", "result", "score"}, reach=1)


def _is_series(row: Sequence[Word], name: Name) -> bool:
    if name.phrase not in _SERIES_EVERYDAY:
        return True
    if len([word for word in row if word.text.isalnum()]) <= 2:
        return True
    return _beside(row, name, _SERIES_NOUNS - {"one"}, reach=2)


def _beside(row: Sequence[Word], name: Name, wanted: frozenset[str], reach: int) -> bool:
    near = [*row[max(0, name.first - reach) : name.first], *row[name.after : name.after + reach]]
    return any(word.norm in wanted for word in near)


def _with_series(
    row: Sequence[Word], names: list[Name], series: list[Name], vocabulary: Vocabulary
) -> tuple[list[_Mention], list[Name]]:
    """Names of tests read together with a series said elsewhere in the message ("brakes for school bus")."""
    mentions: list[_Mention] = []
    used: set[int] = set()
    for name in names:
        code = name.meaning
        for place, other in enumerate(series):
            joint = vocabulary.names.get((other.meaning, name.phrase))
            gap = row[name.after : other.first] if other.first >= name.after else row[other.after : name.first]
            if joint and len(gap) <= 6 and not any(word.norm in {"and", ",", "."} for word in gap):
                code = joint
                used.add(place)
                break
        mentions.append(_Mention((code,), name.first, name.after, name.phrase))
    return mentions, [other for place, other in enumerate(series) if place not in used]


def _restates(row: Sequence[Word], mention: _Mention, coded: list[_Mention], vocabulary: Vocabulary) -> bool:
    """Whether a name only repeats the code beside it: "T4 brakes", "A5 (Brakes)", "brakes, A5"."""
    for other in coded:
        gap = row[other.after : mention.first] if mention.first >= other.after else row[mention.after : other.first]
        if len(gap) > 5 or any(word.norm not in _BESIDE | _RECERT for word in gap):
            continue
        for code in other.codes:
            base = code.removesuffix("R")
            meanings = {
                mention.codes[0],
                vocabulary.names.get((vocabulary.series_of.get(base, ""), mention.phrase or "")),
            }
            if base in meanings:
                return True
    return False


def _recertified(row: Sequence[Word], mention: _Mention, vocabulary: Vocabulary) -> _Mention:
    """The recertification test where the word stands right after ("A5 recert") or before ("recert test for A5")."""
    if any(code.endswith("R") for code in mention.codes):
        return mention
    after = mention.after
    if after < len(row) and row[after].text in _DASHES:
        after += 1
    joined = "".join(word.norm for word in row[after : after + 3] if word.text not in _DASHES)
    word = row[after].norm if after < len(row) else ""
    follows = word in {"recert", "recerts", "recertification", "recertifications"} or (
        word == "re" and joined.startswith("recert")
    )
    end = after + 1 if follows and word != "re" else after + 2 if follows else mention.after
    before = [item.norm for item in row[max(0, mention.first - 5) : mention.first]]
    while before and before[-1] in {"for", "in", "the", "on", "my", "of", "-"}:
        before.pop()
    precedes = len(before) >= 2 and before[-1] in {"test", "exam"} and before[-2] in {"recert", "recertification"}
    if not (follows or precedes):
        return mention
    codes = tuple(code + "R" if code in vocabulary.recertification else code for code in mention.codes)
    return replace(mention, codes=codes, after=end if follows else mention.after)


def _corrected(row: Sequence[Word], mentions: list[_Mention]) -> list[_Mention]:
    """Without what the person took back: "the A5, no, A6" means A6, and so does "A6, not A5"."""
    kept: list[_Mention] = []
    for mention in mentions:
        if mention.first and row[mention.first - 1].norm == "not" and len(mentions) > 1:
            continue
        if kept:
            between = [word.norm for word in row[kept[-1].after : mention.first]]
            taken_back = any(word in _CORRECTING or word in {"not"} for word in between)
            small_talk = all(word in _CORRECTING | _AROUND | {"not"} for word in between)
            if between and small_talk and (taken_back or _denied(row, kept[-1].first)):
                kept.pop()
        kept.append(mention)
    return kept


def _denied(row: Sequence[Word], first: int) -> bool:
    """Whether "not" stands right before a place."""
    return first > 0 and row[first - 1].norm == "not"

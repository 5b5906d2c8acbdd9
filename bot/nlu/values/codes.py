"""Test codes and series in a message: codes typed and said, names, ranges, lists, corrections, recertification.

"a five", "ay 5", "tee two", "the A5, no, A6", "A1 through A8", "brakes for school bus", "A5 recert".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.nlu.phonetic import sound_of
from bot.nlu.values.sounds import (
    AROUND,
    BESIDE,
    CORRECTING,
    DASHES,
    EVERYDAY,
    EVERYDAY_SERIES,
    NOT_SERIES,
    RECERT,
    SERIES_NOUNS,
    TESTS,
)
from bot.nlu.values.spoken_codes import Mention, codes, lists, ranges
from bot.nlu.values.vocabulary import Name, Vocabulary
from bot.nlu.values.words import Value, Word, bag, takes_back

_BUSES = bag("bus buses coach coaches")
_JOINING = bag("for on in of the a - –")
_AROUND_NAMES = bag("the a my test exam for please it's its one um uh i it is that no yes")


def test_values(row: Sequence[Word], vocabulary: Vocabulary, *, taken: frozenset[int]) -> list[Value]:
    """Test codes and series in a row of words, each code once, leaving the places in `taken` alone."""
    coded = ranges(row, lists(row, list(codes(row, vocabulary, taken)), vocabulary), vocabulary)
    names, series = vocabulary.find(row)
    covered = {place for mention in coded for place in range(mention.first, mention.after)} | taken
    names = [name for name in names if not covered & set(range(name.first, name.after)) and _is_test(row, name)]
    series = [
        name
        for name in series
        if not covered & set(range(name.first, name.after)) and (not name.first or row[name.first - 1].norm != "not")
    ]
    named, series = _with_series(row, names, series, vocabulary)
    named = [mention for mention in named if not _restates(row, mention, coded, vocabulary)]
    if not coded and not named and not taken:
        named = _by_sound(row, vocabulary)
    mentions = sorted([*coded, *named], key=lambda mention: mention.first)
    mentions = [_recertified(row, mention, vocabulary) for mention in mentions]
    mentions = _corrected(row, mentions)
    values: dict[tuple[str, str], Value] = {}
    for mention in mentions:
        start, end = row[mention.first].start, row[mention.after - 1].end
        for code in mention.codes:
            values.setdefault(("test_code", code), Value("test_code", code, start, end))
    for name in [*series, *_series_letters(row, vocabulary)]:
        if _is_series(row, name):
            value = Value("test_series", name.meaning, row[name.first].start, row[name.after - 1].end)
            values.setdefault(("test_series", name.meaning), value)
    return list(values.values())


def _is_test(row: Sequence[Word], name: Name) -> bool:
    """Whether a name that is an everyday word too names a test here."""
    if name.phrase not in EVERYDAY:
        return True
    if len([word for word in row if word.text.isalnum()]) <= 3:
        return True
    return _beside(row, name, TESTS - {"study", "voucher", "results", "result", "score"}, reach=1)


def _is_series(row: Sequence[Word], name: Name) -> bool:
    """Whether a name that is an everyday word too names a series here."""
    if name.after < len(row) and row[name.after].norm in NOT_SERIES:
        return False
    if name.phrase not in EVERYDAY_SERIES:
        return True
    if len([word for word in row if word.text.isalnum()]) <= 2:
        return True
    return _beside(row, name, SERIES_NOUNS - {"one"}, reach=2)


def _series_letters(row: Sequence[Word], vocabulary: Vocabulary) -> list[Name]:
    """ "the T series", "S-series tests": a series by the letter of its codes."""
    found: list[Name] = []
    for at, word in enumerate(row):
        after = at + 2 if at + 1 < len(row) and row[at + 1].text in DASHES else at + 1
        if len(word.text) == 1 and after < len(row) and _means_a_series(row, at, after):
            meant = next(
                (vocabulary.series_of[code] for code in vocabulary.codes if code[0] == word.text.upper()), None
            )
            if meant is not None and (word.text.isupper() or word.norm not in {"a", "s"} or at == 0):
                found.append(Name("series", meant, at, after + 1))
    return found


def _means_a_series(row: Sequence[Word], at: int, after: int) -> bool:
    """Whether "series" or "ones" follows a letter: "the T series", "my L ones"."""
    if row[after].norm == "series":
        return True
    if row[after].norm != "ones" or row[at].norm == "i":
        return False
    return row[at].norm != "a" or row[at].text == "A" or (at > 0 and row[at - 1].norm in {"the", "my", "all", "those"})


def _by_sound(row: Sequence[Word], vocabulary: Vocabulary) -> list[Mention]:
    """A short answer that only sounds like the name of a test ("electric cull", "sus pension")."""
    spoken = [place for place, word in enumerate(row) if word.text.isalpha() and word.norm not in _AROUND_NAMES]
    if not 1 <= len(spoken) <= 4 or len(row) > 8:
        return []
    sound = sound_of(" ".join(row[place].norm for place in spoken))
    code = vocabulary.sounds.get(sound) if len(sound) >= 5 else None
    return [Mention((code,), spoken[0], spoken[-1] + 1, "")] if code else []


def _beside(row: Sequence[Word], name: Name, wanted: frozenset[str], reach: int) -> bool:
    near = [*row[max(0, name.first - reach) : name.first], *row[name.after : name.after + reach]]
    return any(word.norm in wanted for word in near)


def _with_series(
    row: Sequence[Word], names: list[Name], series: list[Name], vocabulary: Vocabulary
) -> tuple[list[Mention], list[Name]]:
    """Names of tests read together with a series said elsewhere in the message ("brakes for school bus").

    Where several series have a test of that name but not, as far as is known, the one that was said ("bus brakes",
    "transit brakes"), no test is named: another series' test would be a guess.
    """
    mentions: list[Mention] = []
    used: set[int] = set()
    for name in names:
        code: str | None = name.meaning
        shared = sum(phrase == name.phrase for _, phrase in vocabulary.names) > 1
        if shared and _of_a_bus(row, name):
            code = None
        for place, other in enumerate(series):
            joint = vocabulary.names.get((other.meaning, name.phrase))
            gap = row[name.after : other.first] if other.first >= name.after else row[other.after : name.first]
            if len(gap) > 6 or any(word.norm in {"and", ",", "."} for word in gap):
                continue
            if joint:
                code = joint
                used.add(place)
                break
            if shared and all(word.norm in _JOINING for word in gap):
                code = None
        if code is not None:
            mentions.append(Mention((code,), name.first, name.after, name.phrase))
    return mentions, [other for place, other in enumerate(series) if place not in used]


def _of_a_bus(row: Sequence[Word], name: Name) -> bool:
    """Whether a bus of some kind was said right beside the name: "bus brakes", "steering for buses"."""
    after = name.after
    while after < len(row) and row[after].norm in _JOINING:
        after += 1
    return any(0 <= place < len(row) and row[place].norm in _BUSES for place in (name.first - 1, after))


def _restates(row: Sequence[Word], mention: Mention, coded: list[Mention], vocabulary: Vocabulary) -> bool:
    """Whether a name only repeats the code beside it: "T4 brakes", "A5 (Brakes)", "brakes, A5"."""
    for other in coded:
        gap = row[other.after : mention.first] if mention.first >= other.after else row[mention.after : other.first]
        if len(gap) > 5 or any(word.norm not in BESIDE | RECERT for word in gap):
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


def _recertified(row: Sequence[Word], mention: Mention, vocabulary: Vocabulary) -> Mention:
    """The recertification test where the word stands right after ("A5 recert") or before ("recert test for A5")."""
    if any(code.endswith("R") for code in mention.codes):
        return mention
    after = mention.after
    if after < len(row) and row[after].text in DASHES:
        after += 1
    joined = "".join(word.norm for word in row[after : after + 3] if word.text not in DASHES)
    word = row[after].norm if after < len(row) else ""
    follows = word in {"recert", "recerts", "recertification", "recertifications"} or (
        word == "re" and joined.startswith("recert")
    )
    end = after + 1 if follows and word != "re" else after + 2 if follows else mention.after
    before = [item.norm for item in row[max(0, mention.first - 5) : mention.first]]
    while before and before[-1] in {"for", "in", "the", "on", "my", "of", "-"}:
        before.pop()
    precedes = len(before) >= 2 and before[-1] in {"test", "exam"} and before[-2] in {"recert", "recertification"}
    precedes = precedes or (before[-1:] in (["recert"], ["recertification"]) and len(row) <= 6)
    if not (follows or precedes):
        return mention
    codes = tuple(code + "R" if code in vocabulary.recertification else code for code in mention.codes)
    return replace(mention, codes=codes, after=end if follows else mention.after)


def _corrected(row: Sequence[Word], mentions: list[Mention]) -> list[Mention]:
    """Without what the person took back: "the A5, no, A6" means A6, and so does "A6, not A5"."""
    kept: list[Mention] = []
    for mention in mentions:
        if mention.first and row[mention.first - 1].norm == "not" and len(mentions) > 1:
            kept = [other for other in kept if other.codes != mention.codes]
            continue
        if kept:
            between = [word.norm for word in row[kept[-1].after : mention.first]]
            taken_back = any(word in CORRECTING or word in {"not"} for word in between)
            small_talk = all(word in CORRECTING | AROUND | {"not"} for word in between)
            withdrawn = takes_back(row[kept[-1].after : mention.first])
            if between and ((small_talk and (taken_back or _denied(row, kept[-1].first))) or withdrawn):
                kept.pop()
        kept.append(mention)
    return kept


def _denied(row: Sequence[Word], first: int) -> bool:
    """Whether "not" stands right before a place."""
    return first > 0 and row[first - 1].norm == "not"

"""ASE IDs and six-digit sign-in codes, typed or said, in groups, with "double five" and "triple zero"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.nlu.values.words import Value, Word, bag, digits, may_hold_digits, words

_BETWEEN = bag("- – — ‐ . , _ dash hyphen minus space then uh um er erm and again")
_DASHES = frozenset({"-", "–", "—", "‐", "dash", "hyphen", "minus"})
_NAME_WORDS = bag("id i'd number no num is it's its : # = - . the")
_LETTERS = (
    frozenset({"a", "ay", "eh", "hey"}),
    frozenset({"s", "ess", "es", "as", "yes"}),
    frozenset({"e", "ee", "he"}),
)
_WHOLE_NAMES = frozenset({"ase", "ace", "asc", "aese", "ayse", "aes"})

_CORRECTING = frozenset({"no", "sorry", "wait", "actually", "rather", "correction", "scratch", "oops", "mean"})

ID_DIGITS = 8
CODE_DIGITS = 6


@dataclass(frozen=True, slots=True)
class _Run:
    groups: tuple[tuple[str, int, int], ...]
    """Digits, first word, word after the last."""

    def of_length(self, length: int) -> tuple[str, int, int] | None:
        """The leading groups that hold exactly `length` digits, if no further digits follow on their heels."""
        found = ""
        for place, (value, _, after) in enumerate(self.groups, start=1):
            found += value
            if len(found) == length and (place == len(self.groups) or self.groups[place][1] > after):
                return found, self.groups[0][1], after
        return None

    @property
    def length(self) -> int:
        return sum(len(value) for value, _, _ in self.groups)


def read_ase_id(text: str) -> str | None:
    """The ASE ID in an answer to "what is your ASE ID?", as "ASE-1234-5678", or None. The last one counts.

    Letters typed for the figures they look like ("ASE-l000-OOO1") are read where nothing else is found.
    """
    found = _ase_id(text)
    alike = found or _TYPED_GROUP.sub(lambda group: group.group().translate(_LOOKALIKES), text)
    return found or (_ase_id(alike) if alike != text else None)


_TYPED_GROUP = re.compile(r"\b(?:(?=[\dIlOo|]*\d)[\dIlOo|]{4}(?:[\dIlOo|]{4})?|[OoIl]{4}(?=-[\dIlOo|]{4}\b))(?![\w])")
_LOOKALIKES = str.maketrans("IlOo|", "11001")


def _ase_id(text: str) -> str | None:
    row = words(text)
    amended = _amended(row, ID_DIGITS)
    if amended is not None:
        return f"ASE-{amended[:4]}-{amended[4:]}"
    for homophones in (False, True):
        ids = list(ase_ids(row, expected=True, homophones=homophones))
        if ids:
            return ids[-1].value
    runs = [run for run in _runs(row, True, leading=True) if [len(value) for value, _, _ in run.groups] != [2, 2, 4]]
    whole = [found for run in runs if (found := run.of_length(ID_DIGITS))]
    return f"ASE-{whole[-1][0][:4]}-{whole[-1][0][4:]}" if whole and len(row) <= 2 * ID_DIGITS else None


def read_code(text: str) -> str | None:
    """The six-digit code in an answer to "what is the code?", or None. The last one counts."""
    row = words(text)
    amended = _amended(row, CODE_DIGITS)
    if amended is not None:
        return amended
    for homophones, leading in ((False, False), (True, False), (True, True)):
        codes = [run.of_length(CODE_DIGITS) for run in _runs(row, homophones, leading) if run.length == CODE_DIGITS]
        found = [code[0] for code in codes if code]
        if found:
            return found[-1]
    return None


_BESIDE_DIGITS = bag(
    "it it's its is that's the my and then so ok okay um uh er first last rest starts begins ends with next is are "
    "a s e ase id i'd code number no # plus dash - . , : that this yes yeah"
)


def read_digits(text: str) -> str | None:
    """The digits of a message that holds nothing else ("one zero zero zero", "and then 34"), or None."""
    row = words(text)
    runs = list(_runs(row, True, leading=True))
    inside = {place for run in runs for _, first, after in run.groups for place in range(first, after)}
    beside = all(word.norm in _BESIDE_DIGITS | _BETWEEN for place, word in enumerate(row) if place not in inside)
    return "".join(value for run in runs for value, _, _ in run.groups) or None if beside else None


def _amended(row: Sequence[Word], length: int) -> str | None:
    """A number whose last digits were corrected in the same breath: "1 2 3 4 5 7, no, 6", "1 2 3 3, no, 3 4 5 6"."""
    slips = [place for place, word in enumerate(row) if word.norm in _CORRECTING]
    for place in slips[:1]:
        said = "".join(value for run in _runs(row[:place], True) for value, _, _ in run.groups)
        meant = "".join(value for run in _runs(row[place + 1 :], True, leading=True) for value, _, _ in run.groups)
        again = len(said) + len(meant) - length
        if 0 < again <= min(len(said), len(meant)) and len(meant) < length:
            return said[:-again] + meant
    return None


def ase_ids(row: Sequence[Word], *, expected: bool = False, homophones: bool = True) -> Iterator[Value]:
    """Every ASE ID in the words of a message.

    Without `expected`, eight digits that no "ASE" announces count only when typed in the form of an ID or said
    digit by digit, and homophones ("to", "for") are read as digits only after "ASE".
    """
    if not may_hold_digits(row):
        return
    seen = -1
    for relaxed, leading in ((False, False), (True, False), (True, True)) if homophones else ((False, False),):
        for run in _runs(row, relaxed, leading):
            first = run.groups[0][1]
            if first < seen:
                continue
            announced = _announcement(row, first)
            if relaxed and announced is None and not expected:
                continue
            exact = run.of_length(ID_DIGITS)
            if exact is None or (announced is None and not _looks_like_id(row, run)):
                continue
            value, _, after = exact
            start = row[first if announced is None else announced].start
            seen = after
            yield Value("ase_id", f"ASE-{value[:4]}-{value[4:]}", start, row[after - 1].end)
        if seen >= 0:
            return


def digit_runs(row: Sequence[Word]) -> Iterator[tuple[str, int, int]]:
    """Long numbers (five digits and more): their digits, first word, word after the last."""
    for run in _runs(row, False) if may_hold_digits(row) else ():
        if run.length >= 5:
            yield "".join(value for value, _, _ in run.groups), run.groups[0][1], run.groups[-1][2]


def _runs(row: Sequence[Word], homophones: bool, leading: bool = False) -> Iterator[_Run]:
    """Groups of digits that stand together. With `leading`, "for" and "to" may also begin one."""
    at = 0
    while at < len(row):
        groups: list[tuple[str, int, int]] = []
        place = at
        while place < len(row):
            group = next(digits(row, place, homophones=homophones and (leading or bool(groups))), None)
            if group is None:
                break
            groups.append((group[0], place, group[1]))
            place = group[1]
            while place < len(row) and row[place].norm in _BETWEEN:
                place += 1
        if groups:
            yield _Run(tuple(groups))
            at = groups[-1][2]
        else:
            at += 1


def _looks_like_id(row: Sequence[Word], run: _Run) -> bool:
    """Whether eight unannounced digits can be an ID: no date, no phone number, no digit before them."""
    if run.length != ID_DIGITS:
        return False
    lengths = [len(value) for value, _, _ in run.groups]
    typed = all(row[first].is_number for _, first, _ in run.groups)
    if typed:
        return lengths in ([8], [4, 4], [1] * 8, [2] * 4) or (lengths[0] == 4 and lengths[1:] != [2, 2])
    return True


def _announcement(row: Sequence[Word], first: int) -> int | None:
    """Where "ASE" (or "A S E", "ay ess ee") begins, when it comes right before the digits."""
    at = first - 1
    steps = 0
    while at >= 0 and steps < 4 and row[at].norm in _NAME_WORDS | _DASHES:
        at -= 1
        steps += 1
    if at < 0:
        return None
    if row[at].norm in _WHOLE_NAMES:
        return at
    letters: list[str] = []
    while at >= 0 and len(letters) < 3:
        if row[at].norm in {".", "-"}:
            at -= 1
            continue
        letters.append(row[at].norm)
        start = at
        at -= 1
    if len(letters) == 3 and all(letter in names for letter, names in zip(letters[::-1], _LETTERS, strict=True)):
        return start
    return None

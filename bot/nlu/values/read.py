"""Every value of a message, read in order: what one reader has read is left alone by the next."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import datetime

from bot.nlu.values.codes import test_values
from bot.nlu.values.dates import bare_date, date_values
from bot.nlu.values.hearing import mend
from bot.nlu.values.identifiers import ase_ids, digit_runs
from bot.nlu.values.month_days import MONTHS
from bot.nlu.values.times import time_values
from bot.nlu.values.vocabulary import Vocabulary, default_vocabulary
from bot.nlu.values.words import Value, Word, norm, words


def read_values(text: str, *, as_of: datetime, zone: str, vocabulary: Vocabulary | None = None) -> tuple[Value, ...]:
    """All values of a message in the order they stand: test codes, series, dates, times, ASE IDs.

    `as_of` (aware) and `zone` (IANA name) resolve dates; what one reader has read is left alone by the next.
    """
    row = mend(words(text))
    found = list(ase_ids(row))
    taken = places(row, found)
    runs = [range(first, after) for _, first, after in digit_runs(row)]
    if runs:
        dated = [places(row, [date]) for date in date_values(row, as_of=as_of, zone=zone, taken=frozenset(taken))]
        taken.update(place for run in runs if not any(_is_of_date(row, run, date) for date in dated) for place in run)
    dates = date_values(row, as_of=as_of, zone=zone, taken=frozenset(taken))
    times = time_values(row, taken=frozenset(taken | places(row, dates)))
    if not (found or dates or times):
        dates = bare_date(row, as_of, zone)
    codes = test_values(row, vocabulary or default_vocabulary(), taken=frozenset(taken))
    clear = places(row, [value for value in codes if value.entity == "test_code"])
    found += codes
    found += [value for value in [*dates, *times] if not places(row, [value]) & clear]
    return tuple(sorted(found, key=lambda value: (value.start, value.end)))


def _is_of_date(row: Sequence[Word], run: range, date: set[int]) -> bool:
    """Whether figures that run on are a date with marks ("2027-01-31") or begin as one ("apr 14 930")."""
    if not date & set(run):
        return False
    rest = sorted(set(run) - date)
    clock = len(rest) == 1 and rest[0] > max(date) and len(row[rest[0]].text) == 4  # "3/12 0800"
    if min(date) < run.start:
        return any(row[place].norm in MONTHS for place in date) or (clock and norm(row, min(date) + 1) == "/")
    marked = any(row[place].text in {"-", ".", "–", "/"} for place in run)
    return marked and (not rest or clock)


def places(row: Sequence[Word], values: Sequence[Value]) -> set[int]:
    """The places in a row of words that some values cover."""
    found: set[int] = set()
    for value in values:
        first = bisect_right(row, value.start, key=lambda word: word.end)
        found.update(range(first, bisect_left(row, value.end, lo=first, key=lambda word: word.start)))
    return found


def read_test_codes(text: str, vocabulary: Vocabulary | None = None) -> tuple[str, ...]:
    """The test codes a message names, each once, in order: ("A5",), ("A1", "A2", …) for a range, ("A5R",)."""
    row = words(text)
    taken = frozenset(places(row, list(ase_ids(row))))
    values = test_values(row, vocabulary or default_vocabulary(), taken=taken)
    return tuple(dict.fromkeys(value.value for value in values if value.entity == "test_code"))


def read_series(text: str, vocabulary: Vocabulary | None = None) -> tuple[str, ...]:
    """The series a message names ("my truck certifications" → medium_heavy_truck), each once, in order."""
    values = test_values(words(text), vocabulary or default_vocabulary(), taken=frozenset())
    return tuple(dict.fromkeys(value.value for value in values if value.entity == "test_series"))

"""Times of day in a message: "9:30 am", "half past nine", "nine thirty", "noon", "between 9 and 11", "morning".

Values are local times "HH:MM", spans "HH:MM/HH:MM", or a part of the day: "morning", "afternoon", "evening".
An hour without am or pm is one at which a test could start: 8 to 11 in the morning, 12 noon, 1 to 7 after noon.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.nlu.values.clocks import COUNTED, ENDS, NOT_HOURS, STRONG_AT, Clock, clock_at, half_at, joined_at
from bot.nlu.values.hearing import mend
from bot.nlu.values.words import Value, Word, bag, norm, words

_PARTS = {
    "morning": "morning", "mornings": "morning", "mornin": "morning", "afternoon": "afternoon",
    "afternoons": "afternoon", "evening": "evening", "evenings": "evening", "tonight": "evening",
    "tonite": "evening", "night": "evening", "nights": "evening",
}  # fmt: skip
_TAKEN_BACK = bag("no sorry wait actually rather mean meant scratch not instead")
_SMALL = _TAKEN_BACK | bag(", . i that at uh um make it oh let's say")
_AROUND = bag("""at say let's lets make it please um uh about maybe then , . for i'd like would be good works how ?
    either like ok okay""")
_SHORT_PARTS = {"eve": "evening", "aft": "afternoon", "morn": "morning"}
_SEATS = bag("slot slots seat seats appt appts appointment appointments time times opening openings")
_FEASTS = bag("christmas xmas year's years new all hallows")
_PM_WORK = bag("inspection inspections section part series service maintenance work job check one")
_LINKS = bag("to - – until till through or")


def read_times(text: str) -> tuple[Value, ...]:
    """Times of day in `text`, in order. A bare hour that is all of the answer ("four", "let's say eleven") is one."""
    row = mend(words(text))
    return tuple(_without_others(row, time_values(row, answer=True)) or _bare(row) or _only_hour(row))


_OTHERS = bag("off work working till until out done")


def _without_others(row: Sequence[Word], values: list[Value]) -> list[Value]:
    """Without the hours of somebody's own day, where a time was said as well: "five thirty, I get off at five"."""
    own = {value for value in values for place, word in enumerate(row)
           if word.start == value.start and {norm(row, place - 1), norm(row, place - 2)} & _OTHERS}  # fmt: skip
    return [value for value in values if value not in own] or values


_REFUSED = frozenset({("not",), ("not", "at"), ("can't", "do"), ("cant", "do"), ("can't", "make"), ("cannot", "do"),
                      ("no", "to"), ("can't", "at")})  # fmt: skip


def _only_hour(row: Sequence[Word]) -> list[Value]:
    """The one hour that is not turned down in a longer answer: "not nine, ten", "can't do nine, can you do eleven"."""
    found: list[Value] = []
    for at, word in enumerate(row):
        clock = clock_at(row, at) or (joined_at(row, at) if norm(row, at - 1) in _AROUND - {",", "."} else None)
        if clock is None or clock.after != at + 1 or not (1 <= clock.hour <= 12 or clock.sure):
            continue
        if norm(row, at + 1) not in (ENDS | _SUITS) - _LINKS:
            continue
        before = (norm(row, at - 2), norm(row, at - 1))
        if before in _REFUSED or before[1:] in _REFUSED or before[1] in _NAMING or norm(row, at - 1).isdigit():
            continue
        if word.norm == "one" and at:
            continue  # "that one"
        hour, minute = clock.told(None)
        found.append(Value("time", f"{hour:02d}:{minute:02d}", word.start, word.end))
    return found if len(found) == 1 else []


_SUITS = bag("is would will sounds works work then and but good fine ok okay thanks thank be it")
_NAMING = bag("number option choice seat slot the first second third test than a an num no # pick press")


def _bare(row: Sequence[Word]) -> list[Value]:
    """An answer that is nothing but an hour, two of them to choose from, or a span ("1015", "9 or 11", "10-12")."""
    kept = [word for word in row if word.norm not in _AROUND]
    link = next((place for place, word in enumerate(kept) if word.norm in _LINKS), None)
    if link is None:
        return _bare_hour(kept)
    first, last = _bare_hour(kept[:link]), _bare_hour(kept[link + 1 :])
    if not first or not last:
        return []
    if kept[link].norm == "or":
        return first + last
    if last[0].value <= first[0].value:
        return []
    return [Value("time", f"{first[0].value}/{last[0].value}", first[0].start, last[0].end)]


def _bare_hour(row: Sequence[Word]) -> list[Value]:
    clock = (clock_at(row, 0) or joined_at(row, 0)) if row else None
    if clock is None or clock.after != len(row) or not (1 <= clock.hour <= 12 or clock.sure):
        return []
    hour, minute = clock.told(None)
    return [Value("time", f"{hour:02d}:{minute:02d}", row[0].start, row[-1].end)]


def time_values(row: Sequence[Word], *, taken: frozenset[int] = frozenset(), answer: bool = False) -> list[Value]:
    """`read_times` over words already cut, leaving the places in `taken` alone. An answer begins with no greeting."""
    row = [_part_in_full(row, place) for place in range(len(row))]
    clocks = _corrected(row, list(_clocks(row, taken)))
    covered = {place for clock in clocks for place in range(clock.first, clock.after)}
    parts = [
        place
        for place, word in enumerate(row)
        if word.norm in _PARTS and place not in covered and _is_part(row, place, taken, answer)
    ]
    half_of_day = {"morning": "am", "afternoon": "pm", "evening": "pm"}
    halves = {half_of_day[_PARTS[row[place].norm]] for place in parts}
    half = halves.pop() if len(halves) == 1 else None
    values: list[Value] = []
    spoken_parts = list(parts)
    for first, last in _spans(row, clocks):
        ends = last or first
        start = row[first.first].start
        if last is None:
            near = next((place for place in parts if 0 <= place - first.after <= 2), None)
            if near is not None and all(
                norm(row, at) in {"in", "the", "that", "this"} for at in range(first.after, near)
            ):
                ends = first
                spoken_parts = [place for place in spoken_parts if place != near]
                said = half_of_day[_PARTS[row[near].norm]]
                values.append(_value(first.told(said), None, start, row[near].end, row, first.first))
                continue
        told = first.told(half or (ends.half if last is not None and first.hour <= ends.hour else None))
        until = None
        if last is not None:
            until = last.told(half)
            if first.half is None and last.half == "pm" and first.hour % 12 > last.hour % 12:
                told = first.told("am")  # "between ten and noon", "9 to 12:30 pm"
            if until <= told and last.half is None and until[0] < 12:
                until = (until[0] + 12, until[1])
        values.append(_value(told, until, start, row[ends.after - 1].end, row, first.first))
    for place, word in enumerate(row):
        after_date = place - 1 in taken and place not in taken and place not in covered
        if word.norm in {"am", "pm"} and after_date and norm(row, place + 1) not in {"a", "the", "not", "going"}:
            values.append(Value("time", "morning" if word.norm == "am" else "afternoon", word.start, word.end))
    used_half = bool(values) and half is not None
    for place in spoken_parts:
        if used_half:
            continue
        word = row[place]
        values.append(Value("time", _PARTS[word.norm], word.start, word.end))
    return sorted(values, key=lambda value: value.start)


def _value(
    told: tuple[int, int], until: tuple[int, int] | None, start: int, end: int, row: Sequence[Word], first: int
) -> Value:
    text = f"{told[0]:02d}:{told[1]:02d}"
    if until is not None:
        text += f"/{until[0]:02d}:{until[1]:02d}"
    before = norm(row, first - 1)
    bound = (
        "before" if before in {"by", "before", "until", "till"} else "after" if before in {"after", "from"} else None
    )
    return Value("time", text, start, end, None if until is not None else bound)


def _part_in_full(row: Sequence[Word], at: int) -> Word:
    """A word, or the part of the day that it shortens: "in the a.m.", "an eve slot"."""
    word = row[at]
    half, after = half_at(row, at)
    following = norm(row, after)
    if half and norm(row, at - 1) == "the" and norm(row, at - 2) in {"in", "for"}:
        if following in _PM_WORK | COUNTED:
            return word  # "in the PM inspection": preventive maintenance
        return Word(word.text, "morning" if half == "am" else "afternoon", word.start, row[after - 1].end)
    if word.norm in _SHORT_PARTS and norm(row, at + 1) in _SEATS and norm(row, at - 1) not in _FEASTS:
        return Word(word.text, _SHORT_PARTS[word.norm], word.start, word.end)
    return word


def _is_part(row: Sequence[Word], at: int, taken: frozenset[int], answer: bool) -> bool:
    before = norm(row, at - 1)
    if before in {"good", "last", "every", "all", "whole", "entire"} and not (
        before == "last" and row[at].norm != "night"
    ):
        return False
    if row[at].norm in {"night", "nights"} and before in {"last", "good"}:
        return False
    if (
        at == 0
        and not answer
        and row[at].norm in {"morning", "mornin", "afternoon", "evening"}
        and norm(row, 1) in {",", "!", "i", "there"}
    ):
        return False
    if {word.norm for word in row} >= {"how", "are", "you"}:
        return False
    return at not in taken or row[at].norm in {"tonight", "tonite"}


def _clocks(row: Sequence[Word], taken: frozenset[int]) -> Iterator[Clock]:
    at = 0
    previous: Clock | None = None
    while at < len(row):
        clock = None if at in taken else clock_at(row, at)
        if clock is not None and not any(place in taken for place in range(clock.first, clock.after)):
            linked = (
                previous is not None
                and at - previous.after <= 2
                and previous.after < at
                and all(
                    row[place].norm in {"to", "-", "–", "and", "or", "until", "till", "through", ","}
                    for place in range(previous.after, at)
                )
            )
            if clock.sure or linked or _announced(row, clock):
                yield clock
                previous = clock
                at = clock.after
                continue
        at += 1


def _announced(row: Sequence[Word], clock: Clock) -> bool:
    """Whether a bare hour is a time here: "at nine", "after 3", or "9 to 11 am"."""
    before = norm(row, clock.first - 1)
    following = norm(row, clock.after)
    if following in NOT_HOURS or norm(row, clock.first - 1) in {"/", "-", ".", "$"}:
        return False
    if before in STRONG_AT or (following == "in" and norm(row, clock.after + 1) == "the" and _names_part(row, clock)):
        return True
    if following in {"that", "this"} and norm(row, clock.after + 1) in _PARTS and 1 <= clock.hour <= 12:
        return True  # "2 that afternoon"
    later = clock_at(row, clock.after + 1) if following in {"to", "-", "–", "or", "and", "until", "till"} else None
    if later is not None and (later.half or (later.sure and later.minute is not None)):
        return True
    if before in {"after", "before", "by", "until", "till", "about"}:
        return following in {
            "",
            ",",
            ".",
            "?",
            "!",
            "on",
            "please",
            "tomorrow",
            "today",
            "in",
            "or",
            "works",
            "is",
            *_REASONS,
        } and (clock.hour <= 12)
    if before in {"between", "from"}:
        later = later or (clock_at(row, clock.after + 1) if following in {"to", "and", "-", "–"} else None)
        return later is not None
    return False


_REASONS = bag("cuz cause because since as so when if i but and")


def _names_part(row: Sequence[Word], clock: Clock) -> bool:
    return norm(row, clock.after + 2) in _PARTS and clock.hour <= 12


def _spans(row: Sequence[Word], clocks: list[Clock]) -> Iterator[tuple[Clock, Clock | None]]:
    at = 0
    while at < len(clocks):
        first = clocks[at]
        if at + 1 < len(clocks):
            second = clocks[at + 1]
            link = [word.norm for word in row[first.after : second.first]]
            if link in (["to"], ["-"], ["–"], ["until"], ["till"], ["through"]) or (
                link == ["and"] and norm(row, first.first - 1) == "between"
            ):
                moved = link == ["to"] and any(word.norm in {"move", "change", "switch"} for word in row[: first.first])
                if not moved:
                    yield first, second
                    at += 2
                    continue
        yield first, None
        at += 1


def _corrected(row: Sequence[Word], clocks: list[Clock]) -> list[Clock]:
    kept: list[Clock] = []
    for clock in clocks:
        if kept:
            between = {word.norm for word in row[kept[-1].after : clock.first]}
            if between & _TAKEN_BACK and between <= _SMALL:
                kept.pop()
        kept.append(clock)
    return kept

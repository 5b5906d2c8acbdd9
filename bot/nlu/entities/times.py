"""Times of day in a message: "9:30 am", "half past nine", "nine thirty", "noon", "between 9 and 11", "morning".

Values are local times "HH:MM", spans "HH:MM/HH:MM", or a part of the day: "morning", "afternoon", "evening".
An hour without am or pm is one at which a test could start: 8 to 11 in the morning, 12 noon, 1 to 7 after noon.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.nlu.entities.date_grammar import MONTHS, WEEKDAYS, norm
from bot.nlu.entities.hearing import mend
from bot.nlu.entities.words import ORDINAL_ENDINGS, UNITS, Value, Word, bag, cardinal, touching, words

_PARTS = {
    "morning": "morning", "mornings": "morning", "mornin": "morning", "afternoon": "afternoon",
    "afternoons": "afternoon", "evening": "evening", "evenings": "evening", "tonight": "evening",
    "tonite": "evening", "night": "evening", "nights": "evening",
}  # fmt: skip
_FIXED = {"noon": (12, 0), "midday": (12, 0), "noontime": (12, 0), "midnight": (0, 0), "lunchtime": (12, 0)}
_AT = bag("""at around about by after before until till from between @ to or and near past roughly say approximately""")
_STRONG_AT = frozenset({"at", "@", "around"})
_NOT_HOURS = bag(
    """day days week weeks month months year years hour hours hr hrs minute minutes min mins percent dollars
    questions times tests test exams people th st nd rd of more other others points certifications certs % /
    - . : a p the weeks'"""
)
_COUNTED = _NOT_HOURS - {"/", "-", ":", ".", "a", "p", "the"}
"""Words that make the number before them a count of something."""
_HOUR_SOUNDS = {"won": 1, "wan": 1, "to": 2, "too": 2, "tree": 3, "for": 4, "fore": 4, "fife": 5, "sicks": 6, "ate": 8,
                "hate": 8, "ait": 8, "nein": 9, "nigh": 9, "tan": 10, "tin": 10, "leaven": 11, "elven": 11}  # fmt: skip
_MINUTE_WORDS = {"quarter": 15, "half": 30}
_NEVER_AFTER_HOURS = bag("day days month months dollars percent weeks questions seven six five")
_TAKEN_BACK = bag("no sorry wait actually rather mean meant scratch not instead")
_SMALL = _TAKEN_BACK | bag(", . i that at uh um make it oh let's say")
_AROUND = bag("""at say let's lets make it please um uh about maybe then , . for i'd like would be good works how ?
    either""")
_SHORT_PARTS = {"eve": "evening", "aft": "afternoon", "morn": "morning"}
_SEATS = bag("slot slots seat seats appt appts appointment appointments time times opening openings")
_FEASTS = bag("christmas xmas year's years new all hallows")
_PM_WORK = bag("inspection inspections section part series service maintenance work job check one")
_LINKS = bag("to - – until till through or")
_ENDS = bag(", . ? ! on for please plz pls or if works today tomorrow") | {""}
_BEFORE_CLOCK = _STRONG_AT | bag("by before after until till from")
_DAY_WORDS = frozenset(WEEKDAYS) | ORDINAL_ENDINGS | bag("today tomorrow")


@dataclass(frozen=True, slots=True)
class _Clock:
    hour: int
    minute: int
    half: str | None
    """ "am" or "pm" where it was said."""
    first: int
    after: int
    sure: bool
    """Whether the form alone makes it a time of day."""

    def told(self, half: str | None) -> tuple[int, int]:
        """Hour (0–23) and minute, with `half` for what was not said."""
        said = self.half or half
        hour = self.hour
        if hour > 12 or hour == 0:
            return hour, self.minute
        if said == "am":
            return hour % 12, self.minute
        if said == "pm":
            return hour % 12 + 12, self.minute
        return (hour + 12 if 1 <= hour <= 7 else hour), self.minute


def read_times(text: str) -> tuple[Value, ...]:
    """Times of day in `text`, in order. A bare hour that is all of the answer ("four", "let's say eleven") is one."""
    row = mend(words(text))
    return tuple(time_values(row) or _bare(row))


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
    clock = (_clock(row, 0) or _joined(row, 0)) if row else None
    if clock is None or clock.after != len(row) or not (1 <= clock.hour <= 12 or clock.sure):
        return []
    hour, minute = clock.told(None)
    return [Value("time", f"{hour:02d}:{minute:02d}", row[0].start, row[-1].end)]


def _joined(row: Sequence[Word], at: int) -> _Clock | None:
    """ "930", "1015", "0930", "1400": hour and minutes in one number, as a test might start, and no year."""
    text = row[at].text
    if not text.isdigit() or len(text) not in {3, 4}:
        return None
    hour, minute = int(text[:-2]), int(text[-2:])
    likely = 7 <= hour <= 19 if len(text) == 4 else 1 <= hour <= 9
    if not likely or minute > 59 or minute % 5:
        return None
    return _Clock(hour, minute, "am" if text.startswith("0") else None, at, at + 1, True)


def time_values(row: Sequence[Word], *, taken: frozenset[int] = frozenset()) -> list[Value]:
    """`read_times` over words already cut, leaving the places in `taken` alone."""
    row = [_part_in_full(row, place) for place in range(len(row))]
    clocks = _corrected(row, list(_clocks(row, taken)))
    covered = {place for clock in clocks for place in range(clock.first, clock.after)}
    parts = [
        place
        for place, word in enumerate(row)
        if word.norm in _PARTS and place not in covered and _is_part(row, place, taken)
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
            if near is not None and all(norm(row, at) in {"in", "the"} for at in range(first.after, near)):
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
    half, after = _half(row, at)
    following = norm(row, after)
    if half and norm(row, at - 1) == "the" and norm(row, at - 2) in {"in", "for"}:
        if following in _PM_WORK | _COUNTED:
            return word  # "in the PM inspection": preventive maintenance
        return Word(word.text, "morning" if half == "am" else "afternoon", word.start, row[after - 1].end)
    if word.norm in _SHORT_PARTS and norm(row, at + 1) in _SEATS and norm(row, at - 1) not in _FEASTS:
        return Word(word.text, _SHORT_PARTS[word.norm], word.start, word.end)
    return word


def _is_part(row: Sequence[Word], at: int, taken: frozenset[int]) -> bool:
    before = norm(row, at - 1)
    if before in {"good", "last", "every", "all", "whole", "entire"} and not (
        before == "last" and row[at].norm != "night"
    ):
        return False
    if row[at].norm in {"night", "nights"} and before in {"last", "good"}:
        return False
    if (
        at == 0
        and row[at].norm in {"morning", "mornin", "afternoon", "evening"}
        and norm(row, 1) in {",", "!", "i", "there"}
    ):
        return False
    if {word.norm for word in row} >= {"how", "are", "you"}:
        return False
    return at not in taken or row[at].norm in {"tonight", "tonite"}


def _clocks(row: Sequence[Word], taken: frozenset[int]) -> Iterator[_Clock]:
    at = 0
    previous: _Clock | None = None
    while at < len(row):
        clock = None if at in taken else _clock(row, at)
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


def _announced(row: Sequence[Word], clock: _Clock) -> bool:
    """Whether a bare hour is a time here: "at nine", "after 3", or "9 to 11 am"."""
    before = norm(row, clock.first - 1)
    following = norm(row, clock.after)
    if following in _NOT_HOURS or norm(row, clock.first - 1) in {"/", "-", ".", "$"}:
        return False
    if before in _STRONG_AT or (following == "in" and norm(row, clock.after + 1) == "the" and _names_part(row, clock)):
        return True
    later = _clock(row, clock.after + 1) if following in {"to", "-", "–", "or", "and", "until", "till"} else None
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
        } and (clock.hour <= 12)
    if before in {"between", "from"}:
        return later is not None or (following in {"to", "and", "-", "–"} and _clock(row, clock.after + 1) is not None)
    return False


def _names_part(row: Sequence[Word], clock: _Clock) -> bool:
    return norm(row, clock.after + 2) in _PARTS and clock.hour <= 12


def _clock(row: Sequence[Word], at: int) -> _Clock | None:
    if at >= len(row):
        return None
    clock = _fixed(row, at) or _past_hour(row, at) or _typed(row, at) or _said(row, at)
    return _about(row, clock) if clock else None


def _about(row: Sequence[Word], clock: _Clock) -> _Clock:
    """The same clock with "ish" after it, which only a time of day has here ("9ish", "eleven ish")."""
    after = clock.after + 1 + (norm(row, clock.after) == "-")
    if norm(row, after - 1) != "ish" or norm(row, after) in _COUNTED or not 1 <= clock.hour <= 12:
        return clock
    return replace(clock, after=after, sure=True)


def _fixed(row: Sequence[Word], at: int) -> _Clock | None:
    word = row[at].norm
    if word in {"12", "twelve"} and norm(row, at + 1) in _FIXED:
        hour, minute = _FIXED[norm(row, at + 1)]
        return _Clock(hour, minute, "am" if hour == 0 else "pm", at, at + 2, True)
    if word in _FIXED and not (word == "noon" and norm(row, at - 1) in {"after"}):
        hour, minute = _FIXED[word]
        return _Clock(hour, minute, "am" if hour == 0 else "pm", at, at + 1, True)
    return None


def _past_hour(row: Sequence[Word], at: int) -> _Clock | None:
    """ "half past nine", "quarter to ten", "twenty after four", "ten till two"."""
    place = at + 1 if row[at].norm in {"a", "an"} else at
    minutes: tuple[int, int] | None
    if norm(row, place) in _MINUTE_WORDS:
        minutes = (_MINUTE_WORDS[norm(row, place)], place + 1)
    else:
        minutes = cardinal(row, place) if place == at else None
        if minutes is not None and norm(row, minutes[1]) in {"minutes", "mins", "min"}:
            minutes = (minutes[0], minutes[1] + 1)
    if minutes is None or not 1 <= minutes[0] <= 30:
        return None
    link = norm(row, minutes[1])
    if link == "passed" and norm(row, place) in _MINUTE_WORDS:
        link = "past"
    half_nine = norm(row, place) == "half"
    if link not in {"past", "after", "to", "of", "till", "til", "before"} or (half_nine and link != "past"):
        return None
    hour = cardinal(row, minutes[1] + 1)
    if hour is None or not 1 <= hour[0] <= 12:
        return None
    if norm(row, minutes[1]) == "passed" and norm(row, hour[1]) in _COUNTED:
        return None  # "half passed ten tests"
    numeric = norm(row, place) not in _MINUTE_WORDS
    if numeric and link in {"to", "of", "before"} and (row[at].is_number or minutes[0] not in {5, 10, 20, 25}):
        return None
    if numeric and link == "after" and row[at].is_number:
        return None
    half, after = _half(row, hour[1])
    if link in {"past", "after"}:
        return _Clock(hour[0], minutes[0], half, at, after, True)
    earlier = hour[0] - 1 or 12
    if half is not None and hour[0] == 12:
        half = "am" if half == "pm" else "pm"
    return _Clock(earlier, 60 - minutes[0], half, at, after, True)


def _typed(row: Sequence[Word], at: int) -> _Clock | None:
    """ "9", "9:30", "9.30 am", "930am", "13:30", "0900"."""
    word = row[at]
    if (
        not word.is_number
        or (at and touching(row[at - 1], word) and row[at - 1].text in {"/", "-", "$", ".", ":", "#"})
    ) and not (word.is_number and norm(row, at - 1) == "-" and _half(row, at + 1)[0]):
        return None
    if len(word.text) <= 2:
        hour, minute, place, sure = int(word.text), 0, at + 1, False
        mark = norm(row, place)
        if place < len(row) and row[place].is_number and len(row[place].text) == 2 and _half(row, place + 1)[0]:
            minute, sure = int(row[place].text), True
            place += 1
        elif mark in {":", ".", ";"} and norm(row, place + 1).isdigit() and len(row[place + 1].text) == 2:
            joined = touching(row[place - 1], row[place]) and touching(row[place], row[place + 1])
            minute, sure = (int(row[place + 1].text), mark != "." or _is_dotted(row, at)) if joined else (0, False)
            place += 2 * joined
    elif len(word.text) in {3, 4}:
        hour, minute, place, sure = int(word.text[:-2]), int(word.text[-2:]), at + 1, False
        if word.text.startswith("0") and len(word.text) == 4:
            sure = norm(row, at - 1) in _STRONG_AT | {"hours"}
        if norm(row, place) in {"hours", "hrs"} and len(word.text) == 4:
            sure, place = True, place + 1
        sure = sure or (_joined(row, at) is not None and _stands_as_time(row, at))
    else:
        return None
    if not (0 <= hour <= 23 and 0 <= minute <= 59):
        return None
    half, after = _half(row, place)
    if half is not None and hour > 12:
        half = None
    if half is None and len(word.text) == 4 and word.text.startswith("0") and sure and hour >= 7:
        half = "am"  # "at 0730"
    if half is None and len(word.text) > 2 and not sure:
        return None
    if half is None and minute and not sure:
        return None
    oclock = norm(row, after) in {"o'clock", "oclock"}
    if norm(row, after) == "o" and norm(row, after + 1) == "clock":
        after, oclock = after + 1, True
    if not sure and half is None and not oclock and not 1 <= hour <= 12:
        return None
    after += oclock
    if oclock and half is None:
        half, after = _half(row, after)
    return _Clock(hour, minute, half, at, after, sure or half is not None or oclock)


def _is_dotted(row: Sequence[Word], at: int) -> bool:
    """Whether "11.30" is a time here: after a day or a word such as "at", and no date, price or longer number."""
    if norm(row, at + 3) in _COUNTED or int(row[at + 2].text) % 5:
        return False
    if norm(row, at + 3) == "." and at + 4 < len(row) and row[at + 4].is_number:
        return False
    return norm(row, at - 1) in _BEFORE_CLOCK or _after_day(row, at)


def _stands_as_time(row: Sequence[Word], at: int) -> bool:
    """Whether "930" stands where a time does: "at 930", "apr 14 930", and not "at 1400 Main Street"."""
    before, following = norm(row, at - 1), norm(row, at + 1)
    if before in {"at", "@"} | ORDINAL_ENDINGS:
        return following in _ENDS and not (at + 2 < len(row) and row[at + 2].is_number)
    return _after_day(row, at) and following not in _NOT_HOURS and not following.isdigit()


def _after_day(row: Sequence[Word], at: int) -> bool:
    """Whether a day was said just before: "Tuesday", "the 24th", "apr 14"."""
    before = norm(row, at - 1)
    return before in _DAY_WORDS or (before.isdigit() and len(before) <= 2 and norm(row, at - 2) in MONTHS)


def _said(row: Sequence[Word], at: int) -> _Clock | None:
    """ "nine", "nine thirty", "eight oh five", "nine o'clock", with or without am and pm."""
    word = row[at].norm
    hour = UNITS.get(word, 0) or _misheard_hour(row, at)
    if not 1 <= hour <= 12:
        return None
    minute, place, sure = 0, at + 1, False
    if norm(row, place) in {"o'clock", "oclock"}:
        place, sure = place + 1, True
    elif norm(row, place) == "o" and norm(row, place + 1) == "clock":
        place, sure = place + 2, True
    elif norm(row, place) in {"oh", "o"} and 1 <= UNITS.get(norm(row, place + 1), 0) <= 9:
        minute, place, sure = UNITS[norm(row, place + 1)], place + 2, True
        if (hour, minute) == (6, 9) and norm(row, at - 1) not in _STRONG_AT and _half(row, place)[0] is None:
            return None  # the EPA's section
    else:
        rest = cardinal(row, place)
        if rest is not None and not row[place].is_number and 10 <= rest[0] <= 59:
            sure = rest[0] in {15, 30, 45}
            minute, place = rest[0], rest[1]
    if norm(row, place) in _NEVER_AFTER_HOURS:
        return None
    half, after = _half(row, place)
    if minute and not sure and half is None and norm(row, at - 1) not in _AT:
        return None
    before = norm(row, at - 1)
    if before in MONTHS and half is None and not sure:
        return None
    return _Clock(hour, minute, half, at, after, sure or half is not None)


def _misheard_hour(row: Sequence[Word], at: int) -> int:
    """An hour that sounds like another word, where what stands around makes it one ("ate o'clock", "won thirty")."""
    hour = _HOUR_SOUNDS.get(row[at].norm, 0)
    following = norm(row, at + 1)
    if following in {"o'clock", "oclock"} or (following == "o" and norm(row, at + 2) == "clock"):
        return hour
    common = row[at].norm in {"to", "too", "for"}
    told = norm(row, at - 1) in _STRONG_AT
    half, _ = _half(row, at + 1) if hour else (None, at)
    if half is not None:
        return hour if told or not common else 0  # "for a.m. slots", "move it to pm"
    if following not in {"thirty", "fifteen"} and not (following == "forty" and norm(row, at + 2) == "five"):
        return 0
    place = at + (3 if following == "forty" else 2)
    if told:
        half, _ = _half(row, place)
        return hour if half or norm(row, place) not in _COUNTED else 0
    ends = norm(row, place) in {"", ".", "?", "please", "on"} or _half(row, place)[0] is not None
    return hour if ends and not common else 0


def _half(row: Sequence[Word], at: int) -> tuple[str | None, int]:
    """ "am", "p.m.", "a m", "in the morning" is left to the parts of the day."""
    word = norm(row, at)
    if word in {"am", "pm"}:
        return word, at + 1
    if word in {"a", "p"}:
        place = at + 1
        if norm(row, place) == ".":
            place += 1
        if norm(row, place) == "m":
            place += 1
            if norm(row, place) == "." and touching(row[place - 1], row[place]) and norm(row, at + 1) == ".":
                place += 1
            return word + "m", place
        if touching(row[at - 1], row[at]) and row[at - 1].is_number:
            return word + "m", at + 1
    return None, at


def _spans(row: Sequence[Word], clocks: list[_Clock]) -> Iterator[tuple[_Clock, _Clock | None]]:
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


def _corrected(row: Sequence[Word], clocks: list[_Clock]) -> list[_Clock]:
    kept: list[_Clock] = []
    for clock in clocks:
        if kept:
            between = {word.norm for word in row[kept[-1].after : clock.first]}
            if between & _TAKEN_BACK and between <= _SMALL:
                kept.pop()
        kept.append(clock)
    return kept

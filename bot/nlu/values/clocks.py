"""One time of day as typed, said or misheard: "9:30 am", "930", "half past nine", "eight oh five", "won thirty"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.nlu.values.date_grammar import WEEKDAYS
from bot.nlu.values.month_days import MONTHS
from bot.nlu.values.words import ORDINAL_ENDINGS, UNITS, Word, bag, cardinal, norm, touching

_FIXED = {"noon": (12, 0), "midday": (12, 0), "noontime": (12, 0), "midnight": (0, 0), "lunchtime": (12, 0)}
_AT = bag("""at around about by after before until till from between @ to or and near past roughly say approximately""")
STRONG_AT = frozenset({"at", "@", "around"})
NOT_HOURS = bag(
    """day days week weeks month months year years hour hours hr hrs minute minutes min mins percent dollars
    questions times tests test exams people th st nd rd of more other others points certifications certs % /
    - . : a p the weeks'"""
)
COUNTED = NOT_HOURS - {"/", "-", ":", ".", "a", "p", "the"}
"""Words that make the number before them a count of something."""
_HOUR_SOUNDS = {"won": 1, "wan": 1, "to": 2, "too": 2, "tree": 3, "for": 4, "fore": 4, "fife": 5, "sicks": 6, "ate": 8,
                "hate": 8, "ait": 8, "nein": 9, "nigh": 9, "tan": 10, "tin": 10, "leaven": 11, "elven": 11}  # fmt: skip
_MINUTE_WORDS = {"quarter": 15, "half": 30}
_NEVER_AFTER_HOURS = bag("day days month months dollars percent weeks questions seven six five")
ENDS = bag(", . ? ! on for please plz pls or if works today tomorrow") | {""}
_BEFORE_CLOCK = STRONG_AT | bag("by before after until till from")
_DAY_WORDS = frozenset(WEEKDAYS) | ORDINAL_ENDINGS | bag("today tomorrow")


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day and the words that say it: `first` up to `after`."""

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


def clock_at(row: Sequence[Word], at: int) -> Clock | None:
    """The time of day that starts at a place, or None."""
    if at >= len(row):
        return None
    clock = _fixed(row, at) or _past_hour(row, at) or _military(row, at) or _typed(row, at) or _said(row, at)
    return _about(row, clock) if clock else None


def joined_at(row: Sequence[Word], at: int) -> Clock | None:
    """ "930", "1015", "0930", "1400": hour and minutes in one number, as a test might start, and no year."""
    text = row[at].text
    if not text.isdigit() or len(text) not in {3, 4}:
        return None
    hour, minute = int(text[:-2]), int(text[-2:])
    likely = 7 <= hour <= 19 if len(text) == 4 else 1 <= hour <= 9
    if not likely or minute > 59 or minute % 5:
        return None
    return Clock(hour, minute, "am" if text.startswith("0") else None, at, at + 1, True)


def _about(row: Sequence[Word], clock: Clock) -> Clock:
    """The same clock with "ish" after it, which only a time of day has here ("9ish", "eleven ish")."""
    after = clock.after + 1 + (norm(row, clock.after) == "-")
    if norm(row, after - 1) != "ish" or norm(row, after) in COUNTED or not 1 <= clock.hour <= 12:
        return clock
    return replace(clock, after=after, sure=True)


def _fixed(row: Sequence[Word], at: int) -> Clock | None:
    word = row[at].norm
    if word in {"12", "twelve"} and norm(row, at + 1) in _FIXED:
        hour, minute = _FIXED[norm(row, at + 1)]
        return Clock(hour, minute, "am" if hour == 0 else "pm", at, at + 2, True)
    if word in _FIXED and not (word == "noon" and norm(row, at - 1) in {"after"}):
        hour, minute = _FIXED[word]
        return Clock(hour, minute, "am" if hour == 0 else "pm", at, at + 1, True)
    return None


def _military(row: Sequence[Word], at: int) -> Clock | None:
    """ "thirteen hundred", "fourteen thirty", "oh eight hundred hours"; below ten only with "oh" or "hours"."""
    place = at + 1 if norm(row, at) in {"oh", "o", "zero"} else at
    hour = cardinal(row, place) if place < len(row) and not row[place].is_number else None
    if hour is None:
        return None
    rest = cardinal(row, hour[1]) if at == 0 or cardinal(row, at - 1) is None else None
    if rest is not None and 13 <= hour[0] <= 19 and rest[0] in {15, 30, 45} and not row[hour[1]].is_number:
        return Clock(hour[0], rest[0], "pm", at, rest[1] + (norm(row, rest[1]) in {"hours", "hrs"}), True)
    if norm(row, hour[1]) != "hundred":
        return None
    after = hour[1] + 1
    hours = norm(row, after) in {"hours", "hrs", "hour"}
    marked = hours or place > at
    likely = (7 <= hour[0] <= 9 and marked) or 10 <= hour[0] <= 19
    if not likely or (not hours and norm(row, after) not in ENDS) or (place > at and hour[0] >= 10):
        return None
    return Clock(hour[0], 0, "am" if hour[0] < 12 else None, at, after + hours, True)


def _past_hour(row: Sequence[Word], at: int) -> Clock | None:
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
    if norm(row, minutes[1]) == "passed" and norm(row, hour[1]) in COUNTED:
        return None  # "half passed ten tests"
    numeric = norm(row, place) not in _MINUTE_WORDS
    if numeric and link in {"to", "of", "before"} and (row[at].is_number or minutes[0] not in {5, 10, 20, 25}):
        return None
    if numeric and link == "after" and row[at].is_number:
        return None
    half, after = half_at(row, hour[1])
    if link in {"past", "after"}:
        return Clock(hour[0], minutes[0], half, at, after, True)
    earlier = hour[0] - 1 or 12
    if half is not None and hour[0] == 12:
        half = "am" if half == "pm" else "pm"
    return Clock(earlier, 60 - minutes[0], half, at, after, True)


def _typed(row: Sequence[Word], at: int) -> Clock | None:
    """ "9", "9:30", "9.30 am", "930am", "13:30", "0900"."""
    word = row[at]
    if (
        not word.is_number
        or (at and touching(row[at - 1], word) and row[at - 1].text in {"/", "-", "$", ".", ":", "#"})
    ) and not (word.is_number and norm(row, at - 1) == "-" and half_at(row, at + 1)[0]):
        return None
    if len(word.text) <= 2:
        hour, minute, place, sure = int(word.text), 0, at + 1, False
        mark = norm(row, place)
        if place < len(row) and row[place].is_number and len(row[place].text) == 2 and _minutes_apart(row, at):
            minute, sure = int(row[place].text), True
            place += 1
        elif mark in {":", ".", ";"} and norm(row, place + 1).isdigit() and len(row[place + 1].text) == 2:
            joined = touching(row[place - 1], row[place]) and touching(row[place], row[place + 1])
            minute, sure = (int(row[place + 1].text), mark != "." or _is_dotted(row, at)) if joined else (0, False)
            place += 2 * joined
    elif len(word.text) in {3, 4}:
        hour, minute, place, sure = int(word.text[:-2]), int(word.text[-2:]), at + 1, False
        if word.text.startswith("0") and len(word.text) == 4:
            sure = norm(row, at - 1) in STRONG_AT | {"hours"} or _after_day(row, at)
        if norm(row, place) in {"hours", "hrs"} and len(word.text) == 4:
            sure, place = True, place + 1
        sure = sure or (joined_at(row, at) is not None and _stands_as_time(row, at))
    else:
        return None
    if not (0 <= hour <= 23 and 0 <= minute <= 59):
        return None
    half, after = half_at(row, place)
    if half is not None and hour > 12:
        half = None
    if half is None and len(word.text) == 4 and word.text.startswith("0") and sure and hour >= 7:
        half = "am"  # "at 0730"
    if half is None and len(word.text) > 2 and not sure:
        return None
    if half is None and minute and not sure:
        return None
    oclock = norm(row, after) in {"o'clock", "oclock", "sharp"}
    if norm(row, after) == "o" and norm(row, after + 1) == "clock":
        after, oclock = after + 1, True
    if not sure and half is None and not oclock and not 1 <= hour <= 12:
        return None
    after += oclock
    if oclock and half is None:
        half, after = half_at(row, after)
    return Clock(hour, minute, half, at, after, sure or half is not None or oclock)


def _minutes_apart(row: Sequence[Word], at: int) -> bool:
    """Whether the figures after an hour are its minutes: "10 30 am", and "10 30" or "1 45" where a message begins."""
    if half_at(row, at + 2)[0]:
        return True
    quarters = row[at + 1].text in {"15", "30", "45"} and 1 <= int(row[at].text) <= 12
    following = norm(row, at + 2)
    opens = at == 0 or norm(row, at - 1) in STRONG_AT | _FILLERS
    return quarters and opens and not following.isdigit() and following not in COUNTED | NOT_HOURS


_FILLERS = bag("um uh , yes yeah ok okay let's say maybe how about")


def _is_dotted(row: Sequence[Word], at: int) -> bool:
    """Whether "11.30" is a time here: after a day or a word such as "at", and no date, price or longer number."""
    if norm(row, at + 3) in COUNTED or int(row[at + 2].text) % 5:
        return False
    if norm(row, at + 3) == "." and at + 4 < len(row) and row[at + 4].is_number:
        return False
    return norm(row, at - 1) in _BEFORE_CLOCK or _after_day(row, at)


def _stands_as_time(row: Sequence[Word], at: int) -> bool:
    """Whether "930" stands where a time does: "at 930", "apr 14 930", and not "at 1400 Main Street"."""
    before, following = norm(row, at - 1), norm(row, at + 1)
    if before in {"at", "@"} | ORDINAL_ENDINGS:
        return following in ENDS and not (at + 2 < len(row) and row[at + 2].is_number)
    return _after_day(row, at) and following not in NOT_HOURS and not following.isdigit()


def _after_day(row: Sequence[Word], at: int) -> bool:
    """Whether a day was said just before: "Tuesday", "the 24th", "apr 14"."""
    before = norm(row, at - 1)
    figures = before.isdigit() and len(before) <= 2
    slashed = norm(row, at - 2) == "/" and norm(row, at - 3).isdigit() and len(norm(row, at)) == 4
    return before in _DAY_WORDS or (figures and (norm(row, at - 2) in MONTHS or slashed))


def _said(row: Sequence[Word], at: int) -> Clock | None:
    """ "nine", "nine thirty", "eight oh five", "nine o'clock", with or without am and pm."""
    word = row[at].norm
    hour = UNITS.get(word, 0) or _misheard_hour(row, at)
    if not 1 <= hour <= 12:
        return None
    minute, place, sure = 0, at + 1, False
    if norm(row, place) in {"o'clock", "oclock", "sharp"}:
        place, sure = place + 1, True
    elif norm(row, place) == "o" and norm(row, place + 1) == "clock":
        place, sure = place + 2, True
    elif norm(row, place) in {"oh", "o"} and 1 <= UNITS.get(norm(row, place + 1), 0) <= 9:
        minute, place, sure = UNITS[norm(row, place + 1)], place + 2, True
        if (hour, minute) == (6, 9) and norm(row, at - 1) not in STRONG_AT and half_at(row, place)[0] is None:
            return None  # the EPA's section
    else:
        rest = cardinal(row, place)
        figures = rest is not None and row[place].is_number
        if rest is not None and 10 <= rest[0] <= 59 and (not figures or _quarter(row, place)):
            sure = rest[0] in {15, 30, 45}
            minute, place = rest[0], rest[1]
    if norm(row, place) in _NEVER_AFTER_HOURS:
        return None
    half, after = half_at(row, place)
    if minute and not sure and half is None and norm(row, at - 1) not in _AT:
        return None
    before = norm(row, at - 1)
    if before in MONTHS and half is None and not sure:
        return None
    return Clock(hour, minute, half, at, after, sure or half is not None)


def _quarter(row: Sequence[Word], at: int) -> bool:
    """Whether figures after an hour in words are its minutes: "nine 30"."""
    return row[at].text in {"15", "30", "45"} and norm(row, at + 1) not in COUNTED | NOT_HOURS


def _misheard_hour(row: Sequence[Word], at: int) -> int:
    """An hour that sounds like another word, where what stands around makes it one ("ate o'clock", "won thirty")."""
    hour = _HOUR_SOUNDS.get(row[at].norm, 0)
    following = norm(row, at + 1)
    if following in {"o'clock", "oclock"} or (following == "o" and norm(row, at + 2) == "clock"):
        return hour
    common = row[at].norm in {"to", "too", "for"}
    if (
        common
        and norm(row, at - 1) in _BEFORE_CLOCK - {"from"}
        and ((not following and len(row) <= 3) or (following == "in" and norm(row, at + 2) == "the"))
    ):
        return hour  # "after too", "at for in the afternoon"
    told = norm(row, at - 1) in STRONG_AT
    half, _ = half_at(row, at + 1) if hour else (None, at)
    if half is not None:
        before = norm(row, at - 1)
        limited = before in _BEFORE_CLOCK or (before in WEEKDAYS and all(word.norm != "from" for word in row[:at]))
        return hour if told or limited or not common else 0  # "for a.m. slots", "move it to pm"
    if following not in {"thirty", "fifteen", "30", "15", "45"} and not (
        following == "forty" and norm(row, at + 2) == "five"
    ):
        return 0
    place = at + (3 if following == "forty" else 2)
    if told:
        half, _ = half_at(row, place)
        return hour if half or norm(row, place) not in COUNTED else 0
    ends = norm(row, place) in {"", ".", "?", "please", "on"} or half_at(row, place)[0] is not None
    alone = at == 0 and norm(row, place) in {"", ".", "please", "in"} and not following.isdigit()
    return hour if (ends and (not common or alone)) or (alone and norm(row, place) == "in") else 0


def half_at(row: Sequence[Word], at: int) -> tuple[str | None, int]:
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

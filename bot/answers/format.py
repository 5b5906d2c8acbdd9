"""Every value in two forms, written and spoken. One function per format that a text can ask for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from bot.answers import words
from bot.rules.catalogue import TestCatalogue
from bot.rules.decision import Value

Day = date
"""The type, where a method of the same name hides it."""

NEAR = 120
"""Days ahead within which a coming date has its weekday."""

SAME_YEAR = 183
"""Days around the day of the question within which a spoken date needs no year."""

FEW = 3
"""Up to so many tests are named with their titles; longer lists give codes alone."""


class FormatError(ValueError):
    """A value that the format asked for cannot say."""


@dataclass(frozen=True, slots=True)
class Said:
    """One value or sentence, written and spoken."""

    web: str
    voice: str

    @classmethod
    def same(cls, text: str) -> Said:
        """A text that is written and spoken alike."""
        return cls(text, text)


@dataclass(frozen=True, slots=True)
class Formats:
    """Formats of one answer: the catalogue gives titles; `day` is the day of the question, if known.

    `terms` are the words for values that are names of code: steps of a change and results.
    """

    tests: TestCatalogue
    day: date | None = None
    terms: Mapping[str, Said] = field(default_factory=dict)

    def say(self, value: Value, how: str | None = None) -> Said:
        """A value in the format asked for, else in the one its type calls for. Raises FormatError."""
        if how is None:
            return self.default(value)
        found = FORMATS.get(how)
        if found is None:
            raise FormatError(f"unknown format {how}; known: {', '.join(FORMATS)}")
        return found(self, value)

    def default(self, value: Value) -> Said:
        """Dates, instants, money, counts, codes, series and lists of them, each in its usual form."""
        match value:
            case bool():
                return Said.same("yes" if value else "no")
            case int():
                return self.number(value)
            case datetime():
                return self.instant(value)
            case date():
                return self.date(value)
            case Decimal():
                return self.money(value)
            case str():
                return self.text(value)
            case Mapping():
                return self.dated(value)
            case Sequence() if value and all(isinstance(item, list | tuple) for item in value):
                return self.alternatives(value)
            case Sequence() if value and all(isinstance(item, str) and item in self.terms for item in value):
                steps = [self.terms[str(item)] for item in value]
                return Said(", then ".join(step.web for step in steps), ", then ".join(step.voice for step in steps))
            case Sequence() if len(value) > FEW and all(self.is_code(item) for item in value):
                return self.codes(value)
            case Sequence():
                return self.list(value)
        raise FormatError(f"no way to say {value!r}")

    # --- numbers, money, telephone ---

    def number(self, value: Value) -> Said:
        """12 / "twelve"."""
        count = _whole(value)
        return Said(f"{count:,}", words.number(count))

    def days(self, value: Value) -> Said:
        """12 days / "twelve days"."""
        return self._counted(value, "day")

    def years(self, value: Value) -> Said:
        """5 years / "five years"."""
        return self._counted(value, "year")

    def weeks(self, value: Value) -> Said:
        """21 (days) -> 3 weeks / "three weeks"; days where they do not make whole weeks."""
        count = _whole(value)
        return self._counted(count // 7, "week") if count % 7 == 0 and count else self.days(count)

    def left(self, value: Value) -> Said:
        """12 days left; on the last day "today is the last day"."""
        if _whole(value) == 0:
            return Said.same("today is the last day")
        said = self.days(value)
        return Said(f"{said.web} left", f"{said.voice} left")

    def money(self, value: Value) -> Said:
        """$7.50 / "seven dollars and fifty cents"."""
        if not isinstance(value, Decimal):
            raise FormatError(f"not an amount of money: {value!r}")
        return Said(f"${value:,.2f}", words.dollars(value))

    def phone(self, value: Value) -> Said:
        """877-346-9327 / "eight seven seven, three four six, nine three two seven"."""
        if not isinstance(value, str) or not value.replace("-", "").isdigit():
            raise FormatError(f"not a telephone number: {value!r}")
        return Said(value, words.phone(value))

    # --- dates and times ---

    def date(self, value: Value) -> Said:
        """April 10, 2026, with its weekday where it is soon to come."""
        when = _day(value)
        soon = self.day is not None and 0 <= (when - self.day).days <= NEAR
        return self._date(when, weekday=soon)

    def weekday(self, value: Value) -> Said:
        """Friday, April 10, 2026 / "Friday, April tenth"."""
        return self._date(_day(value), weekday=True)

    def month_day(self, value: Value) -> Said:
        """March 10 / "March tenth"."""
        when = _day(value)
        return Said(f"{words.MONTHS[when.month - 1]} {when.day}", words.day(when, with_year=False))

    def time(self, value: Value) -> Said:
        """9:00 AM / "nine in the morning"."""
        when = _instant(value).time()
        if when.hour == 0 and when.minute == 0:
            return Said("midnight", "midnight")
        half = "AM" if when.hour < 12 else "PM"
        return Said(f"{when.hour % 12 or 12}:{when.minute:02d} {half}", words.clock(when))

    def instant(self, value: Value) -> Said:
        """Tuesday, March 10, 2026 at 9:00 AM, Central time; at midnight it says which end of the day."""
        when = _instant(value)
        on, at, zone = self.weekday(when), self.time(when), zone_words(when)
        if (when.hour, when.minute) == (0, 0):
            return Said(
                f"{on.web} at midnight, as the day begins, {zone}",
                f"{on.voice}, at midnight, as the day begins, {zone}",
            )
        return Said(f"{on.web} at {at.web}, {zone}", f"{on.voice}, at {at.voice}, {zone}")

    def at_site(self, value: Value) -> Said:
        """As an instant; spoken without the zone, where it is the time at a place that is known."""
        when, said = _instant(value), self.instant(value)
        return Said(said.web, said.voice.removesuffix(f", {zone_words(when)}"))

    def _date(self, when: Day, *, weekday: bool) -> Said:
        web = f"{words.MONTHS[when.month - 1]} {when.day}, {when.year}"
        if weekday:
            web = f"{words.WEEKDAYS[when.weekday()]}, {web}"
        near = self.day is not None and abs((when - self.day).days) <= SAME_YEAR
        return Said(web, words.day(when, with_year=not near, weekday=weekday))

    # --- tests and series ---

    def is_code(self, value: object) -> bool:
        """Whether this is a test of the catalogue, recertification codes included."""
        return isinstance(value, str) and value.removesuffix("R") in self.tests.tests

    def code(self, value: Value) -> Said:
        """A5 / "A five"; of a list, its codes."""
        if not isinstance(value, str):
            return self.codes(value)
        spoken = " ".join(words.number(int(part)) if part.isdigit() else part for part in value)
        return Said(value, spoken)

    def title(self, value: Value) -> Said:
        """Brakes; the code where there is no title."""
        code = _text(value)
        test = self.tests.tests.get(code) or self.tests.tests.get(code.removesuffix("R"))
        if test is None or test.title is None:
            return self.code(code)
        return Said(test.title, test.title.replace("/", " and "))

    def test(self, value: Value) -> Said:
        """A5 Brakes / "A five, Brakes"; A5R -> A5 Brakes recertification; else the code alone."""
        code = _text(value)
        again = code not in self.tests.tests and code.removesuffix("R") in self.tests.tests
        base = code.removesuffix("R") if again else code
        test = self.tests.tests.get(base)
        said = self.code(base)
        if test is not None and test.title is not None:
            title = self.title(base)
            said = Said(f"{said.web} {title.web}", f"{said.voice}, {title.voice}")
        if not again:
            return said
        return Said(f"{said.web} recertification", f"{said.voice} recertification")

    def codes(self, value: Value) -> Said:
        """A1 through A8 and G1 / "A one through A eight and G one"."""
        items = [value] if isinstance(value, str) else _items(value)
        runs: list[list[str]] = []
        for item in items:
            code = _text(item)
            if runs and _follows(runs[-1][-1], code):
                runs[-1].append(code)
            else:
                runs.append([code])
        said: list[Said] = []
        for run in runs:
            first, last = self.code(run[0]), self.code(run[-1])
            if len(run) > 2:
                said.append(Said(f"{first.web} through {last.web}", f"{first.voice} through {last.voice}"))
            else:
                said.extend(self.code(code) for code in run)
        return join(said)

    def alternatives(self, value: Value) -> Said:
        """[[A9, H2], [A6, H6]] -> one of A9 or H2, and one of A6 or H6."""
        groups = []
        many = False
        for group in _items(value):
            codes = _items(group)
            if len(codes) == 1:
                groups.append(self.default(codes[0]))
            else:
                many = True
                either = join([self.code(code) for code in codes], "or")
                groups.append(Said(f"one of {either.web}", f"one of {either.voice}"))
        if not groups:
            return Said.same("none")
        if many:
            web, voice = [item.web for item in groups], [item.voice for item in groups]
            return Said(", and ".join(web), ", and ".join(voice))
        return join(groups)

    def dated(self, value: Value) -> Said:
        """{test: A5, on: 2026-05-01} -> A5 Brakes on May 1, 2026."""
        if not isinstance(value, Mapping) or set(value) != {"test", "on"}:
            raise FormatError(f"not a test with its day: {value!r}")
        test, on = self.test(value["test"]), self._date(_day(value["on"]), weekday=False)
        return Said(f"{test.web} on {on.web}", f"{test.voice}, on {on.voice}")

    # --- texts and lists ---

    def text(self, value: str) -> Said:
        """A code with its title, a series by its title, a step or a result in words; any other text as it is."""
        if self.is_code(value):
            return self.test(value)
        if value in self.tests.series:
            title = self.tests.series[value].title
            return Said(title, title.replace("/", " and "))
        if "/" in value and " " not in value and value[:1].isupper():
            return Said.same(_zone_time(value))
        return self.terms.get(value) or Said.same(value)

    def list(self, value: Value) -> Said:
        """a, b, and c, each in its usual form; an empty list is "none"."""
        items = [value] if isinstance(value, str) else _items(value)
        if items and all(isinstance(item, list | tuple) for item in items):
            return self.alternatives(items)
        said = []
        for item in items:
            if isinstance(item, Mapping):
                test, on = self.test(item.get("test")), self._date(_day(item.get("on")), weekday=False)
                said.append(Said(f"{test.web} ({on.web})", f"{test.voice}, on {on.voice}"))
            else:
                said.append(self.default(item))
        return join(said) if said else Said.same("none")

    def _counted(self, value: Value, unit: str) -> Said:
        count = _whole(value)
        name = unit if abs(count) == 1 else f"{unit}s"
        return Said(f"{count:,} {name}", f"{words.number(count)} {name}")


FORMATS: Mapping[str, Callable[[Formats, Value], Said]] = {
    "days": Formats.days,
    "weeks": Formats.weeks,
    "years": Formats.years,
    "left": Formats.left,
    "date": Formats.date,
    "weekday": Formats.weekday,
    "time": Formats.time,
    "instant": Formats.instant,
    "at_site": Formats.at_site,
    "month_day": Formats.month_day,
    "list": Formats.list,
    "code": Formats.code,
    "codes": Formats.codes,
    "title": Formats.title,
    "test": Formats.test,
    "money": Formats.money,
    "phone": Formats.phone,
    "number": Formats.number,
}

UNIT_FORMATS: Mapping[str, str] = {
    "days": "days",
    "years": "years",
    "USD": "money",
    "phone": "phone",
    "tests": "codes",
    "words": "list",
}
"""How a policy value is said on its own, by unit, as in an explanation; other units go by their type."""


def join(items: Sequence[Said], word: str = "and") -> Said:
    """a; a and b; a, b, and c. Items with a comma or an "and" inside are set apart by a comma."""
    return Said(_join([item.web for item in items], word), _join([item.voice for item in items], word))


def zone_words(when: datetime) -> str:
    """The zone of an instant as people name it: "Central time"; "local time" where only an offset is known."""
    key = getattr(when.tzinfo, "key", None)
    if key in ("UTC", "Etc/UTC") or (key is None and str(when.tzinfo) == "UTC"):
        return "Universal Time"
    return _zone_time(key) if isinstance(key, str) and "/" in key else "local time"


_COMMON_ZONES = {
    "America/New_York": "Eastern", "America/Detroit": "Eastern", "America/Toronto": "Eastern",
    "America/Indiana/Indianapolis": "Eastern", "America/Kentucky/Louisville": "Eastern",
    "America/Chicago": "Central", "America/Winnipeg": "Central", "America/Menominee": "Central",
    "America/Denver": "Mountain", "America/Boise": "Mountain", "America/Edmonton": "Mountain",
    "America/Los_Angeles": "Pacific", "America/Vancouver": "Pacific",
    "America/Anchorage": "Alaska", "America/Juneau": "Alaska", "Pacific/Honolulu": "Hawaii",
    "America/Phoenix": "Arizona", "America/Halifax": "Atlantic", "America/Puerto_Rico": "Atlantic",
}  # fmt: skip
"""What people call a zone, where there is such a name."""


def _zone_time(key: str) -> str:
    return f"{_COMMON_ZONES.get(key) or _city(key)} time"


def _city(zone: str) -> str:
    return zone.rsplit("/", 1)[-1].replace("_", " ")


def _join(items: Sequence[str], word: str) -> str:
    if len(items) < 2:
        return "".join(items)
    comma = "," if len(items) > 2 or any("," in item or " and " in item for item in items) else ""
    return f"{', '.join(items[:-1])}{comma} {word} {items[-1]}"


def _follows(before: str, after: str) -> bool:
    digits = before[1:].isdigit() and after[1:].isdigit()
    return digits and before[0] == after[0] and int(after[1:]) == int(before[1:]) + 1


def _whole(value: Value) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise FormatError(f"not a whole number: {value!r}")
    return value


def _text(value: Value) -> str:
    if not isinstance(value, str):
        raise FormatError(f"not a text: {value!r}")
    return value


def _items(value: Value) -> Sequence[Value]:
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise FormatError(f"not a list: {value!r}")
    return value


def _day(value: Value) -> date:
    if isinstance(value, datetime):
        return value.date()
    if not isinstance(value, date):
        raise FormatError(f"not a day: {value!r}")
    return value


def _instant(value: Value) -> datetime:
    if not isinstance(value, datetime):
        raise FormatError(f"not an instant: {value!r}")
    return value

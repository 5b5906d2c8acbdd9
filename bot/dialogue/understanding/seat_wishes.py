"""What one message asks of a seat, as people say it: days, times, places, later and earlier, and what is turned down.

Days and times are read by `bot.nlu.values`; what stands around them ("after", "not", "around") is read here.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property

from bot.dialogue.understanding.places import PlaceSaid, places_in
from bot.nlu.values import read_dates, read_times, read_values
from bot.nlu.values.words import Value, bag
from bot.rules.facts import Site

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PARTS_OF_DAY = {
    "morning": (time(0), time(11, 59)),
    "afternoon": (time(12), time(17)),
    "evening": (time(17), time(23, 59)),
    "noon": (time(11), time(13)),
}
FEW_DAYS = 3


@dataclass(frozen=True, slots=True)
class Scene:
    """What words about seats are read against."""

    as_of: datetime
    zone: str
    sites: Mapping[str, Site]
    beside_seats: bool = False
    shown: tuple[date, ...] = ()
    """The days of the seats that are shown, or of the one previewed: "the 18th" is of their month."""


@dataclass(frozen=True, slots=True)
class Shift:
    """Later or earlier than what there is; by so many days, where that was said; `whole`: the week or month of it."""

    later: bool
    days: int = 0
    whole: str | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """A question about one day: is it this weekday?"""

    day: date
    weekday: int


@dataclass(frozen=True, slots=True)
class Wish:
    """What one message asks of a seat; all empty: nothing."""

    first: date | None = None
    last: date | None = None
    near: date | None = None
    weekdays: tuple[str, ...] = ()
    bare_weekday: bool = False
    """Whether the day is only the coming one of a weekday that was named without any other word ("Friday")."""
    earliest: time | None = None
    latest: time | None = None
    same_time: bool = False
    place: str | None = None
    no_center: str | None = None
    pick: str | None = None
    without: tuple[str, ...] = ()
    not_days: tuple[date, ...] = ()
    not_places: tuple[str, ...] = ()
    not_at: int | None = None
    """The place in the list of a seat that was turned down; -1 for the last."""
    shift: Shift | None = None
    unreal: str | None = None
    dropped: frozenset[str] = frozenset()
    """Of "day", "time" and "place" what need not be any more."""
    asks: bool = False
    """Whether it is asked if there is any such seat."""
    tentative: bool = False
    """Whether it is put as a question, so that no seat is held by it."""
    takes: bool = False
    """Whether it takes what it names ("keep the 12th")."""
    fact: Fact | None = None
    lists: bool = False
    """Whether no more is asked than what there is."""
    others: bool = False
    """Whether those shown are all turned down."""
    rest: int = field(default=0, compare=False)
    """How many words say something else."""

    @property
    def days(self) -> bool:
        """Whether days are named."""
        return self.first is not None or self.last is not None or bool(self.weekdays)

    @property
    def only_lists(self) -> bool:
        """Whether no more is asked than what there is."""
        return self == Wish(asks=self.asks, tentative=self.tentative, takes=self.takes, lists=True)

    @property
    def empty(self) -> bool:
        """Whether nothing is asked of a seat."""
        return self == Wish(asks=self.asks, tentative=self.tentative, takes=self.takes)


def wish_in(text: str, scene: Scene) -> Wish | None:
    """What the words ask of a seat, or None where they ask for nothing."""
    wish = _Reader(" ".join(text.lower().replace("’", "'").split()), scene).wish()
    return None if wish.empty else wish


# --- words around days and times -------------------------------------------------------------------------

_FILLER = r"(?:(?:on|in|at|the|any|a|an|of|for|during|to|those|these|it|one|be|my|is) )*$"
_NEGATED = re.compile(
    r"\b(?:not|never|(?:can't|cant|cannot|couldn't|don't|dont|do not|didn't|didnt|did not|won't|wont)"
    r"(?: (?:do|make|take|come|want|mean|like|work))?|except(?: for)?|(?:anything|any \w+|anytime"
    r"|whatever) but|but not|"
    r"other than|besides|instead of|rather than|i work|i'm working|i am working|i'm busy|i am busy|avoid|skip) "
    + _FILLER
)
_TURNED_DOWN = re.compile(
    r"^'?s? ?(?:one |ones |is |are |was |just |really )*"
    r"(?:doesn't|doesnt|don't|dont|won't|wont|isn't|isnt|aren't|arent|(?:is |are )?(?:no good|out\b|bad|not\b"
    r"|impossible"
    r"|too )|'s no good)"
)
_SO_NOT = re.compile(
    r"\bso (?:not|no)\b|\bso (?:that|it|this)(?:'s| is) (?:out|no good|not)\b|"
    r"\bso (?:that|it|this|i) (?:won't|wont|doesn't|doesnt|can't|cant|couldn't)\b"
)
"""What follows from a day or hour that is taken: "the 22nd at 9, so not that"."""
_AFTER = re.compile(r"\b(?:after|past|later than|beyond|following) (?:the )?$")
_FROM = re.compile(
    r"\b(?:from|starting(?: from| on)?|as of|(?:no|not|nothing|nothing any) (?:earlier|sooner) than|(?:not"
    r"|nothing) before|"
    r"on or after|beginning) (?:the )?$"
)
_BEFORE = re.compile(r"\b(?:before|prior to|earlier than|sooner than|ahead of) (?:the )?$")
_BY = re.compile(r"\b(?:by|until|till|til|(?:no|not) later than|(?:not|nothing) after|on or before) (?:the )?$")
_AROUND = re.compile(
    r"\b(?:around|(?<!how )(?<!what )about|near|close to|closest(?: to)?|nearest(?: to)?|roughly|like|next to)"
    r" (?:the )?$"
)
_OR_LATER = re.compile(
    r"^,? (?:or|and) (?:later|after|any(?:time| time)? after|beyond)\b|^ (?:on(?:ward)?s?)\b(?! )|^ onward"
)
_OR_EARLIER = re.compile(r"^,? (?:or|and) (?:earlier|before|sooner)\b")
_WEEK_AFTER = re.compile(r"\bweek (?:after|following) (?:the )?$")
_NOW_BOOKED = re.compile(r"^'?s? (?:appointment|appt|test|exam|booking)\b")

_MONTH_NAMES = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_UNREAL = re.compile(rf"\b({_MONTH})\.? (?:the )?(\d{{1,2}})(?:st|nd|rd|th)?\b(?! ?(?:am|pm|:|o'clock))")
_HALF = re.compile(rf"\b(first|second|last|back|latter) half(?: of)?(?: (?:the )?({_MONTH}|month|week|year))?\b")
_SPECIAL = (
    (re.compile(r"\b(?:after|past) the (?:holidays?|new year)\b"), "after january 1"),
    (re.compile(r"\bbefore the holidays?\b"), "before december 24"),
    (re.compile(r"\b(?:christmas|xmas|x-mas) eve\b"), "december 24"),
    (re.compile(r"\b(?:the )?(?:christmas|xmas|x-mas)(?: day)?\b"), "december 25"),
    (re.compile(r"\bnew year'?s'? eve\b"), "december 31"),
    (re.compile(r"\b(?:the )?new years?'?s?'?(?: day)?\b(?! (?:york|orleans))"), "january 1"),
    (re.compile(r"\b(?:the )?fourth of july\b|\bindependence day\b"), "july 4"),
)
_ONE_IN_THE = re.compile(
    r"(?<!\bat )(?<!\bafter )(?<!\bbefore )(?<!\baround )(?<!\bby )(?<!\bfrom )(?<!\btil )(?<!\buntil )(?<!\bor )"
    r"(?<=\w )\bones?(?= (?:in|during) the (?:morning|afternoon|evening))"
)
""" "The earliest one in the morning": a seat, and no hour."""
_THAT_WEEK = re.compile(r"\b(?:that|the same|same) week\b")
_FULL_WEEK = re.compile(
    rf"\b(?:the )?(first|1st|second|2nd|third|3rd|last) (?:full|whole|complete) week (?:of|in) (?:the )?"
    rf"({_MONTH}|month|(?:new )?year|next month)\b"
)
_THANKSGIVING = re.compile(r"\b(?:the )?thanksgiving(?: day)?\b")

_WEEKDAY = re.compile(r"\b(mon|tues?|weds?|wednes|thu(?:rs?)?|fri|sat(?:ur)?|sun)(days?|day's|s)?\b(?!')")
_WEEKEND = re.compile(r"\bweekends?\b")
_WEEKDAYS_ALL = re.compile(r"\b(?:weekdays?|week days?|during the week|work ?days?)\b")
_SOME = re.compile(r"\b(?:any|some|every|each|a|an|another|other|only|or|and|mostly|is|are|all) $")
_ONE_OF_THEM = re.compile(r"\bthe (?:mon|tues|wednes|thurs|fri|satur|sun)day (?:one|seat|slot|appointment|time)\b")
""" "The Friday one": one of those shown, else the next such."""
_THE_ONE = re.compile(r"\bthe (?:first |last |second |other )?$")

_UNITS = {"day": 1, "week": 7, "month": 30}
_COUNT = (
    r"(?P<n>a couple(?: of)?|a few|couple(?: of)?|few|several|another|a|an|one|two|three|four|five|six|seven"
    r"|eight|nine|ten"
    r"|\d{1,2})(?: more)? (?P<unit>day|week|month)s?"
)
_COUNTED = {
    "a": 1, "an": 1, "one": 1, "another": 1, "couple": 2, "two": 2, "few": FEW_DAYS, "several": FEW_DAYS, "three": 3,
    "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
}  # fmt: skip
_BACKED = r"(?:push|put|move|bump|set|slide|shift|change|delay|postpone|kick|switch)\w*"
_THING = r"(?:it|that|this|them|my [\w ]{1,30}?|the [\w ]{1,30}?|everything)"
_BY_LATER = re.compile(
    rf"\b{_COUNT} (?:later|out|back|after(?: that| it| this| the one i have| mine)?$|after (?:that|it|this"
    rf"|mine)|further"
    rf"|farther|further out|farther out|behind|from (?:that|then|it|there))\b"
    rf"|\b(?:delay|postpone)\w* {_THING}(?: by| for)? {_COUNT.replace('<n>', '<n2>').replace('<unit>', '<unit2>')}"
    rf"|\b{_BACKED} {_THING} (?:back|out|off)(?: by| for)? "
    + _COUNT.replace("<n>", "<n3>").replace("<unit>", "<unit3>")
)
_BY_EARLIER = re.compile(
    rf"\b{_COUNT} (?:earlier|sooner|before(?: that| it| this)?$|before (?:that|it|this)|prior|ahead)\b"
    rf"|\b{_BACKED} {_THING} (?:up|forward)(?: by)? " + _COUNT.replace("<n>", "<n2>").replace("<unit>", "<unit2>")
)
_NEXT_UNIT = re.compile(
    r"\b(?:the )?(?:following (?P<a>day|week|month)|(?P<b>day|week|month|weekend) after(?: that| it"
    r"| this)?(?= ?[,.?!]|$)"
    r"|(?:next|following) (?P<c>day|week|month) after (?:that|it|this)|(?<=the )next (?P<d>day)(?! of))\b"
)
_UNIT_BEFORE = re.compile(r"\b(?:the )?(?P<a>day|week|month) (?:before|prior)(?: that| it| this)?(?= ?[,.?!]|$)")
_LATER = re.compile(
    r"\b(?<!no )(?<!not )(?<!nothing )(?<!or )(?<!and )later\b(?! (?:than|on (?:today"
    r"|tonight))\b)(?! in the (?:day|morning|afternoon))"
    r"|\b(?:farther|further) (?:out|away|off|along|back)\b|\b(?:too|so) (?:early|soon|close)\b|\bnot (?:so|as"
    r"|quite so)? ?(?:early|soon)\b"
    r"|\b(?:can'?t|cannot|couldn'?t|don'?t|won'?t|nothing|not)\b[\w' ]{0,20} (?:that|so|this) (?:early|soon)\b"
    rf"|\b{_BACKED} back {_THING}\b"
    r"|\bnot that (?:early|soon)\b|\bnot yet\b|\bmore time\b|\b(?:postpone|delay)\w*\b|\bway out\b"
    rf"|\b{_BACKED} {_THING} (?:back|out|off)\b(?! to)"
    r"|\b(?:after|past) (?:that|those|these|this|them|it|mine|my (?:current )?(?:appointment|appt|test|exam"
    r"|date)|the one i have)\b"
    r"|\b(?:the )?(?:next one|one after|next ones)(?: after)?(?: (?:that|it|this|those))?\b"
)
_EARLIER = re.compile(
    r"\b(?<!no )(?<!not )(?<!nothing )(?<!or )(?<!any )(?:earlier|sooner)\b"
    r"(?! than (?!what|that|this|it\b|mine|my|the one))(?! in the (?:day|morning|afternoon))"
    r"|\bany (?:earlier|sooner)\b(?! than (?!what|that|this|it\b|mine|my|the one))"
    r"|\btoo (?:late|far(?: out| away| off)?|long)\b"
    r"|\bnot (?:that|so) (?:late|far(?: out| away| off)?)\b|\bmove (?:it|that|this|my [\w ]{1,30}?) (?:up|forward)\b"
    r"|\bbring (?:it|that|this) forward\b|\bthe one before\b"
    r"|\bbefore (?:that|those|these|this|it|mine|my (?:current )?(?:appointment|appt|date)|the one i have)\b"
)
_ONE_COMPARED = re.compile(r"\bthe (?:later|earlier|sooner) (?:one|time|seat|slot|option|appointment)\b(?! than)")
""" "The later one": one of those that are shown."""
_ALLOWED_TOO = re.compile(
    r"\b(?:earlier|sooner|later)(?: one| ones| time| times)? (?:is|are|would be|works?|'s)(?: also| just)?"
    r" ?(?:fine|ok|okay|good|alright|all right|no problem|great|possible|too|as well)?(?: too| as well| also)?\b"
    r"|\b(?:also|even|or) (?:earlier|sooner|later) (?:is|would be|works?)\b"
)
""" "Earlier is fine too": allowed, and not asked for."""
_KEEPING = re.compile(
    r"\b(?:keep|stay with|stick (?:with|to)|go (?:back to|with)|back to|take|we'?ll do|i'?ll do|let'?s do|"
    r"rather have)\b"
)
_NOT_KEEPING = re.compile(
    r"\b(?:don'?t|do not|can'?t|cannot|won'?t|not|never) (?:\w+ )?(?:keep|stay|stick|go|take|do)\b"
)
_TENTATIVE = re.compile(
    r"^(?:(?:um+|uh+|ok(?:ay)?|well|so|and|but|hm+|oh|wait|no|yes|then)[ ,]+)*(?:how about|what about|what if|any\b|"
    r"is\b|are\b|was\b|would\b|will\b|does\b|do\b|did\b|should\b|may\b|might\b|"
    r"(?:can|could) (?:i|we|it|that|they|there)\b)"
)
_WOULD_IT = re.compile(
    r"^(?:(?:um+|uh+|ok(?:ay)?|well|so|and|but|hm+|oh|wait|then)[ ,]+)*(?:would|will|does|do|is|are|could|can)"
    r" (?:it|that|this|those|these|they|the|there|\d).*\b(?:work|be (?:ok|okay|possible|fine|free|open)|ok|okay|"
    r"possible|fit|go|free|open|available)\b"
)
"""Whether a day or hour would do: asked, and not asked for."""
_LATER_THAT_DAY = re.compile(r"\blater in the (?:day|morning|afternoon)\b")
_EARLIER_THAT_DAY = re.compile(r"\bearlier in the (?:day|morning|afternoon)\b")
_IN_THE_MORNING = re.compile(
    r"\btoo early in the (?:morning|day)\b|\bnot (?:that|so|too) early in the (?:morning|day)\b"
)

_SOONEST = re.compile(
    r"\b(earliest|soonest|as (soon|early) as (possible|i can|you can|you have|you got)|a\.?s\.?a\.?p|"
    r"(first|next) (available|free|possible|opening|open)|right away)\b"
)
_LATEST = re.compile(r"\b(latest|last (available|free|possible|opening|open)|as late as (possible|i can|you have))\b")
_FIRST_THING = re.compile(r"\bfirst thing(?: in the morning)?\b|\bcrack of dawn\b|\bearly (?:in the )?morning\b")
_LATE_DAY = re.compile(r"\b(?:late (?:in the )?(?:afternoon|day)|end of (?:the )?day|late afternoons?)\b")
_EARLY_PM = re.compile(r"\bearly (?:in the )?afternoon\b")
_NOON = re.compile(
    r"\b(?:around|about|near|close to) (?:noon|midday|lunch(?: ?time)?|12)\b"
    r"|\b(?:at|over|during) (?:my )?lunch\b|\blunch(?: ?time| break| hour)\b|\bmid-?day\b"
)
_SAME_TIME = re.compile(r"\bsame (?:time|hour)\b")
_ANY_TIME = re.compile(
    r"\b(?:any ?time|any hour|whenever|(?:(?:doesn'?t|does not) matter|don'?t (?:care|mind)) (?:when|what time))\b"
)
_ANY_DAY = re.compile(
    r"\b(?:any (?:day|date)|whenever|(?:(?:doesn'?t|does not) matter|don'?t (?:care|mind)) (?:when|what day"
    r"|which day))\b"
)
_NONE_OF_THEM = re.compile(
    r"\b(?:none of (?:them|these|those)|(?:those|these|they|that) (?:don'?t|do not|dont|doesn'?t|doesnt|won'?t"
    r"|wont|all don'?t)"
    r" work|(?:no|not) (?:good|any of (?:them|these|those))|neither(?: of (?:them|these|those))?|(?:something"
    r"|anything|any(?:thing)?) else"
    r"|other (?:times?|days?|dates?|seats?|ones|options|openings)|different (?:times?|days?|dates?|seats?|ones))\b"
)
_NOT_AT = re.compile(
    r"\b(?:not|don'?t (?:want|like)|except|but not|anything but) (?:the |number |option )+(?P<a>first|second"
    r"|third|fourth|fifth|sixth|last)(?: one)?\b"
    r"|\bthe (?P<b>first|second|third|fourth|fifth|sixth|last)(?: one)? (?:is|was|'s|isn'?t|doesn'?t"
    r"|won'?t) ?(?:way |much |a bit |just )?"
    r"(?:too|no good|not|out\b|work|possible|bad)"
)
_ORDINALS = {"first": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4, "sixth": 5, "last": -1}
_LISTS = re.compile(
    r"\b(?:what (?:times?|days?|dates?|seats?|else|openings?)|what (?:do|have) you (?:have|got)|what(?:'s| is"
    r"| are|s)?"
    r" (?:there|open|available|free|left)|(?:the|change the|another) (?:date|time|day|location|place|site|seat)$"
    r"|show me|which (?:days|dates|times|seats))\b"
)
_ASKS = re.compile(
    r"^(?:(?:um+|uh+|ok(?:ay)?|well|so|and|but|hm+|oh)[ ,]+)*(?:is there|are there|isn't there|aren't there"
    r"|do you(?: guys)?(?: still)? have"
    r"|have you(?: got)?|you got|you have|got any|got|any(?:thing|one|body)?(?: \w+)? (?:in|on|after|before|at"
    r"|around|for|left|open|free|available)\b)"
)
_WHICH = re.compile(r"^(?:(?:um+|uh+|ok(?:ay)?|well|so|and|but) )*(?:what|when|which)")
_FACT = re.compile(r"\b(?:is|was|isn't|would|what day)\b")
_FACT_TO = re.compile(
    r"^(?:'?s)?(?: (?:one|seat|appointment|time|that|be|on|really|still|of|fall|falls|land))* ?(?:a |an )?$"
)

_SMALL = bag(
    """a an the one ones of on in at to for from my your me i i'd i'll i'm id im ill we us it its it's that that's
    thats this these those them is are be am was were do does did can could would will should have has got get
    need want like prefer please thanks thank you um uh er so and or but ok okay yes yeah no not well oh hmm
    actually rather maybe perhaps just then there what whats what's about how any some something anything other
    another else only more available free open opening openings slot slots seat seats time times day days date
    dates appointment appt test exam book booking schedule reschedule move change switch push put make set find
    look looking try instead give show work works working best better good fine great if possible possibly
    somewhere around when where which guys still left now today as with go going take sometime anytime week
    weeks month months early late earlier later sooner morning afternoon evening weekend weekday weekdays noon
    after before by until between part end start beginning middle mid first last next center centre site
    location place city side let's lets see sorry mean meant said say hey hi all too way bit little really kind
    sort over up out back off away further farther soon near close home pls sir mam ma'am wait scratch
    correction"""
)
_TOKEN = re.compile(r"[a-z][a-z'’-]*")


_BARE_DAY = re.compile(r"(?:[a-z]+day,? )?(?:the )?\d{1,2}(?:st|nd|rd|th)?")
""" "The 18th", "Monday the 18th": a day and no month."""


class _Reader:
    """One message; `text` in lower case, with plain apostrophes and single spaces."""

    def __init__(self, text: str, scene: Scene) -> None:
        self.scene = scene
        self.said = text
        self.text = self._plain_days(text)
        self.used: list[tuple[int, int]] = []

    # --- values --------------------------------------------------------------------------------------

    def _plain_days(self, text: str) -> str:
        text = _ONE_IN_THE.sub("seat", text)
        for pattern, plain in _SPECIAL:
            text = pattern.sub(plain, text)
        november = date(self.today.year, 11, 1)
        thanksgiving = november + timedelta(days=(3 - november.weekday()) % 7 + 21)
        return _THANKSGIVING.sub(f"november {thanksgiving.day}", text)

    @cached_property
    def today(self) -> date:
        from zoneinfo import ZoneInfo

        return self.scene.as_of.astimezone(ZoneInfo(self.scene.zone)).date()

    @cached_property
    def _values(self) -> tuple[Value, ...]:
        """Days and times; a "not" before them is looked at here, and so hidden from their readers."""
        text = re.sub(r"\bnot\b", "qqq", self.text)
        values = tuple(map(self._of_what_is_shown, read_values(text, as_of=self.scene.as_of, zone=self.scene.zone)))
        codes = [value for value in values if value.entity in {"test_code", "test_series"}]
        if codes and not any(value.entity == "date" for value in values):
            for code in codes:
                text = text[: code.start] + "," * (code.end - code.start) + text[code.end :]
            dates = tuple(read_dates(text, self.scene.as_of, self.scene.zone))
            return tuple(sorted((*values, *dates), key=lambda value: value.start))
        return values

    def _of_what_is_shown(self, value: Value) -> Value:
        """A day without its month, in the month of the seats that are shown."""
        named = _BARE_DAY.fullmatch(self.text[value.start : value.end]) if value.entity == "date" else None
        shown = self.scene.shown
        if named is None or not shown or not isinstance(value.value, str):
            return value
        day = date.fromisoformat(value.value).day
        found = next((each for each in shown if each.day == day), None)
        if found is None and day <= monthrange(shown[0].year, shown[0].month)[1]:
            found = shown[0].replace(day=day)
        if found is None or found < self.today:
            return value
        return replace(value, value=found.isoformat())

    @property
    def _dates(self) -> list[Value]:
        return [value for value in self._values if value.entity == "date"]

    @cached_property
    def _times(self) -> list[Value]:
        found = [value for value in self._values if value.entity == "time"]
        if self.scene.beside_seats and not found and not self._dates and not _LATER.search(self.text):
            found = list(read_times(self.text))
        return found

    # --- the whole -----------------------------------------------------------------------------------

    def wish(self) -> Wish:
        """Everything the message asks."""
        parts: dict[str, object] = {}
        fact = self._fact()
        if fact is not None:
            return Wish(fact=fact)
        parts |= self._days()
        self._weekdays(parts)
        self._hours(parts)
        self._places(parts)
        self._moves(parts)
        self._others(parts)
        self._drops(parts)
        which = parts.get("pick") is not None and _WHICH.match(self.text)
        parts["asks"] = bool(_ASKS.search(self.text) or _WOULD_IT.search(self.text) or which)
        parts["tentative"] = self.said.rstrip().endswith("?") or _TENTATIVE.match(self.text) is not None
        keeps = _KEEPING.search(self.text) is not None and not _NOT_KEEPING.search(self.text)
        parts["takes"] = keeps and not parts["tentative"]
        parts["rest"] = self._rest()
        return Wish(**parts)  # type: ignore[arg-type]

    def _use(self, match: re.Match[str] | None) -> bool:
        if match is not None:
            self.used.append(match.span())
        return match is not None

    def _rest(self) -> int:
        text = list(self.text)
        for start, end in (*self.used, *((v.start, v.end) for v in (*self._dates, *self._times))):
            text[start:end] = " " * (end - start)
        return sum(word not in _SMALL for word in _TOKEN.findall("".join(text)))

    def _fact(self) -> Fact | None:
        """ "Is the December 5 one a Saturday", "what day is December 5"."""
        if not self._dates or not _FACT.search(self.text):
            return None
        on = self._dates[0]
        days = _span(on.value)
        opened = re.search(r"\b(?:is|was|isn't|would|will) (?:the )?$", self.text[: on.start])
        if days[0] is None or days[0] != days[1] or opened is None:
            return None
        for match in _WEEKDAY.finditer(self.text, on.end):
            if _FACT_TO.match(self.text[on.end : match.start()]):
                return Fact(days[0], WEEKDAYS.index(match[1][:3]))
        return None

    # --- days ----------------------------------------------------------------------------------------

    def _days(self) -> dict[str, object]:
        first: date | None = None
        last: date | None = None
        near: date | None = None
        refused: list[date] = []
        parts: dict[str, object] = {}
        self._unreal(parts)
        half = self._full_week() or self._half()
        if half is not None:
            first, last = half
        for value in self._dates if not half else []:
            begins, ends = _span(value.value)
            before, after = self.text[: value.start], self.text[value.end :]
            if begins is None or ends is None or self._is_bare_weekday(value) or "unreal" in parts:
                continue
            if _is_refused(before, self.text[value.start : value.end], after):
                if begins == ends and not self._names_weekday(value):
                    refused.append(begins)
                continue
            if ends < self.today and not self.scene.beside_seats:
                continue
            if _NOW_BOOKED.match(after) and not re.search(r"\b(?:an?|to|for) (?:the )?$", before):
                continue
            bound = self._bound(before, after, begins, ends)
            first, last, near = _narrowed((first, last, near), bound)
        parts |= {"first": first, "last": last, "near": near}
        if refused:
            parts["not_days"] = tuple(refused)
        return parts

    def _bound(self, before: str, after: str, begins: date, ends: date) -> tuple[date | None, date | None, date | None]:
        """The days that are meant by days and the words around them: first, last, and where they should be near to."""
        one = timedelta(days=1)
        if _WEEK_AFTER.search(before):
            monday = begins + timedelta(days=7 - begins.weekday())
            return monday, monday + timedelta(days=6), None
        if _FROM.search(before) or _OR_LATER.match(after):
            return begins, None, None
        if _BY.search(before) or _OR_EARLIER.match(after):
            return None, ends, None
        if _AFTER.search(before):
            return ends + one, None, None
        if _BEFORE.search(before):
            return None, begins - one, None
        if _AROUND.search(before) and begins == ends:
            return begins - timedelta(days=FEW_DAYS), begins + timedelta(days=FEW_DAYS), begins
        return begins, ends, None

    def _unreal(self, parts: dict[str, object]) -> None:
        for match in _UNREAL.finditer(self.text):
            month = next(i for i, name in enumerate(_MONTH_NAMES) if name.startswith(match[1][:3]))
            if int(match[2]) > _LENGTHS[month] or int(match[2]) == 0:
                parts["unreal"] = f"{_MONTH_NAMES[month].title()} {int(match[2])}"
                self._use(match)

    def _full_week(self) -> tuple[date, date] | None:
        """ "The first full week of January": from a Monday to a Sunday, all of it in the month."""
        match = _FULL_WEEK.search(self.text)
        if match is None:
            return None
        month = self.today.month
        if match[2].endswith("year"):
            month = 1
        elif match[2] == "next month":
            month = month % 12 + 1
        elif match[2] != "month":
            month = next(i for i, name in enumerate(_MONTH_NAMES, start=1) if name.startswith(match[2][:3]))
        start = date(self.today.year + (month < self.today.month), month, 1)
        monday = start + timedelta(days=-start.weekday() % 7)
        weeks = [monday + timedelta(days=7 * n) for n in range(5)]
        whole = [day for day in weeks if (day + timedelta(days=6)).month == month]
        self._use(match)
        at = {"f": 0, "1": 0, "s": 1, "2": 1, "t": 2, "3": 2, "l": -1}[match[1][0]]
        return whole[at], whole[at] + timedelta(days=6)

    def _half(self) -> tuple[date, date] | None:
        """ "The second half of January"; of the month that runs, where none is named."""
        match = _HALF.search(self.text)
        if match is None or match[2] in {"week", "year"}:
            return None
        month = self.today.month
        if match[2] and match[2] != "month":
            month = next(i for i, name in enumerate(_MONTH_NAMES, start=1) if name.startswith(match[2][:3]))
        elif match[2] is None and self.today.day > 15:
            month = month % 12 + 1
        start = date(self.today.year + (month < self.today.month), month, 1)
        end = (start + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        self._use(match)
        return (start, start.replace(day=15)) if match[1] == "first" else (start.replace(day=16), end)

    # --- weekdays ------------------------------------------------------------------------------------

    def _names_weekday(self, value: Value) -> bool:
        return bool(_WEEKDAY.search(self.text[value.start : value.end]))

    def _is_bare_weekday(self, value: Value) -> bool:
        words = self.text[value.start : value.end].strip(" .").removeprefix("the ")
        return bool(_WEEKDAY.fullmatch(words)) or words in {"weekend", "the weekend"}

    def _weekdays(self, parts: dict[str, object]) -> None:
        wanted: list[str] = []
        refused: list[str] = []
        named_alone = True
        for match in _WEEKDAY.finditer(self.text):
            inside = next((v for v in self._dates if v.start <= match.start() < v.end), None)
            if inside is not None and not self._is_bare_weekday(inside):
                continue
            if inside is None and len(match[0]) < 5:
                continue
            name = match[1][:3]
            if _is_refused(self.text[: match.start()], match[0], self.text[match.end() :]):
                refused.append(name)
            else:
                wanted.append(name)
                many = (match[2] or "").endswith("days")
                named_alone &= not many and not _SOME.search(self.text[: match.start()])
                named_alone &= not _THE_ONE.search(self.text[: match.start()])
            self._use(match)
        for pattern, names in ((_WEEKEND, WEEKDAYS[5:]), (_WEEKDAYS_ALL, WEEKDAYS[:5])):
            match_any = pattern.search(self.text)
            if match_any is None or any(
                v.start <= match_any.start() < v.end and not self._is_bare_weekday(v) for v in self._dates
            ):
                continue
            named_alone = False
            turned = _is_refused(self.text[: match_any.start()], match_any[0], self.text[match_any.end() :])
            (refused if turned else wanted).extend(names)
            self._use(match_any)
        if refused:
            parts["without"] = tuple(sorted({*refused, *parts.get("without", ())}))  # type: ignore[misc]
        if wanted:
            parts["weekdays"] = tuple(dict.fromkeys(wanted))
            alone = named_alone and len(set(wanted)) == 1 and parts.get("first") is None and parts.get("last") is None
            parts["bare_weekday"] = alone
            there = [day for day in self.scene.shown if WEEKDAYS[day.weekday()] in wanted]
            if self.scene.beside_seats and len(set(wanted)) == 1 and len(there) < 2 and _ONE_OF_THEM.search(self.text):
                parts["pick"] = "first"
            if alone:
                ahead = (WEEKDAYS.index(wanted[0]) - self.today.weekday()) % 7 or 7
                parts["first"] = parts["last"] = self.today + timedelta(days=ahead)

    # --- hours ---------------------------------------------------------------------------------------

    def _hours(self, parts: dict[str, object]) -> None:
        refused = set(parts.get("without", ()))  # type: ignore[call-overload]
        special = self._part_in_words()
        if special is not None:
            parts["earliest"], parts["latest"] = special
        for value in self._times:
            before, after = self.text[: value.start], self.text[value.end :]
            part = value.value if value.value in PARTS_OF_DAY else None
            if _is_refused(before, self.text[value.start : value.end], after):
                if part is not None:
                    refused.add(part)
                continue
            if special is not None:
                continue
            parts["earliest"], parts["latest"] = _hours_of(value.value, before, after)
        parts["same_time"] = self._use(_SAME_TIME.search(self.text))
        if refused:
            parts["without"] = tuple(sorted(refused))

    def _part_in_words(self) -> tuple[time, time] | None:
        for pattern, hours in (
            (_IN_THE_MORNING, (time(10), time(23, 59))),
            (_FIRST_THING, (time(0), time(10))),
            (_LATE_DAY, (time(15), time(23, 59))),
            (_EARLY_PM, (time(12), time(14, 30))),
            (_NOON, (time(11), time(13))),
            (_LATER_THAT_DAY, (time(12), time(23, 59))),
            (_EARLIER_THAT_DAY, (time(0), time(11, 59))),
        ):
            if self._use(pattern.search(self.text)):
                return hours
        return None

    # --- places --------------------------------------------------------------------------------------

    def _places(self, parts: dict[str, object]) -> None:
        refused: list[str] = []
        for said in places_in(self.said, self.scene.sites):
            if self._refuses_place(said):
                refused += [said.place] if said.place else []
            elif said.unknown is not None:
                parts["no_center"] = said.unknown
            else:
                parts["place"] = said.place
            self.used.append(_same_span(self.said, self.text, said))
        if refused:
            parts["not_places"] = tuple(refused)

    def _refuses_place(self, said: PlaceSaid) -> bool:
        before, after = self.said[: said.start], self.said[said.end :]
        return _is_refused(before, "", after)

    # --- later, earlier, others ----------------------------------------------------------------------

    def _moves(self, parts: dict[str, object]) -> None:
        if _IN_THE_MORNING.search(self.text) or (any(v.bound for v in self._times) and not _BY_LATER.search(self.text)):
            return
        for pattern, later in ((_BY_LATER, True), (_BY_EARLIER, False)):
            match = pattern.search(self.text)
            if self._use(match) and match is not None:
                named = {key: said for key, said in match.groupdict().items() if said}
                count = next(said for key, said in named.items() if key.startswith("n"))
                unit = next(said for key, said in named.items() if key.startswith("unit"))
                whole = unit if unit == "month" else None
                if _vague(count) and unit == "day":
                    whole = "few"
                parts["shift"] = Shift(later, _number(count) * _UNITS[unit], whole)
                return
        if self._that_week(parts):
            return
        self._next_unit(parts)
        if "shift" in parts or self._use(_ALLOWED_TOO.search(self.text)):
            return
        if self.scene.beside_seats and len(self.scene.shown) > 1 and self._use(_ONE_COMPARED.search(self.text)):
            return
        if self._use(_LATER.search(self.text)):
            parts["shift"] = Shift(True)
        elif self._use(_EARLIER.search(self.text)):
            parts["shift"] = Shift(False)

    def _that_week(self, parts: dict[str, object]) -> bool:
        """ "Anything else that week": the week of the seat shown, or of the appointment."""
        if parts.get("first") is not None or not self._use(_THAT_WEEK.search(self.text)):
            return False
        shown = self.scene.shown
        if len(set(shown)) == 1:
            monday = shown[0] - timedelta(days=shown[0].weekday())
            parts |= {"first": monday, "last": monday + timedelta(days=6)}
        else:
            parts["shift"] = Shift(True, 0, "week")
        return True

    def _next_unit(self, parts: dict[str, object]) -> None:
        for pattern, later in ((_NEXT_UNIT, True), (_UNIT_BEFORE, False)):
            match = pattern.search(self.text)
            if match is None:
                continue
            covered = [v for v in self._dates if v.start < match.end() and match.start() < v.end]
            unit = next(said for said in match.groupdict().values() if said)
            self._use(match)
            if covered and unit != "week":
                continue
            if covered:
                parts |= {"first": None, "last": None}
            unit = "week" if unit == "weekend" else unit
            parts["shift"] = Shift(later, _UNITS[unit], None if unit == "day" else unit)
            return

    def _others(self, parts: dict[str, object]) -> None:
        match = _NOT_AT.search(self.text)
        if self._use(match) and match is not None:
            parts["not_at"] = _ORDINALS[match["a"] or match["b"]]
        elif self._use(_NONE_OF_THEM.search(self.text)):
            parts["others"] = True
        dated = any(_BY.search(self.text[: v.start]) or _FROM.search(self.text[: v.start]) for v in self._dates)
        if not dated and self._use(_SOONEST.search(self.text)):
            parts["pick"] = "first"
        elif not dated and self._use(_LATEST.search(self.text)):
            parts["pick"] = "last"
        parts["lists"] = self._use(_LISTS.search(self.text)) and self.scene.beside_seats

    def _drops(self, parts: dict[str, object]) -> None:
        dropped = set()
        if self._use(_ANY_TIME.search(self.text)):
            dropped.add("time")
        if self._use(_ANY_DAY.search(self.text)):
            dropped.add("day")
        parts["dropped"] = frozenset(dropped)


def _is_refused(before: str, words: str, after: str) -> bool:
    """Whether words are turned down: "not Friday", "no mornings", "Tuesdays don't work"; not "no, Friday is fine"."""
    if _FROM.search(before) or _BY.search(before):
        return False
    many = words.rstrip().endswith("s") and re.search(r"\bno $", before)
    return bool(_NEGATED.search(before) or many or _TURNED_DOWN.match(after) or _SO_NOT.search(after))


def _hours_of(value: str, before: str, after: str) -> tuple[time | None, time | None]:
    """The hours that are meant by a time and the words around it."""
    if value in PARTS_OF_DAY:
        begins, ends = PARTS_OF_DAY[value]
        return (begins, ends) if not _AFTER.search(before) else (ends, None)
    first, _, last = value.partition("/")
    at, until = _time(first), _time(last or first)
    if at is None or last:
        return at, until
    if _FROM.search(before) or _AFTER.search(before) or _OR_LATER.match(after):
        return at, None
    if _BEFORE.search(before):
        return None, _moved(at, -1)
    if _BY.search(before) or _OR_EARLIER.match(after):
        return None, at
    if _AROUND.search(before) or re.match(r"^ ?(?:ish|or so)\b", after):
        return _moved(at, -60), _moved(at, 60)
    return at, at


def _moved(at: time, minutes: int) -> time:
    total = min(max(at.hour * 60 + at.minute + minutes, 0), 24 * 60 - 1)
    return time(total // 60, total % 60)


def _narrowed(
    known: tuple[date | None, date | None, date | None], said: tuple[date | None, date | None, date | None]
) -> tuple[date | None, date | None, date | None]:
    """Two bounds make one span ("after the 5th but before Christmas"); a further day takes its place."""
    if said[0] is not None and said[1] is not None:
        return said
    if known[0] is not None and known[1] is not None:
        return said
    return said[0] or known[0], said[1] or known[1], None


def _same_span(said: str, text: str, place: PlaceSaid) -> tuple[int, int]:
    """Where the words of a place stand once the names of holidays have been put plainly."""
    words = said[place.start : place.end]
    at = text.find(words)
    return (at, at + len(words)) if at >= 0 else (0, 0)


def _span(value: str) -> tuple[date | None, date | None]:
    first, _, last = value.partition("/")
    begins, ends = _date(first), _date(last or first)
    return begins or ends, ends or begins


def _vague(count: str) -> bool:
    return "few" in count or "couple" in count or "several" in count


def _number(count: str) -> int:
    words: Sequence[str] = count.split()
    return int(count) if count.isdigit() else max(_COUNTED.get(word, 1) for word in words)


def _date(value: str) -> date | None:
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        return None


def _time(value: str) -> time | None:
    try:
        return time.fromisoformat(value)
    except ValueError:
        return None

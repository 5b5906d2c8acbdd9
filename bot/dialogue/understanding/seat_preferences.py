"""What a person asks of a seat, added up over messages; and which seat shown the words take or turn down."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from bot.contracts.seats import SeatFilter
from bot.dialogue.memories import SeatPreference, SeatShift
from bot.dialogue.state import Choice
from bot.dialogue.understanding.places import ANY, HOME, at_place
from bot.dialogue.understanding.seat_wishes import FEW_DAYS, WEEKDAYS, Scene, Wish, wish_in
from bot.dialogue.understanding.user_message import UserMessage
from bot.dialogue.understanding.yes_no import is_question
from bot.dialogue.values import FreeSeat

_HOURS_OUT = {
    "morning": (time(0), time(12)),
    "afternoon": (time(12), time(17)),
    "evening": (time(17), time(23, 59)),
    "noon": (time(11), time(13)),
}
ABOUT_A_WEEK = timedelta(days=2)
"""So far from the day a week later a seat may be to be about a week later."""

__all__ = ["at_place", "filter_of", "fits", "merged", "resolved", "seat_taken", "speaks_of_seats", "turned_down"]


def fits(preference: SeatPreference, seat: FreeSeat) -> bool:
    """Whether a seat is what was asked for."""
    at_time = filter_of(preference, SeatFilter()).fits(seat.site.id, seat.starts_at)
    here = preference.place is None or at_place(seat.site, preference.place)
    return at_time and here and not any(at_place(seat.site, place) for place in preference.not_places)


def filter_of(preference: SeatPreference, seats: SeatFilter) -> SeatFilter:
    """Those of these seats that are at a time that was asked for, wherever they are."""
    days = [day for day in (preference.last, seats.last_day) if day is not None]
    out = {WEEKDAYS.index(day) for day in preference.without if day in WEEKDAYS}
    if preference.weekdays:
        out |= {number for number, day in enumerate(WEEKDAYS) if day not in preference.weekdays}
    return replace(
        seats,
        first_day=preference.first,
        last_day=min(days, default=None),
        earliest=preference.earliest,
        latest=preference.latest,
        weekdays_out=frozenset(out),
        hours_out=tuple(_HOURS_OUT[part] for part in preference.without if part in _HOURS_OUT),
        days_out=frozenset(preference.not_days),
        later_than=preference.later_than,
        earlier_than=preference.earlier_than,
    )


# --- adding up -----------------------------------------------------------------------------------------


def merged(before: SeatPreference, wish: Wish) -> SeatPreference:
    """What is asked after one more message: what is not named again stays."""
    known = before.model_copy(update=_ONCE)
    if "day" in wish.dropped and not wish.days:
        known = known.model_copy(update=_NO_DAYS)
    if "time" in wish.dropped:
        known = known.model_copy(update={"earliest": None, "latest": None, "same_time": False})
    changed = _days(known, wish) | _times(known, wish) | _places(known, wish)
    known = known.model_copy(update=changed)
    known = known.model_copy(update=_refusals(known, wish))
    fact = (wish.fact.day, wish.fact.weekday) if wish.fact is not None else None
    once: dict[str, Any] = {"pick": wish.pick, "unreal": wish.unreal, "asks": wish.asks, "fact": fact}
    one_day = wish.first is not None and wish.first == wish.last and not wish.bare_weekday
    if wish.takes and one_day:  # one of the seats that were shown, whatever was asked for since
        once |= {"earliest": wish.earliest, "latest": wish.latest}
        once["without"] = tuple(part for part in known.without if part not in _HOURS_OUT)
    next_such = wish.bare_weekday and wish.earliest is not None and wish.earliest == wish.latest
    return known.model_copy(update=once | {"one_day": (one_day or next_such) and not wish.tentative})


_ONCE: dict[str, Any] = {
    "pick": None, "unreal": None, "asks": False, "fact": None, "no_center": None, "one_day": False,
}  # fmt: skip
_NO_DAYS: dict[str, Any] = {
    "first": None, "last": None, "near": None, "weekdays": (), "loose_day": False, "later_than": None,
    "earlier_than": None, "shift": None,
}  # fmt: skip


def once_said(preference: SeatPreference) -> SeatPreference:
    """Without what is said or asked only once."""
    return preference.model_copy(update=_ONCE)


def without_dates(preference: SeatPreference) -> SeatPreference:
    """The wish on any day that is one of its weekdays."""
    return preference.model_copy(update={"first": None, "last": None, "near": None, "loose_day": False})


def without_day(preference: SeatPreference) -> SeatPreference:
    """What is left of a wish once it may be any other day and hour."""
    return preference.model_copy(update=_ONCE | _NO_DAYS | {"earliest": None, "latest": None, "same_time": False})


def unmet(preference: SeatPreference) -> SeatPreference:
    """What is left of a wish that no seat meets: an exact hour is not asked for again, a day is one to be near to."""
    found: dict[str, Any] = {}
    if preference.earliest is not None and preference.earliest == preference.latest:
        found |= {"earliest": None, "latest": None}
    if preference.first is not None and preference.first == preference.last:
        found |= {"first": None, "last": None, "near": preference.first, "loose_day": False}
    return preference.model_copy(update=found)


def _days(known: SeatPreference, wish: Wish) -> dict[str, Any]:
    if wish.shift is not None:
        shift = SeatShift(later=wish.shift.later, days=wish.shift.days, whole=wish.shift.whole)
        found: dict[str, Any] = {"shift": shift}
        if wish.days:
            found |= {"first": wish.first, "last": wish.last, "near": wish.near, "weekdays": wish.weekdays}
            return found | {"loose_day": False, "later_than": None, "earlier_than": None}
        if not wish.shift.days and wish.shift.whole is None:
            found |= {"first": None, "last": None, "near": None, "loose_day": False}
        return found
    if not wish.days:
        return {}
    whole = known.first != known.last or known.later_than is not None or known.earlier_than is not None
    any_such = wish.first is None and wish.last is None
    if wish.weekdays and (any_such or (wish.bare_weekday and _has(known, wish))):
        kept = {} if whole and known.near is None else {"first": None, "last": None, "near": None}
        return kept | {"weekdays": wish.weekdays, "loose_day": False}
    one_day = wish.first is not None and wish.first == wish.last
    weekdays = wish.weekdays or (() if one_day or wish.near is not None else known.weekdays)
    days = {"first": wish.first, "last": wish.last, "near": wish.near, "weekdays": weekdays}
    return _NO_DAYS | days | {"loose_day": wish.bare_weekday}


def _has(known: SeatPreference, wish: Wish) -> bool:
    """Whether the days asked for so far hold more than one day, the coming weekday not being the only one meant."""
    if known.later_than is not None or known.earlier_than is not None:
        return True
    if known.near is not None or known.first == known.last:
        return False
    return known.last is None or known.first is None or (known.last - known.first).days >= len(WEEKDAYS) - 3


def _times(known: SeatPreference, wish: Wish) -> dict[str, Any]:
    if wish.same_time:
        return {"same_time": True, "earliest": None, "latest": None}
    if wish.earliest is None and wish.latest is None:
        return {}
    return {"earliest": wish.earliest, "latest": wish.latest, "same_time": False}


def _places(known: SeatPreference, wish: Wish) -> dict[str, Any]:
    found: dict[str, Any] = {"no_center": wish.no_center}
    if wish.place is not None:
        found["place"] = None if wish.place == HOME else wish.place
        found["not_places"] = tuple(place for place in known.not_places if place != wish.place and wish.place != ANY)
    if wish.not_places and wish.no_center is None:
        found["not_places"] = tuple(dict.fromkeys((*known.not_places, *wish.not_places)))
        if known.place in wish.not_places and wish.place is None:
            found["place"] = None
    return found


def _refusals(known: SeatPreference, wish: Wish) -> dict[str, Any]:
    """What was turned down; a later wish for the same takes it back, and what is turned down is no longer wished."""
    without = {*known.without, *wish.without} - set(wish.weekdays)
    if wish.earliest is not None or wish.latest is not None:
        without -= {part for part in _HOURS_OUT if part not in wish.without}
    not_days = tuple(dict.fromkeys((*known.not_days, *wish.not_days)))
    if wish.first is not None and wish.first == wish.last:
        not_days = tuple(day for day in not_days if day != wish.first)
        without -= {WEEKDAYS[wish.first.weekday()]}
    found: dict[str, Any] = {"without": tuple(sorted(without)), "not_days": not_days}
    refused_day = known.first is not None and known.first == known.last
    if refused_day and known.first is not None:
        named = WEEKDAYS[known.first.weekday()]
        if known.first in wish.not_days or (named in wish.without and not wish.days):
            found |= {"first": None, "last": None, "near": None, "loose_day": False}
    if wish.without and not wish.weekdays:
        found["weekdays"] = tuple(day for day in known.weekdays if day not in wish.without)
    inside = [_HOURS_OUT[part] for part in wish.without if part in _HOURS_OUT]
    if known.earliest is not None and any(first <= known.earliest < last for first, last in inside):
        found |= {"earliest": None, "latest": None}
    return found


def resolved(
    preference: SeatPreference,
    *,
    booked: datetime | None,
    today: date,
    shown: tuple[datetime, datetime] | None = None,
    before: SeatPreference | None = None,
) -> SeatPreference:
    """The days that "later", "a week later" and "the same time" mean.

    `booked`: the present appointment; `shown`: the first and the last of the seats shown; `before`: what was asked
    before this message.
    """
    known = preference
    if known.same_time:
        at = booked.time() if booked is not None else None
        known = known.model_copy(update={"same_time": False, "earliest": at, "latest": at})
    shift = known.shift
    if shift is None:
        return known
    known = known.model_copy(update={"shift": None})
    if not shift.days and shift.whole is None:
        beside = shown if known.first is None and known.last is None else None  # "later in December": not than those
        return known.model_copy(update=_bound(shift, booked, beside, before or SeatPreference()))
    wished = (before.near or before.first) if before is not None else None
    anchor = wished or (booked.date() if booked is not None else shown[0].date() if shown is not None else today)
    found = _shifted(anchor, shift)
    if booked is not None and wished is None and shift.days:
        found |= {"later_than": booked} if shift.later else {"earlier_than": booked}
    return known.model_copy(update=_NO_DAYS | found)


def _bound(
    shift: SeatShift, booked: datetime | None, shown: tuple[datetime, datetime] | None, before: SeatPreference
) -> dict[str, Any]:
    """Later (or earlier) than the appointment and than the seats shown.

    Seats shown count alone where they were asked for on the other side of it ("earlier", then "not that early").
    """
    if shift.later:
        starts = [booked] if booked is not None and before.earlier_than is None else []
        starts += [shown[1]] if shown is not None else []
        return {"later_than": max(starts)} if starts else {}
    starts = [booked] if booked is not None and before.later_than is None else []
    starts += [shown[0]] if shown is not None else []
    return {"earlier_than": min(starts)} if starts else {}


def _shifted(anchor: date, shift: SeatShift) -> dict[str, Any]:
    sign = 1 if shift.later else -1
    target = anchor + sign * timedelta(days=shift.days)
    if shift.whole == "week":
        monday = target - timedelta(days=target.weekday())
        return {"first": monday, "last": monday + timedelta(days=6)}
    if shift.whole == "few":
        far = anchor + sign * timedelta(days=2 * FEW_DAYS + 1)
        near = anchor + sign * timedelta(days=2)
        return {"first": min(near, far), "last": max(near, far)}
    if shift.days == 1:
        return {"first": target, "last": target}
    about = min(ABOUT_A_WEEK, timedelta(days=shift.days // 3))
    return {"first": target - about, "last": target + about, "near": target}


# --- beside seats that are shown ---------------------------------------------------------------------------


def speaks_of_seats(message: UserMessage, scene: Scene) -> bool:
    """Whether the words are a wish for a seat and nothing else, whatever topic they sound like."""
    if message.pressed or message.text.startswith("/") or asks_else(message):
        return False
    wish = wish_in(message.text, scene)
    if wish is None or message.values("test_code"):
        return False
    return wish.rest <= (0 if wish.lists else 1 + message.length // 10)


_SAME_DAY = re.compile(r"\bsame (?:day|date) (?:as|with)(?: (?:my|the|when i (?:take|do|have)))* ?$")


def same_day_as(message: UserMessage) -> str | None:
    """The test on whose day it should be ("the same day as my A1"), or None."""
    text = message.text.lower()
    named = [each for each in message.entities if each.kind == "test_code"]
    return next((str(each.value) for each in named if _SAME_DAY.search(text[: each.start])), None)


_ELSE = re.compile(
    r"^(?:(?:um+|uh+|ok|okay|well|so|and|but|wait|hm+|oh|yes|no)[ ,]+)*(?:how (?!about|'bout)|why|who"
    r"|when (?:is|was|do|does|can|should|must|are)|where (?:is|are|do)"
    r"|what (?:if|happens|does|is (?:the|my) (?:cut|last|dead|fee|cost|price))|what'?s the last minute"
    r"|do i (?:have|need|lose|pay|get)|will (?:i|it|they)|am i|did|does|would i|should i"
    r"|can i (?:still )?(?:cancel|change it)|stop|never ?mind|is (?:that|it|this)\b)"
)
"""Words that ask about something else than which seats there are."""


def asks_else(message: UserMessage) -> bool:
    """Whether the words ask about something else than which seats there are."""
    return _ELSE.match(message.words) is not None


def is_no_pick(message: UserMessage) -> bool:
    """Whether words beside seats name a day or time, or turn down, and so take no seat by its place in the list."""
    words = message.words
    return bool(message.values("date") or message.values("time") or _NO_PICK.search(words))


_NO_PICK = re.compile(
    r"\b(?:after|before|too|not|later|earlier|sooner|mon|tues?|wednes|thurs?|fri|satur|sun)(?:day)?s?\b|\bweekend"
)


def turned_down(shown: Sequence[Choice], wish: Wish) -> Choice | None:
    """The seat shown that was turned down by its place ("not the first one")."""
    at = wish.not_at
    if at is None or not shown or at >= len(shown):
        return None
    return shown[at]


def seat_taken(shown: Sequence[Choice], message: UserMessage, scene: Scene) -> Any:
    """The value of the one seat shown that the words take: "Wednesday works", "the afternoon one", "the later one".

    None where several fit, where the words only name a day or place ("Wednesday": there may be more seats than those
    shown), or ask for other seats than these.
    """
    words = message.words
    if leaves_choice(message) and shown and wish_in(message.text, scene) is None:
        return shown[0].value
    taking = _TAKING.search(words) or _COMPARED.search(words) or _CLOSEST.search(words)
    if is_question(message) or _OTHERS.search(words) or not taking:
        return None
    seats = [
        (FreeSeat(scene.sites[choice.value["site"]], datetime.fromisoformat(choice.value["starts_at"]), 1), choice)
        for choice in shown
        if choice.value["site"] in scene.sites
    ]
    compared = _COMPARED.search(words)
    nearest = _nearest(seats, message, scene)
    if nearest is not None:
        return nearest
    if compared is not None and len(seats) == 2:
        seats.sort(key=lambda pair: pair[0].starts_at)
        return seats[1 if "later" in compared[0] else 0][1].value
    wish = wish_in(message.text, scene)
    if wish is None or wish.pick is not None or wish.shift is not None or wish.not_at is not None:
        return None
    if wish.bare_weekday:
        wish = replace(wish, first=None, last=None, bare_weekday=False)
    asked = merged(SeatPreference(), wish)
    if asked == SeatPreference():
        return None
    found = [choice for seat, choice in seats if fits(asked, seat)]
    if len(found) > 1 and (ordinal := _ORDINAL.search(words)):
        return found[0 if ordinal[1] == "first" else -1].value
    return found[0].value if len(found) == 1 else None


def leaves_choice(message: UserMessage) -> bool:
    """Whether the words leave it to us which of the seats shown it is.

    >>> leaves_choice(UserMessage("i dont care, whichever", "inform"))
    True
    """
    return not message.pressed and not is_question(message) and _EITHER_WAY.search(message.words) is not None


def _nearest(seats: Sequence[tuple[FreeSeat, Choice]], message: UserMessage, scene: Scene) -> Any:
    """The seat shown that is nearest to a day ("the one closest to the 17th"), where no other is as near."""
    if not seats or not _CLOSEST.search(message.words):
        return None
    wish = wish_in(message.text, scene)
    day = wish.near if wish is not None else None
    if day is None or day > max(seat.starts_at.date() for seat, _ in seats):
        return None  # a seat that is not shown may be nearer
    far = [(abs((seat.starts_at.date() - day).days), choice) for seat, choice in seats]
    least = min(days for days, _ in far)
    found = [choice for days, choice in far if days == least]
    return found[0].value if len(found) == 1 else None


_CLOSEST = re.compile(
    r"\b(?:the|whichever|whatever)(?: \w+)?(?: that)?(?:'s| is)? (?:closest|nearest|closer|nearer) to\b"
)
_EITHER_WAY = re.compile(
    r"\b(?:whichever|any (?:of (?:them|these|those|the above)|one)|either(?: one| of (?:them|these|those))?|"
    r"you (?:pick|choose|decide)|pick (?:one|any|whichever)|up to you|no preference|surprise me|"
    r"(?:don'?t|do not|dont) (?:care|mind)(?: which(?: one)?| at all)?|"
    r"(?:doesn'?t|does not|don'?t) matter(?: which(?: one)?)?|"
    r"whatever (?:you (?:have|got|want|think)|works|is free|'?s free))\b"
)
"""Whoever leaves it to us which of the seats shown it is."""
_ORDINAL = re.compile(r"\bthe (first|last)\b")
_TAKING = re.compile(
    r"\b(works|is (fine|good|ok|okay|perfect|great)|sounds (good|great)|"
    r"(i'll|i will|i'd|ill|let me|let's|lets|i want to) (take|do|go|have|like)|take|go with|"
    r"put me (down|in)|the ([\w':]+ ){1,4}(one|seat|slot|appointment|opening))\b"
)
"""Words of somebody who takes a seat that was offered."""
_OTHERS = re.compile(
    r"\b(any|anything|some|something|other|another|else|more|better|rather|prefer|instead|around|about|only|have|got|"
    r"available|open|openings?|after|before|between|next week|different|could|can|can't|cannot|not|until|till|too|"
    r"doesn'?t|don'?t|won'?t|except|but)\b"
)
"""Words of somebody who asks for seats rather than takes one."""
_COMPARED = re.compile(r"\bthe (?:earlier|sooner|later)\b")

"""What a person asks of a seat: days, times, a place, and what was turned down; and which seat shown the words take."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from bot.contracts.seats import SeatFilter
from bot.dialogue.memories import SeatPreference
from bot.dialogue.regions import REGIONS
from bot.dialogue.state import Choice
from bot.dialogue.understanding.user_message import UserMessage
from bot.dialogue.values import FreeSeat
from bot.nlu.values import read_times
from bot.rules.facts import Site

PARTS_OF_DAY = {
    "morning": (time(0), time(12)),
    "afternoon": (time(12), time(17)),
    "evening": (time(17), time(23, 59)),
    "night": (time(17), time(23, 59)),
    "noon": (time(11), time(13)),
}
ANYWHERE = {"any", "anywhere", "any place", "any site", "any centre", "any center", "everywhere", "doesn't matter"}


def fits(preference: SeatPreference, seat: FreeSeat) -> bool:
    """Whether a seat is what was asked for."""
    at_time = filter_of(preference, SeatFilter()).fits(seat.site.id, seat.starts_at)
    return at_time and (preference.place is None or at_place(seat.site, preference.place))


def filter_of(preference: SeatPreference, seats: SeatFilter) -> SeatFilter:
    """Those of these seats that are at a time that was asked for, wherever they are."""
    first, without = preference.first, preference.without
    if first is not None:
        last = preference.last or first
        seats = replace(seats, first_day=first, last_day=min(last, seats.last_day or last))
    return replace(
        seats,
        earliest=preference.earliest,
        latest=preference.latest,
        weekdays_out=frozenset(_WEEKDAYS.index(day) for day in without if day in _WEEKDAYS),
        hours_out=tuple(PARTS_OF_DAY[part] for part in without if part in PARTS_OF_DAY),
    )


def preference_in(
    message: UserMessage, sites: Mapping[str, Site], before: SeatPreference, beside_seats: bool = False
) -> SeatPreference | None:
    """The preference after this message, or None where it asks for nothing. Beside open seats "nine" is an hour."""
    first, last, earliest, latest, place = before.first, before.last, before.earliest, before.latest, before.place
    refused = {_short(match) for match in _REFUSED.finditer(message.text.lower().replace("’", "'"))}
    days = _not_refused(message, "date")
    times = _not_refused(message, "time")
    if beside_seats and not refused and not days and not times:
        times = tuple(value.value for value in read_times(message.text))
    where = place_in(message.text, sites)
    words = message.text.lower()
    pick = "first" if _SOONEST.search(words) else "last" if _LATEST.search(words) else None
    if not days and not times and where is None and pick is None and not refused:
        return None
    if days:
        first, last = _span(str(days[-1]))
        earliest = latest = None
    if times:
        earliest, latest = _hours(str(times[-1]))
    without = tuple(sorted(refused | set(before.without))) if refused or not (days or times) else ()
    return SeatPreference(
        first=first, last=last, earliest=earliest, latest=latest, place=where or place, pick=pick, without=without
    )


_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NAMED = (
    r"(?P<{0}>mon|tue|wed|thu|fri|sat|sun|morning|afternoon|evening|night)"
    r"(?:days?|s|sdays?|nesdays?|rs|rsdays?|urdays?)?\b"
)
_REFUSED = re.compile(
    r"\b(?:not|never|(?:can't|cant|cannot|couldn't|don't want|won't)(?: (?:do|make|take|come))?|except|anything but|"
    r"i work|i'm working|i am working|i'm busy|i am busy)(?: it)?(?: (?:on|in|at|the|any|a|during|this))* "
    + _NAMED.format("said")
    + r"|\bno (?P<many>mon|tue|wed|thu|fri|sat|sun|morning|afternoon|evening|night)[a-z]*s\b|\b"
    + _NAMED.format("named")
    + r" (?:doesn't|doesnt|don't|dont|won't|wont|isn't|aren't|(?:is|are) (?:no good|out|bad|not))"
)
"""Days and parts of the day that are turned down: "not Friday", "I can't do mornings", "Tuesdays don't work"."""


def _short(match: re.Match[str]) -> str:
    return str(match["said"] or match["many"] or match["named"])


def _not_refused(message: UserMessage, kind: str) -> tuple[Any, ...]:
    """Values of one kind that do not stand where something was turned down."""
    spans = [match.span() for match in _REFUSED.finditer(message.text.lower().replace("’", "'"))]
    kept = tuple(e for e in message.entities if not any(first <= e.start < after for first, after in spans))
    return replace(message, entities=kept).values(kind)


_SOONEST = re.compile(
    r"\b(earliest|soonest|as (soon|early) as (possible|i can|you can|you have)|a\.?s\.?a\.?p|"
    r"(first|next) (available|free|possible|opening|open)|right away)\b"
)
_LATEST = re.compile(r"\b(latest|last (available|free|possible|opening|open)|as late as (possible|i can))\b")


def place_in(text: str, sites: Mapping[str, Site]) -> str | None:
    """A site, city or region named in the words."""
    words = f" {' '.join(text.lower().replace(',', ' ').replace('.', ' ').replace('?', ' ').split())} "
    for site in sites.values():
        if f" {site.name.lower()} " in words or f" {site.id.lower()} " in words:
            return site.id
    for site in sites.values():
        if f" {site.city.lower()} " in words:
            return f"city:{site.city}"
    for site in sites.values():
        name = REGIONS.get(site.region, site.region).lower()
        if f" {name} " in words or f" {site.region} " in f" {re.sub(r'[,.?!]', ' ', text)} ":
            return f"region:{site.region}"
    return "any" if any(f" {phrase} " in words for phrase in ANYWHERE) else None


def at_place(site: Site, place: str) -> bool:
    """Whether a site is the one named (its id), or in a `city:` or `region:`; every site is at `any`."""
    kind, _, name = place.partition(":")
    if kind == "any":
        return True
    if kind == "city":
        return site.city.lower() == name.lower()
    if kind == "region":
        return site.region.lower() == name.lower()
    return site.id == place


def _span(value: str) -> tuple[date | None, date | None]:
    first, _, last = value.partition("/")
    begins, ends = _date(first), _date(last or first)
    if begins is None:
        return ends, ends
    return begins, ends if ends is not None else begins + timedelta(days=31)


def _hours(value: str) -> tuple[time | None, time | None]:
    if value in PARTS_OF_DAY:
        return PARTS_OF_DAY[value]
    first, _, last = value.partition("/")
    return _time(first), _time(last or first)


def _date(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def _time(value: object) -> time | None:
    try:
        return time.fromisoformat(str(value))
    except ValueError:
        return None


def seat_taken(shown: Sequence[Choice], message: UserMessage, sites: Mapping[str, Site]) -> Any:
    """The value of the one seat shown that the words take: "Wednesday works", "the afternoon one", "the later one".

    None where several fit, where the words only name a day or place ("Wednesday": there may be more seats than those
    shown), or ask for other seats than these.
    """
    words = message.text.lower()
    if words.rstrip().endswith("?") or _OTHERS.search(words) or not (_TAKING.search(words) or _COMPARED.search(words)):
        return None
    seats = [
        (FreeSeat(sites[choice.value["site"]], datetime.fromisoformat(choice.value["starts_at"]), 1), choice)
        for choice in shown
        if choice.value["site"] in sites
    ]
    compared = _COMPARED.search(message.text.lower())
    if compared is not None and len(seats) == 2:
        seats.sort(key=lambda pair: pair[0].starts_at)
        return seats[1 if "later" in compared[0] else 0][1].value
    preference = preference_in(message, sites, SeatPreference(), beside_seats=True)
    if preference is None or preference.pick is not None:
        return None
    found = [choice for seat, choice in seats if fits(preference, seat)]
    return found[0].value if len(found) == 1 else None


_TAKING = re.compile(
    r"\b(works|is (fine|good|ok|okay|perfect|great)|sounds (good|great)|(i'll|i will|i'd|let me|let's|i want to) "
    r"(take|do|go|have|like)|take|go with|put me (down|in)|the ([\w']+ ){1,3}(one|seat|slot|appointment|opening))\b"
)
"""Words of somebody who takes a seat that was offered."""
_OTHERS = re.compile(
    r"\b(any|anything|some|something|other|another|else|more|better|rather|prefer|instead|around|about|only|have|got|"
    r"available|open|openings?|after|before|between|next week|different|could|can|can't|cannot|not|until|till)\b"
)
"""Words of somebody who asks for seats rather than takes one."""
_COMPARED = re.compile(r"\bthe (?:earlier|sooner|later)\b")

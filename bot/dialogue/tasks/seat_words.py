"""What was looked for, said shortly: "on a Saturday, in the afternoon, in Chicago"."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from bot.answers import Said
from bot.answers.format import join
from bot.answers.words import WEEKDAYS as WEEKDAY_NAMES
from bot.dialogue.memories import SeatPreference
from bot.dialogue.regions import REGIONS
from bot.dialogue.turn_context import TurnContext
from bot.dialogue.understanding.seat_wishes import PARTS_OF_DAY, WEEKDAYS

NOON = time(12)
MANY_WEEKDAYS = 4


def wish_said(turn: TurnContext, asked: SeatPreference) -> Said | None:
    """The wish in words, or None where nothing is asked."""
    said = [*_days(turn, asked), *_hours(turn, asked), *_places(turn, asked)]
    if not said:
        return None
    return Said(", ".join(part.web for part in said), ", ".join(part.voice for part in said))


def _days(turn: TurnContext, asked: SeatPreference) -> Iterator[Said]:
    say, first, last = turn.services.answers.said, asked.first, asked.last
    day = {name: turn.services.answers.say(at, "weekday", day=turn.today) for name, at in _ends(asked).items()}
    if asked.weekdays and not asked.loose_day and not (first is not None and first == last):
        yield _weekdays(turn, asked)
    later = asked.later_than
    if later is not None and first is not None and later.date() < first:
        later = None
    if later is not None and first != last:
        first = None
    if asked.near is not None and asked.first != asked.last:
        yield say("wish_near", near_day=turn.services.answers.say(asked.near, "weekday", day=turn.today))
    elif first is not None and first == last:
        yield say("wish_on", on_day=day["first"])
    elif first is not None and last is not None and first.weekday() == 0 and last - first == timedelta(days=6):
        yield say("wish_week", from_day=turn.services.answers.say(first, "month_day"))
    elif first is not None and last is not None:
        yield say("wish_between", from_day=day["first"], to_day=day["last"])
    elif first is not None:
        yield say("wish_from", from_day=day["first"])
    elif later is not None:
        yield say("wish_later", than_day=turn.services.answers.say(later.date(), "weekday", day=turn.today))
    elif asked.earlier_than is not None and last is None:
        than = turn.services.answers.say(asked.earlier_than.date(), "weekday", day=turn.today)
        yield say("wish_earlier", than_day=than)
    if first is None and last is not None and (asked.near is None or asked.first == asked.last):
        yield say("wish_up_to", to_day=day["last"])


def _ends(asked: SeatPreference) -> dict[str, object]:
    return {name: at for name, at in (("first", asked.first), ("last", asked.last)) if at is not None}


def _weekdays(turn: TurnContext, asked: SeatPreference) -> Said:
    named = {tuple(WEEKDAYS[5:]): "wish_weekend", tuple(WEEKDAYS[:5]): "wish_workday"}.get(asked.weekdays)
    if named is not None:
        return turn.services.answers.said(named)
    names = [Said.same(WEEKDAY_NAMES[WEEKDAYS.index(day)]) for day in asked.weekdays]
    return turn.services.answers.said("wish_weekdays", weekdays=join(names, "or"))


def _hours(turn: TurnContext, asked: SeatPreference) -> Iterator[Said]:
    say, begins, ends = turn.services.answers.said, asked.earliest, asked.latest
    if begins is None and ends is None:
        return
    part = next((name for name, hours in PARTS_OF_DAY.items() if hours == (begins, ends)), None)
    if part is not None:
        yield say(f"wish_{part}")
    elif begins is not None and begins == ends:
        yield say("wish_at", at=_clock(turn, begins))
    elif ends is None or ends >= time(23):
        yield say("wish_from_time", from_time=_clock(turn, begins or time(0)))
    elif begins is None or begins == time(0):
        yield say("wish_until_time", to_time=_clock(turn, ends))
    else:
        yield say("wish_hours", from_time=_clock(turn, begins), to_time=_clock(turn, ends))


def _clock(turn: TurnContext, at: time) -> Said:
    return turn.services.answers.say(datetime.combine(turn.today, at), "time")


def _places(turn: TurnContext, asked: SeatPreference) -> Iterator[Said]:
    kind, _, name = (asked.place or "").partition(":")
    if kind in {"", "any"}:
        return
    if kind == "city":
        yield turn.services.answers.said("wish_in", where=Said.same(name))
    elif kind == "region":
        yield turn.services.answers.said("wish_in", where=Said.same(REGIONS.get(name, name)))
    elif kind == "word":
        yield turn.services.answers.said("wish_at_site", where=Said.same(name.title()))
    elif kind in turn.sites:
        yield turn.services.answers.said("wish_at_site", where=Said.same(turn.sites[kind].name))

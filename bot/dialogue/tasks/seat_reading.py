"""Free seats read out in one breath: those of one day together, and a test center that all have named once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from bot.answers import Said
from bot.answers.format import join
from bot.dialogue.turn_context import TurnContext
from bot.dialogue.values import FreeSeat
from bot.rules.time import instant_of, zone

BY_DAY = range(9, 18)
"""Hours that are no other ones of the day at a test center: "at nine", "at one thirty"."""


def read_out(turn: TurnContext, seats: Sequence[FreeSeat]) -> str:
    """The seats in the order given, as a caller hears them."""
    answers = turn.services.answers
    one_place = len({seat.site.id for seat in seats}) == 1
    parts: list[str] = []
    for (day, _), group in groupby(seats, key=lambda seat: (seat.starts_at.date(), seat.site.id)):
        alike = list(group)
        on = answers.say(day, "weekday", day=turn.today)
        times = join([_time(turn, instant_of(s.starts_at, zone(s.site.time_zone))) for s in alike], "or")
        at = None if one_place else Said.same(alike[0].site.name)
        parts.append(answers.said("seats_of_day", seat_day=on, times=times, **({"site": at} if at else {})).voice)
    said = "; ".join(parts)
    if one_place and seats:
        site = Said.same(seats[0].site.name)
        return answers.said("seats_at_one_place", seats=Said.same(said), site=site).voice
    return said


def _time(turn: TurnContext, at: datetime) -> Said:
    """An hour in as few words as leave no doubt."""
    said = turn.services.answers.say(at, "time", day=turn.today)
    return Said(said.web, said.voice.split(" in the ")[0]) if at.hour in BY_DAY else said

"""What words ask of a seat, and which of the seats shown they take."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from bot.dialogue.memories import SeatPreference
from bot.dialogue.state import Choice
from bot.dialogue.understanding.seat_preferences import fits, merged, seat_taken
from bot.dialogue.understanding.seat_wishes import Scene, wish_in
from bot.dialogue.understanding.user_message import Entity, UserMessage
from bot.dialogue.values import FreeSeat
from bot.nlu.values import read_values
from bot.rules.facts import Site

CHICAGO = Site("CHI-01", "Loop", "Chicago", "IL", "US", "America/Chicago")
PEORIA = Site("PIA-01", "Riverfront", "Peoria", "IL", "US", "America/Chicago")
SHOWN = [
    Choice(id=f"{site.id} {starts_at}", title="", spoken="", value={"site": site.id, "starts_at": starts_at})
    for site, starts_at in (
        (CHICAGO, "2026-03-11T09:00"),
        (CHICAGO, "2026-03-12T14:00"),
        (PEORIA, "2026-03-17T09:00"),
    )
]


NOW = datetime.fromisoformat("2026-03-02T10:00:00-06:00")
SCENE = Scene(NOW, "America/Chicago", {site.id: site for site in (CHICAGO, PEORIA)}, beside_seats=True)


def taken(text: str, shown: list[Choice] = SHOWN) -> str | None:
    """The start of the seat that the words take, at 10:00 on Monday, March 2."""
    value = seat_taken(shown, said(text), SCENE)
    return value["starts_at"] if value else None


@pytest.mark.parametrize(
    ("words", "starts_at"),
    [
        ("i'll take the twelfth", "2026-03-12T14:00"),
        ("march 12 works for me", "2026-03-12T14:00"),
        ("the afternoon one", "2026-03-12T14:00"),
        ("the two o'clock one", "2026-03-12T14:00"),
        ("let's go with peoria", "2026-03-17T09:00"),
        # a day or place is only named, fit
        ("the twelfth", None),
        ("two o'clock", None),
        ("peoria please", None),
        # several fit, none fits, or other seats are asked for
        ("nine", None),
        ("the morning one", None),
        ("march 13", None),
        ("do you have the twelfth?", None),
        ("anything after the twelfth", None),
        ("some other time on march 12", None),
        ("the later one", None),
    ],
)
def test_words_take_the_one_seat_shown_that_fits(words: str, starts_at: str | None) -> None:
    assert taken(words) == starts_at


def said(text: str) -> UserMessage:
    """A message as read at 10:00 on Monday, March 2."""
    values = read_values(text, as_of=NOW, zone="America/Chicago")
    return UserMessage(text, "inform", entities=tuple(Entity(v.entity, v.value, v.start, v.end) for v in values))


@pytest.mark.parametrize(
    ("words", "without", "first"),
    [
        ("not friday", ("fri",), None),
        ("I can't do tuesdays or anything", ("tue",), None),
        ("Wednesdays don't work for me", ("wed",), None),
        ("mornings are no good", ("morning",), None),
        ("no mornings please", ("morning",), None),
        ("not thursday, how about tuesday", ("thu",), date(2026, 3, 3)),
        ("i work saturdays", ("sat",), None),
        ("that works friday", (), date(2026, 3, 6)),
        ("no friday is fine", (), date(2026, 3, 6)),
    ],
)
def test_what_is_turned_down_is_not_asked_for(words: str, without: tuple[str, ...], first: date | None) -> None:
    wish = wish_in(words, Scene(NOW, "America/Chicago", {}))
    assert wish is not None
    asked = merged(SeatPreference(), wish)
    assert (asked.without, asked.first) == (without, first)
    assert SeatPreference.model_validate_json(asked.model_dump_json()) == asked


def test_seats_on_days_turned_down_do_not_fit() -> None:
    asked = SeatPreference(without=("sat", "morning"))
    assert not fits(asked, FreeSeat(CHICAGO, datetime(2026, 3, 7, 14), 1))
    assert not fits(asked, FreeSeat(CHICAGO, datetime(2026, 3, 9, 9), 1))
    assert fits(asked, FreeSeat(CHICAGO, datetime(2026, 3, 9, 14), 1))


@pytest.mark.parametrize(
    ("words", "starts_at"), [("the later one", "2026-03-12T14:00"), ("the earlier one", "2026-03-11T09:00")]
)
def test_of_two_seats_one_is_the_earlier(words: str, starts_at: str) -> None:
    assert taken(words, SHOWN[:2]) == starts_at

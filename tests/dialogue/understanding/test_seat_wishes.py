"""What people's words ask of a seat: the words, the appointment there is and the seats shown, and what is then sought.

Each case of seat_wishes.yml states everything that is asked afterwards; what is not stated is not asked.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.dialogue.memories import SeatPreference
from bot.dialogue.understanding.seat_preferences import merged, resolved, speaks_of_seats
from bot.dialogue.understanding.seat_wishes import Scene, wish_in
from bot.dialogue.understanding.user_message import UserMessage
from bot.rules.facts import Site

NOW = datetime.fromisoformat("2026-03-02T10:00:00-06:00")
SITES = {
    site.id: site
    for site in (
        Site("CHI-01", "Chicago North", "Chicago", "IL", "US", "America/Chicago"),
        Site("CHI-02", "Chicago South", "Chicago", "IL", "US", "America/Chicago"),
        Site("LAX-01", "Los Angeles West", "Los Angeles", "CA", "US", "America/Los_Angeles"),
        Site("HOU-01", "Houston Galleria", "Houston", "TX", "US", "America/Chicago"),
        Site("SEA-01", "Seattle Northgate", "Seattle", "WA", "US", "America/Los_Angeles"),
        Site("HNL-01", "Honolulu", "Honolulu", "HI", "US", "Pacific/Honolulu"),
    )
}
TABLE = yaml.safe_load((Path(__file__).parent / "seat_wishes.yml").read_text())
CASES = [(group["name"], group, case) for group in TABLE["groups"] for case in group["cases"]]


def asked(group: dict[str, Any], words: str | list[str]) -> dict[str, Any]:
    """What is asked after these messages, without what is not."""
    booked = datetime.fromisoformat(group["booked"]) if "booked" in group else None
    starts = sorted(datetime.fromisoformat(each) for each in group.get("shown", ()))
    shown = (starts[0], starts[-1]) if starts else None
    scene = Scene(NOW, "America/Chicago", SITES, beside_seats=bool(starts))
    known = SeatPreference()
    for said in [words] if isinstance(words, str) else words:
        wish = wish_in(said, scene)
        if wish is None:
            continue
        before, known = known, merged(known, wish)
        known = resolved(known, booked=booked, today=NOW.date(), shown=shown, before=before)
    return dict(known.model_dump(mode="json", exclude_defaults=True, exclude={"one_day"}).items())


@pytest.mark.parametrize(
    ("said", "plainly"),
    [
        ("march 12", True),
        ("no keep the 12th", True),
        ("put it on thursday march 12 please", True),
        ("would march 12 work", False),
        ("how about march 12", False),
        ("march 12?", False),
        ("does the 12th fit", False),
        ("friday", False),
        ("in the afternoon", False),
        ("the 12th at 9 so not that", False),
    ],
)
def test_only_a_day_that_is_named_plainly_is_taken_for_its_only_seat(said: str, plainly: bool) -> None:
    scene = Scene(NOW, "America/Chicago", SITES, beside_seats=True, shown=(NOW.date(),))
    wish = wish_in(said, scene)
    assert wish is not None
    assert merged(SeatPreference(), wish).one_day is plainly


@pytest.mark.parametrize(("name", "group", "case"), CASES, ids=[f"{name}: {case['say']}" for name, _, case in CASES])
def test_what_is_asked_of_a_seat(name: str, group: dict[str, Any], case: dict[str, Any]) -> None:
    assert asked(group, case["say"]) == case["asked"]


def test_the_table_is_a_large_one() -> None:
    assert len(CASES) >= 120


@pytest.mark.parametrize("words", TABLE["something_else"])
def test_what_speaks_of_something_else_is_no_wish(words: str) -> None:
    scene = Scene(NOW, "America/Chicago", SITES, beside_seats=True)
    assert not speaks_of_seats(UserMessage(words, "out_of_scope"), scene)

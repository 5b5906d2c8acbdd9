"""What the scripted assistant talks about: real decisions on made-up people, with their real words."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from bot.answers.answers import Answers
from bot.answers.sources import source_to_json
from bot.catalog.load import load_catalog, load_policy, load_tests
from bot.commands.bulk_decide import decide_lines
from bot.rules.codec import decision_from_json

KNOWLEDGE = Path(__file__).parents[2] / "knowledge"
NOW = "2026-03-02T10:00:00-06:00"
SITES = [
    {"id": "CHI-01", "name": "Chicago North", "city": "Chicago", "region": "IL", "country": "US",
     "time_zone": "America/Chicago"},
    {"id": "CHI-02", "name": "Chicago South", "city": "Chicago", "region": "IL", "country": "US",
     "time_zone": "America/Chicago"},
]  # fmt: skip


def person(**facts: Any) -> dict[str, Any]:
    """A candidate in the shape of a records file."""
    return {
        "ase_id": "ASE-1000-0001",
        "name": {"first": "Dana", "last": "Reyes"},
        "time_zone": "America/Chicago",
        "work_experience": {"status": "approved", "submitted_on": "2025-02-01", "decided_on": "2025-02-20"},
        **facts,
    }


def booked(starts_at: str, test: str = "A5") -> dict[str, Any]:
    """A bought test with an appointment at Chicago North."""
    appointment = {"id": "AP-1", "starts_at": starts_at, "site": "CHI-01", "status": "booked"}
    return {"id": "P-1", "test": test, "purchased_on": "2026-02-10", "paid_by": "candidate", "appointment": appointment}


DANA = person(
    purchases=[booked("2026-03-23T09:00"), {"id": "P-2", "test": "A6", "purchased_on": "2026-02-18"}],
    certifications=[{"test": "A1", "certified_on": "2024-05-01"}],
)
LATE = person(purchases=[booked("2026-03-04T09:00")])
FAILED = person(
    purchases=[
        {"id": "P-1", "test": "A8", "purchased_on": "2026-01-05",
         "result": {"outcome": "fail", "taken_on": "2026-02-20", "posted_on": "2026-02-23"}},
    ]
)  # fmt: skip
PASSED = person(
    purchases=[
        {"id": "P-1", "test": "A4", "purchased_on": "2026-01-05",
         "result": {"outcome": "pass", "taken_on": "2026-02-24", "posted_on": "2026-02-27"}},
    ]
)  # fmt: skip
LAPSED = person(
    certifications=[
        {"test": f"A{number}", "certified_on": "2021-01-15" if number in (3, 5) else f"2023-0{number}-10"}
        for number in range(1, 9)
        if number != 7
    ]
)
ONLY_LAPSED = person(
    certifications=[
        {"test": f"A{number}", "certified_on": "2021-01-15" if number == 5 else f"2023-0{number}-10"}
        for number in range(1, 9)
    ]
)


@cache
def answers() -> Answers:
    """The assistant's words."""
    return Answers(load_catalog(KNOWLEDGE))


def told(rule: str, candidate: dict[str, Any], **subject: Any) -> dict[str, Any]:
    """One decision with its words and sources, as a message's parts."""
    line = {"rule": rule, "as_of": NOW, "candidate": candidate, "sites": SITES, "subject": subject}
    decided = json.loads(next(decide_lines([json.dumps(line)], load_policy(KNOWLEDGE), load_tests(KNOWLEDGE))))
    assert "error" not in decided, decided
    words = answers().decision(decision_from_json(decided), day=datetime.fromisoformat(NOW).date())
    return {
        "text": words.text,
        "brief": "",
        "explained": words.text,
        "decisions": (decided,),
        "sources": tuple(source_to_json(s) for s in words.sources),
    }


def entry(label: str) -> dict[str, Any]:
    """A general answer as a message's parts."""
    words = answers().entry(label, datetime.fromisoformat(NOW).date())
    return {"text": words.text, "sources": tuple(source_to_json(s) for s in words.sources)}


CALENDAR = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//ASE assistant//EN\r\nBEGIN:VEVENT\r\nUID:AP-1@assistant\r\n"
    "DTSTART:20260320T180000Z\r\nSUMMARY:ASE test A5 Brakes\r\nLOCATION:Chicago North\r\nEND:VEVENT\r\n"
    "END:VCALENDAR\r\n"
)
EVIL = (
    '**Bold** and <img src=x onerror="window.broken=1"> and <script>window.broken=1</script>\n\n'
    "- a [good link](https://www.ase.com/terms-and-conditions)\n"
    "- a [bad link](javascript:window.broken=1)\n"
    "- a [data link](data:text/html,x)\n"
    "- mail [us](mailto:help@example.org), call 877-346-9327\n\n"
    "See ase.com/609 too."
)

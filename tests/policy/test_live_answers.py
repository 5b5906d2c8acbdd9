"""What the live texts state of policy, on the day before and on the day the values start."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot.answers import Answers
from bot.catalog import load_catalog

ANSWERS = Answers(load_catalog(Path(__file__).parents[2] / "knowledge"))
START = date(2022, 9, 20)

STATED = [
    ("account/purchase_window", "90 days", "ninety days"),
    ("account/reschedule", "3 days", "three days"),
    ("account/cancel_appointment", "3 days", "three days"),
    ("account/retest", "30", "thirty"),
    ("account/certification_expiry", "5 years", "five years"),
    ("account/duplicate_certificate", "$7.50", "seven dollars and fifty cents"),
    ("account/master_status", "A1 through A8", "A one through A eight"),
    ("account/master_status", "T2 through T8", "T two through T eight"),
    ("faq/bilingual_tests", "A1 through A8 and G1", "A one through A eight and G one"),
    ("faq/contact", "877-346-9327", "eight seven seven, three four six, nine three two seven"),
    ("faq/contact", "1-800-390-6789", "one, eight hundred, three nine zero, six seven eight nine"),
    ("faq/test_locations", "Canada", "Canada"),
]
STATING = sorted(
    label
    for label, entry in ANSWERS.catalog.entries.items()
    if any(version.forms.web.policy_ids() for version in entry.versions)
)


@pytest.mark.parametrize(("label", "web", "voice"), STATED)
def test_a_text_states_the_value_of_its_day(label: str, web: str, voice: str) -> None:
    answer = ANSWERS.entry(label, START)
    assert web in answer.text
    assert voice in answer.speech


@pytest.mark.parametrize("label", STATING)
def test_the_day_before_no_text_states_a_value(label: str) -> None:
    answer = ANSWERS.entry(label, date(2022, 9, 19))
    assert "September 19, 2022" in answer.text
    for _, web, voice in STATED:
        assert web not in answer.text
        assert voice not in answer.speech


def test_found_at_least_so_many_cases() -> None:
    assert len(STATED) >= 12
    assert len(STATING) >= 30

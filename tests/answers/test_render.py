"""Filling a text: values, policy, optional passages, and what is left when one falls away."""

from __future__ import annotations

from datetime import date

import pytest

from bot.answers import MissingValue, Said
from bot.answers.format import Formats
from bot.answers.render import Filling, tidy
from bot.catalog import Catalog
from bot.catalog.template import parse
from bot.rules.policy import MissingPolicy

DAY = date(2026, 3, 2)

CASES: list[tuple[str, dict[str, object], str, str]] = [
    ("Plain.", {}, "Plain.", "Plain."),
    ("Take {test}.", {"test": "A5"}, "Take A5 Brakes.", "Take A five, Brakes."),
    ("{days|days} left.", {"days": 12}, "12 days left.", "Twelve days left."),
    ("Left: {days|days}.", {"days": 12}, "Left: 12 days.", "Left: twelve days."),
    ("Done. {days|days} left.", {"days": 1}, "Done. 1 day left.", "Done. One day left."),
    (
        "Good[[ until {day}]].",
        {"day": DAY},
        "Good until Monday, March 2, 2026.",
        "Good until Monday, March second.",
    ),
    ("Good[[ until {day}]].", {}, "Good.", "Good."),
    ("Good[[ until {day}]].", {"day": None}, "Good.", "Good."),
    ("Lapsed[[: {tests}]].", {"tests": []}, "Lapsed.", "Lapsed."),
    ("Lapsed[[: {tests}]].", {"tests": ["H4"]}, "Lapsed: H4.", "Lapsed: H four."),
    ("[[{a} and {b}, ]]so it is.", {"a": "x"}, "so it is.", "so it is."),
    ("Zero[[ {n}]].", {"n": 0}, "Zero 0.", "Zero zero."),
    ("Wait [[{a}]] now.", {}, "Wait now.", "Wait now."),
    ("{policy.purchase_window.days} days", {}, "90 days", "Ninety days"),
    ("for {policy.purchase_window.days|days}", {}, "for 90 days", "for ninety days"),
    ("about {policy.certificate_estimate.days|weeks}", {}, "about 3 weeks", "about three weeks"),
    ("It is {policy.duplicate.fee}.", {}, "It is $7.50.", "It is seven dollars and fifty cents."),
    (
        "Call {policy.phone.prometric}.",
        {},
        "Call 877-346-9327.",
        "Call eight seven seven, three four six, nine three two seven.",
    ),
    ("In {policy.spanish.tests}.", {}, "In A1 through A8 and G1.", "In A one through A eight and G one."),
    (
        "Needs {policy.prerequisites.L1}.",
        {},
        "Needs A8 Engine Performance.",
        "Needs A eight, Engine Performance.",
    ),
    ("{policy.policy.time_zone}", {}, "Eastern time", "Eastern time"),
    ("{a}", {"a": Said("written", "spoken")}, "Written", "Spoken"),
    ("Said: {a|date}.", {"a": Said("one way", "another")}, "Said: one way.", "Said: another."),
    ("**{test}** it is.", {"test": Said("x", "x")}, "**X** it is.", "**X** it is."),
]


def filling(catalog: Catalog, values: dict[str, object]) -> Filling:
    return Filling(Formats(catalog.tests, DAY), values, lambda name: catalog.policy.on(name, DAY), catalog.parameters)


@pytest.mark.parametrize(("text", "values", "web", "voice"), CASES)
def test_a_text_is_filled(catalog: Catalog, text: str, values: dict[str, object], web: str, voice: str) -> None:
    at_work = filling(catalog, values)
    assert at_work.fill(parse(text), spoken=False) == web
    assert at_work.fill(parse(text), spoken=True) == voice


def test_the_rows_used_are_kept_once(catalog: Catalog) -> None:
    at_work = filling(catalog, {})
    at_work.fill(parse("{policy.validity.years} {policy.validity.years|years} {policy.duplicate.fee}"), spoken=True)
    assert [row.id for row in at_work.used] == ["validity.years", "duplicate.fee"]


def test_a_certain_value_that_is_absent_is_an_error(catalog: Catalog) -> None:
    with pytest.raises(MissingValue, match=r"no value day for: On \{day\}"):
        filling(catalog, {}).fill(parse("On {day}."), spoken=False)


def test_a_policy_value_without_a_row_is_no_number(catalog: Catalog) -> None:
    early = Filling(
        Formats(catalog.tests, DAY),
        {},
        lambda name: catalog.policy.on(name, date(2022, 9, 19)),
        catalog.parameters,
    )
    with pytest.raises(MissingPolicy):
        early.fill(parse("{policy.validity.years|years}"), spoken=False)


def test_spoken_text_is_one_line_and_written_text_keeps_its_paragraphs() -> None:
    text = "One  two \n\n\n\n- three\n- four , five\n"
    assert tidy(text, spoken=False) == "One two\n\n- three\n- four, five"
    assert tidy(text, spoken=True) == "One two - three - four, five"


def test_found_at_least_so_many_cases() -> None:
    assert len(CASES) >= 24

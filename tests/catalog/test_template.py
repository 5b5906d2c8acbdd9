"""Marks in texts: what is read and what is refused."""

from __future__ import annotations

import pytest

from bot.answers.format import FORMATS
from bot.catalog.template import FILTERS, Placeholder, TemplateError, parse

REFUSED = [
    ("{", "a single {"),
    ("a } b", "a single }"),
    ("{a b}", "is no placeholder"),
    ("{}", "is no placeholder"),
    ("{a|}", "is no placeholder"),
    ("{1a}", "is no placeholder"),
    ("{a|upper}", "unknown filter upper; allowed: days, weeks"),
    ("{a.b}", "only policy values have a dot"),
    ("[[ a {b}", "[[ without ]]"),
    ("a ]] b", "]] without [["),
    ("[[ a [[ {b} ]] ]]", "inside another one"),
    ("[[ a ]]", "without a value in it"),
]


def test_the_marks_are_read() -> None:
    template = parse("On {day|date}[[ at {site}]] within {policy.change_cutoff.days|days}.")
    assert list(template.placeholders()) == [
        Placeholder("day", "date"),
        Placeholder("site"),
        Placeholder("change_cutoff.days", "days", policy=True),
    ]
    assert [mark.name for mark in template.placeholders(optional=True)] == ["site"]
    assert [mark.name for mark in template.placeholders(optional=False)] == ["day", "change_cutoff.days"]
    assert template.policy_ids() == {"change_cutoff.days"}
    assert template.plain("x") == "On x at x within x."


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_marks_that_do_not_fit_together_are_refused(text: str, message: str) -> None:
    with pytest.raises(TemplateError) as error:
        parse(text)
    assert message in str(error.value)


def test_every_filter_is_carried_out_and_no_other() -> None:
    assert set(FILTERS) == set(FORMATS)


def test_found_at_least_so_many_cases() -> None:
    assert len(REFUSED) >= 12

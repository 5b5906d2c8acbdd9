"""Entries, decisions, explanations and phrases, from the live knowledge."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.answers import Answer, Answers, Channel, MissingValue, Said, UnknownText, joined
from bot.catalog import Catalog
from bot.rules.decision import Decision, DecisionSubject, Outcome, PolicyRow, Reason

DAY = date(2026, 3, 2)
FIRST = date(2022, 9, 20)
CHICAGO = ZoneInfo("America/Chicago")


def window(catalog: Catalog, *, row: PolicyRow | None = None) -> Decision:
    values = {
        "test": "A5",
        "purchase_id": "P-1",
        "purchased_on": date(2026, 1, 10),
        "must_test_by": date(2026, 4, 10),
        "days_left": 39,
    }
    rows = (row or catalog.policy.on("purchase_window.days", DAY),)
    return Decision("purchase_window", Outcome.ALLOWED, DecisionSubject("A5"), (Reason("window_open", values, rows),))


def test_every_text_is_said_from_its_first_day_on(answers: Answers, catalog: Catalog) -> None:
    for label, entry in catalog.entries.items():
        answer = answers.entry(label, FIRST)
        assert answer.text
        assert answer.speech
        assert not any(mark in answer.text + answer.speech for mark in ("{", "}", "[["))
        assert answer.offers == entry.versions[0].offer
        assert {source.id for source in answer.sources} >= set(entry.versions[0].sources)
    assert len(catalog.entries) >= 34


def test_before_the_first_day_nothing_is_claimed(answers: Answers) -> None:
    answer = answers.entry("account/retest", date(2022, 9, 19))
    assert "September 19, 2022" in answer.text
    assert "30" not in answer.text.replace("2022", "")
    assert answer.sources == ()
    assert answer.offers == ()


def test_a_decision_says_the_date_and_names_its_sources(answers: Answers, catalog: Catalog) -> None:
    decision = window(catalog)
    answer = answers.decision(decision, day=DAY)
    assert "Friday, April 10, 2026" in answer.text
    assert "Friday, April tenth" in answer.speech
    assert "A5 Brakes" in answer.text
    assert [source.id for source in answer.sources] == ["faq/registration"]
    assert answer.decisions == (decision,)
    assert answer.on(Channel.PHONE) == answer.speech
    assert answer.on(Channel.WEB) == answer.on(Channel.AGENT) == answer.text


def test_the_row_a_rule_used_goes_before_the_row_of_the_day(answers: Answers, catalog: Catalog) -> None:
    given = PolicyRow("purchase_window.days", 45, date(2026, 1, 1), "given")
    why = answers.explain(window(catalog, row=given), day=DAY)
    assert "45 days" in why.text
    assert "90" not in why.text
    assert why.speech.count("forty-five days") == 1


def test_why_gives_value_source_and_start_of_each_row(answers: Answers, catalog: Catalog) -> None:
    rows = tuple(catalog.policy.on(name, DAY) for name in ("change_cutoff.days", "change_cutoff.reading"))
    values = {
        "test": "A5",
        "purchase_id": "P-1",
        "purchased_on": date(2026, 1, 10),
        "must_test_by": date(2026, 4, 10),
        "appointment_id": "AP-1",
        "starts_at": datetime(2026, 3, 4, 9, tzinfo=CHICAGO),
        "change_by": datetime(2026, 3, 1, 9, tzinfo=CHICAGO),
        "site": "CHI-01",
    }
    reasons = (Reason("inside_change_cutoff", values, rows),)
    why = answers.explain(Decision("reschedule", Outcome.REFUSED, DecisionSubject("A5"), reasons), day=DAY)
    assert "**3 days**" in why.text
    assert "September 20, 2022" in why.text
    assert "ASE Frequently Asked Questions" in why.text
    assert "This is our reading." in why.text
    assert "to the same local clock time" in why.text
    assert "wall_clock" not in why.text
    assert why.speech.count("Frequently Asked Questions") == 1


def test_other_words_for_the_test(answers: Answers, catalog: Catalog) -> None:
    answer = answers.decision(window(catalog), day=DAY, subject_words="brakes, the one from January,")
    assert "brakes, the one from January," in answer.text
    assert "A5" not in answer.text
    both = answers.decision(window(catalog), day=DAY, subject_words=Said("WEB", "VOICE"))
    assert "WEB" in both.text
    assert "VOICE" in both.speech


def test_a_reason_without_words_is_an_error(answers: Answers) -> None:
    decision = Decision("purchase_window", Outcome.ALLOWED, DecisionSubject(), (Reason("new_code"),))
    for say in (answers.decision, answers.explain, answers.brief):
        with pytest.raises(UnknownText, match="no wording for new_code of purchase_window"):
            say(decision, day=DAY)


def test_phrases_take_typed_values_and_refuse_others(answers: Answers) -> None:
    row = answers.phrase("explain_row", about="The wait", value=12)
    assert row == Answer("The wait: **12**.", "The wait: twelve.")
    with pytest.raises(TypeError, match="takes about, value, not extra"):
        answers.phrase("explain_row", about="x", value="y", extra=1)
    with pytest.raises(MissingValue):
        answers.phrase("explain_row", about="x")
    with pytest.raises(UnknownText):
        answers.phrase("no such phrase")
    with pytest.raises(UnknownText):
        answers.entry("faq/none", DAY)


def test_every_choice_has_a_title(answers: Answers, catalog: Catalog) -> None:
    for label in catalog.topics:
        title = answers.title(label)
        assert title.web
        assert title.voice
    assert len(catalog.topics) >= 52
    with pytest.raises(UnknownText):
        answers.title("faq/none")


def test_answers_join_in_order_and_name_everything_once(answers: Answers, catalog: Catalog) -> None:
    fees, window_open = answers.entry("faq/fees", DAY), answers.decision(window(catalog), day=DAY)
    both = fees + window_open + fees
    assert both.text == f"{fees.text}\n\n{window_open.text}\n\n{fees.text}"
    assert both.speech.startswith(f"{fees.speech} {window_open.speech}")
    assert len(both.sources) == len(set(both.sources)) == len({*fees.sources, *window_open.sources})
    assert both.decisions == window_open.decisions
    assert joined([]) == Answer("", "")
    assert joined([fees]) == fees


def test_a_phrase_that_tells_the_keys_says_so_alone_and_among_others(answers: Answers) -> None:
    told, plain = answers.phrase("ask_yes_no_again"), answers.phrase("confirm_question")
    assert told.tells_keys
    assert (plain + told).tells_keys
    assert not plain.tells_keys

"""The widget in front of the real thing: model, rules, database. The wording is not checked, what is done is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from icalendar import Calendar
from playwright.sync_api import expect

from bot.rules.time import instant_of, zone
from tests.whole import parser
from tests.whole_serving import WholeServing
from tests.widget.conftest import MakeContext
from tests.widget.driving import Widget

DANA = "ASE-1000-0001"
LAPSED = "ASE-1000-0022"
PATIENCE = 30_000
"""Milliseconds for an answer of the real model on a busy machine."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeServing]:
    parser()
    with WholeServing(tmp_path_factory.mktemp("whole") / "whole.db") as serving:
        yield serving


@pytest.fixture
def talk(whole: WholeServing, make_context: MakeContext) -> Iterator[Widget]:
    """The open widget; nobody is signed in. Trouble on the page fails the test."""
    troubles: list[str] = []
    page = make_context().new_page()
    page.on("pageerror", lambda error: troubles.append(f"page error: {error}"))
    page.on("console", lambda line: troubles.append(line.text) if line.type in ("error", "warning") else None)
    page.goto(whole.url)
    yield Widget(page, whole, troubles, (), PATIENCE)
    assert troubles == []


def sign_in(talk: Widget, name: str) -> None:
    """Be one of the demo's people on the host page."""
    talk.page.get_by_role("button", name=name).click()
    expect(talk.page.get_by_role("button", name="Sign out")).to_be_visible()
    talk.open()


def preview(talk: Widget, test: str = "A5") -> None:
    """Ask for another time and take the second that is offered."""
    talk.say(f"can I still move my {test}?", re.compile("free"))
    talk.last.locator(".picker .seat").nth(1).click()
    expect(talk.panel.get_by_role("group", name="Please check and confirm")).to_be_visible(timeout=PATIENCE)


def agree(talk: Widget) -> None:
    """Say yes by the button and wait until it is done."""
    before = talk.log.locator("article.assistant").count()
    talk.panel.locator(".confirm .primary").click()
    talk.answered(before)


def test_moving_an_appointment_with_countdown_and_calendar(talk: Widget, whole: WholeServing, tmp_path: Path) -> None:
    before = whole.appointment(DANA, "P-1")
    sign_in(talk, "Dana Reyes")
    preview(talk)
    card = talk.log.get_by_role("group", name="Your case: A5 Brakes")
    expect(card).to_contain_text("Can be moved")
    card.get_by_role("button", name="Explain").click()
    expect(card.locator(".timeline li.next")).to_contain_text("Change it by")
    held = whole.held(DANA)
    assert held is not None
    expect(talk.panel.get_by_role("timer")).to_have_text(re.compile(r"Held for (5:00|4:\d\d)"))
    agree(talk)
    now = whole.appointment(DANA, "P-1")
    assert (now.site, now.starts_at) == (held.site, held.starts_at)
    assert now != before
    assert whole.held(DANA) is None
    with talk.page.expect_download() as saved:
        talk.button("Add to calendar").click()
    saved.value.save_as(tmp_path / "a.ics")
    [event] = Calendar.from_ical((tmp_path / "a.ics").read_text()).walk("VEVENT")
    assert event["DTSTART"].dt == instant_of(now.starts_at, zone(whole.site(now.site).time_zone))
    talk.say("undo")
    expect(talk.panel.get_by_role("group", name="Please check and confirm")).to_be_visible(timeout=PATIENCE)
    agree(talk)
    assert whole.appointment(DANA, "P-1") == before


def test_a_question_while_a_yes_is_awaited_is_answered_above_the_card(talk: Widget) -> None:
    sign_in(talk, "Dana Reyes")
    talk.say("cancel my A5 appointment")
    confirm = talk.panel.get_by_role("group", name="Please check and confirm")
    expect(confirm).to_be_visible(timeout=PATIENCE)
    talk.say("am I a master technician?", re.compile("Should I cancel the A5 appointment"))
    expect(talk.last.get_by_role("group", name="Your case: Automobile and Light Truck")).to_be_visible()
    expect(confirm).to_be_visible()
    expect(confirm).not_to_contain_text("Master")
    confirm.get_by_role("button", name=re.compile("^Keep")).click()
    expect(confirm).to_have_count(0, timeout=PATIENCE)


@pytest.mark.parametrize(
    ("how", "name", "ase_id", "test"),
    [("End this chat", "Yusuf Demir", "ASE-1000-0032", "A1"), ("Start over", "Teresa Nguyen", "ASE-1000-0030", "G1")],
)
def test_leaving_gives_a_held_seat_back(
    talk: Widget, whole: WholeServing, how: str, name: str, ase_id: str, test: str
) -> None:
    sign_in(talk, name)
    preview(talk, test)
    assert whole.held(ase_id) is not None
    talk.menu(how)
    if how == "Start over":
        talk.button("Start over").click()
        expect(talk.said).to_have_count(1)
    else:
        talk.button("End this chat", exact=True).click()  # a change waits for its yes: asked first
        expect(talk.panel).to_contain_text("This chat has ended")
        talk.button("Yes", exact=True).click()
        expect(talk.panel).to_contain_text("Thank you. That helps us")
    for _ in range(200):
        if whole.held(ase_id) is None:
            break
        talk.page.wait_for_timeout(20)
    assert whole.held(ase_id) is None


def test_signing_in_by_code_own_records_and_a_person(talk: Widget, whole: WholeServing) -> None:
    talk.open()
    starters = talk.panel.get_by_role("list", name="Suggestions")
    expect(starters.get_by_role("button")).to_have_count(4)
    starters.get_by_role("button", name="Am I a Master Technician?").click()
    expect(talk.button("Sign in")).to_be_visible(timeout=PATIENCE)
    expect(starters).to_have_count(0)
    expect(talk.last.locator(".sources")).to_contain_text("as of Sep 20, 2022")
    before = talk.log.locator("article.assistant").count()
    talk.button("Sign in").click()
    talk.answered(before)
    talk.say(LAPSED, re.compile("code"))
    talk.say(whole.code(), re.compile("signed in"))
    card = talk.last.get_by_role("group", name="Your case: Automobile and Light Truck")
    expect(card.locator(".expired")).to_contain_text("A5 Brakes")
    talk.say("can I talk to a person?")
    if talk.button("Yes").count():
        talk.button("Yes").click()
    expect(talk.panel).to_contain_text("Waiting for a person", timeout=PATIENCE)

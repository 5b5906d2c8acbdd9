"""Answers worth looking at: each card says what it must."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import expect

from tests.widget.conftest import Start
from tests.widget.material import CALENDAR
from tests.widget.serving import Serving


def test_a_refusal_shows_the_date_that_matters_and_on_request_why(start: Start) -> None:
    widget = start()
    widget.say("too late", "Too close")
    card = widget.last.get_by_role("group", name="Your case: A5 Brakes")
    expect(card).to_contain_text("Not allowed")
    expect(card).to_contain_text("Too close to the appointment")
    expect(card).to_contain_text("Changes closed")
    expect(card).to_contain_text("Yesterday, 9:00")
    expect(card.get_by_text("Rules applied")).to_be_hidden()
    why = card.get_by_role("button", name="Explain")
    expect(why).to_have_attribute("aria-expanded", "false")
    why.click()
    expect(why).to_have_attribute("aria-expanded", "true")
    expect(card).to_contain_text("Changes close before the appointment")
    expect(card).to_contain_text("since Sep 20, 2022")
    expect(card).to_contain_text("3 days")
    card.get_by_role("button", name="Why?").click()
    expect(widget.last).to_contain_text("Changes are allowed up to 3 days before an appointment")


def test_the_timeline_of_a_test(start: Start) -> None:
    widget = start()
    widget.say("too late", "Too close")
    widget.button("Explain").click()
    steps = widget.last.locator(".timeline li").all_inner_texts()
    names = [re.split(r"[\n\t]", step)[0] for step in steps]
    assert names == ["Bought", "Change it by", "Appointment", "Last day to take it"]
    expect(widget.last.locator(".timeline li.next")).to_contain_text("Appointment")
    expect(widget.last.locator(".timeline li.past")).to_have_count(2)
    widget.say("certificate", "Certificate on its way")
    widget.last.get_by_role("button", name="Explain").click()
    expect(widget.last.locator(".timeline li").last).to_contain_text("Certificate, about")


def test_master_status_says_what_is_missing_and_what_expires(start: Start) -> None:
    widget = start()
    widget.say("master", "Missing")
    card = widget.last.get_by_role("group", name="Your case: Automobile and Light Truck")
    expect(card.locator(".missing")).to_contain_text("A7 Heating and Air Conditioning")
    expect(card.locator(".expired li")).to_have_count(2)
    expect(card.locator(".expired")).to_contain_text("A5 Brakes")
    expect(card.locator(".expired")).to_contain_text("Jan 15, 2026")
    expect(card.locator(".lapse")).to_contain_text("A1 Engine Repair")


def test_other_cards(start: Start) -> None:
    widget = start()
    widget.say("retest", "still a wait")
    expect(widget.last).to_contain_text("Retest from")
    expect(widget.last.locator(".key-date")).to_contain_text("Mon, Mar 23")
    widget.say("window", "A6")
    expect(widget.last.locator(".key-date")).to_contain_text("days left")
    widget.say("duplicate", "7.50")
    widget.last.get_by_role("button", name="Explain").click()
    expect(widget.last).to_contain_text("$7.50")
    widget.say("cannot tell", re.compile("L3"))
    expect(widget.last).to_contain_text("Can't tell")


def test_unknown_kinds_degrade_to_text(start: Start) -> None:
    widget = start()
    widget.say("odd", "The words are still here.")
    expect(widget.last).to_contain_text("Brand new")
    expect(widget.last.locator(".card")).to_have_count(1)
    expect(widget.last.get_by_role("button", name="Add to calendar")).to_have_count(0)


def test_picking_a_seat_confirming_and_adding_it_to_the_calendar(start: Start, tmp_path: Path) -> None:
    widget = start()
    widget.say("move my appointment", "These seats are free")
    picker = widget.last.locator(".picker")
    assert [re.sub(r"\s", " ", day) for day in picker.locator(".day-name").all_inner_texts()] == [
        "Fri, Mar 20", "Sat, Mar 21", "Tue, Mar 24",
    ]  # fmt: skip
    assert picker.locator(".day").first.locator(".seat").count() == 3
    picker.get_by_role("button", name="Friday, March 20, 1:00 PM, Chicago North").click()
    preview = widget.panel.get_by_role("group", name="Please check and confirm")
    expect(preview.locator("dt")).to_have_text(["From", "To"])
    expect(preview.locator("dd").last).to_contain_text("Fri, Mar 20, 1:00")
    expect(preview.get_by_role("timer")).to_contain_text(re.compile(r"Held for [45]:\d\d"))
    expect(widget.panel.get_by_role("group", name="Free seats")).to_have_count(0)
    preview.get_by_role("button", name="Move to Mar 20").click()
    expect(widget.last).to_contain_text("Moved: A5 Brakes")
    assert widget.texts("candidate")[-1].replace("\xa0", " ") == "Move to Mar 20"
    expect(preview).to_have_count(0)
    expect(widget.log.locator(".proposed")).to_contain_text("Move A5 Brakes")
    with widget.page.expect_download() as saved:
        widget.button("Add to calendar").click()
    path = tmp_path / "a.ics"
    saved.value.save_as(path)
    assert saved.value.suggested_filename == "ase-appointment.ics"
    assert path.read_bytes().decode() == CALENDAR


def test_a_yes_or_no_that_changes_nothing_is_no_card(start: Start) -> None:
    widget = start()
    widget.say("yes or no", "Shall I pass you to somebody?")
    expect(widget.panel.get_by_role("group", name="Please check and confirm")).to_have_count(0)
    expect(widget.last.get_by_role("button", name="Yes, do it")).to_be_visible()


def test_the_hold_ends_visibly(start: Start, serving: Serving) -> None:
    serving.assistant.hold = timedelta(seconds=2)
    widget = start()
    widget.say("reschedule", "These seats are free")
    widget.button("Saturday, March 21, 9:00 AM, Chicago North").click()
    expect(widget.panel.locator(".hold.soon")).to_contain_text("0:0")
    expect(widget.panel.locator(".hold.over")).to_contain_text("No longer held")
    widget.button("Keep Mar 23").click()
    expect(widget.last).to_contain_text("Nothing has been changed")


def test_other_times_and_another_day(start: Start) -> None:
    widget = start()
    widget.say("move my appointment", "These seats are free")
    widget.button("Other times").click()
    expect(widget.button("Friday, March 27, 10:00 AM, Chicago North")).to_be_visible()
    widget.panel.get_by_label("Another day").fill("2026-04-02")
    widget.button("Show", exact=True).click()
    expect(widget.last).to_contain_text("You said: On Thursday, April 2, 2026")


def test_sources_have_their_date(start: Start) -> None:
    widget = start()
    widget.say("fees", "test fee")
    expect(widget.last.locator(".sources")).to_contain_text("as of Sep 20, 2022")

"""The agent's pages in a real browser: people without a conversation, further changes, figures, keys and looks."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.console.browsing import MakePage, ask_for_person, browser, open_first, page_of, playwright, serving
from tests.console.conftest import MARCUS
from tests.console.serving import Serving

__all__ = ["browser", "page_of", "playwright", "serving"]  # fixtures
MASTER = "ASE-1000-0021"


def test_a_person_without_a_conversation(page_of: MakePage, serving: Serving) -> None:
    page = page_of("Anna Berg")
    page.get_by_role("button", name="People", exact=True).click()
    field = page.get_by_label("ASE ID")
    field.fill("ASE-9999-9999")
    field.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Nobody has that ASE ID")
    field.fill(MASTER)
    field.press("Enter")
    expect(page.get_by_role("heading", level=2)).to_contain_text("I. M.")
    expect(page.locator("main")).not_to_contain_text("Isaac")
    assert serving.house.audited("person.opened") == []
    page.get_by_label("Why do you look?").fill("he is on the telephone")
    page.get_by_role("button", name="Open the records").click()
    records = page.get_by_role("article", name="Records of Isaac Moore")
    expect(records).to_contain_text("isaac@example.org")
    expect(records).to_contain_text("Master, Automobile")
    expect(records.get_by_role("button")).to_have_text(["Open a conversation"])
    [event] = serving.house.audited("person.opened")
    assert (event.actor_id, event.subject) == ("anna", MASTER)


def test_duplicates_and_an_address_for_the_person(page_of: MakePage, serving: Serving) -> None:
    ask_for_person(serving, MASTER, "am I a master")
    page = page_of("Anna Berg", width=1440)
    open_first(page)
    page.get_by_role("button", name="Take over").click()
    page.get_by_role("button", name=re.compile("Order duplicate certificates")).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("$7.50")
    dialog.get_by_label("On the telephone").check()
    dialog.get_by_role("button", name="Do it for the person").click()
    expect(dialog.get_by_role("status")).to_contain_text("$7.50")
    dialog.get_by_role("button", name="Good").click()
    page.get_by_role("button", name="Change the address").click()
    for title, value in (("Street and number", "12 Oak Street"), ("City", "Aurora"), ("State", "IL")):
        dialog.get_by_label(title).fill(value)
    dialog.get_by_label("Postal code").fill("not a code")
    dialog.get_by_role("button", name="Preview").click()
    expect(dialog.get_by_role("alert")).not_to_be_empty()
    dialog.get_by_label("Postal code").fill("60505")
    dialog.get_by_role("button", name="Preview").click()
    expect(dialog).to_contain_text("12 Oak Street, Aurora, IL 60505")
    dialog.get_by_label("In this conversation").check()
    dialog.get_by_role("button", name="Do it for the person").click()
    dialog.get_by_role("button", name="Good").click()
    expect(page.get_by_role("tabpanel", name="Person")).to_contain_text("12 Oak Street")
    assert len(serving.house.audited("consent.recorded")) == 2


def test_replies_are_suggested_for_any_message_of_the_person(page_of: MakePage, serving: Serving) -> None:
    house = serving.house
    talk = serving.do(house.open())
    for words in ("what are the fees", "can I move my A5", "I want to talk to a person"):
        serving.do(house.say(talk, words))
    page = page_of("Anna Berg")
    open_first(page)
    page.get_by_role("button", name="Take over").click()
    suggested = page.get_by_role("region", name="Suggested replies")
    expect(suggested).to_contain_text("account/reschedule")
    expect(page.locator("article.candidate", has_text="Replies suggested below")).to_contain_text("can I move my A5")
    page.get_by_role("button", name="Suggest replies to: what are the fees").click()
    expect(suggested).to_contain_text("faq/fees")
    suggested.get_by_role("button", name="Insert").first.click()
    expect(page.get_by_label("Your reply")).to_have_value(re.compile("registration fee"))
    expect(page.get_by_label("Your reply")).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(page.locator("article.agent")).to_have_count(1)
    with house.store.unit_of_work(write=False) as uow:
        [first] = [s.state for s in uow.console.suggested(talk, 2) if s.state != "shown"]
    assert first == "sent"


def test_a_figure_leads_by_its_day_to_the_conversations(page_of: MakePage, serving: Serving) -> None:
    house = serving.house
    for words in ("flibber wibble", "what are the fees"):
        serving.do(house.say(serving.do(house.open(MARCUS)), words))
    page = page_of("Lena Moss")
    page.get_by_role("button", name="Dashboard").click()
    page.get_by_role("button", name="2 conversations").click()
    expect(page.get_by_role("dialog").locator(".ids li")).to_have_count(2)
    page.keyboard.press("Escape")
    page.get_by_role("button", name=re.compile("Not understood")).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("img", name=re.compile("Not understood by day"))).to_be_visible()
    expect(dialog.get_by_role("row").last).to_contain_text("1 of 2")
    dialog.get_by_role("row").last.get_by_role("button").click()
    expect(dialog.get_by_role("status")).to_contain_text("1 conversation on")
    dialog.get_by_role("button", name="Show them in the inbox").click()
    expect(page.locator(".line")).to_have_count(1)
    page.get_by_role("button", name="Dashboard").click()
    with page.expect_download() as saved:
        page.get_by_role("link", name="Export CSV").click()
    assert saved.value.suggested_filename == "dashboard.csv"


def expect_ground(page: Page, colour: str) -> None:
    """The colour that the page lies on."""
    expect(page.locator("body")).to_have_css("background-color", colour)


def test_the_look_follows_the_system_or_the_button_and_is_kept(page_of: MakePage) -> None:
    dark, light = "rgb(16, 21, 27)", "rgb(242, 244, 247)"
    page = page_of("Anna Berg", scheme="dark")
    toggle = page.get_by_role("button", name=re.compile("^Look: "))
    expect(toggle).to_have_accessible_name("Look: system. Change it")
    expect_ground(page, dark)
    toggle.click()
    expect(toggle).to_have_accessible_name("Look: light. Change it")
    expect_ground(page, light)
    page.reload()
    expect(toggle).to_have_accessible_name("Look: light. Change it")
    expect_ground(page, light)
    toggle.click()
    page.emulate_media(color_scheme="light")
    expect(toggle).to_have_accessible_name("Look: dark. Change it")
    expect_ground(page, dark)
    toggle.click()
    expect(toggle).to_have_accessible_name("Look: system. Change it")
    expect_ground(page, light)


def test_everything_the_list_of_keys_names_works(page_of: MakePage, serving: Serving) -> None:
    ask_for_person(serving)
    ask_for_person(serving, MARCUS, "can I move my A4")
    page = page_of("Lena Moss")
    press = page.keyboard.press
    tried = []

    def key(name: str) -> None:
        tried.append(name)
        for one in name.split():
            press(one)

    expect(page.locator(".line")).to_have_count(2)
    key("?")
    dialog = page.get_by_role("dialog")
    named = " ".join(dialog.locator("kbd").all_inner_texts())
    key("Escape")
    expect(dialog).to_have_count(0)
    key("j")
    first = page.get_by_role("heading", level=1).inner_text()
    key("j")
    expect(page.get_by_role("heading", level=1)).not_to_have_text(first)
    key("k")
    expect(page.get_by_role("heading", level=1)).to_have_text(first)
    key("t")
    field = page.get_by_label("Your reply")
    expect(field).to_be_visible()
    expect(page.get_by_role("region", name="Suggested replies")).to_contain_text("Insert")
    key("r")
    expect(field).to_be_focused()
    key("Escape")
    expect(field).not_to_be_focused()
    key("1")
    expect(field).not_to_have_value("")
    expect(field).to_be_focused()
    key("Control+Enter")
    expect(page.locator("article.agent")).to_have_count(1)
    key("Escape")
    key("/")
    expect(page.get_by_label("Search what we know")).to_be_focused()
    key("Escape")
    for name, title in (("x", "Pass on"), ("e", "Close the conversation"), ("b", "Hand back to the assistant")):
        key(name)
        expect(dialog.get_by_role("heading")).to_have_text(title)
        key("Escape")
        expect(dialog).to_have_count(0)
    for name, title in (("g d", "Dashboard"), ("g a", "Ask the copilot"), ("g p", "People"), ("g i", "Inbox")):
        key(name)
        if title != "Inbox":
            expect(page.get_by_role("heading", level=1)).to_have_text(title)
    expect(page.locator(".line")).not_to_have_count(0)
    shown = set(re.findall(r"[a-z0-9?/]+", named.replace("Ctrl Enter", "").replace("Esc", "").replace("then", "")))
    assert shown - {"2", "3"} <= {part for name in tried for part in name.split()}, named
    assert len(shown) >= 14


def test_keys_do_nothing_while_one_writes(page_of: MakePage, serving: Serving) -> None:
    ask_for_person(serving)
    page = page_of("Anna Berg")
    open_first(page)
    expect(page.get_by_role("button", name="Take over")).to_be_enabled()
    page.keyboard.press("t")
    field = page.get_by_label("Your reply")
    field.click()
    page.keyboard.type("? be exact / 1 g d")
    expect(field).to_have_value("? be exact / 1 g d")
    expect(page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.parametrize(
    ("code", "says"),
    [("no_account", "have an account"), ("no_role", "no role"), ("odd", "didn't work")],
)
def test_the_way_back_from_a_provider_says_why_not(page_of: MakePage, serving: Serving, code: str, says: str) -> None:
    page = page_of(None)
    page.goto(f"{serving.url}/agent?sign_in={code}")
    expect(page.get_by_role("alert")).to_contain_text(says)
    assert page.url == f"{serving.url}/agent"
    expect(page.get_by_role("link", name=re.compile("Sign in with"))).to_have_count(0)

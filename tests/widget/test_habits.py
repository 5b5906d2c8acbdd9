"""What people are used to: keys, badge, transcript, ratings, themes, languages, corners, small screens."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.widget.conftest import Start
from tests.widget.driving import wait_until
from tests.widget.serving import Serving


def test_enter_sends_and_shift_enter_breaks_the_line(start: Start) -> None:
    widget = start()
    widget.input.type("one")
    widget.input.press("Shift+Enter")
    widget.input.type("two")
    assert widget.input.input_value() == "one\ntwo"
    widget.input.press("Enter")
    expect(widget.last).to_contain_text("You said: one")
    assert widget.texts("candidate") == ["one\ntwo"]
    widget.input.press("Enter")
    assert widget.texts("candidate") == ["one\ntwo"]


def test_arrow_up_brings_back_what_was_written(start: Start) -> None:
    widget = start()
    widget.say("first", "You said")
    widget.say("second", "You said: second")
    widget.input.press("ArrowUp")
    assert widget.input.input_value() == "second"
    widget.input.press("ArrowUp")
    assert widget.input.input_value() == "first"
    widget.input.press("ArrowDown")
    widget.input.press("ArrowDown")
    assert widget.input.input_value() == ""


def test_escape_closes_and_the_badge_counts(start: Start, serving: Serving) -> None:
    widget = start()
    conversation = widget.conversation
    widget.input.press("Escape")
    expect(widget.panel).to_have_count(0)
    assert widget.focused() == "Open chat with the ASE assistant"
    for text in ("One thing", "Another thing"):
        serving.on_loop(partial(serving.assistant.break_in, conversation, text))
    expect(widget.launcher).to_have_attribute("aria-label", re.compile("2 new messages"))
    expect(widget.launcher.locator(".unread")).to_have_text("2")
    widget.launcher.click()
    expect(widget.launcher.locator(".unread")).to_have_count(0)
    expect(widget.last).to_contain_text("Another thing")


def test_sound_is_off_until_switched_on(start: Start) -> None:
    count = (
        "window.tones = 0; const Real = AudioContext; window.AudioContext = class extends Real {"
        "  createOscillator() { window.tones += 1; return super.createOscillator(); } };"
    )
    widget = start(prepare=lambda page: page.add_init_script(count))
    widget.say("quiet", "You said: quiet")
    assert widget.page.evaluate("window.tones") == 0
    widget.menu("Sound for new answers")
    widget.page.keyboard.press("Escape")
    widget.say("loud", "You said: loud")
    assert widget.page.evaluate("window.tones") == 1


def test_the_transcript_can_be_copied_and_downloaded(start: Start, tmp_path: Path) -> None:
    widget = start(permissions=["clipboard-read", "clipboard-write"])
    widget.say("fees", "test fee")
    widget.menu("Copy conversation")
    expect(widget.panel).to_contain_text("Conversation copied.")
    copied = widget.page.evaluate("navigator.clipboard.readText()")
    with widget.page.expect_download() as saved:
        widget.menu("Download conversation")
    path = tmp_path / "conversation.txt"
    saved.value.save_as(path)
    text = path.read_text(encoding="utf-8")
    assert text == copied
    assert re.search(r"\[9:00\sAM\] You: fees", text)
    assert "Assistant: You pay a test fee for each test" in text
    assert "Source: Registration and scheduling, as of Sep 20, 2022" in text


def test_thumbs_and_an_optional_comment(start: Start, serving: Serving) -> None:
    widget = start()
    widget.say("fees", "test fee")
    widget.button("This answer helped").click()
    expect(widget.last).to_contain_text("Thank you")
    widget.say("fees", "test fee")
    widget.last.get_by_role("button", name="This answer did not help").click()
    widget.panel.get_by_label("What was wrong or missing?").fill("Not what I asked.")
    widget.panel.get_by_role("button", name="Send", exact=True).click()
    expect(widget.panel.get_by_label("What was wrong or missing?")).to_have_count(0)
    wait_until(widget, lambda: len(serving.assistant.feedbacks) >= 3)
    given = [feedback[1:] for feedback in serving.assistant.feedbacks]
    assert given == [(3, "up", None), (5, "down", None), (5, "down", "Not what I asked.")]


def test_ending_asks_how_it_was_and_a_new_chat_begins(start: Start, serving: Serving) -> None:
    widget = start()
    widget.say("hello", "You said: hello")
    conversation = widget.conversation
    widget.menu("End this chat")
    expect(widget.panel).to_contain_text("Did you get what you needed?")
    widget.button("Yes", exact=True).click()
    expect(widget.panel).to_contain_text("Thank you. That helps us")
    wait_until(widget, lambda: len(serving.assistant.feedbacks) >= 1)
    assert serving.assistant.feedbacks == [(conversation, 3, "up", "The whole conversation.")]
    assert serving.assistant.kept[conversation].ended
    assert widget.stored() == {}
    widget.button("Start a new chat").click()
    expect(widget.said).to_have_count(1)
    assert widget.conversation != conversation


def test_a_person_is_always_in_reach(start: Start) -> None:
    widget = start()
    widget.button("Talk to a person").click()
    expect(widget.panel.get_by_label("What is it about?")).to_be_focused()
    widget.button("Not now").click()
    assert widget.texts("candidate") == []
    widget.button("Talk to a person").click()
    widget.button("Ask for a person").click()
    expect(widget.last).to_contain_text("I have asked a person")
    expect(widget.panel).to_contain_text("In line for a person.")
    expect(widget.button("Talk to a person")).to_have_count(0)
    widget.button("Go back to the assistant").click()
    expect(widget.last).to_contain_text("out of the line")
    expect(widget.button("Talk to a person")).to_be_visible()


def test_starting_afresh_asks_first(start: Start) -> None:
    widget = start()
    widget.say("hello", "You said: hello")
    widget.menu("Start over")
    widget.button("Keep chatting").click()
    expect(widget.last).to_contain_text("You said: hello")
    widget.menu("Start over")
    widget.button("Start over").click()
    expect(widget.said).to_have_count(1)


@pytest.mark.parametrize(("system", "wanted"), [("light", "light"), ("dark", "dark")])
def test_the_theme_follows_the_system_until_chosen(start: Start, system: str, wanted: str) -> None:
    widget = start(color_scheme=system)
    host = widget.page.locator("ase-assistant")
    expect(host).to_have_attribute("data-theme", wanted)
    other = "Dark" if system == "light" else "Light"
    widget.button("More options").click()
    widget.button(other, exact=True).click()
    expect(host).to_have_attribute("data-theme", other.lower())
    widget.command("setTheme('auto')")
    expect(host).to_have_attribute("data-theme", wanted)


def test_colours_can_be_set_by_the_host_page(start: Start) -> None:
    widget = start()
    widget.page.evaluate("document.querySelector('ase-assistant').style.setProperty('--ase-accent', '#7a1f5c')")
    colour = widget.launcher.evaluate("one => getComputedStyle(one).backgroundColor")
    assert colour == "rgb(122, 31, 92)"


def test_the_host_page_does_not_leak_in(start: Start) -> None:
    widget = start()
    widget.page.evaluate(
        "const sheet = new CSSStyleSheet(); sheet.replaceSync('* { color: red !important; font-size: 40px } "
        "button { display: none !important }'); document.adoptedStyleSheets = [sheet];"
    )
    assert widget.panel.evaluate("one => getComputedStyle(one).fontSize") == "15px"
    expect(widget.button("Close chat")).to_be_visible()


def test_texts_come_from_the_locale_file(start: Start, serving: Serving) -> None:
    widget = start(strict=True, opened=False, attributes='data-locale="es"')
    widget.page.get_by_role("button", name="Abrir el chat con el asistente de ASE").click()
    expect(widget.panel).to_contain_text("Hablar con una persona")
    expect(widget.page.get_by_label("Su mensaje")).to_be_visible()
    expect(widget.panel).to_contain_text("I'm the automated ASE assistant")
    assert serving.assistant.locales == ["es"]


@pytest.mark.parametrize("corner", ["bottom-left", "top-right"])
def test_any_corner_and_right_to_left(start: Start, corner: str) -> None:
    widget = start(strict=True, attributes=f'data-position="{corner}" data-dir="rtl"')
    launcher, panel = widget.launcher.bounding_box(), widget.panel.bounding_box()
    assert launcher is not None
    assert panel is not None
    upright, side = corner.split("-")
    assert (launcher["x"] < 500) == (side == "left")
    assert (launcher["y"] < 380) == (upright == "top")
    assert panel["x"] >= 0
    assert panel["y"] >= 0
    assert panel["x"] + panel["width"] <= 1000
    assert panel["y"] + panel["height"] <= 760
    widget.say("hello", "You said: hello")
    mine = widget.log.locator("article.candidate .bubble").bounding_box()
    assert mine is not None
    assert mine["x"] < panel["x"] + 60, "what I said stands at the end of the line, here on the left"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_is_cut_off_at_320_pixels(start: Start, theme: str, tmp_path: Path) -> None:
    widget = start(viewport={"width": 320, "height": 568}, has_touch=True, is_mobile=True, color_scheme=theme)
    for text, answer in (("move my appointment", "These seats"), ("too late", "too late"), ("master", "Master")):
        widget.say(text, answer)
        for part in (widget.panel, widget.log):
            wide = part.evaluate("one => one.scrollWidth - one.clientWidth")
            assert wide <= 0, f"{text}: {wide} pixels too wide"
        picture = widget.page.screenshot(path=tmp_path / f"{text}.png")
        assert len(picture) > 5_000
    box = widget.panel.bounding_box()
    assert box is not None
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 320, 568)
    assert widget.page.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_keyboard_of_a_phone_leaves_the_input_visible(start: Start) -> None:
    widget = start(viewport={"width": 390, "height": 760}, has_touch=True, is_mobile=True)
    widget.say("long", "Paragraph 1")
    widget.page.set_viewport_size({"width": 390, "height": 380})
    widget.input.tap()
    field, log = widget.input.bounding_box(), widget.log.bounding_box()
    assert field is not None
    assert log is not None
    assert field["y"] + field["height"] <= 380
    assert log["height"] >= 120


def test_a_long_answer_is_shown_from_its_beginning(start: Start) -> None:
    widget = start()
    widget.say("long", "Paragraph 30")
    top = widget.last.bounding_box()
    log = widget.log.bounding_box()
    assert top is not None
    assert log is not None
    assert 0 <= top["y"] - log["y"] < 60
    widget.button("Jump to latest").click()
    expect(widget.button("Jump to latest")).to_have_count(0)


def test_the_code_field_can_be_pasted_and_filled_in(start: Start) -> None:
    widget = start(person=None)
    widget.say("please sign me in", "ASE ID")
    assert widget.input.get_attribute("placeholder") == "Your ASE ID, like ASE-1000-0001"
    widget.say("ASE-1000-0001", "six-digit code")
    expect(widget.input).to_have_attribute("autocomplete", "one-time-code")
    expect(widget.input).to_have_attribute("inputmode", "numeric")
    widget.say("123456", "you are signed in")
    expect(widget.panel).to_contain_text("Signed in")

"""Everybody can use it: axe finds nothing in any state, all goes by keyboard, everything is said once."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.widget.conftest import Start
from tests.widget.driving import Widget
from tests.widget.serving import Serving

RULES = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
COLOURS = {"resultTypes": ["violations"], "runOnly": ["color-contrast", "link-in-text-block"]}
SMALL = """() => {
  const root = document.querySelector("ase-assistant").shadowRoot;
  return [...root.querySelectorAll("button, textarea, input")]
    .filter((one) => one.checkVisibility())
    .map((one) => [one.getAttribute("aria-label") || one.innerText || one.id, one.getBoundingClientRect()])
    .filter(([, box]) => box.width < 24 || box.height < 24)
    .map(([name, box]) => `${name}: ${box.width} by ${box.height}`);
}"""


class Checked:
    """Looks at a page with axe and at the sizes of what can be pressed."""

    def __init__(self, widget: Widget, rules: dict[str, list[str]] = RULES) -> None:
        self.widget = widget
        self.rules = rules
        self.axe = Axe()
        self.states: list[str] = []

    def __call__(self, state: str) -> None:
        page = self.widget.page
        found = self.axe.run(page, options=self.rules).response["violations"]
        told = [f"{one['id']}: {[node['html'][:120] for node in one['nodes'][:3]]}" for one in found]
        assert told == [], f"{state}: {told}"
        assert page.evaluate(SMALL) == [], state
        self.states.append(state)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_any_state(start: Start, serving: Serving, theme: str) -> None:
    noise = ("WebSocket connection to", "ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "Evaluating a string")
    widget = start(opened=False, color_scheme=theme, noise=noise, bypass_csp=True)
    checked = Checked(widget, RULES if theme == "light" else COLOURS)  # the dark theme differs in its colours
    checked("closed")
    widget.open()
    checked("open")
    widget.say("fees", "test fee")
    checked("an answer with its source")
    widget.say("too late", "too late")
    widget.button("Explain").click()
    checked("a decision card, opened")
    widget.say("master", "Master")
    checked("the Master card")
    widget.last.get_by_role("button", name="This answer did not help").click()
    expect(widget.panel.get_by_label("What was wrong or missing?")).to_be_visible()
    checked("a comment")
    widget.say("move my appointment", "These seats")
    checked("the seat picker")
    widget.button("Friday, March 20, 1:00 PM, Chicago North").click()
    expect(widget.panel.get_by_role("group", name="Please check and confirm")).to_be_visible()
    checked("the preview")
    widget.button("Move to Mar 20").click()
    expect(widget.last).to_contain_text("Moved")
    widget.button("More options").click()
    checked("the menu")
    widget.button("Start over").click()
    checked("the question before starting afresh")
    widget.button("Keep chatting").click()
    widget.page.context.set_offline(True)
    expect(widget.panel.locator(".bar.offline")).to_be_visible()
    widget.input.fill("while away")
    widget.input.press("Enter")
    checked("offline")
    widget.page.context.set_offline(False)
    expect(widget.last).to_contain_text("You said: while away")
    widget.menu("End this chat")
    expect(widget.panel).to_contain_text("This chat has ended")
    checked("ended")
    widget.page.route("**/api/v1/**", lambda route: route.abort())
    widget.button("Start a new chat").click()
    expect(widget.panel).to_contain_text("can't reach the assistant right now")
    checked("an error")
    assert len(checked.states) >= 13, f"found only {len(checked.states)} states"


def test_a_whole_reschedule_by_keyboard_alone(start: Start, serving: Serving) -> None:
    before = serving.assistant.moved
    widget = start(opened=False)
    press = widget.page.keyboard.press
    for _ in range(60):
        press("Tab")
        if "Open chat" in widget.focused():
            break
    press("Enter")
    expect(widget.said.first).to_be_visible()
    assert widget.focused() == "input"
    widget.page.keyboard.type("I want to move my appointment")
    press("Enter")
    expect(widget.button("Friday, March 20, 9:00 AM, Chicago North")).to_be_visible()
    assert widget.focused() == "input"

    visited = []
    for _ in range(40):
        press("Shift+Tab")
        visited.append(widget.focused())
        if visited[-1].endswith("Chicago North"):
            break
    assert visited[-1] == "Friday, March 20, 9:00 AM, Chicago North", visited
    press("ArrowRight")
    assert widget.focused() == "Friday, March 20, 1:00 PM, Chicago North"
    press("ArrowDown")
    assert widget.focused() == "Friday, March 20, 9:30 AM, Chicago South"
    press("ArrowDown")
    assert widget.focused() == "Saturday, March 21, 9:00 AM, Chicago North"
    press("End")
    assert widget.focused() == "Tuesday, March 24, 3:00 PM, Chicago South"
    press("Home")
    press("ArrowRight")
    press("Enter")
    expect(widget.panel.get_by_role("group", name="Please check and confirm")).to_be_visible()
    assert widget.focused() == "input", "the focus goes where one writes"

    visited = []
    for _ in range(10):
        press("Shift+Tab")
        visited.append(widget.focused())
        if visited[-1].replace("\xa0", " ") == "Move to Mar 20":
            break
    assert visited[-1].replace("\xa0", " ") == "Move to Mar 20", visited
    press("Enter")
    expect(widget.last).to_contain_text("Moved: A5 Brakes")
    assert serving.assistant.moved == before + 1
    press("Escape")
    expect(widget.panel).to_have_count(0)
    assert widget.focused().startswith("Open chat")


def test_everything_is_announced_politely_and_once(start: Start, serving: Serving) -> None:
    widget = start(opened=False)
    widget.hear()
    widget.open()
    widget.say("first", "You said: first")
    widget.say("fees", "test fee")
    widget.say("three", "Third.")
    conversation = widget.conversation
    serving.on_loop(lambda: serving.assistant.break_in(conversation, "Hello, this is Kim."))
    expect(widget.last).to_contain_text("Kim")
    heard = widget.heard()
    beginnings = [" ".join(text.split()[:5]) for text in heard]
    assert beginnings == [
        "Assistant said: Hello Dana! I'm",
        "Assistant said: You said: first",
        "Assistant said: You pay a",
        "Assistant said: First.",
        "Assistant said: Second.",
        "Assistant said: Third.",
        "Support agent said: Hello, this",
    ]
    assert "Suggested replies: Registering and booking; Move an appointment." in heard[2]
    region = widget.page.locator("ase-assistant [data-announcer]")
    expect(region).to_have_attribute("aria-live", "polite")
    expect(widget.log).to_have_attribute("aria-live", "off")


def test_history_and_typing_are_not_announced(start: Start, serving: Serving) -> None:
    widget = start()
    widget.say("before", "You said: before")
    widget.page.reload()
    widget.hear()
    widget.open()
    expect(widget.last).to_contain_text("You said: before")
    serving.assistant.slow.clear()
    widget.input.fill("slow")
    widget.input.press("Enter")
    expect(widget.log.locator(".typing")).to_be_visible()
    widget.page.wait_for_timeout(300)
    assert widget.heard() == []
    serving.on_loop(serving.assistant.let_go)
    expect(widget.last).to_contain_text("You said: slow")
    assert [text for text in widget.heard() if "slow" in text] == ["Assistant said: You said: slow"]
    assert len(widget.heard()) == 1


def test_names_and_focus(start: Start) -> None:
    widget = start(opened=False)
    expect(widget.launcher).to_have_attribute("aria-expanded", "false")
    assert widget.launcher.get_attribute("aria-label") == "Open chat with the ASE assistant"
    widget.open()
    expect(widget.launcher).to_have_attribute("aria-expanded", "true")
    assert widget.launcher.get_attribute("aria-label") == "Close chat with the ASE assistant"
    expect(widget.page.get_by_role("dialog", name="ASE assistant")).to_be_visible()
    assert widget.focused() == "input"
    widget.button("More options").click()
    expect(widget.panel.locator(".menu").get_by_role("button", name="Talk to a person")).to_be_focused()
    widget.page.keyboard.press("Escape")
    assert widget.focused() == "More options"
    expect(widget.panel).to_be_visible()


def test_on_a_phone_the_focus_stays_in_the_panel(start: Start) -> None:
    widget = start(viewport={"width": 390, "height": 760})
    expect(widget.panel).to_have_attribute("aria-modal", "true")
    for _ in range(12):
        widget.page.keyboard.press("Tab")
        assert widget.focused() != "", "the focus left the panel"


def test_nothing_moves_where_motion_is_not_wanted(start: Start) -> None:
    widget = start(reduced_motion="reduce")
    widget.say("three", "Third.")
    moving = widget.panel.evaluate("one => one.getRootNode().getAnimations().length")
    assert moving == 0

"""Makes the pictures of docs/widget.md: `python -m tests.widget.pictures`. Not a test; look at what comes out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, expect, sync_playwright

from tests.browsers import launched, system_browser
from tests.widget.driving import Widget
from tests.widget.serving import Serving

IMAGES = Path(__file__).parents[2] / "docs" / "images"
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


class Camera:
    """Takes the pictures of one theme; names end with the theme."""

    def __init__(self, browser: Browser, serving: Serving, theme: Literal["light", "dark"]) -> None:
        self.browser = browser
        self.serving = serving
        self.theme = theme

    def widget(self, **options: Any) -> Widget:
        options = {"viewport": {"width": 1180, "height": 900}, **options}
        context = self.browser.new_context(
            color_scheme=self.theme, reduced_motion="reduce", timezone_id="America/Chicago", locale="en-US", **options
        )
        return Widget(context.new_page(), self.serving, [], ())

    def open(self, person: str = "ASE-1000-0001", **options: Any) -> Widget:
        widget = self.widget(**options)
        widget.page.goto(f"{self.serving.url}/#{person}")
        widget.open()
        return widget

    def shot(self, widget: Widget, name: str, *, whole: bool = False) -> None:
        path = IMAGES / f"widget-{name}-{self.theme}.png"
        if whole:
            widget.page.screenshot(path=path)
        else:
            widget.panel.screenshot(path=path)

    def to_end(self, widget: Widget) -> None:
        widget.log.evaluate("one => { one.scrollTop = one.scrollHeight }")
        widget.page.wait_for_timeout(150)

    def all(self) -> None:
        tall: dict[str, Any] = {"viewport": {"width": 1180, "height": 1000}}
        widget = self.widget()
        widget.page.goto(f"{self.serving.url}/#ASE-1000-0001")
        expect(widget.page.get_by_role("button", name="Sign out")).to_be_visible()
        widget.open()
        self.shot(widget, "host", whole=True)
        widget = self.open(**tall)
        widget.say("fees", "test fee")
        self.shot(widget, "answer")
        widget.say("too late", "Too close")
        self.to_end(widget)
        self.shot(widget, "decision")
        widget.button("Explain").click()
        self.to_end(widget)
        self.shot(widget, "why")
        widget.say("master", "Master")
        self.to_end(widget)
        self.shot(widget, "master")
        widget.say("move my appointment", "These seats")
        widget.page.wait_for_timeout(150)
        self.shot(widget, "seats")
        widget.button("Friday, March 20, 1:00 PM, Chicago North").click()
        expect(widget.panel.get_by_role("group", name="Please check and confirm")).to_be_visible()
        self.shot(widget, "confirm")
        widget.button("Move to Mar 20").click()
        expect(widget.last).to_contain_text("Moved")
        self.to_end(widget)
        self.shot(widget, "done")
        widget.button("More options").click()
        self.shot(widget, "menu")
        widget.page.keyboard.press("Escape")
        widget.page.context.set_offline(True)
        expect(widget.panel.locator(".bar.offline")).to_be_visible()
        widget.input.fill("And my A6?")
        widget.input.press("Enter")
        widget.page.wait_for_timeout(200)
        self.shot(widget, "offline")
        widget.page.context.set_offline(False)
        small = self.open(viewport={"width": 320, "height": 640}, has_touch=True, is_mobile=True)
        small.say("move my appointment", "These seats")
        small.page.wait_for_timeout(150)
        self.shot(small, "small", whole=True)


def main() -> int:
    path = system_browser()
    if path is None:
        return 1
    IMAGES.mkdir(parents=True, exist_ok=True)
    with Serving() as serving, sync_playwright() as started, launched(started, path) as browser:
        for theme in THEMES:
            Camera(browser, serving, theme).all()
    return 0


if __name__ == "__main__":
    sys.exit(main())

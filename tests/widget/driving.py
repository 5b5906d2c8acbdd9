"""What a test does with the widget, in its words."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browsers import PATIENCE
from tests.serving import Serving

HEAR = """() => {
  window.heard = [];
  const root = document.querySelector("ase-assistant").shadowRoot;
  const region = root.querySelector("[data-announcer]");
  new MutationObserver((changes) => {
    for (const change of changes) for (const node of change.addedNodes) window.heard.push(node.textContent);
  }).observe(region, { childList: true });
  const log = () => root.querySelector("[role=log]");
  window.logLive = () => log() && log().getAttribute("aria-live");
}"""


class Widget:
    """The widget on one page (one tab)."""

    def __init__(
        self,
        page: Page,
        serving: Serving,
        troubles: list[str],
        noise: tuple[str, ...],
        patience: float = PATIENCE * 1000,
    ) -> None:
        self.page = page
        self.serving = serving
        self.troubles = troubles
        self.noise = noise
        self.patience = patience
        """Milliseconds that an answer may take."""

    # --- parts -----------------------------------------------------------------------------------

    @property
    def launcher(self) -> Locator:
        return self.page.locator("ase-assistant .launcher")

    @property
    def panel(self) -> Locator:
        return self.page.get_by_role("dialog")

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log")

    @property
    def input(self) -> Locator:
        return self.page.get_by_label("Your message")

    @property
    def said(self) -> Locator:
        return self.log.locator("article")

    @property
    def last(self) -> Locator:
        return self.said.last

    def button(self, name: str | re.Pattern[str], exact: bool = False) -> Locator:
        return self.panel.get_by_role("button", name=name, exact=exact)

    def texts(self, author: str) -> list[str]:
        """What an author said, in order, as it is shown."""
        found: list[str] = self.log.locator(f"article.{author} .bubble").all_inner_texts()
        return found

    # --- doing -----------------------------------------------------------------------------------

    def open(self) -> None:
        """Open the chat; one that was open in this tab is open again by itself."""
        if not self.page.evaluate("(sessionStorage.getItem('ase-assistant-tab') || '').includes('open')"):
            self.page.get_by_role("button", name="Open chat with the ASE assistant").click()
        expect(self.said.first).to_be_visible()

    def say(self, text: str, answer: str | re.Pattern[str] | None = None) -> None:
        """Type and send; wait for a new answer (holding `answer`, if given)."""
        before = self.log.locator("article.assistant").count()
        self.input.fill(text)
        self.input.press("Enter")
        if answer is not None:
            expect(self.log.locator("article.assistant").last).to_contain_text(answer, timeout=self.patience)
        self.answered(before)

    def answered(self, before: int) -> None:
        """Wait until the assistant has said more than `before` and nothing is on its way."""
        expect(self.log.locator("article.assistant")).not_to_have_count(before, timeout=self.patience)
        expect(self.log.locator("article.waiting")).to_have_count(0, timeout=self.patience)

    def menu(self, name: str) -> None:
        self.button("More options").click()
        self.button(name).click()

    def hear(self) -> None:
        """Keep what is announced from now on."""
        self.page.evaluate(HEAR)

    def heard(self) -> list[str]:
        found: list[str] = self.page.evaluate("window.heard")
        return found

    def focused(self) -> str:
        """The name (or text) of what has the focus inside the widget; "" for nothing."""
        script = """() => {
          const root = document.querySelector("ase-assistant").shadowRoot;
          const at = root.activeElement;
          return at ? at.getAttribute("aria-label") || (at.id === "ase-input" ? "input" : at.innerText.trim()) : "";
        }"""
        name: str = self.page.evaluate(script)
        return name

    def stored(self) -> dict[str, str]:
        """What the browser keeps of the conversation; that the panel is open in a tab is none of it."""
        kept: dict[str, str] = self.page.evaluate(
            "Object.fromEntries(Object.entries({...localStorage, ...sessionStorage})"
            ".filter(([name, value]) => value !== '{\"open\":true}'))"
        )
        return kept

    def command(self, script: str) -> Any:
        return self.page.evaluate(f"window.AseAssistant.{script}")

    @property
    def conversation(self) -> str:
        """The id of the conversation this browser keeps."""
        return self.stored()["ase-assistant-session"].split(".")[0]


def wait_until(widget: Widget, true: Callable[[], bool], seconds: float = 10) -> None:
    """Look every few milliseconds."""
    for _ in range(int(seconds * 50)):
        if true():
            return
        widget.page.wait_for_timeout(20)
    raise AssertionError("it did not come true")

"""A real Chromium, the gateway with a scripted assistant, and a page with the widget."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from tests.browsers import browser_of
from tests.widget.driving import Widget
from tests.widget.serving import Serving


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="package")
def browser(playwright: Playwright, request: pytest.FixtureRequest) -> Iterator[Browser]:
    yield from browser_of(playwright, request, "the chat widget")


@pytest.fixture(scope="package")
def shared_serving() -> Iterator[Serving]:
    with Serving() as serving:
        yield serving


@pytest.fixture
def serving(shared_serving: Serving) -> Serving:
    """The service, with nothing left over from another test but its conversations."""
    shared_serving.attributes = ""
    shared_serving.signed_in = None
    shared_serving.token_calls = 0
    shared_serving.assistant.feedbacks.clear()
    shared_serving.assistant.locales.clear()
    shared_serving.assistant.hold = type(shared_serving.assistant.hold)(minutes=5)
    return shared_serving


SLOW = "WebSocket is closed before the connection is established"
"""What a browser says where a page did not wait for a machine that is busy."""

MakeContext = Callable[..., BrowserContext]
Start = Callable[..., Widget]


@pytest.fixture
def make_context(browser: Browser) -> Iterator[MakeContext]:
    """A browser profile of its own; motion is reduced unless a test is about motion."""
    made: list[BrowserContext] = []

    def make(**options: Any) -> BrowserContext:
        options = {
            "viewport": {"width": 1000, "height": 760},
            "reduced_motion": "reduce",
            "timezone_id": "America/Chicago",
            "locale": "en-US",
            **options,
        }
        context = browser.new_context(**options)
        context.set_default_timeout(20_000)
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()


@pytest.fixture
def start(make_context: MakeContext, serving: Serving) -> Iterator[Start]:
    """Open the demo page (or the strict page of another origin) with the widget. Console errors fail the test."""
    troubles: list[str] = []

    def watch(page: Page) -> None:
        page.on("pageerror", lambda error: troubles.append(f"page error: {error}"))
        page.on("console", lambda line: troubles.append(line.text) if line.type in ("error", "warning") else None)

    def begin(
        *,
        person: str | None = "ASE-1000-0001",
        strict: bool = False,
        opened: bool = True,
        context: BrowserContext | None = None,
        attributes: str = "",
        noise: tuple[str, ...] = (),
        prepare: Callable[[Page], None] | None = None,
        **options: Any,
    ) -> Widget:
        page = (context or make_context(**options)).new_page()
        watch(page)
        widget = Widget(page, serving, troubles, noise)
        if prepare is not None:
            prepare(page)
        if strict:
            serving.attributes = attributes
            page.goto(serving.host_url + "/")
        else:
            page.goto(serving.url + (f"/#{person}" if person else "/"))
        if opened:
            widget.open()
        widgets.append(widget)
        return widget

    widgets: list[Widget] = []
    yield begin
    expected = (SLOW, *(word for widget in widgets for word in widget.noise))
    assert [trouble for trouble in troubles if not any(word in trouble for word in expected)] == []

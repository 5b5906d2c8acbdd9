"""A real Chromium, the gateway with a scripted assistant, and a page with the widget."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from tests.widget.driving import Widget
from tests.widget.serving import Serving

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]
INSTALL_TIME = 600


def system_browser() -> str | None:
    """The browser of the system, if it has one."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def _quietly(*command: str) -> bool:
    try:
        done = subprocess.run(command, capture_output=True, timeout=INSTALL_TIME, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def debian_browser() -> str | None:
    """Debian's package, installed now; only root can."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return None
    _quietly("apt-get", "update", "-qq")
    _quietly("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "-qq", "chromium")
    return system_browser()


def own_browser(playwright: Playwright) -> str | None:
    """Playwright's own download, fetched now where the network has it."""
    path = Path(playwright.chromium.executable_path)
    if not path.exists():
        _quietly(sys.executable, "-m", "playwright", "install", "chromium")
    return str(path) if path.exists() else None


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="package")
def browser(playwright: Playwright, request: pytest.FixtureRequest) -> Iterator[Browser]:
    path = system_browser() or debian_browser() or own_browser(playwright)
    if path is None:
        loud = "NO BROWSER: the tests of the chat widget need Chromium and none could be had."
        if os.environ.get("CI"):
            pytest.fail(loud)
        request.config.get_terminal_writer().line(f"\n{loud} They are skipped.", red=True, bold=True)
        pytest.skip(loud)
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    launched = playwright.chromium.launch(executable_path=path, args=FLAGS + (["--no-sandbox"] if root else []))
    yield launched
    launched.close()


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
        context.set_default_timeout(8_000)
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
    expected = tuple(word for widget in widgets for word in widget.noise)
    assert [trouble for trouble in troubles if not any(word in trouble for word in expected)] == []

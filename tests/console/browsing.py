"""The console in a real browser: fixtures and what tests do with it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from bot.clock import Clock
from bot.demo.people import load_demo
from bot.store import Store
from tests.browsers import browser_of
from tests.console.conftest import DANA
from tests.console.serving import Serving

MakePage = Callable[..., Page]


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def browser(playwright: Playwright, request: pytest.FixtureRequest) -> Iterator[Browser]:
    yield from browser_of(playwright, request, "the console")


@pytest.fixture
def serving(console_template: Path, tmp_path: Path) -> Iterator[Serving]:
    path = tmp_path / "pages.db"
    shutil.copy(console_template, path)
    store = Store(f"sqlite:///{path}")
    load_demo(store, Clock())
    store.close()
    with Serving(path) as started:
        yield started


@pytest.fixture
def page_of(browser: Browser, serving: Serving) -> Iterator[MakePage]:
    """The console with somebody signed in. Errors on the page fail the test."""
    troubles: list[str] = []
    contexts = []

    def make(name: str | None, *, width: int = 1280, height: int = 800, scheme: str = "light") -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,  # type: ignore[arg-type]
            reduced_motion="reduce",
        )
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda line: troubles.append(line.text) if line.type == "error" else None)
        page.goto(f"{serving.url}/agent")
        if name is not None:
            page.get_by_role("button", name=name).click()
            expect(page.get_by_role("banner")).to_contain_text(name)
        return page

    yield make
    for context in contexts:
        context.close()
    expected = ("400", "404", "409", "401", "WebSocket", "ERR_")
    assert [trouble for trouble in troubles if not any(word in trouble for word in expected)] == []


def ask_for_person(serving: Serving, person: str = DANA, words: str = "can I move my A5") -> str:
    house = serving.house
    talk = serving.do(house.open(person))
    serving.do(house.say(talk, words))
    serving.do(house.say(talk, "I want to talk to a person"))
    return talk


def open_first(page: Page) -> None:
    page.locator(".line").first.click()

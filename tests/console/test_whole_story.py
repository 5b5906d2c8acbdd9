"""One person, the whole assistant: begun in the web chat, handed to an agent, finished by phone.

One confirmation waits all along; what is said is read by the real model, what is shown is seen in a real browser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.contracts.conversation import Identity
from tests.console.browsing import browser, playwright
from tests.conversations.harness import Talk
from tests.whole import parser
from tests.whole_serving import WholeServing
from tests.widget.driving import Widget

__all__ = ["browser", "playwright"]  # fixtures
DANA = "ASE-1000-0001"
PATIENCE = 30_000
"""Milliseconds for an answer of the real model on a busy machine."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeServing]:
    parser()
    with WholeServing(tmp_path_factory.mktemp("whole") / "whole.db") as serving:
        yield serving


@pytest.fixture
def pages(browser: Browser) -> Iterator[list[Page]]:
    """One page for the person, one for the agent. Errors on them fail the test."""
    troubles: list[str] = []
    contexts = [browser.new_context(viewport={"width": 1280, "height": 860}, reduced_motion="reduce") for _ in range(2)]
    made = []
    for context in contexts:
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda line: troubles.append(line.text) if line.type == "error" else None)
        made.append(page)
    yield made
    for context in contexts:
        context.close()
    assert troubles == []


def waiting(whole: WholeServing) -> list[tuple[str, str]]:
    """The confirmations that wait: what for, and the seat."""
    with whole.store.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT task, preview FROM confirmations WHERE state = 'pending'")
        return [(row.task, row.preview) for row in rows]


def test_from_the_web_to_an_agent_to_the_phone(whole: WholeServing, pages: list[Page]) -> None:
    person, agent = pages
    person.goto(whole.url)
    chat = Widget(person, whole, [], (), PATIENCE)
    chat.open()
    chat.say("can I still move my A5?")
    before = chat.log.locator("article.assistant").count()
    chat.button("Sign in").click()
    chat.answered(before)
    chat.say(DANA, re.compile("code"))
    chat.say(whole.code(), re.compile("free"))
    chat.last.locator(".picker .seat").nth(1).click()
    expect(chat.panel.get_by_role("timer")).to_contain_text("Held for", timeout=PATIENCE)
    held = whole.held(DANA)
    assert held is not None
    [first] = waiting(whole)
    chat.say("hmm, I'd rather talk to a person first")
    expect(chat.panel).to_contain_text("Waiting for a person", timeout=PATIENCE)
    expect(chat.panel.get_by_role("group", name="Please check and confirm")).to_have_count(0)
    assert waiting(whole) == [first]

    agent.goto(f"{whole.url}/agent")
    agent.get_by_role("button", name="Anna Berg").click()
    expect(agent.get_by_role("tab", name="Waiting 1")).to_be_visible()
    agent.locator(".line").first.click()
    agent.get_by_role("button", name="Take over").click()
    expect(agent.get_by_role("heading", level=1)).to_have_text("Dana Reyes")
    beside = agent.get_by_role("complementary", name="Beside the conversation")
    expect(beside).to_contain_text("Move the appointment")
    expect(beside).to_contain_text(re.compile("waits", re.IGNORECASE))
    chat.input.fill("what happens to my fee if I miss it?")
    chat.input.press("Enter")
    suggested = agent.get_by_role("region", name="Suggested replies")
    expect(suggested.get_by_role("button", name="Insert").first).to_be_visible(timeout=PATIENCE)
    expect(suggested).to_contain_text("%")
    agent.keyboard.press("Escape")
    agent.get_by_label("Your reply").fill("The seat is a good one. Call us if you want to say yes by phone.")
    agent.keyboard.press("Control+Enter")
    expect(chat.last).to_contain_text("say yes by phone")
    assert waiting(whole) == [first]
    agent.get_by_role("button", name="Hand back").click()
    agent.get_by_role("dialog").get_by_role("button", name="Hand back").click()
    expect(chat.panel.get_by_role("group", name="Please check and confirm")).to_be_visible(timeout=PATIENCE)
    [second] = waiting(whole)
    assert second == first

    phone = Talk(whole.assistant, whole.store)
    whole.do(phone.open("phone", Identity(None)))
    whole.do(phone.say("I want to move my brakes test"))
    asked = whole.do(phone.say(DANA))
    if asked.state.expects != "code":
        whole.do(phone.say("yes"))
        asked = whole.do(phone.say(DANA))
    assert asked.state.expects == "code"
    adopted = whole.do(phone.say(whole.code()))
    assert (adopted.state.expects, len(waiting(whole))) == ("yes_no", 1)
    done = whole.do(phone.say("yes please"))
    assert done.state.task is None
    assert waiting(whole) == []
    moved = whole.appointment(DANA, "P-1")
    assert (moved.site, moved.starts_at) == (held.site, held.starts_at)

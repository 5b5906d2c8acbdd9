"""Safe on any page: no markup from text, no token where it does not belong, nobody else's conversation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, expect

from tests.widget.conftest import MakeContext, Start
from tests.widget.driving import Widget
from tests.widget.serving import Serving


def test_words_never_become_markup(start: Start) -> None:
    widget = start()
    widget.say("evil", "<script>")
    widget.say('<img src=x onerror="window.broken=1">', "You said")
    assert widget.page.evaluate("window.broken") is None
    assert widget.log.locator("img, script, iframe").count() == 0
    links = widget.log.locator("a").evaluate_all("all => all.map((one) => one.getAttribute('href'))")
    assert links == [
        "https://www.ase.com/terms-and-conditions",
        "mailto:help@example.org",
        "tel:+18773469327",
        "https://ase.com/609",
    ]
    good = widget.log.get_by_role("link", name="good link")
    expect(good).to_have_attribute("rel", "noopener noreferrer")
    expect(good).to_have_attribute("target", "_blank")
    expect(widget.log.locator("strong", has_text="Bold")).to_have_count(1)


def test_one_opaque_token_in_storage_and_none_in_any_address(start: Start, make_context: MakeContext) -> None:
    context = make_context()
    addresses: list[str] = []

    def note(page: Page) -> None:
        page.on("request", lambda request: addresses.append(request.url))
        page.on("websocket", lambda socket: addresses.append(socket.url))

    widget = start(context=context, prepare=note)
    widget.say("fees", "test fee")
    widget.page.reload()
    widget.open()
    kept = widget.stored()
    assert sorted(kept) == ["ase-assistant-seen", "ase-assistant-session"]
    assert kept["ase-assistant-seen"] == f"{widget.conversation}.3"
    identifier, token, mark = kept["ase-assistant-session"].split(".")
    assert "ASE-1000-0001" not in kept["ase-assistant-session"]
    assert context.cookies() == []
    assert any(identifier in address for address in addresses)
    for address in addresses:
        assert token not in address
        assert "token" not in address.replace("/demo/token", "")
    widget.menu("End this chat")
    expect(widget.panel).to_contain_text("This chat has ended")
    assert widget.stored() == {}
    assert mark != ""


def test_signing_out_leaves_nothing_and_another_person_sees_nothing(start: Start) -> None:
    widget = start()
    widget.say("only for Dana", "You said: only for Dana")
    first = widget.conversation
    widget.page.get_by_role("button", name="Marcus Webb").click()
    expect(widget.said).to_have_count(1)
    expect(widget.log).not_to_contain_text("only for Dana")
    assert widget.conversation != first
    widget.page.reload()
    widget.open()
    expect(widget.log).not_to_contain_text("only for Dana")
    widget.button("Close chat").click()
    widget.page.get_by_role("button", name="Sign out").click()
    expect(widget.page.get_by_role("button", name="Sign out")).to_be_hidden()
    assert widget.stored() == {}


def test_the_host_page_signs_in_by_an_address_of_its_own(start: Start, serving: Serving) -> None:
    serving.signed_in = "ASE-1000-0002"
    widget = start(strict=True, attributes='data-token-url="/token"')
    expect(widget.panel).to_contain_text("Signed in")
    widget.say("hello", "You said: hello")
    assert serving.token_calls == 1
    conversation = widget.conversation
    assert serving.assistant.kept[conversation].identity.candidate == "ASE-1000-0002"
    widget.page.reload()
    widget.open()
    expect(widget.last).to_contain_text("You said: hello")
    assert widget.conversation == conversation
    serving.signed_in = None
    widget.page.reload()
    widget.open()
    expect(widget.log).not_to_contain_text("You said: hello")
    expect(widget.panel).not_to_contain_text("Signed in")


def test_a_token_that_is_refused_starts_nobody_in_particular(start: Start) -> None:
    widget = start(person=None, opened=False, noise=("401", "sign-in token was refused"))
    widget.command("signIn(async () => 'not.a.token')")
    widget.open()
    expect(widget.panel).to_contain_text("We couldn't confirm your sign-in on this page")
    expect(widget.last).to_contain_text("Hello!")


def test_a_strict_page_of_another_origin_has_nothing_to_complain_of(start: Start) -> None:
    widget = start(strict=True)
    widget.say("move my appointment", "These seats are free")
    widget.button("Friday, March 20, 1:00 PM, Chicago North").click()
    widget.button("Move to Mar 20").click()
    expect(widget.last).to_contain_text("Moved")
    widget.button("Add to calendar").click()
    widget.menu("Download conversation")
    widget.button("More options").click()
    widget.button("Dark", exact=True).click()
    widget.page.keyboard.press("Escape")
    widget.menu("End this chat")
    assert widget.troubles == []


@pytest.fixture
def narrow(make_context: MakeContext) -> Iterator[tuple[Serving, Page]]:
    """A service that lets no other origin in and few turns through."""
    with Serving(ASSISTANT_ALLOWED_ORIGINS="https://www.example.org", ASSISTANT_RATE_TURNS=2,
                 ASSISTANT_FRAME_ANCESTORS="https://www.example.org") as serving:  # fmt: skip
        yield serving, make_context().new_page()


def test_limits_speak_kindly_and_strangers_stay_out(narrow: tuple[Serving, Page]) -> None:
    serving, page = narrow
    widget = Widget(page, serving, [], ())
    page.goto(serving.url + "/#ASE-1000-0001")
    widget.open()
    for text in ("one", "two", "three"):
        widget.input.fill(text)
        widget.input.press("Enter")
    expect(widget.panel).to_contain_text("That was a lot at once. Please wait")
    expect(widget.last).to_contain_text("three")
    assert widget.texts("candidate") == ["one", "two", "three"], "what was turned away stays and is sent later"

    page.goto(serving.host_url + "/")
    page.get_by_role("button", name="Open chat").click()
    expect(widget.panel).to_contain_text("can't reach the assistant right now")

    with urlopen(serving.url + "/") as answer:
        policy = answer.headers["Content-Security-Policy"]
    assert "frame-ancestors https://www.example.org" in policy
    assert re.search("object-src 'none'", policy)

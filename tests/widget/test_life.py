"""At home on any page: put on it, taken off, carried along by routers, and nothing forgotten from page to page."""

from __future__ import annotations

import re
from functools import partial

from playwright.sync_api import Page, Route, expect

from tests.widget.conftest import Start
from tests.widget.driving import Widget, wait_until
from tests.widget.serving import Serving

HOSTS = "document.querySelectorAll('ase-assistant').length"


def count(widget: Widget) -> int:
    found: int = widget.page.evaluate(HOSTS)
    return found


def test_taken_off_and_put_on_again(start: Start) -> None:
    widget = start(strict=True)
    widget.say("hello", "You said: hello")
    widget.command("close()")
    widget.command("destroy()")
    assert count(widget) == 0
    widget.command("mount()")
    assert count(widget) == 1
    widget.open()
    expect(widget.last).to_contain_text("You said: hello")
    widget.page.evaluate("document.querySelector('ase-assistant').remove()")
    widget.command("open()")
    assert count(widget) == 1


def test_a_body_that_is_changed_takes_the_widget_along(start: Start) -> None:
    widget = start(strict=True)
    widget.say("hello", "You said: hello")
    widget.page.evaluate("document.body = document.createElement('body')")
    expect(widget.panel).to_be_visible()
    widget.page.evaluate("document.body.replaceChildren(document.createElement('main'))")
    expect(widget.panel).to_be_visible()
    widget.say("still here", "You said: still here")
    assert count(widget) == 1


def test_a_second_tag_is_told_of_and_a_module_knows_its_server(start: Start, serving: Serving) -> None:
    widget = start(person=None, opened=False, noise=("further tag",))
    again = """(name) => new Promise((done) => {
      const tag = document.createElement('script');
      tag.type = 'module'; tag.src = `/static/${name}`; tag.onload = done;
      document.head.append(tag);
    })"""
    widget.page.evaluate(again, "widget.js")
    assert any("further tag" in trouble for trouble in widget.troubles)
    assert count(widget) == 1
    widget.page.evaluate("delete window.AseAssistant; document.querySelector('ase-assistant').remove()")
    widget.page.evaluate(again, "widget.js?again")
    widget.open()
    expect(widget.last).to_contain_text("Hello")


def test_an_element_of_the_page_is_the_widget_while_it_is_there(start: Start) -> None:
    widget = start(strict=True, opened=False, attributes='data-mount="off"')
    assert count(widget) == 0
    put = (
        "() => { const one = document.createElement('ase-assistant'); one.setAttribute('position', 'top-left');"
        " document.querySelector('main').append(one); }"
    )
    widget.page.evaluate(put)
    widget.open()
    expect(widget.last).to_contain_text("Hello")
    widget.page.evaluate("document.querySelector('ase-assistant').remove()")
    widget.page.evaluate(put)
    expect(widget.launcher).to_be_visible()


def test_keys_stay_inside(start: Start) -> None:
    widget = start()
    widget.page.evaluate(
        "window.seen = 0;document.addEventListener('keydown', (event) => { window.seen += 1; event.preventDefault(); })"
    )
    widget.input.type("is this / a test")
    assert widget.input.input_value() == "is this / a test"
    assert widget.page.evaluate("window.seen") == 0


def test_the_page_hears_of_it(start: Start) -> None:
    def listen(page: Page) -> None:
        page.add_init_script(
            "window.told = []; for (const name of ['open', 'close', 'message', 'unread', 'signed-in'])"
            " addEventListener(`ase-assistant:${name}`, (event) => window.told.push(name));"
        )

    widget = start(prepare=listen)
    widget.say("hello", "You said: hello")
    told = set(widget.page.evaluate("window.told"))
    assert {"open", "message", "unread", "signed-in"} <= told


def test_words_not_sent_are_kept(start: Start) -> None:
    widget = start()
    widget.input.fill("a long draft")
    widget.input.press("Escape")
    expect(widget.panel).to_be_visible()
    widget.page.keyboard.press("Escape")
    expect(widget.panel).to_have_count(0)
    widget.launcher.click()
    assert widget.input.input_value() == "a long draft"
    widget.page.reload()
    expect(widget.panel).to_be_visible()
    assert widget.input.input_value() == "a long draft"


def test_an_answer_that_came_meanwhile_is_counted_on_the_next_page(start: Start, serving: Serving) -> None:
    widget = start()
    widget.say("hello", "You said: hello")
    title = widget.page.title()
    widget.command("close()")
    conversation = widget.conversation
    widget.page.goto("about:blank")
    serving.on_loop(lambda: serving.assistant.break_in(conversation, "Hello, this is Kim."))
    widget.page.goto(f"{serving.url}/#ASE-1000-0001")
    expect(widget.launcher.locator(".unread")).to_have_text("1")
    assert widget.page.title() == f"(1) {title}"
    widget.launcher.click()
    expect(widget.last).to_contain_text("Kim")
    assert widget.page.title() == title


def answer(status: int, body: str, route: Route) -> None:
    route.fulfill(status=status, body=body)


def test_a_token_address_that_fails_gives_nothing_up(start: Start, serving: Serving) -> None:
    serving.signed_in = "ASE-1000-0002"
    widget = start(
        strict=True, attributes='data-token-url="/token"', noise=("answered 500", "500 (Internal", "answered 200")
    )
    widget.say("hello", "You said: hello")
    conversation = widget.conversation
    for status, body in ((500, "oops"), (200, "<html>Please sign in</html>")):
        widget.page.route(re.compile("/token$"), partial(answer, status, body))
        widget.page.reload()
        expect(widget.panel).to_contain_text("We couldn't check your sign-in")
        assert widget.conversation == conversation
        assert widget.said.count() == 0, "whose it is is not known, so it is not shown"
        widget.page.unroute_all()
        widget.button("Try again").click()
        expect(widget.last).to_contain_text("You said: hello")
    assert widget.conversation == conversation


def test_back_closes_the_chat_on_a_phone_and_the_page_behind_lies_still(start: Start) -> None:
    widget = start(viewport={"width": 390, "height": 760}, has_touch=True, is_mobile=True)
    address = widget.page.url
    assert widget.page.evaluate("document.querySelector('main').inert")
    widget.page.go_back()
    expect(widget.panel).to_have_count(0)
    assert widget.page.url == address
    assert not widget.page.evaluate("document.querySelector('main').inert")
    widget.open()
    widget.button("Close chat").click()
    wait_until(widget, lambda: not widget.page.evaluate("'aseAssistant' in (history.state || {})"))
    assert widget.page.url == address


def test_an_input_method_sends_nothing(start: Start) -> None:
    widget = start()
    widget.input.fill("nihongo")
    widget.input.evaluate(
        "one => one.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', keyCode: 229, bubbles: true}))"
    )
    widget.page.wait_for_timeout(100)
    assert widget.texts("candidate") == []


def test_fields_are_large_enough_for_phones_and_the_panel_has_an_edge(start: Start) -> None:
    widget = start(forced_colors="active")
    widget.say("move my appointment", "These seats")
    sizes = widget.panel.locator("input, textarea").evaluate_all(
        "all => all.map((one) => getComputedStyle(one).fontSize)"
    )
    assert sizes == ["16px", "16px"]
    assert widget.panel.evaluate("one => getComputedStyle(one).borderTopWidth") == "1px"


def test_what_asks_is_in_view_on_a_phone(start: Start) -> None:
    widget = start(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    widget.say("move my appointment", "These seats")
    expect(widget.last.locator(".seat").first).to_be_in_viewport(ratio=1)
    expect(widget.last.get_by_text("These seats are free")).to_be_in_viewport(ratio=1)
    widget.last.locator(".seat").nth(1).click()
    for name in ("Move to Mar 20", "Keep Mar 23"):
        expect(widget.button(name)).to_be_in_viewport(ratio=1)

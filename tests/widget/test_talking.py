"""Talking: nothing lost, nothing doubled, in order, whatever the network does."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import partial

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.widget.conftest import MakeContext, Start
from tests.widget.driving import Widget, wait_until
from tests.widget.serving import Serving

OFFLINE = ("ERR_INTERNET_DISCONNECTED", "WebSocket connection to")


def test_a_question_and_its_answer(start: Start) -> None:
    widget = start()
    expect(widget.last).to_contain_text("Hello Dana!")
    widget.say("fees", "test fee")
    assert widget.texts("candidate") == ["fees"]
    expect(widget.last).to_contain_text("Registration and scheduling, as of Sep 20, 2022")


def test_several_answers_come_one_by_one_and_in_order(start: Start) -> None:
    widget = start(reduced_motion="no-preference")
    widget.input.fill("three")
    widget.input.press("Enter")
    expect(widget.last).to_contain_text("Third.")
    assert widget.texts("assistant")[1:] == ["First.", "Second.", "Third."]


def test_messages_sent_at_once_keep_their_order(start: Start) -> None:
    widget = start()
    for number in range(8):
        widget.input.fill(f"number {number}")
        widget.input.press("Enter")
    expect(widget.last).to_contain_text("You said: number 7")
    assert widget.texts("candidate") == [f"number {number}" for number in range(8)]


def test_quick_replies_become_inert(start: Start) -> None:
    widget = start()
    widget.say("fees", "test fee")
    expect(widget.log.get_by_role("button", name="Registering and booking")).to_have_count(1)
    widget.button("Registering and booking").click()
    expect(widget.log.locator("article.candidate").last).to_contain_text("Registering and booking")
    expect(widget.last).to_contain_text("test fee")
    assert widget.log.get_by_role("button", name="Registering and booking").count() == 1
    widget.page.reload()
    widget.open()
    widget.say("hello", "You said: hello")
    expect(widget.log.get_by_role("button", name="Registering and booking")).to_have_count(0)


def test_history_survives_a_reload(start: Start) -> None:
    widget = start()
    widget.say("before the reload", "You said")
    before = [*widget.texts("assistant"), *widget.texts("candidate")]
    widget.page.reload()
    widget.open()
    expect(widget.last).to_contain_text("You said: before the reload")
    assert [*widget.texts("assistant"), *widget.texts("candidate")] == before


def test_two_tabs_agree(start: Start, make_context: MakeContext) -> None:
    context = make_context()
    one = start(context=context)
    one.say("said in the first", "You said")
    two = start(context=context)
    expect(two.last).to_contain_text("You said: said in the first")
    two.say("said in the second", "You said")
    expect(one.last).to_contain_text("You said: said in the second")
    assert one.texts("candidate") == two.texts("candidate") == ["said in the first", "said in the second"]
    one.say("fees", "test fee")
    expect(two.last).to_contain_text("test fee")
    two.button("Registering and booking").click()
    expect(one.log.get_by_role("button", name="Registering and booking")).to_have_count(1)
    one.menu("Start over")
    one.button("Start over").click()
    expect(one.said).to_have_count(1)
    expect(two.said).to_have_count(1)
    assert one.conversation == two.conversation


def test_what_is_written_offline_is_sent_later(start: Start) -> None:
    widget = start(noise=OFFLINE)
    widget.page.context.set_offline(True)
    expect(widget.panel.locator(".bar.offline")).to_contain_text("You're offline. Messages you write now go out")
    for text in ("first while away", "second while away"):
        widget.input.fill(text)
        widget.input.press("Enter")
    expect(widget.log.locator("article.waiting")).to_have_count(2)
    expect(widget.last).to_contain_text("Not sent yet")
    widget.page.context.set_offline(False)
    expect(widget.panel).to_contain_text("You're back online")  # first: it goes away again
    expect(widget.last).to_contain_text("You said: second while away")
    assert widget.texts("candidate") == ["first while away", "second while away"]
    expect(widget.log.locator("article.waiting")).to_have_count(0)


def no_sockets(page: Page) -> None:
    def close(socket: WebSocketRoute) -> None:
        socket.close(code=1011)

    page.route_web_socket(re.compile("/stream$"), close)


def test_plain_http_where_sockets_do_not_get_through(start: Start, serving: Serving) -> None:
    widget = start(prepare=no_sockets)
    widget.say("over plain http", "You said: over plain http")
    expect(widget.panel).to_contain_text("Online")
    conversation = widget.conversation
    serving.on_loop(lambda: serving.assistant.break_in(conversation, "Hello, this is Kim."))
    expect(widget.last).to_contain_text("Hello, this is Kim.")
    assert widget.texts("candidate") == ["over plain http"]


def test_a_cut_connection_shows_and_comes_back(start: Start, serving: Serving) -> None:
    def slow_sockets(page: Page) -> None:
        page.add_init_script(
            "const Real = WebSocket; let n = 0;"
            "window.WebSocket = function (url) {"
            "  n += 1; window.sockets = n; return new Real(n === 2 ? url.replace('/stream', '/nothing') : url); };"
        )

    widget = start(prepare=slow_sockets, noise=("WebSocket connection to",), reduced_motion="reduce")
    expect(widget.panel).to_contain_text("Online")
    serving.drop_sockets()
    wait_until(widget, lambda: widget.page.evaluate("window.sockets") >= 3)
    expect(widget.panel).to_contain_text("Online")
    widget.say("still here", "You said: still here")


def cut_while_talking(widget: Widget, serving: Serving, times: int) -> None:
    """Cut the connection so often, each time when a message has just been sent (or is about to be answered)."""
    expected = [f"message {number}" for number in range(times)]
    for number, text in enumerate(expected):
        widget.input.fill(text)
        widget.input.press("Enter")
        if number % 3:
            widget.page.wait_for_timeout(number % 7)
        wait_until(widget, lambda: serving.drop_sockets() > 0)
    expect(widget.last).to_contain_text(f"You said: {expected[-1]}", timeout=60_000)
    expect(widget.log.locator("article.waiting")).to_have_count(0)
    assert widget.texts("candidate") == expected
    assert widget.texts("assistant")[1:] == [f"You said: {text}" for text in expected]
    kept = serving.assistant.kept[widget.conversation]
    assert [message.text for message in kept.messages if message.author == "candidate"] == expected


@pytest.mark.parametrize("times", [15, pytest.param(200, marks=pytest.mark.long)])
def test_forced_disconnects_with_messages_in_flight(start: Start, serving: Serving, times: int) -> None:
    before = serving.drops
    widget = start(noise=("WebSocket connection to",))
    cut_while_talking(widget, serving, times)
    assert serving.drops - before >= times


def test_a_page_frozen_and_resumed_catches_up(start: Start, serving: Serving) -> None:
    widget = start()
    conversation = widget.conversation
    session = widget.page.context.new_cdp_session(widget.page)
    session.send("Page.setWebLifecycleState", {"state": "frozen"})
    serving.drop_sockets()
    for number in range(3):
        serving.on_loop(partial(serving.assistant.break_in, conversation, f"While asleep {number}"))
    session.send("Page.setWebLifecycleState", {"state": "active"})
    expect(widget.last).to_contain_text("While asleep 2")
    assert widget.texts("agent") == ["While asleep 0", "While asleep 1", "While asleep 2"]
    expect(widget.panel).to_contain_text("A person is answering")
    widget.say("I am back", "You said: I am back")


def test_a_slow_answer_is_spoken_of_and_the_typing_sign_expires(start: Start, serving: Serving) -> None:
    widget = start(prepare=lambda page: page.clock.install())
    expect(widget.panel).to_contain_text("Online")
    widget.page.clock.pause_at(datetime.now() + timedelta(hours=1))
    widget.input.fill("slow")
    widget.input.press("Enter")
    expect(widget.log.locator(".typing")).to_be_visible()
    widget.page.clock.run_for(4_000)
    expect(widget.panel).not_to_contain_text("This is taking longer than usual")
    widget.page.clock.run_for(1_500)
    expect(widget.panel).to_contain_text("This is taking longer than usual")
    expect(widget.log.locator(".typing")).to_be_visible()
    widget.page.clock.run_for(15_000)
    expect(widget.log.locator(".typing")).to_have_count(0)
    serving.on_loop(serving.assistant.let_go)
    expect(widget.last).to_contain_text("You said: slow")
    expect(widget.panel).not_to_contain_text("This is taking longer than usual")


def test_a_turn_that_fails_can_be_sent_again_or_taken_away(start: Start) -> None:
    widget = start(prepare=lambda page: page.clock.install())
    widget.input.fill("boom")
    widget.input.press("Enter")
    for _ in range(30):
        widget.page.clock.run_for(4_000)
        widget.page.wait_for_timeout(50)
        if "Not sent" in widget.last.inner_text():
            break
    expect(widget.last).to_contain_text("Not sent")
    expect(widget.last).to_contain_text("Something went wrong on our side")
    widget.input.fill("something else")
    widget.input.press("Enter")
    expect(widget.log.locator("article.assistant").last).to_contain_text("You said: something else")
    widget.button("Try again").click()
    expect(widget.log.locator("article.failed")).to_have_count(0)


def test_a_failed_turn_is_taken_away(start: Start) -> None:
    def unknown_choices(page: Page) -> None:
        page.add_init_script(
            "const send = WebSocket.prototype.send; WebSocket.prototype.send = function (data) {"
            "  return send.call(this, data.replace('account/reschedule', 'never-offered')); };"
        )

    widget = start(prepare=unknown_choices)
    widget.button("Move an appointment").click()
    expect(widget.last).to_contain_text("This was not offered.")
    widget.button("Remove").click()
    expect(widget.log.locator("article.candidate")).to_have_count(0)
    expect(widget.button("Move an appointment")).to_be_visible()


def test_the_service_cannot_be_reached(start: Start) -> None:
    def refuse(page: Page) -> None:
        page.route(re.compile("/api/v1/"), lambda route: route.abort())

    widget = start(opened=False, prepare=refuse, noise=("ERR_FAILED",))
    widget.launcher.click()
    expect(widget.panel).to_contain_text("can't reach the assistant right now")
    widget.page.unroute_all()
    widget.button("Try again").click()
    expect(widget.last).to_contain_text("Hello")


def test_a_conversation_erased_meanwhile(start: Start, serving: Serving) -> None:
    widget = start(noise=("WebSocket connection to",))
    widget.say("remember me", "You said")
    conversation = widget.conversation
    serving.on_loop(lambda: serving.assistant.erase(conversation))
    expect(widget.panel).to_contain_text("This chat has ended")
    assert widget.stored() == {}
    widget.button("Start a new chat").click()
    expect(widget.said).to_have_count(1)
    expect(widget.input).to_be_visible()

"""The console in a real browser: two agents, a person, and what each sees."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from bot.store.console_values import Suggestion
from tests.console.browsing import MakePage, ask_for_person, browser, open_first, page_of, playwright, serving
from tests.console.conftest import DANA, MARCUS, House
from tests.console.serving import Serving

__all__ = ["browser", "page_of", "playwright", "serving"]  # fixtures


def heard(page: Page, author: str) -> list[str]:
    texts: list[str] = page.locator(f"article.{author} .bubble").all_inner_texts()
    return texts


def test_signing_in_by_name_and_password(page_of: MakePage) -> None:
    page = page_of(None)
    page.get_by_label("Name").fill("anna")
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("wrong")
    assert page.evaluate("document.cookie") == ""


def test_what_is_opened_in_one_window_is_open_in_the_other(page_of: MakePage, serving: Serving) -> None:
    ask_for_person(serving)
    one, other = page_of("Anna Berg"), page_of("Anna Berg")
    for page in (one, other):
        open_first(page)
        expect(page.locator("article")).to_have_count(0)
    asked: list[str] = []
    other.on("request", lambda request: asked.append(request.url) if request.url.endswith("/open") else None)
    one.get_by_role("button", name="Open to read").click()
    expect(other.locator("article.candidate").first).to_contain_text("can I move my A5")
    expect(other.get_by_role("button", name="Open to read")).to_have_count(0)
    assert len(asked) == 1


def test_a_conversation_from_the_line_to_the_end(page_of: MakePage, serving: Serving) -> None:
    talk = ask_for_person(serving)
    house = serving.house
    page = page_of("Anna Berg")
    expect(page.get_by_role("tab", name="Waiting 1")).to_be_visible()
    expect(page.locator(".line")).to_contain_text("D. R.")
    open_first(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("D. R.")
    expect(page.locator("article")).to_have_count(0)
    page.keyboard.press("t")
    expect(page.get_by_role("heading", level=1)).to_have_text("Dana Reyes")
    suggestions = page.get_by_role("region", name="Suggested replies")
    expect(suggestions).to_contain_text("From the rules")
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("1")
    field = page.get_by_label("Your reply")
    expect(field).to_have_value(re.compile("A5 Brakes"))
    field.fill("You can move it. Which day suits you?")
    field.press("Control+Enter")
    expect(page.locator("article.agent")).to_have_count(1)
    serving.do(house.say(talk, "can I move it to Friday"))
    expect(page.locator("article.candidate").last).to_contain_text("Friday")
    assert heard(page, "assistant")[-1] == "A person has joined and will take it from here."
    states = {s.state for s in _suggested(house, talk)}
    assert "edited" in states
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("b")
    page.get_by_label("Note for colleagues").fill("Wants a Friday")
    page.get_by_role("dialog").get_by_role("button", name="Hand back").click()
    expect(page.locator("article.assistant").last).to_contain_text("the automated assistant")
    expect(page.get_by_role("button", name="Take over")).to_be_visible()
    page.get_by_role("tab", name="Summary").click()
    expect(page.get_by_role("tabpanel", name="Summary")).to_contain_text("Wants a Friday")
    reply = serving.do(house.say(talk, "can I move it"))
    assert reply.messages[-1].author == "assistant"


def _suggested(house: House, talk: str) -> list[Suggestion]:
    with house.store.unit_of_work(write=False) as uow:
        return [s for seq in range(1, 40) for s in uow.console.suggested(talk, seq)]


def test_two_agents_race_for_one_conversation(page_of: MakePage, serving: Serving) -> None:
    ask_for_person(serving)
    anna, ben = page_of("Anna Berg"), page_of("Ben Ortiz")
    for page in (anna, ben):
        open_first(page)
        expect(page.get_by_role("button", name="Take over")).to_be_visible()
    anna.evaluate("document.querySelector('.steps .primary').click()")
    ben.evaluate("document.querySelector('.steps .primary').click()")
    for page in (anna, ben):
        settled = page.get_by_role("button", name="Hand back").or_(page.get_by_text("has it"))
        expect(settled).not_to_have_count(0)
    owners = [page.get_by_role("button", name="Hand back").count() for page in (anna, ben)]
    assert sorted(owners) == [0, 1]
    loser, winner = (anna, ben)[owners.index(0)], ("Anna Berg", "Ben Ortiz")[owners.index(1)]
    expect(loser.locator(".steps")).to_have_text(f"{winner} has it")
    expect(loser.get_by_label("Your reply")).to_have_count(0)


def test_acting_for_the_person(page_of: MakePage, serving: Serving) -> None:
    talk = ask_for_person(serving)
    page = page_of("Anna Berg", width=1440)
    open_first(page)
    page.get_by_role("button", name="Take over").click()
    page.get_by_role("button", name="Move the appointment, A5").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("radio").first.check()
    dialog.get_by_role("button", name="Preview").click()
    expect(dialog.get_by_role("button", name="Do it for the person")).to_be_disabled()
    dialog.get_by_label("In this conversation").check()
    dialog.get_by_role("button", name="Do it for the person").click()
    expect(dialog.get_by_role("status")).to_contain_text("A5")
    dialog.get_by_role("button", name="Good").click()
    expect(page.locator("article.agent").last).to_contain_text("A5")
    assert len(serving.house.audited("consent.recorded")) == 1
    assert serving.do(serving.house.assistant.messages_after(talk, 0)).messages[-1].author == "agent"


def test_an_exception_by_a_lead(page_of: MakePage, serving: Serving) -> None:
    ask_for_person(serving, MARCUS, "can I move my A4")
    page = page_of("Lena Moss")
    open_first(page)
    page.get_by_role("button", name="Take over").click()
    page.get_by_role("button", name="Make an exception: Cancel the appointment, A4").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Why is an exception right here?").fill("In hospital since Sunday, letter on file.")
    dialog.get_by_role("button", name="Next").click()
    dialog.get_by_label(re.compile("Type A4")).fill("A4")
    dialog.get_by_role("button", name="Allow the exception").click()
    expect(dialog).to_contain_text("This is an exception")
    dialog.get_by_role("button", name="Go on to the preview").click()
    dialog.get_by_label("On the telephone").check()
    dialog.get_by_role("button", name="Do it for the person").click()
    expect(dialog.get_by_role("status")).to_contain_text("exception, allowed by Lena Moss")


def test_an_agent_asks_for_an_exception_and_uses_what_a_lead_grants(page_of: MakePage, serving: Serving) -> None:
    ask_for_person(serving, MARCUS, "can I move my A4")
    anna, lena = page_of("Anna Berg"), page_of("Lena Moss")
    open_first(anna)
    anna.get_by_role("button", name="Take over").click()
    anna.get_by_role("button", name="Ask for an exception: Cancel the appointment, A4").click()
    dialog = anna.get_by_role("dialog")
    dialog.get_by_label("Why is an exception right here?").fill("In hospital since Sunday, letter on file.")
    dialog.get_by_role("button", name="Ask a lead").click()
    dialog.get_by_role("button", name="Done").click()
    expect(anna.get_by_text("Asked for", exact=True)).to_be_visible()

    lena.get_by_role("button", name="Exceptions").click()
    expect(lena.get_by_role("row", name=re.compile("Requested.*Anna Berg.*In hospital since Sunday"))).to_be_visible()
    lena.get_by_role("button", name="Go to it").click()
    open_first(lena)
    lena.get_by_role("button", name="Open to read").click()
    lena.get_by_role("button", name="Decide on the exception: Cancel the appointment, A4").click()
    dialog = lena.get_by_role("dialog")
    expect(dialog).to_contain_text("Anna Berg asked on")
    dialog.get_by_label(re.compile("Type A4")).fill("A4")
    dialog.get_by_role("button", name="Allow the exception").click()
    expect(dialog).to_contain_text("This is an exception")
    dialog.get_by_role("button", name="Later").click()

    anna.get_by_role("button", name="Use the exception: Cancel the appointment, A4").click()
    dialog = anna.get_by_role("dialog")
    expect(dialog).to_contain_text("Under an exception")
    dialog.get_by_label("On the telephone").check()
    dialog.get_by_role("button", name="Do it for the person").click()
    expect(dialog.get_by_role("status")).to_contain_text("exception, allowed by Lena Moss")
    dialog.get_by_role("button", name="Good").click()
    expect(anna.get_by_text(re.compile("Exception, used"))).to_be_visible()


def test_ask_leads_to_a_conversation_with_the_person(page_of: MakePage, serving: Serving) -> None:
    page = page_of("Anna Berg")
    page.get_by_role("button", name="Ask", exact=True).click()
    page.get_by_label("Your question").fill(f"can {DANA} move the A5?")
    page.get_by_role("button", name="Ask", exact=True).last.click()
    page.get_by_role("button", name=f"Open a conversation with {DANA}").click()
    open_first(page)
    page.get_by_role("button", name="Take over").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Dana Reyes")
    expect(page.get_by_role("button", name="Move the appointment, A5")).to_be_visible()


def test_it_connects_again_and_misses_nothing(page_of: MakePage, serving: Serving) -> None:
    talk = ask_for_person(serving)
    page = page_of("Anna Berg")
    open_first(page)
    page.get_by_role("button", name="Take over").click()
    expect(page.get_by_label("Your reply")).to_be_visible()
    serving.drop_sockets()
    serving.do(serving.house.say(talk, "are you still there"))
    ask_for_person(serving, MARCUS)
    expect(page.locator("article.candidate").last).to_contain_text("are you still there")
    expect(page.get_by_role("tab", name="Waiting 1")).to_be_visible()
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    assert heard(page, "candidate").count("are you still there") == 1


def test_learning_and_figures(page_of: MakePage, serving: Serving) -> None:
    house = serving.house
    talk = serving.do(house.open())
    serving.do(house.say(talk, "flibber wibble"))
    serving.do(house.say(serving.do(house.open(MARCUS)), "what are the fees"))
    page = page_of("Olga Finch")
    page.get_by_label("Topic").select_option("faq/fees")
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_text("Nothing is waiting.")).to_be_visible()
    page.get_by_role("button", name="Export as a patch").click()
    expect(page.get_by_role("dialog")).to_contain_text("flibber wibble")
    lena = page_of("Lena Moss")
    lena.get_by_role("button", name="Dashboard").click()
    expect(lena.locator(".u-wrap canvas")).not_to_have_count(0)
    lena.get_by_role("button", name=re.compile("Not understood")).click()
    expect(lena.get_by_role("dialog")).to_contain_text(talk)
    lena.get_by_role("button", name="Show them in the inbox").click()
    expect(lena.locator(".line")).to_have_count(1)


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1920)])
def test_axe_finds_nothing(page_of: MakePage, serving: Serving, scheme: str, width: int) -> None:
    ask_for_person(serving)
    ask_for_person(serving, MARCUS, "can I move my A4")
    checked = 0

    def check(page: Page) -> None:
        nonlocal checked
        results = Axe().run(page)
        faults = [(v["id"], [node["target"] for node in v["nodes"]][:3]) for v in results.response["violations"]]
        assert faults == [], faults
        checked += 1

    start = page_of(None, scheme=scheme, width=width)
    expect(start.get_by_role("heading", level=1)).to_be_visible()
    check(start)
    page = page_of("Lena Moss", scheme=scheme, width=width, height=900)
    expect(page.locator(".line")).to_have_count(2)
    check(page)
    open_first(page)
    page.get_by_role("button", name="Take over").click()
    expect(page.get_by_role("region", name="Suggested replies")).to_contain_text("Insert")
    check(page)
    if scheme == "light":
        page.get_by_role("tab", name="Summary").click()
        check(page)
        page.keyboard.press("/")
        page.get_by_label("Search what we know").fill("fees")
        expect(page.locator(".found li")).not_to_have_count(0)
        check(page)
        page.get_by_role("heading", level=1).click()
        page.keyboard.press("?")
        expect(page.get_by_role("dialog")).to_be_visible()
        check(page)
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Ask", exact=True).click()
        page.get_by_role("button", name=re.compile("who is close")).click()
        expect(page.get_by_role("log")).to_contain_text("Master")
        check(page)
    page.get_by_role("button", name="People", exact=True).click()
    page.get_by_label("ASE ID").fill("ASE-1000-0021")
    page.get_by_role("button", name="Look up").click()
    page.get_by_label("Why do you look?").fill("he is on the telephone")
    check(page)
    page.get_by_role("button", name="Open the records").click()
    expect(page.get_by_role("article")).to_contain_text("Isaac Moore")
    check(page)
    page.get_by_role("button", name="Dashboard").click()
    expect(page.locator(".u-wrap")).not_to_have_count(0)
    check(page)
    page.get_by_role("button", name=re.compile("Not understood")).click()
    expect(page.get_by_role("dialog").get_by_role("row")).to_have_count(2)
    check(page)
    page.keyboard.press("Escape")
    if scheme == "light":
        olga = page_of("Olga Finch", scheme=scheme, width=width)
        expect(olga.get_by_role("heading", name="Review")).to_be_visible()
        check(olga)
        adam = page_of("Adam Cole", scheme=scheme, width=width)
        adam.get_by_role("button", name="Accounts").click()
        expect(adam.get_by_role("row")).to_have_count(6)
        check(adam)
    assert checked == (13 if scheme == "light" else 7)

"""The demo pages, and that they are not there otherwise."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from bot.clock import Clock
from bot.config.settings import Settings
from bot.contracts.conversation import Identity
from bot.contracts.demo import DemoMail
from bot.gateway.app import create_app
from tests.gateway.conftest import Client, FakeDemoPages, MakeClient, open_talk, refused
from tests.gateway.fake_assistant import FakeAssistant

AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


class Inline(HTMLParser):
    """Finds what a strict policy forbids, and the addresses a page uses."""

    def __init__(self) -> None:
        super().__init__()
        self.forbidden: list[str] = []
        self.used: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.forbidden += [name for name in given if name.startswith("on") or name == "style"]
        if tag == "style" or (tag == "script" and "src" not in given):
            self.forbidden.append(tag)
        self.used += [value for name, value in attrs if name in ("src", "href") and value]


async def test_the_host_page_works_under_a_strict_policy(client: Client) -> None:
    answer = await client.get("/")
    assert answer.content_type == "text/html"
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "object-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    page = Inline()
    page.feed(await answer.text())
    assert page.forbidden == []
    own = [address for address in page.used if address.startswith("/static/")]
    assert len(own) == 3
    for address in own:
        file = await client.get(address)
        assert file.status == 200
        assert file.content_type in ("text/javascript", "text/css")
    assert all(address.startswith(("/", "data:")) for address in page.used)


async def test_the_script_never_makes_markup_of_text(client: Client) -> None:
    answer = await client.get("/static/demo.js")
    assert answer.status == 200
    script = await answer.text()
    assert len(script) > 1_000
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|localStorage", script)


async def test_a_file_the_browser_has_is_not_sent_again(client: Client) -> None:
    first = await client.get("/static/widget.js")
    assert first.status == 200
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    assert first.headers["Content-Encoding"] == "gzip"
    again = await client.get("/static/widget.js", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status == 304
    assert (await client.get("/static/other.js")).status == 404


async def test_who_may_frame_us_is_a_setting(make_client: MakeClient) -> None:
    client = await make_client(frame_ancestors=("https://www.example.org",))
    policy = (await client.get("/")).headers["Content-Security-Policy"]
    assert "frame-ancestors https://www.example.org" in policy
    policy = (await (await make_client(frame_ancestors=())).get("/")).headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy


async def test_a_moved_clock_shows(make_client: MakeClient) -> None:
    moved = Clock(datetime(2031, 5, 1, 12, 0, tzinfo=UTC))
    client = await make_client(clock=moved)
    page = await client.get("/")
    assert 'class="banner"' in await page.text()
    assert page.headers["Assistant-As-Of"] == "2031-05-01T12:00:00+00:00"
    assert (await open_talk(client)).opened["as_of"] == "2031-05-01T12:00:00+00:00"


async def test_be_anybody_in_the_demo(make_client: MakeClient, assistant: FakeAssistant) -> None:
    client = await make_client(demo=True)
    people = (await (await client.get("/demo/people")).json())["people"]
    assert people[0] == {"ase_id": "ASE-1000-0001", "name": "Dana Reyes", "about": "A5 booked"}
    made = await (await client.post("/demo/token", json={"ase_id": "ASE-1000-0001"})).json()
    talk = await open_talk(client, **made)
    assert assistant.kept[talk.id].identity == Identity(candidate="ASE-1000-0001")
    made = await (await client.post("/demo/token", json={"role": "lead", "agent": "kim"})).json()
    talk = await open_talk(client, channel="agent", **made)
    assert assistant.kept[talk.id].identity == Identity(agent="kim", role="lead")


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"ase_id": "ASE-9999-9999"}, 404, "ase_id"),
        ({"ase_id": "Dana"}, 400, "ase_id"),
        ({}, 400, "ase_id"),
        ({"role": "admin"}, 400, "role"),
        ({"role": "agent", "agent": ""}, 400, "agent"),
        ({"name": "Dana"}, 400, "name"),
    ],
)
async def test_what_gets_no_token(make_client: MakeClient, body: dict[str, str], status: int, field: str) -> None:
    answer = await (await make_client(demo=True)).post("/demo/token", json=body)
    await refused(answer, status, "not_found" if status == 404 else "invalid_request", field)


async def test_the_outbox_shows_mails_newest_first_and_escaped(
    make_client: MakeClient, demo_pages: FakeDemoPages
) -> None:
    client = await make_client(demo=True)
    assert "Nothing has been sent yet" in await (await client.get("/demo/outbox")).text()
    demo_pages.sent.append(DemoMail("dana@example.org", AT, "Your code", "Your code is 123456.", "123456"))
    demo_pages.sent.append(DemoMail("sam@example.org", AT, "<script>x</script>", "<img src=x onerror=y>"))
    answer = await client.get("/demo/outbox")
    text = await answer.text()
    assert text.index("sam@example.org") < text.index("dana@example.org")
    assert "123456" in text
    page = Inline()
    page.feed(text)
    assert page.forbidden == []
    assert "<img" not in text
    listed = (await (await client.get("/demo/outbox.json")).json())["mails"]
    assert listed[1] == {
        "to": "dana@example.org",
        "at": "2026-03-02T15:00:00+00:00",
        "subject": "Your code",
        "text": "Your code is 123456.",
        "code": "123456",
    }
    assert "code" not in listed[0]


def test_the_demo_needs_to_be_switched_on(
    assistant: FakeAssistant, settings: Settings, demo_pages: FakeDemoPages
) -> None:
    with pytest.raises(ValueError, match="demo only"):
        create_app(assistant, settings, Clock(), demo=demo_pages)

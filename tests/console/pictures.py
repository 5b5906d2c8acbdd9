"""Makes the pictures of docs/copilot.md: `python -m tests.console.pictures`. Not a test; look at what comes out.

The whole assistant answers (the model must be there), on a day that stands still.
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from bot.contracts.conversation import Identity
from tests.browsers import launched, system_browser
from tests.conversations.harness import Talk
from tests.whole import parser
from tests.whole_serving import WholeServing

IMAGES = Path(__file__).parents[2] / "docs" / "images"
ASKED = (
    ("ASE-1000-0001", ("am I a master technician?", "can I still move my A5?", "I'd like to talk to a person")),
    ("ASE-1000-0002", ("can I move my appointment?", "please let me talk to a person")),
    ("ASE-1000-0011", ("when can I retake A8?",)),
    ("ASE-1000-0022", ("am I still a master?", "how do I recertify?")),
    (None, ("how much does a test cost?", "can I bring a calculator?", "blue elephants sing in the attic")),
    ("ASE-1000-0034", ("what tests are there?", "zorp glimmer")),
    ("ASE-1000-0019", ("when does my certificate come?",)),
)


def talked(whole: WholeServing) -> None:
    """Conversations of some of the demo's people, over several days of the log."""
    for number in range(21):
        person, asked = ASKED[number % len(ASKED)]
        says: tuple[str, ...] = asked
        if number >= len(ASKED):
            says = tuple(line for line in says if "person" not in line)
        talk = Talk(whole.assistant, whole.store)
        whole.do(talk.open("phone" if number % 4 == 3 else "web", Identity(person)))
        for line in says:
            whole.do(talk.say(line))
        if number % 4 == 3:
            whole.do(talk.take("event", "silence"))
        if number % 2:
            whole.do(whole.assistant.feedback(talk.conversation_id, 1, "up" if number % 3 else "down", None))
        if number >= len(ASKED):
            _moved(whole, talk.conversation_id, number % 6)


def _moved(whole: WholeServing, conversation_id: str, days: int) -> None:
    tables = {"turns": ("started_at", "finished_at"), "messages": ("at",), "feedback": ("at",), "decisions": ("at",)}
    with whole.store.engine.begin() as connection:
        for table, columns in tables.items():
            for column in columns:
                connection.exec_driver_sql(
                    f"UPDATE {table} SET {column} = strftime('%Y-%m-%d %H:%M:%f000', {column}, '-{days} days')"
                    " WHERE conversation_id = ?",
                    (conversation_id,),
                )


class Camera:
    """A browser at the console."""

    def __init__(self, browser: Browser, whole: WholeServing) -> None:
        self.browser = browser
        self.whole = whole

    def page(self, name: str | None, scheme: str = "light", width: int = 1440, height: int = 900) -> Page:
        context = self.browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,  # type: ignore[arg-type]
            reduced_motion="reduce",
            timezone_id="America/Chicago",
        )
        page = context.new_page()
        page.goto(f"{self.whole.url}/agent")
        if name is not None:
            page.get_by_role("button", name=name).click()
            expect(page.get_by_role("banner")).to_contain_text(name)
        return page

    def shot(self, page: Page, name: str) -> None:
        page.wait_for_timeout(400)
        page.screenshot(path=IMAGES / f"copilot-{name}.png")

    def all(self) -> None:
        anna = self.page("Anna Berg")
        line = anna.locator(".line", has_text="D. R.")
        line.first.click()
        self.shot(anna, "masked")
        anna.get_by_role("button", name="Take over").click()
        expect(anna.get_by_role("region", name="Suggested replies")).to_contain_text("Insert")
        self.shot(anna, "talk")
        anna.get_by_role("button", name="Move the appointment, A5").click()
        dialog = anna.get_by_role("dialog")
        dialog.get_by_role("radio").nth(1).check()
        dialog.get_by_role("button", name="Preview").click()
        dialog.get_by_label("In this conversation").check()
        self.shot(anna, "preview")
        anna.keyboard.press("Escape")
        anna.get_by_role("button", name="People", exact=True).click()
        anna.get_by_label("ASE ID").fill("ASE-1000-0021")
        anna.keyboard.press("Enter")
        anna.get_by_label("Why do you look?").fill("he is on the telephone")
        self.shot(anna, "people")
        lena = self.page("Lena Moss")
        lena.get_by_role("button", name="Ask", exact=True).click()
        field = lena.get_by_label("Your question")
        for question in ("can ASE-1000-0001 move the A5?", "what if they fail A6 on Friday?"):
            before = lena.locator("article.assistant").count()
            field.fill(question)
            field.press("Enter")
            expect(lena.locator("article.assistant")).not_to_have_count(before)
        self.shot(lena, "ask")
        lena.get_by_role("button", name="Dashboard").click()
        expect(lena.locator(".u-wrap")).not_to_have_count(0)
        self.shot(lena, "dashboard")
        lena.get_by_role("button", name=re.compile("Not understood")).click()
        self.shot(lena, "behind")
        dark = self.page("Lena Moss", scheme="dark", width=1920, height=1000)
        dark.locator(".line", has_text="M. W.").first.click()
        dark.get_by_role("button", name="Take over").click()
        expect(dark.get_by_role("region", name="Suggested replies")).to_contain_text("Insert")
        self.shot(dark, "dark")
        lena.keyboard.press("Escape")
        lena.get_by_role("button", name="Inbox").click()
        lena.get_by_role("tab", name=re.compile("^Mine")).click()
        lena.locator(".line").first.click()
        lena.get_by_role("button", name="Make an exception: Move the appointment, A4").click()
        lena.get_by_label("Why is an exception right here?").fill("In hospital since Sunday; letter on file.")
        self.shot(lena, "exception")
        olga = self.page("Olga Finch")
        expect(olga.get_by_role("heading", name="Review")).to_be_visible()
        self.shot(olga, "review")


def main() -> int:
    path = system_browser()
    if path is None:
        return 1
    parser()
    with (
        tempfile.TemporaryDirectory() as folder,
        WholeServing(Path(folder) / "pictures.db") as whole,
        sync_playwright() as started,
        launched(started, path) as browser,
    ):
        talked(whole)
        Camera(browser, whole).all()
    return 0


if __name__ == "__main__":
    sys.exit(main())

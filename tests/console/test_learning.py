"""From what went wrong to a patch of training lines; personal data stays behind."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from bot.console.anonymize import scrubbed
from bot.nlu.intents.lines import read_lines
from tests.console.conftest import DANA, House, SignIn


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("my id is ASE-1000-0001 ok", "my id is ASE-0000-0000 ok"),
        ("ase 1000 0001", "ASE-0000-0000"),
        ("mail dana.r@example.org pls", "mail name@example.org pls"),
        ("call +1 312 555 0101 now", "call 555-0100 now"),
        ("call (312) 555-0101", "call 555-0100"),
        ("I moved to 12 Oak Street last week", "I moved to 1 Main St last week"),
        ("order 48213377", "order 00000"),
        ("my name is Peter Smith and A5 failed", "my name is Alex and A5 failed"),
        ("Dana Reyes needs the A5 by March 10", "Alex Alex needs the A5 by March 10"),
        ("this is about my A5", "this is about my A5"),
        ("how much is it, $7.50?", "how much is it, $7.50?"),
    ],
)
def test_personal_data_is_taken_out_and_the_question_stays(said: str, kept: str) -> None:
    assert scrubbed(said, ["Dana", "Reyes"]) == kept


async def test_the_queue_is_fed_decided_and_exported_as_a_patch(house: House, sign_in: SignIn, tmp_path: Path) -> None:
    olga = await sign_in("olga")
    talk = await house.open()
    await house.say(talk, "flurb Dana, my mail is dana@example.org")
    await house.say(talk, "gribble wax")
    reply = await house.say(talk, "what are the fees")
    await house.assistant.feedback(talk, reply.messages[-1].seq, "down", "Dana wanted the L1 price")
    items = (await olga.get("/review"))["items"]
    assert sorted((i["source"], i["text"]) for i in items) == [
        ("not_understood", "flurb Alex, my mail is name@example.org"),
        ("not_understood", "gribble wax"),
        ("thumb_down", "what are the fees"),
    ]
    assert len((await olga.get("/review"))["items"]) == 3
    by_text = {i["text"]: i["id"] for i in items}
    assert next(i for i in items if i["source"] == "thumb_down")["remark"] == "Alex wanted the L1 price"
    await olga.post(f"/review/{by_text['gribble wax']}", 400, decision="accepted", label="faq/nothing")
    await olga.post(f"/review/{by_text['gribble wax']}", decision="out_of_scope")
    flurb = by_text["flurb Alex, my mail is name@example.org"]
    await olga.post(f"/review/{flurb}", decision="accepted", label="faq/contact", text="how do I [mail] you")
    await olga.post(f"/review/{by_text['what are the fees']}", decision="dismissed")
    patch = await olga.post("/review/export")
    assert patch["lines"] == 2
    assert flurb in patch["diff"]
    assert "dana" not in patch["diff"].lower()
    assert DANA not in patch["diff"]
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    subprocess.run(["git", "apply", "-"], input=patch["diff"].encode(), cwd=tmp_path, check=True)
    lines = read_lines(tmp_path / "data" / "nlu")
    assert sorted((line.text, line.label) for line in lines) == [
        ("gribble wax", "out_of_scope"),
        ("how do I (mail) you", "faq/contact"),
    ]
    await olga.post("/review/export", 409)
    await olga.post(f"/review/{flurb}", 409, decision="dismissed")
    traced = await olga.get(f"/review/{flurb}")
    assert (traced["patch"], traced["in_data"], traced["learned_by"]) == (patch["patch"], False, None)
    queue = house.console.review_queue
    queue._root = tmp_path
    learned = queue.trace(flurb, "assistant-new", "assistant-new")
    assert (learned["in_data"], learned["learned_by"]) == (True, "assistant-new")
    assert queue.trace(flurb, "assistant-old", "assistant-new")["learned_by"] is None


async def test_erasing_a_person_empties_what_the_console_kept(house: House, sign_in: SignIn) -> None:
    anna, olga = await sign_in("anna"), await sign_in("olga")
    talk = await house.open()
    await house.say(talk, "gribble wax")
    await anna.post(f"/conversations/{talk}/take", owner="assistant")
    await house.say(talk, "can I move my A5")
    await anna.post(f"/conversations/{talk}/suggestions")
    await olga.get("/review")
    with house.store.unit_of_work() as uow:
        assert uow.erase(DANA, at=house.time.real) is not None
        uow.commit()
    assert (await olga.get("/review?state=all"))["items"] == []
    with house.store.unit_of_work(write=False) as uow:
        assert uow.console.assignments(talk) == ()
        assert uow.console.suggested(talk, 3) == ()

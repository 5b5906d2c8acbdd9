"""Every figure of the dashboard counted once more, slowly, from the rows of the log themselves."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from tests.console.conftest import House, SignIn

WORDS = (
    "what are the fees",
    "can I move my A5",
    "flibber wibble",
    "when can I retake it",
    "cancel my test",
    "am I a master",
)


async def _busy(house: House, sign_in: SignIn) -> None:
    """Thirty conversations of every kind."""
    anna = await sign_in("anna")
    for number in range(1, 31):
        person = None if number % 7 == 0 else f"ASE-1000-{number % 20 + 1:04d}"
        talk = await house.open(person, "phone" if number % 3 == 0 else "web")
        for step in range(number % 3 + 1):
            await house.say(talk, WORDS[(number + step) % len(WORDS)])
        if number % 3 == 0:
            await house.take(talk, "event", "silence")
        if number % 9 == 0:
            await house.take(talk, "event", "hangup")
            continue
        if number % 4 == 0:
            await house.say(talk, "agent")
            house.time.forward(seconds=number)
            if number % 8 == 0:
                await anna.post(f"/conversations/{talk}/take", owner="queue")
                house.time.forward(seconds=2 * number)
                await anna.post(f"/conversations/{talk}/messages", text="hello", client_message_id="1")
                await anna.post(f"/conversations/{talk}/suggestions")
        if number % 5 == 0:
            await house.assistant.feedback(talk, 1, "up" if number % 2 else "down", None)
    talk = await house.open("ASE-1000-0001")
    reply = await house.say(talk, "I want to move my A5")
    await house.take(talk, "choice", reply.messages[-1].choices[0].id)
    await house.say(talk, "yes")


def _spread(house: House) -> None:
    """The conversations began over three weeks, some of the same people's within seven days and some not."""
    with house.store.engine.begin() as connection:
        ids = [row[0] for row in connection.exec_driver_sql("SELECT id FROM conversations ORDER BY id")]
        for number, talk in enumerate(ids):
            back = f"-{number * 17 % 500} hours"
            connection.exec_driver_sql(
                "UPDATE conversations SET created_at = strftime('%Y-%m-%d %H:%M:%S.000000', created_at, ?)"
                " WHERE id = ?",
                (back, talk),
            )


def _rows(house: House, table: str) -> list[dict[str, Any]]:
    with house.store.engine.connect() as connection:
        return [dict(row._mapping) for row in connection.exec_driver_sql(f"SELECT * FROM {table}")]


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


async def test_every_figure_is_what_the_log_says(house: House, sign_in: SignIn) -> None:
    await _busy(house, sign_in)
    _spread(house)
    lena = await sign_in("lena")
    found = await lena.get("/dashboard?days=30")
    tiles = {tile["id"]: tile for tile in found["tiles"]}
    talks = {c["id"]: c for c in _rows(house, "conversations") if c["channel"] != "agent"}
    messages, turns = _rows(house, "messages"), _rows(house, "turns")
    stretches, handoffs = _rows(house, "human_stretches"), _rows(house, "handoffs")
    spoke = sorted({m["conversation_id"] for m in messages if m["author"] == "candidate"})
    assert found["conversations"] == len(spoke) >= 30

    human = {r["conversation_id"] for r in (*stretches, *handoffs)}
    alone = [c for c in spoke if c not in human]
    assert (tiles["contained"]["count"], tiles["contained"]["of"]) == (len(alone), len(spoke))
    assert tiles["contained"]["conversations"] == alone
    solved = []
    for mine in alone:
        again = False
        for other in talks.values():
            same = talks[mine]["ase_id"] is not None and other["ase_id"] == talks[mine]["ase_id"]
            gap = _at(other["created_at"]) - _at(talks[mine]["created_at"])
            again = again or (same and timedelta(0) < gap <= timedelta(days=7))
        if not again:
            solved.append(mine)
    assert tiles["solved"]["conversations"] == solved
    assert 0 < len(solved) < len(alone)

    texts = {(m["conversation_id"], m["turn"]) for m in messages if m["author"] == "candidate"}
    read = [t for t in turns if (t["conversation_id"], t["turn"]) in texts and t["intent"]]
    missed = [t for t in read if t["intent"] == "out_of_scope"]
    assert (tiles["fallback"]["count"], tiles["fallback"]["of"]) == (len(missed), len(read))
    assert len(missed) >= 5

    phone = {c for c in spoke if talks[c]["channel"] == "phone"}
    said = {(m["conversation_id"], m["turn"]) for m in messages if m["author"] == "assistant"}
    silent = [
        t
        for t in turns
        if t["conversation_id"] in phone
        and (t["conversation_id"], t["turn"]) in said
        and (t["conversation_id"], t["turn"]) not in texts
    ]
    assert tiles["silence"]["count"] == len(silent) == 10
    theirs = [t for t in turns if not t["client_message_id"].startswith("agent:")]
    assert tiles["silence"]["of"] == sum(t["conversation_id"] in phone for t in theirs)
    passed_on = sorted(phone & {h["conversation_id"] for h in handoffs})
    assert (tiles["transfers"]["conversations"], tiles["transfers"]["of"]) == (passed_on, len(phone))

    waits = [
        (_at(s["first_answer_at"]) - _at(s["waiting_since"] or s["started_at"])).total_seconds()
        for s in stretches
        if s["first_answer_at"]
    ]
    assert tiles["answer_time"]["value"] == median(waits) > 20
    ratings = _rows(house, "feedback")
    assert (tiles["ratings"]["count"], tiles["ratings"]["of"]) == (
        sum(r["rating"] == "up" for r in ratings),
        len(ratings),
    )

    topics: Counter[str] = Counter(t["intent"] for t in read if t["intent"].startswith(("faq/", "account/")))
    assert {s["label"]: s["total"] for s in found["topics"]["series"]} == dict(topics)
    assert all(sum(s["counts"]) == s["total"] for s in found["topics"]["series"])
    assert len(topics) >= 4
    refusals: Counter[tuple[str, str]] = Counter()
    for row in _rows(house, "decisions"):
        decision = json.loads(row["decision"])
        if decision["outcome"] == "refused" and not row["what_if"]:
            refusals[row["rule"], decision["reasons"][0]["code"]] += 1
    assert {(r["rule"], r["code"]): r["count"] for r in found["refusals"]} == dict(refusals)
    assert sum(refusals.values()) >= 5

    funnel = {f["task"]: {s["step"]: s["count"] for s in f["steps"]} for f in found["funnel"]}
    committed = [c for c in _rows(house, "confirmations") if c["state"] == "committed"]
    assert funnel["reschedule"]["done"] == len({c["conversation_id"] for c in committed}) == 1
    assert funnel["reschedule"]["started"] >= funnel["reschedule"]["seat"] >= funnel["reschedule"]["confirm"] >= 1
    assert sum(found["suggestions"]["states"].values()) == len(_rows(house, "suggestions"))
    for tile in found["tiles"]:
        if tile["unit"] == "share" and tile["of"]:
            assert tile["value"] == round(tile["count"] / tile["of"], 4)
            assert set(tile["conversations"]) <= set(talks)

    text = await lena.get("/dashboard.csv?days=30")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {r["figure"] for r in rows} >= {"solved", "fallback", "topics", "refusals", "funnel"}
    by_topic: Counter[str] = Counter()
    for row in rows:
        if row["figure"] == "topics":
            by_topic[row["key"]] += int(row["value"])
    assert by_topic == topics
    await lena.get("/dashboard?days=31", 400)

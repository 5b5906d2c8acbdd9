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
    assignments, handoffs = _rows(house, "human_stretches"), _rows(house, "handoffs")
    spoke = sorted({m["conversation_id"] for m in messages if m["author"] == "candidate"})
    assert found["conversations"] == len(spoke) >= 30

    human = {r["conversation_id"] for r in (*assignments, *handoffs)}
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
        for s in assignments
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
    shares = [tile for tile in found["tiles"] if tile["unit"] == "share" and tile["of"]]
    assert len(shares) >= 5
    for tile in shares:
        assert tile["value"] == round(tile["count"] / tile["of"], 4)
        assert set(tile["conversations"]) <= set(talks)

    assert found["behind"] == spoke
    sent = Counter(r["state"] for r in _rows(house, "suggestions"))
    assert found["suggestions"]["states"] == dict(sent)
    assert all(set(ids) <= set(spoke) for ids in found["suggestions"]["behind"].values())

    text = await lena.get("/dashboard.csv?days=30")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {r["figure"] for r in rows} >= {"solved", "fallback", "topics", "refusals", "funnel"}
    by_topic: Counter[str] = Counter()
    for row in rows:
        if row["figure"] == "topics":
            by_topic[row["key"]] += int(row["value"])
    assert by_topic == topics
    await lena.get("/dashboard?days=31", 400)


def _over_days(house: House) -> None:
    """What happened is spread over four days: each conversation whole, with its turns, messages and ratings."""
    with house.store.engine.begin() as connection:
        ids = [row[0] for row in connection.exec_driver_sql("SELECT id FROM conversations ORDER BY id")]
        columns = {
            "turns": ("started_at", "finished_at"),
            "messages": ("at",),
            "feedback": ("at",),
            "human_stretches": ("waiting_since", "started_at", "first_answer_at"),
        }
        for number, talk in enumerate(ids):
            for table, names in columns.items():
                moved = ", ".join(f"{n} = strftime('%Y-%m-%d %H:%M:%f000', {n}, '-{number % 4} days')" for n in names)
                connection.exec_driver_sql(f"UPDATE {table} SET {moved} WHERE conversation_id = ?", (talk,))


async def test_every_tile_has_a_series_that_the_log_confirms(house: House, sign_in: SignIn) -> None:
    await _busy(house, sign_in)
    _over_days(house)
    lena = await sign_in("lena")
    found = await lena.get("/dashboard?days=30")
    messages, turns = _rows(house, "messages"), _rows(house, "turns")
    talks = {c["id"]: c for c in _rows(house, "conversations") if c["channel"] != "agent"}
    spoke = {m["conversation_id"] for m in messages if m["author"] == "candidate"}
    texts = {(m["conversation_id"], m["turn"]) for m in messages if m["author"] == "candidate"}
    said = {(m["conversation_id"], m["turn"]) for m in messages if m["author"] == "assistant"}
    theirs = [t for t in turns if t["conversation_id"] in talks and not t["client_message_id"].startswith("agent:")]
    first: dict[str, str] = {}
    for turn in sorted(theirs, key=lambda t: t["started_at"]):
        first.setdefault(turn["conversation_id"], turn["started_at"][:10])
    human = {r["conversation_id"] for r in (*_rows(house, "human_stretches"), *_rows(house, "handoffs"))}
    asked = {h["conversation_id"] for h in _rows(house, "handoffs")}
    phones = {c for c in spoke if talks[c]["channel"] == "phone"}

    def by_day(days: list[str]) -> dict[str, int]:
        return dict(Counter(days))

    expected: dict[str, tuple[dict[str, int], dict[str, int]]] = {}
    everyone = by_day([first[c] for c in spoke])
    expected["contained"] = by_day([first[c] for c in spoke - human]), everyone
    read = [t for t in theirs if (t["conversation_id"], t["turn"]) in texts and t["intent"]]
    missed = [t["started_at"][:10] for t in read if t["intent"] == "out_of_scope"]
    expected["fallback"] = by_day(missed), by_day([t["started_at"][:10] for t in read])
    calls = [t for t in theirs if t["conversation_id"] in phones]
    silent = [t for t in calls if (t["conversation_id"], t["turn"]) in said - texts]
    expected["silence"] = by_day([t["started_at"][:10] for t in silent]), by_day([t["started_at"][:10] for t in calls])
    expected["transfers"] = by_day([first[c] for c in phones & asked]), by_day([first[c] for c in phones])
    ratings = _rows(house, "feedback")
    up = [r["at"][:10] for r in ratings if r["rating"] == "up"]
    expected["ratings"] = by_day(up), by_day([r["at"][:10] for r in ratings])

    points = 0
    assert set(expected) <= {tile["id"] for tile in found["tiles"]}
    for tile in found["tiles"]:
        series = {point["day"]: point for point in tile["series"]}
        assert list(series) == sorted(series), tile["id"]
        if tile["unit"] == "share":
            assert sum(p["count"] for p in tile["series"]) == tile["count"]
            assert sum(p["of"] for p in tile["series"]) == tile["of"]
        assert {c for p in tile["series"] for c in p["conversations"]} == set(tile["conversations"])
        if tile["id"] in expected:
            hits, whole = expected[tile["id"]]
            assert {day: p["of"] for day, p in series.items()} == whole, tile["id"]
            assert {day: p["count"] for day, p in series.items() if p["count"]} == hits, tile["id"]
        points += len(series)
    assert points >= 18, f"found only {points} points"
    waits: dict[str, list[float]] = {}
    for row in _rows(house, "human_stretches"):
        if row["first_answer_at"]:
            began = _at(row["waiting_since"] or row["started_at"])
            took = (_at(row["first_answer_at"]) - began).total_seconds()
            waits.setdefault(row["first_answer_at"][:10], []).append(took)
    [answers] = [tile for tile in found["tiles"] if tile["id"] == "answer_time"]
    assert {p["day"]: p["value"] for p in answers["series"]} == {day: round(median(w), 1) for day, w in waits.items()}

    rows = list(csv.DictReader(io.StringIO(await lena.get("/dashboard.csv?days=30"))))
    for tile in found["tiles"]:
        listed = {r["day"]: r for r in rows if r["figure"] == tile["id"]}
        assert set(listed) == {"", *(p["day"] for p in tile["series"])}
        assert all(listed[p["day"]]["conversations"].split() == p["conversations"] for p in tile["series"])
    daily = [r for r in rows if r["figure"] == "topics"]
    on = {(s["label"], d): ids for s in found["topics"]["series"]
          for d, ids in zip(found["topics"]["days"], s["by_day"], strict=True)}  # fmt: skip
    assert all(r["conversations"].split() == on[r["key"], r["day"]] for r in daily)
    assert len(daily) >= 10

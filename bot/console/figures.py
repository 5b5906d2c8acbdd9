"""The figures of the dashboard, each worked out from the raw log alone, with the conversations behind it.

A conversation counts in a time when a person said something in it then. It is *contained* when nobody took over and
nobody was asked for; *solved* when it is contained and the same person did not come back within seven days. Somebody
who never signed in cannot be recognised, so such a conversation counts as solved when it is contained.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from bot.store.console_values import Events

Json = dict[str, Any]

NO_REPEAT = timedelta(days=7)
NOT_UNDERSTOOD = "out_of_scope"
STEPS = ("started", "seat", "confirm", "done")
CHANGES = {
    "schedule_test": "book",
    "reschedule": "reschedule",
    "cancel_appointment": "cancel_appointment",
    "cancel_test": "cancel_test",
    "duplicate_certificate": "duplicate_certificate",
    "address_change": "change_address",
}
"""The tasks that change something, and what their confirmations are called."""
WITH_SEAT = ("schedule_test", "reschedule")
"""Tasks whose way to the confirmation leads by a seat."""


class Figures:
    """All figures of one time, by name."""

    def __init__(self, events: Events) -> None:
        self._events = events
        said = {(m["conversation_id"], m["turn"]) for m in events.messages if m["author"] == "candidate"}
        self._said = said
        talks = {c["id"]: c for c in events.conversations}
        self._active = {c for c, _ in said if c in talks}
        self._talks = talks
        self._turns = [
            t for t in events.turns if t["conversation_id"] in talks and not t["client"].startswith("agent:")
        ]
        self._asked = {h["conversation_id"] for h in events.handoffs} & self._active
        self._helped = {s["conversation_id"] for s in events.stretches} & self._active

    # --- one number each ----------------------------------------------------------------------------

    def tiles(self) -> list[Json]:
        """The single figures: share or seconds, what it is a share of, and the conversations behind it."""
        active, human = self._active, self._asked | self._helped
        contained = active - human
        solved = {c for c in contained if not self._came_back(c)}
        read = [t for t in self._turns if t["intent"] and (t["conversation_id"], t["turn"]) in self._said]
        missed = [t for t in read if t["intent"] == NOT_UNDERSTOOD]
        phone = {c for c in self._phones() if c in self._active or c in {s["conversation_id"] for s in self._silent()}}
        phone_turns = [t for t in self._turns if t["conversation_id"] in phone]
        silent = self._silent()
        waits = self._waits()
        ratings = [f for f in self._events.feedback if f["conversation_id"] in active]
        good = [f for f in ratings if f["rating"] == "up"]
        transferred = phone & self._asked
        return [
            _share("solved", "Solved by the assistant", len(solved), len(active), solved),
            _share("contained", "Without a person", len(contained), len(active), contained),
            _share("fallback", "Not understood", len(missed), len(read), {t["conversation_id"] for t in missed}),
            _share(
                "silence", "Silence on the phone", len(silent), len(phone_turns), {t["conversation_id"] for t in silent}
            ),
            _share("transfers", "Passed on from the phone", len(transferred), len(phone), transferred),
            {
                "id": "answer_time",
                "title": "Agents' time to answer",
                "value": round(median(seconds for seconds, _ in waits), 1) if waits else None,
                "unit": "seconds",
                "count": len(waits),
                "of": len(waits),
                "conversations": sorted({c for _, c in waits}),
            },
            _share("ratings", "Thumbs up", len(good), len(ratings), {f["conversation_id"] for f in ratings}),
        ]

    def _phones(self) -> set[str]:
        return {c for c, talk in self._talks.items() if talk["channel"] == "phone"}

    def _silent(self) -> list[Json]:
        """Turns on the phone in which the caller said nothing and was asked again."""
        answered = {(m["conversation_id"], m["turn"]) for m in self._events.messages if m["author"] == "assistant"}
        phones = self._phones()
        return [
            t
            for t in self._turns
            if t["conversation_id"] in phones
            and (t["conversation_id"], t["turn"]) not in self._said
            and (t["conversation_id"], t["turn"]) in answered
        ]

    def _came_back(self, conversation_id: str) -> bool:
        talk = self._talks[conversation_id]
        if talk["person"] is None:
            return False
        began = talk["created_at"]
        return any(
            other["person"] == talk["person"] and began < other["created_at"] <= began + NO_REPEAT
            for other in self._talks.values()
            if other["id"] != conversation_id
        )

    def _waits(self) -> list[tuple[float, str]]:
        """Seconds from the request (else from taking over) to the first answer of the agent."""
        return [
            ((s["first_answer_at"] - (s["waiting_since"] or s["started_at"])).total_seconds(), s["conversation_id"])
            for s in self._events.stretches
            if s["first_answer_at"] is not None and s["conversation_id"] in self._active
        ]

    # --- over time, by reason, by step ----------------------------------------------------------------

    def topics(self) -> Json:
        """Questions by topic and day (of the log, UTC)."""
        counted: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        behind: dict[str, set[str]] = defaultdict(set)
        for turn in self._turns:
            label = turn["intent"] or ""
            if label.startswith(("faq/", "account/")) and (turn["conversation_id"], turn["turn"]) in self._said:
                counted[label][turn["started_at"].date().isoformat()] += 1
                behind[label].add(turn["conversation_id"])
        days = sorted({day for by_day in counted.values() for day in by_day})
        ranked = sorted(counted, key=lambda label: (-sum(counted[label].values()), label))
        return {
            "days": days,
            "series": [
                {
                    "label": label,
                    "counts": [counted[label].get(day, 0) for day in days],
                    "total": sum(counted[label].values()),
                    "conversations": sorted(behind[label]),
                }
                for label in ranked
            ],
        }

    def refusals(self) -> list[Json]:
        """Refusals told, by rule and reason, the most frequent first."""
        counted: dict[tuple[str, str], int] = defaultdict(int)
        behind: dict[tuple[str, str], set[str]] = defaultdict(set)
        for told in self._events.decisions:
            decision = told["decision"]
            if decision["outcome"] == "refused" and told["conversation_id"] in self._talks:
                key = (told["rule"], decision["reasons"][0]["code"])
                counted[key] += 1
                behind[key].add(told["conversation_id"])
        ranked = sorted(counted, key=lambda key: (-counted[key], key))
        return [
            {"rule": rule, "code": code, "count": counted[rule, code], "conversations": sorted(behind[rule, code])}
            for rule, code in ranked
        ]

    def funnel(self) -> list[Json]:
        """How far each change got: started, choosing a seat, waiting for the yes, done; in conversations.

        Whoever came to a step came through those before it, also when all was said in one message.
        """
        reached: dict[tuple[str, str], set[str]] = defaultdict(set)
        for turn in self._turns:
            task = (turn["state"] or {}).get("task")
            if not task or task["name"] not in CHANGES:
                continue
            reached[task["name"], "started"].add(turn["conversation_id"])
            if task["step"] in STEPS:
                reached[task["name"], task["step"]].add(turn["conversation_id"])
        for asked in self._events.confirmations:
            name = next((task for task, kind in CHANGES.items() if kind == asked["task"]), None)
            if name is None or asked["conversation_id"] not in self._active:
                continue
            steps = ("started", "confirm", "done") if asked["state"] == "committed" else ("started", "confirm")
            for step in steps:
                reached[name, step].add(asked["conversation_id"])
        for name in CHANGES:
            reached[name, "confirm"] |= reached[name, "done"]
            if name in WITH_SEAT:
                reached[name, "seat"] |= reached[name, "confirm"]
            reached[name, "started"] |= reached[name, "seat"] | reached[name, "confirm"]
        return [
            {
                "task": name,
                "steps": [
                    {"step": step, "count": len(reached[name, step]), "conversations": sorted(reached[name, step])}
                    for step in STEPS
                ],
            }
            for name in CHANGES
            if reached[name, "started"]
        ]

    def suggestions(self) -> Json:
        """What became of the suggested replies."""
        counted: dict[str, int] = defaultdict(int)
        for each in self._events.suggestions:
            counted[each["state"]] += 1
        return {"states": dict(sorted(counted.items())), "total": sum(counted.values())}

    def to_json(self) -> Json:
        """Everything."""
        return {
            "tiles": self.tiles(),
            "topics": self.topics(),
            "refusals": self.refusals(),
            "funnel": self.funnel(),
            "suggestions": self.suggestions(),
            "conversations": len(self._active),
        }


def as_csv(figures: Mapping[str, Any]) -> str:
    """Every figure as rows: figure, key, day, value, of, conversations."""
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\r\n")
    write.writerow(["figure", "key", "day", "value", "of", "conversations"])
    for tile in figures["tiles"]:
        write.writerow([tile["id"], tile["unit"], "", tile["value"], tile["of"], " ".join(tile["conversations"])])
    for series in figures["topics"]["series"]:
        for day, count in zip(figures["topics"]["days"], series["counts"], strict=True):
            if count:
                write.writerow(["topics", series["label"], day, count, "", " ".join(series["conversations"])])
    for each in figures["refusals"]:
        key = f"{each['rule']}/{each['code']}"
        write.writerow(["refusals", key, "", each["count"], "", " ".join(each["conversations"])])
    for task in figures["funnel"]:
        for step in task["steps"]:
            key = f"{task['task']}/{step['step']}"
            write.writerow(["funnel", key, "", step["count"], "", " ".join(step["conversations"])])
    return out.getvalue()


def _share(figure: str, title: str, count: int, of: int, behind: Iterable[str]) -> Json:
    return {
        "id": figure,
        "title": title,
        "value": round(count / of, 4) if of else None,
        "unit": "share",
        "count": count,
        "of": of,
        "conversations": sorted(behind),
    }


def time_of(days: int, now: datetime) -> tuple[datetime, datetime]:
    """The last so many days up to and with this instant."""
    return now - timedelta(days=days), now + timedelta(seconds=1)

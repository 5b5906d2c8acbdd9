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
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

from bot.changes.kinds import BY_TOPIC, KINDS
from bot.store.console_values import Events

Json = dict[str, Any]
Item = tuple[str, str]
"""A day, and a conversation that counts on it."""

NO_REPEAT = timedelta(days=7)
NOT_UNDERSTOOD = "out_of_scope"
STEPS = ("started", "seat", "confirm", "done")


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
        self._first_day: dict[str, str] = {}
        for turn in sorted(self._turns, key=lambda t: t["started_at"]):
            self._first_day.setdefault(turn["conversation_id"], _day(turn["started_at"]))
        for message in sorted(events.messages, key=lambda m: m["at"]):
            self._first_day.setdefault(message["conversation_id"], _day(message["at"]))
        self._asked = {h["conversation_id"] for h in events.handoffs} & self._active
        self._helped = {s["conversation_id"] for s in events.assignments} & self._active

    # --- one number each ----------------------------------------------------------------------------

    def tiles(self) -> list[Json]:
        """The single figures: share or seconds, what it is a share of, the conversations behind it, and by day."""
        active, human = self._active, self._asked | self._helped
        contained = active - human
        solved = {c for c in contained if not self._came_back(c)}
        read = [t for t in self._turns if t["intent"] and (t["conversation_id"], t["turn"]) in self._said]
        missed = [t for t in read if t["intent"] == NOT_UNDERSTOOD]
        silent = self._silent()
        phone = {c for c in self._phones() if c in active or c in {s["conversation_id"] for s in silent}}
        phone_turns = [t for t in self._turns if t["conversation_id"] in phone]
        ratings = [f for f in self._events.feedback if f["conversation_id"] in active]
        rated = [(_day(f["at"]), f["conversation_id"]) for f in ratings]
        good = [(_day(f["at"]), f["conversation_id"]) for f in ratings if f["rating"] == "up"]
        return [
            _share("solved", self._began(solved), self._began(active)),
            _share("contained", self._began(contained), self._began(active)),
            _share("fallback", _turned(missed), _turned(read)),
            _share("silence", _turned(silent), _turned(phone_turns)),
            _share("transfers", self._began(phone & self._asked), self._began(phone)),
            _median("answer_time", self._waits()),
            _share("ratings", good, rated, behind=rated),
        ]

    def _began(self, conversations: Iterable[str]) -> list[Item]:
        """Conversations, each on the day of its first turn in the time."""
        return [(self._first_day[c], c) for c in sorted(conversations)]

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

    def _waits(self) -> list[tuple[str, str, float]]:
        """Seconds from the request (else from taking over) to the first answer of the agent, on its day."""
        return [
            (
                _day(s["first_answer_at"]),
                s["conversation_id"],
                (s["first_answer_at"] - (s["waiting_since"] or s["started_at"])).total_seconds(),
            )
            for s in self._events.assignments
            if s["first_answer_at"] is not None and s["conversation_id"] in self._active
        ]

    # --- over time, by reason, by step ----------------------------------------------------------------

    def topics(self) -> Json:
        """Questions by topic and day (of the log, UTC)."""
        asked: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for turn in self._turns:
            label = turn["intent"] or ""
            if label.startswith(("faq/", "account/")) and (turn["conversation_id"], turn["turn"]) in self._said:
                asked[label][_day(turn["started_at"])].append(turn["conversation_id"])
        days = sorted({day for by_day in asked.values() for day in by_day})
        total = {label: sum(map(len, by_day.values())) for label, by_day in asked.items()}
        return {
            "days": days,
            "series": [
                {
                    "label": label,
                    "counts": [len(asked[label].get(day, ())) for day in days],
                    "by_day": [sorted(set(asked[label].get(day, ()))) for day in days],
                    "total": total[label],
                    "conversations": sorted({c for behind in asked[label].values() for c in behind}),
                }
                for label in sorted(asked, key=lambda label: (-total[label], label))
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
            if not task or task["name"] not in BY_TOPIC:
                continue
            reached[task["name"], "started"].add(turn["conversation_id"])
            if task["step"] in STEPS:
                reached[task["name"], task["step"]].add(turn["conversation_id"])
        for asked in self._events.confirmations:
            kind = KINDS.get(asked["task"])
            if kind is None or asked["conversation_id"] not in self._active:
                continue
            steps = ("started", "confirm", "done") if asked["state"] == "committed" else ("started", "confirm")
            for step in steps:
                reached[kind.topic, step].add(asked["conversation_id"])
        for name, kind in BY_TOPIC.items():
            reached[name, "confirm"] |= reached[name, "done"]
            if kind.needs_seat:
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
            for name in BY_TOPIC
            if reached[name, "started"]
        ]

    def suggestions(self) -> Json:
        """What became of the suggested replies, and in which conversations."""
        found: dict[str, list[str]] = defaultdict(list)
        for each in self._events.suggestions:
            found[each["state"]].append(each["conversation_id"])
        return {
            "states": {state: len(found[state]) for state in sorted(found)},
            "behind": {state: sorted(set(found[state])) for state in sorted(found)},
            "total": sum(map(len, found.values())),
        }

    def to_json(self) -> Json:
        """Everything."""
        return {
            "tiles": self.tiles(),
            "topics": self.topics(),
            "refusals": self.refusals(),
            "funnel": self.funnel(),
            "suggestions": self.suggestions(),
            "conversations": len(self._active),
            "behind": sorted(self._active),
        }


def as_csv(figures: Mapping[str, Any]) -> str:
    """Every figure as rows: figure, key, day (empty: the whole time), value, of, conversations."""
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\r\n")
    write.writerow(["figure", "key", "day", "value", "of", "conversations"])
    for tile in figures["tiles"]:
        write.writerow([tile["id"], tile["unit"], "", tile["value"], tile["of"], " ".join(tile["conversations"])])
        for point in tile["series"]:
            behind = " ".join(point["conversations"])
            write.writerow([tile["id"], tile["unit"], point["day"], point["value"], point["of"], behind])
    for series in figures["topics"]["series"]:
        by_day = zip(figures["topics"]["days"], series["counts"], series["by_day"], strict=True)
        for day, count, conversations in by_day:
            if count:
                write.writerow(["topics", series["label"], day, count, "", " ".join(conversations)])
    for each in figures["refusals"]:
        key = f"{each['rule']}/{each['code']}"
        write.writerow(["refusals", key, "", each["count"], "", " ".join(each["conversations"])])
    for task in figures["funnel"]:
        for step in task["steps"]:
            key = f"{task['task']}/{step['step']}"
            write.writerow(["funnel", key, "", step["count"], "", " ".join(step["conversations"])])
    suggestions = figures["suggestions"]
    for state, count in suggestions["states"].items():
        behind = " ".join(suggestions["behind"][state])
        write.writerow(["suggestions", state, "", count, suggestions["total"], behind])
    return out.getvalue()


def _share(figure: str, hits: list[Item], of: list[Item], behind: list[Item] | None = None) -> Json:
    """So many of so many, in all and by day; `behind` where other conversations than the hits are to be shown."""
    shown = hits if behind is None else behind

    def on(day: str | None) -> Json:
        count, whole = (sum(day in (None, d) for d, _ in items) for items in (hits, of))
        return {
            "value": round(count / whole, 4) if whole else None,
            "count": count,
            "of": whole,
            "conversations": sorted({c for d, c in shown if day in (None, d)}),
        }

    days = sorted({day for day, _ in of})
    return {"id": figure, "unit": "share", **on(None), "series": [{"day": d, **on(d)} for d in days]}


def _median(figure: str, waits: list[tuple[str, str, float]]) -> Json:
    """The median of seconds, in all and by day."""

    def on(day: str | None) -> Json:
        these = [(c, seconds) for d, c, seconds in waits if day in (None, d)]
        return {
            "value": round(median(seconds for _, seconds in these), 1) if these else None,
            "count": len(these),
            "of": len(these),
            "conversations": sorted({c for c, _ in these}),
        }

    days = sorted({day for day, _, _ in waits})
    return {"id": figure, "unit": "seconds", **on(None), "series": [{"day": d, **on(d)} for d in days]}


def _turned(turns: Iterable[Json]) -> list[Item]:
    return [(_day(turn["started_at"]), turn["conversation_id"]) for turn in turns]


def _day(at: datetime) -> str:
    """The day of the log (UTC)."""
    return at.astimezone(UTC).date().isoformat()


def time_of(days: int, now: datetime) -> tuple[datetime, datetime]:
    """The last so many days up to and with this instant."""
    return now - timedelta(days=days), now + timedelta(seconds=1)

"""Ready-made replies with placeholders, filled from the conversation and the records of the person."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any

from bot.dialogue.tasks.subjects import booked, unsat
from bot.dialogue.turn_context import TurnContext
from bot.rules.time import instant_of, zone
from bot.store.console_values import Agent
from bot.store.values import Json

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
PLACEHOLDERS = ("first_name", "agent", "test", "starts_at", "site", "change_by", "must_test_by")


@cache
def macros() -> tuple[dict[str, str], ...]:
    """Every macro as written: id, title, text."""
    import yaml

    found: list[dict[str, str]] = yaml.safe_load((files("bot.console") / "macros.yml").read_text(encoding="utf-8"))
    return tuple(found)


def filled(turn: TurnContext, agent: Agent) -> list[Json]:
    """Every macro with its placeholders filled; `missing` names those that could not be."""
    values = _values(turn, agent)
    out: list[Json] = []
    for macro in macros():
        missing = [name for name in dict.fromkeys(_PLACEHOLDER.findall(macro["text"])) if not values.get(name)]
        text = _PLACEHOLDER.sub(lambda found: values.get(found[1]) or f"[{found[1].replace('_', ' ')}]", macro["text"])
        out.append({"id": macro["id"], "title": macro["title"], "text": text, "missing": missing})
    return out


def _values(turn: TurnContext, agent: Agent) -> dict[str, str]:
    values = {"agent": agent.display_name}
    person = turn.person
    if person is None:
        return values

    def say(value: Any, how: str | None = None) -> str:
        return turn.services.answers.say(value, how, day=turn.today).web

    if person.candidate.name is not None:
        values["first_name"] = person.candidate.name.first
    options = booked(person, turn.today) or unsat(person, turn.today)
    if not options:
        return values
    option = options[0]
    values["test"] = say(option.test, "test")
    window = turn.judge("purchase_window", option.subject).decisive.values
    if "must_test_by" in window:
        values["must_test_by"] = say(window["must_test_by"])
    appointment = option.purchase.appointment if option.purchase else None
    if appointment is not None and appointment.status == "booked":
        site = person.sites[appointment.site]
        values["starts_at"] = say(instant_of(appointment.starts_at, zone(site.time_zone)))
        values["site"] = f"{site.name}, {site.city}"
        change_by = turn.judge("reschedule", option.subject).decisive.values.get("change_by")
        if change_by is not None:
            values["change_by"] = say(change_by)
    return values

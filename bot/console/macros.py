"""Ready-made replies with placeholders, filled from the conversation and the records of the person."""

from __future__ import annotations

from typing import Any

from bot.answers import Said
from bot.dialogue.tasks.subjects import booked, unsat
from bot.dialogue.turn_context import TurnContext
from bot.rules.time import instant_of, zone
from bot.store.console_values import Agent
from bot.store.values import Json

MACROS = ("greeting", "checking", "consent", "appointment", "last_day", "exception", "anything_else", "goodbye")
"""The macros in the order in which they are shown; `knowledge/phrases/macros.yml` has their texts."""


def filled(turn: TurnContext, agent: Agent) -> list[Json]:
    """Every macro with its placeholders filled; `missing` names those that could not be."""
    answers, known = turn.services.answers, _values(turn, agent)
    out: list[Json] = []
    for macro in MACROS:
        wanted = answers.catalog.phrases[f"macro_{macro}"].values
        values = {name: Said.same(known.get(name) or f"[{name.replace('_', ' ')}]") for name in wanted}
        text = answers.said(f"macro_{macro}", **values).web
        missing = [name for name in wanted if not known.get(name)]
        title = answers.said(f"macro_{macro}_title").web
        out.append({"id": macro, "title": title, "text": text, "missing": missing})
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

"""The review queue and the dashboard."""

from __future__ import annotations

import asyncio

from aiohttp import web

from bot.console.dashboard import Figures, as_csv, time_of
from bot.console.errors import invalid
from bot.console.review_queue import MAX_LINE
from bot.contracts.conversation import Json
from bot.gateway.bodies import PRINTABLE, SAYS_SOMETHING, Fields, read_json
from bot.gateway.channels.agent_console.service import Console
from bot.rasa_adapter.model_files import fingerprint
from bot.store.console_values import Agent

DAYS = (1, 7, 30, 90)


async def review(request: web.Request, console: Console, agent: Agent) -> Json:
    """The queue, with what came up since last time."""
    state = request.query.get("state", "open")

    def work() -> Json:
        console.review_queue.collect()
        return {"items": console.review_queue.items(None if state == "all" else state)}

    return await asyncio.to_thread(work)


async def decide(request: web.Request, console: Console, agent: Agent) -> Json:
    """A content owner decides what a message is."""
    fields = Fields(await read_json(request), ("decision", "label", "text"))
    decision = fields.text("decision", 20, PRINTABLE)
    label = fields.optional("label", lambda field: fields.text(field, 64, PRINTABLE))
    text = fields.optional("text", lambda field: fields.text(field, MAX_LINE, SAYS_SOMETHING))
    return await asyncio.to_thread(
        console.review_queue.decide, agent, request.match_info["item"], decision, label, text
    )


async def export(request: web.Request, console: Console, agent: Agent) -> Json:
    """What was decided, as a patch."""
    Fields(await read_json(request), ())
    return await asyncio.to_thread(console.review_queue.export, agent)


async def trace(request: web.Request, console: Console, agent: Agent) -> Json:
    """From an item to the model that learned it."""
    model = console.assistant.parser.model_name
    fitting = f"assistant-{await asyncio.to_thread(fingerprint)}"
    return await asyncio.to_thread(console.review_queue.trace, request.match_info["item"], model, fitting)


async def dashboard(request: web.Request, console: Console, agent: Agent) -> Json:
    """Every figure of the last days."""
    return await asyncio.to_thread(_figures, console, _days(request))


async def dashboard_csv(request: web.Request, console: Console, agent: Agent) -> web.StreamResponse:
    """The same as rows."""
    figures = await asyncio.to_thread(_figures, console, _days(request))
    return web.Response(
        text=as_csv(figures),
        content_type="text/csv",
        charset="utf-8",
        headers={"Content-Disposition": 'attachment; filename="dashboard.csv"'},
    )


def _figures(console: Console, days: int) -> Json:
    since, until = time_of(days, console.clock.now())
    with console.store.unit_of_work(write=False) as uow:
        events = uow.console.events(since=since, until=until)
    topics, answers = console.services.catalog.topics, console.services.answers
    found = Figures(events).to_json()
    for tile in found["tiles"]:
        tile["title"] = answers.said(f"figure_{tile['id']}").web
    for series in found["topics"]["series"]:
        series["title"] = topics[series["label"]].title if series["label"] in topics else series["label"]
    return found | {"days": days, "since": since.isoformat(), "until": until.isoformat()}


def _days(request: web.Request) -> int:
    given = request.query.get("days", "30")
    if given not in {str(days) for days in DAYS}:
        raise invalid("days", f"Must be one of {', '.join(map(str, DAYS))}.")
    return int(given)

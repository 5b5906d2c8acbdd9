"""Exceptions: an agent asks for one, a lead grants it or turns it down, and either takes back what is theirs."""

from __future__ import annotations

import asyncio

from aiohttp import web

from bot.console.exceptions import MAX_REASON, Told
from bot.contracts.conversation import MAX_TEXT, Json
from bot.gateway.bodies import PRINTABLE, SAYS_SOMETHING, Fields, read_json
from bot.gateway.channels.agent_console.service import Console
from bot.store.console_values import Agent


async def ask(request: web.Request, console: Console, agent: Agent) -> Json:
    """An agent asks for an exception in a conversation of their own: from which rule, for which purchase, and why."""
    rule, about, reason = await _wanted(request)
    conversation = await asyncio.to_thread(console.inbox.must_be_mine, agent, request.match_info["id"])
    asked = await asyncio.to_thread(console.exceptions.ask, agent, conversation, rule, about, reason)
    return {"id": asked.id, "state": asked.state, "type": asked.test, "decision": asked.decision}


async def begin(request: web.Request, console: Console, agent: Agent) -> Json:
    """The first half of a lead's own: the second is `grant`."""
    rule, about, reason = await _wanted(request)
    conversation = await asyncio.to_thread(console.inbox.must_be_mine, agent, request.match_info["id"])
    made = await asyncio.to_thread(console.exceptions.begin, agent, conversation, rule, about, reason)
    return {"id": made.id, "state": made.state, "type": made.test, "decision": made.decision}


async def grant(request: web.Request, console: Console, agent: Agent) -> Json:
    """A lead's word, with the test code typed; the conversation must be open, and may be a colleague's. The person is
    told, once."""
    fields = Fields(await read_json(request), ("typed",))
    typed = fields.text("typed", 10, PRINTABLE)
    conversation = await asyncio.to_thread(console.inbox.must_be_open, agent, request.match_info["id"])
    exception = request.match_info["exception"]
    told = await asyncio.to_thread(console.exceptions.grant, agent, conversation, exception, typed)
    return await _tell(console, agent, told, f"exception {exception}")


async def end(request: web.Request, console: Console, agent: Agent) -> Json:
    """Turned down or taken back, with the reason. The person is told where they had been told of it."""
    fields = Fields(await read_json(request), ("reason",))
    reason = fields.text("reason", MAX_REASON, SAYS_SOMETHING)
    conversation = await asyncio.to_thread(console.inbox.must_be_open, agent, request.match_info["id"])
    exception = request.match_info["exception"]
    told = await asyncio.to_thread(console.exceptions.end, agent, conversation, exception, reason)
    return await _tell(console, agent, told, f"exception {exception} over")


async def listed(request: web.Request, console: Console, agent: Agent) -> Json:
    """Every exception: those that wait for a lead, then the newest."""
    return {"exceptions": await asyncio.to_thread(console.exceptions.all, agent)}


async def _wanted(request: web.Request) -> tuple[str, str, str]:
    fields = Fields(await read_json(request), ("rule", "about", "reason"))
    rule, about = fields.text("rule", 40, PRINTABLE), fields.text("about", 100, PRINTABLE)
    return rule, about, fields.text("reason", MAX_REASON, SAYS_SOMETHING)


async def _tell(console: Console, agent: Agent, told: Told, key: str) -> Json:
    """What became of it; the person reads it in the conversation in which it was asked for."""
    lifted, text = told.lifted, None if told.answer is None else told.answer.text[:MAX_TEXT]
    if text is not None:
        step = await asyncio.to_thread(console.inbox.tell, agent, lifted.conversation_id, text, key)
        if step is not None:
            await console.assistant.announce(lifted.conversation_id, step.before)
    return {"id": lifted.id, "state": lifted.state, "text": text}

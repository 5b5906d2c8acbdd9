"""Conversations: the list, one of them, and whose it is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from aiohttp import web

from bot.console.inbox import MAX_NOTE, OUTCOMES, Step
from bot.contracts.conversation import MAX_CLIENT_MESSAGE_ID, MAX_TEXT, OWNERS, Json
from bot.gateway.bodies import PRINTABLE, SAYS_SOMETHING, Fields, read_json
from bot.gateway.channels.agent_console.service import Console
from bot.store.console_values import Agent


async def listed(request: web.Request, console: Console, agent: Agent) -> Json:
    """The inbox."""
    return {"conversations": await asyncio.to_thread(console.inbox.listed, agent)}


async def open_one(request: web.Request, console: Console, agent: Agent) -> Json:
    """Open a conversation: from now on the person is not masked. Audited."""
    conversation_id = request.match_info["id"]
    await asyncio.to_thread(console.inbox.open, agent, conversation_id)
    return await detail(request, console, agent)


async def detail(request: web.Request, console: Console, agent: Agent) -> Json:
    """What was said, and what stands beside it."""
    conversation_id = request.match_info["id"]
    conversation = await asyncio.to_thread(console.inbox.must_be_open, agent, conversation_id)
    found = await console.assistant.everything_after(conversation_id, 0)
    return found.to_json() | {
        "id": conversation_id,
        "channel": conversation.channel,
        "owner": conversation.owner,
        "owner_agent": conversation.owner_agent,
        "ended": conversation.ended_at is not None,
    }


async def conversation_view(request: web.Request, console: Console, agent: Agent) -> Json:
    """Summary, records with deadlines, and what may be done."""
    conversation = await asyncio.to_thread(console.inbox.must_be_open, agent, request.match_info["id"])
    return await asyncio.to_thread(console.conversation_view.view, agent, conversation)


async def take(request: web.Request, console: Console, agent: Agent) -> Json:
    """Take over from whom the agent saw it with."""
    fields = Fields(await read_json(request), ("owner", "owner_agent"))
    owner = fields.one_of("owner", OWNERS)
    other = fields.optional("owner_agent", lambda field: fields.text(field, 64, PRINTABLE))
    conversation_id = request.match_info["id"]
    return await _step(console, lambda: console.inbox.take(agent, conversation_id, seen_owner=owner, seen_agent=other))


async def answer(request: web.Request, console: Console, agent: Agent) -> Json:
    """A message of the agent to the person."""
    fields = Fields(await read_json(request), ("text", "client_message_id"))
    text = fields.text("text", MAX_TEXT, SAYS_SOMETHING)
    key = fields.text("client_message_id", MAX_CLIENT_MESSAGE_ID, PRINTABLE)
    conversation_id = request.match_info["id"]
    return await _step(console, lambda: console.inbox.answer(agent, conversation_id, text, key))


async def hand_back(request: web.Request, console: Console, agent: Agent) -> Json:
    """Back to the assistant, with a note for colleagues."""
    fields = Fields(await read_json(request), ("note",))
    note = fields.optional("note", lambda field: fields.text(field, MAX_NOTE, SAYS_SOMETHING))
    conversation_id = request.match_info["id"]
    return await _step(console, lambda: console.inbox.hand_back(agent, conversation_id, note))


async def transfer(request: web.Request, console: Console, agent: Agent) -> Json:
    """On to a colleague, or back into the line."""
    fields = Fields(await read_json(request), ("to", "note"))
    to = fields.optional("to", lambda field: fields.text(field, 64, PRINTABLE))
    note = fields.optional("note", lambda field: fields.text(field, MAX_NOTE, SAYS_SOMETHING))
    conversation_id = request.match_info["id"]
    return await _step(console, lambda: console.inbox.transfer(agent, conversation_id, to, note))


async def close(request: web.Request, console: Console, agent: Agent) -> Json:
    """Dealt with."""
    fields = Fields(await read_json(request), ("outcome", "note"))
    outcome = fields.one_of("outcome", OUTCOMES)
    note = fields.optional("note", lambda field: fields.text(field, MAX_NOTE, SAYS_SOMETHING))
    conversation_id = request.match_info["id"]
    return await _step(console, lambda: console.inbox.close(agent, conversation_id, outcome, note))


async def _step(console: Console, work: Callable[[], Step]) -> Json:
    """Do it, tell everybody who listens, and say how things are now."""
    step = await asyncio.to_thread(work)
    await console.assistant.announce(step.conversation_id, step.before)
    found = await console.assistant.everything_after(step.conversation_id, step.before)
    return found.to_json() | {"id": step.conversation_id}

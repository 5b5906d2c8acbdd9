"""Helping the agent answer: suggestions, macros, search, acting for the person, questions."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from aiohttp import web

from bot.answers.answer import Answer
from bot.console.agent_queries import asks_for_masters
from bot.console.errors import forbidden, invalid
from bot.console.macros import filled
from bot.console.on_behalf import PARTS
from bot.console.suggestions import STATES
from bot.contracts.conversation import MAX_TEXT, AgentRole, Identity, Json
from bot.gateway.bodies import MAX_SEQ, PRINTABLE, SAYS_SOMETHING, Fields, read_json, turn_body
from bot.gateway.channels.agent_console.service import Console
from bot.gateway.keys import TURNS
from bot.store.console_values import Agent
from bot.store.values import Conversation


async def _mine(request: web.Request, console: Console, agent: Agent) -> Conversation:
    return await asyncio.to_thread(console.inbox.must_be_mine, agent, request.match_info["id"])


async def _opened(request: web.Request, console: Console, agent: Agent) -> Conversation:
    return await asyncio.to_thread(console.inbox.must_be_open, agent, request.match_info["id"])


# --- suggestions ----------------------------------------------------------------------------------


async def suggest(request: web.Request, console: Console, agent: Agent) -> Json:
    """Up to three replies for a message of the person (the last one, if none is named)."""
    fields = Fields(await read_json(request), ("seq",))
    seq = fields.optional("seq", lambda field: fields.whole(field, 1, MAX_SEQ))
    conversation = await _opened(request, console, agent)
    service = console.suggestions
    message = await asyncio.to_thread(service.message, conversation, seq)
    if message is None or not message.text:
        return {"seq": None, "suggestions": []}
    kept = await asyncio.to_thread(service.kept, conversation, message.seq)
    if kept:
        return {"seq": message.seq, "suggestions": kept}
    turn = await asyncio.to_thread(service.turn, agent, conversation)
    parsed = await asyncio.to_thread(service.read, turn, message.text)
    found = await asyncio.to_thread(service.make, agent, conversation, message, parsed)
    return {"seq": message.seq, "suggestions": found}


async def mark(request: web.Request, console: Console, agent: Agent) -> Json:
    """What became of a suggestion; one that is rejected goes up for review."""
    fields = Fields(await read_json(request), ("state", "reason", "topic"))
    state = fields.one_of("state", STATES)
    reason = fields.optional("reason", lambda field: fields.text(field, 500, SAYS_SOMETHING))
    topic = fields.optional("topic", lambda field: fields.text(field, 64, PRINTABLE))
    if state == "rejected" and not reason and not topic:
        raise invalid("reason", "Say why it does not fit, or name the right topic.")
    conversation = await _opened(request, console, agent)
    found = await asyncio.to_thread(
        console.suggestions.mark, conversation, request.match_info["suggestion"], state, reason
    )
    if state == "rejected":
        await asyncio.to_thread(
            lambda: console.review_queue.rejected(conversation.id, found.seq, reason=reason, topic=topic)
        )
    return {"id": found.id, "state": state}


async def macros(request: web.Request, console: Console, agent: Agent) -> Json:
    """Ready-made replies, filled for this conversation."""
    conversation = await _opened(request, console, agent)
    turn = await asyncio.to_thread(console.suggestions.turn, agent, conversation)
    return {"macros": await asyncio.to_thread(filled, turn, agent)}


async def search(request: web.Request, console: Console, agent: Agent) -> Json:
    """Search what we know."""
    query = request.query.get("q", "")[:200]
    return {"query": query, "results": await asyncio.to_thread(lambda: console.search().find(query))}


async def topics(request: web.Request, console: Console, agent: Agent) -> Json:
    """Every topic that a message may be about."""
    known = console.services.catalog.topics
    return {"topics": [{"label": t.label, "title": t.title or t.label, "meaning": t.meaning} for t in known.values()]}


# --- acting for the person ----------------------------------------------------------------------------


async def seats(request: web.Request, console: Console, agent: Agent) -> Json:
    """Free seats for one purchase."""
    conversation = await _mine(request, console, agent)
    about = request.query.get("about", "")[:100]
    return {"seats": await asyncio.to_thread(console.on_behalf.seats, agent, conversation, about)}


async def preview(request: web.Request, console: Console, agent: Agent) -> Json:
    """What would be done."""
    body = await read_json(request)
    fields = Fields(body, ("action", "about", "seat", "exception", "address"))
    action, about = fields.text("action", 40, PRINTABLE), fields.text("about", 100, PRINTABLE)
    seat = _object(body, "seat", {"site", "starts_at"})
    address = _object(body, "address", set(PARTS))
    exception = fields.optional("exception", lambda field: fields.text(field, 64, PRINTABLE))
    conversation = await _mine(request, console, agent)

    def work() -> Json:
        under = console.on_behalf.exception(conversation, exception)
        return console.on_behalf.preview(agent, conversation, action, about, seat, under, address)

    return await asyncio.to_thread(work)


async def commit(request: web.Request, console: Console, agent: Agent) -> Json:
    """Do it, with the person's consent; the person is told."""
    body = await read_json(request)
    fields = Fields(body, ("proposal", "consent", "exception"))
    proposal = fields.text("proposal", 64, PRINTABLE)
    consent = _object(body, "consent", {"how", "words"})
    if consent is None:
        raise invalid("consent", "The person's consent is needed.")
    exception = fields.optional("exception", lambda field: fields.text(field, 64, PRINTABLE))
    conversation = await _mine(request, console, agent)

    def work() -> Answer:
        under = console.on_behalf.exception(conversation, exception, proposal)
        return console.on_behalf.commit(agent, conversation, proposal, cast("dict[str, Any]", consent), under)

    done = await asyncio.to_thread(work)
    await _tell(console, agent, conversation.id, done.text, f"done {proposal}")
    return {"text": done.text}


async def _tell(console: Console, agent: Agent, conversation_id: str, text: str, key: str) -> None:
    step = await asyncio.to_thread(console.inbox.answer, agent, conversation_id, text[:MAX_TEXT], key)
    await console.assistant.announce(conversation_id, step.before)


# --- a person without a conversation ---------------------------------------------------------------------


async def look_up(request: web.Request, console: Console, agent: Agent) -> Json:
    """Whether there is somebody of that ASE ID; masked."""
    fields = Fields(await read_json(request), ("ase_id",))
    ase_id = fields.text("ase_id", 20, PRINTABLE)
    return {"person": await asyncio.to_thread(console.people.look, ase_id)}


async def open_person(request: web.Request, console: Console, agent: Agent) -> Json:
    """Their records, for a reason that goes into the audit."""
    fields = Fields(await read_json(request), ("ase_id", "reason"))
    ase_id, reason = fields.text("ase_id", 20, PRINTABLE), fields.text("reason", 500, SAYS_SOMETHING)
    return {"person": await asyncio.to_thread(console.people.open, agent, ase_id, reason)}


async def converse(request: web.Request, console: Console, agent: Agent) -> Json:
    """The conversation with a person in which something can be changed: theirs that is going on, else a new one."""
    fields = Fields(await read_json(request), ("ase_id", "reason"))
    ase_id, reason = fields.text("ase_id", 20, PRINTABLE), fields.text("reason", 500, SAYS_SOMETHING)
    found, started = await asyncio.to_thread(console.people.conversation, agent, ase_id, reason)
    if started:
        await console.assistant.announce(found, 0)
    return {"conversation": found, "started": started}


# --- questions without a person -------------------------------------------------------------------------


async def ask(request: web.Request, console: Console, agent: Agent) -> Json:
    """A question to the copilot itself: the same assistant on the agents' channel, only reading. `about` in the answer
    is the person it is about."""
    body = await read_json(request)
    conversation_id = body.pop("conversation_id", None)
    turn = turn_body(body)
    role = cast(AgentRole, agent.role)
    if turn.kind == "text" and asks_for_masters(turn.value):
        if agent.role != "lead":
            raise forbidden("error_leads_only")
        return {"masters": await asyncio.to_thread(console.masters.at_risk, agent), "conversation_id": conversation_id}
    turns = request.app[TURNS]
    if conversation_id is None:
        opened = await turns.open("agent", "en-US", Identity(agent=agent.id, role=role, reads_only=True))
        conversation_id = opened.conversation_id
    elif not await asyncio.to_thread(_asked_by, console, agent, str(conversation_id)):
        raise forbidden("error_colleague_question")
    reply = await turns.take(turn.turn(str(conversation_id)))
    about = await asyncio.to_thread(_about, console, str(conversation_id))
    return reply.to_json() | {"conversation_id": conversation_id, "about": about}


def _asked_by(console: Console, agent: Agent, conversation_id: str) -> bool:
    """Whether it is this agent's own; their session here shows anew who is there."""
    with console.store.unit_of_work() as uow:
        conversation = uow.conversations.get(conversation_id)
        if conversation is None or conversation.agent_id != agent.id or not conversation.state.get("reads_only"):
            return False
        uow.conversations.shown_again(conversation_id, real=console.clock.real())
        uow.commit()
    return True


def _about(console: Console, conversation_id: str) -> str | None:
    with console.store.unit_of_work(write=False) as uow:
        conversation = uow.conversations.get(conversation_id)
    return None if conversation is None else conversation.about


async def masters(request: web.Request, console: Console, agent: Agent) -> Json:
    """Who is close to losing Master status this month."""
    return await asyncio.to_thread(console.masters.at_risk, agent)


def _object(body: Json, name: str, known: set[str]) -> dict[str, str] | None:
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, dict) or set(value) - known or not all(isinstance(v, str) for v in value.values()):
        raise invalid(name, f"Must be an object with {', '.join(sorted(known))}.")
    return value

"""The conversation over plain HTTP: start it, take turns, read on, rate an answer."""

from __future__ import annotations

from dataclasses import replace

from aiohttp import web

from bot.auth.tokens import HostTokens, IdentityError
from bot.contracts.conversation import Identity, InvalidRequest, Json, Opened, Reply
from bot.gateway.bodies import (
    OpenBody,
    TurnBody,
    after_query,
    feedback_body,
    limit_query,
    open_body,
    read_json,
    turn_body,
)
from bot.gateway.errors import ApiError
from bot.gateway.keys import CLOCK, LIMITS, TOKENS, TURNS
from bot.gateway.security import authorise, bearer

API = "/api/v1"


async def open_conversation(request: web.Request) -> web.Response:
    """Start a conversation for whoever the tokens name, or for nobody in particular."""
    limits = request.app[LIMITS]
    address = limits.address(request)
    limits.conversations.check(address)
    body = open_body(await read_json(request))
    identity = identify(request.app[TOKENS], body)
    opened = await request.app[TURNS].open(body.channel, body.locale, identity, body.about, address)
    return web.json_response(opened_json(opened, request.app), status=201)


def identify(tokens: HostTokens, body: OpenBody) -> Identity:
    """Who starts the conversation. A token that is not accepted starts none. Raises ApiError (401)."""
    if body.channel == "agent" and body.agent_token is None:
        raise ApiError(401, "unauthorized", "Channel agent needs an agent_token.", field="agent_token")
    field = "agent_token" if body.channel == "agent" else "candidate_token"
    try:
        if body.agent_token is not None:
            return tokens.agent(body.agent_token)
        if body.candidate_token is not None:
            return tokens.candidate(body.candidate_token)
    except IdentityError as error:
        raise ApiError(401, "unauthorized", f"Not accepted: {error}.", field=field) from None
    return Identity()


def opened_json(opened: Opened, app: web.Application) -> Json:
    """A new conversation as published, with the moved clock (if it is moved) for a banner."""
    out = opened.to_json()
    as_of = app[CLOCK].as_of
    if as_of is not None:
        out["as_of"] = as_of.isoformat()
    return out


async def _authorised(request: web.Request) -> str:
    """The conversation of the request, once its bearer token has been checked."""
    conversation_id = request.match_info["id"]
    await authorise(request.app[TURNS].service, conversation_id, bearer(request))
    return conversation_id


async def take_turn(app: web.Application, conversation_id: str, body: TurnBody) -> Reply:
    """One turn of somebody who may: within the limits, then to the assistant."""
    app[LIMITS].turns.check(conversation_id)
    return await app[TURNS].take(body.turn(conversation_id))


async def post_message(request: web.Request) -> web.Response:
    """Take one turn."""
    conversation_id = await _authorised(request)
    body = turn_body(await read_json(request))
    reply = await take_turn(request.app, conversation_id, body)
    return web.json_response(reply.to_json())


async def get_messages(request: web.Request) -> web.Response:
    """The messages later than `after`, oldest first; `more` says that there are others behind them."""
    conversation_id = await _authorised(request)
    after, limit = after_query(request), limit_query(request)
    found = await request.app[TURNS].service.messages_after(conversation_id, after)
    page = replace(found, messages=found.messages[:limit])
    return web.json_response(page.to_json() | {"more": len(found.messages) > limit})


async def post_feedback(request: web.Request) -> web.Response:
    """Keep a rating of one message."""
    conversation_id = await _authorised(request)
    body = feedback_body(await read_json(request))
    try:
        await request.app[TURNS].service.feedback(conversation_id, body.seq, body.rating, body.comment)
    except InvalidRequest as error:
        raise ApiError(404, "not_found", str(error), field=error.field) from None
    return web.json_response({"seq": body.seq, "rating": body.rating})


def setup_conversations(app: web.Application) -> None:
    """The routes of the conversation, but for the stream."""
    app.router.add_post(f"{API}/conversations", open_conversation)
    app.router.add_post(f"{API}/conversations/{{id}}/messages", post_message)
    app.router.add_get(f"{API}/conversations/{{id}}/messages", get_messages)
    app.router.add_post(f"{API}/conversations/{{id}}/feedback", post_feedback)

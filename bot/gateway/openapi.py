"""The published description of `/api/v1`: OpenAPI 3.1, written by hand, checked against the handlers by
tests.

Sizes and patterns come from where they are enforced (bodies.py), so that the two cannot disagree.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from bot.auth.tokens import MAX_TOKEN_LENGTH
from bot.contracts.conversation import CHANNELS, EVENTS, EXPECTS, MAX_CLIENT_MESSAGE_ID, MAX_TEXT, OWNERS
from bot.gateway.bodies import (
    ASE_ID_PATTERN,
    DEFAULT_LOCALE,
    DIGITS,
    LOCALE,
    MAX_CHOICE,
    MAX_COMMENT,
    MAX_DIGITS,
    MAX_MESSAGES,
    MAX_SEQ,
    PRINTABLE,
    SAYS_SOMETHING,
)

Schema = dict[str, Any]

VERSION = "1.0.0"

_ERRORS = {
    "400": "The request is not as described; `field` names the part at fault.",
    "401": "No (valid) token. A conversation that does not exist looks the same as a wrong token.",
    "403": "Pages of this origin may not call.",
    "404": "There is no such thing here.",
    "408": "The body did not come in time.",
    "409": "It does not fit the conversation: an id used with another body, a choice never offered, the end; "
    "`session_ended`: the host page's word for an agent no longer holds, open a new conversation.",
    "413": "The body is larger than 64 KiB.",
    "415": "The body is not JSON.",
    "426": "The request is not a WebSocket handshake.",
    "429": "Too many requests; `Retry-After` says after how many seconds to try again.",
    "500": "Something went wrong on our side.",
    "503": "The assistant cannot answer now; nothing was done, the request may be repeated as it is.",
}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(required: tuple[str, ...], properties: Schema, *, closed: bool = True, about: str = "") -> Schema:
    schema: Schema = {"type": "object", "required": list(required), "properties": properties}
    if closed:
        schema["additionalProperties"] = False
    if about:
        schema["description"] = about
    return schema


def _text(most: int, pattern: str, about: str = "") -> Schema:
    schema: Schema = {"type": "string", "minLength": 1, "maxLength": most, "pattern": pattern}
    if about:
        schema["description"] = about
    return schema


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _instant() -> Schema:
    return {"type": "string", "format": "date-time"}


def _one_of_turns() -> Schema:
    common = {
        "client_message_id": _text(
            MAX_CLIENT_MESSAGE_ID, PRINTABLE, "Chosen by the client; the same again does nothing twice."
        ),
        "confidence": {"type": "number", "minimum": 0, "maximum": 1, "description": "Of the recogniser."},
    }
    kinds = {
        "text": _text(MAX_TEXT, SAYS_SOMETHING, "What the person wrote or said."),
        "choice": _text(MAX_CHOICE, PRINTABLE, "The id of a choice offered earlier."),
        "digits": _text(MAX_DIGITS, DIGITS, "Keys of a phone."),
        "event": {"type": "string", "enum": list(EVENTS)},
    }
    about = "Exactly one of text, choice, digits and event."
    forms = [_object(("client_message_id", kind), {**common, kind: kinds[kind]}) for kind in kinds]
    return {"oneOf": forms, "description": about}


def _schemas() -> Schema:
    seq = {"type": "integer", "minimum": 1, "maximum": MAX_SEQ}
    token = _text(MAX_TOKEN_LENGTH, PRINTABLE)
    messages = _list(_ref("Message"))
    as_of = {**_instant(), "description": "Where the clock stands still, when it was moved for checking."}
    return {
        "Error": _object(
            ("error",),
            {
                "error": _object(
                    ("code", "message"),
                    {"code": {"type": "string"}, "message": {"type": "string"}, "field": {"type": "string"}},
                )
            },
            about="The shape of every error.",
        ),
        "Open": {
            "oneOf": [
                _object(
                    ("channel",),
                    {
                        "channel": {"type": "string", "enum": [c for c in CHANNELS if c != "agent"]},
                        "locale": _text(35, LOCALE, f"{DEFAULT_LOCALE} by default."),
                        "candidate_token": {**token, "description": "Signed by the host page."},
                    },
                ),
                _object(
                    ("channel", "agent_token"),
                    {
                        "channel": {"const": "agent"},
                        "locale": _text(35, LOCALE),
                        "agent_token": {**token, "description": "Signed by the host page."},
                        "about": {"type": "string", "pattern": ASE_ID_PATTERN},
                    },
                ),
            ]
        },
        "Opened": _object(
            ("conversation_id", "token", "messages", "state"),
            {
                "conversation_id": {"type": "string"},
                "token": {"type": "string", "description": "Bearer token for all that follows."},
                "messages": messages,
                "state": _ref("State"),
                "as_of": as_of,
            },
        ),
        "Turn": _one_of_turns(),
        "Reply": _object(
            ("turn", "messages", "state"),
            {"turn": {"type": "integer", "minimum": 0}, "messages": messages, "state": _ref("State")},
        ),
        "Messages": _object(
            ("messages", "state"), {"messages": messages, "state": _ref("State"), "more": {"type": "boolean"}}
        ),
        "Feedback": _object(
            ("seq", "rating"),
            {
                "seq": seq,
                "rating": {"type": "string", "enum": ["up", "down"]},
                "comment": _text(MAX_COMMENT, SAYS_SOMETHING),
            },
        ),
        "FeedbackKept": _object(("seq", "rating"), {"seq": seq, "rating": {"enum": ["up", "down"]}}),
        "Message": _object(
            ("seq", "author", "at", "text", "speech", "choices", "sources", "decisions"),
            {
                "seq": seq,
                "author": {"enum": ["assistant", "candidate", "agent"]},
                "at": _instant(),
                "text": {"type": "string", "description": "Paragraphs, **bold**, lists and links."},
                "speech": {"type": "string", "description": "The same for the ear, plain."},
                "choices": _list(_object(("id", "title"), {"id": {"type": "string"}, "title": {"type": "string"}})),
                "sources": _list(_ref("Source")),
                "decisions": _list(_ref("Decision")),
                "intent": _object(
                    ("name", "confidence"),
                    {
                        "name": {"type": "string"},
                        "confidence": {"type": "number", "minimum": 0, "maximum": 1},
                    },
                    closed=False,
                    about="On the candidate's own messages.",
                ),
                "hold_until": {**_instant(), "description": "Until when the seat shown is held (real time)."},
                "calendar": {"type": "string", "description": "The appointment just made, as iCalendar text."},
                "client_message_id": _text(
                    MAX_CLIENT_MESSAGE_ID, PRINTABLE, "On the candidate's own messages: the id they were sent with."
                ),
            },
            closed=False,
        ),
        "State": _object(
            ("signed_in", "expects", "owner"),
            {
                "signed_in": {"type": "boolean"},
                "expects": {"enum": list(EXPECTS)},
                "owner": {"enum": list(OWNERS)},
                "task": _object(("name", "step"), {"name": {"type": "string"}, "step": {"type": "string"}}),
            },
            closed=False,
        ),
        "Source": _object(
            ("id", "title", "as_of"),
            {
                "id": {"type": "string"},
                "title": {"type": "string"},
                "as_of": {"type": "string", "format": "date"},
                "url": {"type": "string"},
            },
            closed=False,
        ),
        "Decision": _object(
            ("rule", "outcome", "subject", "reasons"),
            {
                "rule": {"type": "string"},
                "outcome": {"enum": ["allowed", "refused", "needs_person", "cannot_tell"]},
                "subject": {"type": "object"},
                "reasons": _list(_ref("Reason")),
                "opens_at": {"type": "string"},
                "closes_at": {"type": "string"},
                "fee": {"type": "string"},
            },
            closed=False,
        ),
        "Reason": _object(
            ("code", "values", "policy"),
            {
                "code": {"type": "string"},
                "values": {"type": "object"},
                "policy": _list(
                    _object(
                        ("id", "value", "from", "source"),
                        {
                            "id": {"type": "string"},
                            "value": {},
                            "from": {"type": "string", "format": "date"},
                            "source": {"type": "string"},
                        },
                        closed=False,
                    )
                ),
            },
            closed=False,
        ),
        "Ready": _object(
            ("status", "checks"),
            {
                "status": {"enum": ["ready", "not_ready"]},
                "checks": {"type": "object", "additionalProperties": {"type": "string"}},
                "background": {"type": "object", "additionalProperties": {"type": "object"}},
                "error": {"type": "object"},
            },
        ),
    }


def _content(schema: Schema) -> Schema:
    return {"application/json": {"schema": schema}}


def _answers(good: dict[str, tuple[str, Schema]], *bad: str) -> Schema:
    answers: Schema = {
        status: {"description": words, "content": _content(schema)} for status, (words, schema) in good.items()
    }
    for status in (*bad, "429", "500"):
        answers[status] = {"description": _ERRORS[status], "content": _content(_ref("Error"))}
    return answers


def _body(name: str) -> Schema:
    return {"required": True, "content": _content(_ref(name))}


def _paths() -> Schema:
    conversation: Schema = {
        "name": "id",
        "in": "path",
        "required": True,
        "schema": {"type": "string", "minLength": 1, "maxLength": 64},
        "description": "The conversation_id.",
    }
    after: Schema = {
        "name": "after",
        "in": "query",
        "schema": {"type": "integer", "minimum": 0, "maximum": MAX_SEQ, "default": 0},
    }
    limit: Schema = {
        "name": "limit",
        "in": "query",
        "schema": {"type": "integer", "minimum": 1, "maximum": MAX_MESSAGES, "default": MAX_MESSAGES},
    }
    taken = ("400", "401", "408", "413", "415")
    token: list[Schema] = [{"conversation": []}]
    status = _object(("status",), {"status": {"const": "ok"}})
    return {
        "/api/v1/conversations": {
            "post": {
                "operationId": "open_conversation",
                "summary": "Start a conversation.",
                "requestBody": _body("Open"),
                "responses": _answers({"201": ("Started.", _ref("Opened"))}, *taken, "409", "503"),
            }
        },
        "/api/v1/conversations/{id}/messages": {
            "parameters": [conversation],
            "post": {
                "operationId": "post_message",
                "summary": "Take one turn.",
                "security": token,
                "requestBody": _body("Turn"),
                "responses": _answers({"200": ("The reply.", _ref("Reply"))}, *taken, "409", "503"),
            },
            "get": {
                "operationId": "get_messages",
                "summary": "The messages later than `after`, oldest first; `more` says that there are others.",
                "security": token,
                "parameters": [after, limit],
                "responses": _answers({"200": ("The messages.", _ref("Messages"))}, "400", "401", "503"),
            },
        },
        "/api/v1/conversations/{id}/stream": {
            "parameters": [conversation],
            "get": {
                "operationId": "stream",
                "summary": "The conversation as a WebSocket.",
                "security": [{}, *token],
                "description": (
                    'First client frame: {"token", "after"}. The first frame back is as `Messages`; from '
                    "then on each message comes once, in order. Client frames are as `Turn`; the answer to "
                    "one is as `Reply` with `client_message_id`, and its messages are those that this "
                    "socket has not brought yet. A refused frame is answered as `Error`. The token never "
                    "travels in the URL. Without a handshake this address is one like the others: 401 "
                    "without a token, 426 with it."
                ),
                "responses": {
                    "101": {"description": "The socket is open."},
                    **_answers({}, "401", "403", "426"),
                },
            },
        },
        "/api/v1/conversations/{id}/feedback": {
            "parameters": [conversation],
            "post": {
                "operationId": "post_feedback",
                "summary": "Rate one message.",
                "security": token,
                "requestBody": _body("Feedback"),
                "responses": _answers({"200": ("Kept.", _ref("FeedbackKept"))}, *taken, "404", "503"),
            },
        },
        "/api/v1/openapi.json": {
            "get": {
                "operationId": "openapi",
                "summary": "This document.",
                "responses": _answers({"200": ("The document.", {"type": "object"})}),
            }
        },
        "/healthz": {
            "get": {
                "operationId": "healthz",
                "summary": "The process runs.",
                "responses": _answers({"200": ("It does.", status)}),
            }
        },
        "/readyz": {
            "get": {
                "operationId": "readyz",
                "summary": "Turns can be answered.",
                "responses": _answers(
                    {"200": ("They can.", _ref("Ready")), "503": ("Not now; see `checks`.", _ref("Ready"))}
                ),
            }
        },
        "/metrics": {
            "get": {
                "operationId": "metrics",
                "summary": "Figures for Prometheus.",
                "responses": {
                    "200": {
                        "description": "The figures.",
                        "content": {"text/plain": {"schema": {"type": "string"}}},
                    },
                    **_answers({}, "401", "404"),
                },
            }
        },
    }


@cache
def document() -> Schema:
    """The whole document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "ASE candidate assistant",
            "version": VERSION,
            "description": "Conversations with the assistant: for chat, phones and agent consoles.",
        },
        "paths": _paths(),
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {
                "conversation": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The `token` that came with the conversation.",
                }
            },
        },
    }

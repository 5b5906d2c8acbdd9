"""What clients may send, read strictly: JSON only, known fields only, each of its type and size.

Every refusal names the field. The published schema (openapi.py) says the same; a test compares the two by
trying.
"""

from __future__ import annotations

import asyncio
import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, cast

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from bot.auth.tokens import ASE_ID, MAX_TOKEN_LENGTH
from bot.contracts.conversation import (
    CHANNELS,
    EVENTS,
    MAX_CLIENT_MESSAGE_ID,
    MAX_TEXT,
    ChannelName,
    Json,
    Rating,
    Turn,
    TurnKind,
)
from bot.gateway.errors import ApiError, invalid
from bot.gateway.turns import body_hash

MAX_BODY = 64 * 1024
"""Largest body of a request, and largest frame of a socket, in bytes."""
BODY_TIME = 15.0
"""Seconds that a body has to come in."""
MAX_CHOICE = 200
MAX_DIGITS = 64
MAX_COMMENT = 2_000
MAX_SEQ = 2**31 - 1
MAX_MESSAGES = 500
"""Messages in one answer; where there are more, it says so."""

SAYS_SOMETHING = r"^[^\u0000]*[^\s\u0000][^\u0000]*$"
PRINTABLE = r"^[^\u0000-\u001f\u007f]+$"
DIGITS = r"^[0-9*#]+$"
LOCALE = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
ASE_ID_PATTERN = f"^{ASE_ID.pattern}$"
DEFAULT_LOCALE = "en-US"

_MEANING = {
    SAYS_SOMETHING: "Must say something, in Unicode without the character NUL.",
    PRINTABLE: "Must be printable characters.",
    DIGITS: "Must be digits, * and # only.",
    LOCALE: "Must be a language tag such as en-US.",
    ASE_ID_PATTERN: "Must be an ASE ID such as ASE-1000-0001.",
}

T = TypeVar("T")

_KINDS: tuple[TurnKind, ...] = ("text", "choice", "digits", "event")


@dataclass(frozen=True, slots=True)
class OpenBody:
    """A wish to start a conversation; the tokens are not verified yet."""

    channel: ChannelName
    locale: str
    candidate_token: str | None
    agent_token: str | None
    about: str | None


@dataclass(frozen=True, slots=True)
class TurnBody:
    """A turn without the conversation it belongs to."""

    client_message_id: str
    kind: TurnKind
    value: str
    confidence: float | None

    def turn(self, conversation_id: str) -> Turn:
        """The turn in that conversation."""
        fingerprint = body_hash(self.kind, self.value, self.confidence)
        return Turn(conversation_id, self.client_message_id, self.kind, self.value, self.confidence, fingerprint)


@dataclass(frozen=True, slots=True)
class FeedbackBody:
    """What a person thinks of one message."""

    seq: int
    rating: Rating
    comment: str | None


@dataclass(frozen=True, slots=True)
class Hello:
    """The first frame of a socket."""

    token: str
    after: int


# --- JSON ----------------------------------------------------------------------------------------------


async def read_json(request: web.Request) -> Json:
    """The body, a JSON object. Raises ApiError (400, 413, 415)."""
    charset = request.charset
    if request.content_type != "application/json" or (charset or "utf-8").lower() not in ("utf-8", "utf8"):
        raise ApiError(415, "unsupported_media_type", "Send JSON: Content-Type: application/json.")
    try:
        raw = await asyncio.wait_for(request.read(), BODY_TIME)
    except TimeoutError:
        raise ApiError(408, "too_slow", "The body did not come in time.", headers={"Connection": "close"}) from None
    except (web.RequestPayloadError, HttpProcessingError, ConnectionError, ValueError):
        raise ApiError(400, "invalid_json", "The body cannot be read.") from None
    return parse_object(raw)


def parse_object(raw: bytes | str) -> Json:
    """A JSON object in UTF-8: no duplicate keys, no NaN, no number beyond all bounds. Raises ApiError
    (400)."""
    try:
        text = raw.decode("utf-8") if isinstance(raw, bytes) else raw
        value = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant, parse_float=_finite)
    except (ValueError, RecursionError):
        raise ApiError(400, "invalid_json", "The body is not valid JSON.") from None
    if not isinstance(value, dict):
        raise ApiError(400, "invalid_json", "The body must be a JSON object.")
    return value


def _once(pairs: list[tuple[str, Any]]) -> Json:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key comes twice")
    return found


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("too large")
    return number


# --- bodies --------------------------------------------------------------------------------------------


def open_body(body: Json) -> OpenBody:
    """Read the body that starts a conversation. Raises ApiError (400)."""
    fields = Fields(body, ("channel", "locale", "candidate_token", "agent_token", "about"))
    channel = cast(ChannelName, fields.one_of("channel", CHANNELS))
    locale = fields.optional("locale", lambda name: fields.text(name, 35, LOCALE)) or DEFAULT_LOCALE
    tokens = {
        name: fields.optional(name, lambda name: fields.text(name, MAX_TOKEN_LENGTH, PRINTABLE))
        for name in ("candidate_token", "agent_token")
    }
    about = fields.optional("about", lambda name: fields.text(name, 13, ASE_ID_PATTERN))
    if channel == "agent" and tokens["candidate_token"] is not None:
        raise invalid("candidate_token", "Channel agent takes an agent_token, not a candidate_token.")
    for name, value in (("agent_token", tokens["agent_token"]), ("about", about)):
        if channel != "agent" and value is not None:
            raise invalid(name, f"Only channel agent takes {name}.")
    return OpenBody(channel, locale, tokens["candidate_token"], tokens["agent_token"], about)


def turn_body(body: Json) -> TurnBody:
    """Read the body of a turn, sent by POST or as a frame. Raises ApiError (400)."""
    fields = Fields(body, ("client_message_id", *_KINDS, "confidence"))
    client_message_id = fields.text("client_message_id", MAX_CLIENT_MESSAGE_ID, PRINTABLE)
    given = [kind for kind in _KINDS if kind in body]
    if len(given) != 1:
        at_fault = given[1] if given else "text"
        raise invalid(at_fault, "Exactly one of text, choice, digits and event is needed.")
    kind = given[0]
    readers: Mapping[TurnKind, Callable[[], str]] = {
        "text": lambda: fields.text("text", MAX_TEXT, SAYS_SOMETHING),
        "choice": lambda: fields.text("choice", MAX_CHOICE, PRINTABLE),
        "digits": lambda: fields.text("digits", MAX_DIGITS, DIGITS),
        "event": lambda: fields.one_of("event", EVENTS),
    }
    value = readers[kind]()
    confidence = fields.optional("confidence", fields.share)
    return TurnBody(client_message_id, kind, value, confidence)


def feedback_body(body: Json) -> FeedbackBody:
    """Read the body of a rating. Raises ApiError (400)."""
    fields = Fields(body, ("seq", "rating", "comment"))
    seq = fields.whole("seq", 1, MAX_SEQ)
    rating = cast(Literal["up", "down"], fields.one_of("rating", ("up", "down")))
    comment = fields.optional("comment", lambda name: fields.text(name, MAX_COMMENT, SAYS_SOMETHING))
    return FeedbackBody(seq, rating, comment)


def hello_frame(body: Json) -> Hello:
    """Read the first frame of a socket. Raises ApiError (400)."""
    fields = Fields(body, ("token", "after"))
    token = fields.text("token", MAX_TOKEN_LENGTH, PRINTABLE)
    after = fields.optional("after", lambda name: fields.whole(name, 0, MAX_SEQ))
    return Hello(token, after or 0)


def after_query(request: web.Request) -> int:
    """The `after` of a query, 0 where there is none. Raises ApiError (400)."""
    return _number(request, "after", 0, 0, MAX_SEQ)


def limit_query(request: web.Request) -> int:
    """The `limit` of a query: so many messages at most. Raises ApiError (400)."""
    return _number(request, "limit", MAX_MESSAGES, 1, MAX_MESSAGES)


def _number(request: web.Request, name: str, usual: int, least: int, most: int) -> int:
    given = request.query.getall(name, [str(usual)])
    if len(given) != 1 or re.fullmatch(r"[0-9]{1,10}", given[0]) is None or not least <= int(given[0]) <= most:
        raise invalid(name, f"Must be a whole number from {least} to {most}.")
    return int(given[0])


class Fields:
    """The fields of one body, read one by one; unknown ones are refused at once."""

    def __init__(self, body: Json, known: tuple[str, ...]) -> None:
        self._body = body
        for name in body:
            if name not in known:
                shown = name.encode("ascii", "backslashreplace").decode()[:64]
                raise invalid(shown, f"Unknown field. Known are {', '.join(known)}.")

    def optional(self, name: str, read: Callable[[str], T]) -> T | None:
        """What `read` makes of the field; None when it is absent."""
        return read(name) if name in self._body else None

    def text(self, name: str, most: int, pattern: str) -> str:
        """A text of 1 to `most` characters of that pattern."""
        value = self._needed(name)
        if not isinstance(value, str):
            raise invalid(name, "Must be a text.")
        if not value or len(value) > most:
            raise invalid(name, f"Must have 1 to {most} characters.")
        if not _encodes(value) or re.fullmatch(pattern, value) is None:
            raise invalid(name, _MEANING[pattern])
        return value

    def one_of(self, name: str, allowed: tuple[str, ...]) -> str:
        """One of a few words."""
        value = self._needed(name)
        if not isinstance(value, str) or value not in allowed:
            raise invalid(name, f"Must be one of {', '.join(allowed)}.")
        return value

    def whole(self, name: str, least: int, most: int) -> int:
        """A whole number within bounds (1.0 counts as whole, as in JSON Schema)."""
        value = self._needed(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
            raise invalid(name, "Must be a whole number.")
        if not least <= value <= most:
            raise invalid(name, f"Must be from {least} to {most}.")
        return int(value)

    def share(self, name: str) -> float:
        """A number from 0 to 1."""
        value = self._needed(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise invalid(name, "Must be a number from 0 to 1.")
        return float(value)

    def _needed(self, name: str) -> object:
        if name not in self._body:
            raise invalid(name, "Is needed.")
        return self._body[name]


def _encodes(value: str) -> bool:
    """False for half of a surrogate pair, which no file, database or log takes."""
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True

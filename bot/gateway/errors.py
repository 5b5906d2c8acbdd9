"""One shape for every error: ``{"error": {"code", "message", "field"?}}``, whatever went wrong and
wherever."""

from __future__ import annotations

import logging
import secrets
import traceback
from collections.abc import Mapping

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.contracts.conversation import (
    AssistantUnavailable,
    ConversationEnded,
    ConversationError,
    ConversationNotFound,
    DuplicateMismatch,
    InvalidRequest,
    Json,
    SessionEnded,
)

log = logging.getLogger("assistant.gateway")

REQUEST_ID: web.RequestKey[str] = web.RequestKey("request_id", str)
RETRY_SOON = "2"
"""Seconds after which a client that was turned away may come again."""


class ApiError(Exception):
    """A request that is not carried out, and how to say so."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        field: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.field = field
        self.headers = dict(headers or {})

    def to_json(self) -> Json:
        """The one shape."""
        error: Json = {"code": self.code, "message": self.message}
        if self.field is not None:
            error["field"] = self.field
        return {"error": error}

    def to_response(self) -> web.Response:
        """The one shape as an answer."""
        return web.json_response(self.to_json(), status=self.status, headers=self.headers)


def invalid(field: str | None, message: str) -> ApiError:
    """A part of the request that is not as published."""
    return ApiError(400, "invalid_request", message, field=field)


def unauthorised(message: str = "Needs the bearer token of this conversation.") -> ApiError:
    """Also for a conversation that does not exist: from outside the two cannot be told apart."""
    return ApiError(401, "unauthorized", message, headers={"WWW-Authenticate": "Bearer"})


def too_many(seconds: int) -> ApiError:
    """Asked to wait, in friendly words."""
    wait = "a moment" if seconds <= 5 else f"{seconds} seconds"
    return ApiError(
        429,
        "too_many_requests",
        f"That was a lot at once. Please wait {wait} and try again.",
        headers={"Retry-After": str(seconds)},
    )


def internal() -> ApiError:
    """Something we did not foresee; no detail leaves the house."""
    return ApiError(500, "internal_error", "Something went wrong on our side. Please try again.")


_HTTP_WORDS = {
    400: ("bad_request", "This request cannot be read."),
    404: ("not_found", "There is nothing at this address."),
    405: ("method_not_allowed", "This address does not take that method."),
    408: ("too_slow", "The request did not come in time."),
    411: ("length_required", "The length of the body is needed."),
    413: ("too_large", "The request is too large."),
    415: ("unsupported_media_type", "Send JSON: Content-Type: application/json."),
    417: ("expectation_failed", "This expectation cannot be met."),
    426: ("upgrade_required", "This address speaks WebSocket only."),
}


def from_assistant(error: ConversationError) -> ApiError:
    """What the assistant says, as an answer."""
    match error:
        case ConversationNotFound():
            return unauthorised()
        case ConversationEnded():
            return ApiError(409, "conversation_ended", str(error))
        case SessionEnded():
            return ApiError(409, "session_ended", str(error))
        case DuplicateMismatch():
            return ApiError(409, "duplicate_mismatch", str(error), field="client_message_id")
        case InvalidRequest():
            return ApiError(409, "does_not_fit", str(error), field=error.field)
        case AssistantUnavailable():
            return ApiError(503, "unavailable", str(error), headers={"Retry-After": RETRY_SOON})
    log.error("an error of the assistant without a place here: %s", type(error).__name__)
    return internal()


def from_http(error: web.HTTPException) -> ApiError:
    """What aiohttp raises by itself, in our shape."""
    code, message = _HTTP_WORDS.get(error.status, ("http_error", error.reason))
    kept = {name: value for name, value in error.headers.items() if name.lower() in ("allow", "retry-after")}
    return ApiError(error.status, code, message, headers=kept)


def as_api_error(error: Exception, request_id: str) -> ApiError:
    """Any exception as an error of ours. What was not foreseen is logged by place, never by what it says:
    the words of an exception may carry what a person wrote."""
    if isinstance(error, ApiError):
        return error
    if isinstance(error, ConversationError):
        return from_assistant(error)
    if isinstance(error, web.HTTPException):
        return from_http(error)
    frames = traceback.extract_tb(error.__traceback__)
    places = " < ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in reversed(frames[-8:]))
    log.error("request %s failed with %s at %s", request_id, type(error).__name__, places)
    return internal()


@web.middleware
async def error_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Everything that goes wrong further in leaves in the one shape."""
    request[REQUEST_ID] = secrets.token_hex(8)
    try:
        _well_formed(request)
        return await handler(request)
    except web.HTTPRedirection:
        raise
    except Exception as error:
        return as_api_error(error, request[REQUEST_ID]).to_response()


_UNREAD = frozenset({"user-agent", "referer"})
"""Headers that nothing here looks at; old programs write their names in characters of their own."""


def _well_formed(request: web.Request) -> None:
    """Refuse what no part behind this can take: headers that are no text, and bodies that have to be inflated first.

    Raises ApiError (400, 415).
    """
    for name, value in request.headers.items():
        if name.lower() not in _UNREAD and not _is_text(value):
            raise invalid(None, "A header holds characters that are no text.")
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise ApiError(415, "unsupported_media_type", "Send the body as it is, without Content-Encoding.")


def _is_text(value: str) -> bool:
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def setup_errors(app: web.Application) -> None:
    """Give every answer of `app` the one error shape."""
    app.middlewares.append(error_middleware)

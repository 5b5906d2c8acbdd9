"""AudioCodes VoiceAI Connect: its Bot API over HTTP as turns, answers as activities.

    GET  /channels/audiocodes                                      the platform checks the address
    POST /channels/audiocodes                                      a call comes in
    POST /channels/audiocodes/conversations/{id}/activities        what was heard, and what happened
    POST /channels/audiocodes/conversations/{id}/refresh           the call is still there
    POST /channels/audiocodes/conversations/{id}/disconnect        it is over

Every request carries the bearer token. An activity is known by its id, so that one that comes twice is answered as
before and done once. The platform itself bridges a longer wait and tells of silence.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import Any
from urllib.parse import quote

from aiohttp import web

from bot.clock import Clock
from bot.config.settings import Settings
from bot.contracts.calls import Call, Inbound, Outbound, Then, caller_in
from bot.contracts.conversation import MAX_CLIENT_MESSAGE_ID, AssistantUnavailable, Json
from bot.gateway.bodies import read_json
from bot.gateway.channels.phone_ivr.line import PhoneLine
from bot.gateway.channels.phone_ivr.speech import ssml
from bot.gateway.channels.phone_ivr.speech_hints import confidence_in, inbound_of
from bot.gateway.errors import ApiError, invalid
from bot.gateway.keys import CLOCK

log = logging.getLogger("assistant.phone")

PROVIDER = "audiocodes"
PATH = "/channels/audiocodes"
EXPIRES = 120
"""Seconds after which the platform should say that the call is still there."""
_ID = re.compile(r"[\x21-\x7e]{1,128}")
_SPACE = uuid.UUID("6f6e5f3c-0d0e-5c1a-9d53-2f0a7c2f4b11")
_MAX_ACTIVITIES = 20
_START, _KEYS, _SILENCE, _END, _TRANSFER = "start", "DTMF", "noUserInput", "end", "transferStatus"


class AudioCodesBot:
    """The five addresses of the Bot API."""

    def __init__(self, line: PhoneLine, settings: Settings) -> None:
        self._line = line
        self._settings = settings

    async def health(self, request: web.Request) -> web.Response:
        """The address is right and so is the token."""
        self._allowed(request)
        return web.json_response({"type": "ac-bot-api", "success": True})

    async def create(self, request: web.Request) -> web.Response:
        """A call comes in. The same call again gets the same answer."""
        self._allowed(request)
        call_id = _conversation(await read_json(request))
        await self._line.answer(PROVIDER, call_id, patient=True)
        where = f"{self._settings.public_url or ''}{PATH}/conversations/{quote(call_id, safe='')}"
        return web.json_response(
            {
                "activitiesURL": f"{where}/activities",
                "refreshURL": f"{where}/refresh",
                "disconnectURL": f"{where}/disconnect",
                "expiresSeconds": EXPIRES,
            }
        )

    async def activities(self, request: web.Request) -> web.Response:
        """What was heard and what happened, in order; what to say and do."""
        self._allowed(request)
        call = await self._call(request)
        body = await read_json(request)
        given = body.get("activities") if isinstance(body, Mapping) else None
        if not isinstance(given, list) or not all(isinstance(one, Mapping) for one in given):
            raise invalid("activities", "Must be a list of activities.")
        if len(given) > _MAX_ACTIVITIES:
            raise invalid("activities", f"At most {_MAX_ACTIVITIES} at a time.")
        answered: list[Json] = []
        for activity in given:
            out = await self._served(call, activity)
            if out is not None:
                answered += self._spoken(call, out, str(activity.get("id") or ""), request.app[CLOCK])
        return web.json_response({"activities": answered})

    async def refresh(self, request: web.Request) -> web.Response:
        """The call is still there; nothing is forgotten anyway."""
        self._allowed(request)
        await self._call(request)
        return web.json_response({"expiresSeconds": EXPIRES})

    async def disconnect(self, request: web.Request) -> web.Response:
        """The call is over, and so is the conversation."""
        self._allowed(request)
        call = await self._call(request)
        await self._line.hang_up(call)
        return web.json_response({})

    # --- activities ---------------------------------------------------------------------------------------

    async def _served(self, call: Call, activity: Mapping[str, Any]) -> Outbound | None:
        """One activity; None for those that mean nothing to a conversation ("playFinished", …)."""
        kind, name = activity.get("type"), activity.get("name")
        message_id = _message_id(activity)
        current = await self._line.find(PROVIDER, call.call_id) or call
        if kind == "event" and name == _START:
            caller = caller_in(str(_parameters(activity).get("caller") or ""))
            if caller is not None and current.caller is None:
                await self._line.called_by(current, caller)
            return await self._line.again(current)
        if kind == "event" and name == _END:
            await self._line.hang_up(current)
            return None
        if kind == "event" and name == _TRANSFER:
            return self._line.came_back(current) if _failed(activity) else None
        inbound = _inbound(activity, message_id)
        if inbound is None:
            return None
        try:
            return await self._line.hear(current, inbound, patient=True)
        except AssistantUnavailable:
            return self._line.ask_again(current, self._line.lines.not_now)

    def _spoken(self, call: Call, out: Outbound, cause: str, clock: Clock) -> Iterator[Json]:
        """What to say and do, as activities whose ids are the same when they are sent again."""
        now = (out.at or clock.now()).astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

        def activity(place: str, **content: Any) -> Json:
            name = f"{call.call_id}/{cause}/{out.turn}/{place}"
            return {"id": str(uuid.uuid5(_SPACE, name)), "timestamp": now, **content}

        if out.say:
            yield activity(
                "say",
                type="message",
                text=ssml(out.say, slow=out.slow),
                activityParams=_recognition(out),
                sessionParams=_session(self._line.lines.one_moment) if out.turn == 0 else {},
            )
        if out.then is Then.TRANSFER and self._settings.transfer_to is not None:
            yield activity(
                "then",
                type="event",
                name="transfer",
                activityParams={
                    "transferTarget": _target(self._settings.transfer_to),
                    "handoverReason": "the caller asked for a person",
                    "transferSipHeaders": [{"name": "X-Conversation", "value": out.conversation_id}],
                },
            )
        elif out.then is not Then.LISTEN:
            yield activity("then", type="event", name="hangup", activityParams={"hangupReason": "the call has ended"})

    # --- who is asking ----------------------------------------------------------------------------------

    def _allowed(self, request: web.Request) -> None:
        """Let pass who holds the token. Raises ApiError (403)."""
        wanted = self._settings.audiocodes_token
        given = request.headers.getall("Authorization", [])
        scheme, _, token = given[0].partition(" ") if len(given) == 1 else ("", "", "")
        same = hmac.compare_digest(_digest(token.strip()), _digest(wanted or ""))
        if wanted is not None and scheme.lower() == "bearer" and same:
            return
        reason = "no token is set" if wanted is None else "wrong token"
        log.warning("a request to AudioCodes' door was refused: %s", reason)
        raise ApiError(403, "bad_token", "Needs the bearer token of this bot.")

    async def _call(self, request: web.Request) -> Call:
        call = await self._line.find(PROVIDER, request.match_info["id"])
        if call is None:
            raise ApiError(404, "not_found", "There is no such call.")
        return call


def _inbound(activity: Mapping[str, Any], message_id: str) -> Inbound | None:
    """What an activity says was heard; None where nothing was."""
    kind, name = activity.get("type"), activity.get("name")
    more = _parameters(activity)
    if kind == "message" and isinstance(activity.get("text"), str):
        return inbound_of(message_id, activity["text"], confidence_in(more.get("confidence")))
    if kind == "event" and name == _KEYS:
        digits = "".join(c for c in str(activity.get("value") or more.get("value") or "") if c in "0123456789*#")
        return Inbound(message_id, "digits", digits[:64]) if digits else None
    if kind == "event" and name == _SILENCE:
        return Inbound(message_id, "silence")
    return None


def _parameters(activity: Mapping[str, Any]) -> Mapping[str, Any]:
    given = activity.get("parameters")
    return given if isinstance(given, Mapping) else {}


def _failed(activity: Mapping[str, Any]) -> bool:
    """Whether a transfer came to nothing."""
    value = activity.get("value") or _parameters(activity)
    status = value.get("status") if isinstance(value, Mapping) else value
    return str(status or "").lower() == "failed"


def _message_id(activity: Mapping[str, Any]) -> str:
    """The activity's own id, as long as it is short enough; one without is known by what it says."""
    given = activity.get("id")
    if isinstance(given, str) and re.fullmatch(r"[\x21-\x7e]+", given) and len(given) + 3 <= MAX_CLIENT_MESSAGE_ID:
        return f"ac-{given}"
    known = given if given else [activity.get(key) for key in ("timestamp", "type", "name", "text", "value")]
    return f"ac-{hashlib.sha256(repr(known).encode()).hexdigest()[:40]}"


def _conversation(body: Any) -> str:
    given = body.get("conversation") if isinstance(body, Mapping) else None
    if not isinstance(given, str) or not _ID.fullmatch(given):
        raise invalid("conversation", "Must be the id of a conversation.")
    return given


def _session(one_moment: str) -> Json:
    """How the whole call is listened to; `one_moment` is said while an answer takes its time."""
    return {
        "bargeIn": True,
        "bargeInOnDTMF": True,
        "sendDTMF": True,
        "userNoInputSendEvent": True,
        "sendEventsToBot": [_SILENCE],
        "transferNotifications": True,
        "userNoInputRetries": 4,
        "botNoInputTimeoutMS": 2500,
        "botNoInputSpeech": one_moment,
        "botNoInputGiveUpTimeoutMS": 25000,
    }


def _recognition(out: Outbound) -> Json:
    """How this answer is listened to."""
    params: Json = {
        "language": out.locale,
        "userNoInputTimeoutMS": out.timeout * 1000,
        "bargeIn": not out.guarded,
        "dtmfCollect": out.keys.most != 1,
        "dtmfCollectInterDigitTimeoutMS": 1500 if out.expects == "free" else 3000,
        "sttContextPhrases": list(out.hints),
    }
    if out.keys.most is not None:
        params["dtmfCollectMaxDigits"] = out.keys.most
    if out.keys.finish:
        params["dtmfCollectSubmitDigit"] = out.keys.finish
    return params


def _target(to: str) -> str:
    return to if ":" in to else f"tel:{to}"


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest()


def setup_audiocodes(app: web.Application, line: PhoneLine, settings: Settings) -> None:
    """Add AudioCodes' door."""
    bot = AudioCodesBot(line, settings)
    one = f"{PATH}/conversations/{{id}}"
    app.router.add_get(PATH, bot.health)
    app.router.add_post(PATH, bot.create)
    app.router.add_post(f"{one}/activities", bot.activities)
    app.router.add_post(f"{one}/refresh", bot.refresh)
    app.router.add_post(f"{one}/disconnect", bot.disconnect)

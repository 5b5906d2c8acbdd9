"""Twilio Voice: its webhooks as turns, and answers as TwiML.

    POST /channels/twilio/voice    a call comes in
    POST /channels/twilio/turn     what the caller said or keyed (n: which turn; wait: the answer took longer)
    POST /channels/twilio/status   how the call goes on, and that it is over

Every request must be signed. The conversation is the call's (`CallSid`), never the caller's number. The turn's number
stands in the address, which is signed, so a delivery that comes twice, or is played back, is answered as before.
"""

from __future__ import annotations

import hashlib
import logging
import re
from urllib.parse import urlencode, urlsplit

from aiohttp import web
from multidict import MultiDict, MultiDictProxy

from bot.config.settings import Settings
from bot.contracts.calls import Call, Inbound, Outbound, Then, caller_in
from bot.gateway.channels.phone_ivr.line import PhoneLine
from bot.gateway.channels.phone_ivr.signature import IDEMPOTENCY, SETTINGS, SHA256, SIGNATURE, algorithm_of, is_signed
from bot.gateway.channels.phone_ivr.speech_hints import confidence_in, inbound_of
from bot.gateway.channels.phone_ivr.twiml import Document
from bot.gateway.errors import REQUEST_ID, ApiError, as_api_error, invalid

log = logging.getLogger("assistant.phone")

PROVIDER = "twilio"
PATH = "/channels/twilio"
_CALL_ID = re.compile(r"[A-Za-z0-9_-]{2,64}")
ENDED = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
_PUT_THROUGH = frozenset({"completed", "answered"})
_MAX_DIGITS = 64
_TRIES = 3
_FORM_TYPE = "application/x-www-form-urlencoded"

Form = list[tuple[str, str]]


class TwilioVoice:
    """The three webhooks."""

    def __init__(self, line: PhoneLine, settings: Settings) -> None:
        self._line = line
        self._settings = settings
        prefix = urlsplit(settings.public_url).path if settings.public_url else ""
        self._here = f"{prefix}{PATH}"
        self._waits = max(2, settings.turn_timeout // 2)

    # --- the webhooks -------------------------------------------------------------------------------

    async def voice(self, request: web.Request) -> web.Response:
        """A call comes in: the greeting. Told again of the same call, it says what was said last."""
        form = dict(await self.signed(request))
        call_id, caller, wait = call_id_in(form), form.get("From", ""), _whole(request, "wait")
        again = f"{self._here}/voice?{urlencode({'wait': wait + 1})}"
        try:
            out = await self._line.answer(PROVIDER, call_id, caller_in(caller))
        except Exception as error:
            _note(request, error)
            return self._not_now(again if wait < _TRIES else None)
        return self.spoken(out) if out else self._filler(again, wait)

    async def turn(self, request: web.Request) -> web.Response:
        """What the caller said or keyed, or the answer to it if it took longer."""
        form = dict(await self.signed(request))
        call_id_in(form)
        number, wait, tries = _whole(request, "n"), _whole(request, "wait"), _whole(request, "try")
        try:
            return await self._take(request, form, number, wait)
        except Exception as error:
            _note(request, error)
            return self._sorry(number, tries + 1)

    async def _take(self, request: web.Request, form: dict[str, str], number: int, wait: int) -> web.Response:
        call_id = call_id_in(form)
        call = await self._line.find(PROVIDER, call_id)
        if call is None:
            greeting = await self._line.answer(PROVIDER, call_id)
            return self.spoken(greeting) if greeting else self._filler(f"{self._here}/voice?wait=1", 0)
        if "DialCallStatus" in form:
            return self._after_dial(call, form["DialCallStatus"])
        if wait:
            out = (
                await self._line.resume(call)
                if wait <= self._waits
                else self._line.ask_again(call, self._line.lines.try_again)
            )
        else:
            out = await self._line.hear(call, _inbound(form, _message_id(request, call, number)))
        if out is None:
            return self._filler(self.turn_address(number or call.turns + 1, wait=wait + 1), wait)
        return self.spoken(out)

    async def status(self, request: web.Request) -> web.Response:
        """How the call goes on: when it is over, so is the conversation."""
        form = dict(await self.signed(request))
        call = await self._line.find(PROVIDER, call_id_in(form))
        if call is not None and form.get("CallStatus") in ENDED:
            await self._line.hang_up(call)
        return web.Response(status=204)

    def _after_dial(self, call: Call, status: str) -> web.Response:
        """Back from a person: the call is over. Nobody took it: the assistant goes on."""
        if status not in _PUT_THROUGH:
            return self.spoken(self._line.came_back(call))
        document = self.document()
        document.hang_up()
        return xml(document)

    # --- documents ------------------------------------------------------------------------------------

    def spoken(self, out: Outbound) -> web.Response:
        """Say it and listen, put through, or hang up."""
        document = self.document()
        action = self.turn_address(out.turn + 1)
        if out.then is Then.LISTEN:
            document.listen(out, action)
            return xml(document)
        document.say(document.root, out.say, slow=out.slow)
        if out.then is Then.TRANSFER and self._settings.transfer_to is not None:
            document.dial(self._settings.transfer_to, action, out.conversation_id)
        document.hang_up()
        return xml(document)

    def _filler(self, to: str, waited: int) -> web.Response:
        """It takes a moment: say so once, now and then that it goes on, and come back."""
        document = self.document()
        if waited == 0:
            document.say(document.root, (self._line.lines.one_moment,))
        elif waited % 3 == 0:
            document.say(document.root, (self._line.lines.still_looking,))
        else:
            document.pause(1)
        document.redirect(to)
        return xml(document)

    def _not_now(self, again: str | None) -> web.Response:
        """Nobody can answer at the moment: try again in a while, at last give up."""
        document = self.document()
        document.say(document.root, (self._line.lines.not_now if again is None else self._line.lines.one_moment,))
        if again is None:
            document.hang_up()
        else:
            document.pause(2)
            document.redirect(again)
        return xml(document)

    def _sorry(self, number: int, tries: int) -> web.Response:
        """A turn that could not be taken: ask for it again, but not for ever."""
        document = self.document()
        if tries < _TRIES:
            again = {"try": tries}
            document.listen(
                Outbound("", max(number - 1, 0), (self._line.lines.not_now,)), self.turn_address(number or 1, **again)
            )
        else:
            document.say(document.root, (self._line.lines.not_now, self._line.lines.goodbye))
            document.hang_up()
        return xml(document)

    def document(self) -> Document:
        """An empty document in the voice that is set."""
        return Document(self._settings.twilio_voice)

    def turn_address(self, number: int, **more: int) -> str:
        """Where a turn is posted to."""
        return f"{self._here}/turn?{urlencode({'n': number, **more})}"

    # --- who is asking ------------------------------------------------------------------------------------

    async def signed(self, request: web.Request) -> Form:
        """The form of a request that is truly Twilio's; a socket is opened without one. Raises ApiError (403)."""
        posted = await request.post() if request.content_type == _FORM_TYPE else MultiDictProxy(MultiDict())
        form: Form = [(name, value) for name, value in posted.items() if isinstance(value, str)]
        algorithm = algorithm_of(request.headers.get(SETTINGS))
        secret = self._settings.twilio_auth_token
        if algorithm == SHA256 and self._settings.twilio_shared_key is not None:
            secret = self._settings.twilio_shared_key
        given = request.headers.getall(SIGNATURE, [])
        if secret is None or len(given) != 1:
            reason = "no token is set" if secret is None else "no signature"
        elif any(is_signed(secret, url, form, given[0], algorithm) for url in self._addresses(request)):
            return form
        else:
            reason = "bad signature"
        log.warning("a request to Twilio's door was refused: %s", reason)
        raise ApiError(403, "bad_signature", "This is not signed as Twilio signs.")

    def public(self, request: web.Request) -> str:
        """Where this service is found from outside."""
        return self._settings.public_url or f"{request.scheme}://{request.host}"

    def _addresses(self, request: web.Request) -> tuple[str, ...]:
        """The address as Twilio called it; that of a socket has a scheme of its own."""
        url = self.public(request) + request.raw_path
        return (url, url.replace("http", "ws", 1)) if request.method == "GET" else (url,)


def _inbound(form: dict[str, str], message_id: str) -> Inbound:
    """What a webhook says was heard: keys before speech, nothing at all is silence."""
    digits = "".join(c for c in form.get("Digits", "") if c in "0123456789*#")[:_MAX_DIGITS]
    if digits:
        return Inbound(message_id, "digits", digits)
    return inbound_of(message_id, form.get("SpeechResult", ""), confidence_in(form.get("Confidence")))


def _message_id(request: web.Request, call: Call, number: int) -> str:
    """The same for every delivery of one turn: by its number, else Twilio's token of the delivery, else the next."""
    if number:
        return f"turn-{number}"
    token = request.headers.get(IDEMPOTENCY, "")
    return f"tw-{hashlib.sha256(token.encode()).hexdigest()[:40]}" if token else f"turn-{call.turns + 1}"


def _note(request: web.Request, error: Exception) -> None:
    """A caller hears of trouble in words, not as a dropped call. What was not foreseen is logged by its place."""
    told = as_api_error(error, request.get(REQUEST_ID, "-"))
    log.warning("a caller had to be asked again: %s", told.code)


def call_id_in(form: dict[str, str]) -> str:
    """The id of the call. Raises ApiError (400)."""
    call_id = form.get("CallSid", "")
    if not _CALL_ID.fullmatch(call_id):
        raise invalid("CallSid", "Must be the id of a call.")
    return call_id


def _whole(request: web.Request, name: str) -> int:
    text = request.query.get(name, "0")
    return int(text) if re.fullmatch(r"[0-9]{1,6}", text) else 0


def xml(document: Document) -> web.Response:
    """A document as it is sent."""
    return web.Response(text=document.text(), content_type="text/xml", charset="utf-8")


def setup_twilio(app: web.Application, line: PhoneLine, settings: Settings) -> TwilioVoice:
    """Add Twilio's door."""
    door = TwilioVoice(line, settings)
    app.router.add_post(f"{PATH}/voice", door.voice)
    app.router.add_post(f"{PATH}/turn", door.turn)
    app.router.add_post(f"{PATH}/status", door.status)
    return door

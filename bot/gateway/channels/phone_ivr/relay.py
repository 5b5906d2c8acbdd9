"""ConversationRelay: the call as text over a WebSocket, as Twilio and carriers with the same protocol offer it.

    POST /channels/relay/voice     a call comes in: the document that opens the socket
    GET  /channels/relay/socket    the call itself: setup, prompt, dtmf, interrupt, error in; text and end out
    POST /channels/relay/after     the session is over: put through, hang up, open it again, or go on by webhooks

All three are signed. A call has the same key as in the webhooks' door, so that it can go on there. Keys come one by one
and silence is not reported: both are counted here. There is no confidence either, so a spoken ASE ID is read back.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

from aiohttp import WSMsgType, web

from bot.config.settings import Settings
from bot.contracts.calls import Call, Inbound, Outbound, Then, caller_in
from bot.contracts.conversation import AssistantUnavailable
from bot.gateway.bodies import MAX_BODY
from bot.gateway.channels.phone_ivr.line import PhoneLine
from bot.gateway.channels.phone_ivr.speech import in_two, plain
from bot.gateway.channels.phone_ivr.speech_hints import inbound_of
from bot.gateway.channels.phone_ivr.twilio import ENDED, PROVIDER, TwilioVoice, call_id_in, xml
from bot.gateway.keys import SOCKETS

log = logging.getLogger("assistant.phone")

PATH = "/channels/relay"
PACE = 150 / 60
"""Words a second of the voice: how long something is still being said, since the carrier does not tell."""
SETUP_TIME = 10.0
"""Seconds within which the first frame must come."""
BETWEEN_KEYS = 1.5
"""Seconds after which a number that is being keyed is complete."""
UNSURE = 0.5
"""The confidence of a spoken ASE ID, so that it is read back."""
TRIES = 2
"""So often a session that broke off is opened again; then the call goes on by webhooks."""
STEP = 0.5
"""Seconds between two looks for an answer that takes longer."""


class Relay:
    """The three addresses."""

    def __init__(self, line: PhoneLine, settings: Settings, webhooks: TwilioVoice, *, pace: float = PACE) -> None:
        self._line = line
        self._settings = settings
        self._webhooks = webhooks
        self._pace = pace

    async def voice(self, request: web.Request) -> web.Response:
        """A call comes in: open the socket."""
        call_id_in(dict(await self._webhooks.signed(request)))
        return self._connect(request, 0)

    async def after(self, request: web.Request) -> web.Response:
        """The session is over. What the assistant wanted is in `HandoffData`; without it, something broke off."""
        form = dict(await self._webhooks.signed(request))
        call = await self._line.find(PROVIDER, call_id_in(form))
        document = self._webhooks.document()
        wanted = _wanted(form.get("HandoffData", ""))
        if call is None or form.get("CallStatus") in ENDED or wanted == Then.HANGUP:
            if call is not None:
                await self._line.hang_up(call)
            document.hang_up()
            return xml(document)
        if wanted == Then.TRANSFER and self._settings.transfer_to is not None:
            action = self._webhooks.turn_address(call.turns + 1)
            document.dial(self._settings.transfer_to, action, call.conversation_id)
            document.hang_up()
            return xml(document)
        tries = int(request.query.get("try", "0")[:1] or 0) if request.query.get("try", "0").isdigit() else TRIES
        log.warning("a session broke off: %s", form.get("ErrorCode", "no reason given")[:16])
        if tries < TRIES:
            return self._connect(request, tries + 1)
        return self._webhooks.spoken(await self._line.again(call))

    def _connect(self, request: web.Request, tries: int) -> web.Response:
        document, base = self._webhooks.document(), self._webhooks.public(request)
        action = f"{base}{PATH}/after?{urlencode({'try': tries})}"
        connect = ET.SubElement(document.root, "Connect", {"action": action, "method": "POST"})
        engine, _, voice = self._settings.twilio_voice.rpartition(".")
        attributes = {
            "url": f"{base}{PATH}/socket".replace("http", "ws", 1),
            "language": "en-US",
            "dtmfDetection": "true",
            "interruptible": "any",
            "reportInputDuringAgentSpeech": "none",
            "hints": ",".join(self._line.usual_hints()),
        }
        if engine == "Polly":
            attributes |= {"ttsProvider": "Amazon", "voice": voice}
        ET.SubElement(connect, "ConversationRelay", attributes)
        document.hang_up()
        return xml(document)

    async def socket(self, request: web.Request) -> web.StreamResponse:
        """The call as frames."""
        await self._webhooks.signed(request)
        socket = web.WebSocketResponse(heartbeat=20.0, max_msg_size=MAX_BODY, compress=False)
        await socket.prepare(request)
        setup = await _frame(socket, SETUP_TIME)
        if setup is None or setup.get("type") != "setup":
            await socket.close()
            return socket
        call_id = call_id_in({"CallSid": str(setup.get("callSid", ""))})
        out = await self._line.answer(PROVIDER, call_id, caller_in(str(setup.get("from") or "")), patient=True)
        if out is None:
            await socket.close()
            return socket
        session = hashlib.sha256(str(setup.get("sessionId", "")).encode()).hexdigest()[:24]
        with request.app[SOCKETS].entered(out.conversation_id, socket):
            await _Session(self._line, socket, call_id, session, self._pace).run(out)
        return socket


class _Session:
    """One socket of a call: frames come in a row, and each turn is finished before the next is taken."""

    def __init__(self, line: PhoneLine, socket: web.WebSocketResponse, call_id: str, session: str, pace: float) -> None:
        self._line = line
        self._socket = socket
        self._call_id = call_id
        self._session = session
        self._pace = pace
        self._count = 0
        self._keyed = ""
        self._frames: asyncio.Queue[Mapping[str, Any] | None] = asyncio.Queue(64)

    async def run(self, out: Outbound | None) -> None:
        """From the greeting to the end of the call, or of the socket."""
        reading = asyncio.ensure_future(self._read())
        try:
            while out is not None and not self._socket.closed:
                await self._say(out)
                if out.then is not Then.LISTEN:
                    await self._end(out.then, out)
                    return
                heard = await self._listen(out)
                out = await self._answer(heard) if heard is not None else None
        except ConnectionError:
            log.info("the socket of a call is gone")
        finally:
            reading.cancel()

    async def _read(self) -> None:
        while (frame := await _frame(self._socket)) is not None:
            await self._frames.put(frame)
        await self._frames.put(None)

    # --- listening ----------------------------------------------------------------------------------

    async def _listen(self, out: Outbound) -> Inbound | None:
        """What comes next: speech, a whole number of keys, or silence; None where the socket is closed."""
        loop = asyncio.get_running_loop()
        silent_at = loop.time() + self._takes(out) + out.timeout
        while True:
            wait = BETWEEN_KEYS if self._keyed else silent_at - loop.time()
            try:
                frame = await asyncio.wait_for(self._frames.get(), max(wait, 0.01))
            except TimeoutError:
                return self._inbound("digits", self._taken()) if self._keyed else self._inbound("silence")
            match frame:
                case None:
                    return None
                case {"type": "dtmf", "digit": str(key)} if len(key) == 1 and key in "0123456789*#":
                    if self._complete(key, out):
                        return self._inbound("digits", self._taken())
                case {"type": "prompt", "voicePrompt": str(said)} if frame.get("last", True):
                    return self._spoken(said, out)
                case {"type": "interrupt"}:
                    silent_at = loop.time() + out.timeout
                case {"type": "error"}:
                    log.warning("the carrier refused a message: %s", str(frame.get("description", ""))[:80])

    def _complete(self, key: str, out: Outbound) -> bool:
        """Whether with this key nothing more is to be waited for."""
        if key == out.keys.finish and self._keyed:
            return True
        self._keyed += key
        return len(self._keyed) >= (out.keys.most or 64)

    def _taken(self) -> str:
        keyed, self._keyed = self._keyed, ""
        return keyed

    def _spoken(self, said: str, out: Outbound) -> Inbound:
        self._keyed = ""
        heard = inbound_of("", said, UNSURE if out.expects == "ase_id" else None)
        return self._inbound(heard.kind, heard.value, heard.confidence)

    def _inbound(self, kind: Any, value: str = "", confidence: float | None = None) -> Inbound:
        self._count += 1
        return Inbound(f"cr-{self._session}-{self._count}", kind, value, confidence)

    # --- answering -----------------------------------------------------------------------------------

    async def _answer(self, heard: Inbound) -> Outbound | None:
        """The answer, with a word in between where it takes longer than a caller should wait in silence."""
        call = await self._line.find(PROVIDER, self._call_id)
        if call is None:
            return None
        try:
            out = await self._line.hear(call, heard)
            if out is None:
                await self._token(self._line.lines.one_moment, last=True)
                out = await self._later(call)
        except AssistantUnavailable:
            return self._line.ask_again(call, self._line.lines.not_now)
        return out

    async def _later(self, call: Call) -> Outbound:
        for _ in range(20):
            await asyncio.sleep(STEP)
            now = await self._line.find(PROVIDER, self._call_id)
            out = await self._line.resume(now or call)
            if out is not None:
                return out
        return self._line.ask_again(call, self._line.lines.try_again)

    async def _say(self, out: Outbound) -> None:
        """What is said; what is read back before a yes cannot be interrupted, the question after it can."""
        told, asked = in_two(out.say) if out.guarded else ((), out.say)
        if told:
            await self._token(plain(told) + " ", last=False, interruptible=False)
        await self._token(plain(asked), last=True)

    async def _token(self, text: str, *, last: bool, interruptible: bool = True) -> None:
        await self._socket.send_json(
            {
                "type": "text",
                "token": text,
                "last": last,
                "lang": "en-US",
                "interruptible": interruptible,
                "preemptible": False,
            }
        )

    async def _end(self, then: Then, out: Outbound) -> None:
        """Let it be heard to its end, then end the session; what is to follow goes with it."""
        await asyncio.sleep(self._takes(out))
        handoff = {"then": then.value, "conversation": out.conversation_id}
        await self._socket.send_json({"type": "end", "handoffData": json.dumps(handoff)})

    def _takes(self, out: Outbound) -> float:
        """Seconds that it takes to say."""
        return len(plain(out.say).split()) / self._pace


async def _frame(socket: web.WebSocketResponse, timeout: float | None = None) -> Mapping[str, Any] | None:
    """The next frame; None where the socket is closed, nothing came in time, or it was no object."""
    try:
        message = await socket.receive(timeout)
    except TimeoutError:
        return None
    if message.type is not WSMsgType.TEXT:
        return None
    try:
        frame = json.loads(message.data)
    except ValueError:
        return {}
    return frame if isinstance(frame, dict) else {}


def _wanted(handoff: str) -> Then | None:
    """What the assistant wanted to follow."""
    try:
        return Then(json.loads(handoff)["then"])
    except (ValueError, KeyError, TypeError):
        return None


def setup_relay(
    app: web.Application, line: PhoneLine, settings: Settings, webhooks: TwilioVoice, *, pace: float = PACE
) -> None:
    """Add the door."""
    door = Relay(line, settings, webhooks, pace=pace)
    app.router.add_post(f"{PATH}/voice", door.voice)
    app.router.add_post(f"{PATH}/after", door.after)
    app.router.add_get(f"{PATH}/socket", door.socket)

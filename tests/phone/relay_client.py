"""A carrier's side of ConversationRelay: fetches the document, opens the socket as it says, and plays the caller.

What we send is checked as the carrier checks it: a known type, and no key that it does not know.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from aiohttp import ClientWebSocketResponse, web
from aiohttp.test_utils import TestClient
from twilio.request_validator import RequestValidator

from tests.phone import twiml_rules

KEYS: Mapping[str, Mapping[str, type]] = {
    "text": {"type": str, "token": str, "last": bool, "lang": str, "interruptible": bool, "preemptible": bool},
    "end": {"type": str, "handoffData": str},
}
ATTRIBUTES = {
    *("url", "language", "voice", "ttsProvider", "dtmfDetection", "interruptible"),
    *("reportInputDuringAgentSpeech", "hints"),
}
CALL_ID = "CA00000000000000000000000000000000"


@dataclass
class Carrier:
    """One call by one carrier."""

    client: TestClient[web.Request, web.Application]
    token: str
    public: str
    call_id: str = CALL_ID
    caller: str = "+13125550101"
    socket: ClientWebSocketResponse | None = None
    sent: list[dict[str, Any]] = field(default_factory=list)
    """Every frame that came from the service."""
    action: str = ""
    sessions: itertools.count[int] = field(default_factory=itertools.count)

    @property
    def tokens(self) -> list[dict[str, Any]]:
        """The text frames of the last answer."""
        ends = [at for at, frame in enumerate(self.sent[:-1]) if frame.get("last")]
        last = max((at for at in ends if any(f["type"] == "text" for f in self.sent[at + 1 :])), default=-1)
        return [frame for frame in self.sent[last + 1 :] if frame["type"] == "text"]

    @property
    def handoff(self) -> dict[str, Any]:
        """What came with the end of the session."""
        data: dict[str, Any] = json.loads(self.sent[-1]["handoffData"])
        return data

    def _signed(self, url: str, fields: Mapping[str, str]) -> dict[str, str]:
        return {"X-Twilio-Signature": RequestValidator(self.token).compute_signature(url, dict(fields))}

    async def post(self, path: str, **form: str) -> ET.Element:
        """One signed webhook; the document."""
        fields = {"CallSid": self.call_id, "From": self.caller, "CallStatus": "in-progress"} | form
        answer = await self.client.post(path, data=fields, headers=self._signed(self.public + path, fields))
        text = await answer.text()
        assert answer.status == 200, text
        return ET.fromstring(text)

    async def dial(self) -> str:
        """Call; what is heard first."""
        return await self.connect(await self.post("/channels/relay/voice", CallStatus="ringing"))

    async def connect(self, document: ET.Element) -> str:
        """Carry out a document that opens a socket."""
        found = document.find("Connect/ConversationRelay")
        assert found is not None, ET.tostring(document, encoding="unicode")
        assert set(found.attrib) <= ATTRIBUTES
        self.action = document.find("Connect").attrib["action"].removeprefix(self.public)  # type: ignore[union-attr]
        url = found.attrib["url"]
        assert url.startswith("wss://")
        path = urlsplit(url).path
        self.socket = await self.client.ws_connect(path, headers=self._signed(url, {}))
        await self.send(
            type="setup",
            sessionId=f"VX{next(self.sessions):032d}",
            accountSid="ACXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX",
            parentCallSid="",
            callSid=self.call_id,
            **{"from": self.caller},
            to="+18005550101",
            forwardedFrom="",
            callType="PSTN",
            callerName="",
            direction="inbound",
            callStatus="RINGING",
            customParameters={},
        )
        return await self.hear()

    async def send(self, **frame: Any) -> None:
        assert self.socket is not None
        await self.socket.send_json(frame)

    async def hear(self) -> str:
        """Everything up to the end of an answer, and the end of the session where that follows."""
        assert self.socket is not None
        said: list[str] = []
        while True:
            frame = await self.socket.receive_json(timeout=30)
            known = KEYS[frame["type"]]
            assert set(frame) == set(known), frame
            assert all(isinstance(frame[key], kind) for key, kind in known.items()), frame
            self.sent.append(frame)
            if frame["type"] == "end":
                return " ".join("".join(said).split())
            said.append(frame["token"] + " ")
            if frame["last"]:
                return " ".join("".join(said).split())

    async def say(self, text: str) -> str:
        await self.send(type="prompt", voicePrompt=text, lang="en-US", last=True)
        return await self.hear()

    async def key(self, keys: str) -> str:
        for key in keys:
            await self.send(type="dtmf", digit=key)
        return await self.hear()

    async def after(self, **form: str) -> ET.Element:
        """The session is over: what is to be done then."""
        data = {"HandoffData": self.sent[-1]["handoffData"]} if self.sent[-1]["type"] == "end" else {}
        fields = {"SessionId": "VX0", "SessionStatus": "ended", "SessionDuration": "30"} | data | form
        return await self.post(self.action, **fields)


def words(document: ET.Element) -> str:
    """What is said in a document."""
    return twiml_rules.words(document)

"""The doors for callers, in front of an assistant without dialogue."""

from __future__ import annotations

import itertools
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient
from pytest_aiohttp.plugin import AiohttpClient
from twilio.request_validator import RequestValidator

from bot.adapters.calls import line_words
from bot.answers import Answers
from bot.catalog import load_catalog
from bot.clock import Clock
from bot.config.settings import Settings
from bot.contracts.calls import Call, Inbound, SpokenChoice
from bot.contracts.conversation import AssistantUnavailable, Reply, State, TaskState, Turn
from bot.gateway.app import create_app
from bot.gateway.channels.phone_ivr import Vocabulary, phone_channel
from bot.gateway.channels.phone_ivr.relay import PACE
from tests.gateway.fake_assistant import FakeAssistant, Kept
from tests.phone import twiml_rules

TOKEN = "the auth token of tests"
BEARER = "the bearer token of tests"
PUBLIC = "https://voice.example.org"
MARKUP = 'A </Say><Hangup/> & "quotes" <s> \x00\x0b\ud800 done.'
LINES = line_words(Answers(load_catalog(Path(__file__).parents[2] / "knowledge")))
"""What the line itself says."""
PAYLOADS = Path(__file__).parent / "payloads"
Client = TestClient[web.Request, web.Application]


class PhoneAssistant(FakeAssistant):
    """Also: "expect X" makes X expected, "agent" asks for a person, "bye" is a goodbye, "long" says very much,
    "keys X" says X, which tells the keys of a yes and a no."""

    async def _answer(self, kept: Kept, turn: Turn) -> Reply:
        if turn.value == "lost":
            raise AssistantUnavailable
        reply = await super()._answer(kept, turn)
        own, answer = reply.messages
        state = State(task=TaskState("reschedule", "which"))
        match turn.value.split():
            case ["expect", expects]:
                state = State(expects=expects)  # type: ignore[arg-type]
            case ["agent"] | ["0"]:
                answer, state = replace(answer, hands_over=True), State(owner="queue")
            case ["bye"]:
                own, state = replace(own, intent={"name": "goodbye", "confidence": 0.9}), State()
            case ["long"]:
                answer = replace(answer, speech="This is a sentence that is said quite often. " * 200)
            case ["markup"]:
                answer = replace(answer, speech=MARKUP)
            case ["say", *said]:
                answer = replace(answer, speech=" ".join(said))
            case ["keys", *said]:
                state = State(expects="yes_no")
                answer = replace(answer, speech=" ".join(said), tells_keys=True)
        kept.state = state
        kept.messages[-2:] = [own, answer]
        return Reply(reply.turn, (own, answer), state)


class MemoryCalls:
    """Calls in memory; `manner` is what the dialogue would say of a conversation."""

    def __init__(self, assistant: FakeAssistant) -> None:
        self._assistant = assistant
        self.calls: dict[tuple[str, str], Call] = {}
        self.manner: dict[str, Any] = {}
        self.down = False

    async def find(self, provider: str, call_id: str) -> Call | None:
        if self.down:
            raise AssistantUnavailable
        call = self.calls.get((provider, call_id))
        if call is None or call.conversation_id not in self._assistant.kept:
            return None
        kept = self._assistant.kept[call.conversation_id]
        return replace(call, turns=kept.turns, ended=call.ended or kept.ended, **self.manner)

    async def add(self, provider: str, call_id: str, conversation_id: str, caller: str | None, at: datetime) -> Call:
        return self.calls.setdefault((provider, call_id), Call(provider, call_id, conversation_id, caller=caller))

    async def called_by(self, call: Call, caller: str) -> None:
        key = (call.provider, call.call_id)
        self.calls[key] = replace(self.calls[key], caller=caller)

    async def put_off(self, call: Call, pending: Inbound | None) -> None:
        key = (call.provider, call.call_id)
        self.calls[key] = replace(self.calls[key], pending=pending)

    async def end(self, call: Call, at: datetime) -> None:
        key = (call.provider, call.call_id)
        self.calls[key] = replace(self.calls[key], ended=True, pending=None)


@dataclass
class Phone:
    """A call as the provider makes it: signed by its own library, every document checked."""

    client: Client
    call_id: str = "CA0123456789abcdef0123456789abcdef"
    token: str = TOKEN
    public: str = PUBLIC
    at: str = "/channels/twilio/voice"
    root: ET.Element = field(default_factory=lambda: ET.Element("Response"))
    count: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    async def post(
        self, path: str, *, signature: str | None = None, idem: str | None = None, **form: str
    ) -> ClientResponse:
        """One webhook, signed as the provider signs unless a signature is given."""
        whole = {
            "CallSid": self.call_id,
            "From": "+13125550101",
            "To": "+18005550100",
            "CallStatus": "in-progress",
        } | form
        signed = RequestValidator(self.token).compute_signature(f"{self.public}{path}", whole)
        headers = {"X-Twilio-Signature": signed if signature is None else signature}
        headers["I-Twilio-Idempotency-Token"] = idem or f"{self.call_id}-{next(self.count)}"
        return await self.client.post(path, data=whole, headers=headers)

    async def fetch(self, path: str, **form: str) -> str:
        """Fetch and check a document; what is heard. Where to go on is kept."""
        answer = await self.post(path, **form)
        text = await answer.text()
        assert answer.status == 200, text
        assert answer.content_type == "text/xml"
        self.root = twiml_rules.check(text)
        gather, redirect = self.root.find("Gather"), self.root.find("Redirect")
        if gather is not None:
            self.at = gather.attrib["action"]
        elif redirect is not None:
            self.at = redirect.text or ""
        return twiml_rules.words(self.root)

    async def dial(self, **form: str) -> str:
        return await self.fetch("/channels/twilio/voice", CallStatus="ringing", **form)

    async def say(self, text: str, **form: str) -> str:
        return await self.fetch(self.at, **({"SpeechResult": text, "Confidence": "0.91"} | form))

    async def key(self, digits: str, **form: str) -> str:
        return await self.fetch(self.at, Digits=digits, **form)

    async def silence(self, **form: str) -> str:
        return await self.fetch(self.at, **form)

    @property
    def gather(self) -> dict[str, str]:
        found = self.root.find("Gather")
        assert found is not None
        return found.attrib

    @property
    def verbs(self) -> list[str]:
        return [verb.tag for verb in self.root]


@pytest.fixture
def settings() -> Settings:
    return Settings.from_environment(
        {
            "ASSISTANT_TWILIO_AUTH_TOKEN": TOKEN,
            "ASSISTANT_AUDIOCODES_TOKEN": BEARER,
            "ASSISTANT_PUBLIC_URL": PUBLIC,
            "ASSISTANT_STOP_TIMEOUT": "1",
        }
    )


@pytest.fixture
def clock() -> Clock:
    """A Monday, ten in the morning in New York."""
    return Clock(datetime(2026, 3, 2, 15, 0, tzinfo=UTC))


@pytest.fixture
def assistant() -> PhoneAssistant:
    return PhoneAssistant()


@pytest.fixture
def calls(assistant: PhoneAssistant) -> MemoryCalls:
    return MemoryCalls(assistant)


MakeClient = Callable[..., Awaitable[Client]]


@pytest.fixture
def make_client(
    aiohttp_client: AiohttpClient, assistant: PhoneAssistant, calls: MemoryCalls, settings: Settings, clock: Clock
) -> MakeClient:
    """Start the application, with settings changed; several may stand in front of the same assistant."""

    async def make(*, clock: Clock = clock, patience: float = 2.0, pace: float = PACE, **changes: Any) -> Client:
        words = Vocabulary(tests=("A five", "Brakes"), places=("Chicago North",))
        door = phone_channel(calls, LINES, words, patience=patience, pace=pace)
        return await aiohttp_client(create_app(assistant, replace(settings, **changes), clock, channels=[door]))

    return make


@pytest.fixture
async def client(make_client: MakeClient) -> Client:
    return await make_client()


@pytest.fixture
def phone(client: Client) -> Phone:
    return Phone(client)


CHOICES = tuple(
    SpokenChoice(f"c{n}", f"choice {word}") for n, word in enumerate(("one", "two", "three", "four", "five"))
)


def payload(name: str) -> dict[str, Any]:
    """A payload as its provider describes it."""
    found: dict[str, Any] = json.loads((PAYLOADS / f"{name}.json").read_text())
    return found

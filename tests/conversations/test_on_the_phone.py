"""Written conversations once more as telephone calls: through Twilio's door to the whole assistant, and back.

What must hold after each step is checked as it is on the web; besides, every document is checked as a document.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from pytest_aiohttp.plugin import AiohttpClient

from bot.adapters.calls import CallsInStore, line_words, words_to_expect
from bot.bootstrap import Parts
from bot.contracts.conversation import Identity, Owner, Reply, State, Turn
from bot.conversation.service import Assistant
from bot.gateway.app import create_app
from bot.gateway.channels.phone_ivr import phone_channel
from tests.conversations.conftest import AS_OF, _parts
from tests.conversations.harness import CHECKS, Talk, check, do, scripts, states, validate
from tests.phone.conftest import PUBLIC, TOKEN, Phone
from tests.whole import dialogue, parser

HERE = Path(__file__).parent
OWN = HERE.parent / "phone" / "scripts"
CORE = [
    (name, script)
    for name, script in scripts(HERE / "scripts")
    if not script.get("agent") and script.get("channel") != "web"
]
"""All but those of agents and those that say that they are for a screen only."""
CALLS = scripts(OWN)
EVERY = 10
"""In the default run one of so many core conversations is played as a call as well; in the long run all are."""
DEFAULT = CALLS + CORE[::EVERY]
OTHERS = [found for number, found in enumerate(CORE) if number % EVERY]
UNHURRIED = 60.0
"""Seconds before a filler: none comes in between, however busy the machine is."""
ON_A_CALL = CHECKS | {"heard", "heard_not", "verbs"}
"""What a step of a call may state: besides, what a caller hears, and the verbs of the document."""
PER_SCREEN = {"choices_at_least"}
"""What a caller hears less of at a time than a screen shows."""


class Watched(Assistant):
    """Keeps the last reply, which a caller never sees."""

    last: Reply | None = None

    async def take(self, turn: Turn) -> Reply:
        self.last = await super().take(turn)
        return self.last


@dataclass
class PhoneTalk(Talk):
    """A conversation by telephone, each step posted as the provider posts it."""

    phone: Phone = field(default_factory=lambda: Phone(None))  # type: ignore[arg-type]
    heard: str = ""
    fresh: bool = False
    """Whether the assistant was asked at the last step; the door answers some noise by itself."""

    @property
    def over(self) -> bool:
        """Whether the line was hung up or put through."""
        return self.phone.root.find("Gather") is None and self.phone.root.find("Redirect") is None

    async def open(self, channel: str = "web", identity: Identity | None = None, about: str | None = None) -> None:
        self.heard = await self.phone.dial()
        calls = await CallsInStore(self.store).find("twilio", self.phone.call_id)
        assert calls is not None
        self.conversation_id = calls.conversation_id
        if identity is not None and identity.candidate is not None:
            await self.sign_in(identity.candidate)

    async def sign_in(self, ase_id: str) -> None:
        """As a caller does: say it, key in the ID, key in the code that was mailed."""
        await self.take("text", "sign in")
        await self.take("digits", ase_id.removeprefix("ASE-").replace("-", ""))
        await self.take("digits", self.last_code())
        assert self.reply is not None
        assert self.reply.state.signed_in, self.heard

    async def enter(self, code: str) -> Reply:
        return await self.take("digits", code)

    async def take(self, kind: str, value: str, confidence: float | None = None) -> Reply:
        phone, watched = self.phone, self.assistant
        assert isinstance(watched, Watched)
        sure = str(confidence if confidence is not None else 0.93)
        if kind == "event" and value == "hangup":
            assert (await phone.post("/channels/twilio/status", CallStatus="completed")).status == 204
        elif kind == "digits":
            self.heard = await phone.key(value)
        elif kind == "choice" and (key := await self._key(value)):
            self.heard = await phone.key(key)
        elif kind == "event":
            self.heard = await phone.silence()
        else:
            self.heard = await phone.say(self._title(value) if kind == "choice" else value, Confidence=sure)
        while phone.root.find("Gather") is None and phone.root.find("Redirect") is not None:
            self.heard = await phone.silence()
        self.fresh = watched.last is not self.reply
        self.reply = watched.last
        assert self.reply is not None
        return self.reply

    async def _key(self, choice: str) -> str:
        """The key for a choice of the open question."""
        call = await CallsInStore(self.store).find("twilio", self.phone.call_id)
        assert call is not None
        return next((str(place) for place, c in enumerate(call.choices, start=1) if c.id == choice), "")

    def _title(self, choice: str) -> str:
        """A topic that was offered, as it is said."""
        assert self.reply is not None
        return next(c.title for m in self.reply.messages for c in m.choices if c.id == choice)


@dataclass
class Exchange:
    """Makes lines to one assistant on one fresh database; a line may be moved to a new process."""

    start: Callable[[Watched, Parts], Awaitable[Any]]
    make: Callable[[str], tuple[Watched, Parts]]
    made: dict[str, tuple[Watched, Parts]] = field(default_factory=dict)

    async def __call__(self, as_of: str = AS_OF, call_id: str = "CA1") -> PhoneTalk:
        watched, parts = self.made.setdefault(as_of, self.make(as_of))
        client = await self.start(watched, parts)
        return PhoneTalk(watched, parts.store, phone=Phone(client, call_id))


@pytest.fixture
async def exchange(template: Path, tmp_path: Path, aiohttp_client: AiohttpClient) -> Any:
    """Lines to the whole assistant."""
    path = tmp_path / "calls.db"
    shutil.copy(template, path)
    stores = []

    def make(as_of: str) -> tuple[Watched, Parts]:
        parts = _parts(path, as_of)
        stores.append(parts.store)
        return Watched(parts.store, parts.services, dialogue(), parser()), parts

    async def start(watched: Watched, parts: Parts) -> Any:
        settings = replace(parts.settings, twilio_auth_token=TOKEN, public_url=PUBLIC, transfer_to="+13125550199")
        words = words_to_expect(parts.services.catalog, parts.store)
        doors = phone_channel(CallsInStore(parts.store), line_words(parts.services.answers), words, patience=UNHURRIED)
        return await aiohttp_client(create_app(watched, settings, parts.clock, channels=[doors]))

    yield Exchange(start, make)
    for store in stores:
        store.close()


async def play(script: Mapping[str, Any], talk: PhoneTalk) -> int:
    """Run every step until the line is down; how many were run."""
    validate(script, ON_A_CALL)
    await talk.open("phone", Identity(script.get("as")))
    for number, step in enumerate(script["steps"], start=1):
        if talk.over:
            return number - 1
        try:
            await do(step, talk)
            assert talk.fresh or not step.get("expect"), "the assistant was not asked"
            check({key: value for key, value in step.get("expect", {}).items() if key not in PER_SCREEN}, talk)
            for words in step.get("heard", ()):
                assert states(talk.heard, words), f"{words!r} is not heard"
            for words in step.get("heard_not", ()):
                assert words.lower() not in talk.heard.lower(), f"{words!r} is heard"
            if "verbs" in step:
                assert talk.phone.verbs == step["verbs"], talk.phone.verbs
        except AssertionError as error:
            state = talk.reply.state.to_json() if talk.reply else {}
            raise AssertionError(f"step {number} ({step}): {error}\n  heard: {talk.heard}\n  {state}") from None
    return len(script["steps"])


async def check_call(script: Mapping[str, Any], talk: PhoneTalk) -> None:
    """Play it to its end, or to where a person takes over: on a call, that is the end of the line."""
    played = await play(script, talk)
    assert talk.reply is not None
    assert played == len(script["steps"]) or talk.reply.state.owner == "queue", f"the line was down after step {played}"


@pytest.mark.long
@pytest.mark.parametrize("script", [script for _, script in OTHERS], ids=[name for name, _ in OTHERS])
async def test_every_other_as_a_call(script: dict[str, Any], exchange: Exchange) -> None:
    await check_call(script, await exchange(script.get("as_of", AS_OF)))


@pytest.mark.parametrize("script", [script for _, script in DEFAULT], ids=[name for name, _ in DEFAULT])
async def test_as_a_call(script: dict[str, Any], exchange: Exchange) -> None:
    await check_call(script, await exchange(script.get("as_of", AS_OF)))


class Down(PhoneTalk):
    """A line that is down as soon as it is opened."""

    owner: Owner = "assistant"

    @property
    def over(self) -> bool:
        return True

    async def open(self, channel: str = "web", identity: Identity | None = None, about: str | None = None) -> None:
        self.reply = Reply(0, (), State(owner=self.owner))


async def test_a_line_that_is_down_too_early_is_a_fault_unless_a_person_took_over() -> None:
    script = {"name": "one", "steps": [{"say": "hello", "expect": {"label": "greet"}}]}
    talk = Down(None, None)  # type: ignore[arg-type]
    with pytest.raises(AssertionError, match="down after step 0"):
        await check_call(script, talk)
    talk.owner = "queue"
    await check_call(script, talk)


def test_all_scripts_were_found() -> None:
    assert len(CALLS) >= 22
    assert len(CORE) >= 165


LINES = ["when does my brakes test expire", "say that again", "can I still reschedule it", "why", "go back", "stop"]


async def test_calls_at_once_keep_their_places_through_restarts(exchange: Exchange) -> None:
    """Each line goes to another process than the one before; each is delivered twice."""
    processes = []
    for _ in range(3):
        exchange.made.clear()
        processes.append((await exchange()).phone.client)
    talks = [await exchange(call_id=f"CA{number}") for number in range(4)]
    for talk in talks:
        await talk.open("phone", Identity("ASE-1000-0001"))

    async def call(phone: Phone, at: int) -> list[str]:
        heard = []
        for number, line in enumerate(LINES):
            phone.client, asked = processes[(at + number) % len(processes)], phone.at
            heard.append(await phone.say(line))
            phone.client = processes[(at + number + 1) % len(processes)]
            assert await phone.fetch(asked, SpeechResult=line, Confidence="0.91") == heard[-1]
        return heard

    said = await asyncio.gather(*(call(talk.phone, number) for number, talk in enumerate(talks)))
    assert all(one == said[0] for one in said)
    assert len(set(said[0])) >= 4

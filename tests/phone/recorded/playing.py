"""Plays recorded calls through Twilio's door to the whole assistant."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml
from aiohttp.test_utils import TestClient, TestServer

from bot.adapters.calls import CallsInStore, line_words, words_to_expect
from bot.contracts.conversation import Identity, Reply
from bot.gateway.app import create_app
from bot.gateway.channels.phone_ivr import phone_channel
from tests.conversations.conftest import AS_OF, PEOPLE, _parts
from tests.conversations.harness import do
from tests.conversations.test_on_the_phone import UNHURRIED, PhoneTalk, Watched
from tests.phone.conftest import PUBLIC, TOKEN, Phone
from tests.phone.relay_client import Carrier
from tests.whole import database, dialogue, parser

HERE = Path(__file__).parent
PACE = 150
"""Words a minute of an unhurried voice."""
BANNER = re.compile(r" This assistant's clock is set to .*?\.")
"""Said only where the clock is moved, as in these calls."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What the caller did, and what was heard then; `asks`: whether it ended with listening."""

    did: str
    heard: str
    asks: bool
    expects: str

    @property
    def words(self) -> int:
        """How many words are heard."""
        return len(self.heard.split())

    @property
    def seconds(self) -> float:
        """How long they take at the usual pace."""
        return self.words / PACE * 60


@dataclass(frozen=True, slots=True)
class Played:
    """A call from the greeting to its end, and the appointments it left."""

    name: str
    turns: tuple[Turn, ...]
    booked: Mapping[str, Mapping[str, Any]]

    @property
    def seconds(self) -> float:
        """How long the caller listens in all."""
        return sum(turn.seconds for turn in self.turns)


def recorded() -> list[dict[str, Any]]:
    """The calls as they were written down."""
    return [call for call in yaml.safe_load_all((HERE / "calls.yml").read_text()) if call]


@contextmanager
def prepared() -> Iterator[Path]:
    """A filled database, to be copied for each call."""
    with tempfile.TemporaryDirectory() as folder:
        yield database(Path(folder) / "template.db", PEOPLE, AS_OF)


@dataclass
class RelayTalk(PhoneTalk):
    """A call through the relay, frame by frame."""

    carrier: Carrier = field(default_factory=lambda: Carrier(None, TOKEN, PUBLIC))  # type: ignore[arg-type]

    @property
    def over(self) -> bool:
        """Whether the session was ended."""
        return bool(self.carrier.sent) and self.carrier.sent[-1]["type"] == "end"

    async def open(self, channel: str = "web", identity: Identity | None = None, about: str | None = None) -> None:
        self.heard = await self.carrier.dial()

    async def take(self, kind: str, value: str, confidence: float | None = None) -> Reply:
        """Words, or keys one by one; a silence is waited for."""
        carrier, watched = self.carrier, self.assistant
        assert isinstance(watched, Watched)
        if kind == "digits":
            self.heard = await carrier.key(value)
        elif kind == "event":
            self.heard = await carrier.hear()
        else:
            self.heard = await carrier.say(value)
        self.reply = watched.last
        assert self.reply is not None
        if self.reply.messages[0].intent is not None and self.reply.messages[0].intent["name"] == "goodbye":
            await carrier.hear()
        return self.reply


async def play(call: Mapping[str, Any], template: Path, *, relay: bool = False) -> Played:
    """One call; the line is real, the caller's words are those written down.

    `relay`: by frames instead of webhooks.
    """
    path = template.with_name("call.db")
    shutil.copy(template, path)
    parts = _parts(path, call.get("as_of", AS_OF))
    watched = Watched(parts.store, parts.services, dialogue(), parser())
    settings = replace(parts.settings, twilio_auth_token=TOKEN, public_url=PUBLIC, transfer_to="+13125550199")
    words = words_to_expect(parts.services.catalog, parts.store)
    doors = phone_channel(
        CallsInStore(parts.store), line_words(parts.services.answers), words, patience=UNHURRIED, pace=1e9
    )
    app = create_app(watched, settings, parts.clock, channels=[doors])
    turns: list[Turn] = []
    async with TestClient(TestServer(app)) as client:
        if relay:
            talk: PhoneTalk = RelayTalk(watched, parts.store, carrier=Carrier(client, TOKEN, PUBLIC))
        else:
            talk = PhoneTalk(watched, parts.store, phone=Phone(client))
        await talk.open("phone")
        turns.append(_turn("calls", talk))
        for step in call["steps"]:
            if talk.over:
                break
            await do(step, talk)
            turns.append(_turn(_did(step), talk))
        booked = {
            ase_id: {key: _booked(parts.store, ase_id, key) for key in wanted}
            for ase_id, wanted in call.get("records", {}).items()
        }
    parts.store.close()
    path.unlink()
    return Played(call["name"], tuple(turns), booked)


def _turn(did: str, talk: PhoneTalk) -> Turn:
    state = talk.reply.state if talk.reply else None
    return Turn(did, BANNER.sub("", talk.heard), not talk.over, state.expects if state else "free")


def _did(step: Mapping[str, Any]) -> str:
    match step:
        case {"say": said}:
            return f"“{said}”"
        case {"press": keys}:
            return f"keys {keys}"
        case {"code": _}:
            return "keys the code"
    return "says nothing"


def _booked(store: Any, ase_id: str, purchase: str) -> list[str]:
    with store.unit_of_work(write=False) as uow:
        person = uow.records.person(ase_id)
    found = next(each.appointment for each in person.candidate.purchases if each.id == purchase)
    return [found.starts_at.isoformat(timespec="minutes"), found.site, found.status.value]

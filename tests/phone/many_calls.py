"""Many calls at once to a real server process that is killed and started again in between.

The server is `assistant serve`; callers come through Twilio's door with signed requests. Where no server is there, the
provider's second try is played: the very same request once more.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import socket
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import aiohttp
from twilio.request_validator import RequestValidator

from bot.store import Store
from tests.phone import twiml_rules

TOKEN = "the auth token of many calls"
AS_OF = "2026-03-02T10:00:00-06:00"
PATH = "/channels/twilio"
ROOT = Path(__file__).parents[2]
GIVEN_UP = 120.0
"""Seconds after which a caller who gets no answer at all gives up."""

CODE = "the mailed code"
SILENCE = ""
WHOLE: tuple[str, ...] = (
    *("sign in", "the ID", CODE, "when is my appointment", "why", "can I still reschedule it", "more"),
    *("how much does a test cost", "the first one", SILENCE, "what happens if I am late", "1", "say that again"),
    *("when does my brakes test expire", "cancel my brakes appointment", "2", "am I a master technician", "why"),
    *("order a duplicate certificate", "no", "undo", "1", "when is my appointment", "can I reschedule it"),
    *("go back", "stop", "what if I fail it, when can I retest", SILENCE, "what is the phone number of ASE", "thanks"),
)
"""Thirty turns with a sign-in, questions in the middle of changes, one change made and taken back, two declined."""
SHORT: tuple[str, ...] = ("sign in", "the ID", CODE, "cancel my brakes appointment", "how much does a test cost", "1")


def who(number: int) -> str:
    """The ASE ID of a caller."""
    return f"ASE-3000-{number:04d}"


def people(count: int) -> dict[str, Any]:
    """A records file of callers who are all alike, so that all must hear the same, and of seats for everyone."""
    return {
        "candidates": [
            {
                "ase_id": who(number),
                "name": {"first": "Robin", "last": "Quist"},
                "email": f"caller{number}@example.org",
                "time_zone": "America/Chicago",
                "address": {
                    "line1": "1 Main St",
                    "city": "Chicago",
                    "region": "IL",
                    "postal_code": "60505",
                    "country": "US",
                },
                "purchases": [
                    {
                        "id": "P-1",
                        "test": "A5",
                        "purchased_on": "2026-01-10",
                        "appointment": {"id": f"AP-{number}", "starts_at": SEAT, "site": "CHI-01", "status": "booked"},
                    }
                ],
                "certifications": [{"test": "A4", "certified_on": "2024-05-01"}],
            }
            for number in range(count)
        ],
        "sites": [
            {"id": "CHI-01", "name": "Chicago North", "city": "Chicago", "region": "IL", "country": "US",
             "time_zone": "America/Chicago"},
        ],
        "seats": [
            {"site": "CHI-01", "starts_at": f"2026-03-{day:02d}T{hour:02d}:00", "capacity": 200}
            for day in range(9, 28)
            for hour in (9, 13)
        ],
    }  # fmt: skip


SEAT = "2026-03-10T09:00"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@dataclass
class Server:
    """`assistant serve` as a process of its own, always at the same address."""

    url: str
    model: Path
    port: int = field(default_factory=free_port)
    process: asyncio.subprocess.Process | None = None
    kills: int = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Start and wait until it answers."""
        environment = os.environ | {
            "ASSISTANT_ENV": "test",
            "ASSISTANT_DATABASE_URL": self.url,
            "ASSISTANT_AS_OF": AS_OF,
            "ASSISTANT_MODEL": str(self.model),
            "ASSISTANT_TWILIO_AUTH_TOKEN": TOKEN,
            "ASSISTANT_PUBLIC_URL": self.address,
        }
        self.process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "serve", "--host", "127.0.0.1", "--port", str(self.port)),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=environment,
            cwd=ROOT,
        )
        assert self.process.stdout is not None
        while line := await asyncio.wait_for(self.process.stdout.readline(), 180):
            if line.startswith(b"health"):
                return
        raise AssertionError("the server did not start")

    async def kill(self) -> None:
        """End it at once: it gets no chance to finish anything."""
        assert self.process is not None
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()
        self.kills += 1

    async def restart(self) -> None:
        """Kill and start again."""
        await self.kill()
        await self.start()


@asynccontextmanager
async def serving(url: str, model: Path) -> AsyncIterator[Server]:
    """A server for as long as the block runs."""
    server = Server(url, model)
    try:
        await server.start()
        yield server
    finally:
        if server.process is not None:
            await server.kill()


@dataclass
class Calls:
    """Calls made at once; after so many answers, named in `kill_after`, the server is killed and started again."""

    server: Server
    store: Store
    session: aiohttp.ClientSession
    kill_after: Sequence[int] = ()
    answered: int = 0
    tried_again: int = 0
    seconds: list[float] = field(default_factory=list)
    _restarts: list[asyncio.Task[None]] = field(default_factory=list)

    async def run(self, numbers: Sequence[int], lines: Sequence[str]) -> list[list[str]]:
        """All callers say the same lines; what each of them heard, document by document."""
        heard = await asyncio.gather(*(self.call(number, lines) for number in numbers))
        await asyncio.gather(*self._restarts)
        return list(heard)

    async def call(self, number: int, lines: Sequence[str]) -> list[str]:
        """One call from the greeting to the last line."""
        caller = _Caller(self, f"CA{number:032x}")
        heard = [await caller.follow(f"{PATH}/voice", {"CallStatus": "ringing"})]
        for line in lines:
            heard.append(await caller.follow(caller.next, self._said(line, number)))
        return heard

    def _said(self, line: str, number: int) -> dict[str, str]:
        if line == "the ID":
            return {"Digits": who(number).removeprefix("ASE-").replace("-", "")}
        if line == CODE:
            with self.store.unit_of_work(write=False) as uow:
                codes = [m.mail.code for m in uow.outbox.list() if m.mail.ase_id == who(number) and m.mail.code]
            return {"Digits": codes[-1]}
        if line.isdigit():
            return {"Digits": line}
        return {"SpeechResult": line, "Confidence": "0.93"} if line else {}

    async def post(self, path: str, form: dict[str, str], delivery: str) -> str:
        """One webhook; where nobody answers, the same again until somebody does."""
        url = f"{self.server.address}{path}"
        headers = {
            "X-Twilio-Signature": RequestValidator(TOKEN).compute_signature(url, form),
            "I-Twilio-Idempotency-Token": delivery,
        }
        end = time.monotonic() + GIVEN_UP
        while True:
            began = time.perf_counter()
            try:
                async with self.session.post(url, data=form, headers=headers) as answer:
                    text = await answer.text()
                    assert answer.status == 200, f"{answer.status} {text}"
            except aiohttp.ClientError:
                assert time.monotonic() < end, "nobody answers"
                self.tried_again += 1
                await asyncio.sleep(0.1)
                continue
            self.seconds.append(time.perf_counter() - began)
            self._count()
            return text

    def _count(self) -> None:
        self.answered += 1
        if self.answered in self.kill_after:
            self._restarts.append(asyncio.ensure_future(self.server.restart()))


@dataclass
class _Caller:
    calls: Calls
    call_id: str
    next: str = ""
    count: itertools.count[int] = field(default_factory=itertools.count)

    async def follow(self, path: str, fields: dict[str, str]) -> str:
        """Carry out documents until it is the caller's turn again; what was heard, without fillers."""
        while True:
            form = {"CallSid": self.call_id, "From": "+13125550101", "CallStatus": "in-progress"} | fields
            text = await self.calls.post(path, form, f"{self.call_id}-{next(self.count)}")
            root: ET.Element = twiml_rules.check(text)
            gather, redirect = root.find("Gather"), root.find("Redirect")
            if gather is not None:
                self.next = gather.attrib["action"]
                return twiml_rules.words(root)
            assert redirect is not None, f"the call was ended: {text}"
            path, fields = redirect.text or "", {}


def places(store: Store, number: int) -> tuple[int, str, list[str]]:
    """Where a caller stands in the store: turns taken, the appointment, changes made."""
    with store.unit_of_work(write=False) as uow:
        call = uow.calls.find("twilio", f"CA{number:032x}")
        assert call is not None
        conversation = uow.conversations.get(call.conversation_id)
        person = uow.records.person(who(number))
        changes = [change.kind for change in uow.done.changes_of(who(number))]
    assert conversation is not None
    assert person is not None
    booked = person.candidate.purchases[0].appointment
    assert booked is not None
    return conversation.last_turn, f"{booked.starts_at.isoformat(timespec='minutes')} {booked.status.value}", changes

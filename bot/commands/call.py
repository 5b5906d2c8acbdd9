"""`assistant call`: play a caller in a terminal. Everything goes through Twilio's door, with signed requests."""

from __future__ import annotations

import argparse
import asyncio
import itertools
import logging
import random
import re
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from aiohttp import ClientSession, web
from rich.console import Console
from rich.panel import Panel

from bot.commands.serve import _quiet_libraries
from bot.gateway.channels.phone_ivr.signature import IDEMPOTENCY, SIGNATURE, sign
from bot.gateway.channels.phone_ivr.twilio import PATH

if TYPE_CHECKING:
    from bot.bootstrap import Parts

HELP = "Type what you would say, or digits to press keys. Enter alone is silence, /quit hangs up."
CALLER = "+13125550199"
MAX_STEPS = 60
"""Documents followed in a row without a word from the caller: more is a loop."""
_MISHEARD = {
    "a": "ay", "to": "two", "two": "to", "four": "for", "for": "four", "eight": "ate", "test": "tests",
    "brakes": "breaks", "the": "a", "retest": "re test", "cancel": "counsel", "five": "fife",
    "appointment": "a pointment", "certificate": "certify kit", "when": "win", "can": "ken",
}  # fmt: skip


def run(given: argparse.Namespace) -> int:
    """Talk until one side hangs up, or the end of input."""
    _quiet_libraries()
    logging.basicConfig(level=logging.ERROR)
    return asyncio.run(_talk(given))


async def _talk(given: argparse.Namespace) -> int:
    from bot.bootstrap import build_assistant, build_parts, phone_doors
    from bot.gateway.app import create_app

    console = Console()
    settings = replace(given.settings, twilio_auth_token=given.settings.twilio_auth_token or secrets.token_hex(16))
    settings = replace(settings, public_url=None)
    with console.status("Getting ready"):
        parts = build_parts(settings)
        if not settings.production:
            from bot.demo.people import load_demo

            load_demo(parts.store, parts.clock, only_if_empty=True)
        assistant = build_assistant(parts)
        await assistant.warm_up()
    if given.ase_id and parts.services.people.person(given.ase_id) is None:
        console.print(f"There are no records of {given.ase_id}.")
        return 1
    app = create_app(assistant, settings, parts.clock, channels=[phone_doors(parts)])
    async with listening(app) as address, ClientSession() as session:
        caller = Caller(session, address, settings.twilio_auth_token or "", console, Line(given.noise, given.seed))
        console.print(f"[dim]{HELP}[/dim]")
        await caller.dial()
        if given.ase_id:
            await _sign_in(caller, parts, given.ase_id)
        while not caller.over:
            try:
                said = (await asyncio.to_thread(console.input, "[bold cyan]you ›[/bold cyan] ")).strip()
            except (EOFError, KeyboardInterrupt):
                break
            if said in {"/quit", "/exit", "/q"}:
                break
            await caller.hear(said)
        await caller.hang_up()
    return 0


async def _sign_in(caller: Caller, parts: Parts, ase_id: str) -> None:
    """As a caller would: say it, key in the ID, look up the code and key that in."""
    caller.line.spoil = False
    await caller.hear("sign in")
    await caller.hear(re.sub(r"\D", "", ase_id))
    with parts.store.unit_of_work(write=False) as uow:
        codes = [mail.mail.code for mail in uow.outbox.list() if mail.mail.code and mail.mail.ase_id == ase_id]
    if codes:
        await caller.hear(codes[-1])
    caller.line.spoil = True


@asynccontextmanager
async def listening(app: web.Application) -> AsyncIterator[str]:
    """Serve on a free port of this machine; the address."""
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        yield f"http://127.0.0.1:{port}"
    finally:
        await runner.cleanup()


@dataclass
class Line:
    """How well the caller is heard: clearly, or with the mistakes that recognisers make."""

    noise: str = "low"
    seed: int = 1
    spoil: bool = True

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def recognized(self, said: str) -> tuple[str, float]:
        """What the recogniser makes of it, and how sure it is."""
        if self.noise == "low" or not self.spoil:
            return said, round(self._random.uniform(0.86, 0.97), 2)
        words = []
        for word in said.split():
            chance = self._random.random()
            if chance < 0.25 and word.lower() in _MISHEARD:
                words.append(_MISHEARD[word.lower()])
            elif chance > 0.05:
                words.append(word)
        return " ".join(words) or "[noise]", round(self._random.uniform(0.25, 0.75), 2)


@dataclass
class Caller:
    """A telephone as Twilio sees it: fetches documents, speaks them, collects keys and speech."""

    session: ClientSession
    address: str
    token: str
    console: Console
    line: Line = field(default_factory=Line)
    call_id: str = field(default_factory=lambda: f"CA{secrets.token_hex(16)}")
    over: bool = False
    spoken: list[str] = field(default_factory=list)
    _next: str = ""
    _finish: str = ""
    _most: int | None = None
    _count: itertools.count[int] = field(default_factory=itertools.count)

    async def dial(self) -> None:
        """Call."""
        await self._follow(f"{PATH}/voice", {"CallStatus": "ringing"})

    async def hear(self, said: str) -> None:
        """Say or key something, or nothing."""
        if re.fullmatch(r"[0-9*# -]*[0-9*#]", said):
            await self._keyed(re.sub(r"[ -]", "", said))
            return
        fields: dict[str, str] = {}
        if said:
            text, sure = self.line.recognized(said)
            if text != said:
                self.console.print(f"[dim]heard as: {text} ({sure})[/dim]")
            fields = {"SpeechResult": text, "Confidence": str(sure)}
        await self._follow(self._next, fields)

    async def _keyed(self, pressed: str) -> None:
        """Keys as they are collected: up to the finishing key, or as many as are wanted."""
        if self._finish:
            pressed = pressed.split(self._finish)[0]
        await self._follow(self._next, {"Digits": pressed[: self._most]} if pressed else {})

    async def hang_up(self) -> None:
        """Put the receiver down."""
        await self._post(f"{PATH}/status", {"CallStatus": "completed"})
        self.over = True

    async def _follow(self, to: str, fields: Mapping[str, str]) -> None:
        """Fetch documents and carry them out until the caller is asked or the call ends."""
        for _ in range(MAX_STEPS):
            document = ET.fromstring(await self._post(to, fields))
            going_on = None
            for verb in document:
                going_on = await self._carry_out(verb)
                if going_on is not None:
                    break
            if going_on is None or going_on == "":
                self.over = going_on is None or self.over
                return
            to, fields = going_on, {}
        raise RuntimeError("the documents lead in a circle")

    async def _carry_out(self, verb: ET.Element) -> str | None:
        """One verb. An address to go on at, "" to wait for the caller, None for the next verb."""
        match verb.tag:
            case "Say":
                self._speak(verb)
            case "Pause":
                await asyncio.sleep(0.2)
            case "Redirect":
                return (verb.text or "").strip()
            case "Gather":
                for inner in verb:
                    await self._carry_out(inner)
                self._next, self._finish = verb.attrib["action"], verb.attrib.get("finishOnKey", "#")
                self._most = int(verb.attrib["numDigits"]) if "numDigits" in verb.attrib else None
                return ""
            case "Dial":
                self.console.print(f"[yellow]-- put through to {''.join(verb.itertext())} --[/yellow]")
                self.over = True
                return ""
            case "Hangup":
                self.console.print("[yellow]-- the assistant hung up --[/yellow]")
                self.over = True
                return ""
            case other:
                raise RuntimeError(f"unknown verb {other}")
        return None

    def _speak(self, say: ET.Element) -> None:
        pieces: list[str] = []
        _read(say, pieces)
        said = " ".join("".join(pieces).split())
        self.spoken.append(said)
        slowly = " (slowly)" if say.find("prosody") is not None else ""
        self.console.print(Panel(said, title=f"phone{slowly}", title_align="left", border_style="green"))

    async def _post(self, to: str, fields: Mapping[str, str]) -> str:
        url = f"{self.address}{to}"
        form = {
            "CallSid": self.call_id,
            "AccountSid": "AC00000000000000000000000000000000",
            "From": CALLER,
            "To": "+18005550100",
            "CallStatus": "in-progress",
            "Direction": "inbound",
            "ApiVersion": "2010-04-01",
            **fields,
        }
        headers = {
            SIGNATURE: sign(self.token, url, form.items()),
            IDEMPOTENCY: f"{self.call_id}-{next(self._count)}",
        }
        async with self.session.post(url, data=form, headers=headers) as answer:
            if answer.status >= 400:
                raise RuntimeError(f"the door answered {answer.status}")
            return await answer.text()


def _read(element: ET.Element, pieces: list[str]) -> None:
    """The words of a spoken element in order, sentences apart."""
    if element.text:
        pieces.append(element.text)
    for inner in element:
        if inner.tag in {"s", "break"}:
            pieces.append(" ")
        _read(inner, pieces)
        if inner.tail:
            pieces.append(inner.tail)

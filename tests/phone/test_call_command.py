"""The simulated caller: documents carried out as a telephone does, and a bad line."""

from __future__ import annotations

from collections.abc import AsyncIterator
from io import StringIO

import pytest
from aiohttp import ClientSession
from rich.console import Console

from bot.clock import Clock
from bot.commands.call import Caller, Line, listening
from bot.commands.main import build_parser
from bot.config.settings import Settings
from bot.gateway.app import create_app
from bot.gateway.channels.phone_ivr import phone_channel
from tests.phone.conftest import LINES, TOKEN, MemoryCalls, PhoneAssistant


@pytest.fixture
async def caller(
    assistant: PhoneAssistant, calls: MemoryCalls, settings: Settings, clock: Clock
) -> AsyncIterator[Caller]:
    from dataclasses import replace

    local = replace(settings, public_url=None)
    app = create_app(assistant, local, clock, channels=[phone_channel(calls, LINES, patience=0.05)])
    async with listening(app) as address, ClientSession() as session:
        yield Caller(session, address, TOKEN, Console(file=StringIO(), width=80))


async def test_speech_keys_and_silence_go_through_the_door(caller: Caller, assistant: PhoneAssistant) -> None:
    await caller.dial()
    await caller.hear("hello there")
    await caller.hear("")
    await caller.hear("12")
    await caller.hear("expect code")
    await caller.hear("482-913#77")
    assert caller.spoken == [
        "Welcome.",
        "You said: hello there",
        "You said: silence",
        "You said: 12",
        "You said: expect code",
        "You said: 482913",
    ]
    await caller.hang_up()
    assert next(iter(assistant.kept.values())).ended


async def test_it_waits_through_fillers(caller: Caller, assistant: PhoneAssistant) -> None:
    await caller.dial()
    assistant.let_go()
    await caller.hear("slow")
    assert caller.spoken[-1] == "You said: slow"


async def test_the_other_side_hangs_up(caller: Caller) -> None:
    await caller.dial()
    await caller.hear("agent")
    assert caller.spoken[-1].endswith(LINES.request_kept)
    assert not caller.over, "in line is not mute"
    await caller.hear("bye")
    assert caller.over


def test_a_good_line_changes_nothing_and_a_bad_one_mishears() -> None:
    said = "the brakes test for a five please"
    assert {Line("low").recognized(said)[0] for _ in range(5)} == {said}
    heard = [Line("high", seed).recognized(said) for seed in range(30)]
    assert len({text for text, _ in heard}) > 5
    assert all(0.2 < sure < 0.8 for _, sure in heard)
    assert Line("high", 3).recognized(said) == Line("high", 3).recognized(said)
    assert Line("high", 1, spoil=False).recognized(said)[0] == said


def test_the_command_is_known() -> None:
    given = build_parser().parse_args(["call", "--as", "ASE-1000-0001", "--noise", "high"])
    assert (given.ase_id, given.noise) == ("ASE-1000-0001", "high")

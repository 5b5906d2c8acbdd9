"""`assistant chat`: the same conversation in a terminal."""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import logging
from collections.abc import Coroutine
from typing import Any
from uuid import uuid4

from rich.console import Console
from rich.markdown import Markdown
from rich.panel import Panel

from bot.commands.serve import _quiet_libraries
from bot.contracts.conversation import ConversationError, Identity, Message, Opened, Reply, State, Turn, TurnKind

PATIENCE = 4.0
"""Seconds after which the terminal says that it takes long."""
HELP = "Type a question, or the number of a choice. /why explains the last answer, /quit leaves."


def run(given: argparse.Namespace) -> int:
    """Talk until /quit or the end of input."""
    _quiet_libraries()
    logging.basicConfig(level=logging.ERROR)
    return asyncio.run(_talk(given))


async def _talk(given: argparse.Namespace) -> int:
    from bot.bootstrap import build_assistant, build_parts

    console = Console()
    with console.status("Getting ready"):
        parts = build_parts(given.settings)
        if not given.settings.production:
            from bot.demo.people import load_demo

            load_demo(parts.store, parts.clock, only_if_empty=True)
        assistant = build_assistant(parts)
    agent = "terminal" if given.channel == "agent" else None
    identity = Identity(None if agent else given.ase_id, agent, "agent" if agent else None)
    if given.ase_id and parts.services.people.person(given.ase_id) is None:
        console.print(f"There are no records of {given.ase_id}.")
        return 1
    opened: Opened = await assistant.open(given.channel, "en-US", identity, given.ase_id if agent else None)
    console.print(f"[dim]{HELP}[/dim]")
    shown = Shown(console, given.channel == "phone")
    shown.messages(opened.reply.messages, opened.reply.state)
    while True:
        try:
            said = (await asyncio.to_thread(console.input, "[bold cyan]you ›[/bold cyan] ")).strip()
        except (EOFError, KeyboardInterrupt):
            return 0
        if said in {"/quit", "/exit", "/q"}:
            return 0
        if said:
            try:
                reply = await _patiently(console, assistant.take(shown.turn(opened.conversation_id, said)))
                shown.messages(reply.messages, reply.state)
            except ConversationError as error:
                console.print(f"[red]{error}[/red]")


async def _patiently(console: Console, answer: Coroutine[Any, Any, Reply]) -> Reply:
    """Wait for an answer, and say so when it takes long."""
    task = asyncio.ensure_future(answer)
    done, _ = await asyncio.wait({task}, timeout=PATIENCE)
    if not done:
        console.print("[dim]This takes longer than usual …[/dim]")
    return await task


class Shown:
    """What is on the screen: prints messages and turns what is typed into a turn."""

    def __init__(self, console: Console, spoken: bool) -> None:
        self._console = console
        self._spoken = spoken
        self._choices: list[str] = []

    def messages(self, messages: tuple[Message, ...], state: State) -> None:
        """Print the assistant's messages, its choices by number and the sources."""
        self._choices = []
        for message in messages:
            if message.author != "assistant":
                continue
            body: Any = message.speech if self._spoken else Markdown(message.text)
            self._console.print(Panel(body, title="assistant", title_align="left", border_style="green"))
            for source in message.sources:
                self._console.print(f"  [dim]source: {source['title']} ({source['as_of']})[/dim]")
            if message.choices:
                self._choices = [choice.id for choice in message.choices]
                for number, choice in enumerate(message.choices, start=1):
                    self._console.print(f"  [bold]{number}[/bold]  {choice.title}")
        task = f" · {state.task.name}: {state.task.step}" if state.task else ""
        who = "signed in" if state.signed_in else "not signed in"
        self._console.print(f"[dim]{who} · expects {state.expects}{task} · {state.owner}[/dim]")

    def turn(self, conversation_id: str, said: str) -> Turn:
        """A number picks a choice; /why asks why; anything else is text."""
        kind: TurnKind = "text"
        value = "why?" if said == "/why" else said
        if said.isdigit() and 1 <= int(said) <= len(self._choices):
            kind, value = "choice", self._choices[int(said) - 1]
        return Turn(conversation_id, uuid4().hex, kind, value, None, hashlib.sha256(value.encode()).hexdigest())

"""Plays dialogues through the whole assistant, each on records of its own; the model is loaded once for all."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.clock import Clock
from bot.contracts.conversation import ConversationError, Identity
from bot.records.codec import candidate_to_dict
from bot.store import Store
from tests.conversations.conftest import AS_OF, PEOPLE
from tests.conversations.harness import Talk, do
from tests.dialogues.reading import Dialogue, states_something
from tests.dialogues.scoring import Heard, Spoken, faults
from tests.whole import assistant_on, database

Changed = dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Scored:
    """One turn of a dialogue: what was done, what was said, and what is wrong with it."""

    dialogue: Dialogue
    number: int
    done: str
    said: str
    faults: tuple[str, ...]

    @property
    def good(self) -> bool:
        """Whether nothing is wrong with it."""
        return not self.faults


@contextmanager
def prepared() -> Iterator[Path]:
    """A folder with a filled database, to be copied for each conversation."""
    with tempfile.TemporaryDirectory() as folder:
        database(Path(folder) / "template.db", PEOPLE, AS_OF)
        yield Path(folder)


@contextmanager
def talk_on(folder: Path, template: str = "template.db") -> Iterator[Talk]:
    """A conversation on a fresh copy of the records."""
    path = folder / "talk.db"
    shutil.copy(folder / template, path)
    store = Store(f"sqlite:///{path}")
    try:
        yield Talk(assistant_on(store, Clock(datetime.fromisoformat(AS_OF))), store)
    finally:
        store.close()
        path.unlink()


def score(chosen: Iterable[Dialogue]) -> list[Scored]:
    """Play dialogues and score their turns."""
    found: list[Scored] = []
    with prepared() as folder:
        for dialogue in chosen:
            with talk_on(folder) as talk:
                found += asyncio.run(_play(dialogue, talk))
    return found


async def _play(dialogue: Dialogue, talk: Talk) -> list[Scored]:
    script = dialogue.script
    agent = script.get("agent")
    identity = Identity(None, agent, "agent") if agent else Identity(script.get("as"))
    await talk.open(dialogue.channel, identity, script.get("about"))
    heard, found, before = Heard(), [], records(talk.store)
    for number, turn in enumerate(dialogue.turns, start=1):
        said, wrong = "", []
        try:
            reply = await do(turn, talk)
        except (AssertionError, ConversationError) as error:
            wrong = [f"impossible: {error}"]
        except Exception as error:  # a turn that breaks the assistant is a fault of this turn, not of the others
            wrong = [f"crashed: {type(error).__name__}: {error}"]
        else:
            after = records(talk.store)
            if "changes" in turn and after == before and reply.state.expects == "yes_no":
                reply = await do(
                    turn, talk
                )  # a seat was agreed to; now the change is shown, and the person agrees again
                after = records(talk.store)
            spoken = Spoken.of(reply, dialogue.channel)
            wanted = dict(turn)
            if "changes" in turn:
                wanted["changes"] = _by_person(turn["changes"], dialogue.person)
            wrong = faults(wanted, reply, spoken, changes(before, after), heard)
            said, before = spoken.speech if dialogue.channel == "phone" else spoken.text, after
        if not states_something(turn):
            wrong = [each for each in wrong if each.startswith(("CHANGED", "impossible", "crashed"))]
        if states_something(turn) or wrong:
            found.append(Scored(dialogue, number, _done(turn), said, tuple(wrong)))
    return found


def _done(turn: Mapping[str, Any]) -> str:
    return next(
        (f"{key}: {turn[key]}" if key != "say" else str(turn[key]))
        for key in ("say", "choose", "press", "code", "silence", "hangup")
        if key in turn
    )


def _by_person(given: Mapping[str, Any], person: str | None) -> Changed:
    nested = {key: value for key, value in given.items() if key.startswith("ASE-")}
    own = {key: str(value) for key, value in given.items() if not key.startswith("ASE-")}
    return {**nested, **({str(person): own} if own else {})}


# --- the records, as far as a conversation can change them ---------------------------------------------------------


def records(store: Store) -> Changed:
    """What everybody has: each purchase as "start site status", "open" or "given back"; address and ordered copies."""
    found: Changed = {}
    with store.unit_of_work(write=False) as unit:
        for ase_id in (each.ase_id for each in unit.records.people()):
            person = unit.records.person(ase_id)
            assert person is not None
            data: dict[str, Any] = candidate_to_dict(person.candidate, person.sites)
            orders = sorted(order.series for order in unit.done.orders_of(ase_id) if order.state == "ordered")
            found[ase_id] = {bought["id"]: _purchase(bought) for bought in data["purchases"]}
            found[ase_id] |= {"address": _address(data["address"]), "orders": " ".join(orders)}
    return found


def changes(before: Changed, after: Changed) -> Changed:
    """What is otherwise than before, by person."""
    found = {
        ase_id: {key: value for key, value in has.items() if before[ase_id].get(key) != value}
        for ase_id, has in after.items()
    }
    return {ase_id: has for ase_id, has in found.items() if has}


def _purchase(bought: Mapping[str, Any]) -> str:
    if bought.get("cancelled_on"):
        return "given back"
    appointment = bought.get("appointment")
    if not appointment or appointment["status"] == "cancelled":
        return "open"
    return f"{appointment['starts_at'][:16]} {appointment['site']} {appointment['status']}"


def _address(data: Mapping[str, Any] | None) -> str:
    return ", ".join(str(value) for key, value in (data or {}).items() if value and key != "country")

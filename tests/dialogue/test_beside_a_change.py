"""While a change is open, what is no answer changes nothing: the same change waits, about the same test.

Every change at every question it asks, against some hundred things that people say beside it. The short form takes a
part of them, another one for each question; all of them are said in the long form.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.clock import Clock
from bot.contracts.conversation import Identity, Turn
from bot.conversation.service import Assistant
from bot.conversation.turn_reader import TurnReader
from bot.dialogue.engine import Dialogue
from bot.dialogue.outcome import RecordsChanged
from bot.dialogue.ports import Services
from bot.dialogue.state import ConversationState, OpenTask, read_state
from bot.dialogue.turn_context import TurnContext
from bot.dialogue.values import Visitor
from bot.store import Store
from bot.store.records_io import show_person
from tests.conversations.conftest import AS_OF, PEOPLE
from tests.conversations.harness import Talk
from tests.whole import catalog, database, dialogue, parser, services_on

SAID = yaml.safe_load((Path(__file__).parent / "said_beside.yml").read_text(encoding="utf-8"))
PLAIN: tuple[str, ...] = (*SAID["questions"], *SAID["remarks"])
EVERY = tuple(f"{lead}{said}" for lead, said in product(SAID["leads"], PLAIN))
A_PART = 29
"""The short form takes one in so many."""

DANA, SAM = "ASE-1000-0001", "ASE-1000-0002"


@dataclass(frozen=True)
class Open:
    """A question of a change: who, where, what was said before it, and the codes that the sentences name."""

    who: str
    task: str
    slot: str
    lines: tuple[str, ...]
    own: str = "A5"
    other: str = "C1"
    channel: str = "web"


OPEN = {
    "move, which": Open(SAM, "reschedule", "about", ("move my appointment",), own="A7", other="C1"),
    "move, seat": Open(DANA, "reschedule", "seat", ("move my A5",)),
    "move, yes": Open(DANA, "reschedule", "confirm", ("move my A5", "the first one")),
    "move by phone, seat": Open(DANA, "reschedule", "seat", ("move my A5",), channel="phone"),
    "move by phone, yes": Open(DANA, "reschedule", "confirm", ("move my A5", "the first one"), channel="phone"),
    "book, which": Open(SAM, "schedule_test", "about", ("book a test",), own="A5", other="C1"),
    "book, seat": Open(SAM, "schedule_test", "seat", ("book my A5",)),
    "book, yes": Open(SAM, "schedule_test", "confirm", ("book my A5", "the first one")),
    "give up, yes": Open(DANA, "cancel_appointment", "confirm", ("cancel my A5 appointment",)),
    "cancel, which": Open(SAM, "cancel_test", "about", ("cancel a test for a refund",), own="A5", other="C1"),
    "cancel, yes": Open(SAM, "cancel_test", "confirm", ("cancel my A5 test for a refund",)),
    "duplicate, yes": Open(DANA, "duplicate_certificate", "confirm", ("order a duplicate certificate",)),
    "address, street": Open(DANA, "address_change", "line1", ("change my address",)),
    "address, city": Open(DANA, "address_change", "city", ("change my address", "12 Oak Street")),
}


@dataclass(frozen=True)
class Scene:
    """A conversation with that question open."""

    store: Store
    services: Services
    reader: TurnReader
    dialogue: Dialogue
    turn: TurnContext
    state: ConversationState

    async def after(self, text: str) -> tuple[ConversationState, bool]:
        """The state after these words, and whether records were changed; the scene stays where it is."""
        turn, state, changed = self.turn.seeing(self.state), self.state, False
        for act in (await self.reader.read(turn, Turn("c", "m", "text", text, None, "x"))).acts:
            outcome = self.dialogue.step(turn.seeing(state), act, state)
            turn, state = outcome.turn, outcome.state
            changed = changed or outcome.effect(RecordsChanged) is not None
        return state, changed


class Remembering:
    """The trained model; what was read once is not read again."""

    def __init__(self) -> None:
        self.model_name, self.actions = parser().model_name, parser().actions

    @staticmethod
    @cache
    def _parsed(text: str, as_of: str, time_zone: str) -> dict[str, Any]:
        return parser().parse(text, {"as_of": as_of, "time_zone": time_zone})

    def parse(self, text: str, metadata: Mapping[str, Any]) -> dict[str, Any]:
        """As the model gives it."""
        return dict(self._parsed(text, str(metadata["as_of"]), str(metadata["time_zone"])))


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database with the people, to be copied for each test."""
    return database(tmp_path_factory.mktemp("beside") / "template.db", PEOPLE, AS_OF)


@pytest.fixture
def store(filled: Path, tmp_path: Path) -> Iterator[Store]:
    """A fresh copy of it."""
    path = tmp_path / "beside.db"
    shutil.copy(filled, path)
    opened = Store(f"sqlite:///{path}")
    yield opened
    opened.close()


async def scene_of(store: Store, case: Open) -> Scene:
    """A conversation in which that question has come up."""
    services, reader, runs = services_on(store, Clock(datetime.fromisoformat(AS_OF))), Remembering(), dialogue()
    talk = Talk(Assistant(store, services, runs, reader), store)
    await talk.open(case.channel, Identity(case.who))
    for line in case.lines:
        await talk.say(line)
    with store.unit_of_work(write=False) as uow:
        kept = uow.conversations.get(talk.conversation_id)
    assert kept is not None
    state = read_state(kept.state, runs.memories)
    visitor = Visitor(talk.conversation_id, case.channel, signed_in_as=case.who)
    return Scene(store, services, TurnReader(reader, catalog()), runs, TurnContext.begin(services, visitor), state)


def waiting(state: ConversationState, case: Open) -> OpenTask | None:
    """The change, if it still waits."""
    return next((task for task in state.tasks if task.name == case.task), None)


async def check(store: Store, name: str, said: tuple[str, ...]) -> None:
    """Nothing is changed, and the change waits at the same question with all it knew, about the same test."""
    case = OPEN[name]
    scene = await scene_of(store, case)
    before, records = waiting(scene.state, case), show_person(store, case.who)
    assert before is not None, scene.state
    assert before.question is not None
    assert before.question.slot == case.slot
    wrong: list[str] = []
    for text in said:
        if case.slot == "about" and text.endswith("{test}"):
            continue  # beside "which test?", a test that is named is an answer
        words = text.format(own=case.own, test=case.other)
        state, changed = await scene.after(words)
        after = waiting(state, case)
        if changed or after is None or after.question is None:
            wrong.append(f"{words!r}: {'changed' if changed else 'dropped'}")
        else:
            told, had = after.memory.model_dump(), before.memory.model_dump()
            other = {key: value for key, value in told.items() if value != had[key] and key != "proposal"}
            if other or after.question.slot != case.slot:
                wrong.append(f"{words!r}: {after.question.slot} {other}")
    assert not wrong, f"{len(wrong)} of {len(said)}:\n" + "\n".join(wrong[:40])
    assert show_person(store, case.who) == records


def test_at_least_so_many_are_said() -> None:
    assert len(set(EVERY)) >= 300


@pytest.mark.parametrize("name", OPEN)
async def test_what_is_no_answer_changes_nothing(name: str, store: Store) -> None:
    await check(store, name, EVERY[list(OPEN).index(name) % A_PART :: A_PART])


@pytest.mark.long
@pytest.mark.parametrize("name", OPEN)
async def test_what_is_no_answer_changes_nothing_in_full(name: str, store: Store) -> None:
    await check(store, name, EVERY)

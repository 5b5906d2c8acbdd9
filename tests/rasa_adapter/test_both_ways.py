"""One dialogue behind two doors: a message comes to the same answer in `assistant serve` and in Rasa's own hands."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.clock import Clock
from bot.contracts.conversation import Reply, Turn
from bot.conversation.service import Assistant
from bot.dialogue.turn_context import TurnContext
from bot.dialogue.values import Visitor
from bot.rasa_adapter.model_files import ROOT
from bot.rasa_adapter.stored_turns import StoredTurns
from bot.store import Store
from tests.conversations.conftest import AS_OF, PEOPLE
from tests.rasa_adapter.in_rasa import Rasa, action_classes
from tests.whole import database, dialogue, model, parser, services_on

LINES = yaml.safe_load((PEOPLE.parent / "every_label.yml").read_text("utf-8"))
LABELS = [topic["label"] for topic in yaml.safe_load((ROOT / "knowledge" / "topics.yml").read_text("utf-8"))["topics"]]
SENDER = "somebody"
DANA = "ASE-1000-0001"
NOW = datetime.fromisoformat(AS_OF)


@pytest.fixture(scope="session")
def rasa() -> Rasa:
    """Rasa with the trained model, loaded once."""
    return Rasa(model())


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database with the people of the written conversations, to be copied."""
    return database(tmp_path_factory.mktemp("ways") / "template.db", PEOPLE, AS_OF)


@dataclass
class Answered:
    """An answer, whichever way it came."""

    text: str
    speech: str
    choices: list[dict[str, Any]]
    sources: list[dict[str, Any]]
    decisions: list[dict[str, Any]]


class Served:
    """The way of `assistant serve`: the model without Rasa, the rules as a table."""

    def __init__(self, store: Store, conversation_id: str) -> None:
        self._assistant = Assistant(store, services_on(store, CLOCK), dialogue(), parser())
        self._id = conversation_id
        self._number = 0

    async def take(self, kind: str, value: str) -> Answered:
        """One turn."""
        self._number += 1
        hashed = hashlib.sha256(value.encode()).hexdigest()
        reply = await self._assistant.take(Turn(self._id, f"m{self._number}", kind, value, None, hashed))  # type: ignore[arg-type]
        return _of_reply(reply)


def _of_reply(reply: Reply) -> Answered:
    (said,) = [message for message in reply.messages if message.author == "assistant"]
    return Answered(
        said.text,
        said.speech,
        [{"id": choice.id, "title": choice.title} for choice in said.choices],
        [dict(source) for source in said.sources],
        [dict(decision) for decision in said.decisions],
    )


def _of_utterances(utterances: list[dict[str, Any]]) -> Answered:
    (said,) = utterances
    more = said["custom"]
    assert [button["title"] for button in said.get("buttons") or ()] == [choice["title"] for choice in more["choices"]]
    return Answered(said["text"], more["speech"], more["choices"], more["sources"], more["decisions"])


CLOCK = Clock(NOW, real=lambda: NOW)


@dataclass
class BothWays:
    """The same conversation on two equal databases."""

    served: Served
    rasa: Rasa
    moment: dict[str, str]

    async def say(self, text: str) -> tuple[Answered, Answered, list[str]]:
        """A line: both answers, and the actions that Rasa's rules called."""
        called, utterances = await self.rasa.say(SENDER, text, self.moment)
        return await self.served.take("text", text), _of_utterances(utterances), called

    async def choose(self, choice: str) -> tuple[Answered, Answered, list[str]]:
        """A button, as each of the two sends it."""
        payload = f"/inform{json.dumps({'choice': choice})}"
        called, utterances = await self.rasa.say(SENDER, payload, self.moment)
        return await self.served.take("choice", choice), _of_utterances(utterances), called


@pytest.fixture
def both(rasa: Rasa, filled: Path, tmp_path: Path) -> Iterator[Any]:
    """Begins a conversation of somebody (an ASE ID, or None) both ways."""
    stores: list[Store] = []
    kept_as = "rasa-" + hashlib.sha256(SENDER.encode()).hexdigest()[:24]  # as stored_turns.py names it

    def begin(who: str | None) -> BothWays:
        for name in ("served", "rasa"):
            shutil.copy(filled, tmp_path / f"{name}.db")
            store = Store(f"sqlite:///{tmp_path / name}.db")
            stores.append(store)
            with store.unit_of_work() as uow:
                uow.conversations.create(kept_as, channel="web", locale="en-US", token_hash="", at=NOW, ase_id=who)
                uow.commit()
        mine, theirs = stores
        rasa.behind.turns = StoredTurns(theirs, services_on(theirs, CLOCK), dialogue())
        visitor = Visitor(kept_as, "web", signed_in_as=who)
        zone = TurnContext.begin(services_on(mine, CLOCK), visitor).zone.key
        return BothWays(Served(mine, kept_as), rasa, {"as_of": NOW.isoformat(), "time_zone": zone})

    yield begin
    for store in stores:
        store.close()


def test_every_action_of_the_rules_is_there_for_rasa() -> None:
    kinds = action_classes()
    assert sorted(kind(None).name() for kind in kinds) == sorted(set(parser().actions.values()))


@pytest.mark.parametrize("signed_in", [False, True], ids=["anyone", "signed in"])
@pytest.mark.parametrize("label", LABELS)
async def test_a_message_is_answered_alike(label: str, signed_in: bool, both: Any) -> None:
    given = LINES[label]
    ways = both(given["as"] if signed_in else None)
    served, by_rasa, called = await ways.say(given["line"])
    assert by_rasa == served
    assert called == [parser().actions[label.partition("/")[0]]]
    assert served.text
    assert served.speech
    if signed_in and "told" in given:
        outcomes = [f"{d['rule']} {d['outcome']} {d['reasons'][0]['code']}" for d in by_rasa.decisions]
        assert given["told"] in outcomes


async def test_a_change_is_made_alike(both: Any) -> None:
    ways = both(DANA)
    asked, asked_by_rasa, _ = await ways.say("I want to reschedule my A5 appointment")
    assert asked_by_rasa == asked
    first = asked.choices[0]["id"]
    assert first.startswith("seat:")
    shown, shown_by_rasa, called = await ways.choose(first)
    assert shown_by_rasa == shown
    assert called == [parser().actions["inform"]]
    done, done_by_rasa, _ = await ways.say("yes")
    assert done_by_rasa == done
    assert "Moved" in done.text
    why, why_by_rasa, _ = await ways.say("how did you work that out?")
    assert why_by_rasa == why

"""Before a change, a word of thanks or of listening carries nothing out, and a plain yes does.

Every kind of change, with the yes asked for by the preview itself, and once more after something was answered.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from pathlib import Path

import pytest

from bot.clock import Clock
from bot.contracts.conversation import Identity
from bot.conversation.service import Assistant
from bot.conversation.turn_reader import TurnReader
from bot.dialogue.state import Since, read_state
from bot.dialogue.turn_context import TurnContext
from bot.dialogue.understanding.answers import CONFIRM
from bot.dialogue.values import Visitor
from bot.store import Store
from bot.store.records_io import show_person
from tests.conversations.conftest import AS_OF, PEOPLE
from tests.conversations.harness import Talk
from tests.dialogue.test_beside_a_change import DANA, SAM, Remembering, Scene
from tests.whole import catalog, database, dialogue, services_on


@dataclass(frozen=True)
class Shown:
    """A change that waits for its yes: who, and what was said before it ("!code" enters the code that was mailed)."""

    who: str
    lines: tuple[str, ...]
    own: str


KINDS = {
    "reschedule": Shown(DANA, ("move my A5", "the first one"), "move it"),
    "schedule_test": Shown(SAM, ("book my A5", "the first one"), "book it"),
    "cancel_appointment": Shown(DANA, ("cancel my A5 appointment",), "cancel it"),
    "cancel_test": Shown(SAM, ("cancel my A5 test for a refund",), "cancel it"),
    "duplicate_certificate": Shown(DANA, ("order a duplicate certificate",), "order it"),
    "address_change": Shown(DANA, ("change my address to 12 Oak Street, Chicago, IL 60614", "!code"), "change it"),
    "undo": Shown(DANA, ("move my A5", "the first one", "yes", "undo"), "undo it"),
}
AN_ANSWER = "is there parking"
"""Something that is answered beside a change."""

_OPENINGS = ("", "ok ", "okay, ", "oh ", "hmm ", "ah ok ", "yeah ")
_HEEDING = (
    "thanks", "thank you", "got it", "good", "great", "fine", "alright", "right", "i see", "i know", "cool", "perfect",
    "makes sense", "good to know", "that's good", "it does", "it is", "that helps", "gotcha", "thx",
)  # fmt: skip
_POLITE = tuple(("yeah ", word) for word in ("thanks", "thank you", "thx"))
"""A clear yes with a polite tail stays one."""
MURMURS = tuple(
    dict.fromkeys(
        [f"{opening}{word}" for opening, word in product(_OPENINGS, _HEEDING) if (opening, word) not in _POLITE]
        + [
            "hm",
            "hmm ok",
            "oh ok",
            "oh",
            "ah",
            "ohh ok",
            "ok hmm",
            "right ok",
            "yes it does",
            "yes it is",
            "yes that's it",
        ]
        + ["great thanks", "thanks a lot", "ok thnks", "no problem", "fair enough", "interesting", "nice", "understood"]
    )
)
ONLY_OKAY = ("ok", "okay", "sure", "alright", "fine", "ok then", "k", "ok sure", "okey", "OK.", "okay!")
"""After an answer, these may be about it."""
ACCEPTING = (
    "yes", "yep", "yeah", "yup", "Yes.", "yes!", "yes please", "yeah please", "do it", "please do it", "go ahead",
    "yeah go ahed", "yes go ahead", "sure why not", "please do", "yes do it", "confirm", "i confirm", "yes confirm",
    "ok do it", "okay go ahead", "sure go ahead", "yes please thanks", "yes, thank you", "yes thanks", "great, do it",
    "ok great go ahead", "thanks, go ahead", "absolutely", "definitely", "yes absolutely", "lets do it", "yes sir",
    "yep do it", "yea", "yess", "ok yes", "yes ok", "hmm ok do it", "oh yes please", "fine, do it", "yeah do that",
    "go for it", "yes yes", "{own}", "yes, {own}", "ok {own}", "please {own}",
)  # fmt: skip
ACCEPTING_WHAT_IS_SHOWN = (
    "ok", "okay", "sure", "ok do it", "ok then", "yes that's right", "yep, that is correct", "yes, all correct",
)  # fmt: skip


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database with the people, to be copied for each conversation."""
    return database(tmp_path_factory.mktemp("murmurs") / "template.db", PEOPLE, AS_OF)


@pytest.fixture
def store(filled: Path, tmp_path: Path) -> Iterator[Store]:
    """A fresh copy of it."""
    path = tmp_path / "murmurs.db"
    shutil.copy(filled, path)
    opened = Store(f"sqlite:///{path}")
    yield opened
    opened.close()


async def talk_at(store: Store, kind: str, channel: str = "web") -> Talk:
    """A conversation with the preview of that change shown."""
    services, runs = services_on(store, Clock(datetime.fromisoformat(AS_OF))), dialogue()
    talk = Talk(Assistant(store, services, runs, Remembering()), store)
    await talk.open(channel, Identity(KINDS[kind].who))
    for line in KINDS[kind].lines:
        await (talk.enter(talk.last_code()) if line == "!code" else talk.say(line))
    return talk


def scene(store: Store, kind: str, talk: Talk) -> Scene:
    """The conversation as it stands."""
    services, runs = services_on(store, Clock(datetime.fromisoformat(AS_OF))), dialogue()
    with store.unit_of_work(write=False) as uow:
        kept = uow.conversations.get(talk.conversation_id)
    assert kept is not None
    state = read_state(kept.state, runs.memories)
    visitor = Visitor(talk.conversation_id, "web", signed_in_as=KINDS[kind].who)
    turn = TurnContext.begin(services, visitor)
    return Scene(store, services, TurnReader(Remembering(), catalog()), runs, turn, state)


def test_enough_is_said() -> None:
    assert len(MURMURS) >= 120
    assert len(ACCEPTING) >= 40


@pytest.mark.parametrize("after", [False, True], ids=["shown", "answered"])
@pytest.mark.parametrize("kind", KINDS)
async def test_a_murmur_changes_nothing(kind: str, after: bool, store: Store) -> None:
    talk = await talk_at(store, kind)
    if after:
        await talk.say(AN_ANSWER)
    at, records = scene(store, kind, talk), show_person(store, KINDS[kind].who)
    assert at.state.question is not None
    assert at.state.question.slot == CONFIRM
    assert at.state.question.since is (Since.BESIDE if after else Since.SHOWN)
    wrong: list[str] = []
    for text in (*MURMURS, *(ONLY_OKAY if after else ())):
        state, changed = await at.after(text)
        if changed or state.question is None or state.question.slot != CONFIRM or state.task is None:
            wrong.append(f"{text!r}: {'changed' if changed else 'dropped'}")
    assert not wrong, "\n".join(wrong)
    assert show_person(store, KINDS[kind].who) == records


@pytest.mark.parametrize(("number", "text"), list(enumerate((*ACCEPTING, *ACCEPTING_WHAT_IS_SHOWN))))
async def test_a_plain_yes_carries_it_out(number: int, text: str, store: Store) -> None:
    kind = list(KINDS)[number % len(KINDS)]
    talk = await talk_at(store, kind)
    if number < len(ACCEPTING) and number % 2:
        await talk.say(AN_ANSWER)
    before = show_person(store, KINDS[kind].who)
    reply = await talk.say(text.format(own=KINDS[kind].own))
    assert show_person(store, KINDS[kind].who) != before or kind == "duplicate_certificate", reply.messages[-1].text
    assert reply.state.task is None, reply.messages[-1].text


@pytest.mark.parametrize("kind", KINDS)
async def test_asked_once_in_a_line_that_names_the_change(kind: str, store: Store) -> None:
    talk = await talk_at(store, kind)
    await talk.say(AN_ANSWER)
    first = await talk.say("ok great")
    assert "say yes and I'll" in first.messages[-1].text
    assert len(first.messages[-1].text.split()) <= 30
    then = await talk.say("ok thanks")
    assert "say yes and I'll" not in then.messages[-1].text
    assert then.state.task is not None
    assert (await talk.say("yes")).state.task is None


async def test_having_said_yes_counts_only_where_that_yes_was_asked_about(store: Store) -> None:
    talk = await talk_at(store, "cancel_appointment")
    records = show_person(store, DANA)
    await talk.say(AN_ANSWER)
    assert (await talk.say("but i said yes")).state.task is not None
    assert show_person(store, DANA) == records
    await talk.say("how early do i have to be there")
    await talk.say("yes it does")
    assert (await talk.say("i said yes")).state.task is None
    assert show_person(store, DANA) != records


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", ["sure", "ok", "yes that's right"])
async def test_the_second_time_they_answer_what_was_asked_for(text: str, kind: str, store: Store) -> None:
    talk = await talk_at(store, kind)
    await talk.say(AN_ANSWER)
    before = show_person(store, KINDS[kind].who)
    doubted = await talk.say(text)
    assert show_person(store, KINDS[kind].who) == before
    assert "say yes and I'll" in doubted.messages[-1].text
    reply = await talk.say(text)
    assert reply.state.task is None, reply.messages[-1].text
    assert show_person(store, KINDS[kind].who) != before or kind == "duplicate_certificate"

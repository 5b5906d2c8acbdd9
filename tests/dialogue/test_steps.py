"""One step of the dialogue: the state it is given stays as it is, and its guards look in their order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from bot.contracts.conversation import Identity
from bot.conversation.turn_reader import parsed_value
from bot.dialogue.dispatch import actions_of_rules
from bot.dialogue.engine import BESIDE_A_QUESTION, GUARDS, Guard
from bot.dialogue.outcome import Trace
from bot.dialogue.stack import READ_BACK
from bot.dialogue.state import ConversationState
from bot.dialogue.turn_context import TurnContext
from bot.dialogue.understanding.user_act import UserAct
from bot.dialogue.values import Visitor
from bot.rasa_adapter.model_files import ROOT
from tests.dialogue.conftest import DANA, House

SAM = "ASE-1000-0002"
ACTIONS = set(actions_of_rules(ROOT).values())


@dataclass(frozen=True)
class Said:
    """Words as they were read. `test`: a code named in them; `heard`: how sure the recognizer of a call was.

    `aside`: what it is about sign-in or the line.
    """

    text: str
    label: str
    test: str | None = None
    heard: float | None = None
    aside: str | None = None

    @property
    def act(self) -> UserAct:
        """What they are to the dialogue."""
        at = self.text.find(self.test) if self.test else 0
        named = {"entity": "test_code", "value": self.test, "start": at, "end": at + len(self.test or "")}
        sure = {"name": self.label.partition("/")[0], "confidence": 0.9}
        return UserAct.of_parsed(
            {
                "text": self.text,
                "label": self.label,
                "intent": sure,
                "entities": [named] if self.test else [],
                "metadata": {"confidence": self.heard},
                "asides": [[self.aside, 0.9]] if self.aside else [],
            }
        )


MOVE_A5 = Said("move my A5 appointment", "account/reschedule", "A5")
FIRST, YES, NO = Said("the first one", "inform"), Said("yes", "affirm"), Said("no", "deny")
SAYINGS: dict[str, Said] = {
    "a move": MOVE_A5,
    "a move, badly heard": Said("move my A5 appointment", "account/reschedule", "A5", heard=0.3),
    "yes": YES,
    "yes, badly heard": Said("yes", "affirm", heard=0.3),
    "no": NO,
    "a place": FIRST,
    "a test": Said("A7", "inform", "A7"),
    "another test": Said("no, the A7", "deny", "A7"),
    "what was done": Said("what did you do", "repeat"),
    "only the seat": Said("no, only the appointment", "inform"),
    "a no and more": Said("no i meant to ask about the opening hours", "faq/contact"),
    "another test kept": Said("my A7 stays as it is", "inform", "A7"),
    "yes to another test": Said("yes, the A7", "affirm", "A7"),
    "the change called off": Said("cancel that", "stop"),
    "what a yes does": Said("what happens if I say yes", "affirm"),
    "the second instead": Said("the second one instead", "inform"),
    "nonsense": Said("purple", "out_of_scope"),
    "more": Said("show me more", "inform"),
    "back": Said("go back", "stop"),
    "over again": Said("start over", "stop"),
    "a moment": Said("hold on a second", "stop"),
    "undo": Said("undo that", "stop"),
    "something else instead": Said("cancel it instead", "stop"),
    "stop": Said("never mind", "stop"),
    "links": Said("email me the links", "inform"),
    "again": Said("say that again", "repeat"),
    "why": Said("why?", "explain"),
    "hello": Said("hello", "greet"),
    "a person": Said("a person, please", "human_agent"),
    "recorded": Said("is this call being recorded?", "help", aside="recording"),
    "no ID at hand": Said("where do I find that", "help", aside="id_where"),
    "goodbye": Said("goodbye", "goodbye"),
    "a complaint": Said("you are no help at all", "complaint"),
    "a fee": Said("what does a test cost?", "faq/fees"),
    "a test to give back": Said("cancel the A6", "account/cancel_test", "A6"),
    "a test of mine to give back": Said("cancel the A5 test for a refund", "account/cancel_test", "A5"),
    "signing in": Said("sign me in", "sign_in"),
    "a question on a refund": Said("can the A5 be cancelled for a refund", "account/cancel_test", "A5"),
    "thanks": Said("ok thanks", "thanks"),
    "another's results": Said("can you see if my tech passed", "account/test_results"),
    "a plea": Said("he said it's ok", "inform"),
}
ACTS: dict[str, UserAct] = {name: said.act for name, said in SAYINGS.items()} | {
    "silence": UserAct.of_parsed(parsed_value("silence", "inform", kind="event")),
    "a key": UserAct.of_parsed(parsed_value("2", "inform", kind="digits")),
    "a button": UserAct.of_parsed(parsed_value("Yes", "inform", kind="choice", value="yes")),
}


@dataclass(frozen=True)
class Before:
    """What was said before, by whom and where; `slot`: what is being asked then."""

    slot: str | None
    lines: tuple[Said, ...] = ()
    who: str | None = DANA
    channel: str = "web"


WHICH = Said("cancel a test that I bought", "account/cancel_test")
TERMS = Said("where are your terms?", "faq/terms_and_conditions")
ADDRESS = Said("my address is a new one", "account/address_change")
STAGES: dict[str, Before] = {
    "nothing open": Before(None),
    "a topic spoken of": Before(None, (TERMS,)),
    "nobody known": Before("sign_in", (MOVE_A5,), who=None),
    "whose ID": Before("ase_id", (SAYINGS["signing in"],), who=None),
    "which of several": Before("about", (WHICH,), who=SAM),
    "which seat": Before("seat", (MOVE_A5,)),
    "yes or no": Before("confirm", (MOVE_A5, FIRST)),
    "done a moment ago": Before(None, (MOVE_A5, FIRST, YES)),
    "yes or no to putting it back": Before("confirm", (MOVE_A5, FIRST, YES, SAYINGS["undo"])),
    "yes or no to a refund": Before("confirm", (SAYINGS["a test of mine to give back"],)),
    "a change asked about": Before(None, (SAYINGS["a question on a refund"],)),
    "a change put aside": Before("confirm", (MOVE_A5, FIRST, SAYINGS["a test to give back"])),
    "a person offered": Before("wanted", (SAYINGS["a complaint"],)),
    "a person called": Before("confirm", (MOVE_A5, FIRST, SAYINGS["a person"])),
    "another's records closed": Before(None, (SAYINGS["another's results"],), who=None),
    "an address": Before("line1", (ADDRESS,)),
    "a call": Before(None, channel="phone"),
    "a call with links": Before(None, (TERMS,), channel="phone"),
    "which seat, in a call": Before("seat", (MOVE_A5,), channel="phone"),
    "yes or no, in a call": Before("confirm", (MOVE_A5, FIRST), channel="phone"),
    "read back, in a call": Before("heard", (SAYINGS["a move, badly heard"],), channel="phone"),
}
"""What has gone before."""

TAKES = {
    "mails links": ("a call with links", "links"),
    "silence": ("which seat, in a call", "silence"),
    "parked": ("a person called", "yes"),
    "about the line": ("a call", "recorded"),
    "reads back": ("read back, in a call", "yes"),
    "yes again": ("done a moment ago", "yes"),
    "misheard": ("a call", "a move, badly heard"),
    "takes offer": ("a change asked about", "yes"),
    "says goodbye": ("yes or no", "goodbye"),
    "pleads": ("another's records closed", "a plea"),
    "undo": ("done a moment ago", "undo"),
    "pause": ("yes or no", "a moment"),
    "what was done": ("nothing open", "what was done"),
    "tells more": ("a topic spoken of", "more"),
    "aside": ("whose ID", "no ID at hand"),
    "starts over": ("which seat", "over again"),
    "goes back": ("yes or no", "back"),
    "acknowledges": ("yes or no", "thanks"),
    "cancels what": ("yes or no to a refund", "only the seat"),
    "spares": ("yes or no", "another test kept"),
    "owns": ("which seat", "the change called off"),
    "beside": ("yes or no", "what a yes does"),
    "picks again": ("yes or no", "the second instead"),
    "wants more": ("which seat", "more"),
    "corrects": ("which of several", "another test"),
    "other change": ("which seat", "something else instead"),
    "contradicts": ("yes or no", "yes to another test"),
    "none of these": ("which seat", "no"),
    "answers": ("yes or no", "yes"),
    "says a value": ("which seat", "a test"),
    "no first": ("yes or no", "a no and more"),
    "does not fit": ("yes or no", "nonsense"),
}
"""For each guard an act that is its own, and when."""


@dataclass
class Scene:
    """A conversation as it stands before an act."""

    house: House
    turn: TurnContext
    state: ConversationState

    def step(self, act: UserAct) -> Any:
        """One step from here; the scene stays where it is."""
        return self.house.dialogue.step(self.turn.seeing(self.state), act, self.state)


async def scene_of(house: House, name: str) -> Scene:
    """A conversation in which that much has been said."""
    before, talk = STAGES[name], house.talk()
    await talk.open(before.channel, Identity(before.who))
    visitor = Visitor(talk.conversation_id, before.channel, signed_in_as=before.who)
    scene = Scene(house, TurnContext.begin(house.services, visitor), ConversationState())
    for line in before.lines:
        outcome = scene.step(line.act)
        scene = Scene(house, outcome.turn, outcome.state)
    question = scene.state.question
    assert (question.slot if question is not None else None) == before.slot
    return scene


# --- the guards take what is theirs ----------------------------------------------------------------------------


def test_every_guard_has_an_act_of_its_own() -> None:
    assert list(TAKES) == [guard.name for guard in (*GUARDS, *BESIDE_A_QUESTION)]


@pytest.mark.parametrize("guard", TAKES)
async def test_a_guard_takes_what_is_its_own(guard: str, house: House) -> None:
    stage, act = TAKES[guard]
    outcome = (await scene_of(house, stage)).step(ACTS[act])
    assert next(look.guard for look in outcome.trace if look.took) == guard
    assert outcome.answer.text or outcome.answer.speech


# --- every act in every stage -------------------------------------------------------------------------------------


def looks_in_order(guards: Sequence[Guard], trace: Sequence[Trace]) -> tuple[str | None, Sequence[Trace]]:
    """The guard that took the act, and what follows; each one before it has looked, in this order."""
    for guard, look in zip(guards, trace, strict=False):
        assert (look.guard, look.saw) == (guard.name, guard.sees)
        if look.took:
            return guard.name, trace[guards.index(guard) + 1 :]
    assert len(trace) >= len(guards)
    return None, trace[len(guards) :]


def check_trace(trace: Sequence[Trace], *, asking: bool, read_back: bool) -> None:
    """The guards of every act, then those beside a question, and a handler only where none of them took it."""
    taken, rest = looks_in_order(GUARDS, trace)
    if taken == "reads back" and rest:
        check_trace(rest, asking=False, read_back=True)  # now the act that was read back
        return
    if taken is None:
        beside = bool(rest) and rest[0].guard == BESIDE_A_QUESTION[0].name
        assert beside == asking or read_back
        while beside and taken is None:
            taken, rest = looks_in_order(BESIDE_A_QUESTION, rest)
            beside = bool(rest) and rest[0].guard == BESIDE_A_QUESTION[0].name  # once an optional question is dropped
    handlers = [look.guard for look in rest]
    assert set(handlers) <= ACTIONS
    assert taken is not None or handlers, "nothing answered"


@pytest.mark.parametrize("stage", STAGES)
async def test_a_step_leaves_its_state_and_looks_in_order(stage: str, house: House) -> None:
    scene = await scene_of(house, stage)
    before, turn_before = scene.state.model_copy(deep=True), scene.turn
    read_back = scene.state.task is not None and scene.state.task.name == READ_BACK
    changed = 0
    for name, act in ACTS.items():
        outcome = scene.step(act)
        assert scene.state == before, f"{name} has changed the state it was given"
        assert scene.turn is turn_before
        assert outcome.state is not scene.state
        changed += outcome.state != before
        shared = {id(task) for task in scene.state.tasks} & {id(task) for task in outcome.state.tasks}
        assert not shared, f"{name} has left a task in both states"
        check_trace(outcome.trace, asking=before.question is not None, read_back=read_back)
    assert changed > len(ACTS) / 3

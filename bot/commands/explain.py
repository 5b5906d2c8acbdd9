"""`assistant explain-turn`: what the dialogue saw in a message, step by step, and what it answered. Stores nothing."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bot.changes.kinds import kind_of
from bot.clock import Clock
from bot.contracts.changes import ChangeRequest, Done, ExceptionGrant, Proposal, Requester
from bot.conversation.turn_reader import TurnReader
from bot.dialogue.engine import Dialogue
from bot.dialogue.outcome import Outcome
from bot.dialogue.state import ConversationState
from bot.dialogue.turn_context import TurnContext
from bot.dialogue.understanding.user_act import UserAct
from bot.dialogue.values import Visitor
from bot.rules.decision import Decision
from bot.rules.facts import Site


def turn(given: argparse.Namespace) -> int:
    """Say each line in turn, as one conversation, and print what took it. 1 where nobody has that ASE ID."""
    from bot.bootstrap import build_dialogue, build_parts
    from bot.contracts.conversation import Turn
    from bot.rasa_adapter.model import ModelRunner
    from bot.rasa_adapter.model_files import ensure_model

    parts = build_parts(given.settings)
    if not given.settings.production:
        from bot.demo.people import load_demo

        load_demo(parts.store, parts.clock, only_if_empty=True)
    parser = ModelRunner.load(given.settings.model or ensure_model(tell=lambda said: print(said, file=sys.stderr)))
    dialogue, services = (
        build_dialogue(parser.actions),
        replace(parts.services, changes=NothingDone(parts.clock), sign_in=NoCodes()),
    )
    reader, state = TurnReader(parser, services.catalog), ConversationState()
    visitor = Visitor("explained", given.channel, signed_in_as=given.ase_id)
    for text in given.text:
        context = TurnContext.begin(services, visitor).seeing(state)
        if given.ase_id is not None and context.person is None:
            print(f"There are no records of {given.ase_id}.", file=sys.stderr)
            return 1
        read = asyncio.run(reader.read(context, Turn("explained", "explained", "text", text, given.confidence, "")))
        for act in read.acts:
            outcome = answered(dialogue, context, act, state)
            print("\n".join(lines(act, outcome)))
            state, context = outcome.state, outcome.turn
    return 0


class NoCodes:
    """No code is sent, and none is right."""

    def request(self, ase_id: str, conversation_id: str) -> str:
        """As if one had been sent."""
        return "sent"

    def check(self, conversation_id: str, code: str) -> tuple[str, str | None]:
        """Never right."""
        return "wrong", None

    def proven(self, ase_id: str, conversation_id: str) -> bool:
        """Never."""
        return False


class NothingDone:
    """Changes are shown and never made."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def propose(
        self,
        visitor: Requester,
        ase_id: str,
        request: ChangeRequest,
        *,
        exception: str | None = None,
        as_of: datetime | None = None,
    ) -> Proposal:
        """As if it waited for a yes."""
        until = self._clock.real() + timedelta(minutes=5)
        return Proposal("explained", kind_of(request).name, request, until, visitor.conversation_id)

    def exception_for(self, ase_id: str, decision: Decision, purchase_id: str | None) -> ExceptionGrant | None:
        """None is known."""
        return None

    def pending(self, ase_id: str) -> Proposal | None:
        """Nothing waits."""
        return None

    def decline(self, proposal_id: str) -> bool:
        """Nothing was waiting."""
        return True

    def confirm(
        self,
        visitor: Requester,
        ase_id: str,
        proposal_id: str,
        *,
        waiting: Proposal | None = None,
        sites: Mapping[str, Site] | None = None,
        as_of: datetime | None = None,
    ) -> Done:
        """Not done."""
        return Done("explained", proposal_id, refused="not_done")

    def undo(
        self, visitor: Requester, ase_id: str, change_key: str, request_id: str, *, as_of: datetime | None = None
    ) -> Done:
        """Not done."""
        return Done("explained", change_key, refused="not_done")


def answered(dialogue: Dialogue, turn: TurnContext, act: UserAct, state: ConversationState) -> Outcome:
    """One step, with what a conversation would remember of it."""
    from bot.conversation.messages import Draft
    from bot.conversation.record import remembering

    outcome = dialogue.step(turn, act, state)
    drafts = [Draft.of_outcome(outcome, turn.services.catalog)]
    remembered = remembering(outcome.state, outcome.statements, drafts, turn.now)
    return replace(outcome, state=remembered)


def lines(act: UserAct, outcome: Outcome) -> Iterator[str]:
    """The act, each guard with what it looks for and whether it took the act, and what came of it."""
    yield f"said      {act.quote}"
    yield f"read      {act.label} ({act.confidence:.2f}){'' if act.in_scope else ', sent away'}"
    known: dict[str, object] = {
        "tests": act.tests,
        "dates": act.values("date"),
        "times": act.values("time"),
        "repair": act.repair,
    }
    known |= {"supposed": act.supposed.what if act.supposed else None, "question": act.is_question or None}
    yield f"meaning   {json.dumps({k: v for k, v in known.items() if v}, default=str)}"
    for trace in outcome.trace:
        yield f"{'TOOK' if trace.took else 'passed':<9} {trace.guard:<16} {trace.saw}"
    question = outcome.state.question
    yield f"open      {' > '.join(task.name for task in outcome.state.tasks) or 'nothing'}" + (
        f", asking for {question.slot} ({question.expects.value})" if question else ""
    )
    for statement in outcome.statements:
        for decision in statement.answer.decisions:
            subject = decision.subject.test or decision.subject.series or ""
            yield f"decided   {decision.rule} {decision.outcome.value} {decision.decisive.code} {subject}".rstrip()
    yield f"answered  {outcome.answer.text}"
    yield ""

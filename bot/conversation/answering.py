"""Answering a turn: its acts one after the other, each with what the one before has left. Nothing is stored here."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bot.answers.answer import Answer, joined
from bot.contracts.conversation import AssistantUnavailable, Turn
from bot.conversation.messages import Draft
from bot.conversation.record import TurnResult, offering, remembering
from bot.conversation.turn_reader import TurnRead, TurnReader, parsed_value
from bot.conversation.workers import TooManyAtOnce, TooMuchToRead
from bot.dialogue.engine import Dialogue
from bot.dialogue.outcome import Outcome, RecordsChanged, Reply, Statement
from bot.dialogue.ports import Services
from bot.dialogue.turn_context import TurnContext
from bot.dialogue.understanding.user_act import UserAct
from bot.dialogue.understanding.user_message import OUT_OF_SCOPE
from bot.store import StoreUnavailable


class TurnLost(Exception):
    """The database went away while a turn was answered; `changed` says whether it had changed records by then."""

    def __init__(self, *, changed: bool) -> None:
        super().__init__("the database went away during the turn")
        self.changed = changed


class Answering:
    """Answers turns; it keeps nothing of them."""

    def __init__(self, dialogue: Dialogue, reader: TurnReader, services: Services) -> None:
        self._dialogue = dialogue
        self._reader = reader
        self._services = services

    async def answer(self, turn: TurnContext, came: Turn, owner: str, *, ended: bool = False) -> TurnResult:
        """What a turn comes to. `turn` holds the conversation as it is remembered; `owner` is who answers it. `ended`:
        whoever was signed in no longer is, which is told first, and signing in again is begun.

        Raises TurnLost, AssistantUnavailable, and InvalidRequest for a choice that is not open any more.
        """
        if ended and owner != "agent" and not (came.kind == "event" and came.value == "hangup"):
            return await asyncio.to_thread(self._signed_out, turn, came)
        try:
            read = await self._reader.read(turn, came)
        except TooManyAtOnce:
            raise AssistantUnavailable(self._services.answers.phrase("busy").text) from None
        except TooMuchToRead:
            return self._not_read(turn, came)
        own = self._own(turn, came, read)
        if came.kind == "event" and came.value == "hangup":
            return _passed_on(turn, read, own, ended=True)
        if owner == "agent":
            return _passed_on(turn, read, own)
        return await asyncio.to_thread(self._answered, turn, read, own)

    def _answered(self, turn: TurnContext, read: TurnRead, own: Draft | None) -> TurnResult:
        before = Reply(turn)
        person_before = {turn.person.candidate.ase_id} if turn.person is not None else set()
        outcomes: list[Outcome] = []
        try:
            turn = self._about_whom(turn, read, before)
            state, asked = turn.state, False
            for at, act in enumerate(read.acts, start=1):
                more = at < len(read.acts)
                outcome = self._dialogue.step(turn.seeing(state), act, state, after_question=asked, more=more)
                outcomes.append(outcome)
                turn, state, asked = outcome.turn, outcome.state, asked or outcome.asked
        except StoreUnavailable as error:
            raise TurnLost(changed=any(isinstance(e, RecordsChanged) for o in outcomes for e in o.effects)) from error
        drafts = [Draft.of_outcome(outcome, self._services.catalog) for outcome in outcomes]
        if not any(not draft.is_empty for draft in drafts) and not before.said:
            raise AssistantUnavailable
        first = before.done().statements
        said = ([Draft.of_answer(_joined(first))] if first else []) + [each for each in drafts if not each.is_empty]
        statements = first + tuple(each for outcome in outcomes for each in outcome.statements)
        effects = tuple(each for outcome in outcomes for each in outcome.effects)
        state = offering(remembering(state, statements, said, turn.now), said)
        read_now = {turn.person.candidate.ase_id} if turn.person is not None else set()
        return TurnResult(
            turn=turn,
            state=state,
            own=own,
            said=tuple(said),
            statements=statements,
            effects=effects,
            intent=read.label,
            confidence=read.confidence,
            read=frozenset(person_before | read_now),
        )

    def _not_read(self, turn: TurnContext, came: Turn) -> TurnResult:
        """A message that took too long to read: nothing has happened, and what was open is still open."""
        reply = Reply(turn)
        reply.phrase("too_much_to_read")
        act = UserAct.of_parsed(parsed_value(came.value.strip(), OUT_OF_SCOPE))
        read = TurnRead(came.value.strip(), OUT_OF_SCOPE, 0.0, act, ())
        said = (Draft.of_answer(_joined(reply.done().statements)),)
        state = offering(turn.state, said)
        return TurnResult(turn, state, self._own(turn, came, read), said, intent=OUT_OF_SCOPE, confidence=0.0)

    def _signed_out(self, turn: TurnContext, came: Turn) -> TurnResult:
        """What came is kept and not carried out: nobody is signed in who could ask for it."""
        saying = Reply(turn)
        saying.phrase("session_ended")
        first = saying.done().statements
        outcome = self._dialogue.begin_task(turn, turn.state, "sign_in")
        said = [Draft.of_answer(_joined(first)), Draft.of_outcome(outcome, self._services.catalog)]
        statements = first + outcome.statements
        state = offering(remembering(outcome.state, statements, said, turn.now), said)
        own = Draft(text=came.value, speech=came.value, author="candidate", client_message_id=came.client_message_id)
        heard = own if came.kind == "text" else None
        return TurnResult(outcome.turn, state, heard, tuple(said), statements, outcome.effects, "sign_in", 1.0)

    def _about_whom(self, turn: TurnContext, read: TurnRead, before: Reply) -> TurnContext:
        """An agent naming an ASE ID changes whom the conversation is about; a task in hand is dropped aloud."""
        named = read.whole.ase_ids[-1] if read.whole.ase_ids else None
        if not turn.visitor.is_agent or named is None or named == turn.visitor.about:
            return turn
        other = turn.asked_about(named)
        if other.person is None:
            before.phrase("unknown_candidate", ase_id=named)
            return turn
        state = turn.state
        if state.task is not None and turn.visitor.about is not None:
            state = self._dialogue.drop_open(turn, state).state
            before.phrase("other_person_dropped")
        before.phrase("agent_about", ase_id=named)
        return other.seeing(state.model_copy(update={"last_tests": [], "decisions": []}))

    @staticmethod
    def _own(turn: TurnContext, came: Turn, read: TurnRead) -> Draft | None:
        """The person's own line, as it is kept; an event has none."""
        if came.kind == "event":
            return None
        intent = {"name": read.label, "confidence": read.confidence} if came.kind == "text" else None
        author = "agent" if turn.visitor.is_agent else "candidate"
        return Draft(
            text=read.text,
            speech=read.text,
            author=author,  # type: ignore[arg-type]
            intent=intent,
            client_message_id=came.client_message_id,
        )


def _passed_on(turn: TurnContext, read: TurnRead, own: Draft | None, *, ended: bool = False) -> TurnResult:
    """A turn that the assistant does not answer."""
    return TurnResult(turn, turn.state, own, intent=read.label, confidence=read.confidence, ended=ended)


def _joined(statements: Sequence[Statement]) -> Answer:
    return joined(statement.answer for statement in statements)

"""Everything that belongs to a turn, stored in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from bot.auth.attempts import Origin, place_of
from bot.contracts.conversation import Reply, State, Turn
from bot.conversation.messages import Draft, published, stored_lines
from bot.dialogue.outcome import (
    CallBack,
    Effect,
    EndConversation,
    HandOver,
    LeaveLine,
    RecordsChanged,
    SendMail,
    Statement,
    zone_of,
)
from bot.dialogue.state import ConversationState, Kept
from bot.dialogue.turn_context import TurnContext
from bot.dialogue.values import DecisionTold, MailDraft, Visitor
from bot.rules.codec import decision_to_json, subject_to_json
from bot.store import Store, UnitOfWork
from bot.store.decision_log import facts_of
from bot.store.values import AuditEvent, Conversation, DecisionRecord, Mail, TurnRecord

OFFERS_KEPT = 60
"""How many of the topics offered in a conversation can still be picked."""


@dataclass(frozen=True, slots=True)
class TurnResult:
    """What answering a turn came to. `turn` is the context as it is at the end, `own` the person's own line."""

    turn: TurnContext
    state: ConversationState
    own: Draft | None
    said: tuple[Draft, ...] = ()
    statements: tuple[Statement, ...] = ()
    effects: tuple[Effect, ...] = ()
    intent: str | None = None
    confidence: float | None = None
    ended: bool = False
    read: frozenset[str] = frozenset()
    """Whose records were read."""

    def reading_only(self) -> TurnResult:
        """The same without what would reach beyond the conversation: nobody is called, nothing is mailed."""
        return replace(self, effects=tuple(e for e in self.effects if not isinstance(e, HandOver | SendMail)))

    @property
    def told(self) -> tuple[DecisionTold, ...]:
        """The decisions told, in order."""
        return tuple(each.told for each in self.statements if each.told is not None)

    @property
    def handed_over(self) -> HandOver | None:
        """The request for a person, if there was one."""
        return next((each for each in self.effects if isinstance(each, HandOver)), None)

    @property
    def left_line(self) -> bool:
        """Whether the request for a person was withdrawn."""
        return any(isinstance(each, LeaveLine) for each in self.effects)

    def owner_after(self, before: str) -> str:
        """Who has the conversation after this turn."""
        if self.handed_over is not None:
            return "queue"
        return "assistant" if self.left_line else before

    @property
    def changed(self) -> bool:
        """Whether records were changed: from then on it cannot be said that nothing was."""
        return any(isinstance(each, RecordsChanged) for each in self.effects)

    @property
    def is_over(self) -> bool:
        """Whether the conversation ends with this turn."""
        return self.ended or any(isinstance(each, EndConversation) for each in self.effects)


def remembering(
    state: ConversationState, statements: Sequence[Statement], said: Sequence[Draft], now: datetime
) -> ConversationState:
    """The state with what "why?", "it" and "say that again" need of this turn."""
    told = [each.told for each in statements if each.told is not None]
    elsewhere = [each.made_elsewhere for each in statements if each.made_elsewhere is not None]
    if told:
        kept = [
            Kept(
                decision=decision_to_json(each.decision),
                as_of=each.as_of.isoformat(),
                zone=zone_of(each.decision),
                what_if=each.what_if,
            )
            for each in told
        ]
        tests = [each.decision.subject.test for each in told if each.decision.subject.test]
        last_tests = list(dict.fromkeys(tests)) or state.last_tests
        state = state.model_copy(update={"decisions": kept, "last_tests": last_tests})
    elif elsewhere:
        made = Kept(decision=decision_to_json(elsewhere[-1]), as_of=now.isoformat(), zone=zone_of(elsewhere[-1]))
        state = state.model_copy(update={"decisions": [made]})
    if said:
        last = {"text": "\n\n".join(s.text for s in said), "speech": " ".join(s.speech for s in said)}
        state = state.model_copy(update={"said": last})
    return state


def offering(state: ConversationState, said: Sequence[Draft]) -> ConversationState:
    """The state with the choices that were shown, the newest first."""
    now = [str(choice["id"]) for each in said for choice in each.choices]
    offered = list(dict.fromkeys([*now, *state.offered]))[:OFFERS_KEPT]
    return state.model_copy(update={"offered": offered, "offered_last": len(dict.fromkeys(now))})


def summary_of(turn: TurnContext, state: ConversationState, asked: str) -> dict[str, Any]:
    """What a person taking over should see at once."""
    task = state.task
    return {
        "person": turn.visitor.subject_id,
        "channel": turn.channel,
        "asked": asked,
        "topic": state.last_topic,
        "task": {"name": task.name, "slots": task.memory.model_dump(mode="json")} if task else None,
        "decisions": [kept.decision for kept in state.decisions],
    }


class TurnRecorder:
    """Stores turns. `model` is the name of the model that read them."""

    def __init__(self, store: Store, policy_digest: str, model: str) -> None:
        self._store = store
        self._digest = policy_digest
        self._model = model

    def keep(
        self, conversation: Conversation, came: Turn, result: TurnResult, published_state: State, finished_at: datetime
    ) -> Reply:
        """Store the turn. Raises ConcurrentTurn where another turn, or an agent, was quicker."""
        turn, now = result.turn, result.turn.now
        number = conversation.last_turn + 1
        decisions = [self._decision(turn.visitor, told, number, now) for told in result.told]
        own = [] if result.own is None else [result.own]
        lines = stored_lines([*own, *result.said], now)
        with self._store.unit_of_work() as uow:
            log = TurnRecord(
                conversation_id=conversation.id,
                turn=number,
                client_message_id=came.client_message_id,
                body_hash=came.body_hash,
                started_at=now,
                finished_at=finished_at,
                intent=result.intent,
                confidence=result.confidence,
                decisions=tuple(d.decision for d in decisions),
                policy_digest=self._digest,
                model=self._model,
                state=published_state.to_json(),
            )
            state = result.state.model_dump(mode="json")
            stored = uow.conversations.finish_turn(conversation, log, state, lines, at=now, real=turn.real_now)
            self._standing(uow, conversation, result)
            for record in decisions:
                uow.decisions.add(record)
                uow.audit.append(_told_event(turn.visitor, record, self._model))
            for ase_id in sorted(result.read) if turn.visitor.is_agent else ():
                uow.audit.append(read_by_agent(turn.visitor, ase_id, now, self._model))
            uow.commit()
        return Reply(number, tuple(published(m) for m in stored), published_state)

    def _standing(self, uow: UnitOfWork, conversation: Conversation, result: TurnResult) -> None:
        """Who is there, whom it is about, who answers, which mails go out, and whether it is over."""
        turn, visitor = result.turn, result.turn.visitor
        if visitor.signed_in_as is not None and visitor.signed_in_as != conversation.ase_id:
            uow.conversations.sign_in(conversation.id, visitor.signed_in_as, at=turn.now, real=turn.real_now)
        if visitor.about is not None and visitor.about != conversation.about:
            uow.conversations.set_about(conversation.id, visitor.about)
        if result.handed_over is not None:
            asked = result.own.text if result.own is not None else ""
            request_person(uow, conversation.id, result.handed_over, summary_of(turn, result.state, asked), turn)
        elif result.left_line:
            withdraw_request(uow, conversation.id, turn)
        for each in result.effects:
            if isinstance(each, CallBack):
                uow.handoffs.note(conversation.id, {"call_back": {"phone": each.phone}})
            if isinstance(each, SendMail):
                uow.outbox.add(as_stored(each.mail), at=turn.real_now)
        if result.is_over:
            uow.conversations.end(conversation.id, at=turn.now)
            uow.seats.release_of(conversation.id)

    def _decision(self, visitor: Visitor, told: DecisionTold, number: int, at: datetime) -> DecisionRecord:
        return DecisionRecord(
            rule=told.rule,
            subject=subject_to_json(told.subject),
            facts=facts_of(told.person.candidate, told.person.sites, told.subject.site),
            decision=decision_to_json(told.decision),
            as_of=told.as_of,
            policy_digest=self._digest,
            at=at,
            ase_id=told.person.candidate.ase_id,
            conversation_id=visitor.conversation_id,
            turn=number,
            what_if=told.what_if is not None,
        )


def request_person(
    uow: UnitOfWork, conversation_id: str, wanted: HandOver, summary: Mapping[str, Any], turn: TurnContext
) -> None:
    """Put a conversation into the queue for a person, with what that person needs to know."""
    shown = {**summary, **wanted.more}
    calls = uow.calls.of(conversation_id)
    if calls:
        shown["call_back"] = {**shown.get("call_back", {}), "caller": calls[-1].caller}
    uow.conversations.set_owner(conversation_id, "queue")
    uow.handoffs.request(uuid4().hex, conversation_id, reason=wanted.reason, summary=shown, at=turn.real_now)


def withdraw_request(uow: UnitOfWork, conversation_id: str, turn: TurnContext) -> None:
    """Take a conversation out of the queue: the person wants to go on with the assistant."""
    waiting = uow.handoffs.open_of(conversation_id)
    if waiting is not None:
        uow.handoffs.close(waiting.id, at=turn.real_now)
    uow.conversations.set_owner(conversation_id, "assistant")


def as_stored(mail: MailDraft) -> Mail:
    """An e-mail of a turn as it goes into the outbox."""
    return Mail(mail.to, mail.kind, mail.subject, mail.text, ase_id=mail.ase_id)


def end_session(uow: UnitOfWork, conversation: Conversation, why: str, real: datetime) -> None:
    """It no longer holds who is there. Seats held here are free again. Raises ConcurrentTurn."""
    uow.conversations.seal(conversation, ConversationState().model_dump(mode="json"))
    uow.seats.release_of(conversation.id)
    uow.audit.append(
        AuditEvent(
            at=real,
            actor_kind="system",
            channel=conversation.channel,
            action="session.ended",
            subject=conversation.ase_id,
            conversation_id=conversation.id,
            after={"why": why},
        )
    )


def note_sign_in(uow: UnitOfWork, visitor: Visitor, origin: Origin, at: datetime) -> None:
    """The host page vouches for somebody: it is in the audit, and the place is one where they signed in."""
    ase_id = visitor.signed_in_as
    if ase_id is None:
        return
    uow.sign_in.remember_place(ase_id, place_of(ase_id, origin), at)
    uow.audit.append(
        AuditEvent(
            at=at,
            actor_kind="candidate",
            channel=visitor.channel,
            action="sign_in.by_host",
            subject=ase_id,
            conversation_id=visitor.conversation_id,
        )
    )


def read_by_agent(visitor: Visitor, ase_id: str, at: datetime, model: str) -> AuditEvent:
    """That an agent has read somebody's records."""
    return AuditEvent(
        at=at,
        actor_kind="agent",
        actor_id=visitor.agent,
        channel=visitor.channel,
        action="records.read",
        subject=ase_id,
        conversation_id=visitor.conversation_id,
        model=model,
    )


def _told_event(visitor: Visitor, record: DecisionRecord, model: str) -> AuditEvent:
    return AuditEvent(
        at=record.at,
        actor_kind="agent" if visitor.is_agent else "candidate",
        actor_id=visitor.agent,
        channel=visitor.channel,
        action="decision.told",
        subject=record.ase_id,
        conversation_id=visitor.conversation_id,
        decision=record.decision,
        policy_digest=record.policy_digest,
        model=model,
    )

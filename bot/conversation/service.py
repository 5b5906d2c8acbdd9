"""The conversation service: a turn comes in, Rasa picks the action, the answer and all that belongs to it is stored.

Exactly once: the turn, its messages, the new state, the decisions told and a request for a person are kept in one
transaction, under a compare-and-set on the conversation. A turn that loses the race is served again from the start;
a database that is away leaves everything as it was.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, ParamSpec, TypeVar
from uuid import uuid4
from weakref import WeakValueDictionary

from bot.answers.answer import Answer
from bot.auth.tokens import new_conversation_id, new_conversation_token, token_hash, token_matches
from bot.clock import Clock
from bot.contracts.conversation import (
    AssistantUnavailable,
    ChannelName,
    ConversationEnded,
    ConversationNotFound,
    DuplicateMismatch,
    Identity,
    InvalidRequest,
    Messages,
    Opened,
    Rating,
    Readiness,
    Reply,
    Turn,
)
from bot.conversation.messages import Said, as_json_subject, published, stored_lines
from bot.conversation.published_state import state_from, state_of, stored_state
from bot.conversation.subscriptions import Listening
from bot.conversation.turn_reader import Runtime, TurnReader
from bot.dialogue.engine import Engine
from bot.dialogue.state import ConversationState
from bot.dialogue.tasks.conversation import waiting_elsewhere
from bot.dialogue.turn_context import Desk, Services, Told, Visitor
from bot.dialogue.turn_registry import DesksInHand, offered
from bot.dialogue.understanding.user_message import Heard
from bot.rules.codec import decision_to_json
from bot.store import ConcurrentTurn, Store, StoreUnavailable, UnitOfWork
from bot.store.decision_log import facts_of
from bot.store.values import AuditEvent, Conversation, DecisionRecord, Mail, TurnRecord

P = ParamSpec("P")
T = TypeVar("T")

OFFERS_KEPT = 60
"""How many of the topics offered in a conversation can still be picked."""

TRIES = 5
"""How often a turn is served again when another one of the same conversation was stored meanwhile."""


@dataclass(slots=True)
class Served:
    """What serving a turn came to, before it is stored."""

    own: Said
    said: list[Said] = field(default_factory=list)
    ended: bool = False
    intent: str | None = None
    confidence: float | None = None


class Assistant:
    """Implements the gateway's AssistantService over the store and Rasa."""

    def __init__(
        self, store: Store, services: Services, engine: Engine, desks: DesksInHand, runtime: Runtime, clock: Clock
    ) -> None:
        self._store = store
        self._services = services
        self._engine = engine
        self._desks = desks
        self._runtime = runtime
        self._reader = TurnReader(runtime, services)
        self._clock = clock
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._listening = Listening()

    @property
    def runtime(self) -> Runtime:
        """What reads messages."""
        return self._runtime

    # --- opening ---------------------------------------------------------------------------------

    async def open(self, channel: ChannelName, locale: str, identity: Identity, about: str | None = None) -> Opened:
        """Start a conversation with a greeting. Raises InvalidRequest where `about` names nobody."""
        visitor = Visitor(
            conversation_id=new_conversation_id(),
            channel=channel,
            signed_in_as=identity.candidate,
            agent=identity.agent,
            role=identity.role,
            about=about,
        )
        opened = await self._threaded(self._open, visitor, locale)
        self._listening.stir()
        return opened

    def _open(self, visitor: Visitor, locale: str) -> Opened:
        if visitor.about is not None and self._services.people.person(visitor.about) is None:
            raise InvalidRequest("about", f"there are no records of {visitor.about}")
        desk = self._desk(visitor, ConversationState(), Heard(text="", label="greet"))
        desk.phrase(f"welcome_{visitor.channel}")
        if self._clock.as_of is not None:
            desk.phrase("as_of_banner", as_of=self._clock.as_of.astimezone(desk.zone))
        if visitor.about is not None:
            desk.phrase("agent_about", ase_id=visitor.about)
        if waiting_elsewhere(desk) is not None:
            self._engine.begin(desk, "unfinished")
        question, whole = desk.state.question, _whole(desk.said)
        asked = [{"id": c.id, "title": c.title} for c in question.choices] if question else []
        greeting = Said.of_answer(whole, asked or offered(desk, whole.offers))
        desk.state.said = greeting.kept()
        desk.state.offered = [str(c["id"]) for c in greeting.choices]
        desk.state.offered_last = len(desk.state.offered)
        token = new_conversation_token()
        now = self._clock.now()
        with self._store.unit_of_work() as uow:
            conversation = uow.conversations.create(
                visitor.conversation_id,
                channel=visitor.channel,  # type: ignore[arg-type]
                locale=locale,
                token_hash=token_hash(token),
                at=now,
                ase_id=visitor.signed_in_as,
                agent_id=visitor.agent,
                agent_role=visitor.role,  # type: ignore[arg-type]
                about=visitor.about,
                state=desk.state.model_dump(mode="json"),
            )
            stored = uow.conversations.append(conversation.id, 0, stored_lines([greeting], now))
            if visitor.about is not None:
                uow.audit.append(_read_by_agent(visitor, visitor.about, now, self._runtime.model_name))
            uow.commit()
        messages = tuple(published(m) for m in stored)
        return Opened(visitor.conversation_id, token, Reply(0, messages, state_of(desk, "assistant")))

    # --- a turn ----------------------------------------------------------------------------------

    async def take(self, turn: Turn) -> Reply:
        """Carry out one turn; the same turn again gives the same reply and does nothing twice."""
        lock = self._locks.setdefault(turn.conversation_id, asyncio.Lock())
        outcomes: dict[str, Any] = {}
        async with lock:
            for _ in range(TRIES):
                try:
                    return await self._take(turn, outcomes)
                except ConcurrentTurn:
                    continue
        raise AssistantUnavailable

    async def _take(self, turn: Turn, outcomes: dict[str, Any]) -> Reply:
        conversation, before = await self._threaded(self._look_up, turn)
        if before is not None:
            return before
        visitor = Visitor(
            conversation_id=conversation.id,
            channel=conversation.channel,
            signed_in_as=conversation.ase_id,
            agent=conversation.agent_id,
            role=conversation.agent_role,
            about=conversation.about,
        )
        state = ConversationState.model_validate(conversation.state)
        desk = self._desk(visitor, state, Heard(text="", label="inform"))
        desk.outcomes = outcomes
        try:
            served = await self._serve(desk, conversation, turn)
            reply = await asyncio.to_thread(self._keep, desk, conversation, turn, served)
        except StoreUnavailable as error:
            raise self._not_done(desk) from error
        self._listening.tell(conversation.id, Messages(reply.messages, reply.state))
        return reply

    def _not_done(self, desk: Desk) -> AssistantUnavailable:
        """The database went away during the turn: what can be said for certain."""
        phrase = "done_but_not_kept" if desk.changed else "could_not_do"
        return AssistantUnavailable(self._services.answers.phrase(phrase).text)

    def _look_up(self, turn: Turn) -> tuple[Conversation, Reply | None]:
        with self._store.unit_of_work(write=False) as uow:
            conversation = uow.conversations.get(turn.conversation_id)
            if conversation is None:
                raise ConversationNotFound
            done = uow.conversations.turn_by_client_message_id(turn.conversation_id, turn.client_message_id)
            if done is None:
                if conversation.ended_at is not None:
                    raise ConversationEnded
                return conversation, None
            if done.body_hash != turn.body_hash:
                raise DuplicateMismatch
            messages = uow.conversations.messages_of_turn(turn.conversation_id, done.turn)
        return conversation, Reply(done.turn, tuple(published(m) for m in messages), state_from(done.state))

    async def _serve(self, desk: Desk, conversation: Conversation, turn: Turn) -> Served:
        """Let Rasa and the dialogue answer; nothing is stored yet."""
        parsed = await self._reader.parsed(desk, turn)
        own = Said(author="agent" if desk.visitor.is_agent else "candidate", text=parsed["text"], speech=parsed["text"])
        label = parsed.get("label") or parsed["intent"]["name"]
        served = Served(own, intent=label, confidence=round(float(parsed["intent"]["confidence"]), 4))
        if turn.kind == "text":
            served.own = replace(own, intent={"name": label, "confidence": served.confidence})
        if turn.kind == "event" and turn.value == "hangup":
            served.ended = True
            return served
        if conversation.owner != "assistant":
            if conversation.owner == "queue":
                desk.phrase("still_queued")
                served.said.append(Said.of_answer(_whole(desk.said)))
            return served
        await asyncio.to_thread(self._notice_person, desk, parsed)
        before = [Said.of_answer(_whole(desk.said))] if desk.said else []
        self._desks.put(desk)
        try:
            for request in await self._reader.requests(desk, parsed):
                desk.asked_before, desk.asked = desk.asked_before or desk.asked, False
                served.said += await self._answered(desk, request)
        finally:
            self._desks.take(desk.visitor.conversation_id)
        served.said = before + served.said
        served.ended = desk.ending
        desk.remember_decisions()
        if served.said:
            desk.state.said = {
                "text": "\n\n".join(s.text for s in served.said),
                "speech": " ".join(s.speech for s in served.said),
            }
        return served

    async def _answered(self, desk: Desk, parsed: Mapping[str, Any]) -> list[Said]:
        desk.failure = None
        uttered = await self._runtime.handle(desk.visitor.conversation_id, parsed)
        if desk.failure is not None:
            raise desk.failure
        if not uttered:
            raise AssistantUnavailable
        said = [Said.of_utterance(u) for u in uttered]
        return [each for each in said if each.text or each.speech]

    def _notice_person(self, desk: Desk, parsed: Mapping[str, Any]) -> None:
        """An agent naming an ASE ID changes whom the conversation is about; a task in hand is dropped aloud."""
        if not desk.visitor.is_agent:
            return
        named = [str(e["value"]) for e in parsed.get("entities") or () if e["entity"] == "ase_id"]
        if not named or named[-1] == desk.visitor.about:
            return
        if self._services.people.person(named[-1]) is None:
            desk.phrase("unknown_candidate", ase_id=named[-1])
            return
        desk.read.add(named[-1])
        open_task = desk.state.task is not None and desk.visitor.about is not None
        if open_task:
            self._engine.drop_all(desk)
            desk.phrase("other_person_dropped")
        desk.visitor.about = named[-1]
        desk.forget_person()
        desk.state.last_tests = []
        desk.phrase("agent_about", ase_id=named[-1])

    # --- storing a turn ----------------------------------------------------------------------------

    def _keep(self, desk: Desk, conversation: Conversation, turn: Turn, served: Served) -> Reply:
        """Everything that belongs to the turn, in one transaction. Raises ConcurrentTurn."""
        now = self._clock.now()
        owner = "queue" if desk.handoff is not None else conversation.owner
        offered_now = [c["id"] for each in served.said for c in each.choices]
        desk.state.offered = list(dict.fromkeys([*offered_now, *desk.state.offered]))[:OFFERS_KEPT]
        desk.state.offered_last = len(dict.fromkeys(offered_now))
        state = state_of(desk, owner)
        visitor, model = desk.visitor, self._runtime.model_name
        number = conversation.last_turn + 1
        decisions = [self._record(desk, told, number) for told in desk.told]
        with self._store.unit_of_work() as uow:
            uow.conversations.save_state(
                conversation.id, conversation.version, desk.state.model_dump(mode="json"), at=now, turn=number
            )
            _same_owner(uow.conversations.get(conversation.id), conversation)
            self._keep_standing(uow, desk, conversation, served, now)
            own = [] if turn.kind == "event" else [served.own]
            stored = uow.conversations.append(conversation.id, number, stored_lines(own + served.said, now))
            uow.conversations.record_turn(
                TurnRecord(
                    conversation_id=conversation.id,
                    turn=number,
                    client_message_id=turn.client_message_id,
                    body_hash=turn.body_hash,
                    started_at=now,
                    finished_at=self._clock.now(),
                    intent=served.intent,
                    confidence=served.confidence,
                    decisions=tuple(d.decision for d in decisions),
                    policy_digest=self._services.catalog.digest,
                    model=model,
                    state=state.to_json(),
                )
            )
            for record in decisions:
                uow.decisions.add(record)
                uow.audit.append(_told_event(visitor, record, model))
            for ase_id in sorted(desk.read) if visitor.is_agent else ():
                uow.audit.append(_read_by_agent(visitor, ase_id, now, model))
            uow.commit()
        return Reply(number, tuple(published(m) for m in stored), state)

    def _keep_standing(
        self, uow: UnitOfWork, desk: Desk, conversation: Conversation, served: Served, now: datetime
    ) -> None:
        """Who is there, whom it is about, who answers, and whether it is over."""
        visitor = desk.visitor
        if visitor.signed_in_as is not None and visitor.signed_in_as != conversation.ase_id:
            uow.conversations.sign_in(conversation.id, visitor.signed_in_as, at=now)
        if visitor.about is not None and visitor.about != conversation.about:
            uow.conversations.set_about(conversation.id, visitor.about)
        if desk.handoff is not None:
            uow.conversations.set_owner(conversation.id, "queue")
            summary = dict(desk.handoff["summary"])
            if "call_back" in summary:
                calls = uow.calls.of(conversation.id)
                summary["call_back"] = {**summary["call_back"], "caller": calls[-1].caller if calls else None}
            uow.handoffs.request(
                uuid4().hex,
                conversation.id,
                reason=desk.handoff["reason"],
                summary=summary,
                at=self._clock.real(),
            )
        for letter in desk.letters:
            mail = Mail(letter.to, letter.kind, letter.subject, letter.text, ase_id=letter.ase_id)
            uow.outbox.add(mail, at=self._clock.real())
        if served.ended:
            uow.conversations.end(conversation.id, at=now)
            uow.seats.release_of(conversation.id)

    def _record(self, desk: Desk, told: Told, number: int) -> DecisionRecord:
        return DecisionRecord(
            rule=told.rule,
            subject=as_json_subject(told.subject),
            facts=facts_of(told.person.candidate, told.person.sites, told.subject.site),
            decision=decision_to_json(told.decision),
            as_of=told.as_of,
            policy_digest=self._services.catalog.digest,
            at=self._clock.now(),
            ase_id=told.person.candidate.ase_id,
            conversation_id=desk.visitor.conversation_id,
            turn=number,
            what_if=told.what_if is not None,
        )

    # --- reading ----------------------------------------------------------------------------------

    async def messages_after(self, conversation_id: str, seq: int) -> Messages:
        """All messages later than `seq` with the state now. Raises ConversationNotFound."""
        return await self._threaded(self._messages_after, conversation_id, seq)

    def _messages_after(self, conversation_id: str, seq: int) -> Messages:
        with self._store.unit_of_work(write=False) as uow:
            conversation = uow.conversations.get(conversation_id)
            if conversation is None:
                raise ConversationNotFound
            stored = uow.conversations.messages_after(conversation_id, seq)
        desk_state = ConversationState.model_validate(conversation.state)
        return Messages(tuple(published(m) for m in stored), stored_state(desk_state, conversation))

    async def feedback(self, conversation_id: str, seq: int, rating: Rating, comment: str | None) -> None:
        """Keep a rating of one message. Raises ConversationNotFound, InvalidRequest."""
        await self._threaded(self._feedback, conversation_id, seq, rating, comment)

    def _feedback(self, conversation_id: str, seq: int, rating: Rating, comment: str | None) -> None:
        with self._store.unit_of_work() as uow:
            if uow.conversations.get(conversation_id) is None:
                raise ConversationNotFound
            found = [m for m in uow.conversations.messages_after(conversation_id, seq - 1) if m.seq == seq]
            if not found or found[0].author == "candidate":
                raise InvalidRequest("seq", "there is no answer with this number")
            uow.conversations.feedback(conversation_id, seq, rating, comment, at=self._clock.real())
            uow.commit()

    async def authorise(self, conversation_id: str, token: str) -> bool:
        """Whether `token` opens this conversation; an unknown id is just False."""

        def look() -> bool:
            with self._store.unit_of_work(write=False) as uow:
                conversation = uow.conversations.get(conversation_id)
            return token_matches(token, conversation.token_hash if conversation else None)

        return await self._threaded(look)

    def subscribe(self, conversation_id: str) -> AbstractAsyncContextManager[AsyncIterator[Messages]]:
        """New messages as they are stored."""
        return self._listening.subscribe(conversation_id)

    def watch(self) -> AbstractAsyncContextManager[asyncio.Event]:
        """An event that is set whenever anything happens in any conversation of this process."""
        return self._listening.watch()

    async def announce(self, conversation_id: str, after: int) -> None:
        """Something was stored by others than a turn (an agent): tell those who listen what came after `after`."""
        self._listening.tell(conversation_id, await self.messages_after(conversation_id, after))

    def stop(self) -> None:
        """End every subscription."""
        self._listening.stop()

    async def warm_up(self) -> None:
        """Load what the first message needs."""
        await self._runtime.warm_up()

    async def ready(self) -> Readiness:
        """Whether the database answers; the model is loaded before this object exists."""
        try:
            await asyncio.to_thread(self._store.ping)
        except StoreUnavailable:
            return Readiness({"model": "ok", "database": "not reachable"})
        return Readiness({"model": "ok", "database": "ok"})

    # --- small things --------------------------------------------------------------------------------

    def _desk(self, visitor: Visitor, state: ConversationState, heard: Heard) -> Desk:
        return Desk(self._services, visitor, state, heard)

    @staticmethod
    async def _threaded(function: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
        """Run store work off the loop; a database that is away becomes AssistantUnavailable."""
        try:
            return await asyncio.to_thread(function, *given, **named)
        except StoreUnavailable as error:
            raise AssistantUnavailable from error


def _same_owner(stored: Conversation | None, served: Conversation) -> None:
    """Nobody else may have taken the conversation while it was answered. Raises ConcurrentTurn."""
    if stored is None or (stored.owner, stored.owner_agent) != (served.owner, served.owner_agent):
        raise ConcurrentTurn(f"{served.id} has another owner now")


def _whole(said: Sequence[Answer]) -> Answer:
    whole = said[0]
    for answer in said[1:]:
        whole = whole + answer
    return whole


def _read_by_agent(visitor: Visitor, ase_id: str, at: datetime, model: str) -> AuditEvent:
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

"""The conversation service: a turn comes in, its acts are answered, and all that belongs to it is stored.

Exactly once: the turn, its messages, the new state, the decisions told and a request for a person are kept in one
transaction, under a compare-and-set on the conversation. A turn that loses the race is answered again from the start;
a database that is away leaves everything as it was.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Any, ParamSpec, TypeVar
from weakref import WeakValueDictionary

from bot.adapters.candidates import standing_in
from bot.adapters.turn_start import TurnStart, begin_turn, visitor_of
from bot.answers.answer import joined
from bot.auth.attempts import Origin, origin_of
from bot.auth.sessions import SessionLimits
from bot.auth.tokens import new_conversation_id, new_conversation_token, token_hash, token_matches
from bot.contracts.conversation import (
    AssistantUnavailable,
    ChannelName,
    ConversationNotFound,
    Identity,
    InvalidRequest,
    Messages,
    Opened,
    Rating,
    Readiness,
    Reply,
    SessionEnded,
    Turn,
)
from bot.conversation.answering import Answering, TurnLost
from bot.conversation.messages import Draft, published, stored_lines, topics_offered
from bot.conversation.probe import Probe
from bot.conversation.published_state import state_from, state_of
from bot.conversation.record import TurnRecorder, end_session, note_sign_in, offering, read_by_agent
from bot.conversation.subscriptions import Subscriptions
from bot.conversation.turn_reader import Parser, TurnReader
from bot.conversation.workers import Readers
from bot.dialogue.engine import Dialogue
from bot.dialogue.outcome import Reply as Saying
from bot.dialogue.ports import Services
from bot.dialogue.state import ConversationState, read_state
from bot.dialogue.tasks.conversation import waiting_elsewhere
from bot.dialogue.turn_context import TurnContext
from bot.dialogue.values import Visitor
from bot.store import ConcurrentTurn, Store, StoreUnavailable

P = ParamSpec("P")
T = TypeVar("T")

TOKENS_KNOWN = 10_000
"""So many conversations keep the hash of their token in this process."""

TRIES = 5
"""How often a turn is answered again when another one of the same conversation was stored meanwhile."""


class Assistant:
    """Implements the gateway's AssistantService over the store, the dialogue and the trained model."""

    def __init__(
        self,
        store: Store,
        services: Services,
        dialogue: Dialogue,
        parser: Parser,
        sessions: SessionLimits | None = None,
    ) -> None:
        self._store = store
        self._sessions = sessions or SessionLimits()
        self._services = services
        self._dialogue = dialogue
        self._parser = parser
        self._clock = services.clock
        self._readers = Readers()
        self._probe = Probe(store.ping, store.probe, services.clock.monotonic)
        self._answering = Answering(dialogue, TurnReader(parser, services.catalog, self._readers), services)
        self._recorder = TurnRecorder(store, services.catalog.digest, parser.model_name)
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._subscriptions = Subscriptions()
        self._tokens: OrderedDict[str, str] = OrderedDict()

    @property
    def parser(self) -> Parser:
        """What reads messages."""
        return self._parser

    # --- opening ---------------------------------------------------------------------------------

    async def open(
        self,
        channel: ChannelName,
        locale: str,
        identity: Identity,
        about: str | None = None,
        address: str | None = None,
    ) -> Opened:
        """Start a conversation with a greeting. Raises InvalidRequest where `about` names nobody."""
        visitor = Visitor(
            conversation_id=new_conversation_id(),
            channel=channel,
            signed_in_as=identity.candidate,
            agent=identity.agent,
            role=identity.role,
            about=about,
        )
        opened = await self._threaded(self._open, visitor, locale, origin_of(address), identity.reads_only)
        self._subscriptions.notify()
        return opened

    def _open(self, visitor: Visitor, locale: str, origin: Origin, reads_only: bool) -> Opened:
        turn = TurnContext.begin(self._services, visitor)
        if visitor.about is not None and turn.person is None:
            raise InvalidRequest("about", f"there are no records of {visitor.about}")
        state, greeting = self._greeting(turn)
        state = offering(state.model_copy(update={"reads_only": reads_only}), [greeting])
        state = state.model_copy(update={"said": {"text": greeting.text, "speech": greeting.speech}})
        token = new_conversation_token()
        with self._store.unit_of_work() as uow:
            conversation = uow.conversations.create(
                visitor.conversation_id,
                channel=visitor.channel,  # type: ignore[arg-type]
                locale=locale,
                token_hash=token_hash(token),
                at=turn.now,
                ase_id=visitor.signed_in_as,
                agent_id=visitor.agent,
                agent_role=visitor.role,  # type: ignore[arg-type]
                about=visitor.about,
                state=state.model_dump(mode="json"),
                origin=origin,
                real=turn.real_now,
            )
            if visitor.signed_in_as is not None:
                note_sign_in(uow, visitor, origin, turn.real_now)
            stored = uow.conversations.append(conversation.id, 0, stored_lines([greeting], turn.now))
            if visitor.about is not None:
                uow.audit.append(read_by_agent(visitor, visitor.about, turn.now, self._parser.model_name))
            uow.commit()
        messages = tuple(published(m) for m in stored)
        return Opened(visitor.conversation_id, token, Reply(0, messages, state_of(visitor, state, "assistant")))

    def _greeting(self, turn: TurnContext) -> tuple[ConversationState, Draft]:
        """The first words, and what they leave open."""
        saying, visitor = Saying(turn), turn.visitor
        saying.phrase(f"welcome_{visitor.channel}")
        if self._clock.as_of is not None:
            saying.phrase("as_of_banner", as_of=self._clock.as_of.astimezone(turn.zone))
        if visitor.about is not None:
            saying.phrase("agent_about", ase_id=visitor.about)
        statements, state = saying.done().statements, ConversationState()
        if waiting_elsewhere(turn) is not None:
            outcome = self._dialogue.begin_task(turn, state, "unfinished")
            statements, state = statements + outcome.statements, outcome.state
        whole = joined(statement.answer for statement in statements)
        question = state.question
        asked = [{"id": c.id, "title": c.title} for c in question.choices] if question else []
        return state, Draft.of_answer(whole, asked or topics_offered(self._services.catalog, whole.offers))

    # --- a turn ----------------------------------------------------------------------------------

    async def take(self, turn: Turn) -> Reply:
        """Carry out one turn; the same turn again gives the same reply and does nothing twice."""
        lock = self._locks.setdefault(turn.conversation_id, asyncio.Lock())
        done_outside: dict[str, Any] = {}
        async with lock:
            for _ in range(TRIES):
                try:
                    return await self._take(turn, done_outside)
                except ConcurrentTurn:
                    continue
        raise AssistantUnavailable

    async def _take(self, came: Turn, done_outside: dict[str, Any]) -> Reply:
        start = await self._threaded(begin_turn, self._store, self._clock, came, None, self._sessions)
        if start.earlier is not None:
            before = start.earlier
            messages = tuple(published(m) for m in before.messages)
            return Reply(before.record.turn, messages, state_from(before.record.state))
        if start.over is not None:
            start = await self._threaded(self._signed_out, start, start.over)
        conversation = start.conversation
        state = read_state(conversation.state, self._dialogue.memories)
        turn = TurnContext.begin(
            self._services, start.visitor, standing=start.standing, done_outside=done_outside
        ).seeing(state)
        try:
            result = await self._answering.answer(turn, came, conversation.owner, ended=start.over is not None)
        except TurnLost as lost:
            raise self._not_done(changed=lost.changed) from lost
        if state.reads_only:
            result = result.reading_only()
        owner = result.owner_after(conversation.owner)
        shown = state_of(result.turn.visitor, result.state, owner)
        finished_at = self._clock.now()
        try:
            reply = await asyncio.to_thread(self._recorder.keep, conversation, came, result, shown, finished_at)
        except StoreUnavailable as error:
            raise self._not_done(changed=result.changed) from error
        self._subscriptions.tell(conversation.id, Messages(reply.messages, reply.state))
        return reply

    def _signed_out(self, start: TurnStart, why: str) -> TurnStart:
        """It no longer holds who is there: a candidate is signed out, an agent has to begin anew. Raises SessionEnded,
        ConcurrentTurn."""
        if start.visitor.is_agent:
            phrase = "agent_switched_off" if why == "account" else "agent_session_ended"
            raise SessionEnded(self._services.answers.phrase(phrase).text)
        with self._store.unit_of_work() as uow:
            end_session(uow, start.conversation, why, self._clock.real())
            uow.commit()
        with self._store.unit_of_work(write=False) as uow:
            now = uow.conversations.get(start.conversation.id)
            if now is None:
                raise ConversationNotFound
            visitor = visitor_of(now)
            return TurnStart(now, visitor, why, standing=standing_in(uow, self._clock, visitor))

    def _not_done(self, *, changed: bool) -> AssistantUnavailable:
        """The database went away during the turn: what can be said for certain."""
        phrase = "done_but_not_kept" if changed else "could_not_do"
        return AssistantUnavailable(self._services.answers.phrase(phrase).text)

    # --- reading ----------------------------------------------------------------------------------

    async def messages_after(self, conversation_id: str, seq: int) -> Messages:
        """What who holds the token may read later than `seq`, with the state now: nothing of what was said while
        somebody was signed in who no longer is. Raises ConversationNotFound."""
        return await self._threaded(self._messages_after, conversation_id, seq, True)

    async def everything_after(self, conversation_id: str, seq: int) -> Messages:
        """All messages later than `seq`, for agents. Raises ConversationNotFound."""
        return await self._threaded(self._messages_after, conversation_id, seq, False)

    def _messages_after(self, conversation_id: str, seq: int, hide: bool) -> Messages:
        with self._store.unit_of_work(write=False) as uow:
            conversation = uow.conversations.get(conversation_id)
            if conversation is None:
                raise ConversationNotFound
            hidden = self._sessions.hidden(conversation, self._clock.real()) if hide else 0
            stored = uow.conversations.messages_after(conversation_id, max(seq, hidden))
        visitor, state = visitor_of(conversation), read_state(conversation.state, self._dialogue.memories)
        over = hide and self._sessions.over(conversation, self._clock.real()) is not None
        if over and not visitor.is_agent:
            visitor, state = replace(visitor, signed_in_as=None), ConversationState()
        return Messages(tuple(published(m) for m in stored), state_of(visitor, state, conversation.owner))

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
        """Whether `token` opens this conversation; an unknown id is just False.

        The hash of a conversation's token never changes, so it is looked up once.
        """
        if token_matches(token, self._tokens.get(conversation_id)):
            return True

        def look() -> str | None:
            with self._store.unit_of_work(write=False) as uow:
                conversation = uow.conversations.get(conversation_id)
            return conversation.token_hash if conversation else None

        known = await self._threaded(look)
        if known is not None:
            self._tokens[conversation_id] = known
            if len(self._tokens) > TOKENS_KNOWN:
                self._tokens.popitem(last=False)
        return token_matches(token, known)

    def subscribe(self, conversation_id: str) -> AbstractAsyncContextManager[AsyncIterator[Messages]]:
        """New messages as they are stored."""
        return self._subscriptions.subscribe(conversation_id)

    def watch(self) -> AbstractAsyncContextManager[asyncio.Event]:
        """An event that is set whenever anything happens in any conversation of this process."""
        return self._subscriptions.watch()

    async def announce(self, conversation_id: str, after: int) -> None:
        """Something was stored by others than a turn (an agent): tell those who listen what came after `after`."""
        self._subscriptions.tell(conversation_id, await self.messages_after(conversation_id, after))

    def stop(self) -> None:
        """End every subscription, and read nothing more."""
        self._subscriptions.stop()
        self._readers.stop()
        self._probe.stop()

    async def warm_up(self) -> None:
        """Load what is only loaded with the first message, so that nobody waits for it."""
        for text in ("when is my a5 test on march 3rd at 9 am", "1-1-26"):
            await asyncio.to_thread(self._parser.parse, text, {})

    async def ready(self) -> Readiness:
        """Whether the database can be written; the model is loaded before this object exists."""
        return Readiness({"model": "ok", "database": await self._probe.said()})

    @staticmethod
    async def _threaded(function: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
        """Run store work off the loop; a database that is away becomes AssistantUnavailable."""
        try:
            return await asyncio.to_thread(function, *given, **named)
        except StoreUnavailable as error:
            raise AssistantUnavailable from error

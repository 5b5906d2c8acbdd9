"""All that a turn begins with, read in one transaction."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from bot.adapters.candidates import standing_in
from bot.auth.sessions import SessionLimits
from bot.auth.tokens import token_matches
from bot.clock import Clock
from bot.contracts.conversation import ConversationEnded, ConversationNotFound, DuplicateMismatch, Turn
from bot.dialogue.values import Standing, Visitor
from bot.store import Store, UnitOfWork
from bot.store.values import Conversation, StoredMessage, TurnRecord


@dataclass(frozen=True, slots=True)
class EarlierTurn:
    """The same turn as it was answered before: what is said again, and nothing is done."""

    record: TurnRecord
    messages: tuple[StoredMessage, ...]


@dataclass(frozen=True, slots=True)
class TurnStart:
    """A conversation and what belongs to it, seen at one moment. Of an earlier turn only the conversation is read."""

    conversation: Conversation
    visitor: Visitor
    over: str | None = None
    """Why it no longer holds who is there ("idle", "longest", "account"); None while it does."""
    earlier: EarlierTurn | None = None
    standing: Standing = field(default_factory=Standing)


def begin_turn(
    store: Store, clock: Clock, turn: Turn, token: str | None = None, sessions: SessionLimits | None = None
) -> TurnStart:
    """Read what a turn needs. `token`: the bearer token to be checked, None where the door has done so.

    Raises ConversationNotFound (a wrong token looks like an unknown conversation), ConversationEnded, DuplicateMismatch
    and StoreUnavailable.
    """
    with store.unit_of_work(write=False) as uow:
        conversation = uow.conversations.get(turn.conversation_id)
        known = conversation.token_hash if conversation is not None else None
        if (token is not None and not token_matches(token, known)) or conversation is None:
            raise ConversationNotFound
        sessions = sessions or SessionLimits()
        over: str | None = sessions.over(conversation, clock.real())
        visitor = visitor_of(conversation)
        if conversation.agent_id is not None:
            visitor, switched_off = _by_account(uow, visitor)
            over = "account" if switched_off else over
        record = uow.conversations.turn_by_client_message_id(turn.conversation_id, turn.client_message_id)
        if record is not None:
            if record.body_hash != turn.body_hash:
                raise DuplicateMismatch
            hidden = sessions.hidden(conversation, clock.real())
            told = uow.conversations.messages_of_turn(turn.conversation_id, record.turn)
            messages = tuple(each for each in told if each.seq > hidden)
            return TurnStart(conversation, visitor, over, EarlierTurn(record, messages))
        if conversation.ended_at is not None:
            raise ConversationEnded
        if over is not None:
            return TurnStart(conversation, visitor, over)
        return TurnStart(conversation, visitor, standing=standing_in(uow, clock, visitor))


def _by_account(uow: UnitOfWork, visitor: Visitor) -> tuple[Visitor, bool]:
    """An agent as their account says, where they have one: no more than its role, and nothing where it is off (True).

    Agents whom only the host page knows have no account here; for them its word counts, for as long as it holds.
    """
    account = uow.agents.get((visitor.agent or "").lower())
    if account is None:
        return visitor, False
    off = account.disabled_at is not None or account.role not in ("agent", "lead")
    return (replace(visitor, role="agent") if account.role == "agent" else visitor), off


def visitor_of(conversation: Conversation) -> Visitor:
    """Who is there, as the conversation's row says."""
    return Visitor(
        conversation.id,
        conversation.channel,
        signed_in_as=conversation.ase_id,
        agent=conversation.agent_id,
        role=conversation.agent_role,
        about=conversation.about,
        in_line=conversation.owner == "queue",
    )

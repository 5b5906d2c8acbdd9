"""All that a turn begins with, read in one transaction."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.adapters.candidates import standing_in
from bot.auth.tokens import token_matches
from bot.clock import Clock
from bot.contracts.conversation import ConversationEnded, ConversationNotFound, DuplicateMismatch, Turn
from bot.dialogue.values import Standing, Visitor
from bot.store import Store
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
    earlier: EarlierTurn | None = None
    standing: Standing = field(default_factory=Standing)


def begin_turn(store: Store, clock: Clock, turn: Turn, token: str | None = None) -> TurnStart:
    """Read what a turn needs. `token`: the bearer token to be checked, None where the door has done so.

    Raises ConversationNotFound (a wrong token looks like an unknown conversation), ConversationEnded, DuplicateMismatch
    and StoreUnavailable.
    """
    with store.unit_of_work(write=False) as uow:
        conversation = uow.conversations.get(turn.conversation_id)
        known = conversation.token_hash if conversation is not None else None
        if (token is not None and not token_matches(token, known)) or conversation is None:
            raise ConversationNotFound
        visitor = visitor_of(conversation)
        record = uow.conversations.turn_by_client_message_id(turn.conversation_id, turn.client_message_id)
        if record is not None:
            if record.body_hash != turn.body_hash:
                raise DuplicateMismatch
            messages = uow.conversations.messages_of_turn(turn.conversation_id, record.turn)
            return TurnStart(conversation, visitor, EarlierTurn(record, messages))
        if conversation.ended_at is not None:
            raise ConversationEnded
        return TurnStart(conversation, visitor, standing=standing_in(uow, clock, visitor))


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

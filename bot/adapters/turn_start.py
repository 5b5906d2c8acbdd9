"""All that a turn begins with, read in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.adapters.candidates import left_open
from bot.adapters.changes import proposal_of
from bot.auth.tokens import token_matches
from bot.clock import Clock
from bot.contracts.conversation import ConversationEnded, ConversationNotFound, DuplicateMismatch, Turn
from bot.dialogue.ports import Proposal
from bot.dialogue.turn_context import LeftOpen, Person
from bot.rules.facts import Site
from bot.store import Store, UnitOfWork
from bot.store.values import Conversation, StoredMessage, TurnRecord


@dataclass(frozen=True, slots=True)
class EarlierTurn:
    """The same turn as it was answered before: what is said again, and nothing is done."""

    record: TurnRecord
    messages: tuple[StoredMessage, ...]


@dataclass(frozen=True, slots=True)
class TurnStart:
    """A conversation and what belongs to it, seen at one moment.

    `person`: who is signed in, or whom the agent asks about; None for nobody, and where there are no records.
    `pending`: what waits for this person's yes, wherever it was asked. `left_open`: what a caller was in the middle of
    when an earlier call broke off. Of an earlier turn nothing but the conversation is read.
    """

    conversation: Conversation
    earlier: EarlierTurn | None = None
    sites: Mapping[str, Site] = field(default_factory=dict)
    person: Person | None = None
    pending: Proposal | None = None
    left_open: LeftOpen | None = None


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
        record = uow.conversations.turn_by_client_message_id(turn.conversation_id, turn.client_message_id)
        if record is not None:
            if record.body_hash != turn.body_hash:
                raise DuplicateMismatch
            messages = uow.conversations.messages_of_turn(turn.conversation_id, record.turn)
            return TurnStart(conversation, EarlierTurn(record, messages))
        if conversation.ended_at is not None:
            raise ConversationEnded
        return _with_records(uow, clock, conversation)


def _with_records(uow: UnitOfWork, clock: Clock, conversation: Conversation) -> TurnStart:
    sites, ase_id = uow.records.sites(), conversation.person
    if ase_id is None:
        return TurnStart(conversation, sites=sites)
    found = uow.records.person(ase_id, sites=sites)
    waiting = uow.confirmations.pending(ase_id, now=clock.real())
    calling = conversation.channel == "phone"
    return TurnStart(
        conversation,
        sites=sites,
        person=None if found is None else Person(found.candidate, found.sites),
        pending=None if waiting is None else proposal_of(waiting),
        left_open=left_open(uow, ase_id, conversation.id, clock.now()) if calling else None,
    )

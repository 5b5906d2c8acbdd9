"""Conversations, their messages and their turns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.auth.attempts import Origin
from bot.contracts.conversation import AgentRole, ChannelName, Owner, Rating
from bot.store.errors import ConcurrentTurn
from bot.store.models import ConversationPersonRow, ConversationRow, FeedbackRow, MessageRow, TurnRow
from bot.store.values import Conversation, Feedback, Json, Line, StoredMessage, TurnRecord

_FIELDS = tuple(field.name for field in fields(Conversation))

NOBODY = "nobody"
"""Whom a conversation is sealed for where two people were signed in after each other."""

# Statements of a turn, built once.
_BY_ID = select(ConversationRow).where(ConversationRow.id == bindparam("id"))
_BY_ID_LOCKED = _BY_ID.with_for_update()
_BY_TOKEN = select(ConversationRow).where(ConversationRow.token_hash == bindparam("token_hash"))
_LAST_CALL = (
    select(ConversationRow)
    .where(
        ConversationRow.ase_id == bindparam("ase_id"),
        ConversationRow.channel == "phone",
        ConversationRow.id != bindparam("but"),
        ConversationRow.ended_at > bindparam("since"),
    )
    .order_by(ConversationRow.ended_at.desc(), ConversationRow.id)
    .limit(1)
)
_FINISH = (
    update(ConversationRow)
    .where(
        ConversationRow.id == bindparam("begun_id"),
        ConversationRow.version == bindparam("begun_version"),
        ConversationRow.owner == bindparam("begun_owner"),
        ConversationRow.owner_agent.is_not_distinct_from(bindparam("begun_agent")),
    )
    .values(
        state=bindparam("state"),
        version=ConversationRow.version + 1,
        last_turn=bindparam("last_turn"),
        last_seq=ConversationRow.last_seq + bindparam("lines"),
        last_active_at=bindparam("last_active_at"),
        used_at=bindparam("used_at"),
    )
    .returning(ConversationRow.last_seq)
)
_ADD_MESSAGES = insert(MessageRow)
_OF_CONVERSATION = select(MessageRow).where(MessageRow.conversation_id == bindparam("id")).order_by(MessageRow.seq)
_MESSAGES_AFTER = _OF_CONVERSATION.where(MessageRow.seq > bindparam("seq"))
_MESSAGES_OF_TURN = _OF_CONVERSATION.where(MessageRow.turn == bindparam("turn"))
_TURNS = select(TurnRow).where(TurnRow.conversation_id == bindparam("id"))
_TURN = _TURNS.where(TurnRow.turn == bindparam("turn"))
_TURN_OF_MESSAGE = _TURNS.where(TurnRow.client_message_id == bindparam("client_message_id"))
_ADD_TURN = insert(TurnRow)


class ConversationRepository:
    """Everything said. A turn compares the version it read with the one stored before it keeps its state."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    # --- the conversation ---------------------------------------------------------------------

    def going_on_with(self, ase_id: str) -> str | None:
        """The id of the newest conversation with a person that has not ended; those of agents alone do not count."""
        c = ConversationRow
        statement = (
            select(c.id)
            .where(or_(c.ase_id == ase_id, c.about == ase_id), c.channel != "agent", c.ended_at.is_(None))
            .order_by(c.last_active_at.desc(), c.id)
            .limit(1)
        )
        return self._connection.execute(statement).scalar_one_or_none()

    def create(
        self,
        conversation_id: str,
        *,
        channel: ChannelName,
        locale: str,
        token_hash: str,
        at: datetime,
        ase_id: str | None = None,
        agent_id: str | None = None,
        agent_role: AgentRole | None = None,
        about: str | None = None,
        state: Json | None = None,
        origin: Origin | None = None,
        real: datetime | None = None,
    ) -> Conversation:
        """A new conversation, signed in already where the gateway verified an ASE ID or an agent. `real`: real time,
        if it differs."""
        shown = (real or at) if ase_id is not None or agent_id is not None else None
        self._connection.execute(
            insert(ConversationRow).values(
                id=conversation_id,
                channel=channel,
                locale=clean(locale),
                token_hash=token_hash,
                ase_id=ase_id,
                signed_in_at=at if ase_id is not None else None,
                agent_id=agent_id,
                agent_role=agent_role,
                about=about,
                owner="assistant",
                owner_agent=None,
                state=state or {},
                version=1,
                last_seq=0,
                last_turn=0,
                created_at=at,
                last_active_at=at,
                ended_at=None,
                from_address=origin.address if origin is not None else None,
                from_network=origin.network if origin is not None else None,
                shown_at=shown,
                used_at=shown,
                sealed_for=None,
                sealed_seq=None,
            )
        )
        self._link(conversation_id, ase_id, about)
        found = self.get(conversation_id)
        assert found is not None
        return found

    def get(self, conversation_id: str, *, lock: bool = False) -> Conversation | None:
        """A conversation by id. `lock` keeps other writers off it until the end of the unit of work."""
        return self._one(_BY_ID_LOCKED if lock else _BY_ID, id=conversation_id)

    def by_token_hash(self, token_hash: str) -> Conversation | None:
        """The conversation that the holder of this token may use."""
        return self._one(_BY_TOKEN, token_hash=token_hash)

    def of_person(self, ase_id: str) -> tuple[Conversation, ...]:
        """Conversations that are not over and about this person now, the one last active first."""
        statement = (
            select(ConversationRow)
            .where(ConversationRow.ended_at.is_(None))
            .where((ConversationRow.ase_id == ase_id) | (ConversationRow.about == ase_id))
            .order_by(ConversationRow.last_active_at.desc(), ConversationRow.id)
        )
        return tuple(_conversation(row) for row in self._connection.execute(statement))

    def last_call_of(self, ase_id: str, since: datetime, *, but: str) -> Conversation | None:
        """The telephone call of this person that ended last, after `since`; `but` is another one."""
        return self._one(_LAST_CALL, ase_id=ase_id, since=since, but=but)

    def save_state(
        self, conversation_id: str, version: int, state: Json, *, at: datetime, turn: int | None = None
    ) -> int:
        """Store the state worked out from `version`; the new version. Raises ConcurrentTurn if it moved
        on."""
        values: dict[str, Any] = {"state": state, "version": version + 1, "last_active_at": at}
        if turn is not None:
            values["last_turn"] = turn
        changed = self._connection.execute(
            update(ConversationRow)
            .where(ConversationRow.id == conversation_id, ConversationRow.version == version)
            .values(**values)
        )
        if changed.rowcount != 1:
            raise ConcurrentTurn(f"{conversation_id} is no longer at version {version}")
        return version + 1

    def sign_in(self, conversation_id: str, ase_id: str, *, at: datetime, real: datetime | None = None) -> None:
        """From now on this person is there; what was kept for them alone can be read again. `real`: real time, if it
        differs."""
        shown = real or at
        self._set(conversation_id, ase_id=ase_id, signed_in_at=at, shown_at=shown, used_at=shown)
        theirs = (ConversationRow.id == conversation_id, ConversationRow.sealed_for == ase_id)
        self._connection.execute(update(ConversationRow).where(*theirs).values(sealed_for=None, sealed_seq=None))
        self._link(conversation_id, ase_id)

    def seal(self, begun: Conversation, state: Json) -> None:
        """Nobody is signed in any more; what was said so far is for whoever was, and where it was two people after each
        other for neither. Raises ConcurrentTurn."""
        changed = self._connection.execute(
            update(ConversationRow)
            .where(ConversationRow.id == begun.id, ConversationRow.version == begun.version)
            .values(
                ase_id=None,
                signed_in_at=None,
                shown_at=None,
                sealed_for=begun.ase_id if begun.sealed_for in (None, begun.ase_id) else NOBODY,
                sealed_seq=begun.last_seq,
                state=state,
                version=ConversationRow.version + 1,
            )
        )
        if changed.rowcount != 1:
            raise ConcurrentTurn(f"{begun.id} is no longer at version {begun.version}")

    def shown_again(self, conversation_id: str, *, real: datetime) -> None:
        """It was shown once more who is there."""
        self._set(conversation_id, shown_at=real, used_at=real)

    def sign_out(self, conversation_id: str) -> None:
        """Nobody is signed in any more."""
        self._set(conversation_id, ase_id=None, signed_in_at=None)

    def set_about(self, conversation_id: str, ase_id: str | None) -> None:
        """Whom an agent's conversation is about."""
        self._set(conversation_id, about=ase_id)
        self._link(conversation_id, ase_id)

    def set_owner(self, conversation_id: str, owner: Owner, agent_id: str | None = None) -> None:
        """Who answers: the assistant, nobody yet (queue), or an agent, who is then named."""
        self._set(conversation_id, owner=owner, owner_agent=agent_id)

    def end(self, conversation_id: str, *, at: datetime) -> None:
        """The conversation is over: it can be read, not continued."""
        self._set(conversation_id, ended_at=at)

    # --- messages -----------------------------------------------------------------------------

    def append(self, conversation_id: str, turn: int, lines: Iterable[Line]) -> tuple[StoredMessage, ...]:
        """Store lines under the next numbers, counted without gaps from 1. Raises LookupError without
        conversation."""
        last = self._connection.execute(
            select(ConversationRow.last_seq).where(ConversationRow.id == conversation_id).with_for_update()
        ).scalar_one_or_none()
        if last is None:
            raise LookupError(conversation_id)
        stored = _numbered(conversation_id, turn, lines, last)
        if stored:
            self._connection.execute(_ADD_MESSAGES, [_columns(message) for message in stored])
            self._set(conversation_id, last_seq=stored[-1].seq)
        return stored

    def messages_after(self, conversation_id: str, seq: int = 0) -> tuple[StoredMessage, ...]:
        """All messages with a later number, in order."""
        return self._messages(_MESSAGES_AFTER, id=conversation_id, seq=seq)

    def messages_of_turn(self, conversation_id: str, turn: int) -> tuple[StoredMessage, ...]:
        """The messages of one turn, in order."""
        return self._messages(_MESSAGES_OF_TURN, id=conversation_id, turn=turn)

    def feedback(self, conversation_id: str, seq: int, rating: Rating, comment: str | None, *, at: datetime) -> None:
        """Keep what somebody thinks of a message; a later word replaces the earlier. Raises LookupError."""
        known = self._connection.execute(
            select(MessageRow.seq).where(MessageRow.conversation_id == conversation_id, MessageRow.seq == seq)
        ).scalar_one_or_none()
        if known is None:
            raise LookupError(f"{conversation_id} has no message {seq}")
        values = {"rating": rating, "comment": clean(comment) if comment is not None else None, "at": at}
        changed = self._connection.execute(
            update(FeedbackRow)
            .where(FeedbackRow.conversation_id == conversation_id, FeedbackRow.seq == seq)
            .values(**values)
        )
        if changed.rowcount == 0:
            self._connection.execute(insert(FeedbackRow).values(conversation_id=conversation_id, seq=seq, **values))

    def feedback_of(self, conversation_id: str) -> tuple[Feedback, ...]:
        """What was thought of the messages of a conversation."""
        statement = select(FeedbackRow).where(FeedbackRow.conversation_id == conversation_id)
        rows = self._connection.execute(statement.order_by(FeedbackRow.seq))
        return tuple(Feedback(r.conversation_id, r.seq, r.rating, r.comment, r.at) for r in rows)

    # --- turns --------------------------------------------------------------------------------

    def turn_by_client_message_id(self, conversation_id: str, client_message_id: str) -> TurnRecord | None:
        """The turn that this message of the client caused, if it was here before."""
        return self._turn(_TURN_OF_MESSAGE, id=conversation_id, client_message_id=client_message_id)

    def turn(self, conversation_id: str, turn: int) -> TurnRecord | None:
        """One turn of the log."""
        return self._turn(_TURN, id=conversation_id, turn=turn)

    def record_turn(self, turn: TurnRecord) -> None:
        """Write a turn into the log. The number and the client_message_id are new, else ConstraintRefused."""
        self._connection.execute(
            _ADD_TURN,
            {
                "conversation_id": turn.conversation_id,
                "turn": turn.turn,
                "client_message_id": turn.client_message_id,
                "body_hash": turn.body_hash,
                "intent": turn.intent,
                "confidence": turn.confidence,
                "decisions": list(turn.decisions),
                "policy_digest": turn.policy_digest,
                "model": turn.model,
                "state": turn.state,
                "started_at": turn.started_at,
                "finished_at": turn.finished_at,
            },
        )

    def finish_turn(
        self,
        begun: Conversation,
        turn: TurnRecord,
        state: Json,
        lines: Sequence[Line],
        *,
        at: datetime,
        real: datetime | None = None,
    ) -> tuple[StoredMessage, ...]:
        """Keep the state, the lines and the log of a turn that was worked out from `begun`, in three statements.

        `real`: real time, if it differs. Raises ConcurrentTurn where another turn was kept meanwhile or
        somebody else answers the conversation now.
        """
        last = self._connection.execute(
            _FINISH,
            {
                "begun_id": begun.id,
                "begun_version": begun.version,
                "begun_owner": begun.owner,
                "begun_agent": begun.owner_agent,
                "state": state,
                "last_turn": turn.turn,
                "lines": len(lines),
                "last_active_at": at,
                "used_at": real or at,
            },
        ).scalar_one_or_none()
        if last is None:
            raise ConcurrentTurn(f"{begun.id} is no longer at version {begun.version}, or has another owner")
        stored = _numbered(begun.id, turn.turn, lines, last - len(lines))
        if stored:
            self._connection.execute(_ADD_MESSAGES, [_columns(message) for message in stored])
        self.record_turn(turn)
        return stored

    # --- inside -------------------------------------------------------------------------------

    def _one(self, statement: Select[Any], **values: Any) -> Conversation | None:
        row = self._connection.execute(statement, values).one_or_none()
        return None if row is None else _conversation(row)

    def _set(self, conversation_id: str, **values: Any) -> None:
        changed = self._connection.execute(
            update(ConversationRow).where(ConversationRow.id == conversation_id).values(**values)
        )
        if changed.rowcount != 1:
            raise LookupError(conversation_id)

    def _link(self, conversation_id: str, *people: str | None) -> None:
        make = sqlite.insert if self._connection.dialect.name == "sqlite" else postgresql.insert
        for ase_id in {person for person in people if person is not None}:
            self._connection.execute(
                make(ConversationPersonRow)
                .values(conversation_id=conversation_id, ase_id=ase_id)
                .on_conflict_do_nothing()
            )

    def _messages(self, statement: Select[Any], **values: Any) -> tuple[StoredMessage, ...]:
        rows = self._connection.execute(statement, values)
        return tuple(StoredMessage(**row._mapping) for row in rows)

    def _turn(self, statement: Select[Any], **values: Any) -> TurnRecord | None:
        row = self._connection.execute(statement, values).one_or_none()
        if row is None:
            return None
        values = dict(row._mapping)
        return TurnRecord(**{**values, "decisions": tuple(values["decisions"])})


def clean(text: str) -> str:
    """Text that every database takes: without NUL and without halves of surrogate pairs."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def _conversation(row: Row[Any]) -> Conversation:
    return Conversation(**{name: getattr(row, name) for name in _FIELDS})


def _numbered(conversation_id: str, turn: int, lines: Iterable[Line], last: int) -> tuple[StoredMessage, ...]:
    """The lines under the numbers after `last`, their words fit to be stored."""
    return tuple(
        StoredMessage(
            conversation_id,
            seq,
            turn,
            line.author,
            line.at,
            clean(line.text),
            clean(line.speech),
            line.payload,
            line.client_message_id,
        )
        for seq, line in enumerate(lines, start=last + 1)
    )


def _columns(message: StoredMessage) -> dict[str, Any]:
    return {field.name: getattr(message, field.name) for field in fields(message)}

"""Messages to be sent, written in the transaction that causes them, sent afterwards."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, case, delete, func, insert, select, update

from bot.store.models import OutboxRow
from bot.store.values import Attachment, Mail, OutboxMail, OutboxWaits

MOST_ATTEMPTS = 12
"""Tries after which a mail is given up; with the pauses between them that is a working day."""

_ADD = insert(OutboxRow).returning(OutboxRow.id)


class OutboxRepository:
    """A sender claims a message, commits, sends, then says so. One that vanished in between leaves a
    doubt."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, mail: Mail, *, at: datetime) -> int:
        """Put a message in the outbox; its id."""
        values: dict[str, Any] = {
            "recipient": mail.to,
            "kind": mail.kind,
            "subject": mail.subject,
            "body": mail.body,
            "code": mail.code,
            "attachments": [asdict(attachment) for attachment in mail.attachments],
            "ase_id": mail.ase_id,
            "created_at": at,
            "state": "pending",
            "claimed_at": None,
            "sent_at": None,
            "attempts": 0,
            "doubtful": False,
            "error": None,
            "expires_at": mail.expires_at,
        }
        return self._connection.execute(_ADD, values).scalar_one()

    def list(
        self, to: str | None = None, *, states: Iterable[str] | None = None, limit: int | None = None
    ) -> tuple[OutboxMail, ...]:
        """Messages, oldest first; of one address (in any case) where `to` is given."""
        statement = select(OutboxRow).order_by(OutboxRow.id).limit(limit)
        if states is not None:
            statement = statement.where(OutboxRow.state.in_(list(states)))
        rows = self._connection.execute(statement)
        return tuple(_mail(row) for row in rows if to is None or row.recipient.lower() == to.lower())

    def claim(self, *, at: datetime, passing_over: Iterable[int] = ()) -> OutboxMail | None:
        """Take the oldest message that waits, for sending it; None if there is none. Commit before
        sending. One that was tried `MOST_ATTEMPTS` times is left alone.
        `passing_over`: ids that are not to be tried now."""
        statement = (
            select(OutboxRow)
            .where(
                OutboxRow.state == "pending",
                OutboxRow.attempts < MOST_ATTEMPTS,
                OutboxRow.id.not_in(list(passing_over)),
            )
            .order_by(OutboxRow.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        row = self._connection.execute(statement).one_or_none()
        if row is None:
            return None
        self._connection.execute(
            update(OutboxRow)
            .where(OutboxRow.id == row.id)
            .values(state="sending", claimed_at=at, attempts=OutboxRow.attempts + 1)
        )
        return _mail(self._connection.execute(select(OutboxRow).where(OutboxRow.id == row.id)).one())

    def waits(self, *, at: datetime) -> OutboxWaits:
        """How long the oldest mail has waited, and how many were given up."""
        given_up = OutboxRow.attempts >= MOST_ATTEMPTS
        oldest, lost = self._connection.execute(
            select(
                func.min(case((~given_up, OutboxRow.created_at))),
                func.count(case((given_up, OutboxRow.id))),
            ).where(OutboxRow.state == "pending")
        ).one()
        return OutboxWaits(max(0.0, (at - oldest).total_seconds()) if oldest is not None else 0.0, lost)

    def sent(self, mail_id: int, *, at: datetime) -> str:
        """A claimed message went out: "sent", or "maybe_sent" where an earlier attempt may have gone out too.

        A code in it is kept no longer: what is stored of it is its hash. Raises LookupError if it is not being sent.
        """
        statement = (
            update(OutboxRow)
            .where(OutboxRow.id == mail_id, OutboxRow.state == "sending")
            .values(
                state=case((OutboxRow.doubtful.is_(True), "maybe_sent"), else_="sent"),
                sent_at=at,
                claimed_at=None,
                error=None,
                code=None,
                body=case((OutboxRow.code.is_(None), OutboxRow.body), else_=""),
            )
            .returning(OutboxRow.state)
        )
        state = self._connection.execute(statement).scalar_one_or_none()
        if state is None:
            raise LookupError(f"message {mail_id} is not being sent")
        return state

    def failed(self, mail_id: int, error: str, *, doubtful: bool = False) -> None:
        """Sending failed for certain (or, `doubtful`, perhaps): the message waits for another attempt."""
        self._back_to_waiting(OutboxRow.id == mail_id, error=error, doubtful=doubtful)

    def recover(self, *, before: datetime) -> int:
        """Messages claimed earlier than `before` and not heard of since wait again, in doubt; how many."""
        return self._back_to_waiting(OutboxRow.claimed_at < before, error="the sender did not come back", doubtful=True)

    def drop_expired(self, *, at: datetime) -> int:
        """Remove what waits and is worth nothing any more; how many."""
        waiting = (OutboxRow.state == "pending", OutboxRow.expires_at <= at)
        return self._connection.execute(delete(OutboxRow).where(*waiting)).rowcount

    def purge(self, *, before: datetime) -> int:
        """Remove what went out before that instant; how many."""
        return self._connection.execute(delete(OutboxRow).where(OutboxRow.sent_at < before)).rowcount

    def _back_to_waiting(self, condition: Any, *, error: str, doubtful: bool) -> int:
        values: dict[str, Any] = {"state": "pending", "claimed_at": None, "error": error}
        if doubtful:
            values["doubtful"] = True
        statement = update(OutboxRow).where(OutboxRow.state == "sending", condition).values(**values)
        return self._connection.execute(statement).rowcount


def _mail(row: Row[Any]) -> OutboxMail:
    mail = Mail(
        row.recipient,
        row.kind,
        row.subject,
        row.body,
        row.code,
        tuple(Attachment(**attachment) for attachment in row.attachments),
        row.ase_id,
        row.expires_at,
    )
    return OutboxMail(row.id, mail, row.created_at, row.state, row.sent_at, row.attempts, row.doubtful)

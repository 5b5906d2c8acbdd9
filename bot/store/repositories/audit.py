"""The audit: append-only, each line chained to the one before it by a hash.

The chain covers a hash of the personal content, not the content itself: erasing a person empties the
content of their lines and the chain still holds. An emptied line counts as sound only when a later line
says that it was.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, or_, select, update

from bot.store.models import AuditHeadRow, AuditRow
from bot.store.values import AuditEntry, AuditEvent, AuditHead, AuditReport, Json

START = "0" * 64
"""The hash before the first line."""

ERASED = "records_erased"
"""The action of the line that says whose content was emptied, by line number."""

# Statements of a turn, built once.
_HEAD = select(AuditHeadRow)
_HEAD_LOCKED = _HEAD.with_for_update()
_MOVE_HEAD = update(AuditHeadRow).values(seq=bindparam("seq"), hash=bindparam("hash"), signature=bindparam("signature"))
_ADD = insert(AuditRow)

_EVENT = tuple(field.name for field in fields(AuditEvent))
_CONTENT = ("subject", "before", "after", "decision")


class AuditRepository:
    """Lines wait until the unit of work commits and are written last; then writers queue for the end of the
    chain.

    With a key the end of the chain is signed whenever it moves: whoever can write the database but does not have the
    key cannot write the chain anew.
    """

    def __init__(self, connection: Connection, key: str | None = None) -> None:
        self._connection = connection
        self._key = key
        self._waiting: list[AuditEvent] = []

    def append(self, event: AuditEvent) -> None:
        """Write a line when the unit of work commits. Raises ValueError for a naive instant."""
        if event.at.tzinfo is None:
            raise ValueError("an audit line needs an instant with a zone")
        self._waiting.append(event)

    def flush(self) -> None:
        """Write the waiting lines to the end of the chain."""
        if not self._waiting:
            return
        head = self._connection.execute(_HEAD_LOCKED).one()
        seq, last = head.seq, head.hash
        rows = []
        for event in self._waiting:
            seq += 1
            row = _chained(event, seq, last)
            last = row["hash"]
            rows.append(row)
        self._connection.execute(_ADD, rows)
        self._connection.execute(_MOVE_HEAD, {"seq": seq, "hash": last, "signature": self._signature(seq, last)})
        self._waiting.clear()

    def forget(self) -> None:
        """Drop the waiting lines."""
        self._waiting.clear()

    def entries(self, subject: str | None = None, *, after: int = 0, batch: int = 500) -> Iterator[AuditEntry]:
        """Lines in order, of one person or all, later than number `after`; read in batches."""
        last = after
        while True:
            statement = select(AuditRow).where(AuditRow.seq > last).order_by(AuditRow.seq).limit(batch)
            if subject is not None:
                statement = statement.where(AuditRow.subject == subject)
            rows = self._connection.execute(statement).all()
            yield from (_entry(row) for row in rows)
            if len(rows) < batch:
                return
            last = rows[-1].seq

    def head(self) -> AuditHead:
        """The end of the chain, signed where there is a key."""
        row = self._connection.execute(_HEAD).one()
        return AuditHead(row.seq, row.hash, self._signature(row.seq, row.hash))

    def verify(self, *heads: AuditHead) -> AuditReport:
        """Check every line against its hash and its neighbour, and the end of the chain; with a key its signature too.

        `heads` are ends that were written down earlier: the chain must still go through them.
        """
        faults = [f for f in map(self._forged, heads) if f is not None]
        wanted = {head.seq: head.hash for head in heads}
        seq, last = 0, START
        emptied: set[int] = set()
        accounted: set[int] = set()
        for entry in self.entries():
            if entry.seq != seq + 1:
                faults.append(f"line {entry.seq}: the line before it should be {entry.seq - 1}, not {seq}")
            if entry.previous_hash != last:
                faults.append(f"line {entry.seq}: does not continue the line before it")
            if entry.hash != _hash(entry.event, entry.seq, entry.content_hash, entry.previous_hash):
                faults.append(f"line {entry.seq}: was altered")
            if entry.salt is None:
                emptied.add(entry.seq)
            elif entry.content_hash != _content_hash(entry.event, entry.salt):
                faults.append(f"line {entry.seq}: its content was altered")
            elif entry.event.action == ERASED:
                accounted.update((entry.event.after or {}).get("lines", ()))
            seq, last = entry.seq, entry.hash
            if wanted.pop(seq, last) != last:
                faults.append(f"line {seq}: is not the one that the head names")
        faults.extend(f"line {number}: is missing, the head names it" for number in sorted(wanted) if number)
        faults.extend(f"line {number}: emptied, but no erasure says so" for number in sorted(emptied - accounted))
        head = self._connection.execute(_HEAD).one_or_none()
        if head is None or (head.seq, head.hash) != (seq, last):
            faults.append(f"the chain ends at line {seq}, not where it should end")
        elif seq and self._key is not None and not _same(head.signature, self._signature(seq, last)):
            faults.append("the end of the chain is not signed with this key")
        return AuditReport(entries=seq, erased=len(emptied), faults=tuple(faults))

    def _signature(self, seq: int, hash: str) -> str | None:
        if self._key is None:
            return None
        return hmac.new(self._key.encode(), f"audit head\n{seq}\n{hash}".encode(), hashlib.sha256).hexdigest()

    def _forged(self, head: AuditHead) -> str | None:
        if self._key is None or head.signature is None:
            return None
        if _same(head.signature, self._signature(head.seq, head.hash)):
            return None
        return f"the head of line {head.seq} is not signed with this key"

    def empty(self, *conditions: Any) -> list[int]:
        """Empty the content of the lines that fit any of the conditions; their numbers."""
        numbers = list(
            self._connection.execute(
                select(AuditRow.seq)
                .where(or_(*conditions), AuditRow.salt.is_not(None), AuditRow.action != ERASED)
                .order_by(AuditRow.seq)
            ).scalars()
        )
        for number in numbers:
            self._connection.execute(
                update(AuditRow)
                .where(AuditRow.seq == number)
                .values(salt=None, subject=None, before=None, after=None, decision=None)
            )
        return numbers


def _chained(event: AuditEvent, seq: int, previous: str) -> Json:
    salt = secrets.token_hex(16)
    content = _content_hash(event, salt)
    return {
        **{name: getattr(event, name) for name in _EVENT},
        "seq": seq,
        "salt": salt,
        "content_hash": content,
        "previous_hash": previous,
        "hash": _hash(event, seq, content, previous),
    }


def _content_hash(event: AuditEvent, salt: str) -> str:
    return _digest([salt, *(getattr(event, name) for name in _CONTENT)])


def _hash(event: AuditEvent, seq: int, content_hash: str, previous_hash: str) -> str:
    at = event.at.astimezone(UTC).isoformat(timespec="microseconds")
    told = [getattr(event, name) for name in _EVENT if name != "at" and name not in _CONTENT]
    return _digest([seq, at, *told, content_hash, previous_hash])


def _same(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and hmac.compare_digest(one.encode(), other.encode())


def _digest(value: object) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _entry(row: Row[Any]) -> AuditEntry:
    event = AuditEvent(**{name: getattr(row, name) for name in _EVENT})
    return AuditEntry(row.seq, event, row.content_hash, row.previous_hash, row.hash, row.salt)

"""Databases as released versions left them: one SQL file of SQLite for each schema, full of what people had done.

`python -m tests.store.released` writes the file of the newest schema; do that when a release has a new one. A file that
is there is never written again: it is what somebody may have.
"""

from __future__ import annotations

import json
import sqlite3
import tempfile
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Boolean, Date, DateTime, MetaData, String, Table, create_engine, insert, text
from sqlalchemy.engine import Engine

from bot.clock import Clock
from bot.contracts.changes import BookRequest, Changes, DuplicatesRequest, Proposal
from bot.dialogue.values import Visitor
from bot.store import Store
from bot.store.migrate import migrate
from bot.store.values import Line, TurnRecord
from tests.changes.conftest import AS_OF, PEOPLE
from tests.whole import fill, services_on

FOLDER = Path(__file__).parent
REAL = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)
WHO, OTHER = "ASE-2000-0001", "ASE-2000-0005"
WAITING = BookRequest("A1", "P-A1", "CHI-01", datetime(2026, 3, 11, 9))
"""What OTHER was shown and has not answered yet."""


def changes_on(store: Store, real: datetime = REAL) -> Changes:
    """The service over a database, at the time when it was left."""
    found = services_on(store, Clock(datetime.fromisoformat(AS_OF), real=lambda: real)).changes
    assert found is not None
    return found


def visitor(who: str) -> Visitor:
    """Whoever talks in the conversation that is named after them."""
    return Visitor(f"c-{who}", "web", signed_in_as=who)


def lived_in(store: Store) -> None:
    """People, conversations, changes that were made and put back, one that waits for its yes, mails, an audit."""
    fill(store, PEOPLE, AS_OF)
    with store.unit_of_work() as unit:
        for who in (WHO, OTHER):
            state = {"version": 2, "last_topic": "account/schedule_test"}
            unit.conversations.create(
                f"c-{who}", channel="web", locale="en-US", token_hash=who, at=REAL, ase_id=who, state=state
            )
            lines = [Line("candidate", REAL, "book my A1", "book my A1"), Line("assistant", REAL, "Yes.", "Yes.")]
            stored = unit.conversations.append(f"c-{who}", 1, lines)
            unit.conversations.record_turn(
                TurnRecord(f"c-{who}", 1, "m1", "h", REAL, REAL, intent="account/schedule_test")
            )
            unit.conversations.feedback(f"c-{who}", stored[1].seq, "down", "no", at=REAL)
        unit.agents.add("lena", display_name="Lena Moss", role="lead", password_hash="-", at=REAL)
        unit.commit()
    changes = changes_on(store)
    ordered = changes.propose(visitor(WHO), WHO, _duplicates(store))
    booked = changes.propose(visitor(WHO), WHO, BookRequest("A4", "P-A4", "CHI-01", datetime(2026, 3, 13, 14)))
    assert isinstance(ordered, Proposal)
    assert isinstance(booked, Proposal)
    assert changes.confirm(visitor(WHO), WHO, booked.id).refused is None
    assert changes.undo(visitor(WHO), WHO, booked.id, "put-back").refused is None
    again = changes.propose(visitor(WHO), WHO, _duplicates(store))
    assert isinstance(again, Proposal)
    assert changes.confirm(visitor(WHO), WHO, again.id).refused is None
    assert isinstance(changes.propose(visitor(OTHER), OTHER, WAITING), Proposal)


def _duplicates(store: Store) -> DuplicatesRequest:
    with store.unit_of_work(write=False) as unit:
        person = unit.records.person(WHO)
    assert person is not None
    return DuplicatesRequest(("automobile",), Decimal("7.50"), person.candidate.address)


OVERRIDE = {
    "id": "o-1",
    "ase_id": WHO,
    "conversation_id": f"c-{WHO}",
    "agent_id": "lena",
    "rule": "reschedule",
    "subject": {"test": "A5", "about": "A5/P-A5"},
    "decision": {"rule": "reschedule", "outcome": "refused", "reasons": [{"code": "inside_change_cutoff"}]},
    "reason": "in hospital since Sunday",
    "state": "allowed",
    "at": REAL,
    "confirmed_at": REAL + timedelta(minutes=1),
}
"""What an exception was before 0006."""


def write(revision: str, target: Path) -> None:
    """What the newest code leaves behind, in an older schema: the columns that it had."""
    with tempfile.TemporaryDirectory() as folder:
        newest = Store(f"sqlite:///{folder}/newest.db")
        newest.migrate()
        lived_in(newest)
        newest.close()
        engine = create_engine(f"sqlite:///{folder}/then.db")
        migrate(Store(f"sqlite:///{folder}/then.db").engine, revision)
        copy(sqlite3.connect(f"{folder}/newest.db"), engine)
        with engine.begin() as connection:
            known = MetaData()
            known.reflect(connection)
            if "overrides" in known.tables:
                connection.execute(insert(Table("overrides", MetaData(), autoload_with=connection)), OVERRIDE)
        engine.dispose()
        with sqlite3.connect(f"{folder}/then.db") as connection:
            target.write_text("\n".join(connection.iterdump()) + "\n", encoding="utf-8")


def restored(target: Path, path: Path) -> None:
    """A file as an SQLite database."""
    with sqlite3.connect(path) as connection:
        connection.executescript(target.read_text(encoding="utf-8"))


def copy(rows: sqlite3.Connection, engine: Engine) -> None:
    """Every row of an SQLite database into the tables there are, as far as their columns go; triggers passed over.

    PostgreSQL kept words to 24 letters before 0006; what it could not have kept is shortened.
    """
    rows.row_factory = sqlite3.Row
    metadata = MetaData()
    with engine.begin() as connection:
        metadata.reflect(connection)
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET session_replication_role = replica"))
        else:
            connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        for table in metadata.sorted_tables:
            if table.name == "alembic_version":
                continue
            there = rows.execute("SELECT 1 FROM sqlite_master WHERE type='table' AND name=?", (table.name,)).fetchone()
            found = rows.execute(f"SELECT * FROM {table.name}").fetchall() if there else []
            kept = [_values(table, dict(row)) for row in found]
            if kept:
                connection.execute(table.delete()) if table.name in {"audit_head", "sites_version"} else None
                connection.execute(insert(table), kept)
            if kept and connection.dialect.name == "postgresql" and "id" in table.columns:
                counter = f"pg_get_serial_sequence('{table.name}', 'id')"
                if connection.execute(text(f"SELECT {counter}")).scalar() is not None:
                    connection.execute(text(f"SELECT setval({counter}, (SELECT max(id) FROM {table.name}))"))


def _values(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    return {column.name: _value(column.type, row[column.name]) for column in table.columns if column.name in row}


def _value(kind: object, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, JSON):
        return json.loads(value)
    if isinstance(kind, DateTime):
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    if isinstance(kind, String) and kind.length is not None:
        return value[: kind.length]
    return bool(value) if isinstance(kind, Boolean) else value

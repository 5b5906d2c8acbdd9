"""What signed and kept heads find that the chain alone does not: somebody who writes it anew, or cuts its end off."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from bot.store import Store
from bot.store.repositories import audit as chain
from bot.store.values import AuditEvent, AuditHead
from tests.store.facts import NOW

KEY = "k" * 32


@pytest.fixture
def signed(empty_url: str) -> Iterator[Store]:
    store = Store(empty_url, audit_key=KEY)
    store.migrate()
    for action in ("one", "two", "three", "four"):
        add(store, action)
    yield store
    store.close()


def add(store: Store, action: str) -> None:
    with store.unit_of_work() as unit:
        unit.audit.append(AuditEvent(NOW, "agent", "agent", action, actor_id="fred", after={"x": 1}))
        unit.commit()


def head(store: Store) -> AuditHead:
    with store.unit_of_work(write=False) as unit:
        return unit.audit.head()


def faults(store: Store, *heads: AuditHead) -> tuple[str, ...]:
    with store.unit_of_work(write=False) as unit:
        return unit.audit.verify(*heads).faults


def without_triggers(store: Store, *statements: str) -> None:
    with store.engine.begin() as connection:
        if store.backend == "sqlite":
            found = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars()
            for trigger in list(found):
                connection.execute(text(f"DROP TRIGGER {trigger}"))
        else:
            connection.execute(text("ALTER TABLE audit DISABLE TRIGGER USER"))
        for statement in statements:
            connection.execute(text(statement))


def chain_anew(store: Store, actor: str) -> None:
    """What somebody does who has the database and the program, but not the key."""
    with store.unit_of_work(write=False) as unit:
        entries = list(unit.audit.entries())
    last, statements = chain.START, []
    for entry in entries:
        event = AuditEvent(**{**{name: getattr(entry.event, name) for name in chain._EVENT}, "actor_id": actor})
        hashed = chain._hash(event, entry.seq, entry.content_hash, last)
        altered = f"actor_id = '{actor}', previous_hash = '{last}', hash = '{hashed}'"
        statements.append(f"UPDATE audit SET {altered} WHERE seq = {entry.seq}")
        last = hashed
    statements.append(f"UPDATE audit_head SET hash = '{last}'")
    without_triggers(store, *statements)


def test_an_untouched_chain_goes_through_every_head_that_was_kept(signed: Store) -> None:
    kept = [head(signed)]
    add(signed, "five")
    kept.append(head(signed))
    add(signed, "six")
    assert faults(signed, *kept) == ()
    assert [each.seq for each in kept] == [4, 5]
    assert all(each.signature for each in kept)


def test_a_chain_written_anew_is_not_signed(signed: Store) -> None:
    kept = head(signed)
    chain_anew(signed, "framed.agent")
    assert faults(signed) == ("the end of the chain is not signed with this key",)
    assert any("not the one that the head names" in fault for fault in faults(signed, kept))
    unsigned = Store(signed.engine.url.render_as_string(hide_password=False))
    assert faults(unsigned) == ()  # without key and head nobody can tell
    assert faults(unsigned, AuditHead(kept.seq, kept.hash)) != ()
    unsigned.close()


def test_an_older_end_put_back_is_found_by_the_head_that_was_kept(signed: Store) -> None:
    older = head(signed)
    add(signed, "five")
    kept = head(signed)
    without_triggers(
        signed,
        "DELETE FROM audit WHERE seq = 5",
        f"UPDATE audit_head SET seq = {older.seq}, hash = '{older.hash}', signature = '{older.signature}'",
    )
    assert faults(signed) == ()
    assert faults(signed, kept) == ("line 5: is missing, the head names it",)


def test_a_head_that_somebody_made_up_is_told(signed: Store) -> None:
    kept = head(signed)
    assert faults(signed, AuditHead(kept.seq, kept.hash, "0" * 64)) == (
        f"the head of line {kept.seq} is not signed with this key",
    )


def test_a_chain_begun_without_a_key_is_signed_from_the_next_line_on(store: Store) -> None:
    add(store, "before")
    keyed = Store(store.engine.url.render_as_string(hide_password=False), audit_key=KEY)
    assert faults(keyed) == ("the end of the chain is not signed with this key",)
    add(keyed, "after")
    assert faults(keyed) == ()
    keyed.close()

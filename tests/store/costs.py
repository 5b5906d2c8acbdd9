"""What a piece of work costs the database: how many transactions it opens and how many statements it sends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event

from bot.store import Store


@dataclass
class Cost:
    """Transactions begun, and the statements sent in them (BEGIN, COMMIT and ROLLBACK are not statements)."""

    transactions: int = 0
    sent_with_values: list[tuple[str, Any]] = field(default_factory=list)

    @property
    def sent(self) -> list[str]:
        """The statements in their order."""
        return [statement for statement, _ in self.sent_with_values]

    @property
    def statements(self) -> int:
        """How many statements were sent."""
        return len(self.sent_with_values)


@contextmanager
def counted(store: Store) -> Iterator[Cost]:
    """Count what reaches the database of this store while the block runs, from whichever thread."""
    cost = Cost()

    def begun(_connection: Any) -> None:
        cost.transactions += 1

    def sent(_connection: Any, _cursor: Any, statement: str, values: Any, *_more: Any) -> None:
        if not statement.startswith("BEGIN"):
            cost.sent_with_values.append((statement, values))

    event.listen(store.engine, "begin", begun)
    event.listen(store.engine, "before_cursor_execute", sent)
    try:
        yield cost
    finally:
        event.remove(store.engine, "begin", begun)
        event.remove(store.engine, "before_cursor_execute", sent)

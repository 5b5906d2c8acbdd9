"""Run by Alembic: migrates the open connection it is given, in the transaction it is given."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy.types import TypeDecorator

from bot.store.models import Base


def render(kind: str, item: Any, _autogen_context: object) -> str | Literal[False]:
    """Our own column types as the plain ones behind them: a migration does not change when the code does."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transactional_ddl=True,
    compare_type=True,
    render_as_batch=True,
    render_item=render,
)
with context.begin_transaction():
    context.run_migrations()

"""Accounts of the console and their sessions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from bot.store.console_values import Agent, AgentSession, Role
from bot.store.models import AgentRow, AgentSessionRow


class AgentRepository:
    """Who may sign in, and who is signed in. Instants are real time."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    # --- accounts -----------------------------------------------------------------------------

    def add(
        self,
        agent_id: str,
        *,
        display_name: str,
        role: Role,
        password_hash: str,
        at: datetime,
        email: str | None = None,
    ) -> Agent:
        """A new account. ConstraintRefused (at the border of the store) where the name or the e-mail is taken."""
        values: dict[str, Any] = {
            "id": agent_id,
            "display_name": display_name,
            "role": role,
            "password_hash": password_hash,
            "failures": 0,
            "locked_until": None,
            "created_at": at,
            "disabled_at": None,
            "email": email,
        }
        self._connection.execute(insert(AgentRow).values(**values))
        return Agent(**values)

    def get(self, agent_id: str, *, lock: bool = False) -> Agent | None:
        """An account by its name, in lower case."""
        statement = select(AgentRow).where(AgentRow.id == agent_id)
        row = self._connection.execute(statement.with_for_update() if lock else statement).one_or_none()
        return None if row is None else Agent(**row._mapping)

    def by_email(self, email: str) -> Agent | None:
        """An account by its e-mail, in lower case."""
        row = self._connection.execute(select(AgentRow).where(AgentRow.email == email)).one_or_none()
        return None if row is None else Agent(**row._mapping)

    def all(self) -> tuple[Agent, ...]:
        """Every account by name, disabled ones too."""
        rows = self._connection.execute(select(AgentRow).order_by(AgentRow.id))
        return tuple(Agent(**row._mapping) for row in rows)

    def change(self, agent_id: str, **values: Any) -> bool:
        """Set columns of an account; False where there is none."""
        statement = update(AgentRow).where(AgentRow.id == agent_id).values(**values)
        return self._connection.execute(statement).rowcount == 1

    # --- sessions -----------------------------------------------------------------------------

    def begin(self, token_hash: str, agent_id: str, csrf: str, *, at: datetime) -> AgentSession:
        """A new session."""
        session = AgentSession(token_hash, agent_id, csrf, at, at, None)
        self._connection.execute(
            insert(AgentSessionRow).values(
                token_hash=token_hash, agent_id=agent_id, csrf=csrf, created_at=at, last_seen_at=at, ended_at=None
            )
        )
        return session

    def session(self, token_hash: str) -> AgentSession | None:
        """A session by the hash of its cookie."""
        statement = select(AgentSessionRow).where(AgentSessionRow.token_hash == token_hash)
        row = self._connection.execute(statement).one_or_none()
        return None if row is None else AgentSession(**row._mapping)

    def seen(self, token_hash: str, *, at: datetime) -> None:
        """The session was used."""
        self._connection.execute(
            update(AgentSessionRow).where(AgentSessionRow.token_hash == token_hash).values(last_seen_at=at)
        )

    def end(self, token_hash: str, *, at: datetime) -> None:
        """The session is over."""
        self._end(AgentSessionRow.token_hash == token_hash, at)

    def end_all(self, agent_id: str, *, at: datetime) -> None:
        """Every session of an account is over."""
        self._end(AgentSessionRow.agent_id == agent_id, at)

    def _end(self, condition: Any, at: datetime) -> None:
        statement = update(AgentSessionRow).where(condition, AgentSessionRow.ended_at.is_(None))
        self._connection.execute(statement.values(ended_at=at))

"""Accounts of the console: passwords (argon2), sessions with an idle and an absolute end, and locks.

Everything here goes by real time. Whoever asks from outside cannot tell an unknown name from a wrong password.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from bot.answers import Said
from bot.auth.attempts import (
    FORGOTTEN,
    PLACE_KEPT,
    AttemptLimits,
    Attempts,
    Origin,
    Tally,
    origin_of,
    place_of,
)
from bot.auth.one_time_codes import SignInLock
from bot.clock import Clock
from bot.console.errors import ConsoleError, conflict, invalid, not_found
from bot.store import ConstraintRefused, Store, UnitOfWork
from bot.store.console_values import Agent, AgentSession, Role
from bot.store.values import AuditEvent, Json

ROLES: tuple[Role, ...] = ("agent", "lead", "content_owner", "admin")
IDLE = timedelta(minutes=30)
"""How long a session lasts without being used."""
ABSOLUTE = timedelta(hours=12)
"""How long a session lasts at most."""
SEEN_EVERY = timedelta(seconds=20)
"""A session's last use is written down this often at most."""
MIN_PASSWORD = 12
MAX_PASSWORD = 200
EMAIL = re.compile(r"[^@\s]{1,100}@[^@\s]{1,150}")
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session just begun. `token` is told here once; only its hash is kept."""

    agent: Agent
    token: str
    csrf: str


class Accounts:
    """Who may work in the console."""

    def __init__(
        self, store: Store, clock: Clock, limits: AttemptLimits | None = None, tally: Tally | None = None
    ) -> None:
        self._store = store
        self._clock = clock
        self._attempts = Attempts(limits)
        self._tally = tally or Tally()
        self._hasher = PasswordHasher()

    # --- accounts -----------------------------------------------------------------------------

    def add(
        self,
        name: str,
        role: Role,
        password: str,
        display_name: str | None = None,
        email: str | None = None,
        by: str | None = None,
    ) -> Agent:
        """A new account. `by`: the admin, None at the terminal. Raises ConsoleError for a bad name, password or e-mail
        and where one is taken."""
        name, email = checked_name(name), _checked_email(email)
        _check_password(password)
        if role not in ROLES:
            raise invalid("role", f"Must be one of {', '.join(ROLES)}.")
        shown = (display_name or name.replace(".", " ").replace("-", " ").title()).strip()[:80]
        try:
            with self._store.unit_of_work() as uow:
                agent = uow.agents.add(
                    name,
                    display_name=shown,
                    role=role,
                    password_hash=self._hasher.hash(password),
                    at=self._clock.real(),
                    email=email,
                )
                self._note(uow, "account.added", by, after={"agent": name, "role": role, "email": email})
                uow.commit()
        except ConstraintRefused:
            taken = "error_name_or_email_taken" if email else "error_name_taken"
            raise conflict("name_taken", taken, name=Said.same(name)) from None
        return agent

    def all(self) -> tuple[Agent, ...]:
        """Every account."""
        with self._store.unit_of_work(write=False) as uow:
            return uow.agents.all()

    def change(
        self,
        name: str,
        *,
        role: Role | None = None,
        disabled: bool | None = None,
        email: str | None = None,
        by: str | None = None,
    ) -> Agent:
        """Another role or e-mail ("": none), or switch an account off or on; its sessions end. Raises ConsoleError."""
        now = self._clock.real()
        values: dict[str, object] = {}
        if role is not None:
            values["role"] = role
        if disabled is not None:
            values["disabled_at"] = now if disabled else None
        if email is not None:
            values["email"] = _checked_email(email)
        try:
            with self._store.unit_of_work() as uow:
                was = uow.agents.get(name, lock=True)
                if was is None or (values and not uow.agents.change(name, **values)):
                    raise not_found("error_no_account_of_that_name")
                uow.agents.end_all(name, at=now)
                agent = uow.agents.get(name)
                if agent is not None:
                    self._note(uow, "account.changed", by, before=_of_account(was), after=_of_account(agent))
                uow.commit()
        except ConstraintRefused:
            raise ConsoleError("conflict", "email_taken", "error_email_taken") from None
        if agent is None:
            raise not_found("error_no_account_of_that_name")
        return agent

    # --- sessions -----------------------------------------------------------------------------

    def sign_in(self, name: str, password: str, address: str | None = None) -> SignedIn:
        """Begin a session. Raises ConsoleError (unauthorized, locked).

        Names that nobody has are locked like those of accounts.
        """
        name = name.strip().lower()
        who, origin = f"agent:{name}", origin_of(address)
        place = place_of(who, origin)
        with self._store.unit_of_work(write=False) as uow:
            now = self._clock.real()
            agent = uow.agents.get(name)
            if place is not None and uow.sign_in.signed_in_from(who, place, now - PLACE_KEPT):
                origin = origin.known(place)
            locked = uow.sign_in.lock_of(who, origin.scope).holds(now)
            busy = self._attempts.too_many(uow.sign_in, "agent", origin, now)
        if locked or busy:
            self._tally.add("agent", "locked" if locked else "busy")
            raise ConsoleError("locked", "locked", "error_locked" if locked else "error_sign_in_busy")
        right = self._fits(agent.password_hash if agent else self._nobody, password)
        if agent is None or not right or agent.disabled_at is not None:
            self._wrong(who, agent, origin)
            raise ConsoleError("unauthorized", "wrong_password", "error_wrong_password")
        changes: dict[str, object] = {}
        if self._hasher.check_needs_rehash(agent.password_hash):
            changes["password_hash"] = self._hasher.hash(password)
        return self._begin(agent, changes, by="password", who=who, origin=origin, place=place)

    def sign_in_by_email(self, email: str, role: Role | None) -> SignedIn:
        """Begin a session of whom a provider vouches for, in the role it says (None: the account's own).

        Accounts are not made here. Raises ConsoleError (forbidden).
        """
        with self._store.unit_of_work(write=False) as uow:
            agent = uow.agents.by_email(email)
        if agent is None or agent.disabled_at is not None:
            with self._store.unit_of_work() as uow:
                self._note_failed(uow, agent, "provider")
                uow.commit()
            self._tally.add("agent", "no_account")
            raise ConsoleError("forbidden", "no_account", "error_no_account")
        if role is None or role == agent.role:
            return self._begin(agent, {}, by="provider")
        changed = self.change(agent.id, role=role)
        return self._begin(changed, {}, was=agent.role, by="provider")

    def _begin(
        self,
        agent: Agent,
        changes: dict[str, object],
        was: Role | None = None,
        *,
        by: str,
        who: str | None = None,
        origin: Origin | None = None,
        place: str | None = None,
    ) -> SignedIn:
        token, csrf, now = secrets.token_urlsafe(32), secrets.token_urlsafe(24), self._clock.real()
        with self._store.unit_of_work() as uow:
            if changes:
                uow.agents.change(agent.id, **changes)
            uow.agents.begin(_hash(token), agent.id, csrf, at=now)
            if who is not None and origin is not None:
                uow.sign_in.save_lock(SignInLock(who, scope=origin.scope), now)
                uow.sign_in.remember_place(who, place, now)
            self._note(uow, "agent.signed_in", agent.id, after={"by": by})
            if was is not None:
                uow.audit.append(
                    AuditEvent(
                        at=self._clock.now(),
                        actor_kind="system",
                        actor_id=None,
                        channel="agent",
                        action="account.role_by_claim",
                        subject=None,
                        conversation_id=None,
                        before={"agent": agent.id, "role": was},
                        after={"agent": agent.id, "role": agent.role},
                    )
                )
            uow.commit()
        self._tally.add("agent", "accepted")
        return SignedIn(agent, token, csrf)

    def who(self, token: str, *, use: bool = True) -> tuple[Agent, AgentSession] | None:
        """Whose session that is, if it still goes on; using it keeps it going."""
        now, hashed = self._clock.real(), _hash(token)
        with self._store.unit_of_work(write=False) as uow:
            session = uow.agents.session(hashed)
            agent = uow.agents.get(session.agent_id) if session else None
        if session is None or agent is None or agent.disabled_at is not None or session.ended_at is not None:
            return None
        if now - session.created_at >= ABSOLUTE or now - session.last_seen_at >= IDLE:
            return None
        if use and now - session.last_seen_at >= SEEN_EVERY:
            with self._store.unit_of_work() as uow:
                uow.agents.seen(hashed, at=now)
                uow.commit()
        return agent, session

    def sign_out(self, token: str) -> None:
        """End a session."""
        with self._store.unit_of_work() as uow:
            session = uow.agents.session(_hash(token))
            uow.agents.end(_hash(token), at=self._clock.real())
            if session is not None and session.ended_at is None:
                self._note(uow, "agent.signed_out", session.agent_id)
            uow.commit()

    # --- inside -------------------------------------------------------------------------------

    @cached_property
    def _nobody(self) -> str:
        """A hash to compare with where there is no account, so that it takes as long."""
        return self._hasher.hash(secrets.token_urlsafe(16))

    def _fits(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, password[:MAX_PASSWORD])
        except (Argon2Error, InvalidHashError):
            return False

    def _wrong(self, who: str, agent: Agent | None, origin: Origin) -> None:
        with self._store.unit_of_work() as uow:
            now = self._clock.real()
            uow.sign_in.forget(tries_before=now - FORGOTTEN, places_before=now - PLACE_KEPT)
            lock = uow.sign_in.lock_for(who, origin.scope).after_wrong(now)
            uow.sign_in.save_lock(lock, now)
            self._note_failed(uow, agent, "password")
            if lock.locked_until is not None:
                self._note_failed(uow, agent, "password", action="agent.locked")
            if self._attempts.count(uow.sign_in, "agent", origin, now):
                self._note_failed(uow, agent, "password", action="agent.limit_reached")
            uow.commit()
        self._tally.add("agent", "wrong")

    def _note_failed(self, uow: UnitOfWork, agent: Agent | None, by: str, action: str = "agent.sign_in_failed") -> None:
        """What was typed as a name is not kept where nobody has it: it may be a password."""
        about = {"account": agent.id if agent is not None else None, "by": by}
        uow.audit.append(AuditEvent(self._clock.real(), "anonymous", "agent", action, after=about))

    def _note(
        self, uow: UnitOfWork, action: str, by: str | None, before: Json | None = None, after: Json | None = None
    ) -> None:
        kind, channel = ("system", "terminal") if by is None else ("agent", "agent")
        at = self._clock.real()
        uow.audit.append(AuditEvent(at, kind, channel, action, actor_id=by, before=before, after=after))


def _of_account(agent: Agent) -> Json:
    return {"agent": agent.id, "role": agent.role, "email": agent.email, "disabled": agent.disabled_at is not None}


def checked_name(name: str) -> str:
    """The name of an account in its stored form. Raises ConsoleError."""
    name = name.strip().lower()
    if NAME.fullmatch(name) is None:
        raise invalid("name", "A name has 2 to 40 letters, digits, dots, hyphens or underscores.")
    return name


def _check_password(password: str) -> None:
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise invalid("password", f"A password has {MIN_PASSWORD} to {MAX_PASSWORD} characters.")


def _checked_email(email: str | None) -> str | None:
    email = (email or "").strip().lower()
    if email and EMAIL.fullmatch(email) is None:
        raise invalid("email", "That is no e-mail address.")
    return email or None


def generated_password() -> str:
    """A password that nobody guesses and somebody can type."""
    return "-".join(secrets.token_hex(3) for _ in range(4))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

"""Looking a person up by ASE ID, without a conversation: masked until opened, and every opening is written down."""

from __future__ import annotations

from bot.auth.tokens import ASE_ID, new_conversation_id, new_conversation_token, token_hash
from bot.console.conversation_view import ConversationView
from bot.console.errors import invalid, not_found
from bot.console.inbox import masked
from bot.dialogue.ports import Services
from bot.store import Store
from bot.store.console_values import Agent
from bot.store.values import AuditEvent, Json

MIN_REASON = 5
MAX_REASON = 500


class PeopleLookUp:
    """The way to a person's records from the console's own page."""

    def __init__(self, store: Store, services: Services, view: ConversationView) -> None:
        self._store = store
        self._services = services
        self._view = view

    def look(self, ase_id: str) -> Json:
        """Whether there is somebody of that ID, without saying who. Raises ConsoleError."""
        ase_id = _checked(ase_id)
        found = self._services.people.person(ase_id)
        if found is None:
            raise not_found("error_no_person")
        name = found.candidate.name
        return masked(ase_id, f"{name.first} {name.last}" if name else None, self._services.answers)

    def open(self, agent: Agent, ase_id: str, reason: str) -> Json:
        """The person's records; who looked and why goes into the audit. Raises ConsoleError."""
        ase_id, reason = _checked(ase_id), _reason(reason)
        if self._services.people.person(ase_id) is None:
            raise not_found("error_no_person")
        with self._store.unit_of_work() as uow:
            uow.audit.append(
                AuditEvent(
                    at=self._services.clock.now(),
                    actor_kind="agent",
                    actor_id=agent.id,
                    channel="agent",
                    action="person.opened",
                    subject=ase_id,
                    after={"reason": reason},
                )
            )
            uow.commit()
        found = self._view.person(agent, ase_id)
        if found is None:
            raise not_found("error_no_person")
        return found

    def conversation(self, agent: Agent, ase_id: str, reason: str) -> tuple[str, bool]:
        """The id of the conversation with a person in which something can be changed for them, and whether it was
        started for that: the newest that is going on, else a new one. Who and why goes into the audit.

        Raises ConsoleError.
        """
        ase_id, reason = _checked(ase_id), _reason(reason)
        if self._services.people.person(ase_id) is None:
            raise not_found("error_no_person")
        now = self._services.clock.now()
        with self._store.unit_of_work() as uow:
            uow.records.person(ase_id, lock=True)
            found = uow.conversations.going_on_with(ase_id)
            conversation_id = found or new_conversation_id()
            if found is None:
                uow.conversations.create(
                    conversation_id,
                    channel="web",
                    locale="en-US",
                    token_hash=token_hash(new_conversation_token()),
                    at=now,
                    about=ase_id,
                )
            uow.audit.append(
                AuditEvent(
                    at=now,
                    actor_kind="agent",
                    actor_id=agent.id,
                    channel="agent",
                    action="conversation.found" if found else "conversation.started",
                    subject=ase_id,
                    conversation_id=conversation_id,
                    after={"reason": reason},
                )
            )
            uow.commit()
        return conversation_id, found is None


def _reason(reason: str) -> str:
    reason = reason.strip()
    if not MIN_REASON <= len(reason) <= MAX_REASON:
        raise invalid("reason", f"Say why, in {MIN_REASON} to {MAX_REASON} characters.")
    return reason


def _checked(ase_id: str) -> str:
    ase_id = ase_id.strip().upper()
    if ASE_ID.fullmatch(ase_id) is None:
        raise invalid("ase_id", "An ASE ID looks like ASE-1000-0001.")
    return ase_id

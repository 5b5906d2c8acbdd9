"""The life of an exception from a rule: asked for, granted by a lead, used once, withdrawn, turned down, expired."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from bot.answers.answer import Answer, joined
from bot.answers.format import Said as Words
from bot.console.errors import conflict, forbidden, invalid, not_found
from bot.console.on_behalf import OF_ONE_TEST, purchase_of
from bot.dialogue.outcome import Reply
from bot.dialogue.ports import Services
from bot.dialogue.turn_context import TurnContext
from bot.dialogue.values import Visitor
from bot.rules.codec import decision_to_json
from bot.rules.decision import Decision
from bot.rules.facts import Subject
from bot.store import Store, UnitOfWork
from bot.store.console_values import Agent, ExceptionState, LiftedRule
from bot.store.values import AuditEvent, Conversation, Json

MIN_REASON = 15
MAX_REASON = 1_000
HOLDS_FOR = timedelta(days=7)
"""How long an exception may be used after it was granted (real time)."""
LISTED = 200
"""How many exceptions a lead sees at once: those that wait for a lead, then the newest."""
NEVER = frozenset(
    {"no_purchase", "no_appointment", "seat_taken", "start_in_past", "appointment_past", "policy_missing"}
)
"""Refusals of fact, not of policy: there is nothing that an exception could allow."""
OPEN: frozenset[ExceptionState] = frozenset({"requested", "pending", "granted"})
"""States in which there is no need for another one."""


@dataclass(frozen=True, slots=True)
class Told:
    """What became of an exception, and what the person is to be told of it; None where there is nothing to tell."""

    lifted: LiftedRule
    answer: Answer | None


class Exceptions:
    """Everything that is done to an exception but using it, which is part of the change that it allows."""

    def __init__(self, store: Store, services: Services) -> None:
        self._store = store
        self._services = services

    # --- asked for ----------------------------------------------------------------------------------

    def ask(self, agent: Agent, conversation: Conversation, rule: str, about: str, reason: str) -> LiftedRule:
        """An agent asks for one; leads see it until one of them has decided. Raises ConsoleError."""
        return self._begun(agent, conversation, rule, about, reason, "requested")

    def begin(self, agent: Agent, conversation: Conversation, rule: str, about: str, reason: str) -> LiftedRule:
        """A lead wants to allow what the rule refuses; it waits for the second confirmation. Raises ConsoleError."""
        if agent.role != "lead":
            raise forbidden("error_exception_by_lead")
        return self._begun(agent, conversation, rule, about, reason, "pending")

    def _begun(
        self, agent: Agent, conversation: Conversation, rule: str, about: str, reason: str, state: ExceptionState
    ) -> LiftedRule:
        reason, now = _reason(reason), self._services.clock.real()
        if rule not in {kind.rule for kind in OF_ONE_TEST}:
            raise invalid("rule", "There are no exceptions from this rule.")
        turn = self._turn(agent, conversation)
        person, option = purchase_of(turn, about)
        decision = _refusal(turn, rule, option.subject)
        bought = option.purchase.id if option.purchase is not None else ""
        lifted = LiftedRule(
            id=uuid4().hex,
            ase_id=person.candidate.ase_id,
            conversation_id=conversation.id,
            rule=rule,
            code=decision.decisive.code,
            test=option.test,
            purchase_id=bought,
            decision=decision_to_json(decision),
            state=state,
            asked_by=agent.id,
            asked_why=reason,
            asked_at=now,
        )
        with self._store.unit_of_work() as uow:
            uow.records.person(lifted.ase_id, lock=True)
            for other in uow.exceptions.of(lifted.ase_id):
                if (other.rule, other.purchase_id) != (rule, bought) or other.state_at(now) not in OPEN:
                    continue
                if other.state != "pending":
                    raise conflict("exception_open", "error_exception_open")
                uow.exceptions.end(other.id, "withdrawn", agent.id, None, at=now)
            uow.exceptions.add(lifted)
            if state == "requested":
                self._write(uow, agent, lifted, "exception.requested", {"reason": reason})
            uow.commit()
        return lifted

    # --- granted ------------------------------------------------------------------------------------

    def grant(self, agent: Agent, conversation: Conversation, exception_id: str, typed: str) -> Told:
        """A lead's word, with the test code typed: it holds for a while, once. Raises ConsoleError."""
        if agent.role != "lead":
            raise forbidden("error_exception_by_lead")
        lifted, now = self._of(conversation, exception_id), self._services.clock.real()
        if lifted.state == "pending" and lifted.asked_by != agent.id:
            raise not_found("error_no_exception")
        if typed.strip().upper() != lifted.test:
            raise invalid("typed", f"Type {lifted.test} to confirm.")
        if lifted.state not in ("requested", "pending"):
            raise conflict("confirmed", "error_confirmed")
        turn = self._turn(agent, conversation)
        _, option = purchase_of(turn, f"{lifted.test}/{lifted.purchase_id}")
        decision = decision_to_json(_refusal(turn, lifted.rule, option.subject))
        until = now + HOLDS_FOR
        with self._store.unit_of_work() as uow:
            if not uow.exceptions.grant(lifted.id, agent.id, decision, at=now, until=until):
                raise conflict("confirmed", "error_confirmed")
            uow.exceptions.tell(lifted.id, at=now)
            granted = self._known(uow, lifted.id)
            after = {"reason": lifted.asked_why, "asked_by": lifted.asked_by, "until": until.isoformat()}
            self._write(uow, agent, granted, "exception.allowed", after)
            uow.commit()
        reply = Reply(turn)
        kind = next(kind for kind in OF_ONE_TEST if kind.rule == lifted.rule)
        said = Words.same(self._services.answers.said(kind.title).voice)
        reply.phrase("exception_allowed", test=lifted.test, action=said, until=until.astimezone(turn.zone))
        return Told(granted, joined(reply.said))

    # --- over ---------------------------------------------------------------------------------------

    def end(self, agent: Agent, conversation: Conversation, exception_id: str, reason: str) -> Told:
        """A lead turns it down or takes it back; who asked for it takes the request back. Raises ConsoleError."""
        reason, now = _reason(reason), self._services.clock.real()
        lifted = self._of(conversation, exception_id)
        waits = lifted.state in ("requested", "pending")
        if agent.role != "lead" and not (waits and lifted.asked_by == agent.id):
            raise forbidden("error_exception_by_lead")
        state: ExceptionState = "declined" if waits and lifted.asked_by != agent.id else "withdrawn"
        with self._store.unit_of_work() as uow:
            uow.records.person(lifted.ase_id, lock=True)
            if lifted.state_at(now) not in OPEN or not uow.exceptions.end(lifted.id, state, agent.id, reason, at=now):
                raise conflict("exception_over", "error_exception_over")
            ended = self._known(uow, lifted.id)
            self._write(uow, agent, ended, f"exception.{state}", {"reason": reason})
            uow.commit()
        if ended.told_at is None:
            return Told(ended, None)
        reply = Reply(self._turn(agent, conversation))
        reply.phrase("exception_withdrawn", test=lifted.test)
        return Told(ended, joined(reply.said))

    # --- seen ---------------------------------------------------------------------------------------

    def all(self, agent: Agent) -> list[Json]:
        """Those that wait for a lead, then the newest. Raises ConsoleError."""
        if agent.role != "lead":
            raise forbidden("error_leads_only")
        with self._store.unit_of_work(write=False) as uow:
            names = {other.id: other.display_name for other in uow.agents.all()}
            found = uow.exceptions.all(limit=LISTED)
        now = self._services.clock.real()
        return [{"conversation": each.conversation_id, **exception_json(each, names, now)} for each in found]

    # --- inside -------------------------------------------------------------------------------------

    def _of(self, conversation: Conversation, exception_id: str) -> LiftedRule:
        with self._store.unit_of_work(write=False) as uow:
            found = uow.exceptions.get(exception_id)
        if found is None or found.ase_id != conversation.person:
            raise not_found("error_no_exception")
        return found

    @staticmethod
    def _known(uow: UnitOfWork, exception_id: str) -> LiftedRule:
        found = uow.exceptions.get(exception_id)
        if found is None:
            raise not_found("error_no_exception")
        return found

    def _turn(self, agent: Agent, conversation: Conversation) -> TurnContext:
        if conversation.person is None:
            raise conflict("nobody", "error_nobody")
        role = "lead" if agent.role == "lead" else "agent"
        visitor = Visitor(conversation.id, "agent", agent=agent.id, role=role, about=conversation.person)
        return TurnContext.begin(self._services, visitor)

    def _write(self, uow: UnitOfWork, agent: Agent, lifted: LiftedRule, action: str, after: Mapping[str, Any]) -> None:
        of = {"exception": lifted.id, "rule": lifted.rule, "test": lifted.test, "purchase": lifted.purchase_id}
        uow.audit.append(
            AuditEvent(
                at=self._services.clock.now(),
                actor_kind="agent",
                actor_id=agent.id,
                channel="agent",
                action=action,
                subject=lifted.ase_id,
                conversation_id=lifted.conversation_id,
                before={"outcome": lifted.decision["outcome"]},
                after={**of, **after},
                decision=lifted.decision,
                policy_digest=self._services.catalog.digest,
            )
        )


def exceptions_json(found: Iterable[LiftedRule], names: Mapping[str, str], now: datetime) -> list[Json]:
    """Exceptions as an agent sees them beside a person, the newest first."""
    return [exception_json(each, names, now) for each in reversed(list(found))]


def exception_json(lifted: LiftedRule, names: Mapping[str, str], now: datetime) -> Json:
    """One exception: for what, who asked and why, who granted it and until when, and what became of it."""

    def at(instant: datetime | None) -> str | None:
        return None if instant is None else instant.isoformat()

    return {
        "id": lifted.id,
        "rule": lifted.rule,
        "code": lifted.code,
        "subject": {"test": lifted.test, "about": f"{lifted.test}/{lifted.purchase_id}"},
        "state": lifted.state_at(now),
        "reason": lifted.asked_why,
        "asked_by": names.get(lifted.asked_by, lifted.asked_by),
        "at": at(lifted.asked_at),
        "by": names.get(lifted.granted_by or "", lifted.granted_by),
        "granted_at": at(lifted.granted_at),
        "expires_at": at(lifted.expires_at),
        "told_at": at(lifted.told_at),
        "ended_by": names.get(lifted.ended_by or "", lifted.ended_by),
        "ended_why": lifted.ended_why,
        "ended_at": at(lifted.ended_at),
    }


def _reason(reason: str) -> str:
    reason = reason.strip()
    if not MIN_REASON <= len(reason) <= MAX_REASON:
        raise invalid("reason", f"Say why, in {MIN_REASON} to {MAX_REASON} characters.")
    return reason


def _refusal(turn: TurnContext, rule: str, subject: Subject) -> Decision:
    """What the rule refuses, if an exception can allow it. Raises ConsoleError."""
    decision = turn.judge(rule, subject)
    if decision.outcome == "allowed":
        raise conflict("allowed_anyway", "error_allowed_anyway")
    if any(reason.code in NEVER for reason in decision.reasons):
        raise conflict("nothing_to_allow", "error_nothing_to_allow")
    return decision

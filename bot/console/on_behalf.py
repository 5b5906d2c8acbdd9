"""Doing something for a person who has asked for it: preview, consent, then the same transaction as in a chat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast
from uuid import uuid4

from bot.adapters.change_mail import Notices
from bot.adapters.changes import ChangesInStore
from bot.answers.answer import Answer, joined
from bot.answers.format import Said as Words
from bot.console.errors import ConsoleError, conflict, forbidden, invalid, not_found
from bot.contracts.seats import SeatFilter
from bot.dialogue import ports as kinds
from bot.dialogue.engine import Engine
from bot.dialogue.ports import Done
from bot.dialogue.state import ConversationState, TaskMemory
from bot.dialogue.tasks.change_task import ChangeTask
from bot.dialogue.tasks.subjects import Option, unsat
from bot.dialogue.turn_context import Desk, Person, Services, Visitor
from bot.dialogue.understanding.user_message import Heard
from bot.rules.case import CaseError
from bot.rules.codec import decision_to_json
from bot.rules.decision import Decision
from bot.rules.facts import Subject
from bot.rules.time import instant_of, zone
from bot.store import Store
from bot.store import changes as store_changes
from bot.store.changes import Allowed, CaseFacts, Refusal
from bot.store.console_values import Agent, Override
from bot.store.values import AuditEvent, Conversation, Json

CONSENTS = ("chat", "phone", "written")
MIN_REASON = 15
MAX_REASON = 1_000
SEATS_SHOWN = 12
NEVER = frozenset(
    {"no_purchase", "no_appointment", "seat_taken", "start_in_past", "appointment_past", "policy_missing"}
)
"""Refusals of fact, not of policy: there is nothing that an exception could allow."""


@dataclass(frozen=True, slots=True)
class Action:
    """Something an agent can do for a person about one bought test."""

    name: str
    rule: str
    title: str
    needs_booking: bool | None
    needs_seat: bool = False


ACTIONS: Mapping[str, Action] = {
    action.name: action
    for action in (
        Action(kinds.BOOK, "schedule_test", "Book an appointment", False, True),
        Action(kinds.RESCHEDULE, "reschedule", "Move the appointment", True, True),
        Action(kinds.CANCEL_APPOINTMENT, "cancel_appointment", "Give up the appointment", True),
        Action(kinds.CANCEL_TEST, "cancel_test", "Cancel the test", None),
    )
}

SERIES = "series/"
"""Before the series (or "all") that duplicates are ordered for, in `about`."""
ADDRESS = "address"
PARTS = ("line1", "city", "region", "postal_code")


class Acting:
    """Changes on behalf of a person, and exceptions that a lead allows."""

    def __init__(self, store: Store, services: Services, engine: Engine, notices: Notices) -> None:
        self._store = store
        self._services = services
        self._engine = engine
        self._notices = notices

    # --- seats, preview, yes ------------------------------------------------------------------------

    def seats(self, agent: Agent, conversation: Conversation, about: str) -> list[Json]:
        """Free seats up to the last day of a purchase, soonest first."""
        desk = self._desk(agent, conversation)
        person, option = self._option(desk, about)
        last = desk.judge("purchase_window", option.subject).decisive.values.get("must_test_by")
        home = option.purchase.appointment.site if option.purchase and option.purchase.appointment else None
        address = person.candidate.address
        with self._services.people.seats(of=person.candidate.ase_id, since=desk.now) as seats:
            near = {
                site.id
                for site in seats.sites().values()
                if site.id == home or (address is not None and site.region == address.region)
            }
            every = SeatFilter(last_day=last)  # type: ignore[arg-type]
            shown = seats.free(replace(every, sites=frozenset(near)), limit=SEATS_SHOWN)
            shown = shown or seats.free(every, limit=SEATS_SHOWN)
        say = self._services.answers.say
        return [
            {
                "site": seat.site.id,
                "starts_at": seat.starts_at.isoformat(),
                "title": say(instant_of(seat.starts_at, zone(seat.site.time_zone)), day=desk.today).web,
                "where": f"{seat.site.name}, {seat.site.city}",
                "free": seat.free,
            }
            for seat in shown
        ]

    def preview(
        self,
        agent: Agent,
        conversation: Conversation,
        action: str,
        about: str,
        seat: Mapping[str, str] | None = None,
        override: Override | None = None,
        address: Mapping[str, str] | None = None,
    ) -> Json:
        """What would be done, as a confirmation that waits for the yes. Raises ConsoleError where it is refused."""
        desk = self._desk(agent, conversation)
        if action == kinds.DUPLICATES:
            return self._preview_duplicates(desk, about)
        if action == kinds.ADDRESS:
            return self._preview_address(desk, address)
        known = ACTIONS.get(action)
        if known is None:
            names = (*ACTIONS, kinds.DUPLICATES, kinds.ADDRESS)
            raise invalid("action", f"Must be one of {', '.join(names)}.")
        person, option = self._option(desk, about)
        subject = option.subject
        memory = TaskMemory(name=kinds.TASK_OF[action], slots={"about": option.key})
        if known.needs_seat:
            if not seat:
                raise invalid("seat", "A seat is needed.")
            starts_at = _start(seat.get("starts_at", ""))
            subject = replace(subject, site=seat.get("site"), starts_at=starts_at)
            memory.slots["seat"] = {"site": seat["site"], "starts_at": starts_at.isoformat()}
        everywhere = replace(person, sites=self._services.people.sites())
        try:
            decision = desk.judge(known.rule, subject, person=everywhere)
        except CaseError as error:
            raise invalid("seat", str(error)) from None
        if decision.outcome != "allowed" and not _covers(override, known.rule, decision):
            raise self._refusal(decision, desk)
        return self._propose(desk, action, memory, option, decision, override)

    def _preview_duplicates(self, desk: Desk, about: str) -> Json:
        """Another copy of the certificates of one series, or of all."""
        person = desk.person
        if person is None or not about.startswith(SERIES):
            raise not_found("There is no such order.")
        wanted = about.removeprefix(SERIES)
        every = desk.judge("duplicate_certificate", Subject())
        held = tuple(str(one) for one in cast("list[str]", every.decisive.values.get("series") or ()))
        try:
            decision = every if wanted == "all" else desk.judge("duplicate_certificate", Subject(series=(wanted,)))
        except CaseError:
            raise not_found("There is no such test series.") from None
        if decision.outcome != "allowed":
            raise self._refusal(decision, desk)
        series = list(held) if wanted == "all" else [wanted]
        memory = TaskMemory(name=kinds.TASK_OF[kinds.DUPLICATES], slots={"series": series})
        return self._propose(desk, kinds.DUPLICATES, memory, Option(""), decision)

    def _preview_address(self, desk: Desk, address: Mapping[str, str] | None) -> Json:
        """A new address, checked part by part as in a chat."""
        if desk.person is None:
            raise not_found("There are no records.")
        given = {part: " ".join((address or {}).get(part, "").split()) for part in PARTS}
        missing = next((part for part in PARTS if not given[part]), None)
        if missing is not None:
            raise invalid(missing, "Street, city, state and postal code are all needed.")
        memory = TaskMemory(name=kinds.TASK_OF[kinds.ADDRESS], slots=dict(given))
        if self._task(kinds.ADDRESS).missing(desk, memory, Option("")):
            raise invalid("address", joined(desk.said).text)
        return self._propose(desk, kinds.ADDRESS, memory, Option(""), None)

    def _propose(
        self,
        desk: Desk,
        action: str,
        memory: TaskMemory,
        option: Option,
        decision: Decision | None,
        override: Override | None = None,
    ) -> Json:
        """Say what would be done and keep it as a confirmation. Raises ConsoleError where it cannot be done."""
        shown = self._task(action).preview(desk, memory, option)
        changes, ase_id = self._services.changes, desk.visitor.subject_id
        if shown is None or changes is None or ase_id is None:
            raise conflict("seat_gone", joined(desk.said).text or "This cannot be done any more.")
        proposal = changes.propose(desk.visitor, ase_id, action, shown)
        return {
            "proposal": proposal.id,
            "text": joined(desk.said).text,
            "expires_at": proposal.until.isoformat(),
            "decision": decision_to_json(decision) if decision is not None else None,
            "exception": override.id if override is not None else None,
        }

    def commit(
        self,
        agent: Agent,
        conversation: Conversation,
        proposal_id: str,
        consent: Mapping[str, Any],
        override: Override | None = None,
    ) -> Answer:
        """Do what was shown, with the person's consent on record. Raises ConsoleError where it is not done."""
        how, words = consent.get("how"), str(consent.get("words") or "").strip()[:500]
        if how not in CONSENTS:
            raise invalid("consent", f"Say how the person agreed: {', '.join(CONSENTS)}.")
        ase_id = self._person_of(conversation)
        with self._store.unit_of_work() as uow:
            kept = uow.confirmations.get(proposal_id)
            if kept is None or kept.conversation_id != conversation.id or kept.ase_id != ase_id:
                raise not_found("There is no such preview.")
            uow.audit.append(
                AuditEvent(
                    at=self._services.clock.now(),
                    actor_kind="agent",
                    actor_id=agent.id,
                    channel="agent",
                    action="consent.recorded",
                    subject=ase_id,
                    conversation_id=conversation.id,
                    after={"how": how, "words": words, "change": kept.task, "proposal": proposal_id},
                )
            )
            uow.commit()
        desk = self._desk(agent, conversation)
        done = self._changes(override).commit(desk.visitor, ase_id, proposal_id)
        if done.refused is not None:
            raise self._not_done(done, desk)
        if override is not None:
            desk.phrase("exception_made", lead=Words.same(agent.display_name))
        self._task(kept.task).say_done(desk, TaskMemory(name=kinds.TASK_OF[kept.task]), done)
        return joined(desk.said)

    # --- exceptions ---------------------------------------------------------------------------------

    def except_for(self, agent: Agent, conversation: Conversation, rule: str, about: str, reason: str) -> Override:
        """A lead wants to allow what the rule refuses; it waits for the second confirmation. Raises ConsoleError."""
        if agent.role != "lead":
            raise forbidden("Only a lead may make an exception.")
        reason = reason.strip()
        if not MIN_REASON <= len(reason) <= MAX_REASON:
            raise invalid("reason", f"Say why, in {MIN_REASON} to {MAX_REASON} characters.")
        if rule not in {action.rule for action in ACTIONS.values()}:
            raise invalid("rule", "There are no exceptions from this rule.")
        desk = self._desk(agent, conversation)
        person, option = self._option(desk, about)
        decision = desk.judge(rule, option.subject)
        if decision.outcome == "allowed":
            raise conflict("allowed_anyway", "The rule allows it: there is no need for an exception.")
        if decision.decisive.code in NEVER:
            raise conflict("nothing_to_allow", "No exception can change that: it is a fact, not a rule.")
        override = Override(
            id=uuid4().hex,
            ase_id=person.candidate.ase_id,
            conversation_id=conversation.id,
            agent_id=agent.id,
            rule=rule,
            subject={"test": option.test, "about": option.key},
            decision=decision_to_json(decision),
            reason=reason,
            state="pending",
            at=self._services.clock.real(),
            confirmed_at=None,
        )
        with self._store.unit_of_work() as uow:
            uow.console.add_override(override)
            uow.commit()
        return override

    def confirm_exception(self, agent: Agent, conversation: Conversation, override_id: str, typed: str) -> Answer:
        """The second confirmation: the test code, typed. What to tell the person. Raises ConsoleError."""
        if agent.role != "lead":
            raise forbidden("Only a lead may make an exception.")
        now = self._services.clock.now()
        with self._store.unit_of_work() as uow:
            override = uow.console.override(override_id)
            if override is None or override.conversation_id != conversation.id or override.agent_id != agent.id:
                raise not_found("There is no such exception.")
            if typed.strip().upper() != override.subject["test"]:
                raise invalid("typed", f"Type {override.subject['test']} to confirm.")
            if not uow.console.allow(override_id, at=self._services.clock.real()):
                raise conflict("confirmed", "This exception was confirmed before.")
            uow.audit.append(
                AuditEvent(
                    at=now,
                    actor_kind="agent",
                    actor_id=agent.id,
                    channel="agent",
                    action="exception.allowed",
                    subject=override.ase_id,
                    conversation_id=conversation.id,
                    before={"outcome": override.decision["outcome"]},
                    after={"rule": override.rule, "subject": override.subject, "reason": override.reason},
                    decision=override.decision,
                    policy_digest=self._services.catalog.digest,
                )
            )
            uow.commit()
        desk = self._desk(agent, conversation)
        titles = {action.rule: action.title for action in ACTIONS.values()}
        said = titles[override.rule]
        desk.phrase("exception_allowed", test=override.subject["test"], action=Words.same(said[0].lower() + said[1:]))
        return joined(desk.said)

    def exception(self, conversation: Conversation, override_id: str | None) -> Override | None:
        """A confirmed exception of this conversation. Raises ConsoleError for any other."""
        if override_id is None:
            return None
        with self._store.unit_of_work(write=False) as uow:
            found = uow.console.override(override_id)
        if found is None or found.conversation_id != conversation.id or found.state != "allowed":
            raise not_found("There is no such exception.")
        return found

    # --- inside -------------------------------------------------------------------------------------

    def _changes(self, override: Override | None) -> ChangesInStore:
        plain = cast(ChangesInStore, self._services.changes)
        if override is None:
            return plain
        services = self._services
        return ExceptionalChanges(override, self._store, services.catalog, services.clock, self._notices)

    def _desk(self, agent: Agent, conversation: Conversation) -> Desk:
        visitor = Visitor(
            conversation.id,
            "agent",
            agent=agent.id,
            role="lead" if agent.role == "lead" else "agent",
            about=self._person_of(conversation),
        )
        return Desk(self._services, visitor, ConversationState(), Heard(text="", label="inform"))

    @staticmethod
    def _person_of(conversation: Conversation) -> str:
        if conversation.person is None:
            raise conflict("nobody", "Nobody has signed in to this conversation.")
        return conversation.person

    @staticmethod
    def _option(desk: Desk, about: str) -> tuple[Person, Option]:
        person = desk.person
        if person is None:
            raise not_found("There are no records.")
        for option in unsat(person, desk.today):
            if option.key == about:
                return person, option
        raise not_found("There is no such open purchase.")

    def _task(self, action: str) -> ChangeTask:
        return cast(ChangeTask, self._engine.tasks[kinds.TASK_OF[action]])

    def _refusal(self, decision: Decision, desk: Desk) -> ConsoleError:
        words = self._services.answers.decision(decision, day=desk.today).text
        return conflict(decision.decisive.code, words)

    def _not_done(self, done: Done, desk: Desk) -> ConsoleError:
        if done.decision is not None:
            return self._refusal(done.decision, desk)
        return conflict(str(done.refused), "Nothing was changed: the preview does not hold any more.")


class ExceptionalChanges(ChangesInStore):
    """Changes under one confirmed exception: what else the rule refuses it still refuses."""

    def __init__(self, override: Override, *given: Any) -> None:
        super().__init__(*given)
        self._override = override

    def _check(self, *given: Any, **named: Any) -> store_changes.Check:
        plain = super()._check(*given, **named)
        override = self._override

        def again(facts: CaseFacts) -> Refusal | Allowed | None:
            said = plain(facts)
            if isinstance(said, Refusal) and said.decision is not None and _same(said.decision, override):
                return Allowed({**said.decision, "exception": override.id})
            return said

        return again


def _same(told: Json, override: Override) -> bool:
    refused = override.decision
    return bool(
        told["rule"] == override.rule
        and told["reasons"][0]["code"] == refused["reasons"][0]["code"]
        and told["subject"].get("test") == override.subject["test"]
    )


def _covers(override: Override | None, rule: str, decision: Decision) -> bool:
    return (
        override is not None
        and override.rule == rule
        and decision.subject.test == override.subject["test"]
        and decision.decisive.code == override.decision["reasons"][0]["code"]
    )


def _start(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise invalid("seat", "The start must be an ISO time, local at the site.") from None

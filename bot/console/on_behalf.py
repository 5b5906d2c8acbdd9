"""Doing something for a person who has asked for it: preview, consent, then the same transaction as in a chat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from bot.answers.answer import Answer, joined
from bot.answers.format import Said as Words
from bot.changes.kinds import ADDRESS, CHANGE_KINDS, DUPLICATES, KINDS, ChangeKind
from bot.console.errors import ConsoleError, conflict, forbidden, invalid, not_found, refused
from bot.contracts.changes import Changes, Done, ExceptionGrant, Refusal
from bot.contracts.seats import SeatFilter, SeatOrder
from bot.dialogue.engine import Dialogue
from bot.dialogue.memories import AddressMemory, ChangeMemory, DuplicatesMemory, SeatChosen
from bot.dialogue.outcome import Reply, on_day
from bot.dialogue.ports import Services
from bot.dialogue.tasks.appointment_words import is_closed, option_of
from bot.dialogue.tasks.change_task import ChangeTask, which_purchase
from bot.dialogue.tasks.seat_task import change_closes, starts_taken
from bot.dialogue.tasks.subjects import Option, unsat
from bot.dialogue.turn_context import TurnContext
from bot.dialogue.values import Person, Visitor
from bot.rules.case import CaseError
from bot.rules.codec import decision_to_json
from bot.rules.decision import Decision
from bot.rules.facts import Subject
from bot.rules.time import instant_of, zone
from bot.store import Store
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


OF_ONE_TEST = tuple(kind for kind in CHANGE_KINDS if kind.of_one_test)
"""What can be done about one bought test, and what a lead can make an exception for."""

SERIES = "series/"
"""Before the series (or "all") that duplicates are ordered for, in `about`."""
ABOUT_ADDRESS = "address"
"""What a change of the address is about."""
PARTS = ("line1", "city", "region", "postal_code")


class OnBehalf:
    """Changes on behalf of a person, and exceptions that a lead allows."""

    def __init__(self, store: Store, services: Services, dialogue: Dialogue) -> None:
        self._store = store
        self._services = services
        self._dialogue = dialogue

    # --- seats, preview, yes ------------------------------------------------------------------------

    def seats(self, agent: Agent, conversation: Conversation, about: str) -> list[Json]:
        """Free seats up to the last day of a purchase, soonest first; those that could not be changed any more
        (`closed`) after the others, and none that they have or could not go to."""
        turn = self._turn(agent, conversation)
        person, option = self._option(turn, about)
        last = turn.judge("purchase_window", option.subject).decisive.values.get("must_test_by")
        home = option.purchase.appointment.site if option.purchase and option.purchase.appointment else None
        address = person.candidate.address
        near = {
            site.id
            for site in turn.sites.values()
            if site.id == home or (address is not None and site.region == address.region)
        }
        every = SeatFilter(last_day=on_day(last), starts_out=starts_taken(turn, person, option))
        order = SeatOrder(closed_until=change_closes(turn))
        with self._services.people.seats(of=person.candidate.ase_id, since=turn.now) as seats:
            shown = seats.free(replace(every, sites=frozenset(near)), order=order, limit=SEATS_SHOWN)
            shown = shown or seats.free(every, order=order, limit=SEATS_SHOWN)
        say = self._services.answers.say
        return [
            {
                "site": seat.site.id,
                "starts_at": seat.starts_at.isoformat(),
                "title": say(instant_of(seat.starts_at, zone(seat.site.time_zone)), day=turn.today).web,
                "where": f"{seat.site.name}, {seat.site.city}",
                "free": seat.free,
                "closed": is_closed(turn, instant_of(seat.starts_at, zone(seat.site.time_zone))),
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
        turn = self._turn(agent, conversation)
        kind = KINDS.get(action)
        if kind is None:
            raise invalid("action", f"Must be one of {', '.join(KINDS)}.")
        if kind is DUPLICATES:
            return self._preview_duplicates(turn, about)
        if kind is ADDRESS:
            return self._preview_address(turn, address)
        person, option = self._option(turn, about)
        subject = option.subject
        seat_chosen: dict[str, Any] = {}
        if kind.needs_seat:
            if not seat:
                raise invalid("seat", "A seat is needed.")
            starts_at = _start(seat.get("starts_at", ""))
            subject = replace(subject, site=seat.get("site"), starts_at=starts_at)
            seat_chosen["seat"] = SeatChosen(site=seat["site"], starts_at=starts_at.isoformat())
        everywhere = replace(person, sites=turn.sites)
        try:
            decision = turn.judge(kind.rule, subject, person=everywhere)
        except CaseError as error:
            raise invalid("seat", str(error)) from None
        allow = _grant(override)
        if decision.outcome != "allowed" and not (allow and allow.covers(person.candidate.ase_id, decision)):
            raise self._refusal(decision, turn)
        memory = self._task(kind).memory(about=option.key, opening=False, **seat_chosen)
        return self._propose(Reply(turn), kind, memory, option, decision, allow)

    def _preview_duplicates(self, turn: TurnContext, about: str) -> Json:
        """Another copy of the certificates of one series, or of all."""
        person = turn.person
        if person is None or not about.startswith(SERIES):
            raise not_found("error_no_order")
        wanted = about.removeprefix(SERIES)
        every = turn.judge("duplicate_certificate", Subject())
        held = every.texts("series")
        try:
            decision = every if wanted == "all" else turn.judge("duplicate_certificate", Subject(series=(wanted,)))
        except CaseError:
            raise not_found("error_no_series") from None
        if decision.outcome != "allowed":
            raise self._refusal(decision, turn)
        series = held if wanted == "all" else (wanted,)
        memory = DuplicatesMemory(series=series, opening=False)
        return self._propose(Reply(turn), DUPLICATES, memory, Option(""), decision)

    def _preview_address(self, turn: TurnContext, address: Mapping[str, str] | None) -> Json:
        """A new address, checked part by part as in a chat."""
        if turn.person is None:
            raise not_found("error_no_records")
        given = {part: " ".join((address or {}).get(part, "").split()) for part in PARTS}
        missing = next((part for part in PARTS if not given[part]), None)
        if missing is not None:
            raise invalid(missing, "Street, city, state and postal code are all needed.")
        task, reply = self._task(ADDRESS), Reply(turn)
        ready = task.missing(reply, AddressMemory(opening=False).having(**given), Option(""))
        if not isinstance(ready, ChangeMemory):
            raise invalid("address", joined(reply.said).text)
        return self._propose(reply, ADDRESS, ready, Option(""), None)

    def _propose(
        self,
        reply: Reply,
        kind: ChangeKind,
        memory: ChangeMemory,
        option: Option,
        decision: Decision | None,
        allow: ExceptionGrant | None = None,
    ) -> Json:
        """Say what would be done and keep it as a confirmation. Raises ConsoleError where it cannot be done."""
        turn = reply.turn
        request, ase_id = self._task(kind).preview(reply, memory, option), turn.visitor.subject_id
        if request is None or ase_id is None:
            told = joined(reply.said).text
            raise refused("seat_gone", told) if told else conflict("seat_gone", "error_seat_gone")
        proposal = self._changes.propose(turn.visitor, ase_id, request, allow)
        if isinstance(proposal, Refusal):
            if proposal.decision is None:
                raise conflict(*_NOT_THEIRS.get(proposal.code, ("seat_gone", "error_seat_gone")))
            raise self._refusal(proposal.decision, turn)
        which_purchase(reply, option.purchase)
        self._task(kind).say_before(reply, proposal)
        return {
            "proposal": proposal.id,
            "text": joined(reply.said).text,
            "expires_at": proposal.until.isoformat(),
            "decision": decision_to_json(decision) if decision is not None else None,
            "exception": allow.id if allow is not None else None,
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
                raise not_found("error_no_preview")
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
        turn = self._turn(agent, conversation)
        done = self._changes.confirm(turn.visitor, ase_id, proposal_id, _grant(override))
        if done.refused is not None:
            raise self._not_done(done, turn)
        reply = Reply(turn.reread())
        if override is not None:
            reply.phrase("exception_made", lead=Words.same(agent.display_name))
        self._task(KINDS[kept.task]).say_done(reply, done)
        bought = option_of(reply.turn, done)
        which_purchase(reply, bought.purchase if bought is not None else None)
        return joined(reply.said)

    # --- exceptions ---------------------------------------------------------------------------------

    def except_for(self, agent: Agent, conversation: Conversation, rule: str, about: str, reason: str) -> Override:
        """A lead wants to allow what the rule refuses; it waits for the second confirmation. Raises ConsoleError."""
        if agent.role != "lead":
            raise forbidden("error_exception_by_lead")
        reason = reason.strip()
        if not MIN_REASON <= len(reason) <= MAX_REASON:
            raise invalid("reason", f"Say why, in {MIN_REASON} to {MAX_REASON} characters.")
        if rule not in {kind.rule for kind in OF_ONE_TEST}:
            raise invalid("rule", "There are no exceptions from this rule.")
        turn = self._turn(agent, conversation)
        person, option = self._option(turn, about)
        decision = turn.judge(rule, option.subject)
        if decision.outcome == "allowed":
            raise conflict("allowed_anyway", "error_allowed_anyway")
        if decision.decisive.code in NEVER:
            raise conflict("nothing_to_allow", "error_nothing_to_allow")
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
            raise forbidden("error_exception_by_lead")
        now = self._services.clock.now()
        with self._store.unit_of_work() as uow:
            override = uow.console.override(override_id)
            if override is None or override.conversation_id != conversation.id or override.agent_id != agent.id:
                raise not_found("error_no_exception")
            if typed.strip().upper() != override.subject["test"]:
                raise invalid("typed", f"Type {override.subject['test']} to confirm.")
            if not uow.console.allow(override_id, at=self._services.clock.real()):
                raise conflict("confirmed", "error_confirmed")
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
        turn = self._turn(agent, conversation)
        kind = next(kind for kind in OF_ONE_TEST if kind.rule == override.rule)
        said = Words.same(self._services.answers.said(kind.title).voice)
        reply = Reply(turn)
        reply.phrase("exception_allowed", test=override.subject["test"], action=said)
        return joined(reply.said)

    def exception(self, conversation: Conversation, override_id: str | None) -> Override | None:
        """A confirmed exception of this conversation. Raises ConsoleError for any other."""
        if override_id is None:
            return None
        with self._store.unit_of_work(write=False) as uow:
            found = uow.console.override(override_id)
        if found is None or found.conversation_id != conversation.id or found.state != "allowed":
            raise not_found("error_no_exception")
        return found

    # --- inside -------------------------------------------------------------------------------------

    @property
    def _changes(self) -> Changes:
        if self._services.changes is None:
            raise conflict("no_changes", "error_seat_gone")
        return self._services.changes

    def _turn(self, agent: Agent, conversation: Conversation) -> TurnContext:
        visitor = Visitor(
            conversation.id,
            "agent",
            agent=agent.id,
            role="lead" if agent.role == "lead" else "agent",
            about=self._person_of(conversation),
        )
        return TurnContext.begin(self._services, visitor)

    @staticmethod
    def _person_of(conversation: Conversation) -> str:
        if conversation.person is None:
            raise conflict("nobody", "error_nobody")
        return conversation.person

    @staticmethod
    def _option(turn: TurnContext, about: str) -> tuple[Person, Option]:
        person = turn.person
        if person is None:
            raise not_found("error_no_records")
        for option in unsat(person, turn.today):
            if option.key == about:
                return person, option
        raise not_found("error_no_purchase")

    def _task(self, kind: ChangeKind) -> ChangeTask:
        task = self._dialogue.tasks[kind.topic]
        assert isinstance(task, ChangeTask)
        return task

    def _refusal(self, decision: Decision, turn: TurnContext) -> ConsoleError:
        words = self._services.answers.decision(decision, day=turn.today).text
        return refused(decision.decisive.code, words)

    def _not_done(self, done: Done, turn: TurnContext) -> ConsoleError:
        if done.decision is not None:
            return self._refusal(done.decision, turn)
        return conflict(str(done.refused), _NOT_THEIRS.get(str(done.refused), ("", "error_preview_outdated"))[1])


_NOT_THEIRS = {
    "same_time": ("same_time", "error_same_time"),
    "no_change": ("no_change", "error_no_change"),
}
"""Why somebody cannot have a seat whatever the rules say: the code for the page, and the phrase."""


def _grant(override: Override | None) -> ExceptionGrant | None:
    """What a confirmed exception lifts."""
    if override is None:
        return None
    code = str(override.decision["reasons"][0]["code"])
    return ExceptionGrant(override.id, override.ase_id, override.rule, code, str(override.subject["test"]))


def _start(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise invalid("seat", "The start must be an ISO time, local at the site.") from None

"""Doing something for a person who has asked for it: preview, consent, then the same transaction as in a chat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.answers.answer import Answer, joined
from bot.answers.format import Said as Words
from bot.changes.kinds import ADDRESS, CHANGE_KINDS, DUPLICATES, KINDS, ChangeKind
from bot.console.errors import ConsoleError, conflict, invalid, not_found, refused
from bot.contracts.changes import Changes, Done, Refusal
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
from bot.store.console_values import Agent
from bot.store.values import AuditEvent, Conversation, Json

CONSENTS = ("chat", "phone", "written")
SEATS_SHOWN = 12
OF_ONE_TEST = tuple(kind for kind in CHANGE_KINDS if kind.of_one_test)
"""What can be done about one bought test, and what a lead can make an exception for."""

SERIES = "series/"
"""Before the series (or "all") that duplicates are ordered for, in `about`."""
ABOUT_ADDRESS = "address"
"""What a change of the address is about."""
PARTS = ("line1", "city", "region", "postal_code")


class OnBehalf:
    """Changes on behalf of a person, by the rules or under an exception that holds."""

    def __init__(self, store: Store, services: Services, dialogue: Dialogue) -> None:
        self._store = store
        self._services = services
        self._dialogue = dialogue

    # --- seats, preview, yes ------------------------------------------------------------------------

    def seats(self, agent: Agent, conversation: Conversation, about: str) -> list[Json]:
        """Free seats up to the last day of a purchase, soonest first; those that could not be changed any more
        (`closed`) after the others, and none that they have or could not go to."""
        turn = self._turn(agent, conversation)
        person, option = purchase_of(turn, about)
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
        exception: str | None = None,
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
        person, option = purchase_of(turn, about)
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
        if decision.outcome != "allowed":
            bought = option.purchase.id if option.purchase is not None else None
            grant = self._changes.exception_for(person.candidate.ase_id, decision, bought) if exception else None
            if grant is None or grant.id != exception:
                raise self._refusal(decision, turn)
        memory = self._task(kind).memory(about=option.key, opening=False, **seat_chosen)
        return self._propose(Reply(turn), kind, memory, option, decision, exception)

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
        exception: str | None = None,
    ) -> Json:
        """Say what would be done and keep it as a confirmation. Raises ConsoleError where it cannot be done."""
        turn = reply.turn
        request, ase_id = self._task(kind).preview(reply, memory, option), turn.visitor.subject_id
        if request is None or ase_id is None:
            told = joined(reply.said).text
            raise refused("seat_gone", told) if told else conflict("seat_gone", "error_seat_gone")
        proposal = self._changes.propose(turn.visitor, ase_id, request, exception=exception)
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
            "exception": proposal.exception,
        }

    def commit(
        self,
        agent: Agent,
        conversation: Conversation,
        proposal_id: str,
        consent: Mapping[str, Any],
        exception: str | None = None,
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
            if kept.preview.get("exception", exception) != exception:
                raise conflict("exception_missing", "error_preview_outdated")
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
        done = self._changes.confirm(turn.visitor, ase_id, proposal_id)
        if done.refused is not None:
            raise self._not_done(done, turn)
        reply = Reply(turn.reread())
        if done.exception is not None:
            reply.phrase("exception_made", lead=Words.same(self._lead_of(done.exception)))
        self._task(KINDS[kept.task]).say_done(reply, done)
        bought = option_of(reply.turn, done)
        which_purchase(reply, bought.purchase if bought is not None else None)
        return joined(reply.said)

    # --- exceptions ---------------------------------------------------------------------------------

    def exception(
        self, conversation: Conversation, exception_id: str | None, proposal: str | None = None
    ) -> str | None:
        """The id of an exception that holds for this person now, or was used up by that very proposal; whoever has the
        conversation may use it. Raises ConsoleError for any other."""
        if exception_id is None:
            return None
        with self._store.unit_of_work(write=False) as uow:
            found = uow.exceptions.get(exception_id)
        if found is None or found.ase_id != conversation.person:
            raise not_found("error_no_exception")
        if proposal is not None and found.change_key == proposal:
            return exception_id
        if found.state in ("requested", "pending"):
            raise not_found("error_no_exception")
        if found.state_at(self._services.clock.real()) != "granted":
            raise conflict("exception_over", "error_exception_over")
        return exception_id

    def _lead_of(self, exception_id: str) -> str:
        with self._store.unit_of_work(write=False) as uow:
            found = uow.exceptions.get(exception_id)
            lead = uow.agents.get(found.granted_by) if found is not None and found.granted_by is not None else None
        return lead.display_name if lead is not None else ""

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
    "exception_over": ("exception_over", "error_exception_over"),
    "same_time": ("same_time", "error_same_time"),
    "no_change": ("no_change", "error_no_change"),
}
"""Why somebody cannot have a seat whatever the rules say: the code for the page, and the phrase."""


def purchase_of(turn: TurnContext, about: str) -> tuple[Person, Option]:
    """The person, and the purchase that is not used up with that key. Raises ConsoleError."""
    person = turn.person
    if person is None:
        raise not_found("error_no_records")
    for option in unsat(person, turn.today):
        if option.key == about:
            return person, option
    raise not_found("error_no_purchase")


def _start(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise invalid("seat", "The start must be an ISO time, local at the site.") from None

"""Changes in the store: the rule is asked again on fresh records inside the transaction that makes the change."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from uuid import uuid4

from bot.adapters.change_mail import ChangeMail
from bot.catalog.model import Catalog
from bot.changes.kinds import ADDRESS, DUPLICATES, KINDS, kind_of, request_from
from bot.clock import Clock
from bot.contracts.changes import (
    AddressRequest,
    ChangeRequest,
    Done,
    DoneBefore,
    DuplicatesRequest,
    ExceptionGrant,
    Proposal,
    PurchaseRequest,
    Refusal,
    Requester,
    RescheduleRequest,
    UnreadableRequest,
)
from bot.contracts.person import Person
from bot.rules.case import Case
from bot.rules.codec import decision_from_json, decision_to_json
from bot.rules.decision import Decision
from bot.rules.facts import Address, Site, Subject
from bot.rules.registry import decide
from bot.store import Store, StoreUnavailable, UnitOfWork
from bot.store import changes as store_changes
from bot.store.changes import Allowed, CaseFacts, Change, Check, Order
from bot.store.console_values import LiftedRule
from bot.store.decision_log import record_of
from bot.store.values import Confirmation, StoredChange

log = logging.getLogger("assistant.changes")

HOLD = timedelta(minutes=5)
"""How long a seat is kept for somebody who has been shown it (real time)."""
CONFIRM_WITHIN = timedelta(minutes=10)
"""How long a preview may wait for its yes (real time)."""
AGAIN_WITHIN = timedelta(days=1)
"""Within this time after an order, an equal one is pointed out before the yes."""
EXCEPTION = "exception"
"""Beside a kept request: the id of the exception that it stands on."""
LOOKED_AT = 50
"""How many of a person's changes are looked through for an equal one, the newest first."""


class ChangesInStore:
    """Previews waiting for a yes, and what a yes does; each exactly once, whoever repeats it."""

    def __init__(self, store: Store, catalog: Catalog, clock: Clock, mail: ChangeMail) -> None:
        self._store = store
        self._catalog = catalog
        self._clock = clock
        self._mail = mail

    # --- before the yes ---------------------------------------------------------------------------

    def propose(
        self,
        visitor: Requester,
        ase_id: str,
        request: ChangeRequest,
        *,
        exception: str | None = None,
        as_of: datetime | None = None,
    ) -> Proposal | Refusal:
        """A confirmation that waits for a yes, replacing the one before it, with the seat it needs held meanwhile; a
        refusal where the rule forbids it or the seat is gone, or the exception does not hold any more.

        Raises LookupError for somebody unknown.
        """
        kind, order = kind_of(request), self._order(visitor, ase_id, uuid4().hex, None, as_of)
        with self._store.unit_of_work() as uow:
            person = uow.records.person(ase_id, lock=True)
            if person is None:
                raise LookupError(ase_id)
            facts = store_changes.case_facts(uow, order, request.slot, person.candidate, person.sites)
            own = _clash(request, facts)
            if own is not None:
                return Refusal(own)
            allow = _grant(uow, exception)
            if exception is not None and (allow is None or allow.until <= order.now):
                return Refusal("exception_over")
            verdict = self._check(visitor, request, allow, order.at)(facts)
            under = verdict.exception if isinstance(verdict, Allowed) else None
            if isinstance(verdict, store_changes.Refusal) and verdict.decision is not None:
                return Refusal(verdict.code, decision_from_json(verdict.decision))
            hold = None
            if request.slot is not None:
                site, starts_at = request.slot
                talk, until = visitor.conversation_id, order.now + HOLD
                hold = uow.seats.hold(site, starts_at, of=ase_id, now=order.now, until=until, conversation_id=talk)
                if hold is None:
                    return Refusal("seat_taken")
            kept = uow.confirmations.propose(
                order.key,
                ase_id,
                visitor.conversation_id,
                kind.name,
                request.to_json() | ({} if under is None else {EXCEPTION: under}),
                at=order.now,
                until=order.now + CONFIRM_WITHIN,
            )
            before = None
            if isinstance(request, DuplicatesRequest | AddressRequest):
                before = _done_before(request, uow.done.changes_of(ase_id, limit=LOOKED_AT), order.at)
            uow.commit()
        held_until = hold.expires_at if hold is not None else None
        return Proposal(kept.id, kind.name, request, kept.expires_at, kept.conversation_id, held_until, before, under)

    def exception_for(self, ase_id: str, decision: Decision, purchase_id: str | None) -> ExceptionGrant | None:
        """The exception that holds now and lifts this very refusal."""
        now = self._clock.real()
        with self._store.unit_of_work(write=False) as uow:
            granted = [each for each in uow.exceptions.of(ase_id) if each.state_at(now) == "granted"]
        found = (grant_of(each) for each in granted)
        return next((grant for grant in found if grant.covers(ase_id, decision, purchase_id)), None)

    def pending(self, ase_id: str) -> Proposal | None:
        """What waits for this person's yes."""
        with self._store.unit_of_work(write=False) as uow:
            found = uow.confirmations.pending(ase_id, now=self._clock.real())
        return proposal_of(found)

    def decline(self, proposal_id: str) -> bool:
        """A no, and the seat held for it is given back. False where a yes had been given to it before."""
        with self._store.unit_of_work() as uow:
            kept = uow.confirmations.get(proposal_id, lock=True)
            if kept is not None and kept.state == "pending":
                uow.confirmations.settle(proposal_id, "declined")
                uow.seats.release(kept.ase_id)
            uow.commit()
        return kept is None or kept.state != "committed"

    # --- the yes ------------------------------------------------------------------------------------

    def confirm(
        self,
        visitor: Requester,
        ase_id: str,
        proposal_id: str,
        *,
        waiting: Proposal | None = None,
        sites: Mapping[str, Site] | None = None,
        as_of: datetime | None = None,
    ) -> Done:
        """Do what was shown, if the rule still allows it, or the exception that it stands on still holds."""
        here = (proposal_id, visitor.conversation_id)
        if waiting is not None and sites is not None and (waiting.id, waiting.conversation_id) == here:
            done = self._confirmed(visitor, ase_id, waiting, sites, as_of)
            if done.refused != "confirmation_replaced":
                return done
        try:
            with self._store.unit_of_work(write=False) as uow:
                kept = uow.confirmations.get(proposal_id)
                known = uow.records.sites()
                replaced = kept is not None and kept.state == "replaced"
                twin = uow.confirmations.taken_up(kept, now=self._clock.real()) if kept and replaced else None
        except StoreUnavailable as error:
            return Done("unknown", proposal_id, refused=_away(error))
        if kept is None or kept.ase_id != ase_id or kept.conversation_id != visitor.conversation_id:
            return Done("unknown", proposal_id, refused="confirmation_unknown")
        shown = twin or kept  # the very same may have been shown in another conversation too: one yes for both
        try:
            request = request_from(shown.task, shown.preview)
        except UnreadableRequest as error:
            return self._unreadable(shown, error)
        under = shown.preview.get(EXCEPTION)
        read = Proposal(shown.id, shown.task, request, shown.expires_at, shown.conversation_id, exception=under)
        return self._confirmed(visitor, ase_id, read, known, as_of)

    def _confirmed(
        self,
        visitor: Requester,
        ase_id: str,
        shown: Proposal,
        sites: Mapping[str, Site],
        as_of: datetime | None,
    ) -> Done:
        order, request = self._order(visitor, ase_id, shown.id, shown.id, as_of), shown.request
        try:
            allow = None
            if shown.exception is not None:
                with self._store.unit_of_work(write=False) as uow:
                    allow = _grant(uow, shown.exception)
            check, mail = self._check(visitor, request, allow, order.at), partial(self._mail.of, sites=sites)
            change = request.execute(store_changes.Operations(self._store, order, check, mail))
        except StoreUnavailable as error:
            return Done(shown.kind, shown.id, refused=_away(error))
        return _done(change, sites, self._mail)

    def _unreadable(self, kept: Confirmation, error: UnreadableRequest) -> Done:
        """What was kept by another version of this code is worth nothing any more, and is shown afresh."""
        log.warning("confirmation %s cannot be read: %s", kept.id, type(error).__name__)
        with self._store.unit_of_work() as uow:
            uow.confirmations.settle(kept.id, "expired")
            uow.commit()
        return Done(kept.task, kept.id, refused="confirmation_expired")

    def undo(
        self, visitor: Requester, ase_id: str, change_key: str, request_id: str, *, as_of: datetime | None = None
    ) -> Done:
        """Put a change back, if the rule allows it and the old seat is still free."""
        try:
            with self._store.unit_of_work(write=False) as uow:
                stored = uow.done.change(change_key)
                sites = uow.records.sites()
            if stored is None or stored.ase_id != ase_id or "refusal" in stored.outcome:
                return Done("undo", request_id, refused="nothing_to_undo")
            order = self._order(visitor, ase_id, request_id, None, as_of)
            check = self._check_of_undo(visitor, stored, order.at)
            mail = partial(self._mail.of, sites=sites)
            change = store_changes.undo(self._store, order, change_key=change_key, check=check, mail=mail)
        except StoreUnavailable as error:
            return Done("undo", request_id, refused=_away(error))
        return _done(change, sites, self._mail)

    def _check_of_undo(self, visitor: Requester, stored: StoredChange, at: datetime) -> Check:
        kind = KINDS.get(stored.kind)
        undo = kind.undo if kind is not None else None
        if undo is None or undo.rule is None or undo.subject is None:
            return _no_rule
        subject = undo.subject(stored.outcome["before"], stored.outcome["after"])

        def again(facts: CaseFacts, rule: str = undo.rule) -> store_changes.Refusal | Allowed:
            return self._asked(visitor, rule, subject, facts, at)[0]

        return again

    # --- the rule again -------------------------------------------------------------------------------

    def _check(self, visitor: Requester, request: ChangeRequest, allow: ExceptionGrant | None, at: datetime) -> Check:
        """Asks the rule of a request; a refusal that `allow` covers is lifted, and that is noted with the decision."""
        rule, subject = kind_of(request).rule, request.subject
        bought = request.purchase_id if isinstance(request, PurchaseRequest) else None
        if subject is None:
            return _no_rule

        def again(facts: CaseFacts) -> store_changes.Refusal | Allowed:
            verdict, decision = self._asked(visitor, rule, subject, facts, at)
            told = decision_to_json(decision)
            if isinstance(verdict, store_changes.Refusal):
                if allow is None or not allow.covers(facts.candidate.ase_id, decision, bought):
                    return verdict
                return Allowed({**told, "exception": allow.id}, verdict.record, allow.id)
            outdated = request.outdated(decision)
            return verdict if outdated is None else store_changes.Refusal(outdated, told, record=verdict.record)

        return again

    def _asked(
        self, visitor: Requester, rule: str, subject: Subject, facts: CaseFacts, at: datetime
    ) -> tuple[store_changes.Refusal | Allowed, Decision]:
        """Asks a rule on the records as they are inside the transaction; the decision is kept with the change."""
        case = Case(facts.candidate, at, self._catalog.policy, self._catalog.tests, subject, facts.sites, facts.seats)
        decision = decide(rule, case)
        told = decision_to_json(decision)
        record = record_of(case, decision, self._catalog.digest, at=at, conversation_id=visitor.conversation_id)
        if decision.outcome != "allowed":
            return store_changes.Refusal(decision.decisive.code, told, record=record), decision
        return Allowed(told, record), decision

    def _order(
        self, visitor: Requester, ase_id: str, key: str, confirmation_id: str | None, as_of: datetime | None
    ) -> Order:
        return Order(
            key=key,
            ase_id=ase_id,
            at=as_of or self._clock.now(),
            now=self._clock.real(),
            actor_kind="agent" if visitor.is_agent else "candidate",
            actor_id=visitor.agent,
            channel=visitor.channel,
            conversation_id=visitor.conversation_id,
            confirmation_id=confirmation_id,
            policy_digest=self._catalog.digest,
        )


def _clash(request: ChangeRequest, facts: CaseFacts) -> str | None:
    """Why the seat cannot be theirs whatever the rule says: they have it, or sit another test then."""
    if request.slot is None:
        return None
    bought = request.purchase_id if isinstance(request, PurchaseRequest) else None
    was = request.was if isinstance(request, RescheduleRequest) else None
    return store_changes.clash(facts.candidate, facts.sites, request.slot, bought, was)


def _done_before(request: ChangeRequest, changes: Iterable[StoredChange], at: datetime) -> DoneBefore | None:
    """The newest order within a day, not put back, that this request would give once more."""
    for each in changes:
        if abs(at - each.at) > AGAIN_WITHIN or each.undone_by is not None or "refusal" in each.outcome:
            continue
        after = each.outcome["after"]
        if isinstance(request, DuplicatesRequest) and each.kind == DUPLICATES.name:
            both = tuple(series for series in request.series if series in after["series"])
            if both:
                return DoneBefore(each.at, both)
        if isinstance(request, AddressRequest) and each.kind == ADDRESS.name:
            same = request.address == request.was and Address(**after["address"]) == request.address
            return DoneBefore(each.at) if same else None
    return None


def _no_rule(_facts: CaseFacts) -> None:
    """No rule can forbid it."""


def _away(error: StoreUnavailable) -> str:
    return "not_known" if store_changes.unsettled(error) else "not_done"


def _done(change: Change, sites: Mapping[str, Site], mail: ChangeMail) -> Done:
    refusal = change.refusal
    told = refusal.decision if refusal else None
    calendar = mail.calendar(change, sites)
    return Done(
        kind=change.kind,
        key=change.key,
        before=change.before,
        after=change.after,
        refused=refusal.code if refusal else None,
        decision=decision_from_json(told) if told else None,
        repeated=change.repeated,
        calendar=calendar,
        person=Person(change.person.candidate, change.person.sites) if change.person else None,
        exception=change.exception,
    )


def proposal_of(kept: Confirmation | None) -> Proposal | None:
    """A stored confirmation as the dialogue knows it; None where there is none, or none that this version can read."""
    if kept is None:
        return None
    try:
        request = request_from(kept.task, kept.preview)
    except UnreadableRequest as error:
        log.warning("confirmation %s cannot be read: %s", kept.id, type(error).__name__)
        return None
    under = kept.preview.get(EXCEPTION)
    return Proposal(kept.id, kept.task, request, kept.expires_at, kept.conversation_id, exception=under)


def grant_of(lifted: LiftedRule) -> ExceptionGrant:
    """What a granted exception lifts: every reason that the lead saw."""
    codes = frozenset(str(reason["code"]) for reason in lifted.decision["reasons"])
    until = lifted.expires_at or lifted.asked_at
    return ExceptionGrant(lifted.id, lifted.ase_id, lifted.rule, codes, lifted.purchase_id, until)


def _grant(uow: UnitOfWork, exception: str | None) -> ExceptionGrant | None:
    """What an exception lifts, if it was granted and is neither used nor withdrawn; whether it has expired is seen by
    whoever uses it."""
    found = None if exception is None else uow.exceptions.get(exception)
    return grant_of(found) if found is not None and found.state == "granted" else None

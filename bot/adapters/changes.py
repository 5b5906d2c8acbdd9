"""Changes in the store: the rule is asked again on fresh records inside the transaction that makes the change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import uuid4

from bot.adapters.change_mail import Notices, calendar_of
from bot.catalog.model import Catalog
from bot.clock import Clock
from bot.dialogue import ports as kinds
from bot.dialogue.ports import Done, Proposal
from bot.dialogue.turn_context import Person, Visitor
from bot.rules.case import Case
from bot.rules.codec import decision_from_json, decision_to_json
from bot.rules.facts import Address, Site, Subject
from bot.rules.registry import decide
from bot.rules.time import instant_of, zone
from bot.store import Store, StoreUnavailable
from bot.store import changes as store_changes
from bot.store.changes import Allowed, CaseFacts, Change, Order, Refusal
from bot.store.decision_log import record_of
from bot.store.values import Confirmation

HOLD = timedelta(minutes=5)
"""How long a seat is kept for somebody who has been shown it (real time)."""
CONFIRM_WITHIN = timedelta(minutes=10)
"""How long a preview may wait for its yes (real time)."""


class ChangesInStore:
    """Previews waiting for a yes, and what a yes does; each exactly once, whoever repeats it."""

    def __init__(self, store: Store, catalog: Catalog, clock: Clock, notices: Notices) -> None:
        self._store = store
        self._catalog = catalog
        self._clock = clock
        self._notices = notices

    # --- before the yes ---------------------------------------------------------------------------

    def hold(self, visitor: Visitor, ase_id: str, site: str, starts_at: datetime) -> datetime | None:
        """Keep a seat for this person; until when, or None if it is gone."""
        now = self._clock.real()
        with self._store.unit_of_work() as uow:
            held = uow.seats.hold(
                site, starts_at, of=ase_id, now=now, until=now + HOLD, conversation_id=visitor.conversation_id
            )
            uow.commit()
        return held.expires_at if held else None

    def release(self, ase_id: str) -> None:
        """Let go of the seat this person holds."""
        with self._store.unit_of_work() as uow:
            uow.seats.release(ase_id)
            uow.commit()

    def propose(self, visitor: Visitor, ase_id: str, kind: str, preview: Mapping[str, Any]) -> Proposal:
        """A confirmation that waits for a yes; it replaces the one before it, wherever that was asked."""
        now = self._clock.real()
        with self._store.unit_of_work() as uow:
            kept = uow.confirmations.propose(
                uuid4().hex, ase_id, visitor.conversation_id, kind, dict(preview), at=now, until=now + CONFIRM_WITHIN
            )
            uow.commit()
        return proposal_of(kept)

    def pending(self, ase_id: str) -> Proposal | None:
        """What waits for this person's yes."""
        with self._store.unit_of_work(write=False) as uow:
            found = uow.confirmations.pending(ase_id, now=self._clock.real())
        return proposal_of(found) if found else None

    def decline(self, proposal_id: str) -> bool:
        """A no. False where a yes had been given to it before."""
        with self._store.unit_of_work() as uow:
            kept = uow.confirmations.get(proposal_id, lock=True)
            uow.confirmations.settle(proposal_id, "declined")
            uow.commit()
        return kept is None or kept.state != "committed"

    # --- the yes ------------------------------------------------------------------------------------

    def commit(
        self,
        visitor: Visitor,
        ase_id: str,
        proposal_id: str,
        *,
        waiting: Proposal | None = None,
        sites: Mapping[str, Site] | None = None,
    ) -> Done:
        """Do what was shown, if the rule still allows it.

        `waiting` and `sites`, where they were read for this turn, save a transaction; whether it still waits is seen
        again inside the one that makes the change.
        """
        here = (proposal_id, visitor.conversation_id)
        if waiting is not None and sites is not None and (waiting.id, waiting.conversation_id) == here:
            done = self._commit(visitor, ase_id, waiting, sites)
            if done.refused != "confirmation_replaced":
                return done
        try:
            with self._store.unit_of_work(write=False) as uow:
                kept = uow.confirmations.get(proposal_id)
                sites = uow.records.sites()
                replaced = kept is not None and kept.state == "replaced"
                twin = uow.confirmations.taken_up(kept, now=self._clock.real()) if kept and replaced else None
        except StoreUnavailable as error:
            return Done("unknown", proposal_id, refused=_away(error))
        if kept is None or kept.ase_id != ase_id or kept.conversation_id != visitor.conversation_id:
            return Done("unknown", proposal_id, refused="confirmation_unknown")
        # the very same may have been shown in another conversation too: one yes for both
        return self._commit(visitor, ase_id, proposal_of(twin or kept), sites)

    def _commit(self, visitor: Visitor, ase_id: str, shown: Proposal, sites: Mapping[str, Site]) -> Done:
        order = self._order(visitor, ase_id, shown.id, shown.id)
        try:
            change = self._carry_out(visitor, order, shown.kind, shown.preview, partial(self._notices.of, sites=sites))
        except StoreUnavailable as error:
            return Done(shown.kind, shown.id, refused=_away(error))
        return _done(change, sites)

    def _carry_out(
        self, visitor: Visitor, order: Order, kind: str, shown: Mapping[str, Any], notices: store_changes.Notices
    ) -> Change:
        match kind:
            case kinds.BOOK:
                site, starts_at = shown["site"], datetime.fromisoformat(shown["starts_at"])
                subject = Subject(test=shown["test"], purchase_id=shown["purchase_id"], site=site, starts_at=starts_at)
                return store_changes.book(
                    self._store,
                    order,
                    purchase_id=shown["purchase_id"],
                    site=site,
                    starts_at=starts_at,
                    check=self._check(visitor, "schedule_test", subject),
                    notices=notices,
                )
            case kinds.RESCHEDULE:
                site, starts_at = shown["site"], datetime.fromisoformat(shown["starts_at"])
                subject = Subject(
                    test=shown["test"], appointment_id=shown["appointment_id"], site=site, starts_at=starts_at
                )
                return store_changes.move(
                    self._store,
                    order,
                    appointment_id=shown["appointment_id"],
                    was=_slot(shown["was"]),
                    site=site,
                    starts_at=starts_at,
                    check=self._check(visitor, "reschedule", subject),
                    notices=notices,
                )
            case kinds.CANCEL_APPOINTMENT:
                subject = Subject(test=shown["test"], appointment_id=shown["appointment_id"])
                return store_changes.cancel_appointment(
                    self._store,
                    order,
                    appointment_id=shown["appointment_id"],
                    was=_slot(shown["was"]),
                    check=self._check(visitor, "cancel_appointment", subject),
                    notices=notices,
                )
            case kinds.CANCEL_TEST:
                subject = Subject(test=shown["test"], purchase_id=shown["purchase_id"])
                return store_changes.cancel_test(
                    self._store,
                    order,
                    purchase_id=shown["purchase_id"],
                    was=_slot(shown["was"]) if shown["was"] else None,
                    on=date.fromisoformat(shown["on"]),
                    check=self._check(visitor, "cancel_test", subject),
                    notices=notices,
                )
            case kinds.DUPLICATES:
                series, fee = tuple(shown["series"]), shown["fee_per_series"]
                return store_changes.order_duplicates(
                    self._store,
                    order,
                    series=series,
                    fee_per_series=Decimal(fee),
                    check=self._check(visitor, "duplicate_certificate", Subject(series=series), fee=fee),
                    notices=notices,
                )
            case kinds.ADDRESS:
                return store_changes.change_address(
                    self._store,
                    order,
                    address=Address(**shown["address"]),
                    was=Address(**shown["was"]) if shown["was"] else None,
                    on=date.fromisoformat(shown["on"]),
                    check=lambda _facts: None,
                    notices=notices,
                )
        raise ValueError(f"unknown kind of change {kind!r}")

    def undo(self, visitor: Visitor, ase_id: str, change_key: str, request_id: str) -> Done:
        """Put a change back, if the rule allows it and the old seat is still free."""
        try:
            with self._store.unit_of_work(write=False) as uow:
                stored = uow.done.change(change_key)
                sites = uow.records.sites()
            if stored is None or stored.ase_id != ase_id:
                return Done("undo", request_id, refused="nothing_to_undo")
            check = self._check_of_undo(visitor, stored.kind, stored.outcome)
            order = self._order(visitor, ase_id, request_id, None)
            notices = partial(self._notices.of, sites=sites)
            change = store_changes.undo(self._store, order, change_key=change_key, check=check, notices=notices)
        except StoreUnavailable as error:
            return Done("undo", request_id, refused=_away(error))
        return _done(change, sites)

    def _check_of_undo(self, visitor: Visitor, kind: str, outcome: Mapping[str, Any]) -> store_changes.Check:
        before, after = outcome["before"], outcome["after"]
        if kind == kinds.BOOK:
            subject = Subject(appointment_id=after["appointment"]["id"], test=after["test"])
            return self._check(visitor, "cancel_appointment", subject)
        if kind in {kinds.RESCHEDULE, kinds.CANCEL_APPOINTMENT}:
            old = before["appointment"]
            site, starts_at = old["site"], datetime.fromisoformat(old["starts_at"])
            if kind == kinds.RESCHEDULE:
                subject = Subject(test=before["test"], appointment_id=old["id"], site=site, starts_at=starts_at)
                return self._check(visitor, "reschedule", subject)
            subject = Subject(test=before["test"], purchase_id=before["purchase_id"], site=site, starts_at=starts_at)
            return self._check(visitor, "schedule_test", subject)
        return lambda _facts: None

    # --- the rule again -------------------------------------------------------------------------------

    def _check(self, visitor: Visitor, rule: str, subject: Subject, fee: str | None = None) -> store_changes.Check:
        """Asks the rule on the records as they are inside the transaction; the decision is kept with the change."""

        def again(facts: CaseFacts) -> Refusal | Allowed:
            now = self._clock.now()
            case = Case(
                facts.candidate, now, self._catalog.policy, self._catalog.tests, subject, facts.sites, facts.seats
            )
            decision = decide(rule, case)
            told = decision_to_json(decision)
            record = record_of(case, decision, self._catalog.digest, at=now, conversation_id=visitor.conversation_id)
            if decision.outcome != "allowed":
                return Refusal(decision.decisive.code, told, record=record)
            if fee is not None and Decimal(fee) != decision.decisive.values["fee_per_series"]:
                return Refusal("price_changed", told, record=record)
            return Allowed(told, record)

        return again

    def _order(self, visitor: Visitor, ase_id: str, key: str, confirmation_id: str | None) -> Order:
        return Order(
            key=key,
            ase_id=ase_id,
            at=self._clock.now(),
            now=self._clock.real(),
            actor_kind="agent" if visitor.is_agent else "candidate",
            actor_id=visitor.agent,
            channel=visitor.channel,
            conversation_id=visitor.conversation_id,
            confirmation_id=confirmation_id,
            policy_digest=self._catalog.digest,
        )


def _slot(was: Iterable[str]) -> tuple[str, datetime]:
    site, starts_at = was
    return site, datetime.fromisoformat(starts_at)


def proposal_of(kept: Confirmation) -> Proposal:
    """A stored confirmation as the dialogue knows it."""
    return Proposal(kept.id, kept.task, kept.preview, kept.expires_at, kept.conversation_id)


def _away(error: StoreUnavailable) -> str:
    return "not_known" if store_changes.unsettled(error) else "not_done"


def _done(change: Change, sites: Mapping[str, Site]) -> Done:
    refusal = change.refusal
    told = refusal.decision if refusal else None
    appointment = change.after.get("appointment") if refusal is None else None
    calendar = None
    if appointment is not None and appointment["status"] == "booked" and appointment["site"] in sites:
        site = sites[appointment["site"]]
        starts_at = instant_of(datetime.fromisoformat(appointment["starts_at"]), zone(site.time_zone))
        calendar = calendar_of(change, starts_at, site)
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
    )

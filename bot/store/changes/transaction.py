"""What all changes share: one transaction, the key first, the rule asked again on fresh records, one answer.

Inside the transaction, in this order: the person is locked; the key is looked up (the same key gets the same answer);
the confirmation must still be pending; the slots concerned are locked; the rule is asked again; the change is made,
each step compared with what the preview showed; answer, audit line and mail are written. Whatever goes wrong before
the commit leaves nothing behind; a refusal is an answer too and is kept like one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from bot.rules.facts import Candidate, Seat, Site
from bot.store.errors import ConstraintRefused, KeyReused, OutcomeUnknown
from bot.store.repositories.seats import Slot
from bot.store.values import AuditEvent, DecisionRecord, Json, Mail, Person, StoredChange

if TYPE_CHECKING:
    from bot.store.store import Store, UnitOfWork


@dataclass(frozen=True, slots=True)
class Order:
    """Who wants a change, where, and under which idempotency key.

    `at` is the time of policy and conversation, `now` real time (holds, confirmations). With `confirmation_id` the
    confirmation must be this person's, for this kind of change, and still pending.
    """

    key: str
    ase_id: str
    at: datetime
    now: datetime
    actor_kind: str = "candidate"
    actor_id: str | None = None
    channel: str = "web"
    conversation_id: str | None = None
    confirmation_id: str | None = None
    policy_digest: str | None = None
    model: str | None = None


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """Fresh records for asking the rule again: the person, all sites concerned, and the slot that is wanted.

    `seats` is None where no slot is wanted; else it holds the slot with what this person could take of it, or
    nothing where there is no such slot.
    """

    candidate: Candidate
    sites: Mapping[str, Site]
    seats: tuple[Seat, ...] | None


@dataclass(frozen=True, slots=True)
class Allowed:
    """The rule allows it, or an exception lifts its refusal and is used up (`exception`, its id). `decision` goes into
    the audit, `record` into the log of decisions."""

    decision: Json | None = None
    record: DecisionRecord | None = None
    exception: str | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """It is not done: a reason code, the decision behind it, and how things are now, where that is the reason."""

    code: str
    decision: Json | None = None
    current: Json | None = None
    record: DecisionRecord | None = None


Check = Callable[[CaseFacts], Refusal | Allowed | None]
"""Asks the rule again. None means allowed, with no decision to keep."""


@dataclass(frozen=True, slots=True)
class Change:
    """The answer to a key: what was done (`refusal` None), or why not. The same to everybody who asks.

    `before` and `after` are plain data: the purchase with its appointment, the address, or the order.
    """

    key: str
    kind: str
    ase_id: str
    at: datetime
    before: Json = field(default_factory=dict)
    after: Json = field(default_factory=dict)
    refusal: Refusal | None = None
    exception: str | None = None
    """The id of the exception that it used up."""
    repeated: bool = False
    """Whether this answer was given before and nothing was done this time."""
    sequence: int = field(default=0, repr=False)
    """How often the appointment it is about had been changed before."""
    person: Person | None = field(default=None, compare=False, repr=False)
    """The person's records as they are now."""

    @property
    def done(self) -> bool:
        """Whether the change was made."""
        return self.refusal is None


ChangeMail = Callable[[Change, Candidate], Iterable[Mail]]
"""What to send when a change is done; written in the same transaction."""


def no_mail(_change: Change, _candidate: Candidate) -> Iterable[Mail]:
    """Nothing to send."""
    return ()


class Refused(Exception):
    """Inside a change: it cannot be made. What was written since the savepoint is taken back."""

    def __init__(self, code: str, current: Json | None = None) -> None:
        super().__init__(code)
        self.refusal = Refusal(code, None, current)


@dataclass(frozen=True, slots=True)
class Work:
    """What a kind of change is made of.

    `slot` is the slot that is wanted, `touches` every slot that is changed. `perform` makes the change and returns
    before and after, or raises Refused. `first` is asked before the rule, and raises Refused where the slot cannot be
    had whatever the rule says.
    """

    kind: str
    request: Json
    check: Check
    perform: Callable[[UnitOfWork, Candidate, Mapping[str, Site]], tuple[Json, Json]]
    slot: Slot | None = None
    touches: tuple[Slot, ...] = ()
    first: Callable[[Candidate, Mapping[str, Site]], None] | None = None


def carry_out(
    store: Store,
    order: Order,
    work: Work | Callable[[UnitOfWork, Candidate], Work],
    mail: ChangeMail = no_mail,
    *,
    kind: str,
    request: Json,
) -> Change:
    """Make a change exactly once. `work` may be worked out from what is stored when the person is locked.

    Raises LookupError for somebody unknown, KeyReused where the key was used for another request, and StoreUnavailable
    with nothing changed.
    """
    request_hash = _hash([kind, order.ase_id, request])
    try:
        return _once(store, order, work, mail, kind, request_hash)
    except (ConstraintRefused, OutcomeUnknown):
        # somebody was faster, or it is not known whether it is stored: the key tells
        return _once(store, order, work, mail, kind, request_hash)


def unsettled(error: BaseException) -> bool:
    """Whether a database that went away during a change did so in the very act, so that nobody knows what it kept."""
    before = error.__context__
    return isinstance(error, OutcomeUnknown) or isinstance(before, OutcomeUnknown)


def _once(
    store: Store,
    order: Order,
    work: Work | Callable[[UnitOfWork, Candidate], Work],
    mail: ChangeMail,
    kind: str,
    request_hash: str,
) -> Change:
    with store.unit_of_work() as unit:
        person = unit.records.person(order.ase_id, lock=True)
        if person is None:
            raise LookupError(order.ase_id)
        answered = unit.done.change(order.key)
        if answered is not None:
            if answered.request_hash != request_hash:
                raise KeyReused(f"{order.key} was used for another request")
            return replace(_restored(answered), person=person)
        decision: Json | None = None
        try:
            _confirmed(unit, order, kind)
            if callable(work):
                work = work(unit, person.candidate)
            verdict = _asked_again(unit, order, work, person.candidate, person.sites)
            decision = verdict.decision
            with unit.savepoint():
                sites = unit.records.sites()
                _use_up(unit, order, verdict)
                before, after = work.perform(unit, person.candidate, sites)
            sequence = _changed_before(unit, order.ase_id, after)
            change = Change(
                order.key, kind, order.ase_id, order.at, before, after, exception=verdict.exception, sequence=sequence
            )
        except Refused as refused:
            change = Change(order.key, kind, order.ase_id, order.at, refusal=refused.refusal)
            decision = refused.refusal.decision
        _write(unit, order, change, decision, request_hash)
        if change.done:
            unit.records.touch(order.ase_id)
            for each in mail(change, person.candidate):
                unit.outbox.add(each, at=order.now)
            person = unit.records.person(order.ase_id, sites=sites)
        unit.commit()
    return replace(change, person=person)


def _changed_before(unit: UnitOfWork, ase_id: str, after: Json) -> int:
    """How many changes of the appointment in `after` are stored already."""
    about = (after.get("appointment") or {}).get("id")
    if about is None:
        return 0
    done = [each.outcome for each in unit.done.changes_of(ase_id) if "refusal" not in each.outcome]
    return sum(1 for each in done if (each["after"].get("appointment") or {}).get("id") == about)


def _confirmed(unit: UnitOfWork, order: Order, kind: str) -> None:
    if order.confirmation_id is None:
        return
    found = unit.confirmations.get(order.confirmation_id, lock=True)
    if found is None or found.ase_id != order.ase_id or found.task != kind:
        raise Refused("confirmation_unknown")
    if found.state != "pending":
        raise Refused(f"confirmation_{found.state}")
    if found.expires_at <= order.now:
        unit.confirmations.settle(found.id, "expired")
        raise Refused("confirmation_expired")


def case_facts(
    unit: UnitOfWork, order: Order, slot: Slot | None, candidate: Candidate, sites: Mapping[str, Site]
) -> CaseFacts:
    """The records as they are now, with the slot that is wanted."""
    if slot is None:
        return CaseFacts(candidate, sites, None)
    seat = unit.seats.seat(*slot, now=order.now, of=order.ase_id)
    seats = () if seat is None else (seat,)
    return CaseFacts(candidate, {**sites, **unit.records.sites()}, seats)


def _asked_again(
    unit: UnitOfWork, order: Order, work: Work, candidate: Candidate, sites: Mapping[str, Site]
) -> Allowed:
    unit.seats.lock(*work.touches)
    facts = case_facts(unit, order, work.slot, candidate, sites)
    if work.first is not None:
        work.first(candidate, facts.sites)
    verdict = work.check(facts)
    if verdict is not None and verdict.record is not None:
        unit.decisions.add(verdict.record)
    if isinstance(verdict, Refusal):
        refused = Refused(verdict.code)
        refused.refusal = verdict
        raise refused
    return verdict or Allowed()


def _use_up(unit: UnitOfWork, order: Order, verdict: Allowed) -> None:
    """The exception that the change stands on is used, once. Raises Refused where it does not hold any more."""
    if verdict.exception is None:
        return
    if not unit.exceptions.use(verdict.exception, order.key, order.actor_id or order.ase_id, at=order.now):
        raise Refused("exception_over")


def _write(unit: UnitOfWork, order: Order, change: Change, decision: Json | None, request_hash: str) -> None:
    refusal = change.refusal
    outcome: Json = {"before": change.before, "after": change.after, "sequence": change.sequence}
    if change.exception is not None:
        outcome["exception"] = change.exception
    if refusal is not None:
        outcome["refusal"] = {
            "code": refusal.code,
            "decision": refusal.decision,
            "current": refusal.current,
        }
    unit.done.keep(StoredChange(order.key, request_hash, order.ase_id, change.kind, outcome, None, order.at))
    if order.confirmation_id is not None:
        unit.confirmations.settle(order.confirmation_id, "committed" if refusal is None else "refused")
    line = AuditEvent(
        at=order.now,
        actor_kind=order.actor_kind,
        channel=order.channel,
        action=change.kind if refusal is None else f"{change.kind}_refused",
        subject=order.ase_id,
        actor_id=order.actor_id,
        conversation_id=order.conversation_id,
        before=change.before or None,
        after=change.after if refusal is None else outcome["refusal"],
        decision=decision,
        policy_digest=order.policy_digest,
        model=order.model,
    )
    unit.audit.append(line)
    if change.exception is not None:
        used = {"exception": change.exception, "change": change.key}
        unit.audit.append(replace(line, action="exception.used", before=None, after=used, decision=None))


def _restored(stored: StoredChange) -> Change:
    outcome = stored.outcome
    told = outcome.get("refusal")
    refusal = None if told is None else Refusal(told["code"], told["decision"], told["current"])
    return Change(
        stored.key,
        stored.kind,
        stored.ase_id,
        stored.at,
        outcome["before"],
        outcome["after"],
        refusal,
        outcome.get("exception"),
        repeated=True,
        sequence=outcome.get("sequence", 0),
    )


def _hash(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, allow_nan=False).encode()).hexdigest()

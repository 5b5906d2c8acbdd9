"""The store as the dialogue sees it: people's records, free seats, and one-time codes sent by mail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from bot.adapters.changes import proposal_of
from bot.answers.answers import Answers
from bot.answers.format import Said
from bot.auth.attempts import (
    FORGOTTEN,
    PLACE_KEPT,
    SHOWN,
    AttemptLimits,
    Origin,
    Tally,
    place_of,
)
from bot.auth.one_time_codes import OneTimeCodes
from bot.changes.kinds import BY_TOPIC
from bot.clock import Clock
from bot.contracts.seats import SOONEST, SeatFilter, SeatOrder
from bot.dialogue.state import read_state
from bot.dialogue.tasks import all_tasks
from bot.dialogue.values import FreeSeat, LeftOpen, Person, Standing, Visitor
from bot.rules.facts import Site
from bot.store import Store, UnitOfWork
from bot.store.values import AuditEvent, Conversation, Mail

CALLED_BACK_WITHIN = timedelta(days=1)
"""So long a call that broke off in the middle of something is gone on with."""


class PeopleInStore:
    """Reads records, each call in a short unit of work of its own."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def person(self, ase_id: str) -> Person | None:
        """One person with every test centre, or None."""
        with self._store.unit_of_work(write=False) as uow:
            found = uow.records.person(ase_id)
            return None if found is None else Person(found.candidate, found.sites)

    def standing(self, visitor: Visitor) -> Standing:
        """All that is known of whoever is there, in one unit of work."""
        with self._store.unit_of_work(write=False) as uow:
            return standing_in(uow, self._clock, visitor)

    @contextmanager
    def seats(self, *, of: str, since: datetime) -> Iterator[SeatsInStore]:
        """The seats this person could take that start after the instant `since`, in one unit of work."""
        with self._store.unit_of_work(write=False) as uow:
            yield SeatsInStore(uow, of, since, self._clock.real())


def standing_in(uow: UnitOfWork, clock: Clock, visitor: Visitor) -> Standing:
    """What the records say of whoever is there."""
    sites, ase_id, calling = uow.records.sites(), visitor.subject_id, visitor.channel == "phone"
    calls = uow.calls.of(visitor.conversation_id) if calling else ()
    caller = calls[-1].caller if calls else None
    if ase_id is None:
        return Standing(sites, caller=caller)
    found = uow.records.person(ase_id, sites=sites)
    waiting = uow.confirmations.pending(ase_id, now=clock.real())
    return Standing(
        sites,
        None if found is None else Person(found.candidate, found.sites),
        proposal_of(waiting),
        left_open(uow, ase_id, visitor.conversation_id, clock.now()) if calling else None,
        caller,
    )


def left_open(uow: UnitOfWork, ase_id: str, conversation_id: str, now: datetime) -> LeftOpen | None:
    """What was in hand when this person's last call, a day ago at most and not this one, broke off."""
    found = uow.conversations.last_call_of(ase_id, now - CALLED_BACK_WITHIN, but=conversation_id)
    tasks = all_tasks()
    state = read_state(found.state if found is not None else {}, {name: task.memory for name, task in tasks.items()})
    changing = [open_task for open_task in reversed(state.tasks) if open_task.name in BY_TOPIC]
    return LeftOpen(changing[0].name, tasks[changing[0].name].about_test(changing[0].memory)) if changing else None


class SeatsInStore:
    """Free seats for one person, read within one unit of work; `now` is real time."""

    def __init__(self, uow: UnitOfWork, of: str, since: datetime, now: datetime) -> None:
        self._uow = uow
        self._of = of
        self._since = since
        self._now = now

    def sites(self) -> dict[str, Site]:
        """All test centers by id."""
        return self._uow.records.sites()

    def any_free(self, several: Sequence[SeatFilter]) -> tuple[bool, ...]:
        """For each filter whether there is any seat."""
        return self._uow.seats.any_free(several, now=self._now, of=self._of, since=self._since)

    def free(self, wanted: SeatFilter, *, order: SeatOrder = SOONEST, limit: int | None = None) -> list[FreeSeat]:
        """Seats in this order."""
        found = self._uow.seats.free(wanted, now=self._now, of=self._of, since=self._since, order=order, limit=limit)
        return [FreeSeat(seat.site, seat.starts_at, seat.free) for seat in found]


class CodesByMail:
    """One-time codes: made and checked by their own rules, put into the outbox in the same transaction.

    What comes of each is in the audit and in `tally`.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        answers: Answers,
        limits: AttemptLimits | None = None,
        tally: Tally | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._answers = answers
        self._codes = OneTimeCodes(clock, limits=limits)
        self._tally = tally or Tally()

    def request(self, ase_id: str, conversation_id: str) -> str:
        """Send a code to the e-mail on file: "sent", "locked", "too_many" (for that ID) or "busy" (from there, or over
        all). An unknown ID is "sent" as well."""
        with self._store.unit_of_work() as uow:
            now = self._clock.real()
            uow.sign_in.forget(tries_before=now - FORGOTTEN, places_before=now - PLACE_KEPT)
            talk = uow.conversations.get(conversation_id)
            origin = origin_in(uow, talk, ase_id, now)
            person = uow.records.person(ase_id)
            email = person.candidate.email if person else None
            made = self._codes.request(uow.sign_in, conversation_id, ase_id, known=email is not None, origin=origin)
            if made.code is not None and email is not None:
                said = self._answers.phrase("code_mail", code=Said.same(made.code))
                subject = self._answers.phrase("code_mail_subject").text
                mail = Mail(email, "sign_in_code", subject, said.text, made.code, ase_id=ase_id, expires_at=made.until)
                uow.outbox.add(mail, at=now)
            if made.limit_reached:
                self._note(uow, talk, ase_id, "limit_reached", now)
            uow.commit()
        self._tally.add("candidate", f"code_{made.outcome}")
        return made.outcome

    def check(self, conversation_id: str, code: str) -> tuple[str, str | None]:
        """Compare an entered code: accepted, wrong, expired, locked, malformed or busy; and who is signed in by it."""
        with self._store.unit_of_work() as uow:
            now = self._clock.real()
            talk = uow.conversations.get(conversation_id)
            came = Origin(talk.from_address, talk.from_network) if talk is not None else Origin()
            checked = self._codes.check(uow.sign_in, conversation_id, code, origin=came)
            if checked.compared and checked.ase_id is not None:
                if checked.outcome != "accepted":
                    self._note(uow, talk, checked.ase_id, "wrong_code", now)
                else:
                    self._note(uow, talk, checked.ase_id, "accepted", now)
                    uow.sign_in.remember_place(checked.ase_id, place_of(checked.ase_id, came), now)
                if checked.outcome == "locked":
                    self._note(uow, talk, checked.ase_id, "locked", now)
                if checked.limit_reached:
                    self._note(uow, talk, checked.ase_id, "limit_reached", now)
            uow.commit()
        self._tally.add("candidate", checked.outcome)
        return checked.outcome, checked.ase_id if checked.outcome == "accepted" else None

    def proven(self, ase_id: str, conversation_id: str) -> bool:
        """Whether a code for this ID was entered right in this conversation a moment ago."""
        with self._store.unit_of_work(write=False) as uow:
            return self._codes.proven(uow.sign_in, conversation_id, ase_id)

    @staticmethod
    def _note(uow: UnitOfWork, talk: Conversation | None, ase_id: str, what: str, now: datetime) -> None:
        uow.audit.append(
            AuditEvent(
                at=now,
                actor_kind="candidate" if what == "accepted" else "anonymous",
                channel=talk.channel if talk is not None else "web",
                action=f"sign_in.{what}",
                subject=ase_id,
                conversation_id=talk.id if talk is not None else None,
            )
        )


def origin_in(uow: UnitOfWork, talk: Conversation | None, ase_id: str, now: datetime) -> Origin:
    """Where a try comes from, and whether something speaks for it: it was shown here who it is, or that person signed
    in from there before."""
    if talk is None:
        return Origin()
    origin = Origin(talk.from_address, talk.from_network)
    if talk.ase_id == ase_id:
        return origin.known(SHOWN)
    place = place_of(ase_id, origin)
    before = uow.sign_in.signed_in_from(ase_id, place, now - PLACE_KEPT)
    return origin.known(place) if place is not None and before else origin

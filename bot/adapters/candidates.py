"""The store as the dialogue sees it: people's records, free seats, and one-time codes sent by mail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from bot.adapters.changes import proposal_of
from bot.answers.answers import Answers
from bot.answers.format import Said
from bot.auth.one_time_codes import OneTimeCodes
from bot.changes.kinds import BY_TOPIC
from bot.clock import Clock
from bot.contracts.seats import SOONEST, SeatFilter, SeatOrder
from bot.dialogue.state import read_state
from bot.dialogue.tasks import all_tasks
from bot.dialogue.values import FreeSeat, LeftOpen, Person, Standing, Visitor
from bot.rules.facts import Site
from bot.store import Store, UnitOfWork
from bot.store.values import Mail

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
    """One-time codes: made and checked by their own rules, put into the outbox in the same transaction."""

    def __init__(self, store: Store, clock: Clock, answers: Answers) -> None:
        self._store = store
        self._clock = clock
        self._answers = answers
        self._codes = OneTimeCodes(clock)

    def request(self, ase_id: str, conversation_id: str) -> str:
        """Send a code to the e-mail on file: "sent", "locked" or "too_many". An unknown ID is "sent" as well."""
        with self._store.unit_of_work() as uow:
            person = uow.records.person(ase_id)
            email = person.candidate.email if person else None
            made = self._codes.request(uow.sign_in, conversation_id, ase_id, known=email is not None)
            if made.code is not None and email is not None:
                now = self._clock.real()
                said = self._answers.phrase("code_mail", code=Said.same(made.code))
                subject = self._answers.phrase("code_mail_subject").text
                mail = Mail(
                    email,
                    "sign_in_code",
                    subject,
                    said.text,
                    code=made.code,
                    ase_id=ase_id,
                    expires_at=made.until,
                )
                uow.outbox.add(mail, at=now)
            uow.commit()
        return made.outcome

    def check(self, conversation_id: str, code: str) -> tuple[str, str | None]:
        """Compare an entered code: accepted, wrong, expired, locked or malformed; and who is signed in by it."""
        with self._store.unit_of_work() as uow:
            checked = self._codes.check(uow.sign_in, conversation_id, code)
            uow.commit()
        return checked.outcome, checked.ase_id

    def proven(self, ase_id: str, conversation_id: str) -> bool:
        """Whether a code for this ID was entered right in this conversation a moment ago."""
        with self._store.unit_of_work(write=False) as uow:
            return self._codes.proven(uow.sign_in, conversation_id, ase_id)

"""What the changes that need a free seat have in common: a preference, and seats to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import cast

from bot.changes.kinds import RESCHEDULE
from bot.contracts.changes import BookRequest, ChangeRequest, RescheduleRequest
from bot.contracts.seats import SeatFilter
from bot.dialogue.memories import ChangeMemory, SeatChosen, SeatMemory
from bot.dialogue.outcome import Reply, Step
from bot.dialogue.state import Choice, Expect, Memory, Question
from bot.dialogue.tasks.change_task import ChangeTask, release
from bot.dialogue.tasks.rule_topic import RuleTopic
from bot.dialogue.tasks.seat_search import Found, Home, choices, find, key_of, picked, shown_at_once
from bot.dialogue.tasks.subjects import Option
from bot.dialogue.turn_context import TurnContext
from bot.dialogue.understanding.answers import SEAT
from bot.dialogue.understanding.repairs import Repair
from bot.dialogue.understanding.seat_preferences import fits
from bot.dialogue.understanding.user_act import UserAct
from bot.dialogue.values import FreeSeat, Person
from bot.rules.facts import Site
from bot.rules.time import instant_of, zone

HOLD_MINUTES = 5
LITTLE_ROOM = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class SeatTask(ChangeTask):
    """A change that needs a free seat."""

    @property
    def memory(self) -> type[SeatMemory]:
        """What it remembers of the seat, beside the rest."""
        return SeatMemory

    def start(self, turn: TurnContext, act: UserAct) -> SeatMemory:
        """The tests named, and what is asked of the seat."""
        memory = cast(SeatMemory, ChangeTask.start(self, turn, act))
        preference = act.seat_preference(turn.sites)
        return memory if preference is None else memory.having(preference=preference)

    def correct(self, turn: TurnContext, memory: Memory, act: UserAct, question: Question | None) -> Memory | None:
        """Another test, one of the seats shown, another preference, or "not that one"."""
        known = cast(SeatMemory, memory)
        other = RuleTopic.correct(self, turn, known, act, question)
        if other is not None:
            fresh = cast(SeatMemory, self.from_the_start(turn, cast(SeatMemory, other))).having(shown_from=0)
            preference = act.seat_preference(turn.sites)
            return fresh if preference is None else fresh.having(preference=preference)
        beside_seats = question is not None and question.slot == SEAT
        taken = act.seat_taken(question.choices, turn.sites) if question is not None and beside_seats else None
        if taken is not None:
            return known.having(seat=taken)
        preference = act.seat_preference(turn.sites, known.preference, beside_seats=beside_seats)
        if preference is None:
            return self.not_that(turn, known) if act.repair is Repair.MORE else None
        fresh = cast(SeatMemory, release(turn, known))
        return fresh.without("seat", "confirm", "shown_from", "turned_down_seats").having(preference=preference)

    def more(self, turn: TurnContext, memory: Memory, act: UserAct, question: Question) -> Memory | None:
        """Further seats than those shown."""
        known = cast(SeatMemory, memory)
        if question.slot == SEAT:
            return known.having(shown_from=known.shown_from + len(question.choices))
        return RuleTopic.more(self, turn, memory, act, question)

    def not_that(self, turn: TurnContext, memory: ChangeMemory) -> ChangeMemory | None:
        """Another seat than the one previewed; where none was, another test."""
        known = cast(SeatMemory, memory)
        if known.seat is None:
            return ChangeTask.not_that(self, turn, known)
        turned_down = (*known.turned_down_seats, known.seat)
        fresh = cast(SeatMemory, release(turn, known)).without("seat", "confirm", "shown_from")
        return fresh.having(turned_down_seats=turned_down)

    def contradicted(self, turn: TurnContext, memory: Memory, act: UserAct) -> bool:
        """Whether an answer to the preview names another test, or asks for another seat."""
        if ChangeTask.contradicted(self, turn, memory, act):
            return True
        if not act.may_contradict or not (act.is_bare or act.label == self.label or act.opens_as_reply):
            return False
        preference, seat = act.seat_preference(turn.sites), cast(SeatMemory, memory).seat
        if preference is None or seat is None or seat.site not in turn.sites:
            return False
        shown = FreeSeat(turn.sites[seat.site], datetime.fromisoformat(seat.starts_at), 1)
        return not fits(preference, shown)

    def missing(self, reply: Reply, memory: ChangeMemory, option: Option) -> ChangeMemory | Step:
        """A seat."""
        known = cast(SeatMemory, memory)
        return known if known.seat is not None else self._offer(reply, known, option)

    def _offer(self, reply: Reply, known: SeatMemory, option: Option) -> SeatMemory | Step:
        """Show free seats; where the preference names just one, that one is taken as chosen."""
        turn = reply.turn
        person, ase_id = turn.person, turn.visitor.subject_id
        if person is None or ase_id is None:
            return reply.done()
        last_day = turn.judge("purchase_window", option.subject).date("must_test_by")
        home = home_of(turn, person, option)
        turned_down = [(seat.site, seat.starts_at) for seat in known.turned_down_seats]
        enough = shown_at_once(turn) + 1  # one more tells whether there are more
        limit = known.shown_from + enough + len(turned_down)
        found = find(turn, ase_id, known.preference, last_day=last_day, home=home, limit=limit)
        seats = [seat for seat in found.seats if key_of(seat) not in turned_down] or found.seats
        if not seats:
            self._no_seats(reply, ase_id, last_day)
            return reply.done()
        only = picked(seats, known.preference)
        if only is not None and found.met:
            preference = known.preference.model_copy(update={"pick": None})
            chosen = SeatChosen(site=only.site.id, starts_at=only.starts_at.isoformat(timespec="minutes"))
            return known.having(preference=preference, seat=chosen)
        if known.shown_from >= len(seats):
            reply.phrase("no_more_seats")
            known = known.without("shown_from", "preference")
            found = find(turn, ase_id, known.preference, last_day=last_day, home=home, limit=enough)
            seats = found.seats
        return self._show(reply, known, found, seats, last_day)

    def _show(self, reply: Reply, known: SeatMemory, found: Found, seats: Sequence[FreeSeat], last_day: date) -> Step:
        """Some of the seats, as choices; read out on the phone."""
        turn, preference, first = reply.turn, known.preference, known.shown_from
        if not found.met and preference.first is not None and not found.on_the_day:
            reply.phrase("no_seats_on", seat_day=preference.first)
        elif not found.met:
            reply.phrase("no_seats_fit")
        shown = choices(turn, seats, first)
        more = len(seats) > first + len(shown)
        if turn.channel == "phone":
            _read_out_seats(reply, shown, more=more, again=first > 0)
        else:
            reply.phrase("ask_seat" if len(seats) > 1 else "ask_one_seat")
            if more:
                reply.phrase("more_seats")
        if last_day - turn.today <= LITTLE_ROOM:
            reply.phrase("little_room", must_test_by=last_day)
        return reply.ask(known, SEAT, Expect.CHOICE, shown)

    def _no_seats(self, reply: Reply, ase_id: str, last_day: date) -> None:
        """Nothing is free up to the last day; where something is later, that is too late."""
        with reply.turn.services.people.seats(of=ase_id, since=reply.turn.now) as seats:
            later = seats.free(SeatFilter(), limit=1)
        if later:
            phrase = "no_room" if self.kind == RESCHEDULE.name else "no_room_to_book"
            reply.phrase(phrase, must_test_by=last_day, first_free=later[0].starts_at.date())
        else:
            reply.phrase("no_seats", must_test_by=last_day)

    def shown_again(self, request: ChangeRequest) -> dict[str, object]:
        """The purchase and the seat of a request."""
        if not isinstance(request, BookRequest | RescheduleRequest):
            return {}
        seat = SeatChosen(site=request.site, starts_at=request.starts_at.isoformat(timespec="minutes"))
        return ChangeTask.shown_again(self, request) | {"seat": seat}


def chosen(turn: TurnContext, memory: ChangeMemory) -> tuple[Site, datetime]:
    """The site and the local start of the seat that was chosen. Raises LookupError where none was."""
    seat = cast(SeatMemory, memory).seat
    if seat is None:
        raise LookupError("no seat was chosen")
    return turn.sites[seat.site], datetime.fromisoformat(seat.starts_at)


def _read_out_seats(reply: Reply, shown: list[Choice], *, more: bool, again: bool) -> None:
    """On the phone the seats are read out, the question last; on a screen they stand there as choices."""
    alone = len(shown) == 1 and not more and not again
    reply.phrase("one_seat_read" if alone else "more_seats_read" if again else "seats_read")
    for choice in shown:
        reply.spoken(choice.spoken)
    reply.phrase("pick_one_seat" if alone else "pick_seat_or_more" if more else "pick_seat")


def home_of(turn: TurnContext, person: Person, option: Option) -> Home:
    """Where the person is expected to test: about the site of the appointment, else about the address."""
    appointment = option.appointment
    site = turn.sites.get(appointment.site) if appointment is not None else None
    if site is not None:
        return Home(site.city, site.region, site.time_zone)
    address, own_zone = person.candidate.address, person.candidate.time_zone
    return Home(address.city, address.region, own_zone) if address is not None else Home(time_zone=own_zone)


def local_start(site: Site, starts_at: datetime) -> datetime:
    """The instant of a start in the local time of a site."""
    return instant_of(starts_at, zone(site.time_zone))

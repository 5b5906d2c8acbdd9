"""What the changes that need a free seat have in common: a preference, and seats to choose from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, cast

from bot.answers import Said
from bot.answers.format import join
from bot.changes.kinds import RESCHEDULE
from bot.contracts.changes import BookRequest, ChangeRequest, RescheduleRequest
from bot.contracts.seats import SeatFilter
from bot.dialogue.memories import ChangeMemory, SeatChosen, SeatMemory, SeatPreference
from bot.dialogue.outcome import Reply, Step
from bot.dialogue.previews import OnCard
from bot.dialogue.state import Choice, Expect, Memory, Question
from bot.dialogue.tasks.appointment_words import is_closed
from bot.dialogue.tasks.asides import place
from bot.dialogue.tasks.change_task import ChangeTask, release
from bot.dialogue.tasks.rule_topic import RuleTopic
from bot.dialogue.tasks.seat_reading import read_out
from bot.dialogue.tasks.seat_search import Bounds, Found, Home, choices, find, key_of, picked, shown_at_once
from bot.dialogue.tasks.seat_words import wish_said
from bot.dialogue.tasks.subjects import Option, base, booked
from bot.dialogue.turn_context import TurnContext
from bot.dialogue.understanding.answers import CONFIRM, SEAT
from bot.dialogue.understanding.repairs import Repair
from bot.dialogue.understanding.seat_preferences import (
    at_place,
    fits,
    merged,
    once_said,
    resolved,
    turned_down,
    unmet,
    without_dates,
)
from bot.dialogue.understanding.seat_wishes import Scene, Wish
from bot.dialogue.understanding.user_act import UserAct
from bot.dialogue.values import FreeSeat, Person
from bot.rules.facts import Site
from bot.rules.policy import CHANGE_CUTOFF
from bot.rules.state import PurchaseState, state_of
from bot.rules.time import instant_of, zone

HOLD_MINUTES = 5
NO_BOUNDS: dict[str, object] = {"later_than": None, "earlier_than": None}
_LONG_PAST, _LONG_AHEAD = timedelta(days=120), timedelta(days=240)
"""A day without its year that is so far ahead, and was so long ago a year before, is the one that has gone by."""
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
        wish = act.seat_wish(scene_of(turn))
        if act.same_day_as is not None:
            wish = _on_the_day_of(turn, act.same_day_as, wish)
            memory = memory.having(tests=tuple(test for test in memory.tests if test != act.same_day_as))
        return memory if wish is None else memory.having(preference=merged(SeatPreference(), wish))

    def correct(self, turn: TurnContext, memory: Memory, act: UserAct, question: Question | None) -> Memory | None:
        """Another test, one of the seats shown, another wish, or "not that one"."""
        known = cast(SeatMemory, memory)
        if act.same_day_as is not None:
            wish = _on_the_day_of(turn, act.same_day_as, act.seat_wish(scene_of(turn)))
            return self._with(turn, known, wish, question) if wish is not None else None
        other = RuleTopic.correct(self, turn, known, act, question)
        if other is not None:
            fresh = cast(SeatMemory, self.from_the_start(turn, cast(SeatMemory, other))).having(shown_from=0)
            wish = act.seat_wish(scene_of(turn))
            fresh = fresh.having(only_asked=not act.wants_change)
            return fresh if wish is None else fresh.having(preference=merged(SeatPreference(), wish))
        beside = question if question is not None and question.slot == SEAT else None
        scene = scene_of(turn, question, known.seat, beside_seats=beside is not None)
        known = known.having(only_asked=known.only_asked and not act.wants_change)
        taken = act.seat_taken(beside.choices, scene) if beside is not None else None
        if taken is not None:
            return known.having(seat=taken)
        wish = None if act.asks_beside_seats else act.seat_wish(scene)
        if wish is not None and wish.only_lists and act.other_slot is not None:
            return None  # "change the date": another one, whatever was asked for before
        if wish is None:
            return self.not_that(turn, known) if act.repair is Repair.MORE else None
        return self._with(turn, known, wish, beside)

    def _with(self, turn: TurnContext, known: SeatMemory, wish: Wish, beside: Question | None) -> SeatMemory | None:
        """What is known once a wish has been added."""
        choices = beside.choices if beside is not None else []
        shown = _starts(choices) or _start_of(known.seat)
        refused = turned_down(choices, wish)
        preference = merged(known.preference, wish)
        if refused is not None and wish.shift is not None:
            shown = _starts([refused])
        about = self._option(turn, known)
        booked = about.appointment.starts_at if about is not None and about.appointment is not None else None
        if about is not None:
            later_list = None if refused is not None else booked
            preference = resolved(preference, booked=later_list, today=turn.today, shown=shown, before=known.preference)
        fresh = cast(SeatMemory, release(turn, known))
        down = list(fresh.turned_down_seats)
        if wish.others:
            down += [SeatChosen(**choice.value) for choice in choices] + ([known.seat] if known.seat else [])
        elif refused is not None:
            down.append(SeatChosen(**refused.value))
        if preference.one_day and preference.first is not None:  # named again, it is turned down no more
            down = [seat for seat in down if not seat.starts_at.startswith(preference.first.isoformat())]
        fresh = fresh.without("seat", "confirm", "shown_from", "turned_down_seats", "listed")
        return fresh.having(preference=preference, turned_down_seats=tuple(down))

    def _option(self, turn: TurnContext, known: SeatMemory) -> Option | None:
        """What it is about, once that is known."""
        person = turn.person
        if person is None or known.about is None:
            return None
        every = [*self.options(person, turn.today), *self.otherwise(person, turn.today)]
        return next((option for option in every if option.key == known.about), None)

    def wishes(self, turn: TurnContext, act: UserAct, question: Question) -> bool:
        """Whether the words only wish for another seat, beside a list or a preview."""
        if question.slot not in {SEAT, CONFIRM, "sign_in"}:
            return False
        return act.is_seat_wish(scene_of(turn, beside_seats=question.slot == SEAT)) or (
            question.slot == SEAT and act.leaves_choice
        )

    def more(self, turn: TurnContext, memory: Memory, act: UserAct, question: Question) -> Memory | None:
        """Further seats than those shown."""
        known = cast(SeatMemory, memory)
        scene = scene_of(turn, question, known.seat, beside_seats=True)
        wish = act.seat_wish(scene) if question.slot in {SEAT, CONFIRM} else None
        if wish is not None and (wish.shift is not None or wish.others):
            return self._with(turn, known, wish, question if question.slot == SEAT else None)
        if question.slot == SEAT:
            return known.having(shown_from=known.shown_from + len(question.choices), listed=False)
        return RuleTopic.more(self, turn, memory, act, question)

    def not_that(self, turn: TurnContext, memory: ChangeMemory) -> ChangeMemory | None:
        """Another seat than the one previewed; where none was, another test."""
        known = cast(SeatMemory, memory)
        if known.seat is None:
            return ChangeTask.not_that(self, turn, known)
        down = (*known.turned_down_seats, known.seat)
        fresh = cast(SeatMemory, release(turn, known)).without("seat", "confirm", "shown_from", "listed")
        return fresh.having(turned_down_seats=down)

    def contradicted(self, turn: TurnContext, memory: Memory, act: UserAct) -> bool:
        """Whether an answer to the preview names another test, or asks for another seat."""
        if act.accepts_this_only:
            return False
        if ChangeTask.contradicted(self, turn, memory, act):
            return True
        bare = act.is_bare or act.label == self.label or act.opens_as_reply
        if not act.may_contradict or not (bare or act.is_seat_wish(scene_of(turn))):
            return False
        seat = cast(SeatMemory, memory).seat
        wish = act.seat_wish(scene_of(turn, seat=seat))
        if wish is None or seat is None or seat.site not in turn.sites:
            return False
        if wish.shift is not None or wish.others or wish.not_at is not None:
            return True
        shown = FreeSeat(turn.sites[seat.site], datetime.fromisoformat(seat.starts_at), 1)
        return not fits(merged(SeatPreference(), wish), shown)

    def allowed(self, reply: Reply, memory: ChangeMemory, option: Option) -> ChangeMemory | None:
        """What is known where the rule allows it: said in full only to whoever asked whether it does."""
        known = cast(SeatMemory, memory)
        may = reply.turn.judge(self.rule, option.subject).outcome == "allowed"
        if known.only_asked or known.told == option.key or not may:
            return ChangeTask.allowed(self, reply, memory, option)
        named = once_said(known.preference) != SeatPreference() or known.preference.pick is not None
        reply.asked = memory.asked
        reply.tell(self.rule, option.subject, closing=False, silent=named or reply.turn.channel == "phone")
        reply.asked = None
        return memory.having(told=option.key)

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
        moved = option.appointment if self.kind == RESCHEDULE.name else None
        booked = moved.starts_at if moved is not None else None
        wanted = resolved(known.preference, booked=booked, today=turn.today)
        if self._is_the_same(turn, option, wanted):
            reply.phrase("same_seat")
            wanted = wanted.model_copy(update={"earliest": None, "latest": None})
        self._say_other_test_then(reply, option, wanted)
        wanted, too_late = _sayable(reply, wanted, last_day)
        known = known.having(preference=wanted)
        if too_late:
            wanted = wanted.model_copy(update={"near": last_day})
        known, found = self._search(turn, known, option, wanted, last_day)
        if not found.seats:
            self._no_seats(reply, ase_id, last_day, wanted)
            return self._still_listed(reply, known) or reply.done()
        only = picked(found.seats, wanted) or _only_one(found.seats, wanted)
        met = found.met or (only is not None and wanted.loose_day and fits(without_dates(wanted), only))
        if only is not None and met and not wanted.asks and not known.only_asked:
            chosen = SeatChosen(site=only.site.id, starts_at=only.starts_at.isoformat(timespec="minutes"))
            return known.having(preference=once_said(known.preference), seat=chosen)
        return self._show(reply, known, found, wanted, last_day)

    @staticmethod
    def _still_listed(reply: Reply, known: SeatMemory) -> Step | None:
        """The seats shown last stay open for a choice, where none is what was asked for since; None without any."""
        if not known.last_shown:
            return None
        turn = reply.turn
        seats = [FreeSeat(turn.sites[s.site], datetime.fromisoformat(s.starts_at), 1) for s in known.last_shown]
        kept = known.having(preference=unmet(once_said(known.preference)).model_copy(update=NO_BOUNDS), listed=True)
        kept = kept.having(turned_down_seats=())
        reply.phrase("still_seats" if len(seats) > 1 else "still_one_seat")
        return reply.ask(kept, SEAT, Expect.CHOICE, choices(turn, seats, 0))

    def _search(
        self, turn: TurnContext, known: SeatMemory, option: Option, wanted: SeatPreference, last_day: date
    ) -> tuple[SeatMemory, Found]:
        """The seats, and what is known then: those seen to the end are turned down, and at last begun with again."""
        person, ase_id = turn.person, turn.visitor.subject_id
        if person is None or ase_id is None:
            raise LookupError("nobody is signed in")
        home = home_of(turn, person, option)
        enough = shown_at_once(turn) + 1  # one more tells whether there are more
        while True:
            turned = {(seat.site, datetime.fromisoformat(seat.starts_at)) for seat in known.turned_down_seats}
            bounds = Bounds(last_day, starts_taken(turn, person, option) | turned, change_closes(turn))
            found = find(turn, ase_id, wanted, bounds=bounds, home=home, limit=known.shown_from + enough)
            if known.shown_from < len(found.seats):
                return known, found
            if not found.seats and not known.turned_down_seats:
                return known, found
            seen = [
                SeatChosen(site=seat.site.id, starts_at=seat.starts_at.isoformat(timespec="minutes"))
                for seat in found.seats
            ]
            down = (*known.turned_down_seats, *seen) if found.seats else ()
            known = known.having(turned_down_seats=down, shown_from=0, all_seen=not found.seats)

    @staticmethod
    def _say_other_test_then(reply: Reply, option: Option, wanted: SeatPreference) -> None:
        """Where the day and hour asked for are those of another test, that is why no seat is offered then."""
        turn, at = reply.turn, wanted.earliest
        if at is None or wanted.latest != at or wanted.first is None or wanted.first != wanted.last:
            return
        for purchase in turn.person.candidate.purchases if turn.person is not None else ():
            booked = purchase.appointment
            if booked is None or state_of(purchase) is not PurchaseState.BOOKED or purchase == option.purchase:
                continue
            if booked.starts_at == datetime.combine(wanted.first, at) and booked.site in turn.sites:
                reply.phrase("other_test_then", test=purchase.test)

    def _is_the_same(self, turn: TurnContext, option: Option, wanted: SeatPreference) -> bool:
        """Whether the day and hour asked for are those of the appointment there is."""
        booked = option.appointment
        if self.kind != RESCHEDULE.name or booked is None or booked.site not in turn.sites:
            return False
        exact = wanted.first is not None and wanted.first == wanted.last and wanted.earliest == wanted.latest
        at = wanted.earliest is not None and (wanted.first, wanted.earliest) == (
            booked.starts_at.date(), booked.starts_at.time(),
        )  # fmt: skip
        here = wanted.place is None or at_place(turn.sites[booked.site], wanted.place)
        return exact and at and here

    def _show(self, reply: Reply, known: SeatMemory, found: Found, wanted: SeatPreference, last_day: date) -> Step:
        """Some of the seats, as choices; read out on the phone."""
        turn, first = reply.turn, known.shown_from
        page = found.seats[first : first + shown_at_once(turn)]
        if wanted.pick is not None and wanted.asks:
            page = found.seats[-1:] if wanted.pick == "last" else found.seats[:1]
        elif not found.met or known.preference.first is not None:
            page = sorted(page, key=lambda seat: (_closed(turn, seat), seat.starts_at))
        shown = choices(turn, page, 0)
        more = len(found.seats) > first + len(shown) and wanted.pick is None
        left = once_said(known.preference)
        seen = tuple(SeatChosen(site=seat.site.id, starts_at=key_of(seat)[1]) for seat in page)
        kept = known.having(preference=left if found.met else unmet(left), listed=True, all_seen=False)
        kept = kept.having(last_shown=seen)
        if known.preference.fact is not None:
            _say_fact(reply, *known.preference.fact)
            return reply.ask(kept, SEAT, Expect.CHOICE, shown)
        if known.listed and not turn.state.silences:
            reply.phrase("same_seats")
            return reply.ask(kept, SEAT, Expect.CHOICE, shown)
        self._say_what_was_found(reply, known, found, wanted, page, last_day)
        if turn.channel == "phone":
            reply.spoken(read_out(turn, page))
            alone = len(shown) == 1 and not more and first == 0
            reply.phrase("pick_one_seat" if alone else "pick_seat_or_more" if more else "pick_seat")
        elif more:
            beside_seats = OnCard(reply)
            beside_seats.phrase("more_seats")
            reply.include(beside_seats)
        if last_day - turn.today <= LITTLE_ROOM:
            reply.phrase("little_room", must_test_by=last_day)
        return reply.ask(kept, SEAT, Expect.CHOICE, shown)

    @staticmethod
    def _say_what_was_found(
        reply: Reply, known: SeatMemory, found: Found, wanted: SeatPreference, page: Sequence[FreeSeat], last_day: date
    ) -> None:
        """What was looked for, whether there is any, and what the list holds."""
        turn, wish = reply.turn, wish_said(reply.turn, wanted)
        if known.all_seen:
            reply.phrase("no_more_seats")
        elif known.shown_from:
            reply.phrase("more_seats_read")
        elif wanted.near is not None and wanted.first is None:
            reply.phrase("nearest_seats")
        elif not found.met and wish is not None:
            other = bool(known.turned_down_seats)
            reply.phrase(
                "no_other_seats_for" if other else "no_seats_for",
                wish=wish,
                until=last_day if wanted.last is None else None,
            )
        elif not found.met:
            reply.phrase("no_seats_fit")
        elif wanted.asks and wanted.pick is not None:
            reply.phrase("that_seat")
        elif known.preference.asks:
            days = list(dict.fromkeys(seat.starts_at.date() for seat in page))[:3]
            alone = "yes_one_seat" if len(found.seats) == 1 else "yes_seats"
            reply.phrase(alone, days=join([turn.services.answers.say(on, "weekday") for on in days]))
        elif len(found.seats) == 1:
            reply.phrase("one_seat_for" if wish is not None else "ask_one_seat", **({"wish": wish} if wish else {}))
        elif wish is not None:
            reply.phrase("seats_for", wish=wish)
        else:
            reply.phrase("ask_seat")

    def _no_seats(self, reply: Reply, ase_id: str, last_day: date, wanted: SeatPreference) -> None:
        """Nothing is free up to the last day; where something is later, that is too late."""
        if wanted.later_than is not None or wanted.earlier_than is not None:
            wish = wish_said(reply.turn, wanted)
            reply.phrase("no_seats_at_all_for", wish=wish, until=last_day)
            return
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


def _on_the_day_of(turn: TurnContext, test: str, wish: Wish | None) -> Wish | None:
    """The wish for a seat, on the day on which another test is booked."""
    booked_on = (
        [option.booked_day for option in booked(turn.person, turn.today) if base(option.test) == base(test)]
        if turn.person is not None
        else []
    )
    day = next((each for each in booked_on if each is not None), None)
    return wish if day is None else replace(wish or Wish(), first=day, last=day, shift=None)


def _only_one(seats: Sequence[FreeSeat], wanted: SeatPreference) -> FreeSeat | None:
    """The only seat there is on a day that was asked for plainly; of a weekday with its hour, the next one."""
    if not seats or not wanted.one_day:
        return None
    if wanted.loose_day:
        return min(seats, key=lambda seat: seat.starts_at)
    return seats[0] if len(seats) == 1 else None


def say_instead(
    reply: Reply, option: Option, site: Site, starts_at: datetime, preview: str, shown: Mapping[str, Any]
) -> None:
    """Another seat in the place of the one that was shown in full; a card shows all of `preview` again."""
    at = local_start(site, starts_at)
    reply.phrase("preview_seat_instead", test=option.test, starts_at=at, site=place(site), hold_minutes=HOLD_MINUTES)
    if isinstance(reply, OnCard):
        reply.shows(preview, test=option.test, **shown)


def chosen(turn: TurnContext, memory: ChangeMemory) -> tuple[Site, datetime]:
    """The site and the local start of the seat that was chosen. Raises LookupError where none was."""
    seat = cast(SeatMemory, memory).seat
    if seat is None:
        raise LookupError("no seat was chosen")
    return turn.sites[seat.site], datetime.fromisoformat(seat.starts_at)


def scene_of(
    turn: TurnContext, question: Question | None = None, seat: SeatChosen | None = None, *, beside_seats: bool = False
) -> Scene:
    """What words about seats are read against; `question`: the open one, `seat`: the one that is previewed."""
    listed = question.choices if question is not None and question.slot == SEAT else []
    starts = [choice.value["starts_at"] for choice in listed] or ([seat.starts_at] if seat is not None else [])
    shown = tuple(datetime.fromisoformat(start).date() for start in starts)
    return Scene(turn.now, turn.zone.key, turn.sites, beside_seats, shown)


def _closed(turn: TurnContext, seat: FreeSeat) -> bool:
    """Whether a seat could not be changed any more, and so comes after the others."""
    return is_closed(turn, local_start(seat.site, seat.starts_at))


def change_closes(turn: TurnContext) -> datetime:
    """The instant up to which a seat that starts could not be changed any more."""
    days = turn.services.catalog.policy.find(CHANGE_CUTOFF, turn.today)
    return turn.now + timedelta(days=int(str(days.value)) if days is not None else 0)


def _starts(choices: Sequence[Choice]) -> tuple[datetime, datetime] | None:
    """The first and the last start of seats that are shown."""
    starts = sorted(datetime.fromisoformat(choice.value["starts_at"]) for choice in choices)
    return (starts[0], starts[-1]) if starts else None


def _start_of(seat: SeatChosen | None) -> tuple[datetime, datetime] | None:
    if seat is None:
        return None
    at = datetime.fromisoformat(seat.starts_at)
    return at, at


def _sayable(reply: Reply, wanted: SeatPreference, last_day: date) -> tuple[SeatPreference, bool]:
    """The wish without days that cannot be, which are said: unreal, past, or after the last day; and unknown places.

    And whether seats near the last day are to be shown instead.
    """
    turn = reply.turn
    if wanted.unreal is not None:
        reply.phrase("no_such_day", unreal_day=Said.same(wanted.unreal))
    if wanted.no_center is not None:
        reply.phrase("no_center_in", where=Said.same(wanted.no_center))
    no_days = {"first": None, "last": None, "near": None, "loose_day": False}
    if wanted.last is not None and wanted.last < turn.today:
        reply.phrase("day_past", seat_day=wanted.last)
        return wanted.model_copy(update=no_days), False
    if wanted.first is not None and wanted.first > last_day:
        gone = _a_year_before(wanted.first)
        if gone < turn.today < gone + _LONG_PAST and wanted.first - turn.today > _LONG_AHEAD:
            reply.phrase("day_past", seat_day=gone)
            return wanted.model_copy(update=no_days), False
        reply.phrase("day_too_late", seat_day=wanted.first, must_test_by=last_day)
        return wanted.model_copy(update=no_days | {"weekdays": ()}), True
    return wanted, False


def _a_year_before(day: date) -> date:
    return day.replace(year=day.year - 1) if (day.month, day.day) != (2, 29) else day - timedelta(days=366)


def _say_fact(reply: Reply, on: date, weekday: int) -> None:
    """Whether a day is the weekday it was taken for."""
    reply.phrase("day_is" if on.weekday() == weekday else "day_is_not", seat_day=on)


def starts_taken(turn: TurnContext, person: Person, option: Option) -> frozenset[tuple[str, datetime]]:
    """Starts that are never offered: the seat they have, and every instant at which they sit another test."""
    out: set[tuple[str, datetime]] = set()
    for purchase in person.candidate.purchases:
        booked = purchase.appointment
        if booked is None or state_of(purchase) is not PurchaseState.BOOKED or booked.site not in person.sites:
            continue
        if option.purchase is not None and purchase.id == option.purchase.id:
            out.add((booked.site, booked.starts_at))
            continue
        at = local_start(person.sites[booked.site], booked.starts_at)
        for site in turn.sites.values():
            out.add((site.id, at.astimezone(zone(site.time_zone)).replace(tzinfo=None)))
    return frozenset(out)


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

"""What the changes that need a free seat have in common: a wish, seats to choose from, and the one chosen held."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.contracts.seats import SeatFilter
from bot.dialogue.ports import RESCHEDULE
from bot.dialogue.state import Choice, Expect, TaskMemory
from bot.dialogue.tasks.change_task import ChangeTask
from bot.dialogue.tasks.rule_topic import RuleTopic
from bot.dialogue.tasks.seat_search import Home, choices, find, key_of, picked, picked_of_shown, shown_at_once
from bot.dialogue.tasks.subjects import Option
from bot.dialogue.turn_context import Desk, FreeSeat, Person
from bot.dialogue.understanding.answers import BARE
from bot.dialogue.understanding.repairs import Repair, repair_of
from bot.dialogue.understanding.seat_preferences import Wish, wish_in
from bot.dialogue.understanding.user_message import Heard
from bot.rules.facts import Site
from bot.rules.time import instant_of, zone

HOLD_MINUTES = 5
LITTLE_ROOM = timedelta(days=7)
_REPLY = re.compile(r"^(yes|yeah|yep|sure|ok|okay|no|nope|but|only|actually|rather|better)\b")


class SeatTask(ChangeTask):
    """A change that needs a free seat."""

    def start(self, memory: TaskMemory, heard: Heard) -> None:
        ChangeTask.start(self, memory, heard)
        memory.slots["first_words"] = True

    def correct(self, desk: Desk, memory: TaskMemory, heard: Heard) -> bool:
        sites = desk.services.people.sites()
        if RuleTopic.correct(self, desk, memory, heard):
            self.put_off(desk, memory)
            memory.forget("told", "seat", "confirm", "wish", "not", "not_seats", "shown_from")
            wish = wish_in(heard, sites, Wish())
            if wish is not None:
                memory.slots["wish"] = wish.kept()
            return True
        asked = memory.question is not None and memory.question.slot == "seat"
        taken = picked_of_shown(memory.question.choices, heard, sites) if memory.question and asked else None
        if taken is not None:
            memory.slots["seat"] = taken
            return True
        wish = wish_in(heard, sites, Wish.of(memory.slots), asked)
        if wish is None:
            return repair_of(heard) is Repair.MORE and self.not_that(desk, memory)
        memory.slots["wish"] = wish.kept()
        self.put_off(desk, memory)
        memory.forget("seat", "confirm", "shown_from", "not_seats")
        return True

    def not_that(self, desk: Desk, memory: TaskMemory) -> bool:
        seat = memory.slots.get("seat")
        if seat is None:
            return ChangeTask.not_that(self, desk, memory)
        self.put_off(desk, memory)
        memory.slots["not_seats"] = [*memory.slots.get("not_seats", []), [seat["site"], seat["starts_at"]]]
        memory.forget("seat", "confirm", "shown_from")
        return True

    def contradicted(self, desk: Desk, memory: TaskMemory, heard: Heard) -> bool:
        if ChangeTask.contradicted(self, desk, memory, heard):
            return True
        if heard.choice is not None or heard.digits is not None or heard.text.endswith("?"):
            return False
        if heard.label not in {*BARE, self.label} and not _REPLY.match(heard.text.lower()):
            return False
        sites, seat = desk.services.people.sites(), memory.slots.get("seat")
        wish = wish_in(heard, sites, Wish())
        if wish is None or seat is None or seat["site"] not in sites:
            return False
        return not wish.fits(FreeSeat(sites[seat["site"]], datetime.fromisoformat(seat["starts_at"]), 1))

    def missing(self, desk: Desk, memory: TaskMemory, option: Option) -> bool:
        if memory.slots.pop("first_words", False):
            wish = wish_in(desk.heard, desk.services.people.sites(), Wish())
            if wish is not None:
                memory.slots["wish"] = wish.kept()
        return memory.slots.get("seat") is None and not self._offer(desk, memory, option)

    def _offer(self, desk: Desk, memory: TaskMemory, option: Option) -> bool:
        """Show free seats; True where the wish names just one, which is then taken as chosen."""
        person, ase_id = desk.person, desk.visitor.subject_id
        if person is None or ase_id is None:
            return False
        wish = Wish.of(memory.slots)
        window = desk.judge("purchase_window", option.subject).decisive.values
        last_day = window["must_test_by"]
        home = home_of(desk, person, option)
        turned_down = [tuple(seat) for seat in memory.slots.get("not_seats", [])]
        first = memory.slots.get("shown_from", 0)
        enough = shown_at_once(desk) + 1  # one more tells whether there are more
        limit = first + enough + len(turned_down)
        found = find(desk, ase_id, wish, last_day=last_day, home=home, limit=limit)  # type: ignore[arg-type]
        seats = [seat for seat in found.seats if key_of(seat) not in turned_down] or found.seats
        if not seats:
            self._no_seats(desk, last_day)  # type: ignore[arg-type]
            return False
        only = picked(seats, wish)
        if only is not None and found.met:
            memory.slots["wish"] = replace(wish, pick=None).kept()
            memory.slots["seat"] = choices(desk, [only], 0)[0].value
            return True
        if first >= len(seats):
            desk.phrase("no_more_seats")
            memory.forget("shown_from", "wish")
            first, wish = 0, Wish()
            found = find(desk, ase_id, wish, last_day=last_day, home=home, limit=enough)  # type: ignore[arg-type]
            seats = found.seats
        if not found.met and wish.first is not None and not found.on_the_day:
            desk.phrase("no_seats_on", seat_day=wish.first)
        elif not found.met:
            desk.phrase("no_seats_fit")
        shown = choices(desk, seats, first)
        more = len(seats) > first + len(shown)
        if desk.visitor.channel == "phone":
            self._read_out_seats(desk, shown, more=more, again=first > 0)
        else:
            desk.phrase("ask_seat" if len(seats) > 1 else "ask_one_seat")
            if more:
                desk.phrase("more_seats")
        if last_day - desk.today <= LITTLE_ROOM:  # type: ignore[operator]
            desk.phrase("little_room", must_test_by=last_day)
        desk.ask(memory, "seat", Expect.CHOICE, shown)
        return False

    def _no_seats(self, desk: Desk, last_day: date) -> None:
        """Nothing is free up to the last day; where something is later, that is too late."""
        with desk.services.people.seats(of=str(desk.visitor.subject_id), since=desk.now) as seats:
            later = seats.free(SeatFilter(), limit=1)
        if later:
            phrase = "no_room" if self.kind == RESCHEDULE else "no_room_to_book"
            desk.phrase(phrase, must_test_by=last_day, first_free=later[0].starts_at.date())
        else:
            desk.phrase("no_seats", must_test_by=last_day)

    @staticmethod
    def _read_out_seats(desk: Desk, shown: list[Choice], *, more: bool, again: bool) -> None:
        """On the phone the seats are read out, the question last; on a screen they stand there as choices."""
        alone = len(shown) == 1 and not more and not again
        desk.phrase("one_seat_read" if alone else "more_seats_read" if again else "seats_read")
        for choice in shown:
            desk.spoken(choice.spoken)
        desk.phrase("pick_one_seat" if alone else "pick_seat_or_more" if more else "pick_seat")

    def held(self, desk: Desk, memory: TaskMemory) -> tuple[Site, datetime, datetime] | None:
        """The chosen seat held for this person: site, local start, instant. None after saying it is gone."""
        changes, ase_id, seat = desk.services.changes, desk.visitor.subject_id, memory.slots["seat"]
        if changes is None or ase_id is None:
            return None
        starts_at = datetime.fromisoformat(seat["starts_at"])
        until = changes.hold(desk.visitor, ase_id, seat["site"], starts_at)
        if until is None:
            desk.phrase("seat_gone")
            memory.forget("seat", "held")
            self.advance(desk, memory)
            return None
        memory.slots["held"] = until.isoformat()
        desk.hold_until = until
        site = desk.services.people.sites()[seat["site"]]
        return site, starts_at, instant_of(starts_at, zone(site.time_zone))


def home_of(desk: Desk, person: Person, option: Option) -> Home:
    """Where the person is expected to test: about the site of the appointment, else about the address."""
    appointment = option.purchase.appointment if option.purchase else None
    site = desk.services.people.sites().get(appointment.site) if appointment is not None else None
    if site is not None:
        return Home(site.city, site.region, site.time_zone)
    address, own_zone = person.candidate.address, person.candidate.time_zone
    return Home(address.city, address.region, own_zone) if address is not None else Home(time_zone=own_zone)

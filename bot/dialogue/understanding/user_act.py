"""What one message is to the dialogue: typed meanings, each worked out once and only when somebody asks for it.

Everything that the words mean comes out here. Nothing else under `bot/dialogue` looks at the words themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from bot.answers.answers import Answers
from bot.answers.format import Said
from bot.contracts.asking import Aside
from bot.dialogue.memories import Asked, AskedOfChange, Pick, Supposed
from bot.dialogue.state import Choice, Question
from bot.dialogue.understanding import (
    address,
    asides,
    follow_ups,
    misheard,
    own_case,
    points,
    repairs,
    seat_preferences,
    split_requests,
    wanting,
    yes_no,
)
from bot.dialogue.understanding import answers as open_question
from bot.dialogue.understanding import beside as open_change
from bot.dialogue.understanding.address import AddressSaid, address_said
from bot.dialogue.understanding.answers import BARE, Answered
from bot.dialogue.understanding.beside import Beside, Slot
from bot.dialogue.understanding.candidate import of_candidate
from bot.dialogue.understanding.matters import matter_of
from bot.dialogue.understanding.misheard import Grounding
from bot.dialogue.understanding.repairs import Repair
from bot.dialogue.understanding.seat_wishes import Scene, Wish, wish_in
from bot.dialogue.understanding.sums import sum_of
from bot.dialogue.understanding.supposition import supposition
from bot.dialogue.understanding.user_message import OUT_OF_SCOPE, UserMessage
from bot.nlu.intents.glossary import is_spanish
from bot.nlu.values import read_digits
from bot.nlu.values.words import bag

AWAY = 0.9
"""Sent away as off topic for certain from this confidence on."""

BARE_QUESTION = 4
"""Up to so many words, a question may be no more than its kind ("and how long is that?")."""
TELEPHONE_DIGITS = range(10, 16)
PART_OF_AN_ID = 4
"""So many digits said alone are taken for the beginning of an ASE ID."""
_POINTING = bag("it that this same them")


class UserAct:
    """One thing that a person wants or says. Made from a message; never changed.

    >>> UserAct.of_label("greet").label
    'greet'
    """

    def __init__(self, message: UserMessage) -> None:
        self._message = message

    @classmethod
    def of_parsed(cls, parsed: Mapping[str, Any]) -> UserAct:
        """From a parsed message, as Rasa or the turn reader gives it."""
        message = UserMessage.of_parsed(parsed)
        command = repairs.commanded(message) or repairs.turned_round(message) or repairs.asks_if_booked(message)
        return cls(message if command is None else message.relabelled(command))

    @classmethod
    def of_label(cls, label: str) -> UserAct:
        """An act without words, as a button or the engine itself gives it."""
        return cls(UserMessage(text="", label=label))

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> UserAct:
        """Back from `to_json`: now taken as it is, however it was heard."""
        return cls(UserMessage.from_json(kept))

    def to_json(self) -> dict[str, Any]:
        """The act as plain data, to be taken up later."""
        return self._message.to_json()

    # --- what was read -------------------------------------------------------------------------------

    @property
    def label(self) -> str:
        """The topic or conversation label, as in knowledge/topics.yml."""
        return self._message.label

    @property
    def family(self) -> str:
        """The intent as Rasa's rules know it: "faq", "account" or a conversation label."""
        return self._message.label.partition("/")[0]

    @property
    def is_topic(self) -> bool:
        """Whether it is a question or request on one of our subjects."""
        return self.family in {"faq", "account"}

    @property
    def is_bare(self) -> bool:
        """Whether the label says nothing of its own beside an open question."""
        return self._message.label in BARE

    @property
    def confidence(self) -> float:
        """How sure the label is, 0 to 1."""
        return self._message.confidence

    @property
    def in_scope(self) -> bool:
        """False where it was sent away although the best reading is one of ours."""
        return self._message.in_scope

    @property
    def near_tie(self) -> bool:
        """Whether two readings are nearly as good."""
        return self._message.near_tie

    @property
    def ranking(self) -> tuple[tuple[str, float], ...]:
        """The best readings with their chances."""
        return self._message.ranking

    @property
    def event(self) -> str | None:
        """What happened instead of words: "silence" or "hangup"."""
        return self._message.event

    @property
    def is_pressed(self) -> bool:
        """Whether it is a button or keys rather than words."""
        return self._message.pressed

    @property
    def is_long(self) -> bool:
        """Whether there are more than two words."""
        return self._message.length > 2

    @property
    def quote(self) -> str:
        """The words, to be shown to a person; nothing is decided by them."""
        return self._message.text

    def values(self, kind: str) -> tuple[Any, ...]:
        """Every value of one kind ("test_code", "date", …), in the order said, without repeats."""
        return self._message.values(kind)

    @cached_property
    def tests(self) -> tuple[str, ...]:
        """The test codes named, without those that are turned down ("not the A1")."""
        refused = repairs.refused_tests(self._message)
        return tuple(str(code) for code in self._message.values("test_code") if str(code) not in refused)

    @cached_property
    def series(self) -> tuple[str, ...]:
        """The test series named."""
        return tuple(str(series) for series in self._message.values("test_series"))

    @cached_property
    def ase_ids(self) -> tuple[str, ...]:
        """The ASE IDs named."""
        return tuple(str(ase_id) for ase_id in self._message.values("ase_id"))

    # --- the same act, taken otherwise ---------------------------------------------------------------

    def relabelled(self, label: str) -> UserAct:
        """The same words, taken for certain to mean `label`."""
        return UserAct(self._message.relabelled(label))

    def of_candidate(self) -> UserAct:
        """An agent's words about the candidate in hand, as the candidate would say them."""
        message = of_candidate(self._message)
        return self if message is self._message else UserAct(message)

    def going_on_with(self, topic: str | None) -> UserAct:
        """The same words, in a conversation that goes on with this topic and with no earlier one."""
        beside = tuple(pick for pick in self._message.beside if pick[0] == topic)
        return UserAct(replace(self._message, beside=beside))

    def chosen_as(self, label: str) -> UserAct:
        """The words of a message whose meaning has been chosen from a list: no button and no keys any more."""
        return UserAct(replace(self._message.relabelled(label), choice=None, digits=None))

    def aside(self, wanted: Iterable[Aside], least: float = asides.LEAST) -> Aside | None:
        """Which of these asides it is, where they can be meant."""
        return asides.aside_of(self._message, wanted, least)

    def aside_at_offer(self, wanted: Iterable[Aside], *, spoken_of: bool) -> Aside | None:
        """Which of these asides it is beside the mere offer to sign in; `spoken_of`: the ID was just spoken of."""
        found = asides.aside_of(self._message, wanted)
        if found is Aside.WHY and asides.goes_without(self._message):
            found = Aside.OTHER_WAY
        if found is None or not asides.about_signing_in(self._message, found, spoken_of=spoken_of):
            return None
        return found

    @property
    def asks_about(self) -> bool:
        """Whether it is a question about something rather than a request: a wish for a person never is."""
        return self._message.act == "question"

    @cached_property
    def swaps(self) -> bool:
        """Whether it does no more than put what it names in the place of what is in hand ("no, the A8")."""
        return repairs.swaps(self._message)

    @cached_property
    def keeps_it(self) -> bool:
        """Whether it says in so many words that something is to be kept ("keep A2", "don't touch A2")."""
        return repairs.keeps_it(self._message)

    @cached_property
    def asks_the_same(self) -> bool:
        """Whether it names no more than whom, and asks of them what was asked last."""
        return split_requests.asks_the_same(self._message.text)

    @cached_property
    def says_same(self) -> bool:
        """Whether it says in so many words that the same is asked ("same question")."""
        return self._message.length <= follow_ups.LONGEST and split_requests.says_same(self._message.text)

    @cached_property
    def spares(self) -> bool:
        """Whether what it names is to stay as it is, or is only spoken of: no question, no request, no swap."""
        if self.is_pressed or self.swaps or yes_no.is_question(self._message) or self.same_day_as is not None:
            return False
        return not self.is_order or repairs.keeps(self._message)

    @cached_property
    def keeps_others(self) -> bool:
        """Whether it says that what it names is to be left alone, rather than speaks of it."""
        return repairs.leaves_alone(self._message) or yes_no.refuses(self._message)

    @cached_property
    def names_next(self) -> bool:
        """Whether it names a test as the one to come after what is in hand ("and then the A8 too")."""
        return repairs.names_next(self._message)

    def contradicts_time(self, starts_at: datetime) -> bool:
        """Whether it names a day or an hour, and not this one."""
        days, hours = self.values("date"), self.values("time")
        other_day = bool(days) and starts_at.date().isoformat() not in map(str, days)
        return other_day or (bool(hours) and f"{starts_at:%H:%M}" not in map(str, hours))

    @cached_property
    def mends_address(self) -> bool:
        """Whether it puts something of an address right, be it understood or not."""
        said = self.address
        if said.whole or said.part is not None:
            return True
        return not address.checks(self._message) and address.speaks_of_one(self._message)

    def asks_of_address(self, parts: Iterable[str]) -> bool:
        """Whether it asks how the address stands of which these parts are known."""
        return address.asks_what_is_there(self._message, parts)

    @cached_property
    def wants_to_talk(self) -> bool:
        """Whether it says that somebody is wanted to talk to ("can I talk to somebody")."""
        return not self.is_long or self.is_pressed or asides.names_talking(self._message)

    @cached_property
    def digits(self) -> str | None:
        """The digits of a number of four figures or more that is all it says; None for anything else."""
        found = read_digits(self._message.text) if not self._message.pressed else None
        return found if found is not None and len(found) >= PART_OF_AN_ID else None

    @property
    def menu_key(self) -> str | None:
        """The part of the menu that a key stands for, or None."""
        return next(iter(map(str, self.values("menu"))), None)

    @cached_property
    def phone_number(self) -> str | None:
        """A telephone number that is all it says, by words or keys, or None."""
        keyed = self._message.digits
        found = keyed.strip("#*") if keyed is not None else read_digits(self._message.text)
        return found if found is not None and len(found) in TELEPHONE_DIGITS else None

    @cached_property
    def names_ase_id(self) -> bool:
        """Whether it names the ASE ID itself."""
        return asides.names_ase_id(self._message)

    # --- what it does to the conversation ------------------------------------------------------------

    @cached_property
    def repair(self) -> Repair | None:
        """Whether it wants a moment, goes back, corrects, asks for more, undoes or starts over."""
        return repairs.repair_of(self._message)

    @cached_property
    def puts_instead(self) -> bool:
        """Whether it puts something else in the place of what is in hand."""
        return repairs.puts_instead(self._message)

    @cached_property
    def other_change(self) -> str | None:
        """The topic of the change wanted instead ("cancel it instead"), or None."""
        return repairs.other_change(self._message)

    @cached_property
    def pleads_for_another(self) -> bool:
        """Whether it gives a reason why somebody else's records should be opened ("he said it's ok")."""
        return follow_ups.pleads_for_another(self._message)

    @cached_property
    def asks_slowly(self) -> bool:
        """Whether a caller wants to be spoken to slowly."""
        return repairs.asks_slowly(self._message)

    @cached_property
    def asks_for_links(self) -> bool:
        """Whether a caller wants the web addresses of an answer by e-mail."""
        return repairs.asks_for_links(self._message)

    @cached_property
    def supposed(self) -> Supposed | None:
        """What it supposes ("if I fail on Friday"), or None where it speaks of what is."""
        return supposition(self._message)

    @cached_property
    def refers_back(self) -> bool:
        """Whether it points at what was just spoken of ("it", "that one")."""
        text = self._message.text.lower()
        return bool(set(text.translate(_STOPS).split()) & _POINTING)

    @cached_property
    def leans(self) -> bool:
        """Whether it names nothing of its own: what was said before tells what it is about."""
        return follow_ups.leans(self._message)

    @property
    def length(self) -> int:
        """How many words there are."""
        return self._message.length

    @property
    def short(self) -> bool:
        """Whether it has so few words that it may lean on what was said before."""
        return self._message.length <= follow_ups.LONGEST

    @cached_property
    def names_only(self) -> bool:
        """Whether it names tests, series, days or numbers and nothing else ("and T6?")."""
        return self.leans and bool(self._message.entities or self._message.given)

    @property
    def in_scope_or_asks(self) -> bool:
        """Whether it was not sent away for certain, or names nothing that could be off topic."""
        return self.leans or self._message.label != OUT_OF_SCOPE or self._message.confidence < AWAY

    @cached_property
    def asks_beyond(self) -> bool:
        """Whether words that were read as a courtesy or a command put a question."""
        message = self._message
        asks = points.kind_asked(message) is not None and (yes_no.is_question(message) or message.length > 2)
        return not message.pressed and bool(message.beside) and (asks or message.act == "question")

    @cached_property
    def is_order(self) -> bool:
        """Whether it tells us to do something rather than asks."""
        return self._message.act == "request" and not yes_no.is_question(self._message)

    @cached_property
    def wants_change(self) -> bool:
        """Whether it plainly asks for what it is about to be done: a question never does."""
        return wanting.wants_change(self._message)

    @cached_property
    def asked_of_change(self) -> AskedOfChange:
        """What is asked of a change beside whether it can be done."""
        return AskedOfChange(
            if_needed=wanting.asks_if_needed(self._message),
            if_free=wanting.asks_if_free(self._message),
            compares=wanting.compares_cancelling(self._message),
        )

    @cached_property
    def takes_offer(self) -> bool:
        """Whether it takes up what was only offered in words ("yes please"; an "ok" does not)."""
        return wanting.takes_offer(self._message)

    @cached_property
    def takes_note(self) -> bool:
        """Whether it only takes note of an answer ("ok thanks")."""
        return wanting.acknowledges(self._message)

    @cached_property
    def doubts(self) -> bool:
        """Whether it doubts what was said ("are you sure", "I thought it was 60 days")."""
        return follow_ups.doubts(self._message)

    @cached_property
    def names_sign_in(self) -> bool:
        """Whether it asks to sign in in so many words, or says no more than that."""
        return follow_ups.names_sign_in(self._message) or not self._message.text or self._message.pressed

    @cached_property
    def declines_sign_in(self) -> bool:
        """Whether it says that its writer does not want to sign in."""
        return follow_ups.declines_sign_in(self._message)

    @cached_property
    def about_another(self) -> bool:
        """Whether it is about somebody else's case ("one of my guys")."""
        return follow_ups.about_another(self._message)

    @cached_property
    def asks_of_their_records(self) -> bool:
        """Whether it wants to know what somebody else's records show."""
        return follow_ups.asks_of_their_records(self._message)

    @cached_property
    def in_spanish(self) -> bool:
        """Whether it is put in Spanish: more than a word or two that both languages may have."""
        return is_spanish(self._message.text, least=2)

    @cached_property
    def asked(self) -> Asked:
        """What is asked, apart from the topic."""
        message = self._message
        return Asked(
            kind=points.kind_asked(message),
            picks=tuple(Pick(label=label, id=name, score=score) for label, name, score in message.picks),
            sure=message.picked,
            beside=tuple(Pick(label=label, id=name, score=score) for label, name, score in message.beside),
            given=dict(message.given),
            refers_back=self.refers_back,
            against=follow_ups.against(message),
            denied=follow_ups.denies(message),
            by_phone=follow_ups.asks_by_phone(message),
            whom=message.length <= follow_ups.LONGEST and follow_ups.asks_whom_to_call(message),
            if_open=follow_ups.asks_if_open(message),
            asks_day=follow_ups.asks_day(message),
            only_if=follow_ups.only_if(message),
            restates=follow_ups.restates(message),
            matter=matter_of(message),
            sum=sum_of(message),
            price=message.question_kind is not None and follow_ups.asks_price(message),
            asks_if_sure=follow_ups.asks_if_sure(message),
            tests=self.tests,
            series=self.series
            or tuple(filter(None, (self.series_in_short if follow_ups.goes_along(message) else None,))),
            bare=message.question_kind is not None
            and message.length <= BARE_QUESTION
            and not message.entities
            and self.leans,
            goes_along=follow_ups.goes_along(message),
            alone=message.with_others,
            even=follow_ups.even_so(message),
            holds=follow_ups.tells_what_is_held(message),
            insists=follow_ups.insists(message),
            weekday=follow_ups.weekdays_asked(message),
            buys_then=follow_ups.buys_then(message),
            points=() if self.is_order else points.points_of(message),
        )

    @cached_property
    def goes_on(self) -> points.GoesOn | None:
        """How it goes on with what was told last; None where it has a subject of its own."""
        return points.goes_on(self._message)

    @cached_property
    def of_another(self) -> bool:
        """Whether it asks about somebody else than the person who says it."""
        return points.of_another(self._message)

    @cached_property
    def of_self(self) -> bool:
        """Whether it asks about the person who says it ("and me?")."""
        return points.of_self(self._message)

    @cached_property
    def buys_again(self) -> bool:
        """Whether something is to be bought once more."""
        return points.buys_again(self._message)

    @cached_property
    def counted(self) -> points.Counted | None:
        """What of the records it wants counted."""
        return points.counted_of(self._message)

    @cached_property
    def asks_if_all(self) -> bool:
        """Whether it asks if all that was listed is so."""
        return points.asks_if_all(self._message)

    @cached_property
    def asks_if_enough(self) -> bool:
        """Whether it asks if something will do ("would A5 alone be enough")."""
        return points.asks_if_enough(self._message)

    @cached_property
    def once_bought(self) -> bool:
        """Whether it is about the time after something is bought."""
        return points.once_bought(self._message)

    @cached_property
    def asks_same_place(self) -> bool:
        """Whether it asks if appointments are at one place."""
        return points.asks_same_place(self._message)

    @cached_property
    def series_in_short(self) -> str | None:
        """The series that a short question names ("what about trucks?")."""
        return next(iter(self.series), None) or points.series_of(self._message)

    @cached_property
    def claim(self) -> points.Claim | None:
        """What it states as having happened."""
        return points.claim_of(self._message)

    @cached_property
    def opens_on(self) -> bool:
        """Whether it opens as what goes on does ("and then …", "so …")."""
        return points.opens_on(self._message)

    @cached_property
    def says_again(self) -> bool:
        """Whether something is to be done once more."""
        return points.says_again(self._message)

    @cached_property
    def is_code_alone(self) -> bool:
        """Whether it names a test and says nothing else."""
        return points.is_code_alone(self._message)

    # --- beside the topic: somebody's own case ----------------------------------------------------------

    @cached_property
    def wants_us_to_buy(self) -> bool:
        """Whether we are told or asked to buy a test."""
        return own_case.wants_us_to_buy(self._message)

    @cached_property
    def says_denied(self) -> bool:
        """Whether something asked for was turned down."""
        return own_case.says_denied(self._message)

    @cached_property
    def asks_unbooked(self) -> bool:
        """Whether it asks which tests have no appointment yet."""
        return own_case.asks_unbooked(self._message)

    @cached_property
    def asks_for_both(self) -> bool:
        """Whether it asks for the appointments and for the tests."""
        return own_case.asks_for_both(self._message)

    @cached_property
    def speaks_of_time_lost(self) -> bool:
        """Whether it is the time that is left which would be lost."""
        return own_case.speaks_of_time_lost(self._message)

    @cached_property
    def says_how_long_waited(self) -> bool:
        """Whether it states how long something has been waited for."""
        return own_case.says_how_long_waited(self._message)

    @cached_property
    def speaks_of_moving(self) -> bool:
        """Whether it speaks of having an appointment moved."""
        return own_case.speaks_of_moving(self._message)

    @cached_property
    def asks_if_cancelling_is_needed(self) -> bool:
        """Whether it asks if a test that is not used has to be cancelled."""
        return own_case.asks_if_cancelling_is_needed(self._message)

    @cached_property
    def after_the_day(self) -> date | None:
        """The one day named that is meant from its end on ("after today"), or None."""
        return own_case.after_the_day(self._message)

    @cached_property
    def only_hums(self) -> bool:
        """Whether it is a sound of thinking and nothing else."""
        return own_case.only_hums(self._message)

    @cached_property
    def wants_new_appointment(self) -> bool:
        """Whether a new appointment is wanted in the place of one that is gone."""
        return own_case.wants_new_appointment(self._message)

    @cached_property
    def asks_which_test(self) -> bool:
        """Whether it asks which of the full test and the recertification test it is."""
        return own_case.asks_which_test(self._message)

    @cached_property
    def bids(self) -> bool:
        """Whether it bids us do what was spoken of ("do it", "go ahead")."""
        return own_case.bids(self._message)

    @cached_property
    def asks_of_sending(self) -> bool:
        """Whether it speaks of sending something in."""
        return own_case.asks_of_sending(self._message)

    @cached_property
    def asks_of_an_end(self) -> bool:
        """Whether it asks for a last day."""
        return own_case.asks_of_an_end(self._message)

    @cached_property
    def names_spanish(self) -> bool:
        """Whether it names Spanish."""
        return own_case.names_spanish(self._message)

    @cached_property
    def asks_who_paid(self) -> bool:
        """Whether it asks which tests somebody else has paid for."""
        return own_case.asks_who_paid(self._message)

    @cached_property
    def says_held(self) -> bool:
        """Whether it states that a certification is held."""
        return own_case.says_held(self._message)

    @cached_property
    def speaks_of_missing(self) -> bool:
        """Whether it speaks of a test that was missed."""
        return own_case.speaks_of_missing(self._message)

    @cached_property
    def has_tried(self) -> bool:
        """Whether it says that what was advised has been done."""
        return follow_ups.has_tried(self._message)

    @cached_property
    def says_not_lost(self) -> bool:
        """Whether it takes for granted that something is not lost."""
        return own_case.says_not_lost(self._message)

    # --- beside an open question ---------------------------------------------------------------------

    @cached_property
    def is_yes(self) -> bool:
        """A short yes, by words, button or key."""
        return yes_no.is_yes(self._message)

    @cached_property
    def is_question(self) -> bool:
        """Whether it is put as a question, with or without a question mark."""
        return yes_no.is_question(self._message)

    def answer_to(self, question: Question, task_label: str | None = None) -> Answered:
        """How it answers the open question; `task_label` is the topic that the question belongs to."""
        return open_question.read(question, self._message, task_label)

    def beside(self, question: Question, task_label: str, *, wishes: bool) -> Beside | None:
        """What it is beside the open question of a change; None where it may answer it. `wishes`: of a seat."""
        return open_change.beside(question, self._message, task_label, wishes=wishes)

    @cached_property
    def asks(self) -> bool:
        """Whether it is a question, by its form or by how it reads."""
        return open_change.asks(self._message)

    @property
    def wants_other(self) -> bool:
        """Whether it is a yes to something else than what was shown ("yes but the truck one")."""
        return open_change.wants_other(self._message)

    @property
    def weekday_asked(self) -> int | None:
        """The day of the week (Monday is 0) of which it asks if the seat in hand is on it."""
        return open_change.weekday_asked(self._message)

    @property
    def asks_what_was_done(self) -> bool:
        """Whether it asks what has been done so far."""
        return open_change.asks_what_was_done(self._message)

    @property
    def asks_what_is_now(self) -> bool:
        """Whether it asks how things stand after a change ("is it gone now", "so it's still there")."""
        return open_change.asks_what_is_now(self._message)

    @property
    def accepts_this_only(self) -> bool:
        """Whether it is a yes that bids nothing but what was shown ("book it and leave the rest alone")."""
        return yes_no.restricted(self._message) is not None

    @property
    def names_count(self) -> bool:
        """Whether it names how many it should be, and nothing else ("make it 3")."""
        return yes_no.names_count(self._message)

    @property
    def takes_leave(self) -> bool:
        """Whether a goodbye says so by a word of leaving, or is hardly more than that: "just got off work" is none."""
        return open_change.takes_leave(self._message)

    @property
    def tells(self) -> bool:
        """Whether it states something, and wants nothing by it."""
        return self._message.act == "statement" and self._message.act_score >= 0.6

    @cached_property
    def refuses(self) -> bool:
        """Whether it turns down what was proposed ("leave it", "don't cancel anything")."""
        return yes_no.refuses(self._message)

    def drops(self, kind: str) -> bool:
        """Whether it calls off the change of this kind that is in hand."""
        return open_change.drops(self._message, kind)

    @cached_property
    def other_slot(self) -> Slot | None:
        """The part of the appointment in hand that is to be another one."""
        return open_change.other_slot(self._message)

    def picks_again(self, lists: dict[str, list[Choice]], taken: dict[str, Any]) -> tuple[str, Any] | None:
        """Which slot gets which other choice of a list answered before, or None."""
        return open_change.picks_again(lists, taken, self._message)

    @property
    def says_yes_and_asks(self) -> bool:
        """Whether it is a yes with a question beside it ("yes, and is there a fee for that")."""
        return yes_no.says_yes_and_asks(self._message)

    @property
    def not_yet(self) -> bool:
        """Whether it puts off what is asked for ("wait, not yet")."""
        return yes_no.not_yet(self._message)

    @property
    def is_one_of_several(self) -> bool:
        """Whether it is one of several requests of a message."""
        return self._message.with_others

    @cached_property
    def opens_with_no(self) -> bool:
        """Whether it begins with a no and is not put as a question ("no just the appointment")."""
        return yes_no.opens_with_no(self._message)

    @cached_property
    def cancels_a_test(self) -> bool:
        """Whether it is no more than "cancel A4"."""
        return repairs.cancels_a_test(self._message)

    @property
    def is_topic_apart(self) -> bool:
        """Whether it is surely about a topic of its own, and not about cancelling, a refund or fees."""
        of_it = self.label in {"account/cancel_test", "account/cancel_appointment", "faq/refunds", "faq/fees"}
        return self.is_topic and not of_it and self.confidence >= 0.7

    @cached_property
    def cancels_what(self) -> str | None:
        """The label of what is to be cancelled, in answer to that question, or None."""
        return repairs.cancels_what(self._message)

    @cached_property
    def only_cancels(self) -> bool:
        """Whether it is no more than "cancel"."""
        return repairs.only_cancels(self._message)

    def answers(self, question: Question) -> bool:
        """Whether it answers the open question, whatever topic that belongs to."""
        return self.answer_to(question).fit is open_question.Fit.ANSWER

    def acknowledges(self, question: Question) -> bool:
        """Whether it only takes in what was said beside the question before a change ("ok thanks")."""
        return yes_no.acknowledges(self._message, after_answer=open_question.answered(question))

    @property
    def sounds_like_yes(self) -> bool:
        """Whether it may have been meant as a yes, plain or not."""
        return not yes_no.is_question(self._message) and yes_no.yes_or_no(self._message) is True

    def none_of_these(self, question: Question) -> bool:
        """Whether it is a bare no to a list of choices."""
        return open_question.none_of_these(question, self._message)

    def leaves(self, question: Question) -> bool:
        """Whether it leaves a list with everything as it is ("leave it where it is")."""
        return open_question.leaves(question, self._message)

    def is_seat_wish(self, scene: Scene) -> bool:
        """Whether it asks for a seat and for nothing else, whatever topic it sounds like."""
        return seat_preferences.speaks_of_seats(self._message, scene)

    # --- what it fills in ----------------------------------------------------------------------------

    @cached_property
    def address(self) -> AddressSaid:
        """What it says of an address."""
        return address_said(self._message)

    def seat_wish(self, scene: Scene) -> Wish | None:
        """What it asks of a seat, or None where it asks for nothing."""
        return None if self._message.pressed else wish_in(self._message.text, scene)

    @cached_property
    def same_day_as(self) -> str | None:
        """The test on whose day a seat is wanted, or None."""
        return seat_preferences.same_day_as(self._message)

    @cached_property
    def asks_beside_seats(self) -> bool:
        """Whether it asks about something else than which seats there are ("how late can I change it after that")."""
        return seat_preferences.asks_else(self._message)

    @cached_property
    def leaves_choice(self) -> bool:
        """Whether it leaves it to us which of the seats shown it is ("whichever")."""
        return seat_preferences.leaves_choice(self._message)

    def seat_taken(self, shown: Sequence[Choice], scene: Scene) -> Any:
        """The value of the one seat shown that it takes ("Wednesday works"), or None."""
        return seat_preferences.seat_taken(shown, self._message, scene)

    @property
    def may_contradict(self) -> bool:
        """Whether it could name another seat than the one previewed: words that are no question."""
        return not self._message.pressed and not self._message.text.endswith("?")

    @cached_property
    def opens_as_reply(self) -> bool:
        """Whether it begins as a reply does ("yes …", "but …", "only …")."""
        return repairs.opens_as_reply(self._message)

    # --- how it was heard ------------------------------------------------------------------------------

    def unsure(self, channel: str) -> bool:
        """Whether these are words of a caller that the recognizer is not sure of."""
        return misheard.unsure(self._message, channel)

    @cached_property
    def has_value(self) -> bool:
        """Whether it holds something that could be filled in."""
        return misheard.has_value(self._message)

    def grounding(self, question: Question | None, task_label: str | None) -> Grounding:
        """What it calls for where it was heard badly."""
        return misheard.grounding(question, self._message, task_label)

    def as_heard(self, answers: Answers, question: Question | None, task_label: str | None) -> Said:
        """What was understood, as it is read back."""
        return misheard.as_heard(answers, question, self._message, task_label)


_STOPS = str.maketrans({"?": " ", ".": " ", ",": " "})

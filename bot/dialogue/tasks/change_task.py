"""What every change has in common: the rule first, then what is still missing, then preview, yes or no, and done."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, cast

from bot.changes.kinds import BY_TOPIC, CANCEL_APPOINTMENT, CANCEL_TEST, KINDS
from bot.contracts.asking import QuestionKind
from bot.contracts.changes import ChangeRequest, Done, Json, Proposal, PurchaseRequest, Refusal
from bot.dialogue.choices import yes_or_no
from bot.dialogue.memories import ChangeMemory, SeatChosen, SeatMemory
from bot.dialogue.outcome import (
    CalendarFile,
    DropOthers,
    Effect,
    OfferChange,
    RecordsChanged,
    RememberChange,
    Reply,
    SeatHeld,
    Step,
)
from bot.dialogue.previews import OnCard
from bot.dialogue.state import Expect, Memory, Question
from bot.dialogue.tasks import asides
from bot.dialogue.tasks.appointment_words import option_of
from bot.dialogue.tasks.asides import InEffect, InHand, InShort
from bot.dialogue.tasks.rule_topic import RuleTopic, ask_who, order_among
from bot.dialogue.tasks.subjects import Option, base
from bot.dialogue.tasks.what_if import what_if
from bot.dialogue.turn_context import TurnContext
from bot.dialogue.understanding.answers import CONFIRM, SEAT
from bot.dialogue.understanding.beside import Beside, Slot
from bot.dialogue.understanding.repairs import Repair
from bot.dialogue.understanding.seat_preferences import without_day
from bot.dialogue.understanding.user_act import UserAct
from bot.dialogue.values import Person
from bot.rules.decision import Decision
from bot.rules.facts import Purchase, Subject
from bot.rules.time import instant_of, zone

_WHAT_IT_DOES = {
    QuestionKind.WHAT_IF.value,
    QuestionKind.WHAT_IF_NOT.value,
    QuestionKind.WHAT_NEXT.value,
    QuestionKind.DIFFERENCE.value,
}
"""Kinds of questions that want to know what a change would do."""
_CANCELLING = {CANCEL_APPOINTMENT.topic, CANCEL_TEST.topic}
SAME_MOMENT = timedelta(seconds=30)
"""A yes that comes once more within this time gets the very same words."""


@dataclass(frozen=True, slots=True)
class ChangeTask(RuleTopic, ABC):
    """A topic whose answer can be carried out. Subclasses say what is missing and what the preview shows.

    Its parent's methods are called by the parent's name: a dataclass with slots is made anew, so `super()` without
    arguments would look in the class as it was before.
    """

    @property
    def kind(self) -> str:
        """The name of the kind of change it makes."""
        return BY_TOPIC[self.name].name

    @property
    def several(self) -> bool:
        """Whether it may be about several tests at once."""
        return not BY_TOPIC[self.name].of_one_test

    @property
    def memory(self) -> type[ChangeMemory]:
        """What a change remembers."""
        return ChangeMemory

    # --- given by each kind of change ---------------------------------------------------------------

    def missing(self, reply: Reply, memory: ChangeMemory, option: Option) -> ChangeMemory | Step:
        """What is known once nothing is missing any more; or the step of asking for the first thing that is."""
        return memory

    def proven(self, reply: Reply, memory: ChangeMemory) -> ChangeMemory | Step:
        """What is known once it is certain who is there; or the step of asking for a proof, or of giving up."""
        return memory

    @abstractmethod
    def preview(self, reply: Reply, memory: ChangeMemory, option: Option) -> ChangeRequest | None:
        """Say what would be done and return it; None where it cannot be done after all."""

    def say_before(self, reply: Reply, proposal: Proposal) -> None:
        """Before the yes, say what equal order was given when; nothing where there is none."""

    @abstractmethod
    def say_done(self, reply: Reply, done: Done) -> None:
        """Say what was done."""

    def shown_again(self, request: ChangeRequest) -> dict[str, Any]:
        """What is known where the preview of a request is shown once more."""
        return {"about": f"{request.test}/{request.purchase_id}"} if isinstance(request, PurchaseRequest) else {}

    def can_be_undone(self, turn: TurnContext, done: Done) -> bool:
        """Whether it is honest to offer to put it back: the rule that is asked then would allow it now."""
        asked = asked_to_undo(turn, done.kind, dict(done.before), dict(done.after))
        if asked is None:
            return True
        rule, subject, person = asked
        return turn.judge(rule, subject, person=person).outcome == "allowed"

    # --- asked for, or only asked about ---------------------------------------------------------------

    def start(self, turn: TurnContext, act: UserAct) -> ChangeMemory:
        """What the opening act says, and whether it asks for the change or only about it."""
        memory = cast(ChangeMemory, RuleTopic.start(self, turn, act))
        return memory.having(only_asked=not act.wants_change, asked_of=act.asked_of_change)

    def told_first(self, reply: Reply, memory: ChangeMemory) -> bool:
        """Say what comes before the decision, where something else was asked than whether it can be done."""
        if not memory.only_asked:
            return False
        if memory.asked_of.compares and self.name in _CANCELLING:
            reply.phrase("cancel_two_ways")
        elif memory.asked_of.if_needed:
            reply.phrase("up_to_you")
        else:
            return False
        return True

    def told_only(self, reply: Reply, memory: ChangeMemory, option: Option) -> Step:
        """After the decision: what it would do, where that was asked, and that it can be done on request."""
        kind = BY_TOPIC[self.name]
        compares = memory.asked_of.compares and self.name in _CANCELLING
        if memory.asked is not None and memory.asked.kind in _WHAT_IT_DOES and not compares:
            effect = InEffect(reply.turn)
            self.preview(effect, memory, option)
            reply.include(effect)
        reply.phrase(f"offer_{kind.name}", **({"test": option.test} if kind.of_one_test else {}))
        given = {"about": memory.about, "told": memory.told} | self.given_again(memory)
        reply.effect(OfferChange(self.name, {name: value for name, value in given.items() if value is not None}))
        return reply.done()

    def given_again(self, memory: ChangeMemory) -> dict[str, Any]:
        """What is known beside the test, for a change that is begun after it was asked about."""
        return {}

    # --- what is said again, and what is turned down --------------------------------------------------

    def correct(self, turn: TurnContext, memory: Memory, act: UserAct, question: Question | None) -> Memory | None:
        """Another test, or "not that one"."""
        known = RuleTopic.correct(self, turn, memory, act, question)
        if known is not None:
            return self.from_the_start(turn, cast(ChangeMemory, known))
        return self.not_that(turn, cast(ChangeMemory, memory)) if act.repair is Repair.MORE else None

    def from_the_start(self, turn: TurnContext, memory: ChangeMemory) -> ChangeMemory:
        """What is left once it is about another test."""
        return release(turn, memory).without(
            "told", "seat", "confirm", "preference", "turned_down", "turned_down_seats", "previewed"
        )

    def not_that(self, turn: TurnContext, memory: ChangeMemory) -> ChangeMemory | None:
        """ "Not that one": what was previewed is not meant. None where there is nothing else to choose."""
        if memory.about is None or turn.person is None:
            return None
        turned_down = (*memory.turned_down, memory.about)
        if all(option.key in turned_down for option in self.options(turn.person, turn.today)):
            return None
        return self.from_the_start(turn, memory).without("about", "tests").having(turned_down=turned_down)

    def spared(self, turn: TurnContext, memory: Memory, act: UserAct) -> Step | None:
        """That the tests named are not touched, or how they stand; None where only the one in hand is named."""
        about = self.about_test(memory)
        others = [test for test in map(str, act.values("test_code")) if about and base(test) != base(about)]
        reply = Reply(turn)
        if others and act.keeps_others:
            reply.phrase("tests_untouched", tests=others)
        elif others:
            asides.how_they_stand(reply, act, others)
        return reply.done() if others else None

    def contradicted(self, turn: TurnContext, memory: Memory, act: UserAct) -> bool:
        """Whether an answer to the preview names another test."""
        if act.is_pressed or not (act.is_bare or act.label == self.label):
            return False
        tests = {base(test) for test in act.tests}
        about = (cast(ChangeMemory, memory).about or "").partition("/")[0]
        return bool(tests) and base(about) not in tests

    def beside(self, turn: TurnContext, memory: Memory, act: UserAct, about: Beside) -> Step | None:
        """A question or remark about the change in hand, or about anything else, answered without touching it."""
        known = cast(ChangeMemory, memory)
        option = self.in_hand(turn, known)
        effect: Reply | None = None
        if known.proposal is not None and option is not None:
            effect = InShort(turn)
            self.preview(effect, known, option)
        series = tuple(getattr(known, "series", ()))
        starts_at, site = None, None
        if effect is not None and isinstance(known, SeatMemory) and known.seat is not None:
            site = turn.sites[known.seat.site]
            starts_at = instant_of(datetime.fromisoformat(known.seat.starts_at), zone(site.time_zone))
        elif effect is not None and option is not None and option.appointment is not None:
            site = turn.sites.get(option.appointment.site)
            if site is not None:
                starts_at = instant_of(option.appointment.starts_at, zone(site.time_zone))
        elif (only := _only_seat(turn)) is not None:
            site = turn.sites[only.site]
            starts_at = instant_of(datetime.fromisoformat(only.starts_at), zone(site.time_zone))
        hand = InHand(BY_TOPIC[self.name], option or Option(""), effect, series, starts_at, site)
        return asides.answer(turn, hand, act, about)

    def in_hand(self, turn: TurnContext, memory: ChangeMemory) -> Option | None:
        """What it is about, once that is settled; one of no test where it is about none."""
        if turn.person is None:
            return None
        if not BY_TOPIC[self.name].of_one_test:
            return Option("")
        every = [*self.options(turn.person, turn.today), *self.otherwise(turn.person, turn.today)]
        return next((option for option in every if option.key == memory.about), None)

    def reset(self, turn: TurnContext, memory: Memory, slot: Slot) -> Memory | None:
        """Another day or place of the seat in hand."""
        if not isinstance(memory, SeatMemory):
            return None
        wish = memory.preference
        wish = without_day(wish) if slot is Slot.DATE else wish.model_copy(update={"place": None, "pick": None})
        fresh = cast(SeatMemory, release(turn, memory))
        down = (memory.seat,) if memory.seat is not None else ()  # what is to be changed is not offered again
        fresh = fresh.without("seat", "confirm", "shown_from", "listed")
        return fresh.having(preference=wish, turned_down_seats=down)

    def rechoose(self, turn: TurnContext, memory: Memory, slot: str, value: Any) -> Memory:
        """Another choice of a list: what was previewed is taken back."""
        known = cast(ChangeMemory, memory)
        if slot == "about":
            return self.from_the_start(turn, known.having(about=value, tests=()))
        fresh = release(turn, known).without("confirm", "turned_down_seats", *(() if slot == SEAT else ("told",)))
        return fresh.having(**{slot: value})

    def put_off(self, turn: TurnContext, memory: Memory) -> tuple[Effect, ...]:
        """Give back the seat and withdraw the question."""
        known, changes = cast(ChangeMemory, memory), turn.services.changes
        if changes is None:
            return ()
        declined = known.proposal is None or changes.decline(known.proposal)
        return () if declined else (RecordsChanged(turn.reread()),)

    def about(self, reply: Reply, memory: ChangeMemory) -> Sequence[Option] | Step:  # type: ignore[override]
        """What it is about, without what was turned down."""
        person = reply.turn.person
        if not memory.turned_down or person is None or memory.about or memory.tests:
            return RuleTopic.about(self, reply, memory)
        left = [option for option in self.options(person, reply.turn.today) if option.key not in memory.turned_down]
        if len(left) == 1:
            reply.phrase("using_only_test", test=left[0].test)
            return left
        return self.ask(reply, memory, left)

    # --- the way through ----------------------------------------------------------------------------

    def advance(self, turn: TurnContext, memory: Memory) -> Step:
        """The rule, what is missing, the preview, the yes, and the change itself."""
        known, reply = cast(ChangeMemory, memory), Reply(turn)
        asked = ask_who(reply, known, self.label)
        if asked is not None:
            return asked
        if known.opening:
            if what_if(reply, known.supposed, self.name):
                return reply.done()
            adopted = self._adopted(reply, known) if not known.only_asked else None
            if adopted is not None:
                known = adopted
        if known.confirm is not None:
            return self._answered(reply, known)
        options = self.about(reply, known)
        if not isinstance(options, Sequence):
            return options
        if not options:
            return reply.done()
        option = options[0]
        if len(options) > 1 and len(known.tests) > 1:
            known = known.having(later=known.tests[1:], tests=known.tests[:1])
        return self._toward_preview(reply, known.having(about=option.key), option)

    def _toward_preview(self, reply: Reply, known: ChangeMemory, option: Option) -> Step:
        allowed = self.allowed(reply, known, option)
        if isinstance(allowed, ChangeMemory):
            known = allowed
        if not isinstance(allowed, ChangeMemory) or reply.turn.services.changes is None:
            if isinstance(allowed, ChangeMemory) and reply.turn.state.reads_only and not known.only_asked:
                reply.phrase("only_reads")
            return self._next(reply, known)
        if known.only_asked and not BY_TOPIC[self.name].needs_seat:
            return self.told_only(reply, known, option)
        ready = self.missing(reply, known.having(opening=False), option)
        if not isinstance(ready, ChangeMemory):
            return ready
        ready = self.proven(reply, ready)
        if not isinstance(ready, ChangeMemory):
            return ready
        return self._propose(reply, ready, option)

    def allowed(self, reply: Reply, memory: ChangeMemory, option: Option) -> ChangeMemory | None:
        """What is known where the rule allows it, or a lead has made an exception; else None. Told once, then asked
        again silently."""
        decision = reply.turn.judge(self.rule, option.subject)
        if decision.outcome != "allowed":
            lifted = self._lifted(reply, memory, option, decision)
            if lifted is not None:
                return lifted
        if memory.told == option.key:
            allowed = decision.outcome == "allowed"
        else:
            ordered = reply.turn.channel == "phone" and not memory.only_asked
            reply.asked = None if ordered or self.told_first(reply, memory) else memory.asked
            goes_on = decision.outcome == "allowed" and (memory.only_asked or reply.turn.channel == "phone")
            allowed = reply.tell(self.rule, option.subject, closing=not goes_on).outcome == "allowed"
            reply.asked = None
        return memory.having(told=option.key, exception=None) if allowed else None

    def _lifted(self, reply: Reply, memory: ChangeMemory, option: Option, decision: Decision) -> ChangeMemory | None:
        """What is known where an exception holds for what the rule refuses; said once."""
        changes, ase_id, bought = reply.turn.services.changes, reply.turn.visitor.subject_id, option.purchase
        if changes is None or ase_id is None or bought is None or memory.only_asked:
            return None
        grant = changes.exception_for(ase_id, decision, bought.id)
        if grant is None:
            return None
        if memory.told != option.key:
            reply.phrase("exception_holds", test=option.test, until=grant.until.astimezone(reply.turn.zone))
        return memory.having(told=option.key, exception=grant.id)

    # --- yes or no ------------------------------------------------------------------------------------

    def _propose(self, reply: Reply, memory: ChangeMemory, option: Option) -> Step:
        """Show what would be done, once it waits for the yes and the seat it needs is held."""
        turn, shown = reply.turn, OnCard(reply)
        changes, ase_id, request = turn.services.changes, turn.visitor.subject_id, self.preview(shown, memory, option)
        if changes is None or ase_id is None or request is None:
            reply.include(shown)
            return reply.done()
        proposal = changes.propose(turn.visitor, ase_id, request, exception=memory.exception, as_of=turn.now)
        if isinstance(proposal, Refusal):
            return self._refused(reply, memory, option, proposal)
        which_purchase(shown, option.purchase)
        self.say_before(shown, proposal)
        shown.onto(reply)
        self._alone(reply, memory)
        if proposal.held_until is not None:
            reply.effect(SeatHeld(proposal.held_until))
        return self._ask_to_confirm(reply, memory.having(proposal=proposal.id, previewed=True))

    def _refused(self, reply: Reply, memory: ChangeMemory, option: Option, refusal: Refusal) -> Step:
        """The records have changed since they were read: say what holds now, or offer another seat."""
        if refusal.code == "seat_taken" or refusal.decision is None:
            return self._not_done(reply, memory, Done(self.kind, "", refused=refusal.code))
        reply.phrase("confirm_changed")
        reply.turn = reply.turn.reread()
        return reply.refused(reply.tell(self.rule, option.subject))

    @staticmethod
    def _ask_to_confirm(reply: Reply, memory: ChangeMemory) -> Step:
        question = OnCard(reply)
        question.phrase("confirm_question")
        question.onto(reply)
        return reply.ask(memory, CONFIRM, Expect.YES_NO, yes_or_no(reply.turn.services.answers, "choice_confirm"))

    def _alone(self, reply: Reply, memory: ChangeMemory) -> None:
        """Another change put aside that is about the same purchase makes way for this one."""
        for other in reply.turn.state.tasks:
            theirs = other.memory
            if other.name == self.name or not isinstance(theirs, ChangeMemory) or theirs.told is None:
                continue
            if memory.about and theirs.about == memory.about:
                reply.effect(DropOthers((other.name,)))
                reply.phrase("dropped_for_new", task=reply.turn.services.answers.title(BY_TOPIC[other.name].label))

    def _answered(self, reply: Reply, memory: ChangeMemory) -> Step:
        turn = reply.turn
        changes, ase_id = turn.services.changes, turn.visitor.subject_id
        yes, proposal, memory = memory.confirm, memory.proposal, memory.having(confirm=None)
        if changes is None or ase_id is None or proposal is None:
            return reply.done()
        if not yes:
            reply.effect(*self.put_off(turn, memory))
            reply.phrase("confirm_declined")
            return self._next(reply, memory.having(proposal=None))
        done = changes.confirm(
            turn.visitor, ase_id, proposal, waiting=turn.standing.pending, sites=turn.sites, as_of=turn.now
        )
        if done.refused in {"not_done", "not_known"}:
            reply.phrase("could_not_do" if done.refused == "not_done" else "outcome_not_known")
            return self._ask_to_confirm(reply, memory)
        memory = memory.having(proposal=None)
        if done.refused is not None:
            return self._not_done(reply, memory, done, turn.reread())
        settled = {"task": self.name, "proposal": proposal, "at": turn.real_now.isoformat()}
        self._told(reply, done, settled)
        return self._next(reply, memory)

    def again(self, turn: TurnContext, settled: Mapping[str, Any]) -> Step:
        """The answer of the change made last once more; nothing is done twice."""
        reply, changes, ase_id = Reply(turn), turn.services.changes, turn.visitor.subject_id
        if changes is None or ase_id is None:
            return reply.done()
        done = changes.confirm(turn.visitor, ase_id, str(settled["proposal"]), as_of=turn.now)
        if done.refused is not None:
            reply.phrase("could_not_do")
            return reply.done()
        if turn.real_now - datetime.fromisoformat(settled["at"]) > SAME_MOMENT:
            reply.phrase("already_done")
        self._told(reply, done, settled)
        return reply.done()

    def _told(self, reply: Reply, done: Done, settled: Mapping[str, Any]) -> None:
        """Say what was done. The same words whether it was done just now or a moment ago by another yes."""
        reply.effect(RecordsChanged(reply.turn.after(done)))
        if done.calendar is not None:
            reply.effect(CalendarFile(done.calendar))
        self.say_done(reply, done)
        bought = option_of(reply.turn, done)
        which_purchase(reply, bought.purchase if bought is not None else None)
        person = reply.turn.person
        if person is not None and person.candidate.email is not None:
            reply.phrase("receipt_sent")
        about = done.after.get("test") or done.before.get("test")
        reply.effect(RememberChange({**settled, "test": about}, self._undo(reply, done)))

    def _not_done(self, reply: Reply, memory: ChangeMemory, done: Done, turn: TurnContext | None = None) -> Step:
        """Say why nothing was changed, and go back to where it can go on."""
        memory = memory.having(previewed=False)  # what is shown next is shown in full
        if done.refused == "seat_taken":
            reply.phrase("seat_gone")
            memory = memory.without("seat")
        elif done.refused in {"same_time", "no_change"}:
            reply.phrase("same_time" if done.refused == "same_time" else "same_seat")
            memory = memory.without("seat")
        elif done.refused == "exception_over":
            reply.phrase("exception_over")
        elif done.refused in {"confirmation_expired", "confirmation_unknown"}:
            reply.phrase("confirm_expired")
        elif done.refused == "confirmation_replaced":
            reply.phrase("confirm_elsewhere")
        elif done.decision is not None:
            reply.phrase("confirm_changed")
            reply.tell_made(done.decision)
            return reply.refused(done.decision)
        else:
            reply.phrase("confirm_changed")
        return reply.then(self.advance(turn or reply.turn, memory))

    def _undo(self, reply: Reply, done: Done) -> dict[str, Any] | None:
        """What is kept for putting it back, after offering that where it is honest."""
        if not KINDS[done.kind].may_be_undone:
            return None
        undo: dict[str, Any] = {"key": done.key, "kind": done.kind}
        if "appointment" in done.before or "appointment" in done.after:
            test = done.after.get("test") or done.before.get("test")
            undo |= {"test": test, "was": done.before.get("appointment"), "is": done.after.get("appointment")}
            undo["purchase_id"] = done.after.get("purchase_id") or done.before.get("purchase_id")
        if self.can_be_undone(reply.turn, done):
            reply.phrase("undo_offer")
        return undo

    def _adopted(self, reply: Reply, memory: ChangeMemory) -> ChangeMemory | None:
        """A change of this kind that waits for a yes in another conversation goes on here; not with an agent."""
        turn = reply.turn
        waiting = turn.standing.pending
        if turn.services.changes is None or turn.visitor.is_agent:
            return None
        if waiting is None or waiting.kind != self.kind or waiting.conversation_id == turn.visitor.conversation_id:
            return None
        test = waiting.request.test if isinstance(waiting.request, PurchaseRequest) else None
        if memory.tests and test not in memory.tests:
            return None
        if not memory.going_on:
            reply.phrase("going_on_here", task=turn.services.answers.title(self.label))
        shown = {"about": ""} | self.shown_again(waiting.request)
        return memory.having(opening=False, going_on=False, told=self.told_of(shown), **shown)

    def told_of(self, shown: Mapping[str, Any]) -> str:
        """What counts as told where a preview is shown once more."""
        return str(shown["about"])

    # --- several at once --------------------------------------------------------------------------------

    def _next(self, reply: Reply, memory: ChangeMemory) -> Step:
        """The next of several tests named in one message."""
        if not memory.later:
            return reply.done()
        further = self.memory(
            tests=memory.later[:1], later=memory.later[1:], opening=False, only_asked=memory.only_asked
        )
        return reply.then(self.advance(reply.turn, further))


def which_purchase(reply: Reply, purchase: Purchase | None) -> None:
    """Of a test that was bought more than once, say which purchase it is."""
    person = reply.turn.person
    if person is None or purchase is None:
        return
    bought = [each for each in person.candidate.purchases if each.test == purchase.test]
    alike = [each for each in bought if each.cancelled_on is None and each.id != purchase.id]
    if alike:
        order = order_among(purchase, alike)
        reply.phrase("this_purchase", test=purchase.test, bought_on=purchase.purchased_on, order=order)


def asked_to_undo(turn: TurnContext, kind: str, before: Json, after: Json) -> tuple[str, Subject, Person] | None:
    """The rule, and what it is asked about, when a change is put back; None where no rule can forbid it."""
    undo = KINDS[kind].undo
    if undo is None or undo.rule is None or undo.subject is None or turn.person is None:
        return None
    return undo.rule, undo.subject(before, after), replace(turn.person, sites=turn.sites)


def _only_seat(turn: TurnContext) -> SeatChosen | None:
    """The one seat that is offered, where no other is."""
    question = turn.state.question
    if question is None or question.slot != SEAT or len(question.choices) != 1:
        return None
    return SeatChosen(**question.choices[0].value)


def release(turn: TurnContext, memory: ChangeMemory) -> ChangeMemory:
    """What is known once the seat is given back and the question withdrawn."""
    if turn.services.changes is not None and memory.proposal is not None:
        turn.services.changes.decline(memory.proposal)
    return memory.having(proposal=None)

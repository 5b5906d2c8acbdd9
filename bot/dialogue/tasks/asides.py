"""What is answered beside an open change: what the yes would do, what is lost, what it costs, and any other question.

The question is taken to be about the test in hand unless it names another one. Nothing here changes the records, begins
another change, or touches what the change in hand knows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.answers.format import Said
from bot.answers.replies import usual
from bot.catalog.model import Gap
from bot.changes.kinds import (
    ADDRESS,
    BOOK,
    BY_TOPIC,
    CANCEL_APPOINTMENT,
    CANCEL_TEST,
    DUPLICATES,
    KINDS,
    RESCHEDULE,
    ChangeKind,
)
from bot.contracts.asking import QuestionKind
from bot.dialogue.general import picked, say_general
from bot.dialogue.memories import Asked, Pick
from bot.dialogue.outcome import Reply, Step
from bot.dialogue.tasks.records import say_appointment
from bot.dialogue.tasks.subjects import Option, any_purchase, base, matching, unsat
from bot.dialogue.turn_context import TurnContext
from bot.dialogue.understanding.beside import Beside
from bot.dialogue.understanding.supposition import TOPIC_OF, Supposition
from bot.dialogue.understanding.user_act import UserAct
from bot.rules.facts import Site, Subject
from bot.rules.policy import CHANGE_CUTOFF, CHANGE_CUTOFF_READING, reading, whole_number
from bot.rules.state import change_by

CERTAIN = 0.6
"""A statement or gap with this chance answers, whatever else the question may be about."""

A_HINT = 0.02
"""A known gap of the change in hand with this chance is what a question about money means."""

A_STATEMENT = 0.15
"""A statement of the change in hand with this chance answers where nothing else is known to."""

_LANGUAGES = "faq/bilingual_tests"
READ = 0.4
"""A topic read with this confidence is what is asked about."""

WILLING = 0.8
"""So sure it must be that a person is wanted, or that something is wrong, before that is offered beside a change."""

_IN_SHORT: Mapping[str, str] = {
    BOOK.preview: "yes_book",
    RESCHEDULE.preview: "yes_reschedule",
    CANCEL_APPOINTMENT.preview: "yes_cancel_appointment",
    CANCEL_TEST.preview: "yes_cancel_test",
    DUPLICATES.preview: "yes_duplicate",
    ADDRESS.preview: "yes_address",
    "preview_undo": "yes_undo",
    "preview_undo_book": "yes_undo_book",
    "preview_undo_cancel": "yes_undo_cancel",
    "preview_undo_reschedule": "yes_undo_reschedule",
}
"""The one sentence for each preview: what a yes would do."""

_IN_EFFECT: Mapping[str, str] = {
    CANCEL_APPOINTMENT.preview: "effect_cancel_appointment",
    CANCEL_TEST.preview: "effect_cancel_test",
}
"""What a change would do, said to whoever only asks about it."""

_TOPIC_SUPPOSED: Mapping[str, str] = {
    what.value: f"account/{TOPIC_OF[what]}" for what in (Supposition.FAIL, Supposition.MISS)
}
"""What is asked by supposing a fail or a no-show, whatever else the words were read as."""

_SAID_TO: Mapping[Beside, str] = {
    Beside.IF_NOT: "nothing_if_not",
    Beside.CONDITION: "aside_condition",
    Beside.OTHERWISE: "aside_otherwise",
}
_TROUBLE = {"complaint", "test_day_problem", "exception_request", "account_access"}


class InShort(Reply):
    """Says what a preview says in one sentence, and leaves out what belongs to it."""

    def phrase(self, key: str, **values: Any) -> None:
        """The short form of a preview; nothing else."""
        short = _IN_SHORT.get(key)
        if short is not None:
            known = self.turn.services.answers.catalog.phrases[short].values
            super().phrase(short, **{name: value for name, value in values.items() if name in known})


class InEffect(Reply):
    """Says of a preview only what it would come to, where it was no more than asked about."""

    def phrase(self, key: str, **values: Any) -> None:
        """What a change would do; nothing else."""
        effect = _IN_EFFECT.get(key)
        if effect is not None:
            known = self.turn.services.answers.catalog.phrases[effect].values
            super().phrase(effect, **{name: value for name, value in values.items() if name in known})


@dataclass(frozen=True, slots=True)
class InHand:
    """The change in hand: its kind, what it is about, and what a yes would do (None where nothing is previewed)."""

    kind: ChangeKind
    option: Option
    effect: Reply | None = None
    series: tuple[str, ...] = ()
    starts_at: datetime | None = None
    """The start of the seat that is previewed, in the zone of its test center."""
    site: Site | None = None
    """The test center of what is previewed."""

    @property
    def tests(self) -> tuple[str, ...]:
        """The test it is about."""
        return (self.option.test,) if self.option.test else ()


def answer(turn: TurnContext, hand: InHand, act: UserAct, about: Beside) -> Step | None:
    """The answer to what was said beside a change; None where the handler of its label has it."""
    reply = Reply(turn)
    named = _named(hand, act)
    if _told_of_what_is_shown(reply, hand, act, about, named):
        return reply.done()
    match about:
        case Beside.EFFECT:
            _effect(reply, hand)
        case Beside.DONE:
            _done_so_far(reply, hand)
        case Beside.LISTENING:
            pass
        case Beside.IF_NOT | Beside.CONDITION | Beside.OTHERWISE:
            reply.phrase(_SAID_TO[about])
        case Beside.LATER if hand.kind.needs_seat and not named:
            _later(reply, hand, act)
        case Beside.REMARK:
            reply.phrase("aside_remark" if act.tells or act.label != "out_of_scope" else "aside_not_ours")
        case Beside.LOSS if not named and _own_loss(hand, act):
            if _of_keeping(hand, act) or not _told(reply, hand, act, CERTAIN):
                _loses(reply, hand)
        case Beside.COST if hand.kind is CANCEL_APPOINTMENT and act.label == CANCEL_TEST.label and not named:
            _say(reply, CANCEL_APPOINTMENT.label, act, hand, statement="refund_no")
        case Beside.COST if not named and _own_cost(hand, act):
            if not _told(reply, hand, act, A_HINT):
                _costs(reply, hand)
        case _:
            return _question(reply, hand, act, named)
    return reply.done()


def _told_of_what_is_shown(reply: Reply, hand: InHand, act: UserAct, about: Beside, named: tuple[str, ...]) -> bool:
    """Say where or on which day it is, what else it touches, whether it can be put back. Whether that was asked."""
    match about:
        case Beside.WHERE if _takes_place(hand):
            _where(reply, hand)
        case Beside.FINAL:
            reply.phrase("final_not" if hand.kind.may_be_undone else "final_yes")
        case Beside.WEEKDAY:
            _weekday(reply, hand, act)
        case Beside.TOUCHES if named:
            reply.phrase("touches_only", tests=list(named))
        case Beside.STAYS if named:
            if any(_option(reply.turn, test).appointment is None for test in named):
                reply.phrase("others_stay", tests=list(named))
            how_they_stand(reply, act, named)
        case Beside.STAYS:
            _effect(reply, hand)
        case _:
            return False
    return True


def _named(hand: InHand, act: UserAct) -> tuple[str, ...]:
    """Other tests than the one in hand that the words name."""
    return tuple(test for test in act.tests if base(test) not in map(base, hand.tests))


def _effect(reply: Reply, hand: InHand) -> None:
    if hand.effect is None:
        reply.phrase("nothing_yet")
    else:
        reply.include(hand.effect)


def _done_so_far(reply: Reply, hand: InHand) -> None:
    """What was changed in this conversation, if anything; and what waits for a yes."""
    undo = reply.turn.state.undo
    if undo is None:
        reply.phrase("nothing_yet")
    else:
        title = reply.turn.services.answers.title(KINDS[undo["kind"]].label)
        reply.phrase("changed_here", task=title, test=undo.get("test"))
    if hand.effect is not None:
        reply.include(hand.effect)


def _takes_place(hand: InHand) -> bool:
    return hand.kind in {BOOK, RESCHEDULE, CANCEL_APPOINTMENT}


def _where(reply: Reply, hand: InHand) -> None:
    """The test center, as far as the records have it: no street."""
    if hand.site is not None:
        reply.phrase("where_center", site=place(hand.site))
    else:
        reply.phrase("where_list")


def place(site: Site) -> Said:
    """A site as it is named in a preview; spoken without a city that its name holds already."""
    whole = site.name if site.name == site.city else f"{site.name}, {site.city}"
    return Said(whole, site.name if site.city in site.name else whole)


def _weekday(reply: Reply, hand: InHand, act: UserAct) -> None:
    """Whether the seat that is previewed is on the day of the week asked for."""
    if hand.starts_at is None:
        reply.phrase("weekday_list")
        return
    if act.weekday_asked is None:
        reply.phrase("weekday_is", seat_day=hand.starts_at.date())
        return
    right = hand.starts_at.weekday() == act.weekday_asked
    reply.phrase("weekday_yes" if right else "weekday_no", seat_day=hand.starts_at.date())


def _later(reply: Reply, hand: InHand, act: UserAct) -> None:
    """Whether the appointment to come can be changed in its turn, and until when."""
    until = act.asked.kind in {QuestionKind.UNTIL_WHEN.value, QuestionKind.HOW_LONG.value, QuestionKind.WHEN.value}
    if hand.starts_at is None:
        reply.phrase("later_until" if until else "later_may")
        return
    book, day = reply.turn.services.catalog.policy, reply.turn.today
    days, how = whole_number(book.on(CHANGE_CUTOFF, day)), reading(book.on(CHANGE_CUTOFF_READING, day))
    closes = change_by(hand.starts_at, days, how)
    if closes <= reply.turn.now:
        reply.phrase("later_closed")
    else:
        reply.phrase("later_seat_until" if until else "later_seat", change_by=closes)


def _loses(reply: Reply, hand: InHand) -> None:
    match hand.kind.name:
        case BOOK.name:
            reply.phrase("loses_book")
        case RESCHEDULE.name:
            reply.phrase("loses_reschedule")
        case CANCEL_APPOINTMENT.name:
            reply.phrase("loses_cancel_appointment")
        case CANCEL_TEST.name:
            reply.phrase("loses_cancel_test")
        case DUPLICATES.name:
            reply.phrase("loses_duplicate")
        case _:
            reply.phrase("loses_address")


def _costs(reply: Reply, hand: InHand) -> None:
    match hand.kind.name:
        case BOOK.name:
            reply.phrase("costs_book")
        case RESCHEDULE.name:
            reply.phrase("costs_reschedule")
        case CANCEL_APPOINTMENT.name:
            reply.phrase("costs_cancel_appointment")
        case CANCEL_TEST.name:
            reply.phrase("costs_cancel_test")
        case DUPLICATES.name:
            decision = reply.turn.judge("duplicate_certificate", Subject(series=hand.series))
            if hand.series and decision.outcome == "allowed":
                total, fee = decision.money("total"), decision.money("fee_per_series")
                reply.phrase("costs_duplicate", fee_per_series=fee, total=total)
            else:
                say_general(reply, hand.kind.label, Asked(kind=QuestionKind.HOW_MUCH.value, bare=True))
        case _:
            reply.phrase("costs_address")


def _of_keeping(hand: InHand, act: UserAct) -> bool:
    """Whether it is about what becomes of the test once its appointment is given up."""
    keeps = any(
        (pick.label, pick.id) == (CANCEL_APPOINTMENT.label, "keeps") and pick.score >= A_STATEMENT
        for pick in act.asked.picks[:2]
    )
    return hand.kind is CANCEL_APPOINTMENT and keeps


def _elsewhere(hand: InHand, act: UserAct) -> bool:
    """Whether it is surely about another topic of the account, as "do I get my money back if I miss it" is."""
    other = act.family == "account" and act.label != hand.kind.label and act.label.partition("/")[2] not in BY_TOPIC
    return other and act.confidence >= CERTAIN


def _own_loss(hand: InHand, act: UserAct) -> bool:
    return not _elsewhere(hand, act)


def _own_cost(hand: InHand, act: UserAct) -> bool:
    """Whether a question about money is about the change in hand: nothing else is surely what it asks."""
    if act.asked.bare or act.refers_back or act.label == hand.kind.label:
        return not _elsewhere(hand, act)
    if _elsewhere(hand, act):
        return False
    best = act.asked.picks[0] if act.asked.picks else None
    return best is None or best.score < CERTAIN or best.label == hand.kind.label


def _told(reply: Reply, hand: InHand, act: UserAct, least: float) -> bool:
    """Say the likeliest statement or gap of the change in hand, if it is likely enough. Whether that was said."""
    entry = reply.turn.services.catalog.entries.get(hand.kind.label)
    for pick in act.asked.picks:
        if entry is None or pick.label != hand.kind.label:
            continue
        gap = isinstance(entry.find(pick.id), Gap)
        if pick.score < (least if gap else max(least, A_STATEMENT)):
            return False
        asked = act.asked.model_copy(update={"picks": (pick.model_copy(update={"score": 1.0}),), "tests": hand.tests})
        say_general(reply, hand.kind.label, asked)
        return True
    return False


def _question(reply: Reply, hand: InHand, act: UserAct, named: tuple[str, ...]) -> Step | None:
    label, changes = act.label, act.label.partition("/")[2] in BY_TOPIC
    best = act.asked.picks[0] if act.asked.picks else None
    certain = best is not None and best.score >= CERTAIN and label != "out_of_scope"
    if named:
        return _of_others(reply, hand, act, named)
    supposed = _TOPIC_SUPPOSED.get(act.supposed.what) if act.supposed is not None else None
    if supposed is not None and label != supposed and not (act.is_topic and act.confidence >= WILLING):
        return reply.read_again(act.relabelled(supposed))
    if _of_what_is_in_hand(reply, hand, act):
        return reply.done()
    if best is not None and certain and best.label.partition("/")[2] in BY_TOPIC:
        _say(reply, best.label, act, hand)
    elif changes:
        _of_change(reply, hand, act)
    elif act.is_topic and act.confidence >= READ:
        return None
    elif best is not None and certain:
        _say(reply, best.label, act, hand)
    elif label in _TROUBLE and act.confidence >= WILLING:
        return None
    elif label == "out_of_scope" and act.in_scope and act.confidence >= WILLING:
        if not _known_gap(reply, hand, act):
            reply.phrase("aside_not_ours")
    elif not _told(reply, hand, act, 0.1):
        if _of_preview(hand, act) and (hand.effect is not None or act.tests):
            _effect(reply, hand)
        elif act.is_topic:
            return None
        else:
            reply.phrase("aside_unknown")
    return reply.done()


def _known_gap(reply: Reply, hand: InHand, act: UserAct) -> bool:
    """Say that our source leaves it open, where the likeliest answer is a known gap. Whether it was."""
    best = act.asked.picks[0] if act.asked.picks else None
    entry = reply.turn.services.catalog.entries.get(best.label) if best is not None else None
    if best is None or entry is None or best.score < A_STATEMENT or not isinstance(entry.find(best.id), Gap):
        return False
    _say(reply, best.label, act, hand, statement=best.id)
    return True


def _of_what_is_in_hand(reply: Reply, hand: InHand, act: UserAct) -> bool:
    """Say what the records say of the test in hand, or of the seat, where that is asked. Whether it was."""
    whether = act.asked.kind == QuestionKind.WHETHER.value
    if _of_keeping(hand, act) and hand.option.purchase is not None and act.label not in _TROUBLE:
        window = reply.turn.judge("purchase_window", hand.option.subject)
        if window.outcome == "allowed":
            reply.phrase("keeps_test", must_test_by=window.date("must_test_by"))
            return True
    if hand.starts_at is not None and hand.kind.needs_seat and act.label == "account/purchase_window" and whether:
        reply.phrase("seat_in_time")  # no other seat is offered
        reply.tell("purchase_window", hand.option.subject, brief=True)
        return True
    if act.label == _LANGUAGES and act.confidence >= READ and hand.tests and whether:
        reply.tell("test_language", hand.option.subject, brief=True)
        return True
    return False


def _of_preview(hand: InHand, act: UserAct) -> bool:
    """Whether it can be about what is previewed: "which test is this", "so I keep the A5"."""
    plain = act.asked.kind in {QuestionKind.WHICH.value, QuestionKind.WHEN.value, QuestionKind.WHERE.value}
    return act.refers_back or bool(set(act.tests) & set(hand.tests)) or (plain and not act.is_topic)


def _of_others(reply: Reply, hand: InHand, act: UserAct, named: tuple[str, ...]) -> Step | None:
    """A question that names another test: the same rule where it asks no more than "and the A6?"."""
    own = act.label.partition("/")[2]
    last = reply.turn.state.last_topic
    going_on = act.label == "inform" and last is not None and last.partition("/")[2] not in BY_TOPIC
    if going_on or (act.is_topic and own not in BY_TOPIC and act.confidence >= READ):
        return None
    if act.label == "out_of_scope":
        best = act.asked.picks[0] if act.asked.picks else None
        if best is not None and best.score >= READ:
            _say(reply, best.label, act, hand, statement=best.id)
        else:
            reply.phrase("aside_unknown")
        return reply.done()
    if act.label != "inform" and own not in BY_TOPIC:
        beside = next((name for name, sure in act.ranking if name.startswith("account/") and sure >= 0.3), None)
        topic = (beside or "").partition("/")[2]
        return reply.read_again(
            act.relabelled(f"account/{topic}" if topic and topic not in BY_TOPIC else "account/certification_expiry")
        )
    kind = BY_TOPIC.get(own, hand.kind)
    for test in named:
        reply.tell(kind.rule, _option(reply.turn, test).subject, brief=True)
    return reply.done()


def _of_change(reply: Reply, hand: InHand, act: UserAct) -> None:
    """A question about a change, this one or another: told, and never begun."""
    kind = BY_TOPIC[act.label.partition("/")[2]]
    entry = reply.turn.services.catalog.entries.get(act.label)
    asked = act.asked.model_copy(update={"tests": hand.tests})
    if picked(asked, act.label, entry) is not None:
        say_general(reply, act.label, asked)
        return
    wanted = QuestionKind(asked.kind) if asked.kind is not None else None
    if kind is not hand.kind and kind.of_one_test and wanted in {None, QuestionKind.WHETHER} and hand.tests:
        reply.tell(kind.rule, hand.option.subject, brief=True)
        return
    if entry is not None and wanted not in {None, QuestionKind.WHETHER} and usual(entry, wanted) is not None:
        say_general(reply, act.label, asked.model_copy(update={"bare": True}))
        return
    reply.phrase("aside_unknown")


def _say(reply: Reply, label: str, act: UserAct, hand: InHand, statement: str | None = None) -> None:
    """The answer on a topic; `statement`: the one that it is."""
    asked = act.asked.model_copy(update={"tests": act.tests or hand.tests})
    if statement is not None:
        asked = asked.model_copy(update={"picks": (Pick(label=label, id=statement, score=1.0),), "given": {}})
    say_general(reply, label, asked)


def how_they_stand(reply: Reply, act: UserAct, tests: Sequence[str]) -> None:
    """What the records say of tests that are spoken of beside a change to another one, which stays as it is."""
    person = reply.turn.person
    for test in tests:
        option = _option(reply.turn, test)
        appointment = option.appointment
        if act.names_next:
            reply.phrase("other_test_next", test=test)
        elif appointment is not None and person is not None and appointment.site in person.sites:
            wrong = act.contradicts_time(appointment.starts_at)
            say_appointment(reply, person, option, "appointment_not_then" if wrong else "appointment_yes")
        elif option.purchase is not None:
            reply.tell("purchase_window", option.subject, brief=True)
        else:
            reply.tell("certification_status", option.subject, brief=True)


def _option(turn: TurnContext, test: str) -> Option:
    person = turn.person
    if person is None:
        return Option(test)
    found = matching(unsat(person, turn.today), test) or matching(any_purchase(person, turn.today), test)
    return found[0] if found else Option(test)

"""Questions that somebody's own records answer, whatever topic their words were read as."""

from __future__ import annotations

from collections.abc import Callable

from bot.contracts.asking import QuestionKind
from bot.contracts.given import Given
from bot.contracts.points import Point
from bot.dialogue.by_records import told_last
from bot.dialogue.general import say_general
from bot.dialogue.memories import Asked, Supposed
from bot.dialogue.outcome import Reply, Step, on_day
from bot.dialogue.state import ConversationState
from bot.dialogue.tasks import subjects
from bot.dialogue.tasks.dated import day_after
from bot.dialogue.tasks.records import sat_unrecorded as open_results
from bot.dialogue.tasks.subjects import Option, base, booked, matching, open_tests, unsat
from bot.dialogue.tasks.what_if import what_if
from bot.dialogue.turn_context import TurnContext
from bot.dialogue.understanding.points import Counted
from bot.dialogue.understanding.supposition import Supposition
from bot.dialogue.understanding.user_act import UserAct
from bot.dialogue.values import Person
from bot.rules.facts import PaidBy, Subject

Look = Callable[[TurnContext, UserAct, ConversationState, Person], Step | None]

_SURE = 0.7
"""A topic read with this much is what is asked about."""


def _in_hand(act: UserAct, state: ConversationState, found: list[Option]) -> Option | None:
    """The one that is meant: of the tests named, else of those spoken of, else the only one there is."""
    if act.tests:
        return next((fits[0] for test in act.tests if (fits := matching(found, test))), None)
    spoken = next((fits[0] for test in state.last_tests if (fits := matching(found, test))), None)
    return spoken or (found[0] if len(found) == 1 else None)


def _hums(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """A sound of thinking asks for nothing."""
    if not act.only_hums:
        return None
    reply = Reply(turn)
    reply.phrase("take_your_time")
    return reply.done()


# --- what is lost -----------------------------------------------------------------------------------------

_OF_MONEY = {
    "complaint", "out_of_scope", "inform", "deny", "affirm", "explain", "account/missed_appointment",
    "account/purchase_window", "account/cancel_test", "faq/refunds", "faq/fees", "test_day_problem",
}  # fmt: skip


def _expired_money(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """ "So that money's gone", of a test that has expired: it is."""
    if Point.LOSE not in act.asked.points or act.supposed is not None or act.of_another:
        return None
    if act.label not in _OF_MONEY and act.confidence >= _SURE:
        return None
    option = _in_hand(act, state, unsat(person, turn.today))
    if option is None or turn.judge("purchase_window", option.subject).decisive.code != "window_expired":
        return None
    point = Point.BACK if act.says_not_lost else Point.LOSE  # "so it isn't gone?" gets a no
    reply = Reply(turn, Asked(kind=QuestionKind.WHETHER.value, points=(point.value,)))
    state.last_topic = "account/purchase_window"
    reply.tell("purchase_window", option.subject)
    return reply.done()


def _time_lost(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """ "So I'd lose the time that's left", by recertifying early."""
    held = subjects.certified(person, turn.today)
    about = {decision.rule for _, decision in told_last(state)} & {"recertification", "certification_status"}
    renews = act.supposed is not None and act.supposed.what == Supposition.RECERTIFY
    if not act.speaks_of_time_lost or not held or act.of_another:
        return None
    unplaced = act.label in {"out_of_scope", "inform"} and unsat(person, turn.today) == _renewals(turn, person)
    if not (about or renews or unplaced or act.label in {"account/recertification", "faq/recertification"}):
        return None
    current = [option for option in held if turn.judge("certification_status", option.subject).outcome == "allowed"]
    named = act.tests or tuple(state.last_tests) or tuple(option.test for option in _renewals(turn, person))
    option = next((o for test in named for o in current if o.test == base(test)), None)
    option = option or (current[0] if len(current) == 1 else None)
    if option is None:
        return None
    state.last_topic = "account/recertification"
    if act.says_not_lost or act.asked.kind not in _OF_YES_OR_NO:
        reply = Reply(turn, Asked(points=(Point.LOSE.value,)))
        reply.tell("recertification", option.subject)
        return reply.done()
    reply = Reply(turn)
    decision = turn.judge("recertification", option.subject)
    values = decision.decisive.values
    reply.phrase("recertify_early_loses", test=option.test, count=values.get("days_given_up"))
    reply.tell("recertification", option.subject, silent=True)
    return reply.done()


_OF_YES_OR_NO = {QuestionKind.WHETHER, QuestionKind.WHAT_IF, None}


def _renewals(turn: TurnContext, person: Person) -> list[Option]:
    return [option for option in unsat(person, turn.today) if option.test.endswith("R")]


def _need_not_cancel(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """Whether a test that is not used has to be cancelled: no, but its fees are lost."""
    if not act.asks_if_cancelling_is_needed or act.of_another:
        return None
    option = _in_hand(act, state, unsat(person, turn.today))
    if option is None:
        return None
    decision = turn.judge("purchase_window", option.subject)
    last = on_day(decision.decisive.values.get("must_test_by"))
    if decision.outcome != "allowed" or last is None:
        return None
    reply = Reply(turn)
    state.last_topic = "account/purchase_window"
    taken = option in booked(person, turn.today)
    reply.phrase("need_not_cancel_booked" if taken else "need_not_cancel", test=option.test, must_test_by=last)
    reply.tell("purchase_window", option.subject, silent=True)
    _or_refund(turn, reply, option)
    return reply.done()


def _or_refund(turn: TurnContext, reply: Reply, option: Option) -> None:
    """That the test can still be cancelled for a refund, where it can."""
    if turn.judge("cancel_test", option.subject).outcome == "allowed":
        reply.phrase("refund_still_possible", test=option.test)
        reply.tell("cancel_test", option.subject, silent=True)


def _not_done(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """ "What if I can't do it today", on a test that is bought: it expires, and what can be done before."""
    stays_away = act.supposed is not None and act.supposed.what == Supposition.MISS and not act.supposed.late
    if not (stays_away or (act.asked.kind == QuestionKind.WHAT_IF_NOT and act.supposed is None)) or act.of_another:
        return None
    told = {decision.rule for _, decision in told_last(state)[:1]}
    of_it = {"account/purchase_window", "account/missed_appointment"}
    placed = act.is_topic and act.confidence >= _SURE and act.label not in of_it
    if placed or told - {"purchase_window", "schedule_test", "cancel_test"}:
        return None
    option = _in_hand(act, state, open_tests(person, turn.today))
    if option is None or (stays_away and booked(person, turn.today)):
        return None
    decision = turn.judge("purchase_window", option.subject)
    last = on_day(decision.decisive.values.get("must_test_by"))
    on = act.supposed.on if act.supposed is not None else None
    if decision.outcome != "allowed" or last is None or (stays_away and (on is None or on < last)):
        return None
    reply = Reply(turn, act.asked.model_copy(update={"kind": QuestionKind.WHAT_IF_NOT.value, "points": ()}))
    state.last_topic = "account/purchase_window"
    reply.tell("purchase_window", option.subject, closing=False)
    _or_refund(turn, reply, option)
    return reply.done()


def _no_refund_at_all(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """A refund, of nothing in particular, that every test refuses: told of each, without asking which."""
    wanted = Point.BACK in act.asked.points or act.label == "faq/refunds"
    if not wanted or act.label not in {"account/cancel_test", "faq/refunds", "out_of_scope"} or act.of_another:
        return None
    found = unsat(person, turn.today)
    if act.tests or act.supposed is not None or len(found) < 2:
        return None
    decisions = [turn.judge("cancel_test", option.subject) for option in found]
    if any(decision.outcome == "allowed" for decision in decisions):
        return None
    if len({decision.decisive.code for decision in decisions}) > 1 or decisions[0].decisive.code != "not_your_purchase":
        return None
    reply = Reply(turn)
    state.last_topic = "account/cancel_test"
    reply.phrase("no_refund_paid_by_other", tests=[option.test for option in found])
    for option in found:
        reply.tell("cancel_test", option.subject, silent=True)
    return reply.done()


# --- the day of an appointment ------------------------------------------------------------------------------

_OF_BEING_LATE = {"faq/test_day", "account/missed_appointment", "test_day_problem", "out_of_scope", "inform"}


def _comes_late(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """ "What if I'm ten minutes late": scored as a No Show, whatever the topic was read as."""
    supposed = act.supposed
    if supposed is None or not supposed.late or supposed.past or act.of_another:
        return None
    if act.label not in _OF_BEING_LATE and act.confidence >= _SURE:
        return None
    if not supposed.tests and not booked(person, turn.today):
        return None
    reply = Reply(turn, act.asked)
    state.last_topic = "account/missed_appointment"
    known = Supposed(what=supposed.what, tests=supposed.tests, on=supposed.on, late=True)
    return reply.done() if what_if(reply, known, "missed_appointment") else None


_TIME_LEFT = {QuestionKind.HOW_LONG, QuestionKind.UNTIL_WHEN}
_OF_MOVING = {"reschedule", "cancel_appointment"}


def time_to_change(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """How long there is to move an appointment, where that is spoken of: its deadline, not that of the purchase."""
    if act.label != "account/purchase_window" or act.asked.kind not in _TIME_LEFT or act.supposed is not None:
        return None
    rules = {decision.rule for _, decision in told_last(state)[:1]}
    goes_on = bool(rules & _OF_MOVING) and act.leans and not act.tests
    if not (goes_on or act.speaks_of_moving):
        return None
    option = _in_hand(act, state, booked(person, turn.today))
    if option is None:
        return None
    reply = Reply(turn, act.asked)
    if not state.tasks:
        state.last_topic = "account/reschedule"
    reply.tell("reschedule", option.subject, closing=False)
    return reply.done()


# --- what is asked for ----------------------------------------------------------------------------------------


def _denied(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """ "What does it mean they denied me", and what is asked next of it."""
    if person.candidate.accommodation.status != "denied" or act.of_another or act.supposed is not None:
        return None
    told = {decision.decisive.code for _, decision in told_last(state)} & {"accommodation_denied"}
    again = told and act.says_again and not act.tests and act.asked.kind is not None
    if not (act.says_denied or again) or act.label in {"account/cancel_test", "account/work_experience"}:
        return None
    if (person.candidate.work_experience.status == "returned" or Point.WHAT_WRONG in act.asked.points) and not again:
        return None
    reply = Reply(turn)
    state.last_topic = "account/accommodation_status"
    if told:
        reply.phrase("denied_again" if again else "denied_meaning")
        reply.tell("accommodation", Subject(), silent=True)
        return reply.done()
    return reply.next("accommodation_status")


_ASKED_OF_BUYING = {QuestionKind.WHETHER, QuestionKind.WHAT_IF, None}
_OPEN_TO_BUY = {"retest_open", "can_repurchase", "recert_lapsed", "recert_early", "recert_due", "window_expired"}


def _buys(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """ "Buy me A5R", or "do it" after it was told what can be bought: we can't; it is bought in myASE."""
    told = told_last(state)
    bid = act.bids and bool(told) and told[0][1].decisive.code in _OPEN_TO_BUY and told[0][0].what_if is None
    if not (act.wants_us_to_buy or bid) or act.of_another or act.supposed is not None:
        return None
    if act.asked.kind not in _ASKED_OF_BUYING or act.label == "account/duplicate_certificate":
        return None
    spoken = tuple(str(decision.subject.test) for _, decision in told[:1] if decision.subject.test)
    tests = act.tests or spoken or tuple(state.last_tests[-1:])
    reply = Reply(turn)
    if tests:
        reply.phrase("cannot_buy", tests=list(tests))
    else:
        reply.phrase("cannot_buy_any")
    for test in tests[:1]:
        rule = _rule_of_buying(turn, person, test)
        if rule is not None:
            state.last_topic = f"account/{'missed_appointment' if rule == 'repurchase_after_no_show' else rule}"
            about = Option(base(test) if rule == "recertification" else test).subject
            reply.tell(rule, about, brief=True, silent=bid)
    return reply.done()


def _rule_of_buying(turn: TurnContext, person: Person, test: str) -> str | None:
    """The rule that says whether a test can be bought now."""
    if matching(unsat(person, turn.today), test):
        return "retest"
    if matching(subjects.missed(person, turn.today), test):
        return "repurchase_after_no_show"
    if matching(subjects.failed(person, turn.today), test):
        return "retest"
    if test.endswith("R") or any(option.test == base(test) for option in subjects.certified(person, turn.today)):
        return "recertification"
    return "advanced_prerequisites" if test in {"L1", "L2", "X1"} else None


def _rebooks(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """A new appointment for a test that was missed or failed: it is bought again first."""
    if not act.wants_new_appointment or act.of_another or act.supposed is not None:
        return None
    if act.is_topic and act.confidence >= _SURE:
        return None
    if any(matching(unsat(person, turn.today), test) for test in act.tests) or (
        unsat(person, turn.today) and not act.tests
    ):
        return None
    option = _in_hand(act, state, subjects.missed(person, turn.today))
    if option is None:
        return None
    reply = Reply(turn)
    state.last_topic = "account/missed_appointment"
    decision = turn.judge("repurchase_after_no_show", option.subject)
    reply.phrase("rebook_bought_first" if decision.outcome == "allowed" else "rebook_not_yet", test=option.test)
    reply.tell("repurchase_after_no_show", option.subject, silent=True)
    return reply.done()


def _which_form(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """ "The full test or the short one": the recertification test, of whoever was certified."""
    if not act.asks_which_test or act.of_another:
        return None
    spoken = (*act.tests, *state.last_tests)
    held = subjects.certified(person, turn.today)
    option = next((o for test in spoken for o in held if o.test == base(test)), held[0] if len(held) == 1 else None)
    if option is None:
        return None
    reply = Reply(turn)
    state.last_topic = "account/recertification"
    reply.phrase("recertification_test_it_is", test=option.test)
    reply.tell("recertification", option.subject, silent=True)
    return reply.done()


# --- what there is ----------------------------------------------------------------------------------------------

_OF_WHAT_THERE_IS = {
    "account/appointment_details",
    "account/summary",
    "account/schedule_test",
    "account/purchase_window",
}


def _unbooked(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """Which of the tests have no appointment yet."""
    placed = act.label in _OF_WHAT_THERE_IS or not act.is_topic or act.confidence < _SURE
    if not placed or (act.is_order and act.label == "account/schedule_test") or act.of_another or act.tests:
        return None
    if act.asks_for_both and act.label == "account/appointment_details":
        state.last_topic = "account/summary"
        return Reply(turn).next("summary")
    if not act.asks_unbooked or act.counted not in (None, Counted.BOOKED, Counted.LEFT):
        return None
    found = open_tests(person, turn.today)
    reply = Reply(turn)
    if not found:
        reply.phrase("all_booked" if booked(person, turn.today) else "count_none_left")
        return reply.done()
    state.last_topic = "account/purchase_window"
    reply.phrase("not_booked_yet", count=len(found), tests=[option.test for option in found])
    with reply.as_list():
        for option in found:
            reply.tell("purchase_window", option.subject, brief=True)
    return reply.done()


def _not_after(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """Whether a test may be taken after a day, by what is still held on the next one."""
    if act.label not in {"account/advanced_prerequisites", "faq/advanced_tests"} or act.of_another:
        return None
    day, tests = act.after_the_day, act.tests or tuple(state.last_tests[-1:])
    if day is None or not tests:
        return None
    reply = Reply(turn, act.asked)
    state.last_topic = "account/advanced_prerequisites"
    said = [day_after(reply, "advanced_prerequisites", Option(test).subject, day, act.asked) for test in tests]
    return reply.done() if all(said) else None


def _in_language(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """ "Can I take it in Spanish": the test spoken of."""
    asks = act.asked.kind in (QuestionKind.WHETHER, None) and act.label == "faq/bilingual_tests"
    if not asks or act.tests or act.about_another or act.of_another or not (act.refers_back and act.names_spanish):
        return None
    option = _in_hand(act, state, unsat(person, turn.today))
    test = option.test if option is not None else next(iter(state.last_tests[-1:]), None)
    if test is None:
        return None
    reply = Reply(turn)
    state.last_topic = act.label
    reply.tell("test_language", Option(test).subject)
    return reply.done()


def _sends_form(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """How the work experience form is sent in, and whether it has a last day, after it was spoken of."""
    told = {decision.decisive.code for _, decision in told_last(state)}
    spoken = any(code.startswith("experience_") for code in told) or state.last_topic == "account/work_experience"
    if not spoken or act.tests or act.of_another or person.candidate.work_experience.status == "approved":
        return None
    reply = Reply(turn)
    form = any(code in _WANTS_FORM for code in told) and act.asked.kind == QuestionKind.WHERE and act.leans
    if form or (act.asks_of_sending and act.asked.kind in {QuestionKind.HOW, QuestionKind.WHERE}):
        reply.phrase("experience_how")
    elif act.asks_of_an_end and act.short and act.refers_back:
        reply.phrase("experience_no_last_day")
    else:
        return None
    state.last_topic = "account/work_experience"
    return reply.done()


_WANTS_FORM = {"experience_not_submitted", "experience_returned"}


# --- who paid, what was missed, what is held -----------------------------------------------------------------------


def _who_paid(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """Which of the tests bought somebody else has paid for."""
    bought = list(unsat(person, turn.today))
    if not act.asks_who_paid or act.of_another or not bought:
        return None
    paid = [o.test for o in bought if o.purchase is not None and o.purchase.paid_by is PaidBy.OTHER]
    own = [option.test for option in bought if option.test not in paid]
    reply = Reply(turn)
    if paid:
        reply.phrase("paid_by_other", tests=paid, own=own or None)
        state.last_tests = paid[-1:]
    else:
        reply.phrase("paid_by_self", tests=own)
    return reply.done()


def _missed_money(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """The money for a test that was missed: it does not come back, whichever it was."""
    missed = [option.test for option in subjects.missed(person, turn.today)]
    asks = {Point.BACK, Point.LOSE} & set(act.asked.points)
    if not (missed and asks and act.speaks_of_missing) or act.tests or act.of_another or act.supposed is not None:
        return None
    reply = Reply(turn)
    reply.phrase("missed_money_back" if Point.BACK in asks else "missed_money_lost", tests=missed)
    state.last_topic = "account/missed_appointment"
    return reply.done()


def _held_by_word(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """A certification that they say they hold and the records don't show."""
    held = {option.test for option in subjects.certified(person, turn.today)}
    passed = {option.test for option in subjects.passed(person, turn.today)}
    unknown = [test for test in act.tests if base(test) not in {base(each) for each in held | passed}]
    if not (act.says_held and unknown) or act.of_another or act.supposed is not None or act.is_order:
        return None
    reply = Reply(turn)
    reply.phrase("claim_held", tests=unknown)
    return reply.next("human_agent", reason="claim", offered=True, soft=True)


def _costs_of_moving(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """Whether moving an appointment costs anything: no fee is named, and nothing is begun by it."""
    moves = act.label == "account/reschedule" or (bool(act.ranking) and act.ranking[0][0] == "account/reschedule")
    pays = Point.PAY in act.asked.points or act.asked.kind == QuestionKind.HOW_MUCH
    if not (moves and act.asked.price and pays) or act.is_order or act.of_another or Point.LOSE in act.asked.points:
        return None
    reply = Reply(turn)
    say_general(reply, "account/reschedule", Asked(kind=QuestionKind.HOW_MUCH.value, price=True))
    state.last_tests = list(act.tests) or state.last_tests
    return reply.done()


def _sittings_not_in(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """ "Did I pass", with nothing recorded yet of several: how each of them stands."""
    found = [option for option in open_results(person, turn.now, turn.today)]
    if act.label != "account/test_results" or act.tests or act.of_another or act.supposed is not None or len(found) < 2:
        return None
    reply = Reply(turn)
    state.last_topic, state.last_tests = "account/test_results", [option.test for option in found]
    for option in found[:2]:
        reply.tell("results_availability", option.subject, closing=False)
    return reply.done()


# --- what is waited for -------------------------------------------------------------------------------------------


def _waited_long(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """ "It's been ten days already": whether that is long, by when it is expected."""
    told = told_last(state)
    if not told or not act.says_how_long_waited or act.tests or act.of_another or act.supposed is not None:
        return None
    decision = told[0][1]
    about = on_day(decision.decisive.values.get("expected_on"))
    if decision.decisive.code != "certificate_expected" or about is None or Given.of(act.asked.given).days is None:
        return None
    reply = Reply(turn)
    reply.phrase("not_late_yet", about=about)
    reply.tell(decision.rule, Subject(test=decision.subject.test), silent=True)
    return reply.done()


def _moved_since(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """ "My certificate never came, I moved": what the records show comes before any new address is asked for."""
    if act.claim is None or act.claim.value != "no_certificate" or act.label != "account/address_change":
        return None
    option = _in_hand(act, state, subjects.passed(person, turn.today))
    if option is None:
        return None
    reply = Reply(turn)
    state.last_topic = "account/certificate_status"
    reply.tell("certificate_delivery", option.subject)
    return reply.done()


OWN_CASE: tuple[Look, ...] = (
    _hums,
    _expired_money,
    _time_lost,
    _need_not_cancel,
    _no_refund_at_all,
    _not_done,
    _comes_late,
    _denied,
    _buys,
    _rebooks,
    _which_form,
    _unbooked,
    _not_after,
    _in_language,
    _waited_long,
    _moved_since,
    _sends_form,
    _who_paid,
    _missed_money,
    _held_by_word,
    _costs_of_moving,
    _sittings_not_in,
    time_to_change,
)
"""In this order; the first that has an answer gives it."""

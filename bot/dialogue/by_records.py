"""What the records alone settle beside the rule told last: how many, since when, all of them, is it enough."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from bot.changes.kinds import BY_TOPIC
from bot.contracts.asking import QuestionKind
from bot.contracts.given import Given
from bot.contracts.points import Point
from bot.dialogue.general import say_general
from bot.dialogue.memories import Asked, Supposed
from bot.dialogue.outcome import Reply, Step, on_day
from bot.dialogue.state import ConversationState, Kept
from bot.dialogue.tasks import subjects
from bot.dialogue.tasks.standing import tell_standing
from bot.dialogue.tasks.subjects import base, booked, matching, unsat
from bot.dialogue.tasks.what_if import what_if
from bot.dialogue.turn_context import TurnContext
from bot.dialogue.understanding.points import Counted
from bot.dialogue.understanding.supposition import Supposition
from bot.dialogue.understanding.user_act import UserAct
from bot.dialogue.values import Person
from bot.rules.codec import decision_from_json
from bot.rules.decision import Decision
from bot.rules.facts import Subject

SURELY = 0.9
"""A statement on the topic in hand that is so likely answers before the records do."""

FAINTLY = 0.5
"""A topic read with less than this is none."""

RESULTS = "account/test_results"

UNPLACED = {"out_of_scope", "inform", "help"}


def told_last(state: ConversationState) -> list[tuple[Kept, Decision]]:
    """The decisions of the last answer that had any; none where it has been about a change of the records since."""
    return [(kept, decision_from_json(kept.decision)) for kept in state.decisions]


def lacking(state: ConversationState) -> tuple[str, ...]:
    """What Master status was told to lack, where that was told last."""
    told = told_last(state)
    if not told or told[0][1].rule != "master_status":
        return ()
    return _named_in(told[0][1].decisive.values)


def _lacked(turn: TurnContext, person: Person) -> dict[str, tuple[str, ...]]:
    """What Master status lacks, by series, in every series that the person is certified in."""
    tests, policy = turn.services.catalog.tests.tests, turn.services.catalog.policy.rows
    series = dict.fromkeys(tests[base(held.test)].series for held in person.candidate.certifications)
    found = {}
    for name in series:
        if f"master_set.{name}" in policy:
            values = turn.judge("master_status", Subject(series=(name,))).decisive.values
            found[name] = _named_in(values)
    return {name: lacks for name, lacks in found.items() if lacks}


def _named_in(values: Mapping[str, object]) -> tuple[str, ...]:
    found = values.get("missing") or values.get("expired") or ()
    if not isinstance(found, (list, tuple)):
        return ()
    return tuple(str(each["test"]) if isinstance(each, Mapping) else str(each) for each in found)


# --- how many ------------------------------------------------------------------------------------------


def how_many(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """How many tests are left to take, how often one was failed, what is held: counted in the records."""
    counted = act.counted
    if counted is None or act.of_another or act.supposed is not None:
        return None
    series = _series_told(state)
    lacks = {name: each for name, each in _lacked(turn, person).items() if not series or name in series}
    if lacks and (counted is Counted.LACKING or (counted is Counted.LEFT and series)):
        return _lacks(turn, lacks)
    if counted is Counted.WHICH_FAILED and act.label == RESULTS and subjects.failed(person, turn.today):
        return None  # the newest sitting is the one that is meant
    if counted in {Counted.FAILED, Counted.WHICH_FAILED, Counted.TAKEN}:
        return _sittings(turn, act, state, person, failed=counted is not Counted.TAKEN)
    if counted is Counted.HELD:
        state.last_topic = "account/certification_expiry"
        return _held(turn, person)
    wanted = booked(person, turn.today) if counted is Counted.BOOKED else unsat(person, turn.today)
    tests = [option.test for option in wanted]
    reply = Reply(turn)
    if not tests:
        reply.phrase("count_none_booked" if counted is Counted.BOOKED else "count_none_left")
        return reply.done()
    reply.phrase("count_booked" if counted is Counted.BOOKED else "count_left", count=len(tests), tests=tests)
    if counted is not Counted.BOOKED:
        state.last_topic = "account/purchase_window"
        with reply.as_list():
            for option in wanted:
                reply.tell("purchase_window", option.subject, brief=True)
    return reply.done()


def _lacks(turn: TurnContext, lacks: Mapping[str, tuple[str, ...]]) -> Step:
    reply = Reply(turn)
    for series, tests in lacks.items():
        reply.phrase("count_lacking", count=len(tests), tests=list(tests))
        reply.tell("master_status", Subject(series=(series,)), silent=True)
    return reply.done()


def _series_told(state: ConversationState) -> tuple[str, ...]:
    """The series of Master status told last; none where something else was."""
    told = told_last(state)
    if not told or told[0][1].rule != "master_status":
        return ()
    series = told[0][1].subject.series
    return (series,) if isinstance(series, str) else tuple(series or ())


def _sittings(
    turn: TurnContext, act: UserAct, state: ConversationState, person: Person, *, failed: bool
) -> Step | None:
    """The sittings with a result, of the test spoken of or of all: those failed, or those that took place."""
    about = {base(test) for test in act.tests or tuple(state.last_tests)}
    found = [
        (purchase.result.taken_on, purchase.test)
        for purchase in person.candidate.purchases
        if purchase.result is not None
        and purchase.result.outcome != "no_show"
        and (purchase.result.outcome == "fail" or not failed)
        and (not about or base(purchase.test) in about)
    ]
    found.sort()
    tests = list(dict.fromkeys(test for _, test in found)) or sorted(about)
    reply = Reply(turn)
    state.last_topic, state.last_tests = RESULTS, tests[-1:]
    if not found:
        reply.phrase("count_no_fail" if failed else "count_never", tests=tests or None)
    else:
        phrase = "count_failed" if failed else "count_taken"
        reply.phrase(phrase, count=len(found), tests=tests, last_on=found[-1][0])
    return reply.done()


def _held(turn: TurnContext, person: Person) -> Step:
    current: list[str] = []
    ended: list[str] = []
    for option in subjects.certified(person, turn.today):
        fits = turn.judge("certification_status", option.subject).outcome == "allowed"
        (current if fits else ended).append(option.test)
    reply = Reply(turn)
    reply.phrase("count_held", count=len(current), tests=current, ended=ended or None)
    return reply.done()


# --- since when ------------------------------------------------------------------------------------------


def since_when(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """From which day what was told last is so."""
    told = told_last(state)
    if Point.SINCE not in act.asked.points or not told or act.tests:
        return None
    decision, reply = told[0][1], Reply(turn)
    values, code = decision.decisive.values, decision.decisive.code
    if decision.rule == "master_status":
        found = values.get("expired")
        found = found if isinstance(found, (list, tuple)) else ()
        ends = [(on_day(each["on"]), str(each["test"])) for each in found if isinstance(each, Mapping)]
        dated = sorted((day, test) for day, test in ends if day is not None)
        if not dated:
            return None
        reply.phrase("ended_on", test=dated[0][1], on=dated[0][0])
    elif decision.rule in {"certification_status", "recertification"} and decision.subject.test is not None:
        test = base(str(decision.subject.test))
        status = turn.judge("certification_status", Subject(test=test))
        holds = status.outcome == "allowed"
        found_on = on_day(status.decisive.values.get("certified_on" if holds else "expires_on"))
        if found_on is None:
            return None
        reply.phrase("held_since" if holds else "ended_on", test=test, on=found_on)
    else:
        since = _waits_since(decision.rule, code, person)
        if since is None:
            return None
        reply.phrase("waits_since", since=since, count=(turn.today - since).days)
    return reply.done()


def _waits_since(rule: str, code: str, person: Person) -> date | None:
    if rule == "accommodation" or code.startswith("accommodation"):
        asked = person.candidate.accommodation
        return asked.submitted_on if asked.decided_on is None else asked.decided_on
    if code == "experience_in_review":
        return person.candidate.work_experience.submitted_on
    if code == "experience_returned":
        return person.candidate.work_experience.decided_on
    return None


# --- all of them, enough ------------------------------------------------------------------------------------


def all_of_them(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """ "All of them?", after a list: those that are not."""
    told = told_last(state)
    if not act.asks_if_all or len(told) < 2 or len({decision.rule for _, decision in told}) > 1:
        return None
    reply = Reply(turn)
    others = [decision.subject.test for _, decision in told if decision.outcome != "allowed"]
    if others and len(others) == len(told):
        reply.phrase("all_none")
    elif others:
        reply.phrase("all_but", tests=[test for test in others if test])
    else:
        reply.phrase("all_yes")
    return reply.done()


def is_enough(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """ "Would A5 alone be enough", after what Master status lacks: supposed to be done, is it Master then."""
    if not act.asks_if_enough or act.of_another or _asks_for_change(act):
        return None
    of_all = [test for tests in _lacked(turn, person).values() for test in tests]
    lacks = lacking(state) or (tuple(of_all) if set(act.tests) & set(of_all) else ())
    if not lacks:
        return None
    tests = act.tests or lacks
    held = {option.test for option in subjects.certified(person, turn.today)}
    what = Supposition.RECERTIFY if all(base(test) in held for test in tests) else Supposition.PASS
    reply = Reply(turn, Asked(kind=QuestionKind.WHETHER.value))
    supposed = Supposed(what=what.value, tests=tuple(tests), asks_master=True)
    state.last_topic = "account/master_status"
    return reply.done() if what_if(reply, supposed, "master_status") else None


def _asks_for_change(act: UserAct) -> bool:
    """ "Cancel only the appointment of A5"."""
    return act.label.removeprefix("account/") in BY_TOPIC and act.confidence >= SURELY and act.wants_change


# --- one test ----------------------------------------------------------------------------------------------


def about_one_test(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """A question that names a test and fits no topic: what to do about it, or how it stands."""
    if len(act.tests) != 1 or act.supposed is not None or act.of_another or act.is_order:
        return None
    placed = act.label not in UNPLACED and act.confidence >= FAINTLY
    if placed or not (act.is_question or act.asked.kind is not None):
        return None
    if act.is_code_alone and act.asked.kind != QuestionKind.WHAT_NEXT:
        return None  # "and the A5?" asks the same of another test
    best = next(iter(act.asked.beside), None)
    first = next(iter(act.asked.picks), None)
    next_step = act.asked.kind == QuestionKind.WHAT_NEXT
    if not next_step and any(pick is not None and pick.score >= SURELY for pick in (best, first)):
        return None
    test, reply = act.tests[0], Reply(turn)
    certified = any(option.test == base(test) for option in subjects.certified(person, turn.today))
    if next_step:
        bought = matching(unsat(person, turn.today), test)
        again = matching(subjects.failed_or_missed(person, turn.today), test)
        if certified and not (bought and bought[0].test == test):
            state.last_topic = "account/recertification"
            return reply.next("recertification", tests=(base(test),))
        if bought or again:
            topic = "purchase_window" if bought else "retest"
            state.last_topic = f"account/{topic}"
            return reply.next(topic, about=(bought or again)[0].key)
    if not certified and not matching(subjects.any_purchase(person, turn.today), test):
        return None
    tell_standing(reply, person, test)
    return reply.done()


def once_bought(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """How long there is once it is bought (again): by the published rule, as no purchase of the kind is there yet."""
    told = told_last(state)
    rules = {"retest", "repurchase_after_no_show", "schedule_test", "cancel_test"}
    goes_on = act.once_bought and bool(told) and told[0][1].rule in rules
    bought = Given.of(act.asked.given).bought
    tests = act.tests or tuple(state.last_tests)
    own = {purchase.purchased_on for purchase in person.candidate.purchases}
    to_come = (bought is not None and bought not in own) and not (
        any(matching(unsat(person, turn.today), test) for test in tests) if tests else unsat(person, turn.today)
    )
    if act.label != "account/purchase_window" or not (goes_on or to_come):
        return None
    reply = Reply(turn)
    say_general(reply, act.label, act.asked)
    return reply.done()

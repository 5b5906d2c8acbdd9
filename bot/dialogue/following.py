"""What goes on with a decision told before, and what the records alone settle, for a person who is known.

A message may have no topic of its own ("can I do it sooner", "tomorrow?"), be about somebody else, or state a fact
against the records. The rule told last answers it, or the records do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from bot.changes.kinds import BY_TOPIC
from bot.contracts.asking import QuestionKind
from bot.contracts.points import Point
from bot.dialogue.by_records import (
    about_one_test,
    all_of_them,
    how_many,
    is_enough,
    lacking,
    once_bought,
    since_when,
    told_last,
)
from bot.dialogue.general import say_general
from bot.dialogue.memories import Asked, Supposed
from bot.dialogue.outcome import Reply, Step, on_day
from bot.dialogue.own_case import OWN_CASE, time_to_change
from bot.dialogue.state import ConversationState, Kept
from bot.dialogue.tasks import subjects
from bot.dialogue.tasks.dated import held_against
from bot.dialogue.tasks.nearest import tell_nearest
from bot.dialogue.tasks.records import sat_unrecorded, say_appointment, say_nothing_recorded, tell_appointment
from bot.dialogue.tasks.standing import tell_standing
from bot.dialogue.tasks.subjects import Option, Options, any_purchase, base, booked, matching, unsat
from bot.dialogue.tasks.what_if import what_if
from bot.dialogue.turn_context import TurnContext
from bot.dialogue.understanding.answers import ALL
from bot.dialogue.understanding.points import Claim, GoesOn
from bot.dialogue.understanding.supposition import TOPIC_OF, Supposition
from bot.dialogue.understanding.user_act import UserAct
from bot.dialogue.values import Person
from bot.rules.decision import Decision
from bot.rules.facts import PaidBy, Subject
from bot.rules.state import PurchaseState, state_of
from bot.rules.time import instant_of, zone

CLEAR = 0.7
"""From this chance on, a word that moves the conversation ("stop", "repeat", "why") is taken as such."""
_MOVES = {"repeat", "explain", "stop", "affirm", "deny", "human_agent", "greet", "thanks", "goodbye"}
_CHANGES = {
    "schedule_test",
    "reschedule",
    "cancel_appointment",
    "cancel_test",
    "duplicate_certificate",
    "address_change",
}
_NEEDS_ITS_OWN = {
    QuestionKind.HOW_MUCH,
    QuestionKind.WHO,
    QuestionKind.HOW,
    QuestionKind.HOW_MANY,
    QuestionKind.WHICH,
    QuestionKind.WHERE,
    QuestionKind.DIFFERENCE,
}
"""Kinds of question that a decision answers only where its wording has a form for them."""


def follow_up(turn: TurnContext, act: UserAct, state: ConversationState) -> Step | None:
    """The answer to what goes on, or None where the message stands on its own."""
    question = state.question
    if turn.person is None or act.is_pressed or act.ase_ids:
        return None
    if question is not None and not question.optional:
        return time_to_change(turn, act, state, turn.person)
    for look in (
        _same_again,
        _another,
        _refund_due,
        *OWN_CASE,
        how_many,
        since_when,
        all_of_them,
        is_enough,
        once_bought,
        _until_when,
        _loses,
        _first_to_run_out,
        _same_place,
        _what_was_wrong,
        _code_alone,
        _claims,
        _supposes_on,
        _supposes_anew,
        _buys_again,
        _goes_on,
        _points_back,
        _once_more,
        _by_standing,
        about_one_test,
        _no_show_why,
        _may_be_missed,
    ):
        step = look(turn, act, state, turn.person)
        if step is not None:
            return step
    return None


def _same_again(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """An agent asks of the candidate now in hand what was asked of the one before ("same question there")."""
    again = turn.visitor.is_agent and act.says_same and not act.tests and state.last_topic in ASKED_AGAIN
    if not again or told_last(state):
        return None
    return Reply(turn).next((state.last_topic or "").removeprefix("account/"), tests=(), asked=None)


ASKED_AGAIN = {
    f"account/{name}"
    for name in (
        "appointment_details", "purchase_window", "test_results", "retest", "missed_appointment", "summary",
        "certificate_status", "certification_expiry", "master_status", "recertification", "work_experience",
        "accommodation_status",
    )
}  # fmt: skip
"""Questions that an agent may ask of one candidate after the other; a change is named anew each time."""


# --- whose case ------------------------------------------------------------------------------------------


def _another(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """Somebody else's case: the general rule, and whose records can be looked at."""
    if turn.visitor.is_agent:
        return None
    if state.of_another and act.of_self:
        state.of_another = False
        name = (state.last_topic or "").removeprefix("account/")
        own = act.goes_on is not None or not act.is_topic
        return Reply(turn).next(name, tests=()) if own and f"account/{name}" == state.last_topic else None
    goes_on = state.of_another and act.goes_on is not None and act.goes_on is not GoesOn.LAST_CHANGE
    state.of_another = act.of_another or goes_on
    if not state.of_another:
        return None
    topic = act.label if act.is_topic and not goes_on else state.last_topic
    if topic is None:
        return None
    reply = Reply(turn)
    state.last_topic, state.last_given = topic, act.asked.given
    say_general(reply, topic, act.asked)
    reply.phrase("records_of_signed_in_only")
    return reply.done()


# --- one test, and nothing else ----------------------------------------------------------------------------


def _code_alone(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """A test and no more: how it stands, where no question is going on."""
    if not act.is_code_alone or act.label != "inform":
        return None
    topic = state.last_topic or ""
    told = told_last(state)
    if topic.startswith("account/") and topic.removeprefix("account/") not in _CHANGES and told:
        return None  # "and the A5?" asks the same of another test
    if topic.startswith("faq/"):
        return None
    reply = Reply(turn, Asked(kind=QuestionKind.WHETHER.value))
    rule = told[0][1].rule if told else None
    if rule in {"cancel_test", "cancel_appointment"}:
        found = [option for test in act.tests for option in matching(_OPTIONS[rule](person, turn.today), test)]
        for option in found:
            reply.tell(rule, option.subject, closing=False)
        if found:
            return reply.done()
    reply = Reply(turn)
    for test in act.tests:
        tell_standing(reply, person, test)
    return reply.done()


# --- what is said to have happened -----------------------------------------------------------------------------

_MAY_CLAIM = {
    "inform", "deny", "affirm", "out_of_scope", "complaint", "test_day_problem", "exception_request",
    "explain", "thanks", "goodbye",
    "account/test_results", "account/missed_appointment", "account/certificate_status", "account/work_experience",
    "account/retest", "account/purchase_window", "account/certification_expiry",
}  # fmt: skip


_OF_BUYING = {
    "account/schedule_test",
    "account/cancel_test",
    "faq/registration",
    "faq/fees",
    "faq/refunds",
    "account/summary",
}
"""Topics that "I already paid for that" sounds like."""


def _claims(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """A fact stated: taken up, with what the records show, and a person where they differ."""
    claim = act.claim
    asked_for = act.label.removeprefix("account/") in BY_TOPIC and act.confidence >= CLEAR and act.wants_change
    if claim is None or asked_for:
        return None  # "I bought A5 already, now I want an appointment"
    stated = act.tells and claim in {Claim.THERE, Claim.PASSED, Claim.BOUGHT}
    if act.label not in _MAY_CLAIM and not stated and not (claim is Claim.BOUGHT and act.label in _OF_BUYING):
        return None
    return _CLAIMS[claim](turn, act, state, person)


def _sat_or_passed(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    option = _meant(turn, act, state, person, any_purchase)
    if option is None or option.purchase is None:
        return None
    reply = Reply(turn)
    result, purchase_state = option.purchase.result, state_of(option.purchase)
    if option.key in {each.key for each in sat_unrecorded(person, turn.now, turn.today)}:
        say_nothing_recorded(reply, person, option, "claim_took")
        reply.tell("results_availability", option.subject, silent=True)
        return reply.done()
    if purchase_state is PurchaseState.MISSED:
        decision = reply.tell("results_availability", option.subject, silent=True)
        missed_on = decision.decisive.values.get("missed_on") or option.booked_day
        said = Reply(turn)
        said.phrase("claim_was_there", test=option.test, missed_on=missed_on)
        said.include(reply)
        return said.next("human_agent", reason="claim", offered=True, soft=True)
    if purchase_state is not PurchaseState.TAKEN:
        return None
    if result is not None and result.outcome == "fail" and act.claim is Claim.PASSED:
        repeated = any(
            each.rule == "results_availability" and each.subject.test == option.test for _, each in told_last(state)
        )
        reply.phrase("claim_passed_again" if repeated else "claim_passed", test=option.test, taken_on=result.taken_on)
        reply.tell("results_availability", option.subject, silent=True)
        return reply.next("human_agent", reason="claim", offered=True, soft=True)
    reply.tell("results_availability", option.subject)
    return reply.done()


def _not_heard(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """Nothing came: of results where to look and until when it is usual; of a certificate when it is expected."""
    rules = {decision.rule for _, decision in told_last(state)}
    reply = Reply(turn)
    if "certificate_delivery" in rules:
        option = _meant(turn, act, state, person, subjects.passed)
        if option is None:
            return None
        held_up = any(
            decision.rule == "certificate_delivery" and decision.outcome != "allowed"
            for _, decision in told_last(state)
        )
        if held_up:  # told just now: what was mailed is not in the records
            reply.phrase("claim_no_mail")
        reply.tell("certificate_delivery", option.subject, silent=held_up)
        return reply.done()
    option = _meant(turn, act, state, person, any_purchase)
    unrecorded = sat_unrecorded(person, turn.now, turn.today)
    if option is None or not (rules & {"results_availability"} or option in unrecorded):
        return None
    if option.key in {each.key for each in unrecorded}:
        say_nothing_recorded(reply, person, option, "claim_no_mail_yet")
        reply.tell("results_availability", option.subject, silent=True)
    else:
        reply.phrase("claim_no_mail")
        reply.tell("results_availability", option.subject, closing=False)
    return reply.done()


def _no_certificate(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """The certificate has not come: when it was to be expected, and what holds it up."""
    option = _meant(turn, act, state, person, subjects.passed)
    if option is None:
        return None
    reply = Reply(turn)
    state.last_topic = "account/certificate_status"
    reply.tell("certificate_delivery", option.subject)
    return reply.done()


def _sent(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """The work experience form was sent, they say."""
    experience = person.candidate.work_experience
    about = state.last_topic == "account/work_experience" or act.label == "account/work_experience"
    waits = any(decision.decisive.code.startswith("experience_") for _, decision in told_last(state))
    if not (about or waits) or experience.status not in {"not_submitted", "returned"}:
        return None
    reply = Reply(turn)
    reply.phrase("claim_sent", returned_on=experience.decided_on if experience.status == "returned" else None)
    return reply.next("human_agent", reason="claim", offered=True, soft=True)


def _bought(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """A test was bought, they say: how that purchase stands, or that the records hold none."""
    tests = act.tests or tuple(state.last_tests)
    cancelled = [p for p in person.candidate.purchases if p.cancelled_on is not None and p.test in tests]
    bought = [option for test in tests for option in matching(unsat(person, turn.today), test)]
    if bought and len(bought) == 1:
        reply = Reply(turn)
        if bought[0].purchase is not None and bought[0].purchase.paid_by is PaidBy.OTHER:
            reply.phrase("claim_paid", test=bought[0].test)
            return reply.next("human_agent", reason="claim", offered=True, soft=True)
        state.last_topic = "account/purchase_window"
        reply.phrase("claim_bought_yes")
        reply.tell("purchase_window", bought[0].subject, brief=True)
        return reply.done()
    if cancelled and not any(matching(any_purchase(person, turn.today), test) for test in tests):
        reply = Reply(turn)
        reply.phrase("claim_bought_cancelled", test=cancelled[-1].test, cancelled_on=cancelled[-1].cancelled_on)
        return reply.next("human_agent", reason="claim", offered=True, soft=True)
    held = {base(option.test) for option in any_purchase(person, turn.today)}
    unknown = [test for test in tests if base(test) not in held]
    if not unknown:
        return None
    reply = Reply(turn)
    reply.phrase("claim_bought", tests=unknown)
    return reply.next("human_agent", reason="claim", offered=True, soft=True)


_Look = Callable[[TurnContext, UserAct, ConversationState, Person], Step | None]
_CLAIMS: Mapping[Claim, _Look] = {
    Claim.PASSED: _sat_or_passed,
    Claim.THERE: _sat_or_passed,
    Claim.NOT_HEARD: _not_heard,
    Claim.NO_CERTIFICATE: _no_certificate,
    Claim.SENT: _sent,
    Claim.BOUGHT: _bought,
}


def _refund_due(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """A refund asked for of a test that is cancelled already: the records hold when."""
    about = act.label in {"account/cancel_test", "faq/refunds", "faq/fees"} or {Point.LOSE, Point.BACK} & set(
        act.asked.points
    )
    if not about and not (act.tests and act.label == "out_of_scope"):
        return None
    cancelled = [p for p in person.candidate.purchases if p.cancelled_on is not None]
    alive = {base(option.test) for option in any_purchase(person, turn.today)}
    tests = {base(test) for test in act.tests}
    meant = [p for p in cancelled if base(p.test) not in alive and (base(p.test) in tests or (not tests and not alive))]
    if not meant and not act.tests and act.label == "account/cancel_test" and not unsat(person, turn.today):
        meant = [p for p in cancelled if base(p.test) not in alive]
    if not meant:
        return None
    last = max(meant, key=lambda p: p.cancelled_on or date.min)
    reply = Reply(turn)
    state.last_topic = "account/cancel_test"
    reply.phrase("refund_due", test=last.test, cancelled_on=last.cancelled_on)
    reply.tell("cancel_test", Subject(test=last.test), silent=True)
    return reply.done()


_RULE_OF_CHANGE = {
    "account/reschedule": "reschedule",
    "account/cancel_appointment": "cancel_appointment",
    "account/cancel_test": "cancel_test",
}


def _until_when(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """How late something can be changed: told, and nothing is begun by it."""
    rule = _RULE_OF_CHANGE.get(act.label)
    asks = act.asked.kind in {QuestionKind.UNTIL_WHEN, QuestionKind.HOW_LONG} or Point.TOO_LATE in act.asked.points
    if rule is None or not asks or act.is_order:
        return None
    options = unsat if rule == "cancel_test" else booked
    found = list(options(person, turn.today))
    meant = _meant(turn, act, state, person, options)
    wanted = [meant] if meant is not None else [] if act.tests else found
    if not wanted:
        return None
    reply = Reply(turn, act.asked)
    state.last_topic = act.label
    if len(wanted) == 1:
        reply.tell(rule, wanted[0].subject, closing=False)
        return reply.done()
    with reply.as_list():
        for option in wanted:
            with reply.as_line():
                say_appointment(reply, person, option)
                reply.tell(rule, option.subject, brief=True)
    return reply.done()


_TALKS_OF_LOSS = {"complaint", "out_of_scope", "inform", "deny", "affirm", "account/missed_appointment"}


def _loses(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """ "So I just lose the money", with a test in the books: not by going, and all of it by staying away."""
    if Point.LOSE not in act.asked.points or act.supposed is not None or act.label not in _TALKS_OF_LOSS:
        return None
    option = _meant(turn, act, state, person, booked)
    if option is None or option in sat_unrecorded(person, turn.now, turn.today) or option.appointment is None:
        return None
    if subjects.missed(person, turn.today) and not act.tests and option.test not in state.last_tests:
        return None
    reply = Reply(turn)
    site = person.sites[option.appointment.site]
    starts_at = instant_of(option.appointment.starts_at, zone(site.time_zone))
    decision = turn.judge("reschedule", option.subject)
    if decision.decisive.code == "window_expired":
        return None
    by = decision.decisive.values.get("change_by") if decision.outcome == "allowed" else None
    reply.phrase("loses_if_missed", test=option.test, starts_at=starts_at, change_by=by)
    reply.tell("reschedule", option.subject, silent=True)
    return reply.done()


def _first_to_run_out(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """Of several, the one that runs out first, in one line: of what was bought, or of what is held."""
    if Point.FIRST not in act.asked.points or act.of_another or act.supposed is not None or act.tests:
        return None
    rules = {decision.rule for _, decision in told_last(state)[:1]}
    if act.goes_on is GoesOn.APPOINTMENT and not rules & {"purchase_window", "certification_status"}:
        return None
    bought, held = list(unsat(person, turn.today)), list(subjects.certified(person, turn.today))
    of_bought = act.label in {"account/purchase_window", "account/account_summary", "account/schedule_test"}
    if (of_bought or "purchase_window" in rules or not held) and bought:
        found = [(_last_day(turn, "purchase_window", "must_test_by", option), option) for option in bought]
        rule, topic = "purchase_window", "account/purchase_window"
    else:
        found = [(_last_day(turn, "certification_status", "expires_on", option), option) for option in held]
        rule, topic = "certification_status", "account/certification_expiry"
    dated = [(last, option) for last, option in found if last is not None and last >= turn.today]
    if not dated:
        return None
    first = min(dated, key=lambda pair: pair[0])[1]
    reply = Reply(turn, Asked(kind=QuestionKind.WHICH.value))
    state.last_topic, state.last_tests = topic, [first.test]
    reply.tell(rule, first.subject, brief=True)
    return reply.done()


def _last_day(turn: TurnContext, rule: str, name: str, option: Option) -> date | None:
    return on_day(turn.judge(rule, option.subject).decisive.values.get(name))


def _same_place(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """Whether the appointments are at one test center: each with its own."""
    found = booked(person, turn.today)
    if not act.asks_same_place or len(found) < 2:
        return None
    about = [option for option in found if option.test in state.last_tests]
    about = about if len(about) > 1 else found
    sites = {option.appointment.site for option in about if option.appointment is not None}
    reply = Reply(turn, Asked(kind=QuestionKind.WHERE.value))
    if len(sites) == 1:
        site = person.sites[sites.pop()]
        reply.phrase("same_place_yes", tests=[option.test for option in about], site=f"{site.name}, {site.city}")
        return reply.done()
    reply.phrase("same_place_no")
    for option in about:
        tell_appointment(reply, person, option)
    return reply.done()


def _what_was_wrong(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """What was wrong with a form that came back or a request that was denied: the records don't hold it."""
    told = any(
        decision.rule == "accommodation" or decision.decisive.code.startswith("experience_")
        for _, decision in told_last(state)
    )
    if Point.WHAT_WRONG not in act.asked.points or not (told or state.last_topic == "account/work_experience"):
        return None
    reply = Reply(turn)
    reply.phrase("reason_not_in_records")
    return reply.done()


# --- a supposition goes on ------------------------------------------------------------------------------------

_GOES_ON_SUPPOSING = {
    "account/retest", "account/missed_appointment", "account/certificate_status",
    "account/test_results", "account/master_status", "account/schedule_test", "faq/fees", "faq/registration",
}  # fmt: skip


def _supposes_on(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """What is asked next within the same supposition ("and then how long till I can buy it again")."""
    supposed = _still_supposed(state)
    if supposed is None or act.supposed is not None or act.tests:
        return None
    going = act.goes_on in {GoesOn.ASKS, GoesOn.AGAIN, GoesOn.DAY, GoesOn.NEXT}
    if not going and not (act.label in _GOES_ON_SUPPOSING and (act.opens_on or act.refers_back)):
        return None
    if act.label in _MOVES and act.confidence >= CLEAR and not act.asked.points:
        return None
    what = Supposition(supposed.what)
    if act.is_topic and act.confidence >= CLEAR and not (act.label in _GOES_ON_SUPPOSING or act.opens_on):
        return None
    if what in {Supposition.RECERTIFY, Supposition.PASS} and act.asked.kind == QuestionKind.HOW_MUCH:
        reply = Reply(turn)
        say_general(reply, "faq/fees", Asked(kind=QuestionKind.HOW_MUCH.value, bare=True))
        return reply.done()
    if what is Supposition.LAPSE and Point.SOONER in act.asked.points:
        return Reply(turn).next("recertification", tests=supposed.tests, asked=act.asked)
    lost = {Point.LOSE, Point.BACK} & set(act.asked.points)
    if what is Supposition.MISS and lost:
        reply = Reply(turn)
        reply.phrase("missed_money_back" if Point.BACK in lost else "missed_money_lost", tests=list(supposed.tests))
        return reply.done()
    if what is Supposition.RECERTIFY and act.goes_on is GoesOn.NEXT:
        return Reply(turn).next("recertification", tests=supposed.tests)
    own = act.label.removeprefix("account/")
    topic = own if own in {"certificate_status", "test_results", "master_status"} else TOPIC_OF[what]
    reply = Reply(turn, act.asked)
    return reply.done() if what_if(reply, supposed, topic, again=True) else None


def _supposes_anew(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """A supposition that was read as nothing in particular, or that is about what Master status lacks."""
    supposed = act.supposed
    if supposed is None or act.of_another or (supposed.past and supposed.on is None):
        return None
    what = Supposition(supposed.what)
    lacks = lacking(state) if what in {Supposition.PASS, Supposition.RECERTIFY} and not supposed.tests else ()
    master = supposed.asks_master or bool(lacks)
    if act.is_topic and act.confidence >= CLEAR and not lacks:
        return None
    if act.is_topic and act.label not in {f"account/{TOPIC_OF[what]}", "account/master_status"} and not lacks:
        return None
    tests = supposed.tests or lacks
    if not tests and what is Supposition.LAPSE:
        held = {option.test for option in subjects.certified(person, turn.today)}
        tests = tuple(test for test in state.last_tests if base(test) in held)[:1]
        if not tests:
            return None
    reply = Reply(turn, act.asked)
    known = supposed.model_copy(update={"tests": tests, "asks_master": master})
    topic = "master_status" if master else TOPIC_OF[what]
    state.last_topic = f"account/{topic}"
    return reply.done() if what_if(reply, known, topic) else None


def _still_supposed(state: ConversationState) -> Supposed | None:
    """The supposition of the last answer."""
    named = next((kept.what_if for kept in state.decisions if kept.what_if), None)
    if named is None:
        return None
    what, tests, on = named.split(":", 2)
    try:
        return Supposed(what=Supposition(what).value, tests=tuple(tests.split(",")), on=date.fromisoformat(on))
    except ValueError:
        return None


# --- what goes on with the decision told last --------------------------------------------------------------------


def _goes_on(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    how = act.goes_on
    if how is None or ((state.last_topic or "").startswith("faq/") and how not in _BESIDE_A_TEXT):
        return None
    clear = act.label in _MOVES and act.confidence >= CLEAR and how is GoesOn.ASKS
    plain = act.asked.kind not in {QuestionKind.UNTIL_WHEN, QuestionKind.FROM_WHEN, QuestionKind.WHAT_IF_NOT}
    if clear and not act.asked.points and (plain or act.label not in {"explain", "deny"}):
        return None
    other = act.is_topic and act.confidence >= CLEAR and act.label != state.last_topic
    if how is GoesOn.ASKS and other and not _has_own_form(turn, act, state):
        return None
    if act.of_another:
        return None
    return _WAYS[how](turn, act, state, person)


def _has_own_form(turn: TurnContext, act: UserAct, state: ConversationState) -> bool:
    """Whether the decision told last has words for just this, beyond a yes or no."""
    if act.label == "account/purchase_window":
        return False  # "the last day I could take it at all"
    forms = [form for form in act.asked.forms if form != QuestionKind.WHETHER]
    return any(turn.services.answers.has_form(decision, forms[:1]) for _, decision in told_last(state)[:1] if forms)


_BESIDE_A_TEXT = {GoesOn.LAST_CHANGE, GoesOn.NEXT, GoesOn.NEAREST}
"""What needs no decision told last."""


def _subject(decision: Decision) -> Subject:
    subject = decision.subject
    if decision.decisive.code == "already_purchased":
        return Subject(test=subject.test)  # what it names is another purchase than the one asked about
    series = (subject.series,) if isinstance(subject.series, str) else tuple(subject.series or ())
    purchase = decision.decisive.values.get("purchase_id")
    return Subject(
        test=subject.test,
        series=series,
        purchase_id=purchase if isinstance(purchase, str) else None,
        appointment_id=subject.appointment_id,
    )


def _asks(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """A question without a topic: of the decision told last, else of what the records leave no doubt about."""
    told = told_last(state)
    if not told and Point.GOOD in act.asked.points and subjects.certified(person, turn.today):
        return Reply(turn).next("certification_expiry")
    if not told:
        return _by_records(turn, act, state, person) if act.asked.points else None
    kind = act.asked.kind
    if told[0][1].rule == "reschedule" and kind in {QuestionKind.WHERE, QuestionKind.WHEN} and not act.asked.points:
        return _appointment(turn, act, state, person)
    if kind == QuestionKind.WHAT_NEXT:  # "what happened", "what does that mean": not what to do
        meant = QuestionKind.WHETHER if act.asked.points else QuestionKind.WHY
        return _retold(turn, act.asked.model_copy(update={"kind": meant.value}), told)
    return _retold(turn, act.asked, told)


def _points_back(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """What was read as another topic of which the records hold nothing, after one that it fits."""
    told = told_last(state)
    if not told or act.tests or (state.last_topic or "").startswith("faq/"):
        return None
    first = told[0][1]
    series = act.series_in_short
    vague = act.label in {"inform", "out_of_scope"} or act.confidence < CLEAR
    if series is not None and vague and first.rule in {"master_status", "duplicate_certificate"}:
        return Reply(turn).next("master_status", series=(series,), asked=act.asked)
    waits = first.decisive.code.startswith("experience_") or state.last_topic == "account/work_experience"
    if act.label == "account/accommodation_status" and waits and person.candidate.accommodation.status == "none":
        return _retold(turn, act.asked, told[:1])
    if act.refers_back and act.label == "account/certification_expiry" and first.rule == "master_status":
        return _retold(turn, act.asked, told[:1])
    return None


def _no_show_why(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """Why a test counts as missed: what the records show, and that a person has to look into anything else."""
    if act.label != "account/missed_appointment" or act.asked.kind != QuestionKind.WHY or act.supposed is not None:
        return None
    option = _meant(turn, act, state, person, subjects.missed)
    if option is None or option.purchase is None:
        return None
    reply = Reply(turn)
    decision = reply.tell("repurchase_after_no_show", option.subject, silent=True)
    state.last_topic = act.label
    missed_on = option.booked_day or decision.decisive.values.get("missed_on")
    reply.phrase("no_show_recorded", test=option.test, missed_on=missed_on)
    return reply.next("human_agent", reason="claim", offered=True, soft=True)


def _may_be_missed(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """A missed appointment is asked about, and none is missed: what it would cost to miss the one that is booked."""
    if act.label == "faq/advanced_tests" and act.tests and act.opens_on and state.decisions:
        return Reply(turn).next("advanced_prerequisites")
    if act.label != "account/missed_appointment" or act.supposed is not None or act.asked.kind is None:
        return None
    option = _meant(turn, act, state, person, booked)
    unrecorded = sat_unrecorded(person, turn.now, turn.today)
    if option is None or option in unrecorded or subjects.missed(person, turn.today):
        return None
    reply = Reply(turn, act.asked)
    state.last_topic = act.label
    supposed = Supposed(what=Supposition.MISS.value, tests=(option.test,))
    return reply.done() if what_if(reply, supposed, "missed_appointment") else None


_ONCE_MORE = {
    "faq/registration",
    "account/schedule_test",
    "account/purchase_window",
    "faq/fees",
    "out_of_scope",
    "inform",
}


def _buys_again(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """ "Can I buy A6 again": by the rule on what became of the sitting, which knows of a new purchase too."""
    placed = act.label in _ONCE_MORE or act.label == "account/retest" or act.confidence < CLEAR
    if not act.buys_again or not placed or act.supposed is not None or act.of_another:
        return None
    option = _meant(turn, act, state, person, subjects.failed_or_missed)
    if option is None or option.purchase is None:
        return None
    topic = "missed_appointment" if state_of(option.purchase) is PurchaseState.MISSED else "retest"
    state.last_topic = f"account/{topic}"
    return Reply(turn).next(topic, about=option.key)


def _once_more(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """ "Can I sign up for A6 again": a test that was taken or missed, whatever else the words were read as."""
    bookable = any(matching(unsat(person, turn.today), test) for test in act.tests or tuple(state.last_tests))
    takes = act.label == "account/schedule_test" and act.asked.kind == QuestionKind.WHETHER and not act.tests
    if takes and not bookable:
        option = _meant(turn, act, state, person, subjects.failed_or_missed)
        return None if option is None else _by_records(turn, act, state, person)
    sooner = Point.SOONER in act.asked.points and bool(act.tests) and act.confidence < CLEAR
    if not sooner and not (act.says_again and act.label in _ONCE_MORE and act.asked.kind is not None):
        return None
    option = _meant(turn, act, state, person, subjects.failed_or_missed)
    return None if option is None else _by_records(turn, act, state, person)


_STANDING = {
    QuestionKind.HOW_LONG,
    QuestionKind.UNTIL_WHEN,
}
_UNPLACED = {"out_of_scope", "inform", "account/advanced_prerequisites", "faq/recertification", "faq/registration"}


def _by_standing(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """ "Is C1 too late", "how long is my A7 good for": by what the records hold of the test named."""
    points = {Point.TOO_LATE, Point.OVER, Point.GOOD} & set(act.asked.points)
    unsure = act.label in _UNPLACED or act.confidence < CLEAR
    if len(act.tests) != 1 or not unsure or not (points or act.asked.kind in _STANDING) or act.supposed is not None:
        return None
    test = act.tests[0]
    bought = matching(unsat(person, turn.today), test)
    if bought:
        state.last_topic = "account/purchase_window"
        return Reply(turn).next("purchase_window", about=bought[0].key)
    if any(option.test == base(test) for option in subjects.certified(person, turn.today)):
        state.last_topic = "account/certification_expiry"
        return Reply(turn).next("certification_expiry")
    return None


def _retold(turn: TurnContext, asked: Asked, told: Sequence[tuple[Kept, Decision]]) -> Step | None:
    """The decisions told last once more, as the answer to what is asked now."""
    reply, person = Reply(turn, asked), turn.person
    subject = _subject(told[0][1]) if told else Subject()
    if person is not None and told and told[0][1].rule == "results_availability":
        for option in sat_unrecorded(person, turn.now, turn.today):
            if option.test == subject.test:
                say_nothing_recorded(reply, person, option, "nothing_recorded_wait")
                reply.tell("results_availability", option.subject, silent=True)
                return reply.done()
    wording = turn.services.answers.has_form
    own = [(kept, each) for kept, each in told if wording(each, asked.forms)]
    if not own and asked.kind in _NEEDS_ITS_OWN:
        return None
    some = _one_of_each_test(own or told)
    for kept, decision in some[:1] if len(some) > 2 else some:
        if kept.what_if is None and not held_against(reply, decision.rule, _subject(decision), asked):
            reply.tell(decision.rule, _subject(decision), closing=False)
    return reply.done() if reply.said else None


def _one_of_each_test(told: Sequence[tuple[Kept, Decision]]) -> list[tuple[Kept, Decision]]:
    """The first decision on each test: what was told beside it is no answer of its own."""
    found: dict[object, tuple[Kept, Decision]] = {}
    for kept, decision in told:
        found.setdefault((decision.subject.test, decision.subject.appointment_id), (kept, decision))
    return list(found.values())


def _day(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """A day: whether it will do."""
    told = told_last(state)
    named = [pair for pair in told if pair[1].subject.test in act.tests]
    for kept, decision in named or told:
        if act.tests and not named and decision.subject.test is None:
            continue
        reply = Reply(turn, act.asked)
        subject = Subject(test=act.tests[0]) if act.tests and not named else _subject(decision)
        if kept.what_if is None and held_against(reply, decision.rule, subject, act.asked, only_day=True):
            return reply.done()
    return None


def _doubt(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """Whether it is so: it is, and by what."""
    told = [pair for pair in told_last(state) if pair[0].what_if is None]
    if not told or (act.label == "explain" and act.confidence >= 0.9):
        return None
    reply = Reply(turn, Asked(kind=QuestionKind.WHY.value))
    reply.phrase("sure_yes" if act.asked.asks_if_sure or act.asked.kind is not None else "still_shown")
    reply.tell(told[0][1].rule, _subject(told[0][1]), closing=False)
    return reply.done()


def _next(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """What to do now: by the decision told last, else the nearest of what is open."""
    if (state.last_topic or "").startswith("faq/") and act.goes_on is GoesOn.NEXT:
        return None
    told = told_last(state)
    if told and act.goes_on is GoesOn.NEXT:
        asked = act.asked.model_copy(update={"kind": QuestionKind.WHAT_NEXT.value})
        step = _retold(turn, asked, told[:1])
        if step is not None:
            return step
    reply = Reply(turn)
    return reply.done() if tell_nearest(reply, person) else None


def _others(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """The same rule on everything else it can be about."""
    told = told_last(state)
    if not told:
        return None
    rule = told[0][1].rule
    options = _OPTIONS.get(rule)
    if options is None:
        return None
    done = {decision.subject.test for _, decision in told if decision.rule == rule}
    left = [option for option in options(person, turn.today) if option.test not in done]
    reply = Reply(turn)
    if not left:
        left = [option for option in unsat(person, turn.today) if option.test not in done]
        rule = "purchase_window"
    if not left:
        reply.phrase("no_others")
        return reply.done()
    if len(left) <= 2 or rule == "reschedule":
        for option in left:
            if rule == "reschedule":
                tell_appointment(reply, person, option)
            else:
                reply.tell(rule, option.subject)
        return reply.done()
    with reply.as_list():
        for option in left:
            reply.tell(rule, option.subject, brief=True)
    return reply.done()


_OPTIONS: Mapping[str, Options] = {
    "purchase_window": unsat,
    "schedule_test": subjects.open_tests,
    "reschedule": booked,
    "cancel_appointment": booked,
    "cancel_test": unsat,
    "results_availability": subjects.taken,
    "certificate_delivery": subjects.passed,
    "retest": subjects.failed,
    "repurchase_after_no_show": subjects.missed,
    "certification_status": subjects.certified,
    "recertification": subjects.certified,
}
"""What a rule told before can be asked of."""


def _appointment(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """When and where what was spoken of takes place."""
    found = booked(person, turn.today)
    if not found or not (told_last(state) or act.asked.kind == QuestionKind.WHICH):
        return None
    about = [option for option in found if option.test in state.last_tests]
    several = act.asked.kind == QuestionKind.WHICH
    reply = Reply(turn, act.asked)
    for option in found if several else (about or found)[:1]:
        tell_appointment(reply, person, option)
    return reply.done()


def _changed(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """What was changed last in this conversation."""
    return last_change(turn, state, person)


def last_change(turn: TurnContext, state: ConversationState, person: Person) -> Step:
    """What was changed last in this conversation, or that nothing was."""
    reply, made = Reply(turn), state.made
    if made is None:
        reply.phrase("nothing_changed_here")
        return reply.done()
    if made["task"] not in BY_TOPIC:
        reply.phrase("last_undone")
        return reply.done()
    kind = BY_TOPIC[made["task"]]
    reply.phrase("changed_here", task=turn.services.answers.title(kind.label), test=made.get("test"))
    for option in booked(person, turn.today):
        if option.test == made.get("test"):
            tell_appointment(reply, person, option)
    if state.undo is not None:
        reply.phrase("undo_offer")
    elif not kind.may_be_undone:
        reply.phrase("cannot_undo_done")
    return reply.done()


def _how_long(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """How long there is for what was bought: of the test in hand, else of each."""
    told = told_last(state)
    rules = {each.rule for _, each in told if each.decisive.code != "already_purchased"}
    if rules & {"retest", "certification_status", "recertification", "master_status", "repurchase_after_no_show"}:
        return _retold(turn, act.asked, told)
    found = [option for option in unsat(person, turn.today)]
    if not found:
        return None
    in_hand = [option for option in found if option.test in state.last_tests and told]
    reply = Reply(turn, act.asked)
    state.last_topic = "account/purchase_window"
    if len(in_hand) == 1 or len(found) == 1:
        return reply.next("purchase_window", about=(in_hand or found)[0].key)
    return reply.next("purchase_window", about=ALL)


def _again(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    """Whether it can be taken (again): what the records say has become of it picks the rule."""
    if act.label == "account/schedule_test" or (
        act.is_topic and act.confidence >= CLEAR and act.label not in _UNPLACED
    ):
        return None
    return _by_records(turn, act, state, person)


def _by_records(turn: TurnContext, act: UserAct, state: ConversationState, person: Person) -> Step | None:
    option = _meant(turn, act, state, person, any_purchase)
    if option is None or option.purchase is None:
        return None
    result = option.purchase.result
    found = state_of(option.purchase)
    topic = "purchase_window"
    if found is PurchaseState.MISSED:
        topic = "missed_appointment"
    elif found is PurchaseState.TAKEN:
        topic = "certificate_status" if result is not None and result.outcome == "pass" else "retest"
    if topic == "certificate_status":
        return None
    state.last_topic = f"account/{topic}"
    return Reply(turn).next(topic, about=option.key)


def _meant(
    turn: TurnContext, act: UserAct, state: ConversationState, person: Person, options: Options
) -> Option | None:
    """The one that is meant: of the tests named, else of those spoken of, else the only one there is."""
    found = list(options(person, turn.today))
    for tests in (act.tests, tuple(state.last_tests)):
        fits = [option for test in tests for option in matching(found, test)]
        if fits:
            return fits[0]
        if tests is act.tests and act.tests:
            return None
    return found[0] if len(found) == 1 else None


_WAYS: Mapping[GoesOn, _Look] = {
    GoesOn.ASKS: _asks,
    GoesOn.DAY: _day,
    GoesOn.DOUBT: _doubt,
    GoesOn.NEXT: _next,
    GoesOn.NEAREST: _next,
    GoesOn.OTHERS: _others,
    GoesOn.APPOINTMENT: _appointment,
    GoesOn.LAST_CHANGE: _changed,
    GoesOn.HOW_LONG_LEFT: _how_long,
    GoesOn.AGAIN: _again,
}

"""What each action does with an act: the functions behind the action names of data/dialogue/rules.yml.

In this process the rules are looked up and a handler is called directly; where Rasa runs the conversation, its actions
(`actions/`) call the same handlers through `Dialogue.step`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import wraps

from bot.answers.answer import Answer
from bot.changes.kinds import BY_TOPIC, CANCEL_APPOINTMENT, CANCEL_TEST, CHANGE_KINDS
from bot.contracts.asking import QuestionKind
from bot.dialogue.explaining import say_explained
from bot.dialogue.following import ASKED_AGAIN
from bot.dialogue.general import (
    LEAST,
    OF_ANOTHER,
    OTHERS_RECORDS,
    goes_on,
    is_told_of,
    picked,
    remember,
    say_why,
    tell,
    told,
    was_told,
    with_days,
)
from bot.dialogue.memories import Asked
from bot.dialogue.outcome import ReadAgain, Reply, Step
from bot.dialogue.stack import DropAll, Handler
from bot.dialogue.state import ConversationState
from bot.dialogue.tasks.subjects import booked, matching, unsat
from bot.dialogue.turn_context import TurnContext
from bot.dialogue.understanding.repairs import Repair
from bot.dialogue.understanding.supposition import TOPIC_OF, Supposition
from bot.dialogue.understanding.user_act import UserAct
from bot.rules.facts import Subject

_OF_CHANGES = {kind.label for kind in CHANGE_KINDS}
READINGS_OFFERED = 3
MISSES_BEFORE_PERSON = 2
LEAST_LIKELY = 0.05
"""A reading that is less likely is not offered."""
LIKELY = 0.15
"""A reading beside a value that is taken for what the other words want."""
PLAINLY_ASKED = 0.8
"""A reading from which on a person is called at once; a weaker one only offers one."""
ABOUT_A_TEST = ("account/purchase_window", "account/schedule_test", "account/test_results")
"""What a test named without a word more may be about."""

NO_TOPICS = {"inform", "affirm", "deny", "stop", "repeat", "explain", "greet", "goodbye", "thanks", "out_of_scope"}
"""Readings that are never offered as what may have been meant."""

ALIKE = (
    {"account/purchase_window", "account/certification_expiry"},
    {"account/retest", "account/missed_appointment", "account/recertification"},
)
"""Topics that people put in the same words; which of them it is, the records say."""


EXCEPTION = "exception_request"
ACCESS = "account_access"
"""The label of trouble with getting into the account of the source itself."""


def own_records(handler: Handler) -> Handler:
    """The handler, unless a signed-in person gives the ASE ID of another one."""

    @wraps(handler)
    def guarded(turn: TurnContext, act: UserAct, state: ConversationState) -> Step | DropAll:
        own = turn.visitor.subject_id
        if own is not None and not turn.visitor.is_agent and any(ase_id != own for ase_id in act.ase_ids):
            reply = Reply(turn)
            reply.phrase("own_records_only")
            state.others_refused = True
            return reply.done()
        return handler(turn, act, state)

    return guarded


def faq(turn: TurnContext, act: UserAct, state: ConversationState) -> Step:
    """The published answer; where a person is known and the question names a test, the decision on it first."""
    reply = Reply(turn)
    asked = with_days(act.asked, act.label, state).model_copy(update={"elsewhere": True})
    if act.label == "faq/bilingual_tests" and turn.person is not None and act.tests and not act.about_another:
        remember(turn, act.label, asked, state)
        for test in act.tests:
            reply.tell("test_language", Subject(test=test))
        return reply.done()
    if not goes_on(reply, act, state):
        tell(reply, act.label, asked, state)
    return reply.done()


@own_records
def account(turn: TurnContext, act: UserAct, state: ConversationState) -> Step:
    """A question about the account: the general rule for anyone, the decision for a person who is known."""
    reply = Reply(turn)
    asked = with_days(act.asked, act.label, state).model_copy(update={"elsewhere": True})
    name = act.label.removeprefix("account/")
    if act.asks_of_their_records and not turn.visitor.is_agent:
        return _not_their_records(reply, state, "their_records")
    instead = _of_change(turn, act, state) if turn.person is not None else None
    if instead is not None:
        return instead
    if turn.person is not None and act.about_another and not (act.is_order or turn.visitor.is_agent):
        if not goes_on(reply, act, state):
            tell(reply, act.label, asked, state)
        reply.phrase("general_for_others")
        return reply.done()
    if turn.person is not None:
        state.last_topic, state.last_given, state.last_told = act.label, asked.given, None
        return reply.next(name)
    if turn.visitor.is_agent:
        remember(turn, act.label, asked, state)
        return reply.next(name, asked=asked)
    own = bool(act.ase_ids) and not act.about_another
    if not act.is_order and not own and (goes_on(reply, act, state) or _told_already(reply, act.label, asked, state)):
        return reply.done()
    remember(turn, act.label, asked, state)
    told(turn, act.label, asked, state)
    if act.about_another:
        asked = asked.model_copy(update={"offer": False})  # what is asked is not to be found in their own records
    else:
        asked = asked.model_copy(update={"offer": not state.sign_in_offered})
        state.sign_in_offered = True
    if own:
        return reply.next(name, asked=asked, sign_in=True)  # who says who they are wants their own answer
    return reply.next(name, asked=asked)


HARDLY_A_CHANGE = 0.5
"""A question that is read as a change with less than this begins none."""


def _of_change(turn: TurnContext, act: UserAct, state: ConversationState) -> Step | None:
    """What comes before a change: a question hardly read as one begins none, and "cancel A4" may be two things."""
    person, name = turn.person, act.label.removeprefix("account/")
    if person is None or name not in BY_TOPIC:
        return None
    if act.asks and act.confidence < HARDLY_A_CHANGE and act.ranking:
        other = next((label for label, _ in act.ranking if label in _OF_RECORDS), "account/appointment_details")
        return Reply(turn).read_again(act.relabelled(other))
    if act.is_one_of_several or not act.cancels_a_test or state.last_topic in _CANCELLING:
        return None
    reply = Reply(turn)
    for test in act.tests[:1]:
        bought = matching(unsat(person, turn.today), test)
        refund = bought and turn.judge("cancel_test", bought[0].subject).outcome == "allowed"
        if not refund:
            return None
        if bought[0].key in {option.key for option in booked(person, turn.today)}:
            state.last_topic = CANCEL_APPOINTMENT.label
            return reply.next("clarify", readings=(CANCEL_APPOINTMENT.label, CANCEL_TEST.label))
        if act.label == CANCEL_APPOINTMENT.label:
            return reply.read_again(act.relabelled(CANCEL_TEST.label))
    return None


_CANCELLING = {CANCEL_APPOINTMENT.label, CANCEL_TEST.label}
_OF_RECORDS = {
    "account/appointment_details", "account/purchase_window", "account/missed_appointment", "account/test_results",
    "account/retest", "account/certification_expiry", "account/certificate_status", "account/summary",
}  # fmt: skip


def _told_already(reply: Reply, label: str, asked: Asked, state: ConversationState) -> bool:
    """Say in other words what would be told a second time; whether it would."""
    if not was_told(reply.turn, label, asked, state):
        return False
    tell(reply, label, asked, state)
    return True


SURELY_AWAY, LIKELY_ALL_THE_SAME = 0.95, 0.6
"""Off topic for certain, and how likely an answer has to be to be given all the same."""
SURELY_LEAVES = 0.85
"""From this on, words that name no goodbye are one."""
HARDLY_SAID = 0.5
"""Below this nobody is greeted, thanked or bid goodbye."""


def small_talk(turn: TurnContext, act: UserAct, state: ConversationState) -> Step | DropAll:
    """A fixed text: greeting, thanks, goodbye, help, "are you a robot"."""
    reply = Reply(turn)
    hardly = act.confidence < HARDLY_SAID and not act.takes_leave
    leaves = act.takes_leave or (turn.person is None and act.confidence >= SURELY_LEAVES)
    if hardly or (act.label == "goodbye" and not leaves):
        return not_ours(turn, act, state)
    if not (act.asks_beyond and goes_on(reply, act, state, loosely=True)):
        reply.entry(act.label)
    return reply.done()


@own_records
def sign_in(turn: TurnContext, act: UserAct, state: ConversationState) -> Step | DropAll:
    """ASE ID and one-time code; somebody else's ID asks for nothing of the kind."""
    reply = Reply(turn)
    if act.declines_sign_in:
        return _stays_signed_out(reply, act, state)
    if act.is_question and not act.ase_ids and not act.names_sign_in:
        return not_ours(turn, act, state)  # "how do i prove it": no wish to sign in
    if act.about_another and turn.visitor.subject_id is None:
        return _of_somebody_else(reply, act, state)
    return reply.next("sign_in")


def _stays_signed_out(reply: Reply, act: UserAct, state: ConversationState) -> Step | DropAll:
    """No wish to sign in: what else was said is answered by the published rules."""
    if any(task.name == "sign_in" for task in state.tasks):
        return DropAll()
    if goes_on(reply, act, state, loosely=True):
        return reply.done()
    topic = next((label for label, _ in act.ranking if label.startswith("account/")), None)
    if act.asked.given and topic is not None:
        tell(reply, topic, act.asked, state)
        return reply.done()
    reply.phrase("sign_in_stopped")
    return reply.done()


def _of_somebody_else(reply: Reply, act: UserAct, state: ConversationState) -> Step:
    """The general rule for somebody else's case; no code is mailed to whoever the ID belongs to."""
    if not goes_on(reply, act, state, loosely=True):
        first = next(iter(act.asked.picks), None)
        if first is not None and act.asked.sure:
            tell(reply, first.label, act.asked, state)
    reply.phrase("general_for_others")
    state.others_refused = True
    return reply.done()


def stop(turn: TurnContext, act: UserAct, state: ConversationState) -> Step | DropAll:
    """Never mind; start over."""
    reply = Reply(turn)
    if act.is_question and turn.person is None and not state.tasks_beside_offers:
        first = next(iter(act.asked.picks), None)
        if goes_on(reply, act, state, loosely=True):
            return reply.done()
        if first is not None and first.score >= LEAST:
            tell(reply, first.label, act.asked, state)
            return reply.done()
        if state.last_topic is not None and act.asked.kind is not None:
            reply.phrase("unsaid_whether")  # "does he have to start over": a question calls nothing off
            reply.phrase("ask_ase")
            return reply.done()
    weak = act.confidence < PLAINLY_ASKED and act.repair is not Repair.START_OVER
    if weak and (act.is_question or not state.tasks_beside_offers):
        return not_ours(turn, act, state)  # "do I have to do this every time" stops nothing
    return DropAll(start_over=act.repair is Repair.START_OVER)


def repeat(turn: TurnContext, act: UserAct, state: ConversationState) -> Step:
    """The last answer once more; to "repeat the A5" belongs a test, not an answer."""
    reply = Reply(turn)
    if act.tests:
        other = next((label for label, _ in act.ranking if label.startswith("account/")), "account/retest")
        return reply.read_again(act.relabelled(other))
    if act.asks_beyond and goes_on(reply, act, state, loosely=True):
        return reply.done()
    if state.said is None:
        reply.phrase("nothing_to_repeat")
        return reply.done()
    state.slow = state.slow or act.asks_slowly
    reply.say(Answer(text=state.said["text"], speech=state.said["speech"]))
    return reply.done(question_repeated=True)


def explain(turn: TurnContext, act: UserAct, state: ConversationState) -> Step:
    """Why: the rule, the facts and the policy value of the decisions told last."""
    reply = Reply(turn)
    if not state.decisions and state.last_topic:
        why = act.asked.kind in (None, QuestionKind.WHY.value) and not act.doubts
        if why or not goes_on(reply, act, state, loosely=True):
            say_why(reply, act.asked, state)
    elif not state.decisions:
        reply.phrase("account_access_who" if was_told(turn, ACCESS, None, state) else "explain_nothing")
    if state.decisions:
        say_explained(reply, state)
        state.explained = True
    return reply.done()


def hand_over(turn: TurnContext, act: UserAct, state: ConversationState) -> Step:
    """What the assistant cannot do, who can, and a person."""
    reply = Reply(turn)
    if turn.visitor.in_line:
        return noted(reply, act)
    if act.label == "human_agent":
        if act.asks_beyond and act.confidence < PLAINLY_ASKED and goes_on(reply, act, state):
            return reply.done()
        if act.confidence < PLAINLY_ASKED or act.asks_about or not act.wants_to_talk:
            if act.asks_about or act.is_question:
                reply.phrase("cannot_tell_general")
            return reply.next("human_agent", reason="human_agent", offered=True, soft=True)
        return reply.next("human_agent", wanted=True)
    if turn.person is None and is_told_of(act) and goes_on(reply, act, state):
        return reply.done()
    if act.label == ACCESS:
        if was_told(turn, ACCESS, None, state):
            whether = act.asked.kind == QuestionKind.WHETHER.value
            reply.phrase("account_access_not_here" if whether else "account_access_who")
            return reply.done()
        told(turn, ACCESS, None, state)
    first = next(iter(act.asked.picks), None)
    if act.label == EXCEPTION and first is not None and first.score >= (LEAST if act.is_question else OF_ANOTHER):
        tell(reply, first.label, act.asked, state)  # what the rule is comes before that we can't bend it
        reply.phrase("no_exceptions")
    else:
        reply.entry(act.label)
    return reply.next("human_agent", reason=act.label, offered=True, soft=True)


@own_records
def not_ours(turn: TurnContext, act: UserAct, state: ConversationState) -> Step:
    """Not ours, or not understood: what may have been meant, at most twice, then a person."""
    reply, known = Reply(turn), turn.person is not None
    if act.ase_ids and act.about_another and turn.visitor.subject_id is None and not turn.visitor.is_agent:
        return _not_their_records(reply, state, "others_records")
    if act.asks_of_their_records and not turn.visitor.is_agent:
        return _not_their_records(reply, state, "their_records")
    if goes_on(reply, act, state, loosely=True):
        return reply.done()
    first = next(iter(act.asked.picks), None)
    entry = turn.services.catalog.entries.get(first.label) if first is not None else None
    plainly = first is not None and act.asked.sure and first.score >= OF_ANOTHER and act.in_scope_or_asks
    asks = act.asked.kind is not None and first is not None and picked(act.asked, first.label, entry) is not None
    near = act.asked.sure or (act.in_scope_or_asks and act.confidence < SURELY_AWAY)
    least = LEAST if near else LIKELY_ALL_THE_SAME
    if first is not None and first.score >= least and (asks or plainly) and not known:
        tell(reply, first.label, act.asked, state)  # sent away by its words as a whole, and still a question we know
        return reply.done()
    state.misses += 1
    alike = settled_by_records(act) if known else None
    if alike is not None:
        return reply.read_again(act.relabelled(alike))
    if known and act.tests and act.supposed is not None and not act.supposed.past:
        return reply.read_again(act.relabelled(f"account/{TOPIC_OF[Supposition(act.supposed.what)]}"))
    if turn.visitor.in_line:
        return noted(reply, act)
    if act.in_scope and not act.near_tie:
        reply.entry("out_of_scope")
        return _offer_person(reply) if state.misses > MISSES_BEFORE_PERSON else reply.done()
    entries = turn.services.catalog.entries
    shown = state.offered[: state.offered_last] if state.misses > 1 else []
    readings = [
        label
        for label, chance in act.ranking
        if label in entries and label not in NO_TOPICS and label not in shown and chance >= LEAST_LIKELY
    ]
    if not readings and state.misses == 1:
        reply.phrase("not_understood_plain")
        return reply.done()
    if state.misses > MISSES_BEFORE_PERSON or not readings:
        reply.phrase("not_understood_person")
        return _offer_person(reply)
    reply.phrase("not_understood_first" if state.misses == 1 else "not_understood_second")
    return reply.next("clarify", readings=tuple(readings[:READINGS_OFFERED]))


def _not_their_records(reply: Reply, state: ConversationState, phrase: str) -> Step:
    """What is spoken of from here on is that nobody's records but their own are looked at."""
    reply.phrase(phrase)
    state.last_topic, state.last_told = OTHERS_RECORDS
    state.others_refused = True
    return reply.done()


def noted(reply: Reply, act: UserAct) -> Step:
    """In line for a person, what the assistant cannot answer is left for that person."""
    reply.phrase("already_in_line" if act.label == "human_agent" else "still_queued")
    return reply.done(question_repeated=True)


def settled_by_records(act: UserAct) -> str | None:
    """The best reading where the next one differs only by what the records hold."""
    best = [label for label, _ in act.ranking[:2]]
    return best[0] if len(best) == 2 and any(set(best) <= family for family in ALIKE) else None


@own_records
def bare_value(turn: TurnContext, act: UserAct, state: ConversationState) -> Step:
    """A value, a yes or a no that no open question wants: taken as about the last topic where it fits."""
    reply, own = Reply(turn), turn.visitor.subject_id
    if act.menu_key is not None:
        return reply.next("key_menu")
    if act.ase_ids and turn.visitor.is_agent:
        topic = (state.last_topic or "").removeprefix("account/")
        if turn.person is None or state.last_topic not in ASKED_AGAIN or not act.asks_the_same:
            return reply.done()
        return reply.next(topic, tests=(), asked=None)
    beside = next((label for label, _ in act.ranking if label.startswith(("account/", "faq/"))), None)
    if act.ase_ids and own is not None and beside is not None and act.is_long:
        return reply.read_again(act.relabelled(beside))  # whose ID it is was known: the other words say what is wanted
    wished = next((label for label, chance in act.ranking if label.startswith("account/") and chance >= LIKELY), None)
    if act.ase_ids and own is None and wished is not None and act.is_long and not turn.visitor.is_agent:
        return reply.read_again(act.relabelled(wished))  # the ID comes with what is wanted
    if act.ase_ids and own is None:
        return _of_somebody_else(reply, act, state) if act.about_another else reply.next("sign_in")
    if own is None and not turn.visitor.is_agent and act.digits is not None:
        return reply.next("sign_in", ase_id=act.digits)  # the first part of an ASE ID, nobody having asked for it
    known = turn.person is not None
    noted_only = act.takes_note and act.asked.kind is None and not act.asked.given and state.last_topic is not None
    says_yes = known and act.is_yes and not act.is_long  # to nothing that was asked
    if not (known and act.tests) and not noted_only and not says_yes and goes_on(reply, act, state, loosely=True):
        return reply.done()
    if act.tests and state.last_topic in _OF_CHANGES and not act.names_only:
        reply.phrase("nothing_asked")  # a remark that names a test never begins a change
        return reply.done()
    if act.tests and state.last_topic and state.last_topic.startswith("account/"):
        return reply.next(state.last_topic.removeprefix("account/"))
    if act.tests and state.last_topic is not None:
        return reply.read_again(act.relabelled(state.last_topic))  # "and the A6?"
    if act.tests:
        return reply.next("clarify", readings=ABOUT_A_TEST)
    if turn.visitor.in_line:
        return noted(reply, act)
    if noted_only:
        reply.phrase("noted_else")
        return reply.done()
    state.misses += 1
    reply.phrase("nothing_asked")
    return _offer_person(reply) if state.misses > MISSES_BEFORE_PERSON else reply.done()


def _offer_person(reply: Reply) -> Step:
    """Ask whether a person should take over; the question may go unanswered."""
    return reply.next("human_agent", reason="not_understood", offered=True, soft=True)


def in_english(handler: Handler) -> Handler:
    """The handler, with one word to somebody who writes Spanish that answers come in English."""

    @wraps(handler)
    def told_so(turn: TurnContext, act: UserAct, state: ConversationState) -> Step | DropAll:
        step = handler(turn, act, state)
        if state.english_only_told or isinstance(step, (DropAll, ReadAgain)) or not act.in_spanish:
            return step
        state.english_only_told = True
        reply = Reply(turn)
        reply.phrase("english_only")
        return reply.after(step)

    return told_so


HANDLERS: Mapping[str, Handler] = {
    "action_faq": in_english(faq),
    "action_account": in_english(account),
    "action_small_talk": in_english(small_talk),
    "action_sign_in": in_english(sign_in),
    "action_answer": in_english(bare_value),
    "action_stop": in_english(stop),
    "action_repeat": in_english(repeat),
    "action_explain": in_english(explain),
    "action_hand_over": in_english(hand_over),
    "action_not_ours": in_english(not_ours),
}
"""Every action by its name in domain.yml."""

"""What each action does with an act: the functions behind the action names of data/dialogue/rules.yml.

In this process the rules are looked up and a handler is called directly; where Rasa runs the conversation, its actions
(`actions/`) call the same handlers through `Dialogue.step`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import wraps

from bot.answers.answer import Answer
from bot.answers.replies import usual
from bot.contracts.asking import QuestionKind
from bot.dialogue.engine import DropAll, Handler
from bot.dialogue.general import going_on, say_general, with_days
from bot.dialogue.outcome import Reply, Step, in_zone
from bot.dialogue.state import ConversationState
from bot.dialogue.turn_context import TurnContext
from bot.dialogue.understanding.repairs import Repair
from bot.dialogue.understanding.supposition import TOPIC_OF, Supposition
from bot.dialogue.understanding.user_act import UserAct
from bot.rules.codec import decision_from_json
from bot.rules.facts import Subject
from bot.rules.time import zone

READINGS_OFFERED = 3
MISSES_BEFORE_PERSON = 2
LEAST_LIKELY = 0.05
"""A reading that is less likely is not offered."""
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


def own_records(handler: Handler) -> Handler:
    """The handler, unless a signed-in person gives the ASE ID of another one."""

    @wraps(handler)
    def guarded(turn: TurnContext, act: UserAct, state: ConversationState) -> Step | DropAll:
        own = turn.visitor.subject_id
        if own is not None and not turn.visitor.is_agent and any(ase_id != own for ase_id in act.ase_ids):
            reply = Reply(turn)
            reply.phrase("own_records_only")
            return reply.done()
        return handler(turn, act, state)

    return guarded


def faq(turn: TurnContext, act: UserAct, state: ConversationState) -> Step:
    """The published answer; where a person is known and the question names a test, the decision on it first."""
    reply = Reply(turn)
    if act.refers_back and act.asked.bare and state.last_topic not in (None, act.label):
        asked = going_on(turn, act.asked, state)  # "how much is that?" is about what was spoken of last
        if asked is not None and state.last_topic is not None:
            say_general(reply, state.last_topic, asked)
            return reply.done()
    asked = with_days(act.asked, act.label, state)
    state.last_topic, state.last_given = act.label, asked.given
    if act.label == "faq/bilingual_tests" and turn.person is not None and act.tests:
        for test in act.tests:
            reply.tell("test_language", Subject(test=test))
        return reply.done()
    say_general(reply, act.label, asked)
    return reply.done()


@own_records
def account(turn: TurnContext, act: UserAct, state: ConversationState) -> Step:
    """A question about the account: the general rule for anyone, the decision for a person who is known."""
    asked = with_days(act.asked, act.label, state)
    state.last_topic, state.last_given = act.label, asked.given
    name = act.label.removeprefix("account/")
    if turn.person is None and asked != act.asked:
        return Reply(turn).next(name, asked=asked)
    return Reply(turn).next(name)


def small_talk(turn: TurnContext, act: UserAct, state: ConversationState) -> Step:
    """A fixed text: greeting, thanks, goodbye, help, "are you a robot"."""
    reply = Reply(turn)
    reply.entry(act.label)
    return reply.done()


@own_records
def sign_in(turn: TurnContext, act: UserAct, state: ConversationState) -> Step:
    """ASE ID and one-time code."""
    return Reply(turn).next("sign_in")


def stop(turn: TurnContext, act: UserAct, state: ConversationState) -> DropAll:
    """Never mind; start over."""
    return DropAll(start_over=act.repair is Repair.START_OVER)


def repeat(turn: TurnContext, act: UserAct, state: ConversationState) -> Step:
    """The last answer once more."""
    reply = Reply(turn)
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
        asked = act.asked.model_copy(update={"kind": QuestionKind.WHY.value, "picks": (), "sure": False, "bare": True})
        told = usual(turn.services.catalog.entries[state.last_topic], QuestionKind.WHY)
        say_general(reply, state.last_topic, asked if told is not None else None)
    elif not state.decisions:
        reply.phrase("explain_nothing")
    for kept in state.decisions:
        decision = decision_from_json(kept.decision)
        if kept.zone is not None:
            decision = in_zone(decision, zone(kept.zone))
        reply.say(turn.services.answers.explain(decision, day=turn.today))
    return reply.done()


def hand_over(turn: TurnContext, act: UserAct, state: ConversationState) -> Step:
    """What the assistant cannot do, who can, and a person."""
    reply = Reply(turn)
    if turn.visitor.in_line:
        return noted(reply, act)
    if act.label == "human_agent":
        if act.confidence < PLAINLY_ASKED or act.asks_about:
            if act.asks_about or act.is_question:
                reply.phrase("cannot_tell_general")
            return reply.next("human_agent", reason="human_agent", offered=True, soft=True)
        return reply.next("human_agent", wanted=True)
    reply.entry(act.label)
    return reply.next("human_agent", reason=act.label, offered=True, soft=True)


@own_records
def not_ours(turn: TurnContext, act: UserAct, state: ConversationState) -> Step:
    """Not ours, or not understood: what may have been meant, at most twice, then a person."""
    reply, known = Reply(turn), turn.person is not None
    asked = going_on(turn, act.asked, state)
    if asked is not None and state.last_topic is not None:
        state.last_given = asked.given
        say_general(reply, state.last_topic, asked)
        return reply.done()
    state.misses += 1
    alike = settled_by_records(act) if known else None
    if alike is not None:
        return reply.read_again(act.relabelled(alike))
    if known and act.tests and act.supposed is not None:
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
    if act.ase_ids and turn.visitor.is_agent:
        return reply.done()
    beside = next((label for label, _ in act.ranking if label.startswith(("account/", "faq/"))), None)
    if act.ase_ids and own is not None and beside is not None and act.is_long:
        return reply.read_again(act.relabelled(beside))  # whose ID it is was known: the other words say what is wanted
    if act.ase_ids and own is None:
        return reply.next("sign_in")
    if own is None and not turn.visitor.is_agent and act.digits is not None:
        return reply.next("sign_in", ase_id=act.digits)  # the first part of an ASE ID, nobody having asked for it
    if act.tests and state.last_topic and state.last_topic.startswith("account/"):
        return reply.next(state.last_topic.removeprefix("account/"))
    if act.tests and state.last_topic is not None:
        return reply.read_again(act.relabelled(state.last_topic))  # "and the A6?"
    if act.tests:
        return reply.next("clarify", readings=ABOUT_A_TEST)
    asked = going_on(turn, act.asked, state)
    if asked is not None and state.last_topic is not None:
        state.last_given = asked.given
        say_general(reply, state.last_topic, asked)
        return reply.done()
    if turn.visitor.in_line:
        return noted(reply, act)
    state.misses += 1
    reply.phrase("nothing_asked")
    return _offer_person(reply) if state.misses > MISSES_BEFORE_PERSON else reply.done()


def _offer_person(reply: Reply) -> Step:
    """Ask whether a person should take over; the question may go unanswered."""
    return reply.next("human_agent", reason="not_understood", offered=True, soft=True)


HANDLERS: Mapping[str, Handler] = {
    "action_faq": faq,
    "action_account": account,
    "action_small_talk": small_talk,
    "action_sign_in": sign_in,
    "action_answer": bare_value,
    "action_stop": stop,
    "action_repeat": repeat,
    "action_explain": explain,
    "action_hand_over": hand_over,
    "action_not_ours": not_ours,
}
"""Every action by its name in domain.yml."""

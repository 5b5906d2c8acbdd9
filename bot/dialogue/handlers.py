"""What each label asks for, as a function of the desk. The actions call these; so does a clarified message."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import wraps
from zoneinfo import ZoneInfo

from bot.answers.answer import Answer
from bot.dialogue.engine import Engine
from bot.dialogue.tasks.what_if import TOPIC_OF, supposition
from bot.dialogue.turn_context import Desk
from bot.dialogue.understanding.repairs import Repair, repair_of
from bot.dialogue.understanding.user_message import Heard
from bot.rules.codec import decision_from_json
from bot.rules.decision import Decision, Value
from bot.rules.facts import Subject
from bot.rules.time import zone

READINGS_OFFERED = 3
MISSES_BEFORE_PERSON = 2
ABOUT_A_TEST = ("account/purchase_window", "account/schedule_test", "account/test_results")
"""What a test named without a word more may be about."""
Job = Callable[[Engine, Desk], None]

NO_TOPICS = {"inform", "affirm", "deny", "stop", "repeat", "explain", "greet", "goodbye", "thanks", "out_of_scope"}
"""Readings that are never offered as what may have been meant."""
HAND_OVERS = {"human_agent", "complaint", "test_day_problem", "exception_request", "account_access"}


def own_records(job: Job) -> Job:
    """The job, unless a signed-in person gives the ASE ID of another one."""

    @wraps(job)
    def guarded(engine: Engine, desk: Desk) -> None:
        own, named = desk.visitor.subject_id, desk.heard.values("ase_id")
        if own is not None and not desk.visitor.is_agent and any(str(ase_id) != own for ase_id in named):
            desk.phrase("own_records_only")
        else:
            job(engine, desk)

    return guarded


def faq(engine: Engine, desk: Desk) -> None:
    """The published answer; where a person is known and the question names a test, the decision on it first."""
    desk.state.last_topic = desk.heard.label
    if desk.heard.label == "faq/bilingual_tests" and desk.person is not None:
        for test in desk.heard.values("test_code"):
            desk.tell("test_language", Subject(test=str(test)))
    desk.entry(desk.heard.label)


@own_records
def account(engine: Engine, desk: Desk) -> None:
    """A question about the account: the general rule for anyone, the decision for a person who is known."""
    label = desk.heard.label
    desk.state.last_topic = label
    engine.begin(desk, label.removeprefix("account/"))


def small_talk(engine: Engine, desk: Desk) -> None:
    """A fixed text: greeting, thanks, goodbye, help, "are you a robot"."""
    desk.entry(desk.heard.label)


@own_records
def sign_in(engine: Engine, desk: Desk) -> None:
    engine.begin(desk, "sign_in")


def stop(engine: Engine, desk: Desk) -> None:
    if repair_of(desk.heard) is Repair.START_OVER:
        engine.start_over(desk)
    else:
        engine.stop(desk)


def repeat(engine: Engine, desk: Desk) -> None:
    """The last answer once more."""
    said = desk.state.said
    if said is None:
        desk.phrase("nothing_to_repeat")
        return
    desk.state.slow = desk.state.slow or "slow" in desk.heard.text.lower()
    desk.say(Answer(text=said["text"], speech=said["speech"]))
    desk.asked = desk.state.question is not None  # the question was part of it


def explain(engine: Engine, desk: Desk) -> None:
    """Why: the rule, the facts and the policy value of the decisions told last."""
    if not desk.state.decisions:
        desk.phrase("explain_nothing")
        if desk.state.last_topic:
            desk.entry(desk.state.last_topic)
        return
    for kept in desk.state.decisions:
        decision = decision_from_json(kept.decision)
        if kept.zone is not None:
            decision = in_zone(decision, zone(kept.zone))
        desk.say(desk.services.answers.explain(decision, day=desk.today))


def in_zone(decision: Decision, where: ZoneInfo) -> Decision:
    """The decision with its instants in the zone they were told in (as stored, they only have an offset)."""

    def moved(value: Value) -> Value:
        return value.astimezone(where) if isinstance(value, datetime) else value

    reasons = tuple(
        replace(reason, values={name: moved(value) for name, value in reason.values.items()})
        for reason in decision.reasons
    )
    return replace(decision, reasons=reasons)


def human(engine: Engine, desk: Desk) -> None:
    """What the assistant cannot do, who can, and a person."""
    label = desk.heard.label
    if label == "human_agent":
        engine.begin(desk, "human_agent", {"wanted": True})
        return
    desk.entry(label)
    engine.begin(desk, "human_agent", {"reason": label, "offered": True, "soft": True})


@own_records
def out_of_scope(engine: Engine, desk: Desk) -> None:
    """Not ours, or not understood: what may have been meant, at most twice, then a person."""
    state, heard = desk.state, desk.heard
    state.misses += 1
    entries = desk.services.catalog.entries
    readings = [label for label, _ in heard.ranking if label in entries and label not in NO_TOPICS]
    alike = settled_by_records(heard) if desk.person is not None else None
    if alike is not None:
        desk.heard = heard.relabelled(alike)
        account(engine, desk)
        return
    supposed = supposition(heard) if desk.person is not None and heard.values("test_code") else None
    if supposed is not None:
        desk.heard = heard.relabelled(f"account/{TOPIC_OF[supposed.what]}")
        account(engine, desk)
        return
    if heard.in_scope and not heard.near_tie:
        desk.entry("out_of_scope")
        if state.misses > MISSES_BEFORE_PERSON:
            offer_person(engine, desk)
        return
    if state.misses > MISSES_BEFORE_PERSON or not readings:
        desk.phrase("not_understood_person")
        offer_person(engine, desk)
        return
    desk.phrase("not_understood_first" if state.misses == 1 else "not_understood_second")
    engine.begin(desk, "clarify", {"readings": readings[:READINGS_OFFERED], "words": heard.text})


ALIKE = (
    {"account/purchase_window", "account/certification_expiry"},
    {"account/retest", "account/missed_appointment", "account/recertification"},
)
"""Topics that people put in the same words; which of them it is, the records say."""


def settled_by_records(heard: Heard) -> str | None:
    """The best reading where the next one differs only by what the records hold."""
    best = [label for label, _ in heard.ranking[:2]]
    return best[0] if len(best) == 2 and any(set(best) <= family for family in ALIKE) else None


@own_records
def bare_value(engine: Engine, desk: Desk) -> None:
    """A value, a yes or a no that no open question wants: taken as about the last topic where it fits."""
    state, heard = desk.state, desk.heard
    named, codes = heard.values("ase_id"), heard.values("test_code")
    if named and desk.visitor.is_agent:
        return
    own = desk.visitor.subject_id
    beside = next((label for label, _ in heard.ranking if label.startswith(("account/", "faq/"))), None)
    if named and own is not None and beside is not None and len(heard.text.split()) > 2:
        desk.heard = heard.relabelled(beside)  # whose ID it is was known: the other words say what is wanted
        route(engine, desk)
    elif named and own is None:
        engine.begin(desk, "sign_in")
    elif codes and state.last_topic and state.last_topic.startswith("account/"):
        engine.begin(desk, state.last_topic.removeprefix("account/"))
    elif codes:
        engine.begin(desk, "clarify", {"readings": list(ABOUT_A_TEST), "words": heard.text})
    else:
        state.misses += 1
        desk.phrase("nothing_asked")
        if state.misses > MISSES_BEFORE_PERSON:
            offer_person(engine, desk)


def offer_person(engine: Engine, desk: Desk) -> None:
    """Ask whether a person should take over; the question may go unanswered."""
    engine.begin(desk, "human_agent", {"reason": "not_understood", "offered": True, "soft": True})


ROUTES = {
    "greet": small_talk,
    "goodbye": small_talk,
    "thanks": small_talk,
    "help": small_talk,
    "bot_challenge": small_talk,
    "affirm": bare_value,
    "deny": bare_value,
    "inform": bare_value,
    "stop": stop,
    "repeat": repeat,
    "sign_in": sign_in,
    "explain": explain,
    "out_of_scope": out_of_scope,
    **dict.fromkeys(HAND_OVERS, human),
}


def route(engine: Engine, desk: Desk) -> None:
    """Do what the label asks for."""
    family = desk.heard.label.partition("/")[0]
    if family == "account":
        account(engine, desk)
    elif family == "faq":
        faq(engine, desk)
    else:
        ROUTES[desk.heard.label](engine, desk)

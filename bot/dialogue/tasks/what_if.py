""" "What if": the same rules on changed facts. Nothing stored is touched."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from bot.contracts.asking import QuestionKind
from bot.contracts.given import Given
from bot.contracts.points import Point
from bot.dialogue.memories import Asked, SeatMemory, Supposed
from bot.dialogue.outcome import Reply
from bot.dialogue.tasks.dated import held_against
from bot.dialogue.tasks.subjects import (
    base,
    booked,
    certified,
    failed,
    failed_or_missed,
    missed,
    open_tests,
    taken,
    unsat,
)
from bot.dialogue.turn_context import TurnContext
from bot.dialogue.understanding.supposition import TOPIC_OF, Supposition
from bot.dialogue.values import Person
from bot.rules.facts import Certification, Purchase, Result, ResultOutcome, Subject
from bot.rules.policy import RETEST_WAIT
from bot.rules.state import is_posted

_VERB = {Supposition.FAIL: "fail", Supposition.PASS: "pass", Supposition.RECERTIFY: "recertify"}

_WHEN_THEN = {QuestionKind.WHAT_IF, QuestionKind.WHETHER, None}
"""Kinds of question that a supposed fail answers with the day from which the test is open."""

_UNTIL_THEN = {QuestionKind.HOW_LONG, QuestionKind.WHEN, QuestionKind.FROM_WHEN}
"""Kinds of question that ask when a missed test can be had again."""

_RULE_OF = {
    "retest": "retest",
    "missed_appointment": "repurchase_after_no_show",
    "recertification": "certification_status",
    "certification_expiry": "certification_status",
    "master_status": "master_status",
    "advanced_prerequisites": "advanced_prerequisites",
    "certificate_status": "certificate_delivery",
    "test_results": "results_availability",
}
"""The rule that answers what is supposed, by the topic of the question."""


def what_if(reply: Reply, supposed: Supposed | None, topic: str, *, again: bool = False) -> bool:
    """Answer a supposition where the topic's message made one. True when it was answered.

    `again`: the conversation supposes it already, so that it is not said again what is supposed.
    """
    turn = reply.turn
    person = turn.person
    if person is None or supposed is None or topic not in _RULE_OF:
        return False
    what = Supposition(supposed.what)
    tests = supposed.tests or _likely(turn, person, what, supposed.on)
    if not tests or _has_happened(turn, person, supposed, tests):
        return False
    if what is Supposition.LAPSE:
        return _lapsed(reply, person, tests, topic, supposed)
    if topic == "advanced_prerequisites":
        return False
    topic = _asked_of(what, supposed, topic)
    on = supposed.on or _seat_in_hand(turn, tests) or _booked_day(turn, person, tests, what)
    if on is None:
        return _some_day(reply, tests, supposed, person, again=again)
    changed, rule = person, _RULE_OF[topic]
    for test in tests:
        changed = _suppose(changed, test, what, on)
    as_of = max(turn.now, datetime.combine(on, time(12), turn.zone)) if on != turn.today else turn.now
    named = f"{what}:{','.join(tests)}:{on}"
    if what is Supposition.MISS:
        return _missed(reply, tests, on, _Played(changed, as_of, named), again=again, late=supposed.late)
    if not again:
        reply.phrase("whatif_intro", assumption=_VERB[what], tests=list(tests), on=on)
    played = _Played(changed, as_of, named)
    _play(reply, what, rule, tests, played, master=supposed.asks_master)
    if not again:
        reply.phrase("whatif_untouched")
    return True


@dataclass(frozen=True, slots=True)
class _Played:
    """The records as they would be, when, and the name of what is supposed."""

    person: Person
    as_of: datetime
    named: str


def _play(reply: Reply, what: Supposition, rule: str, tests: tuple[str, ...], played: _Played, *, master: bool) -> None:
    """What the rule says of the records as they would be; of Master status too, if that is asked."""
    turn = reply.turn
    if what is Supposition.RECERTIFY and rule != "master_status":
        rule = "certification_status"
    listed = rule == "certification_status"
    _asks_the_day(reply, rule)
    for subject in _subjects(turn, rule, tests):
        reply.tell(rule, subject, person=played.person, as_of=played.as_of, what_if=played.named, brief=listed)
    if listed:
        for subject in _subjects(turn, rule, tests):
            reply.tell("recertification", subject, as_of=played.as_of, what_if=played.named, brief=True)
    elif rule != "master_status" and master:
        for subject in _subjects(turn, "master_status", tests):
            reply.tell("master_status", subject, person=played.person, as_of=played.as_of, what_if=played.named)


def _seat_in_hand(turn: TurnContext, tests: tuple[str, ...]) -> date | None:
    """The day of the seat that is previewed for the test."""
    for task in reversed(turn.state.tasks):
        memory = task.memory
        if isinstance(memory, SeatMemory) and memory.seat is not None:
            about = (memory.about or "").partition("/")[0]
            return datetime.fromisoformat(memory.seat.starts_at).date() if about in tests else None
    return None


def _not_booked(person: Person, turn: TurnContext, tests: tuple[str, ...], what: Supposition) -> bool:
    """Whether a fail or a no-show is supposed of a test that is bought and has no day yet."""
    still_open = {option.test for option in open_tests(person, turn.today)}
    return what in {Supposition.FAIL, Supposition.MISS} and all(test in still_open for test in tests)


def _some_day(reply: Reply, tests: tuple[str, ...], supposed: Supposed, person: Person, *, again: bool) -> bool:
    """A sitting that has no day yet: the rule without a date, by which the test is decided on as if sat today."""
    turn, what = reply.turn, Supposition(supposed.what)
    asked = set(reply.asked.forms) if reply.asked is not None else set()
    miss = "whatif_miss_again" if again or asked & _UNTIL_THEN else "whatif_miss"
    if supposed.late and not again:
        miss = "whatif_late"
    reply.phrase(miss if what is Supposition.MISS else _fails(reply), tests=list(tests))
    changed, rule = person, "repurchase_after_no_show" if what is Supposition.MISS else "retest"
    for test in tests:
        changed = _suppose(changed, test, what, turn.today)
    named = f"{what}:{','.join(tests)}:{turn.today}"
    for test in tests:
        reply.tell(rule, Subject(test=test), person=changed, as_of=turn.now, what_if=named, silent=True)
    return True


def _fails(reply: Reply) -> str:
    """The phrase for a fail on no day in particular: with a yes or a no where so many days are asked about."""
    asked = reply.asked
    days = Given.of(asked.given).days if asked is not None else None
    if asked is None or days is None or asked.kind not in _WHEN_THEN:
        return "whatif_fail_some_day"
    wait = reply.turn.services.catalog.policy.on(RETEST_WAIT, reply.turn.today).value
    return "whatif_fail_yes" if days == wait else "whatif_fail_no"


def _has_happened(turn: TurnContext, person: Person, supposed: Supposed, tests: tuple[str, ...]) -> bool:
    """Whether the records know what became of it already, so that there is nothing to suppose."""
    if Supposition(supposed.what) is Supposition.MISS:
        gone = {option.test for option in missed(person, turn.today)}
        if gone.issuperset(tests):
            return True
    return supposed.past and not all(_awaited(person, turn, test) for test in tests)


def _asks_the_day(reply: Reply, rule: str) -> None:
    """A supposed fail is answered with the day from which the test is open."""
    if rule == "retest" and reply.asked is not None and reply.asked.kind in _WHEN_THEN:
        reply.asked = reply.asked.model_copy(update={"kind": QuestionKind.WHEN.value})


def _asked_of(what: Supposition, supposed: Supposed, topic: str) -> str:
    """The topic that a supposition is really about: what follows from a result, which needs no looking up."""
    if what is Supposition.PASS and supposed.asks_master:
        return "master_status"
    return TOPIC_OF[what] if topic == "test_results" else topic


def _missed(reply: Reply, tests: tuple[str, ...], on: date, played: _Played, *, again: bool, late: bool) -> bool:
    """What a missed appointment costs, first of all; then how the test can be had again."""
    asked = set(reply.asked.forms) if reply.asked is not None else set()
    if again and asked & {QuestionKind.HOW_MUCH, Point.PAY}:
        reply.phrase("whatif_miss_pay" if QuestionKind.WHETHER in asked else "whatif_miss_cost", tests=list(tests))
    elif again or asked & _UNTIL_THEN:
        reply.phrase("whatif_miss_again", tests=list(tests))
    elif late:
        reply.phrase("whatif_late", tests=list(tests), on=on)
    elif Point.LOSE in asked and QuestionKind.WHETHER in asked:
        reply.phrase("whatif_miss_yes", tests=list(tests), on=on)
    else:
        reply.phrase("whatif_miss", tests=list(tests), on=on)
    for test in tests:
        subject = Subject(test=test)
        rule, told = "repurchase_after_no_show", played
        reply.tell(rule, subject, person=told.person, as_of=told.as_of, what_if=told.named, silent=True)
    return True


def _awaited(person: Person, turn: TurnContext, test: str) -> bool:
    """Whether a sitting of the test has no result posted yet."""
    return any(
        option.test == test and option.purchase is not None and not is_posted(option.purchase, turn.today)
        for option in [*taken(person, turn.today), *booked(person, turn.today)]
    )


def _booked_day(turn: TurnContext, person: Person, tests: tuple[str, ...], what: Supposition) -> date | None:
    """The day meant when none is named: a test in the books is sat on its day, one that has no day yet on none; else
    today."""
    if what is Supposition.RECERTIFY and not any(test.endswith("R") for test in tests):
        return turn.today
    days = [option.booked_day for option in booked(person, turn.today) if option.test == tests[0]]
    if days and days[0] is not None:
        return days[0]
    sat = [o.booked_day for o in failed(person, turn.today) if o.test == tests[0] and _awaited(person, turn, o.test)]
    if not sat and _not_booked(person, turn, tests, what):
        return None
    if not days and what is Supposition.FAIL and any(o.test == tests[0] for o in failed_or_missed(person, turn.today)):
        return None  # failed once, and not bought again yet: there is no day on which it would be sat
    return sat[0] if sat and sat[0] is not None else turn.today


def _lapsed(reply: Reply, person: Person, tests: tuple[str, ...], topic: str, supposed: Supposed) -> bool:
    """The day after a certification's last one, with nothing done about it."""
    turn = reply.turn
    held = [base(test) for test in tests if _last_day(turn, person, base(test)) is not None]
    if topic == "advanced_prerequisites" and not held:
        return False
    lasts = [last for test in held if (last := _last_day(turn, person, test)) is not None]
    if not lasts:
        return False
    on = max(lasts) + timedelta(days=1)
    as_of = datetime.combine(on, time(12), turn.zone)
    if topic == "advanced_prerequisites":
        return _without(reply, tests, held, on)
    master = topic == "master_status" or supposed.asks_master
    rule = "master_status" if master else "recertification"
    lapsed = (held[-1],) if not master else tuple(held)
    named = f"{Supposition.LAPSE}:{','.join(lapsed)}:{on}"
    if not master:
        reply.phrase("whatif_lapse", test=held[-1], on=on)
    for subject in _subjects(turn, rule, lapsed):
        decision = turn.judge(rule, subject, as_of=as_of)
        lost = master and decision.decisive.code == "master_lapsed"
        if lost:
            reply.phrase("whatif_lapse_master", tests=list(lapsed), series=subject.series[0], last=max(lasts))
        reply.tell(rule, subject, as_of=as_of, what_if=named, silent=lost)
    if not master:
        _master_too(reply, held[-1], on)
        reply.phrase("whatif_untouched")
    return True


def _master_too(reply: Reply, test: str, on: date) -> None:
    """That Master status goes with it, of whoever has it."""
    turn = reply.turn
    as_of = datetime.combine(on, time(12), turn.zone)
    known = turn.services.catalog.tests.tests
    for subject in _subjects(turn, "master_status", (test,)) if known[test].series else ():
        if f"master_set.{subject.series[0]}" not in turn.services.catalog.policy.rows:
            continue
        decision = turn.judge("master_status", subject, as_of=as_of)
        before = turn.judge("master_status", subject, as_of=as_of - timedelta(days=1))
        if before.outcome == "allowed" and decision.decisive.code == "master_lapsed":
            reply.phrase("whatif_lapse_master_too", test=test, series=subject.series[0])


def _without(reply: Reply, tests: tuple[str, ...], lapsed: list[str], on: date) -> bool:
    """Whether a test may still be taken once what it requires has run out."""
    wanted = [test for test in tests if base(test) not in lapsed] or list(reply.turn.state.last_tests[-1:])
    return any(held_against(reply, "advanced_prerequisites", Subject(test=t), _asked_on(on)) for t in wanted)


def _asked_on(on: date) -> Asked:
    return Asked(kind=QuestionKind.WHETHER.value, given={"asked": on.isoformat()})


def _last_day(turn: TurnContext, person: Person, test: str) -> date | None:
    """Through when a certification that is held now is good."""
    status = turn.judge("certification_status", Subject(test=test), person=person)
    last = status.decisive.values.get("expires_on")
    return last if status.outcome == "allowed" and isinstance(last, date) else None


def _subjects(turn: TurnContext, rule: str, tests: tuple[str, ...]) -> list[Subject]:
    if rule != "master_status":
        return [Subject(test=test) for test in tests]
    known = turn.services.catalog.tests.tests
    series = dict.fromkeys(known[base(test)].series for test in tests if base(test) in known)
    sets = [s for s in series if f"master_set.{s}" in turn.services.catalog.policy.rows]
    if not sets and turn.person is not None:  # a test that belongs to no set: the sets that are held
        held = dict.fromkeys(known[base(c.test)].series for c in turn.person.candidate.certifications)
        sets = [s for s in held if f"master_set.{s}" in turn.services.catalog.policy.rows]
    return [Subject(series=(s,)) for s in sets or series]


def _suppose(person: Person, test: str, what: Supposition, on: date) -> Person:
    candidate = person.candidate
    if what is Supposition.RECERTIFY or (what is Supposition.PASS and test.endswith("R")):
        held = tuple(c for c in candidate.certifications if c.test != base(test))
        return replace(person, candidate=replace(candidate, certifications=(*held, Certification(base(test), on))))
    outcome = ResultOutcome(what.value)
    result = Result(outcome, taken_on=on, posted_on=on)
    sat = Purchase(id=f"what-if-{test}", test=test, purchased_on=on, result=result)
    kept = tuple(p for p in candidate.purchases if p.test != test or p.result is not None)
    changed = replace(candidate, purchases=(*kept, sat))
    if what is Supposition.PASS:
        held = tuple(c for c in candidate.certifications if c.test != base(test))
        changed = replace(changed, certifications=(*held, Certification(base(test), on)))
    return replace(person, candidate=changed)


def _likely(turn: TurnContext, person: Person, what: Supposition, on: date | None) -> tuple[str, ...]:
    """The test meant when none is named: the one booked for that day, else the one spoken of if it can be sat, else
    the next one."""
    options = certified if what is Supposition.RECERTIFY else booked
    found = options(person, turn.today) or unsat(person, turn.today)
    on_that_day = [o.test for o in found if o.appointment is not None and o.appointment.starts_at.date() == on]
    spoken_of = turn.state.last_tests[-1:]
    if on_that_day:
        return (on_that_day[0],)
    if spoken_of and (not found or spoken_of[0] in {o.test for o in [*found, *unsat(person, turn.today)]}):
        return (spoken_of[0],)
    found = found or failed_or_missed(person, turn.today)
    return (found[0].test,) if found else ()

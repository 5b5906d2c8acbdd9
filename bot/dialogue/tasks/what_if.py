""" "What if": the same rules on changed facts. Nothing stored is touched."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from bot.dialogue.memories import Supposed
from bot.dialogue.outcome import Reply
from bot.dialogue.tasks.subjects import base, booked, certified, failed_or_missed, unsat
from bot.dialogue.turn_context import TurnContext
from bot.dialogue.understanding.supposition import Supposition
from bot.dialogue.values import Person
from bot.rules.facts import Certification, Purchase, Result, ResultOutcome, Subject

_VERB = {Supposition.FAIL: "fail", Supposition.PASS: "pass", Supposition.RECERTIFY: "recertify"}

_RULE_OF = {
    "retest": "retest",
    "missed_appointment": "repurchase_after_no_show",
    "recertification": "certification_status",
    "certification_expiry": "certification_status",
    "master_status": "master_status",
    "certificate_status": "certificate_delivery",
    "test_results": "results_availability",
}
"""The rule that answers what is supposed, by the topic of the question."""


def what_if(reply: Reply, supposed: Supposed | None, topic: str) -> bool:
    """Answer a supposition where the topic's message made one. True when it was answered."""
    turn = reply.turn
    person = turn.person
    if person is None or supposed is None or topic not in _RULE_OF:
        return False
    what = Supposition(supposed.what)
    tests = supposed.tests or _likely(turn, person, what, supposed.on)
    if not tests:
        return False
    if what is Supposition.LAPSE:
        return _lapsed(reply, person, tests, topic, supposed)
    on = supposed.on or _booked_day(turn, person, tests, what)
    changed, rule = person, _RULE_OF[topic]
    for test in tests:
        changed = _suppose(changed, test, what, on)
    as_of = max(turn.now, datetime.combine(on, time(12), turn.zone)) if on != turn.today else turn.now
    named = f"{what}:{','.join(tests)}:{on}"
    if what is Supposition.MISS:
        reply.phrase("whatif_miss", tests=list(tests), on=on)
    else:
        reply.phrase("whatif_intro", assumption=_VERB[what], tests=list(tests), on=on)
    if what is Supposition.RECERTIFY and rule != "master_status":
        rule = "certification_status"
    listed = rule == "certification_status"
    for subject in _subjects(turn, rule, tests):
        reply.tell(rule, subject, person=changed, as_of=as_of, what_if=named, brief=listed)
    if listed:
        for subject in _subjects(turn, rule, tests):
            reply.tell("recertification", subject, as_of=as_of, what_if=named, brief=True)
    elif rule != "master_status" and supposed.asks_master:
        for subject in _subjects(turn, "master_status", tests):
            reply.tell("master_status", subject, person=changed, as_of=as_of, what_if=named)
    reply.phrase("whatif_untouched")
    return True


def _booked_day(turn: TurnContext, person: Person, tests: tuple[str, ...], what: Supposition) -> date:
    """The day meant when none is named: a test in the books is sat on its day; else today."""
    if what is Supposition.RECERTIFY and not any(test.endswith("R") for test in tests):
        return turn.today
    days = [option.booked_day for option in booked(person, turn.today) if option.test == tests[0]]
    return max(days[0], turn.today) if days and days[0] is not None else turn.today


def _lapsed(reply: Reply, person: Person, tests: tuple[str, ...], topic: str, supposed: Supposed) -> bool:
    """The day after a certification's last one, with nothing done about it."""
    turn, test = reply.turn, base(tests[-1])
    status = turn.judge("certification_status", Subject(test=test), person=person)
    last = status.decisive.values.get("expires_on")
    if status.outcome != "allowed" or not isinstance(last, date):
        return False
    on = last + timedelta(days=1)
    as_of = datetime.combine(on, time(12), turn.zone)
    master = topic == "master_status" or supposed.asks_master
    rule = "master_status" if master else "recertification"
    reply.phrase("whatif_lapse", test=test, on=on)
    for subject in _subjects(turn, rule, (test,)):
        reply.tell(rule, subject, as_of=as_of, what_if=f"{Supposition.LAPSE}:{test}:{on}")
    reply.phrase("whatif_untouched")
    return True


def _subjects(turn: TurnContext, rule: str, tests: tuple[str, ...]) -> list[Subject]:
    if rule != "master_status":
        return [Subject(test=test) for test in tests]
    known = turn.services.catalog.tests.tests
    series = dict.fromkeys(known[base(test)].series for test in tests if base(test) in known)
    return [Subject(series=(s,)) for s in series]


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

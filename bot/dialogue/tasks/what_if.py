""" "What if": the same rules on changed facts. Nothing stored is touched."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from bot.dialogue.state import TaskMemory
from bot.dialogue.turn_context import Desk, Person
from bot.dialogue.understanding.user_message import Heard
from bot.rules.facts import Certification, Purchase, Result, ResultOutcome, Subject


class Supposed(StrEnum):
    FAIL = "fail"
    PASS = "pass"
    MISS = "no_show"
    RECERTIFY = "recertify"
    LAPSE = "lapse"


@dataclass(frozen=True, slots=True)
class Supposition:
    """Something that has not happened: what, to which tests, on which day, if one was named."""

    what: Supposed
    tests: tuple[str, ...]
    on: date | None


_IF = re.compile(
    r"\b(if|suppose|supposing|say|what happens when|what happens if|assuming|let'?s say|in case|when) "
    r"(?:that )?(?:i|we|they|he|she|the candidate|this candidate|candidate|cand|customer|you)\b",
)
_WHAT: tuple[tuple[Supposed, re.Pattern[str]], ...] = (
    (Supposed.LAPSE, re.compile(r"\b(let\b.{0,40}\b(lapse|expire|run out)|(don'?t|do not|never) (re-?cert\w*|renew))")),
    (Supposed.FAIL, re.compile(r"\b(fail|flunk|bomb|don'?t pass|do not pass|didn'?t pass|not pass)")),
    (Supposed.RECERTIFY, re.compile(r"\b(re-?cert\w*|re ?certif\w*|renew)")),
    (
        Supposed.MISS,
        re.compile(r"\b(miss|no[- ]?show|skip|(don'?t|do not|can'?t|cannot) (show|turn up|make it|go|come)\b)"),
    ),
    (Supposed.PASS, re.compile(r"\bpass")),
)
_PAST = re.compile(r"\b(failed|passed|missed|flunked|recertified)\b")


def supposition(heard: Heard) -> Supposition | None:
    """What the message supposes, or None where it speaks of what is."""
    words = heard.text.lower()
    if not _IF.search(words):
        return None
    what = next((kind for kind, pattern in _WHAT if pattern.search(words)), None)
    if what is None:
        return None
    days = [d for d in (_day(v) for v in heard.values("date")) if d is not None]
    if _PAST.search(words) and not days:
        return None
    return Supposition(what, tuple(str(t) for t in heard.values("test_code")), days[0] if days else None)


def what_if(desk: Desk, memory: TaskMemory, topic: str) -> bool:
    """Answer a supposition where the topic's message made one. True when it was answered."""
    person, supposed = desk.person, supposition(desk.heard)
    if person is None or supposed is None or topic not in _RULE_OF:
        return False
    tests = supposed.tests or _likely(desk, person, supposed)
    if not tests:
        return False
    if supposed.what is Supposed.LAPSE:
        return _lapsed(desk, person, tests, topic)
    on = supposed.on or _booked_day(desk, person, tests, supposed.what)
    changed, rule = person, _RULE_OF[topic]
    for test in tests:
        changed = _suppose(changed, test, supposed.what, on)
    as_of = max(desk.now, datetime.combine(on, time(12), desk.zone)) if on != desk.today else desk.now
    named = f"{supposed.what}:{','.join(tests)}:{on}"
    if supposed.what is Supposed.MISS:
        desk.phrase("whatif_miss", tests=list(tests), on=on)
    else:
        desk.phrase("whatif_intro", assumption=_VERB[supposed.what], tests=list(tests), on=on)
    if supposed.what is Supposed.RECERTIFY and rule != "master_status":
        rule = "certification_status"
    listed = rule == "certification_status"
    for subject in _subjects(desk, rule, tests):
        desk.tell(rule, subject, person=changed, as_of=as_of, what_if=named, brief=listed)
    if listed:
        for subject in _subjects(desk, rule, tests):
            desk.tell("recertification", subject, as_of=as_of, what_if=named, brief=True)
    elif rule != "master_status" and _asks_master(desk.heard):
        for subject in _subjects(desk, "master_status", tests):
            desk.tell("master_status", subject, person=changed, as_of=as_of, what_if=named)
    desk.phrase("whatif_untouched")
    return True


def _booked_day(desk: Desk, person: Person, tests: tuple[str, ...], what: Supposed) -> date:
    """The day meant when none is named: a test in the books is sat on its day; else today."""
    from bot.dialogue.tasks.subjects import booked

    if what is Supposed.RECERTIFY and not any(test.endswith("R") for test in tests):
        return desk.today
    days = [o.purchase.appointment.starts_at.date() for o in booked(person, desk.today) if o.test == tests[0]]  # type: ignore[union-attr]
    return max(days[0], desk.today) if days else desk.today


def _lapsed(desk: Desk, person: Person, tests: tuple[str, ...], topic: str) -> bool:
    """The day after a certification's last one, with nothing done about it."""
    test = _base(tests[-1])
    status = desk.judge("certification_status", Subject(test=test), person=person)
    last = status.decisive.values.get("expires_on")
    if status.outcome != "allowed" or not isinstance(last, date):
        return False
    on = last + timedelta(days=1)
    as_of = datetime.combine(on, time(12), desk.zone)
    master = topic == "master_status" or _asks_master(desk.heard)
    rule = "master_status" if master else "recertification"
    desk.phrase("whatif_lapse", test=test, on=on)
    for subject in _subjects(desk, rule, (test,)):
        desk.tell(rule, subject, as_of=as_of, what_if=f"{Supposed.LAPSE}:{test}:{on}")
    desk.phrase("whatif_untouched")
    return True


_VERB = {
    Supposed.FAIL: "fail",
    Supposed.PASS: "pass",
    Supposed.RECERTIFY: "recertify",
}

_RULE_OF = {
    "retest": "retest",
    "missed_appointment": "repurchase_after_no_show",
    "recertification": "certification_status",
    "certification_expiry": "certification_status",
    "master_status": "master_status",
    "certificate_status": "certificate_delivery",
    "test_results": "results_availability",
}


TOPIC_OF = {
    Supposed.FAIL: "retest",
    Supposed.PASS: "certificate_status",
    Supposed.MISS: "missed_appointment",
    Supposed.RECERTIFY: "recertification",
    Supposed.LAPSE: "recertification",
}
"""The topic that a supposition about a test asks for where the words name no other."""


def _subjects(desk: Desk, rule: str, tests: tuple[str, ...]) -> list[Subject]:
    if rule != "master_status":
        return [Subject(test=test) for test in tests]
    known = desk.services.catalog.tests.tests
    series = dict.fromkeys(known[_base(test)].series for test in tests if _base(test) in known)
    return [Subject(series=(s,)) for s in series]


def _suppose(person: Person, test: str, what: Supposed, on: date) -> Person:
    candidate = person.candidate
    if what is Supposed.RECERTIFY or (what is Supposed.PASS and test.endswith("R")):
        held = tuple(c for c in candidate.certifications if c.test != _base(test))
        return replace(person, candidate=replace(candidate, certifications=(*held, Certification(_base(test), on))))
    outcome = ResultOutcome(what.value)
    result = Result(outcome, taken_on=on, posted_on=on)
    sat = Purchase(id=f"what-if-{test}", test=test, purchased_on=on, result=result)
    kept = tuple(p for p in candidate.purchases if p.test != test or p.result is not None)
    changed = replace(candidate, purchases=(*kept, sat))
    if what is Supposed.PASS:
        held = tuple(c for c in candidate.certifications if c.test != _base(test))
        changed = replace(changed, certifications=(*held, Certification(_base(test), on)))
    return replace(person, candidate=changed)


def _likely(desk: Desk, person: Person, supposed: Supposition) -> tuple[str, ...]:
    """The test meant when none is named: the one booked for that day, else the one spoken of if it can be sat, else
    the next one."""
    from bot.dialogue.tasks.subjects import booked, certified, failed_or_missed, unsat

    options = certified if supposed.what is Supposed.RECERTIFY else booked
    found = options(person, desk.today) or unsat(person, desk.today)
    on_that_day = [
        o.test
        for o in found
        if o.purchase and o.purchase.appointment and o.purchase.appointment.starts_at.date() == supposed.on
    ]
    spoken_of = desk.state.last_tests[-1:]
    if on_that_day:
        return (on_that_day[0],)
    if spoken_of and (not found or spoken_of[0] in {o.test for o in [*found, *unsat(person, desk.today)]}):
        return (spoken_of[0],)
    found = found or failed_or_missed(person, desk.today)
    return (found[0].test,) if found else ()


def _asks_master(heard: Heard) -> bool:
    return "master" in heard.text.lower()


def _day(value: object) -> date | None:
    text = value[0] if isinstance(value, tuple) else value
    if isinstance(text, tuple):
        text = text[1]
    try:
        return date.fromisoformat(str(text)[:10])
    except ValueError:
        return None


def _base(test: str) -> str:
    return test[:-1] if test.endswith("R") else test

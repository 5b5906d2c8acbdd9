"""What a message supposes: "if I fail it on Friday", "what happens if I don't show up"."""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum

from bot.dialogue.memories import Supposed
from bot.dialogue.understanding.own_case import says_once_more
from bot.dialogue.understanding.user_message import UserMessage


class Supposition(StrEnum):
    """What may be supposed of a test or a certification."""

    FAIL = "fail"
    PASS = "pass"
    MISS = "no_show"
    RECERTIFY = "recertify"
    LAPSE = "lapse"


_ENDS = r"(?:expires?|lapses?|runs? out|ran out|expired|lapsed)"
_IF = re.compile(
    rf"\b(?:if|once|suppose) (?:my |the )?(?:\w+ )?(?:\w\d+|it|that|that one|one of them|cert\w*) {_ENDS}\b|"
    r"\b(if|suppose|supposing|say|what happens when|what happens if|assuming|let'?s say|in case|when) "
    r"(?:that )?(?:i|we|they|he|she|the candidate|this candidate|candidate|cand|customer|you)\b",
)
_LATE = (
    r"\b(?:i'?m|am|be|being|get|got|getting|show|showed|arrive|come|came|run|running|pull|roll|walk)\b"
    r"(?! too| to\b)(?: \w+){0,4}? (?<!too )late\b"
)
"""Not in time at the test center, which counts as not having come."""
_WHAT: tuple[tuple[Supposition, re.Pattern[str]], ...] = (
    (
        Supposition.LAPSE,
        re.compile(
            r"\b(let\b.{0,40}\b(lapse|expire|run out|go)\b|(don'?t|do not|never) (re-?cert\w*|renew)|\b(?:if|once|"
            r"suppose) .{0,30}\b(?:expires?|lapses?|runs? out)\b)"
        ),
    ),
    (Supposition.FAIL, re.compile(r"\b(fail|flunk|bomb|don'?t pass|do not pass|didn'?t pass|not pass)")),
    (Supposition.RECERTIFY, re.compile(r"\b(re-?cert\w*|re ?certif\w*|renew)")),
    (
        Supposition.MISS,
        re.compile(
            r"\b(miss|no[- ]?show|skip|(don'?t|do not|can'?t|cannot) (show|turn up|make it|go|come)\b|"
            r"(wasn'?t|weren'?t|was not|never) (there|in|around)\b|(didn'?t|never) (show|come|turn up)\b)|" + _LATE
        ),
    ),
    (Supposition.PASS, re.compile(r"\bpass")),
)
_PAST = re.compile(r"\b(failed|passed|missed|flunked|recertified)\b")
_MASTER = re.compile(r"\bmaster|\bstill (?:be )?one\b|\bam i (?:then )?back\b|\bam i (?:then )?one\b|\bmake me one\b")

TOPIC_OF = {
    Supposition.FAIL: "retest",
    Supposition.PASS: "certificate_status",
    Supposition.MISS: "missed_appointment",
    Supposition.RECERTIFY: "recertification",
    Supposition.LAPSE: "recertification",
}
"""The topic that a supposition about a test asks for where the words name no other."""


def supposition(message: UserMessage) -> Supposed | None:
    """What the message supposes, or None where it speaks of what is."""
    words = message.text.lower()
    if not _IF.search(words):
        return None
    what = next((kind for kind, pattern in _WHAT if pattern.search(words)), None)
    if what is None:
        return None
    days = [d for d in (_day(v) for v in message.values("date")) if d is not None]
    past = _PAST.search(words) is not None and not days
    tests = tuple(str(t) for t in message.values("test_code"))
    on = days[0] if days else None
    return Supposed(
        what=what,
        tests=tests,
        on=on,
        asks_master=_MASTER.search(words) is not None,
        past=past,
        late=what is Supposition.MISS and re.search(_LATE, words) is not None,
        again=says_once_more(message),
    )


def _day(value: object) -> date | None:
    text = value[0] if isinstance(value, tuple) else value
    if isinstance(text, tuple):
        text = text[1]
    try:
        return date.fromisoformat(str(text)[:10])
    except ValueError:
        return None

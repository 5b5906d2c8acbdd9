"""Yes and no: one vocabulary, and what makes a yes plain enough to change somebody's records.

A change needs a yes that is nothing but a yes. A question never is one ("is that ok"), nor a condition, nor a remark;
a hedge ("I guess", "probably") is asked about again.
"""

from __future__ import annotations

import re

from bot.changes.kinds import VERBS
from bot.dialogue.understanding.user_message import UserMessage
from bot.nlu.values import read_yes_no
from bot.nlu.values.hearing import nearest
from bot.nlu.values.words import bag

SHORT = 5
"""Up to this many words, a message that fits the open question is taken as its answer."""

_ASIDE = {"repeat", "explain", "help"}

BESIDE_A_YES = bag(
    "all of thanks thank you sir ma'am maam it is it's that's thats this that the my one i i'd i'll i'm id do does did "
    "would will want like love to go ahead for me us let's lets by means make take have send submit place booked put "
    "back undo update save hold keep switch and now so then well um uh er oh hey just really very works sounds looks "
    "seems with appointment test seat time day date copy copies certificate address bet got huh mhm mm hmm why not "
    "confirming"
) | {word for verb in VERBS for word in verb.split()}
"""Words that may stand beside a yes: courtesies, what was previewed, and the verbs of change. With any other word, a
message is asked about again. What a yes is itself, the reader of values knows (bot/nlu/values/answers.py)."""
_LONG_ENOUGH_TO_MISSPELL = tuple(word for word in sorted(BESIDE_A_YES) if len(word) >= 5)
_ASKS_OR_WAITS = bag(
    "what when where who which whose why how if can can't could later wait think no nope not never don't dont before "
    "after first says said"
)
_QUALIFIED = re.compile(
    r"\b(but|except|instead|rather|unless|only if|not(?<!why not)|another|different|other|maybe|perhaps|guess|"
    r"probably|possibly|suppose|correct (?:the|my|it))\b"
)
_LEAD_IN = r"(?:(?:um+|uh+|er|so|and|but|well|ok|okay|hmm+|wait|oh|yes|yeah|no|alright|please|hey)[ ,]+)*"
_SUBJECT = r"(?:i|it|that|this|they|there|these|those|you|we|he|she|my|the|your|a|an|any|anything|all|both|everything)"
_AUXILIARY = r"(?:is|are|am|was|were|do|does|did|can|could|will|would|should|shall|may|might|must|have|has|had)"
_NEGATED = r"(?:isn|aren|wasn|don|doesn|didn|can|couldn|won|wouldn|shouldn|haven|hasn)'?t"
_QUESTION = re.compile(
    rf"^{_LEAD_IN}(?:(?:{_AUXILIARY}|{_NEGATED}) {_SUBJECT}\b|(?:what|when|where|which|who|whose|how)\b|why\b(?! not$))"
)
_INVERTED = re.compile(rf"^{_LEAD_IN}(?:is|are|was|were|does|did) [^ ]+ [^ ]+")
""" "Is noon that day ok": nothing but a question begins so."""
_REQUESTING = re.compile(
    rf"^{_LEAD_IN}(?:(?:can|could|will|would) you (?:please )?(?:go ahead|do|book|move|make|order|send|cancel|change|"
    r"reschedule|schedule|confirm)|do (?:it|that|this|so)\b)"
)
"""Somebody who asks us to do it: "could you go ahead please", "do it"."""
_CHECKING = re.compile(
    r"\b(?:that'?s|that is|it'?s|it is|its|this is|so)\b.*\b(?:right|correct|ok|okay|huh|yes|yeah|no)$"
)
_AGREEING = re.compile(
    r"^(?:(?:yes|yeah|yep|ok|okay|sure)[ ,]+)?(?:that'?s|thats|that is|it'?s|its|it is|all|sounds|looks|seems)"
    r" (?:all )?(?:right|correct|ok|okay|good|fine|great|perfect)(?: (?:yes|yeah))?$"
)
_REFUSED = re.compile(
    r"\b(?:don'?t|do not|never|no need to|please don'?t|not going to)(?: \w+){0,2} "
    r"(?:cancel|move|change|book|order|send|reschedule|touch|do|anything|it|that|this)\b"
    r"|\b(?:leave|keep) (?:it|that|everything|things|both|them)\b"
)


def is_question(message: UserMessage) -> bool:
    """Whether the words are put as a question, with or without a question mark.

    >>> is_question(UserMessage("is that the right one", "affirm"))
    True
    >>> is_question(UserMessage("do it", "affirm"))
    False
    """
    words = message.words.rstrip(" .!")
    if message.pressed:
        return False
    if message.asks:
        return True
    if _REQUESTING.match(words) or _AGREEING.match(words):
        return False
    return bool(_QUESTION.match(words) or _INVERTED.match(words)) or bool(_CHECKING.search(words))


def refuses(message: UserMessage) -> bool:
    """Whether the words turn down what was proposed ("actually don't cancel anything")."""
    return not _QUESTION.match(message.words) and _REFUSED.search(message.words) is not None


def yes_or_no(message: UserMessage) -> bool | None:
    """True for a yes, False for a no, None for neither; however it is put."""
    if message.label == "affirm" and message.confidence > 0.5:
        return True
    refusing = message.act in {"refusal", "correction", "control"} and message.act_score >= 0.5
    reads_so = message.act is None or refusing
    if message.label == "deny" and message.confidence > 0.5 and reads_so:
        return False
    value = read_yes_no(message.text)
    if value and message.act == "statement" and message.length > 2 and not read_yes_no(message.words.split()[0]):
        return None  # "I definitely took it" tells something
    return None if value and message.label in _ASIDE else value  # "say that again, please" is no yes


def is_plain_yes(message: UserMessage) -> bool:
    """A yes and nothing else: every word belongs to one."""
    if is_question(message) or _QUALIFIED.search(message.words):
        return False
    words = re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)*", message.without_values().replace("’", "'"))
    if not words:
        return read_yes_no(message.text) is True
    return all(_of_a_yes(word) for word in words)


def is_yes(message: UserMessage) -> bool:
    """A short yes, by words, button or key."""
    if message.choice is not None:
        return message.choice == "yes"
    if message.digits is not None:
        return message.digits.strip("#*") == "1"
    return message.label == "affirm" and yes_or_no(message) is True and message.length <= SHORT


def _of_a_yes(word: str) -> bool:
    if word in BESIDE_A_YES or read_yes_no(word) is True:
        return True
    return len(word) >= 4 and word not in _ASKS_OR_WAITS and nearest(word, _LONG_ENOUGH_TO_MISSPELL, 1) is not None

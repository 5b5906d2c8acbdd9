"""How sure the recognizer was: what was heard badly is read back before it is taken, and a yes is asked for again.

Nothing is filled in, begun or confirmed by words that may have been misheard. What can do no harm (a question about the
published rules, "repeat", "stop", "agent") is answered at once, however it was heard.
"""

from __future__ import annotations

import re
from enum import StrEnum

from bot.answers.answers import Answers
from bot.answers.format import Said
from bot.answers.words import number
from bot.changes.kinds import CHANGE_KINDS
from bot.dialogue.state import Expect, Question
from bot.dialogue.understanding import answers as open_question
from bot.dialogue.understanding.answers import Fit
from bot.dialogue.understanding.repairs import Repair, repair_of
from bot.dialogue.understanding.seat_preferences import is_no_pick
from bot.dialogue.understanding.user_message import OUT_OF_SCOPE, UserMessage

SURE = 0.6
"""A recognizer's confidence from which on its words are taken as they are."""

LEAST = 0.4
"""A reading of badly heard words that is less likely is none."""

LONGEST = 160
"""Characters of a caller's words that are read back."""

ALWAYS = {
    *("human_agent", "repeat", "help", "explain", "stop", "greet", "thanks", "bot_challenge"),
    *("complaint", "test_day_problem", "exception_request", "account_access"),
}
"""Labels that are answered however they were heard: nothing is filled in or done by them."""

DOING = {*(kind.label for kind in CHANGE_KINDS), "goodbye"}
"""Labels that begin or end something."""

_REPAIRS = {Repair.CORRECT, Repair.UNDO, Repair.BACK, Repair.START_OVER}
_NOT_VALUES = {"choice", "digits", "event"}


class Grounding(StrEnum):
    """What words that may have been misheard call for."""

    NONE = "none"
    READ_BACK = "read_back"
    ASK_AGAIN = "ask_again"  # a yes or a no: said once more, or keyed
    DROP = "drop"  # far from everything that is talked of here: a television, another room


def unsure(message: UserMessage, channel: str) -> bool:
    """Whether these are words of a caller that the recognizer is not sure of."""
    return badly_heard(message.speech_confidence, channel)


def badly_heard(confidence: float | None, channel: str) -> bool:
    """Whether a recognizer was that little sure."""
    return channel == "phone" and confidence is not None and confidence < SURE


def grounding(question: Question | None, message: UserMessage, task_label: str | None) -> Grounding:
    """What badly heard words call for, with this question open."""
    if message.label in ALWAYS:
        return Grounding.NONE
    if question is not None and question.slot != "sign_in":  # only the offer to sign in: nothing is filled in by a yes
        if open_question.read(question, message, task_label).fit is Fit.ANSWER:
            return Grounding.ASK_AGAIN if question.expects is Expect.YES_NO else Grounding.READ_BACK
        wished = question.slot == open_question.SEAT and is_no_pick(message)
        if open_question.none_of_these(question, message) or wished:
            return Grounding.READ_BACK
    if message.label == OUT_OF_SCOPE or (message.label != "inform" and message.confidence < LEAST):
        return Grounding.DROP
    filling = has_value(message) and not message.label.startswith("faq/")
    if filling or message.label in DOING or repair_of(message) in _REPAIRS:
        return Grounding.READ_BACK
    return Grounding.NONE


def has_value(message: UserMessage) -> bool:
    """Whether the words hold something that could be filled in."""
    return any(entity.kind not in _NOT_VALUES for entity in message.entities)


def as_heard(answers: Answers, question: Question | None, message: UserMessage, task_label: str | None) -> Said:
    """What was understood, as it is read back: the value where one is asked for, else the words."""
    if question is None:
        return Said.same(_plain(message.text))
    answered = open_question.read(question, message, task_label)
    if answered.fit is Fit.ANSWER:
        chosen = next((c for c in question.choices if c.value == answered.value), None)
        if chosen is not None:
            return Said(chosen.title, chosen.spoken.strip().rstrip(".?!"))
        if question.expects is Expect.TEST:
            return answers.say(str(answered.value), "test")
        if question.expects in {Expect.ASE_ID, Expect.CODE, Expect.DIGITS}:
            return _one_by_one(str(answered.value))
    return Said.same(_plain(message.text))


def _one_by_one(value: str) -> Said:
    groups = [_letters(group) for group in value.split("-")]
    return Said(value, ", ".join(groups))


def _letters(group: str) -> str:
    return " ".join(number(int(c)) if c.isdigit() else c for c in group)


def _plain(text: str) -> str:
    """The words without anything that could be taken for markup."""
    return " ".join(re.sub(r"[^\w\s'’.,:/&#-]|_", " ", text).split())[:LONGEST].strip(" .,:;-")

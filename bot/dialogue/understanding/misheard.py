"""How sure the recogniser was: what was heard badly is read back before it is taken, and a yes is asked for again.

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
from bot.dialogue.understanding import answers as questions
from bot.dialogue.understanding.answers import Fit
from bot.dialogue.understanding.repairs import Repair, repair_of
from bot.dialogue.understanding.user_message import Heard

SURE = 0.6
"""A recogniser's confidence from which on its words are taken as they are."""

DOUBTS_BEFORE_PERSON = 3
"""After so many doubtful answers in a row a person is offered."""

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


class Doubt(StrEnum):
    NONE = "none"
    READ_BACK = "read_back"
    ASK_AGAIN = "ask_again"  # a yes or a no: said once more, or keyed


def unsure(heard: Heard, channel: str) -> bool:
    """Whether these are words of a caller that the recogniser is not sure of."""
    return badly_heard(heard.speech_confidence, channel)


def badly_heard(confidence: float | None, channel: str) -> bool:
    """Whether a recogniser was that little sure."""
    return channel == "phone" and confidence is not None and confidence < SURE


def doubt(question: Question | None, heard: Heard, task_label: str | None) -> Doubt:
    """What badly heard words call for, with this question open."""
    if heard.label in ALWAYS:
        return Doubt.NONE
    if question is not None and question.slot != "sign_in":  # only the offer to sign in: nothing is filled in by a yes
        if questions.read(question, heard, task_label).fit is Fit.ANSWER:
            return Doubt.ASK_AGAIN if question.expects is Expect.YES_NO else Doubt.READ_BACK
        if questions.none_of_these(question, heard) or questions.is_wish(question, heard):
            return Doubt.READ_BACK
    filling = has_value(heard) and not heard.label.startswith("faq/")
    if filling or heard.label in DOING or repair_of(heard) in _REPAIRS:
        return Doubt.READ_BACK
    return Doubt.NONE


def has_value(heard: Heard) -> bool:
    """Whether the words hold something that could be filled in."""
    return any(entity.kind not in _NOT_VALUES for entity in heard.entities)


def as_heard(answers: Answers, question: Question | None, heard: Heard, task_label: str | None) -> Said:
    """What was understood, as it is read back: the value where one is asked for, else the words."""
    answered = questions.read(question, heard, task_label) if question is not None else questions.OTHER
    if question is not None and answered.fit is Fit.ANSWER:
        chosen = next((c for c in question.choices if c.value == answered.value), None)
        if chosen is not None:
            return Said(chosen.title, chosen.spoken.strip().rstrip(".?!"))
        if question.expects is Expect.TEST:
            return answers.say(str(answered.value), "test")
        if question.expects in {Expect.ASE_ID, Expect.CODE}:
            return _one_by_one(str(answered.value))
    return Said.same(_plain(heard.text))


def _one_by_one(value: str) -> Said:
    groups = [_letters(group) for group in value.split("-")]
    return Said(value, ", ".join(groups))


def _letters(group: str) -> str:
    return " ".join(number(int(c)) if c.isdigit() else c for c in group)


def _plain(text: str) -> str:
    """The words without anything that could be taken for markup."""
    return " ".join(re.sub(r"[^\w\s'’.,:/&#-]|_", " ", text).split())[:LONGEST].strip(" .,:;-")

"""What is said beside the open question of a change: a question, a remark, or what takes hold of the change itself.

A question is never an answer, and never a request; a request that is put as a question ("can you do Thursday?") is one
by what it wishes for. What these functions give is a meaning; the answer to it is worked out by the task in hand.
"""

from __future__ import annotations

import re
from dataclasses import replace
from enum import StrEnum
from typing import Any

from bot.changes.kinds import BOOK, CANCEL_APPOINTMENT, CANCEL_TEST, CHANGE_KINDS, KINDS, RESCHEDULE
from bot.dialogue.state import Choice, Expect, Question
from bot.dialogue.understanding.answers import ALL, BARE, CONFIRM, SEAT, by_place, listens, only_chooses
from bot.dialogue.understanding.repairs import Repair, puts_instead, repair_of
from bot.dialogue.understanding.user_message import OUT_OF_SCOPE, UserMessage
from bot.dialogue.understanding.yes_no import is_question, refuses, restricted
from bot.nlu.values import read_yes_no
from bot.nlu.values.words import bag

SURE = 0.8
"""How sure the reading of what a message does has to be."""

HARDLY = 0.5
"""Words that tell something and are read as one of our commands with less than this are talk."""

_TALK = {"statement", "social"}

SHORTEST_REMARK = 3
"""Words of a remark; fewer that say nothing are taken for an answer that was not understood."""


LONG = 5
"""Words from which on a message that reads as "stop" says so by a word of stopping."""


class Beside(StrEnum):
    """What a message is beside the open question of a change."""

    AGAIN = "again"  # the list, or the change, is to be shown once more
    EFFECT = "effect"  # what a yes would do
    DONE = "done"  # whether it has been done
    IF_NOT = "if_not"  # what happens without a yes
    LATER = "later"  # whether, and until when, it can be changed again
    LOSS = "loss"  # what is lost by it
    CONDITION = "condition"  # a yes that hangs on something
    LISTENING = "listening"  # a sound of listening
    COST = "cost"  # what it costs
    WHERE = "where"  # where it takes place
    FINAL = "final"  # whether it can be taken back
    WEEKDAY = "weekday"  # whether the seat is on this day of the week
    TOUCHES = "touches"  # whether another test is changed by it too
    STAYS = "stays"  # whether another test stays as it is
    OTHERWISE = "otherwise"  # a yes to something else than what was shown
    QUESTION = "question"
    REMARK = "remark"


class Slot(StrEnum):
    """The part of an appointment in hand that is to be another one."""

    DATE = "date"
    PLACE = "place"


_CHANGES = {kind.label for kind in CHANGE_KINDS}
_OF_SEATS = {BOOK.label, RESCHEDULE.label}
_CANCELLING = {CANCEL_APPOINTMENT.label, CANCEL_TEST.label}
_KEPT_APART = {Repair.BACK, Repair.START_OVER, Repair.UNDO, Repair.WAIT, Repair.MORE}
_ANSWERED_AS_THEY_ARE = {"repeat", "human_agent", "goodbye", "thanks", "greet", "help", "explain", "bot_challenge"}

_LEAD = (
    r"^(?:(?:um+|uh+|er|so|and|but|well|ok|okay|hmm+|wait|oh|ah|yes|yeah|no|alright|please|hey|hold on|first|sorry|"
    r"actually|just|btw|now|then)[ ,]+)*"
)
_WISHING = re.compile(
    _LEAD + r"(?:(?:can|could|may|might|would|will|should) (?:i|we|you|it|that|they)(?: maybe| possibly| please| just|"
    r" also| still| rather)* (?:do|get|have|take|make|move|switch|change|push|try|book|use|go|come|be|schedule|"
    r"reschedule|put|see|find|look|check|show|swap|pick|choose|add|cancel|order|send)\b|how about|what about|"
    r"(?:do|did|have) you (?:still )?(?:have|got|get)|you got|got|is there|are there|any\b|anything|something|"
    r"(?:is|was|isn'?t|would) .{1,30}\ba (?:mon|tues|wednes|thurs|fri|satur|sun)day\b|"
    r"(?:what|which)(?: \w+)? (?:do you have|have you got|is there|are there|is (?:free|open|available)|"
    r"are (?:free|open|available))|is (?:anything|something|there|it|that)\b.*\b(?:free|open|available))"
)
"""The form of a question by which something is wished for, where it names what: "could we do Thursday"."""
_LATER_ON = re.compile(
    r"\b(?:change|move|switch|cancel|reschedule) (?:it|that|this|my mind|them)?\b.{0,20}\b(?:later|again|afterwards?|"
    r"after that|twice|once more)\b"
)
"""A change of the change: "can I change it later"."""

_OF_LATER = re.compile(
    r"\b(?:(?:is|was|are) \w+ an? (?!mon|tues|wednes|thurs|fri|satur|sun|good|free|open)|"
    r"until when|till when|how (?:late|long|soon|often|many)|deadline|cut-?off|why|who|"
    r"(?:can|could|may|would|will|do|should) i (?:still |ever |then )?(?:have to |need to )?"
    r"(?:change|move|switch|cancel|reschedule|lose|pay|get) (?:it|that|this|my|anything|money|charged)\b(?!.*\bto\b))"
)
"""What is asked of a seat beside which ones there are: until when it may be moved, who decides."""

_AGAIN = re.compile(
    r"\b(?:show|list|read|tell|give|send)(?: me)? (?:it|them|that|those|these|the (?:list|seats|times|dates|options|"
    r"choices|days|change))\b.*\b(?:again|once more|one more time)\b"
    r"|^(?:please )?(?:show|list)(?: me)? (?:again|once more)\b"
    r"|\b(?:what|which) (?:was|were|is|are) (?:the|those|my|that|these)(?: \w+)? (?:change|times|seats|options|choices|"
    r"dates|list|days|openings|slots)(?: again)?\W*$"
    r"|\bwhat (?:times|seats|dates|days|options|slots) (?:are (?:there|left|open|free)|do you have|were there)\W*$"
    r"|\b(?:see|hear|have|get|read|show) (?:me )?(?:the|that|those) (?:list|times|seats|options|choices|dates)\b"
    r"|\bwhat was (?:it|that|the change) again\W*$"
)
_EFFECT = re.compile(
    r"\bwhat(?:'s| is| would| will| does)?(?: going to| gonna)? happens?\b.*\b(?:say|tell|yes|ok|okay|confirm|"
    r"go ahead|agree|accept|do (?:it|this|that)|press|click)\b"
    r"|\bwhat (?:would|will|does|is|'s|did|do) (?:that|it|this|a yes|yes|saying yes|you) (?:do|mean|change|"
    r"going to (?:do|change)|gonna (?:do|change))\b"
    r"|\bwhat(?: exactly)? (?:am i|would i be|'m i) (?:agreeing|saying|confirming|accepting|signing|doing)\b"
    r"|\bwhat (?:did|have) i(?: just| actually)? (?:agree|sign|say yes|said yes|accept|confirm|commit|okay|ok)\w*\b"
    + "|"
    + _LEAD
    + r"(?:is|was|are) (?:that|this|it|these|those|you)(?: all| still)? (?:ok(?:ay)?|right|correct|fine|good|sure|"
    r"for sure|final|certain|the right \w+|the one|the (?:change|test|appointment)|it|all|a yes|the whole \w+.*)\W*$"
    r"|\b(?:that'?s|that is|it'?s|it is|its|this is|so)\b.*\b(?:right|correct|ok|okay|huh|yes|yeah|no)\W*$"
)
_DOING = re.compile(
    r"\b(?:you'?re|youre|you are|are you|we'?re|we are) (?:just |only |also |really |actually |gonna |going to )*"
    r"(?:cancel|mov|book|order|chang|refund|reschedul|giv)\w*\b"
    r"|\bif i (?:say (?:yes|ok|okay)|confirm|agree|accept|go ahead)\b"
)
"""Words about what is being done by the change previewed: "so you're cancelling the appointment too"."""
_DONE = re.compile(
    r"\b(?:has|have|did|is|was|will|are) (?:you|it|that|this|anything|something|my \w+)(?: already| now| been)*"
    r" (?:do(?:ne)?|book(?:ed)?|mov(?:e|ed)|cancel(?:l?ed)?|chang(?:e|ed)|order(?:ed)?|be (?:moved|booked|cancel\w*|"
    r"changed|done|ordered))\b(?: (?:it|that|this))?(?: (?:now|yet|already|then|right away))*\W*$"
)
_DID = re.compile(
    r"\bwhat(?:'d| did| have| has|'ve|d)? (?:you|u)(?: guys| just| actually| exactly| even| already)* "
    r"(?:book|do|done|change|move|cancel|order|pick|put|make|made|sav)\w*(?: for me| (?:so far|just now|now|then))?\W*$"
)
"""Whoever asks what has been done so far ("what'd you book")."""
_WHERE = re.compile(
    r"\bwhere(?:'s|s| is| was| would| will)? (?:exactly |even )?(?:that|it|this|they|those|the (?:\w+ )?(?:center|"
    r"centre|site|place|location|seat|one))(?: one| seat)?(?: be)?"
    r"(?: (?:at|located|exactly|again|held|given|anyway))*\W*$"
    r"|\b(?:is|was) (?:that|it|this)(?: one| seat| test| appointment)? (?:still |also )?(?:in|at|near) (?!noon|lunch|"
    r"the (?:same|morn|after|even|week)|\d|(?:one|two|three|nine|ten|least|all|time|my|next|this|jan\w*|feb\w*|mar\w*|"
    r"apr\w*|may|june?|july?|aug\w*|sep\w*|oct\w*|nov\w*|dec\w*)\b)\w+"
    r"(?: \w+){0,2}\W*$"
    r"|\b(?:is|was|would|will|so|at) (?:it|that|this|they|the)\b.{0,20}\bsame "
    r"(?:place|center|centre|site|location|building)\W*$"
    r"|\b(?:come|go|going|sent|mailed|delivered|shipped|ship) to (?:my|the) (?:work|home|house|job|shop|office|new|old|"
    r"other|right)\b|\bwhich address\b|\bwhere (?:do|will|are|would|should) (?:they|it|these|those|you) "
    r"(?:be )?(?:go|going|come|coming|sent|send|mail|mailed|ship|shipped|end up)\b"
    r"|\bwhere (?:do|would|will|should|am) i (?:go|be going|have to go|need to (?:go|be)|supposed to (?:go|be)|show up|"
    r"take (?:it|that))\b|\b(?:what'?s|what is|got|have|give me|need|is there) (?:the|an|its|their) "
    r"(?:(?:street|exact|full|test center) )?address\b"
    r"|^(?:(?:and|so|ok|okay|wait|um|uh)[ ,]+)*where(?: at| exactly)?\W*$|\bwhich (?:center|site|place|building) is "
    r"(?:that|it|this)\b"
)
_TOUCHES = re.compile(
    _LEAD + r"(?:(?:does|will|would|is|can|could|do) (?:that|this|it|you|a yes)\b|(?:is|are|will) (?:my|the) )"
    r".*\b(?:touch|affect|chang|mess|mov|cancel|do anything to|hurt|bother|stay|safe|still)\w*\b"
    r"|" + _LEAD + r"(?:did|does|has|have|is|was|will|would|do) (?!i\b|we\b|you\b)(?:[\w/-]+ ){1,4}?"
    r"(?:be |been |get |gets |got |being )?(?:mov|chang|cancel|affect|touch|reschedul)\w*"
    r"(?: too| also| as well| now)*\W*$"
)
_STAYS = re.compile(
    _LEAD + r"(?:(?:does|will|would|do|can|is|are|so|did)\b).*\b(?:stays?\b|staying|remain\w*|untouched|left alone|"
    r"keeps? (?:its|my|the) (?:seat|time|date|place|appointment)|(?:where|how|like|as) it (?:is|was)\b|"
    r"still (?:on|booked|scheduled|there|set|happening|in place|the same|standing|up|at|for)\b)"
)
_WEEKDAY = re.compile(
    _LEAD + r"(?:is|was|isn'?t|would|so) (?:that|it|this|the (?:seat|date|day|one))(?: one| be| day| date| seat)*"
    r"(?: really| on| still)* (?:on )?(?:a )?(mon|tues|wednes|thurs|fri|satur|sun)day\W*$"
    r"|\b(?:what|which) (?:day(?: of the week)?|weekday) (?:is|was|would) (?:that|it|this)(?: one| be| on)*\W*$"
)
_FINAL = re.compile(
    r"\b(?:is|would|will|are|so|it'?s|that'?s) (?:that|this|it|be|these)?(?: be)? ?(?:then )?"
    r"(?:permanent|final|for good|for ever|forever|irreversible|reversible|undoable|a done deal|gone for "
    r"good|gone forever)\b"
    r"|\b(?:can|could|will|would) (?:i|you|it|that|this|we) (?:still |ever |later )?(?:be )?"
    r"(?:undo(?:ne)?|take(?:n)? (?:it|that|this)? ?back|revers\w+|put (?:it|that)? ?back|get (?:it|that) back)\b"
    r"|\bno (?:going|way|turning) back\b"
)
_OTHERWISE = re.compile(r"^(?:yes|yeah|yep|yup|sure|ok|okay|right|fine|good)\b[ ,]*(?:\w+ ){0,2}?but\b")
_IF_NOT = re.compile(
    r"\b(?:what (?:if|happens if|about if|happens when)|and if|so if)\b.*\b(?:i|we) "
    r"(?:don'?t|do not|say no|say nothing|won'?t|leave it)"
    r"(?: (?:do (?:it|that|this)|say (?:yes|anything)|want (?:it|that|to)|confirm|answer))?\W*$"
)
_LATER = re.compile(
    r"\b(?:change|move|switch|reschedule)(?: (?:it|that|this))?.{0,20}"
    r"\b(?:later|again|afterwards?|after that|after this|twice|another time)\b"
    r"|\b(?:change|move|switch|reschedule) (?:it|that|this) (?:if|when|once|in case)\b"
)
_CONDITION = re.compile(
    r"\b(?:if|unless|as long as|so long as|provided|assuming|once|when|whenever|after|until|till) "
    r"(?!(?:you (?:can|could|would|don'?t mind|please)|possible|so|not|that'?s (?:ok|okay|all right|fine))\b)"
    r"(?:i|i'm|im|i'll|i've|it|it's|its|that|that's|there|there's|they|they're|my|the|we|you|he|she|nothing|nobody|"
    r"somebody|someone|no)\b"
)
"""What a yes may hang on: "yes, if I get my money back"; it is none then, and begins nothing else."""
_LOSS = re.compile(r"\b(?:lose|loose|losing|lost|forfeit\w*|give up|giving up|penal\w+|catch|downsides?|drawbacks?)\b")
_COST = re.compile(
    r"\b(?:fees?|costs?|charged?|charges|charging|pay|paying|price|free|how much|money|dollars?|bucks)\b"
)
_FREE_SEAT = re.compile(r"\bfree (?:seats?|times?|slots?|spots?)\b|\b(?:seat|time|slot|spot)s? (?:is |are )?free\b")


def asks(message: UserMessage) -> bool:
    """Whether it is put as a question, by its form or by how it reads."""
    if message.pressed:
        return False
    if is_question(message):
        return True
    if message.act == "question" and message.act_score >= SURE:
        return not _OF_OTHERS.match(message.words) or _ASKING_WORD.search(message.words) is not None
    rest = re.sub(_LEAD, "", message.words)
    if rest != message.words and rest and is_question(replace(message, text=rest)):
        return True
    if message.values("test_code"):
        around = set(re.findall(r"[a-z']+", message.without_values("test_code")))
        if around & {"and", "about"} and around <= _AROUND_A_TEST:
            return True
    return message.act not in {"acceptance", "request", "value"} and _OPENS_QUESTION.match(rest) is not None


_AROUND_A_TEST = bag("and what how about the my one test for hey wait so ok okay um uh oh hold on well")
_PERSON = re.compile(r"\b(?:person|human|agent|operator|rep|representative|talk|speak|chat|call|connect|live)\b")


_ASKING_WORD = re.compile(
    r"\b(?:what|when|how|why|where|who|which|if|whether|do|does|did|can|could|will|would|is|are)\b"
)
_OPENS_QUESTION = re.compile(
    r"(?:is|are|does|did|was|were|has|am|what(?: if|'s|s)?|when|where|which|who|how|"
    r"(?:can|could|will|would|should|do|may) (?:somebody|someone|anybody|anyone|people|my|our)) \w+"
)


def beside(question: Question, message: UserMessage, task_label: str, *, wishes: bool) -> Beside | None:
    """What a message is beside the open question of a change; None where it may answer it or ask for something.

    `wishes`: whether it names a day, time or place of a seat.
    """
    if message.pressed or message.event or message.text.startswith("/") or repair_of(message) in _KEPT_APART:
        return None
    words = message.words
    if question.slot in {CONFIRM, SEAT} and restricted(message) is not None:
        return None if question.slot == CONFIRM or len(question.choices) == 1 else Beside.LISTENING
    listed = question.expects is Expect.CHOICE or question.slot == CONFIRM
    if listed and _DID.search(words):
        return Beside.DONE
    if question.slot in {SEAT, CONFIRM} and _WHERE.search(words):
        return Beside.WHERE
    if question.slot == CONFIRM and _FINAL.search(words):
        return Beside.FINAL
    if question.slot in {SEAT, CONFIRM} and _WEEKDAY.search(words):
        return Beside.WEEKDAY
    if listed and _AGAIN.search(words):
        return None if wishes else Beside.AGAIN
    if question.slot == CONFIRM and _IF_NOT.search(words):
        return Beside.IF_NOT
    if question.slot == CONFIRM and not wishes and _DOING.search(words):
        return Beside.EFFECT
    if question.slot == CONFIRM and listens(message):
        return Beside.LISTENING
    person = message.label == "human_agent" and asks(message) and not _PERSON.search(words)
    surely = message.confidence >= SURE and not person and message.act != "statement" and message.label != "goodbye"
    if refuses(message) or (message.label in _ANSWERED_AS_THEY_ARE - {"help", "repeat"} and surely):
        return None
    of_seats = wishes and question.slot == SEAT and not (_LATER_ON.search(words) or _OF_LATER.search(words))
    if asks(message) and not of_seats and not _wish(message, wishes):
        return _asked(question, message)
    if question.slot == CONFIRM and _EFFECT.search(words) and message.act not in {"acceptance", "refusal"}:
        return Beside.EFFECT
    if question.slot == CONFIRM and not wishes and _CONDITION.search(words):
        return Beside.COST if _COST.search(words) or "refund" in words else Beside.CONDITION
    said = _remark(question, message, task_label, wishes=wishes)
    otherwise = said is Beside.REMARK and question.slot == CONFIRM and _OTHERWISE.match(words)
    return Beside.OTHERWISE if otherwise else said


_NOT_OF_CHANGES = {
    "account/purchase_window", "account/certification_expiry", "account/test_results", "account/certificate_status",
}  # fmt: skip


def _wish(message: UserMessage, wishes: bool) -> bool:
    if wishes and message.length < SHORTEST_REMARK and not is_question(message):
        return True  # "anywhere", "Friday afternoon": no more than the wish
    named = wishes or (bool(message.values("test_code")) and puts_instead(message))
    return named and _WISHING.match(message.words) is not None and not _LATER_ON.search(message.words)


def _asked(question: Question, message: UserMessage) -> Beside | None:
    words = message.words
    confirming = question.slot == CONFIRM
    if message.values("test_code") and _STAYS.search(words):
        return Beside.STAYS
    if message.values("test_code") and _TOUCHES.search(words) and message.label not in _NOT_OF_CHANGES:
        return Beside.TOUCHES
    if _LATER.search(words) and message.label in _OF_SEATS:
        return Beside.LATER
    if _DONE.search(words):
        return Beside.DONE
    if _EFFECT.search(words) and (confirming or message.label not in _CHANGES):
        return Beside.EFFECT
    if message.label in {"help", "repeat"} and message.confidence >= SURE:
        return None
    if _LOSS.search(words) and not message.label.startswith("faq/"):
        return Beside.LOSS
    if _COST.search(words) and not _FREE_SEAT.search(words):
        return Beside.COST
    return Beside.QUESTION


def wants_other(message: UserMessage) -> bool:
    """Whether it is a yes to something else than what was shown ("yes but the truck one")."""
    return not message.pressed and not message.asks and _OTHERWISE.match(message.words) is not None


_DAYS = ("mon", "tues", "wednes", "thurs", "fri", "satur", "sun")


def weekday_asked(message: UserMessage) -> int | None:
    """The day of the week (Monday is 0) of which it asks if the seat in hand is on it."""
    found = _WEEKDAY.search(message.words)
    return _DAYS.index(found[1]) if found is not None and found[1] else None


_CHANGED = re.compile(
    r"\b(?:did|have|has) (?:you|u|anything|something)(?: just| actually| already| really)* "
    r"(?:do|done|change|changed|cancel\w*|order\w*|book\w*|move\w*|been)(?: (?:anything|something|any changes?|"
    r"changed|done|made))?(?: (?:yet|already|so far|just now|now|there|then))*\W*$"
    r"|\bwhat(?:'d| did| have|'ve) (?:i|we)(?: just| actually)? (?:say|said) (?:yes|ok|okay) to\b"
    r"|\bwhat(?:'d| did| have|'ve) (?:i|we)(?: just| actually| even)? (?:order|cancel|change|book|move|agree|"
    r"confirm|accept|"
    r"do|done|sign|approve)\w*(?: (?:to|up for|on))?(?: (?:just now|now|then|there|so far))?\W*$"
    r"|\bwhat(?:'s| has| is| was|s)?(?: just| been| actually)* (?:changed|done|happened|cancel+ed|ordered)"
    r"(?: (?:so far|just now|now))?\W*$"
)
"""Whether, and what, has been changed so far ("did you change anything", "what did I just order")."""
_NOW = re.compile(
    r"^(?:(?:so|and|wait|ok|okay|oh|um|uh|hey|but)[ ,]+)*(?:(?:is|are|was|has) )?(?:(?:it|that|this|they|everything|"
    r"it'?s|that'?s|they'?re|(?:my|the) \w+)\b ?)(?: ?(?:all|really|now|still|already|is|are|been|has))*"
    r" ?(?:gone|cancel+ed|done|there|booked|moved|ordered|changed|through|final)"
    r"(?: (?:now|yet|already|then|for real|still|for good|right|huh))*\W*$"
)
"""How things stand now ("is it gone now", "so it's still there")."""


def asks_what_was_done(message: UserMessage) -> bool:
    """Whether it asks what has been done so far ("what'd you book", "did you change anything")."""
    return not message.pressed and any(form.search(message.words) for form in (_DID, _CHANGED))


def asks_what_is_now(message: UserMessage) -> bool:
    """Whether it asks how things stand after a change ("is it gone now")."""
    return not message.pressed and _NOW.search(message.words) is not None


_BYE = re.compile(r"\b(?:bye|goodbye|see (?:you|ya)|later|night|take care|thanks|thank you|done|that's all|good day)\b")


def takes_leave(message: UserMessage) -> bool:
    """Whether words read as a goodbye hold one, or are hardly more than a word or two."""
    return restricted(message) is None and (message.length < LONG - 1 or _BYE.search(message.words) is not None)


def _remark(question: Question, message: UserMessage, task_label: str, *, wishes: bool) -> Beside | None:
    """Side talk: nothing that could be an answer, a wish or a request."""
    told = message.act == "statement" and message.act_score >= SURE
    free = question.expects is Expect.FREE
    figures = any(c.isdigit() for c in message.text) and (free or bool(message.values("date") + message.values("time")))
    if message.label == task_label and message.act not in {None, "request", "value", "acceptance"} and not told:
        return None if wishes or message.entities or message.length <= SHORTEST_REMARK else Beside.QUESTION
    tells = message.act not in {None, "question", "request", "acceptance", "refusal"}
    if tells and not (figures and (free or wishes)) and _OF_OTHERS.match(message.words):
        return Beside.REMARK
    rest = re.sub(_LEAD, "", message.words)
    if wishes or repair_of(replace(message, text=rest)) is not None:
        return None
    if message.label == "stop":
        return None if stops(message) else Beside.REMARK
    if message.label == "goodbye" and message.length < LONG - 1:
        return None
    if free and (message.length <= SHORTEST_REMARK or figures):
        return None
    if told and message.label in _CHANGES - {task_label}:
        return Beside.REMARK
    if message.length < SHORTEST_REMARK or message.entities:
        return None
    return Beside.REMARK if _says_nothing(message, rest, told=told) else None


def _says_nothing(message: UserMessage, rest: str, *, told: bool) -> bool:
    """Whether it is talk: what is neither ours nor an answer, or is told and reads as nothing of its own."""
    if message.label == OUT_OF_SCOPE and message.act not in {"value", "correction", "acceptance", "refusal"}:
        return True
    if message.label == "goodbye":
        return _BYE.search(message.words) is None
    if told and message.label in {"inform", "affirm", "human_agent"}:
        return True
    if message.confidence < HARDLY and message.act in _TALK and not message.label.startswith(("account/", "faq/")):
        return True
    if only_chooses(message):
        return False
    after_lead = rest != message.words and len(rest.split()) >= SHORTEST_REMARK
    return after_lead and message.label in BARE and read_yes_no(rest) is None


_OF_OTHERS = re.compile(
    _LEAD + r"(?:(?:my|our|his|her) (?!(?:schedule|shift|only|best|free|day|days|next|first|last|calendar|availability|"
    r"preference|appointment|test|address|street|city|zip)\b)|he|she|they|people|somebody|someone|the (?:game|radio|"
    r"truck|kids|guys|boss|shop|phone|tv|news)\b|there (?:is|was|were|are)\b)"
)
"""How talk about somebody or something else begins."""

_STOPPING = re.compile(
    r"\b(?:stop|cancel|never ?mind|nvm|forget|quit|leave|drop|end|enough|abort|don'?t|no|nah|nothing|skip|scratch|"
    r"done|out|exit|keep|scrap|bail|let'?s not|rather not|not (?:now|today|going|gonna))\b"
)


def stops(message: UserMessage) -> bool:
    """Whether words that read as "stop" say so: "a startup idea" and "busy non-stop" do not."""
    if message.act in {None, "control", "refusal", "request"} and message.length < LONG:
        return True
    return _STOPPING.search(re.sub(r"non-? ?stop", "", message.words)) is not None


# --- what takes hold of the change in hand --------------------------------------------------------------

_IT = r"(?:it|this|that|everything|all of (?:it|that|this)|the (?:whole )?(?:{things})(?: again)?)"
_THINGS = {
    BOOK.name: r"booking|appointment|reservation|request|thing|test appointment|seat",
    RESCHEDULE.name: r"change|move|moving|rescheduling|reschedule|request|thing|switch",
    CANCEL_APPOINTMENT.name: r"cancell?ation|cancell?ing|request",
    CANCEL_TEST.name: r"cancell?ation|cancell?ing|refund|request",
}
_ELSE = r"order|request|change|address change|thing|duplicates?|copies|copy|update"
_DROPPING = r"\b(?:cancel|drop|scrap|abort|kill|stop|forget(?: about)?|scratch|undo|take back|withdraw)\b"


def drops(message: UserMessage, kind: str) -> bool:
    """Whether it calls off the change of this kind that is in hand ("never mind, cancel the booking")."""
    if message.pressed or asks(message) or re.search(r"\b(?:instead|rather)\b", message.words):
        return False
    things = _THINGS.get(kind, _ELSE)
    cancelling = KINDS[kind].label in _CANCELLING if kind in KINDS else False
    it = rf"the (?:whole )?(?:{things})" if cancelling else _IT.format(things=things)
    return re.search(rf"{_DROPPING}(?: my| with| doing)? {it}(?: now| please| then| altogether| for now)*\W*$",
                     message.words) is not None  # fmt: skip


_OTHER_SLOT = r"\b(?:change|different|another|other|new|switch|pick|wrong|choose|reset|redo)\b(?: \w+){{0,3}} (?:{0})\b"
_SLOTS = (
    (Slot.DATE, re.compile(_OTHER_SLOT.format("dates?|days?|times?|hour"))),
    (Slot.PLACE, re.compile(_OTHER_SLOT.format("locations?|places?|sites?|cent(?:er|re)s?|city|spot"))),
)


_MAY_I = re.compile(
    _LEAD + r"(?:can|could|may) (?:i|we)(?: still| just| maybe)* (?:change|switch|pick|choose|have|get)\b"
)


def other_slot(message: UserMessage) -> Slot | None:
    """The part of the appointment in hand that is to be another one ("I want to change the date")."""
    if message.pressed or (asks(message) and not _MAY_I.match(message.words)) or _LATER_ON.search(message.words):
        return None
    return next((slot for slot, pattern in _SLOTS if pattern.search(message.words)), None)


_AFTER = re.compile(r"\b(?:one|time|seat|slot|day)? ?(?:right )?(?:after|following)(?: (?:that|it|this))?(?: one)?\W*$"
                    r"|\bthe next(?: one)?\W*$")  # fmt: skip
_BEFORE = re.compile(
    r"\b(?:one|time|seat|slot|day) (?:right )?before(?: (?:that|it|this))?\W*$|\bthe previous(?: one)?\W*$"
)
_OTHER = re.compile(r"\bthe other(?: (?:one|test|seat|time|appointment|exam))?\W*$")
_OF_TESTS = re.compile(r"\b(?:test|exam)\b")


def picks_again(lists: dict[str, list[Choice]], taken: dict[str, Any], message: UserMessage) -> tuple[str, Any] | None:
    """Which slot gets which other choice of a list that was answered before ("the second one instead"), or None.

    `taken`: what was chosen, by slot; a list answered last stands last.
    """
    if message.pressed or asks(message) or message.length > 10:
        return None
    words = message.words
    order = [slot for slot in reversed(lists) if slot in taken]
    if _OF_TESTS.search(words):
        order = [slot for slot in order if slot != SEAT]
    for slot in order:
        singles = [choice for choice in lists[slot] if choice.value != ALL]
        at = next((n for n, choice in enumerate(singles) if choice.value == taken[slot]), None)
        value = _relative(singles, at, words)
        if value is None:
            value = by_place(Question(slot=slot, expects=Expect.CHOICE, choices=singles), message)
        if value is not None:
            return slot, value
    return None


def _relative(singles: list[Choice], at: int | None, words: str) -> Any:
    if at is None:
        return None
    if _OTHER.search(words):
        return singles[1 - at].value if len(singles) == 2 else None
    step = 1 if _AFTER.search(words) else -1 if _BEFORE.search(words) else 0
    return singles[at + step].value if step and 0 <= at + step < len(singles) else None

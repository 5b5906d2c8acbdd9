"""Whether a message answers the open question, and with which value.

The question comes first: while one is open, "2", "the second one" or "the brakes one" is an answer to it, whatever
the intent model thinks of those few words. A message that reads as a question of its own is not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.changes.kinds import VERBS
from bot.dialogue.state import Choice, Expect, Question
from bot.dialogue.understanding.user_message import OUT_OF_SCOPE, Heard
from bot.nlu.values import read_ase_id, read_choice, read_code, read_yes_no
from bot.nlu.values.words import bag

ALL = "__all__"
"""The value of a choice that means every option at once."""

BARE = {"inform", "affirm", "deny", OUT_OF_SCOPE, "greet", "sign_in"}
"""Labels that say nothing of their own beside an open question."""

SHORT = 5
"""Up to this many words, a message that fits the open question is taken as its answer."""


class Fit(StrEnum):
    ANSWER = "answer"
    OTHER = "other"  # something else is wanted; the question stays open
    MISFIT = "misfit"  # meant as an answer, but it does not fit


@dataclass(frozen=True, slots=True)
class Answered:
    fit: Fit
    value: Any = None


OTHER = Answered(Fit.OTHER)
MISFIT = Answered(Fit.MISFIT)


def read(question: Question, heard: Heard, task_label: str | None = None) -> Answered:
    """How `heard` relates to `question`; `task_label` is the topic the question belongs to."""
    if heard.choice is not None:
        found = next((c for c in question.choices if c.id == heard.choice), None)
        return Answered(Fit.ANSWER, found.value) if found else OTHER
    if heard.digits is not None:
        return _keyed(question, heard.digits)
    if heard.text.startswith("/"):
        return OTHER
    if question.slot == "confirm":
        return _confirmed(heard, task_label)
    value = _value(question, heard)
    own_words = len(heard.text.split()) <= SHORT or heard.label in BARE or heard.label == task_label
    own_words = own_words or (question.expects is Expect.FREE and not question.choices)
    if value is not None and _is_request(question, heard, task_label):
        return OTHER
    if value is not None:
        return Answered(Fit.ANSWER, value) if own_words or question.expects in _STRICT else OTHER
    if not question.soft and _AT_A_LOSS.search(heard.text.lower()):
        return MISFIT
    if question.soft or heard.label not in BARE or heard.label == "greet":
        return OTHER
    if heard.label == OUT_OF_SCOPE and len(heard.text.split()) > SHORT:
        return OTHER
    return MISFIT


_DOING = {verb: frozenset(kind.topic for kind in kinds) for verb, kinds in VERBS.items()} | {"undo": frozenset({""})}
"""What a verb in an answer to a preview asks for, by the topic's key: "cancel it" is no yes to a booking."""


def _doing(heard: Heard) -> list[frozenset[str]]:
    return [topics for verb, topics in _DOING.items() if re.search(rf"\b{verb}\b", heard.text.lower())]


def _bare_doing(heard: Heard) -> bool:
    """ "Move it", "yes, book that please": the verb and nothing that says what or when."""
    plain = re.compile(r"(yes|ok|okay|sure)?,? ?(please )?\w+ (it|that|this)( please| now)?[.!]?")
    return plain.fullmatch(heard.text.lower()) is not None


def _confirmed(heard: Heard, task_label: str | None) -> Answered:
    """Yes or no to a preview. A yes has to be plain: whatever asks for more or for something else is not one."""
    value = _yes_no(heard)
    doing = _doing(heard)
    key = (task_label or "").partition("/")[2]
    if doing and all(key in topics for topics in doing) and _bare_doing(heard):
        return MISFIT if heard.label in {"stop", "deny"} else Answered(Fit.ANSWER, True)
    topic = heard.label.startswith(("account/", "faq/"))
    if (topic and heard.label != task_label and heard.confidence > 0.5) or (heard.label == "stop" and not value):
        return OTHER
    if value is None:
        return OTHER if heard.label not in BARE or heard.label == "greet" else _unless_long(heard)
    if value is False:
        return Answered(Fit.ANSWER, False) if len(heard.text.split()) <= SHORT or heard.label in BARE else MISFIT
    if heard.label in (MOVES - {"stop"}) | _TROUBLE:
        return OTHER
    other = any(key not in topics for topics in doing)
    return Answered(Fit.ANSWER, True) if heard.label != "stop" and not other and _plain_yes(heard) else MISFIT


def _plain_yes(heard: Heard) -> bool:
    """A yes and nothing else: every word of a short one belongs to it; a long one begins with it and asks nothing."""
    text = heard.text.lower().replace("’", "'")
    if _QUALIFIED.search(text) or text.rstrip().endswith("?"):
        return False
    words = re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)*", without_values(heard).replace("’", "'"))
    if len(words) <= SHORT:
        return all(word in _OF_A_YES or read_yes_no(word) is True for word in words)
    begins = words[0] in _OF_A_YES or read_yes_no(words[0]) is True
    return heard.label == "affirm" and begins and not any(word in _ASKS_OR_WAITS for word in words)


_OF_A_YES = bag(
    "yes yeah yep yup ya aye si sí claro vale sure ok okay alright all right correct exactly absolutely definitely "
    "certainly of course affirmative confirm confirmed confirming agreed agree indeed fine good great perfect please "
    "thanks thank you sir ma'am maam it is it's that's thats that this the my one i i'd i'll i'm id do does did would "
    "will want like love to go ahead for me us let's lets by means make take have send submit place book booked move "
    "reschedule cancel order change put back undo update save hold keep schedule switch and now so then well um uh er "
    "oh hey just really very works sounds looks seems with appointment test seat time day date copy copies "
    "certificate address bet got huh mhm mm hmm"
)
"""Words that a plain yes is made of; with any other word, a short message is asked about again."""
_ASKS_OR_WAITS = bag(
    "what when where who which whose why how if can can't could later wait think no nope not never don't dont before "
    "after first says said"
)

_QUALIFIED = re.compile(
    r"\b(but|except|instead|rather|unless|only if|not|another|different|other|maybe|perhaps|guess|probably|possibly|"
    r"correct (?:the|my|it))\b"
)


def _unless_long(heard: Heard) -> Answered:
    return OTHER if heard.label == OUT_OF_SCOPE and len(heard.text.split()) > SHORT else MISFIT


def is_yes(heard: Heard) -> bool:
    """A plain yes, by words, button or key."""
    if heard.choice is not None:
        return heard.choice == "yes"
    if heard.digits is not None:
        return heard.digits.strip("#*") == "1"
    return heard.label == "affirm" and _yes_no(heard) is True and len(heard.text.split()) <= SHORT


def is_wish(question: Question, heard: Heard) -> bool:
    """A few words beside an open list of seats are a wish for another one, whatever topic they sound like."""
    words = heard.text.split()
    dated = bool(heard.values("date") or heard.values("time"))
    if question.slot == "seat" and dated and _SEEKING.match(heard.text.lower()):
        return True
    unsure = heard.label.startswith("faq/") and heard.confidence < 0.8
    return question.slot == "seat" and unsure and 0 < len(words) <= SHORT and not _ASKING.match(heard.text.lower())


_SEEKING = re.compile(
    r"^((um+|uh+|ok(ay)?|well|so|and|but)[ ,]+)*(do you (still )?have|have you got|you got|got|is there|are there|"
    r"any\b|anything|something|what about|how about|what do you have|what have you got|what'?s (open|available|free))"
)
_ASKING = re.compile(r"^(what|when|where|why|who|how much|how many|how do|do|does|is|are|can|could|stop|never ?mind)\b")


def none_of_these(question: Question, heard: Heard) -> bool:
    """A bare no to a list of choices."""
    if question.expects is not Expect.CHOICE or question.soft or heard.choice is not None or heard.digits is not None:
        return False
    return bool(_NONE.search(" ".join(heard.text.lower().split())))


_NONE = re.compile(r"^(no+|nope|nah|no,? thanks?( you)?|none|none of (them|these|those)|neither|nothing)[.!]?$")

_AT_A_LOSS = re.compile(
    r"^(i (really )?(don'?t|do not) know|(i'?m )?not sure|(i have )?no idea|dunno)( which( one)?)?[.!]?$"
)
"""Asked, and no answer to give: the question is put once more, with what can be said."""

_FILLERS = (
    "a an the one ones for of on in at and or my your test tests exam it its it's that this please yes yeah ok okay i "
    "i'd like want mean meant take think about to was is first last next sorry uh um just number no not"
)
_AROUND = frozenset(_FILLERS.split())
"""Words that say nothing of their own beside a value."""


def _is_request(question: Question, heard: Heard, task_label: str | None) -> bool:
    """Whether a message that holds a value asks for something of its own ("can I book A5?")."""
    topic = heard.label.startswith(("account/", "faq/")) and heard.label != task_label and heard.confidence > 0.7
    if not topic or question.expects in _STRICT or not question.choices:
        return False
    titles = {word for choice in question.choices for word in re.findall(r"[a-z']+", choice.title.lower())}
    words = re.findall(r"[a-z']+", without_values(heard))
    return any(word not in _AROUND and word not in titles for word in words)


_STRICT = {Expect.CODE, Expect.ASE_ID}

MOVES = {"stop", "human_agent", "repeat", "explain", "help", "goodbye"}
"""Labels that are never meant as free words asked for."""


_TROUBLE = {"complaint", "test_day_problem", "exception_request", "account_access"}
"""Labels that a yes to a preview never has."""

_ASIDE = {"repeat", "explain", "help"}


def _keyed(question: Question, digits: str) -> Answered:
    """A key on the phone: its place in the list, 1/2 for yes/no, or the number itself."""
    keys = digits.strip("#*")
    if question.expects is Expect.YES_NO:
        return Answered(Fit.ANSWER, keys == "1") if keys in {"1", "2"} else MISFIT
    if question.expects is Expect.CODE:
        return Answered(Fit.ANSWER, keys) if len(keys) == 6 else MISFIT
    if question.expects is Expect.ASE_ID:
        found = read_ase_id(keys)
        return Answered(Fit.ANSWER, found) if found else MISFIT
    if question.choices and keys.isdigit() and 1 <= int(keys) <= len(question.choices):
        return Answered(Fit.ANSWER, question.choices[int(keys) - 1].value)
    return MISFIT


def _value(question: Question, heard: Heard) -> Any:
    if question.expects is Expect.YES_NO:
        return _yes_no(heard)
    if question.expects is Expect.CODE:
        return read_code(heard.text)
    if question.expects is Expect.ASE_ID:
        return next(iter(heard.values("ase_id")), None) or read_ase_id(heard.text)
    if question.choices:
        chosen = _chosen(question, heard)
        if chosen is not None:
            return chosen
    if question.expects is Expect.TEST:
        return next(iter(heard.values("test_code")), None)
    if question.expects is Expect.FREE:
        return _free(question, heard)
    return None


def _free(question: Question, heard: Heard) -> Any:
    """Free words are the value, except where one thing is offered: then only a yes to it is."""
    if not question.choices:
        asks = heard.label in MOVES or heard.text.rstrip().endswith("?") or _asks_something(heard)
        return None if asks else heard.text.strip() or None
    wanted = heard.label == question.slot or bool(heard.values("ase_id")) or _yes_no(heard)
    return question.choices[0].value if wanted else None


def _asks_something(heard: Heard) -> bool:
    """Words that are a topic of ours rather than the value asked for: no figures, and clearly more than a name."""
    topic = heard.label.startswith(("account/", "faq/")) and heard.confidence > 0.8
    figures = any(c.isdigit() for c in without_values(heard, "test_code"))
    return topic and len(heard.text.split()) >= 4 and not figures


def without_values(heard: Heard, *kinds: str) -> str:
    """The words in lower case without the values found in them, or without those of some kinds."""
    text = heard.text.lower()
    for entity in sorted(heard.entities, key=lambda e: e.start, reverse=True):
        if not kinds or entity.kind in kinds:
            text = text[: entity.start] + " " + text[entity.end :]
    return text


def _yes_no(heard: Heard) -> bool | None:
    if heard.label == "affirm" and heard.confidence > 0.5:
        return True
    if heard.label == "deny" and heard.confidence > 0.5:
        return False
    value = read_yes_no(heard.text)
    return None if value and heard.label in _ASIDE else value  # "say that again, please" is no yes


def _chosen(question: Question, heard: Heard) -> Any:
    words = _plain(heard.text)
    for choice in question.choices:
        if words in {_plain(choice.title), _plain(choice.spoken), choice.id}:
            return choice.value
    if words in {"all", "all of them", "both", "both of them", "every one", "each", "any"}:
        found = next((c for c in question.choices if ALL in (c.value, f"__{c.id}__")), None)
        return found.value if found else None
    if len(question.choices) == 1 and is_yes(heard):
        return question.choices[0].value
    by_test = _by_test(question.choices, heard)
    if by_test is not None:
        return by_test
    if (heard.values("date") or heard.values("time")) and not _POINTS.search(words):
        return None  # "the first week of December" is a wish, not the first choice
    single = [choice for choice in question.choices if choice.value != ALL]
    place = read_choice(heard.text, len(single if "last" in words.split() else question.choices))
    return question.choices[place - 1].value if place else None


_POINTS = re.compile(r"\b(one|option|choice|number|seat|slot)\b")


def _by_test(choices: list[Choice], heard: Heard) -> Any:
    """The choice that names a test said in the message ("the brakes one"), if exactly one does."""
    for code in reversed(heard.values("test_code")):
        fits = [c for c in choices if str(code) in c.title.split() or str(code) == c.id]
        if len(fits) == 1:
            return fits[0].value
    return None


def _plain(text: str) -> str:
    return " ".join(text.lower().strip(" .!?,").split())

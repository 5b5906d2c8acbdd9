"""Whether a message answers the open question, and with which value.

The question comes first: while one is open, "2", "the second one" or "the brakes one" is an answer to it, whatever
the intent model thinks of those few words. A message that reads as a question of its own is not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.changes.kinds import CANCEL_APPOINTMENT, CHANGE_KINDS, VERBS
from bot.dialogue.state import Choice, Expect, Question, Since
from bot.dialogue.understanding.address import PARTS, can_be
from bot.dialogue.understanding.follow_ups import about_another
from bot.dialogue.understanding.repairs import refused_tests
from bot.dialogue.understanding.seat_preferences import is_no_pick
from bot.dialogue.understanding.user_message import OUT_OF_SCOPE, UserMessage
from bot.dialogue.understanding.yes_no import (
    SHORT,
    heeds,
    insists,
    is_plain_yes,
    is_question,
    is_yes,
    refuses,
    restricted,
    yes_or_no,
)
from bot.nlu.values import read_ase_id, read_choice, read_code, read_digits, read_yes_no
from bot.nlu.values.words import bag

ALL = "__all__"
"""The value of a choice that means every option at once."""

CONFIRM = "confirm"
"""The slot of the yes to a change."""

SEAT = "seat"
"""The slot of a seat to be chosen."""

BARE = {"inform", "affirm", "deny", OUT_OF_SCOPE, "greet", "sign_in"}
"""Labels that say nothing of their own beside an open question."""


class Fit(StrEnum):
    """How a message relates to the open question."""

    ANSWER = "answer"
    OTHER = "other"  # something else is wanted; the question stays open
    NO_MATCH = "no_match"  # meant as an answer, but it does not fit


@dataclass(frozen=True, slots=True)
class Answered:
    """How a message answers, and with which value."""

    fit: Fit
    value: Any = None


OTHER = Answered(Fit.OTHER)
NO_MATCH = Answered(Fit.NO_MATCH)


def read(question: Question, message: UserMessage, task_label: str | None = None) -> Answered:
    """How `message` relates to `question`; `task_label` is the topic the question belongs to."""
    if message.choice is not None:
        found = next((c for c in question.choices if c.id == message.choice), None)
        return Answered(Fit.ANSWER, found.value) if found else OTHER
    if message.digits is not None:
        return _keyed(question, message.digits)
    if message.text.startswith("/"):
        return OTHER
    if question.slot == SEAT:
        message = restricted(message) or message
    if question.slot == CONFIRM:
        return _plainly(question, message, task_label)
    return _spoken(question, message, task_label)


def _spoken(question: Question, message: UserMessage, task_label: str | None) -> Answered:
    """Words beside any question but the one before a change."""
    value = _value(question, message)
    if value is not None:
        if _is_request(question, message, task_label):
            return OTHER
        own_words = message.length <= SHORT or message.label in BARE or message.label == task_label
        own_words = own_words or (question.expects is Expect.FREE and not question.choices)
        return Answered(Fit.ANSWER, value) if own_words or question.expects in _STRICT else OTHER
    if not question.optional and _AT_A_LOSS.search(message.text.lower()):
        return NO_MATCH
    if question.optional or message.label not in BARE or message.label == "greet":
        return OTHER
    if message.label == OUT_OF_SCOPE and message.length > SHORT:
        return OTHER
    return NO_MATCH


# --- the yes or no to a change -----------------------------------------------------------------------

_DOING = {verb: frozenset(kind.topic for kind in kinds) for verb, kinds in VERBS.items()} | {"undo": frozenset({""})}
"""What a verb in an answer to a preview asks for, by the topic's key: "cancel it" is no yes to a booking."""

_BARE_DOING = re.compile(r"(yes|ok|okay|sure)?,? ?(please )?\w+ (it|that|this)( please| now)?[.!]?")
""" "Move it", "yes, book that please": the verb and nothing that says what or when."""


def _doing(message: UserMessage) -> list[frozenset[str]]:
    return [topics for verb, topics in _DOING.items() if re.search(rf"\b{verb}\b", message.text.lower())]


def _plainly(question: Question, message: UserMessage, task_label: str | None) -> Answered:
    """Yes or no to a preview, where a yes is no murmur and no word on what was answered in between."""
    if question.since is Since.DOUBTED and insists(message):
        return Answered(Fit.ANSWER, True)
    found = _confirmed(message, task_label)
    taken = found.fit is Fit.ANSWER and found.value is True
    key = message.words.strip(" .,!") in _KEY_SAID
    return (
        NO_MATCH
        if taken and not key and heeds(restricted(message) or message, after_answer=answered(question))
        else found
    )


def answered(question: Question) -> bool:
    """Whether something was answered beside the change, which an "ok" may be about (not where a yes was asked for)."""
    return question.since is Since.BESIDE


def _confirmed(message: UserMessage, task_label: str | None) -> Answered:
    """Yes or no to a preview. A yes has to be plain: whatever asks for more or for something else is not one."""
    alone = restricted(message)
    if alone is not None:
        return _confirmed(alone, task_label)
    if refuses(message):
        return Answered(Fit.ANSWER, False)
    if message.words.strip(" .,!") in _KEY_SAID:
        return Answered(Fit.ANSWER, _KEY_SAID[message.words.strip(" .,!")])
    if listens(message):
        return NO_MATCH
    doing, key = _doing(message), (task_label or "").partition("/")[2]
    if doing and all(key in kinds for kinds in doing) and _BARE_DOING.fullmatch(message.text.lower()):
        plain = re.match(r"(?:yes|ok|okay|sure)\b", message.words) is not None
        calls_off = message.label in {"stop", "deny"} and key != CANCEL_APPOINTMENT.topic and not plain
        return NO_MATCH if calls_off else Answered(Fit.ANSWER, True)
    value = yes_or_no(message)
    topic = message.label.startswith(("account/", "faq/"))
    if (topic and message.label != task_label and message.confidence > 0.5) or (message.label == "stop" and not value):
        return OTHER
    if value is None:
        return OTHER if message.label not in BARE or message.label == "greet" else _unless_long(message)
    if value is False and _INSTEAD.search(message.words):
        return OTHER  # "oh wait, at the other center instead": something else, and not nothing
    if value is False:
        return Answered(Fit.ANSWER, False) if message.length <= SHORT or message.label in BARE else NO_MATCH
    if message.label in (MOVES - {"stop"}) | _TROUBLE:
        return OTHER
    other = any(key not in kinds for kinds in doing)
    plain = message.label != "stop" and not other and is_plain_yes(message)
    return Answered(Fit.ANSWER, True) if plain else NO_MATCH


_INSTEAD = re.compile(r"\binstead\b(?! of)")


def _unless_long(message: UserMessage) -> Answered:
    return OTHER if message.label == OUT_OF_SCOPE and message.length > SHORT else NO_MATCH


# --- beside a list -----------------------------------------------------------------------------------


def none_of_these(question: Question, message: UserMessage) -> bool:
    """A bare no to a list of choices."""
    if question.expects is not Expect.CHOICE or question.optional or message.pressed:
        return False
    return bool(_NONE.search(" ".join(message.text.lower().split())))


def leaves(question: Question, message: UserMessage) -> bool:
    """Words beside a list by which everything stays as it is ("leave it where it is", "I don't want to move it")."""
    listed = question.expects is Expect.CHOICE and not question.optional and not message.pressed
    return listed and refuses(message) and message.label in BARE | {"stop"} | set(_CHANGES) and not is_question(message)


_CHANGES = {kind.label for kind in CHANGE_KINDS}
_NONE = re.compile(r"^(no+|nope|nah|no,? thanks?( you)?|none|none of (them|these|those)|neither|nothing)[.!]?$")

_AT_A_LOSS = re.compile(
    r"^(i (really )?(don'?t|do not) know|(i'?m )?not sure|(i have )?no idea|dunno)( which( one)?)?[.!]?$"
)
"""Asked, and no answer to give: the question is put once more, with what can be said."""

_AROUND = bag(
    "a an the one ones for of on in at and or my your test tests exam it its it's that this please yes yeah ok okay i "
    "i'd like want mean meant take think about to was is first last next sorry uh um just number no not"
)
"""Words that say nothing of their own beside a value."""


def _is_request(question: Question, message: UserMessage, task_label: str | None) -> bool:
    """Whether a message that holds a value asks for something of its own ("can I book A5?")."""
    topic = message.label.startswith(("account/", "faq/")) and message.label != task_label and message.confidence > 0.7
    if not topic or question.expects in _STRICT or not question.choices:
        return False
    titles = {word for choice in question.choices for word in re.findall(r"[a-z']+", choice.title.lower())}
    words = re.findall(r"[a-z']+", message.without_values())
    return any(word not in _AROUND and word not in titles for word in words)


_KEY_SAID = {"one": True, "number one": True, "press one": True, "two": False, "number two": False, "press two": False}
"""The key of a yes or a no, said instead of pressed."""

_MURMUR = r"(?:m++|hm++)[ -]?(?:hm++|mm++)?|mhm++|u++h+[ -]?hu++h++"
_HEED = r"right|i see|gotcha|got it|got you|ah+|oh+|yeah no|(?:ok |okay |oh |ah )i see|interesting|good to know"
_LISTENS = re.compile(rf"(?:(?:{_MURMUR}|{_HEED})[ ,.]*+)++(?:then|so|yeah)?")
"""A sound of listening: it accepts no change."""
_HEEDS = re.compile(rf"(?:(?:{_HEED})[ ,.]*+)++(?:then|so)?")


def listens(message: UserMessage) -> bool:
    """Whether it is no more than a sound of somebody who listens ("uh huh", "right")."""
    return not message.pressed and _LISTENS.fullmatch(message.words.strip(" .,!")) is not None


_STRICT = {Expect.CODE, Expect.ASE_ID, Expect.DIGITS}
"""Questions whose answer is a number, said whole or in pieces."""

MOVES = {"stop", "human_agent", "repeat", "explain", "help", "goodbye"}
"""Labels that are never meant as free words asked for."""

_TROUBLE = {"complaint", "test_day_problem", "exception_request", "account_access"}
"""Labels that a yes to a preview never has."""


def _keyed(question: Question, digits: str) -> Answered:
    """A key on the phone: its place in the list, 1/2 for yes/no, or the number itself."""
    keys = digits.strip("#*")
    if question.expects is Expect.YES_NO:
        return Answered(Fit.ANSWER, keys == "1") if keys in {"1", "2"} else NO_MATCH
    if question.expects in _STRICT:
        found = read_ase_id(keys) if question.expects is Expect.ASE_ID else None
        return Answered(Fit.ANSWER, found or keys) if keys else NO_MATCH
    if question.slot == "postal_code" and keys:
        return Answered(Fit.ANSWER, keys)
    if question.choices and keys.isdigit() and 1 <= int(keys) <= len(question.choices):
        return Answered(Fit.ANSWER, question.choices[int(keys) - 1].value)
    return NO_MATCH


def _value(question: Question, message: UserMessage) -> Any:
    if question.slot in PARTS:
        return message.text.strip() if can_be(question.slot, message) else None
    if question.expects is Expect.YES_NO:
        said = message.words.strip(" .,!")
        if _HEEDS.fullmatch(said):
            return None
        keyed = _KEY_SAID.get(said)
        return keyed if keyed is not None else None if is_question(message) else yes_or_no(message)
    if question.expects in _STRICT and message.label == "human_agent":
        return None
    if question.expects is Expect.CODE:
        return read_code(message.text) or read_digits(message.text)
    if question.expects is Expect.ASE_ID:
        whole = next(iter(message.values("ase_id")), None) or read_ase_id(message.text)
        return whole or read_digits(message.text)
    if question.expects is Expect.DIGITS:
        return read_digits(message.text) or ("" if yes_or_no(message) is False else None)
    if question.choices:
        chosen = _chosen(question, message)
        if chosen is not None:
            return chosen
    if question.expects is Expect.TEST:
        return next(iter(message.values("test_code")), None)
    if question.expects is Expect.FREE:
        return _free(question, message)
    return None


def _free(question: Question, message: UserMessage) -> Any:
    """Free words are the value, except where one thing is offered: then only a yes to it is."""
    if not question.choices:
        return None if _is_no_value(message) else message.text.strip() or None
    plainly = yes_or_no(message) is True and is_plain_yes(message)
    wanted = plainly or message.label == question.slot or bool(message.values("ase_id"))
    return question.choices[0].value if wanted and not (is_question(message) or about_another(message)) else None


_PERSONAL = re.compile(r"\b(?:i|i'm|im|i'll|my|you|your|me|we|he|she|they|is|was|are|told|this|that)\b")
"""Words of talk, which no street and no city has."""
_NO_VALUE_ACTS = {"question", "request", "acceptance", "refusal", "control", "social"}


def _is_no_value(message: UserMessage) -> bool:
    """Words that are not the value asked for: a question, a yes or no, a remark, or one of our topics."""
    if message.label in MOVES or message.asks or _asks_something(message):
        return True
    if any(c.isdigit() for c in message.without_values("test_code")):
        return False
    if message.length > 1 and (is_question(message) or message.values("test_code")):
        return True
    if message.length > SHORT or (message.length >= 3 and _PERSONAL.search(message.words)):
        return True
    sure = message.act_score >= 0.85
    if message.length == 1:
        return read_yes_no(message.text) is not None and message.act in {"acceptance", "refusal"} and sure
    return message.act in _NO_VALUE_ACTS and sure


def _asks_something(message: UserMessage) -> bool:
    """Words that are a topic of ours rather than the value asked for: no figures, and clearly more than a name."""
    topic = message.label.startswith(("account/", "faq/")) and message.confidence > 0.8
    figures = any(c.isdigit() for c in message.without_values("test_code"))
    return topic and message.length >= 4 and not figures


# --- which of several ------------------------------------------------------------------------------------


def _chosen(question: Question, message: UserMessage) -> Any:
    words = _plain(message.text)
    for choice in question.choices:
        if words in {_plain(choice.title), _plain(choice.spoken), choice.id}:
            return choice.value
    if words in {"all", "all of them", "both", "both of them", "every one", "each", "any"}:
        found = next((c for c in question.choices if ALL in (c.value, f"__{c.id}__")), None)
        return found.value if found else None
    if len(question.choices) == 1 and is_yes(message):
        return question.choices[0].value if is_plain_yes(message) else None
    by_test = _by_test(question.choices, message)
    if by_test is not None:
        return by_test
    placed = by_place(question, message)
    return placed if placed is not None else _by_words(question, message)


def _by_words(question: Question, message: UserMessage) -> Any:
    """The one choice whose title has every word said that tells something ("the parts one"); never a seat."""
    if question.slot == SEAT or is_question(message) or message.entities or message.length > SHORT:
        return None
    said = set(re.findall(r"[a-z]{3,}", message.words)) - _CHOOSING - {"just", "only", "test", "series", "both", "all"}
    fits = [each for each in question.choices if said and said <= set(re.findall(r"[a-z]+", each.title.lower()))]
    return fits[0].value if len(fits) == 1 and fits[0].value != ALL else None


def only_chooses(message: UserMessage) -> bool:
    """Whether the words do nothing but choose a place in a list ("wait, I'd rather have the second")."""
    words = set(re.findall(r"[a-z']+", message.without_values()))
    return words <= _CHOOSING and bool(words & _PLACES) and not is_question(message)


_PLACES = bag("first second third fourth fifth sixth last final top bottom middle former latter one two three four")


def by_place(question: Question, message: UserMessage) -> Any:
    """The choice at a place in the list, where the words do nothing but choose ("number 2", "the last one")."""
    words = _plain(message.text)
    if question.slot == SEAT and is_no_pick(message):
        return None
    if is_question(message) or not set(re.findall(r"[a-z']+", message.without_values())) <= _CHOOSING:
        return None
    if (message.values("date") or message.values("time")) and not _POINTS.search(words):
        return None  # "the first week of December" is a wish, not the first choice
    if message.values("test_code") or message.values("ase_id"):
        return None
    single = [choice for choice in question.choices if choice.value != ALL]
    place = read_choice(message.text, len(single if "last" in words.split() else question.choices))
    return question.choices[place - 1].value if place else None


_POINTS = re.compile(r"\b(one|option|choice|number|seat|slot)\b")
_CHOOSING = bag(
    "a an the one ones number option choice item seat slot appointment time first second third fourth fifth sixth "
    "seventh eighth last final top bottom middle other former latter two three four five six seven eight nine ten "
    "please yes yeah yep ok okay sure i i'd i'll id ill i'm im would will like want wanna to take pick choose press "
    "select go going with give me let's lets do book make it that this is be my um uh er oh well hmm so and then "
    "think guess say said said number's not no actually sorry mean meant wait instead before after from of on at for "
    "thanks thank you fine good great works b c d e f g h st nd rd th primero segunda segundo tercero uno dos tres "
    "won too for tree ate sex fife bee see keep ah anyway anyhow rather have stick"
)
"""Words of somebody who picks from a list; with any other word, a number in the sentence picks nothing."""


def _by_test(choices: list[Choice], message: UserMessage) -> Any:
    """The choice that names a test said in the message ("the brakes one"), if exactly one does."""
    if is_question(message):
        return None
    refused = refused_tests(message)
    for code in reversed(message.values("test_code")):
        fits = [c for c in choices if _names(c, str(code))]
        if len(fits) == 1 and str(code) not in refused:
            return fits[0].value
    left = [c for c in choices if c.value != ALL and not any(_names(c, code) for code in refused)]
    return left[0].value if refused and len(left) == 1 else None  # "not the A1", and there are two


def _names(choice: Choice, code: str) -> bool:
    return code in choice.title.split() or code == choice.id


def _plain(text: str) -> str:
    return " ".join(text.lower().strip(" .!?,").split())

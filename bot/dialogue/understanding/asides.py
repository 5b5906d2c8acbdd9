"""What is said beside the subject, taken where it can be meant: signing in, waiting for a person, the line itself."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.contracts.asking import Aside
from bot.dialogue.understanding.user_message import UserMessage

LEAST = 0.5
"""The chance that all the wanted asides must have together."""

SIGN_IN = frozenset(
    {
        *(Aside.CODE_AGAIN, Aside.CODE_LATE, Aside.CODE_WHERE, Aside.CODE_SPAM, Aside.MAIL_LOST, Aside.CODE_BY_TEXT),
        *(Aside.ID_WHAT, Aside.ID_WHERE, Aside.ID_FORGOTTEN, Aside.WHY, Aside.SAFE, Aside.LOOKING, Aside.HAVE_IT),
        Aside.OTHER_WAY,
    }
)
"""What is said while an ASE ID or a code is asked for."""

ABOUT_THE_ID = frozenset({Aside.ID_WHAT, Aside.ID_WHERE, Aside.ID_FORGOTTEN})
_NAMES_ID = re.compile(r"\ba\.? ?s\.? ?e\.? (id|i d|number)\b|\bmy id number\b")


def aside_of(message: UserMessage, wanted: Iterable[Aside], least: float = LEAST) -> Aside | None:
    """The likeliest of the wanted asides, if together they are likely enough."""
    if message.pressed or message.event is not None:
        return None
    found = [(aside, chance) for aside, chance in message.asides if aside in set(wanted)]
    if not found or sum(chance for _, chance in found) < least:
        return None
    return max(found, key=lambda each: each[1])[0]


_TALKING = re.compile(
    r"\b(?:talk|speak|chat|connect|transfer me|an? person|"
    r"the person|switch|reach|call|help|put (?:me|you)|get me|give me|pass me|hand me|have|"
    r"need|want|there|agent|operator|representative|human|real|live)\b"
)


def names_talking(message: UserMessage) -> bool:
    """Whether the words say that somebody is wanted to talk to."""
    return _TALKING.search(message.words) is not None


_OF_THE_ID = re.compile(
    r"\b(?:id|i d|i\.d\.|numbers?|sign(?:ing)?[ -]?(?:me )?in|log(?:ging)?[ -]?in|login|password|account number)\b"
)
_OF_THE_ID_ALONE = re.compile(
    _OF_THE_ID.pattern.replace(
        "numbers?", r"(?:my|your|ase|a s e|account|candidate|member(?:ship)?|that|which|what) numbers?"
    )
)
"""The same where no ID was spoken of: "the number" may then be one to call."""
_OF_ASKING = re.compile(
    r"\b(?:you|u|ya)(?: guys)? (?:really |even |all )?(?:need|want|ask|have to|gotta|got to|require|must)\b|"
    r"\b(?:give|tell|send|type|hand|share|enter)(?:ing)? (?:you|that|this|it|my|all that)\b|\btype\b.*\bhere\b|"
    r"\b(?:scam|legit|phishing|identity|private|privacy|personal info\w*|really ase|really a s e)\b"
)
_WHERE_IT_IS = re.compile(
    r"\b(?:where|find|look like|looks like)\b.*\b(?:it|that|one|this)\b|\bwhat(?:'?s| is) (?:it|that)\b"
)
_WITHOUT = re.compile(r"\b(?:without|instead of|other way|no id|don'?t have (?:an|my|the|any) (?:id|number))\b")


def about_signing_in(message: UserMessage, aside: Aside, *, spoken_of: bool) -> bool:
    """Whether an aside is about signing in although no ID is asked for yet: by its words, or as it goes on.

    `spoken_of`: the ID was just spoken of, so that "where do I find it" means the ID.
    """
    words = message.words
    if aside is Aside.LOOKING:
        return message.act in {"control", "statement", "social"}
    if (_OF_THE_ID if spoken_of else _OF_THE_ID_ALONE).search(words) is not None:
        return True
    if aside in {Aside.WHY, Aside.SAFE, Aside.OTHER_WAY} and _OF_ASKING.search(words) is not None:
        return True
    return spoken_of and aside in ABOUT_THE_ID and _WHERE_IT_IS.search(words) is not None


def goes_without(message: UserMessage) -> bool:
    """Whether it asks to do without the ID or the sign-in."""
    return _WITHOUT.search(message.words) is not None


def names_ase_id(message: UserMessage) -> bool:
    """Whether the words name the ASE ID itself, so that a question about it needs no context."""
    return _NAMES_ID.search(message.words) is not None

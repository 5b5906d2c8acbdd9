"""Matters that the words of a question name beyond doubt, so that nothing is to be guessed: places, and polarity."""

from __future__ import annotations

import re

from bot.contracts.matters import Matter
from bot.dialogue.understanding.places import Abroad, abroad
from bot.dialogue.understanding.user_message import UserMessage

_MISSES = re.compile(r"\b(?:miss(?:ed|ing)?|no[- ]?show(?:ed)?|skip(?:ped)?|(?:don'?t|didn'?t) (?:show|go|make it))\b")
_FAILS = re.compile(r"\b(?:fail(?:ed|ing)?|flunk(?:ed)?|bomb(?:ed)?|(?:don'?t|didn'?t|not) pass)\b")
_MASTER = re.compile(r"\bmaster(?:s|'s)?\b")
_RAN_OUT = re.compile(
    r"\b(?:ran|run|runs|running|went) out\b|\bexpired?s?\b|\blaps(?:ed?|es|ing)\b|\blet (?:\w+ ){0,3}(?:go|"
    r"lapse|expire|slide)\b"
    r"|\bout of date\b|\bnot current\b"
)
_STILL = re.compile(
    r"\b(?:still|am i|are they|is he|is she|would i|do i|does he|does she|will i|stay|keep|remain|lose|count as)\b"
)
_BACK = re.compile(r"\b(?:back|again|restored?|return|regain|reinstated?|recover)\b")
_RENEWS = re.compile(r"\b(?:re-?cert\w*|renew\w*|pass(?:ed)?|re-?take|redo|fix|bring .* up to date)\b")
_KEEPS = re.compile(
    r"\b(?:keep|get to keep|added?|adds?|tack(?:ed)? on|roll(?:s|ed)? over|carr(?:y|ies|ied) over|"
    r"credit(?:ed)?|save|stack)\b"
)
_TIME_LEFT = re.compile(
    r"\b(?:remaining|left ?over|leftover|unused|rest of|what'?s left|(?:time|months?|years?|"
    r"term) (?:that'?s )?(?:i have )?left|"
    r"the (?:rest|remainder)|remainder|old (?:time|months|years)|extra (?:time|months))\b"
)
_EARLY = re.compile(r"\b(?:early|ahead|before|sooner|re-?cert\w*|renew\w*|old|new)\b")
_LOSES = re.compile(
    r"\b(?:lose|losing|give up|forfeit|waste|throw away)\b.{0,20}\b(?:months?|time|rest|remainder|years?|"
    r"what'?s left)\b"
)
_KEEPS_DATE = re.compile(r"\bkeep(?:ing)? (?:the|my|that|its) (?:\w+ ){0,2}(?:date|expiration|expiry|day)\b")
_RECERTS_LATE = re.compile(
    r"\bstill (?:do|take|sit|use|get|be able to take) (?:the|a) "
    r"(?:short\w*|re-?cert\w*|renewal|quick|small) (?:test|exam|one)\b|"
    r"\b(?:can|could|may|am|is|are) (?:i|we|he|she|they|it)?(?:\w+ )?still (?:able to |allowed to |"
    r"possible to )?(?:be )?"
    r"(?:re-?cert\w*|renew\w*)"
)
_SERVES = re.compile(
    r"\b(?:stationed|deployed|deployment|army|navy|air force|marines?|soldiers?|active duty|service ?(?:men|"
    r"man|members?|"
    r"woman|women)|enlisted|military|troops?|airm[ae]n|coast guard|on orders)\b"
)
_FAMILY = re.compile(
    r"\b(?:wife|husband|spouse|dependents?|dependants?|kids?|family|families|girlfriend|boyfriend|fianc[ée]e?|"
    r"children|"
    r"contractors?|civilians?|daughter|mother|father)\b"
)
_WHO_ASKS = re.compile(
    r"\b(?:can|could|may|is|are|does|do|will|would|and|about) (?P<who>i|we|he|she|they|his|her|my|our|the)\b"
)
_BASE = re.compile(r"\b(?:base|bases|garrison|barracks|post|camp|fort|overseas)\b")


_IS_CERTIFIED = re.compile(
    r"\b(?:is|am|are|be|being|was|become|became|count as|consider(?:ed)?) (?:\w+ ){0,2}?certified\b"
)
_WITHOUT_EXPERIENCE = re.compile(
    r"\b(?:no|not|without|never|hasn'?t|haven'?t|didn'?t|don'?t|doesn'?t|isn'?t|aren'?t|before|still|yet|missing|lacks?|"
    r"pending|waiting)\b.{0,45}?\b(?:work (?:history|experience|form)|experience(?: form| paperwork)?|hours in|"
    r"employment form)\b|\b(?:work (?:history|experience|form)|"
    r"experience(?: form)?)\b.{0,25}?\b(?:isn'?t|not|hasn'?t|pending|"
    r"missing|in review|open|outstanding)\b"
)


def matter_of(message: UserMessage) -> Matter | None:
    """What the words name beyond doubt, or None."""
    if message.pressed:
        return None
    words = message.words
    if _MASTER.search(words):
        return _of_master(words)
    if _IS_CERTIFIED.search(words) and _WITHOUT_EXPERIENCE.search(words):
        return Matter.NO_EXPERIENCE
    if _KEEPS.search(words) and _TIME_LEFT.search(words) and _EARLY.search(words):
        return Matter.KEEPS_TIME
    if _KEEPS_DATE.search(words) and _EARLY.search(words):
        return Matter.KEEPS_TIME
    if _LOSES.search(words):
        return Matter.LOSES_TIME
    if _RECERTS_LATE.search(words):
        return Matter.RECERT_LATE
    if (
        _MISSES.search(words)
        and _FAILS.search(words)
        and re.search(r"\b(?:or|versus|vs|either|both|each|and if|but if)\b", words)
    ):
        return Matter.MISS_OR_FAIL
    return _of_place(words)


def _of_master(words: str) -> Matter | None:
    if (
        _BACK.search(words)
        and _RENEWS.search(words)
        and re.search(r"\b(?:if|once|when|after|does|will|would|do)\b", words)
    ):
        return None if re.search(r"\b(?:how|what) (?:do|can|would|must|should)\b", words) else Matter.MASTER_BACK
    return Matter.MASTER_LAPSED if _RAN_OUT.search(words) and _STILL.search(words) and not _BACK.search(words) else None


def _of_place(words: str) -> Matter | None:
    place = abroad(words)
    if place is Abroad.COUNTRY and _THIS_SIDE.search(words):
        return Matter.BORDER
    base = place is Abroad.BASE or (_BASE.search(words) is not None and _SERVES.search(words) is not None)
    if _FAMILY.search(words) and (base or place is None) and _asks_of_family(words):
        return Matter.FAMILY_ON_BASE if base or place is Abroad.BASE or len(words.split()) <= _SHORT else None
    if place is Abroad.BASE:
        return Matter.BASE_NAMED
    if place is Abroad.CANADA:
        return Matter.CANADA
    if place is Abroad.TERRITORY:
        return Matter.TERRITORY
    if place is Abroad.COUNTRY:
        return Matter.MILITARY if _SERVES.search(words) and not _FAMILY.search(words) else Matter.OTHER_COUNTRY
    return None


_THIS_SIDE = re.compile(
    r"\b(?:texas|tx|california|ca|arizona|az|new mexico|nm|u\.?s\.?|usa|american|washington|michigan|new york|this|our)"
    r"\.? side\b"
)
_SHORT = 6
"""In up to so many words, "and his wife?" leans on the bases spoken of."""


def _asks_of_family(words: str) -> bool:
    """Whether the family is asked about and not the one who serves ("my son is stationed there, can he")."""
    asks = [match["who"] for match in _WHO_ASKS.finditer(words)]
    serves = _SERVES.search(words) is not None and re.search(r"\bi(?:'m| am|'ve)\b", words) is None
    return not (asks and asks[-1] in {"he", "she", "they", "my"} and serves)

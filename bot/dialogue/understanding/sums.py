"""Money as people reckon with it: amounts, how many series, and what comes on top or is left out."""

from __future__ import annotations

import re
from decimal import Decimal

from bot.dialogue.memories import Sum
from bot.dialogue.understanding.user_message import UserMessage

_ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_UP_TO_99 = rf"(?:(?:{'|'.join(_TENS)})(?:[ -](?:{'|'.join(_ONES[1:10])}))?|{'|'.join(_ONES)})"
_CURRENCY = r"(?:bucks?|dollars?|usd)"
_FIGURES = re.compile(
    rf"\$ ?(?P<a>\d{{1,4}}(?:\.\d\d?)?)|\b(?P<b>\d{{1,4}}(?:\.\d\d?)?) ?{_CURRENCY}\b|"
    rf"(?<![\d.:])(?P<c>\d{{1,3}}\.\d\d)(?![\d.])"
)
_WORDS = re.compile(
    rf"\b(?P<whole>{_UP_TO_99})(?: and)?(?: {_CURRENCY})?(?: and)?[ -](?P<cents>fifty|a half)\b(?: cents?)?"
    rf"|\b(?P<round>{_UP_TO_99}) {_CURRENCY}\b"
)
_BARE = re.compile(
    rf"\b(?:so|thats|that's|(?:so )?is that|that is|its|it's|is it|then|comes? to|makes?|total of|be|for|pay|"
    rf"owe) (?:about |only |just )?"
    rf"(?P<n>\d{{1,3}}|{_UP_TO_99})(?: (?:even|total|altogether|all together|all in|in all|for (?:all|both|"
    rf"everything)|"
    r"then|right|correct|yes|yeah|huh))*\W*$"
)
""" "So fifteen?": an amount where money is spoken of."""
_SERIES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("school_bus", re.compile(r"\bschool ?bus(?:es)?\b")),
    ("transit_bus", re.compile(r"\btransit(?: bus(?:es)?)?\b")),
    ("truck_equipment", re.compile(r"\btruck equipment\b")),
    (
        "medium_heavy_truck",
        re.compile(r"\b(?:medium|heavy)[ /-](?:heavy )?(?:duty )?truck\b|\btrucks?\b(?! equip)|\bt[- ]series\b"),
    ),
    ("automobile", re.compile(r"\b(?:autos?|automobiles?|automotive|cars?|a[- ]series)\b")),
    ("collision", re.compile(r"\b(?:collision|body ?shop|b[- ]series)\b")),
    ("parts", re.compile(r"\b(?:parts|p[- ]series)\b")),
    ("engine_machinist", re.compile(r"\b(?:engine )?machinist\b")),
    ("bus", re.compile(r"(?<!school )(?<!transit )\bbus\b")),
)
_FURTHER = re.compile(
    r"\b(?:on top|as well|too|also|plus|add(?:ed|ing)?|in addition|throw in|along with|what about|how about)\b"
    r"|^\W*(?:and|plus|with)\b"
)
_ONLY = re.compile(r"\b(?:just|only) (?:the |my |for )?(?!\$|\d)")
_WITHOUT = re.compile(
    r"\b(?:without|leave (?:out|off)|leaving out|minus|except|skip|drop|not counting|take off|forget)\b"
)
_MORE = re.compile(
    rf"\b(?P<n>{'|'.join(_ONES[1:10])}|\d) more\b|\b(?P<another>another(?: one)?|a(?:n(?:other)?)? (?:second|"
    rf"third|extra|further) one)\b"
)
_EACH = re.compile(r"\b(?:each|apiece|a piece|per|every(?: one)?|a pop|for one|either)\b")
_COVERS = re.compile(
    r"\b(?:covers?|takes? care of|good for|enough for|do(?:es)? (?:it )?for|pays? for|includes?|gets? me|buys?)\b"
)
_TOTALS = re.compile(
    r"\b(?:come(?:s)? (?:out )?to|add(?:s)? up|altogether|all together|in all|all in|total|in total|sum)\b|"
    r"\bhow much\b"
)


def sum_of(message: UserMessage) -> Sum | None:
    """What the message names of money and of series, or None.

    >>> sum_of(UserMessage("auto and truck so fifteen?", "inform")).amount
    '15'
    """
    if message.pressed:
        return None
    words = message.words
    amount = _amount(words)
    more = _MORE.search(words)
    found = Sum(
        series=tuple(name for name, pattern in _SERIES if pattern.search(words)),
        amount=None if amount is None else str(amount),
        each=_EACH.search(words) is not None,
        covers=_COVERS.search(words) is not None,
        adds=0 if more is None else _number(more["n"] or "one"),
        further=_FURTHER.search(words) is not None and _ONLY.search(words) is None,
        without=_WITHOUT.search(words) is not None,
        totals=_TOTALS.search(words) is not None,
    )
    return found if found != Sum() else None


def _amount(words: str) -> Decimal | None:
    """The last amount of money that is said."""
    figures = list(_FIGURES.finditer(words))
    if figures:
        last = figures[-1]
        return Decimal(last["a"] or last["b"] or last["c"])
    said = list(_WORDS.finditer(words))
    if said:
        last = said[-1]
        if last["round"]:
            return Decimal(_number(last["round"]))
        return Decimal(_number(last["whole"])) + Decimal("0.50")
    bare = _BARE.search(words)
    return None if bare is None or _number(bare["n"]) <= 5 else Decimal(_number(bare["n"]))


def _number(said: str) -> int:
    if said.isdigit():
        return int(said)
    head, _, last = said.replace("-", " ").partition(" ")
    if head in _TENS:
        return _TENS[head] + (_ONES.index(last) if last else 0)
    return _ONES.index(head)

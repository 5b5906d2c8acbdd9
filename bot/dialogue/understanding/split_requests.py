"""Several requests in one message: where it could be cut, and whether the pieces stand on their own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.changes.kinds import CHANGE_KINDS

AT_MOST = 3
"""Requests of one message that are answered; more than these are not cut apart."""

SHORTEST = 3
"""Words a piece needs to be a request of its own."""

SURE = 0.6
"""Confidence each piece must be read with."""

ANSWERED = 0.5
"""A piece that a statement of ours answers with this chance is a request of its own."""

HAND_OVERS = {"human_agent", "complaint", "test_day_problem", "exception_request", "account_access"}

_STARTS = (
    "what what's whats when when's whens where where's wheres how how's hows who who's whos why which can could do "
    "does did is are am may should would will i i'd id my tell cancel move reschedule book schedule show please "
    "give order change send find check"
)
_CUT = re.compile(
    r"(?<=[?!;.])\s+(?:and |also |plus |oh and )?"
    r"|(?<!\s)\s*+,\s++(?=(?:whats?|whens?|wheres?|hows?|why|who|which|can|do|does|is|are|will)\b)"
    r"|(?:^|(?<!\s)\s++)(?:\(?[1-4]\s?[).:]|#[1-4])\s+"
    r"|(?<!\s)(?:\s*+,)?\s++(?:and |then )?(?:second(?:ly)?|the second(?: one)?|the other(?: one)?)\b(?:\s+is)?[:,]?\s+"
    r"(?=(?:" + "|".join(_STARTS.split()) + r")\b)"
    r"|(?<!\s)(?:\s*+,)?\s++(?:and also|and then|and|also|plus)\s+(?=(?:" + "|".join(_STARTS.split()) + r")\b)",
    re.IGNORECASE,
)


_ANNOUNCED = re.compile(
    r"^\W*(?:(?:hi|hey|hello|ok|okay|so|well|um|uh|yeah)\W+)*(?:(?:i have|i'?ve|i got|got|just|have)\s+)*"
    r"(?:a\s+)?(?:two|three|couple(?:\s+of)?|few|2|3|quick|some)\s+(?:quick\s+)?(?:questions?|things?)\b"
    r"(?:\s+for you)?(?:\s*[:,.;-]+|\s+(?=(?:first|is|are|when|what|how|can|do|does|where)\b))\s*"
    r"(?:(?:first(?:ly)?|one)\b(?:\s+is)?[:,]?\s+)?",
    re.IGNORECASE,
)
"""What only says that several questions come ("two questions: …")."""
_CONDITION = re.compile(
    r"(?:(?:so|and|but|ok|okay|well|also|then)\s+)*(?:if|once|suppose|supposing|assuming|as soon as)\s",
    re.IGNORECASE,
)
_CUT_REPLY = re.compile(
    rf"(?:{_CUT.pattern})|,\s+(?=(?:what|what's|when|when's|where|how|who|is|are|does|do|can|could)\b)", re.IGNORECASE
)
"""Where a reply to a preview may be cut, too: "don't cancel it, when is it?"."""
_REFUSAL = re.compile(
    r"(?:(?:no|actually|wait|oh|please|ok|okay|h+m+|hold on|um+|uh+)[ ,]+)*"
    r"(?:don'?t|do not|never ?mind|leave|stop|forget)\b.*",
    re.IGNORECASE,
)


_SHORT = re.compile(r"(?:undo(?: it| that| this)?|put (?:it|that) back)[.!]?", re.IGNORECASE)
_COMMAND = re.compile(r"(?:cancel|move|reschedule|book|schedule|rebook) [a-z]\d{1,2}r?[.!]?", re.IGNORECASE)
_REPLY = re.compile(r"(?:yes|yeah|yep|sure|no|nope|ok|okay)(?:,? please|,? thanks)?[.!]?", re.IGNORECASE)

_YES = re.compile(r"(?:yes|yeah|yep|sure|ok|okay)(?:,? please|,? thanks)?[.!]?", re.IGNORECASE)

_ONLY_WHOM = (
    "the candidate what about and now next look up show me for of is it's this that id please switch to check "
    "let's go back person one number open pull same question thing ditto likewise how as well too again then"
)


def pieces(text: str, *, answering: bool = False) -> list[str]:
    """The parts a message may fall into, in order; just one where there is nothing to cut.

    `answering`: a yes/no question is open, so that a bare yes or no in front is a part too.
    """
    text = _ANNOUNCED.sub("", text, count=1) or text
    found = [piece.strip(" ,;") for piece in (_CUT_REPLY if answering else _CUT).split(text)]
    if len(found) > 1 and _CONDITION.match(found[0]) and not text.startswith((f"{found[0]}?", f"{found[0]}.")):
        found = [f"{found[0]}, {found[1]}", *found[2:]]  # "if I recertify now, when does it expire"
    if len(found) > 2 and found[0] and not _OPENS.match(found[0]):  # what the first question is about
        found = [f"{found[0]}, {found[1]}", *found[2:]]
    found = [
        piece
        for at, piece in enumerate(found)
        if len(piece.split()) + bool(_SAYS_IS.match(piece)) >= SHORTEST
        or _SHORT.fullmatch(piece)
        or _COMMAND.fullmatch(piece)
        or (answering and not at and _REPLY.fullmatch(piece))
    ]
    return found if 2 <= len(found) <= AT_MOST else [text]


_SAYS_IS = re.compile(r"(?:when|where|what|how|who)['’]?s\b", re.IGNORECASE)
""" "When's my A7" has as many words as "when is my A7"."""

_OPENS = re.compile(rf"^(?:and |so |ok |okay |but |also )*(?:{'|'.join(_STARTS.split())}|if|yes|no)\b", re.IGNORECASE)
"""How a question or a request begins."""

_PERSON = re.compile(
    r"(?:0|(?:please )?(?:an? |the )?(?:live )?(?:operator|agent|representative|human|person)(?:,? please)?)[.!]?",
    re.IGNORECASE,
)


def asks_for_person(text: str) -> bool:
    """Whether a message is no more than the word that always leads to a person, whatever is being asked."""
    return _PERSON.fullmatch(text.strip()) is not None


def says_only_whom(text: str) -> bool:
    """Whether a message, its ASE ID said as "the candidate", asks for nothing besides ("what about …")."""
    return not set(re.findall(r"[a-z']+", text.lower())) - set(_ONLY_WHOM.split())


_SHORT_ID = re.compile(r"(?<![\w$#.:/-])#?(0\d{3})(?![\w:/-])(?!\.\d)")
_SAME = re.compile(r"\b(?:same|likewise|ditto)\b", re.IGNORECASE)
_TOO = re.compile(r"^\W*(?:so |ok |okay )*(?:and|what about|how about|for)\b|\b(?:as well|too)\b", re.IGNORECASE)


def named_in_short(text: str, about: str | None, found: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The ASE ID that an agent names by its last group alone ("is 0011 allowed to retest"), as a value found.

    It is taken to begin as the one in hand does; where a whole ID is named, or none is in hand, there is none.

    >>> [each["value"] for each in named_in_short("and 0012?", "ASE-1000-0011", [])]
    ['ASE-1000-0012']
    """
    if about is None or any(each["entity"] == "ase_id" for each in found):
        return []
    first = about.rpartition("-")[0]
    return [
        {"entity": "ase_id", "value": f"{first}-{named.group(1)}", "start": named.start(), "end": named.end()}
        for named in _SHORT_ID.finditer(text)
    ]


def asks_the_same(text: str) -> bool:
    """Whether words that name no more than whom ask of them what was asked last ("same for 0012")."""
    return says_same(text) or _TOO.search(text) is not None


def says_same(text: str) -> bool:
    """Whether it says in so many words that the same is asked."""
    return _SAME.search(text) is not None


def stand_alone(parsed: Sequence[Mapping[str, Any]]) -> bool:
    """Whether every piece is a request of its own, and not all of them the same one."""
    if _YES.fullmatch(str(parsed[0]["text"])) and any(part.get("act") == "question" for part in parsed[1:]):
        return False  # a yes with a question beside it changes nothing: the question is answered first
    if tells_and_asks(parsed):
        return False
    if _one_change(parsed):
        return False
    return all(map(_is_request, parsed)) and len({_sense(part) for part in parsed}) > 1


def tells_and_asks(parsed: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the pieces are what happened, and one question on it: one matter."""
    return [part.get("act") for part in parsed] == ["statement"] * (len(parsed) - 1) + ["question"]


def _one_change(parsed: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a change that names no test follows one that does: "cancel A5 and give me the money back" is one wish."""
    changes = [part for part in parsed if _sense(part) in CHANGES]
    names = [any(each["entity"] == "test_code" for each in part.get("entities") or ()) for part in changes]
    return len(changes) == len(parsed) and names[0] and not all(names)


def _is_request(part: Mapping[str, Any]) -> bool:
    label = str(part.get("label") or part["intent"]["name"])
    text = str(part["text"])
    if _SHORT.fullmatch(text) or _REPLY.fullmatch(text) or _COMMAND.fullmatch(text):
        return True
    if part.get("act") in {"refusal", "control"} and _REFUSAL.fullmatch(text):
        return True
    ours = label.startswith(("account/", "faq/")) or label in HAND_OVERS
    if _is_change(part):
        return True
    sure = float(part["intent"].get("confidence") or 0.0) >= SURE
    answer = part.get("answer")
    if answer and part.get("act") == "question" and float(answer["score"]) >= ANSWERED:
        return True
    return ours and sure and bool(part.get("accepted", True)) and not part.get("near_tie")


def _is_change(part: Mapping[str, Any]) -> bool:
    """ "Cancel my A5": surely a change, although which of two sounds alike."""
    ranking = list(part.get("ranking") or ())[:2]
    return len(ranking) == 2 and all(r["name"] in CHANGES for r in ranking) and _confidence(ranking) >= SURE


def _confidence(ranking: Sequence[Mapping[str, Any]]) -> float:
    return sum(float(r["confidence"]) for r in ranking)


CHANGES = {kind.label for kind in CHANGE_KINDS if kind.of_one_test}


def _sense(part: Mapping[str, Any]) -> str:
    return str(part.get("label") or part["intent"]["name"])

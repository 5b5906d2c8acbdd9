"""Several requests in one message: where it could be cut, and whether the pieces stand on their own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

AT_MOST = 3
"""Requests of one message that are answered; more than these are not cut apart."""

SHORTEST = 3
"""Words a piece needs to be a request of its own."""

SURE = 0.6
"""Confidence each piece must be read with."""

HAND_OVERS = {"human_agent", "complaint", "test_day_problem", "exception_request", "account_access"}

_STARTS = (
    "what what's when when's where where's how who why which can could do does did is are am may should would will "
    "i i'd my tell cancel move reschedule book schedule show please give order change send find check"
)
_CUT = re.compile(
    r"(?<=[?!;.])\s+(?:and |also |plus |oh and )?"
    r"|\s*,?\s+(?:and also|and then|and|also|plus)\s+(?=(?:" + "|".join(_STARTS.split()) + r")\b)",
    re.IGNORECASE,
)


def pieces(text: str) -> list[str]:
    """The parts a message may fall into, in order; just one where there is nothing to cut."""
    found = [piece.strip(" ,;") for piece in _CUT.split(text)]
    found = [piece for piece in found if len(piece.split()) >= SHORTEST]
    return found if 2 <= len(found) <= AT_MOST else [text]


def stand_alone(parsed: Sequence[Mapping[str, Any]]) -> bool:
    """Whether every piece is a request of its own, and not all of them the same one."""
    return all(map(_is_request, parsed)) and len({_sense(part) for part in parsed}) > 1


def _is_request(part: Mapping[str, Any]) -> bool:
    label = str(part.get("label") or part["intent"]["name"])
    ours = label.startswith(("account/", "faq/")) or label in HAND_OVERS
    sure = float(part["intent"].get("confidence") or 0.0) >= SURE
    return ours and sure and bool(part.get("accepted", True)) and not part.get("near_tie")


def _sense(part: Mapping[str, Any]) -> str:
    return str(part.get("label") or part["intent"]["name"])

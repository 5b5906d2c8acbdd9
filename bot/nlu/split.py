"""Where one message may be two requests: at sentence ends and at "and", "also", "plus".

Only cuts that leave a request on both sides are offered; whether the parts really are different requests is for
the model to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_CUT = re.compile(
    r"(?P<end>[.?!;]+\s+)|(?P<link>,?\s+(?:and also|and then|and|also|plus|as well as|oh and|but also|then)\s+)"
    r"|(?P<comma>,\s+)",
    re.I,
)
_LEAD = re.compile(
    r"^(?:(?:and|also|then|oh|plus|so|ok|okay|hi|hello|hey|please|can you also|um|uh|well|by the way|btw|"
    r"one more thing|another thing|"
    r"second(?:ly)?|first(?:ly)?|y|thanks|thank you|yes|yeah|no|sorry|además|también)\b[\s,:.!-]*)+",
    re.I,
)
_ASKS = re.compile(
    r"^(?:what|what's|whats|when|when's|where|where's|wheres|who|who's|why|how|how's|which|whose|can|could|may|might|do|does|did|is|"
    r"are|am|was|were|will|would|should|has|have|i want|i wanna|i need|i'd|i would|i have to|i'm trying|i am trying|"
    r"i'm looking|"
    r"i must|we need|let me|help|tell|show|give|get|send|cancel|reschedule|resched|move|change|book|schedule|"
    r"sched|update|check|"
    r"find|order|buy|register|sign|log|list|explain|remind|drop|refund|put|set|renew|replace|transfer|connect|talk|see|look|"
    r"need|want|wants|needs|cust|cand|caller|his|her|my|any|cu[aá]ndo|c[oó]mo|d[oó]nde|cu[aá]nto|puedo|quiero|necesito|qu[eé])\b",
    re.I,
)
_SHORTEST = 2
"""A part of fewer words is no request of its own."""


def cuts(text: str) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Pairs of spans (start, end) into which a message might be cut, in order; the marks between belong to neither."""
    for match in _CUT.finditer(text):
        left, right = _trim(text, 0, match.start()), _trim(text, match.end(), len(text))
        if match.group("comma") and not _asks(text[right[0] : right[1]], strict=True):
            continue
        if _asks(text[left[0] : left[1]]) and _asks(text[right[0] : right[1]]):
            yield left, right


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    part = text[start:end]
    lead = _LEAD.match(part)
    if lead and lead.end() < len(part):
        start += lead.end()
    while start < end and text[start] in " ,;:-":
        start += 1
    while end > start and text[end - 1] in " ,;:-":
        end -= 1
    return start, end


def _asks(part: str, strict: bool = False) -> bool:
    """Whether a part reads as a question or a wish. `strict`: its first word must say so."""
    if len(part.split()) < _SHORTEST:
        return False
    if _ASKS.match(part):
        return True
    return not strict and part.rstrip().endswith("?")

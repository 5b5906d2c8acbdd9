"""How words sound, roughly: enough to know a word that a recogniser has cut or spelled differently.

The sound of a text is one string without spaces: consonants in classes (voiced and voiceless alike), vowels left
out except at the beginning. "certificate" and "sir tificate" sound the same, and so do "brakes" and "breaks".
"""

from __future__ import annotations

import re
from functools import lru_cache

_LETTERS = re.compile(r"[^a-z]")
_RULES = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"^(?:kn|gn|pn)", "n"),
        (r"^wr", "r"),
        (r"^ps", "s"),
        (r"^x", "s"),
        (r"mb$", "m"),
        (r"igh", "i"),
        (r"ough", "f"),
        (r"(?:t|c|s)ion|(?:t|c)ian|sure$", "Xn"),
        (r"(?:t|c)ious|cial|tial", "Xl"),
        (r"tch|ch|sh|(?<!^)ture", "X"),
        (r"dge|dj", "X"),
        (r"j", "X"),
        (r"g(?=[ei])", "X"),
        (r"ph", "f"),
        (r"th", "t"),
        (r"wh", "w"),
        (r"gh", ""),
        (r"ck|q", "k"),
        (r"c(?=[eiy])", "s"),
        (r"[ckg]", "k"),
        (r"x", "ks"),
        (r"[zs]", "s"),
        (r"[dt]", "t"),
        (r"[bp]", "p"),
        (r"[fv]", "f"),
        (r"(?<=.)[hw]", ""),
    )
)
_VOWELS = re.compile(r"(?<=.)[aeiouy]+")
_DOUBLE = re.compile(r"(.)\1+")


def sound_of(text: str) -> str:
    """The sound of a text in small letters, as one string over its words."""
    joined = "".join(_sound(word) for word in text.lower().split())
    first, rest = joined[:1], joined[1:]
    if first in "aeiouy":
        first = "a"
    return _DOUBLE.sub(r"\1", first + re.sub(r"[aeiouy]", "", rest))


@lru_cache(maxsize=20_000)
def _sound(word: str) -> str:
    sound = _LETTERS.sub("", word)
    for pattern, replacement in _RULES:
        sound = pattern.sub(replacement, sound)
    head = sound[:1] if sound[:1] in "aeiouy" else ""
    return _DOUBLE.sub(r"\1", head + _VOWELS.sub("", sound[len(head) :] if head else sound))

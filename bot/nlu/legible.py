"""A message as it is read: whatever its characters are, reading it costs little.

Everything that reads words comes after this, so that no pattern meets a thousand spaces, and no table of word by value
a thousand words.
"""

from __future__ import annotations

import re

LONGEST_WORD = 80
"""Characters of a word that are read; the longest word of our subject and the longest e-mail address are shorter."""

LONGEST_RUN = 6
"""So many of the same mark in a row are read."""

MOST_PIECES = 400
"""Words, numbers and marks that are read; an ordinary text of 2,000 characters has about 380."""

_SPACE = re.compile(r"\s+")
_RUN = re.compile(r"([^\w\s])\1{5,}")
_WORD = re.compile(r"[^\s]+")
_PIECE = re.compile(r"[^\W\d_]+|\d+|[^\w\s]|_")


def legible(text: str) -> str:
    """The text with single spaces (and line breaks), words of at most 80 characters, and no more than it takes to read.

    >>> legible("when   is\\n\\n\\n my A5?")
    'when is\\nmy A5?'
    """
    text = _SPACE.sub(_one, text).strip()
    text = _RUN.sub(lambda run: run.group()[:LONGEST_RUN], text)
    if len(text) > LONGEST_WORD:
        text = _WORD.sub(lambda word: word.group()[:LONGEST_WORD], text)
    if len(text) > MOST_PIECES:
        for at, piece in enumerate(_PIECE.finditer(text)):
            if at == MOST_PIECES:
                return text[: piece.start()].rstrip()
    return text


def _one(space: re.Match[str]) -> str:
    return "\n" if "\n" in space.group() else " "

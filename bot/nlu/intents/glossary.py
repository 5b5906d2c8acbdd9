"""Spanish words for our subject in English, word by word, so that the English encoder gets the drift.

Only the classifier reads the result. A message is taken for Spanish when enough of its words are Spanish ones
that English does not have.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import yaml

from bot.nlu.values.words import bag

_WORD = re.compile(r"[^\W\d_]+", re.UNICODE)
_SPANISH_ENOUGH = 0.4
_ACCENTS = frozenset("áéíóúñü")
_ENGLISH_TOO = bag("""a no he son van gas sea solo era o y en ha sin vale fallo manual mal actual pase si para""")


def translate(text: str) -> str:
    """The text with its Spanish words in English, when it is Spanish; otherwise the text itself."""
    if not is_spanish(text):
        return text
    table, phrases = _glossary()
    lowered = text.lower()
    for phrase, english in phrases:
        lowered = phrase.sub(english, lowered)
    return _WORD.sub(lambda match: table.get(match.group(), match.group()), lowered.replace("¿", "").replace("¡", ""))


def is_spanish(text: str, *, least: int = 1) -> bool:
    """Whether enough of the words, and at least so many, are Spanish ones that English does not have."""
    words = _WORD.findall(text.lower())
    if not words:
        return False
    table, _ = _glossary()
    spanish = sum((word in table and word not in _ENGLISH_TOO) or bool(_ACCENTS & set(word)) for word in words)
    return spanish >= least and spanish / len(words) >= _SPANISH_ENOUGH


@lru_cache(maxsize=1)
def _glossary() -> tuple[dict[str, str], tuple[tuple[re.Pattern[str], str], ...]]:
    table: dict[str, str] = {}
    phrases: list[tuple[re.Pattern[str], str]] = []
    for spanish, english in yaml.safe_load(Path(__file__).with_name("spanish.yml").read_text("utf-8")):
        for form in spanish.split("|"):
            if " " in form:
                phrases.append((re.compile(rf"(?<!\w){re.escape(form)}(?!\w)"), english))
            else:
                table[form] = english
    phrases.sort(key=lambda item: -len(item[0].pattern))
    return table, tuple(phrases)

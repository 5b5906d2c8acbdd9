"""Searching what we know: every published text, ranked by BM25, with its source and date."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from bot.answers.answers import Answers
from bot.answers.sources import source_to_json
from bot.catalog.model import Catalog
from bot.store.values import Json

K1, B = 1.4, 0.7
TITLE_WEIGHT = 3
MOST = 10
_WORD = re.compile(r"[a-z0-9]+")
_ENDINGS = ("ations", "ation", "ings", "ing", "ed", "es", "s")
_DULL = frozenset(
    """a an and are at be by can do for from i if in is it may my of on or the to what when you your""".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class _Page:
    label: str
    title: str
    text: str
    sources: tuple[Json, ...]
    words: Counter[str]
    length: int


class KnowledgeSearch:
    """All entries of one day, ready to be searched."""

    def __init__(self, catalog: Catalog, answers: Answers, day: date) -> None:
        self.day = day
        self._pages = tuple(self._read(catalog, answers, day))
        self._average = sum(page.length for page in self._pages) / max(1, len(self._pages))
        self._spread = Counter(word for page in self._pages for word in page.words)

    @staticmethod
    def _read(catalog: Catalog, answers: Answers, day: date) -> Iterable[_Page]:
        for label, entry in catalog.entries.items():
            if not label.startswith(("faq/", "account/")):
                continue
            answer = answers.entry(label, day)
            words = Counter(stems(answer.text))
            for word in stems(f"{entry.title} {label.partition('/')[2].replace('_', ' ')}"):
                words[word] += TITLE_WEIGHT
            sources = tuple(source_to_json(source) for source in answer.sources)
            yield _Page(label, entry.title, answer.text, sources, words, sum(words.values()))

    def find(self, query: str) -> list[Json]:
        """The pages that fit, the best first: label, title, a passage, sources with dates, score."""
        wanted = list(dict.fromkeys(stems(query)))
        scored = sorted(
            ((self._score(page, wanted), page) for page in self._pages), key=lambda found: (-found[0], found[1].label)
        )
        return [
            {
                "label": page.label,
                "title": page.title,
                "passage": passage(page.text, wanted),
                "text": page.text,
                "sources": list(page.sources),
                "score": round(score, 3),
            }
            for score, page in scored[:MOST]
            if score > 0
        ]

    def _score(self, page: _Page, wanted: list[str]) -> float:
        total = 0.0
        for word in wanted:
            count = page.words.get(word, 0)
            if count:
                spread = self._spread[word]
                rarity = math.log(1 + (len(self._pages) - spread + 0.5) / (spread + 0.5))
                total += rarity * count * (K1 + 1) / (count + K1 * (1 - B + B * page.length / self._average))
        return total


def stems(text: str) -> list[str]:
    """The words of a text without their endings and without those that say little."""
    found = []
    for word in _WORD.findall(text.lower()):
        if word in _DULL:
            continue
        ending = next((e for e in _ENDINGS if word.endswith(e) and len(word) - len(e) >= 3), "")
        found.append(word.removesuffix(ending))
    return found


def passage(text: str, wanted: list[str]) -> str:
    """The paragraph of a text that holds most of the words."""
    parts = [part.strip() for part in re.split(r"\n\s*\n|\n(?=- )", text) if part.strip()]
    return max(parts, key=lambda part: len(set(stems(part)) & set(wanted)), default="")[:400]

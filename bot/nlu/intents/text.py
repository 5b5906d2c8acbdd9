"""What the classifier reads instead of the person's own words: folded, repaired, without fillers.

Only the classifier sees this form; values are always read from the original text.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from bot.nlu.phonetic import sound_of
from bot.nlu.values.words import bag

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")

FILLERS = bag("um umm uh uhh uhm er err erm ah ahh hmm hm mm mmm eh uhhh ummm")

# Phrases that speech and haste cut differently, folded to one spelling; read as whole words, in this order.
SPOKEN_FORMS: tuple[tuple[str, str], ...] = (
    (r"(?:a|ay)[. ]+(?:s|ess)[. ]+(?:e|ee)(?:\.|\b)", "ase"),
    (r"e[. ]+p[. ]+a(?:\.|\b)", "epa"),
    (r"(?:a|ay)[. ]+d[. ]+a(?:\.|\b)", "ada"),
    (r"i[. ]+d(?:\.|\b)", "id"),
    (r"s[. ]+s[. ]+n(?:\.|\b)", "ssn"),
    (r"f[. ]+a[. ]+q(?:\.|\b)", "faq"),
    (r"(?:six|sicks) (?:oh|o|own|zero|hundred(?: and)?) nine", "609"),
    (r"6 (?:oh|o|own|0) 9", "609"),
    (r"re[ -](schedul\w*|test\w*|tak\w*|cert\w*|book\w*|fund\w*|sit\w*|purchas\w*|new\w*)", r"re\1"),
    (r"re[ -](send\w*|set\w*|print\w*|issu\w*|regist\w*|enrol\w*)", r"re\1"),
    (r"pre[ -](req\w*)", r"pre\1"),
    (r"e[ -](learning|mail\w*)", r"e\1"),
    (r"no[ -]show\w*", "no show"),
    (r"on[ -]line", "online"),
    (r"log[ -]in", "login"),
    (r"sign[ -]in", "sign in"),
    (r"check[ -]in", "check in"),
    (r"walk[ -]in", "walk in"),
    (r"pass[ -]word", "password"),
    (r"my ?ase", "my ase"),
    (r"(?:m+ ?-? ?h+m+|u+h+ ?-? ?h+u+h+|mhm+)(?!\w)", "yes"),
    (r"(?:uh+ ?-? ?uh+|nuh ?-? ?uh)(?!\w)", "no"),
    (r"wreck (?:cert|sert)\w*", "recert"),
    (r"recerts?(?!\w)", "recertification"),
    (r"wo?rk exp(?!\w)", "work experience"),
)  # fmt: skip


@lru_cache(maxsize=1)
def shorthand() -> Mapping[str, str]:
    """Agents' shorthand and chat spelling: how it is written → what is meant."""
    import yaml

    listed = yaml.safe_load(Path(__file__).with_name("shorthand.yml").read_text("utf-8"))
    return {form: meant for meant, forms in listed.items() for form in forms}


@dataclass(frozen=True, slots=True)
class Repaired:
    """A message as the classifier reads it, and which words were changed on the way."""

    text: str
    changes: tuple[tuple[str, str], ...] = ()


def fold(text: str) -> str:
    """Lower case, plain apostrophes, spoken forms and shorthand folded, fillers and stretched letters dropped."""
    folded = text.lower().replace("’", "'").replace("`", "'").replace("w/o", "without ").replace("w/", "with ")
    folded = re.sub(r"\b(\d{1,2})\s*/\s*(\d{1,2})\b", r"\1/\2", folded)
    folded = re.sub(r"([a-z])\1{2,}", r"\1\1", folded)
    if _ANY_SPOKEN.search(folded):
        for pattern, replacement in _SPOKEN:
            folded = pattern.sub(replacement, folded)
    pieces: list[str] = []
    end = 0
    short = shorthand()
    for match in _WORD.finditer(folded):
        pieces.append(folded[end : match.start()])
        word = match.group()
        pieces.append("" if word in FILLERS else short.get(word, word))
        end = match.end()
    pieces.append(folded[end:])
    joined = re.sub(r"\s+([?.!,])", r"\1", re.sub(r"\s+", " ", "".join(pieces)))
    return re.sub(r",{2,}", ",", joined).strip(" ,-")


_ANY_SPOKEN = re.compile(rf"(?<!\w)(?:{'|'.join(pattern for pattern, _ in SPOKEN_FORMS)})")
_SPOKEN = tuple((re.compile(rf"(?<!\w){pattern}"), replacement) for pattern, replacement in SPOKEN_FORMS)


_FEW, _MANY, _OFTEN = 5, 10, 30
_VOWELS = re.compile(r"[aeiouy]")


def _slips(counts: Mapping[str, int], known: frozenset[str]) -> frozenset[str]:
    """Words of the training lines that are misspelled there: in few lines, and one slip from a word of many more."""
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import extract

    frequent = [word for word, count in counts.items() if word.isalpha() and len(word) >= 4 and count >= 2 * _MANY]
    found: set[str] = set()
    for word, count in counts.items():
        made = word.startswith("re") and word[2:] in known
        if not 1 < count <= _FEW or len(word) < 5 or not word.isascii() or not word.isalpha() or word in known or made:
            continue
        near = extract(word, frequent, scorer=OSA.distance, score_cutoff=1, limit=8)
        if any(counts[other] >= _MANY * count and _is_slip(word, other) for other, *_ in near):
            found.add(word)
    return frozenset(found)


def _is_slip(word: str, other: str) -> bool:
    """Whether a word one step from another is that word: a letter too many, too few or swapped, or a wrong vowel."""
    if word[0] != other[0] or word[:-1] == other or word == other[:-1]:
        return False
    return len(word) != len(other) or sorted(word) == sorted(other) or _VOWELS.sub("", word) == _VOWELS.sub("", other)


@dataclass
class Speller:
    """Repairs words that neither the training lines nor the encoder's word list know.

    One slip is repaired in words of four letters and more, two from seven letters; a word run together from two
    known ones is cut ("cancelmy"). Candidates are the words of the training lines, the most frequent first.
    A frequent word that sounds the same comes before others as near ("fale" is "fail"), and letters without vowels
    are the most frequent word with them ("tst"). An ordinary word that no training line has is taken for a misheard
    one where a word of many lines is that near ("when do i get my resorts").
    """

    counts: Mapping[str, int]
    known: frozenset[str] = frozenset()
    _cache: dict[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def learn(cls, lines: Iterable[str], known: frozenset[str]) -> Speller:
        """From folded training lines and a list of ordinary words."""
        counts: dict[str, int] = {}
        for line in lines:
            for word in _WORD.findall(line):
                counts[word] = counts.get(word, 0) + 1
        slips = _slips(counts, known)
        return cls({word: count for word, count in sorted(counts.items()) if word not in slips}, known)

    @cached_property
    def _candidates(self) -> list[str]:
        """Words good enough to repair to: letters only, and either ordinary or seen more than once."""
        return [
            word
            for word, count in self.counts.items()
            if word.isalpha() and len(word) >= 3 and (count > 1 or word in self.known)
        ]

    @cached_property
    def _frequent(self) -> list[str]:
        """Words of many training lines, which others are often misheard for."""
        return [word for word, count in self.counts.items() if word.isalpha() and len(word) >= 4 and count >= _OFTEN]

    def repair(self, text: str) -> Repaired:
        """The text with its unknown words repaired where a repair is near."""
        changes: list[tuple[str, str]] = []

        def replace(match: re.Match[str]) -> str:
            word = match.group()
            better = self._word(word)
            if better != word:
                changes.append((word, better))
            return better

        return Repaired(_WORD.sub(replace, text), tuple(changes))

    def is_known(self, word: str) -> bool:
        """Whether a word needs no repair."""
        if word in self.known or self.counts.get(word, 0) > 1 or (word in self.counts and not word.isalpha()):
            return True
        stem, _, ending = word.partition("'")
        return bool(ending) and (stem in self.known or stem in self.counts)

    @cached_property
    def _alike(self) -> Mapping[str, Sequence[str]]:
        """Frequent words by how they sound."""
        found: dict[str, list[str]] = {}
        for word in self._candidates:
            if self.counts[word] >= _OFTEN:
                found.setdefault(sound_of(word), []).append(word)
        return found

    @cached_property
    def _consonants(self) -> Mapping[str, str]:
        """The most frequent word for its letters without vowels ("tst": "test"), among those of many lines."""
        found: dict[str, str] = {}
        for word in sorted(self._frequent, key=lambda word: (-self.counts[word], word)):
            bare = _VOWELS.sub("", word)
            if word[0] == bare[:1] and len(bare) >= 3:
                found.setdefault(bare, word)
        return found

    def _word(self, word: str) -> str:
        if 3 <= len(word) <= 6 and word.isalpha() and not _VOWELS.search(word):
            meant = self._consonants.get(word)
            if meant is not None and self.counts[meant] >= _MANY * self.counts.get(word, 0):
                return meant
        if len(word) < 4 or not word.isalpha() or not word.isascii():
            return word
        if word in self.counts and self.is_known(word):
            return word
        found = self._cache.get(word)
        if found is None:
            found = self._heard(word) if self.is_known(word) else self._spelled(word)
            if len(self._cache) > 20_000:
                self._cache.clear()
            self._cache[word] = found
        return found

    def _spelled(self, word: str) -> str:
        near = self._sounding(word) or self._near(word, 1, self._candidates) or self._cut(word)
        return near or (self._near(word, 2, self._candidates) if len(word) >= 7 else None) or word

    def _sounding(self, word: str) -> str | None:
        """A frequent word that sounds the same and is at most two slips away: "fale" for "fail"."""
        from rapidfuzz.distance import OSA

        slips = [(OSA.distance(word, other), other) for other in self._alike.get(sound_of(word), ())]
        near = [(many - math.log10(self.counts[other]), other) for many, other in slips if many <= 2]
        return min(near)[1] if near else None

    def _heard(self, word: str) -> str:
        alike = [other for other in self._frequent if other[0] == word[0]]
        return self._near(word, 2 if len(word) >= 7 else 1, alike) or word

    def _near(self, word: str, slips: int, candidates: Sequence[str]) -> str | None:
        from rapidfuzz.distance import OSA
        from rapidfuzz.process import extract

        near = extract(word, candidates, scorer=OSA.distance, score_cutoff=slips, limit=8)
        if not near:
            return None
        return str(min(near, key=lambda item: (item[1], item[0][0] != word[0], -self.counts[item[0]], item[0]))[0])

    def _cut(self, word: str) -> str | None:
        best: tuple[int, str] | None = None
        for place in range(2, len(word) - 1):
            left, right = word[:place], word[place:]
            if self.counts.get(left, 0) > 1 and self.counts.get(right, 0) > 1:
                score = min(self.counts[left], self.counts[right])
                if best is None or score > best[0]:
                    best = (score, f"{left} {right}")
        return best[1] if best else None

    def to_json(self) -> dict[str, Any]:
        """Plain data to store with a model; the list of ordinary words comes with the encoder."""
        return {"counts": dict(self.counts)}

"""The spaCy pipeline of names: which tests and series a message names, by patterns made from the catalogue.

A blank English pipeline with our own tokenizer (letters and digits apart, folded) and one span ruler whose
patterns come from `knowledge/tests.yml`. The patterns travel with the trained model, so that an archive reads
names alike wherever it is opened; without a model they are made from the knowledge folder.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from bot.nlu.phonetic import sound_of
from bot.nlu.values.hearing import nearest
from bot.nlu.values.lookalikes import SHORTEST, lookalikes, slips
from bot.nlu.values.words import Word, bag, words

KNOWLEDGE = Path(__file__).resolve().parents[3] / "knowledge"


@dataclass(frozen=True, slots=True)
class Name:
    """A test or series named at `first` … `after` (places in the row of words)."""

    phrase: str
    meaning: str
    first: int
    after: int


@dataclass(frozen=True)
class Vocabulary:
    """What tests and series are called. `phrases`: whole names of tests; `names`: (series, words) → code."""

    codes: tuple[str, ...]
    recertification: frozenset[str]
    phrases: Mapping[str, str]
    names: Mapping[tuple[str, str], str]
    series: Mapping[str, str]
    series_of: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_knowledge(cls, root: Path = KNOWLEDGE) -> Vocabulary:
        """The catalogue's names. Raises the catalogue's own KnowledgeError when the file is at fault."""
        from bot.catalog.load import load_test_names, load_tests

        catalogue, names = load_tests(root), load_test_names(root)
        return cls(
            codes=tuple(catalogue.tests),
            recertification=frozenset(code for code, test in catalogue.tests.items() if test.recertification),
            phrases={
                form: code
                for phrase, code in names.phrases.items()
                for form in _forms(key(phrase), catalogue.tests[code].title or "")
            },
            names={(series, key(phrase)): code for (series, phrase), code in names.names.items()},
            series={key(phrase): series for phrase, series in names.series.items()},
            series_of={code: test.series for code, test in catalogue.tests.items()},
        )

    def to_json(self) -> dict[str, Any]:
        """Plain data to store with a model."""
        return {
            "codes": list(self.codes),
            "recertification": sorted(self.recertification),
            "phrases": dict(sorted(self.phrases.items())),
            "names": [[series, phrase, code] for (series, phrase), code in sorted(self.names.items())],
            "series": dict(sorted(self.series.items())),
            "series_of": dict(self.series_of),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Vocabulary:
        """The reverse of `to_json`."""
        return cls(
            codes=tuple(data["codes"]),
            recertification=frozenset(data["recertification"]),
            phrases=dict(data["phrases"]),
            names={(series, phrase): code for series, phrase, code in data["names"]},
            series=dict(data["series"]),
            series_of=dict(data["series_of"]),
        )

    @cached_property
    def pipeline(self) -> Any:
        """The spaCy pipeline (a `Language`), built at first use."""
        return _build(self)

    def find(self, row: Sequence[Word]) -> tuple[list[Name], list[Name]]:
        """Names of tests and names of series in a row of words, longest first where they overlap."""
        places = [
            place for place, word in enumerate(row) if word.text.isalnum() or "'" in word.norm or word.text == "&"
        ]
        if not places:
            return [], []
        forms = _mean_brakes([_repair(_form(row[place]), self.name_words) for place in places])
        if self.first_words.isdisjoint(forms):
            return [], []
        from spacy.tokens import Doc
        from spacy.util import filter_spans

        document = self.pipeline(Doc(self.pipeline.vocab, words=forms))
        tests: list[Name] = []
        series: list[Name] = []
        for span in filter_spans(document.spans["names"]):
            phrase = " ".join(forms[span.start : span.end])
            name = Name(phrase, span.id_, places[span.start], places[span.end - 1] + 1)
            (tests if span.label_ == "test" else series).append(name)
        return tests, series

    @cached_property
    def sounds(self) -> Mapping[str, str]:
        """How the names of tests sound, where only one test sounds so."""
        heard: dict[str, set[str]] = {}
        for phrase, code in self.phrases.items():
            heard.setdefault(sound_of(phrase), set()).add(code)
        return {sound: next(iter(codes)) for sound, codes in heard.items() if len(codes) == 1}

    @cached_property
    def first_words(self) -> frozenset[str]:
        """Words that a name may begin with: a message without any needs no search."""
        return frozenset(key(phrase).split()[0] for phrase in (*self.phrases, *self.series))

    @cached_property
    def name_words(self) -> frozenset[str]:
        """Every longer word that a name is made of: what misspelled words are compared with."""
        spoken = [*self.phrases, *self.series, *(phrase for _, phrase in self.names)]
        return frozenset(word for phrase in spoken for word in phrase.split() if len(word) >= SHORTEST)


def _forms(phrase: str, title: str) -> tuple[str, ...]:
    """A name, a specialist's also in full, and an abbreviation also letter by letter ("cng", "c n g")."""
    if title.endswith("Specialist") and not phrase.endswith("specialist"):
        return phrase, f"{phrase} specialist"
    spelled = phrase.isalpha() and len(phrase) <= 4 and (phrase in {"hvac", "adas"} or not set(phrase) & set("aeiou"))
    return (phrase, " ".join(phrase)) if spelled else (phrase,)


def key(phrase: str) -> str:
    """A phrase as the pipeline compares it: folded words, no marks."""
    return " ".join(_form(word) for word in words(phrase) if word.text.isalnum() or word.text == "&")


def _form(word: Word) -> str:
    if word.text == "&" or word.norm == "n":
        return "and"
    return _SPANISH.get(word.norm) or word.norm.removesuffix("'s")


def _repair(form: str, known: frozenset[str]) -> str:
    """A misspelled word of a name ("trasmission") as it should be; any other word as it is."""
    if len(form) < SHORTEST or form in known or form in lookalikes():
        return form
    return nearest(form, [word for word in known if word[0] == form[0]], slips(form)) or form


def _mean_brakes(forms: list[str]) -> list[str]:
    """Brakes that were written "breaks": beside a test, a truck or a bus, as what is booked or failed, or alone."""
    if not {"breaks", "break"} & set(forms):
        return forms
    return [
        "brakes"
        if form in {"breaks", "break"}
        and (
            len(forms) <= 2
            or _BESIDE_BRAKES & {*forms[max(0, at - 1) : at], *forms[at + 1 : at + 2]}
            or (forms[at - 1 : at] in (["my"], ["the"]) and _BOOKED & set(forms))
        )
        else form
        for at, form in enumerate(forms)
    ]


_BESIDE_BRAKES = bag(
    """test tests exam cert certification certificate recert recertification truck bus air retest results one a5
    t4 s4 appt appointment"""
)
_BOOKED = bag("move reschedule resched schedule book retake cancel failed fail passed pass")
_SPANISH = {
    "frenos": "brakes", "freno": "brakes", "suspensión": "suspension", "transmisión": "transmission",
    "camiones": "truck",
    "camión": "truck", "camion": "truck", "aire": "air", "acondicionado": "conditioning", "eléctrico": "electrical",
    "eléctricos": "electrical", "electricidad": "electrical",
}  # fmt: skip


def _build(vocabulary: Vocabulary) -> Any:
    import spacy
    from spacy.tokens import Doc

    language = spacy.blank("en")
    language.tokenizer = lambda text: Doc(language.vocab, words=key(text).split())
    ruler: Any = language.add_pipe("span_ruler", config={"spans_key": "names", "annotate_ents": False})
    patterns = [("test", phrase, code) for phrase, code in vocabulary.phrases.items()]
    patterns += [("series", phrase, series) for phrase, series in vocabulary.series.items()]
    ruler.add_patterns(
        [{"label": label, "pattern": phrase, "id": meaning} for label, phrase, meaning in sorted(patterns)]
    )
    return language


@lru_cache(maxsize=1)
def default_vocabulary() -> Vocabulary:
    """The names of the knowledge folder beside the package, read once per process."""
    return Vocabulary.from_knowledge()

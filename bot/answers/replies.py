"""The question asked is answered first: one statement or known gap, then what belongs to it, in few words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from bot.catalog.lint import SPOKEN_WORDS, WRITTEN_WORDS
from bot.catalog.model import Catalog, Condition, Entry, Forms, Gap, Statement
from bot.contracts.asking import QuestionKind
from bot.rules.decision import Value
from bot.rules.policy import MissingPolicy, PolicyFault, alternatives, codes

NARROW = (WRITTEN_WORDS, SPOKEN_WORDS)
WIDE = (90, 42)
BESIDE_OTHERS = (32, 30)
"""Words of an answer, written and spoken: to a narrow question, to a topic as a whole, to one of several questions."""

_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z*])")
_POLARITY = re.compile(r"^(?:(?:Yes|No)[,.:]\s+)?(?:[Aa]s I said[:.]\s+)?(?=[\w*])")
_LETTERS = re.compile(r"\b(?:[A-Z] )+[A-Z]\b")
_DIGIT = "(?:zero|one|two|three|four|five|six|seven|eight|nine|hundred)"
_NUMBER = re.compile(rf"\b(?:{_DIGIT},? ){{6,}}{_DIGIT}\b")

LEAST = 0.05
"""Once the topic is known, a pick with this chance is good enough."""

TIMES = 5
"""A pick of another topic must be so many times likelier to go before one of the topic under discussion."""


@dataclass(frozen=True, slots=True)
class Picked:
    """The statement or gap that answers, by the label of its entry and its id."""

    label: str
    id: str
    likely: float = 1.0
    """The chance that it is what was asked."""

    @classmethod
    def of(cls, parsed: Mapping[str, Any] | None) -> Picked | None:
        """From the `answer` of a parsed message; None where nothing was picked."""
        return None if not parsed else cls(str(parsed["label"]), str(parsed["id"]))

    @classmethod
    def within(cls, parsed: Iterable[Mapping[str, Any]], label: str, *, least: float = LEAST) -> Picked | None:
        """The likeliest of the `answers` of a parsed message on one topic."""
        return next((cls.of(each) for each in parsed if each["label"] == label and each["score"] >= least), None)

    @classmethod
    def choose(cls, parsed: Mapping[str, Any], topic: str | None) -> Picked | None:
        """What answers a parsed message in a conversation about `topic` (None: about nothing yet).

        The topic's own pick goes first, unless another topic's is many times likelier.
        """
        answer = parsed.get("answer")
        if topic is not None:
            least = max(LEAST, float(answer["score"]) / TIMES if answer else 0.0)
            found = cls.within(parsed.get("answers", ()), topic, least=least)
            if found is not None:
                return found
        return cls.of(answer)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a question names: tests (recertification codes too), series, and how many of them."""

    tests: tuple[str, ...] = ()
    series: tuple[str, ...] = ()
    count: int | None = None


def usual(entry: Entry, kind: QuestionKind | None) -> Statement | None:
    """The statement that answers a bare "how much?" on this topic: the first whose usual kind it is."""
    if kind is None:
        return None
    first = [each for each in entry.statements if each.answers and each.answers[0] == kind]
    others = [each for each in entry.statements if kind in each.answers]
    return next(iter((*first, *others)), None)


def forms_for(
    told: Statement | Gap, subject: Subject, catalog: Catalog, day: date
) -> tuple[Forms, Mapping[str, Value]]:
    """The forms of the first case that holds for the subject, else the plain ones, with the values they may use."""
    if isinstance(told, Statement):
        for case in told.cases:
            values = _HOLDS[case.when.kind](case.when, subject, catalog, day)
            if values is not None:
                return case.forms, values
    return told.forms, {}


def following(text: str) -> str:
    """A statement said after another one: no longer the answer to a yes/no question."""
    rest = _POLARITY.sub("", text)
    return rest[:1].upper() + rest[1:]


def in_short(text: str) -> str:
    """The first two sentences of what was said."""
    return " ".join(_SENTENCE.split(text.split("\n\n")[0].strip())[:2])


BREATH = 55
"""Words that a caller is told at a time; the rest comes for the asking."""


def breaths(text: str) -> list[str]:
    """A spoken text in pieces of whole sentences, each of at most `BREATH` words."""
    pieces: list[list[str]] = []
    for sentence in _SENTENCE.split(text.strip()):
        if pieces and len(" ".join((*pieces[-1], sentence)).split()) <= BREATH:
            pieces[-1].append(sentence)
        else:
            pieces.append([sentence])
    return [" ".join(piece) for piece in pieces]


def days_named(text: str) -> set[int]:
    """The numbers of up to three figures in an answer, its weeks as days too."""
    weeks = {7 * int(each) for each in re.findall(r"\b(\d{1,2}) weeks?\b", text)}
    return weeks | {int(each) for each in re.findall(r"\b\d{1,3}\b", text)}


_ROUGHLY = re.compile(r"\b(?:about|roughly|approximately|in most cases|depends)\b", re.IGNORECASE)
_UNSAID = re.compile(r"my source\b", re.IGNORECASE)


def is_estimate(text: str) -> bool:
    """Whether an answer tells its figure as a rough one."""
    return _ROUGHLY.search(text) is not None


def is_unsaid(text: str) -> bool:
    """Whether an answer is that the source does not say."""
    return _UNSAID.match(text) is not None


def length(text: str) -> int:
    """Words as a listener counts them: letters said one by one are one word, and so is a telephone number."""
    return len(_NUMBER.sub("number", _LETTERS.sub("letters", text)).split())


def within(parts: Iterable[tuple[str, str]], budget: tuple[int, int]) -> tuple[str, str]:
    """Parts (written, spoken) joined: the first, and each later one that says more, as long as the words allow."""
    web: list[str] = []
    voice: list[str] = []
    parts = list(parts)
    new = [part for at, part in enumerate(parts) if not at or not _is_said(part[0], [p[0] for p in parts[:at]])]
    for said, most, form in ((web, budget[0], 0), (voice, budget[1], 1)):
        for part in new:
            if not said or length(" ".join((*said, part[form]))) <= most:
                said.append(part[form])
            else:
                break
    return " ".join(web), " ".join(voice)


_WORD = re.compile(r"[a-z]{3,}|\d+")
_SAID_BEFORE = 0.6
"""A sentence of whose words so many stand in what was said before says nothing new."""


def _is_said(text: str, before: Sequence[str]) -> bool:
    """Whether what is about to be said has been said in much the same words."""
    known = set(_WORD.findall(" ".join(before).lower()))
    words = set(_WORD.findall(text.lower()))
    return bool(words) and len(words & known) / len(words) >= _SAID_BEFORE


# --- conditions: the values that a text may use where it holds, None where it does not ---


def _base(tests: Sequence[str]) -> tuple[str, ...]:
    return tuple(test.removesuffix("R") for test in tests)


def _in_list(when: Condition, subject: Subject, catalog: Catalog, day: date) -> dict[str, Value] | None:
    try:
        listed = codes(catalog.policy.on(when.values[0], day))
    except MissingPolicy:
        return None
    known = catalog.tests.tests
    tests = subject.tests or tuple(code for code, test in known.items() if test.series in subject.series)
    hits = tuple(test for test in tests if test.removesuffix("R") in listed)
    misses = tuple(test for test in tests if test.removesuffix("R") not in listed)
    holds = {"all_in": hits and not misses, "none_in": misses and not hits, "some_in": hits and misses}[when.kind]
    return {"tests": tests, "hits": hits, "misses": misses} if holds else None


def _tests(when: Condition, subject: Subject, catalog: Catalog, day: date) -> dict[str, Value] | None:
    return {"tests": subject.tests} if set(_base(subject.tests)) & set(when.values) else None


def series_of(subject: Subject, catalog: Catalog) -> tuple[str, ...]:
    """The series a subject is about: those named, and those of the named tests."""
    known = catalog.tests.tests
    mine = [known[test].series for test in _base(subject.tests) if test in known]
    return tuple(dict.fromkeys((*subject.series, *mine)))


def _series(when: Condition, subject: Subject, catalog: Catalog, day: date) -> dict[str, Value] | None:
    return {} if set(series_of(subject, catalog)) & set(when.values) else None


def _needs(when: Condition, subject: Subject, catalog: Catalog, day: date) -> dict[str, Value] | None:
    rows = {test: catalog.policy.find(f"prerequisites.{test.removesuffix('R')}", day) for test in subject.tests}
    found = [(test, row) for test, row in rows.items() if row is not None]
    if len(found) != 1:
        return None
    test, row = found[0]
    return {"test": test, "required": alternatives(row)}


def _counted(when: Condition, subject: Subject, catalog: Catalog, day: date) -> dict[str, Value] | None:
    count = subject.count or len(series_of(subject, catalog))
    if count < 2:
        return None
    row = catalog.policy.on(when.values[0], day)
    if not isinstance(row.value, Decimal):
        raise PolicyFault(row, "an amount of money")
    return {"count": count, "total": row.value * count}


def _same_series(when: Condition, subject: Subject, catalog: Catalog, day: date) -> dict[str, Value] | None:
    one = len(subject.tests) > 1 and len(series_of(subject, catalog)) == 1 and subject.count is None
    return {"tests": subject.tests} if one else None


_Holds = Callable[[Condition, Subject, Catalog, date], dict[str, Value] | None]
_HOLDS: Mapping[str, _Holds] = {
    "all_in": _in_list,
    "none_in": _in_list,
    "some_in": _in_list,
    "tests": _tests,
    "series": _series,
    "needs": _needs,
    "counted": _counted,
    "same_series": _same_series,
}

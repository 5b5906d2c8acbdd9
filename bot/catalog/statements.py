"""Reads the statements and the known gaps of an entry: one fact each, and what the source leaves open.

A statement is said as it stands, or in the first of its `cases` whose condition holds for what the question names.
Conditions and the values that a text may take are few and fixed; `bot/answers/replies.py` works them out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.catalog.forms import forms_of
from bot.catalog.model import Case, Condition, Gap, Parameter, Statement
from bot.catalog.reader import Fields
from bot.contracts.asking import QuestionKind

VALUES: Mapping[str, str] = {
    "test": "code",
    "tests": "codes",
    "hits": "codes",
    "misses": "codes",
    "count": "days",
    "total": "money",
    "required": "alternatives",
}
"""Value of a statement -> its type. `hits` and `misses`: the named tests that are in a list and that are not."""

CONDITIONS: Mapping[str, tuple[str, ...]] = {
    "all_in": ("tests", "hits"),
    "none_in": ("tests", "misses"),
    "some_in": ("tests", "hits", "misses"),
    "tests": ("tests",),
    "series": (),
    "needs": ("test", "required"),
    "counted": ("count", "total"),
    "same_series": ("tests",),
}
"""Kind of condition -> the values that are certain where it holds.

`all_in`, `none_in`, `some_in`: all, none or some of the named tests are in a list of the policy. `tests`, `series`: one
of these is named. `needs`: the policy has prerequisites for the one test named. `counted`: two or more series are
meant, priced by an amount of the policy. `same_series`: several tests are named, all of one series.
"""

WHO_CAN_TELL = ("ase", "prometric", "both", "employer", "expform", "ada", "epa", "terms")
"""Who a gap can point to; the sentence is the phrase `ask_<who>`."""

LEAST_LINES = 3
"""A gap, and a statement that is not the first of its entry, has at least so many training lines."""


def read_statements(top: Fields, parameters: Mapping[str, Parameter]) -> tuple[Statement, ...]:
    """The statements of one entry, in order; the first is the short answer to the topic as a whole."""
    found: list[Statement] = []
    for item in top.items("statements", ("id", "answers", "web", "voice", "cases", "then", "lines"), required=False):
        forms = forms_of(item, parameters)
        lines = _lines(item, least=LEAST_LINES if found else 0)
        cases = tuple(_cases(item, parameters))
        name = _id(item, {each.id for each in found})
        found.append(Statement(name, _kinds(item), lines, item.texts("then", required=False), forms, cases))
    return tuple(found)


def read_gaps(top: Fields, parameters: Mapping[str, Parameter]) -> tuple[Gap, ...]:
    """The known gaps of one entry."""
    found: list[Gap] = []
    for item in top.items("gaps", ("id", "answers", "web", "voice", "ask", "then", "lines"), required=False):
        ask = item.text("ask")
        if ask and ask not in WHO_CAN_TELL:
            item.fault("ask", f"unknown: {ask}; allowed: {', '.join(WHO_CAN_TELL)}")
        forms, lines = forms_of(item, parameters), _lines(item, least=LEAST_LINES)
        name = _id(item, {each.id for each in found})
        found.append(Gap(name, _kinds(item), lines, item.texts("then", required=False), forms, ask))
    return tuple(found)


def check_then(top: Fields, statements: tuple[Statement, ...], gaps: tuple[Gap, ...]) -> None:
    """What is said after a statement or a gap must be another statement of the same entry, and no id is used twice."""
    known = [statement.id for statement in statements]
    for name in sorted({gap.id for gap in gaps} & set(known)):
        top.fault("gaps", f"{name} is a statement too; ids are used once")
    for name, items in (("statements", statements), ("gaps", gaps)):
        for each in items:
            for after in each.then:
                if after not in known or after == each.id:
                    top.fault(name, f"{each.id}: then {after}; the statements here: {', '.join(known)}")


def _id(item: Fields, taken: set[str]) -> str:
    name = item.text("id")
    if name and not name.replace("_", "").isalnum():
        item.fault("id", f"must be lower case words joined by _: {name}")
    if name in taken:
        item.fault("id", f"{name} is here twice")
    return name


def _kinds(item: Fields) -> tuple[QuestionKind, ...]:
    named = item.texts("answers")
    for kind in named:
        if kind not in list(QuestionKind):
            item.fault("answers", f"unknown question kind {kind}; allowed: {', '.join(QuestionKind)}")
    return tuple(QuestionKind(kind) for kind in named if kind in list(QuestionKind))


def _lines(item: Fields, *, least: int) -> tuple[str, ...]:
    lines = item.texts("lines", required=least > 0)
    if len(lines) < least:
        item.fault("lines", f"{len(lines)} training lines; at least {least}")
    return lines


def _cases(item: Fields, parameters: Mapping[str, Parameter]) -> Iterator[Case]:
    for case in item.items("cases", ("when", "web", "voice"), required=False):
        condition = _condition(case, parameters)
        forms = forms_of(case, parameters)
        if condition is not None:
            yield Case(condition, forms)


def _condition(case: Fields, parameters: Mapping[str, Parameter]) -> Condition | None:
    raw = case.raw("when")
    if not isinstance(raw, dict) or len(raw) != 1 or next(iter(raw)) not in CONDITIONS:
        case.fault("when", f"must be a mapping with one of the keys: {', '.join(CONDITIONS)}")
        return None
    kind, value = next(iter(raw.items()))
    if kind in ("tests", "series"):
        if isinstance(value, list) and value and all(isinstance(each, str) for each in value):
            return Condition(kind, tuple(value))
        case.fault("when", f"{kind} must be a list of texts")
        return None
    if kind in ("needs", "same_series"):
        return Condition(kind, ())
    unit = "USD" if kind == "counted" else "tests"
    if not isinstance(value, str) or value not in parameters or parameters[value].unit != unit:
        case.fault("when", f"{kind} must name a policy value that is {unit}: {value!r}")
        return None
    return Condition(kind, (value,))

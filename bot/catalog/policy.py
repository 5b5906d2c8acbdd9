"""Reads sources, the test catalogue and the dated policy values."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from bot.catalog.model import Confidence, Parameter, SourceDoc, TestNames
from bot.catalog.reader import Fields, Reader, money
from bot.rules.catalogue import Series, Test, TestCatalogue
from bot.rules.decision import PolicyRow, Value
from bot.rules.policy import PolicyBook

SOURCES = "sources.yml"
TESTS = "tests.yml"
POLICY = "policy"

UNITS = {
    "days": "a whole number, 1 or more",
    "years": "a whole number, 1 or more",
    "USD": 'dollars and cents in quotes, like "7.50"',
    "reading": "one of the values named in `allowed`",
    "tests": "a list of test codes",
    "alternatives": "a list of lists of test codes; one code of each list is needed",
    "words": "a list of texts",
    "text": "a text",
    "phone": 'a telephone number in quotes, like "877-346-9327"',
    "zone": "a time zone of the IANA database, like America/New_York",
}
_PHONE = re.compile(r"(?:1-)?\d{3}-\d{3}-\d{4}")
_ZONE = re.compile(r"[A-Z][A-Za-z_]+(?:/[A-Za-z_]+){1,2}")
_CODE = re.compile(r"[A-Z][0-9]")


def read_sources(reader: Reader) -> tuple[dict[str, SourceDoc], tuple[str, ...]]:
    """The source documents by id, and the web addresses that a text may name."""
    top = reader.fields(SOURCES, ("sources", "addresses", "pending"))
    found: dict[str, SourceDoc] = {}
    allowed = ("id", "title", "document", "section", "as_of", "url", "confidence")
    for item in top.items("sources", allowed):
        name = item.text("id")
        if name in found:
            item.fault("id", f"{name} is here twice")
        confidence = item.text("confidence", required=False) or "source"
        if confidence not in list(Confidence):
            item.fault("confidence", f"unknown: {confidence}; allowed: {', '.join(Confidence)}")
            confidence = "source"
        found[name] = SourceDoc(
            id=name,
            title=item.text("title"),
            document=item.text("document"),
            section=item.text("section"),
            as_of=item.day("as_of") or date.min,
            url=item.text("url", required=False) or None,
            confidence=Confidence(confidence),
        )
    pending = ("id", "says", "differs_from", "seen_on", "owner_decides")
    for item in top.items("pending", pending, required=False):
        item.text("id")
        item.text("says")
        item.text("owner_decides")
        item.day("seen_on")
        if (name := item.text("differs_from")) not in found:
            item.fault("differs_from", f"unknown source: {name}")
    return found, top.texts("addresses")


def read_tests(reader: Reader) -> tuple[TestCatalogue, TestNames]:
    """The catalogue of tests with their titles, and how people name them."""
    top = reader.fields(TESTS, ("about", "source", "series"))
    top.text("about")
    top.text("source")
    tests: dict[str, Test] = {}
    series: dict[str, Series] = {}
    names = _Names()
    for group in top.items("series", ("id", "title", "spoken", "stand_alone", "tests")):
        series_id = group.text("id")
        if series_id in series:
            group.fault("id", f"{series_id} is here twice")
        alone = group.flag("stand_alone")
        spoken = group.texts("spoken")
        for phrase in spoken:
            names.add(group, "spoken", names.series, phrase, series_id)
        codes = []
        for item in group.items("tests", ("code", "title", "names", "aliases", "recertification")):
            code = item.text("code")
            if not _CODE.fullmatch(code):
                item.fault("code", f"must be a capital letter and a digit, like A5: {code!r}")
            if code in tests:
                item.fault("code", f"{code} is here twice")
            codes.append(code)
            title = item.text("title", required=False) or None
            tests[code] = Test(code, series_id, title, item.flag("recertification", default=True))
            for phrase in item.texts("names", required=False):
                names.names[(series_id, phrase)] = code
                for word in spoken:
                    names.add(item, "names", names.phrases, f"{word} {phrase}", code)
                if alone:
                    names.add(item, "names", names.phrases, phrase, code)
            for phrase in item.texts("aliases", required=False):
                names.add(item, "aliases", names.phrases, phrase, code)
        series[series_id] = Series(series_id, group.text("title"), tuple(codes))
    return TestCatalogue(tests, series), TestNames(names.phrases, names.names, names.series)


@dataclass(slots=True)
class _Names:
    phrases: dict[str, str] = field(default_factory=dict)
    names: dict[tuple[str, str], str] = field(default_factory=dict)
    series: dict[str, str] = field(default_factory=dict)

    @staticmethod
    def add(at: Fields, key: str, into: dict[str, str], phrase: str, meaning: str) -> None:
        if phrase != phrase.lower() or phrase != " ".join(phrase.split()):
            at.fault(key, f"write it in lower case with single spaces: {phrase!r}")
        if into.setdefault(phrase, meaning) != meaning:
            at.fault(key, f"{phrase!r} already means {into[phrase]}")


def read_policy(
    reader: Reader, sources: dict[str, SourceDoc], catalogue: TestCatalogue
) -> tuple[PolicyBook, dict[str, Parameter]]:
    """All dated values and what each means. Rows are in ascending order, each with a known source."""
    rows: dict[str, tuple[PolicyRow, ...]] = {}
    parameters: dict[str, Parameter] = {}
    for file in reader.files(POLICY):
        top = reader.fields(file, ("area", "about", "parameters"))
        area = top.text("area")
        top.text("about")
        stem = file.removeprefix(f"{POLICY}/").removesuffix(".yml")
        if area and area != stem:
            top.fault("area", f"must be the file's name: {stem}")
        for name, item in top.members("parameters", ("about", "unit", "allowed", "values")):
            if not name.startswith(f"{stem}."):
                item.fault(None, f"an id in this file starts with {stem}.")
            if name in rows:
                item.fault(None, f"{name} is in another file too")
                continue
            unit = item.text("unit")
            if unit not in UNITS:
                item.fault("unit", f"unknown: {unit}; allowed: {', '.join(UNITS)}")
            words = _words(item, required=unit == "reading")
            parameters[name] = Parameter(name, area, item.text("about"), unit, words)
            rows[name] = _rows(name, unit, tuple(words), item, sources, catalogue)
    if not rows and not reader.faults:
        reader.fault(POLICY, "", "no policy values here")
    return PolicyBook(rows), parameters


def _words(item: Fields, *, required: bool) -> dict[str, str]:
    raw = item.raw("allowed", required=required)
    if raw is None:
        return {}
    if isinstance(raw, dict) and all(isinstance(words, str) and words for words in raw.values()):
        return dict(raw)
    item.fault("allowed", "must say each value that is possible in words: a mapping of value to text")
    return {}


def _rows(
    name: str,
    unit: str,
    choices: tuple[str, ...],
    parameter: Fields,
    sources: dict[str, SourceDoc],
    catalogue: TestCatalogue,
) -> tuple[PolicyRow, ...]:
    rows: list[PolicyRow] = []
    for item in parameter.items("values", ("from", "value", "withdrawn", "source", "interpretation", "note")):
        since = item.day("from")
        source = item.text("source")
        if source and source not in sources:
            item.fault("source", f"unknown source; known: {', '.join(sources)}")
        withdrawn = item.flag("withdrawn")
        if withdrawn and "value" in item:
            item.fault("withdrawn", "a withdrawn row has no value")
        value = None if withdrawn else _value(unit, choices, item, catalogue)
        reading = item.text("interpretation", required=False)
        note = item.text("note", required=False)
        if reading and note:
            item.fault("note", "a row has an interpretation or a note; what only editors need is a comment")
        if since is None:
            continue
        if rows and since <= rows[-1].since:
            item.fault("from", f"must be later than the row before it ({rows[-1].since.isoformat()})")
        told = " ".join((reading or note).split()) or None
        rows.append(PolicyRow(name, value, since, source, bool(reading), told))
    return tuple(rows)


def _value(unit: str, choices: tuple[str, ...], item: Fields, catalogue: TestCatalogue) -> Value:
    raw = item.raw("value")
    if raw is None or unit not in UNITS:
        return None
    value: Value = None
    match unit:
        case "days" | "years":
            value = raw if isinstance(raw, int) and not isinstance(raw, bool) and raw >= 1 else None
        case "USD":
            value = money(raw) if isinstance(raw, str) else None
        case "reading":
            if raw not in choices:
                item.fault("value", f"unknown: {raw}; allowed: {', '.join(choices)}")
                return None
            value = raw
        case "tests":
            value = _codes(raw, item, catalogue)
        case "alternatives":
            if isinstance(raw, list) and raw and all(isinstance(part, list) for part in raw):
                value = tuple(_codes(part, item, catalogue) or () for part in raw)
        case "words":
            if isinstance(raw, list) and raw and all(isinstance(part, str) and part for part in raw):
                value = tuple(raw)
        case "phone":
            value = raw if isinstance(raw, str) and _PHONE.fullmatch(raw) else None
        case "zone":
            value = raw if isinstance(raw, str) and _ZONE.fullmatch(raw) else None
        case "text":
            value = raw.strip() if isinstance(raw, str) and raw.strip() else None
    if value is None:
        item.fault("value", f"must be {UNITS[unit]}: {raw!r}")
    return value


def _codes(raw: object, item: Fields, catalogue: TestCatalogue) -> tuple[str, ...] | None:
    if not isinstance(raw, list) or not raw or not all(isinstance(code, str) for code in raw):
        return None
    for code in raw:
        if code not in catalogue.tests:
            item.fault("value", f"unknown test code: {code}")
    if len(set(raw)) != len(raw):
        item.fault("value", "names a test twice")
    return tuple(raw)

"""Decisions in bulk: a question a line as JSON, a decision a line back, without a database.

A line that is no question gives ``{"error": {"code", "message", "field"?}}`` in its place and the rest go on. Codes:
``not_json``, ``bad_line`` (its own shape), ``bad_records`` (candidate, sites, seats), ``bad_question`` (unknown
rule, test, series or site, something missing) and ``cannot_decide`` (a fault of ours).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator

from bot.records.codec import parse_candidate, parse_seats, parse_sites
from bot.records.faults import RecordsError
from bot.records.fields import Fields, Object, member, shown
from bot.rules.case import Case, CaseError
from bot.rules.catalogue import TestCatalogue
from bot.rules.codec import decision_to_json
from bot.rules.facts import Site, Subject
from bot.rules.policy import (
    CERTIFICATE_ANCHOR,
    CERTIFICATE_ESTIMATE,
    CHANGE_CUTOFF,
    CHANGE_CUTOFF_READING,
    DUPLICATE_FEE,
    ONLINE_RESULTS,
    PURCHASE_WINDOW,
    READINGS,
    RECERT_COURTESY,
    RETEST_WAIT,
    RETEST_WAIT_READING,
    VALIDITY,
    PolicyBook,
)
from bot.rules.registry import decide

SUPPOSED = "supposed"
"""The source that a policy value has when it came with the question."""

MOST_DAYS = 3660
MOST_YEARS = 100
MOST_FAULTS = 5
_MOST_OVERLAYS = 500
_MOST_SITES = 10_000

_LINE = frozenset({"rule", "as_of", "candidate", "sites", "seats", "subject", "policy"})
_SUBJECT = frozenset({"test", "series", "site", "starts_at", "purchase_id", "appointment_id"})
_NO_SUBJECT = Subject()
_MONEY = re.compile(r"\d{1,6}(?:\.\d{1,2})?", re.ASCII)


class _LineError(ValueError):
    """A line that is no question."""

    def __init__(self, code: str, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field


def decide_lines(lines: Iterable[str | bytes], policy: PolicyBook, catalogue: TestCatalogue) -> Iterator[str]:
    """Answer each line with one line, in order, neither with its line end.

    Text in bytes is UTF-8. Nothing is kept from line to line but what policy values were supposed.
    """
    asked = _Bulk(policy, catalogue)
    encode = json.JSONEncoder(separators=(",", ":")).encode
    for line in lines:
        yield encode(asked.answer(line))


def policy_with(policy: PolicyBook, values: object) -> PolicyBook:
    """The book with some values supposed to be others, by id. Raises CaseError for an id or value that cannot be."""
    if not isinstance(values, dict):
        raise CaseError("policy", f"must be an object, not {shown(values)}")
    for policy_id, value in values.items():
        check = SUPPOSABLE.get(policy_id)
        if check is None:
            raise CaseError(f"policy.{policy_id[:60]}", f"unknown; known are {', '.join(SUPPOSABLE)}")
        wanted = check(policy_id, value)
        if wanted is not None:
            raise CaseError(f"policy.{policy_id}", f"must be {wanted}, not {shown(value)}")
    return policy.with_values(values, SUPPOSED)


class _Bulk:
    __slots__ = ("_catalogue", "_decode", "_overlays", "_policy", "_sites")

    def __init__(self, policy: PolicyBook, catalogue: TestCatalogue) -> None:
        self._policy = policy
        self._catalogue = catalogue
        self._overlays: dict[str, PolicyBook] = {}
        self._sites: dict[object, Site] = {}
        self._decode = json.JSONDecoder(object_pairs_hook=_object_without_doubles, parse_constant=_no_constant).decode

    def answer(self, line: str | bytes) -> dict[str, object]:
        try:
            return self._decide(line)
        except _LineError as error:
            return _error(error.code, error.message, error.field)
        except CaseError as error:
            return _error("bad_question", error.message, error.field)
        except RecordsError as error:
            told = "; ".join(str(fault) for fault in error.faults[:MOST_FAULTS])
            more = len(error.faults) - MOST_FAULTS
            return _error("bad_records", told + (f"; and {more} more" if more > 0 else ""), error.faults[0].path)
        except Exception as error:  # one line never ends the others
            return _error("cannot_decide", f"{type(error).__name__}: {error}", None)

    def _decide(self, line: str | bytes) -> dict[str, object]:
        asked = self._read(line)
        rule = asked.get("rule")
        if type(rule) is not str:
            raise _LineError("bad_line", f"must be the name of a rule, not {shown(rule)}", "rule")
        fields = Fields()
        as_of = fields.time(asked, "as_of", "", required=True)
        if as_of is not None and as_of.utcoffset() is None:
            fields.fault("as_of", "an instant needs an offset from UTC")
        if fields.faults or as_of is None:
            raise _LineError("bad_line", fields.faults[0].message, "as_of")
        if asked.get("candidate") is None:
            raise _LineError("bad_line", "is missing", "candidate")
        places = self._places(fields, asked)
        seats = None
        if asked.get("seats") is not None:
            seats = parse_seats(fields.items(asked, "seats", ""), "seats", fields, places)
        fields.refuse()
        candidate = parse_candidate(asked["candidate"], sites=places, catalogue=self._catalogue, whole=False)
        subject = _subject(asked)
        policy = self._policy_of(asked)
        case = Case(candidate, as_of, policy, self._catalogue, subject, places, seats)
        return decision_to_json(decide(rule, case))

    def _read(self, line: str | bytes) -> Object:
        try:
            text = line.decode("utf-8") if isinstance(line, bytes) else line
            asked = self._decode(text)
        except _LineError:
            raise
        except RecursionError:
            raise _LineError("not_json", "nested too deep") from None
        except ValueError as error:
            raise _LineError("not_json", str(error)) from None
        if not isinstance(asked, dict):
            raise _LineError("bad_line", f"must be an object, not {shown(asked)}")
        for key in asked:
            if key not in _LINE:
                raise _LineError("bad_line", f"unknown key; known are {', '.join(sorted(_LINE))}", key[:60])
        return asked

    def _places(self, fields: Fields, asked: Object) -> dict[str, Site]:
        """The test centres of a line. The same ones come again and again, so each is only read once."""
        items = fields.items(asked, "sites", "")
        places: dict[str, Site] = {}
        try:
            for item in items:
                site = self._sites[tuple(item.items())]  # type: ignore[attr-defined]
                places[site.id] = site
            if len(places) == len(items):
                return places
        except (LookupError, TypeError, AttributeError):
            pass
        before = len(fields.faults)
        read = parse_sites(items, "sites", fields, whole=False)
        if len(fields.faults) == before and len(self._sites) < _MOST_SITES:
            for item, site in zip(items, read, strict=True):
                self._sites[tuple(item.items())] = site  # type: ignore[attr-defined]
        return {site.id: site for site in read}

    def _policy_of(self, asked: Object) -> PolicyBook:
        values = asked.get("policy")
        if not values and (values is None or values == {}):
            return self._policy
        key = json.dumps(values, sort_keys=True)
        book = self._overlays.get(key)
        if book is None:
            book = policy_with(self._policy, values)
            if len(self._overlays) >= _MOST_OVERLAYS:
                self._overlays.clear()
            self._overlays[key] = book
        return book


def _subject(asked: Object) -> Subject:
    value = asked.get("subject")
    if value is None:
        return _NO_SUBJECT
    fields = Fields()
    if not fields.is_object(value, "subject", _SUBJECT):
        raise _LineError("bad_line", fields.faults[0].message, "subject")
    subject = Subject(
        fields.text(value, "test", "subject"),
        _series(fields, value),
        fields.text(value, "site", "subject"),
        fields.time(value, "starts_at", "subject"),
        fields.text(value, "purchase_id", "subject"),
        fields.text(value, "appointment_id", "subject"),
    )
    if fields.faults:
        raise _LineError("bad_line", fields.faults[0].message, fields.faults[0].path)
    return subject


def _series(fields: Fields, subject: Object) -> tuple[str, ...]:
    value = subject.get("series")
    if value is None:
        return ()
    if isinstance(value, list):
        if all(type(one) is str and one for one in value):
            return tuple(value)
        fields.fault(member("subject", "series"), "must be a list of the names of series")
        return ()
    one = fields.text(subject, "series", "subject")
    return () if one is None else (one,)


def _whole_number(most: int) -> Callable[[str, object], str | None]:
    def check(policy_id: str, value: object) -> str | None:
        if type(value) is int and 0 <= value <= most:
            return None
        return f"a whole number from 0 to {most}"

    return check


def _one_reading(policy_id: str, value: object) -> str | None:
    known = READINGS[policy_id]
    return None if value in known else " or ".join(known)


def _quoted_money(policy_id: str, value: object) -> str | None:
    return None if type(value) is str and _MONEY.fullmatch(value) else 'an amount in quotes, like "7.50"'


_days = _whole_number(MOST_DAYS)
SUPPOSABLE: dict[str, Callable[[str, object], str | None]] = {
    PURCHASE_WINDOW: _days,
    CHANGE_CUTOFF: _days,
    CHANGE_CUTOFF_READING: _one_reading,
    RETEST_WAIT: _days,
    RETEST_WAIT_READING: _one_reading,
    VALIDITY: _whole_number(MOST_YEARS),
    CERTIFICATE_ESTIMATE: _days,
    CERTIFICATE_ANCHOR: _one_reading,
    ONLINE_RESULTS: _days,
    RECERT_COURTESY: _days,
    DUPLICATE_FEE: _quoted_money,
}
"""Policy ids that a question may suppose other values of; each check says what is wanted, None if that is it."""


def _object_without_doubles(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        double = next(name for name in names if names.count(name) > 1)
        raise _LineError("not_json", f"the key {double[:60]!r} is there twice")
    return found


def _no_constant(name: str) -> object:
    raise _LineError("not_json", f"{name} is not JSON")


def _error(code: str, message: str, field: str | None) -> dict[str, object]:
    told: dict[str, object] = {"code": code, "message": message}
    if field:
        told["field"] = field
    return {"error": told}

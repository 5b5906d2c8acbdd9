"""Decisions as JSON and back.

Dates are ISO dates, instants ISO with offset, money a string with two decimals. What a value was is told
from its name, as the vocabulary lists them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from bot.rules.decision import Decision, DecisionSubject, Outcome, PolicyRow, Reason, Value
from bot.rules.facts import Subject
from bot.rules.vocabulary import VALUE_TYPES

Json = dict[str, object]


def subject_to_json(subject: Subject) -> Json:
    """A subject as JSON, absent parts left out."""
    parts = {
        "test": subject.test,
        "series": list(subject.series) or None,
        "site": subject.site,
        "starts_at": subject.starts_at.isoformat() if subject.starts_at else None,
        "purchase_id": subject.purchase_id,
        "appointment_id": subject.appointment_id,
    }
    return {name: value for name, value in parts.items() if value is not None}


def decision_to_json(decision: Decision) -> Json:
    """The decision as plain JSON values."""
    subject: Json = {}
    asked = decision.subject
    if asked.test is not None:
        subject["test"] = asked.test
    if asked.series is not None:
        subject["series"] = asked.series
    if asked.appointment_id is not None:
        subject["appointment_id"] = asked.appointment_id
    told: Json = {
        "rule": decision.rule,
        "outcome": decision.outcome.value,
        "subject": subject,
        "reasons": [
            {
                "code": reason.code,
                "values": {name: plain(value) for name, value in reason.values.items()},
                "policy": [row_to_json(row) for row in reason.policy],
            }
            for reason in decision.reasons
        ],
    }
    if decision.opens_at is not None:
        told["opens_at"] = decision.opens_at.isoformat()
    if decision.closes_at is not None:
        told["closes_at"] = decision.closes_at.isoformat()
    if decision.fee is not None:
        told["fee"] = str(decision.fee)
    return told


def row_to_json(row: PolicyRow) -> Json:
    """A policy row; `interpretation` only where it is one. The note stays with the knowledge it is from."""
    told: Json = {
        "id": row.id,
        "value": plain(row.value),
        "from": row.since.isoformat(),
        "source": row.source,
    }
    if row.interpretation:
        told["interpretation"] = True
    return told


def plain(value: Value) -> object:
    """A value as JSON can hold it."""
    kind = type(value)
    if kind is str or kind is int or value is None or kind is bool:
        return value
    if isinstance(value, date):  # datetimes too
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return {str(name): plain(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    if isinstance(value, (str, int, float)):
        return value
    raise TypeError(f"no JSON for {kind.__name__}")


def decision_from_json(told: Mapping[str, object]) -> Decision:
    """A decision read back, its values typed again. Raises ValueError for anything that is not one."""
    try:
        subject = _mapping(told.get("subject", {}))
        return Decision(
            str(told["rule"]),
            Outcome(str(told["outcome"])),
            DecisionSubject(
                _text(subject.get("test")), _text(subject.get("series")), _text(subject.get("appointment_id"))
            ),
            tuple(_reason(_mapping(reason)) for reason in _list(told["reasons"])),
            _instant(told.get("opens_at")),
            _instant(told.get("closes_at")),
            Decimal(str(told["fee"])) if told.get("fee") is not None else None,
        )
    except (KeyError, TypeError, ArithmeticError) as error:
        raise ValueError(f"not a decision: {error}") from error


def _reason(told: Mapping[str, object]) -> Reason:
    return Reason(
        str(told["code"]),
        {name: _typed(name, value) for name, value in _mapping(told.get("values", {})).items()},
        tuple(_row(_mapping(row)) for row in _list(told.get("policy", []))),
    )


def _row(told: Mapping[str, object]) -> PolicyRow:
    return PolicyRow(
        str(told["id"]),
        _amount(told["value"]),
        date.fromisoformat(str(told["from"])),
        str(told["source"]),
        bool(told.get("interpretation", False)),
    )


_AMOUNT = re.compile(r"\d+\.\d\d")


def _amount(value: object) -> object:
    """A policy value as it was: an amount of money is kept as text with two decimals."""
    return Decimal(value) if isinstance(value, str) and _AMOUNT.fullmatch(value) else value


def _typed(name: str, value: object) -> Value:
    """A value as it was, by what the vocabulary says of its name."""
    kind = VALUE_TYPES.get(name)
    if kind == "date":
        return date.fromisoformat(str(value))
    if kind == "instant":
        return datetime.fromisoformat(str(value))
    if kind == "money":
        return Decimal(str(value))
    if kind == "dated_test":
        return {key: _typed(key, inner) for key, inner in _mapping(value).items()}
    if kind == "dated_tests":
        return [{key: _typed(key, inner) for key, inner in _mapping(one).items()} for one in _list(value)]
    return value


def _instant(value: object) -> datetime | None:
    return None if value is None else datetime.fromisoformat(str(value))


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _mapping(value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise TypeError(f"{value!r} is not a mapping")
    return value


def _list(value: object) -> list[object]:
    if not isinstance(value, (list, tuple)):
        raise TypeError(f"{value!r} is not a list")
    return list(value)

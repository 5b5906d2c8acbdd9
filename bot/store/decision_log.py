"""Decisions kept with all they stood on, and made again from that: facts, question, instant and policy.

A record holds the person's facts in the shape of a records file, the seats that were looked at, the question, the
instant, and the digest of the knowledge; the policy values behind a digest are stored once, the first time it is used.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from bot.catalog.model import Catalog
from bot.records.codec import parse_candidate, parse_seats, parse_sites, person_to_dict, seat_to_dict, site_to_dict
from bot.records.fields import Fields
from bot.rules.case import Case
from bot.rules.catalogue import Series, Test, TestCatalogue
from bot.rules.codec import decision_to_json, subject_to_json
from bot.rules.decision import Decision, PolicyRow
from bot.rules.facts import Candidate, Seat, Site, Subject
from bot.rules.policy import PolicyBook
from bot.rules.registry import decide
from bot.store import Store
from bot.store.values import DecisionRecord, Json


def record_of(
    case: Case,
    decision: Decision,
    digest: str,
    *,
    at: datetime,
    conversation_id: str | None = None,
    turn: int | None = None,
    what_if: bool = False,
) -> DecisionRecord:
    """A decision with everything it takes to make it again."""
    return DecisionRecord(
        rule=decision.rule,
        subject=subject_to_json(case.subject),
        facts=facts_of(case.candidate, case.sites, case.subject.site, case.seats),
        decision=decision_to_json(decision),
        as_of=case.as_of,
        policy_digest=digest,
        at=at,
        ase_id=case.candidate.ase_id,
        conversation_id=conversation_id,
        turn=turn,
        what_if=what_if,
    )


def facts_of(
    candidate: Candidate, sites: Mapping[str, Site], site: str | None = None, seats: tuple[Seat, ...] | None = None
) -> Json:
    """A person's facts, the test centres concerned, and the seats where any were looked at."""
    facts: Json = dict(person_to_dict(candidate, sites))
    known = {each["id"] for each in facts["sites"]}
    if site is not None and site in sites and site not in known:
        facts["sites"] = [*facts["sites"], site_to_dict(sites[site])]
    if seats is not None:
        facts["seats"] = [seat_to_dict(seat) for seat in seats]
    return facts


# --- the policy behind a digest -------------------------------------------------------------------------


def policy_to_json(catalog: Catalog) -> Json:
    """Policy values and test catalogue, as plain JSON."""
    return {
        "policy": {
            name: [
                {
                    "value": _plain(row.value),
                    "from": row.since.isoformat(),
                    "source": row.source,
                    "interpretation": row.interpretation,
                }
                for row in rows
            ]
            for name, rows in catalog.policy.rows.items()
        },
        "tests": [[t.code, t.series, t.title, t.recertification] for t in catalog.tests.tests.values()],
        "series": [[s.id, s.title, list(s.tests)] for s in catalog.tests.series.values()],
    }


def policy_from_json(kept: Mapping[str, Any]) -> tuple[PolicyBook, TestCatalogue]:
    """What `policy_to_json` wrote."""
    rows = {
        name: tuple(
            PolicyRow(
                name,
                _typed(row["value"]),
                date.fromisoformat(row["from"]),
                row["source"],
                row["interpretation"],
            )
            for row in found
        )
        for name, found in kept["policy"].items()
    }
    tests = {code: Test(code, series, title, again) for code, series, title, again in kept["tests"]}
    series = {name: Series(name, title, tuple(codes)) for name, title, codes in kept["series"]}
    return PolicyBook(rows), TestCatalogue(tests, series)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return {"~money": str(value)}
    if isinstance(value, date):
        return {"~date": value.isoformat()}
    if isinstance(value, (list, tuple)):
        inner = [_plain(each) for each in value]
        return {"~tuple": inner} if isinstance(value, tuple) else inner
    if isinstance(value, Mapping):
        return {"~map": {str(name): _plain(inner) for name, inner in value.items()}}
    return value


def _typed(value: Any) -> Any:
    if isinstance(value, list):
        return [_typed(each) for each in value]
    if not isinstance(value, Mapping):
        return value
    ((kind, inner),) = value.items()
    match kind:
        case "~money":
            return Decimal(inner)
        case "~date":
            return date.fromisoformat(inner)
        case "~tuple":
            return tuple(_typed(each) for each in inner)
    return {name: _typed(each) for name, each in inner.items()}


def keep_policy(store: Store, catalog: Catalog, at: datetime) -> None:
    """Store the policy values behind the catalogue's digest, once."""
    with store.unit_of_work(write=False) as uow:
        if uow.decisions.policy(catalog.digest) is not None:
            return
    with store.unit_of_work() as uow:
        uow.decisions.keep_policy(catalog.digest, policy_to_json(catalog), at=at)
        uow.commit()


# --- again ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Difference:
    """A decision that does not come out again as it was told. `now` None: it cannot be made again, see `why`."""

    record: DecisionRecord
    now: Json | None
    why: str


def replayed(store: Store, ase_id: str | None = None) -> Iterator[Difference | None]:
    """Every stored decision in order, made again: None where it is equal, else the difference."""
    books: dict[str, tuple[PolicyBook, TestCatalogue] | None] = {}
    with store.unit_of_work(write=False) as uow:
        for record in uow.decisions.all(ase_id):
            if record.policy_digest not in books:
                kept = uow.decisions.policy(record.policy_digest)
                books[record.policy_digest] = None if kept is None else policy_from_json(kept)
            yield _again(record, books[record.policy_digest])


def _again(record: DecisionRecord, book: tuple[PolicyBook, TestCatalogue] | None) -> Difference | None:
    if book is None:
        return Difference(record, None, f"the policy {record.policy_digest[:12]} was never kept")
    try:
        now = decision_to_json(decide(record.rule, case_of(record, *book)))
    except (ValueError, LookupError) as error:
        return Difference(record, None, f"{type(error).__name__}: {error}")
    return None if now == record.decision else Difference(record, now, "comes out differently")


def case_of(record: DecisionRecord, policy: PolicyBook, tests: TestCatalogue) -> Case:
    """The question as it was asked."""
    fields = Fields()
    sites = {site.id: site for site in parse_sites(list(record.facts.get("sites") or []), "sites", fields)}
    seats = record.facts.get("seats")
    found = None if seats is None else parse_seats(list(seats), "seats", fields, sites)
    fields.refuse()
    (person,) = record.facts["candidates"]
    candidate = parse_candidate(person, sites=sites, catalogue=tests, whole=False)
    return Case(candidate, record.as_of, policy, tests, subject_from(record.subject), sites, found)


def subject_from(kept: Mapping[str, Any]) -> Subject:
    """What `subject_to_json` wrote."""
    return Subject(
        test=kept.get("test"),
        series=tuple(kept.get("series") or ()),
        site=kept.get("site"),
        starts_at=datetime.fromisoformat(kept["starts_at"]) if kept.get("starts_at") else None,
        purchase_id=kept.get("purchase_id"),
        appointment_id=kept.get("appointment_id"),
    )

"""A policy book and a catalogue of the tests' own, so that no change of policy can break a test of logic."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

from bot.commands.bulk_decide import policy_with
from bot.records.codec import parse_candidate, parse_seats, parse_sites
from bot.records.fields import Fields
from bot.rules.case import Case
from bot.rules.catalogue import Series, Test, TestCatalogue
from bot.rules.decision import Decision, PolicyRow
from bot.rules.facts import Site, Subject
from bot.rules.policy import PolicyBook
from bot.rules.vocabulary import REASONS

STARTS = date(2022, 9, 20)
TODAY = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)

_SERIES = {
    "automobile": "A1 A2 A3 A4 A5 A6 A7 A8 A9",
    "auto_maintenance": "G1",
    "medium_heavy_truck": "T1 T2 T3 T4 T5 T6 T7 T8",
    "collision": "B2 B3 B4 B5 B6",
    "transit_bus": "H1 H2 H3 H4 H5 H6 H7 H8",
    "school_bus": "S1 S2 S3 S4 S5 S6 S7",
    "parts": "P1 P2 P4",
    "undercar": "X1",
    "advanced": "L1 L2 L3 L4",
}
CATALOGUE = TestCatalogue(
    {code: Test(code, series) for series, codes in _SERIES.items() for code in codes.split()},
    {series: Series(series, series, tuple(codes.split())) for series, codes in _SERIES.items()},
)

_VALUES: dict[str, object] = {
    "purchase_window.days": 90,
    "change_cutoff.days": 3,
    "change_cutoff.reading": "wall_clock",
    "retest_wait.days": 30,
    "retest_wait.reading": "full_days",
    "validity.years": 5,
    "certificate_estimate.days": 21,
    "certificate_estimate.anchor": "later_of_test_and_approval",
    "online_results.days": 3,
    "recert_courtesy.days": 180,
    "duplicate.fee": "7.50",
    "spanish.tests": ["A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8", "G1"],
    "master_set.automobile": ["A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8"],
    "master_set.medium_heavy_truck": ["T2", "T3", "T4", "T5", "T6", "T7", "T8"],
    "prerequisites.L1": [["A8"]],
    "prerequisites.L2": [["A9", "H2", "S2", "T2"], ["A6", "H6", "S6", "T6"]],
    "prerequisites.X1": [["A4"], ["A5"]],
    "policy.time_zone": "America/New_York",
    "registration.fee_per_order": "one fee for each order",
}
POLICY = PolicyBook({name: (PolicyRow(name, value, STARTS, "literal"),) for name, value in _VALUES.items()})

SITES: Mapping[str, Site] = {
    site.id: site
    for site in (
        Site("CHI-01", "Chicago North", "Chicago", "IL", "US", "America/Chicago"),
        Site("NYC-01", "New York West", "New York", "NY", "US", "America/New_York"),
        Site("HNL-01", "Honolulu", "Honolulu", "HI", "US", "Pacific/Honolulu"),
        Site("PHX-01", "Phoenix", "Phoenix", "AZ", "US", "America/Phoenix"),
        Site("GUM-01", "Guam", "Tamuning", "GU", "US", "Pacific/Guam"),
    )
}


def case_of(told: Mapping[str, object]) -> Case:
    """A Case from plain words.

    Keys: at, zone, purchases, certifications, experience, accommodation, moved_on, subject, sites (ids), seats,
    policy.
    """
    known = {
        *("name", "expect", "at", "zone", "purchases", "certifications", "experience", "accommodation"),
        *("moved_on", "subject", "sites", "seats", "policy"),
    }
    assert told.keys() <= known, told.keys() - known
    places = told.get("sites")
    sites = SITES if places is None else {str(name): SITES[str(name)] for name in _list(places)}
    candidate = parse_candidate(
        {
            "ase_id": "ASE-1000-0001",
            "time_zone": told.get("zone", "America/Chicago"),
            "purchases": told.get("purchases"),
            "certifications": told.get("certifications"),
            "work_experience": told.get("experience"),
            "accommodation": told.get("accommodation"),
            "address_changed_on": told.get("moved_on"),
        },
        sites=SITES,
        catalogue=CATALOGUE,
        whole=False,
    )
    asked = told.get("subject", {"test": "A5"})
    assert isinstance(asked, dict)
    start = asked.get("starts_at")
    series = asked.get("series", ())
    subject = Subject(
        asked.get("test"),
        (series,) if isinstance(series, str) else tuple(series),
        asked.get("site"),
        None if start is None else datetime.fromisoformat(start),
        asked.get("purchase_id"),
        asked.get("appointment_id"),
    )
    seats = None
    if told.get("seats") is not None:
        fields = Fields()
        seats = parse_seats(_list(told["seats"]), "seats", fields, SITES)
        fields.refuse()
    policy = policy_with(POLICY, told.get("policy", {}))
    at = told["at"]
    assert isinstance(at, str)
    return Case(candidate, datetime.fromisoformat(at), policy, CATALOGUE, subject, sites, seats)


def promised(decision: Decision) -> None:
    """Hold a decision to what holds for all of them: known codes in order, their values and rows, one outcome."""
    specs = REASONS[decision.rule]
    codes = [reason.code for reason in decision.reasons]
    assert codes
    assert codes == sorted(set(codes), key=list(specs).index)
    for reason in decision.reasons:
        spec = specs[reason.code]
        assert spec.outcome in (None, decision.outcome), reason.code
        assert set(spec.required) <= reason.values.keys(), (reason.code, set(spec.required) - reason.values.keys())
        assert reason.values.keys() <= spec.names, (reason.code, reason.values.keys() - spec.names)
        assert None not in reason.values.values(), reason.code
        for row in reason.policy:
            kind = row.id
            if kind.startswith("master_set."):
                kind = "master_set.<series>"
            if kind.startswith("prerequisites."):
                kind = "prerequisites.<test>"
            assert kind in spec.policy, (reason.code, row.id)
    assert specs[codes[0]].outcome is decision.outcome
    if decision.outcome == "cannot_tell":
        assert len(codes) == 1
    for instant in (decision.opens_at, decision.closes_at):
        assert instant is None or instant.utcoffset() is not None


def _list(value: object) -> list[object]:
    assert isinstance(value, list)
    return value


def sites_of(items: list[object]) -> dict[str, Site]:
    """Test centres read from their written form."""
    fields = Fields()
    found = {site.id: site for site in parse_sites(items, "sites", fields)}
    fields.refuse()
    return found

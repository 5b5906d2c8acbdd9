"""The live policy values: the day before each starts, and the day itself."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from bot.catalog import Catalog, load_catalog, load_policy
from bot.catalog.model import Confidence
from bot.rules.policy import MissingPolicy

KNOWLEDGE = Path(__file__).parents[2] / "knowledge"
BOOK = load_policy(KNOWLEDGE)
START = date(2022, 9, 20)

VALUES: dict[str, object] = {
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
    "duplicate.fee": Decimal("7.50"),
    "registration.fee_per_order": "one registration fee for each order, in addition to the test fee",
    "spanish.tests": ("A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8", "G1"),
    "master_set.automobile": ("A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8"),
    "master_set.medium_heavy_truck": ("T2", "T3", "T4", "T5", "T6", "T7", "T8"),
    "prerequisites.L1": (("A8",),),
    "prerequisites.L2": (("A9", "H2", "S2", "T2"), ("A6", "H6", "S6", "T6")),
    "prerequisites.X1": (("A4",), ("A5",)),
    "places.open_to_all": ("the United States", "its territories", "Canada"),
    "places.military": "certain overseas bases",
    "phone.prometric": "877-346-9327",
    "phone.ase": "1-800-390-6789",
    "policy.time_zone": "America/New_York",
}
READINGS = {
    "change_cutoff.reading",
    "retest_wait.reading",
    "certificate_estimate.anchor",
    "recert_courtesy.days",
    "policy.time_zone",
}
ROWS = [(policy_id, index) for policy_id, rows in BOOK.rows.items() for index in range(len(rows))]


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog(KNOWLEDGE)


@pytest.mark.parametrize("policy_id", VALUES)
def test_on_the_first_day_the_value_holds(policy_id: str) -> None:
    row = BOOK.on(policy_id, START)
    assert row.value == VALUES[policy_id]
    assert row.since == START
    assert row.interpretation == (policy_id in READINGS)


@pytest.mark.parametrize("policy_id", VALUES)
def test_the_day_before_the_first_there_is_no_value(policy_id: str) -> None:
    with pytest.raises(MissingPolicy) as error:
        BOOK.on(policy_id, date(2022, 9, 19))
    assert error.value.policy_id == policy_id


@pytest.mark.parametrize(("policy_id", "index"), ROWS)
def test_a_row_holds_from_its_own_day_and_not_the_day_before(policy_id: str, index: int) -> None:
    row = BOOK.rows[policy_id][index]
    assert row.value is None or BOOK.on(policy_id, row.since) is row
    before = BOOK.rows[policy_id][index - 1] if index else None
    if before is not None and before.value is not None:
        assert BOOK.on(policy_id, row.since - timedelta(days=1)) is before


def test_no_value_is_missing_from_this_table_or_from_the_files() -> None:
    assert set(BOOK.rows) == set(VALUES)


def test_each_value_has_a_source_and_says_how_sure_it_is(catalog: Catalog) -> None:
    for policy_id, rows in catalog.policy.rows.items():
        for row in rows:
            sure = catalog.sources[row.source].confidence
            expected = Confidence.SOURCE
            if policy_id.startswith("prerequisites."):
                expected = Confidence.SECONDARY
            elif policy_id in ("recert_courtesy.days", "policy.time_zone"):
                expected = Confidence.OURS
            assert sure is expected, policy_id
            assert bool(row.note) or not row.interpretation


def test_what_the_source_does_not_say_has_no_row() -> None:
    assert not any(policy_id.startswith(("prerequisites.L3", "prerequisites.L4")) for policy_id in BOOK.rows)
    masters = {policy_id for policy_id in BOOK.rows if policy_id.startswith("master_set.")}
    assert masters == {"master_set.automobile", "master_set.medium_heavy_truck"}
    spanish = VALUES["spanish.tests"]
    assert isinstance(spanish, tuple)
    assert "A9" not in spanish  # said elsewhere; waits for its owner in sources.yml


def test_the_source_is_of_its_day(catalog: Catalog) -> None:
    documents = [document for key, document in catalog.sources.items() if key.startswith("faq/")]
    assert len(documents) == 22
    assert {document.as_of for document in documents} == {START}
    assert {document.document for document in documents} == {"ASE Frequently Asked Questions"}


def test_found_at_least_so_many_cases() -> None:
    assert len(VALUES) >= 23
    assert len(ROWS) >= 23

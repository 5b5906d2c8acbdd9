"""Sources, tests and policy values: what the loader takes and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from bot.catalog import KnowledgeError, load_catalog, load_policy, load_test_names, load_tests
from bot.catalog.load import digest
from bot.rules.policy import MissingPolicy
from tests.catalog.tree import LIVE, Tree

WINDOW = "policy/purchase_window.yml"
VALUES = "parameters.purchase_window.days.values"

REFUSED: list[tuple[str, str, str, str, str]] = [
    (
        WINDOW,
        "value: 90",
        "value: ninety",
        f"{VALUES}[0].value",
        "must be a whole number, 1 or more: 'ninety'",
    ),
    (WINDOW, "value: 90", "value: 0", f"{VALUES}[0].value", "must be a whole number"),
    (WINDOW, "value: 90", "value: true", f"{VALUES}[0].value", "must be a whole number"),
    (WINDOW, "value: 90", "valu: 90", f"{VALUES}[0].valu", "allowed here: from, value, withdrawn, source"),
    (WINDOW, "value: 90", "withdrawn: true\n      value: 90", f"{VALUES}[0].withdrawn", "has no value"),
    (
        WINDOW,
        "unit: days",
        "unit: fortnights",
        "parameters.purchase_window.days.unit",
        "allowed: days, years",
    ),
    (WINDOW, "faq/registration", "faq/nowhere", f"{VALUES}[0].source", "unknown source; known: faq/"),
    (WINDOW, '"2022-09-20"', '"2022-9-20"', f"{VALUES}[0].from", "must be a day in quotes"),
    (WINDOW, "area: purchase_window", "area: window", "area", "must be the file's name: purchase_window"),
    (
        WINDOW,
        "  purchase_window.days:",
        "  window.days:",
        "parameters.window.days",
        "starts with purchase_window.",
    ),
    ("policy/duplicate.yml", '"7.50"', "7.50", "parameters.duplicate.fee.values[0].value", "is a float"),
    (
        "policy/duplicate.yml",
        '"7.50"',
        '"7.5"',
        "parameters.duplicate.fee.values[0].value",
        "dollars and cents",
    ),
    (
        "policy/spanish.yml",
        "[A1,",
        "[A1, A1,",
        "parameters.spanish.tests.values[0].value",
        "names a test twice",
    ),
    (
        "policy/spanish.yml",
        "[A1,",
        "[Z1,",
        "parameters.spanish.tests.values[0].value",
        "unknown test code: Z1",
    ),
    (
        "policy/prerequisites.yml",
        "[[A8]]",
        "[A8]",
        "parameters.prerequisites.L1.values[0].value",
        "list of lists",
    ),
    (
        "policy/places.yml",
        "[the United",
        "[3, the United",
        "parameters.places.open_to_all.values[0].value",
        "texts",
    ),
    (
        "policy/phone.yml",
        '"877-346-9327"',
        '"877 3469327"',
        "parameters.phone.prometric.values[0].value",
        "telephone",
    ),
    (
        "policy/policy.yml",
        "America/New_York",
        "EST",
        "parameters.policy.time_zone.values[0].value",
        "a time zone",
    ),
    (
        "policy/change_cutoff.yml",
        "value: wall_clock",
        "value: sundial",
        "parameters.change_cutoff.reading.values[0].value",
        "unknown: sundial; allowed: wall_clock, calendar_days",
    ),
    (
        "policy/policy.yml",
        "      interpretation:",
        "      note: ours\n      interpretation:",
        "parameters.policy.time_zone.values[0].note",
        "an interpretation or a note",
    ),
    ("tests.yml", "code: A2", "code: A1", "series[0].tests[1].code", "A1 is here twice"),
    ("tests.yml", "code: A2", "code: a2", "series[0].tests[1].code", "must be a capital letter and a digit"),
    (
        "tests.yml",
        "[brakes, brake,",
        "[brakes, engine,",
        "series[0].tests[4].names",
        "'engine' already means A1",
    ),
    ("tests.yml", "[brakes, brake,", "[Brakes, brake,", "series[0].tests[4].names", "write it in lower case"),
    ("tests.yml", "- id: parts", "- id: advanced", "series[11].id", "advanced is here twice"),
    (
        "sources.yml",
        "id: faq/retest",
        "id: faq/certificate",
        "sources[8].id",
        "faq/certificate is here twice",
    ),
    (
        "sources.yml",
        "confidence: ours",
        "confidence: high",
        "sources[24].confidence",
        "allowed: source, secondary",
    ),
    (
        "sources.yml",
        "differs_from: faq/bilingual_tests",
        "differs_from: faq/x",
        "pending[0].differs_from",
        "unknown",
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "key", "message"), REFUSED)
def test_a_wrong_file_is_refused_at_its_key(tree: Tree, file: str, old: str, new: str, key: str, message: str) -> None:
    tree.replace(file, old, new)
    with pytest.raises(KnowledgeError) as error:
        load_catalog(tree.root)
    at = [fault for fault in error.value.faults if fault.file == file and fault.key == key]
    assert any(message in fault.message for fault in at), error.value.faults


@pytest.mark.parametrize("second", ["2022-09-20", "2021-01-01"])
def test_rows_out_of_order_are_refused(tree: Tree, second: str) -> None:
    row = f'    - from: "{second}"\n      value: 60\n      source: faq/registration\n'
    tree.write(WINDOW, tree.text(WINDOW) + row)
    with pytest.raises(KnowledgeError) as error:
        load_policy(tree.root)
    assert error.value.faults[0].key == f"{VALUES}[1].from"
    assert "must be later than the row before it (2022-09-20)" in error.value.faults[0].message


def test_a_later_row_holds_from_its_day_and_a_withdrawal_ends_it(tree: Tree) -> None:
    rows = (
        '    - {from: "2027-01-01", value: 60, source: faq/registration}\n'
        '    - {from: "2028-01-01", withdrawn: true, source: faq/registration}\n'
    )
    tree.write(WINDOW, tree.text(WINDOW) + rows)
    book = load_policy(tree.root)
    assert book.on("purchase_window.days", date(2026, 12, 31)).value == 90
    assert book.on("purchase_window.days", date(2027, 1, 1)).value == 60
    assert book.on("purchase_window.days", date(2027, 12, 31)).value == 60
    with pytest.raises(MissingPolicy):
        book.on("purchase_window.days", date(2028, 1, 1))


def test_all_files_tell_their_faults_at_once(tree: Tree) -> None:
    tree.replace(WINDOW, "value: 90", "value: 9.5")
    tree.replace("tests.yml", "code: A2", "code: A1")
    tree.replace("sources.yml", "as_of:", "as_off:")
    with pytest.raises(KnowledgeError) as error:
        load_policy(tree.root)
    assert {WINDOW, "tests.yml", "sources.yml"} <= {fault.file for fault in error.value.faults}


@pytest.mark.parametrize("load", [load_policy, load_tests, load_test_names, load_catalog])
def test_an_empty_folder_is_refused(tmp_path: object, load: Callable[[object], object]) -> None:
    with pytest.raises(KnowledgeError):
        load(tmp_path)


def test_values_have_their_types() -> None:
    book = load_policy(LIVE)
    on = date(2026, 3, 2)
    assert book.on("duplicate.fee", on).value == Decimal("7.50")
    assert book.on("prerequisites.L2", on).value == (("A9", "H2", "S2", "T2"), ("A6", "H6", "S6", "T6"))
    assert book.on("spanish.tests", on).value == ("A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8", "G1")
    reading = book.on("change_cutoff.reading", on)
    assert reading.interpretation
    assert reading.note
    assert not book.on("change_cutoff.days", on).interpretation


SERIES = {
    "automobile": [f"A{n}" for n in range(1, 10)],
    "auto_maintenance": ["G1"],
    "medium_heavy_truck": [f"T{n}" for n in range(1, 9)],
    "collision": [f"B{n}" for n in range(2, 7)],
    "truck_equipment": ["E1", "E2", "E3"],
    "school_bus": [f"S{n}" for n in range(1, 8)],
    "transit_bus": [f"H{n}" for n in range(1, 9)],
    "parts": ["P1", "P2", "P4"],
    "service_consultant": ["C1"],
    "alternate_fuels": ["F1"],
    "undercar": ["X1"],
    "advanced": ["L1", "L2", "L3", "L4"],
}

SPOKEN = [
    ("brakes", "A5"),
    ("brake", "A5"),
    ("truck brakes", "T4"),
    ("heavy truck brakes", "T4"),
    ("school bus brakes", "S4"),
    ("electronics", "A6"),
    ("electrical", "A6"),
    ("truck electrical", "T6"),
    ("transit bus electrical", "H6"),
    ("engine performance", "A8"),
    ("driveability", "A8"),
    ("advanced engine performance", "L1"),
    ("engine repair", "A1"),
    ("diesel engines", "A9"),
    ("truck diesel engines", "T2"),
    ("light truck brakes", "A5"),
    ("electronic diesel engine diagnosis", "L2"),
    ("service advisor", "C1"),
    ("exhaust systems", "X1"),
    ("estimating", "B6"),
    ("paint", "B2"),
    ("maintenance and light repair", "G1"),
    ("preventive maintenance", "T8"),
    ("hvac", "A7"),
]


def test_the_catalogue_is_complete() -> None:
    tests = load_tests(LIVE)
    assert {name: list(series.tests) for name, series in tests.series.items()} == SERIES
    assert all(tests.tests[code].series == name for name, codes in SERIES.items() for code in codes)
    assert sorted(code for code, test in tests.tests.items() if test.title is None) == sorted(
        ["E1", "E2", "E3", "H1", "H3", "H4", "H5", "H7", "H8", "P1", "P2", "P4"]
    )
    assert tests.tests["T7"].title == "Heating, Ventilation and Air Conditioning"


@pytest.mark.parametrize(("phrase", "code"), SPOKEN)
def test_a_test_is_known_by_its_spoken_names(phrase: str, code: str) -> None:
    assert load_test_names(LIVE).phrases[phrase] == code


def test_names_are_known_apart_from_their_series() -> None:
    names = load_test_names(LIVE)
    assert names.names["school_bus", "brakes"] == "S4"
    assert names.series["heavy truck"] == "medium_heavy_truck"


def test_the_digest_follows_every_file(tree: Tree) -> None:
    before = digest(tree.root)
    assert before == load_catalog(tree.root).digest
    assert digest(LIVE) == load_catalog(LIVE).digest
    tree.replace("faq/fees.yml", "I won't guess", "I will not guess")
    changed = digest(tree.root)
    assert changed != before
    tree.write("faq/other.yml", "")
    assert digest(tree.root) not in (before, changed)


def test_found_at_least_so_many_cases() -> None:
    assert len(REFUSED) >= 27
    assert len(SPOKEN) >= 24

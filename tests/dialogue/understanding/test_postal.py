"""Addresses of the military, of Canada and of the territories, in one line; and what no address may hold."""

from __future__ import annotations

import pytest

from bot.answers.words import unformatted
from bot.dialogue.tasks.address_change import written
from bot.dialogue.understanding.address import as_written, lies_in, whole_address
from bot.rules.facts import Address


@pytest.mark.parametrize(
    ("said", "parts"),
    [
        ("PSC 1234 Box 5678, APO, AE 09012", ("PSC 1234 Box 5678", "APO", "AE", "09012")),
        ("Unit 100100 Box 4120 FPO AP 96606", ("Unit 100100 Box 4120", "FPO", "AP", "96606")),
        ("Unit 8400 Box 0000, DPO AE 09498-0048", ("Unit 8400 Box 0000", "DPO", "AE", "09498-0048")),
        ("CMR 480 Box 12 APO Armed Forces Europe 09128", ("CMR 480 Box 12", "APO", "AE", "09128")),
        ("4-1234 King St W, Toronto, ON M5V 2T6", ("4-1234 King St W", "Toronto", "ON", "M5V 2T6")),
        ("88 Water Street, St. John's, Newfoundland and Labrador a1c1b2",
         ("88 Water Street", "St. John's", "NL", "A1C 1B2")),
        ("10 rue Saint-Jean, Québec, Québec G1R 1P4", ("10 rue Saint-Jean", "Québec", "QC", "G1R 1P4")),
        ("RR 2, Site 4, Whitehorse, Yukon Y1A 2B3", ("RR 2, Site 4", "Whitehorse", "YT", "Y1A 2B3")),
        ("123 Calle Sol, San Juan, Puerto Rico 00901", ("123 Calle Sol", "San Juan", "PR", "00901")),
        ("PO Box 500, Capitol Hill, Northern Mariana Islands 96950", ("PO Box 500", "Capitol Hill", "MP", "96950")),
        ("9000 Estate Thomas, St. Thomas, U.S. Virgin Islands 00802",
         ("9000 Estate Thomas", "St. Thomas", "VI", "00802")),
        ("12 Chalan Santo Papa, Hagatna, Guam 96910", ("12 Chalan Santo Papa", "Hagatna", "GU", "96910")),
    ],
)  # fmt: skip
def test_an_address_in_one_line(said: str, parts: tuple[str, ...]) -> None:
    found = whole_address(said)
    assert tuple(found.get(part) for part in ("line1", "city", "region", "postal_code")) == parts
    assert lies_in(found["region"], found["postal_code"])


@pytest.mark.parametrize(
    ("said", "code"),
    [("Armed Forces Pacific", "AP"), ("aa", "AA"), ("P.E.I.", "PE"), ("île-du-prince-édouard", "PE"), ("D.C.", "DC"),
     ("nouvelle ecosse", None), ("nova scotia", "NS"), ("Quebec", "QC"), ("Atlantis", None)],
)  # fmt: skip
def test_a_state_by_its_name(said: str, code: str | None) -> None:
    assert as_written("region", said) == code


@pytest.mark.parametrize(
    ("region", "postal_code", "fits"),
    [("IL", "60505", True), ("IL", "90210", False), ("ON", "M5V 2T6", True), ("ON", "V5V 2T6", False),
     ("AE", "09012", True),
     ("AP", "09012", False), ("PR", "00926", True), ("ON", "60505", False), ("IL", "M5V 2T6", False)],
)  # fmt: skip
def test_a_postal_code_lies_in_its_state(region: str, postal_code: str, fits: bool) -> None:
    assert lies_in(region, postal_code) is fits


@pytest.mark.parametrize(
    "value",
    [
        "666 [x](https://evil.example) St",
        "12 <b>Elm</b>",
        "Auro\u202era",
        "El\u200bgin",
        "12 `Elm` St",
        "**12 Elm St**",
    ],
)
def test_markup_and_what_turns_the_writing_is_no_address(value: str) -> None:
    assert as_written("line1", value) is None
    assert as_written("city", value) is None


def test_what_was_stored_before_is_said_without_formatting() -> None:
    said = written(Address("666 [x](https://evil.example) **St**", "Auro\u202era", "IL", "60505", "US"))
    assert not set("[]<>*`\u202e") & set(said.web)
    assert "](" not in unformatted("a [b](c)")

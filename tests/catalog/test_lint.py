"""What a text must not have."""

from __future__ import annotations

import pytest

from bot.catalog.lint import bare_numbers, says_unit_twice, unspeakable, unwritable

CODES = ("A1", "A5", "A8", "G1", "L2")
ADDRESSES = ("https://www.ase.com/terms-and-conditions", "www.ase.com/expform", "ase.com/609")

NUMBERS = [
    "You have 90 days.",
    "You have ninety days.",
    "Within three days of it.",
    "A three-day limit.",
    "Wait thirty full days.",
    "Valid for five years.",
    "About three weeks.",
    "It costs seven dollars.",
    "It costs $ a copy.",
    "Ninety.",
    "Call 877-346-9327.",
    "Since 2022.",
    "Test Z9 is unknown.",
    "Twenty-one of them.",
    "One hundred questions.",
]
NO_NUMBERS = [
    "Tests A1 through A8 and G1.",
    "A5R is another test.",
    "The EPA Section 609 program.",
    "See ase.com/609 for that.",
    "The Composite Vehicle Type 4 booklet.",
    "Hundreds of people, one by one.",
    "The second one, then the two forms.",
    "On the same day.",
    "Bring four digits.",
]
UNSPEAKABLE = [
    ("See www.ase.com/expform now.", "a link"),
    ("See ase.com for it.", "a link"),
    ("For example, e.g. this.", "an abbreviation"),
    ("Papers etc. and more.", "an abbreviation"),
    ("In the U.S. only.", "an abbreviation"),
    ("At nine a.m. sharp.", "an abbreviation"),
    ("- one\n- two", "a list"),
    ("This is **bold**.", "these cannot be spoken, write words: *"),
    ("Parts & service.", "&"),
    ("Yes/no.", "/"),
    ("Number # one @ home.", "# @"),
    ("Test A5.", "5"),
    ("Well done \N{PARTY POPPER}", "\N{PARTY POPPER}"),
    ("Half (or less).", "( )"),
    (" ".join(["word"] * 26) + ".", "a spoken sentence of 26 words"),
]
SPEAKABLE = [
    "You have a plan. It is good, isn't it? Yes!",
    "Log in to your my A S E account, then wait: it is quick.",
    "ASE can tell you \N{EM DASH} or Prometric.",
    " ".join(["word"] * 25) + ".",
    "A S E " + " ".join(["word"] * 24) + ".",
    "Say it in espa\N{LATIN SMALL LETTER N WITH TILDE}ol; say it now.",
    "Your \N{LEFT DOUBLE QUOTATION MARK}No Show\N{RIGHT DOUBLE QUOTATION MARK} is here.",
]
UNWRITABLE = [
    ("See https://example.com/x.", "not a known address"),
    ("See www.ase.com/other.", "not a known address"),
    ("[here](mailto:x)", "a link to"),
    ("Write to x@ase.com.", "an e-mail address"),
    ("# Heading", "a heading"),
    ("* point", "a list that does not start"),
    ("1. first", "a numbered list"),
    ("`code`", "code, a table or a tag"),
    ("<b>bold</b>", "code, a table or a tag"),
    ("![x](www.ase.com/expform)", "a picture"),
    ("*slanted*", "a single *"),
    ("_slanted_ text", "an underscore"),
    ("**open", "opened and not closed"),
    ("Done \N{PARTY POPPER}", "no emoji"),
]
WRITABLE = [
    "Two paragraphs.\n\nWith **bold** words and\n\n- a list\n- of two",
    "Read them at https://www.ase.com/terms-and-conditions.",
    "The form: www.ase.com/expform, or [the form](www.ase.com/expform).",
    "Also ase.com/609 (a page).",
]


@pytest.mark.parametrize("text", NUMBERS)
def test_a_number_that_states_policy_is_found(text: str) -> None:
    assert list(bare_numbers(text, CODES, ADDRESSES))


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_numbers_that_are_names_are_left_alone(text: str) -> None:
    assert list(bare_numbers(text, CODES, ADDRESSES)) == []


@pytest.mark.parametrize(("text", "message"), UNSPEAKABLE)
def test_what_cannot_be_spoken_is_found(text: str, message: str) -> None:
    assert any(message in found for found in unspeakable(text))


@pytest.mark.parametrize("text", SPEAKABLE)
def test_plain_speech_is_left_alone(text: str) -> None:
    assert list(unspeakable(text)) == []


@pytest.mark.parametrize(("text", "message"), UNWRITABLE)
def test_markup_and_links_nobody_knows_are_found(text: str, message: str) -> None:
    assert any(message in found for found in unwritable(text, ADDRESSES))


@pytest.mark.parametrize("text", WRITABLE)
def test_the_known_markup_and_addresses_are_left_alone(text: str) -> None:
    assert list(unwritable(text, ADDRESSES)) == []


def test_a_unit_said_twice_is_found() -> None:
    assert list(says_unit_twice("within {policy.purchase_window.days|days} days"))
    assert list(says_unit_twice("{policy.validity.years|years} years"))
    assert not list(says_unit_twice("{policy.retest_wait.days} full days after {days_left|days}, day by day"))


def test_found_at_least_so_many_cases() -> None:
    assert len(NUMBERS) + len(NO_NUMBERS) >= 24
    assert len(UNSPEAKABLE) + len(SPEAKABLE) + len(UNWRITABLE) + len(WRITABLE) >= 38

"""From wording to sound: sentences, pauses, codes and numbers one by one, nothing lost."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.gateway.channels.phone_ivr.speech import batches, clean, plain, sentences, ssml, voice


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("", ()),
        ("One.", ("One.",)),
        ("One. Two! Three? Four", ("One.", "Two!", "Three?", "Four")),
        ("That is seven dollars and fifty cents. All right?", ("That is seven dollars and fifty cents.", "All right?")),
        ("You are A. Reyes. Is that right?", ("You are A. Reyes.", "Is that right?")),
        ("It costs 7.50 dollars. Fine.", ("It costs 7.50 dollars.", "Fine.")),
        ("Call A S E. They know.", ("Call A S E. They know.",)),
        ('He said "yes." Then left.', ('He said "yes."', "Then left.")),
        ("Line one.\n\nLine two.", ("Line one.", "Line two.")),
        ("- first\n- second", ("first second",)),
    ],
)
def test_cut_into_sentences(text: str, cut: tuple[str, ...]) -> None:
    assert sentences(text) == cut


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("See https://www.ase.com/terms-and-conditions.", "See the web page."),
        ("See [the terms](https://www.ase.com/x).", "See the terms."),
        ("Go to www.ase.com/expform, please", "Go to the web page, please"),
        ("It is on ase.com/609.", "It is on the web page."),
        ("**Bold** and `code`", "Bold and code"),
        ("a\x00b\x0bc \ud800", "abc"),
        ("two   spaces\tand\nlines", "two spaces and lines"),
    ],
)
def test_no_links_and_no_markup(text: str, said: str) -> None:
    assert clean(text) == said


@pytest.mark.parametrize(
    ("text", "markup", "flat"),
    [
        ("Your A5 test.", '<s>Your <say-as interpret-as="characters">A5</say-as> test.</s>', "Your A 5 test."),
        (
            "A5R is next.",
            '<s><say-as interpret-as="characters">A5</say-as> recertification is next.</s>',
            "A 5 recertification is next.",
        ),
        (
            "I have ASE-1000-0042.",
            '<s>I have <say-as interpret-as="characters">ASE</say-as>, <say-as interpret-as="digits">1000</say-as>, '
            '<say-as interpret-as="digits">0042</say-as>.</s>',
            "I have A S E, 1 0 0 0, 0 0 4 2.",
        ),
        (
            "The code is 482913.",
            '<s>The code is <say-as interpret-as="digits">482913</say-as>.</s>',
            "The code is 4 8 2 9 1 3.",
        ),
        (
            "Call 1-800-390-6789.",
            '<s>Call <say-as interpret-as="telephone">1-800-390-6789</say-as>.</s>',
            "Call 1, 8 0 0, 3 9 0, 6 7 8 9.",
        ),
        (
            "In 2026 we had 90 days & more.",
            "<s>In 2026 we had 90 days &amp; more.</s>",
            "In 2026 we had 90 days & more.",
        ),
    ],
)
def test_letters_and_digits_one_by_one(text: str, markup: str, flat: str) -> None:
    assert ssml([text]) == f"<speak>{markup}</speak>"
    assert plain([text]) == flat


def test_a_breath_before_the_question_and_between_paragraphs() -> None:
    said = ssml(["It is booked. Shall I go on?", "Or not?"])
    assert said == (
        '<speak><s>It is booked.</s><break time="400ms" /><s>Shall I go on?</s>'
        '<break time="600ms" /><s>Or not?</s></speak>'
    )


def test_slowly() -> None:
    assert ssml(["Slow."], slow=True) == '<speak><prosody rate="slow"><s>Slow.</s></prosody></speak>'


def test_long_speech_is_cut_between_sentences_and_long_sentences_between_words() -> None:
    out = batches(["One sentence here. " * 10, "word " * 60], 100)
    assert all(sum(len(s) for paragraph in batch for s in paragraph) <= 100 for batch in out)
    assert " ".join(s for batch in out for paragraph in batch for s in paragraph).split() == (
        ("One sentence here. " * 10 + "word " * 60).split()
    )


@given(st.lists(st.text(max_size=300), max_size=4), st.booleans())
@settings(max_examples=150, deadline=None)
def test_whatever_is_said_the_document_holds_it_and_nothing_is_lost(paragraphs: list[str], slow: bool) -> None:
    root = ET.fromstring(ssml(paragraphs, slow=slow))
    said = " ".join(clean(paragraph) for paragraph in paragraphs)
    letters = [c for c in "".join(root.itertext()) if c.isalpha()]
    assert "".join(letters).replace("recertification", "R") == "".join(c for c in said if c.isalpha()).replace(
        "recertification", "R"
    )


def test_an_element_that_has_words_already_is_not_touched() -> None:
    say = ET.Element("Say")
    voice(say, [("Hello.",)])
    assert ET.tostring(say, encoding="unicode") == "<Say><s>Hello.</s></Say>"

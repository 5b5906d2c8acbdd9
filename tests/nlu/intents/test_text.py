"""What the classifier reads instead of the person's own words."""

from __future__ import annotations

import pytest

from bot.nlu.intents.glossary import translate
from bot.nlu.intents.text import Speller, fold
from bot.nlu.phonetic import sound_of

FOLDED = {
    "Um, can I, uh, re take A5?": "can I, retake A5?",
    "the A.S.E. website": "the ase website",
    "a s e test": "ase test",
    "e p a six oh nine card": "epa 609 card",
    "re-schedule my appt pls": "reschedule my appointment please",
    "cust wants resched b4 fri": "customer wants reschedule before fri",
    "whats my acct pw": "what's my account password",
    "mm hmm": "yes",
    "uh huh": "yes",
    "sooooo loooong": "soo loong",
    "my re cert": "my recertification",
    "no-show fee": "no show fee",
    "e-mail": "email",
    "w/o id": "without id",
    "don’t": "don't",
}

TRAINING = [
    "when will my certificate arrive",
    "my certificate has not arrived",
    "reschedule my appointment",
    "cancel my appointment please",
    "cancel my appointment",
    "how do I reschedule",
    "my appointment is tomorrow",
    "when will my results arrive",
    "my results",
]
REPAIRED = {
    "when will my certifcate arive": "when will my certificate arrive",
    "reshcedule my apointment": "reschedule my appointment",
    "cancle my appointmnet": "cancel my appointment",
    "cancelmy appointment": "cancel my appointment",
    "my reuslts": "my results",
    "my dog": "my dog",
    "xyz": "xyz",
    "when will the weather change": "when will the weather change",
}

SPANISH = {
    "quiero cambiar mi cita": "i want reschedule",
    "cuánto cuesta el examen": "how much does it cost the test",
    "dónde está mi certificado": "where is my certificate",
    "reprobé el examen de frenos": "failed the test of brakes",
    "no": "no",
    "can I take it en Mexico": "can I take it en Mexico",
    "cancel my test please": "cancel my test please",
}

ALIKE = [
    ("certificate", "sir tificate"),
    ("brakes", "breaks"),
    ("suspension", "sus pension"),
    ("electrical", "electric cull"),
    ("heating", "heeding"),
    ("know", "no"),
    ("right", "write"),
]


@pytest.mark.parametrize(("said", "read"), FOLDED.items())
def test_spoken_forms_shorthand_and_fillers_are_folded(said: str, read: str) -> None:
    assert fold(said) == read.lower()


@pytest.mark.parametrize(("written", "read"), REPAIRED.items())
def test_spelling_is_repaired_with_the_words_of_the_training_lines(written: str, read: str) -> None:
    speller = Speller.learn(TRAINING, frozenset({"weather", "change", "the", "dog", "will", "reschedule"}))
    assert speller.repair(written).text == read


def test_a_repair_tells_what_it_changed() -> None:
    speller = Speller.learn(TRAINING, frozenset())
    assert speller.repair("my reuslts").changes == (("reuslts", "results"),)


@pytest.mark.parametrize(("spanish", "english"), SPANISH.items())
def test_spanish_messages_are_read_in_english_words(spanish: str, english: str) -> None:
    assert translate(spanish) == english


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_what_sounds_alike_has_the_same_sound(one: str, other: str) -> None:
    assert sound_of(one) == sound_of(other)


def test_what_sounds_different_has_another_sound() -> None:
    assert len({sound_of(word) for word in ("certificate", "schedule", "brakes", "results", "master")}) == 5


def test_there_are_cases() -> None:
    assert len(FOLDED) + len(REPAIRED) + len(SPANISH) + len(ALIKE) >= 35


def test_a_misspelling_in_a_few_training_lines_stays_one() -> None:
    speller = Speller.learn(["my appointment"] * 40 + ["my apointment", "apointment tomorrow"], frozenset())
    assert speller.repair("move my apointment").text == "move my appointment"


@pytest.mark.parametrize(("word", "many"), [("retested", "retest"), ("vouchers", "voucher"), ("reorder", "recorder")])
def test_a_word_of_its_own_is_no_misspelling(word: str, many: str) -> None:
    speller = Speller.learn([many] * 40 + [word, word], frozenset({"order"}))
    assert speller.repair(word).text == word


def test_an_ordinary_word_of_no_training_line_is_heard_as_one_of_many() -> None:
    known = frozenset({"resorts", "results", "weather"})
    often, seldom = (Speller.learn(["my results"] * lines, known) for lines in (40, 4))
    assert often.repair("my resorts").text == "my results"
    assert seldom.repair("my resorts").text == "my resorts"
    assert often.repair("my weather").text == "my weather"

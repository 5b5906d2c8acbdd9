"""Test codes and series in messages: what is said, the codes that are meant, and the words that say so."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.nlu.values import read_series, read_test_codes, read_values

NOW = datetime.fromisoformat("2026-03-02T10:00:00-06:00")

CODES = {
    # typed
    "can I move my A5 test": "A5",
    "a5": "A5",
    "a-6": "A6",
    "T 3 please": "T3",
    "l1 and x1": "L1 X1",
    "A08": "A8",
    "cand failed T4, resched?": "T4",
    "G1": "G1",
    "A9?": "A9",
    "(B3)": "B3",
    "A5/A6": "A5 A6",
    # said
    "a five on friday": "A5",
    "put me down for a one and a eight on the ninth": "A1 A8",
    "a one on one talk": "",
    "a as in apple, four": "A4",
    "s like sam four": "S4",
    "can I move my breaks to thursday": "A5",
    "do we get any breaks during the exams": "",
    "are the breaks timed": "",
    "engine perf": "A8",
    "bee three bee four and bee six": "B3 B4 B6",
    "pea two is the one i want": "P2",
    "hay five is what i signed up for": "A5",
    "about my tea for test": "T4",
    "tea for two": "",
    "tea four please": "T4",
    "my brother wants his a won": "A1",
    "hotel two is the transit one": "H2",
    "two nights in a hotel with two beds": "",
    "b two through b tree": "B2 B3",
    "um ay three ay three": "A3",
    "tee too": "T2",
    "hours for be two and be five": "B2 B5",
    "I have a 9 30 a m seat": "",
    "t3, oops wrong key, t4": "T4",
    "a4, sorry for the trouble, and a6": "A4 A6",
    "brakes for cars, not truck": "A5",
    "I was on an audi a6 all day": "",
    "I'm in lot b3 and nobody is here": "",
    "a won through a three": "A1 A2 A3",
    "I bought a seven, no, not a seven, a eight": "A8",
    "um hey six": "A6",
    "the c n g one please": "F1",
    "pea one parts specialist": "P1",
    "a two a three and a eight": "A2 A3 A8",
    "b three the paint, i mean put me down for b two": "B2",
    # a series that has no test of that name, as far as is known
    "transit bus brakes": "",
    "brakes on a city bus": "",
    "bus steering": "",
    "school bus steering": "S5",
    "move my eight five to friday": "A5",
    "cancel eh four": "A4",
    "can i take be to on monday": "B2",
    "let me take it before friday": "",
    "i can be to you by noon": "",
    "A1 2 and 5": "A1 A2 A5",
    "A1 2 tests": "A1",
    "failed A6 3/1": "A6",
    "all the a's one through three": "A1 A2 A3",
    "ltr A num 8": "A8",
    "the letter b and then a two": "B2",
    "ay five": "A5",
    "when is my a five": "A5",
    "tee two": "T2",
    "i want el one": "L1",
    "ex one test": "X1",
    "the bee four exam": "B4",
    "aitch six": "H6",
    "ess seven": "S7",
    "cancel my see one test": "C1",
    "the l won": "L1",
    "tea for": "T4",
    "my a ate test": "A8",
    "alpha five": "A5",
    "the letter t and the number eight": "T8",
    # names
    "brakes": "A5",
    "engine repair": "A1",
    "the automatic transmission test": "A2",
    "manual drive train and axles": "A3",
    "suspension and steering": "A4",
    "Electrical/Electronic Systems": "A6",
    "heating and air conditioning": "A7",
    "I failed engine performance": "A8",
    "light vehicle diesel": "A9",
    "truck brakes": "T4",
    "school bus brakes": "S4",
    "brakes for school bus": "S4",
    "the brakes test in the truck series": "T4",
    "heavy duty truck diesel engines": "T2",
    "preventive maintenance inspection": "T8",
    "painting and refinishing": "B2",
    "non-structural analysis": "B3",
    "damage analysis and estimating": "B6",
    "service consultant": "C1",
    "compressed natural gas": "F1",
    "c n g": "F1",
    "hybrid test": "L3",
    "exhaust systems": "X1",
    "advanced engine performance": "L1",
    "examen de frenos": "A5",
    # misspelled and misheard
    "brkaes": "A5",
    "trasmission test": "A2",
    "suspention": "A4",
    "elec trickle": "A6",
    "sus pension": "A4",
    "the breaks test": "A5",
    "truck breaks": "T4",
    # ranges and lists
    "A1 through A8": "A1 A2 A3 A4 A5 A6 A7 A8",
    "T2-T5": "T2 T3 T4 T5",
    "a one thru a three": "A1 A2 A3",
    "B2 to B4": "B2 B3 B4",
    "A1 to 4": "A1 A2 A3 A4",
    "A1, 2 and 5": "A1 A2 A5",
    "A4 and A5 on Friday": "A4 A5",
    "parts tests P1 through P4": "P1 P2 P4",
    "switch from A5 to A8": "A5 A8",
    # corrections
    "the A5, no, A6": "A6",
    "A5, I mean A4": "A4",
    "a five sorry a six": "A6",
    "A6, not A5": "A6",
    "not A5, A6": "A6",
    "A1 wait actually A2": "A2",
    # recertification
    "A5R": "A5R",
    "a5-r": "A5R",
    "A5 recert": "A5R",
    "A8 recertification test": "A8R",
    "a five r": "A5R",
    "recert test for A6": "A6R",
    "recert on a three": "A3R",
    "brakes recert": "A5R",
    "renew my brakes": "A5",
    "does A5 recertify me": "A5",
    # the code and its name are one
    "T4 brakes": "T4",
    "A5 (Brakes)": "A5",
    "brakes, the A5": "A5",
    "A6 electrical": "A6",
    # no code at all
    "a 5 day wait": "",
    "a five minute call": "",
    "can i do it a two week course": "",
    "wat do i need b4 taking it": "",
    "the disability form": "",
    "a d a four m": "",
    "my e p a six oh nine card": "",
    "I need a one time password": "",
    "see you at 4": "",
    "print my certificate": "",
    "do I get breaks during the day": "",
    "ase id ase-1000-0001": "",
    "my number is a s e one zero zero zero zero zero zero five": "",
    "A12": "",
    "at 5 pm": "",
}

SERIES = {
    "my truck certifications": "medium_heavy_truck",
    "the collision series": "collision",
    "am I a master in automobile": "automobile",
    "school bus": "school_bus",
    "all the transit bus tests": "transit_bus",
    "my parts specialist cert": "parts",
    "advanced level tests": "advanced",
    "reprint of the T series": "medium_heavy_truck",
    "automobile and collision certificates": "automobile collision",
    "truck brakes": "",
    "a truck is going by, say again": "",
    "introduction to automobile service": "",
}

SPANS = {
    "can I move my A5 test": ("A5", "A5"),
    "when is ay five": ("A5", "ay five"),
    "I failed truck brakes": ("T4", "truck brakes"),
    "A5 recert please": ("A5R", "A5 recert"),
    "all of A1 through A3": ("A1", "A1 through A3"),
    "the the tee two exam": ("T2", "tee two"),
    "Trasmission, please": ("A2", "Trasmission"),
}


@pytest.mark.parametrize(("text", "codes"), CODES.items())
def test_a_message_names_these_tests(text: str, codes: str) -> None:
    assert " ".join(read_test_codes(text)) == codes


@pytest.mark.parametrize(("text", "series"), SERIES.items())
def test_a_message_names_these_series(text: str, series: str) -> None:
    assert " ".join(read_series(text)) == series


@pytest.mark.parametrize(("text", "value", "said"), [(text, *pair) for text, pair in SPANS.items()])
def test_a_code_stands_where_it_was_said(text: str, value: str, said: str) -> None:
    found = [item for item in read_values(text, as_of=NOW, zone="America/Chicago") if item.entity == "test_code"]
    assert found[0].value == value
    assert text[found[0].start : found[0].end] == said


def test_a_range_gives_every_code_the_span_of_the_range() -> None:
    found = read_values("A1 through A3", as_of=NOW, zone="America/Chicago")
    assert [(item.value, item.start, item.end) for item in found] == [("A1", 0, 13), ("A2", 0, 13), ("A3", 0, 13)]


def test_there_are_cases() -> None:
    assert len(CODES) + len(SERIES) + len(SPANS) >= 115

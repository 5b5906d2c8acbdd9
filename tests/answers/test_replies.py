"""The asked thing comes first: questions of our own over all topics, read by the trained model and answered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from bot.answers import Answers
from bot.answers.answers import UnknownText
from bot.answers.replies import NARROW, WIDE, Picked, Subject, length
from bot.catalog import Catalog
from bot.catalog.model import Gap, Statement
from bot.contracts.asking import QuestionKind
from bot.nlu.reader import Reader, Reading
from tests.nlu.reading import NOW, ZONE
from tests.whole import model

DAY = date(2026, 10, 14)
RIGHT, RIGHT_IN_TOPIC, KINDS = 0.9, 0.95, 0.84
SUBJECTS = (
    Subject(),
    Subject(tests=("A5",)),
    Subject(tests=("T4",)),
    Subject(tests=("A5", "T6")),
    Subject(tests=("A5", "A6")),
    Subject(tests=("L1",)),
    Subject(tests=("L2",)),
    Subject(tests=("L3",)),
    Subject(tests=("L4",)),
    Subject(tests=("X1",)),
    Subject(tests=("T1",)),
    Subject(tests=("A5R",)),
    Subject(series=("school_bus",)),
    Subject(series=("automobile", "medium_heavy_truck")),
    Subject(count=3),
)


def rows() -> list[list[str]]:
    lines = (Path(__file__).parent / "replies.tsv").read_text("utf-8").splitlines()[1:]
    return [(line + "\t").split("\t")[:5] for line in lines]


@pytest.fixture(scope="module")
def read() -> list[tuple[list[str], Reading]]:
    reader = Reader.load(model())
    return [(row, reader.read(row[0], as_of=NOW, zone=ZONE)) for row in rows()]


def subject_of(reading: Reading) -> Subject:
    values = {
        kind: tuple(v.value for v in reading.entities if v.entity == kind) for kind in ("test_code", "test_series")
    }
    return Subject(values["test_code"], values["test_series"], reading.given.count)


def fits(answers: Answers, row: list[str], picked: Picked | None, reading: Reading) -> bool:
    """Whether the first two sentences say what they must ("a | b": either), and nothing says what it must not."""
    _, topic, _, wanted, unwanted = row
    assert reading.asking is not None
    text = answers.reply(topic, reading.asking.kind, picked, subject_of(reading), day=DAY).text
    first = " ".join(re.split(r"(?<=[.!?]) ", text)[:2])
    wrong = [
        bad for bad in unwanted.split(";") if bad and (first.startswith(bad[1:]) if bad[0] == "^" else bad in text)
    ]
    return any(each.lower() in first.lower() for each in wanted.split(" | ")) and not wrong


def test_the_question_asked_is_answered_first(answers: Answers, read: list[tuple[list[str], Reading]]) -> None:
    assert len(read) >= 300
    missed = []
    for row, reading in read:
        assert reading.asking is not None
        if not fits(answers, row, Picked.choose(reading.asking.as_dict(), None), reading):
            missed.append(row[0])
    assert 1 - len(missed) / len(read) >= RIGHT, missed


def test_and_more_often_where_the_topic_is_known(answers: Answers, read: list[tuple[list[str], Reading]]) -> None:
    missed = []
    for row, reading in read:
        assert reading.asking is not None
        picked = Picked.choose(reading.asking.as_dict(), row[1])
        if not fits(answers, row, picked, reading):
            missed.append(row[0])
    assert 1 - len(missed) / len(read) >= RIGHT_IN_TOPIC, missed


def test_the_kinds_of_these_questions_are_read(read: list[tuple[list[str], Reading]]) -> None:
    assert (
        sum(reading.asking is not None and reading.asking.kind == row[2] for row, reading in read) / len(read) >= KINDS
    )


def told(catalog: Catalog) -> Iterator[tuple[str, Statement | Gap]]:
    for label, entry in catalog.entries.items():
        every: tuple[Statement | Gap, ...] = (*entry.statements, *entry.gaps)
        yield from ((label, each) for each in every)


def test_every_topic_with_an_answer_of_its_own_has_statements_and_gaps(catalog: Catalog) -> None:
    mine = [entry for label, entry in catalog.entries.items() if "/" in label]
    assert all(entry.statements and entry.gaps for entry in mine)
    assert len(mine) == 34
    assert sum(len(entry.gaps) for entry in mine) >= 200
    assert sum(len(entry.statements) for entry in mine) >= 150


def test_every_answer_is_short_in_every_case(answers: Answers, catalog: Catalog) -> None:
    long = []
    for label, each in told(catalog):
        for subject in SUBJECTS:
            answer = answers.reply(label, None, Picked(label, each.id), subject, day=DAY)
            assert answer.text
            assert answer.speech
            lists = each.id in ("needs", "prereq_where") and subject.tests == (
                "L2",
            )  # two lists of four tests, read out
            if length(answer.text) > NARROW[0] or length(answer.speech) > NARROW[1] + 10 * lists:
                long.append((label, each.id, subject, length(answer.text), length(answer.speech)))
    assert long == []


def test_the_short_answer_to_a_topic_keeps_its_budget(answers: Answers, catalog: Catalog) -> None:
    for label in catalog.entries:
        if "/" in label:
            answer = answers.reply(label, None, None, day=DAY)
            assert length(answer.text) <= WIDE[0]
            assert length(answer.speech) <= WIDE[1]
            assert answer.sources


@pytest.mark.parametrize(
    ("tests", "start"),
    [
        (("A5",), "Yes, A5 "),
        (("T4",), "No, not T4. My source lists "),
        (("G1", "A1"), "Yes, "),
        (("A5", "T6"), "Yes for A5, but no for T6"),
        ((), "Yes, some tests are offered in Spanish"),
        (("A5R",), "Yes, A5R "),
    ],
)
def test_the_tests_named_choose_the_form(answers: Answers, tests: tuple[str, ...], start: str) -> None:
    picked = Picked("faq/bilingual_tests", "spanish_list")
    assert answers.reply("faq/bilingual_tests", None, picked, Subject(tests=tests), day=DAY).text.startswith(start)


@pytest.mark.parametrize(
    ("subject", "amount"),
    [
        (Subject(), "$7.50"),
        (Subject(count=3), "$22.50"),
        (Subject(series=("automobile", "medium_heavy_truck")), "$15.00"),
        (Subject(tests=("A5", "T4")), "$15.00"),
        (Subject(tests=("A5", "A6")), "$7.50"),
        (Subject(count=1), "$7.50"),
    ],
)
def test_a_number_of_series_is_multiplied(answers: Answers, subject: Subject, amount: str) -> None:
    label = "account/duplicate_certificate"
    answer = answers.reply(label, None, Picked(label, "fee"), subject, day=DAY)
    assert amount in answer.text.split(". ")[0]
    if amount != "$7.50":
        assert answer.text.startswith(f"That comes to {amount}")


def test_a_gap_says_who_can_tell(answers: Answers) -> None:
    answer = answers.reply("faq/fees", None, Picked("faq/fees", "move_fee"), day=DAY)
    assert answer.text.startswith("My source names no fee for changing")
    assert "877-346-9327" in answer.text
    assert "eight seven seven" in answer.speech


def test_a_bare_kind_gets_the_usual_answer(answers: Answers) -> None:
    def bare(label: str, kind: QuestionKind) -> str:
        return answers.reply(label, kind, None, day=DAY, bare=True).text

    assert bare("account/duplicate_certificate", QuestionKind.HOW_MUCH).startswith("A duplicate costs $7.50")
    assert bare("account/reschedule", QuestionKind.UNTIL_WHEN).startswith("You can change it up to 3 days before")
    assert bare("account/certificate_status", QuestionKind.HOW_LONG).startswith("About 3 weeks")
    topic = "account/certification_expiry"
    assert bare(topic, QuestionKind.WHO) == answers.reply(topic, None, None, day=DAY).text


def test_the_topic_known_already_picks_within_it() -> None:
    listed = [
        {"kind": "gap", "label": "faq/fees", "id": "move_fee", "score": 0.6},
        {"kind": "gap", "label": "account/reschedule", "id": "move_fee", "score": 0.3},
        {"kind": "statement", "label": "account/retest", "id": "wait", "score": 0.01},
    ]
    assert Picked.within(listed, "account/reschedule") == Picked("account/reschedule", "move_fee")
    assert Picked.within(listed, "account/retest") is None
    assert Picked.of(None) is None
    parsed = {"answer": listed[0], "answers": listed}
    assert Picked.choose(parsed, "account/reschedule") == Picked("account/reschedule", "move_fee")
    assert Picked.choose(parsed, "account/retest") == Picked("faq/fees", "move_fee")
    assert Picked.choose(parsed, None) == Picked("faq/fees", "move_fee")
    assert Picked.choose({"answer": None, "answers": listed[2:]}, "account/retest") is None


def test_what_follows_is_no_yes_or_no(answers: Answers) -> None:
    text = answers.reply(
        "account/missed_appointment", None, Picked("account/missed_appointment", "no_show"), day=DAY
    ).text
    assert text.startswith("It's scored as a No Show")
    assert "you can register for the same test again" in text
    assert "Yes" not in text


def test_what_is_not_there_is_an_error(answers: Answers) -> None:
    with pytest.raises(UnknownText, match="no statement or gap"):
        answers.reply("faq/fees", None, Picked("faq/fees", "nonsense"), day=DAY)
    with pytest.raises(UnknownText, match="no text for"):
        answers.reply("faq/nothing", None, None, day=DAY)


def test_before_the_first_policy_row_nothing_is_claimed(answers: Answers) -> None:
    picked = Picked("account/retest", "wait")
    assert "can't tell" in answers.reply("account/retest", None, picked, day=date(2020, 1, 1)).text

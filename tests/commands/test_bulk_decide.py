"""Decisions in bulk, a line each."""

from __future__ import annotations

import json

import pytest

from bot.commands.bulk_decide import SUPPOSABLE, decide_lines
from bot.rules.registry import RULES
from bot.rules.vocabulary import REASONS
from tests.rules.literal import CATALOGUE, POLICY
from tests.rules.strategies import Builder

CHICAGO = {
    "id": "CHI-01",
    "name": "Chicago North",
    "city": "Chicago",
    "region": "IL",
    "country": "US",
    "time_zone": "America/Chicago",
}
BOOKED = {
    "id": "P-1",
    "test": "A5",
    "purchased_on": "2026-01-10",
    "paid_by": "candidate",
    "cancelled_on": None,
    "appointment": {"id": "AP-1", "starts_at": "2026-03-10T09:00", "site": "CHI-01", "status": "booked"},
}


def question(**changes):
    """A line in order, with changes; a change to None takes the key away."""
    line = {
        "rule": "reschedule",
        "as_of": "2026-03-07T09:00:00-06:00",
        "candidate": {"ase_id": "ASE-1000-0001", "time_zone": "America/Chicago", "purchases": [BOOKED]},
        "sites": [CHICAGO],
        "subject": {"test": "A5"},
    }
    line |= changes
    return {key: value for key, value in line.items() if value is not None}


def answers(*lines):
    """The answers to lines, each given as an object or as text."""
    told = [line if isinstance(line, (str, bytes)) else json.dumps(line) for line in lines]
    return [json.loads(answer) for answer in decide_lines(told, POLICY, CATALOGUE)]


def test_a_question_gets_its_decision():
    (answer,) = answers(question())
    assert answer == {
        "rule": "reschedule",
        "outcome": "allowed",
        "subject": {"test": "A5", "appointment_id": "AP-1"},
        "reasons": [
            {
                "code": "can_reschedule",
                "values": {
                    "test": "A5",
                    "purchase_id": "P-1",
                    "purchased_on": "2026-01-10",
                    "must_test_by": "2026-04-10",
                    "days_left": 34,
                    "appointment_id": "AP-1",
                    "starts_at": "2026-03-10T09:00:00-05:00",
                    "site": "CHI-01",
                    "site_name": "Chicago North",
                    "change_by": "2026-03-07T09:00:00-06:00",
                },
                "policy": [
                    {"id": "purchase_window.days", "value": 90, "from": "2022-09-20", "source": "literal"},
                    {"id": "change_cutoff.days", "value": 3, "from": "2022-09-20", "source": "literal"},
                    {"id": "change_cutoff.reading", "value": "wall_clock", "from": "2022-09-20", "source": "literal"},
                ],
            }
        ],
        "closes_at": "2026-03-07T09:00:00-06:00",
    }


def test_answers_come_in_order_one_for_each_line():
    told = answers(question(), "nonsense", question(as_of="2026-03-07T09:00:01-06:00"), "", question())
    assert [answer.get("outcome") for answer in told] == ["allowed", None, "refused", None, "allowed"]
    assert ["error" in answer for answer in told] == [False, True, False, True, False]


def test_bytes_are_utf8():
    line = json.dumps(question(), ensure_ascii=False).encode()
    good, bad = answers(line, b'{"rule": "\xff"}')
    assert good["outcome"] == "allowed"
    assert bad["error"]["code"] == "not_json"


def test_an_answer_is_one_line_of_plain_ascii():
    line = question(rule="purchase_window", candidate={"ase_id": "Zoë\u2028", "purchases": [BOOKED]})
    (answer,) = decide_lines([json.dumps(line), '{"rule": "ü\\n"}'][:1], POLICY, CATALOGUE)
    assert answer.isascii()
    assert "\n" not in answer


@pytest.mark.parametrize(
    ("line", "code", "field"),
    [
        ("", "not_json", None),
        ("{", "not_json", None),
        ("[" * 100_000, "not_json", None),
        ("1" * 10_000, "not_json", None),
        ("[]", "bad_line", None),
        ("null", "bad_line", None),
        ('{"rule": "retest", "rule": "retest"}', "not_json", None),
        ('{"rule": NaN}', "not_json", None),
        ({}, "bad_line", "rule"),
        (question(rule=7), "bad_line", "rule"),
        (question(rule="refund"), "bad_question", "rule"),
        (question(asof="2026-03-07"), "bad_line", "asof"),
        (question(as_of=None), "bad_line", "as_of"),
        (question(as_of="2026-03-07T09:00:00"), "bad_line", "as_of"),
        (question(as_of="2026-03-07"), "bad_line", "as_of"),
        (question(as_of="soon"), "bad_line", "as_of"),
        (question(as_of=1772895600), "bad_line", "as_of"),
        (question(candidate=None), "bad_line", "candidate"),
        (question(candidate=[]), "bad_records", "candidate"),
        (question(candidate={"colour": "red"}), "bad_records", "candidate.colour"),
        (question(candidate={"time_zone": "Chicago"}), "bad_records", "candidate.time_zone"),
        (question(candidate={"purchases": [{**BOOKED, "test": "A55"}]}), "bad_records", "candidate.purchases[0].test"),
        (question(candidate={"purchases": [{**BOOKED, "test": True}]}), "bad_records", "candidate.purchases[0].test"),
        (question(candidate={"purchases": [BOOKED, BOOKED]}), "bad_records", "candidate.purchases[1].id"),
        (
            question(candidate={"purchases": [{**BOOKED, "purchased_on": "2026-02-30"}]}),
            "bad_records",
            "candidate.purchases[0].purchased_on",
        ),
        (question(sites=[]), "bad_records", "candidate.purchases[0].appointment.site"),
        (question(sites=None), "bad_records", "candidate.purchases[0].appointment.site"),
        (question(sites=[{"id": "CHI-01"}]), "bad_records", "sites[0].time_zone"),
        (question(sites=[CHICAGO, CHICAGO]), "bad_records", "sites[1].id"),
        (question(sites="CHI-01"), "bad_records", "sites"),
        (question(sites=["CHI-01"]), "bad_records", "sites[0]"),
        (
            question(seats=[{"site": "CHI-02", "starts_at": "2026-03-20T13:00", "capacity": 1}]),
            "bad_records",
            "seats[0].site",
        ),
        (question(seats={}), "bad_records", "seats"),
        (question(subject=[]), "bad_line", "subject"),
        (question(subject={"tests": "A5"}), "bad_line", "subject.tests"),
        (question(subject={"test": 5}), "bad_line", "subject.test"),
        (question(subject={"test": "A5", "series": 5}), "bad_line", "subject.series"),
        (question(subject={"test": "A5", "series": [5]}), "bad_line", "subject.series"),
        (question(subject={"test": "A5", "starts_at": "at nine"}), "bad_line", "subject.starts_at"),
        (question(subject={}), "bad_question", "subject.test"),
        (question(subject=None), "bad_question", "subject.test"),
        (question(subject={"test": "A5", "site": "CHI-02"}), "bad_question", "subject.site"),
        (question(subject={"test": "A5", "series": "cars"}), "bad_question", "subject.series"),
        (question(subject={"test": "A5", "purchase_id": "P-7"}), "bad_question", "subject.purchase_id"),
        (question(policy=[]), "bad_question", "policy"),
        (question(policy={"window": 3}), "bad_question", "policy.window"),
        (question(policy={"purchase_window.days": "90"}), "bad_question", "policy.purchase_window.days"),
        (question(policy={"purchase_window.days": True}), "bad_question", "policy.purchase_window.days"),
        (question(policy={"purchase_window.days": -1}), "bad_question", "policy.purchase_window.days"),
        (question(policy={"purchase_window.days": 9.5}), "bad_question", "policy.purchase_window.days"),
        (question(policy={"change_cutoff.reading": "guess"}), "bad_question", "policy.change_cutoff.reading"),
        (question(policy={"change_cutoff.reading": []}), "bad_question", "policy.change_cutoff.reading"),
        (question(policy={"duplicate.fee": 7.5}), "bad_question", "policy.duplicate.fee"),
        (question(policy={"duplicate.fee": "-7.50"}), "bad_question", "policy.duplicate.fee"),
        (question(policy={"validity.years": 101}), "bad_question", "policy.validity.years"),
    ],
)
def test_a_bad_line_is_an_error_and_the_next_is_answered(line, code, field):
    bad, good = answers(line, question())
    assert list(bad) == ["error"]
    assert bad["error"]["code"] == code
    assert bad["error"].get("field") == field
    assert bad["error"]["message"]
    assert good["outcome"] == "allowed"


def test_the_error_names_the_nearest_tests():
    (bad,) = answers(question(subject={"test": "A55"}))
    assert "A5" in bad["error"]["message"]


@pytest.mark.parametrize(
    ("rule", "policy", "expected"),
    [
        ("purchase_window", {"purchase_window.days": 60}, {"must_test_by": "2026-03-11"}),
        ("reschedule", {"change_cutoff.days": 2}, {"change_by": "2026-03-08T09:00:00-05:00"}),
        (
            "reschedule",
            {"change_cutoff.days": 2, "change_cutoff.reading": "calendar_days"},
            {"change_by": "2026-03-08T00:00:00-06:00"},
        ),
    ],
)
def test_policy_may_be_supposed_for_one_line(rule, policy, expected):
    supposed, plain = answers(question(rule=rule, policy=policy), question(rule=rule))
    (reason,) = supposed["reasons"]
    assert expected.items() <= reason["values"].items()
    cited = {row["id"]: row for row in reason["policy"]}
    for name, value in policy.items():
        assert cited[name] == {"id": name, "value": value, "from": "2022-09-20", "source": "supposed"}
    assert not expected.items() <= plain["reasons"][0]["values"].items()


def test_a_supposed_value_is_in_force_no_earlier_than_policy():
    (answer,) = answers(question(as_of="2022-09-19T12:00:00-05:00", policy={"purchase_window.days": 60}))
    assert [reason["code"] for reason in answer["reasons"]] == ["policy_missing"]


def test_truth_and_one_are_told_apart_from_line_to_line():
    told = answers(
        question(policy={"change_cutoff.days": 1}),
        question(policy={"change_cutoff.days": True}),
        question(policy={"change_cutoff.days": 1}),
    )
    assert ["error" in answer for answer in told] == [False, True, False]


def test_a_site_is_what_its_own_line_says():
    """Test centres are remembered from line to line, never mixed up."""
    honolulu = {**CHICAGO, "time_zone": "Pacific/Honolulu"}
    bare = {"id": "CHI-01", "time_zone": "America/Chicago"}
    told = answers(question(), question(sites=[honolulu]), question(sites=[bare]), question(), question(sites=[bare]))
    starts = [answer["reasons"][0]["values"]["starts_at"][-6:] for answer in told]
    assert starts == ["-05:00", "-10:00", "-05:00", "-05:00", "-05:00"]
    assert [answer["reasons"][0]["values"]["site_name"] for answer in told][2:] == ["CHI-01", "Chicago North", "CHI-01"]


def test_seats_are_judged_only_where_they_are_given():
    line = question(
        rule="schedule_test",
        candidate={"purchases": [{"id": "P-1", "test": "A5", "purchased_on": "2026-01-10"}]},
        subject={"test": "A5", "starts_at": "2026-03-20T13:00"},
    )
    seat = {"site": "CHI-01", "starts_at": "2026-03-20T13:00", "capacity": 1}
    told = answers(line, {**line, "seats": []}, {**line, "seats": [seat]}, {**line, "seats": None})
    assert [answer["outcome"] for answer in told] == ["allowed", "refused", "allowed", "allowed"]


def test_series_may_be_one_or_a_list():
    held = {
        "certifications": [{"test": "A5", "certified_on": "2024-01-01"}, {"test": "P1", "certified_on": "2024-01-01"}]
    }
    line = question(rule="duplicate_certificate", candidate=held)
    told = answers(
        {**line, "subject": {"series": "parts"}},
        {**line, "subject": {"series": ["automobile", "parts"]}},
        {**line, "subject": {}},
        {**line, "subject": {"series": []}},
    )
    assert [answer["fee"] for answer in told] == ["7.50", "15.00", "15.00", "15.00"]


def test_what_a_question_supposes_is_what_rules_read():
    assert set(SUPPOSABLE) <= set(POLICY.rows)


def test_every_rule_answers_any_line():
    """found at least N answers, of every rule"""
    from bot.records.codec import candidate_to_dict
    from tests.rules.literal import SITES

    lines = []
    for seed in range(300):
        case = Builder(seed).case()
        subject = {"test": case.subject.test, "series": list(case.subject.series), "site": case.subject.site}
        if case.subject.starts_at is not None:
            subject["starts_at"] = case.subject.starts_at.isoformat()
        sites = [{"id": site.id, "time_zone": site.time_zone} for site in SITES.values()]
        for rule in RULES:
            lines.append(
                {
                    "rule": rule,
                    "as_of": case.as_of.isoformat(),
                    "candidate": candidate_to_dict(case.candidate),
                    "sites": sites,
                    "subject": subject,
                }
            )
    told = answers(*lines)
    assert [answer["rule"] for answer in told] == [line["rule"] for line in lines]
    assert len(told) >= 4800
    seen = {(answer["rule"], reason["code"]) for answer in told for reason in answer["reasons"]}
    assert len(seen) >= 0.8 * sum(len(codes) for codes in REASONS.values())

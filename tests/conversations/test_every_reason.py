"""Every reason that records can give is reached by some written conversation."""

from __future__ import annotations

from pathlib import Path

import yaml

from bot.rules.vocabulary import REASONS
from tests.conversations.harness import scripts

HERE = Path(__file__).parent

ONLY_WHERE_A_START_IS_ASKED_FOR = {
    "schedule_test after_window",
    "schedule_test start_in_past",
    "schedule_test seat_taken",
    "reschedule after_window",
    "reschedule start_in_past",
}
"""The dialogue offers free seats in time, so it never asks these rules about a start it did not offer itself; they
are judged once more inside the transaction of a change, where the tests of changes reach them."""


def test_every_reason_is_reached() -> None:
    reached = _reached()
    every = {f"{rule} {code}" for rule, codes in REASONS.items() for code in codes}
    one_is_enough = {f"{rule} policy_missing" for rule in REASONS}
    assert every - reached - ONLY_WHERE_A_START_IS_ASKED_FOR - one_is_enough == set()
    assert one_is_enough & reached
    assert reached <= every
    assert len(reached) >= 75


def _reached() -> set[str]:
    found: set[str] = set()
    for _, script in scripts(HERE / "scripts"):
        for step in script["steps"]:
            expect = step.get("expect") or {}
            lines = [*expect.get("decisions", ()), *expect.get("decisions_include", ())]
            found |= {" ".join(line.split()[::2][:2]) for line in lines}
            found |= set(expect.get("reasons", ()))
    assert found
    return found


def test_labels_of_the_lines_exist() -> None:
    topics = yaml.safe_load((HERE.parent.parent / "knowledge" / "topics.yml").read_text())["topics"]
    known = {topic["label"] for topic in topics}
    used = {
        step["expect"]["label"]
        for _, script in scripts(HERE / "scripts")
        for step in script["steps"]
        if "label" in (step.get("expect") or {})
    }
    assert used <= known
    assert len(used) >= 30

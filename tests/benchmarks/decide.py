"""How many lines a second `decide --jsonl` answers on one core: ``python -m tests.benchmarks.decide [LINES]``.

The lines are of chance people with all they can have: four purchases, eight certifications, an address. Time is
processor time of this process alone, from text to text, so that a busy machine does not change it much.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import replace
from pathlib import Path

from bot.catalog.load import load_policy, load_tests
from bot.commands.bulk_decide import decide_lines
from bot.records.codec import candidate_to_dict, site_to_dict
from bot.rules.facts import Address, Name
from bot.rules.registry import RULES
from tests.rules.literal import SITES
from tests.rules.strategies import Builder

KNOWLEDGE = Path(__file__).parents[2] / "knowledge"


def lines(many: int) -> list[str]:
    """That many questions, over all rules in turn."""
    rules = list(RULES)
    written = []
    for seed in range(many):
        case = Builder(seed).case()
        person = replace(
            case.candidate,
            name=Name("Dana", "Reyes"),
            email="dana@example.org",
            phone="+13125550101",
            address=Address("1 Main St", "Aurora", "IL", "60505", "US"),
        )
        subject: dict[str, object] = {"test": case.subject.test, "series": case.subject.series[0]}
        if case.subject.starts_at is not None:
            subject |= {"starts_at": case.subject.starts_at.isoformat(), "site": case.subject.site}
        question = {
            "rule": rules[seed % len(rules)],
            "as_of": case.as_of.isoformat(),
            "candidate": candidate_to_dict(person),
            "sites": [site_to_dict(site) for site in SITES.values()],
            "subject": subject,
        }
        if seed % 4 == 0:
            question["policy"] = {"purchase_window.days": 60 + seed % 30, "change_cutoff.reading": "calendar_days"}
        written.append(json.dumps(question))
    return written


def main() -> None:
    """Measure and print."""
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    policy, catalogue = load_policy(KNOWLEDGE), load_tests(KNOWLEDGE)
    questions = lines(many)
    size = sum(map(len, questions)) / many
    start = time.process_time()
    faults = sum(answer.startswith('{"error"') for answer in decide_lines(questions, policy, catalogue))
    spent = time.process_time() - start
    print(f"{many} lines of {size:.0f} characters in {spent:.2f} s: {many / spent:.0f} lines a second, {faults} errors")


if __name__ == "__main__":
    main()

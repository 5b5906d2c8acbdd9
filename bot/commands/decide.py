"""`assistant decide`: one rule on one candidate, or many questions by the line."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import datetime

from bot.catalog.load import load_policy, load_tests
from bot.commands.main import clock_of
from bot.rasa_adapter.model_files import ROOT

KNOWLEDGE = ROOT / "knowledge"


def run(given: argparse.Namespace) -> int:
    """Bulk with --jsonl; else one decision, explained in words or as JSON."""
    return _many() if given.jsonl else _one(given)


def _many() -> int:
    from bot.commands.bulk_decide import decide_lines

    write = sys.stdout.write
    for line in decide_lines(sys.stdin, load_policy(KNOWLEDGE), load_tests(KNOWLEDGE)):
        write(line + "\n")
    return 0


def _one(given: argparse.Namespace) -> int:
    from bot.rules.case import Case
    from bot.rules.codec import decision_to_json
    from bot.rules.facts import Subject
    from bot.rules.registry import decide
    from bot.store import Store

    if not given.rule or not given.ase_id:
        print("decide needs a RULE and --as ASE-ID (or --jsonl)", file=sys.stderr)
        return 2
    store = Store(given.settings.database_url)
    store.migrate()
    with store.unit_of_work(write=False) as uow:
        person = uow.records.person(given.ase_id)
        sites = {**uow.records.sites(), **person.sites} if person else {}
    if person is None:
        print(f"no records of {given.ase_id}", file=sys.stderr)
        return 1
    subject = Subject(
        test=given.test,
        series=tuple(given.series or ()),
        site=given.site,
        starts_at=datetime.fromisoformat(given.starts_at) if given.starts_at else None,
        purchase_id=given.purchase,
        appointment_id=given.appointment,
    )
    now = clock_of(given.settings).now()
    case = Case(person.candidate, now, load_policy(KNOWLEDGE), load_tests(KNOWLEDGE), subject, sites)
    decision = decide(given.rule, case)
    if given.json:
        print(json.dumps(decision_to_json(decision), indent=2))
        return 0
    from bot.answers.answers import Answers
    from bot.catalog.load import load_catalog

    answers = Answers(load_catalog(KNOWLEDGE))
    today = now.date()
    print(answers.decision(decision, day=today).text)
    print()
    print(answers.explain(decision, day=today).text)
    return 0
